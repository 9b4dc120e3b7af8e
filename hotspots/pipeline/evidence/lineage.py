"""The identity of polygons from run to run."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def lineage_of(
    found: "gpd.GeoSeries", before: "gpd.GeoDataFrame | None", *, search: str, until: date
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return identity and lineage of each polygon, and the rows of `before` that are gone.

    A run before has an earlier cut-off date, and so have all runs before that: an id that begins
    with the cut-off date of this run is none of theirs.

    Parameters
    ----------
    found
        Polygons of this run, in order.
    before
        What the run before found, indexed by its ids; none without such a run.
    search
        What was searched for, such as ``36m-burglary``: a new id begins with it.
    until
        Cut-off date of this run.
    """
    from hotspots.analysis.identity import identify

    earlier = None if before is None else before.geometry
    named = identify(found, earlier, prefix=f"{search}-{until:%Y%m%d}")
    if before is None:
        return named.table, found.iloc[:0].to_frame()
    return named.table, before.loc[named.gone].reset_index(drop=True)
