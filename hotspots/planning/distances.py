"""Coffee shops near schools, and near one another."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.boundaries import GRID_M

Method = Literal["straight", "walking"]
"""As the crow flies, or along streets."""


def to_nearest(
    places: Floats, goals: Floats, *, method: Method, streets: gpd.GeoSeries | None = None
) -> pd.DataFrame:
    """Return how far each place lies from the nearest goal.

    Parameters
    ----------
    places, goals
        Coordinates in metres, shape (places, 2) and (goals, 2); at least one goal.
    method
        As the crow flies, or along streets: to the nearest point of a street, along the network,
        and on to the goal.
    streets
        Lines; needed along streets.

    Returns
    -------
    pandas.DataFrame
        Per place `goal` (position of the nearest) and `metres`; infinite where no street leads
        to any.

    Raises
    ------
    ValueError
        When streets are needed and there are none.
    """
    if method == "straight":
        metres, goal = KDTree(goals).query(places)
        return pd.DataFrame({"goal": goal, "metres": metres})
    if streets is None or not len(streets):
        raise ValueError("distances along streets need streets")
    node, graph = _network(np.vstack([places, goals]), streets)
    start, end = node[: len(places)], node[len(places) :]
    metres = dijkstra(graph, directed=False, indices=start)[:, end]
    return pd.DataFrame({"goal": metres.argmin(axis=1), "metres": metres.min(axis=1)})


def in_sight(
    places: Floats, doors: Floats, buildings: gpd.GeoSeries, *, reach_m: float
) -> pd.DataFrame:
    """Return which places can be seen from which doors: near enough, with no building between.

    Seen in the plane, at the height of an eye: a building hides whatever its height. A building in
    which the place or the door lies does not hide it from itself.

    Parameters
    ----------
    places, doors
        Coordinates in metres, shape (places, 2) and (doors, 2).
    buildings
        Polygons.
    reach_m
        Farthest that counts.

    Returns
    -------
    pandas.DataFrame
        `place` and `door` (positions) and `metres`, nearest first for each place.
    """
    near = KDTree(places).sparse_distance_matrix(KDTree(doors), reach_m, output_type="ndarray")
    near = np.sort(near, order=["i", "v", "j"])
    lines = np.asarray(shapely.linestrings(np.stack([places[near["i"]], doors[near["j"]]], axis=1)))
    shapes = buildings.to_numpy()
    line, building = shapely.STRtree(shapes).query(lines, predicate="intersects")
    ends = [shapely.points(places[near["i"]][line]), shapely.points(doors[near["j"]][line])]
    own = np.logical_or(*(shapely.intersects(shapes[building], end) for end in ends))
    through_m = shapely.length(shapely.intersection(lines[line], shapes[building]))
    hidden = np.zeros(len(near), dtype=np.bool_)
    hidden[line[~own & (through_m > GRID_M)]] = True
    seen = near[~hidden]
    return pd.DataFrame({"place": seen["i"], "door": seen["j"], "metres": seen["v"]})


def _network(points: Floats, streets: gpd.GeoSeries) -> tuple[Ints, csr_array]:
    """Return the node of each point, and the network: streets and the straight way to them."""
    lines = streets.to_numpy()
    place = shapely.points(points)
    number = streets.sindex.nearest(place, return_all=False)[1]
    path = np.asarray(shapely.shortest_line(place, lines[number]))
    # The way in is noded with the streets, so that a street is cut where a point enters it.
    noded = shapely.union_all(
        np.append(lines, path[shapely.length(path) > GRID_M]), grid_size=GRID_M
    )
    parts = shapely.get_parts(noded)
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(parts, end)) for end in (0, -1)]
    )
    nodes, at = np.unique(ends.round(2), axis=0, return_inverse=True)
    start, stop = at.ravel()[: len(parts)], at.ravel()[len(parts) :]
    size = len(nodes)
    frame = pd.DataFrame({"a": start, "b": stop, "m": shapely.length(parts)})
    least = frame.groupby(["a", "b"])["m"].min().reset_index()
    graph = csr_array((least["m"], (least["a"], least["b"])), shape=(size, size))
    _, node = KDTree(nodes).query(points)
    return np.asarray(node, dtype=np.int64), graph


def concentrations(places: Floats, *, reach_m: float, least: int) -> Ints:
    """Return the group of each place: those that hang together by steps of at most `reach_m`.

    Parameters
    ----------
    places
        Coordinates in metres, shape (places, 2).
    reach_m
        Longest step.
    least
        Fewest places in a group.

    Returns
    -------
    numpy.ndarray
        Number of the group, the largest first; -1 for a place in none.
    """
    if not len(places):
        return np.zeros(0, dtype=np.int64)
    pairs = KDTree(places).query_pairs(reach_m, output_type="ndarray")
    near = csr_array((np.ones(len(pairs)), pairs.T), shape=(len(places), len(places)))
    _, label = connected_components(near, directed=False)
    size = np.bincount(label)
    order = np.argsort(-size, kind="stable")
    number = np.full(len(size), -1, dtype=np.int64)
    large = order[size[order] >= least]
    number[large] = np.arange(len(large))
    return np.asarray(number[label], dtype=np.int64)
