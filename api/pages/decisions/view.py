"""What the decision log shows, as text: its template only places it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.pages.register.sentences import kind_name
from hotspots.decisions.deadlines import deadlines_of
from hotspots.decisions.lifecycle import IN_FORCE, standing
from hotspots.decisions.log import (
    ACTION,
    CHOICE,
    BanDay,
    Decision,
    a_year_before,
    bans_over_time,
)
from hotspots.outputs.bans.document import BanBurden, BanReviewDocument
from hotspots.outputs.charts import Bar, bars
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.policy import Policy
from hotspots.store.register.register import Register

_ON_A_PAGE = 50
_JUNE = 6
_NEARLY_A_YEAR = 360


@dataclass(frozen=True)
class Chosen:
    """What is asked for; an empty text is everything."""

    stadsdeel: str | None
    kind: str
    year: str
    page: int


@dataclass(frozen=True)
class DecisionView:
    """A decision in words."""

    decision: Decision
    day: str
    what: str
    about: str
    who: str
    reason: str


@dataclass(frozen=True)
class LogView:
    """A page of the log, and what one may choose from."""

    chosen: Chosen
    lede: str
    rows: list[DecisionView]
    kinds: list[tuple[str, str]]
    years: list[str]
    pages: int


@dataclass(frozen=True)
class BansView:
    """What the bans ask of the city: a chart of how many, and two days side by side."""

    lede: str
    chart: Markup
    course: list[list[str]]
    rows: list[list[str]]
    day: date
    run: str


def log_view(
    every: Sequence[Decision],
    found: Sequence[Decision],
    chosen: Chosen,
    policy: Policy,
    words: Words,
    *,
    area: str | None,
) -> LogView:
    """Return a page of the decisions that were found, in an area or the whole city."""
    begin = _ON_A_PAGE * (chosen.page - 1)
    kinds = {each.kind: _kind(each.kind, policy, words) for each in every if each.kind}
    return LogView(
        chosen=chosen,
        lede=words.sentence("log_lede", n=len(found), area=area or words.label("log_city")),
        rows=[_row(each, policy, words) for each in found[begin : begin + _ON_A_PAGE]],
        kinds=sorted(kinds.items(), key=lambda each: each[1]),
        years=sorted({str(each.day.year) for each in every}, reverse=True),
        pages=-(-len(found) // _ON_A_PAGE),
    )


def _kind(kind: str, policy: Policy, words: Words) -> str:
    if kind in (CHOICE, ACTION):
        return words.label(f"log_kind_{kind}")
    return capital(kind_name(kind, policy, words))


def _row(decision: Decision, policy: Policy, words: Words) -> DecisionView:
    what = words.label(f"log_{decision.act}")
    outcome = _outcome(decision, words)
    return DecisionView(
        decision=decision,
        day=words.day(decision.day),
        what=f"{what}: {outcome}" if outcome else what,
        about=words.label("log_choice_of", year=decision.about)
        if decision.kind == CHOICE
        else decision.about,
        who=f"{decision.actor} ({words.label(f'role_{decision.role}')})",
        reason=decision.reason,
    )


def _outcome(decision: Decision, words: Words) -> str:
    if decision.act == "review":
        return words.label(f"ban_{decision.outcome}")
    if decision.act == "answer" and decision.outcome:
        return words.label(f"log_answer_{decision.outcome}")
    if decision.act in ("decide", "extend") and decision.outcome:
        end = words.day(date.fromisoformat(decision.outcome))
        return words.label("log_until", day=end)
    return decision.outcome


def bans_view(
    register: Register, review: BanReviewDocument | None, policy: Policy, words: Words, *, on: date
) -> BansView | None:
    """Return the bans of the register over the years; none where there never was one.

    What they ask of dwellings and residents comes from the newest `review`, for that counts them.
    """
    held = bans_over_time(register, on=on)
    if not held:
        return None
    days = sorted({each.on for each in review.burden}) if review is not None else []
    return BansView(
        lede=_fewer(held, on, words),
        chart=_chart(held, on, words),
        course=[
            [words.day(each.day), words.number(each.number), words.number(each.km2, 2)]
            for each in reversed(held)
        ],
        rows=[] if review is None else _burden(review.burden, days, policy, words),
        day=days[-1] if days else on,
        run="" if review is None else review.run,
    )


def _chart(held: Sequence[BanDay], on: date, words: Words) -> Markup:
    told = {each: f"{words.day(each.day)}: {words.number(each.number)}" for each in held}
    return bars(
        [
            Bar(
                words.label("log_now") if each.day == on else str(each.day.year),
                "",
                name,
                each.number,
                words.number(each.number),
            )
            for each, name in told.items()
            if each.day == on or (each.day.month, each.day.day) == (1, 1)
        ],
        name="bans",
        title=words.label("log_bans_chart"),
        description="; ".join(told.values()),
        plain=words.label("log_bans_number"),
        marked="",
        missing="",
    )


def _fewer(held: Sequence[BanDay], on: date, words: Words) -> str:
    """Return how many there are, and how many a year before."""
    number = {each.day: each.number for each in held}
    n, m = number[on], number[a_year_before(on)]
    key = "same" if n == m else "fewer" if n < m else "more"
    return words.sentence(f"log_bans_{key}", day=words.day(on), n=n, m=m)


def _burden(
    burden: Sequence[BanBurden], days: Sequence[date], policy: Policy, words: Words
) -> list[list[str]]:
    """Return what the bans of each kind asked on the last day, and a year before."""
    if not days:
        return []
    before = max((d for d in days if (days[-1] - d).days >= _NEARLY_A_YEAR), default=None)
    return [
        [
            capital(kind_name(each.kind, policy, words)),
            words.day(each.on),
            words.number(each.number),
            words.number(each.km2, 2),
            words.number(each.dwellings),
            words.number(each.residents),
        ]
        for each in sorted(burden, key=lambda each: (each.kind, -each.on.toordinal()))
        if each.on in (days[-1], before)
    ]


def up_for_review(register: Register, policy: Policy, words: Words, *, on: date) -> list[list[str]]:
    """Return the areas of the board to be evaluated before the end of the next June."""
    until = date(on.year + (on.month > _JUNE), _JUNE, 30)
    held = [
        (due, each)
        for each in register.designations()
        if each.decider == "board" and standing(each, on) in IN_FORCE
        for due in deadlines_of(each, policy, on=on, reviews=register.reviews(each.id))
        if due.what == "evaluation" and due.day <= until
    ]
    return [
        [
            each.name,
            capital(kind_name(each.kind, policy, words)),
            words.label("log_late", day=words.day(due.day)) if due.overdue else words.day(due.day),
            MISSING if each.end is None else words.day(each.end),
        ]
        for due, each in sorted(held, key=lambda pair: (pair[0].day, pair[1].name))
    ]
