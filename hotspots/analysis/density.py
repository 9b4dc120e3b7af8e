"""Kernel density on cell centres, exactly from the points."""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
from scipy.signal import fftconvolve

from hotspots.analysis.grid import Floats, Grid

Kernel = Literal["quartic", "gaussian"]
EdgeCorrection = Literal["none", "uniform"]

_NEGLIGIBLE = 1e-16
_GAUSSIAN_REACH = 5.0
_TILE = 128
_POINTS_AT_ONCE = 16_384


def kernel_density(
    grid: Grid,
    x: Floats,
    y: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    edge_correction: EdgeCorrection = "none",
    weights: Floats | None = None,
) -> Floats:
    """Estimate incidents per km2 at the centre of each study cell.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres; points outside the grid count as far as their kernel reaches in.
    bandwidth_m
        Radius of the quartic kernel; standard deviation of the Gaussian.
    kernel
        ``quartic`` (biweight) or ``gaussian``.
    edge_correction
        ``uniform`` divides by the kernel's mass inside the study area, summed over cells.
    weights
        Incidents per point; one each when absent.

    Returns
    -------
    numpy.ndarray
        Incidents per km2, shape (rows, columns); not a number outside the study area.

    Raises
    ------
    ValueError
        If `bandwidth_m` is not above 0.

    References
    ----------
    Silverman (1986), equation 4.5, for the quartic kernel; Diggle (1985), Applied Statistics 34,
    138-147, and Jones (1993), Statistics and Computing 3, 135-146, for the edge correction.
    """
    if bandwidth_m <= 0:
        raise ValueError(f"bandwidth_m is {bandwidth_m}, it must be above 0")
    each = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    smooth = _quartic if kernel == "quartic" else _gaussian
    density = smooth(grid, x, y, each, bandwidth_m)
    if edge_correction == "uniform":
        density = density / _mass_inside(grid, bandwidth_m, kernel)
    return np.where(grid.inside, density * 1e6, np.nan)


def _quartic(grid: Grid, x: Floats, y: Floats, weights: Floats, bandwidth_m: float) -> Floats:
    """Sum the kernels, one step from the point's own cell to another at a time.

    For one step all points of a cell have the same goal, so that sorted points are added up per
    cell in one pass and no pair of point and cell is ever stored.
    """
    size, (n_rows, n_columns) = grid.cell_size_m, grid.shape
    reach = math.ceil(bandwidth_m / size + 0.5)
    column, row = (x - grid.origin[0]) / size, (y - grid.origin[1]) / size
    near = (column > -reach) & (column < n_columns + reach)
    near &= (row > -reach) & (row < n_rows + reach)
    wide = n_columns + 2 * reach
    cell = (np.floor(row[near]) + reach) * wide + np.floor(column[near]) + reach
    order = np.argsort(cell, kind="stable")
    occupied, first = np.unique(cell[order].astype(np.int64), return_index=True)
    padded = np.zeros((n_rows + 2 * reach) * wide)
    if not len(occupied):
        return np.zeros(grid.shape)
    # Distances to the own cell's centre and weights, in units that make the kernel (1 - d2)^2.
    unit = size / bandwidth_m
    dx = ((np.floor(column) + 0.5 - column)[near] * unit)[order]
    dy = ((np.floor(row) + 0.5 - row)[near] * unit)[order]
    weight = weights[near][order] * 3 / (math.pi * bandwidth_m**2)
    for up in range(-reach, reach + 1):
        left = 1 - (dy + up * unit) ** 2
        for right in range(-reach, reach + 1):
            if math.hypot(max(abs(up) - 0.5, 0), max(abs(right) - 0.5, 0)) * unit >= 1:
                continue
            height = np.maximum(left - (dx + right * unit) ** 2, 0)
            goal = occupied + up * wide + right
            added = np.add.reduceat(weight * height * height, first)
            fits = (goal >= 0) & (goal < len(padded))
            padded[goal[fits]] += added[fits]
    return padded.reshape(-1, wide)[reach:-reach, reach:-reach]


def _gaussian(grid: Grid, x: Floats, y: Floats, weights: Floats, bandwidth_m: float) -> Floats:
    """Sum the kernels, each a product over x and y, as matrix products tile by tile."""
    at_x, at_y = grid.centres()
    reach = bandwidth_m * math.sqrt(-2 * math.log(_NEGLIGIBLE))
    weights = weights / (2 * math.pi * bandwidth_m**2)
    density = np.zeros(grid.shape)
    for rows in _slices(len(at_y), _TILE):
        near_y = np.flatnonzero((y > at_y[rows][0] - reach) & (y < at_y[rows][-1] + reach))
        for columns in _slices(len(at_x), _TILE):
            west, east = at_x[columns][0] - reach, at_x[columns][-1] + reach
            near = near_y[(x[near_y] > west) & (x[near_y] < east)]
            for part in _slices(len(near), _POINTS_AT_ONCE):
                chosen = near[part]
                across = np.exp(-0.5 * ((at_x[columns] - x[chosen, None]) / bandwidth_m) ** 2)
                along = np.exp(-0.5 * ((at_y[rows] - y[chosen, None]) / bandwidth_m) ** 2)
                density[rows, columns] += (along * weights[chosen, None]).T @ across
    return density


def _slices(length: int, size: int) -> Iterator[slice]:
    """Cut a range into slices of at most `size`."""
    return (slice(start, start + size) for start in range(0, length, size))


def _mass_inside(grid: Grid, bandwidth_m: float, kernel: Kernel) -> Floats:
    """Return the share of the kernel at each centre that falls on study cells, of all cells.

    Cells further out than the grid count as outside, so the rectangle is padded by the reach.
    """
    reach = bandwidth_m if kernel == "quartic" else _GAUSSIAN_REACH * bandwidth_m
    n_steps = math.ceil(reach / grid.cell_size_m)
    step = np.arange(-n_steps, n_steps + 1) * grid.cell_size_m / bandwidth_m
    squared = step[:, None] ** 2 + step**2
    height = np.maximum(1 - squared, 0) ** 2 if kernel == "quartic" else np.exp(-0.5 * squared)
    mass = fftconvolve(grid.inside.astype(np.float64), height / height.sum(), mode="same")
    return np.where(grid.inside, mass, 1.0)
