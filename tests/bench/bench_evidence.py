"""Hotspot evidence against open libraries that do the same job, on the same planted points."""

import warnings
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sklearn.neighbors import KernelDensity

from hotspots.analysis.clusters import find_clusters
from hotspots.analysis.density import kernel_density
from hotspots.analysis.grid import (
    Floats,
    Grid,
    bin_points,
    cell_polygons,
    coverage,
    make_grid,
)
from hotspots.analysis.significance import gi_star
from tests.bench import Case

SEED = 20_260_101
N_POINTS = 200_000
CELL_M, RADIUS_M, BANDWIDTH_M = 100.0, 300.0, 300.0
PART_OF_PERMUTATIONS = 9_999
"""For all 99,999 esda takes minutes, a permutation as long as any other."""
POINTS = f"{N_POINTS:,} points, 12,000 cells"


def points(n: int, *, width_m: float, height_m: float) -> tuple[Floats, Floats]:
    """Return points, half of them round 200 centres of different weight."""
    rng = np.random.default_rng(SEED)
    side = np.array([width_m, height_m])
    centres, weight = rng.random((200, 2)) * side, rng.gamma(0.5, 1, 200)
    chosen = centres[rng.choice(200, n // 2, p=weight / weight.sum())]
    near = (chosen + rng.normal(0, 150, (n // 2, 2))) % side
    x, y = np.vstack([near, rng.random((n - n // 2, 2)) * side]).T
    return x, y


def town(cell_size_m: float = CELL_M) -> Grid:
    """Return 12 by 10 km of study cells."""
    return make_grid(shapely.box(0, 0, 12_000, 10_000), cell_size_m=cell_size_m)


def esda_gi_star(grid: Grid, x: Floats, y: Floats, *, permutations: int, keep: bool = False) -> Any:
    """Return esda's Gi* with folded p and the false-discovery threshold, weights included."""
    from esda import fdr
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    counts = bin_points(grid, x, y).counts[grid.inside].astype(float)
    row, column = np.nonzero(grid.inside)
    centres = gpd.GeoSeries(shapely.points(column, row))
    weights = Graph.build_distance_band(centres, RADIUS_M / CELL_M + 1e-6, binary=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = G_Local(
            counts,
            weights,
            transform="B",
            star=True,
            permutations=permutations,
            keep_simulations=keep,
            seed=SEED,
        )
        return found, fdr(found.p_sim, 0.05)


def our_gi_star(grid: Grid, x: Floats, y: Floats) -> Any:
    """Return Gi* with exact p and q, binning included."""
    counts = bin_points(grid, x, y).counts
    return gi_star(counts, grid.inside, cell_size_m=CELL_M, radius_m=RADIUS_M)


def gi_star_agrees(grid: Grid, x: Floats, y: Floats) -> bool:
    """Tell whether z is esda's, and esda's folded p ours within its Monte Carlo error.

    Compiled, esda breaks ties by the last digit of its floats: its permutations are counted.
    """
    ours = our_gi_star(grid, x, y)
    oracle, _ = esda_gi_star(grid, x, y, permutations=999, keep=True)
    larger = (oracle.sim >= oracle.Gs - 1e-12).mean(axis=0)
    folded = np.minimum(ours["p_hot"], 1 - ours["p_hot"])
    error = np.sqrt(folded * (1 - folded) / 999)
    near = np.abs(np.minimum(larger, 1 - larger) - folded) <= 5 * error + 3 / 999
    return bool(near.all()) and np.allclose(ours["gi_star_z"], oracle.Zs, rtol=1e-9, atol=1e-9)


def quartic_agrees(grid: Grid, x: Floats, y: Floats) -> bool:
    """Tell whether the density is that of the plain sum, to 1e-9."""
    ours = kernel_density(grid, x, y, bandwidth_m=BANDWIDTH_M)
    return np.allclose(ours, brute_force_quartic(grid, x, y), rtol=1e-9, atol=1e-9)


def brute_force_quartic(grid: Grid, x: Floats, y: Floats) -> Floats:
    """Return the quartic density, every cell with every point, a row of cells at a time."""
    at_x, at_y = grid.centres()
    across = ((at_x[:, None] - x) / BANDWIDTH_M) ** 2
    rows = []
    for centre in at_y:
        left = 1 - ((centre - y) / BANDWIDTH_M) ** 2
        near = np.flatnonzero(left > 0)
        height = np.maximum(left[near] - across[:, near], 0)
        rows.append((height * height).sum(axis=1) * 3e6 / (np.pi * BANDWIDTH_M**2))
    return np.array(rows)


def sklearn_density(grid: Grid, x: Floats, y: Floats) -> Any:
    """Return scikit-learn's density with a kernel of the same finite reach."""
    at = np.column_stack([side.ravel() for side in np.meshgrid(*grid.centres())])
    model = KernelDensity(bandwidth=BANDWIDTH_M, kernel="epanechnikov", rtol=1e-9)
    return model.fit(np.column_stack([x, y])).score_samples(at)


def cut_every_cell(area: shapely.Polygon, grid: Grid) -> Any:
    """Return the share of each cell inside an area by cutting it."""
    boxes = cell_polygons(grid, np.arange(grid.inside.size))
    return shapely.area(shapely.intersection(boxes, area))


def cases() -> list[Case]:
    """Return what is timed."""
    grid = town()
    x, y = points(N_POINTS, width_m=12_000, height_m=10_000)
    coast = shapely.Point(6_000, 5_000).buffer(4_900, quad_segs=500)
    over_coast = make_grid(coast, cell_size_m=50)
    return [
        Case(
            "gi* with p and q",
            partial(our_gi_star, grid, x, y),
            partial(esda_gi_star, grid, x, y, permutations=999),
            "esda, 999 permutations",
            POINTS,
            agrees=partial(gi_star_agrees, grid, x, y),
        ),
        Case(
            "gi* with p and q, smallest p",
            partial(our_gi_star, grid, x, y),
            partial(esda_gi_star, grid, x, y, permutations=PART_OF_PERMUTATIONS),
            "esda, 99,999 permutations",
            POINTS,
            other_once=True,
            other_times=100_000 // (PART_OF_PERMUTATIONS + 1),
        ),
        Case(
            "quartic density",
            partial(kernel_density, grid, x, y, bandwidth_m=BANDWIDTH_M),
            partial(brute_force_quartic, grid, x, y),
            "numpy, every pair near a row",
            POINTS,
            agrees=partial(quartic_agrees, grid, x, y),
        ),
        Case(
            "density, any finite kernel",
            partial(kernel_density, grid, x, y, bandwidth_m=BANDWIDTH_M),
            partial(sklearn_density, grid, x, y),
            "scikit-learn, Epanechnikov",
            POINTS,
        ),
        Case(
            "gaussian density",
            partial(kernel_density, grid, x, y, bandwidth_m=BANDWIDTH_M, kernel="gaussian"),
            scale=POINTS,
        ),
        Case(
            "share of each cell inside",
            partial(
                coverage,
                coast,
                origin=over_coast.origin,
                cell_size_m=over_coast.cell_size_m,
                shape=over_coast.shape,
            ),
            partial(cut_every_cell, coast, over_coast),
            "shapely, every cell cut",
            f"{over_coast.inside.size:,} cells",
        ),
        Case(
            "clusters",
            partial(find_clusters, x, y, reach_m=100, min_incidents=200, crs=None),
            scale=POINTS,
        ),
    ]
