"""Words of the register for pages: states, acts, deadlines, and rules that refuse a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hotspots.decisions.deadlines import Due
from hotspots.decisions.rules import RULES, Broken
from hotspots.errors import Problem
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.policy import Policy
from hotspots.register import Act, Designation, Entry, Mark, Season, Span, State


@dataclass(frozen=True)
class RuleTold:
    """A rule in the reader's language, with where it comes from and the field that it is about."""

    code: str
    text: str
    source: str
    field: str | None
    value: str | None


CODES: Mapping[str, str] = {Broken(rule).problem().rule: code for code, rule in RULES.items()}
"""The code of each rule, by how the engine tells it."""


def rule_told(problem: Problem, words: Words) -> RuleTold | None:
    """Return a refused rule in the reader's language; none where it is no rule of the register."""
    code = CODES.get(problem.rule)
    if code is None:
        return None
    return RuleTold(code, *rule_words(code, words), problem.column, problem.value)


def rule_words(code: str, words: Words) -> tuple[str, str]:
    """Return what a rule says and where it comes from."""
    return words.label(f"rule_{code}"), words.label(f"rule_{code}_source")


def item_words(code: str, words: Words, *, cameras: bool) -> tuple[str, str]:
    """Return an item of the checklist as something that is there, and where it comes from.

    The law on cameras is no source for an area whose kind allows none.
    """
    source = f"file_{code}_source"
    elsewhere = f"{source}_no_cameras"
    if not cameras and words.has_label(elsewhere):
        source = elsewhere
    return words.label(f"file_{code}"), words.label(source)


def kind_name(kind: str, policy: Policy, words: Words) -> str:
    """Return what a kind of area is called; one of the municipality's own as its policy has it."""
    if words.has_label(f"bans_kind_{kind}"):
        return words.label(f"bans_kind_{kind}")
    entry = policy.designations.kinds.get(kind)
    return kind.replace("_", " ") if entry is None else entry.title


def state_name(state: State, words: Words) -> str:
    """Return a state in the agreed words."""
    return words.label(f"register_state_{state}")


def state_told(designation: Designation, state: State, words: Words) -> str:
    """Return a state of a designation; of a decision also whether it was published."""
    if state != "decided" or "annulled" in designation.marks:
        return state_name(state, words)
    if designation.published_on is None:
        return words.label("register_state_unpublished")
    first = max(designation.start or designation.published_on, designation.published_on)
    return words.label("register_state_published", day=words.day(first))


def mark_names(marks: Sequence[Mark], words: Words) -> list[str]:
    """Return marks in the agreed words."""
    return [words.label(f"register_mark_{mark}") for mark in marks]


def act_name(act: Act, words: Words) -> str:
    """Return what was done."""
    return words.label(f"register_done_{act}")


def span_told(start: date | None, end: date | None, words: Words) -> str:
    """Return from when to when, both included; without an end it still runs."""
    if start is None:
        return MISSING if end is None else words.label("register_until", end=words.day(end))
    if end is None:
        return words.label("register_since", start=words.day(start))
    return words.label("register_span", start=words.day(start), end=words.day(end))


def spans_told(spans: Sequence[Span], words: Words) -> str:
    """Return periods one after another."""
    return "; ".join(span_told(each.start, each.end, words) for each in spans) or MISSING


def season_told(season: Season | None, words: Words) -> str:
    """Return the part of the year in which an area measure works."""
    if season is None:
        return words.label("bans_all_year")
    first, last = words.night(season.first_day), words.night(season.last_day)
    return words.label("register_span", start=first, end=last)


def hours_told(hours: Sequence[str], words: Words) -> str:
    """Return the hours at which an area measure works."""
    return "; ".join(map(words.hours, hours)) or words.label("bans_any_hour")


def due_told(due: Due, words: Words) -> str:
    """Return what is due when, and whether that day has passed."""
    key = f"register_due_{due.what}" + ("_late" if due.overdue else "")
    return words.sentence(key, day=words.day(due.day))


def lede(designation: Designation, state: State, words: Words) -> str:
    """Return where a designation stands, in one sentence."""
    day = None if designation.end is None else words.day(designation.end)
    if state in ("in_force", "evaluation_due", "extended", "shrunk") and day is not None:
        if {"suspended", "annulled"} & set(designation.marks):
            return words.sentence("register_no_effect")
        return words.sentence("register_lede_holds", day=day)
    ended = designation.ended_on or designation.end
    if state in ("withdrawn", "expired") and ended is not None:
        return words.sentence(f"register_lede_{state}", day=words.day(ended))
    known = {"draft", "advice_asked", "decided"}
    return words.sentence(f"register_lede_{state if state in known else 'other'}")


def overtaken(last: Entry | None, words: Words) -> str:
    """Return who was first, for somebody who looked at an older version."""
    if last is None:
        return words.sentence("register_gone")
    return words.sentence(
        "register_overtaken",
        actor=last.actor,
        act=act_name(last.act, words),
        day=moment(last, words),
    )


def moment(entry: Entry, words: Words) -> str:
    """Return when something was written down, by the clock of the server."""
    local = entry.at.astimezone()
    return f"{words.day(local)}, {local:%H:%M}"


def decider_name(designation: Designation, words: Words) -> str:
    """Return the body that decides."""
    if designation.decider is None:
        return MISSING
    return capital(words.label(f"register_decider_{designation.decider}"))
