"""The cameras that stay: fixed ones, those of the stadium, and those that must be refused."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import Floats, Ints
from data.duinstad.sight import sees
from data.duinstad.sites import coordinates

FIXED = {
    "station": 14,
    "nightlife": 30,
    "shopping_street": 24,
    "coffee_shops": 6,
    "drug_scene": 3,
    "boulevard": 8,
    "mall": 21,
}
"""Fixed cameras per kind of place, shared out evenly over its places."""
STADIUM = 30
REFUSED = {"kenteken": 4, "ANPR": 3, "milieuzone": 5, "trajectcontrole": 2, "deurbel": 2}
"""Cameras that serve another purpose, or are a citizen's own."""
COLUMNS = (
    "camera",
    "klasse",
    "type",
    "begin",
    "einde",
    "uitkijk_van",
    "uitkijk_tot",
    "richting",
)

FIXED_APART_M = (35.0, 20.0, 0.0)
"""Fixed cameras stand closer where there are few poles."""
REACH_M = 110.0
"""How far from a place a camera that watches it may stand."""
CLEAR_OF_SQUARE_M = 160.0
VIEW_DEG = {"ptz": 360.0, "sector": 90.0}
"""What a type can turn round."""


def place_point(city: City, part: str) -> Floats:
    """Return where the place lies that plays a part."""
    place = city.canvas.places.iloc[city.canvas.plantings.cast[part]]
    return place[["x", "y"]].to_numpy(dtype=np.float64)


def away_m(points: Floats, point: Floats) -> Floats:
    """Return the distance of (n, 2) points to one point."""
    return np.asarray(np.hypot(*(points - point).T))


def month_start(rng: np.random.Generator, first: str, last: str) -> str:
    """Return the first day of a month between two months."""
    months = np.arange(first, last, dtype="datetime64[M]")
    return f"{rng.choice(months)}-01"


def bearing_deg(here: Floats, there: Floats) -> Floats:
    """Return the bearings from points to others, clockwise from north."""
    east, north = (there - here).T
    return np.asarray(np.round(np.degrees(np.arctan2(east, north))) % 360)


# ---------------------------------------------------------------- fixed and stadium
def fixed_cameras(city: City, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the fixed cameras: at the station, shops and nightlife, never near the square.

    Parameters
    ----------
    city
        The whole city.
    sites
        The sound candidate sites: a camera hangs on one of them.

    Returns
    -------
        One row per camera with the delivered columns, ``x`` and ``y``.
    """
    rng = stream(city.seed, "fixed cameras")
    points = coordinates(sites)
    square = place_point(city, "camera_square")
    goal = np.array(city.canvas.plantings.displaced_to)
    free = (away_m(points, square) > CLEAR_OF_SQUARE_M) & (away_m(points, goal) > REACH_M)
    places = city.canvas.places.drop(index=city.canvas.plantings.cast["camera_square"])
    rows = []
    for kind, count in FIXED.items():
        middles = places.loc[places["kind"] == kind, ["x", "y"]].to_numpy()
        for middle in middles:
            near = np.flatnonzero(free & (away_m(points, middle) < REACH_M))
            chosen = _spaced(points, rng.permutation(near), count // len(middles))
            free[chosen] = False
            kinds = rng.choice(list(VIEW_DEG), len(chosen), p=(0.6, 0.4))
            began = [month_start(rng, "2008-01", "2019-01") for _ in chosen]
            bearing = np.where(kinds == "sector", bearing_deg(points[chosen], middle), np.nan)
            rows.append(placements("vast", points[chosen], kinds, began, bearing))
    table = pd.concat(rows, ignore_index=True)
    return table.assign(camera=[f"V{n:03d}" for n in range(1, len(table) + 1)])


def _spaced(points: Floats, order: Ints, count: int) -> Ints:
    """Return the first sites of an order that keep their distance, closer where it must be."""
    chosen: list[int] = []
    for apart_m in FIXED_APART_M:
        for site in order:
            if len(chosen) == count:
                return np.array(chosen)
            if site not in chosen and (
                not chosen or away_m(points[chosen], points[site]).min() >= apart_m
            ):
                chosen.append(int(site))
    return np.array(chosen[:count])


def placements(
    kind: str,
    points: Floats,
    types: str | NDArray[np.str_],
    began: Sequence[str | None],
    bearing: Floats | Sequence[float],
) -> pd.DataFrame:
    """Return rows of cameras that stand since a day, watched from that day on."""
    return pd.DataFrame(
        {
            "klasse": kind,
            "type": types,
            "begin": began,
            "einde": None,
            "uitkijk_van": began,
            "uitkijk_tot": None,
            "richting": bearing,
            "x": points[:, 0],
            "y": points[:, 1],
        }
    )


def stadium_cameras(city: City) -> pd.DataFrame:
    """Return the cameras of the stadium: in a ring, looking inwards, watched on match days."""
    rng = stream(city.seed, "stadium cameras")
    places = city.canvas.places
    middle = places.loc[places["kind"] == "stadium", ["x", "y"]].to_numpy()[0]
    angle = (np.arange(STADIUM) + rng.uniform(-0.2, 0.2, STADIUM)) * 2 * np.pi / STADIUM
    radius_m = np.where(np.arange(STADIUM) % 2 == 0, 95.0, 130.0)
    ring = middle + radius_m[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    points = np.round(ring, 1)
    began = [f"{2011 if number < 20 else 2017}-08-01" for number in range(STADIUM)]
    table = placements("stadion", points, "sector", began, bearing_deg(points, middle))
    return table.assign(camera=[f"S{n:02d}" for n in range(1, STADIUM + 1)])


def refused_cameras(city: City, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows that must be refused: they serve another purpose or are a citizen's own."""
    rng = stream(city.seed, "refused cameras")
    points = coordinates(sites)[rng.choice(len(sites), sum(REFUSED.values()), replace=False)]
    began = [month_start(rng, "2018-01", "2025-01") for _ in points]
    table = placements("", points, "sector", began, np.full(len(points), np.nan))
    return table.assign(
        klasse=np.repeat(list(REFUSED), list(REFUSED.values())),
        camera=[f"X{n:02d}" for n in range(1, len(points) + 1)],
    )


def watched(city: City, sites: gpd.GeoDataFrame, spots: Floats, houses: gpd.GeoDataFrame) -> Floats:
    """Tell which spots a fixed camera looks at."""
    fixed = fixed_cameras(city, sites)
    points = fixed[["x", "y"]].to_numpy()
    pairs = sees(points, spots, houses).tocoo()
    camera, spot = pairs.coords
    turn = bearing_deg(points[camera], spots[spot]) - fixed["richting"].to_numpy()[camera]
    off_deg = np.abs((turn + 180) % 360 - 180)
    half_deg = fixed["type"].map(VIEW_DEG).to_numpy()[camera] / 2
    watched = np.zeros(len(spots), dtype=bool)
    watched[spot[np.isnan(off_deg) | (off_deg <= half_deg)]] = True
    return watched
