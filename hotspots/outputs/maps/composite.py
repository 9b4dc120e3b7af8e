"""The map of the places where a run's layers come together, numbered as in the list."""

from collections.abc import Iterator, Sequence

import folium
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.hotspots.composite_sentences import mean_of, themes
from hotspots.outputs.hotspots.composite_tables import (
    CompositeDocument,
    CompositePlace,
    composite_document_of,
    falls_away,
    places_table,
)
from hotspots.outputs.hotspots.sentences import where
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.frame import (
    HATCH,
    IN_TAB_ORDER,
    Entry,
    Legend,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import numbers, outlines
from hotspots.outputs.maps.shapes import apart_shapes, bounds_of, coverage_shapes
from hotspots.outputs.tables import RunTables
from hotspots.outputs.text import Lang, Words

_LOOKS = {False: ("#fdae61", "", 0.75), True: (HATCH, "7 4", 0.9)}
"""Fill, dashes and opacity of a place; another for one that falls away without proactive records,
so that they are told apart by line and pattern."""

_STROKE, _STROKE_PX = "#111111", 2.5


def composite_map(
    run: RunTables, *, lang: Lang, assets: str, tiles: TileServer | None = None
) -> str | None:
    """Return the map of the places as a whole HTML document; none where there is no place.

    Parameters
    ----------
    run
        A finished run with the results `composite` and `contributions`.
    lang, assets, tiles
        As for :func:`hotspots.outputs.maps.priorities.priorities_map`.
    """
    document = composite_document_of(run)
    words = Words(lang)
    shapes = apart_shapes(places_table(run))
    if not shapes:
        return None
    areas = outlines_of(run)
    city = [] if areas is None else coverage_shapes(areas).values()
    layers = [
        *outlines(areas),
        *_polygons(document, shapes, words),
        *numbers([(place.number, "together") for place in document.places], shapes),
    ]
    return map_document(
        layers,
        _legend(document, words, tiles),
        words=words,
        label=words.label("together_map_area"),
        assets=assets,
        bounds=bounds_of([*shapes, *city]),
        tiles=tiles,
    )


def _polygons(
    document: CompositeDocument, shapes: Sequence[BaseGeometry], words: Words
) -> Iterator[folium.GeoJson]:
    """Yield the places in the order of their numbers, which is the order of the Tab key."""
    heads = {
        "where": words.label("place_where"),
        "times": words.label("place_times"),
        "themes": words.label("together_stands_out"),
    }
    for place, shape in zip(document.places, shapes, strict=True):
        away = falls_away(place, document)
        yield folium.GeoJson(
            {
                "type": "FeatureCollection",
                "features": [feature(_properties(place, words), shape)],
            },
            style_function=lambda _, away=away: _style(away=away),
            tooltip=folium.GeoJsonTooltip(list(heads), aliases=list(heads.values())),
            on_each_feature=IN_TAB_ORDER,
            smooth_factor=0,
        )


def _style(*, away: bool) -> dict[str, object]:
    fill, dash, opacity = _LOOKS[away]
    return {
        "className": "found",
        "color": _STROKE,
        "weight": _STROKE_PX,
        "dashArray": dash or None,
        "fillColor": fill,
        "fillOpacity": opacity,
    }


def _properties(place: CompositePlace, words: Words) -> dict[str, str]:
    named = where(place, words)
    times = words.times(place.value)
    return {
        "id": place.place_id,
        "where": named,
        "times": times,
        "themes": themes(place, words),
        "label": f"{words.number(place.number)}. {named}, "
        + words.label("together_least_value", least=times),
    }


def _legend(document: CompositeDocument, words: Words, tiles: TileServer | None) -> Legend:
    weighing = document.weighing
    found = {falls_away(place, document) for place in document.places}
    labels = {False: "together_map_place", True: "together_map_shaky"}
    return map_legend(
        [
            Entry(_LOOKS[away][0], words.label(key), _STROKE, _STROKE_PX, dash=_LOOKS[away][1])
            for away, key in labels.items()
            if away in found
        ],
        words=words,
        title=words.label(
            "together_map_title", period=words.months(weighing.first_month, weighing.last_month)
        ),
        unit=words.label("together_map_unit", mean_of=mean_of(document, words)),
        sources=document.sources,
        cut_off=document.cut_off,
        run=document.run,
        tiles=tiles,
        fill_opacity=0.75,
    )
