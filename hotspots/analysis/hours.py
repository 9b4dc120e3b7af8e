"""At which hours of the week incidents happen, also when only a span of time is known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.analysis.grid import Floats, Ints

LONGEST_H = 24
"""A longer span passes every hour of the day: it says nothing about the hour."""

Moments = npt.NDArray[np.datetime64]

_HOURS = 7 * 24
# The epoch was a Thursday.
_EPOCH_H = 3 * 24


@dataclass(frozen=True)
class Profile:
    """When the incidents of each group happened; ``weights.sum((1, 2))`` is `n_known`.

    Parameters
    ----------
    weights
        Incidents per weekday and hour, shape (groups, 7, 24); Monday is 0, and hour 0 begins at
        midnight.
    n_known
        Incidents whose hour is known well enough, shape (groups,).
    n_unknown
        Incidents left out, same shape: no start, an end before the start, or a span too long.
    """

    weights: Floats
    n_known: Ints
    n_unknown: Ints


def hour_profile(
    start: Moments, end: Moments, group: Ints, *, n_groups: int, longest_h: int = LONGEST_H
) -> Profile:
    """Spread each incident over the hours of the week in proportion to the time it spends there.

    Each incident weighs 1. A span runs from its start up to, and not including, its end, in whole
    minutes; without an end, or with one in the same minute, the incident belongs to the hour of
    its start. Times are those of the clock: on the two nights that the clock changes, an hour
    that did not exist may get weight and one that came twice counts once; an end that the clock
    puts before its start leaves the incident out, as any reversed span does.

    A span longer than `longest_h` is left out and counted. By default that is a day: such a span
    passes every hour, and spreading it would level the profile without telling anything. What
    remains leans towards incidents that were soon noticed; `n_unknown` says how many do not count.

    Parameters
    ----------
    start, end
        Local time without zone, missing (``NaT``) where unknown; a date without a time of day is
        to be passed as missing. Shape (incidents,).
    group
        Group of each incident, 0 to `n_groups` - 1; -1 for none. Same shape.
    n_groups
        Number of groups.
    longest_h
        Longest span that counts, in hours.

    Returns
    -------
    Profile
        Weights and numbers of incidents per group.

    References
    ----------
    Ratcliffe and McCullagh (1998); Ratcliffe (2000), aoristic analysis; Ashby and Bowers (2013)
    for how it compares with taking the start, the middle or the end.
    """
    started = ~np.isnat(start)
    first = start.astype("datetime64[m]").astype(np.int64)
    last = np.where(np.isnat(end), start, end).astype("datetime64[m]").astype(np.int64)
    known = started & (last >= first) & (last - first <= 60 * longest_h)
    counted = known & (group >= 0)
    return Profile(
        _spread(first[counted], last[counted], group[counted], n_groups),
        np.bincount(group[counted], minlength=n_groups).astype(np.int64),
        np.bincount(group[~known & (group >= 0)], minlength=n_groups).astype(np.int64),
    )


def _spread(first: Ints, last: Ints, group: Ints, n_groups: int) -> Floats:
    """Return weights per group, weekday and hour of spans in minutes, an hour of each at a time."""
    # A moment lasts its minute.
    last = np.maximum(last, first + 1)
    per_minute = 1 / (last - first)
    hour = first // 60
    weights = np.zeros(n_groups * _HOURS)
    while len(hour):
        minutes = np.minimum(last, 60 * (hour + 1)) - np.maximum(first, 60 * hour)
        weights += np.bincount(
            group * _HOURS + (hour + _EPOCH_H) % _HOURS,
            minutes * per_minute,
            minlength=n_groups * _HOURS,
        )
        on = last > 60 * (hour + 1)
        first, last, group, per_minute = first[on], last[on], group[on], per_minute[on]
        hour = hour[on] + 1
    return weights.reshape(n_groups, 7, 24)
