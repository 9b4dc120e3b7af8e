"""Sessions of people who signed in, and sign-ins that another server is asked about."""

import secrets
from datetime import datetime, timedelta

from hotspots.store.accounts import AccountsFile, Identity, digest, identity_of, seconds

_SEEN_EVERY_S = 60  # a session is not written for every picture on a page
_SIGN_INS_KEPT = 10_000


class Sessions:
    """Who is signed in, by the secret in their cookie.

    Parameters
    ----------
    file
        Where they are kept.
    idle, longest
        A session ends when nothing was asked for `idle`, and `longest` after it began.
    """

    def __init__(self, file: AccountsFile, *, idle: timedelta, longest: timedelta) -> None:
        self._file = file
        self._idle_s = int(idle.total_seconds())
        self._longest_s = int(longest.total_seconds())

    def begin(self, identity: Identity, *, at: datetime, instead_of: str | None = None) -> str:
        """Return the secret of a new session; the one that it takes the place of ends."""
        secret = secrets.token_urlsafe(32)
        now = seconds(at)
        with self._file.asking(changes=True) as connection:
            connection.execute(
                "DELETE FROM sessions WHERE expires <= ? OR seen <= ?", (now, now - self._idle_s)
            )
            if instead_of is not None:
                connection.execute(
                    "DELETE FROM sessions WHERE secret_sha256 = ?", (digest(instead_of),)
                )
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    digest(secret), identity.account, identity.name, identity.role,
                    identity.stadsdeel, now, now, now + self._longest_s,
                ),
            )  # fmt: skip
        return secret

    def find(self, secret: str, *, at: datetime) -> Identity | None:
        """Return whose session this is, and note that it was used; none when it has ended."""
        now, key = seconds(at), digest(secret)
        with self._file.asking() as connection:
            row = connection.execute(
                "SELECT s.* FROM sessions s LEFT JOIN accounts a ON a.id = s.account"
                " WHERE s.secret_sha256 = ? AND s.expires > ? AND s.seen > ?"
                " AND (s.account IS NULL OR (a.ended IS NULL AND a.until > ?))",
                (key, now, now - self._idle_s, now),
            ).fetchone()
        if row is None:
            return None
        if now - row["seen"] >= min(_SEEN_EVERY_S, self._idle_s // 2):
            with self._file.asking(changes=True) as connection:
                connection.execute(
                    "UPDATE sessions SET seen = max(seen, ?) WHERE secret_sha256 = ?", (now, key)
                )
        return identity_of(row, account=row["account"])

    def end(self, secret: str) -> None:
        """End a session; one that is not there has ended already."""
        with self._file.asking(changes=True) as connection:
            connection.execute("DELETE FROM sessions WHERE secret_sha256 = ?", (digest(secret),))


class SignIns:
    """Sign-ins under way: what is remembered between asking another server and its answer."""

    def __init__(self, file: AccountsFile, *, longest: timedelta) -> None:
        self._file = file
        self._longest_s = int(longest.total_seconds())

    def begin(self, state: str, content: str, *, at: datetime) -> None:
        """Remember the content of one sign-in; the oldest go when there are very many."""
        now = seconds(at)
        with self._file.asking(changes=True) as connection:
            connection.execute("DELETE FROM sign_ins WHERE expires <= ?", (now,))
            connection.execute(
                "DELETE FROM sign_ins WHERE state_sha256 IN"
                " (SELECT state_sha256 FROM sign_ins ORDER BY expires DESC LIMIT -1 OFFSET ?)",
                (_SIGN_INS_KEPT - 1,),
            )
            connection.execute(
                "INSERT INTO sign_ins VALUES (?, ?, ?)",
                (digest(state), content, now + self._longest_s),
            )

    def take(self, state: str, *, at: datetime) -> str | None:
        """Return what was remembered, once; none when it is unknown, taken or too old."""
        with self._file.asking(changes=True) as connection:
            row = connection.execute(
                "DELETE FROM sign_ins WHERE state_sha256 = ? RETURNING content, expires",
                (digest(state),),
            ).fetchone()
        return row["content"] if row is not None and row["expires"] > seconds(at) else None
