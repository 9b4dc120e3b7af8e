"""When incidents begin: a day and an hour that fit the month, the theme and the place."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.geography import Floats, Ints
from data.duinstad.plantings import HourShift
from data.duinstad.themes import DAYS_PER_MONTH, FIRST_YEAR, MONTHS, PROFILES

Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]

Calendar = dict[tuple[str, int], Ints]
"""Days of a month, 0 the first, that count for a profile in a month."""

SATURDAY = 5
_WINTER = {9, 10, 11, 0, 1, 2}
"""Months, January 0, in which it is dark before dinner."""


def _first_day(month: int) -> np.datetime64:
    return np.datetime64(f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}-01")


def _days(month: int) -> Ints:
    """Return the days of a month, 0 the first."""
    length = _first_day(month + 1).astype("datetime64[D]") - _first_day(month)
    return np.arange(int(length.astype(int)))


def _weekday(month: int, days: Ints) -> Ints:
    """Return the weekday, Monday 0, of days of a month; 1 January 1970 was a Thursday."""
    return (int(_first_day(month).astype(int)) + 3 + days) % 7


def make_calendar(seed: int) -> Calendar:
    """Draw the hot days at the beach and the stadium's home days, always in a weekend.

    Parameters
    ----------
    seed
        Seed of the city.

    Returns
    -------
        The days, 0 the first, that count per profile and month.
    """
    rng = stream(seed, "calendar")
    marked: Calendar = {}
    for profile, counts in DAYS_PER_MONTH.items():
        for month in range(MONTHS):
            days = _days(month)
            if profile == "match":
                days = days[_weekday(month, days) >= SATURDAY]
            chosen = rng.choice(days, counts[month % 12], replace=False)
            marked[profile, month] = np.sort(chosen)
    return marked


def calendar_dates(calendar: Calendar, profile: str) -> list[np.datetime64]:
    """Return the dates of one profile in order."""
    return [
        _first_day(month) + np.timedelta64(int(day), "D")
        for month in range(MONTHS)
        for day in calendar[profile, month]
    ]


def _hour_weights(profile: str, month: int, days: Ints) -> Floats:
    """Return (days, 24) weights for one month."""
    summer = profile == "burglary" and month % 12 not in _WINTER
    week = PROFILES["burglary_summer" if summer else profile]
    return week[_weekday(month, days)]


def _groups(keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield each distinct key with the positions that hold it, in order."""
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    for key, positions in zip(distinct, np.split(order, first[1:]), strict=True):
        yield int(key), positions


def draw_moments(
    rows: pd.DataFrame,
    calendar: Calendar,
    shifts: tuple[HourShift, ...],
    rng: np.random.Generator,
) -> Moments:
    """Draw when each incident begins.

    Parameters
    ----------
    rows
        Incidents with ``month`` (0 is January of the first year), ``profile``, ``stream`` and
        ``place``.
    calendar
        The days that count, for the profiles that do not count every day.
    shifts
        Places whose hours move from a month on.
    rng
        Decides day, hour and minute.

    Returns
    -------
        (n,) moments to the minute, each within its month.
    """
    begin = np.empty(len(rows), dtype="datetime64[m]")
    names, profile_of = np.unique(rows["profile"].to_numpy(dtype=str), return_inverse=True)
    for key, group in _groups(profile_of * MONTHS + rows["month"].to_numpy()):
        profile, month = str(names[key // MONTHS]), key % MONTHS
        days = calendar.get((profile, month), _days(month))
        weights = _hour_weights(profile, month, days).ravel()
        slot = rng.choice(len(weights), len(group), p=weights / weights.sum())
        day, hour = days[slot // 24], slot % 24
        minutes = (day * 24 + hour) * 60 + rng.integers(0, 60, len(group))
        begin[group] = _first_day(month).astype("datetime64[m]") + minutes
    for shift in shifts:
        chosen = (rows["place"] == shift.place) & rows["stream"].isin(shift.streams)
        chosen &= rows["month"] >= shift.first_month
        later = begin + np.timedelta64(shift.hours, "h")
        same = later.astype("datetime64[M]") == begin.astype("datetime64[M]")
        begin = np.where(chosen.to_numpy() & same, later, begin)
    return begin
