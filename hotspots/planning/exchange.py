"""The search for a plan: the site that adds most, exchanges, and starting again in part."""

from functools import partial

import numpy as np
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.planning.covering import Covering, adds, times, value_of

_ROUNDING = 1e-9
_MOST_REMOVED = 0.4
_NOISE = 0.25
_STARTS = 4
_PATIENCE = 20
"""Rounds in a row that find nothing better, after which the search ends."""


def room(problem: Covering, chosen: Ints) -> Bools:
    """Tell which sites may join the chosen ones.

    Parameters
    ----------
    problem
        The problem.
    chosen
        Positions of the sites in the plan.
    """
    if len(chosen) >= problem.budget:
        return np.zeros(len(problem.cost), dtype=np.bool_)
    taken = np.bincount(problem.area[chosen], minlength=len(problem.cap))
    may = (taken < problem.cap)[problem.area]
    may &= problem.views <= problem.most_views - problem.views[chosen].sum()
    may &= times(problem.near, chosen) == 0
    may[chosen] = False
    return may


def fill(
    problem: Covering, chosen: Ints, *, toll: Floats | float = 0.0, noise: Floats | float = 1.0
) -> Ints:
    """Add the site that adds most until none fits or adds anything.

    Parameters
    ----------
    problem
        The problem.
    chosen
        Positions of the sites to start from.
    toll, noise
        Taken off what a site adds, and a factor on the rest, per site: for plans other than the
        greedy one.
    """
    while (may := room(problem, chosen)).any():
        gain = problem.covers @ adds(problem, times(problem.covers, chosen)) - problem.cost
        gain = np.where(may, (gain - toll) * noise, 0)
        best = int(gain.argmax())
        if gain[best] <= _ROUNDING:
            break
        chosen = np.append(chosen, best)
    return chosen


def swap(problem: Covering, chosen: Ints) -> Ints:
    """Exchange, drop and add single sites while that makes the plan better.

    Parameters
    ----------
    problem
        The problem.
    chosen
        Positions of the sites in the plan.
    """
    scale = problem.first.sum() + np.abs(problem.cost).sum()
    while True:
        chosen = fill(problem, chosen)
        leaving = chosen[~problem.required[chosen]]
        if not len(leaving):
            return chosen
        gain = _gain_without(problem, chosen, leaving)
        loss = gain[leaving, np.arange(len(leaving))]
        gain[~_room_without(problem, chosen, leaving)] = 0
        joins, better = gain.argmax(axis=0), np.maximum(gain.max(axis=0), 0) - loss
        best = int(better.argmax())
        if better[best] <= _ROUNDING * scale:
            return chosen
        chosen = chosen[chosen != leaving[best]]
        if gain[joins[best], best] > 0:
            chosen = np.append(chosen, joins[best])


def _gain_without(problem: Covering, chosen: Ints, leaving: Ints) -> Floats:
    """Return what every site (row) adds once one of the chosen sites (column) has left."""
    cameras = times(problem.covers, chosen)
    rows = problem.covers[leaving]
    there = cameras[rows.indices]
    change = adds(problem, there - 1, rows.indices) - adds(problem, there, rows.indices)
    changes = csr_array((change, rows.indices, rows.indptr), shape=rows.shape)
    now = problem.covers @ adds(problem, cameras) - problem.cost
    return np.asarray(now[:, None] + (problem.covers @ changes.T.tocsr()).toarray())


def _room_without(problem: Covering, chosen: Ints, leaving: Ints) -> Bools:
    """Tell which sites (rows) may join once one of the chosen sites (columns) has left."""
    area, views = problem.area, problem.views
    taken = np.bincount(area[chosen], minlength=len(problem.cap))
    spare = (problem.cap - taken)[area]
    may: Bools = (spare > 0)[:, None] | ((spare == 0)[:, None] & (area[:, None] == area[leaving]))
    left = problem.most_views - views[chosen].sum() + views[leaving]
    may &= views[:, None] <= left
    if problem.near.nnz:
        may &= times(problem.near, chosen)[:, None] == problem.near[leaving].toarray().T
    may[chosen] = False
    return may


def search(problem: Covering, *, rng: np.random.Generator, toll: Floats | float = 0.0) -> Ints:
    """Search from several plans that start at the required sites, then from the best found.

    Parameters
    ----------
    problem
        The problem.
    rng
        Source of randomness.
    toll
        As in :func:`fill`.

    References
    ----------
    Resende and Werneck (2004) for the exchange; Shaw (1998) for taking out and filling up.
    """
    required = np.flatnonzero(problem.required)
    plain: list[Floats | float] = [1.0]
    noises = plain + [_noise(problem, rng) for _ in range(_STARTS - 1)]
    found = [
        _improve(problem, fill(problem, required, toll=toll, noise=noise), rng, toll)
        for noise in noises
    ]
    return np.sort(_improve(problem, max(found, key=partial(value_of, problem)), rng, toll))


def _improve(
    problem: Covering, chosen: Ints, rng: np.random.Generator, toll: Floats | float
) -> Ints:
    """Take sites out that are near each other, fill up again and exchange, until it is in vain."""
    best = swap(problem, chosen)
    value = value_of(problem, best)
    in_vain = 0
    while in_vain < _PATIENCE and not problem.required[best].all():
        thinned = _thinned(problem, best, rng)
        filled = fill(problem, thinned, toll=toll, noise=_noise(problem, rng))
        found = swap(problem, filled)
        in_vain += 1
        if value_of(problem, found) > value * (1 + np.sign(value) * _ROUNDING):
            best, value, in_vain = found, value_of(problem, found), 0
    return best


def _noise(problem: Covering, rng: np.random.Generator) -> Floats:
    """Draw a factor on what every site adds."""
    return rng.uniform(1 - _NOISE, 1 + _NOISE, len(problem.cost))


def _thinned(problem: Covering, chosen: Ints, rng: np.random.Generator) -> Ints:
    """Take one site out at random, and some of those that share most candidates with it.

    Sites far from each other would be filled up one by one, to the plan there was.
    """
    free = chosen[~problem.required[chosen]]
    one = rng.integers(len(free))
    removed = rng.integers(2, max(3, int(_MOST_REMOVED * len(free))))
    rivals = np.flatnonzero(problem.covers @ times(problem.covers, free[[one]]))
    shared = problem.covers[free] @ times(problem.covers, rivals)
    shared = shared * rng.uniform(0.5, 1.0, len(free))
    shared[one] = np.inf
    gone = free[np.argsort(-shared, kind="stable")[:removed]]
    return chosen[~np.isin(chosen, gone)]
