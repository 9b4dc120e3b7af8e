import html
import json
import re

import geopandas as gpd
import pytest
import shapely

from hotspots.outputs.maps.composite import composite_map
from hotspots.outputs.text import LANGS, Lang
from hotspots.policy import policy_from
from tests.outputs import sample
from tests.outputs.reading import ASSETS, Tags, features, files_asked, other_hosts


def _map(run: sample.SampleRun | None = None, lang: Lang = "nl") -> str:
    document = composite_map(run or sample.SampleRun(), lang=lang, assets=ASSETS)
    assert document is not None
    return document


def _strict(least: float) -> sample.SampleRun:
    policy = policy_from({"composite": {"least_times": least}}).model_dump(mode="json")
    return sample.SampleRun(record=sample.record(policy=policy))


def test_the_document_names_no_other_host_and_only_our_files() -> None:
    document = _map()
    assert other_hosts(document) == []
    assert files_asked(document) == [f"{ASSETS}/leaflet.css", f"{ASSETS}/leaflet.js"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_document_has_a_language_a_title_and_what_every_map_names(lang: Lang) -> None:
    parsed = Tags(_map(lang=lang))
    assert dict(parsed.tags)["html"]["lang"] == lang
    words = " ".join(parsed.words)
    for part in ("politie", "2025-abc123", "2023–2025"):
        assert part in words
    assert ("In keer het gemiddelde van de stad" in words) == (lang == "nl")


def test_every_place_is_drawn_in_the_order_of_the_list() -> None:
    _, *places = features(_map())  # the first holds the outlines
    assert [row["label"] for (row,) in places] == [
        f"1. {sample.HOSTILE_NAME} en Havenkwartier, 6,0 keer het gemiddelde",
        "2. Nieuwland, 4,0 keer het gemiddelde",
    ]
    assert places[0][0]["themes"] == (
        "woninginbraken, registraties van drugsoverlast en meldingen van jeugdoverlast"
    )


def test_a_hostile_name_stays_text() -> None:
    document = _map()
    assert "<img" not in document.lower()
    assert html.escape(sample.HOSTILE_NAME, quote=False) in features(document)[1][0]["where"]


def test_shapes_lie_where_the_places_lie() -> None:
    rings = re.findall(r'"coordinates": (\[\[\[.*?\]\]\])', _map())
    drawn = [shapely.Polygon(json.loads(ring)[0]) for ring in rings]
    expected = gpd.GeoDataFrame(sample.results()["composite"]).to_crs("OGC:CRS84").geometry
    metres = 1.5e-5  # rounded to five decimals of a degree
    for polygon in expected:
        assert any(shapely.hausdorff_distance(polygon, each) < metres for each in drawn)


def test_a_place_that_rests_on_own_initiative_is_told_apart_without_colour() -> None:
    firm, shaky = _map(_strict(3.0)), _map(_strict(3.5))
    assert 'dashArray": "7 4"' not in firm
    assert shaky.count('"dashArray": "7 4"') == 1
    words = " ".join(Tags(shaky).words)
    assert "zonder eigen initiatief van politie en handhaving onder de grens" in words
    assert "zonder eigen initiatief" not in " ".join(Tags(firm).words)


def test_without_rankings_there_are_places_and_no_outlines() -> None:
    run = sample.SampleRun(record=sample.record(questions=[]), tables=sample.searches())
    assert [row["where"] for (row,) in features(_map(run))] == ["plek 1", "plek 2"]


def test_without_places_there_is_no_map() -> None:
    tables = sample.results()
    empty = {name: tables[name].iloc[:0] for name in ("composite", "contributions")}
    run = sample.SampleRun(tables=tables | empty)
    assert composite_map(run, lang="nl", assets=ASSETS) is None


def test_the_same_run_gives_the_same_bytes() -> None:
    assert _map() == _map()
