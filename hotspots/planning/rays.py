"""Rays from a point through the cells around it, laid out once for many points.

A ray is followed exactly, through every cell that it crosses, so that no wall is stepped over. The
number of cells crossed before a cell is the number of rows and columns in between: that is where
a cell finds the horizon of the ray that runs nearest to its centre.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hotspots.analysis.grid import Bools, Floats, Ints

RAYS_PER_CELL = 2
"""Rays through an arc as long as a cell, at the end of the range."""
_ROUNDING = 1e-9
_NEAREST = 1e-3

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Rays:
    """The cells that rays cross, and the cells within range with the ray that answers for each.

    Cells are those of a square window with the point in its middle cell, counted along rows from
    the north-west. Lengths are in cells.

    Parameters
    ----------
    size
        Rows and columns of the window.
    crossed
        Cell per crossing and ray, shape (crossings, rays); the point's own cell is left out.
    per_near, per_far
        One over the distance at which a ray enters and leaves it, same shape.
    cell
        The cells whose centre lies within range, shape (cells,).
    answer
        For each, the place of its horizon in the flattened result of :meth:`horizons`.
    per_distance
        For each, one over the distance to its centre.
    bearing_deg
        For each, the direction of its centre, clockwise from north.
    """

    size: int
    crossed: Ints
    per_near: Singles
    per_far: Singles
    cell: Ints
    answer: Ints
    per_distance: Singles
    bearing_deg: Singles

    def horizons(self, rise: Singles) -> Singles:
        """Return the steepest slope of the blocks that a ray has crossed, crossing by crossing.

        Parameters
        ----------
        rise
            Height of each cell above the point, in cells, shape (rows, columns); NaN where it
            is unknown, and so is every slope behind it.

        Returns
        -------
        numpy.ndarray
            Slopes, shape (crossings + 1, rays); the first row is that of no block at all.
        """
        height = rise.ravel()[self.crossed]
        horizon = np.full((len(height) + 1, height.shape[1]), -np.inf, dtype=np.float32)
        # A block above the eye is steepest at its near edge, one below at its far edge.
        np.multiply(height, self.per_far, out=horizon[1:])
        height *= self.per_near
        np.maximum(horizon[1:], height, out=horizon[1:])
        for nearer, further in pairwise(horizon):  # six times as fast as maximum.accumulate
            np.maximum(nearer, further, out=further)
        return horizon


def lay_rays(reach: float, *, offset: tuple[float, float]) -> Rays:
    """Lay out the rays around a point.

    Parameters
    ----------
    reach
        Range in cells, above 0.
    offset
        Row and column of the point within its cell, each from 0 to 1, counted from the
        north-west.

    Returns
    -------
    Rays
        Enough of them that every cell within range is crossed by the ray that answers for it.
    """
    middle = math.ceil(reach) + 1
    row, column = np.indices((2 * middle + 1, 2 * middle + 1)) - middle
    south, east = row + 0.5 - offset[0], column + 0.5 - offset[1]
    distance = np.hypot(south, east)
    within = np.flatnonzero(distance <= reach + _ROUNDING)
    bearing = np.degrees(np.arctan2(east, -south)).ravel()[within] % 360
    # Each ray runs in the middle of its sector: none passes exactly through corners of cells.
    n_rays = 8 * math.ceil(max(RAYS_PER_CELL * 2 * math.pi * reach, 64) / 8)
    ray = np.floor(bearing / 360 * n_rays + _ROUNDING).astype(np.int64) % n_rays
    crossings_before = np.maximum((np.abs(row) + np.abs(column)).ravel()[within] - 1, 0)
    crossed, near, far = _crossings(
        n_rays, int(crossings_before.max(initial=0)), offset=offset, middle=middle
    )
    return Rays(
        size=2 * middle + 1,
        crossed=crossed,
        per_near=(1 / near).astype(np.float32),
        per_far=(1 / far).astype(np.float32),
        cell=within,
        answer=crossings_before * n_rays + ray,
        per_distance=(1 / np.maximum(distance.ravel()[within], _NEAREST)).astype(np.float32),
        bearing_deg=bearing.astype(np.float32),
    )


def _crossings(
    n_rays: int, n_crossings: int, *, offset: tuple[float, float], middle: int
) -> tuple[Ints, Floats, Floats]:
    """Return the first cells after its own that each ray crosses, and where it enters and leaves.

    A ray goes to the next row or to the next column, whichever border it meets first: sorted by
    distance, the borders of both kinds are its path.
    """
    bearing = 2 * math.pi * (np.arange(n_rays) + 0.5) / n_rays
    south, east = -np.cos(bearing), np.sin(bearing)
    borders = np.hstack(
        [_borders(south, offset[0], n_crossings + 1), _borders(east, offset[1], n_crossings + 1)]
    )
    order = np.argsort(borders, axis=1, kind="stable")[:, : n_crossings + 1]
    at = np.take_along_axis(borders, order, axis=1)
    to_row: Bools = order[:, :-1] <= n_crossings
    row = np.cumsum(to_row, axis=1) * np.sign(south).astype(np.int64)[:, None]
    column = np.cumsum(~to_row, axis=1) * np.sign(east).astype(np.int64)[:, None]
    # Beyond the window no cell asks: any cell does.
    row, column = (np.clip(steps, -middle, middle) + middle for steps in (row, column))
    crossed = np.ascontiguousarray((row * (2 * middle + 1) + column).T)
    near = np.maximum(at[:, :-1].T, _NEAREST)
    return crossed, near, np.maximum(at[:, 1:].T, _NEAREST)


def _borders(towards: Floats, offset: float, count: int) -> Floats:
    """Return the distances at which each ray meets borders of one kind, shape (rays, count)."""
    first = np.where(towards > 0, 1 - offset, offset)
    distance = (first[:, None] + np.arange(count)) / np.abs(towards)[:, None]
    return np.asarray(distance, dtype=np.float64)
