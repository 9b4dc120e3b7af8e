"""The page of a camera plan, its map, its document and its collections."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import camera_run, sample
from tests.outputs.reading import Tags

PLAN = camera_run.RUN
HOSTILE, STREET = camera_run.HOSTILE_SITE, camera_run.HOSTILE_STREET


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a workspace with a yearly run and a camera plan, which is the newer."""
    path = tmp_path_factory.mktemp("planned") / "town"
    workspace = init_workspace(path, name="Proefstad", crs=camera_run.RD)
    freeze_run(workspace, sample.record(), sample.results())
    freeze_run(workspace, camera_run.record(), camera_run.tables())
    with signed_in(create_app(Settings(workspace=path)), raise_server_exceptions=False) as client:
        yield client


def _page(client: TestClient, path: str = "/cameras") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def _rows(raw: str, table: int) -> list[list[str]]:
    bodies = re.findall(r"<tbody[^>]*>(.*?)</tbody>", raw, re.DOTALL)
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", bodies[table], re.DOTALL)
    ]


def test_available_placed_and_proposed_are_three_numbers(planned: TestClient) -> None:
    tiles = re.findall(r"<dt>(\w[\w ]*)</dt><dd><strong>(.*?)</strong>", _page(planned))
    assert tiles == [
        ("Beschikbaar", "4"), ("Geplaatst", "3"), ("Voorgesteld", "2"), ("In beeld", "38%"),
    ]  # fmt: skip


def test_what_the_page_may_not_leave_out(planned: TestClient) -> None:
    page = _page(planned)
    for words in (
        "Geen ander plan met 2 camera's ziet meer dan 1,0% meer",
        "De flexibele camera's zoals ze nu staan: 25,0%",
        "Laten staan: 1 · Verplaatsen: 1 · Weghalen: 1",
        "heroverwegen",
        "over alle registraties van woninginbraken en mishandelingen",
        "Privacymasker",
        "Wat dit plan niet weet",
        "Ze beloven niets over deze plekken.",
        "Dit is een berekening, geen besluit.",
        "Twee bronnen zijn nodig",
    ):
        assert words in page, words
    assert "cameragebied nodig" not in page


def test_the_tables_show_the_figures_of_the_run(planned: TestClient) -> None:
    raw = planned.get("/cameras").text
    curve, sites, advice, fixed = (_rows(raw, table) for table in range(4))
    assert [[row[0], row[1], *row[3:]] for row in sites] == [
        ["1", f"P1 {STREET}", "20,0", "18,0", "41", "3", "ja"],
        ["2", HOSTILE, "4,5", "3,5", "41", "3", "onbekend"],
    ]
    assert curve == [
        ["1", "33,0%", "18,0", "18,0"], ["2", "37,5%", "21,5", "21,7"],
        ["3", "38,1%", "22,0", "22,4"],
    ]  # fmt: skip
    assert [(row[0], row[1], row[3]) for row in advice] == [
        (
            "F1 sinds 1 juli 2023",
            "Laten staan",
            "19,0 24% van de vraag; 9,5 ziet geen andere camera",
        ),
        ("F2 sinds 1 juli 2023", "Weghalen", "0,0 0% van de vraag; 0,0 ziet geen andere camera"),
        ("F3 sinds 1 juli 2023", "Verplaatsen", "7,0 9% van de vraag; 3,5 ziet geen andere camera"),
    ]
    assert [(row[0], row[3], row[5]) for row in fixed] == [
        (sample.HOSTILE_NAME, "5 van 5", "heroverwegen"), ("Haven", "onbekend", "onbekend"),
    ]  # fmt: skip


def test_hostile_ids_are_text_and_ids_are_unique(planned: TestClient) -> None:
    raw = planned.get("/cameras").text
    assert not any(tag in ("b", "img") for tag, _ in Tags(raw).tags)
    names = re.findall(r' id="([^"]+)"', raw)
    assert len(names) == len(set(names))


def test_the_curve_tells_its_points_to_who_cannot_see_it(planned: TestClient) -> None:
    told = re.findall(r'<desc id="camera-curve-desc">(.*?)</desc>', _page(planned))
    assert told == ["1 camera's: 33% in beeld; 2 camera's: 38% in beeld; 3 camera's: 38% in beeld"]


def test_the_page_speaks_english_too(planned: TestClient) -> None:
    page = _page(planned, "/cameras?lang=en")
    for words in ("Keep: 1 · Move: 1 · Withdraw: 1", "reconsider", "sees more than 1.0% more"):
        assert words in page
    assert "camera's" not in page


@pytest.mark.parametrize(
    ("asked", "shown", "said", "sites"),
    [
        (0, 0, "Zonder flexibele camera's zien de vaste camera's 10,0% van de vraag.", []),
        (1, 1, "Met één camera komt 33,0% van de vraag in beeld", ["P1"]),
        (3, 3, "Met 3 camera's komt 38,1% van de vraag in beeld", ["P1", "P3", HOSTILE]),
        (99, 3, "Geen ander plan met 3 camera's ziet meer dan 1,9% meer", ["P1", "P3", HOSTILE]),
    ],
)
def test_the_slider_shows_the_plan_of_each_number(
    planned: TestClient, asked: int, shown: int, said: str, sites: list[str]
) -> None:
    raw = planned.get(f"/cameras?n={asked}").text
    assert said in html.unescape(raw)
    (slider,) = [
        attributes
        for tag, attributes in Tags(raw).tags
        if tag == "input" and attributes.get("type") == "range"
    ]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "3", str(shown))
    if sites:
        rows = _rows(raw, 1)
        assert [row[1].removesuffix(STREET).strip() for row in rows] == sites
        assert [row[6] for row in rows] == ["nee" if each == "P3" else "ja" for each in sites]
    (source,) = re.findall(r'<iframe[^>]* src="([^"]+)"', raw)
    drawn = planned.get(html.unescape(source)).text
    ids = set(re.findall(r'"properties":[^}]*?"id": "(proposed-[^"]*)"', drawn))
    assert len(ids) == len(sites), ids
    names = re.findall(r' id="([^"]+)"', raw)
    assert len(names) == len(set(names))


def test_a_number_that_is_none_is_refused(planned: TestClient) -> None:
    for wrong in ("-1", "veel", "1.5", "100000"):
        assert planned.get(f"/cameras?n={wrong}").status_code == 400


def test_the_sheet_of_a_site_tells_what_another_in_its_place_costs(planned: TestClient) -> None:
    page = _page(planned, "/cameras/P1")
    for words in (
        f"Cameraplek P1, {STREET}",
        "Nummer 1 van de 2 plekken",
        # Of an objective of 21.5, and of 80 of which the plan sees 30.
        "Met plek P3 in plaats van P1 ziet het plan 5,0 gewogen incidenten per jaar minder. Dat",
        "is 23,3% van wat de camera's van het plan samen toevoegen.",
        "Van de vraag is dan 32,5% in beeld; nu 37,5%.",
        "Die twee cijfers meten niet hetzelfde.",  # 5 of the objective, 4 of the demand in view
        "20,0 gewogen incidenten per jaar (geteld over ",
        "Camera F1 staat hier sinds 1 juli 2023. De cijfers: Laten staan.",
        "60 incidenten vóór de plaatsing en 36 erna",
        "50° van de 360°",
    ):
        assert words in page, words
    raw = planned.get("/cameras/P1").text
    months, week, compared, swaps = (_rows(raw, table) for table in range(4))
    assert months == [
        ["Januari 2025", "40"], ["Februari 2025", "21"], ["Maart 2025", "onbekend"],
    ]  # fmt: skip
    assert sum(float(each.replace(",", ".")) for row in week for each in row[1:]) == 60
    assert ["Gewogen incidenten per jaar, in het plan", "18,0", "13,0"] in compared
    assert ["Privacymasker", "50°", "360°"] in compared
    assert swaps == [["P3", "30 m", "5,0 5,0%", "41", "3", "ja"]]
    assert not any(tag in ("b", "i", "img") for tag, _ in Tags(raw).tags)
    names = re.findall(r' id="([^"]+)"', raw)
    assert len(names) == len(set(names))


def test_sites_of_any_id_have_a_sheet_and_no_other(planned: TestClient) -> None:
    links = {
        href
        for tag, attributes in Tags(planned.get("/cameras?n=3").text).tags
        if tag == "a" and (href := attributes.get("href") or "").startswith("/cameras/")
    }
    assert len(links) == 3
    for link in links:
        assert planned.get(link).status_code == 200, link
    hostile = html.unescape(planned.get(f"/cameras/{quote(HOSTILE)}").text)
    assert "Geen andere plek kan binnen de voorwaarden de plaats van deze innemen." in hostile
    assert "Volgens de cijfers kan camera F3 hierheen." in hostile
    gone = planned.get("/cameras/P4")
    assert gone.status_code == 404
    assert "Plek niet gevonden" in gone.text


def test_what_happens_in_view_is_told_of_chosen_sites_only(planned: TestClient) -> None:
    page = _page(planned, "/cameras/P3")
    assert "Deze plek hoort niet bij het plan met 2 camera's. Bij andere aantallen wel: 3." in page
    assert "het plan ziet dan 5,0 gewogen incidenten per jaar minder" in page
    assert "Incidenten in beeld" not in page
    (other,) = planned.get(f"/v1/runs/{PLAN}/cameras").json()["others"]
    assert other["site_id"] == "P3"
    assert not {"incidents", "demand", "demand_alone"} & other.keys()


def test_a_run_of_before_other_numbers_were_kept_still_opens(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("older") / "town"
    workspace = init_workspace(path, name="Proefstad", crs=camera_run.RD)
    newer = ("camera_curve_sites", "camera_swaps", "camera_months")
    tables = {name: each for name, each in camera_run.tables().items() if name not in newer}
    freeze_run(workspace, camera_run.record(), tables)
    with signed_in(create_app(Settings(workspace=path))) as client:
        page = client.get("/cameras?n=3")
        assert page.status_code == 200
        assert 'type="range"' not in page.text
        sheet = client.get("/cameras/P1")
        assert "Maak het plan opnieuw." in sheet.text
        assert "Maand voor maand" not in sheet.text


def test_a_site_can_be_shown_on_the_map(planned: TestClient) -> None:
    raw = planned.get("/cameras").text
    links = [
        href
        for tag, attributes in Tags(raw).tags
        if tag == "a" and (href := attributes.get("href") or "").endswith("#map")
    ]
    assert len(links) == 2
    for link in links:
        page = planned.get(link)
        assert page.status_code == 200
        (source,) = re.findall(r'<iframe[^>]* src="([^"]+)"', page.text)
        framed = planned.get(html.unescape(source))
        assert framed.status_code == 200
        assert framed.text != planned.get(f"/maps/{PLAN}/cameras").text


def test_the_map_has_the_borders_of_the_newest_ranking(planned: TestClient) -> None:
    answer = planned.get("/maps/latest/cameras")
    assert answer.status_code == 200
    assert "Content-Security-Policy" in answer.headers
    assert "Havenkwartier" in answer.text


def test_the_latest_yearly_run_stays_that_of_the_other_pages(planned: TestClient) -> None:
    assert sample.record().id in planned.get("/").text
    led = planned.get("/", params={"run": PLAN}, follow_redirects=False)
    assert led.headers["location"] == f"/cameras?run={PLAN}"
    runs = _page(planned, "/runs")
    assert "cameraplan" in runs
    assert f"/cameras?run={PLAN}" in runs
    assert "cameraplan" in _page(planned, f"/runs/{PLAN}")


def test_a_run_that_is_no_plan_leads_to_the_plans(planned: TestClient, client: TestClient) -> None:
    page = _page(planned, f"/cameras?run={sample.record().id}")
    assert "Deze berekening is geen cameraplan." in page
    assert f"/cameras?run={PLAN}" in page
    assert "hotspots cameras plan" in _page(client)


def test_without_a_plan_the_page_says_how_to_make_one(empty_client: TestClient) -> None:
    page = _page(empty_client)
    assert "Er is nog geen cameraplan" in page
    assert "hotspots cameras plan" in page
    assert "--area" in page
    for path in ("/v1/runs/latest/cameras", "/maps/latest/cameras"):
        assert empty_client.get(path).status_code == 404


def test_the_document_holds_the_plan_with_its_proof(planned: TestClient) -> None:
    content = planned.get("/v1/runs/latest/cameras").json()
    assert content == planned.get(f"/v1/runs/{PLAN}/cameras").json()
    assert (content["objective"], content["bound"]) == (21.5, 21.7)
    assert [site["site_id"] for site in content["sites"]] == ["P1", HOSTILE]
    hours = {each["site_id"]: each for each in content["hours"]}
    assert hours["P1"]["hours_known"] == 60
    assert hours["P1"]["peak"]["weekday"] == 5
    assert hours[HOSTILE] == {"site_id": HOSTILE, "hours_known": 0, "peak": None}
    other = planned.get(f"/v1/runs/{sample.record().id}/cameras")
    assert other.status_code == 404
    assert "no camera plan" in other.text


def test_what_a_plan_saw_of_all_candidates_is_not_served(planned: TestClient) -> None:
    assert planned.get(f"/v1/runs/{PLAN}/tables/camera_sites.csv").status_code == 404
    assert planned.get(f"/v1/runs/{PLAN}/tables/camera_plan.csv").status_code == 200


def test_a_plan_that_is_not_there_is_a_problem(planned: TestClient) -> None:
    answer = planned.get("/v1/runs/nothing/cameras")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text)["status"] == 404
