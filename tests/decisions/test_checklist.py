"""What a file lacks, and that the list agrees with what the decision refuses."""

from datetime import date
from typing import Any

from hotspots.decisions.checklist import checklist
from hotspots.decisions.demands import Ground
from hotspots.policy import Policy
from hotspots.register import Designation
from tests.decisions.files import AREA, CITY, POLICY, camera_area

DAY = date(2026, 3, 1)


def missing(policy: Policy = POLICY, ground: Ground | None = None, **given: object) -> list[str]:
    """The codes of what a camera area lacks."""
    content = camera_area() | {"legal_basis": "wet", "decider": "mayor"} | given
    found = Designation.model_validate({"id": "d"} | content)
    items = checklist(found, policy, ground or Ground(AREA, CITY), on=DAY)
    return [each.code for each in items if not each.done]


def test_a_complete_draft_lacks_what_comes_after() -> None:
    assert missing() == ["published", "signs", "advice", "live_viewing"]
    done: dict[str, Any] = {
        "decided_on": DAY, "published_on": DAY, "signs_on": DAY,
        "advice": {"asked_on": DAY, "asked_of": "driehoek", "given_on": DAY},
        "watched": [{"start": date(2026, 4, 1)}],
    }  # fmt: skip
    assert missing(**done) == []


def test_an_empty_draft_lacks_everything() -> None:
    found = Designation(id="d", kind="camera_area", name="Plein")
    items = checklist(found, Policy(), Ground(), on=DAY)
    assert not any(each.done for each in items)
    assert {each.code for each in items if each.needed_for == "decision"} == {
        "boundary", "whole_municipality", "goal", "criterion", "baseline", "evidence", "term",
        "most_months", "evaluation", "legal_basis", "decider", "by_law", "lighter_measures",
        "package", "consultation", "dpia",
    }  # fmt: skip
    assert all(each.source for each in items)


def test_what_cannot_be_compared_is_not_ticked() -> None:
    assert "whole_municipality" in missing(ground=Ground(AREA))
    assert "whole_municipality" in missing(ground=Ground(CITY, CITY))


def test_a_ban_asks_no_package_and_no_assessment() -> None:
    found = Designation(id="d", kind="alcohol_ban", name="Plein")
    codes = {each.code for each in checklist(found, Policy(), Ground(), on=DAY)}
    assert not codes & {"package", "consultation", "dpia", "live_viewing", "police_role"}
