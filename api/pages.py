"""The pages: the year's priorities, hotspots, runs, and how it works. They make no run."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.hotspot_views import hotspots_view
from api.parameters import (
    Chosen,
    HotspotsQuery,
    Months,
    PageQuery,
    PrioritiesQuery,
    RunId,
    Runs,
    ThemePath,
)
from api.security import map_policy
from api.settings import Settings
from api.templating import render
from api.views import method_terms, policy_rows, priorities_view
from hotspots.errors import NotFound, Problem
from hotspots.outputs.hotspot_tables import find_search
from hotspots.outputs.tables import find_question
from hotspots.outputs.text import Words
from hotspots.schemas import Level

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def priorities(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[PrioritiesQuery, Query()]
) -> Response:
    """Show one ranking: by default the newest yearly run's first.

    A run that ranks nothing leads to its hotspots.
    """
    lang = query.lang or settings.language
    if not shelf.records():
        page = render("empty.html", request, lang, demo=shelf.workspace.demo)
        return HTMLResponse(page)
    run = shelf.open(query.run)
    if not run.record.questions and query.theme is None and query.level is None:
        kept = query.model_dump(include={"run", "lang"}, exclude_unset=True)
        return RedirectResponse(f"/hotspots?{urlencode(kept)}".rstrip("?"))
    question = find_question(run.record, theme=query.theme, level=query.level)
    view = priorities_view(
        run.record, question, shelf.document(run, question), Words(lang), sort=query.sort
    )
    has_map = shelf.map(run, question, lang) is not None
    page = render(
        "priorities.html", request, lang, view=view, has_map=has_map, demo=run.record.demo
    )
    return HTMLResponse(page)


@router.get("/maps/{run_id}/{theme}/{level}")
def priorities_map(
    run_id: RunId,
    theme: str,
    level: Level,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """Return the map of one ranking, for a frame, under a policy of its own."""
    run = shelf.open(run_id)
    question = find_question(run.record, theme=theme, level=level)
    document = shelf.map(run, question, query.lang or settings.language)
    if document is None:
        raise NotFound(
            Problem("These areas were delivered without a shape.", "Deliver their polygons.")
        )
    return _framed(document, settings)


@router.get("/hotspots")
def hotspots(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[HotspotsQuery, Query()]
) -> str:
    """Show what one search found: by default the newest yearly run's first theme."""
    lang = query.lang or settings.language
    if not shelf.records():
        return render("empty.html", request, lang, demo=shelf.workspace.demo)
    run = shelf.open(query.run)
    if not run.record.searches and query.theme is None and query.months is None:
        return render(
            "no_hotspots.html",
            request,
            lang,
            record=run.record,
            others=[each for each in shelf.records() if each.searches],
            demo=run.record.demo,
        )
    search = find_search(run.record, theme=query.theme, months=query.months)
    view = hotspots_view(run.record, shelf.hotspots(run, search), Words(lang))
    return render("hotspots.html", request, lang, view=view, demo=run.record.demo)


@router.get("/maps/{run_id}/hotspots/{theme}/{months}")
def hotspots_map(
    run_id: RunId,
    theme: ThemePath,
    months: Months,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """Return the map of one search, for a frame, under a policy of its own."""
    run = shelf.open(run_id)
    search = find_search(run.record, theme=theme, months=months)
    return _framed(shelf.hotspots_map(run, search, query.lang or settings.language), settings)


@router.get("/runs")
def runs(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> str:
    """List the finished runs."""
    lang = query.lang or settings.language
    return render("runs.html", request, lang, records=shelf.records(), demo=shelf.workspace.demo)


@router.get("/runs/{run_id}")
def run(
    request: Request,
    run_id: RunId,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> str:
    """Show what a run was made of."""
    lang = query.lang or settings.language
    record = shelf.open(run_id).record
    return render(
        "run.html",
        request,
        lang,
        record=record,
        policy=policy_rows(record.policy, Words(lang)),
        demo=record.demo,
    )


@router.get("/uitleg")
def method(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> str:
    """Explain how the figures are made, in plain words."""
    lang = query.lang or settings.language
    return render(
        "method.html",
        request,
        lang,
        terms=method_terms(lang),
        demo=shelf.workspace.demo,
    )


def _framed(document: str, settings: Settings) -> HTMLResponse:
    policy = map_policy(document, settings.tile_origin)
    return HTMLResponse(document, headers={"Content-Security-Policy": policy})
