"""What law and policy ask before a designation is decided on, published, extended or shrunk.

Pure: each function returns the rules that stand against a step, all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hotspots.decisions import rules
from hotspots.decisions.rules import Broken, Rule
from hotspots.decisions.terms import add_months, longest_end, season_days, week_hours
from hotspots.policy.measures import AreaKind, Need
from hotspots.register import Designation, Placement, Review

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_CLOSE_M = 0.01
"""Boundaries that lie closer than this are the same."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a designation holds: its area, and the municipality as far as it is known."""

    area: "BaseGeometry | None" = None
    municipality: "BaseGeometry | None" = None

    def share(self) -> float | None:
        """Return the share of the municipality that the area covers, where it can be known."""
        if self.area is None or self.municipality is None or self.municipality.is_empty:
            return None
        return float(self.area.intersection(self.municipality).area / self.municipality.area)


def lacking(designation: Designation, kind: AreaKind, ground: Ground) -> list[Broken]:
    """Return what a file lacks that every decision needs, and that this kind needs."""
    d = designation
    there: dict[Rule, tuple[str, bool]] = {
        rules.BOUNDARY: ("boundary", ground.area is not None),
        rules.GOAL: ("goal", bool(d.goal)),
        rules.CRITERION: ("criterion", d.criterion is not None),
        rules.BASELINE: ("baseline", d.baseline is not None),
        rules.EVIDENCE: ("evidence", d.evidence is not None),
        rules.TERM: ("start, end", d.start is not None and d.end is not None),
        rules.LEGAL_BASIS: ("legal_basis", bool(d.legal_basis)),
        rules.DECIDER: ("decider", d.decider == kind.decider),
    }
    found = [Broken(rule, field=name) for rule, (name, is_there) in there.items() if not is_there]
    found += against_consultation(d, kind)
    return found + [
        Broken(rule, field=name)
        for need, (rule, name, is_there) in _NEEDS.items()
        if need in kind.needs and not is_there(designation, kind)
    ]


def against_consultation(designation: Designation, kind: AreaKind) -> list[Broken]:
    """Return what stands against whom was consulted, where the kind says who that must be."""
    held = designation.consultation
    if held is None or not kind.consultation_with:
        return []
    told = " ".join(held.with_whom.casefold().split())
    if any(each.casefold() in told for each in kind.consultation_with):
        return []
    return [Broken(rules.CONSULTED_WHOM, field="consultation.with_whom", value=held.with_whom)]


_Test = Callable[[Designation, AreaKind], bool]
_NEEDS: dict[Need, tuple[Rule, str, _Test]] = {
    "by_law": (rules.BY_LAW, "by_law", lambda _, kind: bool(kind.by_law)),
    "lighter_measures": (
        rules.LIGHTER,
        "lighter_measures",
        lambda d, _: any(each.result for each in d.lighter_measures),
    ),
    "package": (rules.PACKAGE, "package", lambda d, _: bool(d.package)),
    "consultation": (rules.CONSULTATION, "consultation", lambda d, _: d.consultation is not None),
    "dpia": (rules.DPIA, "dpia_reference", lambda d, _: bool(d.dpia_reference)),
}


def against_deciding(
    designation: Designation, kind: AreaKind, ground: Ground, *, on: date, most_share: float
) -> list[Broken]:
    """Return what stands against deciding on a day.

    Parameters
    ----------
    designation, kind
        The draft, and its entry in the policy.
    ground
        Where it would hold.
    on
        Day of the decision.
    most_share
        Share of the municipality from which an area counts as all of it, 0 to 1.
    """
    d = designation
    found = lacking(d, kind, ground)
    share = ground.share()
    if share is not None and share >= most_share:
        found.append(Broken(rules.WHOLE, field="boundary", value=f"{share:.0%}"))
    if d.start is not None and d.end is not None:
        if d.start < on:
            found.append(Broken(rules.PUBLISHED, field="start", value=d.start.isoformat()))
        found += against_term(kind, d.start, d.end, d.evaluation_on, after=on)
        found += against_watched(d, d.start, d.end)
    if d.consultation is not None and d.consultation.held_on > on:
        found.append(Broken(rules.CONSULTATION, field="consultation.held_on"))
    if "lighter_measures" in kind.needs and any(m.start > on for m in d.lighter_measures):
        found.append(Broken(rules.LIGHTER, field="lighter_measures"))
    return found


def against_term(
    kind: AreaKind, start: date, end: date, evaluation_on: date | None, *, after: date
) -> list[Broken]:
    """Return what stands against a term and its evaluation, which lies after a day."""
    found = []
    if end < start:
        found.append(Broken(rules.TERM, field="end", value=end.isoformat()))
    if end > longest_end(start, kind.most_months):
        found.append(Broken(rules.MOST_MONTHS, field="end", value=f"{start} to {end}"))
    last = min(add_months(end, -kind.evaluation_before_end_months), end - timedelta(days=1))
    if evaluation_on is None or not after < evaluation_on <= last:
        value = "none" if evaluation_on is None else evaluation_on.isoformat()
        found.append(Broken(rules.EVALUATION, field="evaluation_on", value=value))
    return found


def against_watched(designation: Designation, start: date, end: date) -> list[Broken]:
    """Return what stands against the periods of live viewing within a term."""
    return [
        Broken(rules.WATCHED, field="watched", value=f"{each.start} to {each.end or 'later'}")
        for each in designation.watched
        if each.start < start or each.start > end or (each.end is not None and each.end > end)
    ]


def against_publishing(designation: Designation, *, publication: str, on: date) -> list[Broken]:
    """Return what stands against a publication on a day, in the state that allows it."""
    found = []
    if not publication:
        found.append(Broken(rules.PUBLICATION, field="publication"))
    if designation.published_on is not None:
        value = designation.published_on.isoformat()
        found.append(Broken(rules.FIXED, field="published_on", value=value))
    due = designation.evaluation_on
    if due is not None and on >= due:
        found.append(Broken(rules.EVALUATION, field="on", value=on.isoformat()))
    return found


def is_complete(review: Review) -> bool:
    """Whether a review rests on both registrations and professionals."""
    return review.evidence is not None and bool(review.figures) and bool(review.findings)


def review_since(designation: Designation, reviews: Sequence[Review], on: date) -> Review | None:
    """Return the newest review from both sources between the last decision and a day, if any."""
    since = designation.decided_on or date.min
    held = [each for each in reviews if is_complete(each) and since < each.reviewed_on <= on]
    return max(held, key=lambda each: (each.reviewed_on, each.id), default=None)


def against_extending(
    designation: Designation,
    longer: Designation,
    kind: AreaKind,
    review: Review | None,
    *,
    on: date,
) -> list[Broken]:
    """Return what stands against an extension that is decided on and published.

    Parameters
    ----------
    designation, longer
        As it is, and as it would be.
    kind
        Its entry in the policy.
    review
        Of :func:`review_since`.
    on
        Day of the decision.
    """
    old, new = designation.end, longer.end
    if old is None or new is None:
        return [Broken(rules.TERM, field="end")]
    found = []
    if new <= old:
        found.append(Broken(rules.LATER_END, field="end", value=new.isoformat()))
    begins = old + timedelta(days=1)
    found += against_term(kind, begins, max(new, begins), longer.evaluation_on, after=on)
    found += against_watched(longer, longer.start or begins, new)
    if review is None or not review.need_remains:
        found.append(
            Broken(rules.REVIEWED, field="review", value=None if review is None else review.id)
        )
    if "consultation" in kind.needs:
        held = longer.consultation.held_on if longer.consultation else date.min
        if not (designation.decided_on or date.min) < held <= on:
            found.append(Broken(rules.CONSULTED_AGAIN, field="consultation"))
    found += against_consultation(longer, kind)
    return found + against_publication(longer, on=on, last=old)


def against_publication(changed: Designation, *, on: date, last: date) -> list[Broken]:
    """Return what stands against the publication of a later decision, by the last day of old."""
    published, found = changed.published_on, []
    if not changed.publication:
        found.append(Broken(rules.PUBLICATION, field="publication"))
    if published is None or not on <= published <= last:
        value = "none" if published is None else published.isoformat()
        found.append(Broken(rules.PUBLISHED, field="published_on", value=value))
    return found


def against_shrinking(
    designation: Designation,
    smaller: Designation,
    *,
    old: "BaseGeometry | None",
    new: "BaseGeometry | None",
    on: date,
) -> list[Broken]:
    """Return what stands against shrinking in area, hours or season; `new` is none where it stays.

    Parameters
    ----------
    designation, smaller
        As it is, and as it would be.
    old, new
        The area that holds, and the new one.
    on
        Day of the decision.
    """
    found, less = [], False
    if new is not None:
        if old is None or not old.buffer(_CLOSE_M).covers(new):
            found.append(Broken(rules.LESS, field="boundary"))
        less |= old is not None and new.area < old.area
    parts: dict[str, tuple[frozenset[Any], frozenset[Any]]] = {
        "hours": (week_hours(designation.hours), week_hours(smaller.hours)),
        "season": (season_days(designation.season), season_days(smaller.season)),
    }
    for name, (before, after) in parts.items():
        if not after <= before:
            found.append(Broken(rules.LESS, field=name))
        less |= after < before
    if not less and not found:
        found.append(Broken(rules.LESS, field="boundary"))
    return found + against_publication(smaller, on=on, last=designation.end or date.max)


def against_two_places(new: Placement, others: Sequence[Placement]) -> list[Broken]:
    """Return what stands against a camera that stands somewhere else at the same time."""
    last = new.end or date.max
    return [
        Broken(rules.ONE_PLACE, field="camera", value=f"{new.camera}: {each.id}")
        for each in others
        if each.camera == new.camera and each.id != new.id
        and each.start <= last and new.start <= (each.end or date.max)
    ]  # fmt: skip
