"""What a camera would see, reckoned simply: straight lines in plan that no building crosses.

Made apart from the software's own sight lines, so that what is planted does not lean on them.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from data.duinstad.dirt import LAST_DELIVERED_DAY
from data.duinstad.geography import Flags, Floats, Ints

RANGE_M = 100.0
CROWDED_TIMES, CROWDED_LEAST = 10, 10
"""On so many times the incidents of a usual spot, and no fewer, points count as stacked."""
THEME_WEIGHT = {
    "assault": 1.0,
    "threat": 1.0,
    "street_robbery": 1.0,
    "vandalism": 0.5,
    "drugs_nuisance": 0.5,
    "nightlife_nuisance": 0.5,
    "youth_nuisance": 0.5,
    "alcohol_nuisance": 0.5,
}
"""What an incident in the street counts for where cameras are planned."""
UNTIL = str(np.datetime64(LAST_DELIVERED_DAY, "M"))
"""The first month that is not complete."""


def demand_at_spots(incidents: pd.DataFrame, since: str, until: str) -> tuple[Floats, Floats]:
    """Return where a camera would have something to see in a period, and how much.

    Parameters
    ----------
    incidents
        Clean incidents of the city.
    since, until
        First month, and the month before which the period ends, such as ``"2023-12"``.

    Returns
    -------
        (n, 2) distinct coordinates in metres, and the weighted incidents a year at each.
    """
    rows = _off_crowded_spots(incidents[incidents["stream"].isin(list(THEME_WEIGHT))])
    rows = rows[(rows["begin"] >= since) & (rows["begin"] < until)]
    rows = rows.assign(weight=rows["stream"].map(THEME_WEIGHT))
    years = (np.datetime64(until, "M") - np.datetime64(since, "M")).astype(int) / 12
    sums = rows.groupby(["x", "y"], sort=True)["weight"].sum() / years
    return sums.index.to_frame().to_numpy(), sums.to_numpy()


def _off_crowded_spots(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out spots that hold so many incidents of a kind that they pass for stacked points.

    Whether they do is for the software to judge; nothing planted leans on them.
    """
    here = rows.groupby(["stream", "x", "y"])["begin"].transform("size")
    most = here.groupby(rows["stream"]).transform(_most_on_a_spot)
    return rows[here <= most]


def _most_on_a_spot(here: pd.Series) -> int:
    """Return the largest count, per incident that of its spot, that is no stack beside the rest."""
    rising = np.sort(here.to_numpy())
    while len(rising):
        others = rising[: -rising[-1]]
        usual = others[(len(others) - 1) // 2] if len(others) else 0
        if rising[-1] < max(CROWDED_LEAST, CROWDED_TIMES * usual):
            return int(rising[-1])
        rising = others
    return 0


def sees(sites: Floats, spots: Floats, houses: gpd.GeoDataFrame) -> csr_array:
    """Tell which sites see which spots.

    Parameters
    ----------
    sites, spots
        (n, 2) and (m, 2) coordinates in metres.
    houses
        The buildings.

    Returns
    -------
        (n, m) with 1 where a spot lies in range and no building stands between.
    """
    near = cKDTree(sites).query_ball_tree(cKDTree(spots), RANGE_M)
    site = np.repeat(np.arange(len(sites)), [len(found) for found in near])
    spot = np.array([position for found in near for position in sorted(found)], dtype=np.int64)
    lines = np.asarray(shapely.linestrings(np.stack([sites[site], spots[spot]], axis=1)))
    free = np.ones(len(site), dtype=bool)
    free[houses.sindex.query(lines, predicate="intersects")[0]] = False
    shape = (len(sites), len(spots))
    return csr_array((np.ones(free.sum()), (site[free], spot[free])), shape=shape)


def indoors(points: Floats, houses: gpd.GeoDataFrame) -> Flags:
    """Tell which of (n, 2) points lie in a building."""
    inside = np.zeros(len(points), dtype=bool)
    inside[houses.sindex.query(shapely.points(points), predicate="intersects")[0]] = True
    return inside


def best_sites(
    seen: csr_array, weight: Floats, sites: Floats, *, count: int, apart_m: float
) -> tuple[Ints, Floats]:
    """Choose sites one by one, each for what it adds to those before it.

    Parameters
    ----------
    seen
        (n, m) which site sees which spot.
    weight
        (m,) what a spot counts for.
    sites
        (n, 2) coordinates in metres.
    count
        How many are chosen.
    apart_m
        Least distance between two of them.

    Returns
    -------
        The positions of the sites in the order in which they are chosen, and what each adds.
    """
    left, free = weight.copy(), np.ones(len(sites), dtype=bool)
    chosen, added = np.zeros(count, dtype=np.int64), np.zeros(count)
    for number in range(count):
        adds = np.where(free, seen @ left, -1.0)
        best = int(np.argmax(adds))
        chosen[number], added[number] = best, adds[best]
        left[seen[[best]].indices] = 0.0
        free &= np.hypot(*(sites - sites[best]).T) >= apart_m
    return chosen, added
