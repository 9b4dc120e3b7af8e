"""Coffee shops in two concentrations, secondary schools, and the two of them that lie too near."""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import CRS, Floats

SHOPS = 36
TOGETHER = (11, 8)
"""Coffee shops in each concentration."""
TOGETHER_M = 75.0
APART_M = 260.0
"""Every other coffee shop lies farther than this from the next."""
SCHOOLS = 30
DISTANCE_M = 250.0
TOO_NEAR_M = (120.0, 230.0)
"""How far the two that break the rule lie from their school."""
CLEAR_M = 290.0
"""All others lie farther than this from any school, as the crow flies."""


@dataclass(frozen=True)
class Shops:
    """Points with a ``code``; ``too_near`` and ``together`` are what a check should find."""

    shops: gpd.GeoDataFrame
    schools: gpd.GeoDataFrame
    too_near: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]


def make_shops(city: City) -> Shops:
    """Lay coffee shops and schools down on spots in the street.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        Both, and what is planted in them.
    """
    rng = stream(city.seed, "coffee shops")
    spots = city.canvas.spots[["x", "y"]].to_numpy(np.float64)
    places = city.canvas.places
    middles = places.loc[places["kind"] == "coffee_shops", ["x", "y"]].to_numpy(np.float64)
    chosen: list[Floats] = []
    for middle, number in zip(middles, TOGETHER, strict=True):
        near = spots[_away(spots, middle) < TOGETHER_M]
        chosen += list(near[rng.choice(len(near), number, replace=False)])
    while len(chosen) < SHOPS:
        spot = spots[rng.integers(len(spots))]
        if min(_away(np.array(chosen), spot)) > APART_M:
            chosen.append(spot)
    at = np.array(chosen)
    schools: list[Floats] = []
    for shop in at[-2:]:
        far = _away(at[:, None], spots[None]).min(axis=0)
        fits = (far > TOO_NEAR_M[0]) & (_away(spots, shop) < TOO_NEAR_M[1])
        others = np.delete(at, np.flatnonzero((at == shop).all(axis=1)), axis=0)
        fits &= _away(others[:, None], spots[None]).min(axis=0) > CLEAR_M
        near = spots[fits]
        schools.append(near[rng.integers(len(near))])
    while len(schools) < SCHOOLS:
        spot = spots[rng.integers(len(spots))]
        if min(_away(at, spot)) > CLEAR_M:
            schools.append(spot)
    names = [f"CS{number:02d}" for number in range(1, SHOPS + 1)]
    ends = np.cumsum((0, *TOGETHER))
    return Shops(
        _points(names, at),
        _points([f"VO{number:02d}" for number in range(1, SCHOOLS + 1)], np.array(schools)),
        tuple(names[-2:]),
        tuple(tuple(names[a:b]) for a, b in pairwise(ends.tolist())),
    )


def _away(points: Floats, point: Floats) -> Floats:
    difference = points - point
    return np.asarray(np.hypot(difference[..., 0], difference[..., 1]))


def _points(codes: list[str], at: Floats) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        pd.DataFrame({"code": codes}), geometry=gpd.points_from_xy(*at.T), crs=CRS
    )
