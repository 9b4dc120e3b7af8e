"""The pages of proposals of area measures: what a town counted by hand makes of every gate."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from fastapi import FastAPI
from shapely import box
from shapely.geometry import shape
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.outputs.text import Words
from hotspots.pipeline.bans.runs import Files, propose_bans, review_bans
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import Workspace, open_workspace
from tests import banned_town as town
from tests.api.signing import browsing, signed_in
from tests.api.test_ban_pages import cells, page

LIST, SHEET = "/verboden/voorstellen", "/verboden/voorstellen/plein"
TRIED = (
    "gebied,soort,wat,begin,einde,resultaat,nog_nodig\n"
    "plein,lichtere maatregel,Straatcoaches ingezet,2024-02-01,2024-08-31,te weinig,\n"
    "plein,lichtere maatregel,Extra verlichting,2025-01-15,,,\n"
    "plein,lichtere maatregel,Gastheren,2025-11-01,,,\n"
)
# Streets lie every 100 m; an area of two by two blocks reaches 8 m beyond the middle of its own.
STREETS_M = 21 * 3000 + 31 * 2000
INSIDE_M = 6 * (town.SIDE_M + 16)


def places(folder: Path) -> list[str]:
    """Write the places that are asked about: one that passes, one that is taken, one quiet."""
    drawn = {
        "plein": town.square("AV2"),
        "bezet": town.square("AV1"),
        "stil": box(town.WEST + 500, town.SOUTH + 1500, town.WEST + 700, town.SOUTH + 1700),
    }
    for name, polygon in drawn.items():
        gpd.GeoSeries([polygon], crs=town.CRS).to_file(folder / f"{name}.gpkg")
    return [str(folder / f"{name}.gpkg") for name in drawn]


def propose(folder: Path, workspace: Workspace, asked: list[str]) -> Run:
    """Propose an alcohol ban where one area holds already: that of AV1."""
    town.measures().iloc[:1].to_file(folder / "geldt.gpkg")
    (folder / "geprobeerd.csv").write_text(TRIED, "utf-8")
    files = Files(folder / "geldt.gpkg", folder / "geprobeerd.csv")
    return propose_bans(
        workspace, Policy(), kind="alcohol_ban", at=town.NOW, areas=asked, files=files
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    town.build(folder)
    return folder


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    return open_workspace(folder / "ws")


@pytest.fixture(scope="module")
def review(folder: Path, workspace: Workspace) -> Run:
    return review_bans(workspace, Policy(), at=town.NOW, files=Files(folder / "verboden.gpkg"))


@pytest.fixture(scope="module")
def run(folder: Path, workspace: Workspace, review: Run) -> Run:
    return propose(folder, workspace, places(folder))


@pytest.fixture(scope="module")
def app(folder: Path, run: Run) -> FastAPI:
    return create_app(Settings(workspace=folder / "ws"))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with browsing(app, role="planner") as client:
        yield client


# ---------------------------------------------------------------- the list
def test_what_meets_every_condition_comes_first(client: TestClient) -> None:
    rows = cells(page(client, LIST), 0)
    assert (rows[0][0], rows[0][1].split()[0]) == ("1", "plein")
    assert rows[0][1].endswith("Voldoet aan alle voorwaarden")
    assert {row[1].split()[0] for row in rows[1:]} == {"bezet", "stil"}
    assert all(row[1].endswith("Voldoet niet aan een of meer voorwaarden") for row in rows[1:])


def test_every_cell_of_the_list_is_what_was_frozen(
    client: TestClient, workspace: Workspace, run: Run
) -> None:
    text = page(client, LIST)
    frozen = open_run(workspace, run.record.id)
    gates = frozen.table("ban_gates")
    table = frozen.table("ban_boundaries")
    km2 = dict(zip(table["code"], table["km2"], strict=True))
    outcomes = {True: "Voldoet", False: "Voldoet niet"}
    for row in cells(text, 0):
        name = row[1].split()[0]
        own = gates[gates["name"] == name]
        found = [
            f"{each.found:.0%}" if each.gate == "limited" else f"{each.found:.0f}"
            for each in own.itertuples()
        ]
        asked = [
            "meer dan 75%" if gate == "limited" else "0" if gate == "no_area_yet"
            else f"{least:.0f} of meer"
            for gate, least in zip(own["gate"], own["asked"], strict=True)
        ]  # fmt: skip
        assert row[2:7] == [
            f"{outcomes[bool(passed)]} gevonden: {told} (nodig: {least})"
            for passed, told, least in zip(own["passed"], found, asked, strict=True)
        ]
        assert row[7] == f"{km2[name]:.3f}".replace(".", ",")


# ---------------------------------------------------------------- one place
def test_every_gate_is_told_with_what_it_rests_on(client: TestClient) -> None:
    rows = cells(page(client, SHEET), 0)
    assert [row[1:] for row in rows[::2]] == [
        ["Voldoet", "2", "2 of meer"],
        ["Voldoet", "2", "2 of meer"],
        ["Voldoet", "2", "2 of meer"],
        ["Voldoet", "100%", "meer dan 75%"],
        ["Voldoet", "0", "0"],
    ]
    why = [row[0] for row in rows[1::2]]
    assert why[0] == (
        "Gezien in elk van de laatste 2 jaar door: politie en meldpunt. "
        "Bron: politie en meldpunt, 2024–2025"
    )
    assert why[2].startswith("Bekend: 3. Minstens 3 maanden geprobeerd: 2.")
    assert why[2].endswith("tijdlijn van maatregelen, tot en met 31 december 2025")
    assert why[4].endswith("bestand met gebieden, op 31 december 2025")


def test_the_level_of_the_city_is_that_of_a_count_by_hand(client: TestClient) -> None:
    text = page(client, SHEET)
    by_hand = {}
    for source, name in (("police", "politie"), ("citizens", "meldpunt")):
        for year in (2025, 2024):
            rest = sum(12 * town.monthly(code, source, year) for code in ("AV1", "AV3"))
            rest += 12 * town.BACKGROUND
            times = (120 / INSIDE_M) / (rest / (STREETS_M - INSIDE_M))
            by_hand[name, str(year)] = ["120", f"{times:.1f}".replace(".", ",")]
    rows = cells(text, 1)
    assert {(row[0], row[1]): row[2:4] for row in rows} == by_hand
    assert {row[5] for row in rows} == {"ja"}
    assert "per meter straat minstens 3 keer zo veel" in text


def test_lighter_measures_stand_on_their_dates_with_the_same_months(client: TestClient) -> None:
    # Twenty a month of both sources together, all along.
    assert cells(page(client, SHEET), 2) == [
        ["Straatcoaches ingezet", "1 februari 2024 tot en met 31 augustus 2024", "7", "140", "140",
         "ja", "Te weinig"],
        ["Extra verlichting", "15 januari 2025", "12", "240", "240", "ja", "–"],
        ["Gastheren", "1 november 2025", "2", "40", "40", "nee", "–"],
    ]  # fmt: skip


def test_the_boundary_is_that_of_the_run_with_its_streets(
    client: TestClient, workspace: Workspace, run: Run
) -> None:
    text = page(client, SHEET)
    (geometry,) = re.findall(r'<textarea id="geometry"[^>]*>(.*?)</textarea>', text)
    table = open_run(workspace, run.record.id).table("ban_boundaries")
    frozen = dict(zip(table["code"], table["geometry"], strict=True))
    assert shape(json.loads(geometry)).equals(frozen["plein"])
    (listed,) = re.findall(r'<textarea id="street-list"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    around = {"Hdwarsweg", "Jdwarsweg", "Plangeweg", "Rlangeweg"}
    assert set(listed.split("\n")) == around
    (sentence,) = re.findall(r"ligt tussen deze straten, die er zelf ook bij horen: (.*?)\.", text)
    assert set(re.split(r", | en ", sentence)) == around
    assert "4, ongeveer 10 inwoners" in text


def test_a_gate_that_fails_says_so_and_what_to_do(client: TestClient) -> None:
    taken = page(client, f"{LIST}/bezet")
    assert "Wat de cijfers zeggen: Voldoet niet aan een of meer voorwaarden" in taken
    *_, gate, why = cells(taken, 0)
    assert gate[1:] == ["Voldoet niet", "1", "0"]
    assert why[0].startswith("Hier geldt al: AV1.")
    assert '<a href="/verboden/AV1?lang=nl">Verbod AV1 (AV1)</a>' in taken
    assert "Kijk eerst of het gebied dat er al is moet worden aangepast." in taken
    quiet = page(client, f"{LIST}/stil")
    rows = cells(quiet, 0)[::2]
    assert rows[0][1:3] == ["Voldoet niet", "0"]
    assert rows[2][1:3] == ["Voldoet niet", "0"]
    assert "Er is niets bekend over lichtere maatregelen" in quiet
    assert "Kijk eerst of" not in page(client, SHEET)


def test_a_person_decides_and_who_may_can_start_a_draft(app: FastAPI, client: TestClient) -> None:
    text = page(client, SHEET)
    assert "Dit is een voorstel, geen besluit." in text
    assert "Er is geen totaalscore" in text
    assert 'href="/register/concept?lang=nl"' in text
    with browsing(app, role="triangle") as triangle:
        seen = page(triangle, SHEET)
        assert "Het college of de burgemeester besluit, met naam en reden." in seen
        assert "/register/concept" not in seen


def test_what_the_deliveries_cannot_tell_is_not_passed_off_as_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        town,
        "take_in",
        lambda ws, kind, *rest, **named: kind != "streets" and take_in(ws, kind, *rest, **named),
    )
    town.build(tmp_path)
    workspace = open_workspace(tmp_path / "ws")
    run = propose(tmp_path, workspace, places(tmp_path)[:1])
    gates = run.table("ban_gates")
    assert list(gates["gate"][gates["passed"].isna()]) == ["limited"]
    with browsing(create_app(Settings(workspace=tmp_path / "ws")), role="planner") as client:
        text = page(client, SHEET)
        assert "Wat de cijfers zeggen: Niet te zeggen" in text
        assert cells(text, 0)[::2][3][1:3] == ["Niet te zeggen", "–"]
        assert "Er is geen straatlijst" in text
        assert "per vierkante meter minstens 3 keer" in text
        told = "Niet te zeggen gevonden: – (nodig: meer dan 75%)"
        assert cells(page(client, LIST), 0)[0][5] == told


# ---------------------------------------------------------------- runs, and other pages
def test_reviews_lead_to_proposals_and_neither_is_taken_for_the_other(
    client: TestClient, review: Run, run: Run
) -> None:
    reviews = page(client, "/verboden")
    assert f"/maps/{review.record.id}/bans" in reviews
    assert "Plekken getoetst voor een nieuw gebied: alcoholverbod" in reviews
    assert f"/maps/{run.record.id}/ban-proposals" in page(client, LIST)
    other = page(client, f"{LIST}?run={review.record.id}")
    assert "Deze berekening gaat niet over voorstellen." in other
    assert f'href="{LIST}?run={run.record.id}&lang=nl"' in other
    other = page(client, f"/verboden?run={run.record.id}")
    assert "Deze berekening toetst nieuwe plekken." in other
    assert f'href="{LIST}?run={run.record.id}&lang=nl"' in other
    for path in (
        f"{SHEET}?run={review.record.id}", f"/verboden/AV1?run={run.record.id}",
        f"/maps/{review.record.id}/ban-proposals", f"/maps/{run.record.id}/bans",
        f"{LIST}/nergens", f"{LIST}?run=20200101-nergens",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert "Deze plek staat niet in deze berekening." in client.get(f"{LIST}/nergens").text


def test_without_a_run_the_page_says_how_to_make_one(empty_client: TestClient) -> None:
    assert "hotspots bans propose --workspace" in page(empty_client, LIST)
    assert LIST in page(empty_client, "/verboden")


@pytest.mark.parametrize(
    "asked", ["../../etc/passwd", "%2e%2e%2f", "a%00b", "LATEST", "'; drop table runs", "x" * 500]
)
def test_a_hostile_run_is_refused_before_it_reaches_a_file(client: TestClient, asked: str) -> None:
    for path in (LIST, SHEET):
        assert client.get(f"{path}?run={asked}").status_code == 400


def test_only_staff_may_see_what_was_tested(app: FastAPI, run: Run) -> None:
    paths = (LIST, SHEET, f"/maps/{run.record.id}/ban-proposals")
    with TestClient(app, follow_redirects=False) as nobody:
        assert {nobody.get(path).status_code for path in paths} <= {303, 401}
    for role in ("vlo", "board"):
        with signed_in(app, role) as reader:
            assert {reader.get(path).status_code for path in paths} == {200}


def test_the_map_draws_places_and_their_boundaries(client: TestClient, run: Run) -> None:
    answer = client.get(f"/maps/{run.record.id}/ban-proposals?place=plein")
    text = html.unescape(answer.text)
    assert "1. plein: Voldoet aan alle voorwaarden" in text
    assert "2. bezet: Voldoet niet aan een of meer voorwaarden" in text
    assert "drawn-plein" in text
    assert not re.findall(r'(?:src|href)="https?://', text)


def test_every_word_is_there_in_english(client: TestClient) -> None:
    assert "Meets all conditions" in page(client, f"{LIST}?lang=en")
    assert "What a person must still do" in page(client, f"{SHEET}?lang=en")
    assert Words("en").label("asked_ban_unmet") in page(client, f"{LIST}/stil?lang=en")


def test_words_of_a_file_stay_words(tmp_path: Path) -> None:
    town.build(tmp_path)
    hostile = tmp_path / '<img src=x onerror="alert(1)">.gpkg'
    Path(places(tmp_path)[0]).rename(hostile)
    run = propose(tmp_path, open_workspace(tmp_path / "ws"), [str(hostile)])
    with browsing(create_app(Settings(workspace=tmp_path / "ws")), role="planner") as client:
        (sheet,) = re.findall(rf'href="({LIST}/[^"]*)"', client.get(LIST).text)
        for path in (LIST, html.unescape(sheet), f"/maps/{run.record.id}/ban-proposals"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "<img src=x" not in answer.text
