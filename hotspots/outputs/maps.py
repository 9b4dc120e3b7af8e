"""The map of a ranking: a Folium document that asks nothing of any other host.

Folium's own page loads ten files from elsewhere and forbids zooming; :class:`_Page` and
:class:`_Map` replace its frame and keep its layers. Everything that can hold words from a
delivery is escaped, because Leaflet puts tooltips into the page as HTML.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from math import ceil
from typing import Any

import folium
import geopandas as gpd
import shapely
from branca.element import Element, Figure
from folium.utilities import JsCode
from jinja2 import Environment, PackageLoader, Template, select_autoescape
from markupsafe import escape

from hotspots.crs import to_crs84
from hotspots.outputs.sentences import count_label, count_text
from hotspots.outputs.tables import Area, PrioritiesDocument, RunTables, UnrankedArea, document_of
from hotspots.outputs.text import Lang, Words
from hotspots.schemas import Question

PALETTE = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")
"""Light to dark, told apart by colour-blind readers (ColorBrewer YlGnBu)."""

Shapes = dict[str, shapely.Polygon | shapely.MultiPolygon]
"""Each area's shape by its code, in longitude and latitude."""

_HATCH = "url(#hatch)"
_GREY = "#d0d0cc"
_DEGREE_DECIMALS = 5  # about a metre
_SIMPLIFY_SHARE = 1 / 2000  # of the city's extent: less than a pixel at the first view
_MOST_VERTICES = 8000  # some 170 kB
_ROUND_STEPS = tuple(base * 10.0**power for power in range(-1, 5) for base in (1, 2, 5))

_env = Environment(
    loader=PackageLoader("hotspots.outputs"), autoescape=select_autoescape(), trim_blocks=True
)

_IN_TAB_ORDER = JsCode(
    """(feature, layer) => layer.on("add", () => {
  const path = layer.getElement();
  path.setAttribute("tabindex", "0");
  path.setAttribute("role", "img");
  path.setAttribute("aria-label", feature.properties.label);
  path.addEventListener("blur", () => layer.fire("mouseout", {}, true));  // closes the tooltip
})"""
)
_NOT_IN_TAB_ORDER = JsCode(
    """(feature, layer) => layer.on("add", () => {
  layer.getElement().setAttribute("tabindex", "-1");
})"""
)  # a browser lets every shape that listens for focus take it: a hundred stops


@dataclass(frozen=True)
class TileServer:
    """A background map: its address with ``{z}``, ``{x}``, ``{y}``, and whom to name for it."""

    url: str
    attribution: str


@dataclass(frozen=True)
class _Entry:
    fill: str
    label: str
    stroke: str = "#5f6670"
    stroke_px: float = 1


@dataclass(frozen=True)
class _Legend:
    lang: Lang
    title: str
    unit: str
    entries: list[_Entry]
    facts: list[tuple[str, str]]
    notes: list[str]
    fill_opacity: float
    css: str


class _Page(Figure):
    """The whole document: language, title, our style, the map and its static legend."""

    _template = _env.get_template("map.html")

    def __init__(self, legend: _Legend) -> None:
        super().__init__()
        self.legend = legend
        self.header._children.clear()  # branca's own charset tag: the template has one


class _Map(folium.Map):
    """Folium's map without its default files, with a name and buttons in the page's language."""

    _template = Template(
        """
{% macro html(this, kwargs) %}
<div class="folium-map" id="{{ this.get_name() }}" role="region"
  aria-label="{{ this.label|e }}"></div>
{% endmacro %}
{% macro script(this, kwargs) %}
const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
  {zoomControl: false, attributionControl: false, trackResize: false, zoomSnap: 0.25});
L.control.zoom({{ this.zoom_titles|tojson }}).addTo({{ this.get_name() }});
L.control.scale({imperial: false}).addTo({{ this.get_name() }});
const board = {{ this.get_name() }}.getContainer();
const fit = () => {
  if (!board.clientWidth) return;  // a frame that is not laid out yet
  {{ this.get_name() }}.invalidateSize(false);
  {{ this.get_name() }}.fitBounds({{ this.bounds|tojson }}, {padding: [12, 12], animate: false});
};
fit();
new ResizeObserver(fit).observe(board);
{% endmacro %}
"""
    )
    default_js: list[tuple[str, str]] = []  # noqa: RUF012  # folium reads the class attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012  # as above

    def __init__(self, words: Words, assets: str, shapes: Shapes) -> None:
        super().__init__(tiles=None)
        self.bounds = _bounds(shapes)
        self.label = words.label("map_area")
        self.zoom_titles = {
            "zoomInTitle": words.label("zoom_in"),
            "zoomOutTitle": words.label("zoom_out"),
        }
        self.default_js = [("leaflet", f"{assets}/leaflet.js")]
        self.default_css = [("leaflet_css", f"{assets}/leaflet.css")]


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
    shapes = web_shapes(gpd.GeoDataFrame(table[mine & table["geometry"].notna()]))
    if not shapes:
        return None
    document = document_of(run, question)
    words = Words(lang)
    breaks = class_breaks([area.eb_rate for area in document.areas])
    fill_opacity = 1.0 if tiles is None else 0.7  # streets show through
    page = _Page(_legend(document, words, breaks, tiles, fill_opacity))
    board = _Map(words, assets, shapes)
    board.add_to(page)
    if tiles is not None:
        folium.TileLayer(tiles.url, attr=str(escape(tiles.attribution))).add_to(board)
    for layer in _layers(document, words, breaks, shapes, fill_opacity):
        layer.add_to(board)
    for marker in _rank_marks(document.areas, shapes):
        marker.add_to(board)
    _name_in_order(page)
    rendered: str = page.render()
    return rendered


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
        first = int(low // step) + 1
        last = min(ceil(high / step), int(most_extreme // step))
        if last - first + 2 <= most:
            return [round(step * n, 1) for n in range(first, last + 1)]
    return []


def web_shapes(areas: gpd.GeoDataFrame) -> Shapes:
    """Return each area's shape by its code in longitude, latitude, simplified for a screen.

    Shared borders stay shared: the areas are simplified together.

    Parameters
    ----------
    areas
        Polygons in a metric CRS with their `area_code`.
    """
    if areas.empty:
        return {}
    min_x, min_y, max_x, max_y = areas.total_bounds
    shapes = areas.geometry.to_numpy()
    tolerance_m = max(max_x - min_x, max_y - min_y) * _SIMPLIFY_SHARE
    simple = shapely.coverage_simplify(shapes, tolerance_m)
    while (
        shapely.get_num_coordinates(simple).sum() > _MOST_VERTICES and tolerance_m < max_x - min_x
    ):
        tolerance_m *= 1.5
        simple = shapely.coverage_simplify(shapes, tolerance_m)
    degrees = to_crs84(areas.set_geometry(simple, crs=areas.crs)).geometry
    rounded = shapely.transform(degrees.to_numpy(), lambda xy: xy.round(_DEGREE_DECIMALS))
    return dict(zip(areas["area_code"], rounded, strict=True))


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
    colour |= {area.area_code: _HATCH for area in document.no_data}
    colour |= {area.area_code: _GREY for area in document.no_rate}
    words_only = {"area": words.label("area"), "note": ""}
    thin = {"weight": 1, "color": "#5f6670", "fillOpacity": fill_opacity}
    thick = {"weight": 3.5, "color": "#111111", "fillOpacity": fill_opacity}
    for rows, fields, line, behaviour in (
        (no_data + no_rate, words_only, thin, _NOT_IN_TAB_ORDER),
        (below, heads, thin, _NOT_IN_TAB_ORDER),
        (above, heads, thick, _IN_TAB_ORDER),
    ):
        features = list(_features(rows, shapes))
        if features:
            yield folium.GeoJson(
                {"type": "FeatureCollection", "features": features},
                style_function=lambda feature, line=line: {
                    **line,
                    "fillColor": colour[feature["id"]],
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


def _features(rows: Iterable[dict[str, str]], shapes: Shapes) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["id"] in shapes:
            yield {
                "type": "Feature",
                "id": row["id"],
                # Leaflet puts the tooltip's fields into the page as HTML, the label as text.
                "properties": {
                    name: text if name == "label" else str(escape(text))
                    for name, text in row.items()
                },
                "geometry": shapes[row["id"]].__geo_interface__,
            }


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
            yield folium.Marker(
                (round(point.y, _DEGREE_DECIMALS), round(point.x, _DEGREE_DECIMALS)),
                icon=folium.DivIcon(f'<div class="rank">{area.rank}</div>', icon_size=(0, 0)),
                interactive=False,
                keyboard=False,
            )


def _bounds(shapes: Shapes) -> list[list[float]]:
    min_x, min_y, max_x, max_y = shapely.total_bounds(list(shapes.values())).tolist()
    return [[min_y, min_x], [max_y, max_x]]


def _legend(
    document: PrioritiesDocument,
    words: Words,
    breaks: list[float],
    tiles: TileServer | None,
    fill_opacity: float,
) -> _Legend:
    theme, period = (
        words.theme(document.theme),
        words.period(document.first_year, document.last_year),
    )
    entries = list(_class_entries(document.areas, breaks, words))
    entries.append(_Entry("#ffffff", words.label("above_cut"), "#111111", 3))
    if document.no_data:
        entries.append(_Entry(_HATCH, words.label("no_data")))
    if document.no_rate:
        entries.append(_Entry(_GREY, words.label("no_rate")))
    facts = [
        (words.label("source"), ", ".join(document.sources)),
        (words.label("cut_off"), words.day(date.fromisoformat(document.cut_off))),
        (words.label("run"), document.run.id),
    ]
    if tiles is not None:
        facts.append((words.label("background"), tiles.attribution))
    return _Legend(
        lang=words.lang,
        title=words.label("map_title", theme=theme, period=period),
        unit=words.label("rate"),
        entries=entries,
        facts=facts,
        notes=[words.sentence("demo")] if document.run.demo else [],
        fill_opacity=fill_opacity,
        css=files("hotspots.outputs").joinpath("templates", "map.css").read_text("utf-8"),
    )


def _class_entries(areas: list[Area], breaks: list[float], words: Words) -> Iterator[_Entry]:
    """Yield the classes, the highest first, as a reader expects a scale to stand."""
    if not areas:
        return
    decimals = 0 if all(bound == int(bound) for bound in breaks) else 1
    shown = [words.number(bound, decimals) for bound in breaks]
    scale = _scale(len(breaks) + 1)
    if not shown:
        yield _Entry(scale[0], words.rate(areas[0].eb_rate))
        return
    yield _Entry(scale[-1], words.label("above", low=shown[-1]))
    for i in range(len(shown) - 1, 0, -1):
        yield _Entry(scale[i], words.label("between", low=shown[i - 1], high=shown[i]))
    yield _Entry(scale[0], words.label("below", high=shown[0]))


def _name_in_order(page: Element) -> None:
    """Give every element a number for a name: folium's are random, and a run's map is not."""
    waiting, number = [page], 0
    while waiting:
        element = waiting.pop()
        element._id, number = str(number), number + 1
        waiting.extend(reversed(element._children.values()))
