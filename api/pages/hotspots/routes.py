"""The pages with hotspots, signals, a run, and how it works. They make no run."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.framing import framed
from api.pages.hotspots.composite import composite_view
from api.pages.hotspots.listing import hotspots_view
from api.pages.hotspots.places import place_view
from api.pages.hotspots.signals import signals_view
from api.pages.triangle.priorities import method_terms, policy_rows
from api.parameters import (
    Chosen,
    HotspotId,
    HotspotsQuery,
    Months,
    PageQuery,
    RunId,
    RunPageQuery,
    Runs,
    ThemePath,
)
from api.templating import part, render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.hotspots.composite_tables import has_composite
from hotspots.outputs.hotspots.place_tables import was_found_before
from hotspots.outputs.hotspots.tables import find_search
from hotspots.outputs.tables import find_question
from hotspots.outputs.text import Words
from hotspots.schemas import Level

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


# Before the maps of rankings, whose addresses look alike.
@router.get("/maps/{run_id}/places/{hotspot_id}")
def place_map(
    run_id: RunId,
    hotspot_id: HotspotId,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """Return the map of one hotspot with its surroundings, for a frame."""
    run = shelf.open(run_id)
    return framed(shelf.place_map(run, hotspot_id, query.lang or settings.language), settings)


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
    return framed(document, settings)


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
    view = run.kept(
        ("hotspots", search.theme, search.months, lang),
        lambda: hotspots_view(run.record, shelf.hotspots(run, search), Words(lang)),
    )
    content = run.kept(
        ("hotspots, told", search.theme, search.months, lang),
        lambda: part("hotspots_content.html", lang, view=view),
    )
    return render("hotspots.html", request, lang, view=view, content=content, demo=run.record.demo)


@router.get("/hotspots/{hotspot_id}")
def place(
    request: Request,
    hotspot_id: HotspotId,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[RunPageQuery, Query()],
) -> HTMLResponse:
    """Show one hotspot on one sheet of paper."""
    lang = query.lang or settings.language
    run = shelf.open(query.run)
    try:
        document = shelf.place(run, hotspot_id)
    except NotFound:
        return HTMLResponse(
            render(
                "no_place.html",
                request,
                lang,
                record=run.record,
                gone=was_found_before(run, hotspot_id),
                demo=run.record.demo,
            ),
            status_code=HTTPStatus.NOT_FOUND,
        )
    view = run.kept(
        ("place", hotspot_id, lang), lambda: place_view(run.record, document, Words(lang))
    )
    return HTMLResponse(render("place.html", request, lang, view=view, demo=run.record.demo))


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
    return framed(shelf.hotspots_map(run, search, query.lang or settings.language), settings)


@router.get("/samen")
def together(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[RunPageQuery, Query()]
) -> str:
    """Show where the layers come together: by default of the newest yearly run."""
    lang = query.lang or settings.language
    if not shelf.records():
        return render("empty.html", request, lang, demo=shelf.workspace.demo)
    run = shelf.open(query.run)
    if not has_composite(run.record):
        return render(
            "no_composite.html",
            request,
            lang,
            record=run.record,
            others=[each for each in shelf.records() if has_composite(each)],
            demo=run.record.demo,
        )
    view = run.kept(
        ("composite", lang),
        lambda: composite_view(run.record, shelf.composite(run), Words(lang)),
    )
    content = run.kept(
        ("composite, told", lang), lambda: part("composite_content.html", lang, view=view)
    )
    return render("composite.html", request, lang, view=view, content=content, demo=run.record.demo)


@router.get("/maps/{run_id}/composite")
def composite_map(
    run_id: RunId, shelf: Runs, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> HTMLResponse:
    """Return the map of where the layers come together, for a frame, under a policy of its own."""
    document = shelf.composite_map(shelf.open(run_id), query.lang or settings.language)
    if document is None:
        raise NotFound(
            Problem("There is no place to draw.", "The page /samen says what was looked at.")
        )
    return framed(document, settings)


@router.get("/signalen")
def signals(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[RunPageQuery, Query()]
) -> str:
    """Show bursts, near repeats, contradicting sources and the scan of the newest yearly run."""
    lang = query.lang or settings.language
    if not shelf.records():
        return render("empty.html", request, lang, demo=shelf.workspace.demo)
    run = shelf.open(query.run)
    return render(
        "signals.html",
        request,
        lang,
        view=run.kept(
            ("signals", lang),
            lambda: signals_view(run.record, shelf.signals(run), Words(lang)),
        ),
        has_map=shelf.signals_map(run, lang) is not None,
        demo=run.record.demo,
    )


@router.get("/maps/{run_id}/signals")
def signals_map(
    run_id: RunId, shelf: Runs, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> HTMLResponse:
    """Return the map of bursts and of the scan, for a frame, under a policy of its own."""
    document = shelf.signals_map(shelf.open(run_id), query.lang or settings.language)
    if document is None:
        raise NotFound(
            Problem("There is no circle to draw.", "The page /signalen says what was looked at.")
        )
    return framed(document, settings)


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
    record = shelf.open(run_id).served_record
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
