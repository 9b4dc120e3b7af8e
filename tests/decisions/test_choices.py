"""Yearly choices with a reason for each deviation, and actions that can be measured."""

from datetime import date
from typing import Any

import pytest

from hotspots.decisions import actions, choices
from hotspots.decisions.choices import Proposed
from hotspots.errors import InputRefused, RoleRefused, StepRefused
from hotspots.register import Choice, Role
from hotspots.store.register.register import Register
from tests.decisions.files import by

PROPOSAL = [
    Proposed("WK01", "Noord", 1, True),
    Proposed("WK02", "Oost", 2, True),
    Proposed("WK03", "Zuid", 3, False),
    Proposed("WK04", "West", None, False),
]
CONTENT = {"year": 2026, "kind": "priority_areas", "theme": "burglary", "level": "wijk",
           "decider": "triangle"}  # fmt: skip
DAY = date(2026, 1, 20)


def choosing(
    register: Register, chosen: list[str], role: Role = "triangle", **reasons: str
) -> Choice:
    """Choose areas from the proposal."""
    return choices.choose(
        register, CONTENT, by(DAY, role), proposal=PROPOSAL, chosen=chosen, reasons=reasons
    )


def test_what_follows_the_proposal_needs_no_reason(register: Register) -> None:
    made = choosing(register, ["WK01", "WK02"])
    assert made.id == "choice-2026-001"
    assert [(each.code, each.chosen) for each in made.areas] == [("WK01", True), ("WK02", True)]


def test_every_deviation_needs_its_reason(register: Register) -> None:
    with pytest.raises(StepRefused) as refusal:
        choosing(register, ["WK01", "WK03"], WK03=" ")
    assert [each.value for each in refusal.value.problems] == ["WK02 Oost", "WK03 Zuid"]
    made = choosing(register, ["WK01", "WK03"], WK02="Project loopt al", WK03="Nieuwbouw")
    assert {each.code: (each.proposed, each.chosen) for each in made.areas} == {
        "WK01": (True, True), "WK02": (True, False), "WK03": (False, True),
    }  # fmt: skip


def test_an_unknown_area_and_another_role_are_refused(register: Register) -> None:
    with pytest.raises(StepRefused, match="among the areas of the proposal"):
        choosing(register, ["WK01", "WK02", "WK99"])
    with pytest.raises(RoleRefused, match="triangle"):
        choosing(register, ["WK01", "WK02"], role="board")
    assert register.choices() == []


ACTION: dict[str, Any] = {
    "kind": "enforcement", "name": "IHA Markt", "start": date(2026, 3, 1),
    "goal": "Minder overlast", "indicator": "meldingen per maand", "baseline": 30.0,
    "target": 20.0, "evaluation_on": date(2026, 9, 1),
}  # fmt: skip


def test_an_action_is_planned_and_reported_on(register: Register) -> None:
    planner = by(date(2026, 2, 1), "planner")
    made = actions.plan_action(register, ACTION, planner)
    content = {"result": "Gehaald", "result_value": 18.0, "residents_told_on": date(2026, 9, 10)}
    told = actions.report_action(register, made.id, content, by(date(2026, 9, 12), "vlo"))
    assert (told.version, told.result_value) == (2, 18.0)
    with pytest.raises(InputRefused, match="cannot be written here"):
        actions.report_action(register, made.id, {"target": 99.0}, by(date(2026, 9, 12), "vlo"))


@pytest.mark.parametrize("name", ["goal", "indicator", "baseline", "target", "evaluation_on"])
def test_an_action_can_be_measured(register: Register, name: str) -> None:
    without = {key: value for key, value in ACTION.items() if key != name}
    with pytest.raises(StepRefused, match="audit office") as refusal:
        actions.plan_action(register, without, by(date(2026, 2, 1), "planner"))
    assert [each.column for each in refusal.value.problems] == [name]
    event = without | {"kind": "event"}
    assert actions.plan_action(register, event, by(date(2026, 2, 1), "planner")).kind == "event"
