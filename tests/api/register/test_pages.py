"""The pages of the register: its forms walked as a browser does, per role, and what is refused."""

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import get_args

import geopandas as gpd
import pytest
from fastapi import FastAPI
from httpx2 import Response
from shapely import box
from starlette.testclient import TestClient

from api.clock import Clock
from api.pages.register.acts import FIELDS
from api.pages.register.sentences import CODES, item_words, rule_told, rule_words
from hotspots.decisions.acting import Acting, doing
from hotspots.decisions.checklist import checklist
from hotspots.decisions.demands import Ground
from hotspots.decisions.roles import ALLOWED
from hotspots.decisions.rules import RULES, Broken
from hotspots.decisions.signals import Gone, raise_signal
from hotspots.errors import Problem
from hotspots.outputs.text import LANGS, Words
from hotspots.policy import Policy
from hotspots.register import Act, Designation, Mark, Role, Signal, State
from tests.api.conftest import RUN
from tests.api.register.conftest import NOW
from tests.api.register.files import AREA, SMALLER, square
from tests.api.signing import browsing, csrf_of

Browsers = Callable[[Role], TestClient]
DAY = date(2027, 3, 1)
CAMERA_AREA = {
    "kind": "camera_area",
    "name": "Stationsplein",
    "goal": "Minder geweld in de openbare ruimte.",
    "criterion.themes": "assault",
    "criterion.measure": "geregistreerde mishandelingen",
    "criterion.most_incidents_per_year": "20",
    "baseline.incidents": "48",
    "baseline.first_month": "2025-01",
    "baseline.last_month": "2025-12",
    "baseline.run_id": RUN,
    "run": RUN,
    "start": "2027-04-01",
    "end": "2028-12-31",
    "evaluation_on": "2028-06-30",
    "boundary": json.dumps(AREA),
    "crs": "metres",
    "streets": "Stationsstraat\nKade",
    "hours": "Vr 20-04",
    "lighter_measures-0-what": "Extra verlichting",
    "lighter_measures-0-start": "2024-09-01",
    "lighter_measures-0-result": "Geen daling.",
    "package-0-what": "Toezicht door handhavers",
    "package-0-start": "2027-04-01",
    "consultation.held_on": "2027-02-10",
    "consultation.with_whom": "officier van justitie",
    "police_role": "De politie kijkt live mee.",
    "dpia_reference": "DPIA 2027-4",
    "reason": "Aanhoudend geweld.",
}


@pytest.fixture
def browser(app: FastAPI) -> Browsers:
    """Sign in to the app with a browser; each role has a name of its own."""
    return lambda role: browsing(app, role=role, name=f"mw. {role}")


@pytest.fixture
def refused(shared: FastAPI) -> Callable[..., Response]:
    """Send a draft that is refused, to an app in whose register nothing is written."""
    planner = browsing(shared, role="planner", name="mw. planner")

    def send(**given: str) -> Response:
        answer = sent(planner, "/register/concept", **(CAMERA_AREA | given))
        assert shared.state.register.register().designations() == []
        return answer

    return send


def sent(client: TestClient, path: str, **given: str) -> Response:
    """Fill in a form of the page that it stands on, and send it."""
    shown = client.get("/".join(path.split("/")[:3])).text
    fields = {**given, "csrf": csrf_of(shown)}
    if "seen" not in given and (found := seen_in(shown, path)):
        fields["seen"] = found
    return client.post(path, data=fields, follow_redirects=False)


def seen_in(page: str, action: str) -> str:
    form = re.search(rf'action="{re.escape(action)}\?[^"]*".*?</form>', page, re.DOTALL)
    found = re.search(r'name="seen" value="(\d+)"', form[0]) if form else None
    return found[1] if found else ""


def drafted(client: TestClient, **given: str) -> str:
    answer = sent(client, "/register/concept", **(CAMERA_AREA | given))
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"].partition("?")[0]


def text_of(page: str) -> str:
    bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def refusal_in(page: str) -> str:
    found = re.search(r'<div class="notice refusal".*?</div>', page, re.DOTALL)
    assert found, text_of(page)
    return text_of(found[0])


def forms_in(page: str) -> set[str]:
    return {
        path.rsplit("/", 1)[1].replace("-", "_")
        for path in re.findall(r'action="(/register/[^"?]+)\?', page)
    }


def decided(browser: Browsers) -> str:
    office = browser("mayor_office")
    path = drafted(office)
    for act, fields in (
        ("ask-advice", {"asked_of": "driehoek"}),
        ("receive-advice", {"summary": "Akkoord."}),
        ("decide", {}),
    ):
        answer = sent(office, f"{path}/{act}", reason="Besproken.", **fields)
        assert answer.status_code == 303, refusal_in(answer.text)
    return path


def published(browser: Browsers) -> str:
    path = decided(browser)
    fields = {"publication": "Gemeenteblad 2027, 1", "signs_on": "2027-03-01"}
    answer = sent(browser("mayor_office"), f"{path}/publish", reason="Bekendgemaakt.", **fields)
    assert answer.status_code == 303, refusal_in(answer.text)
    return path


# ---------------------------------------------------------------- walks
def test_a_camera_area_is_walked_from_concept_to_withdrawal(browser: Browsers) -> None:
    path = published(browser)
    office, planner = browser("mayor_office"), browser("planner")
    shown = text_of(office.get(f"{path}?done=publish").text)
    assert "Cameragebied: Bekendgemaakt, geldt vanaf 1 april 2027." in shown
    assert "nog niet bekendgemaakt" not in shown
    assert "Besloten , 1 maart 2027" in shown  # a step of its life
    assert "Grens 1, de nieuwste grens (0,160 km²)." in shown
    assert "geldt nu" not in shown
    assert "geldt vanaf 1 april 2027" in text_of(planner.get("/register").text)
    assert "Vastgelegd: bekendgemaakt." in shown
    assert "1 april 2027 tot en met 31 december 2028" in shown
    assert "Stationsstraat en Kade" in shown
    assert "Hoogstens" not in shown
    assert "hoogstens 20 per jaar van geregistreerde mishandelingen" in shown
    place = {
        "camera": "F1", "camera_class": "flexible", "start": "2027-04-02",
        "x_m": "90500", "y_m": "450600,5", "sector.azimuth_deg": "90",
        "sector.view_deg": "120", "sector.range_m": "80", "facades_in_view": "2",
        "masks-0-from_deg": "80", "masks-0-to_deg": "95", "power": "yes",
        "residents_informed_on": "2027-03-01", "reason": "Cameraplan.",
    }  # fmt: skip
    answer = sent(planner, f"{path}/place", **place)
    assert answer.status_code == 303, refusal_in(answer.text)
    assert "F1 verplaatsbare camera" in text_of(office.get(path).text)
    answer = sent(office, f"{path}/withdraw", reason="Niet meer nodig.")
    assert answer.status_code == 303
    shown = text_of(office.get(path).text)
    assert "Cameragebied: Ingetrokken. De aanwijzing is ingetrokken op 1 maart 2027" in shown
    assert "Niet meer nodig." in shown  # in the trail


def test_what_was_typed_in_the_draft_is_in_the_register(app: FastAPI, browser: Browsers) -> None:
    path = drafted(browser("planner"))
    held: Designation = app.state.register.register().designation(path.rsplit("/", 1)[1])
    assert held.criterion is not None
    assert held.criterion.themes == ("assault",)
    assert held.criterion.most_incidents_per_year == 20
    assert held.baseline is not None
    assert held.baseline.incidents == 48
    assert held.hours == ("fri 20-04",)
    again = browser("planner").get(path).text
    assert re.search(r'<textarea[^>]*name="hours"[^>]*>\s*vr 20-04</textarea>', again)
    assert [each.what for each in held.lighter_measures] == ["Extra verlichting"]
    assert [each.what for each in held.package] == ["Toezicht door handhavers"]
    assert held.evidence is not None
    assert held.evidence.run_id == RUN
    assert held.season is None
    assert held.boundary_version == 1
    trail = app.state.register.register().trail(held.id)
    assert (trail[0].actor, trail[0].role) == ("mw. planner", "planner")


def test_amending_changes_only_what_was_changed(app: FastAPI, browser: Browsers) -> None:
    path = drafted(browser("planner"))
    register, id_ = app.state.register.register(), path.rsplit("/", 1)[1]
    before = register.designation(id_)
    rest = {k: v for k, v in CAMERA_AREA.items() if k not in ("kind", "boundary", "streets")}
    answer = sent(browser("mayor_office"), f"{path}/amend", **(rest | {"goal": "Rust op straat."}))
    assert answer.status_code == 303, refusal_in(answer.text)
    after = register.designation(id_)
    changed = {
        name for name in Designation.model_fields if getattr(before, name) != getattr(after, name)
    }
    assert changed == {"goal", "version", "legal_basis"}  # that field was sent empty
    assert after.goal == "Rust op straat."


def test_days_are_typed_as_people_write_them(app: FastAPI, browser: Browsers) -> None:
    typed = {
        "start": "1-4-2027",
        "baseline.first_month": "01-2025",
        "season.first_day": "15-04",
        "season.last_day": "30-9",
        "run": "nieuwste",
    }
    path = drafted(browser("planner"), **typed)
    held: Designation = app.state.register.register().designation(path.rsplit("/", 1)[1])
    assert held.season is not None
    assert (held.season.first_day, held.season.last_day) == ("04-15", "09-30")
    assert held.start == date(2027, 4, 1)
    assert held.baseline is not None
    assert held.baseline.first_month == "2025-01"
    assert held.evidence is not None
    assert held.evidence.run_id == RUN
    again = browser("planner").get(path).text
    assert re.search(r'name="season.first_day" value="15-04"', again)


def test_the_states_to_choose_from_follow_the_life_of_an_area(browser: Browsers) -> None:
    in_force(browser)
    decided(browser)
    drafted(browser("planner"))
    page = browser("planner").get("/register").text
    select = page.partition('<select id="state"')[2].partition("</select>")[0]
    names = re.findall(r'<option value="[a-z_]+">([^<]+)<', select)
    assert names == ["Concept", "Besloten", "Van kracht"]


class LaterClock(Clock):
    """A clock that stands still on the first of August 2027."""

    def now(self) -> datetime:
        """Return noon of that day."""
        return datetime(2027, 8, 1, 12, tzinfo=UTC).astimezone()


def in_force(browser: Browsers) -> str:
    """A camera area that holds since April 2026, walked with the forms."""
    planner, office = browser("planner"), browser("mayor_office")
    term = {
        "start": "2026-04-01", "end": "2027-12-31", "evaluation_on": "2027-06-30",
        "consultation.held_on": "2026-02-10", "on": "2026-02-01",
        "package-0-start": "2026-04-01",
    }  # fmt: skip
    path = drafted(planner, **term)
    for act, on, fields in (
        ("ask-advice", "2026-02-05", {"asked_of": "driehoek"}),
        ("decide", "2026-03-01", {}),
        (
            "publish",
            "2026-03-10",
            {"publication": "Gemeenteblad 2026, 1", "signs_on": "2026-03-30"},
        ),
    ):
        answer = sent(office, f"{path}/{act}", reason="Besproken.", on=on, **fields)
        assert answer.status_code == 303, refusal_in(answer.text)
    return path


REVIEW = {
    "advice": "keep", "need_remains": "yes", "run": RUN, "reason": "Evaluatie.",
    "figures-0-name": "Mishandelingen", "figures-0-value": "31", "figures-0-unit": "incidenten",
    "findings-0-found_on": "2027-02-20", "findings-0-by": "wijkagent",
    "findings-0-summary": "Nog steeds onrustig.",
}  # fmt: skip


def test_an_evaluation_that_was_held_is_overdue_nowhere(app: FastAPI, browser: Browsers) -> None:
    path = in_force(browser)
    area = path.rpartition("/")[2]
    planner, office = browser("planner"), browser("mayor_office")
    app.state.clock = LaterClock()
    pages = (path, "/register", f"/maps/register/{area}", "/openbaar", f"/v1/designations/{area}")
    words = ("Evaluatie nodig", "De evaluatie was nodig", "deze dag is voorbij", "evaluation_due")

    def told() -> dict[str, list[str]]:
        texts = {page: text_of(office.get(page).text) for page in pages}
        found = {page: [each for each in words if each in texts[page]] for page in pages}
        choices = office.get("/register").text.partition('<select id="state"')[2]
        found["/register"] += ["choice"] if 'value="evaluation_due"' in choices else []
        listed = office.get("/v1/designations", params={"state": "evaluation_due"}).json()
        return {page: each for page, each in found.items() if each} | (
            {"list": ["evaluation_due"]} if listed["designations"] else {}
        )

    assert {path, "/register", "/openbaar", f"/v1/designations/{area}", "list"} <= told().keys()
    answer = sent(planner, f"{path}/review", **REVIEW, on="2027-06-20")  # before 30 June
    assert answer.status_code == 303, refusal_in(answer.text)
    assert told() == {}
    assert "Van kracht" in text_of(office.get(path).text)
    assert "de beoordeling is gedaan" in text_of(office.get("/openbaar").text)


def test_one_who_decides_reads_that_the_advice_is_still_open(browser: Browsers) -> None:
    path = drafted(browser("planner"))
    office = browser("mayor_office")
    sent(office, f"{path}/ask-advice", asked_of="VLO Zuid", reason="Advies.")
    shown = text_of(office.get(path).text)
    assert "het advies dat op 1 maart 2027 is gevraagd aan VLO Zuid is er nog niet" in shown
    assert sent(office, f"{path}/decide", reason="Spoed.").status_code == 303
    assert "receive_advice" in forms_in(office.get(path).text)
    answer = sent(office, f"{path}/receive-advice", summary="Akkoord.", reason="Binnen.")
    assert answer.status_code == 303, refusal_in(answer.text)
    shown = office.get(path).text
    assert "Akkoord." in text_of(shown)
    assert "is er nog niet" not in text_of(shown)
    assert "receive_advice" not in forms_in(shown)


def test_what_follows_an_area_of_the_same_name_does_not_follow_itself(browser: Browsers) -> None:
    planner = browser("planner")
    first = drafted(planner)
    second = drafted(planner, follows=first.rpartition("/")[2])
    told = f"Volgt op Stationsplein (cameragebied), {first.rpartition('/')[2]}"
    assert told in text_of(planner.get(second).text)


def test_one_point_that_lacks_is_told_as_one(browser: Browsers) -> None:
    path, planner = published(browser), browser("planner")
    lacks = text_of(planner.get(path).text).partition("Het dossier is nog niet compleet: ")[2]
    assert lacks.startswith("er ontbreekt 1 punt. ")
    two = text_of(planner.get(decided(browser)).text)
    assert re.search(r"Het dossier is nog niet compleet: \d punten ontbreken\.", two)


def test_what_holds_is_reviewed_extended_and_shrunk(browser: Browsers) -> None:
    path = in_force(browser)
    office = browser("mayor_office")
    assert forms_in(office.get(path).text) >= {"review", "extend", "shrink", "withdraw", "place"}
    extension = {
        "end": "2028-12-31", "published_on": "2027-03-01", "publication": "Gemeenteblad 2027, 9",
        "consultation.held_on": "2027-02-25",
        "consultation.with_whom": "officier van justitie", "reason": "Nog nodig.",
    }  # fmt: skip
    refused = sent(office, f"{path}/extend", **extension)
    assert refused.status_code == 409
    rule, source = rule_words("reviewed", Words("nl"))
    assert f"{rule} ({source})" in refusal_in(refused.text)
    answer = sent(browser("vlo"), f"{path}/review", **REVIEW)
    assert answer.status_code == 303, refusal_in(answer.text)
    shown = text_of(office.get(path).text)
    assert "1 maart 2027: Behouden" in shown
    assert "20 februari 2027, wijkagent: Nog steeds onrustig." in shown
    assert "Mishandelingen 31 incidenten –" in shown
    answer = sent(office, f"{path}/extend", **extension)
    assert answer.status_code == 303, refusal_in(answer.text)
    shown = text_of(office.get(path).text)
    assert "Cameragebied: Verlengd. De aanwijzing geldt tot en met 31 december 2028." in shown
    smaller = {
        "boundary": json.dumps({"type": "Feature", "properties": {}, "geometry": SMALLER}),
        "crs": "metres", "published_on": "2027-03-01", "publication": "Gemeenteblad 2027, 10",
        "reason": "Het zuiden is rustig.",
    }  # fmt: skip
    larger = smaller | {"boundary": json.dumps(square(90_300, 450_300, 90_900, 450_900))}
    refused = sent(office, f"{path}/shrink", **larger)
    assert rule_words("less", Words("nl"))[0] in refusal_in(refused.text)
    answer = sent(office, f"{path}/shrink", **smaller)
    assert answer.status_code == 303, refusal_in(answer.text)
    shown = text_of(office.get(path).text)
    assert "Grens 1, van eerder (0,160 km²)." in shown
    assert "Grens 2, geldt nu (0,080 km²)." in shown
    assert "Het zuiden is rustig." in shown


def test_a_camera_is_placed_moved_and_taken_away(browser: Browsers) -> None:
    path = in_force(browser)
    planner = browser("planner")
    sight = {
        "x_m": "90500", "y_m": "450600", "sector.azimuth_deg": "90", "sector.view_deg": "120",
        "sector.range_m": "80", "facades_in_view": "0", "power": "yes",
        "residents_informed_on": "2026-04-01",
    }  # fmt: skip
    new = {"camera": "F1", "camera_class": "flexible", "start": "2026-04-02", "on": "2026-04-02"}
    outside = sent(planner, f"{path}/place", reason="Plan.", **(new | sight | {"x_m": "91500"}))
    assert rule_words("inside", Words("nl"))[0] in refusal_in(outside.text)
    answer = sent(planner, f"{path}/place", reason="Plan.", **new, **sight)
    assert answer.status_code == 303, refusal_in(answer.text)
    below = re.findall(r'action="([^"?]+)/move', planner.get(path).text)[0]
    answer = sent(planner, f"{below}/move", reason="Boom.", **(sight | {"x_m": "90600"}))
    assert answer.status_code == 303, refusal_in(answer.text)
    shown = text_of(planner.get(path).text)
    assert "90600, 450600" in shown
    assert "Stond tot 1 maart 2027 op een andere plek: Boom." in shown
    answer = sent(planner, f"{below}/remove", reason="Klaar.")
    assert answer.status_code == 303, refusal_in(answer.text)
    other = below.replace(path, "/register/camera_area-2020-001")
    assert planner.post(f"{other}/remove", data={"csrf": "x"}).status_code in (403, 404)


def test_a_signal_is_answered_once_by_the_body_that_decides(
    app: FastAPI, browser: Browsers
) -> None:
    path = in_force(browser)
    register, office = app.state.register.register(), browser("mayor_office")
    id_ = path.rsplit("/", 1)[1]
    evidence = register.designation(id_).evidence
    by = Acting("mw. analyst", "analyst", "Run.", NOW, DAY)
    raised = raise_signal(register, id_, Gone("2026-09", 7, "2026-12"), evidence, by)
    assert raised is not None
    agreed = (
        "Sinds september 2026 blijft dit gebied onder de afgesproken maatstaf. "
        "Beoordeel of intrekken nodig is."
    )
    listed = text_of(office.get("/register").text)
    assert f"De noodzaak lijkt weg (1) Stationsplein (cameragebied). {agreed}" in listed
    own = text_of(office.get(path).text)
    assert agreed in own
    # The year that was counted, which is not the one up to the cut-off date of the run.
    assert "Geteld op 1 maart 2027: 7 incidenten in 2026." in own
    assert "Signaal van 1 maart 2027 7 2026" in own
    assert "answer" not in forms_in(browser("vlo").get(path).text)
    assert "answer" not in forms_in(browser("board").get(path).text)
    form = f"{path}/signalen/{raised.id}/answer"
    empty = sent(office, form, answer="dismiss", reason="")
    assert empty.status_code == 400
    done = sent(office, form, answer="dismiss", reason="Het wijkteam ziet het nog.")
    assert done.status_code == 303, refusal_in(done.text)
    shown = text_of(office.get(path).text)
    assert "op 1 maart 2027: niet intrekken. Het wijkteam ziet het nog." in shown
    again = sent(office, form, answer="withdraw", reason="Toch.", seen="2")
    assert again.status_code == 409
    assert rule_words("answered", Words("nl"))[0] in refusal_in(again.text)


def test_a_signal_of_before_does_not_tell_its_months(app: FastAPI, browser: Browsers) -> None:
    path = in_force(browser)
    register, id_ = app.state.register.register(), path.rsplit("/", 1)[1]
    by = Acting("mw. analyst", "analyst", "Run.", NOW, DAY)
    evidence = register.designation(id_).evidence
    with doing(register, "signal", by) as change:
        change.put(
            Signal(
                id="signal-2027-001",
                designation=id_,
                raised_on=DAY,
                since="2026-09",
                incidents=7,
                evidence=evidence,
            )
        )
    own = text_of(browser("mayor_office").get(path).text)
    assert "7 incidenten in de laatste twaalf maanden die geleverd waren." in own
    assert "Signaal van 1 maart 2027 7 laatste 12 geleverde maanden" in own


# ---------------------------------------------------------------- refusals
def test_every_rule_that_stands_in_the_way_is_named_with_its_source(browser: Browsers) -> None:
    office = browser("mayor_office")
    bare = {"goal": "", "dpia_reference": "", "package-0-what": "", "package-0-start": ""}
    path = drafted(office, **bare)
    sent(office, f"{path}/ask-advice", asked_of="driehoek", reason="Advies.")
    answer = sent(office, f"{path}/decide", reason="Nu besluiten.")
    assert answer.status_code == 409
    told = refusal_in(answer.text)
    for code in ("goal", "dpia", "package"):
        rule, source = rule_words(code, Words("nl"))
        assert f"{rule} ({source})" in told
    assert "Nu besluiten.</textarea>" in answer.text
    english = office.post(
        f"{path}/decide?lang=en", data={"reason": "x", "csrf": csrf_of(answer.text)}
    )
    assert "The goal is lacking." in refusal_in(english.text)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reason": ""}, "Waarom"),
        ({"reason": "  "}, "Waarom"),
        ({"on": "gisteren"}, "Dag waarop dit gebeurde"),
        ({"start": "2027-02-30"}, "Eerste dag"),
        ({"name": ""}, "Naam"),
        ({"criterion.most_incidents_per_year": "veel"}, "hoogstens zo veel incidenten"),
        ({"lighter_measures-0-start": "ooit"}, "Lichtere maatregelen die zijn geprobeerd 1: Van"),
        ({"name": "x" * 201}, "Naam"),
        ({"kind": "no_such_kind"}, "Soort gebied"),
        ({"seen": "-1"}, "Versie"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_typed_is_lost(
    refused: Callable[..., Response], fields: dict[str, str], told: str
) -> None:
    answer = refused(**fields)
    assert answer.status_code == 400
    assert told in refusal_in(answer.text)
    assert "DPIA 2027-4" in answer.text


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"boundary": "geen tekening"}, "boundary"),
        ({"boundary": '{"type": "Point", "coordinates": [1, 2]}'}, "boundary"),
        ({"boundary": "[" * 5000}, "boundary"),
        ({"crs": "degrees"}, "boundary"),
        ({"run": "no-such-run"}, "run"),
        ({"boundary": "", "area_code": "NOWHERE"}, "area_code"),
        ({"boundary": "", "area_code": "/etc/passwd.geojson"}, "area_code"),
        ({"follows": "camera_area-2020-999"}, "follows"),
        ({"hours": "laat op de avond"}, "hours"),
        ({"start": "31-02-2027"}, "day"),
        ({"baseline.first_month": "13-2025"}, "month"),
        ({"season.first_day": "04-15", "season.last_day": "30-09"}, "day_of_year"),
    ],
)
def test_what_a_form_refers_to_must_be_there(
    refused: Callable[..., Response], fields: dict[str, str], column: str
) -> None:
    answer = refused(**fields)
    assert answer.status_code == 400
    words = Words("nl")
    field = column if column in fields or column == "boundary" else next(iter(fields))
    told = words.label(f"register_field_{field.replace('.', '_')}")
    assert told in refusal_in(answer.text)
    assert words.label(f"register_wrong_{column}") in text_of(answer.text)  # beside the field


def test_who_was_first_is_told_and_nothing_typed_is_lost(browser: Browsers) -> None:
    office, board = browser("mayor_office"), browser("planner")
    path = drafted(board)
    seen = seen_in(office.get(path).text, f"{path}/ask-advice")
    first = sent(board, f"{path}/amend", **{
        k: v for k, v in CAMERA_AREA.items() if k not in ("kind", "boundary")
    } | {"goal": "Anders."})  # fmt: skip
    assert first.status_code == 303, refusal_in(first.text)
    late = sent(office, f"{path}/ask-advice", asked_of="VLO Noord", reason="Te laat.", seen=seen)
    assert late.status_code == 412
    told = refusal_in(late.text)
    assert "Iemand was u voor: mw. planner legde op 1 maart 2027" in told
    assert "dossier bijgewerkt" in told
    assert 'value="VLO Noord"' in late.text
    assert "Anders." in late.text  # the new state
    assert int(seen_in(late.text, f"{path}/ask-advice")) == int(seen) + 1
    again = sent(office, f"{path}/ask-advice", asked_of="VLO Noord", reason="Toch.")
    assert again.status_code == 303


# ---------------------------------------------------------------- roles
def test_each_role_sees_only_its_own_forms_and_is_refused_the_others(browser: Browsers) -> None:
    path = decided(browser)
    for role in get_args(Role):
        if role == "public":
            continue
        client = browser(role)
        shown = client.get(path).text
        offered = forms_in(shown)
        for name_ in offered:
            assert name_ in {name for name, roles in ALLOWED.items() if role in roles}, role
        csrf = csrf_of(shown)
        tried: tuple[Act, ...] = ("publish", "withdraw", "amend", "object", "place")
        for act in tried:
            if role not in ALLOWED[act]:
                answer = client.post(
                    f"{path}/{act}", data={"csrf": csrf, "reason": "x", "publication": "y"}
                )
                assert answer.status_code == 403, (role, act)
    # The board may publish, but not what the mayor decides.
    board = browser("board")
    assert "publish" not in forms_in(board.get(path).text)
    answer = sent(board, f"{path}/publish", reason="x", publication="Gemeenteblad 1")
    assert answer.status_code == 403
    assert "publish" in forms_in(browser("mayor_office").get(path).text)


def test_only_what_is_possible_now_is_offered(browser: Browsers) -> None:
    office = browser("mayor_office")
    path = drafted(office)
    assert forms_in(office.get(path).text) == {"ask_advice", "amend", "withdraw"}
    path = published(browser)
    assert forms_in(office.get(path).text) == {
        "amend",
        "withdraw",
        "place",
        "object",
        "suspend",
        "annul",
    }
    fields = re.findall(r'id="amend-[^"]*?-(\w+)" name="(\w+)"', office.get(path).text)
    assert {name for _, name in fields} >= {"police_role", "dpia_reference", "signs_on"}
    assert "goal" not in {name for _, name in fields}


def test_a_forged_form_does_nothing(app: FastAPI, browser: Browsers) -> None:
    office = browser("mayor_office")
    path = drafted(office)
    answer = office.post(f"{path}/withdraw", data={"reason": "x", "csrf": "0" * 64})
    assert answer.status_code == 403
    held: Designation = app.state.register.register().designation(path.rsplit("/", 1)[1])
    assert held.state == "draft"


# ---------------------------------------------------------------- pages
def test_the_list_tells_what_lacks_and_links_to_the_file(browser: Browsers) -> None:
    office = browser("mayor_office")
    path = drafted(office, dpia_reference="")
    shown = office.get("/register").text
    assert "nog nodig: 1" not in text_of(office.get("/register?kind=alcohol_ban").text)
    assert f'href="{path}?lang=nl"' in shown
    assert "Stationsplein Concept" in text_of(shown)
    page = office.get(path).text
    target = re.findall(r'class="lacks">.*?href="#([^"]+)"', page)
    assert any(each.endswith("-dpia_reference") for each in target)
    assert all(f'id="{each}"' in page for each in target)


def test_filters_by_kind_state_and_stadsdeel(browser: Browsers) -> None:
    office = browser("mayor_office")
    drafted(office)
    for query, there in (
        ("", True), ("?kind=camera_area", True), ("?kind=alcohol_ban", False),
        ("?state=draft", True), ("?state=in_force", False), ("?kind=&state=&stadsdeel=", True),
    ):  # fmt: skip
        assert ("Stationsplein" in office.get(f"/register{query}").text) is there, query
    assert office.get("/register?state=DROP%20TABLE").status_code == 400


def test_the_page_of_one_stadsdeel_names_it(
    app: FastAPI, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(browser("mayor_office"))
    west, east = box(90_000, 450_000, 91_000, 451_000), box(91_000, 450_000, 92_000, 451_000)
    found = gpd.GeoDataFrame(
        {"area_code": ["SD1", "SD2"], "area_name": ["Noord", "Oost"]}, geometry=[west, east]
    )
    monkeypatch.setattr("api.pages.register.routes._stadsdelen", lambda _shelf: found)
    own = text_of(browser("vlo").get("/register").text)
    assert f"Op {Words('nl').day(NOW)} staan er 1 aanwijzingen in Noord in het register" in own
    by_code = text_of(browser("planner").get("/register?stadsdeel=SD2").text)
    assert "staan er 0 aanwijzingen in Oost in het register" in by_code
    whole = text_of(browser("planner").get("/register").text)
    assert "staan er 1 aanwijzingen in het register" in whole


def test_numbers_of_today_carry_their_day(browser: Browsers) -> None:
    in_force(browser)
    text = text_of(browser("planner").get("/register").text)
    assert f"Uit het register, op {Words('nl').day(NOW)} Cameragebied Aantal: 1." in text


def test_areas_stand_in_the_order_in_which_people_count(browser: Browsers) -> None:
    office = browser("mayor_office")
    for number in (10, 2, 1):
        drafted(office, name=f"Plein {number}")
    shown = text_of(office.get("/register").text)
    rows = re.findall(r"Plein (\d+) Concept", shown)
    assert rows == ["1", "2", "10"]


def test_the_trail_names_its_head_and_that_it_holds(app: FastAPI, browser: Browsers) -> None:
    office = browser("mayor_office")
    drafted(office)
    seq, head = app.state.register.register().head()
    shown = office.get("/register/spoor").text
    assert head in shown
    assert "Het spoor klopt" in shown
    assert f"Regel 1 tot en met {seq} van {seq}" in shown


def test_the_trail_calls_an_area_by_its_name(app: FastAPI, browser: Browsers) -> None:
    path = in_force(browser)
    id_ = path.rsplit("/", 1)[1]
    register = app.state.register.register()
    by = Acting("mw. analyst", "analyst", "Run.", NOW, DAY)
    evidence = register.designation(id_).evidence
    raised = raise_signal(register, id_, Gone("2026-09", 7, "2026-12"), evidence, by)
    assert raised is not None
    office = browser("mayor_office")
    for page in ("/register/spoor", path):
        shown = office.get(page).text
        for name, code in (
            ("Stationsplein (cameragebied)", id_),
            ("Signaal over Stationsplein (cameragebied)", raised.id),
            ("Grens van Stationsplein (cameragebied)", f"{id_}-boundary-1"),
        ):
            assert f'<td>{name}<span class="under code">{code}</span></td>' in shown


def test_the_maps_ask_nothing_of_others_and_escape_names(browser: Browsers) -> None:
    office = browser("mayor_office")
    path = drafted(office, name="<script>alert(1)</script>")
    for address in ("/maps/register/all", f"/maps{path}"):
        answer = office.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "https://" not in re.sub(r"http://www\.w3\.org\S*", "", answer.text)
    assert "<script>alert" not in office.get(path).text


def test_no_page_has_an_id_twice_or_a_label_without_its_field(browser: Browsers) -> None:
    path = published(browser)
    office = browser("mayor_office")
    for address in ("/register", path, "/register/concept", "/register/spoor"):
        page = office.get(address).text
        ids = Counter(re.findall(r'\sid="([^"]+)"', page))
        assert [each for each, times in ids.items() if times > 1] == []
        for name in re.findall(r'(?:for|aria-labelledby)="([^"]+)"', page):
            assert name in ids, (address, name)
        for names in re.findall(r'aria-describedby="([^"]+)"', page):
            assert set(names.split()) <= set(ids)


def test_an_empty_register_says_what_to_do(browser: Browsers) -> None:
    assert "Begin met een concept" in browser("planner").get("/register").text
    assert "Zodra iemand een concept maakt" in browser("vlo").get("/register").text
    drafted(browser("planner"))
    assert "Begin met een concept" not in browser("planner").get("/register").text
    nothing = browser("planner").get("/register?kind=alcohol_ban").text
    assert "Geen enkele aanwijzing past hierbij." in nothing


def test_an_unknown_designation_is_a_page(browser: Browsers) -> None:
    answer = browser("vlo").get("/register/camera_area-2020-999")
    assert answer.status_code == 404
    assert "staat niet in het register" in answer.text


# ---------------------------------------------------------------- words
def test_every_rule_has_its_words_in_both_languages() -> None:
    assert len(CODES) == len(RULES)
    for lang in LANGS:
        words = Words(lang)
        for code, rule in RULES.items():
            told = rule_told(Broken(rule, field="x", value="7").problem(), words)
            assert told is not None
            assert (told.code, told.field, told.value) == (code, "x", "7")
            assert all(rule_words(code, words))
    assert rule_told(Problem("Another rule.", "Mend it."), Words("nl")) is None


def test_every_state_act_field_and_item_has_its_words() -> None:
    policy = Policy()
    for lang in LANGS:
        words = Words(lang)
        keys = [f"register_state_{each}" for each in get_args(State)]
        keys += [f"register_mark_{each}" for each in get_args(Mark)]
        keys += [f"register_done_{each}" for each in get_args(Act)]
        for act, fields in FIELDS.items():
            keys += [f"register_act_{act}", f"register_button_{act}"]
            for field in fields:
                keys.append(f"register_field_{field.name.replace('.', '_')}")
                keys += [f"register_part_{part.name}" for part in field.parts]
                keys += [f"{field.words}_{code}" for code in field.choices if field.words]
        assert [key for key in keys if not words.has_label(key)] == []
        for kind in policy.designations.kinds:
            made = Designation(id=f"{kind}-2027-001", kind=kind, name="X")
            for item in checklist(made, policy, Ground(), on=DAY):
                told = item_words(item.code, words, cameras=kind == "camera_area")
                assert all(told)
                assert kind == "camera_area" or "151c" not in told[1]
