"""The register does the same on SQLite and on PostGIS."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from shapely import MultiPolygon, Point, Polygon, box

from hotspots.errors import NotFound, RegisterRefused, StaleVersion
from hotspots.register import KIND_OF, Boundary, Designation, Placement, Record
from hotspots.store.register.audit import FIRST, content_of
from hotspots.store.register.register import Change, Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests.store.register.records import (
    AT,
    D,
    boundary,
    changing,
    designation,
    one_of_each,
    placement,
    url_of,
)


def test_a_record_of_each_kind_reads_as_it_was_written(register: Register) -> None:
    with changing(register) as change:
        written = [change.put(record) for record in one_of_each()]
    assert [record.version for record in written] == [1] * len(written)
    for record in written:
        assert register.get(type(record), record.id) == record
        assert register.history(type(record), record.id) == [record]
    assert {KIND_OF[type(record)] for record in written} == set(KIND_OF.values())
    assert register.verify() == []


def test_the_lists_are_what_was_asked_for(register: Register) -> None:
    with changing(register) as change:
        for record in one_of_each():
            change.put(record)
        change.put(designation(id="other-2026-001", kind="alcohol_ban"))
        change.put(boundary(2, side_m=50))
    assert [each.id for each in register.designations()] == [D, "other-2026-001"]
    assert [each.id for each in register.designations(kind="alcohol_ban")] == ["other-2026-001"]
    assert [each.id for each in register.designations(state="in_force")] == [D]
    for day, count in (("2026-03-31", 0), ("2026-04-01", 1), ("2027-03-31", 1), ("2027-04-01", 0)):
        assert len(register.designations(on=date.fromisoformat(day))) == count, day
    assert [each.number for each in register.boundaries(D)] == [1, 2]
    assert register.boundary(D, 2).number == 2
    assert register.boundaries("other-2026-001") == []
    assert len(register.placements(D)) == len(register.reviews(D)) == len(register.signals(D)) == 1
    assert len(register.signals(unanswered=True)) == 1
    assert len(register.choices(2026, kind="priority_areas")) == 1
    assert register.choices(2025) == register.choices(kind="focus_areas") == []
    assert len(register.actions(kind="enforcement")) == 1
    assert register.actions(designation=D) == []
    with pytest.raises(NotFound, match="no such designation"):
        register.designation("camera_area-2026-999")
    with pytest.raises(NotFound, match="boundary 3"):
        register.boundary(D, 3)


@pytest.mark.parametrize(
    ("frame", "met"),
    [
        ((120_000, 486_000, 122_000, 488_000), True),
        ((121_099, 487_099, 121_200, 487_200), True),
        ((121_100, 487_000, 121_200, 487_100), True),  # touches
        ((121_101, 487_000, 121_200, 487_100), False),
        ((121_000, 487_101, 121_100, 487_200), False),
    ],
)
def test_a_frame_finds_the_boundaries_that_it_meets(
    register: Register, frame: tuple[float, float, float, float], met: bool
) -> None:
    with changing(register) as change:
        change.put(designation())
        change.put(boundary(side_m=100))
        change.put(placement())
    assert len(register.boundaries(box=frame)) == met
    inside = box(*frame).intersects(Point(121_050.25, 487_050.75))
    assert len(register.placements(D, box=frame)) == inside


def test_areas_keep_their_last_digit_on_both_databases(register: Register) -> None:
    ring = [(121_00 / 3, 487_000.1), (121_100.0, 487_00e-9), (121_050.7, 487_099.9)]
    hole = Polygon(box(0, 0, 9, 9).exterior.coords, [box(3, 3, 6, 6).exterior.coords])
    area = MultiPolygon([Polygon(ring), hole])
    with changing(register) as change:
        change.put(designation())
        written = change.put(Boundary(id="b", designation=D, number=1, area=area))
    assert register.boundary(D, 1).area == written.area == area
    assert register.verify() == []  # the geometry column too


# ---------------------------------------------------------------- changes
def test_a_change_is_written_whole_or_not_at_all(register: Register) -> None:
    loose = boundary().model_copy(update={"designation": "another"})
    with pytest.raises(RegisterRefused), changing(register) as change:
        _put_both(change, designation(), loose)
    assert register.designations() == []
    assert register.head() == (0, FIRST)
    with changing(register):
        pass
    assert register.head() == (0, FIRST)


def _put_both(change: Change, first: Record, second: Record) -> None:
    change.put(first)
    change.put(second)


def test_each_version_is_kept_and_has_its_entry(register: Register) -> None:
    with changing(register) as change:
        first = change.put(designation())
    with changing(register) as change:  # what is put is seen inside
        assert change.designation(D) == first
    later = AT.astimezone(timezone(timedelta(hours=2))) + timedelta(days=1)
    with register.change(
        actor="m.bakker", role="mayor_office", act="decide", reason="Bewijs", at=later, run_id="r1"
    ) as change:
        second = change.put(first.model_copy(update={"state": "decided"}), first.version)
    assert register.history(Designation, D) == [first, second]
    one, two = register.trail(D)
    assert (one.seq, one.version, one.previous, one.run_id) == (1, 1, FIRST, None)
    assert (two.seq, two.version, two.previous, two.run_id) == (2, 2, one.hash, "r1")
    assert (two.actor, two.role, two.act, two.reason) == (
        "m.bakker", "mayor_office", "decide", "Bewijs",
    )  # fmt: skip
    assert two.at == later
    assert two.at.tzinfo == UTC
    assert register.head() == (2, two.hash)
    assert register.trail("other") == []


def test_who_looked_at_an_older_version_is_refused_and_told_who_was_first(
    register: Register,
) -> None:
    with changing(register) as change:
        first = change.put(designation())
    with changing(register, actor="m.bakker") as change:
        change.put(first.model_copy(update={"goal": "Rust"}))
    told = r"m\.bakker made version 2 on 2026-03-01 09:30 UTC, and you looked at version 1"
    with pytest.raises(StaleVersion, match=told), changing(register) as change:
        change.put(first.model_copy(update={"goal": "Stilte"}))
    with pytest.raises(StaleVersion, match="looked at version 0"), changing(register) as change:
        change.put(designation())
    with pytest.raises(StaleVersion, match="no such placement"), changing(register) as change:
        change.put(placement(), 1)
    assert register.designation(D).goal == "Rust"
    assert register.head()[0] == 2


def test_ids_are_given_once_even_after_a_deletion(register: Register) -> None:
    with changing(register) as change:
        assert change.new_id("camera_area", 2026) == "camera_area-2026-001"
        assert change.new_id("camera_area", 2026) == "camera_area-2026-002"
        last = change.put(designation(id="camera_area-2026-1000"))
        change.put(designation(id="cameraXarea-2026-4000"))  # no wildcard of the database
    with changing(register) as change:
        assert change.new_id("camera_area", 2026) == "camera_area-2026-1001"
        assert change.new_id("camera_area", 2027) == "camera_area-2027-001"
        change.delete(last)
    with changing(register) as change:
        assert change.new_id("camera_area", 2026) == "camera_area-2026-1001"
        with pytest.raises(StaleVersion, match="deleted"):
            change.put(designation(id=last.id), 0)


def test_a_deletion_leaves_its_entries_and_nothing_of_the_content(register: Register) -> None:
    with changing(register) as change:
        first = change.put(designation(goal="Geheim"))
        second = change.put(first.model_copy(update={"goal": "Ook geheim"}))
    with register.change(
        actor="archief", role="mayor_office", act="delete", reason="Bewaartermijn", at=AT
    ) as change:
        change.delete(second)
    assert register.history(Designation, D) == register.designations() == []
    with pytest.raises(NotFound, match=r"deleted on 2026-03-01 \(Bewaartermijn\)"):
        register.designation(D)
    assert [(each.version, each.content_sha256 is None) for each in register.trail(D)] == [
        (1, False), (2, False), (3, True),
    ]  # fmt: skip
    assert register.verify() == []


def test_what_is_referred_to_must_be_there_and_stays(register: Register) -> None:
    with pytest.raises(RegisterRefused, match="not fit together"), changing(register) as change:
        change.put(boundary())
    with changing(register) as change:
        held = change.put(designation())
        change.put(boundary())
    with pytest.raises(RegisterRefused, match="not fit together"), changing(register) as change:
        change.delete(held)
    twice = boundary().model_copy(update={"id": "another"})
    with pytest.raises(RegisterRefused, match="number is taken"), changing(register) as change:
        change.put(twice)
    assert register.verify() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": " "},
        {"reason": ""},
        {"actor": "a\x00b"},
        {"role": "king"},
        {"act": "conquer"},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 the zone is what is missing
    ],
    ids=str,
)
def test_a_change_without_who_why_or_when_is_refused(
    register: Register, wrong: dict[str, object]
) -> None:
    right = {"actor": "a", "role": "planner", "act": "draft", "reason": "x", "at": AT}
    change = register.change(**(right | wrong))  # type: ignore[arg-type]
    with pytest.raises(RegisterRefused, match="who does this"), change:
        pass


# ---------------------------------------------------------------- opening
def test_a_register_opens_again_as_it_was_left(register: Register, workspace: Workspace) -> None:
    with changing(register) as change:
        change.put(designation())
    with open_register(workspace, url_of(register)) as again:
        assert again.designation(D) == register.designation(D)
        assert again.head() == register.head()


def test_a_register_of_another_crs_is_refused(
    register: Register, workspace: Workspace, tmp_path: Path
) -> None:
    other = init_workspace(tmp_path / "other", name="Elders", crs="EPSG:32631")
    register.close()
    if url_of(register) is None:
        (workspace.path / "register.sqlite").rename(other.path / "register.sqlite")
    with pytest.raises(RegisterRefused, match="EPSG:28992, the workspace in EPSG:32631"):
        open_register(other, url_of(register))


def test_a_database_that_cannot_be_used_is_refused_with_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(RegisterRefused, match="not one of PostgreSQL"):
        open_register(workspace, "mysql://root:geheim@localhost/x")
    with pytest.raises(RegisterRefused, match="Check that it runs") as refusal:
        open_register(workspace, "postgresql://hotspots:geheim@/x?host=/nowhere")
    assert "geheim" not in str(refusal.value)
    (workspace.path / "register.sqlite").write_bytes(b"Dit is geen database." * 100)
    with pytest.raises(RegisterRefused, match="hotspots restore"):
        open_register(workspace)


# ---------------------------------------------------------------- records
_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    str.strip
)
_METRES = st.floats(-1e7, 1e7, allow_nan=False)


@given(name=_WORDS, goal=_WORDS, x=_METRES, y=_METRES, day=st.dates())
def test_the_text_of_a_record_reads_back_as_the_record(
    name: str, goal: str, x: float, y: float, day: date
) -> None:
    held = designation(name=name, goal=goal, start=day)
    assert Designation.model_validate_json(content_of(held)) == held
    camera = placement().model_copy(update={"x_m": x, "y_m": y})
    read = Placement.model_validate_json(content_of(camera))
    assert (read.x_m, read.y_m) == (x, y)
    assert content_of(read) == content_of(camera)


def test_an_area_is_a_valid_flat_polygon() -> None:
    flat = box(0, 0, 1, 1)
    raised = Polygon([(x, y, 5.0) for x, y in flat.exterior.coords])
    given: dict[str, object] = {"id": "b", "designation": D, "number": 1}
    assert Boundary(**given, area=raised).area == MultiPolygon([flat])  # type: ignore[arg-type]
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    for wrong in (bow, Polygon(), Point(0, 0), {"type": "Polygon"}, {"type": "x"}, "POINT", None):
        with pytest.raises(ValidationError, match="area"):
            Boundary(**given, area=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="control characters"):
        designation(goal="a\x00b")
    with pytest.raises(ValidationError, match="finite"):
        Placement.model_validate({**placement().model_dump(), "x_m": float("inf")})
