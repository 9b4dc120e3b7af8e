"""What a set of sites is worth, what each adds to the others, and whether the limits allow it."""

import numpy as np
from scipy.sparse import csr_array

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.siting import Siting


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


def one_more(problem: Siting, cameras: Ints) -> Floats:
    """Return what one camera more on each demand point adds.

    Parameters
    ----------
    problem
        The siting problem.
    cameras
        Cameras on every demand point.
    """
    share = np.select([cameras == 0, cameras == 1], [1.0, problem.backup_weight], 0.0)
    return np.asarray(problem.demand * share, dtype=np.float64)


def moving_costs(problem: Siting) -> Floats:
    """Return what each site costs: nothing where a camera stands already.

    Parameters
    ----------
    problem
        The siting problem.
    """
    return np.where(problem.sites["current"].to_numpy(dtype=np.bool_), 0.0, problem.moving_cost)


def objective_of(problem: Siting, chosen: Ints) -> float:
    """Return what a plan adds to the fixed cameras, less what moving costs.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan.
    """
    gained = worth(problem, cameras_on(problem, chosen)) - worth(
        problem, cameras_on(problem, chosen[:0])
    )
    return gained - float(moving_costs(problem)[chosen].sum())


def demand_added(problem: Siting, chosen: Ints) -> Floats:
    """Return what the objective of a plan loses without each of its sites.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan.
    """
    seen = csr_array(problem.covers[chosen] != 0, dtype=np.float64)
    # On every point that it sees, each of them is the last of so many cameras.
    last = one_more(problem, cameras_on(problem, chosen) - 1)
    return np.asarray(seen @ last - moving_costs(problem)[chosen], dtype=np.float64)


def by_rank(problem: Siting, chosen: Ints) -> Ints:
    """Order the sites of a plan by what each adds to those before it.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of the plan; of two that add as much the first comes first.
    """
    seen = csr_array(problem.covers[chosen] != 0, dtype=np.float64)
    cameras, cost = cameras_on(problem, chosen[:0]), moving_costs(problem)[chosen]
    left = np.ones(len(chosen), dtype=np.bool_)
    order: list[int] = []
    for _ in chosen:
        gain = np.where(left, seen @ one_more(problem, cameras) - cost, -np.inf)
        order.append(int(np.argmax(gain)))
        left[order[-1]] = False
        cameras[seen.indices[seen.indptr[order[-1]] : seen.indptr[order[-1] + 1]]] += 1
    return chosen[order]


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
