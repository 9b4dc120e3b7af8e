"""Where something is written: by whom, in which register, by which policy, on what it rests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Response
from shapely import MultiPolygon

from api.clock import Now
from api.identity.user import Asking, User
from api.parameters import NoQuery
from api.register.bodies import Told
from api.register.geometry import placed, system_of
from api.register.opened import Housed, Registered, Ruled, acting_of
from api.register.seen import Seen, tagged
from hotspots.decisions.acting import Acting
from hotspots.errors import InputRefused, NotFound, Problem
from hotspots.pipeline.designations import municipality, pinned
from hotspots.policy import Policy
from hotspots.register import Evidence, Record
from hotspots.store.register.register import Register
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import Workspace

_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who writes in a register `now`; `seen` is the version that was looked at."""

    user: User
    register: Register
    policy: Policy
    workspace: Workspace
    now: datetime
    response: Response
    seen: int | None = None

    def acting(self, told: Told, evidence: Evidence | None = None) -> Acting:
        """Return who acts, why and when, and on which run it rests."""
        run_id = None if evidence is None else evidence.run_id
        return acting_of(self.user, told.reason, self.now, told.on, run_id, self.seen)

    def made(self, record: _R, path: str) -> _R:
        """Answer with a new record, which is found below a path."""
        return tagged(self.response, record, location=f"{path}/{record.id}")

    def changed(self, record: _R) -> _R:
        """Answer with a record as it is now."""
        return tagged(self.response, record)


def _desk(
    user: Asking,
    register: Registered,
    policy: Ruled,
    workspace: Housed,
    now: Now,
    response: Response,
    _: Annotated[NoQuery, Query()],
) -> Desk:
    return Desk(user, register, policy, workspace, now, response)


Making = Annotated[Desk, Depends(_desk)]
"""Where a new record is written."""


def _changing(seen: Seen, desk: Making) -> Desk:
    return replace(desk, seen=seen)


Changing = Annotated[Desk, Depends(_changing)]
"""Where a record is changed that somebody looked at."""


# ---------------------------------------------------------------- what a body refers to
@contextmanager
def gathering(problems: list[Problem], column: str) -> Iterator[None]:
    """Put what is wrong with a part of a body with the rest; what is not there is wrong too."""
    try:
        yield
    except (InputRefused, NotFound) as refusal:
        problems += [
            each if each.column else replace(each, column=column) for each in refusal.problems
        ]


def refuse(problems: Sequence[Problem]) -> None:
    """Refuse a body with everything that is wrong with it.

    Raises
    ------
    InputRefused
        When anything is.
    """
    if problems:
        raise InputRefused(problems)


def evidence_of(desk: Desk, run: str | None) -> Evidence | None:
    """Return the run that a body names, pinned by its hash."""
    return None if run is None else pinned(run_of(desk, run))


def run_of(desk: Desk, run: str) -> Run:
    """Return the run that a body names."""
    return open_run(desk.workspace, run)


def area_of_body(
    desk: Desk, area: MultiPolygon | None, crs: str | None, *, column: str
) -> MultiPolygon | None:
    """Return an area of a body in metres, after judging that it lies in the municipality.

    Raises
    ------
    InputRefused
        Naming the likely cause.
    """
    crs_kept = desk.workspace.crs
    system = system_of(crs, crs_kept)
    if area is None:
        return None
    return placed(area, system, crs_kept, municipality(desk.workspace), column=column)
