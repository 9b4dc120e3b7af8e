"""What is planted: how the truths change the city, as data that ``incidents`` carries out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.geography import Floats, Ground
from data.duinstad.places import kind_of
from data.duinstad.roles import Roles
from data.duinstad.themes import CRIME_STREAMS, FIRST_YEAR, MONTHS, YEARS

TINY_BURGLARIES = (3, 3, 3, 2, 3, 2, 2)
"""Burglaries a year among the 47 dwellings."""
NEW_ESTATE_RISK = 2.3
LOCK_WIJK_RISK = 1.3
"""Before the lock programme: there was a reason for it."""
QUIET_FACTOR = 0.25
NEW_YEAR_NIGHT = 34
"""Vandalism in one buurt on the night of New Year, every year."""
NEW_YEAR_BUURT_FACTOR = 0.6
"""Vandalism there on every other night."""
BURST_COUNT = 8
BURST_DAYS = 12
BURST_RADIUS_M = 150.0
BURST_START = "2025-10-06"
IMPROVING = (1.0, 1.0, 0.92, 0.846, 0.779, 0.716, 0.659)
RELAPSING = (1.0, 1.0, 0.95, 0.9, 1.06, 0.96, 0.88)
BEACH_BAN_FACTOR = 1.0
"""The ban on the beach changes nothing."""
PEAK_FACTOR = 1.7
LOCK_FACTOR = 0.65
LOCK_RING_FACTOR = 0.85
CAMERA_FACTOR = 0.7
DISPLACED_SHARE = 0.15
"""Share of the square's incidents before the cameras that now happens two streets away."""
MOVE_RADIUS_M = 35.0
CAMERA_DRUGS_FACTOR = 1.8
NEED_GONE_FACTOR = 0.15
BAN_FADED_FACTOR = 0.2
ACTION_FACTOR = {
    "youth_reports": 1.4,
    "alcohol_reports": 1.4,
    "youth_nuisance": 0.8,
    "alcohol_nuisance": 0.8,
}
ACTION_WIJK_SHARE = {
    "youth_reports": 0.2,
    "alcohol_reports": 0.25,
    "youth_nuisance": 0.2,
    "alcohol_nuisance": 0.25,
}
"""Share of the city's nuisance in the wijk of the enforcement action: there was a reason for it.

With less, half a year holds too few incidents for its effect to stand out from chance."""
PILOT_SHIFT_H = 2
PILOT_STREAMS = ("assault", "nightlife_nuisance")
YOUTH_STREAMS = ("youth_nuisance", "youth_reports")
ALCOHOL_STREAMS = ("alcohol_nuisance", "alcohol_reports")
NIGHT_STREAMS = ("assault", "nightlife_nuisance", "street_robbery", "vandalism")


def month_index(year: int, month: int) -> int:
    """Return the position of a month in the series; January 2019 is 0."""
    return (year - FIRST_YEAR) * 12 + month - 1


@dataclass(frozen=True)
class Effect:
    """A factor on the streams at some components, from one month up to (not with) another.

    ``column`` names what is chosen on: ``place``, ``wijk_code``, ``buurt_code``,
    ``service_area_code`` or ``stadsdeel_code``.
    """

    streams: tuple[str, ...]
    column: str
    values: tuple[object, ...]
    factor: float
    first_month: int = 0
    last_month: int = MONTHS


@dataclass(frozen=True)
class Move:
    """A share of the incidents of one place that happens on another spot from a month on."""

    streams: tuple[str, ...]
    place: int
    first_month: int
    share: float
    x: float
    y: float
    radius_m: float


@dataclass(frozen=True)
class HourShift:
    """A place whose hours move from a month on, its counts unchanged."""

    streams: tuple[str, ...]
    place: int
    first_month: int
    hours: int


@dataclass(frozen=True)
class Plantings:
    """Everything planted, and the places and points that play a part by name."""

    effects: tuple[Effect, ...]
    moves: tuple[Move, ...]
    shifts: tuple[HourShift, ...]
    extra: pd.DataFrame
    cast: dict[str, int]
    displaced_to: tuple[float, float]


def _cast(
    places: pd.DataFrame, roles: Roles, ground: Ground, rng: np.random.Generator
) -> dict[str, int]:
    """Return which place plays which part in truths about one place."""
    wijk = ground.buurten["wijk_code"].to_numpy()[places["buurt"]]
    heavy = (places["weight"] >= places.groupby("kind")["weight"].transform("median")).to_numpy()
    free = heavy & (wijk != roles.action_wijk)
    night = rng.permutation(np.flatnonzero(places["kind"] == "nightlife")[:3])
    spots = rng.permutation(np.flatnonzero((places["kind"] == "youth_spot") & free))
    benches = rng.permutation(np.flatnonzero((places["kind"] == "bench") & free))
    cast = {
        "station": np.flatnonzero(places["kind"] == "station")[0],
        "camera_square": night[0],
        "opening_hours": night[1],
        "need_gone": spots[0],
        "ban_faded": benches[0],
        "ban_persistent": benches[1],
        "beach_ban": np.flatnonzero(places["kind"] == "beach")[0],
    }
    return {name: int(place) for name, place in cast.items()}


def _yearly(code: str, factors: tuple[float, ...]) -> list[Effect]:
    return [
        Effect(
            CRIME_STREAMS,
            "stadsdeel_code",
            (code,),
            factor,
            month_index(year, 1),
            month_index(year + 1, 1),
        )
        for year, factor in zip(YEARS, factors, strict=True)
    ]


def _action(roles: Roles) -> list[Effect]:
    """Return the enforcement action: what its wijk gains or loses is that of its own counts.

    A city's total is fixed, so what the wijk gains all others lose: the factor on its weight is
    further from 1 than that on its counts.
    """
    months = month_index(2024, 4), month_index(2024, 10)
    effects = []
    for name, factor in ACTION_FACTOR.items():
        share = ACTION_WIJK_SHARE[name]
        weight = factor * (1 - share) / (1 - factor * share)
        effects.append(Effect((name,), "wijk_code", (roles.action_wijk,), weight, *months))
    return effects


def _effects(roles: Roles, cast: dict[str, int]) -> list[Effect]:
    year_2023 = (month_index(2023, 1), month_index(2024, 1))
    lock = month_index(2024, 1)
    camera = month_index(2022, 7)
    wijk, place = "wijk_code", "place"
    return [
        Effect(("burglary",), "service_area_code", (roles.regressing,), PEAK_FACTOR, *year_2023),
        Effect(("burglary",), wijk, (roles.lock_wijk,), LOCK_FACTOR, lock),
        Effect(("burglary",), "buurt_code", roles.lock_ring, LOCK_RING_FACTOR, lock),
        Effect(
            NIGHT_STREAMS, place, (cast["camera_square"],), CAMERA_FACTOR + DISPLACED_SHARE, camera
        ),
        Effect(("drugs_nuisance",), place, (cast["camera_square"],), CAMERA_DRUGS_FACTOR, camera),
        Effect(YOUTH_STREAMS, place, (cast["need_gone"],), NEED_GONE_FACTOR, month_index(2025, 3)),
        Effect(YOUTH_STREAMS, place, (cast["need_gone"],), 2.5),
        Effect(("vandalism",), "buurt_code", (roles.new_year_buurt,), NEW_YEAR_BUURT_FACTOR),
        Effect(ALCOHOL_STREAMS, place, (cast["ban_faded"], cast["ban_persistent"]), 2.0),
        Effect(
            ALCOHOL_STREAMS, place, (cast["ban_faded"],), BAN_FADED_FACTOR, month_index(2023, 1)
        ),
        *_action(roles),
        Effect(
            ALCOHOL_STREAMS, place, (cast["beach_ban"],), BEACH_BAN_FACTOR, month_index(2023, 9)
        ),
        *_yearly(roles.improving, IMPROVING),
        *_yearly(roles.relapsing, RELAPSING),
    ]


def make_plantings(
    roles: Roles,
    ground: Ground,
    places: pd.DataFrame,
    spots: pd.DataFrame,
    addresses: pd.DataFrame,
    seed: int,
) -> Plantings:
    """Draw everything that is planted in one city.

    Parameters
    ----------
    roles, ground, places, spots, addresses
        The city so far.
    seed
        Seed of the city.

    Returns
    -------
        The effects, moves, shifts and extra incidents that carry the truths.
    """
    rng = stream(seed, "plantings")
    cast = _cast(places, roles, ground, rng)
    goal = _quiet_spot_near(places, spots, cast["camera_square"], rng)
    moving = DISPLACED_SHARE / (CAMERA_FACTOR + DISPLACED_SHARE)
    moved = Move(
        NIGHT_STREAMS, cast["camera_square"], month_index(2022, 7), moving, *goal, MOVE_RADIUS_M
    )
    pilot = HourShift(PILOT_STREAMS, cast["opening_hours"], month_index(2024, 1), PILOT_SHIFT_H)
    extra = [
        _tiny_area(roles, ground, addresses, rng),
        _new_year(roles, ground, spots, rng),
        _burst(roles, ground, addresses, rng),
    ]
    return Plantings(
        tuple(_effects(roles, cast)),
        (moved,),
        (pilot,),
        pd.concat(extra, ignore_index=True),
        cast,
        goal,
    )


def _quiet_spot_near(
    places: pd.DataFrame, spots: pd.DataFrame, square: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Return a spot two streets from the square, out of reach of every other place of the night.

    Chance draws a spot; the quiet one nearest to it is taken.
    """
    points = spots[["x", "y"]].to_numpy()
    middle = places[["x", "y"]].to_numpy()
    ring = np.flatnonzero(pd.Series(np.hypot(*(points - middle[square]).T)).between(190, 230))
    drawn = points[int(rng.choice(ring))]
    others = np.array([bool(set(kind_of(k).pull) & set(NIGHT_STREAMS)) for k in places["kind"]])
    others[square] = False
    away = np.hypot(*(points[ring][:, None] - middle[others]).transpose(2, 0, 1))
    clear_m = (away - 2.5 * places["radius_m"].to_numpy()[others]).min(axis=1) - MOVE_RADIUS_M
    quiet = points[ring][clear_m > min(0.0, clear_m.max() - 1e-9)]
    x, y = quiet[np.argmin(np.hypot(*(quiet - drawn).T))]
    return float(x), float(y)


def _rows(truth: str, name: str, where: pd.DataFrame, begin: np.ndarray) -> pd.DataFrame:
    rows = where[["x", "y", "buurt", "service_area"]].reset_index(drop=True)
    return rows.assign(truth=truth, stream=name, begin=begin.astype("datetime64[m]"))


def _tiny_area(
    roles: Roles, ground: Ground, addresses: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the few burglaries that put 47 dwellings on top of a naive list."""
    inside = (ground.buurten["wijk_code"] == roles.tiny).to_numpy()[addresses["buurt"]]
    homes = addresses[inside].sample(sum(TINY_BURGLARIES), random_state=rng)
    year = np.repeat(YEARS, TINY_BURGLARIES)
    january = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    hour = rng.integers(9, 22, len(year)).astype("timedelta64[h]")
    day = rng.integers(0, 330, len(year)).astype("timedelta64[D]")
    minute = rng.integers(0, 60, len(year)).astype("timedelta64[m]")
    return _rows("tiny_area", "burglary", homes, january + day + hour + minute)


def _new_year(
    roles: Roles, ground: Ground, spots: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return a buurt's vandalism of New Year's nights, on a few streets round its middle."""
    inside = ground.buurten["buurt_code"].to_numpy()[spots["buurt"]] == roles.new_year_buurt
    own = spots[inside]
    centre = own[["x", "y"]].median()
    away = np.hypot(own["x"] - centre["x"], own["y"] - centre["y"])
    parts = []
    for year in YEARS:
        where = own.sample(
            NEW_YEAR_NIGHT, replace=True, weights=np.exp(-((away / 130) ** 2)), random_state=rng
        )
        before = rng.random(NEW_YEAR_NIGHT) < 0.3
        evening = np.datetime64(f"{year}-12-31T20:00") + rng.integers(0, 240, NEW_YEAR_NIGHT)
        morning = np.datetime64(f"{year}-01-01T00:00") + rng.integers(0, 300, NEW_YEAR_NIGHT)
        parts.append(_rows("new_year", "vandalism", where, np.where(before, evening, morning)))
    return pd.concat(parts, ignore_index=True)


def _burst(
    roles: Roles, ground: Ground, addresses: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return eight burglaries in twelve days, no two more than 300 m apart."""
    own = addresses[
        ground.buurten["buurt_code"].to_numpy()[addresses["buurt"]] == roles.burst_buurt
    ]
    points: Floats = own[["x", "y"]].to_numpy()
    middle = points[np.argmin(np.hypot(*(points - np.median(points, axis=0)).T))]
    near = own[np.hypot(*(points - middle).T) < BURST_RADIUS_M]
    where = near.drop_duplicates("plot").sample(BURST_COUNT, random_state=rng)
    days = np.sort(np.append(rng.integers(1, BURST_DAYS - 1, BURST_COUNT - 2), [0, BURST_DAYS - 1]))
    minutes = rng.integers(9 * 60, 18 * 60, BURST_COUNT)
    begin = np.datetime64(f"{BURST_START}T00:00") + days * 24 * 60 + minutes
    return _rows("burst", "burglary", where, begin)
