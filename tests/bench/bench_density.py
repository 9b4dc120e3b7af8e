"""Adaptive density, bandwidth selectors and the risk surface on planted points."""

from functools import partial

import numpy as np

from hotspots.analysis.bandwidth import CrossValidation, cross_validation
from hotspots.analysis.density import Kernel, adaptive_density, local_bandwidths
from hotspots.analysis.grid import Floats, Grid
from hotspots.analysis.risk import Points, risk_surface
from tests.bench import Case
from tests.bench.bench_evidence import (
    BANDWIDTH_M,
    N_POINTS,
    POINTS,
    SEED,
    brute_force_quartic,
    points,
    town,
)

N_ADDRESSES = 250_000
N_BURGLARIES = 20_000


def brute_force_adaptive(grid: Grid, x: Floats, y: Floats) -> Floats:
    """Return the adaptive density, every cell with every point near its row, same bandwidths."""
    local_m = local_bandwidths(grid, x, y, bandwidth_m=BANDWIDTH_M)
    weight = 3e6 / (np.pi * local_m**2)
    at_x, at_y = grid.centres()
    rows = []
    for centre in at_y:
        left = 1 - ((centre - y) / local_m) ** 2
        near = np.flatnonzero(left > 0)
        across = ((at_x[:, None] - x[near]) / local_m[near]) ** 2
        height = np.maximum(left[near] - across, 0)
        rows.append(np.square(height) @ weight[near])
    return np.array(rows)


def brute_force_risk(grid: Grid, incidents: Points, dwellings: Points) -> Floats:
    """Return incidents over dwellings, both from every pair near a row."""
    near = brute_force_quartic(grid, *dwellings)
    return brute_force_quartic(grid, *incidents) / np.where(near > 0, near, np.nan)


def cases() -> list[Case]:
    """Return what is timed."""
    grid = town()
    x, y = points(N_POINTS, width_m=12_000, height_m=10_000)
    dwellings = points(N_ADDRESSES, width_m=12_000, height_m=10_000)
    burgled = np.random.default_rng(SEED).choice(N_ADDRESSES, N_BURGLARIES)
    incidents = dwellings[0][burgled], dwellings[1][burgled]
    rules: list[tuple[CrossValidation, Kernel]] = [
        ("likelihood", "quartic"),
        ("likelihood", "gaussian"),
        ("least-squares", "quartic"),
        ("least-squares", "gaussian"),
    ]
    return [
        Case(
            "adaptive density",
            partial(adaptive_density, grid, x, y, bandwidth_m=BANDWIDTH_M),
            partial(brute_force_adaptive, grid, x, y),
            "numpy, every pair near a row",
            POINTS,
        ),
        Case(
            "risk surface",
            partial(
                risk_surface,
                grid,
                incidents,
                dwellings,
                np.ones(N_ADDRESSES),
                bandwidth_m=BANDWIDTH_M,
                years=3,
            ),
            partial(brute_force_risk, grid, incidents, dwellings),
            "numpy, every pair near a row",
            f"{N_ADDRESSES:,} dwellings, {N_BURGLARIES:,} incidents",
        ),
        *(
            Case(
                f"bandwidth by {rule}, {kernel}",
                partial(cross_validation, x, y, rule=rule, kernel=kernel),
                scale=f"{N_POINTS:,} points, 10 candidates",
            )
            for rule, kernel in rules
        ),
    ]
