"""The first schema: settings, audit trail, versions, and a table per kind of record."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001"
down_revision = None

_FIRST = "0" * 64
_DESIGNATION = "designations.id"


def upgrade() -> None:
    """Make everything, with the trail at its beginning."""
    crs = context.config.attributes["crs"]
    settings = op.create_table("register_settings", _only_row(), _text("crs"))
    head = op.create_table(
        "audit_head", _only_row(), sa.Column("seq", sa.Integer, nullable=False), _text("hash")
    )
    op.bulk_insert(settings, [{"one": 1, "crs": crs}])
    op.bulk_insert(head, [{"one": 1, "seq": 0, "hash": _FIRST}])
    _audit()
    _records()
    _frozen_entries()


def downgrade() -> None:
    """Remove everything."""
    for table in ("actions", "choices", "signals", "reviews", "placements", "boundaries"):
        op.drop_table(table)
    for table in ("designations", "versions", "audit_entries", "audit_head", "register_settings"):
        op.drop_table(table)
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse_change()")


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", TIMESTAMP(timezone=True) if _on_postgresql() else sa.Text, nullable=False),
        *map(_text, ("actor", "role", "act", "kind", "subject")),
        sa.Column("version", sa.Integer, nullable=False),
        _text("reason"),
        sa.Column("run_id", sa.Text),
        sa.Column("content_sha256", sa.Text),
        *map(_text, ("previous", "hash")),
        sa.UniqueConstraint("previous", name="one_entry_after_another"),
        sa.UniqueConstraint("hash", name="one_entry_per_hash"),
    )
    op.create_table(
        "versions",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        _text("content"),
    )


def _records() -> None:
    day, number = sa.Date, sa.Integer
    _table(
        "designations",
        *map(_text, ("kind", "name", "state")),
        *(sa.Column(name, day) for name in ("start", "end", "evaluation_on")),
        sa.Column("boundary_version", number, nullable=False),
    )
    _table(
        "boundaries",
        _designation(),
        sa.Column("number", number, nullable=False),
        *_geometry("MULTIPOLYGON"),
        sa.UniqueConstraint("designation", "number", name="one_boundary_per_number"),
    )
    _table(
        "placements",
        _designation(),
        *map(_text, ("camera", "camera_class")),
        sa.Column("start", day, nullable=False),
        sa.Column("end", day),
        *_geometry("POINT"),
    )
    _table(
        "reviews", _designation(), sa.Column("reviewed_on", day, nullable=False), _text("advice")
    )
    _table(
        "signals",
        _designation(),
        sa.Column("raised_on", day, nullable=False),
        sa.Column("answer", sa.Text),
    )
    _table("choices", sa.Column("year", number, nullable=False), _text("kind"))
    _table(
        "actions",
        *map(_text, ("kind", "name")),
        sa.Column("start", day, nullable=False),
        sa.Column("end", day),
        sa.Column("designation", sa.Text, sa.ForeignKey(_DESIGNATION)),
    )


def _frozen_entries() -> None:
    """Let nobody change or delete an entry, nor change the text of a version."""
    if _on_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table, acts in (
            ("audit_entries", "UPDATE OR DELETE OR TRUNCATE"),
            ("versions", "UPDATE OR TRUNCATE"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_stay BEFORE {acts} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table, act in (
        ("audit_entries", "UPDATE"),
        ("audit_entries", "DELETE"),
        ("versions", "UPDATE"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *columns,
    )


def _only_row() -> "sa.Column[int]":
    return sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def _designation() -> "sa.Column[str]":
    return sa.Column("designation", sa.Text, sa.ForeignKey(_DESIGNATION), nullable=False)


def _geometry(kind: str) -> "list[sa.Column[Any]]":
    if _on_postgresql():
        srid = context.config.attributes["srid"]
        shape = Geometry(kind, srid=srid, spatial_index=False)
        return [sa.Column("geometry", shape, nullable=False)]
    box = (
        sa.Column(name, sa.Float, nullable=False) for name in ("min_x", "min_y", "max_x", "max_y")
    )
    return [sa.Column("geometry", sa.LargeBinary, nullable=False), *box]


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
