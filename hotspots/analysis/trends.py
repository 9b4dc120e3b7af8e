"""How a hotspot came and went: one trend class per cell or polygon over equal steps of time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.analysis.grid import Bools, Floats, Grid, Ints
from hotspots.analysis.significance import gi_star_twice, gi_star_z
from hotspots.results.codes import LEAST_STEPS, Trend

MOST_STEPS = 0.9
"""A place is hot nearly always from this share of the known steps."""
HISTORICAL_STEPS = 0.5
"""A place that is no longer hot was a hotspot if it was hot in this share of the known steps."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Steps:
    """Where it was hot and cold in each step; one row per cell or polygon, one column per step.

    Parameters
    ----------
    count
        Incidents.
    hot, cold
        Whether there were significantly many, significantly few.
    z
        Gi* as a z-score.
    """

    count: Ints
    hot: Bools
    cold: Bools
    z: Floats


def known_steps(known_months: Bools, *, months_per_step: int = 3) -> Bools:
    """Tell which steps are known: those of which at least half of the months were delivered.

    Two months of a quarter show where it was hot nearly as well as three, for a step is compared
    with the rest of the city over the same months; one month is too thin.

    Parameters
    ----------
    known_months
        Whether each month was delivered, in order; whole steps.
    months_per_step
        Months in a step.

    Returns
    -------
    numpy.ndarray
        One value per step.

    Raises
    ------
    ValueError
        When the months do not make whole steps.
    """
    return np.asarray(2 * known_months.reshape(-1, months_per_step).sum(axis=1) >= months_per_step)


def step_significance(counts: Ints, grid: Grid, *, radius_m: float, alpha: float) -> Steps:
    """Test every study cell in every step apart.

    A cell is hot (cold) when Benjamini-Hochberg over the cells of that step keeps its exact
    one-sided p at `alpha`. Tested twice, as for the hotspots of the whole period
    (:func:`~hotspots.analysis.significance.gi_star_twice`).

    Parameters
    ----------
    counts
        Incidents per cell, whole and unweighted, shape (steps, rows, columns).
    grid
        Cells.
    radius_m
        Radius of the neighbourhood.
    alpha
        Share of false discoveries allowed in a step, on each side.

    Returns
    -------
    Steps
        One row per study cell, in the order of ``grid.study_cells``.

    Raises
    ------
    ValueError
        When a count is negative or not whole.
    PolicyRefused
        When the radius does not reach a neighbour, or reaches too many to test.

    References
    ----------
    Ord and Getis (1995); Benjamini and Hochberg (1995).
    """
    shape = (int(grid.inside.sum()), len(counts))
    hot, cold, z = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape)
    for step, count in enumerate(counts):
        cells = gi_star_twice(
            count, grid.inside, cell_size_m=grid.cell_size_m, radius_m=radius_m, alpha=alpha
        )
        hot[:, step] = cells["q_hot"] <= alpha
        cold[:, step] = cells["q_cold"] <= alpha
        z[:, step] = cells["gi_star_z"]
    return Steps(counts[:, grid.inside].T, hot, cold, z)


def polygon_steps(steps: Steps, cells: Sequence[Ints], grid: Grid) -> Steps:
    """Bring the steps of study cells together per polygon.

    A polygon is hot when at least one of its cells is; cold when none is hot and more than half
    are cold, for a cold rim does not make an area cold. Its z is Gi* with the polygon itself as
    the neighbourhood, not the highest z of its cells: a highest value rises with the number of
    cells, follows another cell in every step and leaves out most of the incidents, whereas a trend
    of Gi* is one of the polygon as a whole.

    Parameters
    ----------
    steps
        Result of :func:`step_significance`.
    cells
        Cell numbers of each polygon; those that are not study cells are left out.
    grid
        Cells.

    Returns
    -------
    Steps
        One row per polygon.

    References
    ----------
    Ord and Getis (1995), equation 5.
    """
    from scipy.sparse import csr_array

    holds = np.zeros(grid.inside.size, dtype=bool)
    places = []
    for numbers in cells:
        holds[numbers] = True
        places.append(np.flatnonzero(holds[grid.study_cells]))
        holds[numbers] = False
    ends = np.cumsum([0, *map(len, places)])
    place = np.concatenate([*places, np.empty(0, dtype=np.int64)])
    members = csr_array(
        (np.ones(len(place), dtype=np.int64), place, ends), shape=(len(cells), len(steps.count))
    )
    n_members = np.diff(ends)[:, None]
    count = members @ steps.count
    hot = members @ steps.hot.astype(np.int64) > 0
    cold = 2 * (members @ steps.cold.astype(np.int64)) > n_members
    return Steps(count, hot, cold & ~hot, gi_star_z(steps.count, n_members, count))


def trend_class(
    hot: Bools, cold: Bools, z: Floats, known: Bools, *, alpha: float = 0.05
) -> npt.NDArray[np.str_]:
    """Give every series the one class that describes how it came and went.

    Unknown steps are left out: the last step is the last known one, a run goes on across a gap,
    and shares are of the known steps. A trend is one of z, by Mann-Kendall, at `alpha`. Since z
    tells how far a place stands out from the city, a fall shared by the whole city can lower it.
    The first definition that holds is the class:

    =============  =========================================================================
    none           fewer than four steps are known
    historical     not hot in the last step, but in at least half of the steps
    none           not hot in the last step
    new            hot in the last step and in no other
    intensifying   hot in the last step and in at least 90% of the steps, with a rising trend
    diminishing    the same, with a falling trend
    persistent     the same, without a trend
    consecutive    hot in the last two or more steps running and in no other
    oscillating    hot in the last step, in earlier ones with a break, and cold in some
    sporadic       hot in the last step, in earlier ones with a break, and never cold
    =============  =========================================================================

    The names and definitions are those of emerging hot spot analysis, with one difference:
    `historical` asks for half of the steps where that asks for 90%. Of twelve quarters that would
    be eleven and a quiet last one; a hotspot of two years that has been quiet for one, the very
    one to review, would have no class.

    Parameters
    ----------
    hot, cold
        Whether each series was hot, cold in each step, shape (series, steps).
    z
        Gi* as a z-score, same shape.
    known
        Whether each step is known, shape (steps,); see :func:`known_steps`.
    alpha
        Significance of a trend.

    Returns
    -------
    numpy.ndarray
        A :data:`~hotspots.results.codes.Trend` per series.

    References
    ----------
    Esri, Space Time Pattern Mining, "How Emerging Hot Spot Analysis works"; Mann (1945);
    Kendall (1975).
    """
    hot, n_steps = hot[:, known], int(known.sum())
    if n_steps < LEAST_STEPS:
        return np.full(len(hot), "none", dtype="<U12")
    times, last = hot.sum(axis=1), hot[:, -1]
    mostly = times >= MOST_STEPS * n_steps - _ROUNDING
    last_run = np.where(hot.all(axis=1), n_steps, np.argmin(hot[:, ::-1], axis=1))
    trend = np.zeros(len(hot))
    score, p_value = mann_kendall(z[mostly & last], known)
    trend[mostly & last] = np.where(p_value <= alpha, score, 0.0)
    classes: dict[Trend, Bools] = {
        "historical": ~last & (times >= HISTORICAL_STEPS * n_steps - _ROUNDING),
        "none": ~last,
        "new": times == 1,
        "intensifying": mostly & (trend > 0),
        "diminishing": mostly & (trend < 0),
        "persistent": mostly,
        "consecutive": last_run == times,
        "oscillating": np.asarray(cold[:, known].any(axis=1)),
    }
    return np.select(list(classes.values()), list(classes), default="sporadic").astype("<U12")


def mann_kendall(values: Floats, known: Bools) -> tuple[Floats, Floats]:
    """Test each series for a trend: whether later values mostly exceed, or fall below, earlier.

    The score is the number of pairs that rise less those that fall; equal values count neither
    way. The p-value is exact, with ties too: given the values, all orders are equally likely, and
    the number of falling pairs is then the number of inversions of a permutation of a multiset,
    whose generating function is the Gaussian multinomial.

    Parameters
    ----------
    values
        Shape (series, steps).
    known
        Whether each step is known, shape (steps,); the others are left out.

    Returns
    -------
    z : numpy.ndarray
        Score over its standard deviation under no trend, corrected for ties and continuity;
        positive when rising, 0 where all values are equal.
    p_value : numpy.ndarray
        Exact two-sided p.

    References
    ----------
    Mann (1945); Kendall (1975) for the variance with ties; MacMahon (1915) for the inversions.
    """
    values, n = values[:, known], int(known.sum())
    score = np.zeros(len(values), dtype=np.int64)
    for step in range(n - 1):
        score += np.sign(values[:, step + 1 :] - values[:, step, None]).sum(axis=1).astype(np.int64)
    patterns, pattern = np.unique(_tie_sizes(values), axis=0, return_inverse=True)
    p_value, deviation = np.ones(len(values)), np.zeros(len(values))
    for number, sizes in enumerate(patterns):
        rows = pattern == number
        tail = _two_sided(sizes[sizes > 0].tolist())
        p_value[rows] = tail[(len(tail) - 1 - np.abs(score[rows])) // 2]
        deviation[rows] = np.sqrt(_pair_variance(sizes.sum()) - _pair_variance(sizes).sum())
    corrected = score - np.sign(score)
    z = np.divide(corrected, deviation, out=np.zeros(len(values)), where=deviation > 0)
    return z, p_value


def _tie_sizes(values: Floats) -> Ints:
    """Return the sizes of each row's groups of equal values, from large to small, then zeros."""
    ordered = np.sort(values, axis=1)
    new = np.diff(ordered, axis=1, prepend=np.nan) != 0
    group = np.cumsum(new, axis=1) - 1
    sizes = np.zeros(values.shape, dtype=np.int64)
    row = np.arange(len(values))
    for step in range(values.shape[1]):
        sizes[row, group[:, step]] += 1
    return -np.sort(-sizes, axis=1)


def _two_sided(tie_sizes: list[int]) -> Floats:
    """Return the two-sided p of the score for every number of falling pairs up to the middle.

    The Gaussian multinomial is a product of ``1 - q^m`` for m up to n, over the same for every
    group of equals; whole numbers of any size, so that nothing is rounded.
    """
    n = sum(tie_sizes)
    n_pairs = (n * n - sum(size * size for size in tie_sizes)) // 2
    orders = np.zeros(n_pairs + 1, dtype=object)
    orders[0] = 1
    for m in range(1, n + 1):
        orders[m:] = orders[m:] - orders[:-m]
    for m in (m for size in tie_sizes for m in range(1, size + 1)):
        for falling in range(m, n_pairs + 1):
            orders[falling] += orders[falling - m]
    at_most = np.cumsum(orders)
    return np.asarray(np.minimum(2 * at_most / at_most[-1], 1), dtype=np.float64)


def _pair_variance(size: Ints) -> Floats:
    """Return what a group of values adds to, or ties take from, the variance of the score."""
    return np.asarray(size * (size - 1) * (2 * size + 5) / 18)
