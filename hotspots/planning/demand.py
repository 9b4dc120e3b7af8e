"""What cameras are asked to see: weighted incidents in public space, gathered by place.

An incident weighs what its theme weighs, times the share of the time in which it may have happened
that someone watches, times what one year is of the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.analysis.clusters import gather
from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.analysis.hours import LONGEST_H, Moments

POINT_M = 10.0
"""Incidents in the same square of this size are one demand point."""

PUBLIC_REACH_M = 5.0
"""So near public space, and not in a building, an incident counts as there."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK_H = 7 * 24
# Hours from Monday midnight to the epoch, a Thursday.
_EPOCH_H = 3 * 24


@dataclass(frozen=True)
class DemandPoints:
    """Where incidents lie, gathered.

    Parameters
    ----------
    x, y
        Of the incident nearest to the middle of each point's incidents, in metres: a place where
        someone stood, never the inside of a block between two streets. Shape (points,).
    of_incident
        Number of the point of each incident, shape (incidents,).
    """

    x: Floats
    y: Floats
    of_incident: Ints

    def total(self, weight: Floats) -> Floats:
        """Add up a weight per incident by point, shape (points,)."""
        total = np.bincount(self.of_incident, weight, minlength=len(self.x))
        return np.asarray(total, dtype=np.float64)


def watched_hours(spans: Sequence[str]) -> Bools:
    """Read in which hours of the week someone watches.

    Parameters
    ----------
    spans
        Such as ``fri 20-04``, ``mon-fri 08-18`` or ``daily 16-24``. One that ends before it begins
        runs into the next day. None at all means every hour.

    Returns
    -------
    numpy.ndarray
        Shape (7, 24), Monday first.
    """
    watched = np.zeros(_WEEK_H, dtype=bool)
    for span in spans:
        day, hours = span.split(" ")
        first, last = map(int, hours.split("-"))
        last += 24 * (last <= first)
        for weekday in _weekdays(day):
            watched[(24 * weekday + np.arange(first, last)) % _WEEK_H] = True
    return (watched if spans else ~watched).reshape(7, 24)


def _weekdays(text: str) -> list[int]:
    """Return the numbers of a day, a row of days, or every day."""
    if text == "daily":
        return list(range(7))
    first, _, last = text.partition("-")
    start = _DAYS.index(first)
    length = (_DAYS.index(last or first) - start) % 7 + 1
    return [(start + n) % 7 for n in range(length)]


def watched_share(start: Moments, end: Moments, watched: Bools) -> Floats:
    """Return the share of the time in which each incident may have happened that is watched.

    Parameters
    ----------
    start, end
        As for :func:`hotspots.analysis.hours.hour_profile`, shape (incidents,).
    watched
        Result of :func:`watched_hours`.

    Returns
    -------
    numpy.ndarray
        0 to 1; not a number where the hour is unknown: no start, an end before it, or a span of
        more than a day.

    References
    ----------
    Ratcliffe and McCullagh (1998), aoristic analysis.
    """
    first = start.astype("datetime64[m]").astype(np.int64)
    last = np.where(np.isnat(end), start, end).astype("datetime64[m]").astype(np.int64)
    known = ~np.isnat(start) & (last >= first) & (last - first <= 60 * LONGEST_H)
    first, last = first[known], np.maximum(last, first + 1)[known]
    share = np.full(len(start), np.nan)
    share[known] = (_minutes(last, watched) - _minutes(first, watched)) / (last - first)
    return share


def _minutes(minute: Ints, watched: Bools) -> Floats:
    """Return how many watched minutes went before each minute, from some Monday on."""
    passed = np.concatenate([[0], 60 * np.cumsum(watched.ravel())])
    week, within = np.divmod(minute + 60 * _EPOCH_H, 60 * _WEEK_H)
    part = np.interp(within, 60 * np.arange(_WEEK_H + 1), passed)
    return np.asarray(week * float(passed[-1]) + part, dtype=np.float64)


def fill_unknown(share: Floats) -> Floats:
    """Give incidents of an unknown hour the mean share of those of which it is known, or all.

    Parameters
    ----------
    share
        Result of :func:`watched_share`.
    """
    known = share[~np.isnan(share)]
    return np.where(np.isnan(share), known.mean() if len(known) else 1.0, share)


def demand_points(x: Floats, y: Floats, *, size_m: float = POINT_M) -> DemandPoints:
    """Gather incidents by squares.

    Parameters
    ----------
    x, y
        Coordinates in metres, shape (incidents,).
    size_m
        Side of a square.

    Returns
    -------
    DemandPoints
        From south to north, then from west to east.
    """
    places = gather(x, y, size_m=size_m)
    off = np.hypot(x - places.x[places.place], y - places.y[places.place])
    order = np.lexsort((x, y, off, places.place))
    first = order[np.searchsorted(places.place[order], np.arange(len(places.count)))]
    return DemandPoints(x[first], y[first], places.place)


def in_public_space(
    x: Floats,
    y: Floats,
    *,
    buildings: npt.NDArray[np.object_],
    public_space: npt.NDArray[np.object_] | None,
) -> Bools:
    """Tell which incidents happened in public space.

    Parameters
    ----------
    x, y
        Coordinates in metres, shape (incidents,).
    buildings
        Polygons; what happened inside one did not happen in public space. A spot on the outline
        counts as outside.
    public_space
        Polygons, :data:`PUBLIC_REACH_M` within which counts; None where they were not delivered:
        then it is all that is not built.

    Returns
    -------
    numpy.ndarray
        One value per incident.
    """
    place = np.asarray(shapely.points(x, y), dtype=object)
    public = np.ones(len(place), dtype=np.bool_)
    if public_space is not None:
        near = shapely.STRtree(public_space).query(
            place, predicate="dwithin", distance=PUBLIC_REACH_M
        )[0]
        public[:] = False
        public[near] = True
    inside = shapely.STRtree(buildings).query(place, predicate="within")
    public[inside[0]] = False
    return np.asarray(public, dtype=np.bool_)
