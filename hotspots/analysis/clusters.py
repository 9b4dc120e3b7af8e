"""Places that hold many incidents, and clusters of places; never of raw points.

Clusters are found by DBSCAN weighted by incidents. HDBSCAN, which needs no reach, takes no
weights: to it a place with 600 incidents is as small as a place with one.
"""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.grid import Bools, Floats, Ints

PLACE_M = 1.0
"""Incidents that round to the same whole metres are on one location."""
STACK_SHARE = 0.5
"""From this share of its incidents on one location, an area is mostly that location."""
STACK_INCIDENTS = 10
"""A location with fewer incidents is never stacked."""
STACK_TIMES = 10
"""A stacked location holds this many times what the location of a typical incident holds."""
CLUSTER_INCIDENTS = 10
"""Fewest incidents within reach of each other that make a cluster."""
CLUSTER_TIMES = 5
"""A cluster is at least this many times as dense as the study area on average."""

_MICRO_CELLS_PER_REACH = 4


@dataclass(frozen=True)
class Places:
    """Incidents gathered by place.

    Parameters
    ----------
    x, y
        Mean coordinates of the incidents of each place, in metres.
    count
        Incidents per place.
    place
        Number of the place of each incident.
    """

    x: Floats
    y: Floats
    count: Ints
    place: Ints


@dataclass(frozen=True)
class Clusters:
    """Clusters of incidents.

    Parameters
    ----------
    table
        One row per cluster, most incidents first; see :func:`find_clusters`.
    cluster
        Row of the cluster of each incident; -1 for none.
    """

    table: gpd.GeoDataFrame
    cluster: Ints


def gather(x: Floats, y: Floats, *, size_m: float) -> Places:
    """Gather incidents whose coordinates round to the same multiples of a size.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    size_m
        Width of a place.

    Returns
    -------
    Places
        Ordered from south to north, then from west to east.
    """
    if not len(x):
        none = np.empty(0, dtype=np.int64)
        return Places(np.empty(0), np.empty(0), none, none)
    column, row = (np.rint(values / size_m).astype(np.int64) for values in (x, y))
    column -= column.min()
    key = (row - row.min()) * (column.max() + 1) + column
    _, place, count = np.unique(key, return_inverse=True, return_counts=True)
    mean_x, mean_y = (np.bincount(place, values) / count for values in (x, y))
    return Places(mean_x, mean_y, count.astype(np.int64), place.astype(np.int64))


def stacked(count: Ints) -> Bools:
    """Tell which locations hold so many incidents that they say nothing about what lies around.

    A police station, the centroid of an area, or one building. Where every incident has been
    moved to one of few snap points, many incidents on a point are nothing special: a location is
    compared with the location of a typical (median) incident among all that are not on it, nor on
    a larger one.

    Parameters
    ----------
    count
        Incidents per location.

    Returns
    -------
    numpy.ndarray
        Whether each location is stacked.
    """
    order = np.argsort(count, kind="stable")
    rising = count[order]
    so_far = np.cumsum(rising)
    n_plain = len(rising)
    while n_plain:
        n_others = n_plain - 1
        typical = 0
        if n_others:
            typical = rising[np.searchsorted(so_far[:n_others], so_far[n_others - 1] / 2)]
        if rising[n_plain - 1] < max(STACK_INCIDENTS, STACK_TIMES * typical):
            break
        n_plain = n_others
    found = np.zeros(len(count), dtype=bool)
    found[order[n_plain:]] = True
    return found


def off_stacks(x: Floats, y: Floats) -> Bools:
    """Tell which incidents do not lie on a stacked location, see :func:`stacked`.

    Parameters
    ----------
    x, y
        Coordinates in metres.

    Returns
    -------
    numpy.ndarray
        One value per incident.
    """
    locations = gather(x, y, size_m=PLACE_M)
    return np.asarray(~stacked(locations.count)[locations.place])


def least_incidents(n_incidents: int, *, area_km2: float, reach_m: float) -> int:
    """Return how many incidents within reach of a place make it the core of a cluster.

    Parameters
    ----------
    n_incidents
        Incidents in the study area.
    area_km2
        Its area.
    reach_m
        Reach of a cluster.

    Returns
    -------
    int
        What :data:`CLUSTER_TIMES` the mean density gives, at least :data:`CLUSTER_INCIDENTS`.
    """
    expected = n_incidents / area_km2 * math.pi * reach_m**2 / 1e6 if area_km2 else 0.0
    return max(CLUSTER_INCIDENTS, math.ceil(CLUSTER_TIMES * expected))


def find_clusters(
    x: Floats, y: Floats, *, reach_m: float, min_incidents: int, crs: str | None
) -> Clusters:
    """Find groups of incidents that lie close together, by weighted DBSCAN on micro-cells.

    Micro-cells are a quarter of the reach wide, so that a place has at most some 50 neighbours
    however many incidents there are.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    reach_m
        Distance within which incidents count as together.
    min_incidents
        Incidents within reach, own place included, that make a place the core of a cluster.
    crs
        Coordinate reference system of the result.

    Returns
    -------
    Clusters
        The table has `count` (incidents), `places` (locations), `stack_share` (largest share on
        one location), `stack` (whether that is at least :data:`STACK_SHARE`), `extent_m`
        (diameter of the smallest circle around it) and `geometry` (convex hull, half the reach
        wider).

    References
    ----------
    Ester, Kriegel, Sander and Xu (1996), KDD-96, 226-231.
    """
    from sklearn.cluster import DBSCAN

    micro = gather(x, y, size_m=reach_m / _MICRO_CELLS_PER_REACH)
    label = np.full(len(micro.count), -1, dtype=np.int64)
    if len(label):
        search = DBSCAN(eps=reach_m, min_samples=min_incidents, algorithm="kd_tree")
        label = search.fit_predict(
            np.column_stack([micro.x, micro.y]), sample_weight=micro.count
        ).astype(np.int64)
    found = label[micro.place]
    table = _describe(x[found >= 0], y[found >= 0], found[found >= 0], reach_m=reach_m, crs=crs)
    # Largest first, then by place, whatever order the search found them in.
    place = table.geometry.centroid
    order = np.lexsort([place.y.round(), place.x.round(), -table["count"]])
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return Clusters(table.iloc[order].reset_index(drop=True), rank[found])


def _describe(
    x: Floats, y: Floats, cluster: Ints, *, reach_m: float, crs: str | None
) -> gpd.GeoDataFrame:
    """Return one row per cluster number, from the incidents that lie in one."""
    locations = gather(x, y, size_m=PLACE_M)
    rows = pd.DataFrame({"cluster": cluster, "place": locations.place})
    per_place = rows.groupby(["cluster", "place"]).size().rename("count").reset_index()
    groups = per_place.groupby("cluster")["count"]
    share = (groups.max() / groups.sum()).to_numpy()
    where = np.column_stack([locations.x, locations.y])[per_place["place"].to_numpy(np.int64)]
    hulls = shapely.convex_hull(
        shapely.multipoints(shapely.points(where), indices=per_place["cluster"].to_numpy(np.int64))
    )
    return gpd.GeoDataFrame(
        {
            "count": groups.sum().to_numpy(np.int64),
            "places": groups.size().to_numpy(np.int64),
            "stack_share": share,
            "stack": share >= STACK_SHARE,
            "extent_m": 2 * shapely.minimum_bounding_radius(hulls),
        },
        geometry=shapely.buffer(hulls, reach_m / 2),
        crs=crs,
    )
