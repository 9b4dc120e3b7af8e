"""What cameras are asked to see: watched hours, demand points, public space."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from hotspots.planning.demand import (
    demand_points,
    fill_unknown,
    in_public_space,
    watched_hours,
    watched_share,
)

EVERY_HOUR = watched_hours([])
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def moments(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[s]")


def test_a_span_past_midnight_runs_into_the_next_day() -> None:
    watched = watched_hours(["fri 20-04", "sun 22-02"])
    expected = np.zeros((7, 24), dtype=bool)
    expected[4, 20:] = expected[5, :4] = expected[6, 22:] = expected[0, :2] = True
    assert np.array_equal(watched, expected)


@pytest.mark.parametrize(
    ("span", "hours"), [("daily 16-24", 56), ("mon-fri 08-18", 50), ("sat-mon 00-24", 72)]
)
def test_rows_of_days_add_up(span: str, hours: int) -> None:
    assert watched_hours([span]).sum() == hours


def test_without_a_span_every_hour_is_watched() -> None:
    assert EVERY_HOUR.all()


def test_shares_by_hand() -> None:
    # 3 January 2025 is a Friday.
    start = moments("2025-01-03T19:00", "2025-01-03T21:15", "2025-01-04T03:30", "2025-01-05T12:00")
    end = moments("2025-01-03T23:00", "NaT", "2025-01-04T04:30", "2025-01-05T12:10")
    share = watched_share(start, end, watched_hours(["fri 20-04"]))
    assert share == pytest.approx([0.75, 1.0, 0.5, 0.0])


def test_what_says_nothing_about_the_hour_is_unknown() -> None:
    start = moments("NaT", "2025-01-03T12:00", "2025-01-03T12:00")
    end = moments("2025-01-03T12:00", "2025-01-03T11:00", "2025-01-05T12:00")
    share = watched_share(start, end, EVERY_HOUR)
    assert np.isnan(share).all()
    assert fill_unknown(np.array([np.nan, 0.2, 0.4])) == pytest.approx([0.3, 0.2, 0.4])
    assert np.array_equal(fill_unknown(share), [1, 1, 1])


@given(
    start=st.integers(0, 60 * 24 * 400),
    minutes=st.integers(0, 24 * 60),
    day=st.sampled_from(DAYS),
    first=st.integers(0, 23),
    last=st.integers(0, 24),
)
def test_a_share_is_that_of_its_minutes_one_by_one(
    start: int, minutes: int, day: str, first: int, last: int
) -> None:
    watched = watched_hours([f"{day} {first:02d}-{last:02d}"])
    began = np.datetime64("2024-05-01T00:00", "s") + np.timedelta64(start, "m")
    ended = began + np.timedelta64(minutes, "m")
    each = began + np.arange(max(minutes, 1)).astype("timedelta64[m]")
    hour = each.astype("datetime64[h]").astype(int) % 24
    # The epoch was a Thursday, day 3.
    weekday = (each.astype("datetime64[D]").astype(int) + 3) % 7
    share = watched_share(np.array([began]), np.array([ended]), watched)
    assert share[0] == pytest.approx(watched[weekday, hour].mean(), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500)), min_size=1, max_size=40))
def test_points_lie_where_an_incident_was_and_keep_every_weight(
    places: list[tuple[float, float]],
) -> None:
    x, y = np.array(places).T
    points = demand_points(x, y)
    here = set(zip(x.tolist(), y.tolist(), strict=True))
    assert set(zip(points.x.tolist(), points.y.tolist(), strict=True)) <= here
    assert points.total(np.ones(len(x))).sum() == pytest.approx(len(x))
    away = np.hypot(x - points.x[points.of_incident], y - points.y[points.of_incident])
    assert away.max() <= 10 * np.sqrt(2)


def test_incidents_across_a_building_have_their_point_in_the_open() -> None:
    # Five incidents around one square of 10 m; their middle is where nobody stood.
    x, y = np.array([6.0, 14.0, 6.0, 14.0, 14.0]), np.array([6.0, 14.0, 14.0, 6.0, 13.0])
    points = demand_points(x, y)
    assert len(points.x) == 1
    assert (points.x[0], points.y[0]) in set(zip(x, y, strict=True))


def test_public_space_reaches_five_metres_but_never_into_a_building() -> None:
    street, house = box(0, 0, 100, 10), box(0, 12, 100, 30)
    x = np.full(5, 50.0)
    y = np.array([5.0, 11.0, 12.0, 13.0, -6.0])
    buildings, public = np.array([house], dtype=object), np.array([street], dtype=object)
    found = in_public_space(x, y, buildings=buildings, public_space=public)
    assert found.tolist() == [True, True, True, False, False]
    assert in_public_space(x, y, buildings=buildings, public_space=None).tolist() == [
        True, True, True, False, True,
    ]  # fmt: skip
