"""What can be seen from where: sight lines from camera sites over a surface model.

Whoever is looked at stands on the ground. A cell is seen when the straight line from the camera to
the target above the middle of the cell passes over every block in between. What was not measured
is unknown, and so is what lies behind it, unless a known block hides it anyway.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from rasterio.features import shapes
from rasterio.transform import Affine
from scipy.sparse import csr_array
from scipy.spatial import KDTree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.errors import InputRefused, Problem
from hotspots.planning.rays import Rays, lay_rays
from hotspots.planning.surface import Surface

OUTSIDE_RASTER = "outside_raster"
SURFACE_UNKNOWN = "surface_unknown"
INSIDE_BUILDING = "inside_building"

MOST_CELLS_OF_RANGE = 600
"""300 m in cells of half a metre: the rays of such a range take half a gigabyte to lay out."""
_BOUNDS = {
    "mounting_height_m": (0.0, 100.0),
    "range_m": (0.1, np.inf),
    "azimuth_deg": (-360.0, 360.0),
    "view_deg": (1.0, 360.0),
}
_Cell = TypeVar("_Cell", bound=np.generic)
_NOWHERE = -(2.0**40)
_PARTS = 7
"""A site is moved to the middle of one of so many parts of its cell, both ways: 0.1 cell at most.

An odd number, so that the middle of the cell is one of them.
"""


@dataclass(frozen=True)
class Viewshed:
    """The cells that one site sees, within a square window of the surface model.

    Parameters
    ----------
    row, column
        First row and column of the window in the surface model; may be negative.
    size
        Rows and columns of the window.
    visible_bits, unknown_bits
        Its cells, packed eight to a byte along rows.
    """

    row: int
    column: int
    size: int
    visible_bits: npt.NDArray[np.uint8]
    unknown_bits: npt.NDArray[np.uint8]

    @property
    def visible(self) -> Bools:
        """Whether each cell of the window is seen, shape (size, size)."""
        return self._unpacked(self.visible_bits)

    @property
    def unknown(self) -> Bools:
        """Whether it is not known if a cell of the window is seen, shape (size, size)."""
        return self._unpacked(self.unknown_bits)

    def holds(self, row: Ints, column: Ints, *, unknown: bool = False) -> Bools:
        """Tell which cells, by row and column of the surface model, are seen (or unknown)."""
        down, right = row - self.row, column - self.column
        held = (down >= 0) & (down < self.size) & (right >= 0) & (right < self.size)
        held[held] = (self.unknown if unknown else self.visible)[down[held], right[held]]
        return np.asarray(held, dtype=bool)

    def _unpacked(self, bits: npt.NDArray[np.uint8]) -> Bools:
        cells = np.unpackbits(bits, count=self.size**2).astype(bool)
        return cells.reshape(self.size, self.size)


@dataclass(frozen=True)
class Viewsheds:
    """What every site sees, and why some see nothing.

    Parameters
    ----------
    figures
        Per site, on the index of the sites: `excluded` (reason code, missing where the site
        counts), `moved_m` (how far it was set out in front of its wall), `eye_x`, `eye_y`,
        `eye_m` (where the camera is, the height in the datum of the surface), and `visible_m2`
        and `unknown_m2` of public space; missing where the site is excluded.
    of_site
        Per site, in the same order, its viewshed; None where it is excluded.
    """

    figures: pd.DataFrame
    of_site: list[Viewshed | None]


def viewsheds(
    surface: Surface,
    sites: pd.DataFrame,
    *,
    target_height_m: float,
    public_space: Bools,
    wall_reach_m: float = 1.5,
) -> Viewsheds:
    """Work out what cameras on candidate sites can see.

    A site in a cell whose surface is above the camera is on a wall or inside a building: it is set
    in the nearest cell that is open, when that is within reach, and excluded when not. The
    curvature of the earth (7 mm at 300 m) is left out.

    Parameters
    ----------
    surface
        The surface model.
    sites
        `x`, `y`, `mounting_height_m` above the ground, `range_m`, `azimuth_deg` (where the middle
        of the view points, clockwise from north) and `view_deg` (its width; 360 sees all round).
    target_height_m
        Height above the ground of what must be seen. A cell whose surface is higher, a roof or a
        tree, is not seen: nobody can be seen there.
    public_space
        Which cells of the surface model are public space, shape (rows, columns).
    wall_reach_m
        How far a site on a wall may be from the middle of an open cell.

    Returns
    -------
    Viewsheds
        Visible cells and figures, on the index of the sites.

    Raises
    ------
    ValueError
        When the mask is not on the cells of the surface model.
    InputRefused
        With every value of a site that is missing or out of bounds, by its label.
    """
    if public_space.shape != surface.shape:
        raise ValueError("public_space must have the rows and columns of the surface model")
    _refuse_sites(sites, cell_size_m=surface.cell_size_m)
    figures = _stand(surface, sites, wall_reach_m=wall_reach_m)
    areas_m2 = np.full((2, len(sites)), np.nan)
    of_site: list[Viewshed | None] = [None] * len(sites)
    for nth, rays, eye in _eyes(surface, sites, figures):
        seen = _look(surface, rays, eye, target_height_m=target_height_m)
        public = _window(public_space, eye, rays.size, fill=False).ravel()[rays.cell]
        areas_m2[:, nth] = np.count_nonzero(seen & public, axis=1) * surface.cell_size_m**2
        of_site[nth] = _viewshed(seen, rays, eye)
    return Viewsheds(figures.assign(visible_m2=areas_m2[0], unknown_m2=areas_m2[1]), of_site)


def viewshed_polygon(surface: Surface, viewshed: Viewshed, *, within: Bools) -> BaseGeometry:
    """Return the outline of what a site sees.

    Parameters
    ----------
    surface
        The surface model.
    viewshed
        What the site sees.
    within
        Cells to keep, such as public space, shape (rows, columns) of the surface model.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        Whole cells; empty where nothing is seen.
    """
    kept = _cut(within, viewshed.row, viewshed.column, viewshed.size, fill=False)
    seen = viewshed.visible & kept
    if not seen.any():
        return shapely.Polygon()
    cell_m, west, north = surface.cell_size_m, surface.transform.c, surface.transform.f
    corner = (west + cell_m * viewshed.column, north - cell_m * viewshed.row)
    transform = Affine(cell_m, 0, corner[0], 0, -cell_m, corner[1])
    outlines = shapes(seen.astype(np.uint8), mask=seen, transform=transform)
    return shapely.union_all([shape(outline) for outline, _ in outlines])


def points_in_view(
    views: Viewsheds, surface: Surface, x: Floats, y: Floats, *, unknown: bool = False
) -> csr_array:
    """Tell which points lie in a cell that a site sees.

    Parameters
    ----------
    views
        What every site sees.
    surface
        The surface model.
    x, y
        Coordinates in metres, shape (points,). A point without is in nobody's view.
    unknown
        Whether to ask for the cells of which that is unknown instead.

    Returns
    -------
    scipy.sparse.csr_array
        1 where a site sees a point, shape (sites, points).
    """
    place = np.column_stack([np.floor(along) for along in surface.locate(x, y)])
    place[np.isnan(place).any(axis=1)] = _NOWHERE
    tree = KDTree(place) if len(x) else None
    seen = []
    for view in views.of_site:
        near = np.zeros(0, dtype=np.int64)
        if view is not None and tree is not None:
            middle = view.size // 2
            centre = (view.row + middle, view.column + middle)
            found = tree.query_ball_point(centre, middle, p=np.inf, return_sorted=True)
            near = np.asarray(found, dtype=np.int64)
            near = near[view.holds(*place[near].astype(np.int64).T, unknown=unknown)]
        seen.append(near)
    start = np.concatenate([[0], np.cumsum([len(near) for near in seen])])
    points = np.concatenate([*seen, np.zeros(0, dtype=np.int64)])
    ones = np.ones(len(points), dtype=np.int8)
    return csr_array((ones, points, start), shape=(len(seen), len(x)))


@dataclass(frozen=True)
class _Eye:
    """Where one camera is, by cell and height, and where it looks."""

    row: int
    column: int
    height_m: float
    azimuth_deg: float
    view_deg: float


def _stand(surface: Surface, sites: pd.DataFrame, *, wall_reach_m: float) -> pd.DataFrame:
    """Put every camera in place, or tell why it cannot be: the first columns of the figures."""
    x, y = (sites[axis].to_numpy(dtype=np.float64) for axis in ("x", "y"))
    mounting_m = sites["mounting_height_m"].to_numpy(dtype=np.float64)
    at_x, at_y, cell = x.copy(), y.copy(), surface.cell_of(x, y)
    top, ground = surface.top_m.ravel(), surface.ground_m.ravel()
    in_raster = cell >= 0
    walled = np.flatnonzero(in_raster & (top[cell] > ground[cell] + mounting_m))
    for nth in walled:
        beside = surface.cells_near(x[nth], y[nth], reach_m=wall_reach_m)
        free = beside[top[beside] <= ground[beside] + mounting_m[nth]]
        if len(free):
            cell[nth] = free[0]
            at_x[nth], at_y[nth] = (along[0] for along in surface.centre_of(free[:1]))
    eye_m = ground[cell] + mounting_m
    excluded = np.select(
        [~in_raster, np.isnan(top[cell]), top[cell] > eye_m],
        [OUTSIDE_RASTER, SURFACE_UNKNOWN, INSIDE_BUILDING],
        default="",
    )
    out = excluded != ""
    figures = {"moved_m": np.hypot(at_x - x, at_y - y), "eye_x": at_x, "eye_y": at_y}
    placed = pd.DataFrame(figures | {"eye_m": eye_m}, index=sites.index)
    placed[out] = np.nan
    reasons = pd.Series(excluded, index=sites.index, dtype="str").mask(~out)
    placed.insert(0, "excluded", reasons)
    return placed


def _eyes(
    surface: Surface, sites: pd.DataFrame, figures: pd.DataFrame
) -> Iterator[tuple[int, Rays, _Eye]]:
    """Yield number, rays and eye of every site that counts; those with the same rays together."""
    counted = np.flatnonzero(figures["excluded"].isna())
    row, column = surface.locate(*figures[["eye_x", "eye_y"]].to_numpy()[counted].T)
    cells = np.column_stack([row, column]).astype(np.int64)
    part = np.floor((np.column_stack([row, column]) - cells) * _PARTS)
    reach = sites["range_m"].to_numpy(dtype=np.float64)[counted] / surface.cell_size_m
    looks = sites[["azimuth_deg", "view_deg"]].to_numpy(dtype=np.float64)[counted]
    height_m = figures["eye_m"].to_numpy()[counted]
    kinds, kind = np.unique(np.column_stack([reach, part]), axis=0, return_inverse=True)
    for k, (range_, south, east) in enumerate(kinds):
        rays = lay_rays(range_, offset=((south + 0.5) / _PARTS, (east + 0.5) / _PARTS))
        for i in np.flatnonzero(kind == k):
            row_of, column_of = map(int, cells[i])
            eye = _Eye(row_of, column_of, float(height_m[i]), *looks[i].tolist())
            yield int(counted[i]), rays, eye


def _look(surface: Surface, rays: Rays, eye: _Eye, *, target_height_m: float) -> Bools:
    """Tell which cells within range are seen, and of which it is unknown, shape (2, cells)."""
    top = _window(surface.top_m, eye, rays.size, fill=np.float32(np.nan))
    target = _window(surface.ground_m, eye, rays.size, fill=np.float32(0)) + target_height_m
    unmeasured = np.isnan(top)
    rise = (top - eye.height_m) / surface.cell_size_m
    slope = ((target - eye.height_m) / surface.cell_size_m).ravel()[rays.cell] * rays.per_distance
    uncovered = (top <= target).ravel()[rays.cell]
    if eye.view_deg < 360:
        off_axis = np.abs((rays.bearing_deg - eye.azimuth_deg + 180) % 360 - 180)
        in_field = off_axis <= eye.view_deg / 2
    else:
        in_field = np.ones(len(rays.cell), dtype=bool)

    visible = in_field & uncovered & (slope >= rays.horizons(rise).ravel()[rays.answer])
    if not unmeasured.any():
        return np.stack([visible, np.zeros_like(visible)])
    rise[unmeasured] = -np.inf  # what is hidden even so is hidden for certain
    perhaps = uncovered & (slope >= rays.horizons(rise).ravel()[rays.answer])
    unknown = unmeasured.ravel()[rays.cell] | perhaps
    return np.stack([visible, in_field & unknown & ~visible])


def _viewshed(seen: Bools, rays: Rays, eye: _Eye) -> Viewshed:
    """Pack what is seen within range into the cells of a window."""
    corner = (eye.row - rays.size // 2, eye.column - rays.size // 2)
    return Viewshed(*corner, rays.size, *(_packed(cells, rays) for cells in seen))


def _packed(cells: Bools, rays: Rays) -> npt.NDArray[np.uint8]:
    """Pack cells within range as bits of a window."""
    if not cells.any():  # as a rule nothing is unknown, and then it takes no memory
        return np.broadcast_to(np.uint8(0), math.ceil(rays.size**2 / 8))
    window = np.zeros(rays.size**2, dtype=bool)
    window[rays.cell] = cells
    return np.packbits(window)


def _window(
    cells: npt.NDArray[_Cell], eye: _Eye, size: int, *, fill: _Cell | bool
) -> npt.NDArray[_Cell]:
    """Return the square of cells around an eye."""
    return _cut(cells, eye.row - size // 2, eye.column - size // 2, size, fill=fill)


def _cut(
    cells: npt.NDArray[_Cell], row: int, column: int, size: int, *, fill: _Cell | bool
) -> npt.NDArray[_Cell]:
    """Return a square of cells, with `fill` beyond the edge of the raster."""
    n_rows, n_columns = cells.shape
    rows = slice(max(row, 0), min(row + size, n_rows))
    columns = slice(max(column, 0), min(column + size, n_columns))
    found = cells[rows, columns]
    if found.shape == (size, size):
        return found
    square = np.full((size, size), fill, dtype=cells.dtype)
    down, right = rows.start - row, columns.start - column
    square[down : down + found.shape[0], right : right + found.shape[1]] = found
    return square


def _refuse_sites(sites: pd.DataFrame, *, cell_size_m: float) -> None:
    """Refuse values that are missing or out of bounds, all at once."""
    problems = []
    for column, (low, high) in _BOUNDS.items():
        if column == "range_m":
            high = MOST_CELLS_OF_RANGE * cell_size_m
        value = sites[column]
        wrong = ~value.between(low, high)
        if column == "azimuth_deg":
            wrong &= sites["view_deg"] != 360
        problems += [
            Problem(
                f"Site {label!r}: {column} must lie from {low:g} to {high:g}.",
                "Correct the site or its camera type.",
                column=column,
                value=str(value.iloc[at]),
            )
            for at, label in zip(np.flatnonzero(wrong), sites.index[wrong], strict=True)
        ]
    if problems:
        raise InputRefused(problems)
