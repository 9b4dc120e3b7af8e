"""A backtest at the size of a city: every method and parameter, three years of origins."""

from functools import partial

import numpy as np
import shapely

from hotspots.analysis.backtest import Settings, backtest
from hotspots.analysis.density import kernel_density
from hotspots.analysis.forecasts import Candidates, kde_scores, methods_of
from hotspots.analysis.grid import Floats, make_grid
from hotspots.analysis.spacetime import History
from tests.bench import Case

SEED = 20_260_101
N_MONTHS, N_ORIGINS = 84, 36
BANDWIDTH_M = 300.0


def city() -> History:
    """Return 5,000 cells of 150 m with seven years of incidents, about 130 a month."""
    rng = np.random.default_rng(SEED)
    grid = make_grid(shapely.box(0, 0, 15_000, 7_500), cell_size_m=150)
    rates = rng.gamma(0.3, 0.09, (len(grid.study_cells), 1))
    counts = rng.poisson(rates, (len(rates), N_MONTHS)).astype(np.int64)
    return History(grid, np.arange(N_MONTHS), counts, 0)


def one_origin_at_a_time(history: History, bandwidth_m: float) -> list[Floats]:
    """Return the density of each origin, from its incidents in the middle of their cells."""
    row, column = np.divmod(history.grid.study_cells, history.grid.shape[1])
    x, y = history.grid.centres()
    found = []
    for origin in range(N_MONTHS - 1 - N_ORIGINS, N_MONTHS - 1):
        cell, month = np.nonzero(history.counts[:, : origin + 1])
        weights = history.counts[cell, month].astype(np.float64)
        found.append(
            kernel_density(
                history.grid,
                x[column[cell]],
                y[row[cell]],
                bandwidth_m=bandwidth_m,
                weights=weights,
            )
        )
    return found


def cases() -> list[Case]:
    """Return what is timed."""
    history = city()
    last = N_MONTHS - 1
    methods = methods_of(Candidates())
    scale = f"{len(history.counts):,} cells, {N_ORIGINS} origins"
    return [
        Case(
            "backtest, choice and intervals included",
            partial(
                backtest,
                history,
                methods,
                train_until=last - N_ORIGINS,
                test_until=last,
                months_ahead=1,
                settings=Settings(area_km2=1.5),
            ),
            scale=f"{scale}, {len(methods)} candidates",
        ),
        Case(
            "density at every origin",
            partial(
                kde_scores, history, np.arange(last - N_ORIGINS, last), bandwidth_m=BANDWIDTH_M
            ),
            partial(one_origin_at_a_time, history, BANDWIDTH_M),
            "ours, each origin from its points",
            scale,
        ),
    ]
