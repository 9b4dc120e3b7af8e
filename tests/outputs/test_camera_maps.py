"""The map of a camera plan: views told apart, sites in order, nothing asked of another host."""

import json
import re

import pytest
import shapely
from markupsafe import escape
from shapely.geometry.base import BaseGeometry

from hotspots.errors import NotFound
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.cameras import cameras_map
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.text import LANGS, Lang
from tests.outputs import camera_run, sample
from tests.outputs.reading import ASSETS, Tags, features, files_asked, other_hosts
from tests.outputs.signal_run import signals_run

TILES = TileServer("/tiles/{z}/{x}/{y}.png", "Kadaster")


def _map(
    run: sample.SampleRun | None = None, *, lang: Lang = "nl", around: str | None = None
) -> str:
    document = cameras_map(run or camera_run.camera_run(), lang=lang, assets=ASSETS, around=around)
    assert document is not None
    return document


def test_the_document_names_no_other_host_and_only_our_files() -> None:
    document = _map()
    assert other_hosts(document) == []
    assert files_asked(document) == [f"{ASSETS}/leaflet.css", f"{ASSETS}/leaflet.js"]
    assert document == _map()  # the same run gives the same bytes


def test_every_role_has_a_layer_and_the_sites_come_in_the_order_of_the_list() -> None:
    stadium, fixed, current, proposed = features(_map())
    assert [row["label"] for row in proposed] == [
        "1. P1 (voorgestelde plek): voegt 18,0 toe aan het plan",
        f"2. {camera_run.HOSTILE_SITE} (voorgestelde plek): voegt 3,5 toe aan het plan",
    ]
    assert [row["id"] for row in current] == ["current-F1", "current-F3"]  # F2 sees nothing
    assert [row["what"] for row in current] == ["Laten staan", "Verplaatsen"]
    assert [row["id"] for row in fixed + stadium] == ["fixed-V1", "stadium-S1"]


def test_views_are_told_apart_without_colour() -> None:
    found = re.findall(r"return (\{[^{}]*\"weight\"[^{}]*\});", _map())
    styles = {
        (each["dashArray"], each["fillColor"].startswith("url"), each["weight"])
        for each in map(json.loads, found)
    }
    assert len(styles) == 4


def test_a_camera_that_sees_nothing_still_has_its_dot() -> None:
    # three cameras that stand, two sites of the plan
    assert _map().count("L.circleMarker(") == 5


@pytest.mark.parametrize("lang", LANGS)
def test_the_legend_names_roles_source_cut_off_and_run(lang: Lang) -> None:
    parsed = Tags(_map(lang=lang))
    assert dict(parsed.tags)["html"]["lang"] == lang
    words = " ".join(parsed.words)
    assert camera_run.RUN in words
    assert "politie" in words
    for part in ("31 december 2025", "voorgestelde plek", "vaste camera", "stadioncamera"):
        assert (part in words) == (lang == "nl")


def test_hostile_ids_stay_text() -> None:
    (place,) = {row["place"] for row in features(_map())[-1]} - {"P1"}
    assert place == escape(camera_run.HOSTILE_SITE)
    assert not any(tag == "b" for tag, _ in Tags(_map()).tags)


def test_a_site_can_be_in_view_at_first() -> None:
    def shown(document: str) -> BaseGeometry:
        (south, west), (north, east) = json.loads(
            re.findall(r"fitBounds\((\[\[.*?\]\])", document)[0]
        )
        view: BaseGeometry = shapely.box(west, south, east, north)
        return view

    near, every = shown(_map(around="P1")), shown(_map())
    assert near.area < every.area / 20
    assert every.contains(near.centroid)
    assert shown(_map(around="no-such")).equals(every)


def test_borders_of_another_run_help_to_find_the_way() -> None:
    document = cameras_map(
        camera_run.camera_run(),
        lang="nl",
        assets=ASSETS,
        tiles=TILES,
        areas=outlines_of(signals_run()),
    )
    assert document is not None
    assert "Havenkwartier" in document
    assert "Kadaster" in document


def test_without_any_view_there_is_no_map_and_another_run_has_none() -> None:
    blind = camera_run.tables()["viewsheds"].assign(geometry=None)
    assert cameras_map(camera_run.camera_run(viewsheds=blind), lang="nl", assets=ASSETS) is None
    with pytest.raises(NotFound, match="no camera plan"):
        cameras_map(signals_run(), lang="nl", assets=ASSETS)
