"""Templates into pages: escaped by default, in the language of the reader."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.access import may_open
from api.identity.user import PUBLIC, User
from hotspots.errors import Problem
from hotspots.outputs.text import LANGS, Lang, Words, capital
from hotspots.records import RunRecord

_env = Environment(
    loader=PackageLoader("api"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_env.filters["capital"] = capital
_RUN_KINDS = {"yearly": "yearly", "question": "single_question", "cameras": "cameras_run"}


def render(template: str, request: Request, lang: Lang, **content: object) -> str:
    """Return a page.

    Parameters
    ----------
    template
        Name of a file in ``templates``.
    request
        What is answered; the language switch keeps its address.
    lang
        Language of the page.
    content
        What the template shows.
    """
    return _env.get_template(template).render(
        words=Words(lang),
        link=_Links(lang),
        languages=[(code, Words(code), _in_language(request, code)) for code in LANGS],
        path=request.url.path,
        house=request.app.state.shelf.workspace.name,
        day=_day,
        demo_day=request.app.state.clock.demo_day,
        reader=reader_of(request),
        csrf=getattr(request.state, "csrf", ""),
        may=partial(may_open, reader_of(request).role),
        **content,
    )


def part(template: str, lang: Lang, **content: object) -> Markup:
    """Return a part of a page that is the same whoever reads it, so that it can be kept.

    Parameters
    ----------
    template
        Name of a file in ``templates``, which says nothing of the reader.
    lang
        Language of the page.
    content
        What the template shows.
    """
    told = _env.get_template(template).render(
        words=Words(lang), link=_Links(lang), day=_day, **content
    )
    return Markup(told)  # noqa: S704  # the environment has escaped it


def render_problem(
    request: Request, status: HTTPStatus, problems: Iterable[Problem], default: Lang
) -> str:
    """Return the page for a request that cannot be answered; it names what in the address."""
    asked = request.query_params.get("lang")
    lang = next((code for code in LANGS if code == asked), default)
    known = Words(lang).has_label(f"status_{status}")
    key = f"status_{status}" if known else f"status_{status // 100}00"
    told = [(each.column, each.value) for each in problems if each.value is not None]
    return render("problem.html", request, lang, explanation=key, told=told, demo=False)


def reader_of(request: Request) -> User:
    """Return who looks at a page; the public where the gate did not come to a decision."""
    reader: User = getattr(request.state, "user", PUBLIC)
    return reader


class _Links:
    """Makes addresses on our own host that stay in the reader's language."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang

    def __call__(self, path: str, **parameters: object) -> str:
        given = {name: str(value) for name, value in parameters.items() if value is not None}
        return f"{path}?{urlencode({**given, 'lang': self._lang})}"


def _in_language(request: Request, lang: Lang) -> str:
    kept = {name: text for name, text in request.query_params.items() if name != "lang"}
    return f"?{urlencode({**kept, 'lang': lang})}"


def _run_kind(record: RunRecord, words: Words) -> str:
    asked = None if record.bans is None else record.bans.asked
    return words.label(
        _RUN_KINDS.get(record.kind, "bans_run") if asked is None else f"bans_{asked}"
    )


_env.globals["run_kind"] = _run_kind


def _day(moment: str | date | datetime, words: Words) -> str:
    return words.day(date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment)
