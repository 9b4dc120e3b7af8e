"""Dwellings: a quarter of a million address points, in rows along the streets."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from data.duinstad.chance import stream
from data.duinstad.geography import Floats, Ground, Ints, locate
from data.duinstad.plan import TINY_AREA_DWELLINGS, TOTAL_DWELLINGS, wijken
from data.duinstad.streets import points_along

PLOT_WIDTH_M = 6.0
FRONT_M = 8.0
"""From the middle of the street to the front door."""
DEPTH_M = 11.0
CORNER_M = 14.0
CORNER_CLASH_M = 9.0
"""Two plots of different streets overlap when their middles lie this close."""
STOREY_STEP_M = 0.4
"""How far the address points of one staircase lie apart: they are distinct, as in the registry."""


def dwellings_per_buurt(rng: np.random.Generator) -> Ints:
    """Return how many dwellings each buurt has; together exactly the total of the city."""
    planned: list[float] = []
    exact: list[bool] = []
    for _, wijk in wijken():
        shares = rng.dirichlet(np.full(len(wijk.buurten), 14.0))
        planned += [wijk.dwellings * share for share in shares]
        exact += [wijk.dwellings == TINY_AREA_DWELLINGS] * len(shares)
    target, tiny = np.array(planned), np.array(exact)
    scale = (TOTAL_DWELLINGS - target[tiny].sum()) / target[~tiny].sum()
    counts = np.where(tiny, np.round(target), np.floor(target * scale)).astype(np.int64)
    counts[np.argmax(counts)] += TOTAL_DWELLINGS - counts.sum()
    return counts


def make_plots(streets: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Lay building plots along both sides of the streets that lie inside a buurt.

    Parameters
    ----------
    streets, ground
        The street network and the areas of the city.

    Returns
    -------
        One row per plot, neighbours together: ``x``, ``y`` of the front door in metres,
        ``street``, ``side``, ``along_m``, the outward direction ``out_x``, ``out_y``, and
        ``buurt`` as position.
    """
    local = np.flatnonzero(streets["buurt"].to_numpy() >= 0)
    lines = streets.geometry.to_numpy()[local]
    points, owner, distance = points_along(lines, PLOT_WIDTH_M)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], distance + 1.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], distance - 1.0))
    along = ahead - behind
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    outward = np.stack([-along[:, 1], along[:, 0]], axis=1)
    sides = [_side(points, outward, local[owner], distance, side) for side in (1, -1)]
    plots = pd.concat(sides, ignore_index=True)
    length = shapely.length(streets.geometry.to_numpy())[plots["street"]]
    plots = plots[(plots["along_m"] > CORNER_M) & (plots["along_m"] < length - CORNER_M)]
    return _free(plots, points, streets["buurt"].to_numpy(), ground)


def _side(
    points: Floats, outward: Floats, street: Ints, along_m: Floats, side: int
) -> pd.DataFrame:
    front = points + side * FRONT_M * outward
    return pd.DataFrame(
        {
            "x": np.round(front[:, 0], 1),
            "y": np.round(front[:, 1], 1),
            "out_x": side * outward[:, 0],
            "out_y": side * outward[:, 1],
            "street": street,
            "side": side,
            "along_m": along_m,
        }
    )


def _free(plots: pd.DataFrame, roadway: Floats, buurt_of: Ints, ground: Ground) -> pd.DataFrame:
    """Keep the plots on their own buurt's land, back included, and on no other street."""
    plots = plots.assign(buurt=buurt_of[plots["street"]])
    plots = plots.sort_values(["buurt", "street", "side", "along_m"])
    plots = plots.drop_duplicates(["x", "y"]).reset_index(drop=True)
    front = plots[["x", "y"]].to_numpy()
    back = front + DEPTH_M * plots[["out_x", "out_y"]].to_numpy()
    streets = cKDTree(roadway)
    free = np.ones(len(plots), dtype=bool)
    for points in (front, back):
        distance, _ = streets.query(points, distance_upper_bound=FRONT_M)
        free &= distance > FRONT_M - 1.5
    land = _land(ground)
    own = plots["buurt"].to_numpy()
    for buurt, area in enumerate(land):
        rows = np.flatnonzero(own == buurt)
        shapely.prepare(area)
        for points in (front[rows], back[rows]):
            free[rows] &= shapely.contains_xy(area, points[:, 0], points[:, 1])
    return _without_corners(plots.iloc[np.flatnonzero(free)]).reset_index(drop=True)


def _without_corners(plots: pd.DataFrame) -> pd.DataFrame:
    """Drop the plots of one street that lie over those of another, laid out before it."""
    middle = plots[["x", "y"]].to_numpy() + DEPTH_M / 2 * plots[["out_x", "out_y"]].to_numpy()
    street = plots["street"].to_numpy()
    one, other = cKDTree(middle).query_pairs(CORNER_CLASH_M, output_type="ndarray").T
    clash = street[one] != street[other]
    later = np.where(street[one] > street[other], one, other)[clash]
    return plots.iloc[np.setdiff1d(np.arange(len(plots)), later)]


def _land(ground: Ground) -> list[BaseGeometry]:
    """Return where may be built: each buurt without its parks and basins."""
    land: list[BaseGeometry] = ground.buurten.geometry.tolist()
    for block in ground.blocks:
        if block.use != "streets":
            land[block.buurt] = land[block.buurt].difference(ground.lay_down(block))
    return land


def make_addresses(plots: pd.DataFrame, ground: Ground, seed: int) -> pd.DataFrame:
    """Build every dwelling of the city.

    Parameters
    ----------
    plots
        The plots of ``make_plots``.
    ground
        The areas of the city.
    seed
        Seed of the city.

    Returns
    -------
        One row per dwelling, a plot's dwellings together: ``x``, ``y`` in metres, ``plot``,
        ``street``, ``side``, ``along_m``, the outward direction ``out_x``, ``out_y``, and
        ``buurt`` and ``service_area`` as positions.
    """
    rng = stream(seed, "addresses")
    wanted = dwellings_per_buurt(rng)
    available = np.bincount(plots["buurt"], minlength=len(wanted))
    first = np.cumsum(available) - available
    storeys = np.zeros(len(plots), dtype=np.int64)
    for buurt, count in enumerate(wanted):
        row = slice(first[buurt], first[buurt] + available[buurt])
        storeys[row] = _share_out(int(count), int(available[buurt]), rng)
    homes = plots.rename_axis("plot").reset_index()
    homes = homes.loc[homes.index.repeat(storeys)].reset_index(drop=True)
    step = homes.groupby("plot").cumcount().to_numpy() * STOREY_STEP_M
    homes["x"] = np.round(homes["x"] + homes["out_x"] * step, 1)
    homes["y"] = np.round(homes["y"] + homes["out_y"] * step, 1)
    service_area = locate(homes[["x", "y"]].to_numpy(), ground.service_areas.geometry)
    return _off_the_border(homes.assign(service_area=service_area), ground)


def _off_the_border(homes: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Shift the few dwellings exactly on a border of service areas by a decimetre."""
    on_border = (homes["service_area"] < 0).to_numpy()
    homes.loc[on_border, "x"] = np.round(homes.loc[on_border, "x"] + 0.1, 1)
    points = homes.loc[on_border, ["x", "y"]].to_numpy()
    homes.loc[on_border, "service_area"] = locate(points, ground.service_areas.geometry)
    return homes


def _share_out(count: int, plots: int, rng: np.random.Generator) -> Ints:
    """Return how many dwellings stand on each plot: as even as can be, the rest by chance."""
    shared = np.full(plots, count // plots, dtype=np.int64)
    shared[rng.choice(plots, count % plots, replace=False)] += 1
    return shared
