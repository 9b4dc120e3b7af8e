"""What is drawn: lines and polygons in the workspace's CRS, each one judged, in single parts."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from hotspots.errors import InputRefused, Problem
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.mapping import Mapping, complete_columns, require_columns
from hotspots.ingest.points import Bools, Floats, judge_places, place_test, refuse_unknown_crs
from hotspots.ingest.readers import RawTable, read_file
from hotspots.policy.intake import Limits

if TYPE_CHECKING:
    import geopandas as gpd

_LEAST_SIZE = 0.01  # m or m2: what is left of a line or a polygon that has collapsed
_WORDS = {"Polygon": ("a polygon", "surface"), "LineString": ("a line", "length")}


def open_table(
    path: Path,
    *,
    mapping: Mapping,
    wanted: Iterable[str],
    required: Iterable[str] = (),
    limits: Limits,
    names_things: bool = False,
) -> tuple[RawTable, dict[str, str]]:
    """Read a file, tell which column is which, and refuse it where it holds personal data.

    Parameters
    ----------
    wanted, required
        Our names of the columns that are read, and of those without which the file is refused.
    names_things
        Whether a column with names is one of streets or squares, and therefore of no person.

    Returns
    -------
    tuple
        The file, and our name -> name in the file of the columns that are read.

    Raises
    ------
    InputRefused
        When it cannot be read, or lacks a required column.
    PersonalDataRefused
        Naming every column that may not be there.
    """
    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    names = list(raw.frame.columns)
    wanted = tuple(wanted)
    asked = (*wanted, "name") if names_things else wanted
    columns = complete_columns(mapping.columns, names, wanted=asked, file=raw.file)
    found = {mine: theirs for mine, theirs in columns.used().items() if mine in asked}
    if raw.geometry is not None:
        found = {mine: theirs for mine, theirs in found.items() if mine not in ("x", "y")}
    refuse_personal_data(raw.frame, file=raw.file, mapped=found)
    used = {mine: theirs for mine, theirs in found.items() if mine in wanted}
    refuse_proxies(used, file=raw.file)
    require_columns(columns, required, names, file=raw.file)
    unread = [name for name in names if name not in used.values()]
    if unread:
        raw.notes.append(f"never read: {', '.join(unread)}")
    return raw, used


def read_shapes(
    raw: RawTable,
    *,
    stated_crs: str | None,
    crs: str,
    shape: Literal["Polygon", "LineString"],
    what: str,
) -> "gpd.GeoSeries":
    """Return the shape of every readable row in the workspace's CRS, flat and in single parts.

    A row whose shape is empty, of another kind, without any size, or anywhere else than where
    the CRS may be used is quarantined; a polygon that crosses itself is mended.

    Parameters
    ----------
    stated_crs
        CRS from the mapping, where the file has none.
    crs
        The workspace's CRS, metres.
    what
        What a row is, such as ``a building``.

    Returns
    -------
    geopandas.GeoSeries
        On row numbers of `raw`; the number of a row of several parts stands there as often.

    Raises
    ------
    InputRefused
        When nothing is drawn, the CRS is missing, or most coordinates do not fit it.
    """
    import geopandas as gpd

    given = _drawn(raw, stated_crs, what=what, shape=shape)
    kinds = (shape, f"Multi{shape}")
    fits = given.geom_type.isin(kinds) & ~given.is_empty
    raw.quarantine.add(
        given.geom_type.mask(given.is_empty)[~fits].fillna("empty"),
        column="geometry",
        rule=f"The shape of {what} is {_WORDS[shape][0]}.",
        remedy="Draw it, or leave the row out.",
    )
    flat = gpd.GeoSeries(given[fits]).force_2d()
    placed = gpd.GeoSeries(flat[_inside(raw, flat, crs)]).to_crs(crs)
    parts = _parts(placed, raw, shape)
    lost = placed.index.difference(parts.index)
    raw.quarantine.add(
        list(lost),
        column="geometry",
        rule=f"The shape of {what} has no {_WORDS[shape][1]}.",
        remedy="Draw it again, or leave the row out.",
    )
    return parts


def _drawn(raw: RawTable, stated_crs: str | None, *, what: str, shape: str) -> "gpd.GeoSeries":
    """Return the geometry of a file with its CRS, or refuse a file that lacks one of them."""
    if raw.geometry is None:
        raise InputRefused(
            Problem(
                f"The shape of {what} is {_WORDS[shape][0]}: this file holds none.",
                "Deliver a spatial file, such as a GeoPackage.",
                file=raw.file,
            )
        )
    refuse_unknown_crs(stated_crs, file=raw.file)
    given = raw.geometry
    if given.crs is None and stated_crs is not None:
        given = given.set_crs(stated_crs)
    if given.crs is None:
        raise InputRefused(
            Problem(
                "The coordinates have no coordinate reference system.",
                'State it in the file, or in the mapping: crs = "EPSG:28992".',
                file=raw.file,
                column="geometry",
            )
        )
    height = int(given.has_z.sum())
    if height:
        raw.notes.append(f"{height} rows with heights in their coordinates: those are not read")
    return given


def _inside(raw: RawTable, shapes: "gpd.GeoSeries", crs: str) -> Bools:
    """Return which shapes lie wholly where the CRS may be used; the others are quarantined.

    Of a shape that does not, the corner of its bounds that tells why is judged.
    """
    from pyproj import CRS

    rows = replace(raw, frame=raw.frame.loc[shapes.index])
    bounds: Floats = shapes.bounds.to_numpy(dtype="float64")
    source = CRS(shapes.crs).to_string()
    within = place_test(source, crs, area=None, outside_m=0)
    low = within(bounds[:, 0], bounds[:, 1])
    x, y = (np.where(low, bounds[:, 2 + axis], bounds[:, axis]) for axis in (0, 1))
    return judge_places(rows, x, y, source=source, within=within, column="geometry")


def _parts(placed: "gpd.GeoSeries", raw: RawTable, shape: str) -> "gpd.GeoSeries":
    """Return the single parts of shapes, mended and of some size, on repeated row numbers."""
    import geopandas as gpd

    if shape == "Polygon":
        crossed = ~placed.is_valid
        if crossed.any():
            raw.notes.append(f"{int(crossed.sum())} polygons crossed themselves and were repaired")
            placed = placed.where(~crossed, placed.make_valid())
    else:
        placed = placed.line_merge()
    # A mended polygon may be a collection that holds a multipolygon beside lines.
    parts = placed.explode().explode()
    size = parts.area if shape == "Polygon" else parts.length
    kept = parts[(parts.geom_type == shape) & (size > _LEAST_SIZE)]
    several = int((kept.index.value_counts() > 1).sum())
    if several:
        raw.notes.append(f"{several} rows of several parts: {len(kept)} parts are kept")
    return gpd.GeoSeries(kept)
