"""One line in the log for every request, the id that its answer bears, and its figures."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Routes
from api.ops.logs import REQUEST_ID
from api.ops.metrics import Metrics

REQUEST_ID_HEADER = "X-Request-Id"
UNMATCHED = "unmatched"
"""What the log and the figures call a request that no route answers."""

_GIVEN_ID = re.compile(r"[0-9a-fA-F-]{16,64}")  # hexadecimal: no name can be hidden in it
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger(__name__)


class RequestLog:
    """Middleware around all others: it sees every answer, also the refusals.

    Parameters
    ----------
    app
        What answers.
    metrics
        Where figures are kept, if they are.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics | None) -> None:
        self._app = app
        self._metrics = metrics
        self._routes: Routes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        held = REQUEST_ID.set(request_id)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        started, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:  # noted where it is answered
            status = 500
            raise
        finally:
            self._note(scope, method, status, perf_counter() - started)
            REQUEST_ID.reset(held)

    def _note(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        route = self._route_of(scope, method)
        user = scope["state"].get("user")
        if self._metrics is not None:
            self._metrics.observe(method, route, status, seconds)
        _log.info(
            "request",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1000, 1),
                "role": "public" if user is None else user.role,
            },
        )

    def _route_of(self, scope: Scope, method: str) -> str:
        """Return the template of a request's path: what was put into it stays out of the log."""
        template = getattr(scope.get("route"), "path", None)
        if isinstance(template, str):
            return template
        if self._routes is None:  # once all are added
            self._routes = Routes(scope["app"].routes)
        found = self._routes.find("GET" if method == "HEAD" else method, scope["path"])
        return found.partition(" ")[2] if found else UNMATCHED


def _request_id(headers: Headers) -> str:
    given = headers.get(REQUEST_ID_HEADER, "")
    return given.lower() if _GIVEN_ID.fullmatch(given) else uuid4().hex
