"""Columns that the schemas of facts and of results are written in, and the check of a frame."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.schemas import MONTH

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa


def table(
    columns: "Mapping[str, pa.Column]", *, unique: list[str] | None = None, coerce: bool = True
) -> "pa.DataFrameSchema":
    """Return a schema of exactly these columns, in this order.

    Facts are not coerced: a number that was cut to fit a column would no longer be the delivered.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        dict(columns), strict=True, ordered=True, coerce=coerce, unique=unique
    )


def text(*, missing: bool = False) -> "pa.Column":
    """Return a column of text."""
    import pandera.pandas as pa

    return pa.Column(str, nullable=missing)


def code(longest: int = 40, *, missing: bool = False, unique: bool = False) -> "pa.Column":
    """Return a column of codes of a source, of at most so many characters and never empty."""
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.str_length(1, longest), nullable=missing, unique=unique)


def one_of(codes: "tuple[str, ...] | list[str]", *, missing: bool = False) -> "pa.Column":
    """Return a column of words that are known."""
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.isin(codes), nullable=missing)


def month(*, missing: bool = False) -> "pa.Column":
    """Return a column of months as ``YYYY-MM``."""
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.str_matches(MONTH), nullable=missing)


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
    """Return a column of points, lines or polygons."""
    import pandera.pandas as pa

    return pa.Column(nullable=missing)


def moment(*, missing: bool = False) -> "pa.Column":
    """Return a column of local dates and times."""
    import pandera.pandas as pa

    return pa.Column("datetime64[s]", nullable=missing)


def validated(frame: "pd.DataFrame", schema: "pa.DataFrameSchema") -> "pd.DataFrame":
    """Return `frame` if it holds what `schema` says.

    Raises
    ------
    pandera.errors.SchemaErrors
        With every failure at once. This is a defect of ours, never of the input: input is
        refused with :class:`hotspots.errors.Problem` by ``ingest``.
    """
    return schema.validate(frame, lazy=True, inplace=True)
