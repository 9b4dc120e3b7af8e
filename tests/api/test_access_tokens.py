"""Access tokens of the identity provider: good ones, forged ones, and a provider that fails."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.testclient import TestClient

from api.identity.provider import Provider, ProviderDown
from api.identity.tokens import TokenRefused, verified
from tests.api.providers import AUDIENCE, CLIENT, DISCOVERY, KEY, PlainProvider, served, visitor


@pytest.fixture
def plain() -> Iterator[PlainProvider]:
    with PlainProvider().running() as provider:
        yield provider


@pytest.fixture(scope="module")
def steady() -> Iterator[PlainProvider]:
    """One that keeps its answers."""
    with PlainProvider().running() as provider:
        yield provider


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, steady: PlainProvider) -> FastAPI:
    return served(tmp_path_factory.mktemp("tokens"), steady.issuer)


def asking(app: FastAPI, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(app).get("/v1/runs", headers=headers).status_code


def test_a_program_asks_with_an_access_token(tmp_path: Path, plain: PlainProvider) -> None:
    app = served(tmp_path, plain.issuer)
    assert [asking(app, plain.signed()) for _ in range(20)] == [200] * 20
    assert asking(app, plain.signed(aud=["other", AUDIENCE])) == 200
    assert plain.asked == {"/.well-known/openid-configuration": 1, "/keys": 1}


def test_a_token_of_somebody_without_a_role_is_forbidden_not_unknown(
    tmp_path: Path, plain: PlainProvider
) -> None:
    app = served(tmp_path, plain.issuer)
    assert asking(app, plain.signed(groups=["Iedereen"])) == 403
    assert asking(app, plain.signed(preferred_username="a@b.nl")) == 403


LATER, EARLIER = int(time.time()) + 3600, int(time.time()) - 3600
WRONG = {
    "expired": {"exp": EARLIER},
    "without an end": {"exp": None},
    "never ending": {"exp": float("inf")},
    "an end that is no number": {"exp": "tomorrow"},
    "not yet valid": {"nbf": LATER},
    "made in the future": {"iat": LATER},
    "without a moment": {"iat": None},
    "for somebody else": {"aud": "https://other.example"},
    "for the client": {"aud": CLIENT},
    "for nobody": {"aud": None},
    "for none of a list": {"aud": []},
    "of another issuer": {"iss": "https://other.example"},
    "of an issuer with a slash": {"iss": "/"},
    "of no issuer": {"iss": None},
    "of nobody": {"sub": None},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_token_that_says_something_wrong_opens_nothing(
    app: FastAPI, steady: PlainProvider, wrong: dict[str, Any]
) -> None:
    if wrong.get("iss") == "/":
        wrong = {"iss": steady.issuer + "/"}
    assert asking(app, steady.signed(**wrong)) == 401


def compact(header: Mapping[str, object], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_forged_tokens_open_nothing(app: FastAPI, steady: PlainProvider) -> None:
    good = steady.claims()
    pem = steady.key.as_pem(private=False)
    public = json.dumps(steady.key.as_dict(private=False)).encode()
    other = RSAKey.generate_key(2048, {"kid": "one"})
    header = {"alg": "RS256", "kid": "one"}
    own = {"alg": "RS256", "kid": "mine", "jwk": other.as_dict(private=False)}
    head, body, signature = steady.signed().split(".")
    forged = [
        *(compact(header | {"alg": alg}, good) for alg in ("none", "None", "nOnE", "", "RS256")),
        compact({"alg": "none"}, good, b"x"),
        compact({"kid": "one"}, good),
        # The public key as a shared secret, in every form that it is published in.
        *(_hmac(good, secret) for secret in (pem, pem.strip(), public, b"")),
        steady.signed(other),
        jws.serialize_compact(own, json.dumps(good), other),
        jws.serialize_compact(header | {"jku": "http://127.0.0.1:1/"}, json.dumps(good), other),
        ".".join([head, _part(steady.claims(groups=["Kabinet"])), signature]),
        ".".join([head, body, signature[:-2]]), ".".join([head, body, ""]), f"{head}.{body}",
        ".".join([head, body, signature, signature]), f"{steady.signed()}.a.b",
        "a.b.c",
        *(jws.serialize_compact(header, text, steady.key) for text in ("[1]", "no", "")),
        "x" * 9_000,
    ]  # fmt: skip
    assert asking(app, steady.signed()) == 200
    assert [asking(app, token) for token in forged] == [401] * len(forged)


def _part(payload: dict[str, Any]) -> str:
    return compact({}, payload).split(".")[1]


def _hmac(payload: dict[str, Any], secret: bytes) -> str:
    unsigned = compact({"alg": "HS256", "kid": "one", "typ": "JWT"}, payload).rpartition(".")[0]
    digest = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def test_a_shared_secret_among_the_keys_is_no_key(tmp_path: Path, plain: PlainProvider) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    plain.answers["/keys"] = (
        200, {"keys": [secret.as_dict(private=True), plain.key.as_dict(private=False)]},
    )  # fmt: skip
    app = served(tmp_path, plain.issuer)
    header = {"alg": "HS256", "kid": "shared"}
    forged = jwt.encode(header, plain.claims(), secret, algorithms=["HS256"])
    assert (asking(app, plain.signed()), asking(app, forged)) == (200, 401)


@pytest.mark.parametrize("alg", ["RS256", "RS512", "PS256", "PS384"])
def test_each_algorithm_of_the_list_is_read(app: FastAPI, steady: PlainProvider, alg: str) -> None:
    assert asking(app, steady.signed(alg=alg)) == 200


def test_a_curve_is_read_too(tmp_path: Path, plain: PlainProvider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve"})
    plain.answers["/keys"] = (200, {"keys": [key.as_dict(private=False)]})
    token = jwt.encode({"alg": "ES256", "kid": "curve"}, plain.claims(), key, algorithms=["ES256"])
    assert asking(served(tmp_path, plain.issuer), token) == 200


@given(st.text(max_size=200) | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}"))
def test_whatever_is_sent_as_a_token_is_refused_in_words(text: str) -> None:
    known = Provider("https://x.example", CLIENT, None)
    known._keys = (time.monotonic(), KeySet([KEY]))
    known._failed_at = time.monotonic()  # nothing is asked of any host
    with pytest.raises((TokenRefused, ProviderDown)):
        verified(known, text, audience=AUDIENCE, at=datetime.now(UTC))


# ---------------------------------------------------------------- keys come and go
class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_new_key_is_found_and_a_withdrawn_one_forgotten(plain: PlainProvider) -> None:
    clock = Clock()
    provider = Provider(plain.issuer, CLIENT, None, seconds=clock)
    new = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})

    def is_good(token: str) -> bool:
        try:
            return bool(verified(provider, token, audience=AUDIENCE, at=datetime.now(UTC)))
        except TokenRefused:
            return False

    before = plain.signed()
    header = {"alg": "RS256", "kid": "two"}
    after = jwt.encode(header, plain.claims(), new, algorithms=["RS256"])
    assert (is_good(before), is_good(after)) == (True, False)
    plain.show(plain.key, new)
    assert not is_good(after)  # asked a moment ago: a stranger cannot make us ask and ask
    clock.now += 11
    assert (is_good(after), is_good(before)) == (True, True)
    assert plain.asked["/keys"] == 2
    for _ in range(50):
        assert not is_good(before.replace(before.split(".")[0], _head("nobody's")))
    assert plain.asked["/keys"] == 2
    plain.show(new)
    assert is_good(before)
    clock.now += 3601
    assert (is_good(before), is_good(after)) == (False, True)


def _head(kid: str) -> str:
    return compact({"alg": "RS256", "kid": kid}, {}).split(".")[0]


# ---------------------------------------------------------------- a provider that fails
def broken(plain: PlainProvider) -> dict[str, tuple[str, tuple[int, Any]]]:
    """Return ways to fail: which answer is another, and which."""
    return {
        "an error": (DISCOVERY, (500, {})),
        "no JSON": (DISCOVERY, (200, b"<html>")),
        "a list": (DISCOVERY, (200, [])),
        "nothing in it": (DISCOVERY, (200, {})),
        "another issuer": (DISCOVERY, (200, plain.discovery(issuer="https://evil.example"))),
        "http elsewhere": (DISCOVERY, (200, plain.discovery(jwks_uri="http://10.0.0.1/keys"))),
        "a file": (DISCOVERY, (200, plain.discovery(token_endpoint="file:///etc/passwd"))),
        "led elsewhere": (DISCOVERY, (302, "http://127.0.0.1:1/")),
        "very long": (DISCOVERY, (200, b'{"a": "' + b"x" * 2_000_000 + b'"}')),
        "no keys": ("/keys", (200, {"keys": []})),
        "keys that are none": ("/keys", (200, {"keys": "none"})),
        "bent keys": ("/keys", (200, {"keys": [{"kty": "RSA", "n": "!", "e": 3}]})),
    }


@pytest.mark.parametrize("how", [
    "an error", "no JSON", "a list", "nothing in it", "another issuer", "http elsewhere", "a file",
    "led elsewhere", "very long", "no keys", "keys that are none", "bent keys",
])  # fmt: skip
def test_a_provider_that_fails_is_a_clear_problem(
    tmp_path: Path, plain: PlainProvider, how: str
) -> None:
    path, answer = broken(plain)[how]
    plain.answers[path] = answer
    app = served(tmp_path, plain.issuer)
    client = TestClient(app)
    answered = client.get("/v1/runs", headers={"Authorization": f"Bearer {plain.signed()}"})
    assert answered.status_code == 503
    assert answered.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answered.text
    assert client.get("/health").status_code == 200
    if path == DISCOVERY:
        page = visitor(app).get("/inloggen/account")
        assert page.status_code == 503
        assert "geeft geen antwoord" in page.text
        assert plain.asked[DISCOVERY] == 1  # not asked again at once


def test_a_provider_that_is_gone_is_a_clear_problem(tmp_path: Path, plain: PlainProvider) -> None:
    app = served(tmp_path, plain.issuer)
    token = plain.signed()
    plain.stop()
    began = time.monotonic()
    assert [asking(app, token) for _ in range(5)] == [503] * 5
    assert time.monotonic() - began < 60
    assert asking(app, "hotspots_" + "x" * 43) == 401  # local accounts do not need it
