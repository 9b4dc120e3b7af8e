"""The Lagrangian relaxation of maximal covering: a bound on every plan."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from hotspots.analysis.grid import Bools, Floats
from hotspots.planning.covering import Covering

_ROUNDING = 1e-9
_PATIENCE = 30
_SHRINK = 0.5
_DEFLECTION = 0.8


@dataclass(frozen=True)
class Relaxation:
    """What the Lagrangian relaxation proves.

    Parameters
    ----------
    bound
        No plan is worth more.
    with_site, without_site
        No plan that holds a site (that leaves it out) is worth more, per site.
    toll
        Price of the dwellings in view of a site.
    """

    bound: float
    with_site: Floats
    without_site: Floats
    toll: Floats


def relax(problem: Covering, *, lower: float, enough: float, iterations: int) -> Relaxation:
    """Bound the worth of any plan by pricing what ties points to sites.

    A point with its price is sold to the sites that cover it; sites are then chosen by what they
    earn, under budget, caps and required sites. The ceiling on dwellings is priced too; the
    spacing is left out. The prices follow the subgradient.

    Parameters
    ----------
    problem
        The problem.
    lower
        What the best known plan is worth.
    enough
        A bound that is low enough to stop at, `lower` or more.
    iterations
        Most steps.

    Returns
    -------
    Relaxation
        Every step's bound holds, so the least over all steps is taken, per site too.

    References
    ----------
    Galvão and ReVelle (1996); Held, Wolfe and Crowder (1974) for the step; Camerini, Fratta
    and Maffioli (1975) for the direction; Beasley (1993) for bounds per site.
    """
    choose = _chooser(problem)
    ties, lowest, highest, second = _ties(problem)
    sold, often = ties.T.tocsr(), np.append(np.ones(len(problem.first)), _ceiling_weight(problem))
    price = highest / np.maximum(1.0, np.asarray(ties.sum(axis=0)).ravel())
    best_price, trail = price, np.zeros(len(price))
    bound, step, idle = np.inf, 1.0, 0
    with_site = without_site = np.full(len(problem.cost), np.inf)
    for _ in range(iterations):
        earns = ties @ price - problem.cost
        chosen = choose(earns)
        kept = often @ (highest - price) + np.maximum(second - price, 0).sum()
        value = float(kept + earns[chosen].sum())
        if value < bound:
            bound, best_price, idle = value, price, 0
            held, left = _per_site(problem, earns, chosen, value)
            with_site, without_site = np.minimum(with_site, held), np.minimum(without_site, left)
        else:
            idle += 1
        if idle >= _PATIENCE:
            step, idle, price = step * _SHRINK, 0, best_price
        slope = sold @ chosen.astype(np.float64) - often - (second > price)
        # A price at its end of the range cannot follow; it would only shorten the step.
        slope[((price == highest) & (slope < 0)) | ((price == lowest) & (slope > 0))] = 0
        trail = slope + _DEFLECTION * trail
        length = trail @ trail
        if length == 0 or bound <= enough + _ROUNDING * abs(enough):
            break
        price = np.clip(price - step * (value - lower) / length * trail, lowest, highest)
    toll = -best_price[-1] * ties[:, [-1]].toarray().ravel()
    return Relaxation(bound, with_site, without_site, toll)


def _ties(problem: Covering) -> tuple[csr_array, Floats, Floats, Floats]:
    """Return what ties sites to groups, with the range of prices and the second cameras' worth.

    The ceiling on dwellings is the last column: sites pay for what they have in view.
    """
    weight = _ceiling_weight(problem)
    limited = weight > 0
    views = problem.views * (weight / problem.most_views if limited else 0.0)
    ties = hstack([problem.covers, csr_array(views[:, None])]).tocsr()
    lowest = np.append(np.zeros(len(problem.first)), -np.inf if limited else 0.0)
    return ties, lowest, np.append(problem.first, 0.0), np.append(problem.second, -np.inf)


def _ceiling_weight(problem: Covering) -> float:
    """Return how much the ceiling weighs beside one group, so that its price keeps pace."""
    if not 0 < problem.most_views < np.inf:
        return 0.0
    return float(np.sqrt(problem.budget * problem.covers.nnz / max(1, len(problem.cost))))


def _chooser(problem: Covering) -> Callable[[Floats], Bools]:
    """Return what picks the sites that earn most under budget, caps and required sites."""
    required = problem.required
    left = problem.cap - np.bincount(problem.area[required], minlength=len(problem.cap))
    most = problem.budget - int(required.sum())
    capped = bool(np.any(left < most))

    def choose(earns: Floats) -> Bools:
        chosen = required.copy()
        rivals = np.flatnonzero(~required & (earns > 0))
        if capped:
            rivals = rivals[np.lexsort((-earns[rivals], problem.area[rivals]))]
            area = problem.area[rivals]
            place = np.arange(len(rivals)) - np.searchsorted(area, area)
            rivals = rivals[place < left[area]]
        order = np.argsort(-earns[rivals], kind="stable")
        chosen[rivals[order[:most]]] = True
        return chosen

    return choose


def _per_site(
    problem: Covering, earns: Floats, chosen: Bools, value: float
) -> tuple[Floats, Floats]:
    """Bound plans with a site, and plans without it, by the cheapest single exchange."""
    n_areas = len(problem.cap)
    free = chosen & ~problem.required
    full = np.bincount(problem.area[chosen], minlength=n_areas) >= problem.cap
    weakest = np.full(n_areas, np.inf)
    np.minimum.at(weakest, problem.area[free], earns[free])
    spent = int(chosen.sum()) >= problem.budget
    any_weakest = float(weakest.min(initial=np.inf)) if spent else 0.0
    makes_room = np.where(full, weakest, any_weakest)[problem.area]
    with_site = np.where(chosen, value, value + earns - makes_room)
    strongest = np.zeros(n_areas)
    np.maximum.at(strongest, problem.area[~chosen], earns[~chosen])
    anywhere = float(strongest[~full].max(initial=0.0))
    replaces = np.maximum(strongest, anywhere)[problem.area]
    without_site = np.where(free, value - earns + replaces, value)
    return with_site, np.where(problem.required, -np.inf, without_site)
