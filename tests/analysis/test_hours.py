"""The hours of the week against a count minute by minute and spans worked by hand."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.grid import Floats
from hotspots.analysis.hours import Moments, Profile, hour_profile

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
NEVER = "NaT"


def moments(*texts: str) -> Moments:
    return np.array(texts, dtype="datetime64[s]")


def profile_of(*spans: tuple[str, str]) -> Profile:
    """Return the profile of spans in one group."""
    start, end = (moments(*side) for side in zip(*spans, strict=True))
    return hour_profile(start, end, np.zeros(len(spans), dtype=np.int64), n_groups=1)


def hours_of(profile: Profile) -> dict[tuple[int, int], float]:
    """Return the weekday and hour of everything above 0 in the first group."""
    weekday, hour = np.nonzero(profile.weights[0])
    found = profile.weights[0, weekday, hour].tolist()
    return dict(zip(zip(weekday.tolist(), hour.tolist(), strict=True), found, strict=True))


def by_minute(
    spans: list[tuple[pd.Timestamp, pd.Timestamp]], groups: list[int], n_groups: int
) -> Floats:
    """Walk through every span a minute at a time, by Python's own calendar."""
    weights = np.zeros((n_groups, 7, 24))
    for (start, end), group in zip(spans, groups, strict=True):
        length = max(int((end - start).total_seconds()) // 60, 1)
        for minute in range(length):
            at = start + timedelta(minutes=minute)
            weights[group, at.weekday(), at.hour] += 1 / length
    return weights


def test_a_night_worked_by_hand() -> None:
    # Friday 22:30 to Saturday 01:30 is 180 minutes: 30, 60, 60 and 30.
    found = hours_of(profile_of(("2025-10-10T22:30", "2025-10-11T01:30")))
    assert found == pytest.approx(
        {(FRIDAY, 22): 1 / 6, (FRIDAY, 23): 1 / 3, (SATURDAY, 0): 1 / 3, (SATURDAY, 1): 1 / 6}
    )


def test_the_week_runs_on_from_sunday_to_monday() -> None:
    found = hours_of(profile_of(("2025-10-12T23:00", "2025-10-13T01:00")))
    assert found == pytest.approx({(SUNDAY, 23): 0.5, (MONDAY, 0): 0.5})


@pytest.mark.parametrize("end", [NEVER, "2025-10-10T22:59", "2025-10-10T22:59:40"])
def test_a_moment_belongs_to_the_hour_of_its_start(end: str) -> None:
    assert hours_of(profile_of(("2025-10-10T22:59", end))) == {(FRIDAY, 22): 1.0}


def test_an_end_on_the_hour_does_not_touch_the_next() -> None:
    found = profile_of(("2025-10-10T22:00", "2025-10-10T23:00"))
    assert hours_of(found) == pytest.approx({(FRIDAY, 22): 1.0})


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NEVER, NEVER),
        (NEVER, "2025-10-10T22:00"),
        ("2025-10-10T22:00", "2025-10-10T21:00"),
        ("2025-10-10T22:00", "2025-10-11T22:01"),
        ("2025-10-10T22:00", "2025-10-24T22:00"),
    ],
    ids=["no times", "no start", "reversed", "more than a day", "two weeks"],
)
def test_what_says_nothing_about_the_hour_is_left_out_and_counted(start: str, end: str) -> None:
    found = profile_of((start, end), ("2025-10-06T12:00", NEVER))
    assert (found.n_known.tolist(), found.n_unknown.tolist()) == ([1], [1])
    assert hours_of(found) == {(MONDAY, 12): 1.0}


def test_a_span_of_just_a_day_counts_in_every_hour() -> None:
    found = profile_of(("2025-10-10T22:00", "2025-10-11T22:00"))
    np.testing.assert_allclose(found.weights[0].sum(axis=0), np.full(24, 1 / 24))
    assert found.n_known.tolist() == [1]


def test_a_longer_span_counts_when_asked_for() -> None:
    start, end = pd.Timestamp("2025-10-10T22:15"), pd.Timestamp("2025-10-19T03:40")
    found = hour_profile(
        moments(start.isoformat()),
        moments(end.isoformat()),
        np.array([0]),
        n_groups=1,
        longest_h=14 * 24,
    )
    np.testing.assert_allclose(found.weights, by_minute([(start, end)], [0], 1), atol=1e-12)


def test_nights_of_the_clock_are_taken_as_the_clock_shows_them() -> None:
    # In the Netherlands 30 March 2025 had no 02:00 to 03:00; 26 October had it twice.
    spring = hours_of(profile_of(("2025-03-30T01:30", "2025-03-30T03:30")))
    assert spring == pytest.approx({(SUNDAY, 1): 0.25, (SUNDAY, 2): 0.5, (SUNDAY, 3): 0.25})
    autumn = hours_of(profile_of(("2025-10-26T01:30", "2025-10-26T03:30")))
    assert autumn == pytest.approx(spring)
    # From 02:50 to 02:10 twenty minutes later, which the clock cannot tell from an error.
    assert profile_of(("2025-10-26T02:50", "2025-10-26T02:10")).n_unknown.tolist() == [1]


def test_incidents_of_no_group_count_nowhere() -> None:
    start = moments("2025-10-10T22:00", "2025-10-10T23:00", NEVER, NEVER)
    found = hour_profile(start, start, np.array([-1, 1, -1, 1]), n_groups=3)
    assert found.n_known.tolist() == [0, 1, 0]
    assert found.n_unknown.tolist() == [0, 1, 0]
    assert found.weights.sum(axis=(1, 2)).tolist() == [0.0, 1.0, 0.0]


def test_nothing_gives_empty_weeks() -> None:
    none = np.empty(0, dtype=np.int64)
    found = hour_profile(moments(), moments(), none, n_groups=2)
    assert found.weights.shape == (2, 7, 24)
    assert not found.weights.any()


@given(
    st.lists(
        st.tuples(
            # Minutes from 1965 to 2035.
            st.integers(-5 * 525_960, 65 * 525_960),
            st.integers(0, 24 * 60),
            st.integers(0, 2),
        ),
        max_size=8,
    )
)
def test_equals_a_count_minute_by_minute(rows: list[tuple[int, int, int]]) -> None:
    first = [pd.Timestamp(1970, 1, 1) + timedelta(minutes=at) for at, _, _ in rows]
    spans = [
        (at, at + timedelta(minutes=length)) for at, (_, length, _) in zip(first, rows, strict=True)
    ]
    groups = [group for _, _, group in rows]
    start, end = (moments(*(span[side].isoformat() for span in spans)) for side in (0, 1))
    found = hour_profile(start, end, np.array(groups, dtype=np.int64), n_groups=3)
    np.testing.assert_allclose(found.weights, by_minute(spans, groups, 3), rtol=0, atol=1e-12)
    assert found.n_known.tolist() == [groups.count(group) for group in range(3)]


def test_weights_of_a_city_add_up_to_its_incidents() -> None:
    rng = np.random.default_rng(4)
    n = 200_000
    start = np.datetime64("2019-01-01T00:00", "s") + rng.integers(0, 220_000_000, n)
    end = start + rng.integers(-7200, 40 * 3600, n)
    end[rng.random(n) < 0.2] = np.datetime64("NaT")
    group = rng.integers(0, 111, n)
    found = hour_profile(start, end, group, n_groups=111)
    assert np.abs(found.weights.sum(axis=(1, 2)) - found.n_known).max() < 1e-9
    np.testing.assert_array_equal(found.n_known + found.n_unknown, np.bincount(group))
    assert found.weights.min() >= 0
    assert found.n_unknown.min() > 0
