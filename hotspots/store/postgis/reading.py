"""A table of PostGIS as a file, so that it is taken in and judged as any file is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    TableClause,
    Text,
    cast,
    collate,
    column,
    func,
    inspect,
    select,
    table,
    text,
)

from hotspots.errors import InputRefused, Problem
from hotspots.store.postgis.address import Address, connected

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"(?:([^.\"\x00]{1,63})\.)?([^.\"\x00]{1,63})")


@contextmanager
def table_as_file(address: Address, *, max_rows: int) -> Iterator[Path]:
    """Yield a Parquet file with the rows of the table that an address names, in a fixed order.

    Equal rows give equal bytes. The transaction reads only; the file is gone afterwards.

    Parameters
    ----------
    address
        With a table.
    max_rows
        One row more is read, for the reader of files to refuse.

    Raises
    ------
    InputRefused
        When there is no such table, or it has several geometries or reference systems.
    """
    schema, name = _named(address)
    with TemporaryDirectory(prefix="hotspots-") as folder:
        path = Path(folder) / f"{schema}.{name}.parquet"
        with connected(address) as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            frame = _read(connection, schema, name, max_rows=max_rows)
        frame.to_parquet(path, index=False)
        yield path


def _named(address: Address) -> tuple[str, str]:
    match = _NAME.fullmatch(address.table or "")
    if match is None:
        raise InputRefused(
            Problem(
                "The address names no table.",
                "Write ?table=SCHEMA.TABLE behind it.",
                file=address.told(),
                value=address.table,
            )
        )
    return match[1] or "public", match[2]


def _read(connection: Connection, schema: str, name: str, *, max_rows: int) -> "pd.DataFrame":
    import geopandas as gpd
    import pandas as pd

    shapes, others = _columns(connection, schema, name)
    where = table(name, *(column(each) for each in (*others, *shapes)), schema=schema)
    shown: list[ColumnElement[Any]] = [where.c[each] for each in others]
    if shapes:
        shown.append(func.ST_AsBinary(where.c[shapes[0]]).label(shapes[0]))
    keys = inspect(connection).get_pk_constraint(name, schema)["constrained_columns"]
    order: list[ColumnElement[Any]] = [where.c[each] for each in keys]
    order = order or [_row_text(where)]
    asked = select(*shown).order_by(*order).limit(max_rows + 1)
    frame = pd.read_sql_query(asked, connection)
    for each in frame.columns:
        if each not in shapes and frame[each].dtype == object:
            frame[each] = frame[each].map(str, na_action="ignore")  # figures and moments stay
    if not shapes:
        return frame
    crs = _system(connection, where, shapes[0])
    points = gpd.GeoSeries.from_wkb(frame[shapes[0]].map(bytes, na_action="ignore"), crs=crs)
    return gpd.GeoDataFrame(frame.drop(columns=shapes[0]), geometry=points)


def _row_text(where: TableClause) -> ColumnElement[Any]:
    """Return what rows without a key are ordered by: all of their text."""
    return collate(cast(func.row(*where.c), Text), "C")


def _columns(connection: Connection, schema: str, name: str) -> tuple[list[str], list[str]]:
    """Return the geometry columns of a table or view, and the others."""
    asked = text(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = :schema AND c.relname = :name AND c.relkind IN ('r','v','m','p','f') "
        "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )
    rows = connection.execute(asked, {"schema": schema, "name": name}).all()
    if not rows:
        raise InputRefused(
            Problem(
                "There is no such table that this user may see.",
                "Write ?table=SCHEMA.TABLE as the database spells it, small letters and all.",
                file=f"{schema}.{name}",
            )
        )
    shapes = [name_ for name_, type_ in rows if type_ in ("geometry", "geography")]
    if len(shapes) > 1:
        raise InputRefused(
            Problem(
                f"The table has several geometries: {', '.join(shapes)}.",
                "Make a view with the one that is meant.",
                file=f"{schema}.{name}",
            )
        )
    return shapes, [name_ for name_, type_ in rows if type_ not in ("geometry", "geography")]


def _system(connection: Connection, where: TableClause, shape: str) -> str | None:
    """Return the reference system of a geometry; none where the rows name none."""
    srid = func.ST_SRID(cast(where.c[shape], Geometry))
    asked = select(srid).where(where.c[shape].is_not(None)).distinct().order_by(srid).limit(9)
    found = list(connection.scalars(asked))
    if len(found) > 1:
        raise InputRefused(
            Problem(
                f"The rows have several reference systems: {', '.join(map(str, found))}.",
                "Let the owner of the table bring them to one, with ST_Transform.",
                file=f"{where.schema}.{where.name}",
                column=shape,
            )
        )
    return f"EPSG:{found[0]}" if found and found[0] else None
