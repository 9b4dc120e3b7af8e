"""Every step from every state, and what time does, against tables written out here."""

from datetime import date

import pytest

from hotspots.decisions.lifecycle import (
    STEPS,
    against_step,
    has_effect,
    standing,
    standings,
    stepped,
)
from hotspots.register import Act, Designation, Review, State
from tests.decisions.files import review as review_file

STATES: list[State] = [
    "draft", "advice_asked", "decided", "in_force", "evaluation_due",
    "extended", "shrunk", "withdrawn", "expired",
]  # fmt: skip

# A mark per state, in the order above: x = the step may be taken.
TABLE: dict[Act, str] = {
    "amend":             "xxxxxxx..",
    "ask_advice":        "x........",
    "receive_advice":    ".xx......",
    "decide":            ".x.......",
    "publish":           "..x......",
    "extend":            "...xxxx..",
    "shrink":            "...xxxx..",
    "withdraw":          "xxxxxxx..",
    "object":            "..xxxxxxx",
    "resolve_objection": "..xxxxxxx",
    "suspend":           "..xxxxx..",
    "lift_suspension":   "..xxxxxxx",
    "annul":             "..xxxxxxx",
    "place":             "..xxxxx..",
    "move":              "..xxxxx..",
    "remove":            "..xxxxx..",
    "review":            "...xxxx..",
    "signal":            "...xxxx..",
}  # fmt: skip
LEADS_TO: dict[Act, State] = {
    "ask_advice": "advice_asked",
    "decide": "decided",
    "extend": "extended",
    "shrink": "shrunk",
    "withdraw": "withdrawn",
}
LIFTED: dict[Act, str] = {"resolve_objection": "objection", "lift_suspension": "suspended"}
TODAY = date(2026, 5, 1)


def of(state: State, **given: object) -> Designation:
    """A designation that is in a state on the first of May and stays so for a while."""
    fields: dict[str, object] = {"start": date(2026, 4, 1), "end": date(2027, 3, 31)}
    if state not in ("draft", "advice_asked"):
        fields["decided_on"] = date(2026, 3, 1)
        fields["evaluation_on"] = date(2026, 9, 1)
    if state in ("in_force", "extended", "shrunk", "withdrawn", "evaluation_due", "expired"):
        fields["published_on"] = date(2026, 3, 10)
    fields |= {"id": "d", "kind": "camera_area", "name": "Plein", "state": state} | given
    return Designation.model_validate(fields)


@pytest.mark.parametrize("act", TABLE)
@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(act: Act, state: State) -> None:
    marks = (LIFTED[act],) if act in LIFTED else ()
    found = of(state, marks=marks)
    broken = against_step(found, act, TODAY)
    assert (not broken) == (TABLE[act][STATES.index(state)] == "x")
    if not broken:
        assert stepped(found, act, TODAY)["state"] == LEADS_TO.get(act, state)


def test_no_other_step_exists() -> None:
    assert STEPS.keys() == TABLE.keys()


@pytest.mark.parametrize("act", TABLE)
def test_nothing_but_an_objection_follows_an_annulment(act: Act) -> None:
    marks = ("annulled", LIFTED[act]) if act in LIFTED else ("annulled",)
    broken = against_step(of("in_force", marks=marks), act, TODAY)
    assert (not broken) == (act in ("object", "resolve_objection"))


@pytest.mark.parametrize("act", ["extend", "place", "move"])
def test_nothing_new_rests_on_what_is_suspended(act: Act) -> None:
    broken = against_step(of("in_force", marks=("suspended",)), act, TODAY)
    assert [each.rule.code for each in broken] == ["suspended"]
    assert "8:81 Awb" in broken[0].problem().rule


@pytest.mark.parametrize("act", ["withdraw", "shrink", "remove", "review"])
def test_what_is_suspended_can_still_become_less(act: Act) -> None:
    assert not against_step(of("in_force", marks=("suspended",)), act, TODAY)


def test_a_mark_is_set_once_and_lifted_once() -> None:
    plain, marked = of("in_force"), of("in_force", marks=("objection",))
    assert stepped(plain, "object", TODAY)["marks"] == ("objection",)
    assert stepped(marked, "resolve_objection", TODAY)["marks"] == ()
    again: list[tuple[Designation, Act]] = [(marked, "object"), (plain, "resolve_objection")]
    for found, act in again:
        assert [each.rule.code for each in against_step(found, act, TODAY)] == ["mark"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 10), "decided"),
        (date(2026, 3, 31), "decided"),
        (date(2026, 4, 1), "in_force"),
        (date(2026, 8, 31), "in_force"),
        (date(2026, 9, 1), "evaluation_due"),
        (date(2027, 3, 31), "evaluation_due"),
        (date(2027, 4, 1), "expired"),
    ],
)
def test_time_leads_a_published_decision_through_its_life(day: date, expected: State) -> None:
    assert standing(of("decided", published_on=date(2026, 3, 10)), day) == expected


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 12, 1), date(2027, 3, 31)])
def test_a_decision_that_was_never_published_never_has_effect(day: date) -> None:
    found = of("decided")
    assert standing(found, day) == "decided"
    assert not has_effect(found, day)
    assert standing(found, date(2027, 4, 1)) == "expired"


@pytest.mark.parametrize("state", ["withdrawn", "draft", "advice_asked", "expired"])
def test_time_changes_nothing_before_and_after(state: State) -> None:
    assert standing(of(state), date(2030, 1, 1)) == state


@pytest.mark.parametrize("mark", ["suspended", "annulled"])
def test_what_is_suspended_or_annulled_has_no_effect(mark: str) -> None:
    assert has_effect(of("in_force"), TODAY)
    assert not has_effect(of("in_force", marks=(mark,)), TODAY)


def reviewed(on: date, **given: object) -> Review:
    """A review of that designation, from both sources unless other is given."""
    fields = {"id": "review-2026-001", "designation": "d", "reviewed_on": on}
    return Review.model_validate(review_file() | fields | given)


@pytest.mark.parametrize("state", ["decided", "in_force", "extended", "shrunk"])
@pytest.mark.parametrize("held_on", [date(2026, 5, 1), date(2026, 9, 1), date(2026, 10, 1)])
def test_an_evaluation_that_was_held_is_not_due(state: State, held_on: date) -> None:
    found, later = of(state, published_on=date(2026, 3, 10)), date(2026, 12, 1)
    assert standing(found, later) == "evaluation_due"
    assert standing(found, later, [reviewed(held_on)]) == (
        "in_force" if state == "decided" else state
    )


@pytest.mark.parametrize(
    "review",
    [
        reviewed(date(2026, 2, 1)),  # before the decision
        reviewed(date(2026, 12, 2)),  # tomorrow
        reviewed(date(2026, 8, 1), findings=[]),  # from one source
    ],
)
def test_another_review_is_not_the_evaluation(review: Review) -> None:
    assert standing(of("in_force"), date(2026, 12, 1), [review]) == "evaluation_due"


def test_an_evaluation_that_was_written_down_as_due_ends_with_the_review() -> None:
    late = [reviewed(date(2026, 10, 1))]
    assert standing(of("evaluation_due"), date(2026, 12, 1), late) == "in_force"
    assert standing(of("evaluation_due", extended=1), date(2026, 12, 1), late) == "extended"
    assert standing(of("evaluation_due"), date(2027, 4, 1), late) == "expired"


def test_many_are_told_by_their_own_reviews() -> None:
    other = of("in_force", id="e")
    found = standings([of("in_force"), other], [reviewed(date(2026, 8, 1))], date(2026, 12, 1))
    assert found == {"d": "in_force", "e": "evaluation_due"}


def test_advice_that_was_given_is_fixed_by_the_decision() -> None:
    asked = {"asked_on": date(2026, 2, 1), "asked_of": "VLO"}
    given = asked | {"given_on": date(2026, 2, 20), "summary": "Eens."}
    assert not against_step(of("decided", advice=asked), "receive_advice", TODAY)
    broken = against_step(of("decided", advice=given), "receive_advice", TODAY)
    assert [each.rule.code for each in broken] == ["fixed"]
    assert not against_step(of("advice_asked", advice=given), "receive_advice", TODAY)


def test_an_evaluation_before_the_last_decision_is_not_due_again() -> None:
    extended = of("extended", decided_on=date(2026, 10, 1), evaluation_on=date(2026, 9, 1))
    assert standing(extended, date(2026, 12, 1)) == "extended"
