"""Rate limits: how many requests one user, or one address, may make in a moving window.

A credential counts on its own only once it has been accepted: made-up tokens all count for the
address that they come from.
"""

import time
from collections import OrderedDict
from hashlib import blake2b
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from fastapi import Request
from fastapi.responses import Response
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.recognising import cookie_name
from api.identity.user import User
from api.problems import problem_answer
from hotspots.errors import Problem

_FREE = frozenset({"/health", "/ready", "/metrics"})  # their own rules, or nothing to compute
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_CREDENTIALS = 10_000
_MOST_COUNTED = 50_000
_CROWD = "the crowd"  # whoever comes when more are counted than can be
_IPV6_PREFIX = 64  # one subscriber has so many addresses; they count as one


class RateLimits:
    """Middleware that counts requests, tells what is left, and refuses with 429 beyond it.

    The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers.

    Parameters
    ----------
    app
        What answers.
    limits
        The limits by what they limit: ``reads``, ``writes`` and ``sign-in``.
    """

    def __init__(self, app: ASGIApp, *, limits: dict[str, RateLimitItem]) -> None:
        self._app = app
        self._limits = limits
        self._storage = MemoryStorage()
        self._window = MovingWindowRateLimiter(self._storage)
        self._accepted: OrderedDict[bytes, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or path in _FREE or path.startswith("/static/"):
            await self._app(scope, receive, send)
            return
        credential = _credential(Request(scope))
        name = _kind(scope)
        item, key = self._limits[name], self._key(scope, name, credential)
        allowed = self._window.hit(item, name, key)
        told = self._told(name, item, key)
        if not allowed:
            await _refusal(Request(scope), item, told)(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for header in ("RateLimit-Policy", "RateLimit"):
                    headers[header] = told[header]
            await send(message)

        await self._app(scope, receive, telling)
        user: User | None = scope["state"].get("user")
        if credential is not None and user is not None and user.signed_in:
            self._accept(credential, user.name)

    def _key(self, scope: Scope, name: str, credential: bytes | None) -> str:
        user = None if credential is None or name == "sign-in" else self._accepted.get(credential)
        if user is not None:
            return f"user {user}"
        key = f"address {_address(scope)}"
        events = self._storage.events
        if len(events) < _MOST_COUNTED:
            return key
        for stored in [stored for stored, hits in list(events.items()) if not hits]:
            self._storage.clear(stored)
        return key if len(events) < _MOST_COUNTED else _CROWD

    def _accept(self, credential: bytes, user: str) -> None:
        self._accepted[credential] = user
        self._accepted.move_to_end(credential)
        if len(self._accepted) > _MOST_CREDENTIALS:
            self._accepted.popitem(last=False)

    def _told(self, name: str, item: RateLimitItem, key: str) -> dict[str, str]:
        left = self._window.get_window_stats(item, name, key)
        seconds = max(1, ceil(left.reset_time - time.time()))
        return {
            "RateLimit-Policy": f'"{name}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{name}";r={left.remaining};t={seconds}',
            "Retry-After": str(seconds),
        }


def _refusal(request: Request, item: RateLimitItem, told: dict[str, str]) -> Response:
    problem = Problem(
        f"More than {item.amount} requests in {item.get_expiry()} seconds.",
        f"Try again in {told['Retry-After']} seconds.",
    )
    answer = problem_answer(request, HTTPStatus.TOO_MANY_REQUESTS, (problem,))
    answer.headers.update(told)
    return answer


def _kind(scope: Scope) -> str:
    """Name the limit that holds for a request."""
    path: str = scope["path"]
    looks = scope["method"] in _SAFE
    if path.startswith("/inloggen/") or (path == "/inloggen" and not looks):
        return "sign-in"
    return "reads" if looks else "writes"


def _credential(request: Request) -> bytes | None:
    """Return a digest of what a request is recognised by, as the gate chooses it."""
    given = request.headers.get("authorization") or request.cookies.get(cookie_name(request))
    return blake2b(given.encode(), digest_size=16).digest() if given else None


def _address(scope: Scope) -> str:
    """Return the address that counts for a request; of IPv6 the network of one subscriber."""
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)
