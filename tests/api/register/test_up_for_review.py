"""Which bans the page of decisions asks the board to evaluate, by hand and as the deadlines do."""

from datetime import date
from pathlib import Path

import pytest

from api.pages.decisions.view import up_for_review
from hotspots.decisions import designations, reviews
from hotspots.outputs.text import Words
from hotspots.pipeline.deadlines import all_due
from hotspots.policy import policy_from
from hotspots.store.register.register import open_register
from hotspots.store.workspace import init_workspace
from tests.decisions.files import AREA, by, camera_area, review

POLICY = policy_from({"designations": {"kinds": {"alcohol_ban": {"by_law": "art. 2:48 APV"}}}})


def _ban(name: str) -> dict[str, object]:
    content = camera_area(kind="alcohol_ban", name=name, legal_basis="art. 2:48 APV")
    beside = ("package", "consultation", "police_role", "dpia_reference")
    return {key: value for key, value in content.items() if key not in beside}


@pytest.mark.parametrize(
    ("on", "open_", "held"),
    [
        (date(2026, 5, 1), [], None),  # before the end of June there is none
        (date(2026, 8, 1), ["15 september 2026", "15 september 2026"], None),
        (date(2026, 10, 1), ["15 september 2026 (te laat)"], date(2026, 9, 1)),
        (date(2026, 10, 1), ["15 september 2026 (te laat)"], date(2026, 9, 20)),
    ],
)
def test_what_was_reviewed_is_not_asked_again(
    tmp_path: Path, on: date, open_: list[str], held: date | None
) -> None:
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")
    with open_register(workspace) as register:
        for name in ("Kade", "Plein"):
            made = designations.draft(
                register, _ban(name), by(date(2026, 2, 1)), POLICY, area=AREA
            ).id
            designations.ask_advice(register, made, "VLO", by(date(2026, 2, 5), "board"))
            designations.decide(register, made, by(date(2026, 3, 1), "board"), POLICY)
            designations.publish(register, made, "Gemeenteblad 1", by(date(2026, 3, 10), "board"))
            if held is not None and name == "Plein":
                found = [{"found_on": held, "by": "wijkagenten", "summary": "Onrustig."}]
                reviews.review(register, made, review(findings=found), by(held, "planner"))
        rows = up_for_review(register, POLICY, Words("nl"), on=on)
        late = [each for each in all_due(register, POLICY, on=on) if each.what == "evaluation"]
    assert [row[2] for row in rows] == open_
    assert [row[0] for row in rows] == ["Kade", "Plein"][: len(open_)]
    until = date(2026, 6, 30) if on.month < 7 else date(2027, 6, 30)
    assert sorted(each.name for each in late if each.day <= until) == [row[0] for row in rows]
