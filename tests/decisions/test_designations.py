"""Each rule of deciding, publishing, extending, shrinking and ending, on a real register."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from hotspots.decisions import designations, placements, reviews
from hotspots.decisions.acting import Acting
from hotspots.errors import InputRefused, RoleRefused, StaleVersion, StepRefused
from hotspots.policy import Policy, policy_from
from hotspots.register import Designation
from hotspots.store.register.register import Register
from tests.decisions.files import (
    AREA,
    CITY,
    POLICY,
    SMALLER,
    by,
    camera,
    camera_area,
    decided,
    drafted,
    extension,
    published,
    review,
)
from tests.decisions.lawful import judge_history

DAY = date(2026, 3, 1)


def deciding(
    register: Register, *, area: BaseGeometry | None = AREA, policy: Policy = POLICY, **given: Any
) -> Designation:
    """Draft, ask advice and decide on the first of March."""
    content = camera_area(**given)
    content = {name: value for name, value in content.items() if value is not None}
    early = by(date(2026, 2, 1))
    made = designations.draft(register, content, early, POLICY, area=area)
    designations.ask_advice(register, made.id, "driehoek", by(date(2026, 2, 5)))
    return designations.decide(register, made.id, by(DAY), policy, municipality=CITY)


def test_a_complete_file_is_decided_but_has_no_effect_yet(register: Register) -> None:
    made = deciding(register)
    assert (made.state, made.decided_on, made.published_on) == ("decided", DAY, None)
    assert made.legal_basis == "art. 151c Gemeentewet; art. 2:77 APV Proefstad"
    assert made.decider == "mayor"
    acts = [entry.act for entry in register.trail(made.id)]
    assert acts == ["draft", "ask_advice", "decide"]
    assert register.verify() == []


@pytest.mark.parametrize(
    ("given", "rule", "source"),
    [
        ({"area": None}, "needs the area it holds for", "3:2 and 3:46 Awb"),
        ({"area": box(0, 0, 10_000, 5_000)}, "whole municipality", "most_share"),
        ({"goal": None}, "needs a goal", "3:46 Awb"),
        ({"criterion": None}, "criterion for when its goal is reached", "3:4 Awb"),
        ({"baseline": None}, "figures from before it", "3:46 Awb"),
        ({"evidence": None}, "frozen run", "3:46 Awb"),
        ({"end": None, "start": None}, "first and a last day", "151c Gemeentewet"),
        ({"legal_basis": ""}, "needs its legal basis", "legality"),
        ({"policy": Policy()}, "article of the municipality's by-law", "149 Gemeentewet"),
        ({"lighter_measures": None}, "Lighter measures", "subsidiarity"),
        (
            {"lighter_measures": [{"what": "Lampen", "start": date(2025, 1, 1)}]},
            "Lighter measures", "subsidiarity",
        ),
        (
            {"lighter_measures": [
                {"what": "Lampen", "start": date(2026, 6, 1), "result": "Volgt."},
            ]},
            "Lighter measures", "subsidiarity",
        ),
        ({"package": None}, "part of a package", "proportionality"),
        ({"consultation": None}, "prosecutor", "151c Gemeentewet"),
        (
            {"consultation": {"held_on": date(2026, 3, 2), "with_whom": "officier"}},
            "prosecutor", "151c Gemeentewet",
        ),
        ({"dpia_reference": None}, "data protection impact", "35 GDPR"),
        ({"end": date(2028, 4, 1)}, "longer than this kind of area allows", "most_months"),
        ({"end": date(2026, 3, 31)}, "first and a last day", "151c"),
        ({"evaluation_on": date(2027, 1, 1)}, "evaluation falls within", "evaluation_before_end"),
        ({"evaluation_on": date(2026, 3, 1)}, "evaluation falls within", "evaluation_before_end"),
        ({"start": date(2026, 2, 28)}, "no effect before it is published", "3:40 Awb"),
        ({"watched": [{"start": date(2026, 3, 1)}]}, "live viewing", "151c"),
        (
            {"watched": [{"start": date(2026, 5, 1), "end": date(2027, 4, 1)}]},
            "live viewing", "151c",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_each_rule_stands_against_a_decision(
    register: Register, given: dict[str, Any], rule: str, source: str
) -> None:
    with pytest.raises(StepRefused) as refusal:
        deciding(register, **given)
    found = [each.rule for each in refusal.value.problems]
    assert any(rule in each and source in each for each in found), found
    (left,) = register.designations()
    assert left.state == "advice_asked"


def test_everything_that_lacks_is_named_at_once(register: Register) -> None:
    with pytest.raises(StepRefused) as refusal:
        deciding(register, goal=None, package=None, dpia_reference=None, consultation=None)
    assert len(refusal.value.problems) == 4


def test_a_term_of_exactly_the_maximum_is_allowed(register: Register) -> None:
    made = deciding(register, end=date(2028, 3, 31), evaluation_on=date(2027, 9, 30))
    assert made.state == "decided"


def test_no_decision_without_advice_asked(register: Register) -> None:
    made = drafted(register)
    with pytest.raises(StepRefused, match="cannot be taken from the state"):
        designations.decide(register, made.id, by(DAY), POLICY)


def test_an_alcohol_ban_is_decided_by_the_board_and_asks_less(register: Register) -> None:
    kinds = {"alcohol_ban": {"by_law": "art. 2:48 APV"}}
    policy = policy_from({"designations": {"kinds": kinds}})
    content = camera_area(kind="alcohol_ban", dpia_reference="")
    del content["package"], content["consultation"], content["police_role"]
    made = designations.draft(register, content, by(date(2026, 2, 1)), policy, area=AREA)
    designations.ask_advice(register, made.id, "VLO", by(date(2026, 2, 5), "board"))
    with pytest.raises(RoleRefused, match="board"):
        designations.decide(register, made.id, by(DAY), policy)
    made = designations.decide(register, made.id, by(DAY, "board"), policy)
    assert (made.state, made.decider) == ("decided", "board")


def test_a_new_kind_is_a_policy_entry(register: Register) -> None:
    kind = {"title": "Vuurwerkvrije zone", "decider": "board", "needs": [], "most_months": 1,
            "evaluation_before_end_months": 0, "legal_basis": "art. 2:73 APV"}  # fmt: skip
    policy = policy_from({"designations": {"kinds": {"firework_free_zone": kind}}})
    content = camera_area(
        kind="firework_free_zone", start=date(2026, 12, 20), end=date(2027, 1, 10),
        evaluation_on=date(2027, 1, 5), lighter_measures=[], package=[],
    )  # fmt: skip
    made = designations.draft(register, content, by(DAY), policy, area=AREA)
    assert made.id == "firework_free_zone-2026-001"
    designations.ask_advice(register, made.id, "VLO", by(DAY, "board"))
    assert designations.decide(register, made.id, by(DAY, "board"), policy).state == "decided"
    with pytest.raises(InputRefused, match="no such kind"):
        designations.draft(register, content, by(DAY), POLICY)


# ---------------------------------------------------------------- publication
def test_it_holds_from_its_first_day_once_published(register: Register) -> None:
    made = published(register)
    assert (made.state, made.start) == ("decided", date(2026, 4, 1))
    written = designations.settle(register, by(date(2026, 4, 1), "analyst"))
    assert [each.state for each in written] == ["in_force"]
    assert designations.settle(register, by(date(2026, 4, 2), "analyst")) == []
    designations.settle(register, by(date(2026, 9, 15), "analyst"))
    designations.settle(register, by(date(2027, 4, 1), "analyst"))
    acts = [entry.act for entry in register.trail(made.id)]
    assert acts[-3:] == ["enter_into_force", "evaluation_due", "expire"]
    assert register.designation(made.id).ended_on == date(2027, 3, 31)


def test_an_evaluation_that_was_held_is_not_written_down_as_due(register: Register) -> None:
    made = published(register)
    designations.settle(register, by(date(2026, 4, 1), "analyst"))
    reviews.review(register, made.id, review(), by(date(2026, 9, 1), "planner"))
    assert designations.settle(register, by(date(2026, 9, 15), "analyst")) == []
    designations.settle(register, by(date(2027, 4, 1), "analyst"))
    acts = [entry.act for entry in register.trail(made.id)]
    assert acts[-2:] == ["enter_into_force", "expire"]
    judge_history(register, made.id)


def test_a_review_after_its_day_writes_no_step_back_into_force(register: Register) -> None:
    made = published(register)
    designations.settle(register, by(date(2026, 9, 15), "analyst"))
    reviews.review(register, made.id, review(), by(date(2026, 10, 1), "planner"))
    assert designations.settle(register, by(date(2026, 10, 2), "analyst")) == []
    designations.settle(register, by(date(2027, 4, 1), "analyst"))
    assert [each.act for each in register.trail(made.id)][-2:] == ["evaluation_due", "expire"]


def test_advice_that_was_asked_can_come_after_the_decision(register: Register) -> None:
    made = decided(register)
    designations.receive_advice(register, made.id, "Eens.", by(date(2026, 3, 2), "triangle"))
    held = register.designation(made.id)
    assert (held.state, held.decided_on) == ("decided", date(2026, 3, 1))
    assert held.advice
    assert (held.advice.given_on, held.advice.summary) == (date(2026, 3, 2), "Eens.")
    with pytest.raises(StepRefused):
        designations.receive_advice(register, made.id, "Anders.", by(date(2026, 3, 3), "triangle"))
    judge_history(register, made.id)


def test_a_late_publication_moves_the_first_day(register: Register) -> None:
    made = decided(register, watched=[{"start": date(2026, 4, 1), "end": date(2026, 6, 1)}])
    late = designations.publish(register, made.id, "Gemeenteblad", by(date(2026, 5, 6)))
    assert (late.start, late.state) == (date(2026, 5, 6), "in_force")
    assert [each.start for each in late.watched] == [date(2026, 5, 6)]


@pytest.mark.parametrize(
    ("publication", "on", "rule"),
    [
        ("", date(2026, 3, 10), "can be found again"),
        ("Gemeenteblad", date(2026, 2, 28), "does not lie before"),
        ("Gemeenteblad", date(2026, 9, 15), "evaluation falls within"),
        ("Gemeenteblad", date(2027, 4, 1), "cannot be taken from the state"),
    ],
)
def test_a_publication_keeps_its_rules(
    register: Register, publication: str, on: date, rule: str
) -> None:
    made = decided(register)
    with pytest.raises(StepRefused, match=rule):
        designations.publish(register, made.id, publication, by(on))


def test_it_is_published_once(register: Register) -> None:
    made = published(register)
    with pytest.raises(StepRefused, match="changed by a new decision only"):
        designations.publish(register, made.id, "Gemeenteblad", by(date(2026, 3, 11)))


def test_what_has_not_happened_yet_cannot_be_written_down(register: Register) -> None:
    made = decided(register)
    ahead = by(date(2026, 3, 10), at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    with pytest.raises(StepRefused, match="has not happened yet"):
        designations.publish(register, made.id, "Gemeenteblad", ahead)


# ---------------------------------------------------------------- changes
def test_after_the_decision_only_what_binds_nobody_changes(register: Register) -> None:
    made = published(register)
    later = by(date(2026, 5, 1))
    kept = designations.amend(register, made.id, {"signs_on": date(2026, 4, 15)}, later, POLICY)
    assert kept.signs_on == date(2026, 4, 15)
    for content in ({"end": date(2028, 3, 31)}, {"goal": "Anders"}):
        with pytest.raises(StepRefused, match="changed by a new decision only"):
            designations.amend(register, made.id, content, later, POLICY)
    with pytest.raises(StepRefused, match="changed by a new decision only"):
        designations.amend(register, made.id, {}, later, POLICY, area=SMALLER)
    for name in ("state", "decided_on", "published_on", "marks", "extended", "nonsense"):
        with pytest.raises(InputRefused, match="cannot be written here"):
            designations.amend(register, made.id, {name: "x"}, later, POLICY)


def test_a_draft_gets_new_boundaries_and_keeps_the_old(register: Register) -> None:
    made = drafted(register)
    designations.amend(register, made.id, {"goal": "Beter"}, by(DAY), POLICY, area=SMALLER)
    assert [each.area.area for each in register.boundaries(made.id)] == [160_000, 80_000]
    assert register.designation(made.id).boundary_version == 2


def test_who_looked_at_an_older_version_is_told(register: Register) -> None:
    made = drafted(register)
    designations.amend(register, made.id, {"goal": "A"}, by(DAY, seen=1), POLICY)
    with pytest.raises(StaleVersion):
        designations.amend(register, made.id, {"goal": "B"}, by(DAY, seen=1), POLICY)


def extending(register: Register, id_: str, **given: Any) -> Designation:
    """Extend on the first of February 2027, written down a week later."""
    acting = by(date(2027, 2, 1), at=datetime(2027, 2, 8, 12, tzinfo=UTC))
    return designations.extend(register, id_, extension(**given), acting, POLICY)


def reviewed(register: Register, id_: str, on: date = date(2026, 9, 10), **given: Any) -> None:
    """Review it, by default from both sources."""
    reviews.review(register, id_, review(**given), by(on, "planner"))


def test_an_extension_with_review_and_consultation(register: Register) -> None:
    made = published(register)
    standing = placements.place(
        register, made.id, camera(), by(date(2026, 4, 2), "planner"), POLICY
    )
    shorter = camera("F2", end=date(2026, 10, 1))
    placements.place(register, made.id, shorter, by(date(2026, 4, 2), "planner"), POLICY)
    reviewed(register, made.id)
    longer = extending(register, made.id)
    assert (longer.state, longer.end, longer.extended) == ("extended", date(2028, 3, 31), 1)
    ends = {each.id: each.end for each in register.placements(made.id)}
    assert ends.pop(standing.id) == date(2028, 3, 31)
    assert list(ends.values()) == [date(2026, 10, 1)]


def test_a_camera_that_is_awaited_elsewhere_does_not_go_with_an_extension(
    register: Register,
) -> None:
    made, other = published(register), published(register, name="Haven", end=date(2027, 9, 30))
    planner = by(date(2026, 4, 2), "planner")
    first = placements.place(register, made.id, camera(), planner, POLICY)
    second = camera(start=date(2027, 4, 1), residents_informed_on=date(2026, 4, 1))
    placements.place(register, other.id, second, planner, POLICY)
    reviewed(register, made.id)
    extending(register, made.id)
    ends = {each.id: each.end for each in register.placements()}
    assert ends[first.id] == date(2027, 3, 31)


@pytest.mark.parametrize(
    "held",
    [
        None,
        {"figures": []},
        {"findings": []},
        {"evidence": None},
        {"need_remains": False},
        {"need_remains": None},
    ],
)
def test_no_extension_without_a_review_from_both_sources(
    register: Register, held: dict[str, Any] | None
) -> None:
    made = published(register)
    if held is not None:
        reviewed(register, made.id, **held)
    with pytest.raises(StepRefused, match="registrations and professionals") as refusal:
        extending(register, made.id)
    assert len(refusal.value.problems) == 1


def test_no_second_extension_on_the_same_review(register: Register) -> None:
    made = published(register)
    reviewed(register, made.id)
    extending(register, made.id)
    again = extension(
        end=date(2029, 3, 31), evaluation_on=date(2028, 9, 15),
        consultation={"held_on": date(2028, 1, 15), "with_whom": "officier van justitie"},
        published_on=date(2028, 2, 3),
    )  # fmt: skip
    acting = by(date(2028, 2, 1), at=datetime(2028, 2, 8, 12, tzinfo=UTC))
    with pytest.raises(StepRefused, match="registrations and professionals"):
        designations.extend(register, made.id, again, acting, POLICY)
    reviewed(register, made.id, date(2027, 9, 20), findings=[
        {"found_on": date(2027, 9, 1), "by": "VLO", "summary": "Nodig."}
    ])  # fmt: skip
    assert designations.extend(register, made.id, again, acting, POLICY).extended == 2


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"end": date(2027, 3, 31)}, "ends later"),
        ({"end": date(2029, 4, 1), "evaluation_on": date(2028, 1, 1)}, "longer than this kind"),
        ({"evaluation_on": date(2028, 1, 1)}, "evaluation falls within"),
        ({"evaluation_on": date(2027, 2, 1)}, "evaluation falls within"),
        ({"consultation": {"held_on": date(2026, 2, 10), "with_whom": "officier"}}, "prosecutor"),
        ({"publication": ""}, "can be found again"),
        ({"published_on": date(2027, 1, 31)}, "no effect before it is published"),
        ({"published_on": date(2027, 2, 9)}, "has not happened yet"),
    ],
    ids=str,
)
def test_each_rule_stands_against_an_extension(
    register: Register, given: dict[str, Any], rule: str
) -> None:
    made = published(register)
    reviewed(register, made.id)
    with pytest.raises(StepRefused, match=rule):
        extending(register, made.id, **given)


SHRUNK = {"published_on": date(2026, 10, 5), "publication": "Gemeenteblad 2026, 900"}
SHRINKS = by(date(2026, 10, 1), at=datetime(2026, 10, 6, 12, tzinfo=UTC))


def test_shrinking_ends_the_cameras_outside(register: Register) -> None:
    made = published(register)
    planner = by(date(2026, 4, 2), "planner")
    inside = placements.place(register, made.id, camera(), planner, POLICY)
    outside = placements.place(register, made.id, camera("F2", x_m=1350.0), planner, POLICY)
    small = designations.shrink(register, made.id, SHRUNK, SHRINKS, area=SMALLER)
    assert (small.state, small.boundary_version) == ("shrunk", 2)
    ends = {each.id: each.end for each in register.placements(made.id)}
    assert ends == {inside.id: date(2027, 3, 31), outside.id: date(2026, 10, 5)}


def test_a_ban_is_limited_to_a_season_and_hours(register: Register) -> None:
    made = published(register, hours=["daily 12-24"])
    content = SHRUNK | {
        "hours": ["fri-sun 18-24"],
        "season": {"first_day": "05-01", "last_day": "09-30"},
    }
    small = designations.shrink(register, made.id, content, SHRINKS)
    assert (small.hours, small.boundary_version) == (("fri-sun 18-24",), 1)


@pytest.mark.parametrize(
    ("content", "area"),
    [
        ({}, None),
        ({}, AREA),
        ({}, box(1000, 1000, 1400, 1401)),
        ({}, box(2000, 2000, 2100, 2100)),
        ({"hours": ["fri 10-13"]}, None),
        ({"hours": []}, SMALLER),
    ],
    ids=str,
)
def test_shrinking_is_less_and_nothing_but_less(
    register: Register, content: dict[str, Any], area: BaseGeometry | None
) -> None:
    made = published(register, hours=["daily 12-24"])
    with pytest.raises(StepRefused, match="within the old"):
        designations.shrink(register, made.id, SHRUNK | content, SHRINKS, area=area)


# ---------------------------------------------------------------- the end, and marks
@pytest.mark.parametrize("end", ["withdraw", "annul"])
def test_an_end_ends_every_camera_and_everything_else(register: Register, end: str) -> None:
    made = published(register)
    planner = by(date(2026, 4, 2), "planner")
    stands = placements.place(register, made.id, camera(), planner, POLICY)
    later = camera("F2", start=date(2026, 12, 1), residents_informed_on=date(2026, 4, 1))
    placements.place(register, made.id, later, planner, POLICY)
    on = by(date(2026, 7, 1))
    if end == "withdraw":
        ended = designations.withdraw(register, made.id, on)
    else:
        ended = designations.mark(register, made.id, "annulled", on, lift=False)
    assert ended.ended_on == date(2026, 7, 1)
    assert {each.end for each in register.placements(made.id)} == {date(2026, 7, 1)}
    with pytest.raises(StepRefused):
        placements.place(register, made.id, camera("F3"), by(date(2026, 7, 2), "planner"), POLICY)
    with pytest.raises(StepRefused):
        placements.move(
            register, stands.id, {"x_m": 1100.0}, by(date(2026, 7, 2), "planner"), POLICY
        )


def test_marks_are_set_and_lifted(register: Register) -> None:
    made = published(register)

    def mark(name: Any, *, lift: bool = False) -> tuple[str, ...]:
        return designations.mark(register, made.id, name, by(date(2026, 5, 1)), lift=lift).marks

    assert mark("objection") == ("objection",)
    assert mark("suspended") == ("objection", "suspended")
    with pytest.raises(StepRefused, match="8:81 Awb"):
        placements.place(register, made.id, camera(), by(date(2026, 5, 2), "planner"), POLICY)
    assert mark("suspended", lift=True) == ("objection",)
    assert mark("objection", lift=True) == ()
    with pytest.raises(StepRefused, match="to be lifted"):
        mark("objection", lift=True)
    with pytest.raises(StepRefused, match="to be lifted"):
        mark("annulled", lift=True)


@pytest.mark.parametrize("role", ["analyst", "planner", "board", "vlo", "public", "triangle"])
def test_nobody_else_takes_the_mayors_decisions(register: Register, role: Any) -> None:
    made = published(register)
    with pytest.raises(RoleRefused):
        designations.withdraw(register, made.id, by(date(2026, 5, 1), role))
    assert register.designation(made.id).state == "decided"


def test_a_draft_follows_one_that_exists(register: Register) -> None:
    first = drafted(register)
    assert drafted(register, follows=first.id).follows == first.id
    with pytest.raises(Exception, match="no such designation"):
        drafted(register, follows="camera_area-1999-001")


def test_hours_that_cannot_be_read_are_refused(register: Register) -> None:
    with pytest.raises(InputRefused, match="daily 16-24"):
        drafted(register, hours=["na zonsondergang"])


def test_acting_holds_no_clock(register: Register) -> None:
    made = drafted(register)
    (entry,) = register.trail(made.id)
    assert entry.at == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert isinstance(by(DAY), Acting)
