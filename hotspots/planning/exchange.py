"""The search for a plan: the site that adds most, exchanges, and starting again in part."""

import numpy as np
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.planning.covering import Covering, adds, times, value_of

_ROUNDING = 1e-9
_REMOVED_SHARE = 0.3
_NOISE = 0.1


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


def search(
    problem: Covering,
    chosen: Ints,
    *,
    rounds: int,
    rng: np.random.Generator,
    toll: Floats | float = 0.0,
) -> Ints:
    """Improve a plan: take some sites out at random, fill up again, exchange.

    Parameters
    ----------
    problem
        The problem.
    chosen
        Positions of the sites to start from; the required ones among them.
    rounds
        Number of times that sites are taken out.
    rng
        Source of randomness.
    toll
        As in :func:`fill`.

    References
    ----------
    Resende and Werneck (2004) for the exchange; Shaw (1998) for taking out and filling up.
    """
    best = swap(problem, chosen)
    value = value_of(problem, best)
    for _ in range(rounds):
        order = rng.permutation(best)
        free = order[~problem.required[order]]
        removed = max(2, int(_REMOVED_SHARE * len(free)))
        kept = np.concatenate([order[problem.required[order]], free[removed:]])
        noise = rng.uniform(1 - _NOISE, 1 + _NOISE, len(problem.cost))
        found = swap(problem, fill(problem, kept, toll=toll, noise=noise))
        if value_of(problem, found) > value * (1 + np.sign(value) * _ROUNDING):
            best, value = found, value_of(problem, found)
    return np.sort(best)
