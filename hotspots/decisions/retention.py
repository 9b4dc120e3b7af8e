"""Deleting designations whose term of retention is over; the deletions stay in the audit trail."""

from datetime import date

from hotspots.decisions.acting import Acting, doing, with_fields
from hotspots.decisions.lifecycle import standing
from hotspots.decisions.roles import require_role
from hotspots.decisions.terms import add_months
from hotspots.policy import Policy
from hotspots.register import Designation
from hotspots.store.register.register import Register


def ended_on(designation: Designation, on: date) -> date | None:
    """Return the day on which a designation ended; None while it has not, or is kept as a draft."""
    if designation.ended_on is not None:
        return designation.ended_on
    return designation.end if standing(designation, on) == "expired" else None


def over(register: Register, policy: Policy, *, on: date) -> list[Designation]:
    """Return the designations that ended longer ago than they are kept.

    One that another follows is kept as long as that other.
    """
    found = register.designations()
    months = -12 * policy.designations.retention_years
    past = {
        each.id
        for each in found
        if (day := ended_on(each, on)) is not None and day < add_months(on, months)
    }
    while held := {each.follows for each in found if each.id not in past} & past:
        past -= held
    return [each for each in found if each.id in past]


def purge(register: Register, acting: Acting, policy: Policy) -> list[Designation]:
    """Delete what :func:`over` names, with boundaries, cameras, reviews and signals.

    Raises
    ------
    RoleRefused
        When the role may not delete.
    """
    require_role(acting.role, "delete")
    gone = over(register, policy, on=acting.on)
    if not gone:
        return []
    with doing(register, "delete", acting) as change:
        for each in gone:
            for action in change.actions(designation=each.id):
                change.put(with_fields(action, {"designation": None}))
            parts = [
                *change.signals(each.id),
                *change.reviews(each.id),
                *change.placements(each.id),
                *change.boundaries(each.id),
            ]
            for part in parts:
                change.delete(part)
        left = {each.id: each for each in gone}
        while left:
            followed = {each.follows for each in left.values()}
            for id_ in sorted(left.keys() - followed):
                change.delete(left.pop(id_))
    return gone
