"""Where cases lie together beyond what the population at risk explains: the circular scan."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import xlogy

from hotspots.analysis.grid import Floats, Grid, Ints
from hotspots.errors import PolicyRefused, Problem

LEAST_CASES = 2
"""A window with fewer cases is not looked at: one case is no cluster, however few live there."""

_ROUNDING = 1e-9
_LIKELY = 4.0
_ELEMENTS = 60_000
_NEVER = np.iinfo(np.int32).max

Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Scan:
    """Clusters of cases, and what chance makes of the same number of cases.

    Parameters
    ----------
    clusters
        Most likely first, no two of them touching: `x` and `y` of the centre and `radius_m` in
        metres, `count`, `expected`, `relative_risk` (cases per expected case inside over outside;
        missing where no case lies outside), `llr` (log of the likelihood ratio) and `p_value`.
    replicated
        Largest log of the likelihood ratio of each replication; 0 where no window had enough
        cases.
    n_cases
        Cases that were scanned.
    n_without_population
        Cases in study cells without population, which were not.
    """

    clusters: pd.DataFrame
    replicated: Floats
    n_cases: int
    n_without_population: int


@dataclass(frozen=True)
class _Layout:
    """Cells laid out in one line, with room between rows and between replications.

    What a circle reaches beyond an edge is room and adds nothing, so that a shift to any other
    cell of the circle is one step along the line.
    """

    shape: tuple[int, int]
    halves: tuple[tuple[int, ...], ...]

    @property
    def up(self) -> int:
        """Rows that the widest circle reaches up."""
        return max(len(half) for half in self.halves) - 1

    @property
    def width(self) -> int:
        """Cells from one row to the next."""
        return self.shape[1] + max(half[0] for half in self.halves)

    @property
    def block(self) -> int:
        """Cells from one replication to the next."""
        return (self.shape[0] + self.up) * self.width

    def place(self, cells: Ints) -> Ints:
        """Return where cell numbers lie in a block."""
        row, column = np.divmod(cells, self.shape[1])
        return row * self.width + column


@dataclass(frozen=True)
class _Windows:
    """What is known of every window before a case is counted; arrays of radii by block.

    Of `total` cases, each cell at risk, which lies at `place`, expects its `share`. The log of the
    likelihood ratio of c cases is ``of_count[c] - c * slope - level``. `fewest` is the number of
    cases from which a window is looked at, `likely` one below which the log cannot reach
    :data:`_LIKELY`.
    """

    layout: _Layout
    total: int
    place: Ints
    share: Floats
    of_count: Floats
    expected: Floats
    slope: Floats
    level: Floats
    fewest: Counts
    likely: Counts

    def ratio(self, radius: Ints, place: Ints, count: npt.NDArray[Any]) -> Floats:
        """Return the log of the likelihood ratio of windows that are looked at."""
        least = self.of_count[count] - count * self.slope[radius, place]
        return np.asarray(least - self.level[radius, place])


def scan(
    cases: Ints,
    population: Ints | Floats,
    grid: Grid,
    *,
    radii_m: Sequence[float],
    replications: int,
    seed: int,
    max_share: float = 0.5,
    alpha: float = 0.05,
    threads: int = 2,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> Scan:
    """Find the circles in which cases are more than the population at risk explains.

    Every circle round the centre of a study cell is a window, which holds the cells whose centre
    lies in it. The windows are compared by the likelihood of one rate inside and a lower one
    outside, over that of one rate everywhere; high rates only. The p-value of the most likely
    cluster is the rank of its ratio among the largest ones of replications, in which as many
    cases are dealt out by population: all windows that were looked at are thereby accounted for.
    Further clusters are the next most likely whose circle touches no earlier one. They are judged
    against the same largest ratios, as if each were the first: their p-values err on the side of
    caution. The test takes cases to be independent; repeats at one address are not.

    Where nobody is at risk no case can be dealt: cells without population are left out, with the
    cases in them, which are counted apart.

    Parameters
    ----------
    cases
        Cases per cell, whole and unweighted, shape (rows, columns).
    population
        Population at risk per cell (dwellings, or any exposure of 0 or more), same shape.
    grid
        Cells; those that are not study cells are left out.
    radii_m
        Radii of the windows; 0 is a single cell.
    replications
        Number of replications.
    seed
        Seed of the replications; fewer replications are the first of more.
    max_share
        Largest share of the population in a window that is looked at, above 0 and at most
        0.5: beyond it, what stands out is that few cases lie outside.
    alpha
        Clusters up to this p-value are listed; the most likely one always is.
    threads
        Replications worked on at a time; makes no difference to the result.
    progress
        Told the number of replications done, and of all.

    Returns
    -------
    Scan
        Clusters and the ratios of the replications; no cluster where no window holds
        :data:`LEAST_CASES` cases and more than expected.

    Raises
    ------
    ValueError
        When a case or a population is not what it should be.
    PolicyRefused
        When there is no radius, or the share or a radius is out of bounds.

    References
    ----------
    Kulldorff (1997), sections 3 and 4; Dwass (1957) for the rank among replications.
    """
    _refuse_policy(radii_m, max_share)
    _refuse_values(cases, population, grid)
    at_risk = np.flatnonzero(grid.inside & (population > 0)).astype(np.int64)
    own = cases.ravel()[at_risk].astype(np.int64)
    total, missed = int(own.sum()), int(cases[grid.inside].sum() - own.sum())
    radii = np.unique(np.asarray(radii_m, dtype=np.float64))
    layout = _layout(radii / grid.cell_size_m, grid.shape)
    people = population.ravel()[at_risk]
    windows = _windows(layout, grid, at_risk, people / people.sum(), total, max_share)
    replicated = np.zeros(replications)
    if total >= LEAST_CASES:
        seeds = np.random.SeedSequence(seed).spawn(replications)
        replicated = _replicate(windows, seeds, threads, progress)
    line = np.zeros(layout.block, dtype=np.int32)
    line[windows.place] = own
    found = _rated(windows, _window_sums(line, layout), grid, radii)
    found["p_value"] = _rank_p(found["llr"].to_numpy(), replicated)
    return Scan(_listed(found, alpha), replicated, total, missed)


def _layout(radii_cells: Floats, shape: tuple[int, int]) -> _Layout:
    """Lay out cells for circles: per radius, half the cells of the row so many rows up."""
    n_rows, n_columns = shape
    return _Layout(
        shape,
        tuple(
            tuple(
                min(int(math.sqrt(max(radius**2 - up**2, 0)) + _ROUNDING), n_columns - 1)
                for up in range(min(int(radius + _ROUNDING), n_rows - 1) + 1)
            )
            for radius in radii_cells.tolist()
        ),
    )


def _window_sums(line: npt.NDArray[Any], layout: _Layout) -> npt.NDArray[Any]:
    """Sum a line of cells over every window, shape (radii, cells of the line).

    Stretches of a row grow by a cell at both ends, and are added to the circles that want them.
    """
    sums = np.zeros((len(layout.halves), len(line)), dtype=line.dtype)
    stretch = line.copy()
    for half in range(layout.width - layout.shape[1] + 1):
        if half:
            stretch[half:] += line[:-half]
            stretch[:-half] += line[half:]
        for radius, halves in enumerate(layout.halves):
            for up in (up for up, wanted in enumerate(halves) if wanted == half):
                if not up:
                    sums[radius] += stretch
                    continue
                step = up * layout.width
                sums[radius, step:] += stretch[:-step]
                sums[radius, :-step] += stretch[step:]
    return sums


def _windows(
    layout: _Layout, grid: Grid, at_risk: Ints, share: Floats, total: int, max_share: float
) -> _Windows:
    """Prepare the windows for the cases in cells at risk."""
    line, place = np.zeros(layout.block), layout.place(at_risk)
    line[place] = share
    inside = _window_sums(line, layout)
    looked_at = np.zeros_like(inside, dtype=bool)
    looked_at[:, layout.place(grid.study_cells)] = True
    looked_at &= (inside > 0) & (inside <= max_share + _ROUNDING)
    inside = np.where(looked_at, inside, 0.5)
    expected = total * inside
    count = np.arange(total + 1)
    part = count / max(total, 1)
    fewest = np.maximum(np.floor(expected) + 1, LEAST_CASES)
    # Up to a count of total - expected, where it bends less than where it starts, the log is at
    # most the square of (count - expected) over twice the variance.
    reach = np.minimum(np.sqrt(2 * _LIKELY * expected * (1 - inside)), total - 2 * expected)
    likely = np.maximum(np.ceil(expected + reach - _ROUNDING), fewest)
    return _Windows(
        layout,
        total,
        place,
        share,
        of_count=xlogy(count, part) + xlogy(total - count, 1 - part),
        expected=expected,
        slope=np.log(inside) - np.log1p(-inside),
        level=total * np.log1p(-inside),
        fewest=np.where(looked_at, fewest, _NEVER).astype(np.int32),
        likely=np.where(looked_at, likely, _NEVER).astype(np.int32),
    )


def _replicate(
    windows: _Windows,
    seeds: Sequence[np.random.SeedSequence],
    threads: int,
    progress: Callable[[int, int], None],
) -> Floats:
    """Return the largest ratio of each replication, which has a seed of its own."""

    def largest(first: int) -> Floats:
        batch = seeds[first : first + size]
        lines = np.zeros((len(batch), windows.layout.block), dtype=np.int32)
        for line, seed in zip(lines, batch, strict=True):
            line[windows.place] = np.random.default_rng(seed).multinomial(
                windows.total, windows.share
            )
        return _largest(windows, lines)

    size = max(_ELEMENTS // windows.layout.block, 1)
    replicated = np.zeros(len(seeds))
    firsts = range(0, len(seeds), size)
    with ThreadPoolExecutor(threads) as pool:
        for first, found in zip(firsts, pool.map(largest, firsts), strict=True):
            replicated[first : first + size] = found
            progress(first + len(found), len(seeds))
    return replicated


def _largest(windows: _Windows, lines: Counts) -> Floats:
    """Return the largest ratio of each line of cells.

    Most windows are nowhere near it: only where none is likely are all of them rated.
    """
    sums = _window_sums(lines.ravel(), windows.layout).reshape(-1, *lines.shape)
    best = _largest_from(windows, sums, windows.likely)
    unlikely = best < _LIKELY
    if unlikely.any():
        best[unlikely] = _largest_from(windows, sums[:, unlikely], windows.fewest)
    return best


def _largest_from(windows: _Windows, sums: Counts, least: Counts) -> Floats:
    """Return the largest ratio of windows with at least so many cases, per replication."""
    best = np.zeros(sums.shape[1])
    for radius, (counts, at_least) in enumerate(zip(sums, least, strict=True)):
        found = np.flatnonzero(counts >= at_least)
        replication, place = np.divmod(found, sums.shape[2])
        at = np.full(len(found), radius)
        np.maximum.at(best, replication, windows.ratio(at, place, counts.ravel()[found]))
    return best


def _rated(windows: _Windows, sums: Counts, grid: Grid, radii_m: Floats) -> pd.DataFrame:
    """Return the windows with enough cases and more than expected, most likely first.

    Of equals the smallest comes first, then the southernmost and westernmost.
    """
    radius, place = np.nonzero(sums >= windows.fewest)
    count, expected = sums[radius, place].astype(np.int64), windows.expected[radius, place]
    total = windows.total
    llr = windows.ratio(radius, place, count)
    row, column = np.divmod(place, windows.layout.width)
    x, y = grid.centres()
    with np.errstate(divide="ignore"):
        outside = (total - expected) / (total - count)
    rated = pd.DataFrame(
        {
            "x": x[column],
            "y": y[row],
            "radius_m": radii_m[radius],
            "count": count,
            "expected": expected,
            "relative_risk": np.where(count < total, count / expected * outside, np.nan),
            "llr": llr,
        }
    )
    order = np.lexsort([place, radius, -llr.round(9)])
    return rated.iloc[order].reset_index(drop=True)


def _rank_p(llr: Floats, replicated: Floats) -> Floats:
    """Return the share of maxima, the observed among them, that are at least so large."""
    # The same cases in the same windows may differ in the last digits.
    below = np.searchsorted(np.sort(replicated), llr * (1 - _ROUNDING))
    return np.asarray((1 + len(replicated) - below) / (1 + len(replicated)))


def _listed(rated: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Return the windows up to a p-value, else the first alone, that touch none before them."""
    left = rated[(rated["p_value"] <= alpha) | (rated.index == 0)]
    x, y, radius = (left[name].to_numpy() for name in ("x", "y", "radius_m"))
    chosen: list[int] = []
    apart = np.arange(len(left))
    while len(apart):
        first = apart[0]
        chosen.append(int(first))
        away = np.hypot(x[apart] - x[first], y[apart] - y[first])
        apart = apart[away > radius[apart] + radius[first] + _ROUNDING]
    return left.iloc[chosen].reset_index(drop=True)


def _refuse_policy(radii_m: Sequence[float], max_share: float) -> None:
    """Refuse radii and a share that leave nothing to look at."""
    problems = []
    if not len(radii_m) or not all(0 <= radius < math.inf for radius in radii_m):
        problems.append(
            Problem(
                "A scan needs radii of 0 m or more.",
                "Name at least one; 0 is a single cell.",
                column="radii_m",
                value=", ".join(f"{radius:g}" for radius in radii_m),
            )
        )
    if not 0 < max_share <= 0.5:
        problems.append(
            Problem(
                "The largest share of the population in a window is at most half.",
                "Use a number above 0 and up to 0.5.",
                column="max_share",
                value=f"{max_share:g}",
            )
        )
    if problems:
        raise PolicyRefused(problems)


def _refuse_values(cases: Ints, population: Ints | Floats, grid: Grid) -> None:
    """Refuse cases and populations that are not what they should be."""
    if not cases.shape == population.shape == grid.shape:
        raise ValueError("cases and population have one value for every cell of the grid")
    if np.any(cases < 0) or not np.issubdtype(cases.dtype, np.integer):
        raise ValueError("cases must be whole numbers of 0 or more: weights never enter a test")
    if not np.all((population >= 0) & (population < math.inf)):
        raise ValueError("population must be numbers of 0 or more")
