"""How steadily a hotspot is found: the test again on months drawn anew."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from hotspots.analysis.grid import Floats, Grid, Ints
from hotspots.analysis.polygons import hearts_m2, with_hearts
from hotspots.analysis.significance import hot_cells
from hotspots.analysis.spacetime import neighbourhood

LEAST_MONTHS = 6
"""Fewer months with incidents than this are too few to draw from."""
FOUND_SHARE = 0.5
"""A resample finds an area when at least this share of its incidents lies in hot cells again."""


def month_draws(n_months: int, *, draws: int, seed: int) -> Ints:
    """Draw as many months as there are, with replacement.

    Parameters
    ----------
    n_months
        Number of months.
    draws
        Number of resamples.
    seed
        Seed of the draws.

    Returns
    -------
    numpy.ndarray
        How often each resample holds each month, shape (draws, n_months); rows add up to
        `n_months`.
    """
    chance = np.full(n_months, 1 / n_months)
    return np.random.default_rng(seed).multinomial(n_months, chance, size=draws).astype(np.int64)


def support(
    incidents: pd.DataFrame,
    areas: Sequence[Ints],
    grid: Grid,
    *,
    radius_m: float,
    alpha: float,
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> Floats:
    """Tell in which share of resamples each area is found again.

    Whole months are drawn, not incidents: a series of burglaries or a warm month is one event,
    and drawing its incidents apart would make them look like as many witnesses. Each resample is
    tested in full, as :func:`~hotspots.analysis.significance.gi_star_twice` does. Support near 1
    says that the area does not hang on a few months. It is not the chance that the area is real:
    that is what its p-value is about, and the months of a resample are those of the one sample.

    Parameters
    ----------
    incidents
        `cell` (number of a study cell) and `month` of those that are tested. Months without any
        are not drawn.
    areas
        Cell numbers of each area, those that fill a hole included; areas do not share cells.
    grid
        Cells.
    radius_m
        Radius of the neighbourhood that is tested.
    alpha
        Share of false discoveries allowed among hot cells.
    draws
        Number of resamples, at least 1.
    seed
        Seed of the draws.
    progress
        Called with the resamples done and their number.

    Returns
    -------
    numpy.ndarray
        Per area the share of resamples in which the cells that hold at least
        :data:`FOUND_SHARE` of its incidents are hot; missing when there are fewer than
        :data:`LEAST_MONTHS` months. Incidents decide and not cells: the rim of a large area comes
        and goes, and holds few of them.

    Raises
    ------
    PolicyRefused
        When the neighbourhood of a resample holds too many incidents to test.

    References
    ----------
    Efron (1979), Annals of Statistics 7, 1-26; Kuensch (1989), Annals of Statistics 17,
    1217-1241, for drawing blocks of time.
    """
    by_month = _by_month(incidents, grid)
    n_months = by_month.shape[1]
    if n_months < LEAST_MONTHS or not areas:
        return np.full(len(areas), np.nan)
    near = neighbourhood(grid, radius_m, np.sign).astype(np.int64)
    around_by_month = near @ by_month
    cells = np.concatenate(areas)
    area = np.repeat(np.arange(len(areas)), [len(each) for each in areas])
    count = np.bincount(incidents["cell"], minlength=grid.inside.size)[cells]
    # Of an area without any there is nothing to find again.
    enough = np.maximum(FOUND_SHARE * np.bincount(area, count), 1)
    times_found = np.zeros(len(areas), dtype=np.int64)
    for done, times in enumerate(month_draws(n_months, draws=draws, seed=seed), start=1):
        hot = np.zeros(grid.shape, dtype=bool)
        hot[grid.inside] = hot_cells(
            by_month @ times,
            around_by_month @ times,
            near,
            cell_size_m=grid.cell_size_m,
            radius_m=radius_m,
            alpha=alpha,
        )
        again = with_hearts(hot, grid, largest_hole_m2=hearts_m2(radius_m)).ravel()[cells]
        times_found += np.bincount(area, count * again) >= enough
        progress(done, draws)
    return times_found / draws


def _by_month(incidents: pd.DataFrame, grid: Grid) -> csr_array:
    """Return the incidents per cell and month, shape (study cells, months)."""
    month, names = pd.factorize(incidents["month"], sort=True)
    row = np.searchsorted(grid.study_cells, incidents["cell"].to_numpy(np.int64))
    ones = np.ones(len(row), dtype=np.int64)
    return csr_array((ones, (row, month)), shape=(len(grid.study_cells), len(names)))
