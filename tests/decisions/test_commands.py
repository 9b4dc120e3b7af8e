"""The life of a camera area as a lawyer types it, with the file of the README."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from hotspots.cli import acting
from hotspots.cli.commands import app
from hotspots.errors import HotspotsError, RoleRefused, StepRefused
from hotspots.policy import Policy
from hotspots.records import RunRecord
from hotspots.store.runs import freeze_run
from hotspots.store.tables import sha256_of
from hotspots.store.workspace import Workspace
from tests.decisions.files import AREA, BY_LAW, SMALLER

README = Path(__file__).parents[2] / "README.md"
RUN = "20251231-aeed6fe8ea06"
MAYOR = ("--actor", "k.kabinet", "--role", "mayor_office", "--reason", "Proef")
PLANNER = ("--actor", "p.planner", "--role", "planner", "--reason", "Proef")
ID = "camera_area-2026-001"


class Clock(datetime):
    """A clock that stands still on the first of March 2027."""

    @classmethod
    def now(cls, tz: Any = None) -> "Clock":
        return cls(2027, 3, 1, 12, tzinfo=UTC)


class Office:
    """A folder with files, and a workspace in which they are typed in."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.folder, self.workspace = folder, workspace
        kind = f'[designations.kinds.camera_area]\nby_law = "{BY_LAW}"\n'
        self.policy = self.file("policy.toml", kind)

    def file(self, name: str, text: str) -> str:
        """Write a file; return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def type(self, *words: str) -> str:
        """Type a command; return what it prints, or raise what it refuses."""
        done = CliRunner().invoke(app, [*words, "--workspace", str(self.workspace)])
        if isinstance(done.exception, HotspotsError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout


@pytest.fixture
def office(tmp_path: Path, register: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with the files of the README; the register is that of its workspace."""
    monkeypatch.delenv("HOTSPOTS_DATABASE_URL", raising=False)
    monkeypatch.setattr(acting, "datetime", Clock)
    workspace = Workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992", demo=False)
    record = RunRecord(
        id=RUN, kind="yearly", created_at=datetime(2026, 1, 5, tzinfo=UTC),
        until=date(2025, 12, 31), workspace_name="Proefstad", crs="EPSG:28992", demo=False,
        code={}, deliveries=[], policy=Policy().model_dump(), questions=[], results={},
    )  # fmt: skip
    freeze_run(workspace, record, {})
    found = Office(tmp_path, tmp_path / "ws")
    (example,) = re.findall(r'^```toml\n(kind = "camera_area".*?)^```$', README.read_text("utf-8"),
                            re.DOTALL | re.MULTILINE)  # fmt: skip
    found.file("area.toml", example)
    for name, area in {"stationsplein": AREA, "kleiner": SMALLER}.items():
        moved = gpd.GeoSeries([area], crs="EPSG:28992").translate(120_000, 486_000)
        gpd.GeoDataFrame(geometry=moved).to_file(tmp_path / f"{name}.gpkg")
    text = (tmp_path / "area.toml").read_text("utf-8")
    found.file("area.toml", text.replace("stationsplein.geojson", "stationsplein.gpkg"))
    return found


CAMERA = """
camera = "F7"
camera_class = "flexible"
x_m = 121100.0
y_m = 487200.0
start = 2026-04-02
facades_in_view = 0
power = true
residents_informed_on = 2026-03-25
sector = {azimuth_deg = 90.0, view_deg = 120.0, range_m = 80.0}
"""
REVIEW = f"""
advice = "keep"
run = "{RUN}"
need_remains = true
figures = [{{name = "mishandelingen", value = 31.0}}]
findings = [{{found_on = 2026-09-01, by = "wijkagenten", summary = "Nog onrustig."}}]
"""
EXTENSION = """
end = 2028-03-31
evaluation_on = 2027-09-15
published_on = 2027-02-10
publication = "Gemeenteblad 2027, 77"
consultation = {held_on = 2027-01-15, with_whom = "officier van justitie"}
"""


def until_published(office: Office) -> None:
    """Draft, ask advice, decide and publish."""
    name, kinds = "designations", ("--policy", office.policy)
    area = str(office.folder / "area.toml")
    said = office.type(name, "draft", area, *PLANNER, *kinds, "--on", "2026-02-01")
    assert said == f"{ID}: Stationsplein, draft (version 1).\n"
    office.type(name, "ask-advice", ID, "--of", "driehoek", *MAYOR, "--on", "2026-02-05")
    office.type(name, "ask-advice", ID, "--summary", "Akkoord", *MAYOR, "--on", "2026-02-12")
    office.type(name, "decide", ID, *MAYOR, *kinds, "--on", "2026-03-01")
    where = ("--publication", "Gemeenteblad 2026, 123")
    office.type(name, "publish", ID, *where, *MAYOR, "--on", "2026-03-10")
    signs = office.file("signs.toml", "signs_on = 2026-03-28\n")
    office.type(name, "amend", ID, signs, *PLANNER, "--on", "2026-03-30")


def shown(office: Office, on: str) -> dict[str, Any]:
    """What the register says of the area on a day."""
    found = office.type("designations", "show", ID, "--format", "json", "--on", on)
    return dict(json.loads(found))


def test_the_life_of_a_camera_area(office: Office) -> None:
    until_published(office)
    kinds = ("--policy", office.policy)
    camera, review = office.file("camera.toml", CAMERA), office.file("review.toml", REVIEW)
    extension = office.file("extension.toml", EXTENSION)
    office.type("designations", "place", ID, camera, *PLANNER, *kinds, "--on", "2026-04-02")
    assert shown(office, "2026-03-31")["standing"] == "decided"
    assert shown(office, "2026-05-01")["has_effect"] is True
    assert shown(office, "2026-10-01")["standing"] == "evaluation_due"
    with pytest.raises(StepRefused, match="registrations and professionals"):
        office.type("designations", "extend", ID, extension, *MAYOR, *kinds, "--on", "2027-02-01")
    said = office.type("designations", "review", ID, review, *PLANNER, "--on", "2026-09-10")
    assert "both sources" in said
    said = office.type(
        "designations", "extend", ID, extension, *MAYOR, *kinds, "--on", "2027-02-01"
    )
    assert "extended to 2028-03-31" in said
    small = office.file("small.toml", 'boundary = "kleiner.gpkg"\npublished_on = 2027-02-20\n'
                        'publication = "Gemeenteblad 2027, 90"\n')  # fmt: skip
    office.type("designations", "shrink", ID, small, *MAYOR, "--on", "2027-02-19")
    office.type("designations", "mark", ID, "objection", *MAYOR)
    office.type("designations", "withdraw", ID, *MAYOR)
    found = shown(office, "2027-03-01")
    assert (found["standing"], found["has_effect"]) == ("withdrawn", False)
    assert [each["end"] for each in found["placements"]] == ["2027-03-01"]
    assert [each["act"] for each in found["trail"]] == [
        "draft", "ask_advice", "receive_advice", "decide", "publish", "amend", "extend", "shrink",
        "object", "withdraw",
    ]  # fmt: skip
    assert office.type("audit", "verify").count("unchanged") == 1


def test_the_run_is_pinned_by_its_hash(office: Office) -> None:
    until_published(office)
    evidence = shown(office, "2026-05-01")["designation"]["evidence"]
    path = office.workspace / "runs" / RUN / "run.json"
    assert evidence == {"run_id": RUN, "sha256": sha256_of(path)}


def test_the_role_is_asked_and_the_refusal_names_the_rule(office: Office) -> None:
    area = str(office.folder / "area.toml")
    office.type("designations", "draft", area, *PLANNER, "--on", "2026-02-01")
    office.type("designations", "ask-advice", ID, "--of", "x", *MAYOR, "--on", "2026-02-05")
    with pytest.raises(RoleRefused, match="Act in one of these roles"):
        office.type("designations", "decide", ID, *PLANNER, "--on", "2026-03-01")
    with pytest.raises(StepRefused, match="by-law") as refusal:
        office.type("designations", "decide", ID, *MAYOR, "--on", "2026-03-01")
    assert [each.column for each in refusal.value.problems] == ["by_law"]
    assert "[ ] This kind of area needs an article" in office.type("designations", "checklist", ID)


def test_what_is_due_is_listed_and_put_in_a_calendar(office: Office) -> None:
    until_published(office)
    ics = office.folder / "due.ics"
    words = ("designations", "due", "--on", "2026-11-19", "--within", "89d", "--ical", str(ics))
    assert office.type(*words).splitlines() == [
        f"2026-09-15  evaluation  {ID}  Stationsplein  OVERDUE",
        f"2026-12-31  consultation  {ID}  Stationsplein",
    ]
    found = ics.read_bytes().decode()
    assert found.count("BEGIN:VEVENT\r\n") == 4
    assert "DTSTART;VALUE=DATE:20270217\r\n" in found
    assert "SUMMARY:Besluit en bekendmaking: Stationsplein\r\n" in found
    assert ID in office.type("designations", "list", "--state", "evaluation_due",
                             "--on", "2026-11-19")  # fmt: skip
    assert office.type("designations", "settle", *PLANNER) == f"{ID}: evaluation_due (version 7).\n"
    assert office.type("designations", "signals") == ""


def test_an_action_is_planned_reported_and_listed(office: Office) -> None:
    plan = office.file("plan.toml", 'kind = "enforcement"\nname = "IHA Markt"\nstart = 2026-05-01\n'
                       'goal = "Minder overlast"\nindicator = "meldingen"\nbaseline = 30.0\n'
                       'target = 20.0\nevaluation_on = 2026-09-01\n')  # fmt: skip
    told = office.file("told.toml", 'result = "Gehaald"\nresidents_told_on = 2026-09-10\n')
    office.type("actions", "add", plan, *PLANNER, "--on", "2026-04-01")
    office.type("actions", "report", "action-2026-001", told, *PLANNER, "--on", "2026-09-12")
    assert "IHA Markt: Gehaald" in office.type("actions", "list")
