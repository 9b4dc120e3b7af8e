"""Columns that the schemas of results are written in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.schemas import MONTH

if TYPE_CHECKING:
    import pandera.pandas as pa


def table(
    columns: "Mapping[str, pa.Column]", *, unique: list[str] | None = None
) -> "pa.DataFrameSchema":
    """Return a schema of exactly these columns, in this order."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(dict(columns), strict=True, ordered=True, coerce=True, unique=unique)


def text(*, missing: bool = False) -> "pa.Column":
    """Return a column of text."""
    import pandera.pandas as pa

    return pa.Column(str, nullable=missing)


def one_of(codes: "tuple[str, ...] | list[str]", *, missing: bool = False) -> "pa.Column":
    """Return a column of codes."""
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.isin(codes), nullable=missing)


def month() -> "pa.Column":
    """Return a column of months as ``YYYY-MM``."""
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.str_matches(MONTH))


def whole(minimum: int = 0, *, missing: bool = False) -> "pa.Column":
    """Return a column of whole numbers."""
    import pandera.pandas as pa

    return pa.Column("Int64" if missing else "int64", pa.Check.ge(minimum), nullable=missing)


def number(minimum: float | None = 0, *, missing: bool = False) -> "pa.Column":
    """Return a column of numbers."""
    import pandera.pandas as pa

    check = None if minimum is None else pa.Check.ge(minimum)
    return pa.Column("float64", check, nullable=missing)


def share(*, missing: bool = False) -> "pa.Column":
    """Return a column of shares, 0 to 1."""
    import pandera.pandas as pa

    return pa.Column("float64", pa.Check.in_range(0, 1 + 1e-9), nullable=missing)


def flag(*, missing: bool = False) -> "pa.Column":
    """Return a column of yes and no."""
    import pandera.pandas as pa

    return pa.Column("boolean" if missing else bool, nullable=missing)


def ratio(name: str) -> "dict[str, pa.Column]":
    """Return the columns of a ratio and its interval, each missing where nothing tells it."""
    return {f"{name}{end}": number(missing=True) for end in ("", "_low", "_high")}


def geometry(*, missing: bool = False) -> "pa.Column":
    """Return a column of polygons."""
    import pandera.pandas as pa

    return pa.Column(nullable=missing)
