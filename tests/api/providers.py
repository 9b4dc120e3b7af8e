"""Identity providers on this machine: a real one in its own process, and one that can misbehave."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.register import Role
from hotspots.store.workspace import init_workspace
from tests.api.signing import OWN, UNLIMITED

CLIENT = "hotspots"
AUDIENCE = "https://hotspots.example/v1"
DISCOVERY = "/.well-known/openid-configuration"
ROLES: dict[str, Role] = {
    "Veiligheid": "analyst", "Kabinet": "mayor_office", "Stadsdelen": "vlo",
}  # fmt: skip
SECRET = "a:secret with/odd+signs"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
"""With which the plain provider signs."""


def served(folder: Path, issuer: str, **other: Any) -> FastAPI:
    """Return an app whose staff signs in at a provider."""
    init_workspace(folder / "w", name="W", crs="EPSG:28992")
    asked: dict[str, Any] = {
        "public_url": OWN,
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_roles": ROLES,
        "oidc_audience": AUDIENCE,
        **UNLIMITED,
    }
    return create_app(Settings(workspace=folder / "w", **{**asked, **other}))


def visitor(app: FastAPI) -> TestClient:
    """Return a client at the app's own address that follows nothing."""
    return TestClient(app, base_url=OWN, follow_redirects=False)


def to_provider(client: TestClient, goal: str = "/runs") -> str:
    """Begin to sign in; return the address of the provider."""
    answer = client.get("/inloggen/account", params={"next": goal})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def query_of(address: str) -> dict[str, str]:
    """Return what an address asks."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@contextmanager
def real_provider(*people: dict[str, object]) -> Iterator[str]:
    """Run ``oidc_provider_mock``, which knows some people by their claims; yield its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = [word for each in people for word in ("--user-claims", json.dumps(each))]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known],
        env={**os.environ, "PYTHONWARNINGS": "ignore", "NO_COLOR": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert process.poll() is None, "the provider stopped"
            try:
                urlopen(f"{issuer}{DISCOVERY}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=20)


class PlainProvider:
    """A provider whose every answer can be set; it counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str | None] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self.key = KEY
        provider = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                fields = parse_qs(self.rfile.read(length).decode())
                provider.forms.append({name: values[0] for name, values in fields.items()})
                provider.authorizations.append(self.headers.get("Authorization"))
                self._answer()

            def _answer(self) -> None:
                provider.asked[self.path] += 1
                status, content = provider.answers.get(self.path, (404, {}))
                if status == 302:
                    self.send_response(302)
                    self.send_header("Location", content)
                    self.end_headers()
                    return
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.answers[DISCOVERY] = (200, self.discovery())
        self.show(self.key)

    def discovery(self, **other: object) -> dict[str, object]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **other,
        }

    def claims(self, **other: object) -> dict[str, Any]:
        """Return the claims of a good access token; None leaves one out."""
        now = int(time.time())
        good: dict[str, object] = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": "1", "iat": now, "exp": now + 300,
            "preferred_username": "A. de Vries", "groups": ["Veiligheid"],
        }  # fmt: skip
        return {name: value for name, value in {**good, **other}.items() if value is not None}

    def signed(self, key: Any = None, alg: str = "RS256", **other: object) -> str:
        """Return an access token."""
        header = {"alg": alg, "kid": "one", "typ": "at+jwt"}
        return jwt.encode(header, self.claims(**other), key or self.key, algorithms=[alg])

    def show(self, *keys: RSAKey) -> None:
        """Publish the public halves of some keys."""
        self.answers["/keys"] = (200, KeySet(list(keys)).as_dict(private=False))

    @contextmanager
    def running(self) -> Iterator["PlainProvider"]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.stop()
            thread.join(timeout=10)

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
