"""Which polygon holds a point: the same as asking every polygon in turn."""

import numpy as np
import shapely

from hotspots.analysis.polygons import which_polygon


def test_a_point_is_of_the_first_polygon_that_touches_it() -> None:
    rng = np.random.default_rng(6)
    blobs = shapely.buffer(shapely.points(rng.uniform(0, 1000, (9, 2))), rng.uniform(20, 90, 9))
    pierced = shapely.difference(blobs[0], shapely.centroid(blobs[0]).buffer(10))
    squares = [shapely.box(400, 400, 500, 500), shapely.box(500, 400, 600, 500)]
    polygons = [pierced, *blobs[1:], *squares]
    x, y = rng.uniform(-50, 1050, (2, 3000)).round(-1)
    expected = np.full(3000, -1)
    for place, point in enumerate(shapely.points(x, y)):
        held = [number for number, each in enumerate(polygons) if each.intersects(point)]
        expected[place] = held[0] if held else -1
    np.testing.assert_array_equal(which_polygon(polygons, x, y), expected)
    assert len(np.unique(expected)) == len(polygons) + 1
    border = which_polygon(squares, np.array([500.0, 500.0]), np.array([450.0, 399.0]))
    np.testing.assert_array_equal(border, [0, -1])


def test_without_polygons_or_points_nothing_is_held() -> None:
    assert which_polygon([], np.array([1.0]), np.array([2.0])).tolist() == [-1]
    assert which_polygon([shapely.box(0, 0, 1, 1)], np.empty(0), np.empty(0)).tolist() == []
