"""Who may open what: every route with every role, and with tokens that are nobody's."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import ACCESS, EVERYBODY, STAFF, Routes
from api.app import create_app
from api.identity.gate import Gate
from api.settings import Settings
from hotspots.register import Role
from hotspots.store.workspace import init_workspace
from tests.api.signing import OWN, UNLIMITED, browsing, signed_in, token_of
from tests.test_docs import code, codes, rows

SETS = {"everybody": EVERYBODY, "staff": STAFF}
UNSIGNED_JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiZ3JvdXBzIjpbImFuYWx5c3QiXX0."
FORGED = (
    "nonsense",
    "hotspots_" + "A" * 43,
    UNSIGNED_JWT,
    UNSIGNED_JWT + "c2lnbmF0dXJl",
    "a.b.c",
    "' OR 1=1 --",
)
ROLES: tuple[Role, ...] = get_args(Role)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    path = tmp_path_factory.mktemp("access") / "w"
    init_workspace(path, name="W", crs="EPSG:28992")
    return create_app(Settings(workspace=path, **UNLIMITED))


def address(key: str) -> tuple[str, str]:
    """Return the method and some path of a route."""
    method, path = key.split(" ")
    return method, re.sub(r"\{[^}]*\}", "7", path) + ("/x" if path.startswith("/static") else "")


@pytest.fixture(scope="module")
def gate(app: FastAPI) -> ASGIApp:
    """The gate of the app alone: whoever passes is answered 204."""
    passed = Gate(_passed)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await passed({**scope, "app": app}, receive, send)

    return serve


async def _passed(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=204)(scope, receive, send)


@pytest.fixture(scope="module")
def asking(app: FastAPI, gate: ASGIApp) -> dict[Role, TestClient]:
    """A client of the gate for every role; the public has no token."""
    return {
        role: TestClient(
            gate,
            follow_redirects=False,
            headers={} if role == "public" else {"Authorization": f"Bearer {token_of(app, role)}"},
        )
        for role in ROLES
    }


def test_every_route_has_a_row_and_every_row_a_route(app: FastAPI) -> None:
    assert sorted(ACCESS) == sorted(Routes(app.routes).keys())


def test_nobody_signs_in_to_what_everybody_but_one_may() -> None:
    """The public is in a set only with everybody: else signing in would close a page."""
    assert all(roles == EVERYBODY for roles in ACCESS.values() if "public" in roles)
    assert all(roles for roles in ACCESS.values())


@pytest.mark.parametrize("key", ACCESS)
def test_each_role_passes_or_is_refused(key: str, asking: dict[Role, TestClient]) -> None:
    method, path = address(key)
    for role, client in asking.items():
        answer = client.request(method, path)
        if role in ACCESS[key]:
            assert answer.status_code == 204, role
        elif role != "public":
            assert answer.status_code == 403, role
        elif path.startswith("/v1"):
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == 'Bearer realm="hotspots"'
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/inloggen?next=%2F")


@pytest.mark.parametrize("key", ACCESS)
def test_a_token_that_is_nobodys_opens_nothing(
    key: str, app: FastAPI, asking: dict[Role, TestClient]
) -> None:
    method, path = address(key)
    for token in (*FORGED, *_ended(app)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = asking["public"].request(method, path, headers=headers)
        assert answer.status_code == 401, token
        assert (
            answer.headers["www-authenticate"] == 'Bearer realm="hotspots", error="invalid_token"'
        )
    for given in ("Basic YTpi", "Bearer", "Bearer  ", "bearer\tx", token_of(app, "analyst")):
        answer = asking["public"].request(method, path, headers={"Authorization": given})
        assert answer.status_code == 401, given


_ended_tokens: list[str] = []


def _ended(app: FastAPI) -> list[str]:
    """Return tokens of an account that was ended, and of one whose day has come."""
    if not _ended_tokens:
        accounts = app.state.recogniser.accounts
        now = datetime.now(UTC)
        past = now - timedelta(days=2)
        for name, until in (("Gestopt", now + timedelta(days=9)), ("Oud", now - timedelta(days=1))):
            token = accounts.add(name, "analyst", stadsdeel=None, until=until, at=past)
            _ended_tokens.append(token)
        accounts.end("Gestopt", at=now)
    return _ended_tokens


@pytest.mark.parametrize("key", [key for key in ACCESS if key.startswith("GET ")])
def test_head_is_decided_as_get(key: str, app: FastAPI) -> None:
    path = address(key)[1]
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        if "public" not in ACCESS[key]:
            assert client.head(path).status_code in (303, 401)
        found = [client.request(method, path).status_code for method in ("GET", "HEAD")]
    assert found[0] == found[1]


@pytest.mark.parametrize("key", [key for key in ACCESS if key.startswith("GET ")])
def test_the_gate_decides_on_the_route_that_answers(key: str, app: FastAPI) -> None:
    """The router of the framework picks the same route as the table was asked about."""
    if "/static" in key or key.endswith("openapi.json"):
        return
    served: list[Scope] = []

    async def remembering(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope)
        await app(scope, receive, send)

    may = min(ACCESS[key] - {"public"}, key=ROLES.index)
    headers = {"Authorization": f"Bearer {token_of(app, may)}"}
    client = TestClient(remembering, headers=headers, raise_server_exceptions=False)
    method, path = address(key)
    client.request(method, path, follow_redirects=False)
    found = Routes(app.routes).find(method, path)
    assert found == f"{method} {_template(served[0])}"


def _template(scope: Scope) -> str:
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = str((context or scope["route"]).path)
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def test_a_route_without_a_row_is_refused_to_everybody(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
    app = create_app(Settings(workspace=tmp_path / "w"))
    app.add_api_route("/v1/secret", lambda: "secret")
    app.add_api_route("/secret", lambda: "secret")
    for role in ROLES:
        client = signed_in(app, role)
        for path in ("/v1/secret", "/secret"):
            answer = client.get(path, follow_redirects=False)
            assert answer.status_code in (303, 401, 403)
            assert "secret" not in answer.text.replace(path, "")


@pytest.mark.parametrize(
    "path",
    ["/v1/runs/", "/v1//runs", "//v1/runs", "/V1/runs", "/v1/runs%2f", "/v1/%72uns", "/v1/./runs",
     "/x/../v1/runs", "/v1/runs;x", "/static/../v1/runs", "/static/%2e%2e/v1/runs"],
)  # fmt: skip
def test_another_spelling_of_an_address_is_no_way_in(path: str, app: FastAPI) -> None:
    answer = TestClient(app).get(path, follow_redirects=False)
    assert answer.status_code in (303, 401, 404)


def test_other_methods_are_named_and_do_nothing(app: FastAPI) -> None:
    client = signed_in(app)
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        answer = client.request(method, "/v1/runs")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, POST"


def test_a_page_leads_back_after_signing_in(app: FastAPI) -> None:
    answer = TestClient(app).get("/runs?lang=en&x=%26", follow_redirects=False)
    assert answer.headers["location"] == "/inloggen?next=%2Fruns%3Flang%3Den%26x%3D%2526"


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_shows_what_a_role_may_open(role: Role, app: FastAPI) -> None:
    page = signed_in(app, role).get("/uitleg").text
    menu = re.search(r"<nav aria-label=.*?</nav>", page, re.DOTALL)
    assert menu is not None
    for path in re.findall(r'href="(/[a-z/]*)', menu[0]):
        assert role in ACCESS[f"GET {path}"]
    assert ("/hotspots" in menu[0]) == (role != "public")


def test_a_page_says_who_is_signed_in(app: FastAPI) -> None:
    page = browsing(app, "vlo", "J. Bakker").get("/uitleg").text
    assert "Aangemeld als J. Bakker (VLO Noord)" in page
    assert 'action="/uitloggen?lang=nl"' in page
    page = TestClient(app, base_url=OWN).get("/uitleg?lang=en").text
    assert "/uitloggen" not in page
    assert '<a href="/inloggen?lang=en">Sign in</a>' in page


def test_the_readme_has_the_table() -> None:
    table = rows("Who may open what")
    documented = {code(row[0]): SETS.get(row[1]) or set(codes(row[1])) for row in table}
    assert documented == ACCESS
