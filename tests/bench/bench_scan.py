"""The scan statistic and Local Moran on the cells and points of the evidence benchmark."""

import warnings
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from hotspots.analysis.grid import Floats, Grid, Ints, bin_points
from hotspots.analysis.moran import local_moran
from hotspots.analysis.scan import scan
from hotspots.analysis.significance import gi_star
from tests.bench import Case
from tests.bench.bench_evidence import CELL_M, N_POINTS, RADIUS_M, SEED, points, town

N_CASES, REPLICATIONS, PERMUTATIONS = 5_000, 999, 99
RADII_M = [CELL_M * step for step in range(1, 11)]


def dwellings(grid: Grid) -> Ints:
    """Return uneven numbers of dwellings, none in one cell of ten."""
    rng = np.random.default_rng(SEED)
    homes = rng.poisson(rng.gamma(1.5, 15, grid.shape)) * (rng.random(grid.shape) > 0.1)
    return homes.astype(np.int64)


def our_scan(grid: Grid, x: Floats, y: Floats, homes: Ints) -> Any:
    """Return the clusters of cases, binning included."""
    counts = bin_points(grid, x, y).counts
    return scan(counts, homes, grid, radii_m=RADII_M, replications=REPLICATIONS, seed=SEED)


def our_local_moran(grid: Grid, x: Floats, y: Floats) -> Any:
    """Return Local Moran with exact p and q, binning and Gi* included."""
    counts = bin_points(grid, x, y).counts
    return local_moran(gi_star(counts, grid.inside, cell_size_m=CELL_M, radius_m=RADIUS_M))


def esda_local_moran(grid: Grid, x: Floats, y: Floats) -> Any:
    """Return esda's Local Moran with folded p, weights included."""
    from esda.moran import Moran_Local
    from libpysal.graph import Graph

    counts = bin_points(grid, x, y).counts[grid.inside].astype(float)
    row, column = np.nonzero(grid.inside)
    centres = gpd.GeoSeries(shapely.points(column, row))
    weights = Graph.build_distance_band(centres, RADIUS_M / CELL_M + 1e-6, binary=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Moran_Local(
            counts,
            weights,
            transformation="B",
            permutations=PERMUTATIONS,
            keep_simulations=False,
            seed=SEED,
        )


def cases() -> list[Case]:
    """Return what is timed."""
    grid = town()
    x, y = points(N_POINTS, width_m=12_000, height_m=10_000)
    few_x, few_y = points(N_CASES, width_m=12_000, height_m=10_000)
    return [
        Case(
            "scan with clusters",
            partial(our_scan, grid, few_x, few_y, dwellings(grid)),
            scale=f"{N_CASES:,} cases, 12,000 cells, 10 radii, {REPLICATIONS} replications",
        ),
        Case(
            "local moran with p and q",
            partial(our_local_moran, grid, x, y),
            partial(esda_local_moran, grid, x, y),
            f"esda, {PERMUTATIONS} permutations",
            f"{N_POINTS:,} points, 12,000 cells",
        ),
    ]
