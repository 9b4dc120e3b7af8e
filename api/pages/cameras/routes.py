"""The pages of camera plans: the plan with its number of cameras, and the sheet of each site."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.pages.cameras.plan import cameras_view
from api.pages.cameras.site import site_view
from api.pages.framing import framed
from api.parameters import Chosen, PageQuery, RunId, RunPageQuery, Runs
from api.templating import render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.cameras.tables import draws, months_of, week_of
from hotspots.outputs.text import Words

_ID = r"^[^\x00-\x1f\x7f]{1,100}$"  # ids of sites are the municipality's own, slashes and all

SiteId = Annotated[str, Path(pattern=_ID)]
SiteAsked = Annotated[str, Field(pattern=_ID)]
Number = Annotated[int, Field(ge=0, le=10_000)]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class CamerasQuery(RunPageQuery):
    """What a reader may choose on the page of a camera plan."""

    site: SiteAsked | None = None
    n: Number | None = None


class SiteQuery(RunPageQuery):
    """What a reader may choose on the sheet of a site: which to take in its place."""

    instead: SiteAsked | None = None


class CameraMapQuery(PageQuery):
    """What a reader may choose on the map of a camera plan."""

    site: SiteAsked | None = None
    n: Number | None = None
    instead: SiteAsked | None = None


@router.get("/cameras")
def cameras(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[CamerasQuery, Query()]
) -> str:
    """Show a camera plan: by default the newest."""
    lang = query.lang or settings.language
    plans = shelf.cameras.records()
    asked = None if query.run == "latest" else shelf.open(query.run).record
    if not plans or (asked is not None and asked.plan is None):
        demo = shelf.workspace.demo
        return render("no_cameras.html", request, lang, record=asked, plans=plans, demo=demo)
    run = shelf.cameras.open(query.run)
    view = cameras_view(run.record, shelf.cameras.document(run), Words(lang), number=query.n)
    return render(
        "cameras.html",
        request,
        lang,
        view=view,
        has_map=draws(run, None if view.number.is_asked else view.number.number),
        site=query.site,
        demo=run.record.demo,
    )


@router.get("/cameras/{site_id:path}")
def camera_site(
    request: Request,
    site_id: SiteId,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[SiteQuery, Query()],
) -> HTMLResponse:
    """Show one site of a camera plan on one sheet of paper."""
    lang = query.lang or settings.language
    run = shelf.cameras.open(query.run)
    document = shelf.cameras.document(run)
    site = document.known(site_id)
    if site is None:
        page = render("no_camera_site.html", request, lang, record=run.record, demo=run.record.demo)
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)
    view = site_view(
        run.record,
        document,
        site,
        months_of(run, site_id),
        week_of(run, site_id),
        Words(lang),
        instead=query.instead,
    )
    return HTMLResponse(render("camera_site.html", request, lang, view=view, demo=run.record.demo))


@router.get("/maps/{run_id}/cameras")
def cameras_map(
    run_id: RunId, shelf: Runs, settings: Chosen, query: Annotated[CameraMapQuery, Query()]
) -> HTMLResponse:
    """Return the map of a camera plan, for a frame, under a policy of its own."""
    run = shelf.cameras.open(run_id)
    lang = query.lang or settings.language
    document = shelf.cameras.map(run, lang, site=query.site, number=query.n, instead=query.instead)
    if document is None:
        raise NotFound(
            Problem("There is no view to draw.", "The page /cameras says what was looked at.")
        )
    return framed(document, settings)
