"""Incidents by cell and month, and what is near a cell in space and time.

Months are numbers: twelve times the year, plus the month, less one. An origin is the last month
that may be known. Incidents are known by cell and month, so that kernels work from the middle of
a cell and the middle of a month. A month that was not delivered has no weight: it is never a
month without incidents.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from hotspots.analysis.grid import Floats, Grid, Ints, bin_points

_ROUNDING = 1e-9


@dataclass(frozen=True)
class History:
    """Incidents per study cell and delivered month.

    Parameters
    ----------
    grid
        Cells.
    months
        Numbers of the delivered months, rising.
    counts
        Incidents, shape (study cells, months).
    n_outside
        Incidents of those months in no study cell.
    """

    grid: Grid
    months: Ints
    counts: Ints
    n_outside: int

    def up_to(self, origins: Ints) -> Ints:
        """Return the incidents up to each origin, shape (study cells, origins)."""
        known = np.searchsorted(self.months, origins, side="right")
        return self._summed[:, known]

    def after(self, origins: Ints, horizon_months: int) -> Ints:
        """Return the incidents of the months that follow each origin, same shape."""
        return self.up_to(origins + horizon_months) - self.up_to(origins)

    def n_delivered_after(self, origins: Ints, horizon_months: int) -> Ints:
        """Return how many of the months that follow each origin were delivered."""
        until, known = (
            np.searchsorted(self.months, each, side="right")
            for each in (origins + horizon_months, origins)
        )
        return np.asarray(until - known)

    @cached_property
    def weighable(self) -> Floats:
        """The counts as numbers that linear algebra takes as they are."""
        return self.counts.astype(np.float64)

    @cached_property
    def _summed(self) -> Ints:
        """Incidents of the first so many months, shape (study cells, months + 1)."""
        return np.pad(np.cumsum(self.counts, axis=1), ((0, 0), (1, 0)))


def months_between(horizon_months: int) -> int:
    """Return how far apart windows begin that are learned from: a quarter of their length.

    Windows of a year that begin a month apart share eleven of their months, and tell almost the
    same.

    Parameters
    ----------
    horizon_months
        Length of a window.

    Returns
    -------
    int
        Number of months, at least one.
    """
    return max(horizon_months // 4, 1)


def bin_by_month(grid: Grid, x: Floats, y: Floats, month: Ints, *, months: Ints) -> History:
    """Count incidents per study cell and month, once for all that follows.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres.
    month
        Number of the month of each incident, one of `months`.
    months
        Numbers of the delivered months, rising, those without incidents too.

    Returns
    -------
    History
        What methods learn from and are tested on.
    """
    cell = bin_points(grid, x, y).cell
    here = cell >= 0
    row = np.searchsorted(grid.study_cells, cell[here])
    column = np.searchsorted(months, month[here])
    shape = (len(grid.study_cells), len(months))
    flat = np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1])
    return History(grid, months, flat.reshape(shape).astype(np.int64), int((~here).sum()))


def monthly_rate(
    history: History, origins: Ints, weight_of_age: Callable[[Floats], Floats]
) -> Floats:
    """Return the weighted mean count per delivered month up to each origin.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    weight_of_age
        Weight of a month by its age in months, 0 for the origin itself.

    Returns
    -------
    numpy.ndarray
        Incidents per month, shape (study cells, origins); 0 where no month weighs anything.
    """
    age = (origins - history.months[:, None]).astype(np.float64)
    weight = np.where(age >= 0, weight_of_age(np.maximum(age, 0)), 0.0)
    total = weight.sum(axis=0)
    rate: Floats = history.weighable @ (weight / np.where(total > 0, total, 1.0))
    return rate


def quartic(grid: Grid, bandwidth_m: float) -> sparse.csr_array:
    """Return the quartic kernel between cells, per km2; see :func:`neighbourhood`."""

    def height(distance_m: Floats) -> Floats:
        inside = np.maximum(1 - (distance_m / bandwidth_m) ** 2, 0.0)
        return np.asarray(inside * inside * 3e6 / (math.pi * bandwidth_m**2))

    return neighbourhood(grid, bandwidth_m, height)


def neighbourhood(
    grid: Grid, reach_m: float, height: Callable[[Floats], Floats]
) -> sparse.csr_array:
    """Return what each study cell gives to each other, by the distance between their middles.

    Parameters
    ----------
    grid
        Cells.
    reach_m
        Cells further apart give nothing.
    height
        What is given, by distance in metres.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (study cells, study cells), symmetrical.
    """
    reach = int(reach_m / grid.cell_size_m + _ROUNDING)
    number = np.full(np.add(grid.shape, 2 * reach), -1)
    inner = (slice(reach, reach + grid.shape[0]), slice(reach, reach + grid.shape[1]))
    number[inner][grid.inside] = np.arange(len(grid.study_cells))
    row, column = np.nonzero(number >= 0)
    step = np.arange(-reach, reach + 1)
    up, right = (each.ravel() for each in np.meshgrid(step, step, indexing="ij"))
    distance_m = np.hypot(up, right) * grid.cell_size_m
    given = np.where(distance_m <= reach_m + _ROUNDING, height(distance_m), 0.0)
    near = given > 0
    other = number[row[:, None] + up[near], column[:, None] + right[near]]
    here = other >= 0
    value = np.broadcast_to(given[near], here.shape)[here]
    start = np.concatenate([[0], np.cumsum(here.sum(axis=1))])
    return sparse.csr_array((value, other[here], start), shape=(len(row), len(row)))
