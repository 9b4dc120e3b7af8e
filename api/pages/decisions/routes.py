"""The decision log, and how many bans there are now and were a year ago."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.clock import Now
from api.identity.user import Asking, User
from api.pages.decisions.view import Chosen as Filters
from api.pages.decisions.view import bans_view, log_view, up_for_review
from api.pages.monitor.holdings import inside
from api.parameters import Chosen, PageQuery, Runs
from api.register.opened import Registered, Ruled
from api.shelf import OpenRun, Shelf
from api.templating import render
from hotspots.decisions.log import Decision, decision_rows, decisions_of
from hotspots.outputs.exports import csv_text
from hotspots.outputs.monitor_tables import areas_of, has_monitor, level_of
from hotspots.outputs.text import Words
from hotspots.store.register.register import Register

_CODE = r"^[^\x00-\x1f\x7f]{0,100}$"
_REGISTERS_KEPT = 2

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class DecisionsQuery(PageQuery):
    """Which decisions: a form sends an empty text for what is not chosen."""

    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = None
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$|^$")] = ""
    year: Annotated[str, Field(pattern=r"^\d{4}$|^$")] = ""
    page: int = Field(1, ge=1, le=10_000)


@router.get("/besluiten")
def decisions(
    request: Request,
    shelf: Runs,
    register: Registered,
    policy: Ruled,
    settings: Chosen,
    user: Asking,
    now: Now,
    query: Annotated[DecisionsQuery, Query()],
) -> str:
    """Show what was decided, newest first, and what the bans ask of the city."""
    words = Words(query.lang or settings.language)
    every, run = _log(register), _monitored(shelf)
    chosen = _chosen(query, user, run)
    held = shelf.bans.records()
    review = None if not held else shelf.bans.document(shelf.bans.open("latest"))
    today = now.date()
    areas = {} if run is None else areas_of(run)
    wanted = _wanted(every, chosen, register, run)
    return render(
        "decisions.html",
        request,
        words.lang,
        view=log_view(every, wanted, chosen, policy, words, area=areas.get(chosen.stadsdeel or "")),
        bans=bans_view(register, review, policy, words, on=today),
        due=up_for_review(register, policy, words, on=today),
        areas=areas,
        level="stadsdeel" if run is None else level_of(run),
        on=today,
        demo=shelf.workspace.demo,
    )


@router.get("/besluiten.csv")
def decisions_csv(
    shelf: Runs, register: Registered, user: Asking, query: Annotated[DecisionsQuery, Query()]
) -> Response:
    """Return the decisions that were asked for as a file."""
    every, run = _log(register), _monitored(shelf)
    rows = decision_rows(_wanted(every, _chosen(query, user, run), register, run))
    return Response("\ufeff" + csv_text(rows), media_type="text/csv; charset=utf-8")


def _log(register: Register) -> tuple[Decision, ...]:
    return _kept(register, register.head()[1])


@lru_cache(maxsize=_REGISTERS_KEPT)
def _kept(register: Register, _head: str) -> tuple[Decision, ...]:
    """Return the log; made anew when the register changes."""
    return decisions_of(register)


def _monitored(shelf: Shelf) -> OpenRun | None:
    """Return the newest run that knows which area lies in which stadsdeel."""
    runs = (shelf.open(each.id) for each in shelf.records() if "monitor" in each.results)
    return next((run for run in runs if has_monitor(run)), None)


def _chosen(query: DecisionsQuery, user: User, run: OpenRun | None) -> Filters:
    """Return what is asked for; a VLO starts with its own stadsdeel."""
    wanted = query.stadsdeel
    if wanted is None and user.role == "vlo":
        wanted = user.stadsdeel
    code = None
    if wanted and run is not None:
        known = areas_of(run).items()
        code = next(
            (
                each
                for each, name in known
                if wanted.casefold() in (each.casefold(), name.casefold())
            ),
            None,
        )
    return Filters(code, query.kind, query.year, query.page)


def _wanted(
    every: tuple[Decision, ...], chosen: Filters, register: Register, run: OpenRun | None
) -> list[Decision]:
    """Return the decisions of a kind, a year and a stadsdeel; a choice is for the whole city."""
    found = [
        each
        for each in every
        if (not chosen.kind or each.kind == chosen.kind)
        and (not chosen.year or str(each.day.year) == chosen.year)
    ]
    if chosen.stadsdeel is None or run is None:
        return found
    table = run.table("monitor_areas")
    within = table[table["monitor_code"] == chosen.stadsdeel]
    codes = set(zip(within["level"], within["area_code"], strict=True))
    own = within[within["area_code"] == chosen.stadsdeel]["geometry"].iloc[0]
    here = {each.id for each in inside(register, own)}
    return [each for each in found if each.designation in here or codes & set(each.areas)]
