"""Kernel density on cell centres, exactly from the points, with one bandwidth or local ones."""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.signal import fftconvolve

from hotspots.analysis.grid import Floats, Grid, bin_points

Kernel = Literal["quartic", "gaussian"]
EdgeCorrection = Literal["none", "uniform"]

WIDEST = 5.0
"""A local bandwidth is at most this many times the bandwidth, and at least this part of it."""
CLASSES = 33
"""Local bandwidths are rounded to this many, in equal ratios; the middle one is the bandwidth."""

_NEGLIGIBLE = 1e-16
_GAUSSIAN_REACH = 5.0
_TILE = 128
_POINTS_AT_ONCE = 16_384
_PILOT_STEPS_PER_DEVIATION = 2
_MOST_PILOT_CELLS = 4_000_000


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


def adaptive_density(
    grid: Grid,
    x: Floats,
    y: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    sensitivity: float = 0.5,
    edge_correction: EdgeCorrection = "none",
    weights: Floats | None = None,
) -> Floats:
    """Estimate incidents per km2, sharp where incidents are many and smooth where they are few.

    Every point has a bandwidth of its own, see :func:`local_bandwidths`. Points are grouped into
    :data:`CLASSES` bandwidths in equal ratios and each class is one :func:`kernel_density`; a
    point between two classes is shared among them in proportion to the logarithm, so that what
    grouping changes is of the second order.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres.
    bandwidth_m
        Bandwidth of a point whose surroundings are as dense as the (geometric) average point's.
    kernel
        ``quartic`` or ``gaussian``.
    sensitivity
        0 for the same bandwidth everywhere, 0.5 for the square root law, at most 1.
    edge_correction
        ``uniform`` corrects every class, and the pilot density, for the kernel's mass outside.
    weights
        Incidents per point; one each when absent.

    Returns
    -------
    numpy.ndarray
        Incidents per km2, shape (rows, columns); not a number outside the study area.

    Raises
    ------
    ValueError
        If `bandwidth_m` is not above 0, or `sensitivity` not between 0 and 1.

    References
    ----------
    Abramson (1982), Annals of Statistics 10, 1217-1223; Silverman (1986), section 5.3; Marshall
    and Hazelton (2010), Journal of Multivariate Analysis 101, 949-963, for the edge; Davies and
    Baddeley (2018), Statistics and Computing 28, 937-956, for classes of bandwidths.
    """
    each = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    local_m = local_bandwidths(
        grid,
        x,
        y,
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        sensitivity=sensitivity,
        edge_correction=edge_correction,
        weights=each,
    )
    middle = (CLASSES - 1) / 2
    position = middle + middle * np.log(local_m / bandwidth_m) / math.log(WIDEST)
    density = np.where(grid.inside, 0.0, np.nan)
    for nth in range(CLASSES):
        share = 1 - np.abs(position - nth)
        chosen = share > 0
        if chosen.any():
            density += kernel_density(
                grid,
                x[chosen],
                y[chosen],
                bandwidth_m=bandwidth_m * WIDEST ** (nth / middle - 1),
                kernel=kernel,
                edge_correction=edge_correction,
                weights=(each * share)[chosen],
            )
    return density


def local_bandwidths(
    grid: Grid,
    x: Floats,
    y: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    sensitivity: float = 0.5,
    edge_correction: EdgeCorrection = "none",
    weights: Floats | None = None,
) -> Floats:
    """Give every point a bandwidth that falls with the density around it.

    A pilot density with the fixed bandwidth is compared with its geometric mean over the points:
    local = bandwidth x (pilot / mean) ^ -sensitivity. The pilot is worked out on a lattice of half
    the kernel's standard deviation and interpolated. Bounds: from 1 / :data:`WIDEST` of the
    bandwidth to :data:`WIDEST` times, and never narrower than a cell (or than the bandwidth,
    where that is narrower still), since the centres of cells would not see such a kernel.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres.
    bandwidth_m, kernel
        Of the pilot density.
    sensitivity
        From 0 to 1.
    edge_correction
        ``uniform`` corrects the pilot at points inside the study area.
    weights
        Incidents per point, 0 or more; one each when absent.

    Returns
    -------
    numpy.ndarray
        Metres per point; not a number for a point without weight, and for one further outside
        the grid than :data:`WIDEST` bandwidths, which is left out.

    Raises
    ------
    ValueError
        If `bandwidth_m` is not above 0, or `sensitivity` not between 0 and 1.

    References
    ----------
    Abramson (1982), Annals of Statistics 10, 1217-1223; Silverman (1986), section 5.3, for the
    geometric mean.
    """
    if bandwidth_m <= 0:
        raise ValueError(f"bandwidth_m is {bandwidth_m}, it must be above 0")
    if not 0 <= sensitivity <= 1:
        raise ValueError(f"sensitivity is {sensitivity}, it must be between 0 and 1")
    each = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    lattice = _pilot_lattice(grid, bandwidth_m, kernel)
    used = (bin_points(lattice, x, y).cell >= 0) & (each > 0)
    local_m = np.full(len(x), np.nan)
    if used.any():
        x, y, each = x[used], y[used], each[used]
        density = kernel_density(
            lattice, x, y, bandwidth_m=bandwidth_m, kernel=kernel, weights=each
        )
        # A point is at least as dense as its own kernel: interpolation may fall below.
        own = each * kernel_peak(kernel, bandwidth_m)
        pilot = np.maximum(_read(lattice, density / 1e6, x, y, order=3), own)
        if edge_correction == "uniform":
            pilot = pilot / _mass_at(grid, lattice, x, y, bandwidth_m=bandwidth_m, kernel=kernel)
        log_mean = np.average(np.log(pilot), weights=each)
        narrowest = min(1.0, max(1 / WIDEST, grid.cell_size_m / bandwidth_m))
        factor = np.exp(-sensitivity * (np.log(pilot) - log_mean))
        local_m[used] = bandwidth_m * np.clip(factor, narrowest, WIDEST)
    return local_m


def kernel_peak(kernel: Kernel, bandwidth_m: float) -> float:
    """Return the height of a kernel in its middle.

    Parameters
    ----------
    kernel
        ``quartic`` or ``gaussian``.
    bandwidth_m
        Radius of the quartic kernel; standard deviation of the Gaussian.

    Returns
    -------
    float
        Per square metre.
    """
    return (3 if kernel == "quartic" else 0.5) / (math.pi * bandwidth_m**2)


def kernel_deviation(kernel: Kernel, bandwidth_m: float) -> float:
    """Return the standard deviation of a kernel along either axis.

    Parameters
    ----------
    kernel
        ``quartic`` or ``gaussian``.
    bandwidth_m
        Radius of the quartic kernel; standard deviation of the Gaussian.

    Returns
    -------
    float
        Metres.
    """
    return bandwidth_m * math.sqrt(1 / 8) if kernel == "quartic" else bandwidth_m


def stencil(kernel: Kernel, *, bandwidth_m: float, spacing_m: float) -> Floats:
    """Return a kernel on a lattice around its middle, as far as it reaches.

    Parameters
    ----------
    kernel
        ``quartic`` or ``gaussian``.
    bandwidth_m
        Radius of the quartic kernel; standard deviation of the Gaussian.
    spacing_m
        Of the lattice.

    Returns
    -------
    numpy.ndarray
        Height as a share of :func:`kernel_peak`, square, of odd length.
    """
    reach = bandwidth_m if kernel == "quartic" else _GAUSSIAN_REACH * bandwidth_m
    n_steps = math.ceil(reach / spacing_m)
    step = np.arange(-n_steps, n_steps + 1) * spacing_m / bandwidth_m
    squared = step[:, None] ** 2 + step**2
    height = np.maximum(1 - squared, 0) ** 2 if kernel == "quartic" else np.exp(-0.5 * squared)
    return np.asarray(height)


def _pilot_lattice(grid: Grid, bandwidth_m: float, kernel: Kernel) -> Grid:
    """Lay a fine lattice over the grid and as far around it as any kernel's bandwidth."""
    fine = kernel_deviation(kernel, bandwidth_m) / _PILOT_STEPS_PER_DEVIATION
    around = WIDEST * bandwidth_m
    n_rows, n_columns = grid.shape
    width, height = (n * grid.cell_size_m + 2 * around for n in (n_columns, n_rows))
    spacing = max(fine, math.sqrt(width * height / _MOST_PILOT_CELLS))
    shape = math.ceil(height / spacing), math.ceil(width / spacing)
    origin = grid.origin[0] - around, grid.origin[1] - around
    return Grid(origin, spacing, np.ones(shape, dtype=bool))


def _read(lattice: Grid, values: Floats, x: Floats, y: Floats, *, order: int) -> Floats:
    """Interpolate values at the lattice's centres with splines of an order."""
    row = (y - lattice.origin[1]) / lattice.cell_size_m - 0.5
    column = (x - lattice.origin[0]) / lattice.cell_size_m - 0.5
    return np.asarray(map_coordinates(values, [row, column], order=order, mode="nearest"))


def _mass_at(
    grid: Grid, lattice: Grid, x: Floats, y: Floats, *, bandwidth_m: float, kernel: Kernel
) -> Floats:
    """Return the share of the kernel around each point that falls on study cells; 1 outside."""
    at_x, at_y = (side.ravel() for side in np.meshgrid(*lattice.centres()))
    inside = (bin_points(grid, at_x, at_y).cell >= 0).reshape(lattice.shape)
    spread = _spread(Grid(lattice.origin, lattice.cell_size_m, inside), bandwidth_m, kernel)
    is_inside = bin_points(grid, x, y).cell >= 0
    return np.where(is_inside, _read(lattice, spread, x, y, order=1), 1.0)


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
    return np.where(grid.inside, _spread(grid, bandwidth_m, kernel), 1.0)


def _spread(grid: Grid, bandwidth_m: float, kernel: Kernel) -> Floats:
    """Smooth the study cells themselves: 1 well inside, 0 well outside."""
    height = stencil(kernel, bandwidth_m=bandwidth_m, spacing_m=grid.cell_size_m)
    mass = fftconvolve(grid.inside.astype(np.float64), height / height.sum(), mode="same")
    return np.asarray(mass)
