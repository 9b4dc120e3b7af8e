"""Signing in and out: sessions, their cookie, forged requests, and the demo."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.identity.sign_in import own_path
from api.identity.user import User
from api.settings import Settings
from hotspots.cli import app as commands
from hotspots.store.workspace import init_workspace
from tests.api.signing import OWN, UNLIMITED, browsing, csrf_of, signed_in, token_of
from tests.town import Town

LOCAL = ("127.0.0.1", 50000)


def served(folder: Path, *, demo: bool = False, **settings: Any) -> FastAPI:
    init_workspace(folder / "w", name="W", crs="EPSG:28992", demo=demo)
    return create_app(Settings(workspace=folder / "w", **{**UNLIMITED, **settings}))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return served(tmp_path_factory.mktemp("identity"))


def visitor(app: FastAPI, base: str = OWN, **more: Any) -> TestClient:
    return TestClient(app, base_url=base, follow_redirects=False, **more)


# ---------------------------------------------------------------- sessions
def test_signing_in_gives_a_session_that_scripts_cannot_read(app: FastAPI) -> None:
    client = visitor(app)
    answer = client.post("/inloggen?next=/runs", data={"token": token_of(app, "planner")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    name, _, rest = answer.headers["set-cookie"].partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "hotspots"
    assert attributes == {"httponly", "path=/", "samesite=lax"}
    assert client.get("/runs").status_code == 200
    assert "no-store" in client.get("/runs").headers["cache-control"]


def test_over_tls_the_cookie_is_this_hosts_alone(tmp_path: Path) -> None:
    app = served(tmp_path, public_url="https://hotspots.example")
    client = visitor(app, "https://hotspots.example")
    answer = client.post("/inloggen", data={"token": token_of(app, "board")})
    name, _, rest = answer.headers["set-cookie"].partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-hotspots"  # needs Secure, a path of / and no domain
    assert attributes == {"httponly", "path=/", "samesite=lax", "secure"}
    assert client.get("/runs").status_code == 200
    stolen = visitor(app, "https://hotspots.example", cookies={"hotspots": client.cookies[name]})
    assert stolen.get("/runs").status_code == 303


def test_without_tls_one_signs_in_on_this_machine_only(app: FastAPI) -> None:
    answer = visitor(app, "http://10.1.2.3:8000").post(
        "/inloggen", data={"token": token_of(app, "planner")}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "Deze verbinding is niet beveiligd." in answer.text


def test_a_session_gets_a_new_secret_at_every_sign_in(app: FastAPI) -> None:
    client = visitor(app)
    planted = {"Cookie": "hotspots=chosen-by-somebody-else"}
    client.post("/inloggen", data={"token": token_of(app, "planner")}, headers=planted)
    first = client.cookies["hotspots"]
    assert first != "chosen-by-somebody-else"
    token = csrf_of(client.get("/inloggen").text)
    client.post("/inloggen", data={"token": token_of(app, "board"), "csrf": token})
    assert client.cookies["hotspots"] != first
    assert visitor(app, cookies={"hotspots": first}).get("/runs").status_code == 303


def test_signing_out_ends_the_session_at_the_server(app: FastAPI) -> None:
    client = browsing(app, "planner", follow_redirects=False)
    secret = client.cookies["hotspots"]
    token = csrf_of(client.get("/runs").text)
    answer = client.post("/uitloggen?lang=en", data={"csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?lang=en")
    assert "hotspots" not in client.cookies
    assert visitor(app, cookies={"hotspots": secret}).get("/runs").status_code == 303


def test_a_session_that_has_ended_leads_to_signing_in(app: FastAPI) -> None:
    client = browsing(app, "planner", follow_redirects=False)
    recogniser, now = app.state.recogniser, datetime.now(UTC)
    try:
        recogniser.now = lambda: now + timedelta(minutes=61)
        assert client.get("/runs").headers["location"] == "/inloggen?next=%2Fruns"
        assert client.get("/v1/runs").status_code == 401
        assert client.get("/uitleg").status_code == 200  # everybody may
    finally:
        recogniser.now = lambda: datetime.now(UTC)


def test_ending_an_account_ends_what_it_has_open(app: FastAPI) -> None:
    client, program = browsing(app, "board", "Vertrekt"), signed_in(app, "board", "Vertrekt")
    assert client.get("/runs").status_code == program.get("/v1/runs").status_code == 200
    app.state.recogniser.accounts.end("Vertrekt", at=datetime.now(UTC))
    assert client.get("/runs", follow_redirects=False).status_code == 303
    assert program.get("/v1/runs").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "hotspots_" + "x" * 43, "' OR 1=1 --", "é" * 100])
def test_an_unknown_token_begins_nothing(app: FastAPI, token: str) -> None:
    answer = visitor(app).post("/inloggen", data={"token": token})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert 'role="alert">Deze toegangscode kennen wij niet' in answer.text
    assert len(token) < 9 or token not in answer.text


@pytest.mark.parametrize("secret", ["", "x", "' OR 1=1 --", "A" * 43, "%00", '"'])
def test_a_cookie_of_nobody_is_nobodys(app: FastAPI, secret: str) -> None:
    headers = {"Cookie": f"hotspots={secret}"}
    assert visitor(app).get("/runs", headers=headers).status_code == 303
    assert visitor(app).get("/v1/runs", headers=headers).status_code == 401


def test_who_asks_reaches_the_route_with_name_role_and_stadsdeel(tmp_path: Path) -> None:
    app = served(tmp_path)
    seen: list[User] = []
    app.router.routes.insert(0, _route_that_notes(seen))
    for client in (signed_in(app, "vlo", "J. Bakker", "Zuid"), browsing(app, "vlo", "B", "Oost")):
        client.get("/runs")
    assert seen == [
        User(name="J. Bakker", role="vlo", stadsdeel="Zuid"),
        User(name="B", role="vlo", stadsdeel="Oost"),
    ]


def _route_that_notes(seen: list[User]) -> Any:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    def note(request: Request) -> Response:
        seen.append(request.state.user)
        return Response()

    return Route("/runs", note)


# ---------------------------------------------------------------- where one is led after
@pytest.mark.parametrize(
    "goal",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "javascript:alert(1)", "/\tevil", "http:evil", "///evil.example", "/ /evil.example", "",
     "/%0d%0aLocation:x\r\nx", "/inloggen", "/uitloggen?x=1", "/\u2028x"],
)  # fmt: skip
def test_nobody_is_led_to_another_host(app: FastAPI, goal: str) -> None:
    answer = visitor(app).post(
        "/inloggen", params={"next": goal}, data={"token": token_of(app, "planner")}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@given(st.text(max_size=40))
def test_an_own_path_has_no_other_host(text: str) -> None:
    found = own_path("/" + text)
    assert re.match(r"/(?![/\\])", found) or found == "/"
    assert found.isprintable()


@pytest.mark.parametrize("goal", ["/", "/runs?lang=en&x=1", "/hotspots/36m-burglary-001#top"])
def test_one_is_led_to_where_one_was_going(goal: str) -> None:
    assert own_path(goal) == goal


# ---------------------------------------------------------------- forged requests
ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{OWN}.evil.example"},
    {"Origin": OWN.replace("http:", "https:")},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_a_form_of_another_site_does_nothing(app: FastAPI, headers: dict[str, str]) -> None:
    client = browsing(app, "planner", follow_redirects=False)
    token = csrf_of(client.get("/runs").text)
    assert client.post("/uitloggen", data={"csrf": token}, headers=headers).status_code == 403
    assert client.get("/runs").status_code == 200
    signing_in = {"token": token_of(app, "analyst")}
    assert visitor(app).post("/inloggen", data=signing_in, headers=headers).status_code == 403


def test_a_form_carries_the_token_of_its_own_session(app: FastAPI) -> None:
    client, other = browsing(app, "planner"), browsing(app, "planner")
    token = csrf_of(client.get("/runs").text)
    for given_token in ("", "x", csrf_of(other.get("/runs").text), token[:-1], token.upper()):
        answer = client.post("/uitloggen", data={"csrf": given_token})
        assert answer.status_code == 403, given_token
    assert client.post("/uitloggen").status_code == 403
    assert client.get("/runs").status_code == 200
    own = {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/uitloggen", data={"csrf": token}, headers=own).status_code == 200


def test_a_write_of_a_session_in_the_api_needs_the_header(app: FastAPI) -> None:
    client = browsing(app, "planner")
    token = csrf_of(client.get("/runs").text)
    body = {"kind": "no such kind"}
    assert client.post("/v1/runs", json=body).status_code == 403
    assert client.post("/v1/runs", data={"csrf": token}).status_code == 403
    for headers in ({"X-CSRF-Token": "x"}, {"X-CSRF-Token": token, "Origin": "https://evil.nl"}):
        assert client.post("/v1/runs", json=body, headers=headers).status_code == 403
    # Let through: the body is read, and refused for what it says.
    assert client.post("/v1/runs", json=body, headers={"X-CSRF-Token": token}).status_code == 400
    assert signed_in(app, "planner").post("/v1/runs", json=body).status_code == 400


def test_a_form_that_is_no_form_or_too_long_is_refused(app: FastAPI) -> None:
    client = browsing(app, "planner")
    token = csrf_of(client.get("/runs").text)
    assert client.post("/uitloggen", json={"csrf": token}).status_code == 403
    assert client.post("/uitloggen", files={"csrf": token.encode()}).status_code == 403
    long = {"padding": "x" * 1_000_001, "csrf": token}
    assert client.post("/uitloggen", data=long).status_code == 403
    many = "&".join(f"a{i}=1" for i in range(2000)) + f"&csrf={token}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/uitloggen", content=many, headers=form).status_code == 403
    assert client.post("/uitloggen", data={"csrf": token}).status_code == 200


def test_behind_a_proxy_the_public_address_is_our_own(tmp_path: Path) -> None:
    app = served(tmp_path, public_url="https://hotspots.example")
    client = visitor(app, "https://hotspots.example")
    client.post("/inloggen", data={"token": token_of(app, "board")})
    token = csrf_of(client.get("/uitleg").text)
    evil = {"Origin": "https://evil.example", "Host": "evil.example"}
    assert client.post("/uitloggen", data={"csrf": token}, headers=evil).status_code == 403
    inside = {"Origin": "https://hotspots.example", "Host": "web:8000"}
    assert client.post("/uitloggen", data={"csrf": token}, headers=inside).status_code == 303


# ---------------------------------------------------------------- the demo
@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return served(tmp_path_factory.mktemp("demo"), demo=True, loopback_only=True)


def test_the_demo_is_looked_at_by_role_on_this_machine(demo: FastAPI) -> None:
    client = visitor(demo, client=LOCAL)
    page = client.get("/inloggen?next=/runs").text
    assert "Duinstad bestaat niet." in page
    assert re.findall(r'<button name="role" value="(\w+)">Kijk mee als', page) == [
        "triangle", "mayor_office", "board", "planner", "analyst",
    ]  # fmt: skip
    answer = client.post("/inloggen/demo?next=/runs", data={"role": "planner"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    assert "Aangemeld als Demo (planner)" in client.get("/runs").text


@pytest.mark.parametrize(
    ("base", "client", "headers"),
    [
        ("http://10.1.2.3:8000", LOCAL, {}),
        ("http://hotspots.example", LOCAL, {}),
        (OWN, LOCAL, {"Host": "hotspots.example"}),
        (OWN, LOCAL, {"Host": "127.0.0.1.evil.example"}),
        (OWN, ("10.1.2.9", 5000), {}),
        (OWN, LOCAL, {"X-Forwarded-For": "127.0.0.1"}),
        (OWN, LOCAL, {"X-Forwarded-Host": "127.0.0.1"}),
        (OWN, LOCAL, {"X-Forwarded-Proto": "https"}),
        (OWN, LOCAL, {"Forwarded": "for=127.0.0.1"}),
        (OWN, LOCAL, {"X-Real-IP": "127.0.0.1"}),
        (OWN, LOCAL, {"Via": "1.1 proxy"}),
    ],
)
def test_the_demo_is_closed_to_whoever_comes_from_elsewhere(
    demo: FastAPI, base: str, client: tuple[str, int], headers: dict[str, str]
) -> None:
    asking = visitor(demo, base, client=client)
    assert 'name="role"' not in asking.get("/inloggen", headers=headers).text
    answer = asking.post("/inloggen/demo", data={"role": "analyst"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "alleen op de computer waarop de demo draait" in answer.text


@pytest.mark.parametrize(("is_demo", "here"), [(False, True), (True, False), (False, False)])
def test_only_a_demo_that_only_this_machine_reaches_is_open(
    tmp_path: Path, is_demo: bool, here: bool
) -> None:
    app = served(tmp_path, demo=is_demo, loopback_only=here)
    client = visitor(app, client=LOCAL)
    assert 'name="role"' not in client.get("/inloggen").text
    assert client.post("/inloggen/demo", data={"role": "analyst"}).status_code == 403


@pytest.mark.parametrize("role", ["public", "vlo", "", "root"])
def test_the_demo_has_the_roles_that_it_offers(demo: FastAPI, role: str) -> None:
    """A VLO is offered where areas of that level were delivered; here none were."""
    answer = visitor(demo, client=LOCAL).post("/inloggen/demo", data={"role": role})
    assert answer.status_code in (400, 403)
    assert "set-cookie" not in answer.headers


def test_a_vlo_of_the_demo_is_of_the_first_stadsdeel(tmp_path: Path, town: Town) -> None:
    app = served(tmp_path, demo=True, loopback_only=True)
    folder = str(tmp_path / "w")
    words = ["ingest", "areas", str(town.areas), "--workspace", folder, "--level", "stadsdeel"]
    assert CliRunner().invoke(commands, words).exit_code == 0
    client = visitor(app, client=LOCAL)
    assert client.post("/inloggen/demo", data={"role": "vlo"}).status_code == 303
    assert "Aangemeld als Demo (VLO Wijk 01)" in client.get("/uitleg").text
