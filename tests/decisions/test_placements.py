"""Cameras inside areas: each rule, on a real register."""

from datetime import date
from typing import Any

import pytest

from hotspots.decisions import designations, placements
from hotspots.errors import RoleRefused, StepRefused
from hotspots.policy import policy_from
from hotspots.register import Placement
from hotspots.store.register.register import Register
from tests.decisions.files import BY_LAW, POLICY, by, camera, decided, published

DAY = date(2026, 4, 2)


def placed(register: Register, area: str, **given: Any) -> Placement:
    """Place a camera on the second of April."""
    return placements.place(register, area, camera(**given), by(DAY, "planner"), POLICY)


def test_a_camera_stands_until_the_end_of_the_term(register: Register) -> None:
    found = placed(register, published(register).id)
    assert (found.id, found.end) == ("placement-2026-001", date(2027, 3, 31))


@pytest.mark.parametrize(
    ("given", "rule", "source"),
    [
        ({"x_m": 1401.0}, "within the designated area", "151c"),
        ({"start": date(2026, 3, 31)}, "within the term", "151c"),
        ({"end": date(2027, 4, 1)}, "within the term", "151c"),
        ({"end": date(2026, 4, 1)}, "within the term", "151c"),
        ({"sector": None}, "can be verified what a camera sees", "GDPR"),
        ({"facades_in_view": None}, "can be verified what a camera sees", "GDPR"),
        ({"power": None}, "can be verified what a camera sees", "GDPR"),
        ({"masks": []}, "are masked", "8 ECHR"),
        ({"residents_informed_on": None}, "Residents were told", "policy"),
        ({"residents_informed_on": date(2026, 4, 3)}, "Residents were told", "policy"),
    ],
    ids=str,
)
def test_each_rule_stands_against_a_camera(
    register: Register, given: dict[str, Any], rule: str, source: str
) -> None:
    area = published(register)
    with pytest.raises(StepRefused) as refusal:
        placed(register, area.id, **given)
    (problem,) = refusal.value.problems
    assert rule in problem.rule
    assert source in problem.rule
    assert register.placements() == []


def test_no_masks_where_no_facade_is_in_view(register: Register) -> None:
    area = published(register)
    assert placed(register, area.id, facades_in_view=0, masks=[]).masks == ()


def test_no_camera_before_publication(register: Register) -> None:
    area = decided(register)
    with pytest.raises(StepRefused, match="3:40 Awb"):
        placed(register, area.id)


def test_no_camera_without_signs(register: Register) -> None:
    area = decided(register)
    designations.publish(register, area.id, "Gemeenteblad", by(date(2026, 3, 10)))
    with pytest.raises(StepRefused, match="made known to everyone"):
        placed(register, area.id)


def test_the_policy_says_which_classes_a_kind_allows(register: Register) -> None:
    area = published(register)
    kinds = {"camera_area": {"by_law": BY_LAW, "placements": ["fixed"]}}
    policy = policy_from({"designations": {"kinds": kinds}})
    with pytest.raises(StepRefused, match="no camera of this class"):
        placements.place(register, area.id, camera(), by(DAY, "planner"), policy)


def test_a_camera_stands_in_one_place_at_a_time(register: Register) -> None:
    area = published(register)
    placed(register, area.id, end=date(2026, 5, 31))
    with pytest.raises(StepRefused, match="one place at a time"):
        placed(register, area.id, start=date(2026, 5, 31))
    assert placed(register, area.id, start=date(2026, 6, 1)).camera == "F1"


def test_a_move_is_logged_and_what_is_seen_is_written_anew(register: Register) -> None:
    found = placed(register, published(register).id)
    new = {name: value for name, value in camera().items() if name in placements.MOVING}
    new |= {"x_m": 1300.0}
    acting = by(date(2026, 6, 1), "planner", reason="Klachten")
    with pytest.raises(StepRefused, match="can be verified"):
        placements.move(register, found.id, {"x_m": 1300.0, "y_m": 1200.0}, acting, POLICY)
    with pytest.raises(StepRefused, match="within the designated area"):
        placements.move(register, found.id, new | {"x_m": 1500.0}, acting, POLICY)
    moved = placements.move(register, found.id, new, acting, POLICY)
    assert moved.x_m == 1300.0
    ((until, x_m, y_m, reason),) = [(m.until, m.x_m, m.y_m, m.reason) for m in moved.moves]
    assert (until, x_m, y_m, reason) == (date(2026, 6, 1), 1100.0, 1200.0, "Klachten")
    with pytest.raises(StepRefused, match="does not lie before"):
        placements.move(register, found.id, new, by(date(2026, 5, 1), "planner",
                        at=acting.at), POLICY)  # fmt: skip


def test_a_camera_is_removed_once(register: Register) -> None:
    found = placed(register, published(register).id)
    gone = placements.remove(register, found.id, by(date(2026, 8, 1), "planner"))
    assert gone.end == date(2026, 8, 1)
    with pytest.raises(StepRefused, match="within the term"):
        placements.remove(register, found.id, by(date(2026, 8, 2), "planner"))


@pytest.mark.parametrize("role", ["analyst", "triangle", "board", "vlo", "public"])
def test_only_planner_and_mayors_office_place(register: Register, role: Any) -> None:
    area = published(register)
    with pytest.raises(RoleRefused):
        placements.place(register, area.id, camera(), by(DAY, role), POLICY)
