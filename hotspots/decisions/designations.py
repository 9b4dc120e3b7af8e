"""The steps of a designation from the decision to the end; those before it are in `drafts`.

Each step loads, checks the role, checks the rules, and writes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hotspots.decisions import demands, rules
from hotspots.decisions.acting import Acting, end_placements, only, stepping, with_fields
from hotspots.decisions.demands import Ground
from hotspots.decisions.drafts import WRITTEN, amend, ask_advice, draft, receive_advice
from hotspots.decisions.kinds import kind_of
from hotspots.decisions.lifecycle import IN_FORCE, MARKS, TIMED, against_step, standing, stepped
from hotspots.decisions.rules import Broken, refuse
from hotspots.decisions.writing import (
    area_of,
    put_drawn,
    with_evaluation,
    with_valid_hours,
    write_step,
)
from hotspots.errors import StepRefused
from hotspots.policy import Policy
from hotspots.register import Designation, Mark, Review, State
from hotspots.store.register.register import Change, Register

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "EXTENDING", "SHRINKING", "WRITTEN", "amend", "area_of", "ask_advice", "decide", "draft",
    "extend", "mark", "publish", "receive_advice", "settle", "shrink", "withdraw", "withdraw_in",
]  # fmt: skip

EXTENDING = frozenset(
    {"end", "evaluation_on", "watched", "consultation", "published_on", "publication", "evidence"}
)
"""What a person writes of an extension."""

SHRINKING = frozenset({"hours", "season", "published_on", "publication", "evidence"})
"""What a person writes of a shrinking, beside the new boundary."""


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
        return write_step(change, old, "decide", acting, {"decided_on": acting.on})


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
        return write_step(change, published, "publish", acting, {})


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
            new = with_evaluation(new.model_copy(update={"evaluation_on": None}), policy)
        review = demands.review_since(old, change.reviews(id_), acting.on)
        refuse(
            against_step(old, "extend", acting.on)
            + acting.against_day(old.published_on)
            + _ahead(new, acting)
            + demands.against_extending(old, new, kind, review, on=acting.on)
        )
        fields = {"decided_on": acting.on, "extended": old.extended + 1}
        written = write_step(change, new, "extend", acting, fields, old=old)
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
        new = with_valid_hours(with_fields(old, _without_publication() | given, file=file), file)
        refuse(
            against_step(old, "shrink", acting.on)
            + acting.against_day(old.published_on)
            + _ahead(new, acting)
            + demands.against_shrinking(old, new, old=area_of(change, old), new=area, on=acting.on)
        )
        new = with_fields(new, {**stepped(old, "shrink", acting.on), "decided_on": acting.on})
        written = put_drawn(change, new, area, streets, reason=acting.reason, seen=acting.seen)
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
    return write_step(change, old, "withdraw", acting, {"ended_on": acting.on})


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
        return write_step(change, old, act, acting, fields)


# ---------------------------------------------------------------- time
def settle(register: Register, acting: Acting) -> list[Designation]:
    """Write down what time has brought: in force, evaluation due, expired; each is audited."""
    written = []
    for found in register.designations():
        state = _brought(found, register.reviews(found.id), acting)
        act = TIMED.get(state)
        if act is None or state == found.state:
            continue
        with stepping(register, found.id, act, acting) as (change, old):
            state = _brought(old, change.reviews(old.id), acting)
            if state == old.state or TIMED.get(state) != act:
                continue
            fields: dict[str, object] = {"state": state}
            if state == "expired":
                fields["ended_on"] = old.end
            written.append(change.put(with_fields(old, fields)))
    return written


def _brought(found: Designation, reviews: Sequence[Review], acting: Acting) -> State:
    """Return what time has brought; a review ends what was due, but is no step back into force."""
    state = standing(found, acting.on, reviews)
    return found.state if found.state == "evaluation_due" and state in IN_FORCE else state


# ---------------------------------------------------------------- how
def _end_outside(change: Change, shrunk: Designation, area: "BaseGeometry") -> None:
    from shapely import Point

    day = shrunk.published_on
    for each in change.placements(shrunk.id):
        later = each.end is None or (day is not None and each.end > day)
        if later and not area.covers(Point(each.x_m, each.y_m)):
            change.put(with_fields(each, {"end": day}))


def _without_publication() -> dict[str, object]:
    """A later decision has a publication of its own: that of the one before does not count."""
    return {"published_on": None, "publication": ""}


def _ahead(changed: Designation, acting: Acting) -> list[Broken]:
    day = changed.published_on
    if day is None or day <= acting.at.date():
        return []
    return [Broken(rules.NOT_AHEAD, field="published_on", value=day.isoformat())]


_SETS = {effect: act for act, effect in MARKS.items()}
