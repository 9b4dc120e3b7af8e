"""The identity of polygons from run to run."""

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def lineage_of(
    found: "gpd.GeoSeries",
    before: "gpd.GeoDataFrame | None",
    *,
    prefix: str,
    given: Collection[str] = (),
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return identity and lineage of each polygon, and the rows of `before` that are gone.

    Parameters
    ----------
    found
        Polygons of this run, in order.
    before
        What the run before found, indexed by its ids; none without such a run.
    prefix
        What a new id begins with; it ends in the month of the cut-off (``YYYY-MM``).
    given
        Ids that earlier runs gave and that are gone.
    """
    from hotspots.analysis.identity import identify

    earlier = None if before is None else before.geometry
    month = prefix[-7:]
    named = identify(found, earlier, prefix=prefix[:-7] + month.replace("-", ""), given=given)
    if before is None:
        return named.table, found.iloc[:0].to_frame()
    return named.table, before.loc[named.gone].reset_index(drop=True)
