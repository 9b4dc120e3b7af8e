"""Camera supervision: sites, cameras and designated areas together, and what a plan should say."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.duinstad.cameras import (
    COLUMNS,
    FIXED,
    REFUSED,
    STADIUM,
    away_m,
    fixed_cameras,
    place_point,
    refused_cameras,
    stadium_cameras,
)
from data.duinstad.city import City
from data.duinstad.flexible import (
    AREA_RADIUS_M,
    IN_STORE,
    NEED_GONE_MONTH,
    PLACED,
    SINCE,
    SQUARE_FROM,
    WRONG_POLE_M,
    YARDSTICK,
    Outlook,
    Post,
    camera_name,
    flexible_cameras,
    look_out,
    posts,
)
from data.duinstad.geography import CRS, Floats, Shapes
from data.duinstad.plantings import CAMERA_FACTOR, DISPLACED_SHARE
from data.duinstad.sight import THEME_WEIGHT, UNTIL
from data.duinstad.sites import candidate_sites, site_ledger
from data.duinstad.surroundings import HALF_WIDTH_M, LIVELY_PLACES, buildings
from data.duinstad.themes import CRIME_STREAMS, YEARS
from data.duinstad.truths import point_wkt

VERGE_M = 4.0
"""How far an area reaches beyond the roadway: to the fronts, where poles and façades are."""
STADIUM_MARGIN_M = 15.0
TERM_FROM = "2022-01-01"
TERMS_UNTIL = ("2027-06-30", "2027-12-31", "2028-12-31")
NEED_GONE_UNTIL = "2026-04-30"
ENDED = ("2020-07-01", "2025-06-30")
"""Term of the area that has ended."""


@dataclass(frozen=True)
class Supervision:
    """Everything about cameras in the city.

    ``sites`` has the wrong rows last, with their kind in ``dirt``; ``cameras`` has every
    placement, in store and refused ones included; ``areas`` hold, ``ended`` does not.
    """

    houses: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    ended: gpd.GeoDataFrame
    view: Outlook
    standing: tuple[Post, ...]


def make_supervision(city: City) -> Supervision:
    """Place cameras and draw the areas in which they may stand.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        Buildings, sites, cameras and areas.
    """
    houses = buildings(city)
    sites = candidate_sites(city, houses)
    sound = sites[sites["dirt"] == ""].reset_index(drop=True)
    view = look_out(city, sound, houses)
    standing = posts(city, view)
    table = pd.concat(
        [
            fixed_cameras(city, sound),
            flexible_cameras(city, view, standing),
            stadium_cameras(city),
            refused_cameras(city, sound),
        ],
        ignore_index=True,
    )
    points = gpd.points_from_xy(table["x"], table["y"]).astype(object)
    points[table["x"].isna().to_numpy()] = None
    cameras = gpd.GeoDataFrame(table[list(COLUMNS)], geometry=points, crs=CRS)
    areas = _areas(city, cameras, view)
    return Supervision(houses, sites, cameras, areas, _ended(city, areas), view, tuple(standing))


# ---------------------------------------------------------------- designated areas
def _along_streets(city: City, middle: Floats) -> BaseGeometry:
    """Return the streets round a place, from front to front."""
    circle = shapely.Point(middle).buffer(AREA_RADIUS_M)
    streets = city.streets.iloc[np.sort(city.streets.sindex.query(circle, "intersects"))]
    width = streets["road_class"].map(HALF_WIDTH_M).to_numpy() + VERGE_M
    parts = shapely.intersection(streets.geometry.to_numpy(), circle)
    return shapely.union_all(shapely.buffer(parts, width, cap_style="flat", quad_segs=2))


def _areas(city: City, cameras: gpd.GeoDataFrame, view: Outlook) -> gpd.GeoDataFrame:
    """Return the areas that hold: one per planted truth, and where a camera stands or should."""
    now = cameras[cameras["einde"].isna() & cameras.geometry.notna()]
    now = now[~now["klasse"].isin(list(REFUSED))]
    square, gone = (
        _along_streets(city, place_point(city, part)) for part in ("camera_square", "need_gone")
    )
    rest = shapely.difference(
        shapely.union_all([_along_streets(city, p) for p in _watched_places(city, now, view)]),
        shapely.union(square, gone),
    )
    stadium = now[now["klasse"] == "stadion"].union_all()
    ring = shapely.buffer(shapely.convex_hull(stadium), STADIUM_MARGIN_M, quad_segs=2)
    parts = shapely.get_parts(rest)
    wanted = shapely.union(now.union_all(), shapely.multipoints(view.points[view.picks]))
    holds = parts[shapely.intersects(parts, wanted)]
    shapes = np.array([square, shapely.difference(gone, square), ring, *holds], dtype=object)
    shapes = shapely.set_precision(shapes, 0.1)
    return gpd.GeoDataFrame(
        {
            "code": [f"CG{n:02d}" for n in range(1, len(shapes) + 1)],
            "naam": _area_names(city, shapes, stadium=2),
            "begin": [_begin(number, now, shape) for number, shape in enumerate(shapes)],
            "einde": [
                NEED_GONE_UNTIL if number == 1 else TERMS_UNTIL[number % len(TERMS_UNTIL)]
                for number in range(len(shapes))
            ],
        },
        geometry=shapes,
        crs=CRS,
    )


def _watched_places(city: City, now: gpd.GeoDataFrame, view: Outlook) -> Floats:
    """Return the lively places beside which a camera stands or should."""
    places = city.canvas.places
    points = places.loc[places["kind"].isin(LIVELY_PLACES), ["x", "y"]].to_numpy()
    cameras = np.vstack([shapely.get_coordinates(now.geometry.to_numpy()), view.points[view.picks]])
    near = [away_m(cameras, point).min() < AREA_RADIUS_M for point in points]
    return points[near]


def _begin(number: int, now: gpd.GeoDataFrame, shape: BaseGeometry) -> str:
    """Return the first day of a term: that of the square, or before any flexible camera there."""
    if number == 0:
        return SQUARE_FROM
    own = now[(now["klasse"] == "flexibel") & now.intersects(shape)]
    return str(min([TERM_FROM, *own["begin"]]))


def _area_names(city: City, shapes: Shapes, *, stadium: int = -1) -> list[str]:
    """Return a name per area: its buurt, numbered where it has several."""
    buurten = city.canvas.ground.buurten
    names = []
    for number, shape in enumerate(shapes):
        if number == stadium:
            names.append("Cameragebied Stadion")
            continue
        shared = shapely.area(shapely.intersection(buurten.geometry.to_numpy(), shape))
        names.append(f"Cameragebied {buurten['buurt_name'].iloc[int(np.argmax(shared))]}")
    count = pd.Series(names).groupby(names).cumcount() + 1
    return [name if n == 1 else f"{name} {n}" for name, n in zip(names, count, strict=True)]


def _ended(city: City, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the area that has ended: round a bench far from those that hold."""
    places = city.canvas.places
    benches = places.loc[places["kind"] == "bench", ["x", "y"]].to_numpy()
    held = areas.union_all()
    away = [held.distance(shapely.Point(point)) for point in benches]
    shape = shapely.set_precision(_along_streets(city, benches[int(np.argmax(away))]), 0.1)
    return gpd.GeoDataFrame(
        {
            "code": [f"CG{len(areas) + 1:02d}"],
            "naam": _area_names(city, np.array([shape], dtype=object)),
            "begin": [ENDED[0]],
            "einde": [ENDED[1]],
        },
        geometry=[shape],
        crs=CRS,
    )


# ---------------------------------------------------------------- truths
def camera_truth(city: City, supervision: Supervision) -> dict[str, object]:
    """Describe what is planted with the cameras, and what a plan should say of it.

    Parameters
    ----------
    city
        The whole city.
    supervision
        Its cameras, sites and areas.

    Returns
    -------
        Numbers, posts with the advice expected, the pair of poles, displacement, areas, and the
        five-year rule. Demand is in weighted incidents a year, by sight lines in plan.
    """
    areas = supervision.areas
    return {
        "available": PLACED + IN_STORE,
        "placed": PLACED,
        "fixed": sum(FIXED.values()),
        "stadium": STADIUM,
        "weights": THEME_WEIGHT,
        "yardstick": YARDSTICK,
        "demand_from": SINCE,
        "demand_before": UNTIL,
        "flexible": [
            _post(supervision, number, post) for number, post in enumerate(supervision.standing)
        ],
        "need_gone": {
            "camera": _camera_of(supervision, "need_gone"),
            "area": str(areas["code"].iloc[1]),
            "since": NEED_GONE_MONTH,
            "advice": "withdraw",
        },
        "square": {
            "cameras": [
                camera_name(number)
                for number, post in enumerate(supervision.standing)
                if post.role == "camera_square"
            ],
            "area": str(areas["code"].iloc[0]),
            "since": SQUARE_FROM,
        },
        "poles": _poles(supervision),
        "displacement": _displacement(city),
        "areas": {
            "file": "cameragebieden.gpkg",
            "ends_next_year": str(areas["code"].iloc[1]),
            "ended_file": "cameragebied_verlopen.gpkg",
            "ended": str(supervision.ended["code"].iloc[0]),
        },
        "five_years": _five_years(city, supervision),
    }


def _sound(supervision: Supervision) -> gpd.GeoDataFrame:
    sites = supervision.sites
    return sites[sites["dirt"] == ""].reset_index(drop=True)


def _camera_of(supervision: Supervision, role: str) -> str:
    return camera_name([post.role for post in supervision.standing].index(role))


def _post(supervision: Supervision, number: int, post: Post) -> dict[str, object]:
    view = supervision.view
    return {
        "camera": camera_name(number),
        "role": post.role,
        "site": str(_sound(supervision)["paal"].iloc[post.site]),
        "since": post.since,
        "place": point_wkt(*view.points[post.site]),
        "demand": round(float(view.demand[post.site]), 1),
        "last_year": round(float(view.last_year[post.site]), 1),
        "expected": post.expected,
    }


def _poles(supervision: Supervision) -> dict[str, object]:
    """Describe the pole that sees far more than the one beside it, on which a camera hangs."""
    (wrong,) = (post.site for post in supervision.standing if post.role == "wrong_pole")
    view, names = supervision.view, _sound(supervision)["paal"]
    apart = away_m(view.points, view.points[wrong])
    near = [s for s in view.picks if WRONG_POLE_M[0] < apart[s] < WRONG_POLE_M[1]]
    better = max(near, key=lambda site: view.demand[site])
    return {
        "camera": _camera_of(supervision, "wrong_pole"),
        "better": str(names[better]),
        "worse": str(names[wrong]),
        "apart_m": round(float(apart[better]), 1),
        "demand_better": round(float(view.demand[better]), 1),
        "demand_worse": round(float(view.demand[wrong]), 1),
    }


def _displacement(city: City) -> dict[str, object]:
    """Describe what moved away from the camera square: half of what it lost."""
    goal = city.canvas.plantings.displaced_to
    square = place_point(city, "camera_square")
    return {
        "from": SQUARE_FROM,
        "square": point_wkt(*square),
        "to": point_wkt(*goal),
        "apart_m": round(float(np.hypot(*(square - goal))), 1),
        "verdict": "displacement",
        "factor_square": CAMERA_FACTOR,
        "moved_share_of_loss": round(DISPLACED_SHARE / (1 - CAMERA_FACTOR), 3),
    }


def _five_years(city: City, supervision: Supervision) -> list[dict[str, object]]:
    """Count the ten crimes per stadsdeel, and how many of five years improved up to two years."""
    rows = city.incidents[city.incidents["stream"].isin(CRIME_STREAMS)]
    codes = city.canvas.ground.buurten["stadsdeel_code"].to_numpy()[rows["buurt"]]
    table = pd.crosstab(codes, rows["begin"].dt.year)[list(YEARS)]
    counts, better = table.to_numpy(), (table.diff(axis=1) < 0).to_numpy()
    fixed = supervision.cameras[supervision.cameras["klasse"] == "vast"]
    shapes = city.canvas.ground.level("stadsdeel_code").geometry
    return [
        {
            "area": str(code),
            "cameras": int(fixed.within(shape).sum()),
            "counts": dict(zip(map(str, YEARS), counts[number].tolist(), strict=True)),
            "years_improved": {
                str(year): int(better[number, at - 4 : at + 1].sum())
                for at, year in enumerate(YEARS)
                if at >= 5
            },
        }
        for number, (code, shape) in enumerate(shapes.items())
    ]


def supervision_ledger(supervision: Supervision) -> dict[str, object]:
    """Count what must be refused among sites and cameras.

    Parameters
    ----------
    supervision
        The cameras and sites of the city.

    Returns
    -------
        Per file its rows and those that are wrong, by kind.
    """
    cameras = supervision.cameras
    kinds = cameras["klasse"].value_counts()
    return {
        "sites": site_ledger(supervision.sites),
        "cameras": {
            "file": "cameras.gpkg",
            "rows": len(cameras),
            "other_purpose": {kind: int(kinds[kind]) for kind in REFUSED},
        },
    }
