"""The pages for everybody: which area measures hold, and how safe it is, area by area.

Whoever wants to know looks it up. Areas stand by name, never by how much happens there; nothing
is told of cameras, of computed places or of people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from pydantic import Field

from api.clock import Now
from api.identity.user import Asking, User
from api.parameters import Chosen, NoQuery, PageQuery, Runs
from api.public_shelf import PublicShelf
from api.register.opened import Registered, Ruled
from api.security import map_policy
from api.templating import render
from hotspots.errors import NotFound, Problem
from hotspots.outputs.charts import Bar, bars
from hotspots.outputs.exports import csv_text
from hotspots.outputs.public_tables import (
    CITY,
    Cell,
    GroupLines,
    PublicArea,
    SafetyDocument,
    areas_of,
    areas_rows,
    figures_rows,
)
from hotspots.outputs.text import Words, capital
from hotspots.pipeline.public import publication_of
from hotspots.policy.publication import Publication

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_KEPT = "public, max-age=300"
_CODE = r"^[^\x00-\x1f\x7f]{1,40}$"


class SafetyQuery(PageQuery):
    """What a reader may choose on the safety map."""

    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = Field(
        None, description="Code of an area; the whole municipality by default."
    )


@dataclass(frozen=True)
class AreaView:
    """An area measure in words; `link` is where it was published, if that is an address."""

    area: PublicArea
    term: str
    facts: list[tuple[str, str]]
    link: str | None


@dataclass(frozen=True)
class KindView:
    """The area measures of one kind."""

    title: str
    areas: list[AreaView]


@dataclass(frozen=True)
class LineView:
    """A line of the table: a theme with its counts, each in words and with its class of style."""

    name: str
    is_total: bool
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class GroupView:
    """A group of themes: its name, its chart, its lines and what to bear in mind."""

    title: str
    chart: Markup
    lines: list[LineView]
    note: str


@router.get("/openbaar")
def public(
    request: Request,
    shelf: Runs,
    register: Registered,
    policy: Ruled,
    settings: Chosen,
    user: Asking,
    now: Now,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Show which area measures hold today, and the way to the figures."""
    lang, own = query.lang or settings.language, _shelf(request)
    words, areas = Words(lang), own.areas(register, policy, now.date())
    figures = own.figures(_by_this_machine())
    page = render(
        "public.html",
        request,
        lang,
        city=shelf.workspace.name,
        on=now.date(),
        number=len(areas),
        kinds=list(_kinds(areas, words)),
        has_map=any(each.shape is not None for each in areas),
        districts=[] if figures is None else areas_of(figures),
        has_figures=figures is not None,
        weeks=policy.publication.objection_weeks,
        demo=shelf.workspace.demo,
    )
    return _answer(request, user, page, "text/html")


@router.get("/openbaar/kaart")
def public_map(
    request: Request,
    register: Registered,
    policy: Ruled,
    settings: Chosen,
    user: Asking,
    now: Now,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Return the map of the area measures, for a frame, under a policy of its own."""
    lang = query.lang or settings.language
    document = _shelf(request).map(register, policy, now.date(), lang)
    if document is None:
        raise NotFound(Problem("There is no area to draw.", "The page /openbaar lists them."))
    answer = _answer(request, user, document, "text/html")
    answer.headers["Content-Security-Policy"] = map_policy(document, settings.tile_origin)
    return answer


@router.get("/openbaar/gebieden.csv")
def public_areas_csv(
    request: Request,
    register: Registered,
    policy: Ruled,
    user: Asking,
    now: Now,
    query: Annotated[NoQuery, Query()],
) -> Response:
    """Return the area measures that hold today as CSV."""
    del query
    rows = areas_rows(_shelf(request).areas(register, policy, now.date()))
    return _file(request, user, csv_text(rows), "gebieden.csv")


@router.get("/openbaar/veiligheid")
def safety(
    request: Request,
    shelf: Runs,
    settings: Chosen,
    user: Asking,
    query: Annotated[SafetyQuery, Query()],
) -> Response:
    """Show the public figures of one area over the years."""
    lang = query.lang or settings.language
    own, at = _shelf(request), _by_this_machine()
    words, code = Words(lang), query.stadsdeel or CITY
    figures, document = own.figures(at), own.document(at, code)
    if document is None and query.stadsdeel is not None:
        raise NotFound(
            Problem(
                "There are no public figures of this area.",
                "See the list on /openbaar/veiligheid.",
                column="stadsdeel",
                value=code,
            )
        )
    rules = Publication() if document is None else _rules(shelf, document)
    page = render(
        "public_safety.html",
        request,
        lang,
        city=shelf.workspace.name,
        document=document,
        is_city=code == CITY,
        districts=[] if figures is None else areas_of(figures),
        groups=[] if document is None else [_group(each, words) for each in document.groups],
        missing=[]
        if document is None
        else [
            words.sentence("public_missing", month=words.month(m)) for m in document.missing_months
        ],
        notes=_notes(rules, words),
        demo=shelf.workspace.demo,
    )
    return _answer(request, user, page, "text/html")


@router.get("/openbaar/veiligheid.csv")
def safety_csv(request: Request, user: Asking, query: Annotated[NoQuery, Query()]) -> Response:
    """Return all public figures as CSV: hidden and rounded as on the page."""
    del query
    figures = _shelf(request).figures(_by_this_machine())
    if figures is None:
        raise NotFound(Problem("There are no public figures yet.", "Make a yearly run first."))
    return _file(request, user, csv_text(figures_rows(figures)), "veiligheid.csv")


# ---------------------------------------------------------------- areas in words
def _kinds(areas: list[PublicArea], words: Words) -> Iterator[KindView]:
    for kind in dict.fromkeys(each.kind for each in areas):
        mine = [each for each in areas if each.kind == kind]
        yield KindView(mine[0].kind_title, [_area(each, words) for each in mine])


def _area(area: PublicArea, words: Words) -> AreaView:
    day = words.day
    told = {
        "public_hours": "; ".join(area.hours),
        "public_season": ""
        if area.season is None
        else words.label(
            "public_span",
            start=words.night(area.season.first_day),
            end=words.night(area.season.last_day),
        ),
        "public_streets": ", ".join(area.streets),
        "public_decider": words.label(f"public_decider_{area.decider}") if area.decider else "",
        "public_basis": area.legal_basis,
        "public_beside": "; ".join(each.what for each in area.package),
        "public_lighter": "; ".join(each.what for each in area.lighter_measures),
        "public_published": ", ".join(
            filter(
                None, ("" if area.published_on is None else day(area.published_on), _place(area))
            )
        ),
    }
    return AreaView(
        area=area,
        term=""
        if area.start is None or area.end is None
        else words.label("public_span", start=day(area.start), end=day(area.end)),
        facts=[(words.label(name), text) for name, text in told.items() if text],
        link=_address(area.publication),
    )


def _place(area: PublicArea) -> str:
    return "" if _address(area.publication) else area.publication


def _address(text: str) -> str | None:
    """Return a text that is an address on the web; anything else is no link."""
    parts = urlsplit(text)
    return text if parts.scheme == "https" and parts.netloc and " " not in text else None


# ---------------------------------------------------------------- figures in words
def _group(lines: GroupLines, words: Words) -> GroupView:
    title = _named(lines.group, words)
    first = lines.lines[0]
    return GroupView(
        title=title,
        chart=bars(
            [_bar(cell, words) for cell in first.cells],
            name=f"group-{lines.group.replace('_', '-')}",
            title=words.label("public_chart", group=title),
            description="; ".join(f"{cell.year}: {_told(cell, words)}" for cell in first.cells),
            plain=words.label("public_recorded"),
            marked="",
            missing=words.label("public_not_known"),
        ),
        lines=[
            LineView(
                name=words.label("public_together")
                if line.theme is None
                else capital(words.theme(line.theme)),
                is_total=line.theme is None,
                cells=[(_told(cell, words), cell.told) for cell in line.cells],
            )
            for line in lines.lines
        ],
        note=words.sentence("public_reports") if lines.group == "reports" else "",
    )


def _named(group: str, words: Words) -> str:
    """Return the name of a group; one of the municipality's own as it is called."""
    key = f"public_group_{group}"
    return words.label(key) if words.has_label(key) else capital(group.replace("_", " "))


def _told(cell: Cell, words: Words) -> str:
    return words.number(cell.count) if cell.told == "shown" else words.label(f"public_{cell.told}")


def _bar(cell: Cell, words: Words) -> Bar:
    known = cell.told == "shown" and cell.count is not None
    return Bar(
        label=str(cell.year),
        group="",
        name=f"{cell.year}: {_told(cell, words)}",
        value=float(cell.count or 0) if known else None,
        text=_told(cell, words) if known else "?",
    )


def _notes(rules: Publication, words: Words) -> list[str]:
    notes = [words.sentence("public_few", least=rules.least_shown)]
    if rules.secondary:
        notes.append(words.sentence("public_secondary"))
    if rules.round_to > 1:
        notes.append(words.sentence("public_rounded", to=rules.round_to))
    return [*notes, *map(words.sentence, ("public_zero", "no_data", "public_once"))]


def _rules(shelf: Runs, document: SafetyDocument) -> Publication:
    """Return the thresholds of the newest year that is shown."""
    return publication_of(shelf.open(document.runs[-1]).record)


# ---------------------------------------------------------------- answers
def _shelf(request: Request) -> PublicShelf:
    shelf: PublicShelf = request.app.state.public_shelf
    return shelf


def _by_this_machine() -> datetime:
    """Return the real moment: a run was made by it, and is public so many days after."""
    return datetime.now(UTC)


def _file(request: Request, user: User, text: str, name: str) -> Response:
    answer = _answer(request, user, text, "text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _answer(request: Request, user: User, text: str, media_type: str) -> Response:
    """Return what anybody may keep for a while; who is signed in reads their own name on it."""
    body = text.encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"Vary": "Cookie, Authorization"}
    if not user.signed_in:
        headers |= {"ETag": tag, "Cache-Control": _KEPT}
        if _has(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type=f"{media_type}; charset=utf-8", headers=headers)


def _has(asked: str, tag: str) -> bool:
    """Tell whether a list of tags names one; a proxy may have marked it as weak."""
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in asked.split(","))
