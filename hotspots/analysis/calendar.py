"""Days that distort counts, and dated events that may explain why counts changed.

A night belongs to the day on which it began: what happens before six in the morning after a
football match is counted with the match. New Year's night begins on 31 December.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import Bools, Ints
from hotspots.schemas import DISTORTING, EXPLAINING, Level

Days = npt.NDArray[np.datetime64]

ANY = "any"
"""Stands for every kind of distorting day together."""

KINDS = (*DISTORTING, ANY)
"""Kinds of distorting day that are counted."""

NIGHT_ENDS_HOUR = 6
"""Until this hour a night belongs to the day before."""

LEAST_OVERLAP = 0.1
"""An event was where at least this share of a polygon lies in its area."""

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class CalendarShares:
    """What fell on distorting days, per place.

    Parameters
    ----------
    table
        One row per place and kind: `place`, `kind` (of :data:`KINDS`), `incidents` of which the
        day is known, `on_days` of them on days of the kind, their `share`; `days_of_kind` among
        `days` and the `share_of_days` to compare with. A share of nothing is missing.
    n_unknown
        Per place the incidents of which only the month is known; shape (places,).
    """

    table: pd.DataFrame
    n_unknown: Ints


def event_days(incidents: pd.DataFrame) -> Days:
    """Return the day to whose evening and night each incident belongs.

    Parameters
    ----------
    incidents
        `start` and `time_precision`, as :func:`hotspots.schemas.incidents_schema` says.

    Returns
    -------
    numpy.ndarray
        Day per incident; an incident without a time of day belongs to its date, one of which
        only the month is known to no day (``NaT``).
    """
    start = incidents["start"].to_numpy("datetime64[s]")
    precision = incidents["time_precision"].to_numpy()
    night = np.where(precision == "minute", NIGHT_ENDS_HOUR, 0).astype("timedelta64[h]")
    days: Days = (start - night).astype("datetime64[D]")
    days[precision == "month"] = np.datetime64("NaT")
    return days


def events_at(
    events: pd.DataFrame, polygons: gpd.GeoSeries, areas: "Mapping[Level, gpd.GeoDataFrame]"
) -> Bools:
    """Tell which events were at which polygon.

    Parameters
    ----------
    events
        As :func:`hotspots.schemas.events_schema` says; one without an area was everywhere, one
        of an area that is not among `areas` nowhere.
    polygons
        Places, in the CRS of `areas`.
    areas
        Areas per delivered level, as :func:`hotspots.schemas.areas_schema` says.

    Returns
    -------
    numpy.ndarray
        True where at least :data:`LEAST_OVERLAP` of the polygon lies in the area of the event;
        shape (polygons, events).
    """
    everywhere = events["area_code"].isna().to_numpy()
    found = np.broadcast_to(everywhere, (len(polygons), len(events))).copy()
    places = polygons.to_numpy()
    area_of = list(zip(events["level"], events["area_code"], strict=True))
    for area in {area_of[event] for event in np.flatnonzero(~everywhere)}:
        outline = _outline(area, areas)
        if outline is None:
            continue
        near = shapely.intersects(outline, places)
        shared = shapely.area(shapely.intersection(places[near], outline))
        near[near] = shared >= LEAST_OVERLAP * shapely.area(places[near])
        there = np.array([each == area for each in area_of])
        found[np.ix_(near, there)] = True
    return found


def _outline(
    area: tuple[Level, str], areas: "Mapping[Level, gpd.GeoDataFrame]"
) -> BaseGeometry | None:
    """Return the prepared outline of an area, if it was delivered."""
    level, code = area
    if level not in areas:
        return None
    of_code = areas[level]["area_code"] == code
    outline = next(iter(areas[level].geometry[of_code]), None)
    shapely.prepare(outline)
    return outline


def marked_days(events: pd.DataFrame, days: Days) -> Bools:
    """Tell which days are distorted, by kind.

    Parameters
    ----------
    events
        As :func:`hotspots.schemas.events_schema` says; kinds that do not distort mark nothing.
    days
        Days, rising and without gaps.

    Returns
    -------
    numpy.ndarray
        Shape (days, :data:`KINDS`).
    """
    marked = np.zeros((len(days), len(KINDS)), dtype=bool)
    if not len(days):
        return marked
    distorting = events[events["kind"].isin(DISTORTING)]
    start = distorting["start"].to_numpy("datetime64[D]")
    end = distorting["end"].to_numpy("datetime64[D]")
    # Its night begins the evening before, also where the calendar names 1 January alone.
    new_year = (distorting["kind"] == "new_year").to_numpy()
    month_and_day = start - start.astype("datetime64[Y]")
    start = np.where(new_year & (month_and_day == 0 * _DAY), start - _DAY, start)
    first = np.clip((start - days[0]) // _DAY, 0, len(days))
    last = np.clip((end - days[0]) // _DAY + 1, 0, len(days))
    kinds = distorting["kind"].map(DISTORTING.index).to_numpy(dtype=np.int64)
    steps = np.zeros((len(days) + 1, len(KINDS)), dtype=np.int64)
    np.add.at(steps, (first, kinds), 1)
    np.add.at(steps, (last, kinds), -1)
    marked = steps.cumsum(axis=0)[:-1] > 0
    marked[:, -1] = marked.any(axis=1)
    return marked


def calendar_shares(
    incidents: pd.DataFrame, place: Ints, events: pd.DataFrame, at: Bools, *, days: Days
) -> CalendarShares:
    """Count per place and kind what fell on distorting days, beside the share of days they are.

    Parameters
    ----------
    incidents
        `start` and `time_precision`, as :func:`hotspots.schemas.incidents_schema` says.
    place
        Number of the place of each incident; below 0 for one that lies nowhere.
    events
        As :func:`hotspots.schemas.events_schema` says.
    at
        Which events were at which place, from :func:`events_at`; shape (places, events).
    days
        The days compared with: those of the delivered months, at least one.

    Returns
    -------
    CalendarShares
        Shares per place and kind; what happened in the first night of `days` counts with the
        day before.
    """
    n_places = len(at)
    if not len(days):
        raise ValueError("there are no days to compare with")
    placed = place >= 0
    where, day = place[placed], event_days(incidents)[placed]
    known = ~np.isnat(day)
    n_unknown = np.bincount(where[~known], minlength=n_places)
    where, day = where[known], day[known]
    total = np.bincount(where, minlength=n_places)
    hits, days_of_kind = (np.zeros((n_places, len(KINDS)), dtype=np.int64) for _ in range(2))
    span = _span(days, day)
    # Places with the same events share their marked days, and most places do.
    patterns, alike = np.unique(at, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        marked = marked_days(events[pattern], span)
        days_of_kind[alike == number] = marked[(days - span[0]) // _DAY].sum(axis=0)
        there = alike[where] == number
        fell = marked[(day[there] - span[0]) // _DAY]
        for kind in range(len(KINDS)):
            hits[:, kind] += np.bincount(where[there][fell[:, kind]], minlength=n_places)
    return CalendarShares(_shares(total, hits, days_of_kind, len(days)), n_unknown)


def _span(days: Days, of_incidents: Days) -> Days:
    """Return every day from the first to the last of either."""
    both = np.concatenate([days, of_incidents]).astype("datetime64[D]")
    return np.arange(both.min(), both.max() + _DAY)


def _shares(total: Ints, hits: Ints, days_of_kind: Ints, n_days: int) -> pd.DataFrame:
    incidents = np.repeat(total, len(KINDS))
    table = pd.DataFrame(
        {
            "place": np.repeat(np.arange(len(total)), len(KINDS)),
            "kind": np.tile(KINDS, len(total)),
            "incidents": incidents,
            "on_days": hits.ravel(),
            "days_of_kind": days_of_kind.ravel(),
            "days": n_days,
        }
    )
    return table.assign(
        share=table["on_days"] / table["incidents"].where(table["incidents"] > 0),
        share_of_days=table["days_of_kind"] / n_days,
    )


def explaining_events(
    events: pd.DataFrame, at: Bools, *, first: np.datetime64, last: np.datetime64
) -> pd.DataFrame:
    """List the events that began or ended within a compared period, per place.

    Something that went on all the time, from before the first day until after the last, cannot
    explain a difference within; nor does what is listed prove anything: it may explain.

    Parameters
    ----------
    events
        As :func:`hotspots.schemas.events_schema` says; only kinds that explain are listed.
    at
        Which events were at which place, from :func:`events_at`; shape (places, events).
    first, last
        First and last day of the period, of both parts that are compared.

    Returns
    -------
    pandas.DataFrame
        `place`, and `start`, `end`, `kind` and `name` of the event, in order of place and date.
    """
    start = events["start"].to_numpy("datetime64[D]")
    end = events["end"].to_numpy("datetime64[D]")
    began = (start >= first) & (start <= last)
    ended = (end >= first) & (end <= last)
    telling = events["kind"].isin(EXPLAINING).to_numpy() & (began | ended)
    place, event = np.nonzero(at & telling)
    listed = events[["start", "end", "kind", "name"]].iloc[event].reset_index(drop=True)
    listed.insert(0, "place", place)
    return listed.sort_values(["place", "start", "name"], ignore_index=True)
