"""Square cells over a study area: which of them belong to it, and which point lies in which.

Cells lie on multiples of their size, so that two runs share them. Row 0 is the southernmost,
column 0 the westernmost; a cell number counts along rows.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import shapes
from rasterio.transform import Affine
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from hotspots.errors import InputRefused, PolicyRefused, Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STRAY_SPANS = 10
"""A point further from the middle half of all points than this many times its width is stray."""
STRAY_M = 25_000.0
"""No point this close to the middle half is stray: a city whose theme sits in one street."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Grid:
    """Square cells, and which of them are study cells.

    Parameters
    ----------
    origin
        x and y of the south-western corner, in metres; multiples of the cell size.
    cell_size_m
        Side of a cell.
    inside
        Whether a cell is a study cell, shape (rows, columns).
    """

    origin: tuple[float, float]
    cell_size_m: float
    inside: Bools

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        n_rows, n_columns = self.inside.shape
        return n_rows, n_columns

    @property
    def study_cells(self) -> Ints:
        """Cell numbers of the study cells, rising."""
        return np.flatnonzero(self.inside).astype(np.int64)

    @property
    def area_km2(self) -> float:
        """Area of all study cells together."""
        return float(self.inside.sum()) * self.cell_size_m**2 / 1e6

    def centres(self) -> tuple[Floats, Floats]:
        """Return x of every column's centre and y of every row's, in metres."""
        n_rows, n_columns = self.shape
        half = self.cell_size_m / 2
        x = self.origin[0] + half + self.cell_size_m * np.arange(n_columns, dtype=np.float64)
        y = self.origin[1] + half + self.cell_size_m * np.arange(n_rows, dtype=np.float64)
        return x, y


@dataclass(frozen=True)
class Binned:
    """Points laid into cells; ``counts.sum() + n_outside`` is the number of points.

    Parameters
    ----------
    counts
        Points per cell, shape (rows, columns); 0 in cells that are not study cells.
    cell
        Cell number per point; -1 where it lies in no study cell.
    n_outside
        Number of points in no study cell.
    """

    counts: Ints
    cell: Ints
    n_outside: int


def make_grid(study_area: BaseGeometry, *, cell_size_m: float, max_cells: int = 2_000_000) -> Grid:
    """Lay cells over a study area; study cells lie at least half inside it.

    An area too small for any such cell gets the cells that it covers most of.

    Parameters
    ----------
    study_area
        Polygon or multipolygon in metres.
    cell_size_m
        Side of a cell, above 0.
    max_cells
        Most cells in the rectangle around the study area.

    Returns
    -------
    Grid
        The cells of that rectangle.

    Raises
    ------
    InputRefused
        When the study area is no valid polygon.
    PolicyRefused
        When the cells are too many, with a size that fits.
    """
    _refuse_no_area(study_area)
    origin, shape = _extent(study_area.bounds, cell_size_m=cell_size_m, max_cells=max_cells)
    share = coverage(study_area, origin=origin, cell_size_m=cell_size_m, shape=shape)
    least = min(0.5, float(share.max()))
    return Grid(origin, cell_size_m, share >= least - _ROUNDING)


def derived_study_area(
    x: Floats, y: Floats, *, bandwidth_m: float, cell_size_m: float, max_cells: int = 2_000_000
) -> shapely.MultiPolygon:
    """Make a study area for points that came without one: occupied cells and what is near.

    Stray points are left out, or one point in another province would stretch the grid over
    everything between: those further outside the middle half of all points, in x or in y, than
    :data:`STRAY_SPANS` times its width and than :data:`STRAY_M`. They are outside the study area
    and reported as such by :func:`bin_points`.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    bandwidth_m
        Reach around the centre of an occupied cell.
    cell_size_m
        Side of a cell.
    max_cells
        Most cells in the rectangle around the points.

    Returns
    -------
    shapely.MultiPolygon
        Whole cells; empty without points.

    Raises
    ------
    PolicyRefused
        When the cells are too many, with a size that fits.
    """
    kept = ~(_stray(x) | _stray(y)) if len(x) else np.zeros(0, dtype=bool)
    if not kept.any():
        return shapely.MultiPolygon()
    x, y = x[kept], y[kept]
    reach = math.ceil(bandwidth_m / cell_size_m) * cell_size_m
    bounds = (x.min() - reach, y.min() - reach, x.max() + reach, y.max() + reach)
    origin, shape = _extent(bounds, cell_size_m=cell_size_m, max_cells=max_cells)
    empty = np.ones(shape, dtype=bool)
    empty[_steps(y, origin[1], cell_size_m), _steps(x, origin[0], cell_size_m)] = False
    near = ndimage.distance_transform_edt(empty) * cell_size_m <= bandwidth_m + _ROUNDING
    return outline(near, origin=origin, cell_size_m=cell_size_m)


def bin_points(grid: Grid, x: Floats, y: Floats) -> Binned:
    """Count points per study cell; a point on a shared edge belongs to the north-eastern cell.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres.

    Returns
    -------
    Binned
        Counts, the cell of each point, and how many lie in none.
    """
    n_rows, n_columns = grid.shape
    column = np.floor((x - grid.origin[0]) / grid.cell_size_m)
    row = np.floor((y - grid.origin[1]) / grid.cell_size_m)
    within = (row >= 0) & (row < n_rows) & (column >= 0) & (column < n_columns)
    cell = np.full(len(x), -1, dtype=np.int64)
    cell[within] = (row[within] * n_columns + column[within]).astype(np.int64)
    cell[within] = np.where(grid.inside.ravel()[cell[within]], cell[within], -1)
    found = cell[cell >= 0]
    counts = np.bincount(found, minlength=n_rows * n_columns).reshape(grid.shape)
    return Binned(counts.astype(np.int64), cell, len(x) - len(found))


def cell_polygons(grid: Grid, cells: Ints) -> npt.NDArray[np.object_]:
    """Return the square of each cell number.

    Parameters
    ----------
    grid
        Cells.
    cells
        Cell numbers.

    Returns
    -------
    numpy.ndarray
        Polygons in metres, in the order of `cells`.
    """
    row, column = np.divmod(cells, grid.shape[1])
    west = grid.origin[0] + column * grid.cell_size_m
    south = grid.origin[1] + row * grid.cell_size_m
    boxes: npt.NDArray[np.object_] = np.asarray(
        shapely.box(west, south, west + grid.cell_size_m, south + grid.cell_size_m), dtype=object
    )
    return boxes


def outline(
    marked: Bools, *, origin: tuple[float, float], cell_size_m: float
) -> shapely.MultiPolygon:
    """Return the outline of all marked cells, one polygon for each group of cells that share edges.

    Parameters
    ----------
    marked
        Shape (rows, columns).
    origin
        South-western corner in metres.
    cell_size_m
        Side of a cell.

    Returns
    -------
    shapely.MultiPolygon
        Outline in metres; empty where no cell is marked.
    """
    place = Affine(cell_size_m, 0, origin[0], 0, cell_size_m, origin[1])
    found = shapes(marked.astype(np.uint8), mask=marked, connectivity=4, transform=place)
    rings = [piece["coordinates"] for piece, _ in found]
    return shapely.MultiPolygon([(shell, holes) for shell, *holes in rings])


def only_polygons(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape without the lines and points that two areas share where they only touch."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def coverage(
    area: BaseGeometry,
    *,
    origin: tuple[float, float],
    cell_size_m: float,
    shape: tuple[int, int],
) -> Floats:
    """Return the share of each cell that an area covers, exactly and without cutting polygons.

    Edges are split where they cross the lines of the grid. By Green's theorem each piece adds,
    with the sign of its direction, what lies west of it: a part of its own cell and a full strip
    of every cell further west.

    Parameters
    ----------
    area
        Valid polygon or multipolygon in metres, within the rectangle.
    origin
        South-western corner of the rectangle in metres.
    cell_size_m
        Side of a cell.
    shape
        Rows and columns of the rectangle.

    Returns
    -------
    numpy.ndarray
        Shares from 0 to 1, shape (rows, columns).
    """
    start, end = _edges(area)
    start, end = ((points - np.asarray(origin)) / cell_size_m for points in (start, end))
    start, end = _split(start, end)
    middle = (start + end) / 2
    # Rounding may put an end a hair outside the rectangle.
    row = np.clip(np.floor(middle[:, 1]), 0, shape[0] - 1).astype(np.int64)
    column = np.clip(np.floor(middle[:, 0]), 0, shape[1] - 1).astype(np.int64)
    height = end[:, 1] - start[:, 1]
    cell, n_cells = row * shape[1] + column, shape[0] * shape[1]
    own = np.bincount(cell, height * (middle[:, 0] - column), n_cells).reshape(shape)
    strip = np.bincount(cell, height, n_cells).reshape(shape)
    from_east = np.cumsum(strip[:, ::-1], axis=1)[:, ::-1]
    return np.clip(own + from_east - strip, 0, 1)


def _edges(area: BaseGeometry) -> tuple[Floats, Floats]:
    """Return start and end of every edge, shells anticlockwise and holes clockwise."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(area)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return points[:-1][same], points[1:][same]


def _split(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Cut edges at whole coordinates, so that every piece lies within one unit square."""
    at = [np.zeros(len(start)), np.ones(len(start))]
    edge = [np.arange(len(start))] * 2
    for axis in (0, 1):
        low = np.minimum(start[:, axis], end[:, axis])
        high = np.maximum(start[:, axis], end[:, axis])
        first = np.floor(low).astype(np.int64) + 1
        n_lines = np.maximum(np.ceil(high).astype(np.int64) - first, 0)
        of = np.repeat(np.arange(len(start)), n_lines)
        nth = np.arange(len(of)) - np.repeat(np.cumsum(n_lines) - n_lines, n_lines)
        line = first[of] + nth
        at.append((line - start[of, axis]) / (end[of, axis] - start[of, axis]))
        edge.append(of)
    all_at, all_edge = np.concatenate(at), np.concatenate(edge)
    order = np.lexsort((all_at, all_edge))
    all_at, all_edge = all_at[order], all_edge[order]
    cut = start[all_edge] + all_at[:, None] * (end - start)[all_edge]
    same = all_edge[1:] == all_edge[:-1]
    return cut[:-1][same], cut[1:][same]


def _extent(
    bounds: tuple[float, float, float, float], *, cell_size_m: float, max_cells: int
) -> tuple[tuple[float, float], tuple[int, int]]:
    """Return origin, rows and columns of the cells that cover `bounds`."""
    origin, shape = _cover(bounds, cell_size_m)
    if shape[0] * shape[1] > max_cells:
        fitting = cell_size_m * math.sqrt(shape[0] * shape[1] / max_cells)
        while math.prod(_cover(bounds, fitting := _round_up(fitting))[1]) > max_cells:
            pass  # cells that only the edge cuts: one size up
        raise PolicyRefused(
            Problem(
                f"Cells of {cell_size_m:g} m would be {shape[0] * shape[1]:,} in number; "
                f"at most {max_cells:,} are made.",
                f"Use cells of {fitting:g} m or more, or a smaller study area.",
                column="cell_size_m",
                value=f"{cell_size_m:g}",
            )
        )
    return origin, shape


def _cover(
    bounds: tuple[float, float, float, float], cell_size_m: float
) -> tuple[tuple[float, float], tuple[int, int]]:
    """Return origin, rows and columns of cells on whole multiples of their size."""
    west, south = (math.floor(low / cell_size_m + _ROUNDING) for low in bounds[:2])
    east, north = (math.ceil(high / cell_size_m - _ROUNDING) for high in bounds[2:])
    origin = (west * cell_size_m, south * cell_size_m)
    return origin, (max(north - south, 1), max(east - west, 1))


def _round_up(size_m: float) -> float:
    """Return the next size with two digits."""
    step = 10.0 ** (math.floor(math.log10(size_m)) - 1)
    return (math.floor(size_m / step) + 1) * step


def _refuse_no_area(area: BaseGeometry) -> None:
    """Refuse what has no inside."""
    polygonal = area.geom_type in ("Polygon", "MultiPolygon")
    if not polygonal or area.is_empty or not area.is_valid:
        reason = shapely.is_valid_reason(area) if polygonal else area.geom_type
        raise InputRefused(
            Problem(
                "The study area must be a valid polygon that is not empty.",
                "Repair the outline of the municipality, or leave it out to derive one.",
                column="geometry",
                value="empty" if area.is_empty else reason,
            )
        )


def _stray(values: Floats) -> Bools:
    """Tell which coordinates lie far outside the middle half."""
    low, high = np.quantile(values, [0.25, 0.75])
    far = max(STRAY_SPANS * (high - low), STRAY_M)
    return np.asarray((values < low - far) | (values > high + far))


def _steps(values: Floats, from_: float, size: float) -> Ints:
    return np.floor((values - from_) / size).astype(np.int64)
