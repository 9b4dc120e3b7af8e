"""What is due when, by dates worked out by hand."""

from datetime import date

import pytest

from hotspots.decisions.deadlines import Due, deadlines_of, due_within
from hotspots.policy import Policy, policy_from
from hotspots.register import Designation, Review, Signal
from tests.decisions.files import EVIDENCE, POLICY, camera_area
from tests.decisions.files import review as review_file


def area(**given: object) -> Designation:
    """A camera area from April 2026 to March 2027, decided in March and published."""
    fields = {
        "id": "camera_area-2026-001",
        "state": "in_force",
        "decider": "mayor",
        "decided_on": date(2026, 3, 1),
        "published_on": date(2026, 3, 10),
    }
    return Designation.model_validate(camera_area() | fields | given)


def days(found: list[Due]) -> list[tuple[str, date]]:
    """What is due when, in order."""
    return [(each.what, each.day) for each in found]


def test_a_year_has_its_four_deadlines() -> None:
    # Evaluation: chosen on 15 September, before six months before the end (30 September).
    # Consultation: three months before 31 March is 31 December. Six weeks before is 17 February.
    assert days(deadlines_of(area(), POLICY, on=date(2026, 5, 1))) == [
        ("evaluation", date(2026, 9, 15)),
        ("consultation", date(2026, 12, 31)),
        ("decision", date(2027, 2, 17)),
        ("end", date(2027, 3, 31)),
    ]


def test_the_settings_move_them() -> None:
    section = {"evaluation_months": 8, "consultation_months": 1, "decision_weeks": 2}
    policy = policy_from({"designations": section})
    assert days(deadlines_of(area(), policy, on=date(2026, 5, 1))) == [
        ("evaluation", date(2026, 7, 31)),
        ("consultation", date(2027, 2, 28)),
        ("decision", date(2027, 3, 17)),
        ("end", date(2027, 3, 31)),
    ]


def test_what_was_done_is_due_no_more() -> None:
    held = review_file() | {
        "id": "review-2026-001",
        "designation": "camera_area-2026-001",
        "reviewed_on": date(2026, 9, 10),
    }
    consulted = area(consultation={"held_on": date(2026, 12, 1), "with_whom": "officier"})
    found = deadlines_of(
        consulted, POLICY, on=date(2026, 12, 5), reviews=[Review.model_validate(held)]
    )
    assert [each.what for each in found] == ["decision", "end"]
    half = Review.model_validate(held | {"findings": []})
    found = deadlines_of(consulted, POLICY, on=date(2026, 12, 5), reviews=[half])
    assert [(each.what, each.overdue) for each in found] == [
        ("evaluation", True), ("decision", False), ("end", False),
    ]  # fmt: skip


def test_a_decision_that_was_not_published_is_due_on_its_first_day() -> None:
    found = deadlines_of(area(state="decided", published_on=None), POLICY, on=date(2026, 3, 20))
    assert days(found)[0] == ("publication", date(2026, 4, 1))


@pytest.mark.parametrize(
    "given",
    [
        {"state": "draft", "decided_on": None, "published_on": None},
        {"state": "withdrawn"},
        {"marks": ["annulled"]},
        {"end": date(2026, 4, 30), "evaluation_on": date(2026, 4, 15)},
    ],
)
def test_nothing_is_due_before_and_after(given: dict[str, object]) -> None:
    assert deadlines_of(area(**given), POLICY, on=date(2026, 5, 1)) == []


def test_a_soft_drug_ban_is_checked_every_half_year() -> None:
    ban = area(kind="soft_drug_ban", decider="board", start=date(2026, 4, 1),
               end=date(2028, 3, 31), evaluation_on=date(2027, 9, 30), package=[])  # fmt: skip
    found = deadlines_of(ban, Policy(), on=date(2026, 5, 1))
    assert days(found) == [
        ("check", date(2026, 10, 1)),
        ("evaluation", date(2027, 9, 30)),
        ("decision", date(2028, 2, 18)),
        ("end", date(2028, 3, 31)),
    ]
    held = Review.model_validate({
        "id": "r", "designation": ban.id, "reviewed_on": date(2026, 10, 20), "advice": "keep",
    })  # fmt: skip
    found = deadlines_of(ban, Policy(), on=date(2026, 11, 1), reviews=[held])
    assert ("check", date(2027, 4, 20)) in days(found)


def test_an_unanswered_signal_is_due_at_once() -> None:
    signal = Signal.model_validate({
        "id": "s", "designation": "d", "raised_on": date(2026, 6, 1), "since": "2026-03",
        "incidents": 4, "evidence": EVIDENCE,
    })  # fmt: skip
    answered = signal.model_copy(update={"id": "t", "answer": "dismiss"})
    found = deadlines_of(area(), POLICY, on=date(2026, 6, 5), signals=[signal, answered])
    assert days(found)[0] == ("signal", date(2026, 6, 1))
    assert [each.what for each in found].count("signal") == 1


def test_within_ninety_days_holds_both_ends_and_what_is_overdue() -> None:
    found = deadlines_of(area(), POLICY, on=date(2026, 11, 19))
    on = date(2026, 11, 19)  # 90 days on is 17 February 2027
    assert [each.what for each in due_within(found, on=on, days=90)] == [
        "evaluation", "consultation", "decision",
    ]  # fmt: skip
    assert [each.what for each in due_within(found, on=on, days=89)] == [
        "evaluation", "consultation",
    ]  # fmt: skip
