"""The life of a camera area over HTTP: each in a role of their own, on both databases."""

from datetime import date

import pytest
from fastapi import FastAPI

from api.register.opened import Opening
from hotspots.decisions.acting import Acting
from hotspots.decisions.signals import Gone, raise_signal
from hotspots.register import Evidence
from tests.api.conftest import RUN
from tests.api.register.conftest import NOW, Clients, clients_of
from tests.api.register.files import (
    RD,
    SMALLER,
    WHY,
    camera,
    camera_area,
    drafted,
    published,
    review,
    step,
    tag,
)

ID = "camera_area-2026-001"
PATH = f"/v1/designations/{ID}"


def signalled(app: FastAPI) -> None:
    """Let an analyst raise a signal, as the command does that counts incidents."""
    opening: Opening = app.state.register
    by = Acting("mw. analyst", "analyst", "Geteld", NOW, date(2027, 2, 1))
    evidence = Evidence(run_id=RUN, sha256="ab" * 32)
    assert (
        raise_signal(opening.register(), ID, Gone("2026-11", 3, "2027-01"), evidence, by)
        is not None
    )


def test_from_draft_to_withdrawal_with_everybody_in_their_role(either: FastAPI) -> None:
    sign_in = clients_of(either)
    planner, mayor, vlo = sign_in("planner"), sign_in("mayor_office"), sign_in("vlo")
    path = drafted(planner)
    assert path == PATH
    asked = step(mayor, path, "ask-advice", asked_of="driehoek", on="2026-02-05").json()
    assert asked["standing"] == "advice_asked"
    step(sign_in("triangle"), path, "receive-advice", summary="Positief.", on="2026-02-12")
    decided = step(mayor, path, "decide", on="2026-03-01").json()
    assert (decided["standing"], decided["has_effect"]) == ("decided", False)
    told = {"publication": "Gemeenteblad 2026, 123", "signs_on": "2026-03-30"}
    holds = step(mayor, path, "publish", on="2026-03-10", **told).json()
    assert (holds["standing"], holds["has_effect"]) == ("evaluation_due", True)  # in March 2027

    stands = planner.post(f"{path}/placements", json=camera())
    assert (stands.status_code, stands.headers["ETag"]) == (201, '"1"')
    spot = stands.headers["Location"]
    moved = step(planner, spot, "move", on="2026-06-01", **moving()).json()
    assert (moved["x_m"], moved["moves"][0]["x_m"]) == (90_550, 90_500)

    held = vlo.post(f"{path}/reviews", json=review())
    assert held.status_code == 201
    assert vlo.get(held.headers["Location"]).json() == held.json()
    longer = step(mayor, path, "extend", on="2027-02-01", **extension()).json()
    assert (longer["standing"], longer["end"], longer["extended"]) == ("extended", "2028-12-31", 1)
    less = {"boundary": SMALLER, "crs": RD, "published_on": "2027-02-20", "publication": "GB 8"}
    assert step(mayor, path, "shrink", on="2027-02-15", **less).json()["boundary_version"] == 2

    signalled(either)
    (signal,) = vlo.get("/v1/signals?unanswered=true").json()["signals"]
    answered = step(mayor, f"/v1/signals/{signal['id']}", "answer", answer="withdraw")
    assert answered.json()["answered_by"] == "mw. mayor_office"
    ended = vlo.get(path).json()
    assert (ended["standing"], ended["ended_on"]) == ("withdrawn", "2027-03-01")
    assert planner.get(spot).json()["end"] == "2027-03-01"

    entries = vlo.get(f"{path}/trail").json()["entries"]
    acts = [each["act"] for each in entries if each["kind"] == "designation"]
    assert acts == ["draft", "ask_advice", "receive_advice", "decide", "publish", "extend",
                    "shrink", "withdraw"]  # fmt: skip
    assert {each["actor"]: each["role"] for each in entries} == {
        f"mw. {role}": role for role in ("planner", "mayor_office", "triangle", "vlo", "analyst")
    }
    assert all(each["at"].endswith("Z") for each in entries)
    pinned = [each["run_id"] for each in entries if each["act"] in ("draft", "review")]
    assert set(pinned) == {RUN}
    assert vlo.get("/v1/audit/verify").json()["unchanged"] is True


def moving() -> dict[str, object]:
    """What is seen from a new spot."""
    kept = ("sector", "facades_in_view", "masks", "power", "residents_informed_on", "y_m")
    return {"x_m": 90_550} | {name: camera()[name] for name in kept}


def extension() -> dict[str, object]:
    """An extension by a year, decided on 1 February 2027."""
    return {
        "end": "2028-12-31",
        "evaluation_on": "2028-03-15",
        "consultation": {"held_on": "2027-01-15", "with_whom": "officier van justitie"},
        "published_on": "2027-02-03",
        "publication": "Gemeenteblad 2027, 77",
    }


def test_actor_and_role_follow_from_the_sign_in_and_never_from_a_body(sign_in: Clients) -> None:
    planner = sign_in("planner")
    for name, value in (("actor", "de burgemeester"), ("role", "mayor_office"), ("at", "2026")):
        answer = planner.post("/v1/designations", json=camera_area(**{name: value}))
        assert answer.status_code == 400
        (problem,) = answer.json()["problems"]
        assert problem["column"] == name


def test_what_stands_against_a_step_is_named_at_once_with_its_source(sign_in: Clients) -> None:
    planner, mayor = sign_in("planner"), sign_in("mayor_office")
    path = drafted(planner, package=[], consultation=None, goal="")
    step(mayor, path, "ask-advice", asked_of="driehoek", on="2026-02-05")
    seen = tag(mayor, path)
    answer = mayor.post(f"{path}/decide", json=WHY | {"on": "2026-03-01"}, headers=seen)
    assert answer.status_code == 409
    rules = [each["rule"] for each in answer.json()["problems"]]
    for source in ("art. 151c Gemeentewet", "3:46 Awb", "package of measures"):
        assert any(source in rule for rule in rules), rules
    assert tag(mayor, path) == seen


def test_the_office_of_another_body_may_not_decide(sign_in: Clients) -> None:
    path = drafted(sign_in("planner"))
    mayor, board = sign_in("mayor_office"), sign_in("board")
    step(mayor, path, "ask-advice", asked_of="driehoek", on="2026-02-05")
    answer = board.post(f"{path}/decide", json=WHY, headers=tag(board, path))
    assert answer.status_code == 403
    assert "art. 10:1 Awb" in answer.json()["problems"][0]["rule"]


@pytest.mark.parametrize(
    ("steps", "marks"),
    [
        (["object"], ["objection"]),
        (["object", "resolve-objection"], []),
        (["suspend"], ["suspended"]),
        (["suspend", "lift-suspension"], []),
        (["annul"], ["annulled"]),
    ],
)
def test_marks_are_set_and_lifted(sign_in: Clients, steps: list[str], marks: list[str]) -> None:
    mayor = sign_in("mayor_office")
    path = published(sign_in("planner"), mayor)
    for name in steps:
        answer = step(mayor, path, name)
    assert answer.json()["marks"] == marks


def test_after_the_decision_only_what_is_kept_up_changes(sign_in: Clients) -> None:
    planner, mayor = sign_in("planner"), sign_in("mayor_office")
    path = published(planner, mayor)
    refused = planner.patch(path, json=WHY | {"goal": "Anders"}, headers=tag(planner, path))
    assert refused.status_code == 409
    kept = planner.patch(path, json=WHY | {"dpia_reference": "DPIA 9"}, headers=tag(planner, path))
    assert (kept.status_code, kept.json()["dpia_reference"]) == (200, "DPIA 9")


def test_a_camera_outside_the_area_or_in_two_places_is_refused(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = published(planner, sign_in("mayor_office"))
    outside = planner.post(f"{path}/placements", json=camera(x_m=91_500))
    assert outside.status_code == 409
    assert "within the designated area" in outside.json()["detail"]
    swapped = planner.post(f"{path}/placements", json=camera(x_m=450_600, y_m=90_500))
    assert (swapped.status_code, swapped.json()["problems"][0]["column"]) == (400, "x_m, y_m")
    degrees = planner.post(f"{path}/placements", json=camera(x_m=4.36, y_m=52.03))
    assert "degrees" in degrees.json()["problems"][0]["remedy"]
    assert planner.post(f"{path}/placements", json=camera()).status_code == 201
    twice = planner.post(f"{path}/placements", json=camera())
    assert "one place at a time" in twice.json()["detail"]
    taken = step(planner, "/v1/placements/placement-2026-001", "remove", on="2026-05-01")
    assert taken.json()["end"] == "2026-05-01"


def test_a_choice_from_a_ranking_needs_the_reason_of_each_deviation(sign_in: Clients) -> None:
    triangle = sign_in("triangle")
    body = WHY | {
        "year": 2026, "kind": "priority_areas", "theme": "burglary", "level": "wijk",
        "decider": "triangle", "run": RUN, "chosen": ["W07"],
    }  # fmt: skip
    refused = triangle.post("/v1/choices", json=body)
    assert refused.status_code == 409
    missing = [each["value"].split()[0] for each in refused.json()["problems"]]
    assert "W07" in missing
    reasons = dict.fromkeys(missing, "De wijkagent weet het.")
    made = triangle.post("/v1/choices", json=body | {"reasons": reasons})
    assert made.status_code == 201, made.text
    assert triangle.get(made.headers["Location"]).json() == made.json()
    assert triangle.get("/v1/choices?year=2025").json()["choices"] == []
    assert len(triangle.get("/v1/choices?year=2026&kind=priority_areas").json()["choices"]) == 1
    none = triangle.post("/v1/choices", json=body | {"run": "2025-000000"})
    assert (none.status_code, none.json()["problems"][0]["column"]) == (400, "run")
    other = triangle.post("/v1/choices", json=body | {"theme": "assault"})
    assert (other.status_code, other.json()["problems"][0]["column"]) == (400, "theme, level")


def test_an_action_is_planned_and_reported_on(sign_in: Clients) -> None:
    vlo = sign_in("vlo")
    body = WHY | {
        "kind": "enforcement", "name": "Actie", "start": "2026-05-12", "goal": "Minder inbraken.",
        "indicator": "inbraken per jaar", "baseline": 61, "target": 50,
        "evaluation_on": "2026-11-01",
    }  # fmt: skip
    vague = vlo.post("/v1/actions", json={**body, "goal": ""})
    assert (vague.status_code, vague.json()["problems"][0]["column"]) == (409, "goal")
    loose = vlo.post("/v1/actions", json=body | {"designation": "camera_area-2026-009"})
    assert (loose.status_code, loose.json()["problems"][0]["column"]) == (400, "designation")
    made = vlo.post("/v1/actions", json=body)
    path = made.headers["Location"]
    told = step(vlo, path, "report", result="Gedaan.", result_value=55).json()
    assert (told["result"], told["version"]) == ("Gedaan.", 2)
    assert vlo.get("/v1/actions?kind=enforcement").json()["actions"] == [told]
    assert vlo.get("/v1/actions?kind=event").json()["actions"] == []
