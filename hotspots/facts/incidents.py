"""What happened: counts per area and month, incidents one by one, and dated events."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import code, geometry, moment, month, one_of, table, text, whole
from hotspots.schemas import LEVELS, Attempt, EventKind, Initiator, TimePrecision

if TYPE_CHECKING:
    import pandera.pandas as pa


def counts_schema() -> "pa.DataFrameSchema":
    """Counts: incidents per area, month, theme and attempt.

    Columns: `area_code`, `level`, `month` (``YYYY-MM``), `theme`, `attempt`
    (see :data:`Attempt`) and `count` (whole number, 0 or more); unique but for `count`.
    """
    return table(
        {
            "area_code": code(),
            "level": one_of(LEVELS),
            "month": month(),
            "theme": text(),
            "attempt": one_of(get_args(Attempt)),
            "count": whole(),
        },
        unique=["area_code", "month", "theme", "attempt"],
        coerce=False,
    )


def incidents_schema() -> "pa.DataFrameSchema":
    """Incidents: one row each, a point in the workspace's metric CRS.

    Columns: `theme`, `attempt`, `initiator` (see :data:`Attempt` and :data:`Initiator`), `month`
    (``YYYY-MM``), `start` and `end` (local time, missing where unknown), `time_precision`
    (see :data:`TimePrecision`), `precision_m` (size in metres of the last digit delivered) and
    `geometry`. What identifies a case is not kept.
    """
    import pandera.pandas as pa

    return table(
        {
            "theme": text(),
            "attempt": one_of(get_args(Attempt)),
            "initiator": one_of(get_args(Initiator)),
            "month": month(),
            "start": moment(missing=True),
            "end": moment(missing=True),
            "time_precision": one_of(get_args(TimePrecision)),
            "precision_m": pa.Column("float64", pa.Check.gt(0)),
            "geometry": geometry(),
        },
        coerce=False,
    )


def events_schema() -> "pa.DataFrameSchema":
    """Events: what happened, from its first day `start` to its last day `end`.

    Columns: `start`, `end` (midnight), `kind` (see :data:`EventKind`), `name`, and the `level`
    and `area_code` of where it was, both missing for the whole city.
    """
    return table(
        {
            "start": moment(),
            "end": moment(),
            "kind": one_of(get_args(EventKind)),
            "name": text(),
            "level": one_of(LEVELS, missing=True),
            "area_code": code(missing=True),
        },
        coerce=False,
    )
