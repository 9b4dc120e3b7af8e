"""Signing in at the identity provider: a real one, and one that sends what is not good."""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.identity.tokens import Claims, NoRole
from api.settings import Settings
from hotspots.store.accounts import Identity
from hotspots.store.workspace import init_workspace
from tests.api.providers import (
    AUDIENCE,
    CLIENT,
    DISCOVERY,
    ROLES,
    SECRET,
    PlainProvider,
    query_of,
    real_provider,
    served,
    to_provider,
    visitor,
)
from tests.api.signing import OWN

EARLIER = int(time.time()) - 3600
PEOPLE: tuple[dict[str, object], ...] = (
    {"sub": "1", "preferred_username": "A. de Vries", "groups": ["Iedereen", "Veiligheid"]},
    {"sub": "2", "preferred_username": "J. Bakker", "groups": ["Stadsdelen"], "stadsdeel": "Zuid"},
    {"sub": "3", "preferred_username": "Zonder Rol", "groups": ["Iedereen"]},
    {"sub": "4", "preferred_username": "a@example.nl", "groups": ["Veiligheid"]},
    {"sub": "5", "preferred_username": "VLO Nergens", "groups": ["Stadsdelen"]},
)


# ---------------------------------------------------------------- a real provider
@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider(*PEOPLE) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, issuer: str) -> FastAPI:
    return served(tmp_path_factory.mktemp("oidc"), issuer)


def agree(address: str, sub: str, **more: str) -> str:
    """Sign in at the provider as a browser does; return where it leads back to, without host."""
    answer = httpx2.post(address, data={"sub": sub, **more}, follow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    back = answer.headers["location"]
    assert back.startswith(f"{OWN}/inloggen/terug?")
    return back.removeprefix(OWN)


def test_somebody_signs_in_at_the_provider_and_works_here(app: FastAPI) -> None:
    client = visitor(app)
    assert 'href="/inloggen/account?next=%2Fruns' in client.get("/inloggen?next=/runs").text
    address = to_provider(client)
    asked = query_of(address)
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    back = agree(address, "1")
    answer = client.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    assert "Aangemeld als A. de Vries (analist)" in client.get("/runs").text
    assert client.get("/v1/runs").status_code == 200
    assert "hotspots-sign-in" not in client.cookies


def test_a_vlo_comes_with_a_stadsdeel(app: FastAPI) -> None:
    client = visitor(app)
    assert client.get(agree(to_provider(client), "2")).status_code == 303
    assert "J. Bakker (VLO Zuid)" in client.get("/uitleg").text


@pytest.mark.parametrize("sub", ["3", "4", "5", "somebody-new"])
def test_whoever_has_no_role_or_no_name_to_show_is_told(app: FastAPI, sub: str) -> None:
    client = visitor(app)
    answer = client.get(agree(to_provider(client), sub))
    assert answer.status_code == 403
    assert "U bent bekend, maar u hebt hier geen rol." in answer.text
    assert "example.nl" not in answer.text
    assert client.get("/runs").status_code == 303


def test_an_answer_counts_once_and_in_the_browser_that_asked(app: FastAPI) -> None:
    client, thief = visitor(app), visitor(app)
    back = agree(to_provider(client), "1")
    assert thief.get(back).status_code == 403  # who follows a link that somebody else sent
    assert client.get(back).status_code == 403  # and now it is spent
    back = agree(to_provider(client), "1")
    assert client.get(back).status_code == 303
    again = visitor(app)
    again.cookies.set("hotspots-sign-in", query_of(back)["state"])
    assert again.get(back).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda back: re.sub(r"state=[^&]*", "state=other", back),
        lambda back: re.sub(r"state=[^&]*", "", back),
        lambda back: re.sub(r"code=[^&]*", "code=guessed", back),
        lambda back: re.sub(r"code=[^&]*", "", back),
        lambda back: back + "&error=access_denied",
        lambda back: back + "&iss=https%3A%2F%2Fother.example",
        lambda back: "/inloggen/terug",
    ],
)
def test_an_answer_that_was_changed_signs_nobody_in(
    app: FastAPI, change: Callable[[str], str]
) -> None:
    client = visitor(app)
    answer = client.get(change(agree(to_provider(client), "1")))
    assert answer.status_code == 403
    assert "Het aanmelden is niet gelukt." in answer.text
    assert client.get("/runs").status_code == 303


def test_whoever_declines_at_the_provider_is_not_signed_in(app: FastAPI) -> None:
    client = visitor(app)
    assert client.get(agree(to_provider(client), "1", action="deny")).status_code == 403


def test_one_is_led_back_to_our_own_pages_only(app: FastAPI) -> None:
    client = visitor(app)
    back = agree(to_provider(client, "https://evil.example/"), "1")
    assert client.get(back).headers["location"] == "/"


def test_a_sign_in_that_took_too_long_is_begun_again(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(app)
    back = agree(to_provider(client), "1")
    now = app.state.single_sign_on._now()
    monkeypatch.setattr(app.state.single_sign_on, "_now", lambda: now.replace(year=now.year + 1))
    assert client.get(back).status_code == 403


def test_without_a_provider_there_is_no_way_to_it(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
    client = visitor(create_app(Settings(workspace=tmp_path / "w")))
    assert "/inloggen/account" not in client.get("/inloggen").text
    for path in ("/inloggen/account", "/inloggen/terug?code=a&state=b"):
        assert client.get(path).status_code == 404


# ---------------------------------------------------------------- one that can be set
@pytest.fixture
def plain() -> Iterator[PlainProvider]:
    with PlainProvider().running() as provider:
        yield provider


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((400, {"error": "invalid_grant"}), 403),
        ((401, {"error": "invalid_client"}), 403),
        ((200, {"access_token": "only"}), 403),
        ((200, {"id_token": 7}), 403),
        ((200, {"id_token": "a.b.c"}), 403),
        ((500, {}), 503),
        ((200, b"no JSON"), 503),
        ((302, "http://127.0.0.1:1/"), 503),
    ],
)
def test_a_code_that_brings_nothing_signs_nobody_in(
    tmp_path: Path, plain: PlainProvider, answer: tuple[int, Any], status: int
) -> None:
    plain.answers["/token"] = answer
    client = visitor(served(tmp_path, plain.issuer))
    state = query_of(to_provider(client))["state"]
    assert client.get("/inloggen/terug", params={"code": "c", "state": state}).status_code == status
    assert client.get("/runs").status_code == 303


ID_TOKENS: dict[str, tuple[dict[str, Any], int]] = {
    "good": ({}, 303),
    "another nonce": ({"nonce": "other"}, 403),
    "no nonce": ({"nonce": None}, 403),
    "for programs": ({"aud": AUDIENCE}, 403),
    "for others too, made for us": ({"aud": [CLIENT, "x"], "azp": CLIENT}, 303),
    "for others too, made for them": ({"aud": [CLIENT, "x"], "azp": "x"}, 403),
    "expired": ({"exp": EARLIER}, 403),
    "of another issuer": ({"iss": "https://other.example"}, 403),
}


@pytest.mark.parametrize(("other", "status"), ID_TOKENS.values(), ids=list(ID_TOKENS))
def test_an_id_token_is_checked_in_full(
    tmp_path: Path, plain: PlainProvider, other: dict[str, Any], status: int
) -> None:
    app = served(tmp_path, plain.issuer)
    client = visitor(app)
    asked = query_of(to_provider(client))
    token = plain.signed(**{"aud": CLIENT, "nonce": asked["nonce"], **other})
    plain.answers["/token"] = (200, {"id_token": token})
    answer = client.get("/inloggen/terug", params={"code": "c", "state": asked["state"]})
    assert answer.status_code == status
    (form,) = plain.forms
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert form["redirect_uri"] == asked["redirect_uri"] == f"{OWN}/inloggen/terug"
    as_access = {"Authorization": f"Bearer {token}"}
    opened = visitor(app).get("/v1/runs", headers=as_access).status_code
    assert opened == (200 if other.get("aud") == AUDIENCE else 401)


def test_a_secret_is_sent_as_the_provider_wants_it(tmp_path: Path, plain: PlainProvider) -> None:
    methods = [None, ["client_secret_basic"], ["client_secret_post"], ["client_secret_basic"]]
    sent = []
    for number, (supported, secret) in enumerate(zip(methods, [SECRET] * 3 + [None], strict=True)):
        said = {} if supported is None else {"token_endpoint_auth_methods_supported": supported}
        plain.answers[DISCOVERY] = (200, plain.discovery(**said))
        folder = tmp_path / str(number)
        folder.mkdir()
        client = visitor(served(folder, plain.issuer, oidc_client_secret=secret))
        state = query_of(to_provider(client))["state"]
        plain.answers["/token"] = (400, {})
        client.get("/inloggen/terug", params={"code": "c", "state": state})
        sent.append((plain.authorizations[-1], plain.forms[-1].get("client_secret")))
    basic = "Basic " + base64.b64encode(b"hotspots:a%3Asecret+with%2Fodd%2Bsigns").decode()
    assert sent == [(basic, None), (basic, None), (None, SECRET), (None, None)]


def test_the_issuer_is_named_in_the_answer_where_the_provider_says_so(
    tmp_path: Path, plain: PlainProvider
) -> None:
    plain.answers[DISCOVERY] = (
        200, plain.discovery(authorization_response_iss_parameter_supported=True),
    )  # fmt: skip
    app = served(tmp_path, plain.issuer)
    for iss, status in ((None, 403), ("https://other.example", 403), (plain.issuer, 303)):
        client = visitor(app)
        query = query_of(to_provider(client))
        token = plain.signed(aud=CLIENT, nonce=query["nonce"])
        plain.answers["/token"] = (200, {"id_token": token})
        back = {"code": "c", "state": query["state"]} | ({} if iss is None else {"iss": iss})
        assert client.get("/inloggen/terug", params=back).status_code == status


# ---------------------------------------------------------------- who the claims are about
CLAIMS = Claims(name="name", role="realm.roles", stadsdeel="district", roles=ROLES)


@pytest.mark.parametrize(
    ("given_claims", "identity"),
    [
        ({"realm": {"roles": ["Kabinet"]}, "name": " K "}, Identity("K", "mayor_office")),
        ({"realm.roles": "Kabinet", "name": "K"}, Identity("K", "mayor_office")),
        ({"realm.roles": ["Stadsdelen", "Kabinet"], "name": "K"}, Identity("K", "mayor_office")),
        (
            {"realm.roles": ["Stadsdelen"], "name": "K", "district": ["Zuid", "Oost"]},
            Identity("K", "vlo", "Zuid"),
        ),
    ],
)
def test_claims_tell_who_somebody_is(given_claims: dict[str, Any], identity: Identity) -> None:
    assert CLAIMS.identity_of(given_claims) == identity


@pytest.mark.parametrize(
    "wrong",
    [
        {"realm": {"roles": ["Kabinet"]}},
        {"realm": {"roles": ["Kabinet"]}, "name": ["K"]},
        {"realm": {"roles": ["Kabinet"]}, "name": "k@example.nl"},
        {"realm": {"roles": ["Kabinet"]}, "name": "x" * 101},
        {"realm": {"roles": {"Kabinet": True}}, "name": "K"},
        {"realm": {"roles": [["Kabinet"], None, 7]}, "name": "K"},
        {"realm": "Kabinet", "name": "K"},
        {"realm.roles": ["Stadsdelen"], "name": "K"},
        {"realm.roles": ["Stadsdelen"], "name": "K", "district": ""},
        {"realm.roles": ["kabinet"], "name": "K"},
        {},
    ],
)
def test_claims_that_do_not_tell_it_give_no_role(wrong: dict[str, Any]) -> None:
    with pytest.raises(NoRole):
        CLAIMS.identity_of(wrong)
