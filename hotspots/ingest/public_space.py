"""Public space and streets: where incidents may be seen from a camera, and where it may stand."""

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest.mapping import Mapping
from hotspots.ingest.readers import RawTable
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.ingest.shapes import open_table, read_shapes
from hotspots.policy.intake import Limits
from hotspots.schemas import Kind

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_UNKNOWN_KIND = "unknown"
_LONGEST_TEXT = 80
_KINDS_NAMED = 12


def ingest_public_space(path: Path, *, mapping: Mapping, crs: str, limits: Limits) -> Ingested:
    """Take in public space: polygons of streets, squares and parks, with their kind.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw, used = open_table(
        path, mapping=mapping, wanted=("kind",), limits=limits, names_things=True
    )
    shapes = read_shapes(raw, stated_crs=mapping.crs, crs=crs, shape="Polygon", what="public space")
    kind = _texts(raw, used, "kind").fillna(_UNKNOWN_KIND)
    return _ingested("public-space", raw, used, mapping, shapes, kind)


def ingest_streets(path: Path, *, mapping: Mapping, crs: str, limits: Limits) -> Ingested:
    """Take in streets: their middle lines, with a name where there is one.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw, used = open_table(
        path, mapping=mapping, wanted=("street_name",), limits=limits, names_things=True
    )
    shapes = read_shapes(raw, stated_crs=mapping.crs, crs=crs, shape="LineString", what="a street")
    return _ingested("streets", raw, used, mapping, shapes, _texts(raw, used, "street_name"))


def _texts(raw: RawTable, used: dict[str, str], mine: str) -> "pd.Series":
    """Return a column of texts, missing where it is empty or not there."""
    import pandas as pd

    if mine not in used:
        return pd.Series(None, index=raw.frame.index, dtype="str", name=mine)
    clean = raw.frame[used[mine]].str.split().str.join(" ").str.slice(stop=_LONGEST_TEXT)
    return clean.where(clean != "", None).astype("str").rename(mine)


def _ingested(
    kind: Kind,
    raw: RawTable,
    used: dict[str, str],
    mapping: Mapping,
    shapes: "gpd.GeoSeries",
    texts: "pd.Series",
) -> Ingested:
    """Return what was taken in: one column of texts beside the shapes."""
    import geopandas as gpd

    refuse_if_nothing_is_left(raw)
    facts = gpd.GeoDataFrame(
        texts.loc[shapes.index].to_frame(str(texts.name)), geometry=shapes, crs=shapes.crs
    )
    return Ingested(
        kind=kind,
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or kind,
        level=None,
        facts=facts.reset_index(drop=True),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **mapping.layer_as_text()},
        notes=[*raw.notes, *_notes(kind, facts)],
    )


def _notes(kind: Kind, facts: "gpd.GeoDataFrame") -> list[str]:
    if kind == "streets":
        return [f"{facts.length.sum() / 1000:,.1f} km of streets"]
    numbers = facts["kind"].value_counts().head(_KINDS_NAMED)
    named = ", ".join(f"{name} {number}" for name, number in numbers.items())
    return [f"{facts.area.sum() / 1e6:,.2f} km2 of public space: {named}"]
