"""Against forged requests: a page of somebody else cannot act in a reader's name.

A request that changes something must come from our own pages, as the browser tells. With a session
it also carries the session's token: in the form of a page, or in ``X-CSRF-Token``.
"""

import hmac
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from starlette.types import Message, Receive

from api.identity.transport import is_loopback
from api.problems import is_page
from hotspots.errors import Problem

HEADER = "X-CSRF-Token"
FIELD = "csrf"
_MOST_BYTES = 1_000_000
_MOST_FIELDS = 1_000
_FORM = "application/x-www-form-urlencoded"


class Forged(Exception):
    """A request that may not come from a page of ours."""

    def __init__(self, rule: str) -> None:
        self.problem = Problem(rule, "Open the page again and repeat what you did there.")
        super().__init__(rule)


async def checked_form(request: Request, csrf: str) -> Receive:
    """Return where the request's body can still be read from.

    Parameters
    ----------
    request
        Of something that changes something.
    csrf
        The token of the session; empty where there is none.

    Raises
    ------
    Forged
        When the request comes from elsewhere, or lacks the session's token.
    """
    _require_own_origin(request)
    if not csrf:  # no session: whoever has no cookie cannot be acted for
        return request.receive
    given = request.headers.get(HEADER)
    receive: Receive = request.receive
    if given is None and is_page(request.url.path):
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise Forged(f"A form without {HEADER} is sent as {_FORM}.")
        body = await _body(request)
        given, receive = _field(body), _again(body, request.receive)
    if not hmac.compare_digest((given or "").encode(), csrf.encode()):
        raise Forged(f"The token of your session is missing ({FIELD} in a form, or {HEADER}).")
    return receive


def _require_own_origin(request: Request) -> None:
    """Refuse what a browser says comes from elsewhere; a program says nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise Forged("This was sent by a page of another address.")
    origin = request.headers.get("origin")
    if origin is not None and origin not in _own_origins(request):
        raise Forged("This was sent by a page of another address.")


def _own_origins(request: Request) -> set[str]:
    host = request.headers.get("host", "")
    public = request.app.state.settings.public_url
    if public is None:
        return {f"{request.url.scheme}://{host}"}
    parts = urlsplit(public)
    here = {f"http://{host}"} if is_loopback(request.url.hostname) else set()
    return {f"{parts.scheme}://{parts.netloc}"} | here


async def _body(request: Request) -> bytes:
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > _MOST_BYTES:
            raise Forged(f"A form holds at most {_MOST_BYTES} bytes.")
    return bytes(found)


def _field(body: bytes) -> str:
    try:
        fields = parse_qs(body.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:  # too many, or no text
        return ""
    return fields.get(FIELD, [""])[0]


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a source that gives a body that was read already, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
