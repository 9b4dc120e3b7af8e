"""The page of one hotspot, its map and its document."""

import html
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample
from tests.outputs.reading import other_hosts

RUN = "2025-abc123"
FIRST, STACK, ONE_NIGHT = "36m-burglary-001", "36m-burglary-002", "36m-burglary-004"
EVERY = [str(row[0]) for row in sample.FOUND]
PAGE = {"Accept": "text/html"}


def _page(client: TestClient, hotspot_id: str, **asked: str) -> str:
    answer = client.get(f"/hotspots/{hotspot_id}", params=asked, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_answers_the_three_questions_with_their_source(client: TestClient) -> None:
    page = html.unescape(_page(client, FIRST))
    for words in (
        f"Hotspot 1: {sample.HOSTILE_NAME} en Havenkwartier",
        "Nummer 1 van de 6 gevonden plekken.",
        "Een berekende hotspot is geen prioriteitsgebied.",
        "Hier waren in 2023–2025 84 woninginbraken: 3,1 keer zo veel als gemiddeld in de stad.",
        "Bij toeval zien we zo'n verschil zelden: minder dan 1 op de 100 keer.",
        "Wordt het erger?",
        "April – juni 2023: 4, viel op",
        "Oktober – december 2025: niet geleverd",
        "Wanneer?",
        "Ten minste de helft (40 van de 80) valt tussen 17.00 en 19.00 uur.",
        "Van 4 van de 84 is het uur niet bekend.",
        "Wat verklaart het?",
        "politie, geleverd 10 januari 2026",
        "30 november 2025",
        "Dit is een berekening, geen besluit.",
        RUN,
    ):
        assert words in page, words
    assert "kans dat dit toeval" not in page


@pytest.mark.parametrize("hotspot_id", EVERY)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_hotspot_has_a_page_a_map_and_a_document(
    client: TestClient, hotspot_id: str, lang: str
) -> None:
    page = _page(client, hotspot_id, lang=lang)
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert client.get(html.unescape(address)).status_code == 200, address
    assert sample.HOSTILE_NAME not in page
    assert not re.search(r"<script|<style|style=|\bNone\b(?! of)|\bnan\b", page)
    document = client.get(f"/v1/runs/{RUN}/hotspots/{hotspot_id}").json()
    assert document["hotspot"]["hotspot_id"] == hotspot_id
    assert other_hosts(client.get(f"/maps/{RUN}/places/{hotspot_id}").text) == []


def test_ids_are_named_once_and_every_label_leads_to_one(client: TestClient) -> None:
    page = _page(client, FIRST)
    named = re.findall(r'\bid="([^"]+)"', page)
    assert len(named) == len(set(named))
    for labels in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(labels.split()) <= set(named)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(named)


def test_what_was_not_tested_shows_what_is_known_and_leaves_out_the_rest(
    client: TestClient,
) -> None:
    page = html.unescape(_page(client, STACK))
    assert "Bijna alle registraties staan hier op één punt: 57 van de 60." in page
    assert "Wordt het erger?" not in page
    assert "Bij toeval zien we" not in page
    assert "Het uur is van geen enkel geval bekend." in page
    assert 'class="chart"' not in page


def test_the_hours_are_a_table_too(client: TestClient) -> None:
    page = html.unescape(_page(client, FIRST))
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert [day for day, _ in rows] == [
        "Maandag", "Dinsdag", "Woensdag", "Donderdag", "Vrijdag", "Zaterdag", "Zondag",
    ]  # fmt: skip
    # 80 / 28 an hour: one hour of the afternoon, three of the evening
    assert all(
        re.findall(r">([\d,]+)<", cells) == ["0,0", "0,0", "2,9", "8,6"] for _, cells in rows
    )


def test_the_map_looks_at_the_hotspot(client: TestClient) -> None:
    def in_view(address: str) -> list[list[float]]:
        (corners,) = re.findall(r"fitBounds\((\[\[.*?\]\])", client.get(address).text)
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", corners)]
        return [numbers[:2], numbers[2:]]

    (south, west), (north, east) = in_view(f"/maps/{RUN}/places/{FIRST}")
    shape = sample.hotspots().iloc[:1].to_crs("OGC:CRS84").total_bounds
    assert (south + north) / 2 == pytest.approx((shape[1] + shape[3]) / 2, abs=1e-4)
    assert (west + east) / 2 == pytest.approx((shape[0] + shape[2]) / 2, abs=1e-4)
    least = 0.003 - 1e-5  # some 300 m
    assert south < shape[1] - least < shape[3] + least < north
    assert west < shape[0] - least < shape[2] + least < east
    (_, whole_west), (_, whole_east) = in_view(f"/maps/{RUN}/hotspots/burglary/36")
    assert whole_east - whole_west > east - west


def test_a_hotspot_that_is_not_there_is_a_page_with_a_way_on(client: TestClient) -> None:
    for hotspot_id, words in (
        ("36m-burglary-999", "Misschien hoort de hotspot bij een andere berekening"),
        ("36m-burglary-007", "Deze plek was een hotspot in de vorige berekening"),
    ):
        answer = client.get(f"/hotspots/{hotspot_id}", headers=PAGE)
        page = html.unescape(answer.text)
        assert answer.status_code == 404
        assert words in page
        assert f"/hotspots?run={RUN}" in page


def test_a_program_is_told_what_is_wrong(client: TestClient) -> None:
    answer = client.get(f"/v1/runs/{RUN}/hotspots/36m-burglary-999")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    (problem,) = answer.json()["problems"]
    assert problem["value"] == "36m-burglary-999"
    assert problem["remedy"]
    page = client.get(f"/maps/{RUN}/places/36m-burglary-999")
    assert page.status_code == 404
    assert "<strong>36m-burglary-999</strong>" in page.text
    assert client.get(f"/v1/runs/{RUN}/hotspots/..%2Fx").status_code in (400, 404)
    assert client.get(f"/v1/runs/{RUN}/hotspots/{FIRST}?x=1").status_code == 400


def test_a_run_that_searched_for_nothing_has_no_such_page(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
    freeze_run(workspace, sample.record(searches=[]), sample.rankings())
    with signed_in(create_app(Settings(workspace=tmp_path / "w"))) as client:
        assert client.get(f"/hotspots/{FIRST}", headers=PAGE).status_code == 404
        assert client.get(f"/v1/runs/latest/hotspots/{FIRST}").status_code == 404
