"""A real server in a process of its own, as `hotspots serve` starts it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from hotspots.store.accounts import Accounts, AccountsFile
from hotspots.store.workspace import Workspace, init_workspace

FORM = "application/x-www-form-urlencoded"

_PATIENCE_S = 120.0  # of a busy machine


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, object]:
        """The problem document that it is."""
        assert self.headers["content-type"] == "application/problem+json"
        content: dict[str, object] = json.loads(self.body)
        return content


@dataclass
class Served:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    workspace: Workspace
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, path: str, *, method: str = "GET", source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """Ask something over a connection of its own, from an address of loopback."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(source, 0))
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        with closing(connection):
            connection.request(method, path, headers=sent)
            return answer_of(connection.getresponse())

    def bearer(self, name: str) -> str:
        """Return what somebody sends who has an account here."""
        if name not in self.tokens:
            at = datetime.now(UTC)
            self.tokens[name] = Accounts(AccountsFile(self.workspace)).add(
                name, "analyst", stadsdeel=None, until=at + timedelta(days=1), at=at
            )
        return f"Bearer {self.tokens[name]}"

    def connect(self) -> socket.socket:
        """Return a connection over which a test says what it likes."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=120)

    def lines(self) -> list[dict[str, object]]:
        """Return what it has logged, line by line; the last may be in the making."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]

    def wait_for_line(self, message: str) -> None:
        """Wait until it has logged this."""
        wait_until(lambda: any(line["message"] == message for line in self.lines()))


def head(server: Served, path: str, *headers: str) -> bytes:
    """Return the head of a POST that could be a form of ours, or the API's with a token."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.url}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def read(connection: socket.socket) -> Answer:
    """Return the answer on a connection."""
    response = HTTPResponse(connection)
    response.begin()
    return answer_of(response)


def answer_of(response: HTTPResponse) -> Answer:
    """Return a response, read to its end."""
    headers = {name.lower(): text for name, text in response.getheaders()}
    return Answer(response.status, headers, response.read())


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail when it never does."""
    until = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "this never came to hold"
        time.sleep(0.02)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Served]:
    """Serve a new workspace in `folder`; `settings` are those of the environment."""
    workspace = init_workspace(folder / "town", name="Proefstad", crs="EPSG:28992")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = folder / "log"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HOTSPOTS_")}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "hotspots.cli", "serve", "--no-worker"),
                *("--workspace", str(workspace.path), "--port", str(port)),
            ],
            env=kept | {f"HOTSPOTS_{name}": text for name, text in settings.items()},
            stdout=subprocess.DEVNULL,
            stderr=stream,
        )
    served = Served(process, port, log, workspace)
    try:
        wait_until(lambda: _answers(served))
        yield served
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_S)


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, served.log.read_text(encoding="utf-8")
    try:
        served.connect().close()
    except ConnectionRefusedError:
        return False
    return True
