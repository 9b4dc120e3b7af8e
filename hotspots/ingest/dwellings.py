"""Dwellings as points, and built-up land as polygons."""

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.crs import to_workspace
from hotspots.errors import InputRefused, Problem
from hotspots.ingest import parse
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.mapping import Mapping, complete_columns
from hotspots.ingest.points import read_points, refuse_unknown_crs
from hotspots.ingest.readers import read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Limits, Points

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def ingest_dwellings(
    path: Path,
    *,
    mapping: Mapping,
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
    points: Points,
) -> Ingested:
    """Take in dwellings: one point each, or a point with a number of dwellings.

    Addresses are refused as personal data: deliver coordinates alone.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    import geopandas as gpd
    import pandas as pd

    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    names = list(raw.frame.columns)
    columns = complete_columns(
        mapping.columns, names, wanted=("x", "y", "dwellings"), file=raw.file
    )
    used = columns.used()
    if raw.geometry is not None:
        used = {mine: theirs for mine, theirs in used.items() if mine not in ("x", "y")}
    refuse_personal_data(raw.frame, file=raw.file, mapped=used)
    refuse_proxies(used, file=raw.file)
    place = read_points(raw, used, stated_crs=mapping.crs, crs=crs, area=area, settings=points)
    number = pd.Series(1, index=raw.frame.index)
    if "dwellings" in used:
        column = used["dwellings"]
        number = raw.quarantine.parsed(raw.frame[column], parse.whole_number, column=column)
    refuse_if_nothing_is_left(raw)
    place = place.assign(dwellings=number).drop(index=list(raw.quarantine.rows & set(place.index)))
    facts = gpd.GeoDataFrame(place[["dwellings", "geometry"]], crs=crs).reset_index(drop=True)
    return Ingested(
        kind="dwellings",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "dwellings",
        level=None,
        facts=facts.astype({"dwellings": "int64"}),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **points.as_texts()},
        notes=raw.notes,
    )


def ingest_built_up(path: Path, *, mapping: Mapping, crs: str, limits: Limits) -> Ingested:
    """Take in built-up land: polygons inside which people live, work and go out.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    import geopandas as gpd

    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    if raw.geometry is None:
        raise InputRefused(
            Problem("Built-up land is drawn.", "Deliver a file with polygons.", file=raw.file)
        )
    given = raw.geometry
    refuse_unknown_crs(mapping.crs, file=raw.file)
    if given.crs is None and mapping.crs is not None:
        given = given.set_crs(mapping.crs)
    polygon = given.geom_type.isin(["Polygon", "MultiPolygon"]) & ~given.is_empty
    raw.quarantine.add(
        given.geom_type[~polygon].fillna("empty"),
        column="geometry",
        rule="Built-up land is a polygon or a multipolygon.",
        remedy="Deliver the outline.",
    )
    refuse_if_nothing_is_left(raw)
    placed = to_workspace(gpd.GeoDataFrame(geometry=given[polygon]), crs, file=raw.file)
    return Ingested(
        kind="built-up",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "built-up",
        level=None,
        facts=gpd.GeoDataFrame(geometry=placed.make_valid(), crs=crs).reset_index(drop=True),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={},
        notes=raw.notes,
    )
