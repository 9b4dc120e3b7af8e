"""The pages: the year's priorities, the runs, and how it works. They read runs, never make one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.parameters import Chosen, PageQuery, PrioritiesQuery, RunId, Runs
from api.security import map_policy
from api.templating import render
from api.views import method_terms, policy_rows, priorities_view
from hotspots.errors import NotFound, Problem
from hotspots.outputs.tables import find_question
from hotspots.outputs.text import Words
from hotspots.schemas import Level

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def priorities(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[PrioritiesQuery, Query()]
) -> str:
    """Show one ranking: by default the newest yearly run's first."""
    lang = query.lang or settings.language
    if not shelf.records():
        return render("empty.html", request, lang, demo=shelf.workspace.demo)
    run = shelf.open(query.run)
    question = find_question(run.record, theme=query.theme, level=query.level)
    view = priorities_view(
        run.record, question, shelf.document(run, question), Words(lang), sort=query.sort
    )
    has_map = shelf.map(run, question, lang) is not None
    return render(
        "priorities.html", request, lang, view=view, has_map=has_map, demo=run.record.demo
    )


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
    policy = map_policy(document, settings.tile_origin)
    return HTMLResponse(document, headers={"Content-Security-Policy": policy})


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
