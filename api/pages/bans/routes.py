"""The pages of area measures under review: all of them, and each on a sheet of its own."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.identity.user import Asking, User
from api.pages.bans.listing import bans_view, stadsdelen_of, within
from api.pages.bans.proposal_listing import newest_tested
from api.pages.bans.sheet import sheet_view
from api.pages.framing import framed
from api.parameters import Chosen, PageQuery, RunId, RunPageQuery, Runs
from api.templating import render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.bans.document import BanReviewDocument
from hotspots.outputs.bans.reading import course_of, week_of
from hotspots.outputs.text import Words

_CODE = r"^[^\x00-\x1f\x7f]{1,100}$"  # codes of areas are the municipality's own

AreaCode = Annotated[str, Path(pattern=_CODE)]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class BansQuery(RunPageQuery):
    """What a reader may choose on the page of all areas."""

    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = None


class BanMapQuery(PageQuery):
    """What a reader may choose on the map of areas."""

    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = None
    area: Annotated[str, Field(pattern=_CODE)] | None = None


@router.get("/verboden")
def bans(
    request: Request,
    shelf: Runs,
    settings: Chosen,
    user: Asking,
    query: Annotated[BansQuery, Query()],
) -> str:
    """Show the area measures of a run of reviews: by default the newest; of a VLO its own."""
    lang = query.lang or settings.language
    held = shelf.bans.records()
    asked = None if query.run == "latest" else shelf.open(query.run).record
    if not held or (asked is not None and asked not in held):
        demo = shelf.workspace.demo
        proposed = shelf.ban_proposals.records()
        return render(
            "no_bans.html", request, lang, record=asked, held=held, proposed=proposed, demo=demo
        )
    run = shelf.bans.open(query.run)
    document = shelf.bans.document(run)
    stadsdeel = _stadsdeel(document, user, query.stadsdeel)
    view = bans_view(run.record, document, Words(lang), stadsdeel=stadsdeel)
    return render(
        "bans.html",
        request,
        lang,
        view=view,
        may_choose=user.role != "vlo",
        tested=newest_tested(shelf.ban_proposals.records(), Words(lang)),
        demo=run.record.demo,
    )


@router.get("/verboden/{code}")
def ban(
    request: Request,
    code: AreaCode,
    shelf: Runs,
    settings: Chosen,
    query: Annotated[RunPageQuery, Query()],
) -> HTMLResponse:
    """Show one area measure."""
    lang = query.lang or settings.language
    run = shelf.bans.open(query.run)
    document = shelf.bans.document(run)
    review = next((each for each in document.areas if each.code == code), None)
    if review is None:
        page = render("no_ban.html", request, lang, record=run.record, demo=run.record.demo)
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)
    view = sheet_view(
        run.record,
        document,
        review,
        course_of(run.table, code),
        week_of(run.table, code),
        Words(lang),
    )
    return HTMLResponse(render("ban.html", request, lang, view=view, demo=run.record.demo))


@router.get("/maps/{run_id}/bans")
def bans_map(
    run_id: RunId,
    shelf: Runs,
    settings: Chosen,
    user: Asking,
    query: Annotated[BanMapQuery, Query()],
) -> HTMLResponse:
    """Return the map of area measures, for a frame, under a policy of its own."""
    run = shelf.bans.open(run_id)
    document = shelf.bans.document(run)
    only = None
    if query.area is None:
        stadsdeel = _stadsdeel(document, user, query.stadsdeel)
        only = tuple(each.code for each in within(document.areas, stadsdeel))
    found = shelf.bans.map(run, query.lang or settings.language, only=only, around=query.area)
    if found is None:
        raise NotFound(Problem("There is no area to draw.", "The page /verboden lists them all."))
    return framed(found, settings)


def _stadsdeel(document: BanReviewDocument, user: User, asked: str | None) -> str | None:
    """Return the code of the stadsdeel to show: that of a VLO, or the one asked for.

    A VLO's is known by its name or code; one in which no area lies is returned as it is.
    """
    wanted = user.stadsdeel if user.role == "vlo" else asked
    if not wanted:
        return None
    names = stadsdelen_of(document)
    found = (
        code
        for code, name in names.items()
        if wanted.casefold() in (code.casefold(), name.casefold())
    )
    return next(found, wanted)
