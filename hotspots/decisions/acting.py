"""Who acts, in which role, why and when; and a step as one change of the register."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from hotspots.decisions.roles import require_role
from hotspots.decisions.rules import IN_ORDER, NOT_AHEAD, Broken
from hotspots.errors import InputRefused, Problem, problems_of
from hotspots.register import Act, Designation, Placement, Record, Role
from hotspots.store.register.register import Change, Register

_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts.

    Parameters
    ----------
    actor, role, reason
        Who does it, in which role, and why.
    at
        The clock, in the local zone.
    on
        The local day on which it was done, which may lie before the day it is written down.
    run_id
        The run that it rests on.
    seen
        The version that the actor looked at; the newest when absent.
    """

    actor: str
    role: Role
    reason: str
    at: datetime
    on: date
    run_id: str | None = None
    seen: int | None = None

    def against_day(self, *earlier: date | None) -> list[Broken]:
        """Return what stands against the day, given days on which it rests."""
        last = max((day for day in earlier if day is not None), default=self.on)
        found = []
        if self.on > self.at.date():
            found.append(Broken(NOT_AHEAD, field="on", value=self.on.isoformat()))
        if self.on < last:
            found.append(Broken(IN_ORDER, field="on", value=f"{self.on} before {last}"))
        return found


@contextmanager
def doing(register: Register, act: Act, acting: Acting) -> Iterator[Change]:
    """Yield a change by somebody whose role may do this at all.

    Raises
    ------
    RoleRefused
        When it may not.
    """
    require_role(acting.role, act)
    with register.change(
        actor=acting.actor,
        role=acting.role,
        act=act,
        reason=acting.reason,
        at=acting.at,
        run_id=acting.run_id,
    ) as change:
        yield change


@contextmanager
def stepping(
    register: Register, id_: str, act: Act, acting: Acting
) -> Iterator[tuple[Change, Designation]]:
    """Yield a change and the designation in it, for somebody who may take this step."""
    with doing(register, act, acting) as change:
        found = change.designation(id_)
        require_role(acting.role, act, decider=found.decider)
        change.require_seen(found, acting.seen)  # before the rules: they judge what was looked at
        yield change, found


def with_fields(record: _R, fields: Mapping[str, object], *, file: str | None = None) -> _R:
    """Return a record with other fields, checked.

    Raises
    ------
    InputRefused
        With everything wrong with the fields.
    """
    return checked(type(record), {**dict(record), **fields}, file=file)


def checked(model: type[_R], fields: Mapping[str, object], *, file: str | None = None) -> _R:
    """Return a record made of fields; see :func:`with_fields`."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as refusal:
        remedy = "See the example of this file in the README."
        raise InputRefused(problems_of(refusal, remedy=remedy, file=file)) from None


def only(
    content: Mapping[str, Any], names: frozenset[str], *, file: str | None = None
) -> dict[str, Any]:
    """Return what a person wrote; a name that is not theirs to write is refused."""
    other = sorted(content.keys() - names)
    if other:
        remedy = f"Choose from: {', '.join(sorted(names))}."
        raise InputRefused(
            [Problem("This name cannot be written here.", remedy, file=file, column=name)
             for name in other]
        )  # fmt: skip
    return dict(content)


def end_placements(change: Change, designation: str, on: date) -> list[Placement]:
    """End every placement that would stand after a day; return those that were ended.

    One that was yet to come gets an end before its start: it never stood.
    """
    return [
        change.put(with_fields(each, {"end": on}))
        for each in change.placements(designation)
        if each.end is None or each.end > on
    ]
