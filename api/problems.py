"""Whatever goes wrong leaves with all its problems at once.

``/v1`` answers ``application/problem+json`` (RFC 9457), a page answers a page.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.security import secure
from api.templating import render_problem
from hotspots.errors import (
    HotspotsError,
    InputRefused,
    JobRefused,
    NotFound,
    PolicyRefused,
    Problem,
    QueueFull,
    RegisterRefused,
    RoleRefused,
    StaleVersion,
    StepRefused,
)
from hotspots.outputs.text import Lang

_STATUS: dict[type[HotspotsError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    InputRefused: HTTPStatus.BAD_REQUEST,
    PolicyRefused: HTTPStatus.BAD_REQUEST,
    RoleRefused: HTTPStatus.FORBIDDEN,
    StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    StepRefused: HTTPStatus.CONFLICT,
    JobRefused: HTTPStatus.CONFLICT,
    QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
    RegisterRefused: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The refusals that a reader can mend. Any other is ours: a 500 that says nothing more."""

MOST_PROBLEMS = 100
"""Most problems in one answer; what is sent in a second is not answered with megabytes."""

_FOR_PROGRAMS = frozenset({"/v1", "/static", "/health", "/ready", "/metrics"})

_log = logging.getLogger(__name__)


class RequestRefused(HotspotsError):
    """What is wrong lies in the request itself and has a status of its own, such as 428."""

    def __init__(self, status: HTTPStatus, problems: Problem | Sequence[Problem]) -> None:
        super().__init__(problems)
        self.status = status


class ProblemItem(BaseModel):
    """One thing that is wrong, and what to do about it."""

    rule: str
    remedy: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None


class ProblemDocument(BaseModel):
    """Every answer with a status of 400 or more."""

    type: str = Field("about:blank", description="The status says what kind of problem it is.")
    title: str
    status: int
    detail: str
    problems: list[ProblemItem] = []


PROBLEM_CONTENT = {
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    }
}
"""How a problem document is described."""

PROBLEM_RESPONSES: dict[int | str, dict[str, object]] = {
    "4XX": {"description": "The request cannot be answered", **PROBLEM_CONTENT},
    "5XX": {"description": "The server failed", **PROBLEM_CONTENT},
}
"""What every route of ``/v1`` may answer beside its result."""

BODY_REFUSED: dict[int | str, dict[str, object]] = {
    413: {"description": "The body is too large.", **PROBLEM_CONTENT},
    415: {"description": "The body is not JSON.", **PROBLEM_CONTENT},
}
"""What every route of ``/v1`` may answer that takes a body."""


class _ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem_answer(
    request: Request, status: HTTPStatus, problems: Iterable[Problem] = (), detail: str = ""
) -> Response:
    """Return the answer to a request that cannot be met: a problem document, or a page."""
    language: Lang = request.app.state.settings.language
    problems = _fair_number(list(problems))
    if is_page(request.url.path):
        page = render_problem(request, status, problems, language)
        return HTMLResponse(page, status_code=status)
    items = [ProblemItem(**asdict(problem)) for problem in problems]
    document = ProblemDocument(
        title=status.phrase,
        status=status,
        detail=detail or " ".join(item.rule for item in items) or status.description,
        problems=items,
    )
    return _ProblemResponse(document.model_dump(exclude_none=True), status_code=status)


def _fair_number(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    more = len(problems) - MOST_PROBLEMS
    rest = Problem(f"There are {more} more problems.", "Mend these first.")
    return [*problems[:MOST_PROBLEMS], rest]


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of `app` leave as a problem document, or on a page as a page."""

    @app.exception_handler(HotspotsError)
    def refused(request: Request, error: HotspotsError) -> Response:
        status = _status_of(error)
        if status is None:
            return unexpected(request, error)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:  # what a database says is not for readers
            _note(request, error)
            return problem_answer(
                request, status, (), "The register is not available. Try again later."
            )
        return problem_answer(request, status, error.problems)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        problems = [_invalid_value(dict(found)) for found in error.errors()]
        return problem_answer(request, HTTPStatus.BAD_REQUEST, problems)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        response = problem_answer(request, HTTPStatus(error.status_code), ())
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        _note(request, error)
        response = problem_answer(
            request, HTTPStatus.INTERNAL_SERVER_ERROR, (), "The cause is in the server's log."
        )
        tls = request.app.state.settings.has_tls
        secure(response.headers, request.url.path, tls=tls)  # this answer passes no middleware
        if (request_id := _request_id(request)) is not None:
            response.headers["X-Request-Id"] = request_id
        return response


def _note(request: Request, error: Exception) -> None:
    """Log an error that is ours; what was asked for stays out of the log, its id is in it."""
    _log.error("request failed", exc_info=error, extra={"request_id": _request_id(request)})


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)


def _status_of(error: HotspotsError) -> HTTPStatus | None:
    if isinstance(error, RequestRefused):
        return error.status
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), None)


def is_page(path: str) -> bool:
    """Tell whether people look at an address, whatever their program says that it accepts."""
    return path not in _FOR_PROGRAMS and not path.startswith(("/v1/", "/static/"))


def _invalid_value(error: dict[str, object]) -> Problem:
    location = error.get("loc")
    place = [str(part) for part in location[1:]] if isinstance(location, tuple) else []
    value = error.get("input")
    if isinstance(value, list):  # as it stood in the address
        value = ",".join(map(str, value))
    return Problem(
        f"{str(error.get('msg')).rstrip('.')}.",
        "See /v1/openapi.json for what is allowed.",
        column=".".join(place) or None,
        value=None if value is None else str(value)[:80],
    )
