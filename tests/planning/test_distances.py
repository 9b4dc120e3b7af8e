"""Distances to schools and concentrations, by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.planning.distances import concentrations, to_nearest

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
