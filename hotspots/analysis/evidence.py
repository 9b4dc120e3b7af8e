"""From layers of evidence to hotspot polygons that say what they are.

A hotspot must be significant without its stacked locations: a police station that hundreds of
incidents are booked on is shown as what it is, and cannot hide a real hotspot beside it nor make
one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.clusters import (
    PLACE_M,
    Clusters,
    find_clusters,
    gather,
    least_incidents,
    stacked,
)
from hotspots.analysis.density import (
    EdgeCorrection,
    Kernel,
    adaptive_density,
    kernel_density,
)
from hotspots.analysis.figures import nights
from hotspots.analysis.firmness import grades
from hotspots.analysis.grid import Floats, Grid, Ints, bin_points
from hotspots.analysis.hotspot_table import hotspot_table
from hotspots.analysis.moran import local_moran
from hotspots.analysis.polygons import Area, hearts_m2, hot_areas, stack_areas
from hotspots.analysis.significance import gi_star, second_round
from hotspots.analysis.support import support


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How hotspots are found.

    Parameters
    ----------
    bandwidth_m
        Bandwidth of the kernel density.
    kernel
        Kernel of the density.
    adaptive
        Whether the bandwidth is narrower where incidents lie closer together.
    edge_correction
        Whether the density makes up for what lies beyond the study area.
    radius_m
        Radius of the neighbourhood that is tested.
    alpha
        Share of false discoveries allowed among hot cells.
    clusters
        Whether clusters are looked for.
    cluster_reach_m
        Reach of a cluster.
    support_draws
        Resamples of the months for the support of a hotspot; 0 for none.
    seed
        Seed of the resamples.
    min_area_m2
        Smallest hotspot.
    min_incidents
        Fewer incidents than this make no hotspot: significant cells around a few incidents borrow
        their significance from elsewhere.
    few_incidents
        Fewer incidents than this: a remark beside the polygon.
    """

    bandwidth_m: float = 300.0
    kernel: Kernel = "quartic"
    adaptive: bool = False
    edge_correction: EdgeCorrection = "none"
    radius_m: float = 150.0
    alpha: float = 0.05
    clusters: bool = False
    cluster_reach_m: float = 100.0
    support_draws: int = 0
    seed: int = 0
    min_area_m2: float = 5_000.0
    min_incidents: int = 10
    few_incidents: int = 25


@dataclass(frozen=True)
class Evidence:
    """The layers of one theme and the polygons made of them.

    Parameters
    ----------
    cells
        Per study cell, indexed by cell number: `count` (all incidents), `density_per_km2`, and
        the columns of :func:`~hotspots.analysis.significance.gi_star_twice` for the incidents
        that are not on a stacked location, with their number as `tested_count`; `quadrant` of
        :func:`~hotspots.analysis.moran.local_moran`, ``none`` where it is not significant.
    clusters
        Clusters of all incidents; None when they were not asked for.
    hotspots
        One row per polygon; see :func:`hotspot_evidence`.
    hotspot_cells
        Cell numbers of each polygon, in the order of `hotspots`.
    hotspot_of
        Row in `hotspots` of each incident, in the order they were given; -1 for none.
    n_outside
        Incidents in no study cell: in the density where their kernel reaches, nowhere else.
    n_stacked
        Incidents on stacked locations.
    """

    cells: pd.DataFrame
    clusters: Clusters | None
    hotspots: gpd.GeoDataFrame
    hotspot_cells: list[Ints]
    hotspot_of: Ints
    n_outside: int
    n_stacked: int


def hotspot_evidence(
    incidents: pd.DataFrame,
    *,
    theme: str,
    period: tuple[str, str],
    grid: Grid,
    study_area: BaseGeometry,
    crs: str,
    settings: Settings,
    scan_circles: gpd.GeoDataFrame | None = None,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> Evidence:
    """Find the hotspots of one theme, and say of each what speaks for and against it.

    Parameters
    ----------
    incidents
        `x` and `y` in metres, `month` (``YYYY-MM``), `occurred_at` (local time without zone,
        missing where unknown) and `initiator` (`citizen`, `police`, `unknown`).
    theme
        Theme of all of them.
    period
        First and last month (``YYYY-MM``) that the incidents were taken from.
    grid
        Cells; see :func:`~hotspots.analysis.grid.make_grid`.
    study_area
        Polygon that hotspots are cut to.
    crs
        Coordinate reference system of all coordinates.
    settings
        How hotspots are found.
    scan_circles
        Polygons that a scan found significant, in `crs`; None when there was no scan.
    progress
        Called with the resamples done and their number.

    Returns
    -------
    Evidence
        `hotspots` with the columns of :func:`~hotspots.analysis.hotspot_table.hotspot_table`,
        `support` (see :func:`~hotspots.analysis.support.support`; missing where not asked for or
        not tested) and `grade` (see :func:`~hotspots.analysis.firmness.grades`).

    Raises
    ------
    PolicyRefused
        When the neighbourhood does not suit the cells.
    """
    x, y = (incidents[axis].to_numpy(np.float64) for axis in ("x", "y"))
    binned = bin_points(grid, x, y)
    here = binned.cell >= 0
    rows = _rows(incidents[here], x[here], y[here], binned.cell[here])
    tested = rows[~rows["on_stack"]]
    cells = _layers(grid, x, y, tested["cell"].to_numpy(np.int64), settings)
    cells.insert(0, "count", binned.counts[grid.inside])
    clusters = _clusters(rows, grid, crs, settings) if settings.clusters else None
    areas = _areas(rows, cells, grid, study_area, settings)
    found = hotspot_table(
        areas,
        _seen(rows, clusters, scan_circles),
        cells,
        theme=theme,
        period=period,
        study_area_km2=grid.area_km2,
        crs=crs,
        min_incidents=settings.min_incidents,
        few_incidents=settings.few_incidents,
    )
    kept = [areas[number] for number in found.area]
    supported = found.table.assign(support=_support(kept, tested, grid, settings, progress))
    hotspot_of = np.full(len(incidents), -1, dtype=np.int64)
    hotspot_of[here] = found.row_of
    return Evidence(
        cells,
        clusters,
        supported.assign(grade=grades(supported)),
        [area.cells for area in kept],
        hotspot_of,
        binned.n_outside,
        int(rows["on_stack"].sum()),
    )


def _rows(incidents: pd.DataFrame, x: Floats, y: Floats, cell: Ints) -> pd.DataFrame:
    """Return what is used of the incidents in study cells, with their location."""
    locations = gather(x, y, size_m=PLACE_M)
    return pd.DataFrame(
        {
            "x": x,
            "y": y,
            "cell": cell,
            "place": locations.place,
            "on_stack": stacked(locations.count)[locations.place],
            "month": incidents["month"].to_numpy(),
            "night": nights(incidents["occurred_at"]),
            "initiator": incidents["initiator"].to_numpy(),
        }
    )


def _layers(grid: Grid, x: Floats, y: Floats, tested: Ints, settings: Settings) -> pd.DataFrame:
    """Return density of all points and significance of the tested ones, per study cell."""
    counts = np.bincount(tested, minlength=grid.inside.size).reshape(grid.shape).astype(np.int64)
    test = partial(gi_star, cell_size_m=grid.cell_size_m, radius_m=settings.radius_m)
    first = test(counts, grid.inside)
    found = second_round(first, counts, grid.inside, test, alpha=settings.alpha)
    cells = found.rename(columns={"count": "tested_count"})
    estimate = adaptive_density if settings.adaptive else kernel_density
    density = estimate(
        grid,
        x,
        y,
        bandwidth_m=settings.bandwidth_m,
        kernel=settings.kernel,
        edge_correction=settings.edge_correction,
    )
    cells.insert(0, "density_per_km2", density[grid.inside])
    moran = local_moran(first)
    return cells.assign(
        quadrant=moran["quadrant"].where(moran["q_value"] <= settings.alpha, "none")
    )


def _areas(
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    grid: Grid,
    study_area: BaseGeometry,
    settings: Settings,
) -> list[Area]:
    """Return the areas of significant cells, and those of the stacks that none of them holds."""
    hot = cells.index[cells["q_hot"] <= settings.alpha].to_numpy(np.int64)
    areas = hot_areas(
        grid,
        hot,
        study_area,
        largest_hole_m2=hearts_m2(settings.radius_m),
        min_area_m2=settings.min_area_m2,
    )
    on_stack = rows[rows["on_stack"]]
    return areas + stack_areas(on_stack, areas, study_area, width_m=grid.cell_size_m)


def _clusters(rows: pd.DataFrame, grid: Grid, crs: str, settings: Settings) -> Clusters:
    reach_m = settings.cluster_reach_m
    return find_clusters(
        rows["x"].to_numpy(np.float64),
        rows["y"].to_numpy(np.float64),
        reach_m=reach_m,
        min_incidents=least_incidents(len(rows), area_km2=grid.area_km2, reach_m=reach_m),
        crs=crs,
    )


def _seen(
    rows: pd.DataFrame, clusters: Clusters | None, circles: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Add to the incidents which of the methods that were run hold them."""
    held = {}
    if clusters is not None:
        held["clusters"] = clusters.cluster >= 0
    if circles is not None:
        union = shapely.union_all(circles.geometry.to_numpy())
        shapely.prepare(union)
        held["scan"] = shapely.intersects_xy(union, rows["x"].to_numpy(), rows["y"].to_numpy())
    return rows.assign(**held)


def _support(
    areas: list[Area],
    tested: pd.DataFrame,
    grid: Grid,
    settings: Settings,
    progress: Callable[[int, int], None],
) -> Floats:
    """Return the support of each area, missing where none was asked for or it is not tested."""
    shares = np.full(len(areas), np.nan)
    if settings.support_draws:
        which = [number for number, area in enumerate(areas) if area.tested]
        shares[which] = support(
            tested,
            [areas[number].cells for number in which],
            grid,
            radius_m=settings.radius_m,
            alpha=settings.alpha,
            draws=settings.support_draws,
            seed=settings.seed,
            progress=progress,
        )
    return shares
