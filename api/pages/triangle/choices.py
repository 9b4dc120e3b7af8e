"""Choosing a year's areas from a ranking: the form, what is wrong with it, and what was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.clock import Now
from api.identity.user import Asking, User
from api.pages.register.fields import day_in
from api.parameters import ChoosingQuery, Chosen, PageQuery, Runs
from api.register.opened import Housed, Registered, acting_of
from api.templating import render
from hotspots.decisions.choices import Proposed, choose, unexplained
from hotspots.decisions.roles import DECIDES
from hotspots.errors import HotspotsError, InputRefused, StepRefused
from hotspots.outputs.tables import find_question
from hotspots.outputs.text import MISSING, Lang, Words
from hotspots.pipeline.designations import pinned, proposal_of
from hotspots.records import Question
from hotspots.register import Choice, ChosenArea, Decider, Role
from hotspots.store.register.register import Register
from hotspots.store.runs import Run, open_run

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_YEARS = range(1900, 2201)
_REASON = "reason-"
"""How the field begins in which the reason for one area is written."""


@dataclass(frozen=True)
class Sent:
    """What the form holds: as it was sent, or as it is first shown."""

    run: str
    theme: str
    level: str
    year: str
    on: str
    reason: str
    chosen: frozenset[str]
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One area to choose, or not."""

    code: str
    name: str
    rank: str
    is_proposed: bool
    is_chosen: bool
    reason: str
    error: str


@dataclass(frozen=True)
class ChoosingView:
    """The form; `errors` are by field, `problems` belong to no field, `first` can be ticked."""

    sent: Sent
    decider: str
    near: list[Row]
    others: list[Row]
    first: str
    errors: Mapping[str, str]
    problems: list[str]
    wrong: int


@dataclass(frozen=True)
class ChosenView:
    """What was chosen for a year, beside what was proposed."""

    id: str
    sentence: str
    of_other_run: str | None
    areas: list[str]
    deviations: list[str]
    reason: str


async def sent_of(request: Request) -> Sent:
    """Return what a form sent, read with care but not judged."""
    form = await request.form(max_files=0, max_fields=2_000)
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    single = dict(texts)
    return Sent(
        **{name: single.get(name, "").strip() for name in _SINGLE},
        chosen=frozenset(value for name, value in texts if name == "chosen"),
        reasons={
            name.removeprefix(_REASON): value.strip()
            for name, value in texts
            if name.startswith(_REASON) and value.strip()
        },
    )


_SINGLE = ("run", "theme", "level", "year", "on", "reason")


@router.get("/kiezen")
def choosing(
    request: Request,
    shelf: Runs,
    workspace: Housed,
    user: Asking,
    settings: Chosen,
    now: Now,
    query: Annotated[ChoosingQuery, Query()],
) -> Response:
    """Show the form, with the proposal ticked."""
    run = open_run(workspace, shelf.open(query.run).record.id)
    question = find_question(run.record, theme=query.theme, level=query.level)
    proposal = proposal_of(run, theme=question.theme, level=question.level)
    sent = Sent(
        run=run.record.id,
        theme=question.theme,
        level=question.level,
        year=str(question.last_year + 1),
        on=now.date().isoformat(),
        reason="",
        chosen=frozenset(each.code for each in proposal if each.is_proposed),
    )
    lang = query.lang or settings.language
    view = _view(sent, proposal, question, user.role, Words(lang))
    return _page(request, lang, view, question, run)


@router.post("/kiezen")
def chosen(
    request: Request,
    sent: Annotated[Sent, Depends(sent_of)],
    register: Registered,
    workspace: Housed,
    user: Asking,
    settings: Chosen,
    now: Now,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Write down what was chosen, or show at once all that is wrong with it."""
    lang = query.lang or settings.language
    words = Words(lang)
    run = open_run(workspace, sent.run)
    question = find_question(run.record, theme=sent.theme, level=sent.level)
    proposal = proposal_of(run, theme=question.theme, level=question.level)
    errors, problems = _errors(sent, proposal, now.date(), words), list[str]()
    if not errors:
        try:
            _write(register, run, sent, proposal, user, now)
        except (StepRefused, InputRefused) as refusal:
            problems = _texts(refusal)
        else:
            place = {"run": run.record.id, "theme": question.theme, "level": question.level}
            address = urlencode({**place, "lang": lang})
            return RedirectResponse(f"/?{address}#chosen", HTTPStatus.SEE_OTHER)
    view = _view(sent, proposal, question, user.role, words, errors=errors, problems=problems)
    return _page(request, lang, view, question, run, HTTPStatus.UNPROCESSABLE_ENTITY)


def last_choice(register: Register, question: Question, year: int) -> Choice | None:
    """Return what was chosen last for a year at the level of a ranking, if anything was."""
    found = [
        each
        for each in register.choices(year, kind="priority_areas")
        if (each.theme, each.level) == (question.theme, question.level)
    ]
    return max(found, key=lambda each: (each.decided_on, each.id), default=None)


def chosen_view(register: Register, choice: Choice, *, run_id: str, words: Words) -> ChosenView:
    """Return what the page of run `run_id` tells of a choice."""
    written = register.trail(choice.id, most=1)
    basis = choice.evidence.run_id if choice.evidence else None
    return ChosenView(
        id=choice.id,
        sentence=words.sentence(
            "choose_done",
            year=str(choice.year),
            decider=words.label(f"choose_decider_{choice.decider}"),
            date=words.day(choice.decided_on),
            actor=written[0].actor if written else MISSING,
            id=choice.id,
        ),
        of_other_run=basis if basis != run_id else None,
        areas=[each.name for each in choice.areas if each.chosen],
        deviations=[
            _deviation(each, words) for each in choice.areas if each.chosen != each.proposed
        ],
        reason=choice.reason,
    )


def decider_of(role: Role) -> Decider:
    """Return the body in whose name somebody of a role chooses."""
    return next(decider for decider, decides in DECIDES.items() if decides == role)


def _deviation(area: ChosenArea, words: Words) -> str:
    key = "choose_added" if area.chosen else "choose_dropped"
    rank = MISSING if area.proposed_rank is None else str(area.proposed_rank)
    return words.sentence(key, area=area.name, rank=rank, reason=area.reason)


def _write(
    register: Register,
    run: Run,
    sent: Sent,
    proposal: Sequence[Proposed],
    user: User,
    now: datetime,
) -> None:
    evidence = pinned(run)
    choose(
        register,
        {
            "year": int(sent.year),
            "kind": "priority_areas",
            "theme": sent.theme,
            "level": sent.level,
            "decider": decider_of(user.role),
        },
        acting_of(user, sent.reason, now, day_in(sent.on), evidence.run_id),
        proposal=proposal,
        chosen=sorted(sent.chosen),
        reasons=sent.reasons,
        evidence=evidence,
    )


def _errors(sent: Sent, proposal: Sequence[Proposed], today: date, words: Words) -> dict[str, str]:
    """Return what is wrong by field, all at once."""
    errors = {}
    if not (sent.year.isascii() and sent.year.isdigit() and int(sent.year[:9]) in _YEARS):
        errors["year"] = words.sentence("choose_wrong_year")
    try:
        if day_in(sent.on) > today:
            errors["on"] = words.sentence("choose_ahead")
    except ValueError:
        errors["on"] = words.sentence("choose_wrong_day")
    if not sent.reason:
        errors["reason"] = words.sentence("choose_no_reason")
    if not sent.chosen:
        errors["chosen"] = words.sentence("choose_none")
    for each in unexplained(proposal, chosen=sent.chosen, reasons=sent.reasons):
        key = "choose_why_dropped" if each.is_proposed else "choose_why_added"
        errors[_REASON + each.code] = words.sentence(key, area=each.name)
    return errors


def _view(
    sent: Sent,
    proposal: Sequence[Proposed],
    question: Question,
    role: Role,
    words: Words,
    *,
    errors: Mapping[str, str] | None = None,
    problems: Sequence[str] = (),
) -> ChoosingView:
    errors = errors or {}
    rows = [
        (
            each,
            Row(
                code=each.code,
                name=each.name,
                rank=MISSING if each.rank is None else words.number(each.rank),
                is_proposed=each.is_proposed,
                is_chosen=each.code in sent.chosen,
                reason=sent.reasons.get(each.code, ""),
                error=errors.get(_REASON + each.code, ""),
            ),
        )
        for each in proposal
    ]
    # What was touched stays in sight.
    near = {
        row.code
        for each, row in rows
        if (each.rank is not None and each.rank <= question.k + _NEAR)
        or row.is_chosen
        or row.reason
        or row.error
    }
    return ChoosingView(
        sent=sent,
        decider=words.label(f"choose_decider_{decider_of(role)}"),
        near=[row for _, row in rows if row.code in near],
        others=[row for _, row in rows if row.code not in near],
        first=next((row.code for _, row in rows if row.code in near), ""),
        errors=errors,
        problems=list(problems),
        wrong=len(errors) + len(problems),
    )


_NEAR = 5
"""Areas below the line that stand in the form without unfolding it."""


def _page(
    request: Request,
    lang: Lang,
    view: ChoosingView,
    question: Question,
    run: Run,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    page = render("choose.html", request, lang, view=view, question=question, demo=run.record.demo)
    return HTMLResponse(page, status_code=status)


def _texts(refusal: HotspotsError) -> list[str]:
    return [f"{each.rule} {each.remedy}" for each in refusal.problems]
