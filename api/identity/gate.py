"""The gate: who asks, and whether they may, before anything of a request is read."""

import logging
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import ACCESS, Routes
from api.identity.forgery import Forged, checked_form
from api.identity.recognising import Asker, Recogniser
from api.identity.tokens import NoRole, TokenRefused
from api.identity.user import PUBLIC, User
from api.problems import is_page, problem_answer
from hotspots.errors import HotspotsError, Problem

_log = logging.getLogger(__name__)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Middleware that lets a request through, or answers it: 303, 401 or 403."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._routes: Routes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # there is none to talk with
            return
        request = Request(scope, receive)
        refused = await self._known(request) or self._allowed(request)
        if refused is None and request.method not in _SAFE:
            try:
                receive = await checked_form(request, request.state.csrf)
            except Forged as forged:
                refused = problem_answer(request, HTTPStatus.FORBIDDEN, (forged.problem,))
        known = request.method == "GET" and _is_known(request)
        await (refused or self._app)(scope, receive, _for_one_reader(send) if known else send)

    async def _known(self, request: Request) -> Response | None:
        """Find out who asks; return an answer when that does not succeed."""
        recogniser: Recogniser = request.app.state.recogniser
        asker = Asker()
        try:
            if recogniser.knows_something(request):
                asker = await run_in_threadpool(recogniser.asker_of, request)
        except NoRole as refusal:
            return problem_answer(request, HTTPStatus.FORBIDDEN, (refusal.problem,))
        except TokenRefused as refusal:
            return _unknown(request, refusal)
        except HotspotsError as error:
            _log.error("who asks cannot be found out: %s", error)
            waiting = "Who you are cannot be found out now. Try again later."
            return problem_answer(request, HTTPStatus.SERVICE_UNAVAILABLE, (), waiting)
        request.state.user, request.state.csrf = asker.user, asker.csrf
        return None

    def _allowed(self, request: Request) -> Response | None:
        """Return an answer when whoever asks may not ask this."""
        if self._routes is None:  # once all are added
            self._routes = Routes(request.app.routes)
        route = self._routes.find(request.method, request.scope["path"])
        if route is None:  # what is not in the table of routes reaches no route
            return _no_route(request, self._routes)
        user: User = request.state.user
        if user.role in ACCESS.get(route, ()):
            return None
        if not user.signed_in:
            return _unknown(request, None)
        return problem_answer(
            request,
            HTTPStatus.FORBIDDEN,
            (
                Problem(
                    f"The role {user.role} may not do this.",
                    "See the table of routes and roles in the README.",
                ),
            ),
        )


def _is_known(request: Request) -> bool:
    user: User = getattr(request.state, "user", PUBLIC)
    return user.signed_in and not request.scope["path"].startswith("/static/")


def _for_one_reader(send: Send) -> Send:
    """Let nobody but the reader keep an answer: a page names them, a list may show them more."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "public" in headers.get("Cache-Control", ""):
                headers["Cache-Control"] = headers["Cache-Control"].replace("public", "private")
                headers.add_vary_header("Authorization")
                headers.add_vary_header("Cookie")
        await send(message)

    return send_private


def _no_route(request: Request, routes: Routes) -> Response:
    allowed = routes.methods(request.scope["path"])
    if not allowed:
        return problem_answer(request, HTTPStatus.NOT_FOUND)
    answer = problem_answer(request, HTTPStatus.METHOD_NOT_ALLOWED)
    answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _unknown(request: Request, refusal: TokenRefused | None) -> Response:
    """Answer somebody who is not signed in."""
    if is_page(request.url.path) and refusal is None:
        path = request.url.path if request.method == "GET" else "/"
        query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
        return RedirectResponse(
            f"/inloggen?{urlencode({'next': path + query})}", HTTPStatus.SEE_OTHER
        )
    problem = (
        Problem("This needs somebody who is signed in.", "Send a token: Authorization: Bearer.")
        if refusal is None
        else refusal.problem
    )
    answer = problem_answer(request, HTTPStatus.UNAUTHORIZED, (problem,))
    error = "" if refusal is None else ', error="invalid_token"'
    answer.headers["WWW-Authenticate"] = f'Bearer realm="hotspots"{error}'
    return answer
