"""Tables with geometry in a schema of our own, for QGIS and other programs to read.

Whoever looks meanwhile sees the tables of before or of after, for all is one transaction. What is
not ours is never touched: what is ours carries :data:`MARK` at the beginning of its comment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import (
    Connection,
    column,
    delete,
    func,
    insert,
    inspect,
    not_,
    select,
    table,
    text,
)
from sqlalchemy.sql.compiler import IdentifierPreparer

from hotspots.errors import InputRefused, Problem
from hotspots.store.postgis.address import Address, connected

if TYPE_CHECKING:
    import geopandas as gpd

SCHEMA = "hotspots_published"
MARK = "Published by hotspots"
_STAGE = "being_published"
_LOCK = 0x686F7475  # any number that this program alone uses


@dataclass(frozen=True)
class Published:
    """A table as it is published: its rows, in the CRS of the workspace, and what it is about."""

    name: str
    rows: "gpd.GeoDataFrame"
    about: str


def publish(address: Address, tables: Sequence[Published]) -> None:
    """Put tables into the schema, each in the place of the one of its name.

    Parameters
    ----------
    address
        A database with PostGIS, in which this user may make a schema or owns it already.
    tables
        Each gets a number as key, a spatial index, and a comment.

    Raises
    ------
    InputRefused
        When the schema or a table of the name is somebody else's, or a geometry is not valid;
        nothing is changed then.
    """
    with connected(address) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _require_postgis(connection)
        _own_schema(connection)
        for each in tables:
            _put(connection, each)


def _require_postgis(connection: Connection) -> None:
    if connection.execute(text("SELECT to_regtype('geometry')")).scalar() is None:
        raise InputRefused(
            Problem(
                "PostGIS is not there in this database.",
                "Let its administrator run: CREATE EXTENSION postgis.",
            )
        )


def _own_schema(connection: Connection) -> None:
    """Make the schema; refuse one of the name that is somebody else's."""
    if SCHEMA not in inspect(connection).get_schema_names():
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        _comment(connection, f"SCHEMA {SCHEMA}", f"{MARK}. Its tables are replaced at will.")
        return
    said = connection.execute(
        text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"), {"name": SCHEMA}
    ).scalar()
    _require_ours(said, f"schema {SCHEMA}")


def _require_ours(said: str | None, what: str) -> None:
    if not (said or "").startswith(MARK):
        raise InputRefused(
            Problem(
                f"The {what} is not one that hotspots made.",
                "Rename it, or publish into another database.",
                value=(said or "")[:80] or None,
            )
        )


def _put(connection: Connection, given: Published) -> None:
    """Put one table in its place; where its columns are the same, what rests on it stays."""
    quote = connection.dialect.identifier_preparer
    here, stage = _named(quote, given.name), _named(quote, _STAGE)
    asked = text(
        "SELECT relkind = 'r' AS is_table, obj_description(oid, 'pg_class') AS said "
        "FROM pg_class WHERE oid = to_regclass(:name)"
    )
    there = connection.execute(asked, {"name": here}).one_or_none()
    if there is not None:
        _require_ours(there.said if there.is_table else None, f"table {SCHEMA}.{given.name}")
    _stage(connection, given)
    if there is not None and _columns(connection, here) == _columns(connection, stage):
        names = [name for name, _ in _columns(connection, stage)]
        new, old = (
            table(name, *(column(each) for each in names), schema=SCHEMA)
            for name in (_STAGE, given.name)
        )
        connection.execute(delete(old))
        connection.execute(insert(old).from_select(names, select(*new.c)))
        _run(connection, f"DROP TABLE {stage}")
    else:
        if there is not None:
            _run(connection, f"DROP TABLE {here}")
        _run(connection, f"ALTER TABLE {stage} RENAME TO {quote.quote(given.name)}")
        _run(connection, f"ALTER TABLE {here} ADD PRIMARY KEY (number)")
        index = quote.quote(f"{given.name}_geometry")
        _run(connection, f"CREATE INDEX {index} ON {here} USING gist (geometry)")
    _comment(connection, f"TABLE {here}", f"{MARK}. {given.about}")


def _stage(connection: Connection, given: Published) -> None:
    """Write the rows beside their place; refuse geometries that PostGIS finds not valid."""
    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    shapes = [MultiPolygon([each]) if isinstance(each, Polygon) else each
              for each in given.rows.geometry]  # fmt: skip
    others = given.rows.drop(columns=given.rows.geometry.name).reset_index(drop=True)
    rows = gpd.GeoDataFrame(others, geometry=shapes, crs=given.rows.crs)
    rows.insert(0, "number", range(1, len(rows) + 1))
    stage = _named(connection.dialect.identifier_preparer, _STAGE)
    _run(connection, f"DROP TABLE IF EXISTS {stage}")
    rows.to_postgis(_STAGE, connection, schema=SCHEMA, index=False)
    for index in inspect(connection).get_indexes(_STAGE, schema=SCHEMA):
        name = _named(connection.dialect.identifier_preparer, str(index["name"]))
        _run(connection, f"DROP INDEX {name}")  # the one that remains has a name of its own
    staged = table(_STAGE, column("number"), column("geometry"), schema=SCHEMA)
    asked = select(staged.c.number).where(not_(func.ST_IsValid(staged.c.geometry)))
    wrong = list(connection.scalars(asked.order_by(staged.c.number).limit(5)))
    if wrong:
        raise InputRefused(
            Problem(
                f"Geometries of {given.name} are not valid in PostGIS.",
                "Report this as a fault of hotspots.",
                value=", ".join(map(str, wrong)),
            )
        )


def _columns(connection: Connection, named: str) -> list[tuple[str, str]]:
    """Return the columns of a table with their types; of a geometry with kind and SRID."""
    asked = text(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    return [(row[0], row[1]) for row in connection.execute(asked, {"name": named})]


def _comment(connection: Connection, what: str, said: str) -> None:
    literal = text("SELECT quote_literal(:said)")
    quoted = connection.execute(literal, {"said": said}).scalar_one()
    _run(connection, f"COMMENT ON {what} IS {quoted}")


def _named(quote: IdentifierPreparer, name: str) -> str:
    return f"{quote.quote(SCHEMA)}.{quote.quote(name)}"


def _run(connection: Connection, statement: str) -> None:
    """Run a statement in which only names stand that this module quoted."""
    connection.exec_driver_sql(statement.replace("%", "%%"))
