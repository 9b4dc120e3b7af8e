"""The map of a ranking: every area by its shrunk risk, those above the line with their place."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import ceil

import folium
import geopandas as gpd

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
    text_mark,
)
from hotspots.outputs.maps.shapes import Shapes, bounds_of, coverage_shapes
from hotspots.outputs.sentences import count_label, count_text
from hotspots.outputs.tables import Area, PrioritiesDocument, RunTables, UnrankedArea, document_of
from hotspots.outputs.text import Lang, Words
from hotspots.records import Question

PALETTE = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")
"""Light to dark, told apart by colour-blind readers (ColorBrewer YlGnBu)."""

_GREY = "#d0d0cc"
_ROUND_STEPS = tuple(base * 10.0**power for power in range(-1, 5) for base in (1, 2, 5))


def priorities_map(
    run: RunTables,
    question: Question,
    *,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
) -> str | None:
    """Return the map of one ranking as a whole HTML document; none where no area has a shape.

    Parameters
    ----------
    run, question
        A finished run and one of its questions.
    lang
        Language of every word on the map.
    assets
        Address of the folder with Leaflet's ``leaflet.js`` and ``leaflet.css``, on our own host.
    tiles
        Background map; without one the document asks nothing of any other host.
    """
    table = run.table("priorities")
    mine = (table["theme"] == question.theme) & (table["level"] == question.level)
    shapes = coverage_shapes(gpd.GeoDataFrame(table[mine & table["geometry"].notna()]))
    if not shapes:
        return None
    document = document_of(run, question)
    words = Words(lang)
    breaks = class_breaks([area.eb_rate for area in document.areas])
    fill_opacity = 1.0 if tiles is None else 0.7  # streets show through
    layers = [
        *_layers(document, words, breaks, shapes, fill_opacity),
        *_rank_marks(document.areas, shapes),
    ]
    return map_document(
        layers,
        _legend(document, words, breaks, tiles, fill_opacity),
        words=words,
        label=words.label("map_area"),
        assets=assets,
        bounds=bounds_of(shapes.values()),
        tiles=tiles,
    )


def class_breaks(rates: Sequence[float], *, most: int = len(PALETTE)) -> list[float]:
    """Return the bounds between classes: equal steps at round numbers, the highest class open.

    The steps end around the ninth decile, so that one extreme area does not press all others
    into a single colour.
    """
    if not rates:
        return []
    ordered = sorted(rates)
    low, high, most_extreme = ordered[0], ordered[round(0.9 * (len(ordered) - 1))], ordered[-1]
    for step in _ROUND_STEPS:
        steps = range(int(low // step), ceil(high / step) + 1)
        bounds = [bound for n in steps if low < (bound := round(step * n, 1)) <= most_extreme]
        if len(bounds) < most:
            return bounds
    return []


def _layers(
    document: PrioritiesDocument,
    words: Words,
    breaks: list[float],
    shapes: Shapes,
    fill_opacity: float,
) -> Iterator[folium.GeoJson]:
    """Yield the areas without a place, those below the line, and on top those above it."""
    heads = {
        "area": words.label("area"),
        "rank": words.label("rank"),
        "count": count_label(document, words),
        "rate": words.label("rate"),
        "interval": words.label("interval"),
    }
    no_data = [_unranked(area, words.sentence("no_data")) for area in document.no_data]
    no_rate = [_unranked(area, words.label("no_rate")) for area in document.no_rate]
    above = [_ranked(area, words) for area in document.areas if area.above_cut]
    below = [_ranked(area, words) for area in document.areas if not area.above_cut]
    colour = _colours(document.areas, breaks)
    colour |= {area.area_code: HATCH for area in document.no_data}
    colour |= {area.area_code: _GREY for area in document.no_rate}
    words_only = {"area": words.label("area"), "note": ""}
    thin = {"weight": 1, "color": "#5f6670", "fillOpacity": fill_opacity}
    thick = {"weight": 3.5, "color": "#111111", "fillOpacity": fill_opacity}
    for rows, fields, line, behaviour in (
        (no_data + no_rate, words_only, thin, NOT_IN_TAB_ORDER),
        (below, heads, thin, NOT_IN_TAB_ORDER),
        (above, heads, thick, IN_TAB_ORDER),
    ):
        features = [feature(row, shapes[row["id"]]) for row in rows if row["id"] in shapes]
        if features:
            yield folium.GeoJson(
                {"type": "FeatureCollection", "features": features},
                style_function=lambda each, line=line: {
                    **line,
                    "fillColor": colour[each["id"]],
                },
                tooltip=folium.GeoJsonTooltip(list(fields), aliases=list(fields.values())),
                on_each_feature=behaviour,
                smooth_factor=0,
            )


def _ranked(area: Area, words: Words) -> dict[str, str]:
    return {
        "id": area.area_code,
        "area": area.area_name,
        "rank": words.number(area.rank),
        "count": count_text(area, words),
        "rate": words.rate(area.eb_rate),
        "interval": words.interval(area.eb_low, area.eb_high),
        "label": f"{words.number(area.rank)}. {area.area_name}",
    }


def _unranked(area: UnrankedArea, note: str) -> dict[str, str]:
    return {"id": area.area_code, "area": area.area_name, "note": note}


def _colours(areas: list[Area], breaks: list[float]) -> dict[str, str]:
    scale = _scale(len(breaks) + 1)
    return {area.area_code: scale[bisect_right(breaks, area.eb_rate)] for area in areas}


def _scale(n: int) -> list[str]:
    """Return `n` colours spread over the palette."""
    if n == 1:
        return [PALETTE[len(PALETTE) // 2]]
    return [PALETTE[round(i * (len(PALETTE) - 1) / (n - 1))] for i in range(n)]


def _rank_marks(areas: list[Area], shapes: Shapes) -> Iterator[folium.Marker]:
    for area in areas:
        if area.above_cut and area.area_code in shapes:
            point = shapes[area.area_code].representative_point()
            yield text_mark(str(area.rank), point.y, point.x, "rank")


def _legend(
    document: PrioritiesDocument,
    words: Words,
    breaks: list[float],
    tiles: TileServer | None,
    fill_opacity: float,
) -> Legend:
    theme, period = (
        words.theme(document.theme),
        words.period(document.first_year, document.last_year),
    )
    entries = list(_class_entries(document.areas, breaks, words))
    entries.append(Entry("#ffffff", words.label("above_cut"), "#111111", 3))
    if document.no_data:
        entries.append(Entry(HATCH, words.label("no_data")))
    if document.no_rate:
        entries.append(Entry(_GREY, words.label("no_rate")))
    return map_legend(
        entries,
        words=words,
        title=words.label("map_title", theme=theme, period=period),
        unit=words.label("rate"),
        sources=document.sources,
        cut_off=document.cut_off,
        run=document.run,
        tiles=tiles,
        fill_opacity=fill_opacity,
    )


def _class_entries(areas: list[Area], breaks: list[float], words: Words) -> Iterator[Entry]:
    """Yield the classes, the highest first, as a reader expects a scale to stand."""
    if not areas:
        return
    decimals = 0 if all(bound == int(bound) for bound in breaks) else 1
    shown = [words.number(bound, decimals) for bound in breaks]
    scale = _scale(len(breaks) + 1)
    if not shown:
        yield Entry(scale[0], words.rate(areas[0].eb_rate))
        return
    yield Entry(scale[-1], words.label("above", low=shown[-1]))
    for i in range(len(shown) - 1, 0, -1):
        yield Entry(scale[i], words.label("between", low=shown[i - 1], high=shown[i]))
    yield Entry(scale[0], words.label("below", high=shown[0]))
