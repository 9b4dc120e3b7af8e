"""Accounts, sessions and sign-ins under way: ``accounts.sqlite`` in the workspace.

Of a token, a session or a sign-in only the SHA-256 is kept: whoever reads the file can sign in as
nobody. Moments are seconds since 1970, in UTC, and come from the caller.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from hotspots.errors import InputRefused, NotFound, Problem, WorkspaceRefused, problem_of_system
from hotspots.register import Role
from hotspots.store.workspace import Workspace

FILE_NAME = "accounts.sqlite"
TOKEN_START = "hotspots_"  # noqa: S105  # by which a token is known for what it is, as in a leak
WAIT_S = 10
"""How long a change waits for the one before it, in seconds."""

_FORMAT = 1
_SCHEMA = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    stadsdeel TEXT,
    token_sha256 TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended INTEGER
) STRICT;
CREATE UNIQUE INDEX one_of_each ON accounts (name, role, coalesce(stadsdeel, ''))
    WHERE ended IS NULL;
CREATE TABLE sessions (
    secret_sha256 TEXT PRIMARY KEY,
    account INTEGER REFERENCES accounts (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    stadsdeel TEXT,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);
CREATE TABLE sign_ins (
    state_sha256 TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: what a session or a token stands for."""

    name: str
    role: Role
    stadsdeel: str | None = None
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is listed, without its token."""

    name: str
    role: Role
    stadsdeel: str | None
    created: datetime
    until: datetime
    ended: datetime | None


class AccountsFile:
    """The file with accounts and sessions; it is made when it is first needed.

    One connection, one thread at a time: what is asked is a row by its key. Processes share the
    file through SQLite's own log.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.path / FILE_NAME
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def asking(self, *, changes: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction, alone among the threads of this process.

        Raises
        ------
        WorkspaceRefused
            When the file cannot be made, opened or read.
        """
        with self._lock:
            try:
                connection = self._connection or self._open()
                connection.execute("BEGIN IMMEDIATE" if changes else "BEGIN")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise WorkspaceRefused(
                    Problem(
                        f"The file with accounts cannot be read or written ({error}).",
                        "Check the disk and who owns the file, then try again.",
                        file=str(self._path),
                    )
                ) from error

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        try:  # before SQLite makes it with wider rights; its log takes over the rights of the file
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise WorkspaceRefused(problem_of_system(error, self._path)) from None
        connection = sqlite3.connect(
            self._path, timeout=WAIT_S, isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, connection.close)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")
        if found > _FORMAT:
            connection.close()
            raise WorkspaceRefused(
                Problem(
                    f"The file with accounts has format {found}; this program reads {_FORMAT}.",
                    "Use the newer version of hotspots that made it.",
                    file=str(self._path),
                )
            )
        self._connection = connection
        return connection


class Accounts:
    """Local accounts, each with a token of its own."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def add(
        self, name: str, role: Role, *, stadsdeel: str | None, until: datetime, at: datetime
    ) -> str:
        """Make an account and return its token, which is kept nowhere.

        Parameters
        ----------
        name
            As the audit trail is to show it.
        role
            What its holder is; not ``public``.
        stadsdeel
            The city district of a VLO, and of nobody else.
        until, at
            The moment at which the account ends by itself, and now.

        Raises
        ------
        InputRefused
            When something is missing or too much, or there is such an account already.
        """
        problems = _problems_of(name, role, stadsdeel, until=until, at=at)
        if problems:
            raise InputRefused(problems)
        token = TOKEN_START + secrets.token_urlsafe(32)
        with self._file.asking(changes=True) as connection:
            same = "name = ? AND role = ? AND stadsdeel IS ? AND ended IS NULL"
            key = (name, role, stadsdeel)
            if connection.execute(f"SELECT 1 FROM accounts WHERE {same}", key).fetchone():  # noqa: S608
                raise InputRefused(
                    Problem(
                        "There is an account with this name and role already.",
                        f"End it first with: hotspots user end {name!r}.",
                        value=name,
                    )
                )
            connection.execute(
                "INSERT INTO accounts (name, role, stadsdeel, token_sha256, created, until)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*key, digest(token), seconds(at), seconds(until)),
            )
        return token

    def end(self, name: str, *, role: Role | None = None, at: datetime) -> int:
        """End the accounts of a name, with their sessions; return how many there were.

        Raises
        ------
        NotFound
            When nobody of that name, and in that role if one is given, has an account.
        """
        which = "name = ? AND (? IS NULL OR role = ?) AND ended IS NULL"
        with self._file.asking(changes=True) as connection:
            found = connection.execute(
                f"SELECT id FROM accounts WHERE {which}",  # noqa: S608
                (name, role, role),
            ).fetchall()
            for row in found:
                connection.execute(
                    "UPDATE accounts SET ended = ? WHERE id = ?", (seconds(at), row["id"])
                )
                connection.execute("DELETE FROM sessions WHERE account = ?", (row["id"],))
        if not found:
            raise NotFound(
                Problem(
                    "There is no such account that has not ended.",
                    "See them with: hotspots user list.",
                    value=name,
                )
            )
        return len(found)

    def all(self) -> list[Account]:
        """Return every account, those that have ended too, by name."""
        with self._file.asking() as connection:
            rows = connection.execute("SELECT * FROM accounts ORDER BY name, id").fetchall()
        return [
            Account(
                name=row["name"],
                role=row["role"],
                stadsdeel=row["stadsdeel"],
                created=moment(row["created"]),
                until=moment(row["until"]),
                ended=None if row["ended"] is None else moment(row["ended"]),
            )
            for row in rows
        ]

    def of_token(self, token: str, *, at: datetime) -> Identity | None:
        """Return whose token this is; none when it is nobody's, or its account has ended."""
        sought = digest(token)
        with self._file.asking() as connection:
            row = connection.execute(
                "SELECT * FROM accounts WHERE token_sha256 = ? AND ended IS NULL AND until > ?",
                (sought, seconds(at)),
            ).fetchone()
        if row is None or not hmac.compare_digest(str(row["token_sha256"]), sought):
            return None
        return identity_of(row, account=row["id"])


def identity_of(row: Any, *, account: int | None) -> Identity:
    """Return who a row is about."""
    return Identity(row["name"], cast(Role, row["role"]), row["stadsdeel"], account)


def digest(secret: str) -> str:
    """Return what is kept of a secret; it is random and long, so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def seconds(at: datetime) -> int:
    """Return a moment as it is kept."""
    return int(at.timestamp())


def moment(kept: int) -> datetime:
    """Return a moment from what was kept."""
    return datetime.fromtimestamp(kept, UTC)


def _problems_of(
    name: str, role: Role, stadsdeel: str | None, *, until: datetime, at: datetime
) -> list[Problem]:
    found = []
    if not is_name(name):
        found.append(
            Problem(
                "A name has 1 to 100 characters and is no e-mail address.",
                "Give the name that the audit trail is to show.",
                column="name",
                value=name[:80],
            )
        )
    if role == "public":
        found.append(
            Problem(
                "The public has no account: what it may see needs none.",
                "Choose another role.",
                column="role",
                value=role,
            )
        )
    if (role == "vlo") != bool(stadsdeel and stadsdeel.strip()):
        found.append(
            Problem(
                "A VLO works for one stadsdeel, and no other role does.",
                "Give --stadsdeel with the role vlo, and only then.",
                column="stadsdeel",
                value=stadsdeel,
            )
        )
    if until <= at:
        found.append(
            Problem(
                "An account ends in the future.",
                "Give a later day with --until.",
                column="until",
                value=f"{until:%Y-%m-%d}",
            )
        )
    return found


def is_name(text: str) -> bool:
    """Tell whether a text may be shown in the audit trail as a name."""
    return 0 < len(text.strip()) <= 100 and text.isprintable() and "@" not in text
