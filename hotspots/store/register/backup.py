"""A backup of the register: one file of JSON lines, from either database and into either.

The first line says what the file is; then come every entry of the audit trail and every version
of every record; the last line holds the SHA-256 of all lines before it. The tables of the newest
versions are made again from these.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Row, Table, and_, func, select, update

from hotspots.errors import InputRefused, Problem, RegisterRefused, problem_of_system
from hotspots.register import RECORDS, Entry, Sha256, SubjectKind
from hotspots.store.register.audit import problems_in
from hotspots.store.register.register import Register
from hotspots.store.register.tables import Tables

_BATCH = 500
_AGAIN = "Make the backup again, or use another one."


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Header(_Line):
    """What a backup holds: the register's CRS, and the head of its audit trail."""

    hotspots_register: Literal[1] = 1
    crs: str
    seq: int
    head: Sha256


class _Version(_Line):
    kind: SubjectKind
    subject: str
    version: int
    content: str


class _Row(_Line):
    entry: Entry | None = None
    version: _Version | None = None


def backup(register: Register, path: Path) -> Header:
    """Write the whole register to a file, as it is at one moment; return what it holds.

    The file takes the place of an older one whole, or not at all.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as stream:
            digest = hashlib.sha256()
            with register.database.reading() as connection:
                header = _header(connection, register)
                for text in (header.model_dump_json(), *_rows(connection, register.tables)):
                    line = text.encode() + b"\n"
                    digest.update(line)
                    stream.write(line)
            stream.write(json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise RegisterRefused(problem_of_system(error, path)) from None
    finally:
        beside.unlink(missing_ok=True)
    return header


def _header(connection: Connection, register: Register) -> Header:
    head = connection.execute(register.tables.head.select()).one()
    return Header(crs=register.database.crs, seq=head.seq, head=head.hash)


def _rows(connection: Connection, tables: Tables) -> Iterator[str]:
    """Yield the lines between the first and the last."""
    entries, versions = tables.entries, tables.versions
    asked = entries.select().order_by(entries.c.seq).execution_options(yield_per=_BATCH)
    for row in connection.execute(asked).mappings():
        yield _Row(entry=Entry.model_validate(dict(row))).model_dump_json(exclude_none=True)
    order = (versions.c.kind, versions.c.subject, versions.c.version)
    asked = versions.select().order_by(*order).execution_options(yield_per=_BATCH)
    for row in connection.execute(asked).mappings():
        yield _Row(version=_Version(**row)).model_dump_json(exclude_none=True)


def restore(path: Path, register: Register) -> Header:
    """Put what a backup holds into an empty register; return what it held.

    Raises
    ------
    InputRefused
        When the file is no backup, is not whole or was altered, or has another CRS.
    RegisterRefused
        When the register already holds something.
    """
    header = _checked(path)
    database, tables = register.database, register.tables
    if header.crs != database.crs:
        raise InputRefused(
            Problem(
                f"The backup holds coordinates in {header.crs}, the workspace in {database.crs}.",
                f"Restore it into a workspace made with --crs {header.crs}.",
                file=path.name,
            )
        )
    with database.writing() as connection:
        if connection.execute(tables.head.select().with_for_update()).one().seq:
            raise RegisterRefused(
                Problem(
                    "This register already holds decisions.",
                    "Restore a backup into a new workspace or an empty database.",
                )
            )
        _insert(connection, tables, path)
        connection.execute(update(tables.head).values(seq=header.seq, hash=header.head))
        _make_current(connection, tables)
        found = problems_in(connection, tables)
        if found:
            raise InputRefused(found)
    return header


def _checked(path: Path) -> Header:
    """Return the header of a backup whose last line is the hash of the others."""
    digest, previous, header = hashlib.sha256(), b"", b""
    try:
        with path.open("rb") as stream:
            for line in stream:
                digest.update(previous)
                header = header or line
                previous = line
    except OSError as error:
        raise InputRefused(problem_of_system(error, path)) from None
    try:
        read = Header.model_validate_json(header)
    except ValidationError:
        raise InputRefused(
            Problem("This is no backup of a register.", "Give a file of: hotspots backup.",
                    file=path.name)
        ) from None  # fmt: skip
    if previous != json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n":
        raise InputRefused(
            Problem("The backup is not whole, or it was altered.", _AGAIN, file=path.name)
        )
    return read


def _insert(connection: Connection, tables: Tables, path: Path) -> None:
    """Insert the entries and the versions of a backup, in batches."""
    with path.open("rb") as stream:
        numbered = enumerate(stream, start=1)
        next(numbered)
        while batch := list(islice(numbered, _BATCH)):
            rows = [_row(line, number, path) for number, line in batch if not _is_last(line)]
            _add(connection, tables.entries, [each.entry for each in rows])
            _add(connection, tables.versions, [each.version for each in rows])


def _is_last(line: bytes) -> bool:
    return line.startswith(b'{"sha256"')


def _row(line: bytes, number: int, path: Path) -> _Row:
    try:
        return _Row.model_validate_json(line)
    except ValidationError:
        raise InputRefused(
            Problem(
                "This line of the backup is not known to this program.",
                "Use the version of hotspots that made it.",
                file=path.name,
                row=number,
            )
        ) from None


def _add(connection: Connection, table: Table, rows: list[Any]) -> None:
    given = [row.model_dump() for row in rows if row is not None]
    if given:
        connection.execute(table.insert(), given)


def _make_current(connection: Connection, tables: Tables) -> None:
    """Fill the tables of the newest versions."""
    versions = tables.versions
    for kind, model in RECORDS.items():
        newest = (
            select(versions.c.subject, func.max(versions.c.version).label("version"))
            .where(versions.c.kind == kind)
            .group_by(versions.c.subject)
            .subquery()
        )
        same = and_(versions.c.subject == newest.c.subject, versions.c.version == newest.c.version)
        asked = versions.select().join(newest, same).where(versions.c.kind == kind)
        for version in connection.execute(asked).all():
            try:
                record = model.model_validate_json(version.content)
            except ValidationError:
                raise InputRefused(_unreadable(version)) from None
            row = tables.columns_of(kind, record)
            connection.execute(tables.current[kind].insert().values(row))


def _unreadable(version: Row[Any]) -> Problem:
    return Problem(
        f"The backup holds version {version.version} of {version.kind} {version.subject}, which "
        "this program cannot read.",
        "Use the version of hotspots that made it.",
    )
