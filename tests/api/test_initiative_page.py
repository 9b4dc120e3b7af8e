"""The page of the triangle with and without what the police recorded on their own initiative."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.pipeline.run import run as make_run
from hotspots.policy import policy_from
from hotspots.store.runs import Run
from tests import policed_town, test_pipeline
from tests.api.signing import signed_in
from tests.policed_town import burglaries
from tests.town import Town

NOW = datetime(2026, 1, 2, tzinfo=UTC)
POLICY = policy_from({"priorities": {"top_k": 1, "levels": ["wijk"]}, "rates": {"draws": 500}})
COLUMN = "Op initiatief van politie"
SWITCH = 'name="without_police"'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Iterator[FastAPI]:
    path = tmp_path_factory.mktemp("begun") / "ws"
    make_run(policed_town.fill(path, town, burglaries()), POLICY, kind="question", at=NOW)
    app = create_app(Settings(workspace=path))
    yield app
    app.state.register.close()


def page_of(client: TestClient, **asked: str) -> str:
    (run,) = client.get("/v1/runs").json()["runs"]
    answer = client.get("/", params={"run": run["id"], **asked})
    assert answer.status_code == 200
    return answer.text


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def cells(page: str) -> dict[str, list[str]]:
    """Texts of the cells of the ranking, by the name of the area."""
    table = re.search(r'<table class="ranking">.*?</table>', page, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table[0], re.DOTALL)
    told = [[text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]
    return {row[1].split(" net niet")[0][:7]: row for row in told if len(row) > 1}


def test_every_row_tells_what_the_police_began(app: FastAPI) -> None:
    with signed_in(app) as client:
        page = page_of(client)
    rows = cells(page)
    assert rows["Gebied"][-1] == "Op initiatief van politie"
    # 14 a month, January and December double: 588; citizens 4 a month: 144; of 36 it is unknown.
    # Every third of a month is an attempt: completed are 9 (18) and 2 a month, so 378 + 72.
    assert (rows["Wijk 03"][2], rows["Wijk 03"][-1]) == ("768 (450)", "588 80%, 36 niet bekend")
    assert rows["Wijk 02"][-1] == "0 0%, 108 niet bekend"
    assert rows["Wijk 01"][-1] == "42 13%"
    assert f'id="try-police" {SWITCH}' in page
    assert " checked" not in page.partition("try-police")[2][:80]
    said = text_of(page)
    assert (
        "Op initiatief van de politie vastgelegd: 630 van de 1.458 registraties in deze lijst."
        in said
    )
    assert "Niet bekend wie begon: 144 registraties." in said


def test_left_out_the_order_the_counts_and_the_words_change(app: FastAPI) -> None:
    with signed_in(app) as client:
        page = page_of(client, without_police="true")
        tried = page_of(client, without_police="true", weight="100", years="1", k="2")
    rows = cells(page)
    assert rows["Wijk 03"][0] == "4 ▼ was 1"
    assert rows["Wijk 03"][2] == "180 (72)"
    assert rows["Wijk 03"][-1] == "588 80%, 36 niet bekend"
    said = text_of(page)
    assert "Niet meegeteld: registraties op initiatief van de politie (630)." in said
    assert "Valt onder de streep: Wijk 03 (van 1 naar 4)." in said
    assert "Geef dat dan bij de keuze als reden." in said
    assert "met deze gewichten en jaren" not in said
    assert "Zonder registraties op initiatief van de politie." in said
    assert " checked" in page.partition("try-police")[2][:80]
    assert "without_police=true" in html.unescape(page.partition('<table class="ranking">')[2])
    assert [name for name in cells(tried) if name != "Gebied"][:2] == ["Wijk 02", "Wijk 01"]
    assert "aantal 100%, risico 0%" in text_of(tried)


def test_the_api_tells_it_too(app: FastAPI) -> None:
    with signed_in(app) as client:
        (run,) = client.get("/v1/runs").json()["runs"]
        served = client.get(f"/v1/runs/{run['id']}/priorities").json()
        file = client.get(f"/v1/runs/{run['id']}/tables/priorities.csv").text
    first = served["areas"][0]
    assert (first["area_code"], first["count_police"]) == ("WK999903", 588)
    assert (first["count_initiator_unknown"], served["without_police"]) == (36, False)
    assert "count_police,count_initiator_unknown" in file.splitlines()[0]


def test_counts_do_not_tell_but_what_came_beside_them_does(tmp_path: Path, town: Town) -> None:
    workspace = test_pipeline.fill(tmp_path / "ws", town)
    policed_town.add_incidents(workspace, town, burglaries())
    make_run(workspace, POLICY, kind="question", at=NOW)
    with signed_in(create_app(Settings(workspace=workspace.path))) as client:
        page = page_of(client)
        (run,) = client.get("/v1/runs").json()["runs"]
        refused = client.get("/", params={"run": run["id"], "without_police": "true"})
    assert COLUMN not in cells(page)["Gebied"]
    assert SWITCH not in page
    said = text_of(page)
    assert "zeggen niet welke incidenten op initiatief van de politie" in said
    # All but December 2023: 17 and 34 by the police in 06, 01 and 03 together, a month.
    police, untold, citizens = 17 * 42 - 34, 4 * 35, 20 * 35
    share = round(100 * police / (police + citizens))
    assert f"Daarvan kwam {share}% op initiatief van de politie: {police} van de" in said
    assert f"Van {untold} is niet bekend wie begon" in said
    assert "januari 2021 – november 2023" in said
    assert refused.status_code == 400


def test_a_run_of_before_opens_and_says_that_it_does_not_tell(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is = Run.table

    def without_what_was_added(run: Run, name: str) -> pd.DataFrame:
        table = as_it_is(run, name)
        if name == "initiative":  # which it has not, and which tells nothing of incidents ranked
            return table
        return table.drop(columns=table.columns[table.columns.str.contains("police|initiator")])

    monkeypatch.setattr(Run, "table", without_what_was_added)
    with signed_in(create_app(app.state.settings)) as client:
        page = page_of(client)
        (run,) = client.get("/v1/runs").json()["runs"]
        areas = client.get("/v1/collections/areas/items", params={"run": run["id"]}).json()
        refused = client.get("/", params={"run": run["id"], "without_police": "true"})
        fewer = page_of(client, years="1")
    for each in (page, fewer):
        assert COLUMN not in cells(each)["Gebied"]
        assert "Die telde niet apart wat op initiatief van de politie" in text_of(each)
        assert SWITCH not in each
    assert {each["properties"]["count_police"] for each in areas["features"]} == {None}
    assert refused.status_code == 400
