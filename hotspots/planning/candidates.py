"""Where a camera could stand, which way it would look, and which places are worth a closer look."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import KDTree

from hotspots.analysis.grid import Bools, Floats
from hotspots.planning.detection import LEAST_PIXELS_PER_M, Detection

GENERATED = "generated"
_MOST_PAIRS = 2_000_000


def sites_along(streets: npt.NDArray[np.object_], *, every_m: float) -> pd.DataFrame:
    """Make candidate sites along streets and at their crossings.

    Parameters
    ----------
    streets
        Lines in metres. Streets cross where they end on each other or pass over each other.
    every_m
        Distance between sites along a street, at most; also the least between a crossing and the
        next site on a street.

    Returns
    -------
    pandas.DataFrame
        `site_id` (``g-{x}-{y}`` in whole metres), `x`, `y`; ordered by place, none twice.
    """
    lines = shapely.get_parts(streets)
    crossing = _crossings(lines)
    length_m = shapely.length(lines)
    count = np.maximum(np.ceil(length_m / every_m), 1).astype(np.int64)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    along = shapely.line_interpolate_point(
        np.repeat(lines, count), (nth + 0.5) * np.repeat(length_m / count, count)
    )
    between = shapely.get_coordinates(along)
    if len(crossing) and len(between):
        between = between[KDTree(crossing).query(between)[0] >= every_m / 2]
    whole = np.unique(np.rint(np.concatenate([crossing, between])).astype(np.int64), axis=0)
    ids = [f"g-{x}-{y}" for x, y in whole.tolist()]
    places = whole.astype(np.float64)
    return pd.DataFrame({"site_id": ids, "x": places[:, 0], "y": places[:, 1]})


def _crossings(lines: npt.NDArray[np.object_]) -> Floats:
    """Return the points where two lines meet, shape (crossings, 2)."""
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    first = one < other
    met = shapely.intersection(lines[one[first]], lines[other[first]])
    # Streets that run together have no crossing but a stretch: its ends are where they part.
    parts = shapely.get_parts(met)
    points = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
    ends = shapely.get_parts(shapely.boundary(parts[shapely.get_dimensions(parts) == 1]))
    return np.asarray(np.concatenate([points, shapely.get_coordinates(ends)]), dtype=np.float64)


def nearest_streets(
    x: Floats,
    y: Floats,
    streets: npt.NDArray[np.object_],
    names: npt.NDArray[np.object_],
    *,
    within_m: float,
) -> npt.NDArray[np.object_]:
    """Return the name of the street nearest to each place; None where none is within reach.

    Parameters
    ----------
    x, y
        Coordinates of the places.
    streets, names
        Lines in metres, and the name of each (missing where unknown: those are passed over).
    within_m
        How far off a street may be.
    """
    named = ~pd.isna(names)
    found = np.full(len(x), None, dtype=object)
    if not named.any() or not len(x):
        return found
    tree = shapely.STRtree(streets[named])
    place, line = tree.query_nearest(shapely.points(x, y), max_distance=within_m)
    told = names[named][line].astype(str)
    # Of streets equally near the first by name, whatever the order of the lines.
    order = np.lexsort((told, place))
    first = np.unique(place[order], return_index=True)[1]
    found[place[order][first]] = told[order][first]
    return found


def reach_m(
    mounting_height_m: Floats,
    *,
    range_m: float,
    sensor_px: float,
    lens_view_deg: float,
    least_class: Detection,
    target_height_m: float,
) -> Floats:
    """Return how far from a camera, over the ground, a person is still shown well enough.

    Parameters
    ----------
    mounting_height_m
        Height of each camera above the ground, shape (sites,).
    range_m
        Farthest place it looks at.
    sensor_px, lens_view_deg
        Width of the picture, and field of view of the lens when it looks at a person.
    least_class
        What the picture must be good for.
    target_height_m
        Height above the ground of what must be seen.

    Returns
    -------
    numpy.ndarray
        Metres, at most the range; 0 where even below the camera the picture is too coarse.

    References
    ----------
    EN 62676-4:2015; see :func:`hotspots.planning.detection.pixels_per_metre`.
    """
    width_m = sensor_px / LEAST_PIXELS_PER_M[least_class]
    farthest_m = width_m / (2 * np.tan(np.radians(lens_view_deg) / 2))
    down_m = mounting_height_m - target_height_m
    over_ground_m = np.sqrt(np.maximum(farthest_m**2 - down_m**2, 0.0))
    return np.asarray(np.minimum(over_ground_m, range_m), dtype=np.float64)


def demand_within(
    x: Floats, y: Floats, reach: Floats, points: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Return what each site could see if nothing stood in between, and where most of it lies.

    Parameters
    ----------
    x, y, reach
        Place and reach of each site in metres, shape (sites,).
    points
        Coordinates of the demand points, shape (points, 2).
    weight
        Demand of each, 0 or more.

    Returns
    -------
    demand
        Demand within reach, shape (sites,): no plan gains more from the site.
    azimuth_deg
        Bearing of the middle of the demand, clockwise from north; 0 without any.
    """
    demand, east, north = (np.zeros(len(x)) for _ in range(3))
    some = np.flatnonzero(weight > 0)
    if not len(some):
        return demand, np.zeros(len(x))
    tree = KDTree(points[some])
    step = max(1, _MOST_PAIRS // max(len(some), 1))
    for start in range(0, len(x), max(step, 500)):
        part = slice(start, start + max(step, 500))
        found = tree.query_ball_point(np.column_stack([x[part], y[part]]), reach[part])
        number = np.array([len(each) for each in found], dtype=np.int64)
        point = some[np.concatenate([*found, []]).astype(np.int64)]
        site = np.repeat(np.arange(len(number)), number)
        apart = points[point] - np.column_stack([x[part], y[part]])[site]
        far = np.maximum(np.hypot(*apart.T), 1.0)
        for total, worth in (
            (demand, weight[point]),
            (east, weight[point] * apart[:, 0] / far),
            (north, weight[point] * apart[:, 1] / far),
        ):
            total[part] = np.bincount(site, worth, minlength=len(number))
    return demand, np.where(demand > 0, np.degrees(np.arctan2(east, north)) % 360, 0.0)


def most_demand(demand: Floats, *, most: int, always: Bools) -> Bools:
    """Tell which sites have most demand within reach.

    Parameters
    ----------
    demand
        Per site, from :func:`demand_within`.
    most
        How many sites are kept; of equal ones the first. Sites without demand never are.
    always
        Sites that are kept whatever their demand, beside the others.
    """
    rank = np.empty(len(demand), dtype=np.int64)
    rank[np.argsort(-demand, kind="stable")] = np.arange(len(demand))
    return np.asarray(((rank < most) & (demand > 0)) | always, dtype=np.bool_)


def bound_with_others(bound_of: Floats, most_of_others: float) -> Floats:
    """Widen bounds on plans of some candidates to plans that may hold other sites too.

    What a camera adds to a plan never exceeds the demand within its reach. So a plan of p sites, q
    of which are others, is worth no more than the best of p - q candidates and q times the most
    that one of the others has in reach.

    Parameters
    ----------
    bound_of
        Bound on plans of at most 1, 2, 3, … candidates.
    most_of_others
        Most demand within reach of a site that is no candidate; 0 where all are.

    Returns
    -------
    numpy.ndarray
        Bound on plans of at most 1, 2, 3, … sites of both kinds.
    """
    of_candidates = np.concatenate([[0.0], np.maximum(bound_of, 0.0)])
    widened = np.array(
        [
            max(of_candidates[p - q] + q * most_of_others for q in range(p + 1))
            for p in range(1, len(of_candidates))
        ]
    )
    return np.asarray(np.maximum(widened, bound_of), dtype=np.float64)
