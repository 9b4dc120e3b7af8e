"""The address of a PostGIS database; its password is never told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from hotspots.errors import InputRefused, Problem

SCHEMES = ("postgresql://", "postgres://")
"""How an address begins."""

_WAIT_S = 30


class Address(NamedTuple):
    """A database, and the table in it where the address names one."""

    url: URL
    table: str | None

    def told(self) -> str:
        """Return it without its password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)


def is_address(text: str) -> bool:
    """Tell whether a text is the address of a database, and no file."""
    return text.startswith(SCHEMES)


def address_of(text: str) -> Address:
    """Return the address that a person wrote, such as ``postgresql://USER@HOST/DB?table=S.T``.

    Raises
    ------
    InputRefused
        When it is no address of a PostgreSQL database.
    """
    try:
        url = make_url(text) if is_address(text) else None
    except (ArgumentError, ValueError):
        url = None
    table = None if url is None else url.query.get("table")
    if url is None or isinstance(table, tuple):
        raise InputRefused(
            Problem(
                "This is not the address of a PostgreSQL database.",
                "Write postgresql://USER@HOST/DATABASE, and ?table=SCHEMA.TABLE to read one.",
            )
        )
    url = url.set(drivername="postgresql+psycopg").difference_update_query(["table"])
    return Address(url, table)


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """Yield a connection in one transaction, which is undone when something is refused.

    Raises
    ------
    InputRefused
        With what the database says.
    """
    engine = create_engine(address.url, connect_args={"connect_timeout": _WAIT_S})
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise InputRefused(_problem(error, address)) from None  # its trace may hold the address
    finally:
        engine.dispose()


def _problem(error: SQLAlchemyError, address: Address) -> Problem:
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip().split("\n")[0]
    if address.url.password:
        said = said.replace(str(address.url.password), "***")
    return Problem(
        f"The database refuses this ({said}).",
        "Check that it runs, that the address is right, and what this user may do there.",
        file=address.told(),
    )
