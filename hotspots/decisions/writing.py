"""Writing a designation: its step, its boundary, and what follows from its other fields."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from hotspots.decisions.acting import Acting, checked, with_fields
from hotspots.decisions.lifecycle import standing, stepped
from hotspots.decisions.terms import add_months
from hotspots.errors import InputRefused, problems_of
from hotspots.policy import Policy
from hotspots.policy.cameras import WatchedHours
from hotspots.register import Act, Boundary, Designation
from hotspots.store.register.register import Change, Register

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_HOURS = TypeAdapter(tuple[WatchedHours, ...])


def area_of(reads: "Register | Change", designation: Designation) -> "BaseGeometry | None":
    """Return the area that holds, none where nothing was drawn yet."""
    if not designation.boundary_version:
        return None
    return reads.boundary(designation.id, designation.boundary_version).area


def write_step(
    change: Change,
    record: Designation,
    act: Act,
    acting: Acting,
    fields: Mapping[str, object],
    *,
    old: Designation | None = None,
) -> Designation:
    """Write a designation after a step that nothing stands against.

    Parameters
    ----------
    change
        In which it is written.
    record
        With what the step changes beside state and marks.
    act, acting
        The step, and who takes it.
    fields
        What the step sets.
    old
        As it was before, where `record` is not that.
    """
    after = stepped(old or record, act, acting.on)
    written = with_fields(record, {**after, **fields})
    if act == "publish":
        written = with_fields(written, {"state": standing(written, acting.on)})
    return change.put(written, expected_version=acting.seen)


def put_drawn(
    change: Change,
    record: Designation,
    area: "BaseGeometry | None",
    streets: tuple[str, ...],
    *,
    reason: str,
    seen: int | None = None,
) -> Designation:
    """Write a designation with a new boundary, where there is one."""
    if area is None:
        return change.put(record, expected_version=seen)
    number = record.boundary_version + 1
    written = change.put(with_fields(record, {"boundary_version": number}), expected_version=seen)
    fields = {
        "id": f"{record.id}-boundary-{number}",
        "designation": record.id,
        "number": number,
        "area": area,
        "streets": streets,
        "reason": reason,
    }
    change.put(checked(Boundary, fields))
    return written


def with_evaluation(record: Designation, policy: Policy) -> Designation:
    """Return it with the usual day of evaluation, where none was chosen and there is an end."""
    if record.evaluation_on is not None or record.end is None:
        return record
    day = add_months(record.end, -policy.designations.evaluation_months)
    return record.model_copy(update={"evaluation_on": day})


def with_valid_hours(record: Designation, file: str | None) -> Designation:
    """Return it when its hours can be read."""
    try:
        _HOURS.validate_python(record.hours)
    except ValidationError as refusal:
        remedy = "Write hours such as fri 20-04, mon-fri 08-18 or daily 16-24."
        raise InputRefused(problems_of(refusal, remedy=remedy, file=file)) from None
    return record
