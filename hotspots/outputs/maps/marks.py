"""What several maps draw: outlines to find one's way by, and numbers above small polygons."""

from collections.abc import Iterator, Sequence

import folium
import geopandas as gpd
import shapely
from branca.element import Element
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.maps.frame import NOT_IN_TAB_ORDER, feature, text_mark
from hotspots.outputs.maps.shapes import coverage_shapes

_MOST_NAMES = 20  # more would hide the map
_OUTLINE = {"weight": 1, "color": "#8a9099", "fill": False}


def outlines(areas: gpd.GeoDataFrame | None) -> Iterator[Element]:
    """Yield the borders and names of large areas, to find one's way without a background map."""
    if areas is None:
        return
    shapes = coverage_shapes(areas)
    yield folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [feature({"id": code}, shape) for code, shape in shapes.items()],
        },
        style_function=lambda _: _OUTLINE,
        on_each_feature=NOT_IN_TAB_ORDER,
        interactive=False,
        smooth_factor=0,
    )
    if len(areas) <= _MOST_NAMES:
        for code, name in zip(areas["area_code"], areas["area_name"], strict=True):
            point = shapes[code].representative_point()
            yield text_mark(name, point.y, point.x, "area-name")


def numbers(
    numbered: Sequence[tuple[int, str]], shapes: Sequence[BaseGeometry]
) -> Iterator[folium.Marker]:
    """Yield each polygon's number just above it: the polygon is often smaller than its number.

    Parameters
    ----------
    numbered
        Number and class of style of each polygon.
    shapes
        Their shapes in longitude, latitude.
    """
    for (number, kind), shape in reversed(list(zip(numbered, shapes, strict=True))):
        corners = shapely.get_coordinates(shape)
        longitude, latitude = corners[corners[:, 1].argmax()].tolist()
        yield text_mark(str(number), latitude, longitude, f"rank pin {kind}")
