"""The register of decisions: read by everybody, changed in whole, audited steps.

A change is one transaction. Changes wait for one another on the head of the audit trail, so what
is read inside a change still holds when it is written.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError

from hotspots.errors import Problem, RegisterRefused, StaleVersion, problems_of
from hotspots.register import KIND_OF, Act, Deed, Record, Role, SubjectKind
from hotspots.store.register.anchors import Anchor
from hotspots.store.register.audit import content_hash, content_of, entry_hash, problems_in
from hotspots.store.register.engine import Database, connect, prepare
from hotspots.store.register.reads import Reads, numbers_of
from hotspots.store.register.tables import Tables
from hotspots.store.workspace import Workspace

_R = TypeVar("_R", bound=Record)


def open_register(workspace: Workspace, url: str | None = None) -> "Register":
    """Open the register of a workspace; an empty database gets its schema.

    Parameters
    ----------
    workspace
        Whose register; without `url` it is a file in its folder.
    url
        Address of a PostgreSQL database with PostGIS.

    Raises
    ------
    RegisterRefused
        When the database cannot be reached, or has another schema or CRS.
    """
    database = connect(workspace, url)
    try:
        prepare(database)
    except RegisterRefused:
        database.engine.dispose()
        raise
    return Register(database)


class Register(Reads):
    """An opened register; close it, or use it in a ``with``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tables = database.tables

    def _connection(self) -> AbstractContextManager[Connection]:
        return self.database.reading()

    @contextmanager
    def change(
        self,
        *,
        actor: str,
        role: Role,
        act: Act,
        reason: str,
        at: datetime,
        run_id: str | None = None,
    ) -> Iterator["Change"]:
        """Yield a change: all that is put in it is written and audited together, or not at all.

        Parameters
        ----------
        actor, role, act, reason
            Who does what in which role, and why.
        at
            When, with its zone.
        run_id
            The run that it rests on.

        Raises
        ------
        RegisterRefused
            When one of these is not a readable text, or another change takes too long.
        """
        deed = _deed(actor=actor, role=role, act=act, reason=reason, at=at, run_id=run_id)
        with self.database.writing() as connection:
            head = connection.execute(self.tables.head.select().with_for_update()).one()
            change = Change(connection, self.tables, deed, seq=head.seq, head=head.hash)
            yield change
            connection.execute(update(self.tables.head).values(seq=change.seq, hash=change.hash))

    def verify(self, anchor: str | None = None, *, anchors: Sequence[Anchor] = ()) -> list[Problem]:
        """Return everything that shows that the register was changed from outside.

        Parameters
        ----------
        anchor
            A head hash of an earlier day, from a dossier or an export.
        anchors
            Heads of earlier days with their numbers, from a file of anchors.
        """
        with self.database.reading() as connection:
            return problems_in(connection, self.tables, anchor=anchor, anchors=anchors)

    def close(self) -> None:
        """Let go of the database."""
        self.database.engine.dispose()

    def __enter__(self) -> "Register":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Change(Reads):
    """A change that is being made; it reads what it has already put."""

    def __init__(
        self, connection: Connection, tables: Tables, deed: Deed, *, seq: int, head: str
    ) -> None:
        self.tables = tables
        self.deed = deed
        self.seq = seq
        self.hash = head
        self._open = connection
        self._given: dict[str, int] = {}

    def _connection(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._open)

    def new_id(self, prefix: str, year: int) -> str:
        """Return an id that no record has or had, such as ``camera_area-2026-001``."""
        stem = f"{prefix}-{year}-"
        if stem not in self._given:
            subject = self.tables.entries.c.subject
            asked = select(subject).where(subject.startswith(stem, autoescape=True)).distinct()
            self._given[stem] = max(numbers_of(self._open.scalars(asked), stem), default=0)
        self._given[stem] += 1
        return f"{stem}{self._given[stem]:03d}"

    def require_seen(self, record: Record, seen: int | None) -> None:
        """Refuse when a writer looked at another version of a record than the newest.

        Parameters
        ----------
        record
            As it was read in this change.
        seen
            The version that the writer looked at; nothing is asked when absent.

        Raises
        ------
        StaleVersion
            Naming who wrote it since.
        """
        if seen is not None:
            self._require(KIND_OF[type(record)], record.id, seen)

    def put(self, record: _R, expected_version: int | None = None) -> _R:
        """Write a record and its entry in the audit trail; return it with its new version.

        Parameters
        ----------
        record
            What is to be written.
        expected_version
            The version that the writer looked at, 0 for a new record; else the record's own.

        Raises
        ------
        StaleVersion
            When somebody else wrote it since.
        RegisterRefused
            When it refers to a record that is not there.
        """
        kind = KIND_OF[type(record)]
        expected = record.version if expected_version is None else expected_version
        self._require(kind, record.id, expected)
        stored = record.model_copy(update={"version": expected + 1})
        content = content_of(stored)
        table = self.tables.current[kind]
        columns = self.tables.columns_of(kind, stored)
        with _refusing_loose_ends(kind):
            if expected:
                self._open.execute(update(table).where(table.c.id == stored.id).values(columns))
            else:
                self._open.execute(table.insert().values(columns))
        self._open.execute(
            self.tables.versions.insert().values(
                kind=kind, subject=stored.id, version=stored.version, content=content
            )
        )
        self._append(kind, stored.id, stored.version, content_hash(content))
        return stored

    def delete(self, record: Record) -> None:
        """Delete a record with all its versions; what was done with it stays in the audit trail.

        Raises
        ------
        StaleVersion
            When somebody else wrote it since.
        RegisterRefused
            When other records refer to it.
        """
        kind = KIND_OF[type(record)]
        self._require(kind, record.id, record.version)
        table, versions = self.tables.current[kind], self.tables.versions
        with _refusing_loose_ends(kind):
            self._open.execute(table.delete().where(table.c.id == record.id))
        self._open.execute(
            versions.delete().where(versions.c.kind == kind, versions.c.subject == record.id)
        )
        self._append(kind, record.id, record.version + 1, None)

    def _require(self, kind: SubjectKind, id_: str, expected: int) -> None:
        """Refuse when a record is not at the version that the writer looked at."""
        entries = self.tables.entries
        asked = (
            entries.select()
            .where(entries.c.kind == kind, entries.c.subject == id_)
            .order_by(entries.c.seq.desc())
            .limit(1)
        )
        last = self._open.execute(asked).one_or_none()
        if last is None and expected == 0:
            return
        if last is None or last.content_sha256 is None:
            raise StaleVersion(self._absent(kind, id_))
        if last.version != expected:
            raise StaleVersion(_overtaken(kind, id_, last, expected))

    def _append(self, kind: SubjectKind, id_: str, version: int, content: str | None) -> None:
        entry = self.deed.model_dump() | {
            "seq": self.seq + 1,
            "kind": kind,
            "subject": id_,
            "version": version,
            "content_sha256": content,
            "previous": self.hash,
        }
        entry["hash"] = entry_hash(entry)
        self._open.execute(self.tables.entries.insert().values(entry))
        self.seq, self.hash = entry["seq"], entry["hash"]


def _deed(**given: object) -> Deed:
    try:
        return Deed.model_validate(given)
    except ValidationError as refusal:
        raise RegisterRefused(
            problems_of(refusal, remedy="Say who does this, in which role, when and why.")
        ) from None


def _overtaken(kind: SubjectKind, id_: str, last: Row[Any], expected: int) -> Problem:
    return Problem(
        f"This {kind} was changed in the meantime: {last.actor} made version {last.version} on "
        f"{last.at:%Y-%m-%d %H:%M} UTC, and you looked at version {expected}.",
        "Look at it again, then decide.",
        value=id_,
    )


@contextmanager
def _refusing_loose_ends(kind: SubjectKind) -> Iterator[None]:
    """Refuse a reference to nothing, a deletion of what is referred to, and a number twice."""
    try:
        yield
    except IntegrityError as error:
        raise RegisterRefused(
            Problem(
                f"This {kind} and the rest of the register do not fit together: it refers to a "
                "designation that is not there, others refer to it, or its number is taken.",
                "Write or delete them in the order in which they refer to one another.",
            )
        ) from error
