"""The page where layers come together, its map and its document."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.records import RunRecord
from hotspots.schemas import UNSCORED_THEMES
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample
from tests.outputs.reading import Tags

RUN = "2025-abc123"
PATHS = ("/samen", f"/maps/{RUN}/composite", f"/v1/runs/{RUN}/composite")


@contextmanager
def _served(
    folder: Path, record: RunRecord, results: dict[str, pd.DataFrame]
) -> Iterator[TestClient]:
    workspace = init_workspace(folder / "w", name="W", crs="EPSG:28992")
    freeze_run(workspace, record, results)
    with signed_in(create_app(Settings(workspace=folder / "w"))) as client:
        yield client


def _page(client: TestClient, path: str = "/samen") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def _table(page: str, css: str) -> list[list[str]]:
    body = re.search(rf'<table class="{css}".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body is not None
    return [
        [
            " ".join(re.sub(r"<(?!img)[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    ]


def test_the_list_shows_the_figures_of_the_run(client: TestClient) -> None:
    assert _table(_page(client), "ranking") == [
        ["1", f"{sample.HOSTILE_NAME} en Havenkwartier",
         "woninginbraken, registraties van drugsoverlast en meldingen van jeugdoverlast",
         "6,0", "3,0", "1", "2", "eerste berekening"],
        ["2", "Nieuwland", "woninginbraken", "4,0", "4,0", "2", "1", "eerste berekening"],
    ]  # fmt: skip


def test_the_weights_stand_with_what_entered(client: TestClient) -> None:
    rows = _table(_page(client), "weights")
    assert [row[:4] for row in rows] == [
        [name, "ja", "25%", "25%"]
        for name in (
            "1. Woninginbraken",
            "2. Het inbraakrisico per woning",
            "3. Registraties van drugsoverlast",
            "4. Meldingen van jeugdoverlast",
        )
    ]


def test_every_part_of_every_place_is_in_a_table(client: TestClient) -> None:
    page = _page(client)
    tables = re.findall(r"<details>(.*?)</details>", page, re.DOTALL)
    assert len(tables) == 2
    first = [
        re.findall(r"<td[^>]*>(.*?)</td>", row)
        for row in re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", tables[0], re.DOTALL)
    ]
    # 13 times, a quarter: 3.25 of 6.0; without what police began 1 time: 0.25 of 3.0
    assert first[0] == ["13,0", "25%", "3,2", "54%", "8%", "ja"]
    assert first[-1] == ["2,0", "25%", "0,5", "8%", "17%", "nee"]


def test_bars_of_all_places_have_one_scale(client: TestClient) -> None:
    page = client.get("/samen").text
    widths = []
    for bar in re.findall(r'<figure class="bars">\s*(<svg.*?</svg>)', page, re.DOTALL):
        parts = re.findall(r"<rect[^>]* width=\"([\d.]+)\"[^>]*>", bar)[1:]  # the first is whole
        widths.append(sum(map(float, parts)))
    whole = max(widths)
    assert [width / whole for width in widths] == pytest.approx(
        [6 / 6, 3 / 6, 4 / 6, 4 / 6], abs=0.003
    )


def test_every_bar_tells_its_parts_to_who_cannot_see_it(client: TestClient) -> None:
    page = _page(client)
    told = re.findall(r"<desc[^>]*>(.*?)</desc>", page)
    assert told[0] == (
        "Registraties van drugsoverlast: 54%; Woninginbraken: 25%; Meldingen van jeugdoverlast: "
        "12%; Het inbraakrisico per woning: 8%"
    )
    names = re.findall(r' id="([^"]+)"', client.get("/samen").text)
    assert len(names) == len(set(names))


def test_what_the_page_may_not_leave_out(client: TestClient) -> None:
    page = _page(client)
    for words in (
        "Waar komt het samen? Overlast en criminaliteit 2023–2025",
        "Een plek op de lijst is geen prioriteitsgebied",
        "Zonder wat politie en handhaving zelf opzochten, zakt dit gebied van plaats 1 naar",
        "Vraag het de wijkagent en het VLO.",
        "Gewichten en leeftijd tellen daarin nooit mee.",
        "Geen enkel getal beslist.",
        "De waarde heeft geen bandbreedte.",
        "Gegevens over jeugdgroepen zijn vertrouwelijk.",
        "30 november 2025",
        "Dit is een berekening, geen besluit.",
    ):
        assert words in page, words
    never = re.search(r"Nooit gebruikt, ook als het geleverd is: (.*?)\. ", page)
    assert never is not None
    assert len(re.split(", | en (?=overlast in)", never[1])) == len(UNSCORED_THEMES)


def test_the_page_speaks_english(client: TestClient) -> None:
    page = _page(client, "/samen?lang=en")
    assert "Where does it come together? Nuisance and crime 2023–2025" in page
    assert "this area falls from position 1 to position 2." in page
    assert "soorten" not in page


def test_the_document_holds_what_the_page_shows(client: TestClient) -> None:
    document = client.get(f"/v1/runs/{RUN}/composite").json()
    assert [place["value"] for place in document["places"]] == [6.0, 4.0]
    assert document["weighing"]["half_life_months"] == 12
    parts = document["places"][0]["contributions"]
    assert sum(part["contribution"] for part in parts) == pytest.approx(6.0)
    assert client.get(f"/v1/runs/{RUN}/composite?theme=burglary").status_code == 400


def test_every_download_leads_somewhere(client: TestClient) -> None:
    page = client.get("/samen").text
    files = re.findall(r'href="(/v1/[^"]+)"', page)
    assert len(files) == 8
    for file in files:
        assert client.get(file).status_code == 200, file


def test_the_map_is_framed_under_its_own_policy(client: TestClient) -> None:
    answer = client.get(f"/maps/{RUN}/composite")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-scripts;")


def test_nothing_of_youth_groups_is_served(client: TestClient) -> None:
    for path in PATHS:
        text = client.get(path).text
        assert "youth_groups" not in text
        assert "7,5 keer" not in text
        assert '"value":7.5' not in text


def test_no_style_and_no_script_stands_in_the_page(client: TestClient) -> None:
    tags = Tags(client.get("/samen").text).tags
    assert not [tag for tag, _ in tags if tag in ("script", "style", "img")]
    assert not [name for _, given in tags for name in given if name == "style" or name[:2] == "on"]


def test_a_run_without_the_result_says_so(tmp_path: Path) -> None:
    with _served(tmp_path, sample.record(), sample.rankings()) as client:
        page = _page(client)
        assert "Er is niet gekeken waar het samenkomt" in page
        assert "hotspots ingest incidents" in page
        assert "hotspots ingest incidents" in client.get(PATHS[2]).text
        assert [client.get(path).status_code for path in PATHS] == [200, 404, 404]


def test_a_run_without_a_place_is_whole(tmp_path: Path) -> None:
    results = sample.results()
    empty = {name: results[name].iloc[:0] for name in ("composite", "contributions")}
    with _served(tmp_path, sample.record(), results | empty) as client:
        page = _page(client)
        assert "Geen enkele plek haalt 3 keer het gemiddelde van de stad." in page
        assert "<iframe" not in page
        assert [client.get(path).status_code for path in PATHS] == [200, 404, 200]


def test_without_runs_it_is_told_how_to_make_one(empty_client: TestClient) -> None:
    assert "hotspots run" in empty_client.get("/samen").text


def test_a_layer_without_weight_is_in_no_bar(tmp_path: Path) -> None:
    results = sample.results()
    parts = results["contributions"].copy()
    none = parts["layer"] == "drugs_nuisance"
    parts.loc[none, parts.columns[parts.dtypes == "float64"].drop("known_share")] = 0.0
    parts.loc[none, ["value", "value_without_proactive"]] = None
    with _served(tmp_path, sample.record(), results | {"contributions": parts}) as client:
        page = _page(client)
    rows = _table(page, "weights")
    assert rows[-1] == [
        "Registraties van drugsoverlast", "nee: geen cijfers in deze periode", "–", "–",
        "december 2025",
    ]  # fmt: skip
    assert [row[0][:2] for row in rows[:-1]] == ["1.", "2.", "3."]
    told = re.findall(r"<desc[^>]*>(.*?)</desc>", page)
    assert told
    assert not [text for text in told if "drugsoverlast" in text]
