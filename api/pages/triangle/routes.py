"""The page that the triangle looks at: one ranking, tried with other weights, and chosen from."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.identity.user import Asking
from api.pages.triangle.achieved import achieved_sentences
from api.pages.triangle.choices import chosen_view, last_choice
from api.pages.triangle.group_numbers import group_sentences
from api.pages.triangle.priorities import priorities_view
from api.pages.triangle.trying import Tried, asked_of, frozen_as, trying_view
from api.parameters import Chosen, PrioritiesQuery, Runs
from api.register.opened import Registered
from api.shelf import OpenRun, Shelf
from api.templating import part, render
from hotspots.outputs.tables import PrioritiesDocument, find_question
from hotspots.outputs.text import Words
from hotspots.records import Question, RunRecord
from hotspots.store.register.register import Register

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def priorities(
    request: Request,
    shelf: Runs,
    register: Registered,
    user: Asking,
    settings: Chosen,
    query: Annotated[PrioritiesQuery, Query()],
) -> Response:
    """Show one ranking: by default the newest yearly run's first.

    A run that ranks nothing leads to the page of what it did.
    """
    lang = query.lang or settings.language
    if not shelf.records():
        page = render("empty.html", request, lang, demo=shelf.workspace.demo)
        return HTMLResponse(page)
    run = shelf.open(query.run)
    if (elsewhere := _elsewhere(run.record, query)) is not None:
        kept = query.model_dump(include={"run", "lang"}, exclude_unset=True)
        return RedirectResponse(f"{elsewhere}?{urlencode(kept)}".rstrip("?"))
    words = Words(lang)
    question = find_question(run.record, theme=query.theme, level=query.level)
    frozen, known = shelf.document(run, question), shelf.rankings.years(run, question)
    shown = _shown(shelf, run, question, query)
    rankings = shelf.rankings
    begun = rankings.begun(run, question, first_year=shown.first_year)
    make_view = partial(
        priorities_view, run.record, question, shown, words, sort=query.sort, begun=begun
    )
    key = question.theme, question.level, query.sort, lang
    view = run.kept(("priorities", *key), make_view) if shown is frozen else make_view()
    trying = (
        trying_view(
            frozen,
            shown,
            known,
            words,
            initiative_known=rankings.initiative_known(run, question),
        )
        if known
        else None
    )
    place = {"run": run.record.id, "theme": question.theme, "level": question.level}
    make_table = partial(part, "ranking.html", lang, view=view, trying=trying, place=place)
    year = question.last_year + 1
    choice = last_choice(register, question, year)
    page = render(
        "priorities.html",
        request,
        lang,
        view=view,
        place=place,
        table=run.kept(("priorities, table", *key), make_table)
        if shown is frozen
        else make_table(),
        trying=trying,
        chosen=choice and chosen_view(register, choice, run_id=run.record.id, words=words),
        year=year,
        groups=group_sentences(shelf.workspace, user, words),
        achieved=_achieved(shelf, register, run, question, words),
        has_map=shelf.map(run, question, lang) is not None,
        demo=run.record.demo,
    )
    return HTMLResponse(page)


def _elsewhere(record: RunRecord, query: PrioritiesQuery) -> str | None:
    """Return the page of a run that ranks nothing."""
    if record.plan is not None:
        return "/cameras"
    if record.bans is not None:
        return "/verboden"
    if not record.questions and query.theme is None and query.level is None:
        return "/hotspots"
    return None


def _shown(
    shelf: Shelf, run: OpenRun, question: Question, query: PrioritiesQuery
) -> PrioritiesDocument:
    """Return the run's own ranking, or the one that is tried."""
    frozen = shelf.document(run, question)
    asked: Tried = asked_of(query, frozen_as(frozen))
    if asked == frozen_as(frozen):
        return frozen
    tried = question.model_copy(
        update={
            "first_year": question.last_year - asked.years + 1,
            "k": asked.k,
            "weight_count": asked.weight / 100,
        }
    )
    return shelf.rankings.tried(run, tried, without_police=asked.without_police)


def _achieved(
    shelf: Shelf, register: Register, run: OpenRun, question: Question, words: Words
) -> list[str]:
    """Return what happened in the areas that were chosen for the last year, if that is known."""
    choice = last_choice(register, question, question.last_year)
    if choice is None:
        return []
    codes = [each.code for each in choice.areas if each.chosen]
    found = shelf.rankings.achieved(run, question, codes)
    return [] if found is None else achieved_sentences(found, question.theme, words)
