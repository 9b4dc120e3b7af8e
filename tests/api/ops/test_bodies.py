"""What is too large, too long or too slow is refused while it streams."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from threading import Thread

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.ops.protocol import ImpatientH11
from tests.api.ops.served import FORM, Served, answer_of, head, read, serving, wait_until

MAX_MB = 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that takes one megabyte, within four seconds."""
    limits = {"MAX_BODY_MB": str(MAX_MB), "BODY_SECONDS": "4"}
    with serving(tmp_path_factory.mktemp("bodies"), **limits) as served:
        yield served


def told(server: Served, path: str) -> tuple[str, ...]:
    """Return the headers with which `path` reads a body."""
    if path == "/inloggen":
        return (f"Content-Type: {FORM}",)
    return ("Content-Type: application/json", f"Authorization: {server.bearer('A. de Vries')}")


@pytest.mark.parametrize("path", ["/inloggen", "/v1/runs", "/v1/nothing"])
def test_a_body_that_says_it_is_too_large_is_not_waited_for(server: Served, path: str) -> None:
    with closing(server.connect()) as connection:
        length = f"Content-Length: {MAX_MB * 1_000_000 + 1}"
        connection.sendall(head(server, path, length, *told(server, path)))
        answer = read(connection)
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    if path.startswith("/v1"):
        assert answer.problem["status"] == 413


@pytest.mark.parametrize("path", ["/inloggen", "/v1/runs"])
def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_large(
    server: Served, path: str
) -> None:
    """Of a body without an end, little more than the limit is taken in."""
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    sent = 0
    with closing(server.connect()) as connection:
        connection.sendall(head(server, path, "Transfer-Encoding: chunked", *told(server, path)))
        try:
            while sent < 100 * MAX_MB * 1_000_000:
                connection.sendall(chunk)
                sent += 0x10000
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has closed the door
    assert sent < 20 * MAX_MB * 1_000_000
    wait_until(
        lambda: any(
            (line.get("route"), line.get("status")) == (path, 413) for line in server.lines()
        )
    )


@pytest.mark.parametrize("path", ["/inloggen", "/v1/runs"])
def test_a_body_that_trickles_in_is_given_up(server: Served, path: str) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(head(server, path, "Content-Length: 1000", *told(server, path)) + b"{")
        answer = read(connection)
    assert answer.status == 408
    if path.startswith("/v1"):
        assert "4 seconds" in str(answer.problem["detail"])


def test_a_body_within_the_limits_is_read(server: Served) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(
            head(server, "/inloggen", "Content-Length: 7", f"Content-Type: {FORM}") + b"token=x"
        )
        assert read(connection).status < 500


@pytest.mark.parametrize("length", ["-1", "1e9", "٣", "9" * 5000])
def test_a_length_that_is_none_is_refused(server: Served, length: str) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(head(server, "/inloggen", f"Content-Length: {length}"))
        assert read(connection).status in (400, 413)


@pytest.mark.parametrize("path", ["/v1/" + "a" * 9000, "/v1/runs?" + "a" * 9000])
def test_an_address_that_is_too_long_is_refused(server: Served, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 414
    assert "8192 bytes" in str(answer.problem["detail"])


def test_headers_that_are_too_large_are_refused(server: Served) -> None:
    answer = server.ask("/v1", x_padding="a" * 17_000)
    assert (answer.status, answer.problem["status"]) == (431, 431)
    assert server.ask("/v1", x_padding="a" * 15_000).status == 200


# ---------------------------------------------------------------- headers that trickle in
class Hasty(ImpatientH11):
    """As served, with less patience."""

    headers_s = 0.5


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await asyncio.sleep(1.0)  # longer than headers may take: an answer may
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture(scope="module")
def hasty() -> Iterator[int]:
    """The port of a server that waits half a second for headers."""
    config = uvicorn.Config(_hello, port=0, http=Hasty, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_connection_that_does_not_come_to_a_request_is_closed(hasty: int, said: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", hasty), timeout=120)) as connection:
        connection.sendall(said)
        assert connection.recv(100) == b""


def test_trickling_after_an_answer_is_given_up_as_well(hasty: int) -> None:
    with closing(HTTPConnection("127.0.0.1", hasty, timeout=120)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 204
        connection.sock.sendall(b"GET / HTTP/1.1\r\n")
        assert connection.sock.recv(100) == b""


def test_an_answer_may_take_longer_than_headers(hasty: int) -> None:
    with closing(HTTPConnection("127.0.0.1", hasty, timeout=120)) as connection:
        for _ in range(2):
            connection.request("GET", "/")
            assert answer_of(connection.getresponse()).status == 204
