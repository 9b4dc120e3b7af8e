"""Cameras within designated areas: placed, moved and removed, each with what it sees on file."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from hotspots.decisions import rules
from hotspots.decisions.acting import Acting, checked, doing, only, stepping, with_fields
from hotspots.decisions.demands import against_two_places
from hotspots.decisions.designations import area_of
from hotspots.decisions.kinds import kind_of
from hotspots.decisions.lifecycle import against_step
from hotspots.decisions.roles import require_role
from hotspots.decisions.rules import Broken, refuse
from hotspots.policy import Policy
from hotspots.policy.measures import AreaKind
from hotspots.register import Designation, Move, Placement
from hotspots.store.register.register import Register

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WRITTEN = frozenset(Placement.model_fields) - {"id", "version", "designation", "moves"}
"""Fields of a placement that a person writes."""

MOVING = WRITTEN - {"camera", "camera_class", "start", "end"}
"""What a person writes of a move: the new spot, and all that is seen from there."""

_UNSEEN: Mapping[str, object] = {
    "site": "",
    "sector": None,
    "facades_in_view": None,
    "masks": (),
    "power": None,
    "residents_informed_on": None,
}


def place(
    register: Register,
    designation: str,
    content: Mapping[str, Any],
    acting: Acting,
    policy: Policy,
    *,
    file: str | None = None,
) -> Placement:
    """Place a camera; without an end it stands until the end of the term.

    Parameters
    ----------
    designation
        The id of the area in which it stands.
    content
        Fields of :data:`WRITTEN`.
    acting
        Who does it.
    policy
        With the classes that the kind of area allows.
    file
        Where the content comes from.

    Raises
    ------
    StepRefused
        Naming every rule that stands against it, with its source.
    """
    given = only(content, WRITTEN, file=file)
    with stepping(register, designation, "place", acting) as (change, area):
        fields = {"id": change.new_id("placement", acting.on.year), "designation": designation}
        new = checked(Placement, given | fields, file=file)
        if new.end is None:
            new = with_fields(new, {"end": area.end})
        refuse(
            against_step(area, "place", acting.on)
            + acting.against_day(area.published_on)
            + against_placing(new, area, kind_of(policy, area.kind), area_of(change, area))
            + against_two_places(new, change.placements())
        )
        return change.put(new)


def move(
    register: Register,
    id_: str,
    content: Mapping[str, Any],
    acting: Acting,
    policy: Policy,
    *,
    file: str | None = None,
) -> Placement:
    """Move a camera on `acting.on`; what it sees from the new spot is written anew.

    Parameters
    ----------
    content
        Fields of :data:`MOVING`. See :func:`place`.
    """
    given = only(content, MOVING, file=file)
    with doing(register, "move", acting) as change:
        old = change.get(Placement, id_)
        change.require_seen(old, acting.seen)
        area = change.designation(old.designation)
        log = Move(until=acting.on, x_m=old.x_m, y_m=old.y_m, reason=acting.reason)
        moved = with_fields(old, {**_UNSEEN, **given, "moves": (*old.moves, log)}, file=file)
        earlier = [each.until for each in old.moves]
        refuse(
            against_step(area, "move", acting.on)
            + acting.against_day(old.start, *earlier)
            + _against_gone(old, acting.on)
            + against_placing(
                moved,
                area,
                kind_of(policy, area.kind),
                area_of(change, area),
                since=acting.on,
            )
        )
        return change.put(moved, expected_version=acting.seen)


def remove(register: Register, id_: str, acting: Acting) -> Placement:
    """Take a camera away; `acting.on` is the last day that it stood."""
    require_role(acting.role, "remove")
    with doing(register, "remove", acting) as change:
        old = change.get(Placement, id_)
        change.require_seen(old, acting.seen)
        area = change.designation(old.designation)
        earlier = [each.until for each in old.moves]
        refuse(
            against_step(area, "remove", acting.on)
            + acting.against_day(*earlier)
            + _against_gone(old, acting.on)
        )
        return change.put(with_fields(old, {"end": acting.on}), expected_version=acting.seen)


# ---------------------------------------------------------------- rules
def against_placing(
    placement: Placement,
    designation: Designation,
    kind: AreaKind,
    area: "BaseGeometry | None",
    *,
    since: date | None = None,
) -> list[Broken]:
    """Return what stands against a camera in an area.

    Parameters
    ----------
    placement, designation, kind
        The camera as it would stand, the area's designation, and its entry in the policy.
    area
        The boundary that holds, in metres.
    since
        First day on this spot; its start by default.
    """
    from shapely import Point

    p, d = placement, designation
    since = since or p.start
    found = []
    if d.published_on is None:
        found.append(Broken(rules.PUBLISHED, field="start", value=p.start.isoformat()))
    if p.camera_class not in kind.placements:
        found.append(Broken(rules.CLASS, field="camera_class", value=p.camera_class))
    if area is None or not area.covers(Point(p.x_m, p.y_m)):
        found.append(Broken(rules.INSIDE, field="x_m, y_m", value=f"{p.x_m:.1f}, {p.y_m:.1f}"))
    if not _within(p, d):
        found.append(Broken(rules.WITHIN_TERM, field="start, end", value=f"{p.start} to {p.end}"))
    facts = {"sector": p.sector, "facades_in_view": p.facades_in_view, "power": p.power}
    found += [Broken(rules.FACTS, field=name) for name, fact in facts.items() if fact is None]
    if p.facades_in_view and not p.masks:
        found.append(Broken(rules.MASKS, field="masks", value=f"{p.facades_in_view} façades"))
    if p.residents_informed_on is None or p.residents_informed_on > since:
        found.append(Broken(rules.INFORMED, field="residents_informed_on"))
    if "signs" in kind.needs and (d.signs_on is None or d.signs_on > since):
        found.append(Broken(rules.SIGNS, field="signs_on"))
    return found


def _within(placement: Placement, designation: Designation) -> bool:
    start, end, p = designation.start, designation.end, placement
    if start is None or end is None or p.end is None:
        return False
    return start <= p.start <= p.end <= end


def _against_gone(placement: Placement, on: date) -> list[Broken]:
    if placement.start <= on and (placement.end is None or on <= placement.end):
        return []
    value = f"{placement.start} to {placement.end}"
    return [Broken(rules.WITHIN_TERM, field="on", value=value)]
