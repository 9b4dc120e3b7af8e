"""The pages of the register: what asks for attention, one designation, its forms, the trail."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from api.access import ACCESS
from api.clock import Now
from api.identity.user import Asking
from api.pages.framing import framed
from api.pages.register.acts import ON_DESIGNATION
from api.pages.register.areas_map import Around, designations_map
from api.pages.register.desk import Desk, do
from api.pages.register.fields import Typed
from api.pages.register.file import file_view
from api.pages.register.forms import REFUSALS, Attempt, form_view, refused_status
from api.pages.register.listing import Asked, areas_of, list_view
from api.pages.register.trail import PER_PAGE, trail_view
from api.parameters import Chosen, PageQuery, Runs
from api.register.opened import Housed, Registered, Ruled
from api.register.served import RecordId
from api.shelf import LEAFLET_PATH, OpenRun, Shelf
from api.templating import render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.text import Words
from hotspots.register import Act, Designation, Placement, Signal

_CODE = r"^[^\x00-\x1f\x7f]{0,100}$"
_WORD = r"^[a-z_]{0,40}$"
_MOST_FIELDS = 2_000

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class RegisterQuery(PageQuery):
    """What a reader may choose on the page of the register."""

    kind: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,40}$")] = ""
    state: Annotated[str, Field(pattern=_WORD)] = ""
    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = None
    ended: bool = False


class FileQuery(PageQuery):
    """What the page of a designation may be told: what was done just now."""

    done: Annotated[str, Field(pattern=_WORD)] = ""


class TrailQuery(PageQuery):
    """Which page of the trail."""

    before: int | None = Field(None, ge=1, le=2**53)


def _desk(
    user: Asking, register: Registered, policy: Ruled, workspace: Housed, shelf: Runs, now: Now
) -> Desk:
    return Desk(user, register, policy, workspace, shelf, now)


async def _typed(request: Request) -> Typed:
    found: dict[str, list[str]] = defaultdict(list)
    form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
    for name, text in form.multi_items():
        if isinstance(text, str) and "\x00" not in text:
            found[name].append(text)
    return found


AtDesk = Annotated[Desk, Depends(_desk)]
Form = Annotated[Typed, Depends(_typed)]


# ---------------------------------------------------------------- to read
@router.get("/register")
def register(
    request: Request, desk: AtDesk, settings: Chosen, query: Annotated[RegisterQuery, Query()]
) -> str:
    """Show what asks for attention, and every designation; of a VLO its own stadsdeel first."""
    lang = query.lang or settings.language
    stadsdeel = query.stadsdeel
    if stadsdeel is None:
        stadsdeel = (desk.user.stadsdeel or "") if desk.user.role == "vlo" else ""
    asked = Asked(query.kind, query.state, stadsdeel, query.ended)
    view = list_view(
        desk,
        asked,
        Words(lang),
        stadsdelen=_stadsdelen(desk.shelf),
        may_draft=desk.user.role in ACCESS["GET /register/concept"],
    )
    demo = desk.workspace.demo
    return render("register.html", request, lang, view=view, asked=asked, demo=demo)


@router.get("/register/spoor")
def trail(
    request: Request, desk: AtDesk, settings: Chosen, query: Annotated[TrailQuery, Query()]
) -> str:
    """Show who did what in the register, newest first, and whether it holds together."""
    lang = query.lang or settings.language
    view = trail_view(desk.register, desk.policy, Words(lang), before=query.before)
    demo = desk.workspace.demo
    return render("register_trail.html", request, lang, view=view, per_page=PER_PAGE, demo=demo)


@router.get("/register/concept")
def new_draft(
    request: Request, desk: AtDesk, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> str:
    """Show the form for a new draft."""
    return _draft_page(request, desk, settings, query)


@router.get("/register/{designation_id}")
def designation(
    request: Request,
    designation_id: Annotated[str, Path(max_length=80)],
    desk: AtDesk,
    settings: Chosen,
    query: Annotated[FileQuery, Query()],
) -> HTMLResponse:
    """Show one designation."""
    return _file_page(request, designation_id, desk, settings, query)


@router.get("/maps/register/all")
def register_map(
    desk: AtDesk, settings: Chosen, query: Annotated[RegisterQuery, Query()]
) -> HTMLResponse:
    """Return the map of designated areas, for a frame."""
    words = Words(query.lang or settings.language)
    stadsdelen = _stadsdelen(desk.shelf)
    asked = Asked(query.kind, query.state, query.stadsdeel or "", query.ended)
    view = list_view(desk, asked, words, stadsdelen=stadsdelen, may_draft=False)
    return _map(desk, settings, words, view.codes, None)


@router.get("/maps/register/{designation_id}")
def designation_map(
    designation_id: RecordId,
    desk: AtDesk,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """Return the map of one designation: its boundaries and its cameras."""
    words = Words(query.lang or settings.language)
    desk.register.designation(designation_id)
    around = Around(
        designation_id,
        tuple(desk.register.boundaries(designation_id)),
        tuple(desk.register.placements(designation_id)),
    )
    return _map(desk, settings, words, [designation_id], around)


# ---------------------------------------------------------------- to write
def _writes(act: Act) -> Callable[..., Any]:
    def write(
        request: Request,
        designation_id: RecordId,
        desk: AtDesk,
        typed: Form,
        settings: Chosen,
        query: Annotated[PageQuery, Query()],
    ) -> Any:
        known = desk.register.designation(designation_id)
        return _written(request, act, known.id, known, desk, typed, settings, query)

    return write


for _act in ON_DESIGNATION:
    router.add_api_route(
        f"/register/{{designation_id}}/{_act.replace('_', '-')}",
        _writes(_act),
        methods=["POST"],
        name=f"register_{_act}",
        response_class=HTMLResponse,
    )


@router.post("/register/concept")
def draft(
    request: Request,
    desk: AtDesk,
    typed: Form,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> Any:
    """Write a new draft, and show it."""
    try:
        made = do(desk, "draft", "new", typed, None)
    except REFUSALS as refusal:
        attempt = Attempt("draft", "new", typed, refusal)
        page = _draft_page(request, desk, settings, query, attempt)
        return HTMLResponse(page, status_code=refused_status(refusal))
    return _back(made.id, "draft", query)


def _below(kind: type[Placement] | type[Signal], act: Act) -> Callable[..., Any]:
    def write(
        request: Request,
        designation_id: RecordId,
        record_id: RecordId,
        desk: AtDesk,
        typed: Form,
        settings: Chosen,
        query: Annotated[PageQuery, Query()],
    ) -> Any:
        record = desk.register.get(kind, record_id)
        if record.designation != designation_id:
            raise NotFound(Problem("There is no such record here.", "Go back to the list."))
        known = desk.register.designation(designation_id)
        return _written(request, act, record_id, known, desk, typed, settings, query)

    return write


for _folder, _kind, _act in (
    ("cameras", Placement, "move"),
    ("cameras", Placement, "remove"),
    ("signalen", Signal, "answer"),
):
    router.add_api_route(
        f"/register/{{designation_id}}/{_folder}/{{record_id}}/{_act}",
        _below(_kind, _act),
        methods=["POST"],
        name=f"register_{_act}",
        response_class=HTMLResponse,
    )


# ---------------------------------------------------------------- how
def _written(
    request: Request,
    act: Act,
    subject: str,
    known: Designation,
    desk: Desk,
    typed: Typed,
    settings: Any,
    query: PageQuery,
) -> Any:
    """Do what was typed and show the designation anew; or show the form again, with why not."""
    try:
        do(desk, act, subject, typed, known)
    except REFUSALS as refusal:
        attempt = Attempt(act, subject, typed, refusal)
        return _file_page(request, known.id, desk, settings, query, attempt)
    return _back(known.id, act, query)


def _back(id_: str, act: Act, query: PageQuery) -> RedirectResponse:
    language = f"&lang={query.lang}" if query.lang else ""
    return RedirectResponse(f"/register/{id_}?done={act}{language}", HTTPStatus.SEE_OTHER)


def _file_page(
    request: Request,
    id_: str,
    desk: Desk,
    settings: Any,
    query: PageQuery,
    attempt: Attempt | None = None,
) -> HTMLResponse:
    lang = query.lang or settings.language
    words = Words(lang)
    try:
        found = desk.register.designation(id_)
    except NotFound:
        page = render("no_designation.html", request, lang, demo=desk.workspace.demo)
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)
    done = query.done if isinstance(query, FileQuery) else ""
    view = file_view(
        desk, found, words, address=f"/register/{id_}", attempt=attempt,
        done=done if words.has_label(f"register_done_{done}") else "",
    )  # fmt: skip
    page = render("register_file.html", request, lang, view=view, demo=desk.workspace.demo)
    status = HTTPStatus.OK if attempt is None else refused_status(attempt.error)
    return HTMLResponse(page, status_code=status)


def _draft_page(
    request: Request,
    desk: Desk,
    settings: Any,
    query: PageQuery,
    attempt: Attempt | None = None,
) -> str:
    lang = query.lang or settings.language
    words = Words(lang)
    form = form_view(desk, "draft", words, action="/register/concept", attempt=attempt)
    return render("register_draft.html", request, lang, form=form, demo=desk.workspace.demo)


def _map(
    desk: Desk, settings: Any, words: Words, ids: list[str], around: Around | None
) -> HTMLResponse:
    every = [each for each in desk.register.designations() if each.id in set(ids)]
    areas = areas_of(desk.register.boundaries(), every)
    found = designations_map(
        every,
        areas,
        desk.register.reviews(),
        desk.policy,
        on=desk.today,
        crs=desk.workspace.crs,
        words=words,
        assets=LEAFLET_PATH,
        tiles=settings.tiles,
        outlines=_stadsdelen(desk.shelf),
        around=around,
        demo=desk.workspace.demo,
    )
    if found is None:
        raise NotFound(Problem("There is no area to draw.", "The page /register lists them all."))
    return framed(found, settings)


def _stadsdelen(shelf: Shelf) -> Any:
    """Return the large areas of the newest run that ranks some, to choose and to find one's way."""
    ranked = next((each for each in shelf.records() if each.questions), None)
    return None if ranked is None else _outlines(shelf.open(ranked.id))


@lru_cache(maxsize=4)
def _outlines(run: OpenRun) -> Any:
    return outlines_of(run)
