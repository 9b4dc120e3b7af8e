import html
import itertools
import re

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.maps.priorities import PALETTE, class_breaks, priorities_map
from hotspots.outputs.maps.shapes import coverage_shapes
from hotspots.outputs.text import LANGS, Lang
from tests.outputs import sample
from tests.outputs.reading import ASSETS, Tags, features, files_asked, other_hosts

Coordinates = npt.NDArray[np.float64]


def _map(
    run: sample.SampleRun | None = None, *, lang: Lang = "nl", tiles: TileServer | None = None
) -> str:
    document = priorities_map(
        run or sample.SampleRun(), sample.question(), lang=lang, assets=ASSETS, tiles=tiles
    )
    assert document is not None
    return document


def test_the_document_names_no_other_host_and_only_our_files() -> None:
    document = _map()
    assert other_hosts(document) == []
    assert files_asked(document) == [f"{ASSETS}/leaflet.css", f"{ASSETS}/leaflet.js"]
    for unwanted in ("jquery", "bootstrap", "awesome", "glyphicon", "cdn"):
        assert unwanted not in document.lower()


@pytest.mark.parametrize("lang", LANGS)
def test_the_document_has_a_language_a_title_and_can_be_enlarged(lang: Lang) -> None:
    parsed = Tags(_map(lang=lang))
    tags = [tag for tag, _ in parsed.tags]
    assert dict(parsed.tags)["html"]["lang"] == lang
    assert tags.count("title") == tags.count("h1") == 1
    viewports = [a["content"] or "" for _, a in parsed.tags if a.get("name") == "viewport"]
    assert len(viewports) == 1
    assert "maximum-scale" not in viewports[0]


def test_the_legend_says_what_when_whence() -> None:
    words = " ".join(Tags(_map()).words)
    for part in (
        "Risico op woninginbraken 2023–2025",
        "Risico per 1.000 woningen per jaar",
        "Geen gegevens",
        "Geen woningen",
        "politie",
        "30 november 2025",
        "2025-abc123",
    ):
        assert part in words
    assert "Duinstad" not in words
    demo = sample.SampleRun(record=sample.record(demo=True))
    assert "Duinstad bestaat niet." in " ".join(Tags(_map(demo)).words)


def test_every_area_is_on_the_map_with_the_figures_of_the_table() -> None:
    apart, below, above = features(_map())
    assert {row["id"] for row in apart} == {"W09", "W10"}
    assert [row["id"] for row in above] == ["W02", "W01", "W03"]
    assert len(below) == 5
    havenkwartier = above[1]
    assert havenkwartier["rank"] == "2"
    assert havenkwartier["count"] == "120 (90)"
    assert havenkwartier["rate"] == "9,8"
    assert havenkwartier["interval"] == "8,1–11,6"
    assert {row["note"] for row in apart} == {
        "Geen gegevens. Dat betekent niet dat het hier veilig is.",
        "Geen woningen",
    }


def test_a_hostile_name_stays_text() -> None:
    document = _map()
    assert "<img" not in document.lower()
    _, _, above = features(document)
    assert above[0]["area"] == html.escape(sample.HOSTILE_NAME, quote=False)


def test_the_same_run_gives_the_same_bytes() -> None:
    assert _map() == _map()


def test_a_tile_server_is_used_only_when_it_is_set() -> None:
    tiles = TileServer("https://tiles.example.org/{z}/{x}/{y}.png", "Kadaster & Zn.")
    document = _map(tiles=tiles)
    assert re.findall(r"https?://[^/\"]+", document) == ["https://tiles.example.org"]
    assert "Kadaster &amp; Zn." in document
    assert "L.tileLayer" not in _map()


def test_without_shapes_there_is_no_map() -> None:
    assert (
        priorities_map(sample.SampleRun(), sample.question("stadsdeel"), lang="nl", assets=ASSETS)
        is None
    )


def _wobbly_city(columns: int, rows: int) -> gpd.GeoDataFrame:
    """A coverage with long, crooked borders: neighbours share every vertex."""
    cells = [box(1000 * x, 1000 * y, 1000 * (x + 1), 1000 * (y + 1)) for x in range(columns)
             for y in range(rows)]  # fmt: skip
    fine = shapely.segmentize(np.array(cells), 5.0)

    def bend(xy: Coordinates) -> Coordinates:
        x, y = xy[:, 0], xy[:, 1]
        shift = np.column_stack([60 * np.sin(y / 130) + 8 * np.sin(y / 17), 60 * np.sin(x / 110)])
        bent: Coordinates = np.round(xy + shift + [80_000, 450_000], 3)
        return bent

    codes = [f"B{i:03}" for i in range(len(cells))]
    bent = shapely.transform(fine, bend)
    return gpd.GeoDataFrame({"area_code": codes}, geometry=list(bent), crs="EPSG:28992")


def test_simplified_areas_still_share_their_borders() -> None:
    city = _wobbly_city(11, 10)
    assert shapely.coverage_is_valid(city.geometry.to_numpy())
    shapes = coverage_shapes(city)
    simple = np.array(list(shapes.values()))
    assert shapely.coverage_is_valid(simple)
    assert shapely.get_num_coordinates(simple).sum() < (
        shapely.get_num_coordinates(city.geometry.to_numpy()).sum() / 5
    )
    back = gpd.GeoSeries(simple, crs="OGC:CRS84").to_crs("EPSG:28992")
    assert np.allclose(back.area, city.area, rtol=0.01)


def test_a_large_city_is_a_small_document() -> None:
    city = _wobbly_city(11, 10)
    row = sample.priorities().iloc[0].to_dict()
    rows = [
        {**row, "area_code": code, "geometry": shape, "rank": i + 1}
        for i, (code, shape) in enumerate(zip(city["area_code"], city.geometry, strict=True))
    ]
    tables = sample.results() | {"priorities": gpd.GeoDataFrame(rows, crs=city.crs)}
    assert len(_map(sample.SampleRun(tables=tables)).encode()) < 300_000


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([], []),
        ([5.0, 5.0, 5.0], []),
        ([1.0, 2.0], [1.2, 1.4, 1.6, 1.8, 2.0]),  # 1 // 0.2 is 4 in floating point
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.9, 6.1, 7.0], [2, 4, 6]),
        ([3.7, 5.0, 8.0, 9.0, 11.0, 11.5, 12.0, 12.3, 13.0, 13.5, 18.6], [4, 6, 8, 10, 12, 14]),
    ],
)
def test_class_breaks_are_round(rates: list[float], expected: list[float]) -> None:
    assert class_breaks(rates, most=7) == expected


@given(st.lists(st.floats(0, 500, allow_nan=False), min_size=1, max_size=60))
def test_class_breaks_are_few_even_and_inside(rates: list[float]) -> None:
    breaks = class_breaks(rates)
    assert len(breaks) < len(PALETTE)
    assert breaks == sorted(set(breaks))
    assert all(min(rates) < bound <= max(rates) for bound in breaks)
    steps = {round(high - low, 6) for low, high in itertools.pairwise(breaks)}
    assert len(steps) <= 1
