"""Exact chances of a sum of counts drawn without replacement, by dynamic programming."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
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
    hot = p_hot(at_least, asked, n_cells=n)
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
    cell, asked = pd.factorize((own * n_k + neighbours) * n_s + neighbour_count)
    rest, s = np.divmod(asked, n_s)
    u, k = np.divmod(rest, n_k)
    return Questions(u, k, s, cell)


def tails(own: Ints, neighbours: Ints, neighbour_count: Ints) -> Floats:
    """Return the chance of each sum or more, were counts drawn from all cells.

    Parameters
    ----------
    own, neighbours, neighbour_count
        Per cell, at least one; see :func:`permutation_p`.

    Returns
    -------
    numpy.ndarray
        Shape (most neighbours + 1, largest neighbour count + 2): P(S >= s) by number of draws.
    """
    sums = sum_distribution(own, n_draws=int(neighbours.max()), largest=int(neighbour_count.max()))
    return _from_above(sums)


def p_hot(at_least: Floats, asked: Questions, *, n_cells: int) -> Floats:
    """Return the first of :func:`permutation_p` alone, per question.

    Parameters
    ----------
    at_least
        Result of :func:`tails`.
    asked
        What cells ask.
    n_cells
        Number of all cells.

    Returns
    -------
    numpy.ndarray
        P(S >= s) per question.
    """
    u, k, s = asked.own, asked.neighbours, asked.neighbour_count
    hot = _without_own(at_least, u, k, s, n_cells=n_cells, before_zero=1.0)
    return np.clip(hot, _least_chance(k, n_cells), 1.0)


def _from_above(sums: Floats) -> Floats:
    """Return the chance of each sum or more."""
    return np.asarray(np.cumsum(sums[:, ::-1], axis=1)[:, ::-1])


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
    times = np.bincount(np.minimum(values, largest + 1))
    value = np.flatnonzero(times)
    n_equal = times[value]
    chance = np.zeros((n_draws + 1, largest + 2))
    chance[:, 0] = 1.0
    filled = 0
    for v, equal, share in zip(
        value.tolist(), n_equal.tolist(), _shares(n_equal, n_draws), strict=True
    ):
        if not v:
            continue  # Draws of zeros alone have no other sum than 0.
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
    rest, level = np.zeros(len(u)), s - k * u
    for i, chances in enumerate(tail):
        # The last of these, -1, stands for every sum below 0.
        whole = np.append(chances, before_zero)[np.maximum(level, -1)]
        step = (n_cells * whole - i * rest) / max(n_cells - i, 1)
        rest = np.where(i <= k, step, rest)
        level = np.minimum(level + u, s)
    return rest
