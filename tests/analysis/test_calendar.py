"""Days that distort counts and events that explain breaks, against a loop over every incident."""

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from hotspots.analysis.calendar import (
    KINDS,
    CalendarShares,
    Days,
    calendar_shares,
    event_days,
    events_at,
    explaining_events,
    marked_days,
)
from hotspots.analysis.grid import Bools
from hotspots.columns import validated
from hotspots.facts.incidents import events_schema
from hotspots.schemas import DISTORTING, EventKind, Level

WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)
AREAS: dict[Level, gpd.GeoDataFrame] = {
    "wijk": gpd.GeoDataFrame(
        {"area_code": ["W", "E", "X"]},
        geometry=gpd.GeoSeries(pd.Series([WEST, EAST, None])),
        crs="EPSG:28992",
    )
}


def calendar(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    """Return rows of (start, end, kind) or (start, end, kind, code of a wijk)."""
    columns = ["start", "end", "kind", "area_code"]
    frame = pd.DataFrame([(*row, None)[:4] for row in rows], columns=columns)
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    level = pd.Series("wijk", index=frame.index).where(frame["area_code"].notna())
    frame = frame.assign(name=[f"event {n}" for n in range(len(frame))], level=level)
    texts = dict.fromkeys(["kind", "name", "level", "area_code"], "str")
    return validated(frame[list(events_schema().columns)].astype(texts), events_schema())


def happened(*moments: str) -> pd.DataFrame:
    """Return incidents; ``2025-03-09`` is a day, ``2025-03-09 23:15`` a moment, ``?`` unknown."""
    known = [None if text == "?" else text for text in moments]
    precision = ["month" if text == "?" else "minute" if " " in text else "day" for text in moments]
    start = pd.to_datetime(pd.Series(known), format="ISO8601").astype("datetime64[s]")
    return pd.DataFrame({"start": start, "time_precision": pd.Series(precision, dtype="str")})


def days(first: str, last: str) -> Days:
    return np.arange(np.datetime64(first), np.datetime64(last) + 1)


def everywhere(events: pd.DataFrame, n_places: int = 1) -> Bools:
    return np.ones((n_places, len(events)), dtype=bool)


def rows_of(found: CalendarShares) -> dict[tuple[int, str], dict[str, float]]:
    """Return the figures by place and kind."""
    rows = found.table.to_dict("records")
    return {
        (int(row["place"]), str(row["kind"])): {str(k): v for k, v in row.items()} for row in rows
    }


# ---------------------------------------------------------------- days
def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    found = event_days(
        happened("2025-03-09 23:59", "2025-03-10 05:59", "2025-03-10 06:00", "2025-03-10", "?")
    )
    assert found[:4].astype(str).tolist() == [
        "2025-03-09", "2025-03-09", "2025-03-10", "2025-03-10",
    ]  # fmt: skip
    assert np.isnat(found[4])


def test_days_are_marked_by_kind_from_the_first_to_the_last() -> None:
    events = calendar(
        ("2025-01-03", "2025-01-04", "event"),
        ("2025-01-04", "2025-01-05", "event"),
        ("2025-01-05", "2025-01-05", "football"),
        ("2025-01-02", "2025-01-08", "measure"),
        ("2024-12-01", "2025-01-01", "hot_day"),
        ("2025-01-08", "2025-02-01", "demonstration"),
        ("2026-01-08", "2026-02-01", "demonstration"),
    )
    marked = marked_days(events, days("2025-01-01", "2025-01-08"))
    by_kind = {
        kind: "".join("x" if each else "." for each in column)
        for kind, column in zip(KINDS, marked.T, strict=True)
    }
    assert by_kind == {
        "football": "....x...",
        "new_year": "........",
        "demonstration": ".......x",
        "event": "..xxx...",
        "hot_day": "x.......",
        "any": "x.xxx..x",
    }


@pytest.mark.parametrize("dates", [("2024-12-31", "2025-01-01"), ("2025-01-01", "2025-01-01")])
def test_new_year_begins_on_31_december_also_when_only_1_january_is_named(
    dates: tuple[str, str],
) -> None:
    marked = marked_days(calendar((*dates, "new_year")), days("2024-12-30", "2025-01-02"))
    assert marked[:, KINDS.index("new_year")].tolist() == [False, True, True, False]


# ---------------------------------------------------------------- shares
def test_shares_worked_out_by_hand() -> None:
    events = calendar(
        ("2025-01-04", "2025-01-04", "football"),
        ("2025-01-06", "2025-01-07", "event", "W"),
        ("2024-12-31", "2024-12-31", "new_year"),
    )
    places = gpd.GeoSeries([WEST, EAST, box(0, 0, 10, 10)], crs="EPSG:28992")
    incidents = happened(
        "2025-01-04 22:00", "2025-01-05 03:00", "2025-01-05 12:00", "2025-01-06 12:00", "?",
        "2025-01-04 22:00", "2025-01-06 12:00", "2025-01-01 02:00",
        "2025-01-04 22:00",
    )  # fmt: skip
    place = np.array([0, 0, 0, 0, 0, 1, 1, 1, -1])
    found = calendar_shares(
        incidents, place, events, events_at(events, places, AREAS),
        days=days("2025-01-01", "2025-01-10"),
    )  # fmt: skip
    table = rows_of(found)

    def row(place: int, kind: str) -> list[float]:
        figures = ("incidents", "on_days", "days_of_kind", "days")
        return [table[place, kind][each] for each in figures]

    assert row(0, "football") == [4, 2, 1, 10]
    assert row(0, "event") == [4, 1, 2, 10]
    assert row(0, "any") == [4, 3, 3, 10]
    assert row(1, "football") == [3, 1, 1, 10]
    assert row(1, "event") == [3, 0, 0, 10]
    # The night of 31 December counts, though that day itself is not among those compared with.
    assert row(1, "new_year") == [3, 1, 0, 10]
    assert row(2, "any") == [0, 0, 3, 10]
    assert (table[0, "any"]["share"], table[0, "any"]["share_of_days"]) == (0.75, 0.3)
    assert np.isnan(table[2, "any"]["share"])
    assert found.n_unknown.tolist() == [1, 0, 0]


moments = st.integers(0, 59 * 24 * 3600 - 1).map(
    lambda second: pd.Timestamp("2025-01-01") + pd.Timedelta(seconds=second)
)
spans = st.tuples(
    st.dates(date(2024, 12, 1), date(2025, 4, 1)),
    st.integers(0, 5),
    st.sampled_from([*DISTORTING, "measure", "other"]),
    st.sampled_from([None, "W", "E", "X", "unknown"]),
)


@given(st.lists(st.tuples(moments, st.integers(-1, 2)), max_size=12), st.lists(spans, max_size=6))
def test_shares_are_those_of_a_loop_over_every_incident(
    incidents: list[tuple[pd.Timestamp, int]],
    events: list[tuple[date, int, EventKind, str | None]],
) -> None:
    table = calendar(
        *(
            (str(start), str(start + timedelta(days=length)), kind, code)
            for start, length, kind, code in events
        )
    )
    here = [{"W"}, {"E"}, {"W", "E"}]  # the areas of each place
    places = gpd.GeoSeries([WEST, EAST, box(500, 0, 1500, 1000)], crs="EPSG:28992")
    shares = calendar_shares(
        happened(*(f"{moment:%Y-%m-%d %H:%M:%S}" for moment, _ in incidents)),
        np.array([place for _, place in incidents], dtype=np.int64),
        table,
        events_at(table, places, AREAS),
        days=days("2025-01-01", "2025-02-28"),
    )
    found = rows_of(shares)

    def is_marked(day: date, kind: str, place: int) -> bool:
        for start, length, each, code in events:
            first = start - timedelta(
                days=each == "new_year" and (start.month, start.day) == (1, 1)
            )
            if (
                first <= day <= start + timedelta(days=length)
                and (code is None or code in here[place])
                and each in DISTORTING
                and kind in (each, "any")
            ):
                return True
        return False

    for place in range(3):
        own = [(moment - timedelta(hours=6)).date() for moment, at in incidents if at == place]
        for kind in KINDS:
            row = found[place, kind]
            assert row["incidents"] == len(own)
            assert row["on_days"] == sum(is_marked(day, kind, place) for day in own)
            assert row["days_of_kind"] == sum(
                is_marked(date(2025, 1, 1) + timedelta(days=n), kind, place) for n in range(59)
            )


def test_without_events_or_places_there_is_nothing_on_event_days() -> None:
    none = calendar()
    january = days("2025-01-01", "2025-01-31")
    one = calendar_shares(
        happened("2025-01-04"), np.array([0]), none, everywhere(none), days=january
    )
    assert one.table["share"].tolist() == [0.0] * len(KINDS)
    empty = calendar_shares(
        happened(), np.array([], dtype=int), none, everywhere(none, 0), days=january
    )
    assert empty.table.empty
    with pytest.raises(ValueError, match="no days"):
        calendar_shares(
            happened(), np.array([], dtype=int), none, everywhere(none), days=january[:0]
        )


# ---------------------------------------------------------------- where and why
def test_an_event_is_where_its_area_is() -> None:
    events = calendar(
        ("2025-01-01", "2025-01-01", "event"),
        ("2025-01-01", "2025-01-01", "event", "W"),
        ("2025-01-01", "2025-01-01", "event", "X"),
        ("2025-01-01", "2025-01-01", "event", "nowhere"),
    )
    polygons = gpd.GeoSeries(
        [
            box(10, 10, 20, 20),
            box(1000, 0, 1100, 100),  # touches the west
            box(905, 0, 1855, 10),  # a tenth lies in the west
            box(906, 0, 1906, 10),  # less than a tenth
        ],
        crs="EPSG:28992",
    )
    found = events_at(events, polygons, AREAS)
    assert found.tolist() == [
        [True, True, False, False],
        [True, False, False, False],
        [True, True, False, False],
        [True, False, False, False],
    ]
    assert events_at(events, polygons, {})[:, 1:].sum() == 0


def test_what_began_or_ended_within_the_period_may_explain() -> None:
    events = calendar(
        ("2024-12-31", "2024-12-31", "measure"),  # before
        ("2025-01-01", "2025-01-01", "measure"),  # 1: on the first day
        ("2024-06-01", "2025-06-01", "campaign"),  # 2: ended within
        ("2025-06-01", "2027-01-01", "new_channel"),  # 3: began within
        ("2024-06-01", "2027-01-01", "enforcement_action"),  # all the time
        ("2025-12-31", "2025-12-31", "registration_change", "E"),  # 5: in the east
        ("2026-01-01", "2026-01-01", "measure"),  # after
        ("2025-06-01", "2025-06-01", "football"),  # does not explain
        ("2025-06-01", "2025-06-01", "other"),  # does not explain
    )
    polygons = gpd.GeoSeries([WEST, EAST], crs="EPSG:28992")
    found = explaining_events(
        events,
        events_at(events, polygons, AREAS),
        first=np.datetime64("2025-01-01"),
        last=np.datetime64("2025-12-31"),
    )
    west, east = (found[found["place"] == place]["name"].tolist() for place in (0, 1))
    assert west == ["event 2", "event 1", "event 3"]
    assert east == ["event 2", "event 1", "event 3", "event 5"]
