"""The audit trail: how entries are chained, and how a change from outside shows.

The hash of an entry is the SHA-256 of its fields as JSON in UTF-8, with sorted names, without
spaces and without ``hash`` itself; ``previous`` is the hash of the entry before, 64 noughts for
the first. ``content_sha256`` is the SHA-256 of the record's text in ``versions``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from shapely.errors import ShapelyError
from sqlalchemy import Connection, Row, Text, and_, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError

from hotspots.errors import Problem
from hotspots.register import RECORDS, Record, SubjectKind
from hotspots.store.register.anchors import Anchor
from hotspots.store.register.indexes import problems_in_indexes, read_by_table
from hotspots.store.register.tables import Tables, moment_text

FIRST = "0" * 64
"""What the first entry is chained to."""

_CHAINED = (
    "seq", "at", "actor", "role", "act", "kind", "subject", "version", "reason", "run_id",
    "content_sha256", "previous",
)  # fmt: skip
_REMEDY = "Find out who could write in the database, and restore a backup from before."


def content_of(record: Record) -> str:
    """Return the text of a record: the same text for the same record."""
    return _json(record.model_dump(mode="json"))


def content_hash(content: str) -> str:
    """Return the hash of the text of a record."""
    return sha256(content.encode()).hexdigest()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry from its fields; a hash among them does not count."""
    fields = {name: entry[name] for name in _CHAINED}
    if isinstance(fields["at"], datetime):
        fields["at"] = moment_text(fields["at"])
    return sha256(_json(fields).encode()).hexdigest()


def _json(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def problems_in(
    connection: Connection,
    tables: Tables,
    *,
    anchor: str | None = None,
    anchors: Sequence[Anchor] = (),
) -> list[Problem]:
    """Return everything that shows that the register was changed from outside.

    Found are an altered entry or record, one that is missing or too many, a chain that does not
    end at its head, and with an `anchor` also a tail that was cut off and a chain that was made
    anew. Without an anchor these two leave no trace.

    Parameters
    ----------
    connection
        Sees one moment of the register.
    tables
        The tables of the database.
    anchor
        A head hash of an earlier day, from a dossier or an export.
    anchors
        Heads of earlier days with their numbers, from a file of anchors.
    """
    found: list[Problem] = []
    try:
        if connection.dialect.name == "postgresql":
            read_by_table(connection)
        found += _in_file(connection)
        newest: dict[tuple[str, str], tuple[int, bool]] = {}
        found += _in_chain(connection, tables, newest, anchor, anchors)
        found += _in_versions(connection, tables, newest)
        for kind in RECORDS:
            found += _in_table(connection, tables, kind, newest)
        if connection.dialect.name == "postgresql":
            found += problems_in_indexes(connection, tables)
    except (SQLAlchemyError, ShapelyError, ValueError, TypeError) as error:
        found.append(
            Problem(f"Something in the register cannot be read ({_first_line(error)}).", _REMEDY)
        )
    return found


def _in_file(connection: Connection) -> Iterator[Problem]:
    """Let SQLite check its own pages: a bent index hides rows that are still there."""
    if connection.dialect.name == "sqlite":
        for said in connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars():
            if said != "ok":
                yield Problem(f"The file of the register is damaged ({said}).", _REMEDY)


def _in_chain(
    connection: Connection,
    tables: Tables,
    newest: dict[tuple[str, str], tuple[int, bool]],
    anchor: str | None,
    anchors: Sequence[Anchor],
) -> Iterator[Problem]:
    """Follow the chain; note in `newest` the version of each record and whether it is there."""
    at = tables.entries.c.at
    columns = [each for each in tables.entries.c if each.name != "at"]
    # As text where it is text: an altered one must still be read to be found.
    shown = type_coerce(at, Text).label("at") if tables.dialect == "sqlite" else at
    asked = select(shown, *columns).order_by(tables.entries.c.seq)
    seq, previous, anchored = 0, FIRST, anchor in (None, FIRST)
    hashes, wanted = {0: FIRST}, {each.seq for each in anchors}
    for row in connection.execute(asked.execution_options(yield_per=1000)):
        seq += 1
        yield from _in_entry(row, seq, previous)
        before, _ = newest.get((row.kind, row.subject), (0, True))
        if row.version != before + 1:
            rule = f"Version {row.version} of {row.subject} follows on version {before}."
            yield _altered(rule, row.seq)
        newest[row.kind, row.subject] = row.version, row.content_sha256 is not None
        seq, previous, anchored = row.seq, row.hash, anchored or row.hash == anchor
        if row.seq in wanted:
            hashes[row.seq] = row.hash
    head = connection.execute(tables.head.select()).one_or_none()
    if head is None or (head.seq, head.hash) != (seq, previous):
        yield Problem(f"The trail ends at entry {seq}, and its head is another one.", _REMEDY)
    if not anchored:
        yield Problem(
            "The trail holds no entry with this anchor: it was cut off or made anew since.",
            _REMEDY,
            value=anchor,
        )
    for each in anchors:
        if hashes.get(each.seq) != each.hash:
            what = "gone" if each.seq not in hashes else "another one"
            rule = f"Entry {each.seq}, the newest on {each.day}, is {what}: the trail was changed."
            yield _altered(rule, each.seq)


def _in_entry(row: Row[Any], seq: int, previous: str) -> Iterator[Problem]:
    if row.seq != seq:
        yield _altered(f"Entry {seq} is missing.", row.seq)
    if row.previous != previous:
        yield _altered("It is not chained to the entry before it.", row.seq)
    if entry_hash(dict(row._mapping)) != row.hash:
        yield _altered("Its hash is not that of what stands in it.", row.seq)


def _in_versions(
    connection: Connection, tables: Tables, newest: Mapping[tuple[str, str], tuple[int, bool]]
) -> Iterator[Problem]:
    """Hold the text of every version against its entry, both ways."""
    entries, versions = tables.entries, tables.versions
    same = and_(
        versions.c.kind == entries.c.kind,
        versions.c.subject == entries.c.subject,
        versions.c.version == entries.c.version,
    )
    asked = select(
        entries.c.seq, entries.c.kind, entries.c.subject, entries.c.version,
        entries.c.content_sha256, versions.c.content,
    ).join(versions, same, isouter=True)  # fmt: skip
    for row in connection.execute(asked.execution_options(yield_per=1000)):
        _, there = newest.get((row.kind, row.subject), (0, False))
        what = f"version {row.version} of {row.kind} {row.subject}"
        if row.content is None:
            if there:
                yield _altered(f"The text of {what} is missing.", row.seq)
        elif not there:
            yield _altered(f"The text of {what} is there, though it was deleted.", row.seq)
        elif content_hash(row.content) != row.content_sha256:
            yield _altered(f"The text of {what} is not the one that was written.", row.seq)
    loose = select(versions).join(entries, same, isouter=True).where(entries.c.seq.is_(None))
    for row in connection.execute(loose):
        what = f"Version {row.version} of {row.kind} {row.subject}"
        yield Problem(f"{what} has no entry in the audit trail.", _REMEDY)


def _in_table(
    connection: Connection,
    tables: Tables,
    kind: SubjectKind,
    newest: Mapping[tuple[str, str], tuple[int, bool]],
) -> Iterator[Problem]:
    """Hold the columns of each record against the newest text of it."""
    table, versions = tables.current[kind], tables.versions
    text = and_(versions.c.kind == kind, versions.c.subject == table.c.id)
    asked = select(table, versions.c.content).join(
        versions, and_(text, versions.c.version == table.c.version), isouter=True
    )
    seen = set()
    for row in connection.execute(asked):
        seen.add(row.id)
        if newest.get((kind, row.id)) != (row.version, True):
            yield _strange(kind, row.id, f"is at version {row.version}, the trail is not")
        elif row.content is not None:
            record = RECORDS[kind].model_validate_json(row.content)
            written = tables.columns_of(kind, record)
            names = [name for name in written if row._mapping[name] != written[name]]
            if names:
                yield _strange(kind, row.id, f"shows something else in {', '.join(names)}")
    for (of, subject), (_, there) in newest.items():
        if of == kind and there and subject not in seen:
            yield _strange(kind, subject, "is missing")


def _altered(rule: str, seq: object) -> Problem:
    return Problem(rule, _REMEDY, file="audit trail", row=seq if isinstance(seq, int) else None)


def _strange(kind: str, id_: str, what: str) -> Problem:
    return Problem(f"The row of {kind} {id_} {what}.", _REMEDY)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n")[0]
