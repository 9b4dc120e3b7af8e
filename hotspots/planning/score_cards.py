"""What each camera of a plan is worth, what would take its place, and how many are enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.siting import Plan, Siting, plan_sites
from hotspots.planning.swaps import exchanges
from hotspots.planning.worth import (
    by_rank,
    cameras_on,
    demand_added,
    fits,
    moving_costs,
    one_more,
)

ALTERNATIVE_M = 60.0
"""Within this distance another site could take the place of a chosen one."""

_ROUNDING = 1e-9
_CURVE_NODES = 1


def score_cards(problem: Siting, chosen: Ints) -> pd.DataFrame:
    """Tell for each chosen site what it adds, and what taking its best alternative would lose.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan.

    Returns
    -------
    pandas.DataFrame
        Indexed by site, in order of `rank`: `rank` (1 adds most by itself, 2 adds most to that,
        and so on), `demand_alone` (seen by it), `demand_added` (what the objective loses without
        it), `alternative` (id of the best other site within :data:`ALTERNATIVE_M` that the limits
        allow instead; missing where there is none) and `alternative_loss` (what the objective
        loses by that exchange).
    """
    chosen = by_rank(problem, chosen)
    alone = np.asarray((problem.covers != 0) @ problem.demand).ravel()
    alternative: list[object | None] = []
    loss: list[float] = []
    for exchange in exchanges(problem, chosen):
        best = exchange.best(exchange.away_m <= ALTERNATIVE_M, most=1).tolist()
        alternative.append(problem.sites.index[best[0]] if best else None)
        loss.append(float(exchange.loss[best[0]]) if best else np.nan)
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(chosen) + 1),
            "demand_alone": alone[chosen],
            "demand_added": demand_added(problem, chosen),
            "alternative": pd.Series(alternative, index=problem.sites.index[chosen], dtype=object),
            "alternative_loss": loss,
        },
        index=problem.sites.index[chosen],
    )


def greedy(problem: Siting, *, budget: int) -> Ints:
    """Return a plan made one by one: each time the site that adds most within the limits.

    Parameters
    ----------
    problem
        The siting problem; required sites come first.
    budget
        Most sites.

    Returns
    -------
    numpy.ndarray
        Positions of the sites, in the order chosen.
    """
    chosen = np.flatnonzero(problem.sites["required"].to_numpy(dtype=np.bool_))
    covers = csr_array(problem.covers != 0, dtype=np.float64)
    cost = moving_costs(problem)
    while len(chosen) < budget:
        cameras = cameras_on(problem, chosen)
        gain = covers @ one_more(problem, cameras) - cost
        gain[chosen] = -np.inf
        joins = next(
            (
                site
                for site in np.argsort(-gain, kind="stable")
                if gain[site] <= _ROUNDING or fits(problem, np.append(chosen, site))
            ),
            None,
        )
        if joins is None or gain[joins] <= _ROUNDING:
            break
        chosen = np.append(chosen, joins)
    return chosen


def busiest(
    sites: Floats, points: Floats, count: Floats, *, budget: int, square_m: float = 100.0
) -> Ints:
    """Return the sites nearest to the busiest squares of a map, as one would pin them by eye.

    Parameters
    ----------
    sites
        Coordinates of the sites that are free, shape (sites, 2).
    points
        Coordinates of the demand points, shape (points, 2).
    count
        Incidents on each.
    budget
        Number of squares, each with the nearest site that is still free.
    square_m
        Side of a square.

    Returns
    -------
    numpy.ndarray
        Positions of the sites, that of the busiest square first.
    """
    squares, of_point = np.unique(np.floor(points / square_m), axis=0, return_inverse=True)
    total = np.bincount(of_point.ravel(), count, minlength=len(squares))
    free = np.ones(len(sites), dtype=np.bool_)
    chosen: list[int] = []
    for square in np.argsort(-total, kind="stable")[: min(budget, len(sites))]:
        away = np.hypot(*(sites - (squares[square] + 0.5) * square_m).T)
        chosen.append(int(np.argmin(np.where(free, away, np.inf))))
        free[chosen[-1]] = False
    return np.array(chosen, dtype=np.int64)


def knee_of(objective: Sequence[float]) -> int:
    """Return how many cameras are enough: the point of the curve farthest above its chord.

    Parameters
    ----------
    objective
        Objective of plans of 1, 2, 3, … cameras.

    Returns
    -------
    int
        A number of cameras; the chord runs from no camera at all to the last.

    References
    ----------
    Satopää, Albrecht, Irwin and Raghavan (2011), finding a knee in a haystack.
    """
    curve = np.concatenate([[0.0], np.asarray(objective, dtype=np.float64)])
    chord = np.linspace(0.0, curve[-1], len(curve))
    return max(1, int(np.argmax(curve - chord)))


def plans_by_number(
    problem: Siting,
    *,
    numbers: Sequence[int],
    seed: int,
    gap: float,
    known: Mapping[int, Plan],
    progress: Callable[[int], None] = lambda done: None,
) -> dict[int, Plan]:
    """Solve the plan anew for every number of cameras; the solver is cut short, not the bound.

    Parameters
    ----------
    problem
        The siting problem.
    numbers
        Budgets, rising.
    seed, gap
        As in :func:`hotspots.planning.siting.plan_sites`.
    known
        Plans that were made already, by budget.
    progress
        Told how many are done.

    Returns
    -------
    dict
        Plan by budget. A plan of fewer cameras is one of more too: it stands where the search
        found none better, and no bound exceeds that of more cameras.
    """
    plans: dict[int, Plan] = {}
    for done, number in enumerate(numbers):
        progress(done)
        plans[number] = known.get(number) or plan_sites(
            problem, budget=number, seed=seed, gap=gap, node_limit=_CURVE_NODES
        )
    for fewer, more in pairwise(numbers):
        if plans[fewer].objective > plans[more].objective:
            plans[more] = replace(plans[fewer], bound=plans[more].bound)
    for fewer, more in reversed(list(pairwise(numbers))):
        plans[fewer] = replace(plans[fewer], bound=min(plans[fewer].bound, plans[more].bound))
    return plans
