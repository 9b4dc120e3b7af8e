"""The pages of area measures under review, their maps, their document and who sees what."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.bans.listing import bans_view
from api.pages.bans.sheet import sheet_view
from api.settings import Settings
from hotspots.outputs.bans.reading import Counted
from hotspots.outputs.bans.sentences import counted_years, need_sentences, years_beside
from hotspots.outputs.text import Words
from hotspots.pipeline.bans.runs import Files, propose_bans, review_bans
from hotspots.policy import Policy
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import open_workspace
from tests import banned_town as town
from tests.api.signing import browsing, signed_in
from tests.outputs import sample


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("banned")
    town.build(folder)
    workspace = open_workspace(folder / "ws")
    files = Files(folder / "verboden.gpkg", folder / "tijdlijn.csv")
    review_bans(workspace, Policy(), at=town.NOW, files=files)
    # A newer run of proposals is no run of reviews.
    propose_bans(
        workspace, Policy(), kind="alcohol_ban", at=town.NOW, areas=["WK999901"], files=files
    )
    freeze_run(workspace, sample.record(), sample.results())
    return create_app(Settings(workspace=folder / "ws"))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with browsing(app, role="planner") as client:
        yield client


def page(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def cells(raw: str, table: int) -> list[list[str]]:
    bodies = re.findall(r"<tbody[^>]*>(.*?)</tbody>", raw, re.DOTALL)
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", bodies[table], re.DOTALL)
    ]


def test_the_list_begins_with_what_asks_for_a_decision(client: TestClient) -> None:
    rows = cells(page(client, "/verboden"), 0)
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("Intrekken", "1", "Verbod AV1 Alcoholverbod, West"),
        ("Behouden", "2", "Verbod AV2 Alcoholverbod, Oost"),
        ("Behouden", "3", "Verbod AV3 Alcoholverbod, Oost"),
    ]
    assert rows[0][4:] == ["24 → 24", "120", "31 december 2027"]


def test_years_beside_each_other_are_named_from_old_to_new(
    client: TestClient, app: FastAPI
) -> None:
    assert "Incidenten per jaar, van oud naar nieuw: 2024 → 2025." in page(client, "/verboden")
    shelf = app.state.shelf
    document = shelf.bans.document(shelf.bans.open("latest"))
    # A measure of the summer alone has fewer months, in the same two years.
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(4, 11)]
    seasonal = document.areas[0].model_copy(update={"now": months, "periods": [7, 14]})
    short = seasonal.model_copy(update={"now": months[7:], "periods": [7]})
    words = Words("nl")
    assert years_beside([seasonal, document.areas[1]], words) == ["2025", "2024"]
    assert years_beside([short, seasonal], words) == [
        "april – oktober 2025", "april – oktober 2024",
    ]  # fmt: skip
    assert years_beside([], words) == []


def test_a_baseline_of_nothing_is_told_as_it_is(app: FastAPI) -> None:
    shelf, words = app.state.shelf, Words("nl")
    run = shelf.bans.open("latest")
    document = shelf.bans.document(run)

    def told(yardstick: float | None) -> tuple[str, str]:
        changed = {"reason": "no_baseline", "yardstick_per_year": yardstick}
        review = document.areas[0].model_copy(update=changed)
        view = bans_view(
            run.record, document.model_copy(update={"areas": [review]}), words, stadsdeel=None
        )
        return view.rows[0].why, need_sentences(review, words)[0]

    zero = "De nulmeting is 0: er is niets om mee te vergelijken."
    nothing = "Er is geen nulmeting en geen maatstaf."
    for yardstick, why, other in ((0.0, zero, nothing), (None, nothing, zero)):
        for sentence in told(yardstick):
            assert why in sentence
            assert other not in sentence


def test_a_stadsdeel_may_be_chosen(client: TestClient) -> None:
    text = page(client, "/verboden?stadsdeel=SD2")
    assert [row[2] for row in cells(text, 0)] == [
        "Verbod AV2 Alcoholverbod, Oost", "Verbod AV3 Alcoholverbod, Oost",
    ]  # fmt: skip
    assert "<h1>Gebiedsverboden in Oost</h1>" in text
    assert '<option value="SD2" selected>' in text
    assert "stadsdeel=SD2" in re.findall(r'<iframe[^>]*src="([^"]*)"', text)[0]


def test_a_vlo_sees_its_own_stadsdeel_whatever_it_asks(app: FastAPI) -> None:
    with browsing(app, role="vlo", stadsdeel="West", name="V. West") as vlo:
        for path in ("/verboden", "/verboden?stadsdeel=SD2"):
            text = page(vlo, path)
            assert [row[2] for row in cells(text, 0)] == ["Verbod AV1 Alcoholverbod, West"]
            assert '<select id="stadsdeel"' not in text
        run = re.findall(r"/maps/([\w-]+)/bans", text)[0]
        for ask in ("", "?stadsdeel=SD2"):
            drawn = vlo.get(f"/maps/{run}/bans{ask}").text
            assert "Verbod AV1" in drawn
            assert "Verbod AV2" not in drawn


def test_a_vlo_without_an_area_is_told_so(app: FastAPI) -> None:
    with browsing(app, role="vlo", stadsdeel="Zuid", name="V. Zuid") as vlo:
        text = page(vlo, "/verboden")
        assert "In Zuid geldt op 31 december 2025 geen gebied." in text
        assert "Verbod AV1" not in text


def test_a_sheet_tells_what_the_advice_rests_on(client: TestClient) -> None:
    text = page(client, "/verboden/AV1")
    assert "Wat de cijfers zeggen: Intrekken" in text
    assert "Sinds juli 2023 blijft dit gebied onder de afgesproken maatstaf." in text
    # Two sources of one a month: 24 in each of the two years, which are named.
    assert "Incidenten in de laatste jaren: 24 (2024) en 24 (2025)." in text
    assert '<p class="lede">Alcoholverbod, West <span class="small code">AV1</span></p>' in text
    assert "km², zoals getekend" in text
    years, compared = cells(text, 0), cells(text, 1)
    # Two sources: ten a month each until 2023, then one; in 2022 one month lacks.
    assert [row[:3] for row in years] == [
        ["2020", "12", "240"], ["2021", "12", "240"], ["2022", "11", "220"],
        ["2023", "12", "24"], ["2024", "12", "24"], ["2025", "12", "24"],
    ]  # fmt: skip
    assert "Niet geleverd: december 2022." in text
    assert [row[0] for row in compared] == [
        "In het gebied", "Ring van 200 meter eromheen", "Rest van de stad",
    ]  # fmt: skip
    assert compared[0][1:4] == ["720", "72", "\N{MINUS SIGN}90%"]
    assert "Edwarsweg" in text
    assert "ongeveer 10 inwoners" in text
    assert '<svg class="chart"' in text


def test_each_size_of_an_area_is_told_apart(app: FastAPI) -> None:
    shelf = app.state.shelf
    run = shelf.bans.open("latest")
    document = shelf.bans.document(run)
    review = next(each for each in document.areas if each.boundary is not None)
    assert review.boundary is not None

    def told(drawn_km2: float, same: float) -> str:
        kept = review.boundary.model_copy(update={"km2": 0.184, "same": same})
        found = review.model_copy(update={"km2": drawn_km2, "boundary": kept})
        view = sheet_view(run.record, document, found, Counted([], [], [], []), [], Words("nl"))
        assert dict(view.facts)["Oppervlakte"].endswith("km², zoals getekend")
        (streets,) = view.streets
        assert streets.heading == "De grens nu, langs de straten (0,184 km²)"
        return " ".join(streets.sentences)

    apart = "Getekend is 0,276 km². De straten hieromheen omsluiten 0,184 km²."
    share = "Van de grond van beide samen valt 41% in allebei."
    assert f"{apart} {share}" in told(0.276, 0.41)
    assert "in allebei" not in told(0.185, 0.999)
    assert "Getekend" not in told(0.184, 0.999)


def test_counts_of_a_season_are_told_with_its_months(app: FastAPI) -> None:
    shelf = app.state.shelf
    review = shelf.bans.document(shelf.bans.open("latest")).areas[0]
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(4, 11)]
    seasonal = review.model_copy(update={"now": months, "periods": [7, 14]})
    assert counted_years(seasonal, Words("nl")) == ["april – oktober 2025", "april – oktober 2024"]
    # The newest year ends in June: it began in July of the year before.
    halfway = review.model_copy(update={"now": months[:-4], "periods": [7, 14]})
    assert counted_years(halfway, Words("nl")) == ["juli 2024 – juni 2025", "april – juni 2024"]
    none = review.model_copy(update={"now": [], "periods": []})
    assert counted_years(none, Words("nl")) == []


def test_a_sheet_shows_what_was_tried_and_found(client: TestClient) -> None:
    text = page(client, "/verboden/AV2")
    assert "Straatcoaches ingezet" in text
    assert "1 februari 2022 tot en met 31 augustus 2022" in text
    assert "De noodzaak is er nog." in text
    assert "Er is niets bekend over lichtere maatregelen" in page(client, "/verboden/AV1")


def test_sources_that_contradict_each_other_are_told_with_their_counts(client: TestClient) -> None:
    text = page(client, "/verboden/AV3")
    assert "De bronnen spreken elkaar tegen. Vraag het de wijkagent en het VLO." in text
    assert "Meldingen van bewoners: 240, een jaar eerder 120." in text
    assert "Registraties van de politie: 60, een jaar eerder 120." in text
    assert "Het laatste jaar is hier 2025." in text
    assert "spreken elkaar tegen" not in page(client, "/verboden/AV2")


def test_pages_speak_english_too(client: TestClient) -> None:
    text = page(client, "/verboden?lang=en")
    assert "Area measures" in text
    assert "Withdraw" in text
    assert "What was tried and found" in page(client, "/verboden/AV2?lang=en")


def test_an_area_that_is_not_there_is_said_to_be_so(client: TestClient) -> None:
    answer = client.get("/verboden/AV99")
    assert answer.status_code == 404
    assert "Dit gebied staat niet in deze berekening" in html.unescape(answer.text)


def test_a_run_of_something_else_leads_to_those_that_are_meant(client: TestClient) -> None:
    text = page(client, f"/verboden?run={sample.record().id}")
    assert "Deze berekening gaat niet over gebiedsverboden" in text
    assert re.search(r'href="/verboden\?run=20251231-', text)


def test_without_a_review_the_page_says_how_to_make_one(empty_client: TestClient) -> None:
    text = page(empty_client, "/verboden")
    assert "hotspots bans review" in text


def test_the_map_tells_advice_apart_by_more_than_colour(client: TestClient) -> None:
    run = re.findall(r"/maps/([\w-]+)/bans", page(client, "/verboden"))[0]
    answer = client.get(f"/maps/{run}/bans")
    assert answer.status_code == 200
    assert "url(#dots)" in answer.text
    assert '<pattern id="dots"' in answer.text
    assert "1. Verbod AV1: Intrekken" in answer.text
    assert not re.findall(r'(?:src|href)="https?://', answer.text)
    assert "script-src" in answer.headers["content-security-policy"]


def test_the_document_is_served_whole(app: FastAPI, client: TestClient) -> None:
    run = re.findall(r"/maps/([\w-]+)/bans", page(client, "/verboden"))[0]
    with signed_in(app, "analyst") as analyst:
        latest = analyst.get("/v1/runs/latest/bans")
        assert latest.status_code == 200, latest.text
        document = latest.json()
        assert document == analyst.get(f"/v1/runs/{run}/bans").json()
        assert [each["code"] for each in document["areas"]] == ["AV1", "AV2", "AV3"]
        assert "NaN" not in latest.text
        assert analyst.get(f"/v1/runs/{sample.record().id}/bans").status_code == 404
        for name, suffix in (("ban_reviews", "geojson"), ("ban_months", "csv")):
            file = analyst.get(f"/v1/runs/{run}/tables/{name}.{suffix}")
            assert file.status_code == 200, file.text
        features = json.loads(analyst.get(f"/v1/runs/{run}/tables/ban_boundaries.geojson").text)[
            "features"
        ]
        assert len(features) == 3
        listed = {each["id"]: each for each in analyst.get("/v1/runs").json()["runs"]}
        assert any(link["href"].endswith("/bans") for link in listed[run]["links"])


def test_words_of_a_delivery_stay_words(tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    town.build(folder)
    hostile = '<img src=x onerror="alert(1)">'
    town.measures().assign(naam=[hostile, "B", "C"]).to_file(folder / "verboden.gpkg")
    workspace = open_workspace(folder / "ws")
    review_bans(workspace, Policy(), at=town.NOW, files=Files(folder / "verboden.gpkg"))
    app = create_app(Settings(workspace=folder / "ws"))
    with browsing(app, role="planner") as client:
        run = re.findall(r"/maps/([\w-]+)/bans", client.get("/verboden").text)[0]
        for path in ("/verboden", "/verboden/AV1", f"/maps/{run}/bans"):
            assert "<img src=x" not in client.get(path).text
