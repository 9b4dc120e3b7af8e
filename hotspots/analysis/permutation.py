"""Exact chances of a sum of counts drawn without replacement, by dynamic programming."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from hotspots.analysis.grid import Floats, Ints

_NEGLIGIBLE = 1e-30
_MOST_SHARES = 2_000_000


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
    asked = questions(own, neighbours, neighbour_count)
    u, k, s, n = asked.own, asked.neighbours, asked.neighbour_count, len(own)
    sums = sum_distribution(own, n_draws=int(k.max()), largest=int(s.max()))
    at_least, at_most = _from_above(sums), np.cumsum(sums, axis=1)
    above = _without_own(at_least, u, k, s + 1, n_cells=n, before_zero=1.0)
    cold = _without_own(at_most, u, k, s, n_cells=n, before_zero=0.0)
    cold = np.clip(cold, _least_chance(k, n), 1.0)
    hot = _hot(at_least, asked, n)
    return hot[asked.cell], cold[asked.cell], np.clip(above, 0.0, 1.0)[asked.cell]


@dataclass(frozen=True)
class Questions:
    """What cells ask of chance, each question once.

    Parameters
    ----------
    own, neighbours, neighbour_count
        Of each question; see :func:`permutation_p`.
    cell
        Number of the question that each cell asks.
    """

    own: Ints
    neighbours: Ints
    neighbour_count: Ints
    cell: Ints


def questions(own: Ints, neighbours: Ints, neighbour_count: Ints) -> Questions:
    """Gather what cells ask: many ask the same.

    Parameters
    ----------
    own, neighbours, neighbour_count
        Per cell, at least one; see :func:`permutation_p`.

    Returns
    -------
    Questions
        Each question once.
    """
    # One number stands for all three.
    n_k, n_s = int(neighbours.max()) + 1, int(neighbour_count.max()) + 1
    asked, cell = np.unique((own * n_k + neighbours) * n_s + neighbour_count, return_inverse=True)
    rest, s = np.divmod(asked, n_s)
    u, k = np.divmod(rest, n_k)
    return Questions(u, k, s, cell)


def p_hot(own: Ints, asked: Questions) -> Floats:
    """Return the first of :func:`permutation_p` alone, per question.

    Parameters
    ----------
    own
        Incidents in each cell of the study area.
    asked
        What its cells ask.

    Returns
    -------
    numpy.ndarray
        P(S >= s) per question.
    """
    n_draws, largest = int(asked.neighbours.max()), int(asked.neighbour_count.max())
    return _hot(
        _from_above(sum_distribution(own, n_draws=n_draws, largest=largest)), asked, len(own)
    )


def _from_above(sums: Floats) -> Floats:
    """Return the chance of each sum or more."""
    return np.asarray(np.cumsum(sums[:, ::-1], axis=1)[:, ::-1])


def _hot(at_least: Floats, asked: Questions, n_cells: int) -> Floats:
    u, k, s = asked.own, asked.neighbours, asked.neighbour_count
    hot = _without_own(at_least, u, k, s, n_cells=n_cells, before_zero=1.0)
    return np.clip(hot, _least_chance(k, n_cells), 1.0)


def _least_chance(k: Ints, n_cells: int) -> Floats:
    """Return the chance of one particular draw of k from all cells but one."""
    return np.asarray(np.exp(gammaln(k + 1) + gammaln(n_cells - k) - gammaln(n_cells)))


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
    filled = 0
    for v, equal, share in zip(
        value.tolist(), n_equal.tolist(), _shares(n_equal, n_draws), strict=True
    ):
        old = chance[:, : filled + 1].copy()
        chance[:, : filled + 1] *= share[:, :1]
        # A block never fills nearly all of a small draw: what that adds no p can show.
        for j in np.flatnonzero(share.max(axis=0) > _NEGLIGIBLE).tolist():
            if j:
                _add_moved(chance[j:], old[: n_draws + 1 - j], share[j:, j, None], by=j * v)
        filled = min(filled + v * min(equal, n_draws), largest + 1)
    return chance


def _add_moved(to: Floats, chance: Floats, share: Floats, *, by: int) -> None:
    """Add chances times `share`, `by` sums further up; the last column takes what passes it."""
    room = max(to.shape[1] - 1 - by, 0)
    to[:, by : by + min(room, chance.shape[1])] += share * chance[:, :room]
    if room < chance.shape[1]:
        to[:, -1:] += share * chance[:, room:].sum(axis=1, keepdims=True)


def _shares(n_equal: Ints, n_draws: int) -> Iterator[Floats]:
    """Yield per block the chance that j of k draws are its own, from it and the blocks before.

    Shape (n_draws + 1, n_draws + 1), k by j. Drawn one at a time, which needs no factorials and
    so loses no digits; rows of more draws than there are values are 0.
    """
    j = np.arange(n_draws + 1)
    most = max(_MOST_SHARES // (n_draws + 1) ** 2, 1)
    for first in range(0, len(n_equal), most):
        equal = n_equal[first : first + most, None]
        so_far = n_equal[:first].sum() + np.cumsum(equal, axis=0)
        before = so_far - equal
        share = np.zeros((len(equal), n_draws + 1, n_draws + 1))
        share[:, 0, 0] = 1.0
        for k in range(1, n_draws + 1):
            left = np.maximum(so_far - k + 1, 1)
            share[:, k] = share[:, k - 1] * np.maximum(before - (k - 1 - j), 0) / left
            share[:, k, 1:] += share[:, k - 1, :-1] * np.maximum(equal - j[:-1], 0) / left
        yield from share


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
