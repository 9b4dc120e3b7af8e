"""Places, stacked locations and clusters: planted ones found, weights and order as they should."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from sklearn.cluster import DBSCAN

from hotspots.analysis.clusters import find_clusters, gather, least_incidents, stacked
from hotspots.analysis.grid import Floats

CRS = "EPSG:28992"


def disc(n: int, x: float, y: float, radius: float, seed: int) -> Floats:
    """Points within a radius of a centre."""
    rng = np.random.default_rng(seed)
    angle, reach = rng.uniform(0, 2 * np.pi, n), radius * np.sqrt(rng.random(n))
    return np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)])


def test_places_hold_every_incident_once() -> None:
    x = np.array([0.2, 99.9, 0.4, 100.4, -7.0])
    y = np.array([5.0, 5.0, 5.4, 5.1, 80.0])
    places = gather(x, y, size_m=1)
    assert places.count.tolist() == [2, 2, 1]
    assert places.place.tolist() == [0, 1, 0, 1, 2]
    np.testing.assert_allclose(places.x, [0.3, 100.15, -7])
    np.testing.assert_allclose(places.y, [5.2, 5.05, 80])


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=60))
def test_places_equal_distinct_coordinates(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    places = gather(x, y, size_m=1)
    assert len(places.count) == len(set(points))
    assert places.count.sum() == len(points)
    np.testing.assert_allclose(places.x[places.place], x, atol=1e-12)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ([1] * 500 + [600], [600]),
        ([1] * 500 + [600, 300], [600, 300]),  # one does not hide the other
        ([1, 1, 2] * 50 + [9], []),  # too few to be anything special
        ([40, 60, 90, 30] * 50 + [280], []),  # snap points: many on each
        ([40, 60, 90, 30] * 50 + [2_000], [2_000]),
        ([600], [600]),  # all points in one place
        ([1] * 20 + [100_000], [100_000]),  # most of all incidents
        ([5], []),
        ([], []),
    ],
)
def test_stacked_locations_stand_out_from_their_own_source(
    count: list[int], expected: list[int]
) -> None:
    counts = np.random.default_rng(1).permutation(np.array(count, dtype=np.int64))
    assert sorted(counts[stacked(counts)].tolist(), reverse=True) == expected


def test_planted_clusters_are_found_largest_first() -> None:
    rng = np.random.default_rng(3)
    noise = rng.uniform(0, 10_000, (300, 2))
    small, large = disc(40, 2_000, 2_000, 80, 1), disc(90, 7_000, 6_000, 120, 2)
    points = np.vstack([noise, small, large])
    found = find_clusters(*points.T, reach_m=100, min_incidents=10, crs=CRS)
    assert len(found.table) == 2
    assert found.table.crs == CRS
    assert (found.table["count"] >= [90, 40]).all()
    centres = gpd.GeoSeries.from_xy([7_000, 2_000], [6_000, 2_000], crs=CRS)
    assert found.table.geometry.contains(centres).all()
    assert found.table["extent_m"].between(120, 480).all()
    assert not found.table["stack"].any()
    np.testing.assert_array_equal(found.cluster[300:340], 1)
    np.testing.assert_array_equal(found.cluster[340:], 0)
    assert (found.cluster[:300] == -1).mean() > 0.95


def test_a_cluster_on_one_location_is_marked_and_weighs_its_incidents() -> None:
    around = disc(12, 500, 500, 60, 5)
    points = np.vstack([np.full((88, 2), 500.0), around, np.full((10, 2), 5_000.0)])
    found = find_clusters(*points.T, reach_m=100, min_incidents=10, crs=CRS).table
    assert found["count"].tolist() == [100, 10]
    assert found["places"].tolist() == [13, 1]
    assert found["stack"].tolist() == [True, True]
    np.testing.assert_allclose(found["stack_share"], [0.88, 1])
    assert found["extent_m"][1] == 0
    # Nine on one location are not ten.
    alone = np.full(9, 5_000.0)
    assert find_clusters(alone, alone, reach_m=100, min_incidents=10, crs=CRS).table.empty


def test_micro_cells_find_what_raw_points_show() -> None:
    rng = np.random.default_rng(8)
    centres = rng.uniform(0, 8_000, (6, 2)).tolist()
    discs = [disc(60, x, y, 70, seed) for seed, (x, y) in enumerate(centres)]
    points = np.vstack([*discs, rng.uniform(0, 8_000, (200, 2))])
    found = find_clusters(*points.T, reach_m=100, min_incidents=10, crs=CRS)
    raw = DBSCAN(eps=100, min_samples=10).fit_predict(points)
    together = pd.crosstab(found.cluster, raw).to_numpy()
    assert together.max(axis=0).sum() >= 0.97 * len(points)
    assert together.max(axis=1).sum() >= 0.97 * len(points)


def test_order_of_input_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    points = np.vstack([disc(30, 900 * i, 400, 60, i) for i in range(5)])
    shuffled = rng.permutation(len(points))
    one = find_clusters(*points.T, reach_m=100, min_incidents=10, crs=CRS)
    other = find_clusters(*points[shuffled].T, reach_m=100, min_incidents=10, crs=CRS)
    np.testing.assert_array_equal(one.cluster[shuffled], other.cluster)
    pd.testing.assert_frame_equal(
        one.table.drop(columns="geometry"), other.table.drop(columns="geometry")
    )


def test_nothing_gives_an_empty_table_with_its_columns() -> None:
    found = find_clusters(np.empty(0), np.empty(0), reach_m=100, min_incidents=10, crs=CRS)
    assert len(found.table) == 0
    assert {"count", "places", "stack", "extent_m", "geometry"} <= set(found.table)


def test_the_core_of_a_cluster_is_dense_compared_with_the_city() -> None:
    # 2,000 on 20 km2 is 100 per km2: pi on a disc of 100 m, five times that is 15.7.
    assert least_incidents(2_000, area_km2=20, reach_m=100) == 16
    assert least_incidents(20, area_km2=20, reach_m=100) == 10
    assert least_incidents(0, area_km2=0, reach_m=100) == 10


@pytest.mark.slow
def test_half_a_million_points_on_snap_points(shared_data: Path) -> None:
    street = pd.read_csv(
        shared_data / "northern-ireland" / "street_2015_2017.csv.gz",
        usecols=["Longitude", "Latitude"],
    ).dropna()
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:29903", always_xy=True)
    x, y = to_metres.transform(street["Longitude"].to_numpy(), street["Latitude"].to_numpy())
    found = find_clusters(x, y, reach_m=100, min_incidents=20, crs="EPSG:29903")
    assert found.table["count"].sum() == (found.cluster >= 0).sum()
    assert found.table["count"].is_monotonic_decreasing
    # Belfast's centre.
    assert found.table.geometry.iloc[0].distance(shapely.Point(333_800, 374_200)) < 1_000
