"""What an engine should say of the planted truths, counted in the clean incidents."""

import numpy as np
import pandas as pd

from data.duinstad.city import City
from data.duinstad.plantings import ALCOHOL_STREAMS, BURST_RADIUS_M, NIGHT_STREAMS, YOUTH_STREAMS
from data.duinstad.themes import MONTHS, YEARS
from data.duinstad.truths import Truth, point_wkt, yearly

SOURCES = ("police", "citizens")
"""Whose the streams of a pair on one nuisance are."""
ACTION_MONTHS = (4, 9)
DISPLACED_RADIUS_M = 35.0
PLACE_RADIUS_M = 110.0
TREND_CLASSES = {
    "need_gone": ("youth_nuisance", 36, ("diminishing", "historical")),
    "ban_faded": ("alcohol_reports", 84, ("diminishing", "historical")),
    "ban_persistent": ("alcohol_reports", 36, ("persistent",)),
}
"""The trend classes that fit a theme at a place over so many months up to the end.

Of alcohol the reports, which are twice as many: a quarter of the police's is too thin."""


def expected_answers(city: City, truths: list[Truth]) -> dict[str, dict[str, object]]:
    """Return what should be found, by key of the truth.

    Parameters
    ----------
    city
        The whole city.
    truths
        What is planted in it.

    Returns
    -------
        Verdicts, classes and places with the counts behind them. Counts are of clean incidents:
        what is delivered differs from them by the dirt.
    """
    by_key = {truth.key: truth for truth in truths}
    return {
        "enforcement_action": _contradiction(city, by_key["enforcement_action"]),
        "camera_square": _displacement(city, by_key["camera_square"]),
        "new_year_night": _one_night(city),
        "burst": _burst(city, by_key["burst"]),
        **{key: _course(city, by_key[key]) for key in TREND_CLASSES},
    }


def _contradiction(city: City, truth: Truth) -> dict[str, object]:
    """Count the months of the action in every year, per theme and source."""
    wijk = city.canvas.ground.buurten["wijk_code"].to_numpy()[city.incidents["buurt"]]
    months = city.incidents["begin"].dt.month
    rows = city.incidents[(wijk == truth.areas[0]) & months.between(*ACTION_MONTHS)]
    counts = {
        theme: {
            who: yearly(rows[rows["stream"] == name])
            for who, name in zip(SOURCES, pair, strict=True)
        }
        for theme, pair in zip(truth.themes, (YOUTH_STREAMS, ALCOHOL_STREAMS), strict=True)
    }
    return {"verdict": "sources_contradict", "months": ACTION_MONTHS, "counts": counts}


def _near(city: City, x: float, y: float, radius_m: float) -> pd.DataFrame:
    rows = city.incidents
    return rows[np.hypot(rows["x"] - x, rows["y"] - y) < radius_m]


def _displacement(city: City, truth: Truth) -> dict[str, object]:
    """Count where the incidents of the camera square went."""
    goal = city.canvas.plantings.displaced_to
    since = truth.period[0]
    rows = _near(city, *goal, DISPLACED_RADIUS_M)
    begins = {theme: rows.loc[rows["stream"] == theme, "begin"] for theme in NIGHT_STREAMS}
    return {
        "hot_at": point_wkt(*goal),
        "since": since,
        "radius_m": DISPLACED_RADIUS_M,
        "counts": {
            theme: {
                "before": int((begin < since).sum()),
                "after": int((begin >= since).sum()),
            }
            for theme, begin in begins.items()
        },
    }


def _one_night(city: City) -> dict[str, object]:
    """Count the planted vandalism per whole night, named by the day on which it begins."""
    begin = city.incidents.loc[city.incidents["truth"] == "new_year", "begin"]
    nights = {
        f"{year}-12-31": int(begin.between(f"{year}-12-31T20:00", f"{year + 1}-01-01T06:00").sum())
        for year in YEARS[:-1]
    }
    return {"night": "12-31", "per_night": nights}


def _burst(city: City, truth: Truth) -> dict[str, object]:
    codes = city.canvas.ground.buurten.set_index("buurt_code")
    return {
        "alert": True,
        "wijk": str(codes.at[truth.areas[0], "wijk_code"]),
        "first": truth.period[0],
        "last": truth.period[1],
        "burglaries": truth.planted["burglaries"],
        "radius_m": 2 * BURST_RADIUS_M,
    }


def _course(city: City, truth: Truth) -> dict[str, object]:
    """Count a place month by month."""
    theme, months, classes = TREND_CLASSES[truth.key]
    streams = YOUTH_STREAMS if theme in YOUTH_STREAMS else ALCOHOL_STREAMS
    place = city.canvas.places.iloc[city.canvas.plantings.cast[truth.key]]
    rows = _near(city, place["x"], place["y"], PLACE_RADIUS_M)
    return {
        "trend": {"theme": theme, "months": months, "classes": classes},
        "changes_from": truth.planted["from"],
        "factor": truth.planted["factor"],
        "radius_m": PLACE_RADIUS_M,
        "monthly": {name: _monthly(rows.loc[rows["stream"] == name, "begin"]) for name in streams},
    }


def _monthly(begin: pd.Series) -> list[int]:
    month = (begin.dt.year - YEARS[0]) * 12 + begin.dt.month - 1
    return [int(count) for count in np.bincount(month, minlength=MONTHS)]
