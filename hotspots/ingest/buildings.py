"""Buildings: outlines that block sight lines, as high as they are known to be."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest import parse
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.readers import RawTable
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.ingest.shapes import open_table, read_shapes
from hotspots.policy.intake import Limits

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_WANTED = ("height_m", "top_m", "ground_m")
_LOWEST_M, _HIGHEST_M = 0.1, 500.0
_above_ground = partial(
    parse.measure, least=_LOWEST_M, most=_HIGHEST_M, what="The height of a building, in metres,"
)
_above_datum = partial(parse.measure, least=-100, most=3000, what="A height, in metres,")


def ingest_buildings(path: Path, *, mapping: Mapping, crs: str, limits: Limits) -> Ingested:
    """Take in buildings: outlines with a height above the ground, or with a roof and a ground.

    A building without a height is kept: it hides what it covers, and what it covers is unknown.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    crs
        The workspace's CRS, metres.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw, used = open_table(path, mapping=mapping, wanted=_WANTED, limits=limits, names_things=True)
    heights = _heights(raw, used)
    shapes = read_shapes(raw, stated_crs=mapping.crs, crs=crs, shape="Polygon", what="a building")
    refuse_if_nothing_is_left(raw)
    facts = _as_stored(heights, shapes.drop(index=list(raw.quarantine.rows & set(shapes.index))))
    return Ingested(
        kind="buildings",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "buildings",
        level=None,
        facts=facts,
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **mapping.layer_as_text()},
        notes=[*raw.notes, *_notes(facts, len(raw.quarantine.rows))],
    )


def _heights(raw: RawTable, used: dict[str, str]) -> "pd.DataFrame":
    """Return the height above the ground and that of the ground, missing where unknown."""
    import numpy as np
    import pandas as pd

    def parsed(mine: str) -> "pd.Series":
        if mine not in used:
            return pd.Series(np.nan, index=raw.frame.index)
        read = _above_ground if mine == "height_m" else _above_datum
        texts = raw.frame[used[mine]]
        return raw.quarantine.parsed(texts, read, column=used[mine]).astype("float64")

    height, top, ground = (parsed(mine) for mine in _WANTED)
    rise = top - ground
    absurd = height.isna() & ((rise < _LOWEST_M) | (rise > _HIGHEST_M))
    raw.quarantine.add(
        rise[absurd].map("{:g}".format),
        column=used.get("top_m"),
        rule=f"A roof lies {_LOWEST_M:g} to {_HIGHEST_M:g} metres above the ground.",
        remedy="Correct one of the heights, or leave it empty where it is unknown.",
    )
    return pd.DataFrame({"height_m": height.fillna(rise), "ground_m": ground})


def _as_stored(heights: "pd.DataFrame", shapes: "gpd.GeoSeries") -> "gpd.GeoDataFrame":
    import geopandas as gpd

    facts = gpd.GeoDataFrame(heights.loc[shapes.index], geometry=shapes, crs=shapes.crs)
    return facts.reset_index(drop=True)


def _notes(facts: "gpd.GeoDataFrame", rejected: int) -> list[str]:
    notes = []
    known = facts["height_m"].dropna()
    if len(known):
        notes.append(f"heights {known.min():g} to {known.max():g} m, median {known.median():g} m")
    lacking = len(facts) - len(known)
    if lacking:
        notes.append(
            f"{lacking} buildings without a height: sight lines across them are unknown unless "
            "a surface model is taken in"
        )
    if rejected:
        notes.append(f"{rejected} rows quarantined: where those stand, the view would seem open")
    return notes
