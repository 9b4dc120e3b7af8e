"""What every map shares: a Folium document that asks nothing of any other host.

Folium's own page loads ten files from elsewhere and forbids zooming; :class:`_Page` and
:class:`_Board` replace its frame and keep its layers. Everything that can hold words from a
delivery is escaped, because Leaflet puts tooltips into the page as HTML.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import folium
from branca.element import Element, Figure
from folium.utilities import JsCode
from jinja2 import Environment, PackageLoader, Template, select_autoescape
from markupsafe import escape
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.maps.shapes import DEGREE_DECIMALS, Bounds
from hotspots.outputs.tables import RunReference
from hotspots.outputs.text import Lang, Words

HATCH = "url(#hatch)"
"""Fill of an area that stands apart, whatever its colour."""

_env = Environment(
    loader=PackageLoader("hotspots.outputs"), autoescape=select_autoescape(), trim_blocks=True
)

IN_TAB_ORDER = JsCode(
    """(feature, layer) => layer.on("add", () => {
  const path = layer.getElement();
  path.setAttribute("tabindex", "0");
  path.setAttribute("role", "img");
  path.setAttribute("aria-label", feature.properties.label);
  path.addEventListener("blur", () => layer.fire("mouseout", {}, true));  // closes the tooltip
})"""
)
NOT_IN_TAB_ORDER = JsCode(
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
class Entry:
    """A line of the legend: how it is drawn, and what it means."""

    fill: str
    label: str
    stroke: str = "#5f6670"
    stroke_px: float = 1
    dash: str = ""


@dataclass(frozen=True)
class Legend:
    """What stands beside the map; `facts` are terms with their text."""

    lang: Lang
    title: str
    unit: str
    entries: Sequence[Entry]
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    fill_opacity: float
    css: str


class _Page(Figure):
    """The whole document: language, title, our style, the map and its static legend."""

    _template = _env.get_template("map.html")

    def __init__(self, legend: Legend) -> None:
        super().__init__()
        self.legend = legend
        self.header._children.clear()  # branca's own charset tag: the template has one


class _Board(folium.Map):
    """Folium's map without its default files, with a name and buttons in the page's language."""

    _template = Template(
        """
{% macro html(this, kwargs) %}
<div class="folium-map" id="{{ this.get_name() }}" role="region"
  aria-label="{{ this.label|e }}"></div>
{% endmacro %}
{% macro script(this, kwargs) %}
const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
  {zoomControl: false, attributionControl: false, trackResize: false, zoomSnap: 0.25,
    // A view from the start: layers that wait for one are drawn before their renderer is there.
    center: {{ this.middle|tojson }}, zoom: 12});
L.control.zoom({{ this.zoom_titles|tojson }}).addTo({{ this.get_name() }});
L.control.scale({imperial: false}).addTo({{ this.get_name() }});
const board = {{ this.get_name() }}.getContainer();
const fit = () => {
  // A frame that is not laid out yet is no larger than the padding: there is nothing to fit into.
  if (Math.min(board.clientWidth, board.clientHeight) <= 24) return;
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

    def __init__(self, words: Words, label: str, assets: str, bounds: Bounds) -> None:
        super().__init__(tiles=None)
        self.bounds = bounds
        self.middle = [sum(ends) / 2 for ends in zip(*bounds, strict=True)]
        self.label = label
        self.zoom_titles = {
            "zoomInTitle": words.label("zoom_in"),
            "zoomOutTitle": words.label("zoom_out"),
        }
        self.default_js = [("leaflet", f"{assets}/leaflet.js")]
        self.default_css = [("leaflet_css", f"{assets}/leaflet.css")]


def map_document(
    layers: Iterable[Element],
    legend: Legend,
    *,
    words: Words,
    label: str,
    assets: str,
    bounds: Bounds,
    tiles: TileServer | None,
) -> str:
    """Return a map as a whole HTML document; the same map gives the same bytes.

    Parameters
    ----------
    layers
        What is drawn, from the bottom up.
    legend
        What stands beside the map.
    words
        Language of the buttons.
    label
        Name of the map for who cannot see it, with its keys.
    assets
        Address of the folder with Leaflet's ``leaflet.js`` and ``leaflet.css``, on our own host.
    bounds
        What is in view at first.
    tiles
        Background map; without one the document asks nothing of any other host.
    """
    page = _Page(legend)
    board = _Board(words, label, assets, bounds)
    board.add_to(page)
    if tiles is not None:
        folium.TileLayer(tiles.url, attr=str(escape(tiles.attribution))).add_to(board)
    for layer in layers:
        layer.add_to(board)
    _name_in_order(page)
    rendered: str = page.render()
    return rendered


def map_legend(
    entries: Sequence[Entry],
    *,
    words: Words,
    title: str,
    unit: str,
    sources: Sequence[str],
    cut_off: str,
    run: RunReference | None,
    tiles: TileServer | None,
    fill_opacity: float,
    demo: bool = False,
) -> Legend:
    """Return a legend that ends with what every map names: source, cut-off date and run.

    Parameters
    ----------
    entries
        Its lines.
    words
        Its language.
    title, unit
        What is shown in which period, and in which unit.
    sources, cut_off, run
        Where it comes from; the date as ``YYYY-MM-DD``. No run where nothing was computed.
    tiles
        Background map, which is to be credited.
    fill_opacity
        Of everything that is filled, as on the map.
    demo
        Whether the city does not exist; a run tells so itself.
    """
    facts = [
        (words.label("source"), ", ".join(map(words.source, sources))),
        (words.label("cut_off"), words.day(date.fromisoformat(cut_off))),
    ]
    if run is not None:
        facts.append((words.label("run"), run.id))
    if tiles is not None:
        facts.append((words.label("background"), tiles.attribution))
    return Legend(
        lang=words.lang,
        title=title,
        unit=unit,
        entries=entries,
        facts=facts,
        notes=[words.sentence("demo")] if demo or (run is not None and run.demo) else [],
        fill_opacity=fill_opacity,
        css=files("hotspots.outputs").joinpath("templates", "map.css").read_text("utf-8"),
    )


def feature(properties: Mapping[str, str], shape: BaseGeometry) -> dict[str, Any]:
    """Return a GeoJSON feature with the `id` of its properties.

    Leaflet puts the tooltip's fields into the page as HTML, so they are escaped; the `label` is
    set as text.
    """
    return {
        "type": "Feature",
        "id": properties["id"],
        "properties": {
            name: text if name == "label" else str(escape(text))
            for name, text in properties.items()
        },
        "geometry": shape.__geo_interface__,
    }


def text_mark(text: str, latitude: float, longitude: float, css_class: str) -> folium.Marker:
    """Return a number or a name on the map, which the pointer passes through."""
    return folium.Marker(
        (round(latitude, DEGREE_DECIMALS), round(longitude, DEGREE_DECIMALS)),
        icon=folium.DivIcon(f'<div class="{css_class}">{escape(text)}</div>', icon_size=(0, 0)),
        interactive=False,
        keyboard=False,
    )


def _name_in_order(page: Element) -> None:
    """Give every element a number for a name: folium's are random, and a run's map is not."""
    waiting, number = [page], 0
    while waiting:
        element = waiting.pop()
        element._id, number = str(number), number + 1
        waiting.extend(reversed(element._children.values()))
