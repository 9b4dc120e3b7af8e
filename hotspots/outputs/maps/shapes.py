"""Shapes for a screen: in longitude and latitude, and no finer than can be seen."""

from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.crs import to_crs84

DEGREE_DECIMALS = 5
"""Decimals of a coordinate in degrees: about a metre."""

Shapes = dict[str, shapely.Polygon | shapely.MultiPolygon]
"""Each area's shape by its code, in longitude and latitude."""

Bounds = list[list[float]]
"""South-west and north-east corner, each as latitude, longitude."""

_SIMPLIFY_SHARE = 1 / 2000  # of the city's extent: less than a pixel at the first view
_APART_TOLERANCE_M = 2.0
_MOST_VERTICES = 8000  # some 170 kB

_Geometries = npt.NDArray[Any]


def coverage_shapes(areas: gpd.GeoDataFrame) -> Shapes:
    """Return each area's shape by its code in longitude, latitude, simplified for a screen.

    Shared borders stay shared: the areas are simplified together.

    Parameters
    ----------
    areas
        Polygons in a metric CRS with their `area_code`.
    """
    if areas.empty:
        return {}
    tolerance_m = _extent_m(areas) * _SIMPLIFY_SHARE
    rounded = _for_screen(areas, tolerance_m, shapely.coverage_simplify)
    return dict(zip(areas["area_code"], rounded, strict=True))


def apart_shapes(areas: gpd.GeoDataFrame) -> list[BaseGeometry]:
    """Return the shapes of areas that share no borders in longitude, latitude, simplified.

    Parameters
    ----------
    areas
        Polygons in a metric CRS.
    """
    return [] if areas.empty else _for_screen(areas, _APART_TOLERANCE_M, shapely.simplify)


def bounds_of(shapes: Iterable[BaseGeometry]) -> Bounds:
    """Return the corners of what is drawn."""
    min_x, min_y, max_x, max_y = shapely.total_bounds(list(shapes)).tolist()
    return [[min_y, min_x], [max_y, max_x]]


def _for_screen(
    areas: gpd.GeoDataFrame,
    tolerance_m: float,
    simplify: Callable[[_Geometries, float], _Geometries],
) -> list[BaseGeometry]:
    """Return shapes simplified by a tolerance, or by as much more as keeps the document small."""
    shapes = areas.geometry.to_numpy()
    simple = simplify(shapes, tolerance_m)
    extent_m = _extent_m(areas)
    while shapely.get_num_coordinates(simple).sum() > _MOST_VERTICES and tolerance_m < extent_m:
        tolerance_m *= 1.5
        simple = simplify(shapes, tolerance_m)
    degrees = to_crs84(areas.set_geometry(simple, crs=areas.crs)).geometry.to_numpy()
    return list(shapely.transform(degrees, lambda xy: np.round(xy, DEGREE_DECIMALS)))


def _extent_m(areas: gpd.GeoDataFrame) -> float:
    min_x, min_y, max_x, max_y = areas.total_bounds
    return float(max(max_x - min_x, max_y - min_y))
