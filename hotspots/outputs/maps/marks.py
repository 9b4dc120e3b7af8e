"""What several maps draw: kinds of area, outlines to find one's way by, numbers above polygons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import folium
import geopandas as gpd
import shapely
from branca.element import Element
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.maps.frame import (
    IN_TAB_ORDER,
    NOT_IN_TAB_ORDER,
    Entry,
    feature,
    text_mark,
)
from hotspots.outputs.maps.shapes import coverage_shapes
from hotspots.outputs.text import capital

_MOST_NAMES = 20  # more would hide the map
_OUTLINE = {"weight": 1, "color": "#8a9099", "fill": False}


@dataclass(frozen=True)
class Look:
    """How a kind of area is drawn: told apart by pattern and line, not by colour alone."""

    stroke: str
    fill: str
    dash: str = ""
    stroke_px: float = 2
    is_filled: bool = True

    def options(self, fill_opacity: float) -> dict[str, object]:
        """Return what Leaflet is told."""
        return {
            "className": "found",
            "color": self.stroke,
            "weight": self.stroke_px,
            "dashArray": self.dash or None,
            "fill": self.is_filled,
            "fillColor": self.fill,
            "fillOpacity": fill_opacity,
        }

    def entry(self, label: str) -> Entry:
        """Return its line of the legend."""
        return Entry(self.fill, label, self.stroke, self.stroke_px, dash=self.dash)


def found_areas(
    features: Sequence[dict[str, Any]],
    heads: Mapping[str, str],
    look: Look,
    *,
    fill_opacity: float,
    in_tab_order: bool = True,
) -> folium.GeoJson:
    """Return areas of one kind, each with a tooltip.

    Parameters
    ----------
    features
        Of :func:`hotspots.outputs.maps.frame.feature`.
    heads
        Which of their properties the tooltip tells, and the term of each.
    look, fill_opacity
        How they are drawn.
    in_tab_order
        Whether a keyboard stops at each, which then has a `label`.
    """
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": list(features)},
        style_function=lambda _: look.options(fill_opacity),
        tooltip=folium.GeoJsonTooltip(
            list(heads), aliases=[capital(text) for text in heads.values()]
        ),
        on_each_feature=IN_TAB_ORDER if in_tab_order else NOT_IN_TAB_ORDER,
        smooth_factor=0,
    )


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
