"""The file ``jobs.sqlite`` of a workspace: made when it is first needed, for its owner alone."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from hotspots.errors import Problem, WorkspaceRefused, problem_of_system
from hotspots.store.workspace import Workspace

_WAIT_S = 10.0
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    policy TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    key TEXT,
    status TEXT NOT NULL,
    progress INTEGER NOT NULL DEFAULT 0,
    step TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    updated_at TEXT NOT NULL,
    run_id TEXT,
    problems TEXT NOT NULL DEFAULT '[]',
    starts INTEGER NOT NULL DEFAULT 0,
    stop_asked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (asked_by, key)
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, sequence);
"""


class JobsFile:
    """Connections to the file, each of one call alone: no thread waits for another's.

    Parameters
    ----------
    workspace
        Whose jobs it holds.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.path / "jobs.sqlite"

    def exists(self) -> bool:
        """Tell whether anything was ever asked."""
        return self._path.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection.

        Raises
        ------
        WorkspaceRefused
            When the file cannot be made, opened or read.
        """
        self._make()
        try:
            with closing(self._connected()) as database:
                _prepare(database)
                yield database
        except sqlite3.Error as error:
            raise WorkspaceRefused(
                Problem(
                    f"The file with jobs cannot be read or written ({error}).",
                    "Check the disk and who owns the file, then try again.",
                    file=str(self._path),
                )
            ) from error

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one transaction, which takes the write lock at once.

        Raises
        ------
        WorkspaceRefused
            As :meth:`reading`.
        """
        with self.reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    def _make(self) -> None:
        """Make the file when it is not there; SQLite would give it wider rights."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise WorkspaceRefused(problem_of_system(error, self._path)) from None

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)
        database.row_factory = sqlite3.Row
        return database


def _prepare(database: sqlite3.Connection) -> None:
    """Make the table in a new file."""
    if not database.execute("PRAGMA user_version").fetchone()[0]:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN IMMEDIATE; {_TABLE} PRAGMA user_version = 1; COMMIT;")
