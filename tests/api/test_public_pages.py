"""The pages for everybody: open without signing in, and nothing on them that is not public."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.register.register import open_register
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests import public_town
from tests.api.signing import signed_in

SAFETY = "/openbaar/veiligheid"
PATHS = ("/openbaar", "/openbaar/kaart", "/openbaar/gebieden.csv", SAFETY, f"{SAFETY}.csv")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """An app with a run that has small counts, and a camera area in force."""
    path = tmp_path_factory.mktemp("public") / "town"
    workspace = init_workspace(path, name="Proefstad", crs="EPSG:28992")
    freeze_run(workspace, public_town.record(), public_town.results())
    today = datetime.now().astimezone().date()
    with open_register(workspace) as register:
        public_town.in_force(
            register,
            today,
            name="Plein <b>A</b>",
            goal="Minder geweld, zegt j.jansen.",
        )
    return create_app(Settings(workspace=path))


@pytest.fixture(scope="module")
def anybody(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_anybody_may_open_it_and_keep_it_for_a_while(anybody: TestClient, path: str) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "Cookie" in answer.headers["vary"]
    tag = answer.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = anybody.get(path, headers={"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b"")
    assert anybody.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert anybody.head(path).headers["etag"] == tag


@pytest.mark.parametrize("path", PATHS)
def test_what_has_a_readers_name_on_it_is_not_kept(app: FastAPI, path: str) -> None:
    with signed_in(app, "planner") as reader:
        answer = reader.get(path)
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_an_area_is_told_with_its_term_its_reason_and_how_to_object(anybody: TestClient) -> None:
    page = anybody.get("/openbaar").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for told in (
        "Cameragebied (1)",
        "Plein &lt;b&gt;A&lt;/b&gt;",
        "Minder geweld, zegt ….",
        "art. 151c Gemeentewet",
        "Gemeenteblad 2026, 123",
        "de burgemeester",
        "U kunt bezwaar maken tot en met",
        "Toezicht door handhavers",
        "Extra verlichting",
    ):
        assert told in text, told


def test_nothing_that_is_not_public_is_anywhere(anybody: TestClient) -> None:
    pages = [anybody.get(path).text for path in PATHS]
    pages += [anybody.get(f"{SAFETY}?stadsdeel=SD-{name}").text for name in public_town.COUNTS]
    everything = "\n".join(pages)
    for secret in ("j.jansen", "DPIA 2026-4", "officier van justitie\n", "yearly-1", "kijkt live"):
        assert secret not in everything
    for path in PATHS[:1] + PATHS[3:4]:
        assert "groepsscan" not in anybody.get(path).text.lower()
        assert 'href="/hotspots' not in anybody.get(path).text
    # Exact counts that are no multiple of five: none of them is on the page of its area.
    for name, themes in public_town.COUNTS.items():
        page = anybody.get(f"{SAFETY}?stadsdeel=SD-{name}").text
        cells = set(re.findall(r'<td class="number[^"]*">([^<]*)</td>', page))
        exact = {str(n) for values in themes.values() for n in values if n and n % 5}
        assert cells & exact == set()


def test_the_table_tells_what_is_hidden_what_is_zero_and_what_is_unknown(
    anybody: TestClient,
) -> None:
    page = anybody.get(f"{SAFETY}?stadsdeel=SD-Zuid").text
    rows = {
        re.sub(r"<[^>]+>", "", row[0]).strip(): [each.strip() for each in row[1]]
        for row in (
            (head, re.findall(r'<td class="number[^"]*">([^<]*)</td>', rest))
            for head, rest in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
        )
    }
    assert rows["Samen"] == ["220", "205"]  # 220 and 203
    assert rows["Straatroven"] == ["niet getoond", "0"]
    assert rows["Vernielingen"] == ["90", "90"]
    assert "Minder dan 5: niet getoond, zodat niemand herkenbaar is." in page
    assert "0 betekent: 0 geregistreerd." in page
    noord = anybody.get(f"{SAFETY}?stadsdeel=SD-Noord").text
    assert "geen gegevens" in noord
    assert "Dat betekent niet dat het hier veilig is." in noord


def test_areas_stand_in_alphabetical_order_on_every_page(anybody: TestClient) -> None:
    for path in ("/openbaar", SAFETY, f"{SAFETY}?stadsdeel=SD-Zuid"):
        page = anybody.get(path).text.partition("<main")[2]
        assert re.findall(r"stadsdeel=SD-(\w+)&amp;lang=nl\"", page) == ["Centrum", "Noord", "Zuid"]


def test_the_file_holds_the_same_as_the_pages(anybody: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(anybody.get(f"{SAFETY}.csv").text)))
    zuid = [row for row in rows if row["area_name"] == "Zuid" and row["theme"] == "street_robbery"]
    assert [(row["year"], row["told"], row["count"]) for row in zuid] == [
        ("2023", "hidden", ""),
        ("2024", "shown", "0"),
    ]
    assert all(int(row["count"]) % 5 == 0 for row in rows if row["count"])
    (area,) = csv.DictReader(io.StringIO(anybody.get("/openbaar/gebieden.csv").text))
    assert area["kind"] == "camera_area"
    assert date.fromisoformat(area["end"]) > date.fromisoformat(area["start"])


def test_the_map_has_a_policy_of_its_own_and_asks_nothing_of_another_host(
    anybody: TestClient,
) -> None:
    answer = anybody.get("/openbaar/kaart")
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts;")
    assert re.findall(r"https?://(?!www\.w3\.org)", answer.text) == []
    assert "Plein &lt;b&gt;A&lt;/b&gt;" in answer.text or "Plein \\u0026lt;b" in answer.text
    assert "CircleMarker" not in answer.text
    assert anybody.get("/openbaar/kaart?lang=en").text.startswith(
        '<!DOCTYPE html>\n<html lang="en">'
    )


def test_every_page_is_there_in_english(anybody: TestClient) -> None:
    assert "Measures in Proefstad" in anybody.get("/openbaar?lang=en").text
    page = anybody.get(f"{SAFETY}?lang=en").text
    assert "Fewer than 5: not shown, so that nobody can be recognised." in page
    assert "niet getoond" not in page


def test_what_is_not_there_is_refused(anybody: TestClient) -> None:
    assert anybody.get(f"{SAFETY}?stadsdeel=SD-Nergens").status_code == 404
    assert anybody.get(f"{SAFETY}.csv?year=2023").status_code == 400
    assert anybody.get("/openbaar/gebieden.csv?x=1").status_code == 400
    assert anybody.get("/openbaar/groepen").status_code in (303, 404)


def test_a_new_workspace_says_that_there_is_nothing_yet(tmp_path: Path) -> None:
    init_workspace(tmp_path / "new", name="Nieuw", crs="EPSG:28992", demo=True)
    with TestClient(create_app(Settings(workspace=tmp_path / "new"))) as nobody:
        page = nobody.get("/openbaar").text
        assert "geldt er geen maatregel" in page
        assert "Er zijn nog geen cijfers openbaar." in page
        assert "<iframe" not in page
        assert "Er zijn nog geen cijfers openbaar." in nobody.get(SAFETY).text
        assert nobody.get("/openbaar/kaart").status_code == 404
        assert nobody.get(f"{SAFETY}.csv").status_code == 404


def test_what_is_decided_is_on_the_page_at_once(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")
    with TestClient(create_app(Settings(workspace=workspace.path))) as anybody:
        before = anybody.get("/openbaar")
        with open_register(workspace) as register:
            public_town.in_force(register, datetime.now().astimezone().date(), name="Haven")
        after = anybody.get("/openbaar", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert "Haven" in after.text
