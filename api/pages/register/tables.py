"""The register as tables: terms on one axis of time, a life in steps, figures then and now."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from api.pages.register.sentences import act_name, span_told, state_name
from hotspots.decisions.demands import review_since
from hotspots.decisions.lifecycle import ENDED, IN_FORCE, standing
from hotspots.outputs.bans.document import BanReview
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord
from hotspots.register import Designation, Review, Signal
from hotspots.register import Measure as Kept

WIDTH = 220
"""Width of the axis of time, in units of the drawing."""


@dataclass(frozen=True)
class Axis:
    """An axis of time over whole years: where each year begins, and today."""

    first: int
    last: int
    today: float

    def at(self, day: date) -> float:
        """Return where a day lies, from 0 to :data:`WIDTH`."""
        begin, end = date(self.first, 1, 1), date(self.last + 1, 1, 1)
        share = (day - begin).days / (end - begin).days
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    def years(self) -> list[tuple[int, float]]:
        """Return the years that are named, and where they begin."""
        step = -(-(self.last - self.first + 1) // 5)
        return [
            (year, self.at(date(year, 1, 1))) for year in range(self.first, self.last + 1, step)
        ]


@dataclass(frozen=True)
class TermBar:
    """A term on the axis: how it is drawn follows from where the designation stands."""

    x: float
    width: float
    look: Literal["planned", "holds", "over"]
    evaluation: float | None
    text: str


@dataclass(frozen=True)
class LifeStep:
    """A step in the life of a designation; `ahead` when its day has not come."""

    day: date | None
    text: str
    detail: str = ""
    ahead: bool = False


@dataclass(frozen=True)
class FigureRow:
    """A figure of an area, with all that it rests on; `until` and `sources` of its run."""

    what: str
    incidents: str
    period: str
    run: str | None
    until: str
    sources: str


def axis_of(found: Iterable[Designation], on: date) -> Axis:
    """Return an axis of time on which the terms of designations fit."""
    days = [day for each in found for day in (each.start, each.end) if day is not None]
    first = min([on, *days]).year
    last = max([on, *days]).year
    axis = Axis(first, last, 0)
    return Axis(first, last, axis.at(on))


def term_bar(designation: Designation, axis: Axis, on: date, words: Words) -> TermBar | None:
    """Return the term of a designation on an axis; none while it has none."""
    start, end = designation.start, designation.ended_on or designation.end
    if start is None or end is None:
        return None
    state = standing(designation, on)
    look: Literal["planned", "holds", "over"] = "planned"
    if state in ENDED or "annulled" in designation.marks:
        look = "over"
    elif state in IN_FORCE:
        look = "holds"
    x, due = axis.at(start), designation.evaluation_on
    return TermBar(
        x=x,
        width=max(2.0, round(axis.at(end) - x, 1)),
        look=look,
        evaluation=None if due is None or look == "over" else axis.at(due),
        text=span_told(start, end, words),
    )


# ---------------------------------------------------------------- life
def life_of(
    versions: Sequence[Designation], reviews: Sequence[Review], on: date, words: Words
) -> list[LifeStep]:
    """Return the life of a designation as steps with their days, oldest first; what is ahead last.

    Parameters
    ----------
    versions
        Every version of its record, oldest first.
    reviews
        Of it: the evaluation is not due, or ahead, once it was held.
    on
        Today.
    words
        The language.
    """
    steps = [LifeStep(None, state_name("draft", words))]
    for old, new in pairwise(versions):
        steps += _between(old, new, words)
    newest = versions[-1]
    now, held = standing(newest, on, reviews), review_since(newest, reviews, on) is not None
    if newest.state == "decided" and now == "in_force":
        steps.append(LifeStep(newest.start, state_name(now, words)))
    if now == "evaluation_due":
        steps.append(LifeStep(newest.evaluation_on, state_name(now, words)))
    if now == "expired" and newest.state != "expired":
        steps.append(LifeStep(newest.end, state_name(now, words)))
    if now not in ENDED and "annulled" not in newest.marks:
        ahead = [
            (None if held else newest.evaluation_on, "register_life_evaluation"),
            (newest.end, "register_life_end"),
        ]
        if now == "decided":
            ahead.insert(0, (newest.start, "register_life_start"))
        steps += [
            LifeStep(day, words.label(key), ahead=True)
            for day, key in ahead
            if day is not None and day > on
        ]
    return steps


def _between(old: Designation, new: Designation, words: Words) -> list[LifeStep]:
    """Return what one version of a record tells that the one before did not."""
    steps = []
    if new.state == "advice_asked" and old.state != "advice_asked" and new.advice:
        text = state_name("advice_asked", words)
        steps.append(LifeStep(new.advice.asked_on, text, new.advice.asked_of))
    if new.advice and new.advice.given_on and new.advice != old.advice:
        text = capital(act_name("receive_advice", words))
        steps.append(LifeStep(new.advice.given_on, text, new.advice.summary))
    if new.state == "decided" and old.state != "decided":
        steps.append(LifeStep(new.decided_on, state_name("decided", words)))
    if new.published_on != old.published_on and new.published_on is not None:
        if new.extended > old.extended or (
            new.state == "shrunk" and old.decided_on != new.decided_on
        ):
            text = state_name("extended" if new.extended > old.extended else "shrunk", words)
            steps.append(LifeStep(new.decided_on, text, span_told(None, new.end, words)))
        text = capital(act_name("publish", words))
        steps.append(LifeStep(new.published_on, text, new.publication))
    if new.state != old.state and new.state == "in_force":
        steps.append(LifeStep(new.start, state_name("in_force", words)))
    if new.state != old.state and new.state in ENDED:
        steps.append(LifeStep(new.ended_on, state_name(new.state, words)))
    for mark in sorted(set(new.marks) ^ set(old.marks)):
        text = words.label(f"register_mark_{mark}")
        if mark not in new.marks:
            text = words.label("register_mark_gone", mark=text)
        steps.append(LifeStep(None, text))
    return steps


# ---------------------------------------------------------------- figures
def figure_rows(
    designation: Designation,
    signals: Sequence[Signal],
    reviews: Sequence[Review],
    measured: tuple[str, BanReview, str] | None,
    runs: Mapping[str, RunRecord],
    words: Words,
) -> list[FigureRow]:
    """Return the figures of a designation: the baseline, then those of signals, reviews and runs.

    Parameters
    ----------
    designation
        With its baseline.
    signals, reviews
        Of it.
    measured
        Id of a run of reviews of areas, what it holds of this one, and the period of its last year.
    runs
        The records of runs that are in the workspace, by id.
    words
        The language.
    """
    rows = []
    themes = frozenset(designation.criterion.themes if designation.criterion else ())
    base = designation.baseline
    if base is not None:
        period = words.months(base.first_month, base.last_month)
        n = words.number(base.incidents)
        rows.append(
            _row(words.label("register_baseline"), n, period, base.run_id, runs, themes, words)
        )
    for review in sorted(reviews, key=lambda each: (each.reviewed_on, each.id))[-1:]:
        run_id = review.evidence.run_id if review.evidence else None
        head = words.label("register_figure_review", day=words.day(review.reviewed_on))
        for figure in review.figures:
            n = words.number(figure.value, 0 if figure.value == round(figure.value) else 2)
            value = f"{n} {figure.unit}".strip()
            rows.append(_row(f"{head}: {figure.name}", value, "", run_id, runs, themes, words))
    for signal in sorted(signals, key=lambda each: (each.raised_on, each.id))[-1:]:
        period = words.label("register_last_year")
        if signal.last_month is not None:
            period = words.year_to(signal.last_month)
        head = words.label("register_figure_signal", day=words.day(signal.raised_on))
        n = words.number(signal.incidents)
        rows.append(_row(head, n, period, signal.evidence.run_id, runs, themes, words))
    if measured is not None and measured[1].periods:
        run_id, review_of_run, period = measured
        head = words.label("register_figure_run")
        n = words.number(review_of_run.periods[0])
        rows.append(_row(head, n, period, run_id, runs, themes, words))
    return rows


def _row(
    what: str,
    incidents: str,
    period: str,
    run_id: str | None,
    runs: Mapping[str, RunRecord],
    themes: Set[str],
    words: Words,
) -> FigureRow:
    record = None if run_id is None else runs.get(run_id)
    sources = (
        ()
        if record is None
        else sorted({each.source for each in record.deliveries if themes & set(each.themes)})
    )
    return FigureRow(
        what=what,
        incidents=incidents,
        period=period or MISSING,
        run=run_id,
        until=MISSING if record is None else words.day(record.until),
        sources=", ".join(map(words.source, sources)) or MISSING,
    )


# ---------------------------------------------------------------- measures
@dataclass(frozen=True)
class Measure:
    """A measure beside the area measure, or one that was tried before."""

    what: str
    period: str
    result: str


def measure_rows(found: Sequence[Kept], words: Words) -> list[Measure]:
    """Return measures as a timeline, the earliest first."""
    return [
        Measure(each.what, span_told(each.start, each.end, words), getattr(each, "result", ""))
        for each in sorted(found, key=lambda each: (each.start, each.what))
    ]
