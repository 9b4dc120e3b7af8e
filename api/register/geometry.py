"""Areas as they are sent and answered: GeoJSON, judged as if it came from an enemy.

Everything that can be wrong with the text is found while a body is read; where on earth it lies is
judged after that, for it takes the reference system and the municipality.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from shapely import MultiPolygon, Point

from api.ogc.systems import System, systems_of
from hotspots.crs import reprojected, to_workspace
from hotspots.errors import InputRefused, Problem
from hotspots.register import Area

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

MOST_CORNERS = 10_000
"""Most corners of an area; the areas of a whole city have fewer."""

DECIMALS = 9
"""Decimals of a degree in answers, a tenth of a millimetre: an area that is sent back fits."""

_DEPTH = {"Polygon": 2, "MultiPolygon": 3}


# ---------------------------------------------------------------- what is sent
def _text_of_area(given: object) -> object:
    """Refuse what is no GeoJSON area before anything is made of it."""
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("type") not in tuple(_DEPTH):
        raise ValueError("an area is a GeoJSON Polygon or MultiPolygon, not a Feature around it")
    other = sorted(map(str, given.keys() - {"type", "coordinates", "bbox"}))
    if other:
        raise ValueError(f"{', '.join(other)[:80]} is no member of it (crs stands beside it)")
    rings = list(_rings(given.get("coordinates"), _DEPTH[given["type"]] - 1))
    if sum(map(len, rings)) > MOST_CORNERS:
        raise ValueError(f"an area has at most {MOST_CORNERS} corners: simplify it")
    for ring in rings:
        _require_ring(ring)
    return given


def _rings(coordinates: object, depth: int) -> Iterator[list[Any]]:
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("its coordinates are lists of rings, and none of them is empty")
    for part in coordinates:
        if depth > 1:
            yield from _rings(part, depth - 1)
        elif isinstance(part, list):
            yield part
        else:
            raise ValueError("a ring is a list of positions")


def _require_ring(ring: list[Any]) -> None:
    if not all(isinstance(position, list) and len(position) in (2, 3) for position in ring):
        raise ValueError("a position is a list of two numbers, or three with a height")
    for number in (number for position in ring for number in position):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ValueError("a position holds numbers only")
        if not math.isfinite(number) or abs(number) > 1e9:
            raise ValueError("a position holds finite numbers of metres or degrees only")
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring has four positions at least, and the last is the first again")


AreaSent = Annotated[
    Area,
    BeforeValidator(_text_of_area),
    WithJsonSchema({
        "type": "object",
        "description": f"GeoJSON Polygon or MultiPolygon of at most {MOST_CORNERS} corners.",
        "required": ["type", "coordinates"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["Polygon", "MultiPolygon"]},
            "coordinates": {"type": "array", "items": {"type": "array"}, "minItems": 1},
            "bbox": {"type": "array", "items": {"type": "number"}},
        },
    }),
]  # fmt: skip
"""An area as it is sent, in a reference system that is said beside it."""


class GeoJSONArea(BaseModel):
    """An area in the reference system that the header Content-Crs names."""

    type: Literal["MultiPolygon"] = "MultiPolygon"
    coordinates: list[list[list[tuple[float, float]]]] = Field(
        description="Longitude, latitude in CRS84; x, y in metres in RD New."
    )


# ---------------------------------------------------------------- which reference system
def system_of(asked: str | None, workspace_crs: str) -> System:
    """Return the reference system that was asked for, CRS84 where none was.

    Raises
    ------
    InputRefused
        When it is none in which areas of the register are drawn.
    """
    offered = _offered(workspace_crs)
    if asked is None:
        return offered[0]
    for each in offered:
        if asked.strip("<>") in (each.uri, each.name):
            return each
    raise InputRefused(
        Problem(
            "An area is drawn in longitude, latitude (CRS84) or in metres.",
            f"Choose one of: {', '.join(each.uri for each in offered)}.",
            column="crs",
            value=asked[:80],
        )
    )


def _offered(workspace_crs: str) -> list[System]:
    return [each for each in systems_of(workspace_crs) if not each.northing_first]


# ---------------------------------------------------------------- where it lies
def placed(
    area: MultiPolygon,
    system: System,
    workspace_crs: str,
    municipality: "BaseGeometry | None",
    *,
    column: str,
) -> MultiPolygon:
    """Return an area in metres, after judging that it lies where it can.

    Parameters
    ----------
    area
        As it was sent, in `system`.
    system, workspace_crs
        In what it was drawn, and in what the register keeps it.
    municipality
        In metres, as far as its areas were delivered.
    column
        What the area is called in the body.

    Raises
    ------
    InputRefused
        Naming the likely cause: axes in the other order, or another reference system.
    """
    try:
        return _within(area, system.name, workspace_crs, municipality)
    except InputRefused as refusal:
        found = refusal.problems[0]
    x, y = area.bounds[:2]
    likely = _likely(area, system, workspace_crs, municipality) or found.remedy
    raise InputRefused(Problem(found.rule, likely, column=column, value=f"{x:.6g}, {y:.6g}"))


def _likely(
    area: MultiPolygon, system: System, workspace_crs: str, municipality: "BaseGeometry | None"
) -> str | None:
    """Return under which other reading an area does lie where it can."""
    swapped = shapely.transform(area, lambda xy: xy[:, ::-1])
    other = next(each for each in _offered(workspace_crs) if each != system)
    for drawn_, read_as in ((swapped, system), (area, other), (swapped, other)):
        try:
            _within(drawn_, read_as.name, workspace_crs, municipality)
        except InputRefused:
            continue
        said = []
        if read_as != system:
            said.append(f"These look like {_unit(read_as)}: say so with crs ({read_as.uri}).")
        if drawn_ is swapped:
            order = "longitude, then latitude" if read_as.geographic else "x, then y"
            said.append(f"The two numbers of each position look swapped: write {order}.")
        return " ".join(said)
    return None


def _unit(system: System) -> str:
    return "degrees" if system.geographic else "metres"


def _within(
    area: MultiPolygon, crs: str, workspace_crs: str, municipality: "BaseGeometry | None"
) -> MultiPolygon:
    """Return an area in metres; refuse one that cannot lie there."""
    moved = to_workspace(_framed([area], crs), workspace_crs, file="")
    if not all(map(math.isfinite, moved.total_bounds)):
        raise InputRefused(Problem("The area lies where nothing is.", "Check the coordinates."))
    moved = to_workspace(moved, workspace_crs, file="")  # it must also fit where it is kept
    shape = moved.geometry.iloc[0]
    if (
        not isinstance(shape, MultiPolygon) or not shape.is_valid
    ):  # valid as drawn, and corners fell together
        raise InputRefused(
            Problem(
                "The area is too small or too narrow to be kept in metres.",
                "Draw it larger, or leave out corners that lie on one another.",
            )
        )
    if municipality is not None and not shape.intersects(municipality):
        raise InputRefused(
            Problem(
                "The area lies outside the municipality.",
                "Check the coordinates and the reference system.",
            )
        )
    return shape


def require_spot(x_m: float, y_m: float, workspace_crs: str) -> None:
    """Refuse a spot that does not fit the reference system of the workspace.

    Raises
    ------
    InputRefused
        Naming the likely cause.
    """
    try:
        to_workspace(_framed([Point(x_m, y_m)], workspace_crs), workspace_crs, file="")
    except InputRefused as refusal:
        rule, remedy = refusal.problems[0].rule, refusal.problems[0].remedy
        value = f"{x_m:.6g}, {y_m:.6g}"
        raise InputRefused(Problem(rule, remedy, column="x_m, y_m", value=value)) from None


# ---------------------------------------------------------------- what is answered
def drawn(areas: Sequence[MultiPolygon], workspace_crs: str, system: System) -> list[GeoJSONArea]:
    """Return areas of the register in a reference system, as GeoJSON."""
    moved = reprojected(_array(areas), source=workspace_crs, target=system.name)
    return [_geojson(area, DECIMALS if system.geographic else 4) for area in moved]


def _geojson(area: MultiPolygon, decimals: int) -> GeoJSONArea:
    return GeoJSONArea(
        coordinates=[
            [
                [(round(x, decimals), round(y, decimals)) for x, y in ring.coords]
                for ring in (part.exterior, *part.interiors)
            ]
            for part in area.geoms
        ]
    )


def _array(areas: Sequence[MultiPolygon]) -> npt.NDArray[np.object_]:
    found = np.empty(len(areas), dtype=object)
    found[:] = areas
    return found


def _framed(shapes: Sequence["BaseGeometry"], crs: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)
