"""The event calendar: days that distort counts, and dated events that explain a break."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.clock import calendar_dates
from data.duinstad.themes import FIRST_YEAR, YEARS
from data.duinstad.truths import Truth

COLUMNS = ("datum", "einddatum", "soort", "naam", "gebiedscode", "niveau")
YEARS_WITHOUT_CROWDS = (2020, 2021)
"""No large events, for a pandemic."""
CROWDED_WEEKS = (slice(9, 12), slice(22, 25), slice(26, 29))
"""Weeks of the year out of which the run, the harbour days and the beach festival are drawn."""
DEMONSTRATIONS_A_YEAR = 3
PROTEST_WEEKS = slice(35, 48)
CORE_WIJK, BEACH_WIJK = "Oude Stad", "Badplaats"


@dataclass(frozen=True)
class Event:
    """A row of the calendar; without an end it is one day, without an area the whole city."""

    datum: str
    soort: str
    naam: str
    einddatum: str = ""
    gebiedscode: str = ""
    niveau: str = ""


BREAKS = {
    "lock_programme": ("maatregel", "Slotenactie"),
    "camera_square": ("maatregel", "Start cameratoezicht"),
    "need_gone": ("maatregel", "Opening jongerencentrum"),
    "ban_faded": ("maatregel", "Start alcoholverbod"),
    "ban_persistent": ("maatregel", "Start alcoholverbod"),
    "enforcement_action": ("handhavingsactie", "Handhavingsactie overlast"),
    "opening_hours": ("maatregel", "Start proef openingstijden"),
    "beach_ban": ("maatregel", "Start alcoholverbod strand"),
}
"""Kind and name of the event behind a truth, which begins on the first day of its period."""


def event_calendar(city: City, truths: list[Truth]) -> pd.DataFrame:
    """Return every event of the city in order of date.

    Parameters
    ----------
    city
        The whole city.
    truths
        What is planted: the measures and actions among it are events.

    Returns
    -------
        The calendar with the columns of the delivered file, all texts.
    """
    events = [*_marked_days(city), *_new_years(), *_crowds(city), *_breaks(city, truths)]
    table = pd.DataFrame(events)[list(COLUMNS)]
    return table.sort_values(["datum", "soort", "gebiedscode"], ignore_index=True)


def _marked_days(city: City) -> list[Event]:
    """Return the days on which the stadium or the beach draws people."""
    names = {"match": ("voetbal", "Thuiswedstrijd"), "beach": ("warme dag", "Drukke stranddag")}
    return [
        Event(str(date), kind, name)
        for profile, (kind, name) in names.items()
        for date in calendar_dates(city.calendar, profile)
    ]


def _new_years() -> list[Event]:
    """Return the New Year's nights that touch the years of the city, by the day they begin."""
    return [
        Event(f"{year}-12-31", "jaarwisseling", "Nieuwjaarsnacht")
        for year in range(FIRST_YEAR - 1, YEARS[-1] + 1)
    ]


def _crowds(city: City) -> list[Event]:
    """Return the large events and demonstrations."""
    rng = stream(city.seed, "events")
    wijk = city.canvas.ground.buurten.drop_duplicates("wijk_name").set_index("wijk_name")
    core, beach = (str(wijk.at[name, "wijk_code"]) for name in (CORE_WIJK, BEACH_WIJK))
    events = []
    for year in YEARS:
        days = np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[D]")
        saturdays = days[np.is_busday(days, weekmask="Sat")]
        run, harbour, festival = (rng.choice(saturdays[weeks]) for weeks in CROWDED_WEEKS)
        protests = rng.choice(saturdays[PROTEST_WEEKS], DEMONSTRATIONS_A_YEAR, replace=False)
        if year in YEARS_WITHOUT_CROWDS:
            continue
        events += [
            Event(str(run), "evenement", "Stadsloop"),
            Event(_kings_day(year), "evenement", "Koningsdag"),
            Event(str(harbour), "evenement", "Havenfeesten", str(harbour + 1)),
            Event(str(festival), "evenement", "Strandfestival", str(festival + 1), beach, "wijk"),
            *(Event(str(d), "demonstratie", "Demonstratie", "", core, "wijk") for d in protests),
        ]
    return events


def _kings_day(year: int) -> str:
    """Return 27 April, or the day before when that is a Sunday."""
    day = np.datetime64(f"{year}-04-27")
    sunday = bool(np.is_busday(day, weekmask="Sun"))
    return str(day - np.timedelta64(int(sunday), "D"))


def _breaks(city: City, truths: list[Truth]) -> list[Event]:
    """Return the measures and actions; what lasts is dated by its first day."""
    canvas = city.canvas
    events = []
    for truth in truths:
        if truth.key not in BREAKS:
            continue
        kind, name = BREAKS[truth.key]
        code, level = truth.areas[0] if truth.areas else "", truth.level
        if not code:
            buurt = canvas.places["buurt"].to_numpy()[canvas.plantings.cast[truth.key]]
            code, level = str(canvas.ground.buurten["buurt_code"].to_numpy()[buurt]), "buurt"
        end = truth.period[1] if kind == "handhavingsactie" else ""
        events.append(Event(truth.period[0], kind, name, end, code, level))
    return events
