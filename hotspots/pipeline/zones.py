"""The area of a measure, the ring around it, and the control area."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.crs import to_workspace
from hotspots.errors import InputRefused, NotFound, Problem, WorkspaceRefused
from hotspots.pipeline.deliveries import Current
from hotspots.policy.intake import Limits
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

FILE_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip", ".parquet")
_DRAW = "Draw one polygon, or give the code of an area."


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon in the workspace's CRS, with the name of the area whose code was given."""

    shape: "BaseGeometry"
    name: str


@dataclass(frozen=True, slots=True)
class Zones:
    """Three places that do not overlap; without a control area that is all of the rest."""

    area: "BaseGeometry"
    ring: "BaseGeometry"
    control: "BaseGeometry | None"
    municipality: "BaseGeometry | None"

    def of(self, x: "Floats", y: "Floats") -> "Ints":
        """Return for each point 0 (area), 1 (ring), 2 (control) or -1 (elsewhere)."""
        import numpy as np
        import shapely

        zone = np.full(len(x), 2 if self.control is None else -1, dtype=np.int64)
        for number, shape in ((2, self.control), (1, self.ring), (0, self.area)):
            if shape is not None and not shape.is_empty:
                shapely.prepare(shape)
                zone[shapely.intersects_xy(shape, x, y)] = number
        return zone

    def km2(self) -> "list[float | None]":
        """Return the size of area, ring and control; of the rest only where areas were taken in."""
        rest = self.control
        if rest is None and self.municipality is not None:
            rest = self.municipality.difference(self.area.union(self.ring))
        return [None if shape is None else shape.area / 1e6 for shape in (*self._treated, rest)]

    @property
    def _treated(self) -> "tuple[BaseGeometry, BaseGeometry]":
        return self.area, self.ring


def outline_of(current: Current, text: str, *, level: Level | None, limits: Limits) -> Outline:
    """Return the polygon of a file, or of the area with a code.

    Parameters
    ----------
    text
        A file with one polygon, or a code.
    level
        Level of the code; needed where several levels have it.
    limits
        What a file may hold.

    Raises
    ------
    InputRefused
        When the file does not hold one polygon that fits its CRS.
    NotFound
        When no area, or more than one, has the code, or it has no polygon.
    """
    path = Path(text)
    if path.suffix.lower() in FILE_SUFFIXES:
        return Outline(_polygon_of(path, current.workspace.crs, limits), "")
    levels = [level] if level else list(current.areas)
    found = [(each, _with_code(current, each, text)) for each in levels]
    rows = [(each, row) for each, row in found if len(row)]
    if len(rows) > 1:
        raise NotFound(
            Problem(
                f"Areas of several levels have this code: {', '.join(each for each, _ in rows)}.",
                "Choose one with --level.",
                value=text[:80],
            )
        )
    if not rows or rows[0][1].geometry.isna().all():
        raise NotFound(
            Problem(
                "There is no area with this code and a polygon.",
                f"Levels taken in: {', '.join(current.areas) or 'none'}. Give a code, or a file: "
                f"{', '.join(FILE_SUFFIXES)}.",
                value=text[:80],
            )
        )
    row = rows[0][1].iloc[0]
    return Outline(row["geometry"], str(row["area_name"]))


def _with_code(current: Current, level: Level, code: str) -> "gpd.GeoDataFrame":
    if level not in current.areas:
        return next(iter(current.areas.values())).iloc[:0] if current.areas else _no_areas()
    areas = current.areas[level]
    return areas[areas["area_code"] == code]


def _no_areas() -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame({"area_code": [], "area_name": []}, geometry=[])


def _polygon_of(path: Path, crs: str, limits: Limits) -> "BaseGeometry":
    import geopandas as gpd

    from hotspots.ingest.readers import read_file

    raw = read_file(path, layer=None, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    if raw.geometry is None:
        raise InputRefused(Problem("The file has no geometry.", _DRAW, file=raw.file))
    drawn = raw.geometry[raw.geometry.notna() & ~raw.geometry.is_empty]
    kinds = sorted({each.geom_type for each in drawn})
    if len(drawn) != 1 or not set(kinds) <= {"Polygon", "MultiPolygon"}:
        raise InputRefused(
            Problem(
                "The file does not hold exactly one polygon.",
                _DRAW,
                file=raw.file,
                value=f"{len(drawn)} × {', '.join(kinds) or 'nothing'}",
            )
        )
    placed = to_workspace(gpd.GeoDataFrame(geometry=drawn), crs, file=raw.file)
    shape: BaseGeometry = placed.geometry.make_valid().iloc[0]
    return shape


def zones_of(current: Current, area: Outline, *, control: Outline | None, ring_m: float) -> Zones:
    """Return area, ring and control; what two would share is the area's, then the ring's.

    Raises
    ------
    WorkspaceRefused
        When the area lies outside the municipality, or nothing is left of the control area.
    """
    municipality = current.municipality()
    if municipality is not None and not area.shape.intersects(municipality):
        raise WorkspaceRefused(
            Problem("The area lies outside the municipality.", "Check its reference system.")
        )
    reach = area.shape.buffer(ring_m)
    left = None if control is None else control.shape.difference(reach)
    if left is not None and left.is_empty:
        raise WorkspaceRefused(
            Problem(
                "The control area lies within the area and its ring.",
                "Choose one farther away, or a narrower ring with --ring-m.",
            )
        )
    return Zones(area.shape, reach.difference(area.shape), left, municipality)
