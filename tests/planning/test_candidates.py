"""Sites along streets, how far a camera shows a person, and what left-out sites could add."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from hotspots.planning.candidates import (
    bound_with_others,
    demand_within,
    most_demand,
    nearest_streets,
    reach_m,
    sites_along,
)
from hotspots.planning.detection import Detection, detection_class, pixels_per_metre


def lines(*rows: list[tuple[float, float]]) -> np.ndarray:
    return np.array([LineString(row) for row in rows], dtype=object)


def test_sites_stand_at_the_crossing_and_every_so_many_metres() -> None:
    streets = lines([(0, 0), (100, 0)], [(50, -50), (50, 50)])
    sites = sites_along(streets, every_m=25)
    places = set(zip(sites["x"], sites["y"], strict=True))
    # Four of 25 m on each street, at 12.5, 37.5, 62.5 and 87.5 m, rounded to even metres.
    assert (50, 0) in places
    assert {(12, 0), (88, 0), (50, -38), (50, 38)} <= places
    assert sites["site_id"].is_unique
    assert sites.loc[(sites["x"] == 50) & (sites["y"] == 0), "site_id"].tolist() == ["g-50-0"]


def test_a_street_without_a_crossing_and_one_that_runs_along_another() -> None:
    assert len(sites_along(lines([(0, 0), (10, 0)]), every_m=25)) == 1
    together = sites_along(lines([(0, 0), (100, 0)], [(40, 0), (60, 0)]), every_m=25)
    assert {(40.0, 0.0), (60.0, 0.0)} <= set(zip(together["x"], together["y"], strict=True))


@pytest.mark.parametrize("least", [Detection.DETECT, Detection.OBSERVE, Detection.IDENTIFY])
def test_at_the_reach_the_picture_just_suffices(least: Detection) -> None:
    mounted = np.array([3.0, 5.0, 12.0])
    reach = reach_m(
        mounted,
        range_m=1000,
        sensor_px=1920,
        lens_view_deg=30,
        least_class=least,
        target_height_m=1.6,
    )
    straight = np.hypot(reach, mounted - 1.6)
    pixels = pixels_per_metre(straight * 0.9999, sensor_px=1920, view_deg=30)
    beyond = pixels_per_metre(straight * 1.0001, sensor_px=1920, view_deg=30)
    assert (detection_class(pixels) == least).all()
    assert (detection_class(beyond) != least).all()


def test_range_and_height_limit_the_reach() -> None:
    told: Any = {"sensor_px": 1920, "lens_view_deg": 90, "least_class": Detection.IDENTIFY}
    # 1920 px at 250 px/m is 7.68 m wide: with 90 degrees it is so at 3.84 m.
    near = reach_m(np.array([1.6, 10.0]), range_m=100, target_height_m=1.6, **told)
    assert near == pytest.approx([3.84, 0.0])
    assert reach_m(np.array([1.6]), range_m=2, target_height_m=1.6, **told) == pytest.approx([2.0])


def test_demand_in_reach_and_where_it_lies() -> None:
    points = np.array([[0.0, 50.0], [0.0, 90.0], [0.0, 120.0], [-30.0, 0.0]])
    weight = np.array([2.0, 1.0, 9.0, 0.0])
    demand, azimuth = demand_within(
        np.array([0.0, 1000.0]), np.zeros(2), np.full(2, 100.0), points, weight
    )
    assert demand.tolist() == [3, 0]
    assert azimuth == pytest.approx([0, 0])
    _, east = demand_within(np.zeros(1), np.zeros(1), np.full(1, 100.0), points[:, ::-1], weight)
    assert east == pytest.approx([90])


@given(st.integers(0, 2**32 - 1))
def test_demand_in_reach_is_that_of_every_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites, points = rng.uniform(0, 300, (7, 2)), rng.uniform(0, 300, (40, 2))
    weight = rng.integers(0, 5, 40).astype(float)
    reach = rng.uniform(10, 150, 7)
    away = np.hypot(*(sites[:, None] - points[None]).transpose(2, 0, 1))
    found, _ = demand_within(sites[:, 0], sites[:, 1], reach, points, weight)
    assert found == pytest.approx(((away <= reach[:, None]) * weight).sum(axis=1))


def test_those_with_most_are_kept_beside_those_that_stay() -> None:
    kept = most_demand(
        np.array([5.0, 0.0, 9.0, 5.0, 1.0]),
        most=2,
        always=np.array([False, False, False, False, True]),
    )
    assert kept.tolist() == [True, False, True, False, True]
    assert not most_demand(np.zeros(3), most=3, always=np.zeros(3, dtype=bool)).any()


@given(st.integers(0, 2**32 - 1))
def test_no_plan_of_all_sites_exceeds_the_widened_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    covers = rng.random((8, 12)) < 0.4
    demand = rng.integers(1, 9, 12).astype(float)
    looked = np.arange(8) < 5

    def best(of: np.ndarray, number: int) -> float:
        plans = itertools.combinations(np.flatnonzero(of), min(number, int(of.sum())))
        return max(float(demand @ covers[list(plan)].any(axis=0)) for plan in plans)

    bound = np.array([best(looked, number) for number in (1, 2, 3)])
    most = float((covers[~looked] @ demand).max())
    widened = bound_with_others(bound, most)
    every = np.ones(8, dtype=bool)
    assert all(widened[n - 1] >= best(every, n) - 1e-9 for n in (1, 2, 3))
    assert np.array_equal(bound_with_others(bound, 0.0), bound)


def test_a_place_takes_the_name_of_the_nearest_street() -> None:
    streets = lines([(0, 0), (100, 0)], [(0, 50), (100, 50)], [(0, 20), (100, 20)])
    names = np.array(["Laan", "Kade", None], dtype=object)
    x, y = np.array([10.0, 10.0, 10.0, 10.0]), np.array([1.0, 40.0, 19.0, 200.0])
    found = nearest_streets(x, y, streets, names, within_m=75)
    # The nameless street is nearest to the third place, and passed over.
    assert found.tolist() == ["Laan", "Kade", "Laan", None]
    between = nearest_streets(x[:1], np.array([25.0]), streets, names, within_m=75)
    backwards = nearest_streets(x[:1], np.array([25.0]), streets[::-1], names[::-1], within_m=75)
    assert between.tolist() == backwards.tolist() == ["Kade"]
    assert nearest_streets(x, y, streets[:0], names[:0], within_m=75).tolist() == [None] * 4
