"""The steps of a designation, from draft to end: load, check the role, check the rules, write."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from hotspots.decisions import demands, rules
from hotspots.decisions.acting import (
    Acting,
    checked,
    doing,
    end_placements,
    only,
    stepping,
    with_fields,
)
from hotspots.decisions.demands import Ground
from hotspots.decisions.kinds import basis_of, kind_of
from hotspots.decisions.lifecycle import (
    MARKS,
    PREPARED,
    TIMED,
    against_step,
    standing,
    stepped,
)
from hotspots.decisions.rules import Broken, refuse
from hotspots.decisions.terms import add_months
from hotspots.errors import InputRefused, StepRefused, problems_of
from hotspots.policy import Policy
from hotspots.policy.cameras import WatchedHours
from hotspots.register import Act, Boundary, Designation, Mark
from hotspots.store.register.register import Change, Register

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WRITTEN = frozenset(Designation.model_fields) - {
    "id", "version", "state", "marks", "decider", "decided_on", "published_on", "publication",
    "boundary_version", "extended", "ended_on", "advice",
}  # fmt: skip
"""Fields of a draft that a person writes; the others follow from the steps."""

KEPT_UP = frozenset({"signs_on", "watched", "police_role", "dpia_reference"})
"""Fields that are kept up after the decision, for they are no part of what binds others."""

EXTENDING = frozenset(
    {"end", "evaluation_on", "watched", "consultation", "published_on", "publication", "evidence"}
)
"""What a person writes of an extension."""

SHRINKING = frozenset({"hours", "season", "published_on", "publication", "evidence"})
"""What a person writes of a shrinking, beside the new boundary."""


# ---------------------------------------------------------------- before the decision
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
        made = _with_evaluation(_valid(checked(Designation, fields, file=file), file), policy)
        if made.follows is not None:
            change.designation(made.follows)
        return _put(change, made, area, streets, reason=acting.reason)


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
        new = _valid(with_fields(old, given, file=file), file)
        if standing(old, acting.on) in PREPARED:
            new = _with_evaluation(new, policy)
        else:
            other = {name for name in given if name not in KEPT_UP}
            other |= {"boundary"} if area is not None else set()
            found += [Broken(rules.FIXED, field=name) for name in sorted(other)]
            if new.start is not None and new.end is not None:
                found += demands.against_watched(new, new.start, new.end)
        refuse(found)
        return _put(change, new, area, streets, reason=acting.reason, seen=acting.seen)


def ask_advice(register: Register, id_: str, of: str, acting: Acting) -> Designation:
    """Ask advice on a draft, of somebody."""
    with stepping(register, id_, "ask_advice", acting) as (change, old):
        refuse([*against_step(old, "ask_advice", acting.on), *acting.against_day()])
        advice = {"asked_on": acting.on, "asked_of": of}
        return _write(change, old, "ask_advice", acting, {"advice": advice})


def receive_advice(register: Register, id_: str, summary: str, acting: Acting) -> Designation:
    """Write down the advice that was given."""
    with stepping(register, id_, "receive_advice", acting) as (change, old):
        asked = None if old.advice is None else old.advice.asked_on
        refuse([*against_step(old, "receive_advice", acting.on), *acting.against_day(asked)])
        advice = dict(old.advice or {}) | {"given_on": acting.on, "summary": summary}
        return _write(change, old, "receive_advice", acting, {"advice": advice})


# ---------------------------------------------------------------- the decision
def decide(
    register: Register,
    id_: str,
    acting: Acting,
    policy: Policy,
    *,
    municipality: "BaseGeometry | None" = None,
) -> Designation:
    """Write down the decision; it has no effect yet.

    Parameters
    ----------
    id_
        A designation on which advice was asked.
    acting
        Who does it; `on` is the day of the decision.
    policy
        With what the kind asks.
    municipality
        Its area in metres, as far as it was delivered.

    Raises
    ------
    StepRefused
        Naming every rule that stands against it, with its source.
    """
    with stepping(register, id_, "decide", acting) as (change, old):
        kind = kind_of(policy, old.kind)
        ground = Ground(area_of(change, old), municipality)
        asked = None if old.advice is None else old.advice.asked_on
        refuse(
            against_step(old, "decide", acting.on)
            + acting.against_day(asked)
            + demands.against_deciding(
                old, kind, ground, on=acting.on, most_share=policy.designations.most_share
            )
        )
        return _write(change, old, "decide", acting, {"decided_on": acting.on})


def publish(
    register: Register,
    id_: str,
    publication: str,
    acting: Acting,
    *,
    signs_on: date | None = None,
) -> Designation:
    """Write down where and when a decision was published: from then on it can have effect.

    Where its first day has passed by then, it holds from the day of publication.
    """
    with stepping(register, id_, "publish", acting) as (change, old):
        refuse(
            against_step(old, "publish", acting.on)
            + acting.against_day(old.decided_on)
            + demands.against_publishing(old, publication=publication, on=acting.on)
        )
        start = max(acting.on, old.start or acting.on)
        fields = {
            "published_on": acting.on,
            "publication": publication,
            "signs_on": signs_on or old.signs_on,
            "start": start,
            "watched": tuple(
                each.model_copy(update={"start": max(each.start, start)})
                for each in old.watched
                if each.end is None or each.end >= start
            ),
        }
        published = with_fields(old, fields)
        return _write(change, published, "publish", acting, {})


# ---------------------------------------------------------------- later decisions
def extend(
    register: Register,
    id_: str,
    content: Mapping[str, Any],
    acting: Acting,
    policy: Policy,
    *,
    file: str | None = None,
) -> Designation:
    """Write down an extension that was decided on `acting.on` and published.

    Cameras that stand until the end of the term go with it, but for one that is placed elsewhere
    from then on.

    Parameters
    ----------
    content
        Fields of :data:`EXTENDING`.
    """
    given = only(content, EXTENDING, file=file)
    with stepping(register, id_, "extend", acting) as (change, old):
        kind = kind_of(policy, old.kind)
        new = with_fields(old, _without_publication() | given, file=file)
        if "evaluation_on" not in given:
            new = _with_evaluation(new.model_copy(update={"evaluation_on": None}), policy)
        review = demands.review_since(old, change.reviews(id_), acting.on)
        refuse(
            against_step(old, "extend", acting.on)
            + acting.against_day(old.published_on)
            + _ahead(new, acting)
            + demands.against_extending(old, new, kind, review, on=acting.on)
        )
        fields = {"decided_on": acting.on, "extended": old.extended + 1}
        written = _write(change, new, "extend", acting, fields, old=old)
        for each in change.placements(id_):
            longer = with_fields(each, {"end": written.end})
            if each.end == old.end and not demands.against_two_places(longer, change.placements()):
                change.put(longer)
        return written


def shrink(
    register: Register,
    id_: str,
    content: Mapping[str, Any],
    acting: Acting,
    *,
    area: "BaseGeometry | None" = None,
    streets: tuple[str, ...] = (),
    file: str | None = None,
) -> Designation:
    """Write down a shrinking in area, hours or season that was decided on and published.

    Cameras outside the new area end on the day of publication.

    Parameters
    ----------
    content
        Fields of :data:`SHRINKING`.
    area, streets
        The new area in metres, where it changes.
    """
    given = only(content, SHRINKING, file=file)
    with stepping(register, id_, "shrink", acting) as (change, old):
        new = _valid(with_fields(old, _without_publication() | given, file=file), file)
        refuse(
            against_step(old, "shrink", acting.on)
            + acting.against_day(old.published_on)
            + _ahead(new, acting)
            + demands.against_shrinking(old, new, old=area_of(change, old), new=area, on=acting.on)
        )
        new = with_fields(new, {**stepped(old, "shrink", acting.on), "decided_on": acting.on})
        written = _put(change, new, area, streets, reason=acting.reason, seen=acting.seen)
        if area is not None:
            _end_outside(change, written, area)
        return written


def withdraw(register: Register, id_: str, acting: Acting) -> Designation:
    """Withdraw a designation, or drop a draft; its cameras end that day."""
    with stepping(register, id_, "withdraw", acting) as (change, old):
        return withdraw_in(change, old, acting)


def withdraw_in(change: Change, old: Designation, acting: Acting) -> Designation:
    """Withdraw a designation within a change; see :func:`withdraw`."""
    refuse(
        against_step(old, "withdraw", acting.on)
        + acting.against_day(old.decided_on, old.published_on)
    )
    end_placements(change, old.id, acting.on)
    return _write(change, old, "withdraw", acting, {"ended_on": acting.on})


def mark(register: Register, id_: str, mark_: Mark, acting: Acting, *, lift: bool) -> Designation:
    """Set or lift a mark: an objection, a suspension, an annulment (which is never lifted).

    An annulment ends every camera.
    """
    act = _SETS.get((mark_, not lift))
    if act is None:
        raise StepRefused(Broken(rules.MARK, field="annul", value=mark_).problem())
    with stepping(register, id_, act, acting) as (change, old):
        refuse([*against_step(old, act, acting.on), *acting.against_day(old.decided_on)])
        fields: dict[str, object] = {}
        if act == "annul":
            end_placements(change, id_, acting.on)
            fields["ended_on"] = old.ended_on or acting.on
        return _write(change, old, act, acting, fields)


# ---------------------------------------------------------------- time
def settle(register: Register, acting: Acting) -> list[Designation]:
    """Write down what time has brought: in force, evaluation due, expired; each is audited."""
    written = []
    for found in register.designations():
        act = TIMED.get(standing(found, acting.on))
        if act is None or standing(found, acting.on) == found.state:
            continue
        with stepping(register, found.id, act, acting) as (change, old):
            state = standing(old, acting.on)
            if state == old.state or TIMED.get(state) != act:
                continue
            fields: dict[str, object] = {"state": state}
            if state == "expired":
                fields["ended_on"] = old.end
            written.append(change.put(with_fields(old, fields)))
    return written


# ---------------------------------------------------------------- how
def area_of(reads: "Register | Change", designation: Designation) -> "BaseGeometry | None":
    """Return the area that holds, none where nothing was drawn yet."""
    if not designation.boundary_version:
        return None
    return reads.boundary(designation.id, designation.boundary_version).area


def _write(
    change: Change,
    record: Designation,
    act: Act,
    acting: Acting,
    fields: Mapping[str, object],
    *,
    old: Designation | None = None,
) -> Designation:
    after = stepped(old or record, act, acting.on)
    written = with_fields(record, {**after, **fields})
    if act == "publish":
        written = with_fields(written, {"state": standing(written, acting.on)})
    return change.put(written, expected_version=acting.seen)


def _put(
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


def _end_outside(change: Change, shrunk: Designation, area: "BaseGeometry") -> None:
    from shapely import Point

    day = shrunk.published_on
    for each in change.placements(shrunk.id):
        later = each.end is None or (day is not None and each.end > day)
        if later and not area.covers(Point(each.x_m, each.y_m)):
            change.put(with_fields(each, {"end": day}))


def _with_evaluation(record: Designation, policy: Policy) -> Designation:
    """Return it with the usual day of evaluation, where none was chosen and there is an end."""
    if record.evaluation_on is not None or record.end is None:
        return record
    day = add_months(record.end, -policy.designations.evaluation_months)
    return record.model_copy(update={"evaluation_on": day})


def _without_publication() -> dict[str, object]:
    """A later decision has a publication of its own: that of the one before does not count."""
    return {"published_on": None, "publication": ""}


def _ahead(changed: Designation, acting: Acting) -> list[Broken]:
    day = changed.published_on
    if day is None or day <= acting.at.date():
        return []
    return [Broken(rules.NOT_AHEAD, field="published_on", value=day.isoformat())]


_SETS = {effect: act for act, effect in MARKS.items()}
_HOURS = TypeAdapter(tuple[WatchedHours, ...])


def _valid(record: Designation, file: str | None) -> Designation:
    """Return it when its hours can be read."""
    try:
        _HOURS.validate_python(record.hours)
    except ValidationError as refusal:
        remedy = "Write hours such as fri 20-04, mon-fri 08-18 or daily 16-24."
        raise InputRefused(problems_of(refusal, remedy=remedy, file=file)) from None
    return record
