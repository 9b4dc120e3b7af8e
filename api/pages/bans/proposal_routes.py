"""The pages of places where an area measure was asked for: all of a run, and each by itself."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.pages.bans.proposal_listing import proposals_view
from api.pages.bans.proposal_sheet import proposal_view
from api.pages.framing import framed
from api.parameters import Chosen, PageQuery, RunId, RunPageQuery, Runs
from api.shelf import Shelf
from api.templating import render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.bans.document import BanProposal
from hotspots.outputs.text import Lang, Words
from hotspots.records import RunRecord

_PLACE = r"^[^\x00-\x1f\x7f]{1,200}$"  # the name of a file, the code of an area, or a number

PlaceName = Annotated[str, Path(pattern=_PLACE)]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class ProposalsMapQuery(PageQuery):
    """What a reader may choose on the map of places."""

    place: Annotated[str, Field(pattern=_PLACE)] | None = None


@router.get("/verboden/voorstellen")
def ban_proposals(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[RunPageQuery, Query()]
) -> str:
    """Show the places that a run of proposals tested: by default the newest run."""
    lang = query.lang or settings.language
    held = shelf.ban_proposals.records()
    asked = None if query.run == "latest" else shelf.open(query.run).record
    if not held or (asked is not None and asked not in held):
        return _no_proposals(request, shelf, lang, asked)
    run = shelf.ban_proposals.open(query.run)
    view = proposals_view(run.record, shelf.ban_proposals.document(run), Words(lang), held)
    return render("ban_proposals.html", request, lang, view=view, demo=run.record.demo)


@router.get("/verboden/voorstellen/{place}")
def ban_proposal(
    request: Request,
    place: PlaceName,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[RunPageQuery, Query()],
) -> HTMLResponse:
    """Show one place with every gate."""
    lang = query.lang or settings.language
    held = shelf.ban_proposals.records()
    asked = None if query.run == "latest" else shelf.open(query.run).record
    if not held or (asked is not None and asked not in held):
        page = _no_proposals(request, shelf, lang, asked)
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)
    run = shelf.ban_proposals.open(query.run)
    document = shelf.ban_proposals.document(run)
    found = next((each for each in document.places if each.name == place), None)
    if found is None:
        page = render(
            "no_ban_proposal.html", request, lang, record=run.record, demo=run.record.demo
        )
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)
    view = proposal_view(run.record, document, found, Words(lang), names=_reviewed(shelf, found))
    page = render("ban_proposal.html", request, lang, view=view, demo=run.record.demo)
    return HTMLResponse(page)


@router.get("/maps/{run_id}/ban-proposals")
def ban_proposals_map(
    run_id: RunId, shelf: Runs, settings: Chosen, query: Annotated[ProposalsMapQuery, Query()]
) -> HTMLResponse:
    """Return the map of places, for a frame, under a policy of its own."""
    run = shelf.ban_proposals.open(run_id)
    lang = query.lang or settings.language
    found = shelf.ban_proposals.map(run, lang, around=query.place)
    if found is None:
        raise NotFound(
            Problem("There is no place to draw.", "The page /verboden/voorstellen lists them all.")
        )
    return framed(found, settings)


def _no_proposals(request: Request, shelf: Shelf, lang: Lang, asked: RunRecord | None) -> str:
    """Return the page that says what is lacking, and leads to what there is."""
    is_review = asked is not None and asked in shelf.bans.records()
    return render(
        "no_ban_proposals.html",
        request,
        lang,
        record=asked,
        is_review=is_review,
        held=shelf.ban_proposals.records(),
        demo=shelf.workspace.demo,
    )


def _reviewed(shelf: Shelf, place: BanProposal) -> dict[str, str]:
    """Return the names of the areas that lie on the same ground, of those that have a page."""
    if not shelf.bans.records():
        return {}
    document = shelf.bans.document(shelf.bans.open("latest"))
    return {each.code: each.name for each in document.areas if each.code in place.overlapping}
