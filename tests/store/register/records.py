"""Records and changes for tests, with everything that a test does not look at filled in."""

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

from shapely import box

from hotspots.register import (
    Action,
    Boundary,
    Choice,
    ChosenArea,
    Designation,
    Evidence,
    Placement,
    Record,
    Review,
    Role,
    Signal,
)
from hotspots.store.register.register import Change, Register

AT = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
D = "camera_area-2026-001"
EVIDENCE = Evidence(run_id="yearly-1", sha256="ab" * 32)


def changing(
    register: Register, *, actor: str = "j.jansen", role: Role = "planner", at: datetime = AT
) -> AbstractContextManager[Change]:
    """Return a change by somebody."""
    return register.change(actor=actor, role=role, act="amend", reason="Proef", at=at)


def url_of(register: Register) -> str | None:
    """Return the address of a register; none for a file in the workspace."""
    url = register.database.engine.url
    return None if url.drivername == "sqlite" else url.render_as_string(hide_password=False)


def designation(**given: object) -> Designation:
    """Return a new designation."""
    return Designation.model_validate(
        {"id": D, "kind": "camera_area", "name": "Stationsplein", **given}
    )


def boundary(number: int = 1, *, side_m: float = 100.0) -> Boundary:
    """Return a square near Dam Square in RD New."""
    area = box(121_000, 487_000, 121_000 + side_m, 487_000 + side_m)
    return Boundary.model_validate(
        {"id": f"{D}-boundary-{number}", "designation": D, "number": number, "area": area}
    )


def placement(number: int = 1, *, x_m: float = 121_050.25, y_m: float = 487_050.75) -> Placement:
    """Return a camera within that square."""
    return Placement(
        id=f"placement-2026-{number:03d}",
        designation=D,
        camera=f"F{number}",
        camera_class="flexible",
        x_m=x_m,
        y_m=y_m,
        start=date(2026, 4, 1),
    )


def one_of_each() -> list[Record]:
    """Return a record of every kind, in the order in which they refer to one another."""
    return [
        designation(start=date(2026, 4, 1), end=date(2027, 3, 31), state="in_force"),
        boundary(),
        placement(),
        Review(id="review-2026-001", designation=D, reviewed_on=date(2026, 9, 1), advice="keep"),
        Signal(
            id="signal-2026-001",
            designation=D,
            raised_on=date(2026, 8, 1),
            since="2026-03",
            incidents=3,
            evidence=EVIDENCE,
        ),
        Choice(
            id="choice-2026-001",
            year=2026,
            kind="priority_areas",
            theme="burglary",
            level="wijk",
            decided_on=date(2026, 1, 15),
            decider="triangle",
            areas=(ChosenArea(code="WK051829", name="Wijk", proposed=True, chosen=True),),
        ),
        Action(id="action-2026-001", kind="enforcement", name="Actie", start=date(2026, 5, 5)),
    ]
