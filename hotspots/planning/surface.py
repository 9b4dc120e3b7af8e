"""What rises from the ground: one surface model, read from a raster or made from footprints."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.features import rasterize
from rasterio.transform import Affine
from scipy import ndimage

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.errors import InputRefused, PolicyRefused, Problem

Heights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Surface:
    """Heights of the surface and of the ground below it, in square cells.

    A cell is a block as high as its surface. Row 0 is the northernmost, as in a raster file.

    Parameters
    ----------
    top_m
        Height of roofs, trees and open ground, shape (rows, columns); NaN where it is unknown.
    ground_m
        Height of the ground, same shape and datum; known wherever `top_m` is.
    transform
        From column and row to x and y in metres.
    """

    top_m: Heights
    ground_m: Heights
    transform: Affine

    @property
    def cell_size_m(self) -> float:
        """Side of a cell."""
        return float(self.transform.a)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        n_rows, n_columns = self.top_m.shape
        return n_rows, n_columns

    def locate(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return row and column with their fraction; the centre of the first cell is at 0.5."""
        column = (x - self.transform.c) / self.transform.a
        row = (y - self.transform.f) / self.transform.e
        return row, column

    def place(self, row: Floats, column: Floats) -> tuple[Floats, Floats]:
        """Return x and y of rows and columns with their fraction."""
        x = self.transform.c + self.transform.a * column
        y = self.transform.f + self.transform.e * row
        return x, y

    def cell_of(self, x: Floats, y: Floats) -> Ints:
        """Return the number of each point's cell, counted along rows; -1 outside the raster."""
        row, column = self.locate(x, y)
        n_rows, n_columns = self.shape
        inside = (row >= 0) & (row < n_rows) & (column >= 0) & (column < n_columns)
        cell = np.full(len(row), -1, dtype=np.int64)
        cell[inside] = row[inside].astype(np.int64) * n_columns + column[inside].astype(np.int64)
        return cell

    def centre_of(self, cell: Ints) -> tuple[Floats, Floats]:
        """Return x and y of the centres of cells."""
        row, column = np.divmod(cell, self.shape[1])
        return self.place(row + 0.5, column + 0.5)

    def cells_near(self, x: float, y: float, *, reach_m: float) -> Ints:
        """Return the cells whose centre lies within reach of a point, the nearest first."""
        (row,), (column,) = self.locate(np.array([x]), np.array([y]))
        reach = reach_m / self.cell_size_m
        rows = np.arange(max(int(row - reach), 0), min(int(row + reach) + 1, self.shape[0]))
        columns = np.arange(
            max(int(column - reach), 0), min(int(column + reach) + 1, self.shape[1])
        )
        distance = np.hypot(rows[:, None] + 0.5 - row, columns[None, :] + 0.5 - column)
        cell = (rows[:, None] * self.shape[1] + columns[None, :]).ravel()
        order = np.argsort(distance, axis=None, kind="stable")
        return np.asarray(cell[order][distance.ravel()[order] <= reach], dtype=np.int64)


def surface_from_heights(
    top_m: npt.NDArray[Any], ground_m: npt.NDArray[Any], transform: Affine, *, known: Bools
) -> Surface:
    """Make a surface model from a surface raster and a terrain raster on the same cells.

    Terrain models have holes under buildings: where the surface is known and the ground is not,
    the ground is that of the nearest cell where it is.

    Parameters
    ----------
    top_m
        Heights of the surface, shape (rows, columns).
    ground_m
        Heights of the ground, same shape; NaN where unknown.
    transform
        Of both rasters, in metres: north up, square cells.
    known
        Whether the surface was measured, same shape; what was not is unknown, never ground.

    Returns
    -------
    Surface
        The surface model.

    Raises
    ------
    InputRefused
        When the rasters do not fit each other, cells are not square or north is not up, or no
        ground is known.
    """
    _refuse_raster(top_m, ground_m, known, transform)
    top = np.where(known, top_m, np.nan).astype(np.float32)
    ground = np.asarray(ground_m, dtype=np.float32)
    lacks = np.isnan(ground)
    if lacks.all():
        raise InputRefused(
            Problem(
                "The terrain model holds no height.",
                "Give a terrain model of the same place: cameras are mounted above the ground.",
            )
        )
    if (lacks & ~np.isnan(top)).any():
        nearest = ndimage.distance_transform_edt(lacks, return_distances=False, return_indices=True)
        ground = ground[tuple(nearest)]
    return Surface(top, ground, transform)


def surface_from_footprints(
    footprints: npt.NDArray[np.object_],
    height_m: Floats,
    *,
    ground_m: npt.NDArray[Any],
    transform: Affine,
) -> Surface:
    """Make a surface model of buildings that stand on a terrain.

    A cell is built when its centre lies in a footprint; of several, the highest counts.

    Parameters
    ----------
    footprints
        Polygons in metres, shape (buildings,).
    height_m
        Height above the ground, shape (buildings,). NaN is unknown, and so is all that the
        building covers.
    ground_m
        Heights of the ground, shape (rows, columns), from :func:`level_ground` or a terrain
        model; NaN where unknown, and so is the surface there.
    transform
        Of the terrain, in metres: north up, square cells.

    Returns
    -------
    Surface
        The surface model, on the cells of the terrain.

    Raises
    ------
    InputRefused
        When cells are not square, north is not up, or no ground is known.
    """
    height = np.asarray(height_m, dtype=np.float64)
    rising = np.argsort(height, kind="stable")  # NaN comes last: unknown hides what is known
    rise = np.zeros(ground_m.shape, dtype=np.float32)
    if len(height):
        burnt = zip(footprints[rising], height[rising], strict=True)
        rasterize(burnt, out=rise, transform=transform)
    top = ground_m + rise
    return surface_from_heights(top, ground_m, transform, known=~np.isnan(top))


def level_ground(
    bounds: tuple[float, float, float, float],
    *,
    cell_size_m: float = 1.0,
    max_cells: int = 100_000_000,
) -> tuple[Heights, Affine]:
    """Make level ground at height 0, for a place without a terrain model.

    Parameters
    ----------
    bounds
        West, south, east and north, in metres; widened to cells on multiples of their size.
    cell_size_m
        Side of a cell.
    max_cells
        Most cells that are made.

    Returns
    -------
    tuple
        Heights, shape (rows, columns), and the transform.

    Raises
    ------
    PolicyRefused
        When the cells are too many.
    """
    west, south = (math.floor(low / cell_size_m) for low in bounds[:2])
    east, north = (math.ceil(high / cell_size_m) for high in bounds[2:])
    shape = (max(north - south, 1), max(east - west, 1))
    if math.prod(shape) > max_cells:
        raise PolicyRefused(
            Problem(
                f"A surface model of {shape[0]:,} x {shape[1]:,} cells is too large; "
                f"at most {max_cells:,} cells are made.",
                "Use larger cells or a smaller area.",
                column="cell_size_m",
                value=f"{cell_size_m:g}",
            )
        )
    corner = (west * cell_size_m, north * cell_size_m)
    transform = Affine(cell_size_m, 0, corner[0], 0, -cell_size_m, corner[1])
    return np.zeros(shape, dtype=np.float32), transform


def _refuse_raster(
    top_m: npt.NDArray[Any], ground_m: npt.NDArray[Any], known: Bools, transform: Affine
) -> None:
    """Refuse rasters that do not lie on one grid of square cells with north up."""
    problems = []
    if not top_m.shape == ground_m.shape == known.shape:
        problems.append(
            Problem(
                f"Surface {top_m.shape}, terrain {ground_m.shape} and the mask of what is known "
                f"{known.shape} have not the same rows and columns.",
                "Resample one to the cells of the other.",
            )
        )
    square = math.isclose(transform.a, -transform.e, rel_tol=1e-6) and transform.a > 0
    if not square or transform.b or transform.d:
        problems.append(
            Problem(
                "Cells must be square, in metres, with north up.",
                "Resample the raster to square cells in a projected coordinate system.",
                column="transform",
                value=str(tuple(transform)[:6]),
            )
        )
    if problems:
        raise InputRefused(problems)
