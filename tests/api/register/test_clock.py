"""One clock tells which day it is; a demo lives on a day of its own."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.clock import Clock
from api.settings import Settings
from hotspots.errors import SettingsRefused
from hotspots.register import Designation
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import open_workspace
from tests import public_town
from tests.api.register.files import drafted, published, step
from tests.api.register.test_pages import sent, text_of
from tests.api.signing import browsing, signed_in

ID = "camera_area-2026-001"
BEFORE, AFTER = date(2026, 3, 20), date(2026, 10, 1)
"""A day before the evaluation of 15 September 2026, and one after it."""


@pytest.fixture
def amsterdam(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in Amsterdam."""
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def demo(settings: Settings) -> Settings:
    """Settings for a workspace that is a demo."""
    file = settings.workspace / "workspace.json"
    told = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(told | {"demo": True}), "utf-8")
    return settings


Living = Callable[[date | None], FastAPI]


@pytest.fixture
def living(demo: Settings) -> Living:
    """Serve the demo as it lives on a day."""
    return lambda day: create_app(demo.model_copy(update={"demo_day": day}))


# ---------------------------------------------------------------- the clock
def test_the_clock_tells_the_moment_in_the_zone_of_this_machine(amsterdam: None) -> None:
    before, found, after = datetime.now(UTC), Clock().now(), datetime.now(UTC)
    assert before <= found <= after
    assert found.utcoffset() in (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 1, 31), 1), (date(2026, 7, 31), 2)])
def test_a_demo_lives_on_its_day_at_the_present_time_of_day(
    amsterdam: None, day: date, hours: int
) -> None:
    before = datetime.now().astimezone()
    found = Clock(day).now()
    assert (found.date(), found.utcoffset()) == (day, timedelta(hours=hours))
    since = datetime.combine(day, found.time()) - datetime.combine(day, before.time())
    assert since % timedelta(days=1) < timedelta(minutes=1)  # also around midnight


# ---------------------------------------------------------------- where it may be set
def test_a_workspace_that_is_no_demo_has_no_day_of_its_own(
    settings: Settings,
) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        create_app(settings.model_copy(update={"demo_day": date(2026, 1, 31)}))
    (told,) = refusal.value.problems
    assert (told.column, told.value) == ("HOTSPOTS_DEMO_DAY", "2026-01-31")
    assert "demo" in told.rule
    assert "init --demo" in told.remedy


def test_a_demo_takes_its_day_from_the_environment(
    demo: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_WORKSPACE", str(demo.workspace))
    monkeypatch.setenv("HOTSPOTS_DEMO_DAY", "2026-01-31")
    assert create_app(Settings()).state.clock.now().date() == date(2026, 1, 31)
    monkeypatch.setenv("HOTSPOTS_DEMO_DAY", "31 januari")
    with pytest.raises(ValidationError, match="demo_day"):
        Settings()


# ---------------------------------------------------------------- what is told
def test_the_pages_of_a_demo_say_which_day_it_is(living: Living) -> None:
    with signed_in(living(date(2026, 1, 31)), "planner") as reader:
        assert "besluit. In deze demo is het 31 januari 2026." in text_of(
            reader.get("/register").text
        )
        english = text_of(reader.get("/register?lang=en").text)
        assert "decision. In this demo it is 31 January 2026." in english
    with signed_in(living(None), "planner") as reader:
        plain = text_of(reader.get("/register").text)
        assert "Duinstad bestaat niet." in plain
        assert "In deze demo is het" not in plain


def test_what_is_overdue_is_reckoned_by_the_day_of_the_demo(living: Living) -> None:
    app = living(BEFORE)
    with TestClient(app):
        planner = signed_in(app, "planner")
        published(planner, signed_in(app, "mayor_office"))
        assert "nodig op 15 september 2026" not in text_of(planner.get("/register").text)
        assert planner.get(f"/v1/designations/{ID}").json()["standing"] == "decided"
        due = planner.get("/v1/designations/due?withinDays=365").json()["due"]
        assert ("evaluation", False) in [(each["what"], each["overdue"]) for each in due]
        (mapped,) = planner.get("/v1/collections/designations/items").json()["features"]
        assert mapped["properties"]["in_force"] is False
    app = living(AFTER)
    with TestClient(app):
        planner = signed_in(app, "planner")
        page = text_of(planner.get("/register").text)
        assert "De evaluatie was nodig op 15 september 2026." in page
        due = planner.get("/v1/designations/due").json()["due"]
        assert [each["what"] for each in due if each["overdue"]] == ["evaluation"]
        assert planner.get(f"/v1/designations/{ID}").json()["standing"] == "evaluation_due"
        (mapped,) = planner.get("/v1/collections/designations/items").json()["features"]
        assert mapped["properties"]["in_force"] is True
        for path in ("/openbaar", "/besluiten"):
            assert "1 oktober 2026" in text_of(planner.get(path).text), path
        dossier = planner.get(f"/v1/designations/{ID}/dossier.html").text
        assert "1 oktober 2026" in text_of(dossier)


def test_figures_are_public_by_the_time_at_which_their_run_was_made(
    living: Living, demo: Settings
) -> None:
    made = public_town.record(made=datetime.now(UTC).date() - timedelta(days=1))
    freeze_run(open_workspace(demo.workspace), made, public_town.results())
    with TestClient(living(date(2000, 1, 31))) as anybody:
        assert anybody.get("/openbaar/veiligheid.csv").status_code == 200


# ---------------------------------------------------------------- what is written
def test_acts_of_a_demo_are_written_down_on_its_day(living: Living) -> None:
    app = living(BEFORE)
    with TestClient(app):
        path = drafted(signed_in(app, "planner"))
        by_api = step(signed_in(app, "mayor_office"), path, "ask-advice", asked_of="driehoek")
        assert by_api.json()["state"] == "advice_asked"
        office = browsing(app, "mayor_office")
        given = {"summary": "Akkoord.", "reason": "Besproken."}
        by_page = sent(office, f"/register/{ID}/receive-advice", **given)
        assert by_page.status_code == 303, text_of(by_page.text)
        late = {"summary": "Akkoord.", "reason": "Te vroeg.", "on": "2026-03-21"}
        assert sent(office, f"/register/{ID}/receive-advice", **late).status_code == 409
        register = app.state.register.register()
        entries = register.trail(ID)
        assert {each.at.astimezone().date() for each in entries} == {BEFORE}
        assert [each.act for each in entries] == ["draft", "ask_advice", "receive_advice"]
        held: Designation = register.designation(ID)
        assert held.advice is not None
        assert (held.advice.asked_on, held.advice.given_on) == (BEFORE, BEFORE)


def test_a_trail_holds_where_the_time_of_a_demo_goes_back(living: Living) -> None:
    app = living(AFTER)
    with TestClient(app):
        drafted(signed_in(app, "planner"))
    app = living(BEFORE)  # as on the next morning, and more so
    with TestClient(app):
        office = signed_in(app, "mayor_office")
        step(office, f"/v1/designations/{ID}", "ask-advice", asked_of="driehoek")
        told = office.get(f"/v1/designations/{ID}/trail").json()["entries"]
        assert [each["seq"] for each in told] == [1, 2, 3]
        assert told[-1]["at"] < told[0]["at"]
        assert office.get("/v1/audit/verify").json()["unchanged"] is True
