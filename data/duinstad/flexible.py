"""The flexible cameras: where they stand, and why; where they stood; what should become of them.

They were put where it was busy once. Some still stand well, some are overtaken, one hangs on the
wrong pole, and one stands where the need has gone.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.duinstad.cameras import away_m, month_start, place_point, placements, watched
from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import Flags, Floats, Ints
from data.duinstad.sight import UNTIL, best_sites, demand_at_spots, sees
from data.duinstad.sites import FACADE_KINDS, POWERED, coordinates
from data.duinstad.surroundings import lively_points

PLACED, IN_STORE = 20, 2
OVERTAKEN = 6
APART_M = 50.0
NEAR_PLACE_M = 110.0
AREA_RADIUS_M = 130.0
"""How far an area for cameras reaches round a place."""
CLEAR_OF_CHOICE_M = 250.0
"""Farther from façades with cameras and sites in plenty, a pole has no rival."""
CLEAR_OF_PICKS_M = 135.0
BACKUP = 0.2
"""What is left to see for a flexible camera where a fixed one looks too."""
SINCE = str(np.datetime64(UNTIL, "M") - 24)
YEAR_AGO = str(np.datetime64(UNTIL, "M") - 12)
SQUARE_FROM = "2022-07-01"
NEED_GONE_FROM = "2023-05-01"
NEED_GONE_MONTH = "2025-03"
YARDSTICK = 9.0
"""Weighted incidents a year in view, below which Duinstad takes a camera away."""
WELL_BELOW, WELL_ABOVE = 0.85, 1.2
"""Of the yardstick: where the need has gone, and where a camera only stands badly."""
PICKS = 40
PLANNED = 22
SURELY = 1.2
"""How much more than the last site of a plan a site must add for a camera to stay there."""
WRONG_POLE_M = (26.0, 48.0)
"""Too far to be the same spot, too close for a plan to hold both."""
LESS = 0.82
"""Of what the last site of a plan adds: an overtaken camera sees less."""
EARLIER = (0, 1, 1, 2)
"""How often a camera stood elsewhere before: each equally likely."""
EARLIER_MONTHS = (8, 20)
BETWEEN_DAYS = (3, 60)
FIRST_DAY_STOOD = "2019-01-01"


@dataclass(frozen=True)
class Post:
    """A flexible camera that stands: why there, and what should become of it.

    ``site`` is a position among the sound sites; ``expected`` is the advice, empty where a plan
    may go either way.
    """

    role: str
    site: int
    since: str
    expected: str


@dataclass(frozen=True)
class Outlook:
    """What can be seen from every sound site, and which of them a simple choice takes.

    ``pole`` tells poles from façades, ``powered`` those with power day and night. ``demand`` (24
    months) and ``last_year`` are weighted incidents a year in sight; what a fixed camera sees
    already counts for less in ``demand``. ``picks`` are poles in the order in which they add
    most, ``adds`` what each adds.
    """

    points: Floats
    pole: Flags
    powered: Flags
    demand: Floats
    last_year: Floats
    picks: Ints
    adds: Floats


def look_out(city: City, sites: gpd.GeoDataFrame, houses: gpd.GeoDataFrame) -> Outlook:
    """Reckon what is to be seen from every sound site, beside the fixed cameras.

    Parameters
    ----------
    city
        The whole city.
    sites, houses
        The sound candidate sites, and the buildings.

    Returns
    -------
        Demand per site, and the sites that a simple choice takes.
    """
    points = coordinates(sites)
    pole = (sites["soort"] == "lichtmast").to_numpy()
    powered = (sites["stroom"] == POWERED).to_numpy()
    spots, weight = _demand(city, SINCE)
    seen = sees(points, spots, houses)
    left = np.where(watched(city, sites, spots, houses), BACKUP, 1.0) * weight
    lately, last_year = _demand(city, YEAR_AGO)
    usable = np.flatnonzero(pole & powered)
    picks, adds = best_sites(seen[usable], left, points[usable], count=PICKS, apart_m=APART_M)

    return Outlook(
        points=points,
        pole=pole,
        powered=powered,
        demand=seen @ left,
        last_year=sees(points, lately, houses) @ last_year,
        picks=usable[picks],
        adds=adds,
    )


def _demand(city: City, since: str) -> tuple[Floats, Floats]:
    """Return the demand of a period where a camera may be asked to look: round lively places."""
    spots, weight = demand_at_spots(city.incidents, since, UNTIL)
    near = cKDTree(lively_points(city)).query(spots)[0] < AREA_RADIUS_M
    return spots[near], weight[near]


def posts(city: City, view: Outlook) -> list[Post]:
    """Return where the flexible cameras stand, and why.

    Parameters
    ----------
    city
        The whole city.
    view
        What can be seen from its sites.

    Returns
    -------
        One post per placed camera: the square first, then where the need has gone, the wrong
        pole, those that are overtaken, and the busy ones.
    """
    rng = stream(city.seed, "flexible cameras")
    square, gone = (place_point(city, part) for part in ("camera_square", "need_gone"))
    found = [Post("camera_square", s, SQUARE_FROM, "") for s in _at_square(view, square)]
    found.append(Post("need_gone", _need_gone(view, gone), NEED_GONE_FROM, "withdraw"))
    planted = np.array([square, gone, city.canvas.plantings.displaced_to])
    near_place, _ = cKDTree(lively_points(city)).query(view.points[view.picks])
    near_planted, _ = cKDTree(planted).query(view.points[view.picks])
    clear = view.picks[(near_place < NEAR_PLACE_M) & (near_planted > CLEAR_OF_PICKS_M)].tolist()
    better, wrong = _wrong_pole(view, clear)
    found.append(Post("wrong_pole", wrong, _since(rng), "move"))
    found += [Post("overtaken", s, _since(rng), "move") for s in _overtaken(city, view, rng)]
    busy = [s for s in clear if s != better][: PLACED - len(found)]
    sure = _sure(city, view)
    found += [Post("busy", s, _since(rng), "keep" if s in sure else "") for s in busy]
    return found


def _sure(city: City, view: Outlook) -> set[int]:
    """Return the picks that any good plan holds: they add enough, and nothing rivals them."""
    places = city.canvas.places
    rich = places.loc[places["kind"].isin(FACADE_KINDS), ["x", "y"]].to_numpy()
    away, _ = cKDTree(rich).query(view.points[view.picks])
    enough = view.adds > SURELY * view.adds[PLANNED - 1]
    return set(view.picks[enough & (away > CLEAR_OF_CHOICE_M)].tolist())


def _since(rng: np.random.Generator) -> str:
    return month_start(rng, "2021-03", "2024-03")


def _at_square(view: Outlook, square: Floats) -> list[int]:
    """Return the pole that sees most of the square, and the best one away from it."""
    near = np.flatnonzero((away_m(view.points, square) < NEAR_PLACE_M) & view.pole)
    first = int(near[np.argmax(np.where(view.powered[near], view.demand[near], -1.0))])
    apart = near[away_m(view.points[near], view.points[first]) >= APART_M]
    return [first, int(apart[np.argmax(view.demand[apart])])]


def _need_gone(view: Outlook, place: Floats) -> int:
    """Return the site that saw most at the place once, of those that see little now."""
    near = np.flatnonzero((away_m(view.points, place) < NEAR_PLACE_M) & view.pole)
    calm = near[view.last_year[near] < WELL_BELOW * YARDSTICK]
    return int(calm[np.argmax(view.demand[calm])])


def _wrong_pole(view: Outlook, picks: list[int]) -> tuple[int, int]:
    """Return the pole that sees most beside a neighbour worth a camera, and the neighbour."""
    pairs = []
    for better in picks[:PLANNED]:
        apart = away_m(view.points, view.points[better])
        beside = (apart > WRONG_POLE_M[0]) & (apart < WRONG_POLE_M[1])
        near = np.flatnonzero(beside & view.pole)
        needed = np.minimum(view.demand[near], view.last_year[near]) > WELL_ABOVE * YARDSTICK
        for site in near[needed].tolist():
            left = view.demand[site] / view.demand[better]
            in_all = view.last_year[site] / view.last_year[better]
            pairs.append((max(left, in_all), better, site))
    _, better, wrong = min(pairs)
    return better, wrong


def _overtaken(city: City, view: Outlook, rng: np.random.Generator) -> list[int]:
    """Return the best sites of modest places, far from what a plan would choose."""
    places = city.canvas.places
    modest = places.loc[places["kind"].isin(["youth_spot", "bench"]), ["x", "y"]].to_numpy()
    planned = view.points[view.picks[:PLANNED]]
    found = []
    for middle in rng.permutation(modest):
        close = away_m(view.points, middle) < NEAR_PLACE_M
        near = np.flatnonzero(close & view.pole & view.powered)
        if len(near) == 0 or away_m(planned, middle).min() < CLEAR_OF_PICKS_M:
            continue
        best = int(near[np.argmax(view.demand[near])])
        seen = min(view.demand[best], view.last_year[best])
        if seen > WELL_ABOVE * YARDSTICK and view.demand[best] < LESS * view.adds[PLANNED - 1]:
            found.append(best)
    return found[:OVERTAKEN]


def flexible_cameras(city: City, view: Outlook, standing: list[Post]) -> pd.DataFrame:
    """Return every placement of the flexible cameras, and those in store.

    Parameters
    ----------
    city
        The whole city.
    view
        Its sites.
    standing
        The posts of today, from :func:`posts`.

    Returns
    -------
        One row per camera and placement with the delivered columns, ``x`` and ``y``; a camera in
        store has one row without dates and place.
    """
    rng = stream(city.seed, "earlier placements")
    elsewhere = _elsewhere(city, view)
    parts = []
    for number in range(PLACED + IN_STORE):
        name = camera_name(number)
        post = standing[number] if number < PLACED else None
        now = view.points[[post.site]] if post else np.full((1, 2), np.nan)
        row = placements("flexibel", now, "ptz", [post.since if post else None], [np.nan])
        until = post.since if post else str(month_start(rng, "2024-06", "2025-06"))
        count = int(rng.choice(EARLIER)) if post else 1
        earlier = _earlier(view.points[rng.choice(elsewhere, count)], until, rng)
        parts.append(pd.concat([earlier, row]).assign(camera=name))
    return pd.concat(parts, ignore_index=True)


def camera_name(number: int) -> str:
    """Return the name of a flexible camera by its number; posts come first, in their order."""
    return f"F{number + 1:02d}"


def _elsewhere(city: City, view: Outlook) -> Ints:
    """Return the sites where a camera may have stood: at lively places without a planted truth."""
    places = city.canvas.places.drop(index=list(city.canvas.plantings.cast.values()))
    lively = places.loc[places["kind"].isin(["youth_spot", "bench"]), ["x", "y"]].to_numpy()
    away = np.hypot(*(view.points[:, None] - lively).transpose(2, 0, 1)).min(axis=1)
    clear = np.ones(len(view.points), dtype=bool)
    for part in ("camera_square", "need_gone"):
        clear &= away_m(view.points, place_point(city, part)) > 2 * NEAR_PLACE_M
    return np.flatnonzero(view.pole & view.powered & clear & (away < NEAR_PLACE_M))


def _earlier(points: Floats, until: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return placements that ended before a day, one before the other, oldest first."""
    rows: list[pd.DataFrame] = []
    last = np.datetime64(until) - rng.integers(*BETWEEN_DAYS)
    for point in points:
        first = (last.astype("datetime64[M]") - rng.integers(*EARLIER_MONTHS)).astype(
            "datetime64[D]"
        )
        if first < np.datetime64(FIRST_DAY_STOOD):
            break
        row = placements("flexibel", point[None], "ptz", [str(first)], [np.nan])
        rows.insert(0, row.assign(einde=str(last), uitkijk_tot=str(last)))
        last = first - rng.integers(*BETWEEN_DAYS)
    return pd.concat(rows) if rows else pd.DataFrame()
