"""Siting at the size of a city: 5,000 candidates, 20,000 weighted points, 22 cameras."""

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from hotspots.analysis.grid import Floats
from hotspots.planning.siting import Plan, Siting, plan_sites
from tests.bench import Case

SEED = 4
"""Of four seeds, the one on which the crowded town took the solver longest."""

BUDGET = 22
SEEN_PER_SITE = 36
RANGE_M = 100.0
Demand = Literal["spread", "clustered", "crowded"]
BEST_KNOWN: dict[Demand, float] = {"spread": 1518.846, "clustered": 2335.851, "crowded": 2742.360}
"""Worth of the best plans of the three large towns, proven to 0% (spread) and 0.05%."""

NEAR = 0.995


def town(n_sites: int, n_points: int, *, demand: Demand, seed: int = SEED) -> Siting:
    """Return candidates that see 36 points each on average, within one range.

    ``spread``: points and candidates anywhere. ``clustered``: forty centres of demand, candidates
    drawn next to demand points. ``crowded``, the adversarial one: twelve narrow centres, so that
    many candidates overlap and many plans are almost as good.
    """
    rng = np.random.default_rng(seed)
    side_m = RANGE_M * np.sqrt(np.pi * n_points / SEEN_PER_SITE)
    if demand == "spread":
        points = rng.uniform(0, side_m, (n_points, 2))
        sites = rng.uniform(0, side_m, (n_sites, 2))
        seen = KDTree(points).query_ball_point(sites, RANGE_M)
    else:
        n_centres, spread_m = (40, side_m / 25) if demand == "clustered" else (12, side_m / 60)
        centre = rng.uniform(0, side_m, (n_centres, 2))
        of = rng.choice(n_centres, n_points, p=rng.dirichlet(np.ones(n_centres)))
        points = centre[of] + rng.normal(0, spread_m, (n_points, 2))
        sites = points[rng.choice(n_points, n_sites)] + rng.normal(0, 30, (n_sites, 2))
        tree = KDTree(points)
        seen = tree.query_ball_point(sites, range_for(tree, sites))
    covers = _matrix(seen, n_points)
    return Siting(_frame(sites), covers, rng.gamma(0.5, 2.0, n_points))


def range_for(tree: KDTree, sites: Floats) -> float:
    """Return the range at which a site sees 36 points on average."""
    low, high = 1.0, 2 * RANGE_M
    for _ in range(30):
        middle = (low + high) / 2
        mean = tree.query_ball_point(sites, middle, return_length=True).mean()
        low, high = (middle, high) if mean < SEEN_PER_SITE else (low, middle)
    return high


def _matrix(seen: list[list[int]], n_points: int) -> csr_array:
    """Return the coverage of lists of points."""
    ends = np.cumsum([0, *map(len, seen)])
    columns = np.concatenate(list(seen)).astype(np.int64)
    return csr_array((np.ones(len(columns)), columns, ends), shape=(len(seen), n_points))


def _frame(sites: Floats) -> pd.DataFrame:
    """Return the candidates without any limit."""
    return pd.DataFrame(
        {
            "x": sites[:, 0],
            "y": sites[:, 1],
            "area": "town",
            "dwellings_in_view": 0,
            "current": False,
            "required": False,
            "forbidden": False,
        },
        index=pd.RangeIndex(len(sites), name="site"),
    )


def limited(plain: Siting, *, spacing_m: float = 60.0) -> Siting:
    """Return a town with every limit: caps, ceiling, spacing, backup, and the cost of moving."""
    rng = np.random.default_rng(SEED)
    square = (plain.sites[["x", "y"]] // 500).astype(int).astype(str)
    area = square["x"] + "/" + square["y"]
    # The sites that see most also have most dwellings in view.
    views = rng.poisson(20, len(area)) + np.diff(plain.covers.indptr) // 4
    current = np.isin(np.arange(len(area)), rng.choice(len(area), BUDGET, replace=False))
    sites = plain.sites.assign(area=area, dwellings_in_view=views, current=current)
    return Siting(
        sites,
        plain.covers,
        plain.demand,
        backup_weight=0.3,
        caps=dict.fromkeys(area, 3),
        spacing_m=spacing_m,
        most_dwellings_in_view=25 * BUDGET,
        moving_cost=2.0,
    )


def proven(problem: Siting, *, gap: float, best_known: float = 0.0) -> Plan:
    """Return a plan; one that is less good, or less proven, than it must be is not timed."""
    plan = plan_sites(problem, budget=BUDGET, seed=1, gap=gap, time_limit_s=600.0)
    if plan.stopped or plan.gap > gap or plan.objective < NEAR * best_known:
        raise RuntimeError(f"worth {plan.objective:.3f}, proven to {plan.gap:.2%}")
    return plan


def cases() -> list[Case]:
    """Return what is timed; the proof is part of it."""
    kinds: tuple[Demand, ...] = ("spread", "clustered", "crowded")
    large = {kind: town(5_000, 20_000, demand=kind) for kind in kinds}
    scale = f"5,000 x 20,000, p = {BUDGET}"
    return [
        *(
            Case(
                f"siting, {kind}",
                partial(proven, problem, gap=0.01, best_known=BEST_KNOWN[kind]),
                scale=f"{scale}, gap 1%",
            )
            for kind, problem in large.items()
        ),
        Case(
            "siting, clustered, every limit",
            partial(proven, limited(large["clustered"]), gap=0.01),
            scale=f"{scale}, gap 1%",
        ),
        *(
            Case(
                f"siting, {kind}, proven best",
                partial(proven, town(1_000, 5_000, demand=kind), gap=0.0),
                scale=f"1,000 x 5,000, p = {BUDGET}",
            )
            for kind in kinds
        ),
    ]
