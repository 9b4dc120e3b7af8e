"""Where cameras see most of the demand: a plan, and the proof of how good it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.errors import PolicyRefused, Problem
from hotspots.planning.covering import Covering, merge_points, value_of
from hotspots.planning.exchange import search
from hotspots.planning.proof import ROUNDING, prove, relative

_COLUMNS = ("x", "y", "area", "dwellings_in_view", "current", "required", "forbidden")
_TOTAL = 1e5


@dataclass(frozen=True)
class Siting:
    """Candidate sites, the demand they see, and the limits of a plan.

    Parameters
    ----------
    sites
        One row per candidate site, indexed by its id: `x`, `y` (m), `area` (code),
        `dwellings_in_view` (count), and whether it is `current` (a flexible camera stands there
        now), `required` or `forbidden`.
    covers
        Which site sees which demand point, shape (sites, points). Plain: a stored value other
        than 0 means seen; what counts as seen (distance, detection class) is settled before.
    demand
        Weight of every point.
    fixed_cameras
        Cameras that stay whatever the plan, per point; none when left out.
    backup_weight
        Share (0 to 1) of its weight that a second camera on the same point adds.
    caps
        Most sites per area code (dosage); an area that is not named has no cap.
    spacing_m
        Least distance between two sites of a plan.
    most_dwellings_in_view
        Ceiling on the dwellings in view, added up over the sites of a plan.
    moving_cost
        What a site without a current camera costs, in units of demand: moving must be worth it.
    """

    sites: pd.DataFrame
    covers: csr_array
    demand: Floats
    fixed_cameras: Ints | None = None
    backup_weight: float = 0.0
    caps: Mapping[str, int] = field(default_factory=dict)
    spacing_m: float = 0.0
    most_dwellings_in_view: int | None = None
    moving_cost: float = 0.0


@dataclass(frozen=True)
class Plan:
    """The chosen sites, what they add, and how much any plan could add at most.

    Parameters
    ----------
    chosen
        Ids of the sites, in the order of the candidates.
    objective
        Demand that the plan adds to what the fixed cameras see, second cameras at their share,
        less what moving costs.
    bound
        No plan within the limits has a higher objective.
    gap
        ``(bound - objective) / objective``: 0 when the plan is proven best.
    covered, backed_up
        Demand seen by at least one and by at least two cameras, fixed ones included.
    stopped
        Whether a limit ended the solver before the gap that was asked for. Where it was the
        limit in seconds, another machine may find another plan.
    """

    chosen: pd.Index
    objective: float
    bound: float
    gap: float
    covered: float
    backed_up: float
    stopped: bool


def plan_sites(
    problem: Siting,
    *,
    budget: int,
    seed: int,
    gap: float = 0.0,
    time_limit_s: float = 60.0,
    node_limit: int = 1_000_000,
) -> Plan:
    """Choose at most `budget` sites that see as much demand as possible, and bound the rest.

    A greedy plan is improved by exchanges; a Lagrangian relaxation bounds every plan and rules
    out sites that no better plan can hold, and HiGHS solves what is left. The limits in seconds
    and nodes are those of HiGHS alone. With the same seed the plan is the same, unless
    `time_limit_s` was hit.

    Parameters
    ----------
    problem
        Sites, demand and limits.
    budget
        Most sites in the plan, the required ones included. Fewer are chosen where the limits
        leave no room or no more site is worth its cost.
    seed
        Source of the randomness of the search.
    gap
        Relative gap to the bound that is good enough; 0 asks for the proven best plan.
    time_limit_s, node_limit
        Limits of the solver.

    Returns
    -------
    Plan
        The plan with objective, upper bound and gap.

    Raises
    ------
    PolicyRefused
        When the request contradicts itself; every conflict is a problem.
    ValueError
        When shapes do not match, or demand is negative or missing.

    References
    ----------
    Church and ReVelle (1974), maximal covering; Hogan and ReVelle (1986), backup coverage;
    Galvão and ReVelle (1996), Lagrangian heuristic; Lv et al. (2025), preprocessing.
    """
    _check_shapes(problem)
    if conflicts := list(_conflicts(problem, budget)):
        raise PolicyRefused(conflicts)
    usable, covering, unit = _as_numbers(problem, budget)
    start = search(covering, rng=np.random.default_rng(seed))
    chosen, bound, stopped = prove(
        covering, start, seed=seed, gap=gap, time_limit_s=time_limit_s, node_limit=node_limit
    )
    objective = value_of(covering, chosen) * unit
    bound = max(bound * unit, objective)
    if bound - objective <= ROUNDING * abs(bound):
        bound = objective
    cameras = np.asarray(_seen(problem)[usable[chosen]].sum(axis=0)).ravel() + _fixed(problem)
    return Plan(
        chosen=problem.sites.index[usable[chosen]],
        objective=objective,
        bound=bound,
        gap=relative(objective, bound),
        covered=float(problem.demand[cameras >= 1].sum()),
        backed_up=float(problem.demand[cameras >= 2].sum()),
        stopped=stopped,
    )


def _seen(problem: Siting) -> csr_array:
    """Return the coverage as zeros and ones."""
    covers = csr_array(problem.covers != 0, dtype=np.float64)
    covers.sort_indices()
    return covers


def _fixed(problem: Siting) -> Ints:
    """Return the number of cameras per point that stay whatever the plan."""
    if problem.fixed_cameras is None:
        return np.zeros(len(problem.demand), dtype=np.int64)
    return problem.fixed_cameras


def _as_numbers(problem: Siting, budget: int) -> tuple[Ints, Covering, float]:
    """Return the positions of the usable sites, the problem on them, and its unit of demand."""
    sites = problem.sites
    most_views = problem.most_dwellings_in_view
    usable = ~sites["forbidden"].to_numpy(dtype=np.bool_)
    if most_views is not None:
        usable &= sites["dwellings_in_view"].to_numpy() <= most_views
    kept = np.flatnonzero(usable)
    sites = sites.iloc[kept]
    area, codes = pd.factorize(sites["area"], use_na_sentinel=False)
    # Rounding inside HiGHS is absolute: demand of any size is brought to one scale, by a power
    # of two because that leaves every digit as it is.
    total = float(problem.demand.sum())
    unit = 2.0 ** round(np.log2(total / _TOTAL)) if total else 1.0
    backup = problem.demand * problem.backup_weight
    fixed = _fixed(problem)
    first = np.select([fixed == 0, fixed == 1], [problem.demand, backup], 0.0) / unit
    second = np.where(fixed == 0, backup, 0.0) / unit
    covers, first, second = merge_points(_seen(problem)[kept], first, second)
    covering = Covering(
        covers=covers,
        first=first,
        second=second,
        cost=np.where(sites["current"], 0.0, problem.moving_cost / unit),
        area=area,
        cap=np.array([problem.caps.get(code, budget) for code in codes], dtype=np.int64),
        views=sites["dwellings_in_view"].to_numpy(dtype=np.float64),
        most_views=np.inf if most_views is None else float(most_views),
        near=_near(sites, problem.spacing_m),
        required=sites["required"].to_numpy(dtype=np.bool_),
        budget=budget,
    )
    return kept, covering, unit


def _near(sites: pd.DataFrame, spacing_m: float) -> csr_array:
    """Return the pairs of sites that stand nearer to each other than the spacing, both ways."""
    from scipy.spatial import KDTree

    points = sites[["x", "y"]].to_numpy(dtype=np.float64)
    pairs = np.empty((0, 2), dtype=np.int64)
    if spacing_m > 0 and len(points):
        pairs = KDTree(points).query_pairs(spacing_m, output_type="ndarray")
        distance_m = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
        pairs = pairs[distance_m < spacing_m]
    both = np.concatenate([pairs, pairs[:, ::-1]])
    shape = (len(points), len(points))
    return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=shape)


def _check_shapes(problem: Siting) -> None:
    """Raise ValueError for what a caller, not a policy, got wrong."""
    missing = set(_COLUMNS) - set(problem.sites.columns)
    shape = (len(problem.sites), len(problem.demand))
    if missing or problem.covers.shape != shape:
        raise ValueError(f"sites without {sorted(missing)}, or coverage not of shape {shape}")
    amounts = {
        "demand": problem.demand,
        "dwellings_in_view": problem.sites["dwellings_in_view"],
        "fixed_cameras": _fixed(problem),
    }
    for name, values in amounts.items():
        known = np.asarray(values, dtype=np.float64)
        if not np.all(np.isfinite(known) & (known >= 0)):
            raise ValueError(f"{name} must be 0 or more, and known")
    if not np.isfinite(problem.sites[["x", "y"]].to_numpy(dtype=np.float64)).all():
        raise ValueError("the place (x, y) of every site must be known")
    if len(_fixed(problem)) != len(problem.demand):
        raise ValueError("fixed_cameras must be counted on every demand point")


def _conflicts(problem: Siting, budget: int) -> Iterator[Problem]:
    """Yield what makes a request impossible.

    Any plan may hold fewer sites than the budget, so a request that passes here can be met: the
    required sites alone are a plan.
    """
    sites = problem.sites
    required = sites["required"].to_numpy(dtype=np.bool_)
    twice = sites.index[sites.index.duplicated()].unique()
    for site in twice:
        yield Problem(
            "A site id occurs more than once.",
            "Give every candidate site its own id.",
            column="site",
            value=str(site),
        )
    for site in sites.index[required & sites["forbidden"].to_numpy(dtype=np.bool_)]:
        yield Problem(
            "A site is both required and forbidden.",
            "Lift one of the two.",
            column="site",
            value=str(site),
        )
    yield from _out_of_bounds(problem)
    yield from _budget_conflicts(budget, n_sites=len(sites), n_required=int(required.sum()))
    yield from _required_conflicts(problem, required)


def _out_of_bounds(problem: Siting) -> Iterator[Problem]:
    """Yield the single figures that are not allowed."""
    if not 0 <= problem.backup_weight <= 1:
        yield Problem(
            "The weight of a second camera lies between 0 and 1.",
            "Give the share of its demand that a second camera adds.",
            column="backup_weight",
            value=str(problem.backup_weight),
        )
    ceiling = problem.most_dwellings_in_view
    limits = {
        "spacing_m": problem.spacing_m,
        "moving_cost": problem.moving_cost,
        "most_dwellings_in_view": 0 if ceiling is None else ceiling,
        **{f"caps.{code}": cap for code, cap in problem.caps.items()},
    }
    for name, value in limits.items():
        if not 0 <= value < np.inf:
            yield Problem(
                "A limit or a cost is 0 or more, and finite.",
                "Correct it.",
                column=name,
                value=str(value),
            )
    for code in problem.caps.keys() - set(problem.sites["area"]):
        yield Problem(
            "A cap names an area without a candidate site.",
            "Correct the code of the area, or leave the cap out.",
            column="caps",
            value=str(code),
        )


def _budget_conflicts(budget: int, *, n_sites: int, n_required: int) -> Iterator[Problem]:
    """Yield what the budget contradicts."""
    if not 0 < budget <= n_sites:
        yield Problem(
            f"The budget lies between 1 and the number of candidate sites, {n_sites}.",
            "Change the budget or add sites.",
            column="budget",
            value=str(budget),
        )
    if n_required > budget:
        yield Problem(
            f"The {n_required} required sites are more than the budget.",
            "Raise the budget or require fewer sites.",
            column="budget",
            value=str(budget),
        )


def _required_conflicts(problem: Siting, required: Bools) -> Iterator[Problem]:
    """Yield what the required sites contradict: caps, the ceiling on dwellings, spacing."""
    sites = problem.sites[required]
    for code, n_required in sites["area"].value_counts(sort=False).items():
        if n_required > problem.caps.get(str(code), n_required):
            yield Problem(
                f"The {n_required} required sites in area {code!r} are more than its cap.",
                "Raise the cap or require fewer sites there.",
                column="caps",
                value=str(problem.caps[str(code)]),
            )
    in_view = sites["dwellings_in_view"].sum()
    ceiling = problem.most_dwellings_in_view
    if ceiling is not None and in_view > ceiling:
        yield Problem(
            f"The required sites have {in_view} dwellings in view, more than the ceiling.",
            "Raise the ceiling or require fewer sites.",
            column="most_dwellings_in_view",
            value=str(ceiling),
        )
    pairs = _near(sites, problem.spacing_m).tocoo()
    for one, other in zip(pairs.row, pairs.col, strict=True):
        if one < other:
            yield Problem(
                "Two required sites stand nearer to each other than the spacing.",
                f"Require one of the two, or lower the spacing of {problem.spacing_m:g} m.",
                column="site",
                value=f"{sites.index[one]}, {sites.index[other]}",
            )
