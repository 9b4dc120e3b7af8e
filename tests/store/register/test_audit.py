"""Whatever is changed behind the back of the register is found."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import product
from math import inf, nextafter
from pathlib import Path
from typing import Any

import pytest
from shapely import transform
from sqlalchemy import Column, Connection, Date, and_, text, update
from sqlalchemy.exc import DBAPIError

from hotspots.errors import NotFound, RegisterRefused
from hotspots.store.register.audit import FIRST, entry_hash, problems_in
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests.store.register.records import D, boundary, changing, designation, one_of_each, placement


@pytest.fixture
def filled(register: Register) -> Register:
    """A register with a record of every kind, one of them in three versions, one deleted."""
    with changing(register) as change:
        for record in one_of_each():
            change.put(record)
    with changing(register, actor="m.bakker") as change:
        change.put(placement(x_m=121_060.5), 1)
        moved = change.put(placement(x_m=121_070.5), 2)
        change.delete(change.put(placement(2)))
    assert moved.version == 3
    assert register.verify() == []
    return register


@contextmanager
def tampering(register: Register, *, kept: bool = True) -> Iterator[Connection]:
    """Yield a connection of somebody with all rights, triggers and references out of the way."""
    engine = register.database.engine
    with engine.connect() as connection, connection.begin() as transaction:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in connection.scalars(triggers).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        if not kept:
            transaction.rollback()


def found_in(register: Register, anchor: str | None = None) -> str:
    """Return everything that the verification says."""
    return "\n".join(map(str, register.verify(anchor)))


# ---------------------------------------------------------------- an oracle
def test_an_outsider_can_follow_the_chain_with_nothing_but_sql_and_sha256(
    filled: Register,
) -> None:
    with filled.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM audit_entries ORDER BY seq")).mappings().all()
        texts = {
            (row.kind, row.subject, row.version): row.content
            for row in connection.execute(text("SELECT * FROM versions"))
        }
    previous = "0" * 64
    for number, row in enumerate(rows, start=1):
        fields = dict(row)
        at = fields["at"]
        if not isinstance(at, str):
            fields["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
        assert fields.pop("hash") == (
            previous := _sha256(fields | {"seq": number, "previous": previous})
        )
        content = texts.pop((row["kind"], row["subject"], row["version"]), None)
        if content is not None:
            assert row["content_sha256"] == hashlib.sha256(content.encode()).hexdigest()
            assert json.loads(content)["id"] == row["subject"]
    assert texts == {}
    assert filled.head() == (len(rows), previous)


def _sha256(fields: dict[str, object]) -> str:
    line = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


# ---------------------------------------------------------------- what stays as it is
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET reason = 'x' WHERE seq = 1",
        "DELETE FROM audit_entries WHERE seq = 1",
        "DELETE FROM audit_entries",
        "UPDATE versions SET content = '{}'",
    ],
)
def test_the_owner_cannot_change_or_delete_an_entry(filled: Register, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), filled.database.engine.begin() as writing:
        writing.execute(text(statement))
    assert filled.verify() == []


def test_a_chain_cannot_fork_in_the_database(filled: Register) -> None:
    again = (
        "INSERT INTO audit_entries SELECT seq + 100, at, actor, role, act, kind, subject, version, "
        "reason, run_id, content_sha256, previous, hash FROM audit_entries WHERE seq = 3"
    )
    with pytest.raises(DBAPIError, match=r"(?i)unique"), filled.database.engine.begin() as writing:
        writing.execute(text(again))


# ---------------------------------------------------------------- an altered byte
def test_any_altered_value_of_any_column_is_found(filled: Register) -> None:
    """Every column of every row is altered in turn, as little as its type allows."""
    tables = filled.tables
    altered = 0
    for table in (tables.head, tables.entries, tables.versions, *tables.current.values()):
        with filled.database.engine.connect() as connection:
            rows = connection.execute(table.select()).mappings().all()
        assert rows
        for row, column in product(rows, table.columns):
            if column.name == "one":
                continue
            this = and_(*(each == row[each.name] for each in table.primary_key))
            other = _slightly_other(row[column.name], column)
            with tampering(filled, kept=False) as connection:
                connection.execute(update(table).where(this).values({column.name: other}))
                found = problems_in(connection, tables)
            assert found, (table.name, column.name, row[column.name], other)
            altered += 1
    assert altered > 200
    assert filled.verify() == []


def _slightly_other(value: Any, column: Column[Any]) -> Any:
    match value:
        case None:
            return date(2026, 1, 1) if isinstance(column.type, Date) else "x"
        case int():
            return value + 1000  # beyond what is unique
        case float():
            return nextafter(value, inf)
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1)
        case _:
            return transform(value, lambda points: points + 1e-9)


@pytest.mark.parametrize("byte", [0, 9, 100, 1030, 2051, 3072, 4093])
def test_a_byte_of_the_file_that_reads_otherwise_is_found(
    byte: int, workspace: Workspace, tmp_path: Path
) -> None:
    """Flip a byte in each page of an SQLite file: it is refused, found, or makes no difference."""
    with open_register(workspace) as register, changing(register) as change:
        for record in one_of_each():
            change.put(record)
    with open_register(workspace) as register:
        before = _everything(register)
        with register.database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    file = workspace.path / "register.sqlite"
    sound = file.read_bytes()
    other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
    for page in range(0, len(sound), 4096):
        bent = bytearray(sound)
        bent[page + byte] ^= 0x10
        (other.path / "register.sqlite").write_bytes(bent)
        try:
            with open_register(other) as register:
                found = register.verify()
                assert found or _everything(register) == before
        except (RegisterRefused, NotFound):
            continue
        finally:
            for left in other.path.glob("register.sqlite-*"):
                left.unlink()


def _everything(register: Register) -> list[object]:
    return [
        *register.trail(), *register.designations(), *register.boundaries(),
        *register.placements(), *register.reviews(), *register.signals(), *register.choices(),
        *register.actions(),
    ]  # fmt: skip


def test_values_that_cannot_be_read_are_found_too(filled: Register) -> None:
    for statement in (
        "UPDATE versions SET content = 'no json' WHERE kind = 'review'",
        "UPDATE audit_entries SET role = 'king' WHERE seq = 2",
        "UPDATE audit_head SET hash = ''",
    ):
        with tampering(filled, kept=False) as connection:
            connection.execute(text(statement))
            assert problems_in(connection, filled.tables), statement


# ---------------------------------------------------------------- missing and too many
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM audit_entries WHERE seq = 4", "Entry 4 is missing"),
        ("DELETE FROM versions WHERE kind = 'choice'", "text of version 1 of choice"),
        ("DELETE FROM placements", "placement placement-2026-001 is missing"),
        ("DELETE FROM audit_head", "its head is another one"),
        (
            "INSERT INTO versions VALUES ('action', 'action-2026-666', 1, '{}')",
            "Version 1 of action action-2026-666 has no entry",
        ),
        (
            "INSERT INTO versions VALUES ('placement', 'placement-2026-002', 1, '{}')",
            "though it was deleted",
        ),
        (
            "INSERT INTO choices (id, version, year, kind) VALUES ('c', 1, 2026, 'district')",
            "choice c is at version 1, the trail is not",
        ),
    ],
)
def test_what_is_missing_or_too_many_is_named(filled: Register, statement: str, said: str) -> None:
    with tampering(filled) as connection:
        connection.execute(text(statement))
    assert said in found_in(filled)


# ---------------------------------------------------------------- cut and rewritten
def _cut(register: Register, *, after: int) -> None:
    """Take the newest entries away with all they wrote, as if they had never been."""
    with tampering(register) as connection:
        connection.execute(text(_CUT_TEXTS), {"after": after})
        connection.execute(text("DELETE FROM audit_entries WHERE seq > :after"), {"after": after})
        newest = "(SELECT hash FROM audit_entries WHERE seq = :after)"
        connection.execute(
            text(f"UPDATE audit_head SET seq = :after, hash = {newest}"), {"after": after}
        )


_CUT_TEXTS = """
DELETE FROM versions WHERE EXISTS (
    SELECT 1 FROM audit_entries e WHERE seq > :after AND e.kind = versions.kind
    AND e.subject = versions.subject AND e.version = versions.version
)
"""


def test_a_tail_that_is_cut_off_needs_an_anchor_to_be_found(register: Register) -> None:
    with changing(register) as change:
        change.put(designation())
        change.put(boundary())
    early = register.head()[1]
    with changing(register) as change:
        change.put(boundary(2))
    late = register.head()[1]
    _cut(register, after=2)
    assert "boundary" in found_in(register)  # the row of the second one is still there
    with tampering(register) as connection:
        connection.execute(text("DELETE FROM boundaries WHERE number = 2"))
    assert register.verify() == []  # a cut without a trace
    assert register.verify(early) == []
    assert "cut off or made anew" in found_in(register, late)


def test_a_chain_that_is_made_anew_needs_an_anchor_to_be_found(register: Register) -> None:
    with changing(register) as change:
        change.put(designation(goal="Rust"))
        change.put(boundary())
    anchor = register.head()[1]
    assert register.verify(anchor) == []
    entries, versions = register.tables.entries, register.tables.versions
    with tampering(register) as connection:
        other = connection.scalars(versions.select().with_only_columns(versions.c.content)).all()
        (old,) = (each for each in other if "Rust" in each)
        new = old.replace("Rust", "Stilte")
        connection.execute(update(versions).where(versions.c.content == old).values(content=new))
        rows = connection.execute(entries.select().order_by(entries.c.seq)).mappings().all()
        connection.execute(entries.delete())
        previous = FIRST
        for row in rows:
            made = dict(row) | {"previous": previous}
            if row["kind"] == "designation":
                made["content_sha256"] = hashlib.sha256(new.encode()).hexdigest()
            made["hash"] = previous = entry_hash(made)
            connection.execute(entries.insert().values(made))
        connection.execute(update(register.tables.head).values(hash=previous))
    assert register.verify() == []  # every hash fits again
    assert register.designation(D).goal == "Stilte"
    assert "cut off or made anew" in found_in(register, anchor)


def test_a_chain_that_is_made_anew_from_the_middle_is_found_by_a_later_anchor(
    filled: Register,
) -> None:
    early = filled.trail()[2].hash
    late = filled.head()[1]
    with tampering(filled) as connection:
        connection.execute(text("UPDATE audit_entries SET reason = 'Anders' WHERE seq = 5"))
    assert "Its hash is not that of what stands in it" in found_in(filled, early)
    assert filled.verify(late)
