"""Signing in with a token, or by a role of the demo; signing out."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.identity import cookies
from api.identity.demo import demo_identities
from api.identity.recognising import Recogniser, cookie_name
from api.identity.transport import is_private
from api.parameters import Chosen
from api.templating import render
from hotspots.outputs.text import Lang
from hotspots.register import Role
from hotspots.store.accounts import Identity

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class SignInQuery(BaseModel):
    """What may stand in the address of the page to sign in."""

    model_config = ConfigDict(extra="forbid")

    next: str = Field("/", max_length=2000)
    lang: Lang | None = None


class LangQuery(BaseModel):
    """What may stand in the address to sign out."""

    model_config = ConfigDict(extra="forbid")

    lang: Lang | None = None


class TokenForm(BaseModel):
    """The form of the page to sign in."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field("", max_length=400)
    csrf: str = ""


class DemoForm(BaseModel):
    """The role in which somebody looks around in the demo."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    csrf: str = ""


@router.get("/inloggen")
def page(
    request: Request, settings: Chosen, query: Annotated[SignInQuery, Query()]
) -> HTMLResponse:
    """Show how to sign in."""
    return sign_in_page(request, query.lang or settings.language, own_path(query.next))


@router.post("/inloggen")
def with_token(
    request: Request,
    settings: Chosen,
    query: Annotated[SignInQuery, Query()],
    form: Annotated[TokenForm, Form()],
) -> Response:
    """Begin a session for whoever has a token."""
    lang, goal = query.lang or settings.language, own_path(query.next)
    if not is_private(request):
        return sign_in_page(request, lang, goal, said="sign_in_needs_tls")
    recogniser: Recogniser = request.app.state.recogniser
    identity = recogniser.accounts.of_token(form.token.strip(), at=recogniser.now())
    if identity is None:
        return sign_in_page(request, lang, goal, said="sign_in_unknown_token")
    return begin_session(request, identity, goal)


@router.post("/inloggen/demo")
def look_around(
    request: Request,
    settings: Chosen,
    query: Annotated[SignInQuery, Query()],
    form: Annotated[DemoForm, Form()],
) -> Response:
    """Begin a session in a role, in a demo on this machine."""
    lang, goal = query.lang or settings.language, own_path(query.next)
    identity = demo_identities(request).get(form.role)
    if identity is None:
        return sign_in_page(request, lang, goal, said="sign_in_demo_refused")
    return begin_session(request, identity, goal)


@router.post("/uitloggen")
def out(request: Request, query: Annotated[LangQuery, Query()]) -> Response:
    """End the session."""
    recogniser: Recogniser = request.app.state.recogniser
    secret = request.cookies.get(cookie_name(request))
    if secret:
        recogniser.sessions.end(secret)
    kept = f"?lang={query.lang}" if query.lang else ""
    response = RedirectResponse(f"/inloggen{kept}", HTTPStatus.SEE_OTHER)
    cookies.take_back(request, response)
    return response


def sign_in_page(
    request: Request, lang: Lang, goal: str, *, said: str | None = None
) -> HTMLResponse:
    """Return the page to sign in, with what went wrong if anything did."""
    document = render(
        "sign_in.html",
        request,
        lang,
        goal=goal,
        said=said,
        offered=list(demo_identities(request)),
        has_provider=request.app.state.single_sign_on is not None,
        demo=request.app.state.shelf.workspace.demo,
    )
    status = HTTPStatus.OK if said is None else HTTPStatus.FORBIDDEN
    return HTMLResponse(document, status_code=status)


def begin_session(request: Request, identity: Identity, goal: str) -> Response:
    """Sign somebody in under a new secret, and send them on."""
    recogniser: Recogniser = request.app.state.recogniser
    before = request.cookies.get(cookie_name(request))
    secret = recogniser.sessions.begin(identity, at=recogniser.now(), instead_of=before)
    response = RedirectResponse(goal, HTTPStatus.SEE_OTHER)
    cookies.give(request, response, secret)
    return response


def own_path(text: str) -> str:
    """Return an address on our own host; the first page when it is anything else."""
    parts = urlsplit(text)
    plain = text.isprintable() and "\\" not in text and " " not in text
    if parts.scheme or parts.netloc or not plain or not text.startswith("/") or text[1:2] == "/":
        return "/"
    return "/" if parts.path in ("/inloggen", "/uitloggen") else text
