"""The page with hotspots, and every page of a run that lacks rankings or searches."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.records import RunRecord
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample

RUN = "2025-abc123"
Served = Callable[[RunRecord, dict[str, pd.DataFrame]], TestClient]


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """Make a client of a workspace with one run."""

    def serve(record: RunRecord, results: dict[str, pd.DataFrame]) -> TestClient:
        workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
        freeze_run(workspace, record, results)
        return signed_in(create_app(Settings(workspace=tmp_path / "w")))

    return serve


def _cells(page: str) -> list[list[str]]:
    """The text of each cell of the list, without the headings of the groups."""
    body = re.search(r'<table class="found".*?</thead>(.*?)</table>', page, re.DOTALL)
    assert body is not None
    rows = re.findall(r'<tr class="(?!group)[^>]*>(.*?)</tr>', body[1], re.DOTALL)
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_list_shows_the_figures_of_the_run(client: TestClient) -> None:
    rows = _cells(client.get("/hotspots").text)
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row[3].split()[0] for row in rows] == ["84", "30", "1", "20", "60", "8"]
    first = rows[0]
    assert first[1] == (
        f"{sample.HOSTILE_NAME} en Havenkwartier stond er ook in de vorige berekening"
    )
    assert first[2].startswith("Hier waren in 2023–2025 84 woninginbraken: 3,1 keer zo veel")
    assert first[3:] == [
        "84 7% van alles",  # of 1,200
        "3,1",
        "stevig 3 van 4 methoden; 97 van 100 herhalingen",
        "bijna altijd, en steeds sterker +40% 0% tot +97%",
    ]
    assert rows[4][4:] == ["–", "niet getoetst 2 van 4 methoden", "–"]


def test_what_a_row_rests_on_stands_behind_a_click(client: TestClient) -> None:
    first, *_, last = _cells(client.get("/hotspots").text)
    for words in (
        "Meer over deze plek",
        "In 97 van de 100 herhalingen is deze plek opnieuw gevonden.",
        "Viel op in 10 van de 11 bekende blokken van 3 maanden.",
        "In de rest van de stad was het \N{MINUS SIGN}13%.",
        "Slotenactie Havenkwartier (1 maart 2024)",
        "kwam 12% op initiatief van politie of handhaving",
        "Oppervlakte 16 ha",  # 400 by 400 metres
        "Maanden met gevallen 31 van 35",  # of 36 months one was not delivered
    ):
        assert words in first[2], words
    for unknown in ("herhalingen", "Verloop", "eerder", "meespelen"):
        assert unknown not in last[2].removeprefix("Hier waren"), unknown


def test_every_row_leads_to_its_own_page(client: TestClient) -> None:
    page = client.get("/hotspots").text
    links = re.findall(r'href="/hotspots/([^"?]+)\?run=2025-abc123', page)
    assert links == [
        "36m-burglary-001", "36m-burglary-003", "36m-burglary-005",
        "36m-burglary-004", "36m-burglary-002", "36m-burglary-006",
    ]  # fmt: skip


def test_the_proof_stands_on_the_page_or_why_there_is_none(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots").text)
    assert (
        "De hotspots van eind 2024 beslaan 1,5% van de bebouwde kom. Daar was in 2025 32% van de "
        "woninginbraken. Gewoon tellen haalde 30%. Dit zegt niets over oorzaken of personen."
    ) in page
    assert "De 5% drukste vakken hebben 35% van de woninginbraken in 2025" in page
    table = page[page.index("De methoden vergeleken") : page.index("Klopt het met de bron?")]
    for words in ("Gewoon tellen", "30% (27%–33%)", "gekozen", "20,0 (18,0–22,0)", "0,90"):
        assert words in table, words
    without = html.unescape(client.get("/hotspots?theme=youth_reports").text)
    assert "Voor meldingen van jeugdoverlast is er geen proef." in without
    assert "ten minste 12 geleverde maanden" in without
    assert "De methoden vergeleken" not in without


def test_what_is_gone_is_listed(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots").text)
    assert "Niet meer gevonden sinds de vorige berekening" in page
    assert "Oostduin: 41 woninginbraken in 36 maanden tot en met december 2024" in page
    assert "Niet meer gevonden" not in client.get("/hotspots?months=12").text


def test_a_run_without_the_newer_results_is_whole(served: Served) -> None:
    tables = sample.rankings() | {"hotspots": sample.hotspots(), "cells": sample.cells()}
    with served(sample.record(), tables) as client:
        for path in ("/hotspots", f"/maps/{RUN}/hotspots/burglary/36", "/v1/collections"):
            assert client.get(path).status_code == 200, path
        assert "Niet meer gevonden" not in client.get("/hotspots").text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_placeholder_and_no_missing_value_reaches_a_reader(
    client: TestClient, lang: str
) -> None:
    for months in (12, 36):
        page = client.get("/hotspots", params={"lang": lang, "months": months}).text
        assert not re.search(r"[{}]|\bNone\b|\bnan\b", page.split("<main", 1)[1])


def test_groups_name_what_is_no_hotspot(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots").text)
    headings = re.findall(r'<tr class="group".*?</svg> (.*?)</th>', page)
    assert headings == ["Hotspots", "Vooral één nacht per jaar", "Op één punt: geen hotspot"]


def test_what_was_asked_and_found_stands_on_the_page(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots").text)
    for words in (
        "Berekende hotspots: woninginbraken 2023–2025",
        "Op 3 plekken zijn er meer woninginbraken dan bij toeval te verwachten is.",
        "Een berekende hotspot is geen prioriteitsgebied.",
        "December 2025 is niet geleverd.",
        "bebouwde kom, 10 km²",
        "1.000 van 100 bij 100 meter",
        "120 per km²",
        "30 november 2025",
        "politie, geleverd 10 januari 2026",
        "Daarvan liggen er 5 buiten het onderzochte gebied",
        "uitzonderlijk veel registraties staan er 73",
        "De kaart toont geen losse incidenten.",
        RUN,
    ):
        assert words in page, words


def test_theme_and_period_are_chosen_by_links(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots", params={"months": 12}).text)
    assert "Berekende hotspots: woninginbraken 2025" in page
    choices = re.findall(r'<li><a href="(/hotspots[^"]*)"( aria-current="page")?>(.*?)</a>', page)
    assert [(name, bool(chosen)) for _, chosen, name in choices] == [
        ("Meldingen van jeugdoverlast", False),
        ("Woninginbraken", True),
        ("2025 (12 maanden)", True),
        ("2023–2025 (36 maanden)", False),
    ]
    for address, _, _ in choices:
        assert client.get(address).status_code == 200
    # A theme without the period that is shown leads to one that it has.
    longest = html.unescape(client.get("/hotspots", params={"months": 36}).text)
    assert f"/hotspots?run={RUN}&theme=youth_reports&months=12" in longest


def test_a_search_that_found_nothing_says_so_without_a_table(client: TestClient) -> None:
    page = html.unescape(client.get("/hotspots?theme=youth_reports").text)
    assert "Er is geen plek met meer meldingen van jeugdoverlast" in page
    assert "afgeleid uit de meldingen zelf" in page
    assert "<table" not in page
    assert "<iframe" in page


def test_a_run_without_rankings_is_whole(served: Served) -> None:
    with served(sample.record(questions=[]), sample.searches()) as client:
        led = client.get("/?lang=en", follow_redirects=False)
        assert led.status_code == 307
        assert led.headers["location"] == "/hotspots?lang=en"
        for path in ("/", "/hotspots", "/runs", "/runs/latest", "/v1", "/v1/runs"):
            assert client.get(path).status_code == 200, path
        assert client.get(f"/?run={RUN}", follow_redirects=False).headers["location"] == (
            f"/hotspots?run={RUN}"
        )
        (run,) = client.get("/v1/runs").json()["runs"]
        assert [link["rel"] for link in run["links"]] == ["self"]
        assert "plek 1" in client.get("/hotspots").text
        assert client.get("/?theme=burglary").status_code == 404


def test_a_run_without_searches_is_whole(served: Served) -> None:
    with served(sample.record(searches=[]), sample.rankings()) as client:
        for path in ("/", "/hotspots", "/runs", "/runs/latest", "/v1/collections"):
            assert client.get(path).status_code == 200, path
        page = html.unescape(client.get("/hotspots").text)
        assert "Er is niet naar hotspots gezocht" in page
        assert "hotspots ingest incidents" in page
        assert client.get("/hotspots?theme=burglary").status_code == 404
        assert client.get("/v1/collections/hotspots/items").status_code == 404
        assert "extent" not in client.get("/v1/collections/hotspots").json()


def test_a_workspace_without_runs_says_how_to_make_one(empty_client: TestClient) -> None:
    answer = empty_client.get("/hotspots")
    assert answer.status_code == 200
    assert "hotspots run" in answer.text
    collections = empty_client.get("/v1/collections").json()["collections"]
    assert {each["id"] for each in collections} == {"designations", "placements"}
    assert not any("extent" in each for each in collections)


def test_every_kind_of_delivery_is_shown(served: Served) -> None:
    deliveries = [
        sample.record().deliveries[0].model_copy(update={"kind": kind, "level": None})
        for kind in ("areas", "counts", "incidents", "dwellings", "built-up")
    ]
    with served(sample.record(deliveries=deliveries), sample.results()) as client:
        page = client.get("/runs/latest").text
        assert all(word in page for word in ("incidenten", "woningen", "bebouwde kom"))


def test_counts_per_cell_are_on_no_page_and_in_no_map(client: TestClient) -> None:
    for path in ("/hotspots", f"/maps/{RUN}/hotspots/burglary/36", "/runs/latest"):
        assert "tested_count" not in client.get(path).text
