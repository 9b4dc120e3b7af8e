import base64
import html
import json
import re

import numpy as np
import pytest
import rasterio
import shapely
import shapely.affinity

from hotspots.outputs.hotspots.tables import cells_of
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.maps.hotspots import (
    DENSITY_CLASSES,
    DENSITY_PALETTE,
    density_pixels,
    hotspots_map,
)
from hotspots.outputs.surfaces import density_surface, web_surface
from hotspots.outputs.text import LANGS, Lang
from hotspots.records import Search
from tests.outputs import sample
from tests.outputs.reading import ASSETS, Tags, features, files_asked, other_hosts


def _map(
    run: sample.SampleRun | None = None,
    search: Search | None = None,
    *,
    lang: Lang = "nl",
    tiles: TileServer | None = None,
) -> str:
    return hotspots_map(
        run or sample.SampleRun(), search or sample.search(), lang=lang, assets=ASSETS, tiles=tiles
    )


def _styles(document: str) -> list[dict[str, str]]:
    """How each layer of shapes is drawn."""
    found = re.findall(r"return (\{[^{}]*\"weight\"[^{}]*\});", document)
    return [dict(re.findall(r'"(\w+)": ("[^"]*"|[^,}]+)', style)) for style in found]


def test_the_document_names_no_other_host_and_only_our_files() -> None:
    document = _map()
    assert other_hosts(document) == []
    assert files_asked(document) == [f"{ASSETS}/leaflet.css", f"{ASSETS}/leaflet.js"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_document_has_a_language_a_title_and_a_legend(lang: Lang) -> None:
    parsed = Tags(_map(lang=lang))
    tags = [tag for tag, _ in parsed.tags]
    assert dict(parsed.tags)["html"]["lang"] == lang
    assert tags.count("title") == tags.count("h1") == 1
    words = " ".join(parsed.words)
    assert "politie" in words
    assert "2025-abc123" in words
    assert ("30 november 2025" in words) == (lang == "nl")
    for part in ("Hotspots en dichtheid: woninginbraken 2023–2025", "20 keer gemiddeld of meer",
                 "niets, of niet onderzocht", "één nacht per jaar"):  # fmt: skip
        assert (part in words) == (lang == "nl")


def test_every_polygon_is_drawn_in_its_kind_in_the_order_of_the_list() -> None:
    # The first two hold the outlines and what is gone.
    _, _, hotspots, one_night, stack = features(_map())
    assert [row["label"] for row in hotspots + one_night + stack] == [
        f"1. {sample.HOSTILE_NAME} en Havenkwartier (hotspot)",
        "2. Nieuwland (hotspot)",
        f"3. {sample.FORMULA_NAME} (hotspot)",
        "4. Zandhoek (één nacht per jaar)",
        "5. Havenkwartier (op één punt)",
        "6. Buitenhof (op één punt)",
    ]
    assert hotspots[0]["count"] == "84"
    assert hotspots[0]["times"] == "3,1"
    assert stack[0]["times"] == "–"
    assert hotspots[0]["grade"] == "stevig (3 van 4 methoden; 97 van 100 herhalingen)"
    assert hotspots[0]["trend"] == "bijna altijd, en steeds sterker"
    assert stack[0]["trend"] == "–"


def test_kinds_are_told_apart_without_colour() -> None:
    _, gone, hotspot, one_night, stack = _styles(_map())
    dashes = [style.get("dashArray", "null") for style in (gone, hotspot, one_night, stack)]
    assert len(set(dashes)) == 4
    assert "hatch" in stack["fillColor"]
    assert "hatch" not in hotspot["fillColor"] + one_night["fillColor"]


def test_a_hostile_name_stays_text() -> None:
    document = _map()
    assert "<img" not in document.lower()
    assert html.escape(sample.HOSTILE_NAME, quote=False) in features(document)[2][0]["where"]


def test_shapes_lie_where_the_polygons_lie_and_no_incident_is_drawn() -> None:
    document = _map()
    rings = re.findall(r'"coordinates": (\[\[\[.*?\]\]\])', document)
    drawn = [shapely.Polygon(json.loads(ring)[0]) for ring in rings]
    expected = sample.hotspots().iloc[:6].to_crs("OGC:CRS84").geometry
    metres = 1.5e-5  # rounded to five decimals of a degree
    for polygon in expected:
        assert any(shapely.hausdorff_distance(polygon, each) < metres for each in drawn)
    assert "circleMarker" not in document
    assert document.count("L.marker") == 6 + 10  # numbers, and names of areas


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # a bare PNG
def test_the_surface_is_one_image_with_the_classes_of_the_cells() -> None:
    (encoded,) = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", _map())
    with rasterio.MemoryFile(base64.b64decode(encoded)) as memory, memory.open() as image:
        pixels = np.moveaxis(image.read(), 0, 2)
    surface = web_surface(
        density_surface(
            cells_of(sample.SampleRun(), sample.search()), cell_size_m=sample.CELL_SIZE_M
        ),
        crs="EPSG:28992",
    )
    mean = (1205 - 5) / 10.0
    shown = surface.values > 0
    assert ((pixels[..., 3] > 0) == shown).all()
    for number, colour in enumerate(DENSITY_PALETTE):
        low, high = (0, *DENSITY_CLASSES)[number] * mean, [*DENSITY_CLASSES, np.inf][number] * mean
        mine = shown & (surface.values >= low) & (surface.values < high)
        assert {tuple(pixel) for pixel in pixels[mine]} <= {(*bytes.fromhex(colour[1:]), 255)}


def test_nothing_is_shown_where_density_is_zero_or_unknown() -> None:
    values = np.array([[0.0, np.nan], [0.1, 1e9]])
    pixels = density_pixels(values, mean_per_km2=1.0)
    assert pixels[..., 3].tolist() == [[0, 0], [255, 255]]


def test_the_palette_darkens_and_black_lines_show_on_it() -> None:
    def luminance(colour: str) -> float:
        channels = np.array(list(bytes.fromhex(colour[1:]))) / 255
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    lights = [luminance(colour) for colour in DENSITY_PALETTE]
    assert lights == sorted(lights, reverse=True)
    line = luminance("#111111")
    assert all((light + 0.05) / (line + 0.05) >= 3 for light in lights)  # WCAG 1.4.11


def test_a_search_that_found_nothing_still_shows_its_surface() -> None:
    document = _map(search=sample.reports_search())
    assert document.count("data:image/png") == 1
    assert len(features(document)) == 1  # only the outlines
    assert "hotspot</li>" not in document
    assert "niet meer gevonden" not in document


def test_what_is_gone_is_drawn_and_named_in_the_legend() -> None:
    document = _map()
    assert features(document)[1] == [{"id": "36m-burglary-007"}]
    assert "niet meer gevonden sinds de vorige berekening" in " ".join(Tags(document).words)


def test_a_run_without_rankings_has_a_map_without_outlines() -> None:
    run = sample.SampleRun(record=sample.record(questions=[]), tables=sample.searches())
    assert [len(layer) for layer in features(_map(run))] == [1, 3, 1, 2]


def test_the_same_run_gives_the_same_bytes() -> None:
    assert _map() == _map()


def test_a_tile_server_is_used_only_when_it_is_set() -> None:
    tiles = TileServer("https://tiles.example.org/{z}/{x}/{y}.png", "Kadaster & Zn.")
    document = _map(tiles=tiles)
    assert re.findall(r"https?://[^/\"]+", document) == ["https://tiles.example.org"]
    assert '"opacity": 0.6' in document


def test_a_large_city_is_a_small_document() -> None:
    rng = np.random.default_rng(11)
    row, column = (axis.ravel() for axis in np.indices((900, 900)))
    cells = sample.cells().iloc[:1].drop(columns=["x", "y", "density_per_km2"])
    noise = cells.loc[np.repeat(cells.index, row.size)].assign(
        x=20.0 * column + 80_000,
        y=20.0 * row + 450_000,
        density_per_km2=rng.gamma(0.5, 600, row.size),  # rougher than any kernel leaves it
    )
    one = sample.hotspots().iloc[[0]]
    corner = shapely.Point(80_000, 450_000).buffer(80, quad_segs=60)  # 240 vertices
    circles = [
        shapely.affinity.translate(corner, 180 * (n % 20), 180 * (n // 20)) for n in range(400)
    ]
    names = [f"36m-burglary-{n:03}" for n in range(400)]
    many = one.loc[np.repeat(one.index, 400)].assign(hotspot_id=names)
    many = many.set_geometry(circles, crs=one.crs)
    tables = sample.results() | {
        "cells": noise.reset_index(drop=True),
        "hotspots": many.reset_index(drop=True),
    }
    document = _map(sample.SampleRun(tables=tables), sample.search(cell_size_m=20.0))
    assert len(features(document)[2]) == 400
    assert len(document.encode()) < 1_500_000
