"""Maximal covering as a mixed-integer programme, for what search and relaxation leave open."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack, triu, vstack

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.covering import Covering

_OPTIMAL, _INFEASIBLE = 0, 2
"""Codes of `scipy.optimize.milp`."""


@dataclass(frozen=True)
class Solved:
    """What the solver found and proved.

    Parameters
    ----------
    chosen
        Positions of the sites; None when no plan is worth more than asked, or a limit came
        before one.
    bound
        No plan is worth more; infinite when a limit came before a bound.
    stopped
        Whether the solver ended without a proof, at a limit as a rule.
    """

    chosen: Ints | None
    bound: float
    stopped: bool


def solve(
    problem: Covering, *, beyond: float, gap: float, time_limit_s: float, node_limit: int
) -> Solved:
    """Find a plan worth more than another with HiGHS, or prove that there is none.

    Parameters
    ----------
    problem
        The problem.
    beyond
        What a plan must be worth. That it is a constraint lets the solver end as soon as no
        plan can be: without one it would prove its own, lesser, plan.
    gap
        Relative gap at which the solver may stop.
    time_limit_s, node_limit
        Limits of the solver.

    References
    ----------
    Church and ReVelle (1974); Hogan and ReVelle (1986) for backup; Huangfu and Hall (2018).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n_sites = len(problem.cost)
    seconds = np.flatnonzero(problem.second > 0)
    worth = np.concatenate([-problem.cost, problem.first, problem.second[seconds]])
    matrix, most = _constraints(problem, seconds)
    matrix = vstack([matrix, csr_array(-worth[None, :])]).tocsr()
    most = np.append(most, -beyond)
    lowest = np.zeros(len(worth))
    lowest[:n_sites] = problem.required
    result = milp(
        -worth,
        # Sites only: with them whole, first and second cameras are whole at the optimum.
        integrality=(np.arange(len(worth)) < n_sites).astype(int),
        bounds=Bounds(lowest, np.ones(len(worth))),
        constraints=LinearConstraint(matrix, ub=most),
        options={"mip_rel_gap": gap, "time_limit": time_limit_s, "node_limit": node_limit},
    )
    if result.status == _INFEASIBLE:
        return Solved(None, beyond, stopped=False)
    bound = np.inf if result.mip_dual_bound is None else -result.mip_dual_bound
    chosen = None if result.x is None else np.flatnonzero(result.x[:n_sites] > 0.5)
    return Solved(chosen, bound, stopped=result.status != _OPTIMAL)


def _constraints(problem: Covering, seconds: Ints) -> tuple[csr_array, Floats]:
    """Return the rows and their upper limits: cover, budget, caps, dwellings, spacing."""
    n_sites, n_groups = problem.covers.shape
    camera = diags_array(np.ones(n_groups)).tocsr()
    cover = hstack([-problem.covers.T, camera, camera[:, seconds]])
    area = csr_array(
        (np.ones(n_sites), (problem.area, np.arange(n_sites))), shape=(len(problem.cap), n_sites)
    )
    budget = csr_array(np.ones((1, n_sites)))
    rows, most = [budget, area], [np.array([problem.budget]), problem.cap]
    if np.isfinite(problem.most_views):
        rows.append(csr_array(problem.views[None, :]))
        most.append(np.array([problem.most_views]))
    apart = _cliques(problem.near)
    rows.append(apart)
    most.append(np.ones(apart.shape[0]))
    on_sites = vstack(rows).tocsr()
    on_sites.resize((on_sites.shape[0], cover.shape[1]))
    limits = np.concatenate([np.zeros(n_groups), *most]).astype(np.float64)
    return vstack([cover, on_sites]).tocsr(), limits


def _cliques(near: csr_array) -> csr_array:
    """Gather sites of which any two exclude each other, so that every such pair is in a row."""
    neighbours = [
        set(near.indices[start:end].tolist())
        for start, end in zip(near.indptr[:-1], near.indptr[1:], strict=True)
    ]
    pairs = triu(near).tocoo()
    done: set[tuple[int, int]] = set()
    cliques: list[list[int]] = []
    for one, other in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if (one, other) in done:
            continue
        clique = [one, other]
        common = neighbours[one] & neighbours[other]
        while common:
            site = min(common)
            clique.append(site)
            common &= neighbours[site]
        clique.sort()
        done.update((a, b) for place, a in enumerate(clique) for b in clique[place + 1 :])
        cliques.append(clique)
    sites = [site for clique in cliques for site in clique]
    row = np.repeat(np.arange(len(cliques)), [len(clique) for clique in cliques])
    shape = (len(cliques), near.shape[0])
    return csr_array((np.ones(len(sites)), (row, sites)), shape=shape)
