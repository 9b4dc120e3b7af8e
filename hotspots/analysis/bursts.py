"""Places where incidents have lately come in a burst, so that residents can be told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.special import gammainc

from hotspots.analysis.clusters import PLACE_M, gather
from hotspots.analysis.grid import Floats, Ints
from hotspots.analysis.near_repeat import Days, near_pairs, refuse_pairs

HISTORY_DAYS = 730
"""Days before the look-back that tell what is usual: two of each season, and not so long that
quarters have changed."""

# A frame knows no unit of whole days.
_DAY = "datetime64[s]"


@dataclass(frozen=True)
class Bursts:
    """Bursts of incidents; no incident belongs to two.

    Parameters
    ----------
    table
        One row per burst, the least likely first; see :func:`find_bursts`.
    burst
        Row of the burst of each incident; -1 for none.
    n_undated
        Incidents left out because only their month is known.
    """

    table: pd.DataFrame
    burst: Ints
    n_undated: int


def find_bursts(
    x: Floats,
    y: Floats,
    day: Days,
    *,
    until: date,
    seed: int,
    radius_m: float = 300.0,
    within_days: int = 14,
    least: int = 5,
    look_back_days: int = 90,
    history_days: int = HISTORY_DAYS,
    alpha: float = 0.05,
    replications: int = 999,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> Bursts:
    """Find groups of incidents close in place and time that are unusual for that place and time.

    This is an alert about a neighbourhood, so that its residents can be told. It looks back: it
    is no forecast, and says nothing about persons.

    Looked at is every circle round an incident of the look-back, in every stretch of days that
    begins with an incident in it. Expected there is the circle's part of all incidents of history
    and look-back together, of those that the city had in these days: a busy place must be busier
    than it always is, and winter or a rise in the whole city makes no burst. How far a count
    stands out is the chance of as many or more under a Poisson distribution of that mean.

    Many places and days are looked at, and incidents are not Poisson. So that chance only ranks.
    It is compared with the smallest one found anywhere in the look-back when all dates are dealt
    out again at random, `replications` times: `p_value` is the share of deals in which the
    strongest group of the whole city stands out as much. Where incidents keep no company in time,
    a run gives a false alarm with a chance of at most `alpha`. That holds for one run and one
    theme; looking anew every week gives more of them.

    Incidents of one day at one place count once: a series of storage rooms in one block, or a
    registration made twice, is one event. So are two homes on the same day where coordinates were
    coarsened to one point. A burst longer than `within_days` is found in parts.

    Parameters
    ----------
    x, y
        Coordinates in metres, shape (incidents,).
    day
        Day of each incident, missing (``NaT``) where only the month is known, same shape. Later
        ones than `until` are left out.
    until
        Last day that is known.
    seed
        Decides how dates are dealt out.
    radius_m
        Radius of the circles.
    within_days
        Length of a stretch in days, first and last included.
    least
        Fewest incidents in a burst.
    look_back_days
        Days up to and including `until` in which bursts are looked for.
    history_days
        Days before those that tell what is usual, as far as there are incidents.
    alpha
        Largest `p_value` of a burst.
    replications
        Number of times the dates are dealt out.
    progress
        Called after each deal, with how many are done and how many there are.

    Returns
    -------
    Bursts
        The table has `x`, `y` and `radius_m` (smallest circle that holds the burst), `first_day`,
        `last_day`, `count` (incidents of one day at one place counted once), `incidents` (all of
        them), `expected` (in the circle that was looked at and its stretch of days) and
        `p_value`.

    Raises
    ------
    PolicyRefused
        When too many pairs of incidents lie within the radius.

    References
    ----------
    Kulldorff, Heffernan, Hartman, Assunção and Mostashari (2005), space-time permutation scan;
    Zhang, Assunção and Kulldorff (2010) for taking one group after another. Here the circle and
    the stretch have one size, and the Poisson tail takes the place of the likelihood ratio.
    """
    day = day.astype("datetime64[D]")
    events = _events(
        x, y, day, until=until, look_back_days=look_back_days, history_days=history_days
    )
    scan = _Scan.of(events.x, events.y, radius_m=radius_m, within_days=within_days, least=least)
    deal, rng = events.day, np.random.default_rng(seed)
    smallest = np.ones(replications)
    for done in range(replications):
        smallest[done] = scan.groups(rng.permutation(deal)).chance.min(initial=1.0)
        progress(done + 1, replications)
    burst_of_event, found = _take_out(
        scan.groups(deal), np.sort(smallest), n_events=len(deal), least=least, alpha=alpha
    )
    burst = np.full(len(day), -1, dtype=np.int64)
    burst[events.used] = burst_of_event[events.event]
    return Bursts(_describe(x, y, day, burst, found), burst, int(np.isnat(day).sum()))


def refuse_bursts(
    x: Floats,
    y: Floats,
    day: Days,
    *,
    until: date,
    radius_m: float,
    look_back_days: int,
    history_days: int = HISTORY_DAYS,
) -> None:
    """Refuse what :func:`find_bursts` would refuse, without its work.

    Parameters
    ----------
    x, y, day, until, radius_m, look_back_days, history_days
        As of :func:`find_bursts`.

    Raises
    ------
    PolicyRefused
        As :func:`find_bursts`.
    """
    day = day.astype("datetime64[D]")
    events = _events(
        x, y, day, until=until, look_back_days=look_back_days, history_days=history_days
    )
    refuse_pairs(events.x, events.y, reach_m=radius_m)


@dataclass(frozen=True)
class _Events:
    """Incidents of one day at one place as one event, of history and look-back.

    `day` counts from the first day of the look-back. Of the incidents the ones at `used` take
    part, each in its `event`.
    """

    x: Floats
    y: Floats
    day: Ints
    used: Ints
    event: Ints


def _events(
    x: Floats, y: Floats, day: Days, *, until: date, look_back_days: int, history_days: int
) -> _Events:
    last = np.datetime64(until, "D")
    begin = last - look_back_days + 1
    # A missing day is neither before nor after another.
    used = np.flatnonzero((day <= last) & (day >= begin - history_days))
    places = gather(x[used], y[used], size_m=PLACE_M)
    rows = np.column_stack([places.place, (day[used] - begin).astype(np.int64)])
    events, event = np.unique(rows, axis=0, return_inverse=True)
    return _Events(places.x[events[:, 0]], places.y[events[:, 0]], events[:, 1], used, event)


@dataclass(frozen=True)
class _Groups:
    """Circles and stretches of days with at least the fewest incidents.

    Group g holds the events ``member[begin[g]:end[g]]``; `chance` is its Poisson tail.
    """

    member: Ints
    begin: Ints
    end: Ints
    expected: Floats
    chance: Floats


@dataclass(frozen=True)
class _Scan:
    """What stays the same however dates are dealt out.

    `near` tells which events lie within the radius of which, themselves included.
    """

    near: sparse.csr_array
    within_days: int
    least: int

    @classmethod
    def of(cls, x: Floats, y: Floats, *, radius_m: float, within_days: int, least: int) -> "_Scan":
        one, other = near_pairs(x, y, reach_m=radius_m)
        own = np.arange(len(x))
        row, column = np.concatenate([one, other, own]), np.concatenate([other, one, own])
        near = sparse.csr_array(
            (np.ones(len(row), dtype=np.int8), (row, column)), shape=(len(x), len(x))
        )
        return cls(near, within_days, least)

    def groups(self, date: Ints) -> _Groups:
        """Return the groups of the look-back, which begins at day 0, for these dates."""
        recent = np.flatnonzero(date >= 0)
        recent = recent[np.argsort(date[recent], kind="stable")]
        near = self.near[recent][:, recent]
        near.sort_indices()
        circle = np.repeat(np.arange(len(recent)), np.diff(near.indptr))
        dates = date[recent]
        first = dates[near.indices]
        # Within a circle events stand by date, so that a stretch is a run of them.
        order = circle * (dates.max(initial=0) + 1 + self.within_days) + first
        begin = np.searchsorted(order, order)
        end = np.searchsorted(order, order + self.within_days)
        enough = np.flatnonzero((end - begin >= self.least) & (begin == np.arange(len(order))))
        begin, end = begin[enough], end[enough]
        in_city = np.searchsorted(dates, first[enough] + self.within_days) - np.searchsorted(
            dates, first[enough]
        )
        in_circle = np.diff(self.near.indptr)[recent[circle[enough]]]
        expected = in_circle * in_city / len(date)
        return _Groups(recent[near.indices], begin, end, expected, gammainc(end - begin, expected))


def _take_out(
    groups: _Groups, smallest: Floats, *, n_events: int, least: int, alpha: float
) -> tuple[Ints, pd.DataFrame]:
    """Take the least likely group, without its events the next, and so on while unlikely enough.

    Returns the burst of each event, and `count`, `expected` and `p_value` of each burst.
    """
    burst = np.full(n_events, -1, dtype=np.int64)
    found: list[tuple[int, float, float]] = []
    while len(groups.begin):
        free = np.concatenate([[0], np.cumsum(burst[groups.member] < 0)])
        count = free[groups.end] - free[groups.begin]
        chance = np.where(count >= least, gammainc(np.maximum(count, 1), groups.expected), 1.0)
        best = int(chance.argmin())
        as_small = np.searchsorted(smallest, chance[best], side="right")
        p_value = float((1 + as_small) / (1 + len(smallest)))
        if count[best] < least or p_value > alpha:
            break
        members = groups.member[groups.begin[best] : groups.end[best]]
        burst[members[burst[members] < 0]] = len(found)
        found.append((int(count[best]), float(groups.expected[best]), p_value))
    return burst, pd.DataFrame(found, columns=["count", "expected", "p_value"])


def _describe(x: Floats, y: Floats, day: Days, burst: Ints, found: pd.DataFrame) -> pd.DataFrame:
    """Return where and when each burst was, beside its figures."""
    members = np.argsort(burst, kind="stable")[np.count_nonzero(burst < 0) :]
    points = np.asarray(shapely.points(x[members], y[members]), dtype=object)
    groups = np.asarray(shapely.multipoints(points, indices=burst[members]), dtype=object)
    outline = np.asarray(shapely.minimum_bounding_circle(groups), dtype=object)
    # No circle is drawn round a single place.
    middle = shapely.centroid(np.where(shapely.is_empty(outline), groups, outline))
    days = pd.Series(day[members].astype(_DAY)).groupby(burst[members])
    return pd.DataFrame(
        {
            "x": shapely.get_x(middle),
            "y": shapely.get_y(middle),
            "radius_m": shapely.minimum_bounding_radius(groups),
            "first_day": days.min().to_numpy(_DAY),
            "last_day": days.max().to_numpy(_DAY),
            "count": found["count"].to_numpy(np.int64),
            "incidents": days.size().to_numpy(np.int64),
            "expected": found["expected"].to_numpy(np.float64),
            "p_value": found["p_value"].to_numpy(np.float64),
        }
    )
