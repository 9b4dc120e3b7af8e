"""The register as a log of decisions: what was decided when, by whom, why and on which run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import pandas as pd

from hotspots.register import (
    Act,
    Action,
    Choice,
    Designation,
    Entry,
    Record,
    Review,
    Role,
    Signal,
)
from hotspots.store.register.register import Register

DECISIONS: tuple[Act, ...] = (
    "decide", "publish", "extend", "shrink", "withdraw", "resolve_objection", "suspend",
    "lift_suspension", "annul", "review", "answer", "choose", "plan_action", "report_action",
)  # fmt: skip
"""Acts that a person answers for; what time brought and what was prepared are left out."""

CHOICE, ACTION = "choice", "action"
"""Kinds of a decision beside the kinds of area."""

_DAY_OF: Mapping[Act, str] = MappingProxyType({
    "decide": "decided_on", "extend": "decided_on", "shrink": "decided_on",
    "publish": "published_on", "withdraw": "ended_on", "annul": "ended_on",
    "review": "reviewed_on", "answer": "answered_on", "choose": "decided_on",
})  # fmt: skip
"""Field of a record that tells on which day an act was done."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: the day it was taken, and the day on which it was written down.

    `kind` is the kind of area, :data:`CHOICE` or :data:`ACTION`; `about` the name of what it is
    about; `outcome` a code (an advice, an answer, an end) or text, where there is one.
    """

    seq: int
    day: date
    written_on: date
    act: Act
    kind: str
    subject: str
    designation: str | None
    areas: tuple[tuple[str, str], ...]
    about: str
    outcome: str
    actor: str
    role: Role
    reason: str
    run_id: str | None


def decisions_of(register: Register) -> tuple[Decision, ...]:
    """Return every decision of a register, newest first."""
    found = list(_decisions(register))
    return tuple(sorted(found, key=lambda each: (each.day, each.seq), reverse=True))


@dataclass(frozen=True, slots=True)
class BanDay:
    """How many bans of the board held on a day, and their km2; ground of two is counted twice."""

    day: date
    number: int
    km2: float


def bans_over_time(register: Register, *, on: date) -> list[BanDay]:
    """Return the bans of the board over time, as the register has them now.

    On every first of January since the first one began, a year before `on`, and on `on` itself;
    none where there never was a ban. A ban counts from its publication if that was late, and
    with the boundary that it has now.
    """
    areas = {(each.designation, each.number): each.area.area for each in register.boundaries()}
    terms = [
        (
            # An extension is published anew.
            each.start if each.extended else max(each.start, each.published_on),
            each.ended_on or each.end or date.max,
            areas.get((each.id, each.boundary_version), 0.0),
        )
        for each in register.designations()
        if each.decider == "board"
        and each.start is not None
        and each.published_on is not None
        and "annulled" not in each.marks
    ]
    if not terms:
        return []
    first = min(begin for begin, _, _ in terms)
    days = {date(year, 1, 1) for year in range(first.year + 1, on.year + 1)}
    told = []
    for day in sorted({*days, a_year_before(on), on}):
        held = [area for begin, last, area in terms if begin <= day <= last]
        told.append(BanDay(day, len(held), sum(held) / 1e6))
    return told


def a_year_before(day: date) -> date:
    """Return the day 365 days before."""
    return day - timedelta(days=365)


def decision_rows(decisions: Sequence[Decision]) -> pd.DataFrame:
    """Return decisions as flat rows, for a file."""
    columns = [
        "day", "written_on", "act", "kind", "subject", "about", "outcome", "actor", "role",
        "reason", "run_id",
    ]  # fmt: skip
    rows = [{name: getattr(each, name) for name in columns} for each in decisions]
    return pd.DataFrame(rows, columns=columns)


def _decisions(register: Register) -> Iterator[Decision]:
    entries = [each for each in register.trail() if each.act in DECISIONS]
    areas = {each.id: each for each in register.designations()}
    versions: dict[str, dict[int, Record]] = {}
    models: dict[str, type[Record]] = {
        "designation": Designation, "review": Review, "signal": Signal,
        "choice": Choice, "action": Action,
    }  # fmt: skip
    for entry in entries:
        if entry.kind not in models:
            continue
        if entry.subject not in versions:
            held = register.history(models[entry.kind], entry.subject)
            versions[entry.subject] = {each.version: each for each in held}
        record = versions[entry.subject].get(entry.version)
        if record is not None:  # deleted when its retention was over
            yield _decision(entry, record, areas)


def _decision(entry: Entry, record: Record, areas: Mapping[str, Designation]) -> Decision:
    written_on = entry.at.astimezone().date()
    designation, kind, about = _subject(record, areas)
    day = getattr(record, _DAY_OF.get(entry.act, ""), None)
    return Decision(
        seq=entry.seq,
        day=day or written_on,
        written_on=written_on,
        act=entry.act,
        kind=kind,
        subject=entry.subject,
        designation=designation,
        areas=_places(record),
        about=about,
        outcome=_outcome(entry.act, record),
        actor=entry.actor,
        role=entry.role,
        reason=entry.reason,
        run_id=entry.run_id,
    )


def _subject(record: Record, areas: Mapping[str, Designation]) -> tuple[str | None, str, str]:
    """Return the designation that a record is about, its kind, and its name."""
    if isinstance(record, Designation):
        return record.id, record.kind, record.name
    if isinstance(record, Choice):
        return None, CHOICE, str(record.year)
    if isinstance(record, Action):
        return record.designation, ACTION, record.name
    own = areas.get(getattr(record, "designation", ""))
    return (None, "", record.id) if own is None else (own.id, own.kind, own.name)


def _places(record: Record) -> tuple[tuple[str, str], ...]:
    """Return level and code of the areas that a record names."""
    if isinstance(record, Action) and record.level is not None:
        return tuple((record.level, code) for code in record.areas)
    if isinstance(record, Choice):
        return tuple((record.level, each.code) for each in record.areas if each.chosen)
    return ()


def _outcome(act: Act, record: Record) -> str:
    if isinstance(record, Review):
        return record.advice
    if isinstance(record, Signal):
        return record.answer or ""
    if isinstance(record, Action):
        return record.result if act == "report_action" else ""
    if isinstance(record, Designation) and act in ("decide", "extend") and record.end:
        return record.end.isoformat()
    return ""
