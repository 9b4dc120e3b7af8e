"""A real PostgreSQL with PostGIS, started by the tests themselves.

Import `postgis` and `postgis_url` into a conftest. As root the server runs as `postgres`, for it
refuses root; it listens on a socket in a folder of its own and is gone after the session.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

_PROGRAMS = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
)
_SETTINGS = "-c listen_addresses='' -c fsync=off -c max_connections=150 -c timezone=Asia/Tokyo"


@dataclass
class Server:
    """A running server; every database that it makes has PostGIS."""

    socket: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://hotspots@/{database}?host={self.socket}"

    def ask(self, statement: str, database: str = "postgres") -> None:
        """Run one statement of the administrator."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "with_postgis") -> Iterator[str]:
        """Yield the address of a new database, which is dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgis() -> Iterator[Server]:
    """The server; without PostGIS its tests are skipped, or fail where services are required."""
    if not _PROGRAMS or not _has_postgis():
        why = "PostgreSQL with PostGIS is not installed: make services"
        if os.environ.get("HOTSPOTS_REQUIRE_SERVICES") == "1":
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="hotspots-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        _run("initdb", "-D", data, "-U", "hotspots", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} {_SETTINGS}"
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            server = Server(folder)
            server.ask("CREATE DATABASE with_postgis")
            server.ask("CREATE EXTENSION postgis", "with_postgis")
            yield server
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgis_url(postgis: Server) -> Iterator[str]:
    """The address of a new database with PostGIS and nothing else."""
    with postgis.database() as url:
        yield url


def _run(program: str, *arguments: str | Path) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_postgres, str(_PROGRAMS[-1] / program), *map(str, arguments)],
        check=False,
        stdout=subprocess.DEVNULL,  # a server that starts keeps it open
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    if done.returncode:
        pytest.fail(f"{program} ended with {done.returncode}")


def _has_postgis() -> bool:
    share = Path("/usr/share/postgresql") / _PROGRAMS[-1].parent.name / "extension"
    return (share / "postgis.control").is_file()
