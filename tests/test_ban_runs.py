"""Reviews and proposals of area measures as frozen runs, on a town counted by hand."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, contains_xy
from shapely.geometry import shape

from hotspots.errors import WorkspaceRefused
from hotspots.outputs.bans.document import BanReviewDocument
from hotspots.outputs.bans.reading import (
    course_of,
    proposal_document_of,
    review_document_of,
    week_of,
)
from hotspots.pipeline.bans.reviews import Reviewed
from hotspots.pipeline.bans.runs import Files, propose_bans, review_bans
from hotspots.pipeline.bans.tables import review_tables
from hotspots.pipeline.cameras.designated import designated
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.registered import camera_areas
from hotspots.policy import Policy, policy_from
from hotspots.register import Boundary, Criterion, Designation, Finding, LighterMeasure, Review
from hotspots.store.register.register import Register, open_register
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import Workspace, open_workspace
from tests import banned_town as town

UNTIL = date(2025, 12, 31)
RING_M = 200


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("banned")
    town.build(folder)
    return folder


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Workspace:
    """A copy of the town, to write in."""
    shutil.copytree(built / "ws", tmp_path / "ws")
    return open_workspace(tmp_path / "ws")


def files(folder: Path) -> Files:
    return Files(folder / "verboden.gpkg", folder / "tijdlijn.csv")


@pytest.fixture(scope="module")
def run(built: Path) -> Run:
    return review_bans(open_workspace(built / "ws"), Policy(), at=town.NOW, files=files(built))


@pytest.fixture(scope="module")
def document(run: Run) -> BanReviewDocument:
    return review_document_of(run.record, run.table)


def by_code(document: BanReviewDocument) -> dict[str, Any]:
    return {each.code: each for each in document.areas}


# ---------------------------------------------------------------- the run
def test_a_review_is_frozen_with_what_it_rests_on(run: Run) -> None:
    record = run.record
    assert record.kind == "bans"
    assert record.id.startswith("20251231-")
    assert record.bans is not None
    assert (record.bans.asked, record.bans.areas, record.bans.from_register) == ("review", 3, False)
    assert record.bans.themes == ["alcohol_nuisance", "alcohol_reports"]
    assert {each.kind for each in record.deliveries} == {
        "areas", "streets", "dwellings", "incidents",
    }  # fmt: skip
    held = {each.id for each in record.deliveries if each.kind == "incidents"}
    assert set(record.bans.deliveries) == held


def test_the_same_inputs_give_the_same_run_and_the_same_bytes(
    built: Path, workspace: Workspace, run: Run
) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    shutil.rmtree(workspace.runs, ignore_errors=True)
    again = review_bans(workspace, Policy(), at=later, files=files(built))
    assert again.record.id == run.record.id
    assert again.record.results == run.record.results, "every table has the same hash"
    same = review_bans(workspace, Policy(), at=later, files=files(built))
    assert same.record.created_at == later


@pytest.mark.parametrize("what", ["area", "timeline", "policy", "until"])
def test_another_question_is_another_run(
    built: Path, workspace: Workspace, run: Run, tmp_path: Path, what: str
) -> None:
    asked, policy, until = files(built), Policy(), None
    if what == "area":
        other = town.measures().assign(einde="2026-12-31")
        other.to_file(tmp_path / "anders.gpkg")
        asked = replace(asked, areas=tmp_path / "anders.gpkg")
    elif what == "timeline":
        asked = replace(asked, timeline=None)
    elif what == "policy":
        policy = policy_from({"bans": {"ring_m": 150}})
    else:
        until = date(2025, 11, 30)
    other_run = review_bans(workspace, policy, at=town.NOW, files=asked, until=until)
    assert other_run.record.id != run.record.id


def test_the_latest_run_is_never_one_of_reviews(workspace: Workspace, built: Path) -> None:
    shutil.rmtree(workspace.runs, ignore_errors=True)
    review_bans(workspace, Policy(), at=town.NOW, files=files(built))
    with pytest.raises(Exception, match="no run yet"):
        open_run(workspace, "latest")


# ---------------------------------------------------------------- figures
def test_what_is_left_is_what_was_counted_by_hand(document: BanReviewDocument) -> None:
    found = by_code(document)["AV1"]
    assert (found.advice, found.reason) == ("withdraw", "need_gone")
    # Two sources, a month each: one since, ten before.
    assert found.periods == [24, 24]
    assert found.yardstick_per_year == pytest.approx(0.5 * 240)
    assert found.level is not None
    assert (found.level.now, found.level.before) == (48, pytest.approx(480))
    assert found.level.value == pytest.approx(48 / 240)
    assert found.effect is not None
    counts = {zone: (each.after, each.before) for zone, each in found.effect.zones.items()}
    assert counts["area"] == (72, pytest.approx(720)), "three years of months"
    assert counts["ring"] == (0, 0)
    assert counts["control"] == (pytest.approx(36 * 120), pytest.approx(36 * 120))
    # From twenty a month to two: under ten a month, over a year, since the seventh month.
    assert found.below_since == "2023-07"


def test_what_police_found_by_themselves_is_told_apart(document: BanReviewDocument) -> None:
    found = by_code(document)["AV2"]
    assert (found.advice, found.reason) == ("keep", "need_remains")
    assert found.periods == [240, 240]
    assert found.effect is not None
    assert found.effect.zones["area"].police_after == 36 * town.FOUND_BY_POLICE


def test_sources_that_move_apart_are_called_so(document: BanReviewDocument) -> None:
    (found,) = by_code(document)["AV3"].sources
    assert (found.reports_now, found.reports_before) == (240, 120)
    # December 2024 was delivered; December 2022 is not among these two years.
    assert (found.records_now, found.records_before) == (60, 120)
    assert found.verdict == "contradict"
    assert found.divergence == pytest.approx((240 / 120) / (60 / 120))
    assert "sources_diverge" in by_code(document)["AV3"].remarks
    for code in ("AV1", "AV2"):
        assert [each.verdict for each in by_code(document)[code].sources] == ["unclear"]
        assert "sources_diverge" not in by_code(document)[code].remarks


def test_the_course_is_what_a_count_of_the_extracts_gives(built: Path, run: Run) -> None:
    parts = [pd.read_csv(built / f"{source}.csv") for source in town.SOURCES]
    every = pd.concat(parts, ignore_index=True).query("initiatief == 'burger'")
    month = pd.to_datetime(every["datum"], format="%d-%m-%Y").dt.strftime("%Y-%m")
    known = every[month != town.NOT_DELIVERED].assign(month=month)
    for code in town.CORNERS:
        area = town.square(code)
        ring = area.buffer(RING_M).difference(area)
        counted = course_of(run.table, code)
        assert town.NOT_DELIVERED not in counted.months
        assert len(counted.months) == 6 * 12 - 1
        for zone, told in ((area, counted.area), (ring, counted.ring)):
            inside = known[contains_xy(zone, known["x"], known["y"])]
            expected = inside["month"].value_counts().reindex(counted.months, fill_value=0)
            assert told == expected.tolist()


def test_the_hours_of_the_week_add_up_to_what_is_under_review(
    run: Run, document: BanReviewDocument
) -> None:
    for code, review in by_code(document).items():
        hours = week_of(run.table, code)
        assert sum(each.weight for each in hours) == pytest.approx(sum(review.periods))
    busiest = {each.hour for each in week_of(run.table, "AV2")}
    assert busiest == set(range(24))


def test_where_an_area_lies_and_whom_it_touches(document: BanReviewDocument) -> None:
    found = by_code(document)
    assert found["AV1"].stadsdelen == ["SD1"]
    assert found["AV2"].stadsdeel_names == ["Oost"]
    assert (found["AV1"].dwellings, found["AV1"].residents) == (4, 10), "8.4, in tens"
    last = document.burden[-1]
    assert (last.on, last.number, last.dwellings) == (UNTIL, 3, 12)
    assert last.km2 == pytest.approx(3 * 0.04)


def test_a_document_reads_back_from_its_run_as_it_was_written(
    built: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[BanReviewDocument] = []

    def spy(found: Reviewed, *rest: Any) -> dict[str, pd.DataFrame]:
        written.append(found.document)
        return review_tables(found, *rest)

    monkeypatch.setattr("hotspots.pipeline.bans.runs.review_tables", spy)
    shutil.rmtree(workspace.runs, ignore_errors=True)
    made = review_bans(workspace, Policy(), at=town.NOW, files=files(built))
    read = review_document_of(made.record, made.table)
    assert json.loads(read.model_dump_json()) == json.loads(written[0].model_dump_json())


def test_boundaries_are_polygons_with_their_streets(run: Run, document: BanReviewDocument) -> None:
    table = gpd.GeoDataFrame(run.table("ban_boundaries"))
    assert table.crs == town.CRS
    assert table.geometry.is_valid.all()
    row = table.set_index("code").loc["AV1"]
    told = by_code(document)["AV1"].boundary
    assert shape(told.geometry).equals(row.geometry)
    assert sorted(told.around) == ["Ddwarsweg", "Dlangeweg", "Fdwarsweg", "Flangeweg"]
    assert told.inside == ["Edwarsweg", "Elangeweg"]


# ---------------------------------------------------------------- proposals
def test_a_proposal_is_frozen_too(built: Path, workspace: Workspace) -> None:
    place = built / "plein.gpkg"
    gpd.GeoSeries([town.square("AV2")], crs=town.CRS).to_file(place)
    made = propose_bans(
        workspace, Policy(), kind="alcohol_ban", at=town.NOW, areas=[str(place)],
        files=files(built),
    )  # fmt: skip
    assert made.record.bans is not None
    assert (made.record.bans.asked, made.record.bans.measure) == ("proposal", "alcohol_ban")
    (found,) = proposal_document_of(made.record, made.table).places
    assert found.overlapping == ["AV2"]
    gates = {each.gate: each.passed for each in found.gates}
    assert (gates["structural"], gates["two_sources"], gates["no_area_yet"]) == (True, True, False)
    periods = {(each.source, each.first): each.incidents for each in found.periods}
    assert periods["meldpunt", "2025-01"] == 120
    same = propose_bans(
        workspace, Policy(), kind="alcohol_ban", at=town.NOW, areas=[str(place)],
        files=files(built),
    )  # fmt: skip
    assert same.record.id == made.record.id


def test_a_proposal_needs_years_to_compare(built: Path, workspace: Workspace) -> None:
    with pytest.raises(WorkspaceRefused, match="each of the last 2 years"):
        propose_bans(
            workspace, Policy(), kind="alcohol_ban", at=town.NOW, areas=["WK999901"],
            until=date(2020, 8, 31), files=files(built),
        )  # fmt: skip


def test_reviews_are_no_proposals(run: Run) -> None:
    with pytest.raises(Exception, match="no proposals"):
        proposal_document_of(run.record, run.table)


# ---------------------------------------------------------------- the register
def designation(code: str, **given: Any) -> Designation:
    """Return a published alcohol ban of the town."""
    held: dict[str, Any] = {
        "id": f"alcohol_ban-{code}",
        "kind": "alcohol_ban",
        "name": f"Verbod {code}",
        "state": "in_force",
        "start": date.fromisoformat(town.BEGAN),
        "end": date(2027, 12, 31),
        "published_on": date(2022, 12, 15),
        "boundary_version": 1,
        "lighter_measures": [
            LighterMeasure(what="Straatcoaches", start=date(2022, 1, 1), end=date(2022, 6, 30))
        ],
    }
    return Designation(**{**held, **given})


def put(register: Register, held: Designation, code: str) -> None:
    """Write a designation with its boundary, past all rules."""
    area = MultiPolygon([town.square(code)])
    drawn = Boundary(id=f"{held.id}-b1", designation=held.id, number=1, area=area)
    deed: dict[str, Any] = {"actor": "A. Jansen", "role": "board", "reason": "proef"}
    with register.change(act="draft", at=town.NOW, **deed) as change:
        change.put(held, 0)
        change.put(drawn, 0)


@pytest.fixture
def register(workspace: Workspace) -> Iterator[Register]:
    with open_register(workspace) as register:
        yield register


def test_areas_and_what_was_tried_come_from_the_register(
    workspace: Workspace, register: Register, document: BanReviewDocument
) -> None:
    for code in town.CORNERS:
        put(register, designation(code), code)
    review = Review(
        id="review-1", designation="alcohol_ban-AV2", reviewed_on=date(2025, 11, 20),
        advice="keep", need_remains=True,
        findings=(Finding(found_on=date(2025, 11, 1), by="J. Pieters", summary="Dagelijks druk"),),
    )  # fmt: skip
    deed: dict[str, Any] = {"actor": "A. Jansen", "role": "board", "reason": "proef"}
    with register.change(act="review", at=town.NOW, **deed) as change:
        change.put(review, 0)
    made = review_bans(workspace, Policy(), at=town.NOW)
    assert made.record.bans is not None
    assert made.record.bans.from_register
    found = by_code(review_document_of(made.record, made.table))
    from_file = by_code(document)
    for code in town.CORNERS:
        own, other = found[f"alcohol_ban-{code}"], from_file[code]
        assert (own.advice, own.level, own.effect.zones) == (
            other.advice, other.level, other.effect.zones,
        )  # fmt: skip
    steps = found["alcohol_ban-AV2"].steps
    assert [each.what for each in steps] == ["Straatcoaches", "Dagelijks druk"]
    assert [each.need_remains for each in steps] == [None, True]
    assert "no_findings" not in found["alcohol_ban-AV2"].remarks
    assert "Pieters" not in json.dumps([each.model_dump(mode="json") for each in found.values()])


def test_the_criterion_of_the_register_is_the_yardstick(
    workspace: Workspace, register: Register
) -> None:
    themes = ("alcohol_nuisance", "alcohol_reports")
    criterion = Criterion(themes=themes, measure="incidenten", most_incidents_per_year=250)
    put(register, designation("AV2", criterion=criterion), "AV2")
    made = review_bans(workspace, Policy(), at=town.NOW)
    (found,) = review_document_of(made.record, made.table).areas
    assert found.yardstick_per_year == 250
    assert found.level is not None
    assert found.level.value == pytest.approx(480 / 500)
    assert "yardstick_by_default" not in found.remarks


def test_without_a_register_nothing_is_made_up(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceRefused, match="no area measure"):
        review_bans(workspace, Policy(), at=town.NOW)
    assert not (workspace.path / "register.sqlite").exists(), "looking makes no register"


def test_camera_areas_in_force_are_where_a_plan_looks(
    workspace: Workspace, register: Register
) -> None:
    area: dict[str, Any] = {"kind": "camera_area"}
    put(register, designation("AV1", id="camera_area-1", **area), "AV1")
    put(register, designation("AV2", id="camera_area-2", end=date(2025, 6, 30), **area), "AV2")
    put(register, designation("AV3", id="camera_area-3", marks=("suspended",), **area), "AV3")
    put(register, designation("AV3", id="camera_area-4", published_on=None, **area), "AV3")
    put(register, designation("AV3"), "AV3")
    policy = Policy()
    held = camera_areas(register, policy.designations.kinds, on=UNTIL)
    assert [each.area.code for each in held] == ["camera_area-1"]
    ask: dict[str, Any] = {"level": None, "until": UNTIL, "limits": policy.limits}
    found = designated(Current(workspace), None, **ask, registered=held)
    assert found.is_asked
    assert found.outline is not None
    assert found.outline.equals(town.square("AV1"))
    assert not designated(Current(workspace), None, **ask).is_asked, "without any: everywhere"
