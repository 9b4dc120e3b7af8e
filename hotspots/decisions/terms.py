"""Days, terms and hours: when something is due, how long it holds, what lies within what."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from hotspots.register import Season

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_months(day: date, months: int) -> date:
    """Return the day so many months on, or back; the last of a month where it has no such day."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def longest_end(start: date, months: int) -> date:
    """Return the last day of a term of so many months that begins on `start`."""
    return add_months(start, months) - timedelta(days=1)


def week_hours(spans: Iterable[str]) -> frozenset[int]:
    """Return the hours of the week that spans such as ``fri 20-04`` hold; none given is all.

    Parameters
    ----------
    spans
        As :data:`hotspots.policy.cameras.WatchedHours`.

    Returns
    -------
    frozenset
        Hours since Monday midnight, 0 to 167.
    """
    found: set[int] = set()
    for span in spans:
        days, hours = span.split(" ")
        first, _, last = (days if days != "daily" else "mon-sun").partition("-")
        begin, end = map(int, hours.split("-"))
        n_days = (_WEEKDAYS.index(last or first) - _WEEKDAYS.index(first)) % 7 + 1
        length = (end - begin) % 24 or 24
        for n in range(n_days):
            at = 24 * (_WEEKDAYS.index(first) + n) + begin
            found.update((at + hour) % 168 for hour in range(length))
    return frozenset(found) if found else frozenset(range(168))


def season_days(season: Season | None) -> frozenset[tuple[int, int]]:
    """Return the days (month, day) of a season, which may pass New Year; none given is all."""
    leap = date(2024, 1, 1)
    days = [leap + timedelta(days=n) for n in range(366)]
    names = [(day.month, day.day) for day in days]
    if season is None:
        return frozenset(names)
    first, last = (tuple(map(int, text.split("-"))) for text in (season.first_day, season.last_day))
    if first <= last:
        return frozenset(name for name in names if first <= name <= last)
    return frozenset(name for name in names if name >= first or name <= last)
