"""Days, terms and hours by hand."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.decisions.terms import add_months, longest_end, season_days, week_hours
from hotspots.register import Season


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-240, 240))
def test_months_are_added_as_the_calendar_of_pandas_does(day: date, months: int) -> None:
    assert add_months(day, months) == (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 4, 1), 24, date(2028, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 7, 15), 3, date(2026, 10, 14)),
    ],
)
def test_the_last_day_of_a_term(start: date, months: int, end: date) -> None:
    assert longest_end(start, months) == end


@pytest.mark.parametrize(
    ("spans", "n", "some"),
    [
        ((), 168, {0, 167}),
        (("fri 20-04",), 8, {4 * 24 + 20, 5 * 24 + 3}),
        (("sun 22-02",), 4, {6 * 24 + 23, 0, 1}),
        (("mon-fri 08-18",), 50, {8, 4 * 24 + 17}),
        (("daily 16-24",), 56, {16, 6 * 24 + 23}),
        (("sat-mon 00-24",), 72, {5 * 24, 6 * 24, 0, 23}),
        (("fri 20-24", "fri 22-02"), 6, {4 * 24 + 20, 5 * 24 + 1}),
    ],
)
def test_hours_of_the_week(spans: tuple[str, ...], n: int, some: set[int]) -> None:
    hours = week_hours(spans)
    assert len(hours) == n
    assert some <= hours


def test_days_of_a_season() -> None:
    assert len(season_days(None)) == 366
    beach = season_days(Season(first_day="05-01", last_day="09-30"))
    assert len(beach) == 31 + 30 + 31 + 31 + 30
    winter = season_days(Season(first_day="11-15", last_day="02-29"))
    assert len(winter) == 16 + 31 + 31 + 29
    assert (12, 31) in winter
    assert (7, 1) not in winter
