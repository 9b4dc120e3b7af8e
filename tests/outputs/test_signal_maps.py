import html
import json
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.maps.signals import signals_map
from hotspots.outputs.text import LANGS, Lang
from tests.outputs import sample
from tests.outputs.reading import ASSETS, Tags, features, files_asked, other_hosts
from tests.outputs.signal_run import every_result, signals_run


def _map(
    run: sample.SampleRun | None = None, *, lang: Lang = "nl", tiles: TileServer | None = None
) -> str:
    document = signals_map(run or signals_run(), lang=lang, assets=ASSETS, tiles=tiles)
    assert document is not None
    return document


def test_the_document_names_no_other_host_and_only_our_files() -> None:
    document = _map()
    assert other_hosts(document) == []
    assert files_asked(document) == [f"{ASSETS}/leaflet.css", f"{ASSETS}/leaflet.js"]
    assert document == _map()  # the same run gives the same bytes


@pytest.mark.parametrize("lang", LANGS)
def test_the_legend_names_both_kinds_source_cut_off_and_run(lang: Lang) -> None:
    parsed = Tags(_map(lang=lang))
    assert dict(parsed.tags)["html"]["lang"] == lang
    words = " ".join(parsed.words)
    assert "politie" in words
    assert "2025-abc123" in words
    for part in ("30 november 2025", "kort na elkaar", "meer dan het aantal woningen verklaart"):
        assert (part in words) == (lang == "nl")


def test_circles_are_drawn_in_the_order_of_the_lists_with_their_figures() -> None:
    _, bursts, circles = features(_map())  # the first holds the outlines
    assert [row["label"] for row in bursts + circles] == [
        f"1. {sample.HOSTILE_NAME} (Woninginbraken kort na elkaar, 1 november – 9 november 2025)",
        "2. Havenkwartier (Woninginbraken kort na elkaar, 6 oktober – 17 oktober 2025)",
        (
            f"3. {sample.HOSTILE_NAME} en Havenkwartier (Meer dan het aantal woningen verklaart, "
            "2023–2025)"
        ),
    ]
    assert [(row["count"], row["expected"]) for row in bursts + circles] == [
        ("5", "0,5"), ("9", "0,4"), ("96", "30"),
    ]  # fmt: skip


def test_kinds_are_told_apart_without_colour() -> None:
    found = re.findall(r"return (\{[^{}]*\"weight\"[^{}]*\});", _map())
    _, burst, circle = [dict(re.findall(r'"(\w+)": ("[^"]*"|[^,}]+)', style)) for style in found]
    assert (burst["dashArray"], burst["fill"]) == ("null", "true")
    assert (circle["dashArray"], circle["fill"]) == ('"7 4"', "false")


def test_a_hostile_name_stays_text() -> None:
    document = _map()
    assert "<img" not in document.lower()
    assert features(document)[1][0]["where"] == html.escape(sample.HOSTILE_NAME, quote=False)


def test_circles_lie_where_they_were_found_and_no_incident_is_drawn() -> None:
    document = _map()
    rings = re.findall(r'"coordinates": (\[\[\[.*?\]\]\])', document)
    drawn = [shapely.Polygon(json.loads(ring)[0]) for ring in rings]
    for name in ("bursts", "scan"):
        for circle in gpd.GeoSeries(every_result()[name]["geometry"]).to_crs("OGC:CRS84"):
            # Simplified by two metres at most.
            assert any(shapely.hausdorff_distance(circle, each) < 4e-5 for each in drawn)
    assert "circleMarker" not in document
    assert document.count("L.marker") == 3 + 10  # numbers, and names of areas


def test_circles_of_a_shorter_period_do_not_hide_those_of_the_longest() -> None:
    scan = every_result()["scan"]
    both = pd.concat([scan, scan.assign(months=12, count=33)], ignore_index=True)
    layers = features(_map(signals_run({"scan": both})))
    assert [row["count"] for row in layers[-1]] == ["96"]


def test_there_is_no_map_where_there_is_no_circle() -> None:
    for run in (
        signals_run({name: every_result()[name].iloc[:0] for name in ("bursts", "scan")}),
        signals_run(only=sample.rankings()),
    ):
        assert signals_map(run, lang="nl", assets=ASSETS) is None


@pytest.mark.parametrize(("empty", "left"), [("bursts", 1), ("scan", 2)])
def test_one_kind_alone_is_a_map_with_that_kind_in_the_legend(empty: str, left: int) -> None:
    document = _map(signals_run({empty: every_result()[empty].iloc[:0]}))
    assert [len(layer) for layer in features(document)[1:]] == [left]
    legend = document[document.index("<ul>") : document.index("</ul>")]
    assert legend.count("<li>") == 1


def test_a_run_without_rankings_has_a_map_without_outlines() -> None:
    run = signals_run(only=sample.searches(), questions=[])
    assert [len(layer) for layer in features(_map(run))] == [2, 1]


def test_a_tile_server_is_used_only_when_it_is_set() -> None:
    tiles = TileServer("https://tiles.example.org/{z}/{x}/{y}.png", "Kadaster & Zn.")
    assert re.findall(r"https?://[^/\"]+", _map(tiles=tiles)) == ["https://tiles.example.org"]
