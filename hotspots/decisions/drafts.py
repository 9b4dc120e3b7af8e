"""Before the decision: a draft is written, changed, and advice on it asked and received."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hotspots.decisions import demands, rules
from hotspots.decisions.acting import Acting, checked, doing, only, stepping, with_fields
from hotspots.decisions.kinds import basis_of, kind_of
from hotspots.decisions.lifecycle import PREPARED, against_step, standing
from hotspots.decisions.rules import Broken, refuse
from hotspots.decisions.writing import put_drawn, with_evaluation, with_valid_hours, write_step
from hotspots.policy import Policy
from hotspots.register import Designation
from hotspots.store.register.register import Register

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WRITTEN = frozenset(Designation.model_fields) - {
    "id", "version", "state", "marks", "decider", "decided_on", "published_on", "publication",
    "boundary_version", "extended", "ended_on", "advice",
}  # fmt: skip
"""Fields of a draft that a person writes; the others follow from the steps."""

KEPT_UP = frozenset({"signs_on", "watched", "police_role", "dpia_reference"})
"""Fields that are kept up after the decision, for they are no part of what binds others."""


def draft(
    register: Register,
    content: Mapping[str, Any],
    acting: Acting,
    policy: Policy,
    *,
    area: "BaseGeometry | None" = None,
    streets: tuple[str, ...] = (),
    file: str | None = None,
) -> Designation:
    """Write a new draft; decider and legal basis come from the kind, where none is given.

    Parameters
    ----------
    content
        Fields of :data:`WRITTEN`.
    acting
        Who does it.
    policy
        With the kinds of area.
    area, streets
        Where it holds, in metres, and the streets that enclose it.
    file
        Where the content comes from, for what is wrong with it.

    Raises
    ------
    InputRefused, RoleRefused
        When a field is wrong, or the role may not draft.
    """
    given = only(content, WRITTEN, file=file)
    kind = kind_of(policy, str(given.get("kind", "")))
    basis = {"legal_basis": basis_of(kind)} | {"decider": kind.decider}
    with doing(register, "draft", acting) as change:
        refuse(acting.against_day())
        fields = basis | given | {"id": change.new_id(str(given["kind"]), acting.on.year)}
        made = with_evaluation(
            with_valid_hours(checked(Designation, fields, file=file), file), policy
        )
        if made.follows is not None:
            change.designation(made.follows)
        return put_drawn(change, made, area, streets, reason=acting.reason)


def amend(
    register: Register,
    id_: str,
    content: Mapping[str, Any],
    acting: Acting,
    policy: Policy,
    *,
    area: "BaseGeometry | None" = None,
    streets: tuple[str, ...] = (),
    file: str | None = None,
) -> Designation:
    """Change a draft; after the decision only what :data:`KEPT_UP` names. See :func:`draft`."""
    given = only(content, WRITTEN - {"kind"}, file=file)
    with stepping(register, id_, "amend", acting) as (change, old):
        found = against_step(old, "amend", acting.on) + acting.against_day()
        new = with_valid_hours(with_fields(old, given, file=file), file)
        if standing(old, acting.on) in PREPARED:
            new = with_evaluation(new, policy)
        else:
            other = {name for name in given if name not in KEPT_UP}
            other |= {"boundary"} if area is not None else set()
            found += [Broken(rules.FIXED, field=name) for name in sorted(other)]
            if new.start is not None and new.end is not None:
                found += demands.against_watched(new, new.start, new.end)
        refuse(found)
        return put_drawn(change, new, area, streets, reason=acting.reason, seen=acting.seen)


def ask_advice(register: Register, id_: str, of: str, acting: Acting) -> Designation:
    """Ask advice on a draft, of somebody."""
    with stepping(register, id_, "ask_advice", acting) as (change, old):
        refuse([*against_step(old, "ask_advice", acting.on), *acting.against_day()])
        advice = {"asked_on": acting.on, "asked_of": of}
        return write_step(change, old, "ask_advice", acting, {"advice": advice})


def receive_advice(register: Register, id_: str, summary: str, acting: Acting) -> Designation:
    """Write down the advice that was given."""
    with stepping(register, id_, "receive_advice", acting) as (change, old):
        asked = None if old.advice is None else old.advice.asked_on
        refuse([*against_step(old, "receive_advice", acting.on), *acting.against_day(asked)])
        advice = dict(old.advice or {}) | {"given_on": acting.on, "summary": summary}
        return write_step(change, old, "receive_advice", acting, {"advice": advice})
