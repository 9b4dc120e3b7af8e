"""Distances to schools and concentrations, by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.planning.distances import concentrations, in_sight, to_nearest

STREETS = gpd.GeoSeries(
    [shapely.LineString(each) for each in ([(0, 0), (300, 0)], [(300, 0), (300, 400)])]
)
"""Round the corner: 300 m east, then 400 m north."""


def test_as_the_crow_flies_and_round_the_corner() -> None:
    shop, school = np.array([[0.0, 0.0]]), np.array([[300.0, 400.0], [2000.0, 0.0]])
    straight = to_nearest(shop, school, method="straight")
    walked = to_nearest(shop, school, method="walking", streets=STREETS)
    assert straight.to_dict("list") == {"goal": [0], "metres": [500.0]}
    assert walked["goal"].tolist() == [0]
    assert walked["metres"].tolist() == pytest.approx([700])


def test_the_way_to_and_from_the_street_counts() -> None:
    shop, school = np.array([[100.0, 30.0]]), np.array([[200.0, -20.0]])
    walked = to_nearest(shop, school, method="walking", streets=STREETS)
    assert walked["metres"].tolist() == pytest.approx([30 + 100 + 20], abs=0.1)


def test_no_way_is_infinitely_far_and_no_streets_are_refused() -> None:
    apart = gpd.GeoSeries([*STREETS, shapely.LineString([(0, 900), (300, 900)])])
    found = to_nearest(np.array([[0.0, 900.0]]), np.zeros((1, 2)), method="walking", streets=apart)
    assert np.isinf(found["metres"]).all()
    with pytest.raises(ValueError, match="need streets"):
        to_nearest(np.zeros((1, 2)), np.zeros((1, 2)), method="walking")


def test_a_concentration_hangs_together_by_steps() -> None:
    row = np.column_stack([np.arange(4) * 150.0, np.zeros(4)])
    far = np.add(row[:3], [5000, 0])
    found = concentrations(np.vstack([far, row, [[9000, 9000]]]), reach_m=200, least=3)
    assert found.tolist() == [1, 1, 1, 0, 0, 0, 0, -1], "the largest first"
    assert concentrations(np.zeros((0, 2)), reach_m=200, least=3).tolist() == []


# ---------------------------------------------------------------- in sight
def test_a_building_between_hides_and_a_wall_beside_does_not() -> None:
    shops = np.array([[0.0, 0.0], [0.0, 50.0]])
    door = np.array([[60.0, 0.0]])
    between = gpd.GeoSeries([shapely.box(20, -10, 30, 10)])
    beside = gpd.GeoSeries([shapely.box(20, -10, 30, 0)])
    assert in_sight(shops, door, between, reach_m=100)["place"].tolist() == [1]
    assert in_sight(shops, door, beside, reach_m=100)["place"].tolist() == [1], (
        "along its wall is hidden too"
    )
    clear = gpd.GeoSeries([shapely.box(20, -10, 30, -1)])
    assert in_sight(shops, door, clear, reach_m=100)["place"].tolist() == [0, 1]


def test_a_door_is_not_hidden_by_its_own_school() -> None:
    school = gpd.GeoSeries([shapely.box(60, -20, 90, 20), shapely.box(-20, -5, 0, 5)])
    found = in_sight(np.array([[0.0, 0.0]]), np.array([[60.0, 0.0]]), school, reach_m=100)
    assert found.to_dict("list") == {"place": [0], "door": [0], "metres": [60.0]}


def test_what_is_too_far_is_not_in_sight() -> None:
    nothing = gpd.GeoSeries([shapely.box(500, 500, 510, 510)])
    places, doors = np.array([[0.0, 0.0]]), np.array([[100.0, 0.0], [40.0, 0.0], [101.0, 0.0]])
    found = in_sight(places, doors, nothing, reach_m=100)
    assert found["door"].tolist() == [1, 0], "the nearest first"


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_sight_is_what_looking_at_every_building_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, doors = rng.uniform(0, 300, (6, 2)), rng.uniform(0, 300, (5, 2))
    corner = rng.uniform(0, 280, (20, 2))
    shapes = [shapely.box(x, y, x + 15, y + 15) for x, y in corner]
    found = in_sight(places, doors, gpd.GeoSeries(shapes), reach_m=150)
    expected = set()
    for i, place in enumerate(places):
        for j, door in enumerate(doors):
            line = shapely.LineString([place, door])
            others = [b for b in shapes if b.distance(shapely.Point(place)) > 0]
            others = [b for b in others if b.distance(shapely.Point(door)) > 0]
            if line.length <= 150 and all(line.intersection(b).length <= 0.01 for b in others):
                expected.add((i, j))
    assert set(zip(found["place"], found["door"], strict=True)) == expected
