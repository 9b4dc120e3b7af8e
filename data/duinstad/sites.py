"""Where a camera could hang: the poles and façades that the municipality has looked at."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.dirt import OTHER_PROVINCE_SHIFT_M
from data.duinstad.geography import CRS, Floats, locate
from data.duinstad.sight import indoors
from data.duinstad.surroundings import DENSE_KINDS, lively_points, poles

NEAR_M = 120.0
UNPOWERED_SHARE = 0.6
"""Of the poles near lively places: those with power by day are listed all, others so often."""
ELSEWHERE_SHARE = 0.05
"""Of the poles in the rest of the dense part."""
FACADES = 280
FACADE_KINDS = (
    "station",
    "shopping_street",
    "nightlife",
    "coffee_shops",
    "drug_scene",
    "boulevard",
)
FACADE_NEAR_M = 90.0
FACADE_HEIGHT_M = 5.0
LOWEST_HOUSE_M = 6.0
ARM_M = 1.0
"""A camera hangs on an arm, so that it sees along the wall."""
POWER_UNKNOWN_SHARE = 0.25
"""Of the façades."""
POWERED, UNPOWERED = "dag en nacht", "alleen nacht"
INSIDE_M = 3.0
DIRT = {
    "duplicate_id": 6,
    "inside_a_wall": 2,
    "outside_municipality": 1,
    "azimuth_out_of_range": 1,
}
"""Rows that are wrong: three codes twice; one inside a wall is told by the buildings alone."""
BESIDE_M = 0.7
"""How far a wrong pole stands from a sound one."""
NO_BEARING_DEG = 412.0


def coordinates(frame: gpd.GeoDataFrame) -> Floats:
    """Return (n, 2) coordinates of points, NaN where there is none."""
    return np.column_stack([frame.geometry.x, frame.geometry.y])


def candidate_sites(city: City, houses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites, the wrong rows among them last.

    Parameters
    ----------
    city
        The whole city.
    houses
        Its buildings.

    Returns
    -------
        Points with ``paal``, ``soort`` (``lichtmast``, ``gevel``), ``hoogte_m``, ``richting``
        (of a façade, outward, degrees clockwise from north), ``stroom`` (empty where nobody
        knows) and ``dirt``, the kind of trouble, which is not delivered.
    """
    rng = stream(city.seed, "sites")
    sound = pd.concat(
        [_poles(city, houses, rng), _facades(city, houses, rng)], ignore_index=True
    ).assign(dirt="")
    table = pd.concat([sound, _wrong(sound, houses, rng)], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def _poles(city: City, houses: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the poles near lively places, and some of the rest of the dense part."""
    every = poles(city)
    points = coordinates(every)
    near = cKDTree(lively_points(city)).query(points)[0] < NEAR_M
    ground = city.canvas.ground
    dense = np.append(ground.buurten["kind"].isin(DENSE_KINDS).to_numpy(dtype=bool), False)
    powered = (every["stroom"] == POWERED).to_numpy()
    share = np.where(
        near,
        np.where(powered, 1.0, UNPOWERED_SHARE),
        np.where(dense[locate(points, ground.buurten.geometry)], ELSEWHERE_SHARE, 0.0),
    )
    listed = np.flatnonzero(rng.random(len(every)) < share)
    listed = listed[~indoors(points[listed], houses)]
    return pd.DataFrame(every.iloc[listed]).assign(richting=np.nan)


def _facades(city: City, houses: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return façades in the streets where people go out, with the bearing they look in."""
    ring = shapely.get_coordinates(houses.geometry.to_numpy()).reshape(-1, 5, 2)
    front, back = ring[:, :2].mean(axis=1), ring[:, 2:4].mean(axis=1)
    places = city.canvas.places
    busy = places.loc[places["kind"].isin(FACADE_KINDS), ["x", "y"]].to_numpy()
    near = cKDTree(busy).query(front)[0] < FACADE_NEAR_M
    fit = np.flatnonzero(near & (houses["hoogte_m"] >= LOWEST_HOUSE_M).to_numpy())
    chosen = np.sort(rng.choice(fit, FACADES, replace=False))
    outward = front[chosen] - back[chosen]
    outward /= np.hypot(*outward.T)[:, None]
    bearing = np.round(np.degrees(np.arctan2(outward[:, 0], outward[:, 1]))) % 360
    unknown = rng.random(FACADES) < POWER_UNKNOWN_SHARE
    return pd.DataFrame(
        {
            "paal": [f"G{n:05d}" for n in range(1, FACADES + 1)],
            "soort": "gevel",
            "hoogte_m": FACADE_HEIGHT_M,
            "stroom": np.where(unknown, "", POWERED),
            "geometry": shapely.points(np.round(front[chosen] + ARM_M * outward, 1)),
            "richting": bearing,
        }
    )


def _wrong(sound: pd.DataFrame, houses: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the rows that are wrong, made beside sound ones or from a wall."""
    kinds = np.repeat(list(DIRT), list(DIRT.values()))
    number = np.arange(len(kinds))
    pole = np.flatnonzero(sound["soort"] == "lichtmast")
    rows = sound.iloc[rng.choice(pole, len(kinds), replace=False)].reset_index(drop=True)
    ring = shapely.get_coordinates(houses.geometry.to_numpy()).reshape(-1, 5, 2)
    wall = rng.choice(len(ring), len(kinds), replace=False)
    front, back = ring[wall, :2].mean(axis=1), ring[wall, 2:4].mean(axis=1)
    deep = front + INSIDE_M * (back - front) / np.hypot(*(back - front).T)[:, None]
    where = shapely.get_coordinates(rows["geometry"].to_numpy()) + BESIDE_M
    where[kinds == "inside_a_wall"] = deep[kinds == "inside_a_wall"]
    where[kinds == "outside_municipality"] += OTHER_PROVINCE_SHIFT_M
    twice = np.where(kinds == "duplicate_id", number // 2, number)
    return rows.assign(
        paal=[f"P9{n + 1:05d}" for n in twice],
        richting=np.where(kinds == "azimuth_out_of_range", NO_BEARING_DEG, rows["richting"]),
        geometry=np.asarray(shapely.points(np.round(where, 1))),
        dirt=kinds,
    )


def site_ledger(sites: gpd.GeoDataFrame) -> dict[str, object]:
    """Count the rows of the sites, and name those that are wrong by kind."""
    wrong = sites.groupby("dirt")["paal"].unique()
    return {
        "file": "palen.gpkg",
        "rows": len(sites),
        **{kind: sorted(wrong[kind]) for kind in DIRT},
    }
