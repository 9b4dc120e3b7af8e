"""From layers of evidence to hotspot polygons that say what they are.

A hotspot must be significant without its stacked locations: a police station that hundreds of
incidents are booked on is shown as what it is, and cannot hide a real hotspot beside it nor make
one.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.clusters import (
    PLACE_M,
    STACK_SHARE,
    Clusters,
    find_clusters,
    gather,
    least_incidents,
    stacked,
)
from hotspots.analysis.density import Kernel, kernel_density
from hotspots.analysis.grid import Floats, Grid, Ints, bin_points
from hotspots.analysis.polygons import Area, hot_areas, stack_areas
from hotspots.analysis.significance import gi_star

Kind = Literal["hotspot", "one_night", "stack"]
"""A hotspot; an area hot on one night of the year; an area that is mostly one location."""

Remark = Literal["significant", "stack", "stack_inside", "one_night", "few_incidents"]
"""Reason code: what a sentence about a polygon must say."""

METHODS = ("gi_star", "density", "clusters")
"""The methods that can point at a polygon, in the order in which they are listed."""
TOP_DENSITY_SHARE = 0.05
"""Density points at a polygon that touches this densest share of the study cells."""
NIGHT_SHARE = 0.5
"""From this share of its incidents in one night of the year, an area is hot on that night."""

_COLUMNS = {
    "hotspot_id": "str",
    "theme": "str",
    "kind": "str",
    "count": "int64",
    "stacked_count": "int64",
    "area_km2": "float64",
    "share": "float64",
    "times_city_mean": "float64",
    "gi_star_z": "float64",
    "p_value": "float64",
    "q_value": "float64",
    "methods": "str",
    "agreement": "int64",
    "stack_share": "float64",
    "one_night_share": "float64",
    "one_night": "str",
    "months_with_incidents": "int64",
    "first_month": "str",
    "last_month": "str",
    "remarks": "str",
}
_NIGHT_BEGINS, _NIGHT_ENDS = 18, 6


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How hotspots are found.

    Parameters
    ----------
    bandwidth_m
        Bandwidth of the kernel density.
    kernel
        Kernel of the density.
    radius_m
        Radius of the neighbourhood that is tested.
    alpha
        Share of false discoveries allowed among hot cells.
    cluster_reach_m
        Reach of a cluster.
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
    radius_m: float = 150.0
    alpha: float = 0.05
    cluster_reach_m: float = 100.0
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
        the columns of :func:`~hotspots.analysis.significance.gi_star` for the incidents that are
        not on a stacked location, with their number as `tested_count`; `p_hot`, `mid_p_hot` and
        `q_hot` of cells that are not hot at first are those of a second round without the ones
        that are.
    clusters
        Clusters of all incidents.
    hotspots
        One row per polygon; see :func:`hotspot_evidence`.
    n_outside
        Incidents in no study cell: in the density where their kernel reaches, nowhere else.
    n_stacked
        Incidents on stacked locations.
    """

    cells: pd.DataFrame
    clusters: Clusters
    hotspots: gpd.GeoDataFrame
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
) -> Evidence:
    """Find the hotspots of one theme, and say of each what speaks for and against it.

    Parameters
    ----------
    incidents
        `x` and `y` in metres, `month` (``YYYY-MM``) and `occurred_at` (local time without zone,
        missing where unknown).
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

    Returns
    -------
    Evidence
        `hotspots` is ordered by count, then from west to east and from south to north, with
        `hotspot_id` (theme and order), `theme`, `kind` (:data:`Kind`, judged without stacked
        locations), `count`, `stacked_count` (on stacked locations), `area_km2`, `share` (of the
        theme's incidents in study cells), `times_city_mean` (its incidents per km2 over those of
        the study area), `gi_star_z` (highest), `p_value` and `q_value` (smallest; missing for a
        stacked location, which is not tested), `methods` (those of :data:`METHODS` that point
        here), `agreement` (their number), `stack_share` (largest share on one location),
        `one_night_share` (largest share in one night of the year, 18:00 to 06:00, over all
        years; missing where the time of most is unknown), `one_night` (that night's evening,
        ``MM-DD``), `months_with_incidents`, `first_month`, `last_month`, `remarks`
        (:data:`Remark` codes joined by spaces) and `geometry`.

    Raises
    ------
    PolicyRefused
        When the neighbourhood does not suit the cells.
    """
    x, y = (incidents[axis].to_numpy(np.float64) for axis in ("x", "y"))
    binned = bin_points(grid, x, y)
    here = binned.cell >= 0
    locations = gather(x[here], y[here], size_m=PLACE_M)
    on_stack = stacked(locations.count)[locations.place]
    clusters = find_clusters(
        x[here],
        y[here],
        reach_m=settings.cluster_reach_m,
        min_incidents=least_incidents(
            int(here.sum()), area_km2=grid.area_km2, reach_m=settings.cluster_reach_m
        ),
        crs=crs,
    )
    cells = _layers(grid, x, y, binned.cell[here][~on_stack], settings)
    cells.insert(0, "count", binned.counts[grid.inside])
    rows = pd.DataFrame(
        {
            "x": x[here],
            "y": y[here],
            "cell": binned.cell[here],
            "place": locations.place,
            "on_stack": on_stack,
            "cluster": clusters.cluster,
            "month": incidents["month"].to_numpy()[here],
            "night": _nights(incidents["occurred_at"])[here],
        }
    )
    areas = hot_areas(
        grid,
        cells.index[cells["q_hot"] <= settings.alpha].to_numpy(np.int64),
        study_area,
        min_area_m2=settings.min_area_m2,
    )
    areas += stack_areas(rows[on_stack], areas, study_area, width_m=grid.cell_size_m)
    figures = _figures_of(areas, rows, cells, settings)
    hotspots = _in_order(
        figures,
        theme=theme,
        period=period,
        n_incidents=len(rows),
        area_km2=grid.area_km2,
        crs=crs,
    )
    return Evidence(cells, clusters, hotspots, binned.n_outside, int(on_stack.sum()))


def _layers(grid: Grid, x: Floats, y: Floats, tested: Ints, settings: Settings) -> pd.DataFrame:
    """Return density of all points and significance of the tested ones, per study cell."""
    counts = np.bincount(tested, minlength=grid.inside.size).reshape(grid.shape).astype(np.int64)
    cells = _unmasked(grid, counts, settings).rename(columns={"count": "tested_count"})
    density = kernel_density(grid, x, y, bandwidth_m=settings.bandwidth_m, kernel=settings.kernel)
    cells.insert(0, "density_per_km2", density[grid.inside])
    return cells


def _unmasked(grid: Grid, counts: Ints, settings: Settings) -> pd.DataFrame:
    """Test every cell, and those that are not hot once more without the cells that are.

    The test deals out the counts of all other cells, those of the great hotspots too, so that
    many hot places together hide a lesser one that stands out from everything else. The second
    round sets the hot cells aside. Where nothing is hot there is no second round: the chance of
    a false alarm in a city without hotspots stays what it was.
    """
    test = partial(gi_star, cell_size_m=grid.cell_size_m, radius_m=settings.radius_m)
    cells = test(counts, grid.inside)
    hot = cells.index[cells["q_hot"] <= settings.alpha]
    if not len(hot):
        return cells
    rest = grid.inside.copy()
    rest.ravel()[hot] = False
    again = test(np.where(rest, counts, 0), rest)
    columns = ["p_hot", "mid_p_hot", "q_hot"]
    cells.loc[again.index, columns] = again[columns]
    return cells


def _nights(occurred_at: pd.Series) -> npt.NDArray[np.object_]:
    """Return the evening (``MM-DD``) of the night of each moment, "" by day, None if unknown."""
    evening = pd.to_datetime(occurred_at) - pd.Timedelta(hours=_NIGHT_ENDS)
    by_night = evening.dt.hour >= _NIGHT_BEGINS - _NIGHT_ENDS
    named = evening.dt.strftime("%m-%d").where(by_night, "")
    return named.astype(object).where(occurred_at.notna(), None).to_numpy(dtype=object)


def _figures_of(
    areas: list[Area], rows: pd.DataFrame, cells: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Return the figures of every area that holds an incident.

    Whole locations are looked up, not incidents; one on a shared border is the first area's.
    """
    where = rows.groupby("place")[["x", "y"]].mean()
    tree = shapely.STRtree(np.asarray(shapely.points(where.to_numpy()), dtype=object))
    outlines = np.array([area.geometry for area in areas], dtype=object)
    area, place = tree.query(outlines, predicate="intersects")
    order = np.lexsort([area, place])
    place, first = np.unique(place[order], return_index=True)
    area_of = pd.Series(area[order][first], index=where.index[place])
    held = rows.groupby(rows["place"].map(area_of))
    dense_from = float(cells["density_per_km2"].quantile(1 - TOP_DENSITY_SHARE))
    return pd.DataFrame(
        [
            _figures(
                areas[int(number)],
                inside,
                cells.loc[areas[int(number)].cells],
                dense_from,
                settings,
            )
            for number, inside in held
            if len(inside) >= settings.min_incidents
        ]
    )


def _figures(
    area: Area, held: pd.DataFrame, own: pd.DataFrame, dense_from: float, settings: Settings
) -> dict[str, object]:
    """Return what is known of one area; `own` are its cells."""
    night_share, night = _one_night(held)
    stack_share = _stack_share(held)
    points_here = {
        "gi_star": area.tested,
        "density": bool(own["density_per_km2"].max() >= dense_from),
        "clusters": bool((held["cluster"] >= 0).mean() >= 0.5),
    }
    remarks: dict[Remark, bool] = {
        "significant": area.tested,
        "stack": stack_share >= STACK_SHARE,
        "stack_inside": stack_share < STACK_SHARE and bool(held["on_stack"].any()),
        "one_night": night_share >= NIGHT_SHARE,
        "few_incidents": len(held) < settings.few_incidents,
    }
    return {
        "kind": _kind(held[~held["on_stack"]]) if area.tested else "stack",
        "count": len(held),
        "stacked_count": int(held["on_stack"].sum()),
        "area_km2": float(shapely.area(area.geometry)) / 1e6,
        "gi_star_z": own["gi_star_z"].max() if area.tested else np.nan,
        "p_value": own["p_hot"].min() if area.tested else np.nan,
        "q_value": own["q_hot"].min() if area.tested else np.nan,
        "methods": " ".join(name for name in METHODS if points_here[name]),
        "agreement": sum(points_here.values()),
        "stack_share": stack_share,
        "one_night_share": night_share,
        "one_night": night,
        "months_with_incidents": held["month"].nunique(),
        "remarks": " ".join(code for code in get_args(Remark) if remarks[code]),
        "geometry": area.geometry,
    }


def _kind(tested: pd.DataFrame) -> Kind:
    """Name a significant area for what it is, by the incidents that made it so."""
    if not len(tested) or _stack_share(tested) >= STACK_SHARE:
        return "stack"
    return "one_night" if _one_night(tested)[0] >= NIGHT_SHARE else "hotspot"


def _stack_share(held: pd.DataFrame) -> float:
    """Return the largest share on one location."""
    return float(held["place"].value_counts(normalize=True).max()) if len(held) else 0.0


def _one_night(held: pd.DataFrame) -> tuple[float, str | None]:
    """Return the largest share in one night of the year and its evening, as far as known."""
    known = held["night"].dropna()
    if len(known) < 0.5 * len(held) or not len(known):
        return np.nan, None
    nights = known[known != ""].value_counts().sort_index()
    if not len(nights):
        return 0.0, None
    return float(nights.max() / len(known)), str(nights.idxmax())


def _in_order(
    figures: pd.DataFrame,
    *,
    theme: str,
    period: tuple[str, str],
    n_incidents: int,
    area_km2: float,
    crs: str,
) -> gpd.GeoDataFrame:
    """Return the table of hotspots, also when there is none.

    Neighbours of many incidents can be significant without holding more than their part: an area
    no denser than the study area is no hotspot.
    """
    table = figures.reindex(columns=[*_COLUMNS, "geometry"])
    table["share"] = table["count"] / n_incidents
    table["times_city_mean"] = table["share"] / table["area_km2"] * area_km2
    table = table[table["times_city_mean"] > 1].reset_index(drop=True)
    middle = shapely.get_coordinates(shapely.centroid(table["geometry"].to_numpy())).round()
    table = table.iloc[np.lexsort([middle[:, 1], middle[:, 0], -table["count"].to_numpy(float)])]
    table["hotspot_id"] = [f"{theme}-{number:03d}" for number in range(1, len(table) + 1)]
    table["theme"], (table["first_month"], table["last_month"]) = theme, period
    return gpd.GeoDataFrame(
        table.astype(_COLUMNS).reset_index(drop=True), geometry="geometry", crs=crs
    )
