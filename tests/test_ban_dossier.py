"""The dossier of a review tells the figures of the run of reviews that it pins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from shapely import MultiPolygon

from hotspots.errors import WorkspaceRefused
from hotspots.outputs.dossier.compose import page_of
from hotspots.outputs.dossier.facts import Facts
from hotspots.outputs.dossier.html import html_of
from hotspots.outputs.dossier.public import public_of
from hotspots.outputs.dossier.templates import read_texts
from hotspots.pipeline.bans.runs import review_bans
from hotspots.pipeline.designations import pinned
from hotspots.pipeline.dossier import dossier_of
from hotspots.policy import Policy
from hotspots.register import Boundary, Designation, Evidence, Record, Review
from hotspots.store.register.register import Register, open_register
from hotspots.store.runs import Run
from hotspots.store.workspace import Workspace
from tests import banned_town as town

ON = date(2026, 1, 20)
CODE = "alcohol_ban-2022-001"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return town.build(tmp_path_factory.mktemp("banned"))


@pytest.fixture(scope="module")
def register(workspace: Workspace) -> Iterator[Register]:
    with open_register(workspace) as register:
        held = Designation(
            id=CODE, kind="alcohol_ban", name="Verbod AV1", state="in_force",
            start=date.fromisoformat(town.BEGAN), end=date(2027, 12, 31),
            decided_on=date(2022, 12, 1), published_on=date(2022, 12, 15), boundary_version=1,
        )  # fmt: skip
        area = MultiPolygon([town.square("AV1")])
        put(register, held, Boundary(id=f"{CODE}-b1", designation=CODE, number=1, area=area))
        yield register


def put(register: Register, *records: Record) -> None:
    """Write records past all rules."""
    deed: dict[str, Any] = {"actor": "A. Jansen", "role": "board", "reason": "proef"}
    with register.change(act="draft", at=town.NOW, **deed) as change:
        for each in records:
            change.put(each, 0)


@pytest.fixture(scope="module")
def run(workspace: Workspace, register: Register) -> Run:
    return review_bans(workspace, Policy(), at=town.NOW)


@pytest.fixture(scope="module")
def facts(workspace: Workspace, register: Register, run: Run) -> Facts:
    review = Review(
        id="review-1", designation=CODE, reviewed_on=date(2026, 1, 10), advice="withdraw",
        evidence=pinned(run), need_remains=False,
    )  # fmt: skip
    put(register, review)
    return dossier_of(workspace, register, review.id, Policy(), on=ON)


def told(facts: Facts) -> str:
    texts = read_texts("review")
    return html_of(page_of(facts, texts), sheet=texts.sheet)


def test_before_since_ring_and_rest_are_those_of_the_run(facts: Facts, run: Run) -> None:
    text = told(facts)
    for cell in ("In het gebied", "Ring van 200 meter eromheen", "Rest van de stad"):
        assert cell in text
    # Three years, two sources, ten a month before and one since; see the town.
    row = text[text.index("In het gebied") :].split("</tr>")[0]
    assert ">720<" in row
    assert ">72<" in row
    assert "\N{MINUS SIGN}90%" in row
    assert run.record.id in row


def test_the_course_has_a_dash_for_the_month_that_lacks(facts: Facts) -> None:
    text = told(facts)
    row = text[text.index(">2022<") :].split("</tr>")[0]
    assert row.count(">20<") == 11
    assert row.count(">–<") == 1, "December was not delivered: that is no zero"


def test_the_sources_of_the_run_are_named(facts: Facts, run: Run) -> None:
    text = told(facts)
    assert run.record.id in text
    assert pinned(run).sha256 in text


def test_the_public_version_tells_none_of_these_counts(facts: Facts) -> None:
    text = told(public_of(facts))
    assert "Ring van 200 meter" not in text
    assert "Verloop per maand" not in text


def test_a_run_that_was_changed_since_is_refused(
    workspace: Workspace, register: Register, run: Run
) -> None:
    other = Evidence(run_id=run.record.id, sha256="ab" * 32)
    review = Review(
        id="review-2", designation=CODE, reviewed_on=date(2026, 1, 11), advice="withdraw",
        evidence=other,
    )  # fmt: skip
    put(register, review)
    with pytest.raises(WorkspaceRefused, match="another than the one"):
        dossier_of(workspace, register, review.id, Policy(), on=ON)


def test_a_review_on_another_run_tells_no_such_figures(facts: Facts) -> None:
    text = told(replace(facts, measured=None))
    assert "Verloop per maand" not in text
