"""Requests are bounded: address, headers, and the body in size while it streams and in time."""

from asyncio import get_running_loop, timeout_at
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_answer
from hotspots.errors import Problem

MAX_TARGET_BYTES = 8192
"""Longest address of a request, with its query, in bytes."""

MAX_HEADERS_BYTES = 16_384
"""Most that all headers of a request take together, in bytes."""

_MEGABYTE = 1_000_000


class _Refused(HTTPException):
    """A body that is not read any further; the frameworks below let this kind of error pass."""


class _Body:
    """A body that is counted and timed until it is whole."""

    def __init__(self, receive: Receive, max_bytes: int, deadline: float) -> None:
        self.refused: HTTPStatus | None = None
        self._receive = receive
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._arrived = 0
        self._whole = False

    async def receive(self) -> Message:
        """Return the next part, or what comes after the body."""
        if self._whole:
            return await self._receive()
        try:
            async with timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise self._refusal(HTTPStatus.REQUEST_TIMEOUT) from None
        self._arrived += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._arrived > self._max_bytes:
            raise self._refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    def _refusal(self, status: HTTPStatus) -> _Refused:
        self.refused = status
        return _Refused(status)


class BodyLimits:
    """Middleware that refuses a body that is too large or too slow, long addresses and headers.

    Parameters
    ----------
    app
        What answers.
    max_body_mb
        Largest body, in megabytes, whether or not its length was told.
    body_seconds
        Time in which a whole body must arrive.
    """

    def __init__(self, app: ASGIApp, *, max_body_mb: int, body_seconds: float) -> None:
        self._app = app
        self._max_bytes = max_body_mb * _MEGABYTE
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = self._refused_at_once(scope)
        if status is not None:
            await self._answer(scope, status)(scope, receive, send)
            return
        body = _Body(receive, self._max_bytes, get_running_loop().time() + self._seconds)
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            if body.refused is None or started:  # else the answer below takes its place
                started = True
                await send(message)

        try:
            await self._app(scope, body.receive, noting)
        except _Refused:
            if started:
                raise
        if body.refused is not None and not started:
            await self._answer(scope, body.refused)(scope, receive, send)

    def _refused_at_once(self, scope: Scope) -> HTTPStatus | None:
        target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if target > MAX_TARGET_BYTES:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        if sum(len(name) + len(text) for name, text in scope["headers"]) > MAX_HEADERS_BYTES:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._max_bytes:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None

    def _answer(self, scope: Scope, status: HTTPStatus) -> Response:
        problem = {
            HTTPStatus.REQUEST_URI_TOO_LONG: Problem(
                f"The address is longer than {MAX_TARGET_BYTES} bytes.", "Ask for less at once."
            ),
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: Problem(
                f"The headers take more than {MAX_HEADERS_BYTES} bytes.", "Send fewer cookies."
            ),
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem(
                f"The body is larger than {self._max_bytes // _MEGABYTE} MB.",
                "Send less at once, or take large files in with: hotspots ingest.",
            ),
            HTTPStatus.REQUEST_TIMEOUT: Problem(
                f"The body took longer than {self._seconds:g} seconds to arrive.",
                "Send it again over a better connection.",
            ),
        }[status]
        answer = problem_answer(Request(scope), status, (problem,))
        answer.headers.update(_CLOSE)
        return answer


_CLOSE = {"Connection": "close"}
"""What has not been read of a body is not waited for."""
