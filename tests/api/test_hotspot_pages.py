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
from tests.outputs import sample

RUN = "2025-abc123"
Served = Callable[[RunRecord, dict[str, pd.DataFrame]], TestClient]


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """Make a client of a workspace with one run."""

    def serve(record: RunRecord, results: dict[str, pd.DataFrame]) -> TestClient:
        workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
        freeze_run(workspace, record, results)
        return TestClient(create_app(Settings(workspace=tmp_path / "w")))

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
    assert first[1] == f"{sample.HOSTILE_NAME} en Havenkwartier"
    assert first[2].startswith("Hier waren in 2023–2025 84 woninginbraken: 3,1 keer zo veel")
    # 84 of 1,200; 400 by 400 metres; 36 months of which one was not delivered
    assert first[3:] == ["84 7% van alles", "3,1", "16 ha", "31 van 35", "alle drie"]
    assert rows[4][4] == "–"


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
        assert client.get("/v1/collections/hotspots").json()["extent"] is None


def test_a_workspace_without_runs_says_how_to_make_one(empty_client: TestClient) -> None:
    answer = empty_client.get("/hotspots")
    assert answer.status_code == 200
    assert "hotspots run" in answer.text
    assert empty_client.get("/v1/collections").json()["collections"][0]["extent"] is None


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
