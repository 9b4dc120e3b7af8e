"""Where more incidents, or fewer, lie together than chance explains: Gi* with an exact p."""

import math
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import gammaln
from scipy.stats import false_discovery_control

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.errors import PolicyRefused, Problem

_MOST_CHANCES = 20_000_000
_ROUNDING = 1e-9
_NEGLIGIBLE = 1e-30

Correction = Literal["benjamini-hochberg", "none"]


def gi_star(
    counts: Ints,
    inside: Bools,
    *,
    cell_size_m: float,
    radius_m: float,
    correction: Correction = "benjamini-hochberg",
) -> pd.DataFrame:
    """Test each study cell with its neighbours against the rest of the study area.

    Neighbours are the study cells whose centre lies within the radius. The z-score takes the cell
    and its neighbours together. The p-values are exact for the question of the conditional
    permutation test: had the counts of all other cells been dealt out again at random, how often
    would the neighbours hold as many incidents as they do, or more (hot); as few, or fewer
    (cold)? The cell's own count is left out of the deal, and both are one-sided.

    Parameters
    ----------
    counts
        Incidents per cell, whole and unweighted, shape (rows, columns).
    inside
        Whether a cell is a study cell, same shape.
    cell_size_m
        Side of a cell.
    radius_m
        Radius of the neighbourhood.
    correction
        How `q_hot` and `q_cold` control the share of false discoveries over all study cells,
        each side apart; ``none`` leaves the p-values as they are.

    Returns
    -------
    pandas.DataFrame
        Per study cell, indexed by cell number: `count`, `neighbours` (number of cells),
        `neighbour_count` (incidents in them), `gi_star_z` (0 where nothing varies), `p_hot`,
        `p_cold`, `mid_p_hot` (P(S > s) + P(S = s) / 2, to show and not to test with), `q_hot`
        and `q_cold`.

    Raises
    ------
    ValueError
        When a count is negative or not whole.
    PolicyRefused
        When the radius does not reach a neighbour, or reaches too many to test.

    References
    ----------
    Getis and Ord (1992); Ord and Getis (1995), equation 5, for z; Anselin (1995) for conditional
    permutation; Benjamini and Hochberg (1995); Lancaster (1961) for mid-p.
    """
    if np.any(counts < 0) or not np.issubdtype(counts.dtype, np.integer):
        raise ValueError("counts must be whole numbers of 0 or more: weights never enter a test")
    radius_cells = radius_m / cell_size_m
    study = np.where(inside, counts, 0).astype(np.int64)
    own = study[inside]
    neighbours = disc_sums(inside.astype(np.int64), radius_cells=radius_cells)[inside] - 1
    neighbour_count = disc_sums(study, radius_cells=radius_cells)[inside] - own
    _refuse_reach(neighbours, neighbour_count, radius_m=radius_m, cell_size_m=cell_size_m)
    p_hot, p_cold, p_above = permutation_p(own, neighbours, neighbour_count)
    adjust = false_discovery_control if correction == "benjamini-hochberg" else np.array
    return pd.DataFrame(
        {
            "count": own,
            "neighbours": neighbours,
            "neighbour_count": neighbour_count,
            "gi_star_z": gi_star_z(own, neighbours + 1, neighbour_count + own),
            "p_hot": p_hot,
            "p_cold": p_cold,
            "mid_p_hot": (p_hot + p_above) / 2,
            "q_hot": adjust(p_hot) if len(own) else p_hot,
            "q_cold": adjust(p_cold) if len(own) else p_cold,
        },
        index=pd.Index(np.flatnonzero(inside), name="cell"),
    )


def permutation_p(own: Ints, neighbours: Ints, neighbour_count: Ints) -> tuple[Floats, ...]:
    """Return the exact chances of each cell's neighbour count, were all other counts dealt anew.

    Parameters
    ----------
    own
        Incidents in each cell of the study area.
    neighbours
        Number of neighbours k of each cell, below the number of cells.
    neighbour_count
        Incidents s in those neighbours.

    Returns
    -------
    tuple of numpy.ndarray
        P(S >= s), P(S <= s) and P(S > s) per cell, S the sum of k counts drawn without
        replacement from all cells but the own. The first two are never below the chance of one
        particular draw, for the observed one is possible.
    """
    if not len(own):
        return np.empty(0), np.empty(0), np.empty(0)
    # Many cells ask the same question.
    asked, answer = np.unique(
        np.column_stack([own, neighbours, neighbour_count]), axis=0, return_inverse=True
    )
    u, k, s = asked.T
    sums = sum_distribution(own, n_draws=int(k.max()), largest=int(s.max()))
    at_most = np.cumsum(sums, axis=1)
    at_least = np.cumsum(sums[:, ::-1], axis=1)[:, ::-1]
    n = len(own)
    hot = _without_own(at_least, u, k, s, n_cells=n, before_zero=1.0)
    above = _without_own(at_least, u, k, s + 1, n_cells=n, before_zero=1.0)
    cold = _without_own(at_most, u, k, s, n_cells=n, before_zero=0.0)
    least = np.exp(gammaln(k + 1) + gammaln(n - k) - gammaln(n))
    hot, cold = (np.clip(p, least, 1.0) for p in (hot, cold))
    return hot[answer], cold[answer], np.clip(above, 0.0, 1.0)[answer]


def sum_distribution(values: Ints, *, n_draws: int, largest: int) -> Floats:
    """Return the distribution of the sum of draws without replacement, for every number of draws.

    Values are taken in as blocks of equals, from small to large. Of k draws from all values so
    far, a hypergeometric number comes from the newest block, the rest from those before it: only
    positive numbers are added and multiplied, so that small chances are as precise as large ones.

    Parameters
    ----------
    values
        The pool, whole numbers of 0 or more.
    n_draws
        Most draws, at most the size of the pool.
    largest
        Largest sum told apart.

    Returns
    -------
    numpy.ndarray
        Chance of each sum, shape (n_draws + 1, largest + 2); the last column holds every sum
        above `largest`.
    """
    # A value above the largest sum exceeds it alone: all such are equal.
    value, n_equal = np.unique(np.minimum(values, largest + 1), return_counts=True)
    chance = np.zeros((n_draws + 1, largest + 2))
    chance[:, 0] = 1.0
    before = filled = 0
    for v, equal in zip(value.tolist(), n_equal.tolist(), strict=True):
        share = _shares_of_block(before, equal, n_draws)
        old = chance[:, : filled + 1].copy()
        chance[:, : filled + 1] *= share[:, :1]
        for j in range(1, min(equal, n_draws) + 1):
            # A block never fills nearly all of a small draw: what that adds no p can show.
            if share[:, j].max() > _NEGLIGIBLE:
                _add_moved(chance[j:], old[: n_draws + 1 - j], share[j:, j, None], by=j * v)
        before += equal
        filled = min(filled + v * min(equal, n_draws), largest + 1)
    return chance


def _add_moved(to: Floats, chance: Floats, share: Floats, *, by: int) -> None:
    """Add chances times `share`, `by` sums further up; the last column takes what passes it."""
    room = max(to.shape[1] - 1 - by, 0)
    to[:, by : by + min(room, chance.shape[1])] += share * chance[:, :room]
    if room < chance.shape[1]:
        to[:, -1:] += share * chance[:, room:].sum(axis=1, keepdims=True)


def _shares_of_block(before: int, equal: int, n_draws: int) -> Floats:
    """Return the chance that j of k draws come from a block of `equal`, `before` being the others.

    Shape (n_draws + 1, n_draws + 1), k by j. Drawn one at a time, which needs no factorials and
    so loses no digits; rows of more draws than there are values are 0.
    """
    share = np.zeros((n_draws + 1, n_draws + 1))
    share[0, 0] = 1.0
    j = np.arange(n_draws + 1)
    for k in range(1, min(n_draws, before + equal) + 1):
        left = before + equal - k + 1
        share[k] = share[k - 1] * np.maximum(before - (k - 1 - j), 0) / left
        share[k, 1:] += share[k - 1, :-1] * np.maximum(equal - j[:-1], 0) / left
    return share


def _without_own(
    tail: Floats, u: Ints, k: Ints, s: Ints, *, n_cells: int, before_zero: float
) -> Floats:
    """Take one copy of the own count u out of the pool of a cumulative distribution.

    A draw of i from the whole pool holds u with chance i / n, and is then a draw of i - 1 from
    the others with u on top: ``n * whole(i, s) = (n - i) * rest(i, s) + i * rest(i - 1, s - u)``.
    """
    rest = np.zeros(len(u))
    for i in range(tail.shape[0]):
        level = s - (k - i) * u
        whole = np.where(level < 0, before_zero, tail[i, np.clip(level, 0, tail.shape[1] - 1)])
        step = (n_cells * whole - i * rest) / max(n_cells - i, 1)
        rest = np.where(i <= k, step, rest)
    return rest


def gi_star_z(own: Ints | Floats, members: Ints, member_count: Ints | Floats) -> Floats:
    """Return Gi* as a z-score, 0 where nothing varies or the neighbourhood is everything.

    Parameters
    ----------
    own
        Incidents per cell; several columns are several sets of incidents.
    members
        Number of cells in each cell's neighbourhood, itself included; broadcast against `own`.
    member_count
        Incidents in that neighbourhood, shape of `own`.

    Returns
    -------
    numpy.ndarray
        z-scores, shape of `own`.

    References
    ----------
    Ord and Getis (1995), equation 5.
    """
    n = len(own)
    if not n:
        return np.zeros(own.shape)
    spread = own.var(axis=0) * members * (n - members) / max(n - 1, 1)
    above = member_count - members * own.mean(axis=0)
    return np.asarray(np.divide(above, np.sqrt(spread), out=np.zeros(own.shape), where=spread > 0))


def _refuse_reach(
    neighbours: Ints, neighbour_count: Ints, *, radius_m: float, cell_size_m: float
) -> None:
    """Refuse a radius without neighbours, and one whose table of chances would be too large."""
    if radius_m < cell_size_m:
        rule, remedy = "does not reach a neighbouring cell", "Use at least the size of a cell"
    elif (neighbours.max(initial=0) + 1) * (neighbour_count.max(initial=0) + 2) > _MOST_CHANCES:
        rule, remedy = "holds too many incidents to test", "Use a smaller radius or smaller cells"
    else:
        return
    raise PolicyRefused(
        Problem(
            f"A neighbourhood of {radius_m:g} m {rule} of {cell_size_m:g} m.",
            f"{remedy}.",
            column="radius_m",
            value=f"{radius_m:g}",
        )
    )


def disc_sums(values: Ints, *, radius_cells: float) -> Ints:
    """Sum values over the cells whose centre lies within a radius, the cell itself included.

    Parameters
    ----------
    values
        Whole numbers, shape (rows, columns); beyond the edge counts as 0.
    radius_cells
        Radius in cells.

    Returns
    -------
    numpy.ndarray
        Sums, shape (rows, columns).
    """
    n_rows, n_columns = values.shape
    # Sums of a stretch of a row are differences of sums from its start.
    from_start = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    sums = np.zeros_like(values)
    column = np.arange(n_columns)
    for up in range(-min(int(radius_cells), n_rows - 1), min(int(radius_cells), n_rows - 1) + 1):
        half = int(math.sqrt(radius_cells**2 - up**2) + _ROUNDING)
        last = np.minimum(column + half + 1, n_columns)
        stretch = from_start[:, last] - from_start[:, np.maximum(column - half, 0)]
        goal = slice(max(up, 0), n_rows + min(up, 0))
        source = slice(max(-up, 0), n_rows + min(-up, 0))
        sums[goal] += stretch[source]
    return sums
