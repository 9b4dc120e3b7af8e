import html
import re
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.runs import freeze_run
from hotspots.store.tables import read_table
from hotspots.store.workspace import init_workspace, open_workspace
from tests.api.signing import signed_in
from tests.outputs import sample

RUN = "2025-abc123"
PAGES = [
    "/",
    "/hotspots",
    "/hotspots?theme=youth_reports",
    "/samen",
    "/runs",
    f"/runs/{RUN}",
    "/uitleg",
]
FOOT = (
    "Dit is een berekening, geen besluit. De driehoek, de burgemeester of het college besluit en "
    "geeft de reden."
)


def _rows(page: str) -> list[list[str]]:
    """The text of each cell of the ranking, tags and graphics left out."""
    body = re.search(r'<table class="ranking">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body is not None
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body[1], re.DOTALL)
    ]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_page_is_sound(client: TestClient, path: str, lang: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200
    page = answer.text
    assert f'<html lang="{lang}">' in page
    assert page.partition("</head>")[0].count("<title>") == 1  # charts have titles of their own
    for once in ("<h1>", '<main id="content"', 'class="skip"'):
        assert page.count(once) == 1, once
    assert (FOOT in page) == (lang == "nl")
    assert "<strong>Hotspots Proefstad.</strong>" in page.partition("<footer")[2]  # on paper too
    assert '<p class="house"><strong>Hotspots</strong> Proefstad</p>' in page
    assert " · Hotspots Proefstad</title>" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-labelledby="([^"]+)"', page)
    assert not set(" ".join(named).split()) - set(ids)
    assert "None" not in page
    assert "nan" not in re.sub(r"<[^>]+>", "", page).lower().split()


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(client: TestClient, path: str) -> None:
    page = client.get(path).text
    links = {html.unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)', page)}
    assert len(links) > 4
    for link in links:
        target = path.partition("?")[0] + link if link.startswith("?") else link
        assert client.get(target).status_code == 200, link


def test_the_table_shows_the_figures_of_the_run(client: TestClient) -> None:
    rows = _rows(client.get("/").text)
    assert [row[0] for row in rows] == [
        "1", "2", "3", "De streep ligt na plaats 3", "4", "5", "6", "7", "8",
    ]  # fmt: skip
    second = [" ".join(cell.split()) for cell in rows[1]]
    assert second == [
        "2", "Havenkwartier", "120 (90)", "2", "4.000", "9,8 gemeten 10,0", "8,1–11,6", "4",
        "93%", "+3 38 → 41",
    ]  # fmt: skip
    assert rows[6][8] == "<1%"
    assert "kleine aantallen" in rows[6][1]
    assert "weinig woningen" in rows[6][1]
    assert "net niet" in rows[4][1]


@pytest.mark.parametrize(
    ("sort", "places"),
    [("count", ["1", "2", "4", "5", "3"]), ("rate", ["3", "6", "4", "2", "1"])],
)
def test_the_table_can_be_read_by_either_place(
    client: TestClient, sort: str, places: list[str]
) -> None:
    page = client.get("/", params={"sort": sort}).text
    rows = _rows(page)
    assert [row[0] for row in rows][:5] == places
    assert all(len(row) == 10 for row in rows)  # the line makes no sense in another order
    assert page.count('aria-sort="ascending"') == 1
    assert page.count('class="above"') == sample.K


def test_labels_and_facts_stand_beside_the_result(client: TestClient) -> None:
    page = html.unescape(client.get("/").text)
    for words in (
        "Voorstel prioriteitsgebieden: woninginbraken 2023–2025",
        "Woninginbraken 2023–2025 (waarvan voltooid)",
        "Risico per 1.000 woningen per jaar",
        "Kans bij hoogste 3",
        "aantal 70%, risico 30%",
        "de hoogste 3 van 8",
        "30 november 2025",
        "politie, geleverd 10 januari 2026",
        "December 2025 is niet geleverd.",
        "Geen gegevens. Dat betekent niet dat het hier veilig is.",
        "Stiltegebied",
        "Haven: 3 geregistreerd.",
        "Let op: kleine aantallen.",
        "Oostduin staat op plaats 4, net onder de streep.",
        "Samen: 555.",
        RUN,
    ):
        assert words in page, words
    assert "niet van elkaar te onderscheiden" not in page
    assert "Duinstad" not in page


def test_a_hostile_name_stays_text(client: TestClient) -> None:
    maps = (f"/maps/{RUN}/burglary/wijk", f"/maps/{RUN}/hotspots/burglary/36")
    for path in ("/", "/hotspots", f"/runs/{RUN}", *maps):
        assert "<img" not in client.get(path).text


def test_areas_without_a_shape_have_a_list_but_no_map(client: TestClient) -> None:
    page = client.get("/", params={"level": "stadsdeel"}).text
    assert "<iframe" not in page
    assert "zonder vorm geleverd" in page
    assert "Er zijn niet meer dan" in page


def test_notices_appear_when_they_must(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992", demo=True)
    asked = sample.question(distinguishable=False, attempts_told_apart=False)
    freeze_run(workspace, sample.record(demo=True, questions=[asked]), sample.results())
    with signed_in(create_app(Settings(workspace=tmp_path / "w"))) as client:
        page = client.get("/").text
    assert "Duinstad bestaat niet." in page
    assert "niet van elkaar te onderscheiden" in page
    assert "(waarvan voltooid)" not in page
    assert "Het aantal is voltooid en poging samen." in page


def test_a_workspace_without_runs_says_how_to_make_one(empty_client: TestClient) -> None:
    for path in ("/", "/runs"):
        answer = empty_client.get(path)
        assert answer.status_code == 200
        assert "hotspots run" in answer.text


def test_a_new_run_is_seen_without_a_restart(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
    with signed_in(create_app(Settings(workspace=tmp_path / "w"))) as client:
        assert client.get("/v1/runs").json()["runs"] == []
        freeze_run(open_workspace(tmp_path / "w"), sample.record(), sample.results())
        assert [run["id"] for run in client.get("/v1/runs").json()["runs"]] == [RUN]
        assert client.get("/v1/runs/latest").json()["id"] == RUN


def test_a_run_is_opened_once(
    tmp_path: Path, workspace_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(path: Path) -> pd.DataFrame:
        read.append(path.stem)
        return read_table(path)

    monkeypatch.setattr("hotspots.store.runs.read_table", counting)
    app = create_app(Settings(workspace=workspace_path))
    with signed_in(app) as client:
        for _ in range(3):
            assert client.get("/").status_code == 200
            assert client.get(f"/maps/{RUN}/burglary/wijk").status_code == 200
    assert sorted(read) == ["months", "priorities", "target", "unplaced"]
