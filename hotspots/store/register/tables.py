"""The tables of the register, on SQLite and on PostGIS.

What counts is the text of each version in ``versions``; the table of a kind holds its newest
version as columns, to be asked for and to be drawn by a GIS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import shapely
from geoalchemy2 import Geometry, WKBElement
from geoalchemy2.shape import from_shape
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from hotspots.register import Boundary, Placement, Record, SubjectKind

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

BOX = ("min_x", "min_y", "max_x", "max_y")
"""Columns of the bounding box beside a geometry on SQLite."""


def moment_text(at: datetime) -> str:
    """Return a moment as it is kept and hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: text on SQLite, ``timestamptz`` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of a database."""
        return dialect.type_descriptor(
            TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what is stored."""
        if value is None or dialect.name == "postgresql":
            return value
        return moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return what is read."""
        if value is None:
            return None
        read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return read.astimezone(UTC)


class Shape(TypeDecorator["BaseGeometry"]):
    """A geometry: WKB on SQLite, a geometry column with its kind and CRS on PostGIS."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: str, srid: int) -> None:
        super().__init__()
        self.kind = kind
        self.srid = srid

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of a database."""
        if dialect.name == "postgresql":
            return Geometry(self.kind, srid=self.srid, spatial_index=False)
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: "BaseGeometry | None", dialect: Dialect) -> Any:
        """Return what is stored."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return from_shape(value, srid=self.srid)
        return shapely.to_wkb(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> "BaseGeometry | None":
        """Return what is read."""
        if value is None:
            return None
        return shapely.from_wkb(bytes(value.data) if isinstance(value, WKBElement) else value)


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table, as `dialect` has it; geometries carry `srid`."""

    dialect: str
    srid: int
    metadata: MetaData
    settings: Table
    head: Table
    entries: Table
    versions: Table
    current: dict[SubjectKind, Table]

    def columns_of(self, kind: SubjectKind, record: Record) -> dict[str, object]:
        """Return what the table of a kind holds of a record."""
        columns = self.current[kind].columns.keys()
        held = {name: getattr(record, name) for name in columns if hasattr(record, name)}
        shape = _shape_of(record)
        if shape is None:
            return held
        box = dict(zip(BOX, shape.bounds, strict=True))
        return held | {"geometry": shape} | {name: box[name] for name in BOX if name in columns}


def _shape_of(record: Record) -> "BaseGeometry | None":
    match record:
        case Boundary():
            return record.area
        case Placement():
            return shapely.Point(record.x_m, record.y_m)
        case _:
            return None


def tables_of(dialect: str, srid: int) -> Tables:
    """Return the tables as a database has them.

    Parameters
    ----------
    dialect
        ``sqlite`` or ``postgresql``.
    srid
        EPSG number of the workspace's CRS; 0 where it has none.
    """
    metadata = MetaData()
    return Tables(
        dialect=dialect,
        srid=srid,
        metadata=metadata,
        settings=Table(
            "register_settings",
            metadata,
            Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
            Column("crs", Text, nullable=False),
        ),
        head=Table(
            "audit_head",
            metadata,
            Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
            Column("seq", Integer, nullable=False),
            Column("hash", Text, nullable=False),
        ),
        entries=_entries(metadata),
        versions=Table(
            "versions",
            metadata,
            Column("kind", Text, primary_key=True),
            Column("subject", Text, primary_key=True),
            Column("version", Integer, primary_key=True, autoincrement=False),
            Column("content", Text, nullable=False),
        ),
        current=_current(metadata, _geometry_columns(dialect, srid)),
    )


def _entries(metadata: MetaData) -> Table:
    return Table(
        "audit_entries",
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("at", Moment, nullable=False),
        Column("actor", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("act", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("run_id", Text),
        Column("content_sha256", Text),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
        UniqueConstraint("previous", name="one_entry_after_another"),
        UniqueConstraint("hash", name="one_entry_per_hash"),
        Index("one_entry_per_version", "kind", "subject", "version", unique=True),
    )


def _current(
    metadata: MetaData, geometry: Callable[[str], list[Column[Any]]]
) -> dict[SubjectKind, Table]:
    """Return the tables of the newest versions."""

    def table(name: str, *columns: Any) -> Table:
        return Table(
            name,
            metadata,
            Column("id", Text, primary_key=True),
            Column("version", Integer, nullable=False),
            *columns,
        )

    def designation(*, nullable: bool = False) -> Column[str]:
        return Column("designation", Text, ForeignKey("designations.id"), nullable=nullable)

    return {
        "designation": table(
            "designations",
            Column("kind", Text, nullable=False),
            Column("name", Text, nullable=False),
            Column("state", Text, nullable=False),
            Column("start", Date),
            Column("end", Date),
            Column("evaluation_on", Date),
            Column("boundary_version", Integer, nullable=False),
        ),
        "boundary": table(
            "boundaries",
            designation(),
            Column("number", Integer, nullable=False),
            *geometry("MULTIPOLYGON"),
            UniqueConstraint("designation", "number", name="one_boundary_per_number"),
        ),
        "placement": table(
            "placements",
            designation(),
            Column("camera", Text, nullable=False),
            Column("camera_class", Text, nullable=False),
            Column("start", Date, nullable=False),
            Column("end", Date),
            *geometry("POINT"),
        ),
        "review": table(
            "reviews",
            designation(),
            Column("reviewed_on", Date, nullable=False),
            Column("advice", Text, nullable=False),
        ),
        "signal": table(
            "signals",
            designation(),
            Column("raised_on", Date, nullable=False),
            Column("answer", Text),
        ),
        "choice": table(
            "choices",
            Column("year", Integer, nullable=False),
            Column("kind", Text, nullable=False),
        ),
        "action": table(
            "actions",
            Column("kind", Text, nullable=False),
            Column("name", Text, nullable=False),
            Column("start", Date, nullable=False),
            Column("end", Date),
            designation(nullable=True),
        ),
    }


def _geometry_columns(dialect: str, srid: int) -> Callable[[str], list[Column[Any]]]:
    """Return what makes the geometry columns of a table."""
    boxed = () if dialect == "postgresql" else BOX

    def columns(kind: str) -> list[Column[Any]]:
        box = [Column(name, Float, nullable=False) for name in boxed]
        return [Column("geometry", Shape(kind, srid), nullable=False), *box]

    return columns
