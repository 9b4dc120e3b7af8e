"""What is due when, so that no review and no end of a term is missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from hotspots.decisions.demands import review_since
from hotspots.decisions.kinds import kind_of
from hotspots.decisions.lifecycle import ENDED, PREPARED, standing
from hotspots.decisions.terms import add_months
from hotspots.policy import Policy
from hotspots.policy.measures import AreaKind
from hotspots.register import Designation, Review, Signal

What = Literal["publication", "evaluation", "check", "consultation", "decision", "end", "signal"]
"""What may be due: `check` is a review in between, `decision` with its publication."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due on a day for a designation."""

    day: date
    what: What
    designation: str
    name: str
    kind: str
    overdue: bool


def deadlines_of(
    designation: Designation,
    policy: Policy,
    *,
    on: date,
    reviews: Sequence[Review] = (),
    signals: Sequence[Signal] = (),
) -> list[Due]:
    """Return everything that is still due for a designation, in order of day.

    Parameters
    ----------
    designation
        As it was last written.
    policy
        How long before the end what is due.
    on
        Today.
    reviews, signals
        Of this designation.
    """
    d, state = designation, standing(designation, on)
    if state in PREPARED or state in ENDED or "annulled" in d.marks:
        return []
    if d.start is None or d.end is None:
        return []
    kind = kind_of(policy, d.kind)
    days: list[tuple[What, date]] = [("end", d.end)]
    if d.published_on is None:
        days.append(("publication", d.start))
    days.append(("decision", d.end - timedelta(weeks=policy.designations.decision_weeks)))
    held = None if d.consultation is None else d.consultation.held_on
    if "consultation" in kind.needs and (held is None or held <= (d.decided_on or d.start)):
        days.append(("consultation", add_months(d.end, -policy.designations.consultation_months)))
    if review_since(d, reviews, on) is None:
        days.append(("evaluation", _evaluation_day(d, policy)))
    days += [("check", day) for day in _check_days(d, kind, reviews, on)]
    days += [("signal", each.raised_on) for each in signals if each.answer is None]
    return sorted(
        (Due(day, what, d.id, d.name, d.kind, overdue=day < on) for what, day in days),
        key=lambda due: (due.day, due.what),
    )


def due_within(found: Iterable[Due], *, on: date, days: int) -> list[Due]:
    """Return what is overdue or falls due within a number of days, in order of day."""
    last = on + timedelta(days=days)
    return sorted(
        (each for each in found if each.day <= last),
        key=lambda due: (due.day, due.designation, due.what),
    )


def _evaluation_day(designation: Designation, policy: Policy) -> date:
    """Return the day chosen, or the usual one before the end where that is earlier and possible."""
    start, end = designation.start or date.min, designation.end or date.max
    usual = add_months(end, -policy.designations.evaluation_months)
    chosen = designation.evaluation_on or usual
    decided = designation.decided_on or start
    return min(chosen, usual) if usual > max(start, decided) else chosen


def _check_days(
    designation: Designation, kind: AreaKind, reviews: Sequence[Review], on: date
) -> list[date]:
    """Return the day of the next review in between, where the kind asks one before the end."""
    start, end = designation.start, designation.end
    if not kind.check_months or start is None or end is None:
        return []
    last = max([start, *(each.reviewed_on for each in reviews if each.reviewed_on <= on)])
    day = add_months(last, kind.check_months)
    return [day] if day < end else []
