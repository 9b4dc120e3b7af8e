"""Whether the indexes of PostgreSQL show what the tables hold.

A bent index hides rows that are still there, or shows them twice; after an update of the
operating system's sorting rules that happens to texts by itself. SQLite checks its own file.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Index, Table, UniqueConstraint, select, text

from hotspots.errors import Problem
from hotspots.store.register.tables import Tables

_BY_TABLE = {
    "enable_seqscan": "on", "enable_indexscan": "off", "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off", "enable_sort": "on",
}  # fmt: skip
_BY_INDEX = {
    "enable_seqscan": "off", "enable_indexscan": "on", "enable_indexonlyscan": "on",
    "enable_bitmapscan": "off", "enable_sort": "off",
}  # fmt: skip
_REMEDY = "Let the administrator run: REINDEX DATABASE; then verify again."


def read_by_table(connection: Connection) -> None:
    """Let every question that follows in this transaction read the tables, not their indexes."""
    _plan(connection, _BY_TABLE)


def problems_in_indexes(connection: Connection, tables: Tables) -> Iterator[Problem]:
    """Yield a problem for every index by which other rows are found than the table holds."""
    for table in tables.metadata.sorted_tables:
        for name, columns in _indexes(table):
            asked = select(*columns).order_by(*columns)
            _plan(connection, _BY_TABLE)
            held = sorted(map(tuple, connection.execute(asked)), key=repr)
            _plan(connection, _BY_INDEX)
            shown = sorted(map(tuple, connection.execute(asked)), key=repr)
            if held != shown:
                yield Problem(f"The index {name} of {table.name} shows other rows.", _REMEDY)
    _plan(connection, _BY_TABLE)


def _indexes(table: Table) -> Iterator[tuple[str, list[Column[object]]]]:
    """Yield every index of a table that sorts, by its name; those of geometries do not."""
    yield f"{table.name}_pkey", list(table.primary_key.columns)
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        if isinstance(constraint, UniqueConstraint):
            yield str(constraint.name), list(constraint.columns)
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        if isinstance(index, Index):
            yield str(index.name), list(index.columns)


def _plan(connection: Connection, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        connection.execute(text(f"SET LOCAL {name} = {value}"))
