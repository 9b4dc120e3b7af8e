"""The map of one search: its polygons by kind, over the density as one image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import folium
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.hotspots.course_sentences import trend
from hotspots.outputs.hotspots.sentences import agreement, grade, times, where
from hotspots.outputs.hotspots.tables import (
    KINDS,
    Hotspot,
    HotspotsDocument,
    cells_of,
    gone_of,
    hotspots_document_of,
    hotspots_of,
)
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.frame import (
    HATCH,
    IN_TAB_ORDER,
    NOT_IN_TAB_ORDER,
    Entry,
    Legend,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import numbers, outlines
from hotspots.outputs.maps.shapes import Bounds, apart_shapes, bounds_of
from hotspots.outputs.surfaces import WebSurface, density_surface, web_surface
from hotspots.outputs.tables import RunTables
from hotspots.outputs.text import Lang, Words
from hotspots.records import Search

DENSITY_PALETTE = ("#fff7d6", "#fee79b", "#fec44f", "#fe9929", "#ec7014", "#cc4c02")
"""Light to dark, told apart by colour-blind readers (after ColorBrewer YlOrBr); black lines show
on all of them."""

DENSITY_CLASSES = (1, 2, 5, 10, 20)
"""Bounds between the classes, in times the average of the study area."""


_LEAST_AROUND = 0.003  # degrees: some 300 m to the north, 200 m to the east


@dataclass(frozen=True)
class _Style:
    """How a kind is drawn: told apart by line and pattern, not by colour alone."""

    stroke: str
    stroke_px: float
    dash: str = ""
    fill: str = "#ffffff"
    fill_opacity: float = 0.0  # not `none`: the pointer must find it

    def options(self) -> dict[str, object]:
        return {
            "className": "found",  # its focus shows on this palette
            "color": self.stroke,
            "weight": self.stroke_px,
            "dashArray": self.dash or None,
            "fillColor": self.fill,
            "fillOpacity": self.fill_opacity,
        }


_STYLES = {
    "hotspot": _Style("#111111", 2.5),
    "one_night": _Style("#3d2c8d", 2.5, dash="7 4"),
    "stack": _Style("#4b535c", 2, dash="1 3.5", fill=HATCH, fill_opacity=0.9),
}
_GONE = _Style("#4b535c", 2, dash="8 8")


def hotspots_map(
    run: RunTables,
    search: Search,
    *,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
    around: str | None = None,
) -> str:
    """Return the map of one search as a whole HTML document.

    Parameters
    ----------
    run, search
        A finished run and one of its searches.
    lang, assets, tiles
        As for :func:`hotspots.outputs.maps.priorities.priorities_map`.
    around
        Id of the hotspot that is in view at first, with its surroundings; by default all are.
    """
    document = hotspots_document_of(run, search)
    words = Words(lang)
    theme = words.theme(search.theme)
    period = words.months(search.first_month, search.last_month)
    surface = web_surface(
        density_surface(cells_of(run, search), cell_size_m=search.cell_size_m),
        crs=run.record.crs,
    )
    shapes = apart_shapes(hotspots_of(run, search))
    opacity = 1.0 if tiles is None else 0.6  # streets show through
    title, alt = (
        words.label(f"hotspots_map_{name}", theme=theme, period=period)
        for name in ("title", "image")
    )
    layers = [
        _density_image(surface, document.mean_per_km2, alt=alt, opacity=opacity),
        *outlines(outlines_of(run)),
        *_gone(gone_of(run, search)),
        *_polygons(document.hotspots, shapes, words),
        *numbers([(each.number, each.kind) for each in document.hotspots], shapes),
    ]
    return map_document(
        layers,
        _legend(document, words, tiles, title=title, fill_opacity=opacity),
        words=words,
        label=words.label("hotspots_map_area"),
        assets=assets,
        bounds=_in_view(document, shapes, surface, around),
        tiles=tiles,
    )


def _in_view(
    document: HotspotsDocument,
    shapes: Sequence[BaseGeometry],
    surface: WebSurface,
    around: str | None,
) -> Bounds:
    """Return what is in view at first: everything, or one polygon with its surroundings."""
    for hotspot, shape in zip(document.hotspots, shapes, strict=True):
        if hotspot.hotspot_id == around:
            (south, west), (north, east) = bounds_of([shape])
            height, width = (
                max((high - low) / 2, _LEAST_AROUND) for low, high in ((south, north), (west, east))
            )
            return [[south - height, west - width], [north + height, east + width]]
    every = shapely.box(*surface.south_west[::-1], *surface.north_east[::-1])
    return bounds_of([*shapes, every])


def density_pixels(values: npt.NDArray[np.float64], mean_per_km2: float) -> npt.NDArray[np.uint8]:
    """Return red, green, blue and opacity of each pixel; nothing is shown where density is zero.

    Parameters
    ----------
    values
        Density in incidents per km2, NaN outside the study area.
    mean_per_km2
        Average of the study area, of which the classes are multiples.
    """
    colours = np.array(
        [(0, 0, 0, 0), *(_channels(colour) for colour in DENSITY_PALETTE)], dtype=np.uint8
    )
    shown = np.nan_to_num(values) > 0
    number = np.digitize(values, np.array(DENSITY_CLASSES) * mean_per_km2) + 1
    return colours[np.where(shown, number, 0)]


def _channels(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue, 255


def _density_image(
    surface: WebSurface, mean_per_km2: float, *, alt: str, opacity: float
) -> folium.raster_layers.ImageOverlay:
    return folium.raster_layers.ImageOverlay(
        density_pixels(surface.values, mean_per_km2),
        bounds=[list(surface.south_west), list(surface.north_east)],
        alt=alt,
        opacity=opacity,
        pixelated=False,
    )


def _polygons(
    hotspots: Sequence[Hotspot], shapes: Sequence[BaseGeometry], words: Words
) -> Iterator[folium.GeoJson]:
    """Yield the polygons in the order of their numbers, which is the order of the Tab key."""
    heads = {
        "where": words.label("place_where"),
        "kind": words.label("kind"),
        "count": words.label("place_count"),
        "times": words.label("place_times"),
        "grade": words.label("place_firmness"),
        "trend": words.label("place_course"),
    }
    for kind in KINDS:
        features = [
            feature(_properties(hotspot, words), shape)
            for hotspot, shape in zip(hotspots, shapes, strict=True)
            if hotspot.kind == kind
        ]
        if features:
            yield folium.GeoJson(
                {"type": "FeatureCollection", "features": features},
                style_function=lambda _, kind=kind: _STYLES[kind].options(),
                tooltip=folium.GeoJsonTooltip(list(heads), aliases=list(heads.values())),
                on_each_feature=IN_TAB_ORDER,
                smooth_factor=0,
            )


def _gone(polygons: gpd.GeoDataFrame | None) -> Iterator[folium.GeoJson]:
    """Yield what the run before found and this one did not; the page lists it."""
    if polygons is None or not len(polygons):
        return
    features = [
        feature({"id": hotspot_id}, shape)
        for hotspot_id, shape in zip(polygons["hotspot_id"], apart_shapes(polygons), strict=True)
    ]
    yield folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _: _GONE.options() | {"className": "gone"},
        on_each_feature=NOT_IN_TAB_ORDER,
        interactive=False,
        smooth_factor=0,
    )


def _properties(hotspot: Hotspot, words: Words) -> dict[str, str]:
    place = where(hotspot, words)
    kind = words.label(f"kind_{hotspot.kind}")
    return {
        "id": hotspot.hotspot_id,
        "where": place,
        "kind": kind,
        "count": words.number(hotspot.count),
        "times": times(hotspot, words),
        "grade": f"{grade(hotspot, words)} ({agreement(hotspot, words)})",
        "trend": trend(hotspot, words),
        "label": f"{words.number(hotspot.number)}. {place} ({kind})",
    }


def _legend(
    document: HotspotsDocument,
    words: Words,
    tiles: TileServer | None,
    *,
    title: str,
    fill_opacity: float,
) -> Legend:
    found = {hotspot.kind for hotspot in document.hotspots}
    lines = [
        (style, words.label(f"kind_{kind}")) for kind, style in _STYLES.items() if kind in found
    ]
    if document.gone:
        lines.append((_GONE, words.label("gone_map")))
    kinds = [
        Entry(style.fill, name, style.stroke, style.stroke_px, dash=style.dash)
        for style, name in lines
    ]
    return map_legend(
        [*kinds, *_density_entries(words)],
        words=words,
        title=title,
        unit=words.label("hotspots_map_unit"),
        sources=document.search.sources,
        cut_off=document.cut_off,
        run=document.run,
        tiles=tiles,
        fill_opacity=fill_opacity,
    )


def _density_entries(words: Words) -> Iterator[Entry]:
    """Yield the classes, the highest first, as a reader expects a scale to stand."""
    shown = [words.number(bound) for bound in DENSITY_CLASSES]
    yield Entry(DENSITY_PALETTE[-1], words.label("density_above", low=shown[-1]))
    for i in range(len(shown) - 1, 0, -1):
        label = words.label("density_between", low=shown[i - 1], high=shown[i])
        yield Entry(DENSITY_PALETTE[i], label)
    yield Entry(DENSITY_PALETTE[0], words.label("density_below"))
    yield Entry("#ffffff", words.label("density_none"))
