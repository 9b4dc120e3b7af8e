"""What a file lacks, and that the list agrees with what the decision refuses."""

from datetime import date
from typing import Any

from hotspots.decisions.checklist import checklist
from hotspots.decisions.demands import Ground
from hotspots.policy import Policy, policy_from
from hotspots.register import Designation
from tests.decisions.files import AREA, BY_LAW, CITY, POLICY, camera_area

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
        "package", "consultation", "consulted_whom", "dpia",
    }  # fmt: skip
    assert all(each.source for each in items)


def test_a_whole_municipality_is_not_ticked_and_an_unknown_one_is_said() -> None:
    assert "whole_municipality" in missing(ground=Ground(CITY, CITY))
    assert "unknown_whole" not in missing()
    found = Designation.model_validate({"id": "d"} | camera_area())
    items = checklist(found, POLICY, Ground(AREA), on=DAY)
    assert "whole_municipality" not in {each.code for each in items}
    (said,) = (each for each in items if each.code == "unknown_whole")
    assert (said.done, said.needed_for) == (False, "good_file")


def test_the_consultation_names_the_prosecutor() -> None:
    held = date(2026, 2, 10)
    other = {"held_on": held, "with_whom": "teamchef van politie"}
    assert "consulted_whom" in missing(consultation=other)
    named = {"held_on": held, "with_whom": "De  Officier van Justitie, in de driehoek"}
    assert "consulted_whom" not in missing(consultation=named)
    kinds = {"camera_area": {"by_law": BY_LAW, "consultation_with": ["OvJ"]}}
    own = policy_from({"designations": {"kinds": kinds}})
    assert "consulted_whom" in missing(own, consultation=named)
    assert "consulted_whom" not in missing(own, consultation=other | {"with_whom": "de ovj"})


def test_the_law_on_cameras_is_no_source_of_a_ban() -> None:
    ban = Designation(id="d", kind="alcohol_ban", name="Plein")
    items = checklist(ban, Policy(), Ground(AREA), on=DAY)
    assert {"term", "signs", "by_law", "unknown_whole"} <= {each.code for each in items}
    assert [each.code for each in items if "151c" in each.source or not each.source] == []
    cameras = Designation(id="d", kind="camera_area", name="Plein")
    of_law = {each.code for each in checklist(cameras, Policy(), Ground(), on=DAY)
              if "151c" in each.source}  # fmt: skip
    assert {"term", "signs", "consultation", "live_viewing", "police_role"} <= of_law


def test_a_ban_asks_no_package_and_no_assessment() -> None:
    found = Designation(id="d", kind="alcohol_ban", name="Plein")
    codes = {each.code for each in checklist(found, Policy(), Ground(), on=DAY)}
    assert not codes & {"package", "consultation", "dpia", "live_viewing", "police_role"}
