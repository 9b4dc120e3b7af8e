"""The page of the triangle: other weights tried, areas chosen, and what was chosen."""

import html
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.pipeline.designations import pinned
from hotspots.pipeline.run import run as make_run
from hotspots.store.register.register import open_register
from hotspots.store.runs import open_run
from hotspots.store.workspace import open_workspace
from tests.api.signing import OWN, browsing, csrf_of, signed_in
from tests.test_cli import hotspots
from tests.test_pipeline import POLICY, fill
from tests.town import Town

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def town_path(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Path:
    """A workspace with one run of the town: two areas above the line."""
    path = tmp_path_factory.mktemp("triangle") / "ws"
    make_run(fill(path, town), POLICY, kind="yearly", at=NOW)
    return path


@pytest.fixture
def app(town_path: Path, tmp_path: Path) -> Iterator[FastAPI]:
    """The app over a copy of that workspace, with a register of its own."""
    shutil.copytree(town_path, tmp_path / "ws")
    app = create_app(Settings(workspace=tmp_path / "ws"))
    yield app
    app.state.register.close()


def text_of(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def order(page: str) -> list[str]:
    """Names of the areas in the order of the table."""
    table = re.search(r'<table class="ranking">.*?</table>', page, re.DOTALL)
    assert table is not None
    return re.findall(r'<th scope="row">(Wijk \d+)', table[0])


def send(browser: TestClient, **fields: object) -> tuple[int, str]:
    """Fill in the form as the proposal has it, with `fields`, and send it."""
    page = browser.get("/kiezen").text
    form: dict[str, object] = {
        name: re.search(f'name="{name}"[^>]*? value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("run", "theme", "level", "year", "on")
    }
    form |= {
        "csrf": csrf_of(page),
        "chosen": re.findall(r'name="chosen" value="([^"]+)"[^>]* checked', page),
        "reason": "Vastgesteld in de driehoek van 13 januari",
    }
    answer = browser.post(
        "/kiezen", data=form | fields, headers={"Origin": OWN}, follow_redirects=False
    )
    if answer.status_code == 303:
        return 303, browser.get(answer.headers["location"]).text
    return answer.status_code, answer.text


# ---------------------------------------------------------------- trying
def test_other_weights_give_another_order_and_say_what_changed(app: FastAPI) -> None:
    # Counts: Wijk 01, 02, 03, 04. Rates: 01 has 2 per 1,000 a month, 02 has 4, 03 has 1 and 04,
    # of 47 dwellings, shrinks towards the city.
    with signed_in(app) as client:
        own, by_count, by_rate = (
            client.get("/", params=asked).text
            for asked in ({}, {"weight": "100", "k": "1"}, {"weight": "0", "k": "1"})
        )
    assert "Dit is een verkenning" not in own
    assert order(by_count) == ["Wijk 01", "Wijk 02", "Wijk 03", "Wijk 04"]
    assert order(by_rate)[0] in ("Wijk 02", "Wijk 04")
    for page in (by_count, by_rate):
        assert "Dit is een verkenning: er is nog niets vastgelegd." in text_of(page)
        assert "De streep ligt na plaats 1" in page
        assert "Valt onder de streep: " in text_of(page)
    assert "aantal 100%, risico 0%" in text_of(by_count)


def test_the_place_that_an_area_had_stands_beside_its_place(app: FastAPI) -> None:
    with signed_in(app) as client:
        before = order(client.get("/").text)
        page = client.get("/", params={"weight": "0"}).text
    moved = re.findall(r'place">(\d)<span class="under">([^<]+)</span>', page)
    for name, (place, told) in zip(order(page), moved, strict=True):
        was = before.index(name) + 1
        wanted = "gelijk" if was == int(place) else f"{'▲▼'[was < int(place)]} was {was}"
        assert told == wanted


def test_fewer_years_are_counted_over_fewer_years(app: FastAPI) -> None:
    with signed_in(app) as client:
        page = text_of(client.get("/", params={"years": "1"}).text)
    assert "woninginbraken 2023–2023" in page or "woninginbraken 2023" in page
    assert "176 (88)" in page  # eleven months of 2 x 8 were delivered; half were completed


def test_what_the_run_was_asked_is_no_exploration(app: FastAPI) -> None:
    with signed_in(app) as client:
        own = client.get("/").text
        same = client.get("/", params={"weight": "50", "years": "3", "k": "2"}).text
    assert order(own) == order(same)
    assert "verkenning:" not in same


@pytest.mark.parametrize("asked", [{"weight": "101"}, {"years": "0"}, {"k": "0"}, {"years": "40"}])
def test_what_can_not_be_tried_is_refused(app: FastAPI, asked: dict[str, str]) -> None:
    with signed_in(app) as client:
        assert 400 <= client.get("/", params=asked).status_code < 500


def test_a_run_of_before_says_that_it_can_not_be_tried(client: TestClient) -> None:
    page = client.get("/").text
    assert "oudere versie" in page
    assert 'id="trying"' not in page
    assert client.get("/", params={"weight": "10"}).status_code == 400


# ---------------------------------------------------------------- choosing
def test_the_proposal_is_chosen_and_shown(app: FastAPI) -> None:
    browser = browsing(app, "triangle", "T. Bakker")
    status, page = send(browser)
    assert status == 303
    said = text_of(page)
    assert "Gekozen voor 2024 door de driehoek op" in said
    assert "Vastgelegd door T. Bakker, nummer choice-2024-001 in het register." in said
    assert "De keuze is gelijk aan het voorstel." in said
    with open_register(open_workspace(app.state.settings.workspace)) as register:
        (choice,) = register.choices(2024)
    run = open_run(open_workspace(app.state.settings.workspace), "latest")
    assert choice.evidence == pinned(run)  # the run by the hash of its record
    assert (choice.decider, choice.kind, choice.level) == ("triangle", "priority_areas", "wijk")
    assert [each.chosen for each in choice.areas] == [True, True]


def test_every_deviation_is_asked_its_reason_and_nothing_typed_is_lost(app: FastAPI) -> None:
    browser = browsing(app, "triangle")
    with signed_in(app) as client:
        names = order(client.get("/").text)
    codes = [f"WK9999{name[-2:]}" for name in names]
    ticked = [codes[0], codes[2]]  # the second out, the third in
    status, page = send(
        browser,
        chosen=ticked,
        reason="",
        year="volgend jaar",
        on="2099-01-01",
        **{f"reason-{codes[2]}": "Nieuwbouw <b>"},
    )
    assert status == 422
    said = text_of(page)
    assert f"{names[1]} is voorgesteld maar niet gekozen. Schrijf de reden." in said
    assert f"{names[2]} is gekozen maar niet voorgesteld" not in said  # it has its reason
    for wrong in ("Vul een jaar in", "Deze dag moet nog komen", "Schrijf een toelichting"):
        assert wrong in said
    assert "rood is (4)" in said
    assert 'value="volgend jaar"' in page
    assert "Nieuwbouw &lt;b&gt;</textarea>" in page
    found = re.findall(r'name="chosen" value="([^"]+)"[^>]* checked', page)
    assert sorted(found) == sorted(ticked)
    assert set(re.findall(r'aria-describedby="(wrong-[^"]+)"', page)) == {
        "wrong-year", "wrong-on", "wrong-reason", f"wrong-reason-{codes[1]}",
    }  # fmt: skip
    for named in re.findall(r'aria-describedby="([^"]+)"', page):
        assert page.count(f'id="{named}"') == 1
    summary = page.partition('role="alert"')[2].partition("</div>")[0]
    led = re.findall(r'href="#([^"]+)"', summary)
    assert set(led) == {"year", "on", "reason", f"reason-{codes[1]}"}
    for field in led:  # an input, so that the focus goes there
        assert re.search(rf'<(input|textarea)[^>]* id="{field}"', page)
    with open_register(open_workspace(app.state.settings.workspace)) as register:
        assert register.choices() == []

    reasons = {f"reason-{codes[1]}": "Project loopt al", f"reason-{codes[2]}": "Nieuwbouw <b>"}
    status, page = send(browser, chosen=ticked, **reasons)
    assert status == 303
    said = text_of(page)
    assert f"Voorgesteld, niet gekozen: {names[1]} (plaats 2). Reden: Project loopt al" in said
    assert f"Wel gekozen, niet voorgesteld: {names[2]} (plaats 3). Reden: Nieuwbouw <b>" in said
    assert "Nieuwbouw <b>" not in page


def test_without_any_area_the_summary_leads_to_the_first(app: FastAPI) -> None:
    status, page = send(browsing(app, "triangle"), chosen=[])
    assert status == 422
    (led,) = re.findall(r'href="#(chosen-[^"]+)">Kies ten minste', page)
    assert re.search(rf'<input type="checkbox"[^>]* id="{led}"', page)


def test_a_code_that_is_not_in_the_ranking_is_refused(app: FastAPI) -> None:
    status, page = send(browsing(app, "triangle"), chosen=["WK999901", "WK000000"])
    assert status == 422
    assert "Er is nog niets vastgelegd." in text_of(page)


def test_a_day_before_the_run_can_be_written_down_later(app: FastAPI) -> None:
    day = app.state.clock.now().date() - timedelta(days=3)
    status, _ = send(browsing(app, "board"), on=day.isoformat())
    assert status == 303
    with open_register(open_workspace(app.state.settings.workspace)) as register:
        (choice,) = register.choices()
    assert (choice.decided_on, choice.decider) == (day, "board")


@pytest.mark.parametrize("role", ["analyst", "planner", "vlo"])
def test_who_may_not_choose_has_no_button_and_no_form(app: FastAPI, role: str) -> None:
    browser = browsing(app, role)  # type: ignore[arg-type]
    assert "/kiezen" not in browser.get("/").text
    assert browser.get("/kiezen").status_code == 403


def test_a_form_of_somebody_else_is_refused(app: FastAPI) -> None:
    status, _ = send(browsing(app, "triangle"), csrf="0" * 64)
    assert status == 403


# ---------------------------------------------------------------- what stands beside it
def test_the_areas_chosen_for_the_year_are_compared_with_the_rest(app: FastAPI) -> None:
    browser = browsing(app, "triangle")
    before = text_of(browser.get("/").text)
    status, page = send(browser, year="2023")
    assert status == 303
    assert "De gekozen gebieden van 2023" not in before
    # Every year is alike (December 2023 was not delivered): nothing changed anywhere.
    said = text_of(page)
    assert "In de gekozen gebieden 0%, in de rest van de stad 0%. Het verschil is 0%." in said
    assert "Dat kan ook toeval zijn" in said
    assert "terugval naar het gemiddelde" in said


def test_counts_do_not_tell_who_took_the_initiative(app: FastAPI) -> None:
    with signed_in(app) as client:
        page = client.get("/").text
    assert "zeggen niet welke incidenten op initiatief van de politie" in page


def scan(path: Path) -> Path:
    """Two rounds: one group goes up, one comes and one goes."""
    rows = [
        ("2025-H1", "ZQX-1", "laag"), ("2025-H1", "ZQX-2", "laag"),
        ("2025-H2", "ZQX-1", "hoog"), ("2025-H2", "ZQX-3", "midden"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["ronde", "groep", "label"])
    frame.assign(themas="threat").to_csv(path, index=False, sep=";")
    return path


def test_only_some_roles_are_told_how_many_groups_there_are(app: FastAPI, tmp_path: Path) -> None:
    workspace = app.state.settings.workspace
    taken = hotspots("ingest", "groups", scan(tmp_path / "scan.csv"), "--workspace", workspace)
    assert taken.returncode == 0, taken.stderr
    wanted = (
        "Groepsscan 2025-H2: 1 met risico hoog (was 0), 1 met risico midden (was 0) en 0 met "
        "risico laag (was 2). Vergeleken met 2025-H1: 1 nieuw, 1 niet meer in beeld en 1 met een "
        "hoger risico."
    )
    for role in ("triangle", "analyst"):
        page = browsing(app, role).get("/").text
        assert wanted in text_of(page)
        assert "ZQX" not in page
    for role in ("planner", "mayor_office", "board", "vlo"):
        page = browsing(app, role).get("/").text  # type: ignore[arg-type]
        assert "Groepsscan" not in page
        assert "Jeugdgroepen" not in page
