"""Headers that keep a page to itself: what it may load, who may frame it, what may be kept."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API_VERSION = "1.0.0"
"""Version of ``/v1``, sent with every answer below it."""

DESCRIPTION_PATH = "/v1/openapi.json"
"""Where the description of ``/v1`` is."""

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""Content security policy of everything but the maps."""

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)

_ALWAYS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_TLS_ONLY = "max-age=31536000"


def map_policy(document: str, tile_origin: str | None) -> str:
    """Return the policy of one map document: only its own inline blocks run, in a sandbox.

    Parameters
    ----------
    document
        The map; every inline script and style in it is allowed by its hash.
    tile_origin
        Scheme and host of the background map, the only other host ever allowed.
    """
    hashes = _hashes(document)
    images = " ".join(filter(None, ("'self' data:", tile_origin)))
    return (
        "sandbox allow-scripts; default-src 'none'; "
        f"script-src 'self' {' '.join(hashes['script'])}; "
        f"style-src 'self' {' '.join(dict.fromkeys(hashes['style']))}; "
        f"img-src {images}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def print_policy(document: str) -> str:
    """Return the policy of one document to print: its own style and pictures, and no script.

    Parameters
    ----------
    document
        The document; every inline style in it is allowed by its hash.
    """
    return (
        "sandbox; default-src 'none'; "
        f"style-src {' '.join(dict.fromkeys(_hashes(document)['style']))}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(document: str) -> dict[str, list[str]]:
    """Return the sources that allow the inline scripts and styles of a document, and no others."""
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, content in _INLINE.findall(document):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    return hashes


def secure(headers: MutableHeaders, path: str, *, tls: bool = False) -> None:
    """Add to `headers` of the answer for `path` whatever it does not set itself.

    Counts of small areas are sensitive: only static files may be kept by a browser or a proxy.

    Parameters
    ----------
    headers, path
        Of the answer, and what it answers.
    tls
        Whether readers come over TLS, and are to come in no other way.
    """
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    static = path.startswith("/static/")
    headers.setdefault("Cache-Control", "public, max-age=3600" if static else "no-store")
    if tls:
        headers.setdefault("Strict-Transport-Security", _TLS_ONLY)
    if path == "/v1" or path.startswith("/v1/"):
        headers["API-Version"] = API_VERSION
    if path == DESCRIPTION_PATH:  # /core/publish-openapi: for programs of any origin, and no more
        headers["Access-Control-Allow-Origin"] = "*"


class SecurityHeaders:
    """Middleware that secures every answer, and answers HEAD as GET without its body."""

    def __init__(self, app: ASGIApp, *, tls: bool = False) -> None:
        self.app = app
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure(MutableHeaders(scope=message), scope["path"], tls=self._tls)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"} if head else scope
        await self.app(inner, receive, send_secured)
