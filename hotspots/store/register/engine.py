"""The register's database: an SQLite file in the workspace, or PostgreSQL with PostGIS."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from hotspots.errors import Problem, RegisterRefused
from hotspots.store.register.migrations import REVISIONS
from hotspots.store.register.tables import Tables, tables_of
from hotspots.store.workspace import Workspace

FILE_NAME = "register.sqlite"
"""The register in a workspace that has no other database."""

WAIT_S = 30
"""How long a change waits for the one before it, in seconds."""

_LOCK = 0x686F7473  # any number that this program alone uses
_READS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_WRITES = {"isolation_level": "READ COMMITTED"}  # the head is read after it is locked
_LASTING = (  # what is acknowledged is on disk, whatever the server's default
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)
_MIGRATING = threading.Lock()  # Alembic keeps what it works on in module variables


@dataclass(frozen=True, slots=True)
class Database:
    """A reachable database with the tables that the register has in it."""

    engine: Engine
    tables: Tables
    crs: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment of the register."""
        options = _READS if self.engine.dialect.name == "postgresql" else {}
        engine = self.engine.execution_options(**options)
        with in_words(), engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction of its own; writers wait for one another."""
        options = _WRITES if self.engine.dialect.name == "postgresql" else {"writes": True}
        engine = self.engine.execution_options(**options)
        with in_words(), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_S}s'")
                connection.exec_driver_sql(_LASTING)
            yield connection


def connect(workspace: Workspace, url: str | None) -> Database:
    """Return the database of a workspace; its schema is not looked at yet.

    Raises
    ------
    RegisterRefused
        When `url` is no address of a PostgreSQL database.
    """
    from pyproj import CRS

    target = _postgresql(url) if url else _sqlite(workspace.path)
    srid = CRS.from_user_input(workspace.crs).to_epsg() or 0
    if url:
        engine = create_engine(
            target,
            pool_pre_ping=True,
            connect_args={"connect_timeout": WAIT_S},
        )
    else:
        engine = create_engine(target, connect_args={"timeout": WAIT_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, tables_of(engine.dialect.name, srid), workspace.crs)


def _sqlite(folder: Path) -> URL:
    return URL.create("sqlite", database=str(folder / FILE_NAME))


def _postgresql(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in (
        "postgres", "postgresql", "postgresql+psycopg",
    ):  # fmt: skip
        raise RegisterRefused(
            Problem(
                "The address of the register's database is not one of PostgreSQL.",
                "Write postgresql://USER@HOST/DATABASE; without it a file is used.",
            )
        )
    return parsed.set(drivername="postgresql+psycopg")


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# ---------------------------------------------------------------- schema
def revision_of(connection: Connection) -> str | None:
    """Return the step of the schema that a database is at; none when it is empty."""
    if not inspect(connection).has_table("register_schema"):
        return None
    found = connection.execute(text("SELECT version_num FROM register_schema")).scalar()
    return None if found is None else str(found)


def prepare(database: Database) -> None:
    """Make the schema of an empty database; refuse another schema, or another CRS.

    Raises
    ------
    RegisterRefused
        When the schema is older or newer than this program's, or the register has another CRS.
    """
    with database.reading() as connection:
        found = revision_of(connection)
    if found is None:
        migrate(database, only_empty=True)
        with database.reading() as connection:
            found = revision_of(connection)
    if found != REVISIONS[-1]:
        raise RegisterRefused(_other_schema(str(found)))
    with database.reading() as connection:
        crs = connection.execute(database.tables.settings.select()).one().crs
    if crs != database.crs:
        raise RegisterRefused(
            Problem(
                f"This register holds coordinates in {crs}, the workspace in {database.crs}.",
                "Use the database that belongs to this workspace.",
            )
        )


def migrate(database: Database, *, to: str = REVISIONS[-1], only_empty: bool = False) -> str | None:
    """Bring the schema to a step, up or down, in one transaction; return the step it was at.

    Parameters
    ----------
    database
        Where.
    to
        A step of :data:`REVISIONS`, or ``base`` for no schema at all.
    only_empty
        Leave a database alone that has a schema already.

    Raises
    ------
    RegisterRefused
        When the schema is newer than this program's, or PostGIS is not there.
    """
    from alembic import command
    from alembic.config import Config

    with _MIGRATING, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            _require_postgis(connection)
        found = revision_of(connection)
        if found is not None and found not in REVISIONS:
            raise RegisterRefused(_other_schema(found))
        if found is not None and only_empty:
            return found
        config = Config()
        config.set_main_option("script_location", f"{__package__}:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes.update(connection=connection, crs=database.crs, srid=database.tables.srid)
        steps = ("base", *REVISIONS)
        up = steps.index(to) >= steps.index(found or "base")
        (command.upgrade if up else command.downgrade)(config, to)
    return found


def _require_postgis(connection: Connection) -> None:
    if connection.execute(text("SELECT to_regtype('geometry')")).scalar() is None:
        raise RegisterRefused(
            Problem(
                "PostGIS is not there in this database.",
                "Let its administrator run: CREATE EXTENSION postgis.",
            )
        )


def _other_schema(found: str) -> Problem:
    if found in REVISIONS:
        return Problem(
            f"The register has schema {found}; this program works with {REVISIONS[-1]}.",
            "Make a backup with the version that made it, then run: hotspots migrate.",
        )
    return Problem(
        f"The register has schema {found}, which this program does not know.",
        "Use the newer version of hotspots that made it.",
    )


# ---------------------------------------------------------------- words
@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a database refuses into a problem that says what to do."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip().split("\n")[0]
        raise RegisterRefused(Problem(*_words(said))) from error


def _words(said: str) -> tuple[str, str]:
    for mark, rule, remedy in _KNOWN:
        if mark in said:
            return rule, remedy
    return (
        f"The register's database refuses this ({said}).",
        "Check that it runs, that it is the right one, and that this user may write in it.",
    )


_BUSY = (
    f"Another change of the register takes longer than {WAIT_S} seconds.",
    "Try again in a moment.",
)
_DAMAGED = (
    "The file of the register is damaged, or is something else.",
    f"Put {FILE_NAME} aside and restore a backup with: hotspots restore.",
)
_KNOWN = (
    ("database is locked", *_BUSY),
    ("lock timeout", *_BUSY),
    ("file is not a database", *_DAMAGED),
    ("disk image is malformed", *_DAMAGED),
    ("disk is full", "The disk is full.", "Free some space, then try again."),
)
