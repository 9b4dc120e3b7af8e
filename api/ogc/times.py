"""The parameter `datetime`: an instant or an interval, against days that count whole."""

import re
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE
)
_OPEN = ("", "..")


class Period(NamedTuple):
    """From the first to the last moment, both included, on this machine's clock; none is open."""

    first: datetime | None
    last: datetime | None

    def meets(self, begin: Days, end: Days) -> npt.NDArray[np.bool_]:
        """Tell which terms of whole days hold a moment of this period.

        Parameters
        ----------
        begin, end
            First and last day, both included; NaT is open. What has neither meets every period,
            as the standard asks.
        """
        found = np.ones(len(begin), dtype=bool)
        if self.first is not None:  # the day after the last begins at midnight
            found &= np.isnat(end) | (end + np.timedelta64(1, "D") > np.datetime64(self.first))
        if self.last is not None:
            found &= np.isnat(begin) | (begin <= np.datetime64(self.last))
        return found


def read_period(text: str) -> Period:
    """Read an instant or an interval (RFC 3339); a day stands for all of its hours.

    Raises
    ------
    ValueError
        When it is neither, is open at both ends, or ends before it begins.
    """
    parts = text.split("/")
    if len(parts) > 2 or all(part in _OPEN for part in parts):
        raise ValueError(
            "A datetime is a moment such as 2025-01-01T00:00:00Z, a day, or two of these with a "
            "slash between them, of which one may be open (..)."
        )
    if len(parts) == 1:
        return Period(_moment(text, last=False), _moment(text, last=True))
    first, last = parts
    period = Period(
        None if first in _OPEN else _moment(first, last=False),
        None if last in _OPEN else _moment(last, last=True),
    )
    if period.first is not None and period.last is not None and period.first > period.last:
        raise ValueError("An interval does not end before it begins.")
    return period


def interval_of(begin: Days, end: Days) -> list[str | None] | None:
    """Return the first and last moment of terms in UTC, open where a term is; none without any."""
    if not len(begin) or (np.isnat(begin) & np.isnat(end)).all():
        return None
    first = None if np.isnat(begin).any() else _in_utc(begin.min().astype(date), time.min)
    last = None if np.isnat(end).any() else _in_utc(end.max().astype(date), time(23, 59, 59))
    return [first, last]


def _moment(text: str, *, last: bool) -> datetime:
    """Return a moment on this machine's clock; of a day the first, or the `last`."""
    if _DAY.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), time.max if last else time.min)
    if not _MOMENT.fullmatch(text):
        raise ValueError(
            f"A moment is written as 2025-01-01T00:00:00Z or 2025-01-01, and not as {text[:40]!r}."
        )
    try:
        return datetime.fromisoformat(text.upper()).astimezone().replace(tzinfo=None)
    except OverflowError:
        raise ValueError("A moment lies in the years 1 to 9999.") from None


def _in_utc(day: date, moment: time) -> str:
    local = datetime.combine(day, moment).astimezone(UTC)
    return local.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def same_days(first: date | None, last: date | None, count: int) -> tuple[Days, Days]:
    """Return the same term so many times, as days."""
    begin, end = (np.full(count, np.datetime64(day or "NaT", "D")) for day in (first, last))
    return begin, end
