"""Asks a server over HTTP: as fast as it answers, or at moments that were fixed beforehand.

At fixed moments the time of an answer counts from the moment at which it was to be asked, not from
when a connection was free to ask it: a server that stands still is not asked less (G. Tene, How
Not to Measure Latency, 2015: coordinated omission).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter
from urllib.parse import urlsplit

_LATE_S = 30.0
"""How long after the last moment answers are waited for."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where is asked, and the headers that go with every question."""

    address: str
    headers: tuple[tuple[str, str], ...] = ()

    def question(self, path: str) -> bytes:
        """Return the bytes that ask for a path on a connection that stays open."""
        told = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        host = urlsplit(self.address).netloc
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{told}\r\n".encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: from when it was due, in seconds, and whether it was well."""

    path: str
    seconds: float
    status: int


def as_fast_as_answered(server: Server, paths: Sequence[str], *, clients: int) -> list[Answer]:
    """Ask for every path once, over so many connections at a time."""
    return asyncio.run(_as_fast(server, paths, clients))


def at_fixed_moments(
    server: Server, paths: Sequence[str], *, per_second: float, seconds: float, clients: int
) -> list[Answer]:
    """Ask for paths in turn at even moments; what does not come back is an answer of status 0.

    Parameters
    ----------
    server, paths
        What is asked where.
    per_second, seconds
        How often, and for how long.
    clients
        Most connections at a time.
    """
    due = [number / per_second for number in range(round(per_second * seconds))]
    return asyncio.run(_at_moments(server, list(islice(cycle(paths), len(due))), due, clients))


async def _as_fast(server: Server, paths: Sequence[str], clients: int) -> list[Answer]:
    left, found = iter(paths), list[Answer]()

    async def client() -> None:
        connection = _Connection(server)
        for path in left:
            begun = perf_counter()
            status = await connection.ask(path)
            found.append(Answer(path, perf_counter() - begun, status))
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return found


async def _at_moments(
    server: Server, paths: Sequence[str], due: Sequence[float], clients: int
) -> list[Answer]:
    waiting: asyncio.Queue[tuple[str, float] | None] = asyncio.Queue()
    found: list[Answer] = []
    begun = perf_counter()

    async def client() -> None:
        connection = _Connection(server)
        while (asked := await waiting.get()) is not None:
            path, moment = asked
            try:
                status = await asyncio.wait_for(connection.ask(path), _LATE_S)
            except TimeoutError:
                connection.close()
                status = 0
            found.append(Answer(path, perf_counter() - begun - moment, status))
        connection.close()

    async def schedule() -> None:
        for path, moment in zip(paths, due, strict=True):
            await asyncio.sleep(max(0.0, begun + moment - perf_counter()))
            waiting.put_nowait((path, moment))
        for _ in range(clients):
            waiting.put_nowait(None)

    await asyncio.gather(schedule(), *(client() for _ in range(clients)))
    return found


class _Connection:
    """One connection that stays open; it knows as much of HTTP as these two servers speak."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str) -> int:
        """Ask for a path; return the status, 0 when the connection failed."""
        try:
            if self._open is None:
                parts = urlsplit(self._server.address)
                self._open = await asyncio.open_connection(parts.hostname, parts.port)
            reader, writer = self._open
            writer.write(self._server.question(path))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
