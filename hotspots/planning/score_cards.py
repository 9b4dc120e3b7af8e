"""What each camera of a plan is worth, what would take its place, and how many are enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.siting import Plan, Siting, plan_sites

ALTERNATIVE_M = 60.0
"""Within this distance another site could take the place of a chosen one."""

_ROUNDING = 1e-9
_CURVE_NODES = 1


def cameras_on(problem: Siting, chosen: Ints) -> Ints:
    """Return the number of cameras on every demand point, fixed ones included.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of a plan.
    """
    seen = csr_array(problem.covers[chosen] != 0, dtype=np.int64)
    fixed = 0 if problem.fixed_cameras is None else problem.fixed_cameras
    return np.asarray(np.asarray(seen.sum(axis=0)).ravel() + fixed, dtype=np.int64)


def worth(problem: Siting, cameras: Ints) -> float:
    """Return the demand that cameras see, a second one on the same point at its share.

    Parameters
    ----------
    problem
        The siting problem.
    cameras
        Cameras on every demand point.
    """
    share = (cameras >= 1) + problem.backup_weight * (cameras >= 2)
    return float(problem.demand @ share)


def objective_of(problem: Siting, chosen: Ints) -> float:
    """Return what a plan adds to the fixed cameras, less what moving costs.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan.
    """
    moved = ~problem.sites["current"].to_numpy(dtype=np.bool_)[chosen]
    gained = worth(problem, cameras_on(problem, chosen)) - worth(
        problem, cameras_on(problem, chosen[:0])
    )
    return gained - problem.moving_cost * float(moved.sum())


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
    chosen = _by_rank(problem, chosen)
    whole = objective_of(problem, chosen)
    alone = np.asarray((problem.covers != 0) @ problem.demand).ravel()
    rows = []
    for nth, site in enumerate(chosen):
        others = np.delete(chosen, nth)
        best, loss = _alternative(problem, others, int(site), whole)
        rows.append(
            {
                "rank": nth + 1,
                "demand_alone": alone[site],
                "demand_added": whole - objective_of(problem, others),
                "alternative": best,
                "alternative_loss": loss,
            }
        )
    columns = ["rank", "demand_alone", "demand_added", "alternative", "alternative_loss"]
    return pd.DataFrame(rows, index=problem.sites.index[chosen], columns=columns)


def _by_rank(problem: Siting, chosen: Ints) -> Ints:
    """Order the sites of a plan by what each adds to those before it."""
    ranked, left = chosen[:0], chosen
    while len(left):
        gains = [objective_of(problem, np.append(ranked, site)) for site in left]
        best = int(np.argmax(gains))
        ranked, left = np.append(ranked, left[best]), np.delete(left, best)
    return ranked


def _alternative(
    problem: Siting, others: Ints, site: int, whole: float
) -> tuple[object | None, float]:
    """Return the id of the site that would best take the place of one, and what that loses."""
    place = problem.sites[["x", "y"]].to_numpy(dtype=np.float64)
    near = np.array(KDTree(place).query_ball_point(place[site], ALTERNATIVE_M), dtype=np.int64)
    near = np.sort(near[(near != site) & ~np.isin(near, others)])
    allowed = [each for each in near if fits(problem, np.append(others, each))]
    if not allowed or problem.sites["required"].iloc[site]:
        return None, np.nan
    worths = [objective_of(problem, np.append(others, each)) for each in allowed]
    best = int(np.argmax(worths))
    return problem.sites.index[allowed[best]], whole - worths[best]


def fits(problem: Siting, chosen: Ints) -> bool:
    """Tell whether the limits allow a plan: forbidden sites, caps, spacing, dwellings in view.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan.
    """
    sites = problem.sites.iloc[chosen]
    taken = sites["area"].value_counts()
    ceiling = problem.most_dwellings_in_view
    place = sites[["x", "y"]].to_numpy(dtype=np.float64)
    apart = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    apart[np.diag_indices(len(place))] = np.inf
    return bool(
        not sites["forbidden"].any()
        and all(taken.get(code, 0) <= cap for code, cap in problem.caps.items())
        and (ceiling is None or sites["dwellings_in_view"].sum() <= ceiling)
        and not (apart < problem.spacing_m).any()
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
    cost = np.where(problem.sites["current"], 0.0, problem.moving_cost)
    while len(chosen) < budget:
        cameras = cameras_on(problem, chosen)
        adds = problem.demand * np.select(
            [cameras == 0, cameras == 1], [1.0, problem.backup_weight], 0.0
        )
        gain = covers @ adds - cost
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
