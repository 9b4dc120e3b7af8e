"""Signs in to an app as somebody of a role: with a token, or with a session as a browser does."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from hotspots.errors import InputRefused
from hotspots.register import Role
from hotspots.store.accounts import Accounts

OWN = "http://127.0.0.1:8000"
"""Address at which a session may begin without TLS."""

UNLIMITED: dict[str, Any] = dict.fromkeys(
    ("limit_reads", "limit_writes", "limit_sign_in"), "1000000/minute"
)
"""Settings for an app that is asked more than a person would."""

_issued: dict[tuple[object, ...], str] = {}


def token_of(
    app: FastAPI, role: Role, name: str = "A. de Vries", stadsdeel: str | None = None
) -> str:
    """Return the token of a real account in the app's workspace; a VLO's is for Noord."""
    stadsdeel = stadsdeel or ("Noord" if role == "vlo" else None)
    accounts: Accounts = app.state.recogniser.accounts
    key = (str(app.state.settings.workspace), name, role, stadsdeel)
    at = datetime.now(UTC)
    try:
        until = at + timedelta(days=1)
        _issued[key] = accounts.add(name, role, stadsdeel=stadsdeel, until=until, at=at)
    except InputRefused:  # there is such an account already
        pass
    return _issued[key]


def signed_in(
    app: FastAPI,
    role: Role = "analyst",
    name: str = "A. de Vries",
    stadsdeel: str | None = None,
    **client: Any,
) -> TestClient:
    """Return a client that sends a bearer token; for the role ``public`` it sends none.

    `client` is what a TestClient takes, such as ``raise_server_exceptions=False``.
    """
    if role == "public":
        return TestClient(app, **client)
    token = token_of(app, role, name, stadsdeel)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"}, **client)


def browsing(
    app: FastAPI,
    role: Role = "analyst",
    name: str = "A. de Vries",
    stadsdeel: str | None = None,
    **client: Any,
) -> TestClient:
    """Return a client with a session: its forms need the token that :func:`csrf_of` finds."""
    browser = TestClient(app, **{"base_url": OWN, **client})
    answer = browser.post(
        "/inloggen",
        data={"token": token_of(app, role, name, stadsdeel)},
        headers={"Origin": str(browser.base_url).rstrip("/")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    return browser


def csrf_of(page: str) -> str:
    """Return the token against forgery in a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found, "a page without a token against forgery"
    return found[1]
