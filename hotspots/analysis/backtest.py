"""What hotspots caught afterwards: every method flags the same area, later months are counted.

A method is chosen on months before the reported ones; the plain count is always beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hotspots.analysis.accuracy import Outcomes, intervals
from hotspots.analysis.forecasts import Method
from hotspots.analysis.grid import Bools, Floats, Grid, Ints
from hotspots.analysis.spacetime import History, months_between
from hotspots.errors import PolicyRefused, Problem

_DIGITS = 12
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a backtest is made.

    Parameters
    ----------
    area_km2
        Area that every method may flag, in whole cells.
    selection_months
        Number of earlier months with origins on which methods and parameters are chosen.
    least_months
        Fewest delivered months that a method learns from.
    draws
        Resamples of the bootstrap.
    seed
        Seed of those draws.
    """

    area_km2: float
    selection_months: int = 24
    least_months: int = 12
    draws: int = 2000
    seed: int = 20_260_101


@dataclass(frozen=True)
class Choice:
    """Methods chosen on earlier months.

    Parameters
    ----------
    origins
        The earlier origins; without any, the first of each family and the plain count.
    incidents
        Incidents in the windows after them.
    hits
        Per candidate, in order: its incidents in flagged cells.
    methods
        Of each family, in order, the candidate with the most hits.
    name
        The family with the most hits; the simplest of equals.
    """

    origins: Ints
    incidents: int
    hits: list[tuple[Method, int]]
    methods: list[Method]
    name: str


@dataclass(frozen=True)
class Backtest:
    """What methods caught in the months after they flagged.

    Parameters
    ----------
    table
        Per method, the plain count first: `hit_rate`, `pai`, `pei`, `rri` and `gain` (hit rate
        less that of the plain count), each with its 95% interval (`_low`, `_high`); `n`
        incidents of `N` in flagged cells, `n_best` with the best possible flags; `a` km2 flagged
        of `A`.
    by_origin
        The same without intervals, indexed by origin (number of a month) and method.
    choice
        How the methods were chosen.
    """

    table: pd.DataFrame
    by_origin: pd.DataFrame
    choice: Choice


def n_cells_of(grid: Grid, area_km2: float) -> int:
    """Return how many whole cells fit in an area: a last cell in part is not flagged.

    Parameters
    ----------
    grid
        Cells.
    area_km2
        Area that may be flagged.

    Returns
    -------
    int
        Number of cells.

    Raises
    ------
    PolicyRefused
        When not one cell fits, or the area is not smaller than the study area.
    """
    cell_km2 = grid.cell_size_m**2 / 1e6
    fitting = area_km2 / cell_km2 + _ROUNDING
    if 1 <= fitting < len(grid.study_cells):
        return int(fitting)
    raise PolicyRefused(
        Problem(
            f"The flagged area must be smaller than the study area of {grid.area_km2:g} km2."
            if fitting >= 1
            else f"The flagged area must hold at least one cell of {cell_km2:g} km2.",
            "Choose another area, or another size of cell.",
            column="area_km2",
            value=f"{area_km2:g}",
        )
    )


def flag_cells(scores: Floats, counts: Ints, *, n_cells: int) -> Bools:
    """Flag the cells with the highest scores, the same number at every origin.

    Ties go to the higher count, then to the lower cell number; scores closer than a million
    millionth of the highest are equal, so that rounding decides nothing.

    Parameters
    ----------
    scores
        Shape (study cells, origins).
    counts
        Incidents up to the origin, same shape.
    n_cells
        Number of cells to flag.

    Returns
    -------
    numpy.ndarray
        Flags, same shape.
    """
    highest = np.abs(scores).max(axis=0)
    score = np.round(scores / np.where(highest > 0, highest, 1.0), _DIGITS)
    cut = np.partition(score, -n_cells, axis=0)[-n_cells]
    flags: Bools = score > cut
    for column in range(score.shape[1]):
        tied = np.flatnonzero(score[:, column] == cut[column])
        by_count = tied[np.argsort(-counts[tied, column], kind="stable")]
        flags[by_count[: n_cells - flags[:, column].sum()], column] = True
    return flags


def choose(
    history: History,
    candidates: Sequence[Method],
    *,
    before: int,
    months_ahead: int,
    settings: Settings,
) -> Choice:
    """Choose parameters and method on windows that end before the reported period begins.

    Parameters
    ----------
    history
        Incidents per cell and month.
    candidates
        Methods with their parameters, simple before elaborate.
    before
        Last month that may be looked at.
    months_ahead
        Length in months of a window.
    settings
        Area, number of windows, and fewest months to learn from.

    Returns
    -------
    Choice
        The best of each family, and the best of all.
    """
    origins = _earlier(history, before, months_ahead, settings)
    scores = (each.score(history, origins, months_ahead) for each in candidates)
    return _choice(history, candidates, scores, origins, months_ahead, settings)


def _earlier(history: History, before: int, months_ahead: int, settings: Settings) -> Ints:
    """Return the origins on which is chosen: enough is known before them, and something after."""
    last = before - months_ahead
    apart = months_between(months_ahead)
    origins = np.arange(last, last - settings.selection_months, -apart)[::-1]
    known = np.searchsorted(history.months, origins, side="right")
    followed = history.n_delivered_after(origins, months_ahead) > 0
    return np.asarray(origins[(known >= settings.least_months) & followed])


def _choice(
    history: History,
    candidates: Sequence[Method],
    scores: Iterable[Floats],
    origins: Ints,
    months_ahead: int,
    settings: Settings,
) -> Choice:
    hits = [(each, 0) for each in candidates]
    after = history.after(origins, months_ahead)
    if len(origins):
        n_cells, counts = n_cells_of(history.grid, settings.area_km2), history.up_to(origins)
        hits = []
        for each, score in zip(candidates, scores, strict=True):
            flags = flag_cells(score, counts, n_cells=n_cells)
            hits.append((each, int(after[flags].sum())))
    best: dict[str, tuple[Method, int]] = {}
    for method, n in hits:
        if method.name not in best or n > best[method.name][1]:
            best[method.name] = method, n
    name = max(best, key=lambda family: best[family][1])
    return Choice(origins, int(after.sum()), hits, [method for method, _ in best.values()], name)


def backtest(
    history: History,
    candidates: Sequence[Method],
    *,
    train_until: int,
    test_until: int,
    months_ahead: int,
    settings: Settings,
) -> Backtest:
    """Let methods flag cells again and again, and count what the following months brought there.

    The first flags know the months up to `train_until`; then the origin moves on by the window.
    Months that were not delivered are neither learned from nor tested on.

    Parameters
    ----------
    history
        Incidents per cell and month.
    candidates
        Methods with their parameters, the plain count first.
    train_until
        Number of the last month before the reported period.
    test_until
        Number of the last reported month.
    months_ahead
        Number of months that flags stay before they are renewed.
    settings
        How it is made.

    Returns
    -------
    Backtest
        Measures per method, pooled with their intervals and per origin.

    Raises
    ------
    PolicyRefused
        When the flagged area does not suit the study area.
    ValueError
        When no month of the reported period was delivered.
    """
    n_cells = n_cells_of(history.grid, settings.area_km2)
    tested = (history.months > train_until) & (history.months <= test_until)
    if not tested.any():
        raise ValueError("no month of the reported period was delivered")
    windows_on = (history.months[tested] - train_until - 1) // months_ahead
    origins, window = np.unique(train_until + windows_on * months_ahead, return_inverse=True)
    earlier = _earlier(history, train_until, months_ahead, settings)
    # Much of a score is the same for all origins: they are scored together.
    every = np.union1d(earlier, origins)
    scores = [each.score(history, every, months_ahead) for each in candidates]
    to_choose, to_report = (np.searchsorted(every, each) for each in (earlier, origins))
    choice = _choice(
        history,
        candidates,
        (each[:, to_choose] for each in scores),
        earlier,
        months_ahead,
        settings,
    )
    counts = history.up_to(origins)
    flags = np.stack(
        [
            flag_cells(scores[candidates.index(each)][:, to_report], counts, n_cells=n_cells)
            for each in choice.methods
        ]
    )
    months = _outcomes(history.counts[:, tested], window, flags, counts, n_cells=n_cells)
    areas = {
        "area": n_cells * history.grid.cell_size_m**2 / 1e6,
        "area_all": history.grid.area_km2,
    }
    methods = pd.Index([each.name for each in choice.methods], name="method")
    table = _table(months, np.ones((1, len(window)), dtype=np.int64), methods, **areas)
    rng = np.random.default_rng(settings.seed)
    bounds = intervals(months, **areas, draws=settings.draws, rng=rng)
    for name, (low, high) in bounds.items():
        table[f"{name}_low"], table[f"{name}_high"] = low, high
    of_origin = (window == np.arange(len(origins))[:, None]).astype(np.int64)
    rows = pd.MultiIndex.from_product([origins, methods], names=["origin", "method"])
    return Backtest(table, _table(months, of_origin, rows, **areas), choice)


def _outcomes(counts: Ints, window: Ints, flags: Bools, before: Ints, *, n_cells: int) -> Outcomes:
    """Sum what happened per test month.

    Parameters
    ----------
    counts
        Incidents, shape (cells, test months).
    window
        Which origin each month follows.
    flags
        Shape (methods, cells, origins).
    before
        Incidents up to each origin, shape (cells, origins).
    n_cells
        Number of cells that are flagged.
    """
    bits = (1 << np.arange(len(flags)))[:, None, None]
    numbers, pattern = np.unique((flags * bits).sum(axis=0), return_inverse=True)
    pattern = pattern.reshape(flags.shape[1:])
    by_pattern = [
        np.bincount(pattern[:, each], month, minlength=len(numbers))
        for month, each in zip(counts.T, window, strict=True)
    ]
    in_window = np.zeros(before.shape, dtype=np.int64)
    np.add.at(in_window.T, window, counts.T)
    best = np.sort(in_window, axis=0)[-n_cells:].sum(axis=0)
    share = counts.sum(axis=0) / np.maximum(in_window.sum(axis=0), 1)[window]
    return Outcomes(
        by_pattern=np.array(by_pattern, dtype=np.int64),
        patterns=(numbers[:, None] & bits[:, 0, 0]) > 0,
        n_best=best[window] * share,
        n_before=np.einsum("mco,co->om", flags, before)[window],
        n_all_before=before.sum(axis=0)[window],
    )


def _table(
    months: Outcomes, times: Ints, rows: pd.Index, *, area: float, area_all: float
) -> pd.DataFrame:
    """Return the measures of months added up, each so many times, a row per sum and method."""
    caught = months.added(times)
    columns: dict[str, Floats | Ints | float] = {
        **caught.measures(area=area, area_all=area_all),
        "n": caught.n,
        "N": caught.n_all,
        "n_best": caught.n_best,
        "a": area,
        "A": area_all,
    }
    return pd.DataFrame(
        {name: np.broadcast_to(each, caught.n.shape).ravel() for name, each in columns.items()},
        index=rows,
    )
