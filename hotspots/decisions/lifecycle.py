"""The life of a designation: which step leads from which state to which, and what time does.

Some steps nobody takes: a published decision enters into force on its first day, its evaluation
falls due, its term runs out. :func:`standing` says which state holds on a day; every rule looks
at that, so a register in which nobody wrote these steps down is never more permissive.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hotspots.decisions.demands import review_since
from hotspots.decisions.rules import ANNULLED, FIXED, MARK, STEP, SUSPENDED, Broken
from hotspots.register import Act, Designation, Mark, Review, State

PREPARED: frozenset[State] = frozenset({"draft", "advice_asked"})
"""Not decided yet: everything may still change."""

IN_FORCE: frozenset[State] = frozenset({"in_force", "evaluation_due", "extended", "shrunk"})
"""The area measure holds, unless it is suspended or annulled."""

ENDED: frozenset[State] = frozenset({"withdrawn", "expired"})
"""Nothing follows; a new designation may follow the old."""

_DECIDED: frozenset[State] = frozenset({"decided"})
_ALIVE = PREPARED | _DECIDED | IN_FORCE
_EVER_DECIDED = _DECIDED | IN_FORCE | ENDED


@dataclass(frozen=True, slots=True)
class Step:
    """States that a step may be taken from, and the state it leads to; none leaves it as it is."""

    before: frozenset[State]
    after: State | None = None
    while_suspended: bool = True


STEPS: Mapping[Act, Step] = MappingProxyType({
    "amend": Step(PREPARED | _DECIDED | IN_FORCE),
    "ask_advice": Step(frozenset({"draft"}), "advice_asked"),
    "receive_advice": Step(frozenset({"advice_asked", "decided"})),
    "decide": Step(frozenset({"advice_asked"}), "decided"),
    "publish": Step(_DECIDED),
    "extend": Step(IN_FORCE, "extended", while_suspended=False),
    "shrink": Step(IN_FORCE, "shrunk"),
    "withdraw": Step(_ALIVE, "withdrawn"),
    "object": Step(_EVER_DECIDED),
    "resolve_objection": Step(_EVER_DECIDED),
    "suspend": Step(_DECIDED | IN_FORCE),
    "lift_suspension": Step(_EVER_DECIDED),
    "annul": Step(_EVER_DECIDED),
    "place": Step(_DECIDED | IN_FORCE, while_suspended=False),
    "move": Step(_DECIDED | IN_FORCE, while_suspended=False),
    "remove": Step(_DECIDED | IN_FORCE),
    "review": Step(IN_FORCE),
    "signal": Step(IN_FORCE),
})  # fmt: skip
"""Every step that a person takes; what is not here cannot be taken."""

MARKS: Mapping[Act, tuple[Mark, bool]] = MappingProxyType({
    "object": ("objection", True),
    "resolve_objection": ("objection", False),
    "suspend": ("suspended", True),
    "lift_suspension": ("suspended", False),
    "annul": ("annulled", True),
})  # fmt: skip
"""Which mark a step sets, or takes away."""

TIMED: Mapping[State, Act] = MappingProxyType(
    {"in_force": "enter_into_force", "evaluation_due": "evaluation_due", "expired": "expire"}
)
"""The states that time leads to, and what such a step is called."""


def standing(designation: Designation, on: date, reviews: Sequence[Review] = ()) -> State:
    """Return the state that holds on a day, on or after the last step that somebody took.

    Parameters
    ----------
    designation
        As it was last written.
    on
        Local day.
    reviews
        Of this designation: one since the last decision is the evaluation. No step depends on it.
    """
    state = designation.state
    if state in PREPARED or state in ENDED or "annulled" in designation.marks:
        return state
    start, end = designation.start, designation.end
    if start is None or end is None or designation.decided_on is None:
        return state
    if on > end:
        return "expired"
    if state == "decided":
        if designation.published_on is None or on < max(start, designation.published_on):
            return state
        state = "in_force"
    due = designation.evaluation_on
    if review_since(designation, reviews, on) is not None:
        written_before = state == "evaluation_due"
        return ("extended" if designation.extended else "in_force") if written_before else state
    if due is not None and designation.decided_on < due <= on:
        return "evaluation_due"
    return state


def standings(
    designations: Iterable[Designation], reviews: Iterable[Review], on: date
) -> dict[str, State]:
    """Return the state of each designation on a day, by its id; reviews may be of any of them."""
    held: dict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        held[review.designation].append(review)
    return {each.id: standing(each, on, held[each.id]) for each in designations}


def has_effect(designation: Designation, on: date) -> bool:
    """Whether the area measure holds on a day: in force, not suspended, not annulled."""
    stopped = {"suspended", "annulled"} & set(designation.marks)
    return standing(designation, on) in IN_FORCE and not stopped


def against_step(designation: Designation, act: Act, on: date) -> list[Broken]:
    """Return what stands against a step because of state and marks."""
    step, marks, now = STEPS[act], designation.marks, standing(designation, on)
    found = []
    if now not in step.before:
        found.append(Broken(STEP, field=act, value=now))
    given = designation.advice is not None and designation.advice.given_on is not None
    if act == "receive_advice" and now in _DECIDED and given:
        found.append(Broken(FIXED, field="advice", value=designation.id))
    if "annulled" in marks and act not in ("object", "resolve_objection", "annul"):
        found.append(Broken(ANNULLED, field=act, value=designation.id))
    elif "suspended" in marks and not step.while_suspended:
        found.append(Broken(SUSPENDED, field=act, value=designation.id))
    mark, there = MARKS.get(act, (None, False))
    if mark is not None and (mark in marks) == there:
        found.append(Broken(MARK, field=act, value=mark))
    return found


def stepped(designation: Designation, act: Act, on: date) -> dict[str, object]:
    """Return the state and marks after a step that nothing stands against."""
    mark, there = MARKS.get(act, (None, False))
    marks = [each for each in designation.marks if each != mark]
    if mark is not None and there:
        marks.append(mark)
    return {
        "state": STEPS[act].after or standing(designation, on),
        "marks": tuple(sorted(marks)),
    }
