"""The half-year monitor and the decision log: from deliveries and a register to the page."""

import html
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.outputs.text import LANGS
from hotspots.pipeline.run import run
from hotspots.policy import policy_from
from hotspots.store.register.register import open_register
from hotspots.store.workspace import init_workspace
from tests import monitored_town as town
from tests.api.signing import signed_in
from tests.test_pipeline import POLICY, fill
from tests.town import build_town


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """An app with a yearly run of the town, and two camera areas."""
    workspace = town.build(tmp_path_factory.mktemp("monitored"))
    policy = policy_from(
        {
            "priorities": {"theme": "youth_nuisance", "levels": ["stadsdeel"]},
            "rates": {"draws": 500},
        }
    )
    run(workspace, policy, kind="yearly", at=town.NOW)
    today = datetime.now().astimezone().date()
    with open_register(workspace) as register:
        town.in_force(register, today, name="Plein <b>A</b>")
        town.in_force(register, today, name="Park B", area=town.SHARED)
    return create_app(Settings(workspace=workspace.path))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "planner") as client:
        yield client


@pytest.fixture(scope="module")
def wijken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a town that has wijken and no stadsdelen."""
    folder = tmp_path_factory.mktemp("wijken")
    workspace = fill(folder / "ws", build_town(folder))
    run(workspace, POLICY, kind="yearly", at=town.NOW)
    with signed_in(create_app(Settings(workspace=workspace.path)), "planner") as client:
        yield client


def text(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def cells(client: TestClient, path: str, name: str) -> list[str]:
    """Return the cells of the row of a table that begins with a name."""
    for row in re.findall(r"<tr>(.*?)</tr>", client.get(path).text, re.DOTALL):
        found = [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        if found and found[0].startswith(name):
            return found
    raise AssertionError(f"no row {name}")


def test_registrations_and_reports_are_lines_of_their_own(client: TestClient) -> None:
    records = cells(client, "/monitor?stadsdeel=SD1", "Registraties van jeugdoverlast")
    # Five months of the half-year count: December lacks in 2024. Half of 80 a month is 40.
    assert records[1:3] == ["200", "400"]
    assert records[3].startswith("\N{MINUS SIGN}50%")
    assert records[4].startswith("\N{MINUS SIGN}50%")  # the rest of the city stayed the same
    # Of the first half-year nothing lacks, and nothing changed.
    assert records[5:7] == ["480", "480"]
    assert records[7].startswith("0%")
    reports = cells(client, "/monitor?stadsdeel=SD1", "Meldingen van jeugdoverlast")
    assert reports[1:3] == ["360", "180"]
    assert reports[3].startswith("+100%")


def test_sources_that_contradict_each_other_are_told_in_the_agreed_sentence(
    client: TestClient,
) -> None:
    agreed = "de bronnen spreken elkaar tegen. Vraag het de wijkagent en het VLO."
    assert agreed in text(client, "/monitor?stadsdeel=SD1")
    assert agreed not in text(client, "/monitor?stadsdeel=SD2")


def test_a_month_that_was_not_delivered_is_named(client: TestClient) -> None:
    told = text(client, "/monitor?stadsdeel=SD2")
    assert "Registraties van jeugdoverlast: december 2024 is niet geleverd." in told
    assert told.count("is niet geleverd") == 1  # of the reports nothing lacks


def test_the_figures_can_be_taken_along(client: TestClient) -> None:
    links = re.findall(r'href="(/v1/runs/[^"]+\.csv)"', client.get("/monitor").text)
    assert len(links) == 2
    for link in links:
        assert client.get(link).text.count("SD1") >= 4


def test_what_the_register_holds_is_told_where_it_lies(client: TestClient) -> None:
    south, north = (text(client, f"/monitor?stadsdeel={code}") for code in ("SD1", "SD2"))
    assert "Plein &lt;b&gt;A&lt;/b&gt;" in south
    assert "Park B" not in south  # but for a sliver it lies in Noord
    assert "Park B" in north
    asked = cells(client, "/monitor?stadsdeel=SD2", "Park B")
    assert asked[1] == "0"  # no camera stands there
    assert asked[3] == "nog niet beoordeeld"


def test_a_vlo_sees_its_own_stadsdeel_and_may_not_choose(app: FastAPI) -> None:
    with signed_in(app, "vlo", name="V. Zuid", stadsdeel="zuid") as reader:
        told = reader.get("/monitor?stadsdeel=SD2").text
    assert "<h1>Halfjaarmonitor Zuid</h1>" in told
    assert '<select id="stadsdeel"' not in told


def test_a_stadsdeel_that_is_not_there_is_told(client: TestClient) -> None:
    assert "Van West is er geen halfjaarmonitor." in text(client, "/monitor?stadsdeel=West")


@pytest.mark.parametrize("path", ["/monitor", "/besluiten", "/besluiten?page=9"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_pages_speak_both_languages_and_name_every_part_once(
    client: TestClient, path: str, lang: str
) -> None:
    answer = client.get(path, params={"lang": lang})
    assert answer.status_code == 200, answer.text
    names = re.findall(r'\bid="([^"]+)"', answer.text)
    assert len(names) == len(set(names))


def test_the_public_sees_neither(app: FastAPI) -> None:
    with signed_in(app, "public") as reader:
        for path in ("/monitor", "/besluiten", "/besluiten.csv"):
            assert reader.get(path, follow_redirects=False).status_code in (303, 401)


def test_without_a_run_and_a_register_the_pages_say_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("bare") / "ws"
    init_workspace(path, name="Leegstad", crs="EPSG:28992")
    with signed_in(create_app(Settings(workspace=path)), "board") as reader:
        assert "nog geen halfjaarmonitor" in reader.get("/monitor").text
        assert "Er zijn nog geen besluiten. Ze komen hier te staan" in reader.get("/besluiten").text


def test_the_log_says_of_which_area_it_is(app: FastAPI, client: TestClient) -> None:
    assert "4 besluiten over de hele stad, met wie" in text(client, "/besluiten")
    assert "2 besluiten over Zuid, met wie" in text(client, "/besluiten?stadsdeel=SD1")
    assert "Kies hierboven een ander gebied" in text(client, "/besluiten?year=1999")
    with signed_in(app, "vlo", name="V. Zuid", stadsdeel="zuid") as reader:
        assert "2 besluiten over Zuid, met wie" in text(reader, "/besluiten")


def test_an_area_is_called_what_it_is(client: TestClient, wijken: TestClient) -> None:
    for path in ("/monitor", "/besluiten"):
        assert '<label for="stadsdeel">Stadsdeel</label>' in client.get(path).text
        assert '<label for="stadsdeel">Wijk</label>' in wijken.get(path).text
    assert "Bestanden voor computers, alle stadsdelen" in text(client, "/monitor")
    assert "Bestanden voor computers, alle wijken" in text(wijken, "/monitor")


# ---------------------------------------------------------------- the decision log
def test_a_decision_is_told_with_who_and_why_the_newest_first(client: TestClient) -> None:
    rows = client.get("/besluiten.csv").text.splitlines()
    head, told = rows[0].lstrip("\ufeff").split(","), [row.split(",") for row in rows[1:]]
    acts = [row[head.index("act")] for row in told]
    # Drafts and advice that is asked are no decisions.
    assert sorted(acts) == ["decide", "decide", "publish", "publish"]
    days = [row[head.index("day")] for row in told]
    assert days == sorted(days, reverse=True)
    assert {row[head.index("actor")] for row in told} == {"j.jansen"}
    page = text(client, "/besluiten")
    assert "j.jansen (kabinet van de burgemeester)" in page
    assert "Proef" in page


def test_the_log_is_filtered_by_stadsdeel_kind_and_year(client: TestClient) -> None:
    def number(**asked: str) -> int:
        return len(client.get("/besluiten.csv", params=asked).text.splitlines()) - 1

    assert number() == 4
    assert number(stadsdeel="SD1") == number(stadsdeel="Zuid") == number(stadsdeel="SD2") == 2
    assert (number(kind="camera_area"), number(kind="alcohol_ban")) == (4, 0)
    assert number(year="1999") == 0
