"""What each table holds: levels, themes and the columns of every frame.

The tables themselves are documented where they are declared, below. Frames are validated with
pandera when they enter the store and when they leave it, so that every room can rely on them.
"""

import re
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import AfterValidator

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

Level = Literal["municipality", "stadsdeel", "wijk", "buurt", "service-area"]
"""A division of the municipality; codes are unique within a level."""

LEVELS: tuple[Level, ...] = get_args(Level)

Kind = Literal["areas", "counts", "incidents", "dwellings", "built-up"]
"""What a delivery holds."""

Attempt = Literal["completed", "attempted", "unknown"]
"""Whether a crime was completed; ``unknown`` where the source cannot tell."""

Initiator = Literal["citizen", "police", "unknown"]
"""Who brought an incident in; police and enforcement find what they look for."""

TimePrecision = Literal["minute", "day", "month"]
"""How precisely the start of an incident is known."""

StudyAreaOrigin = Literal["built-up", "municipality", "derived"]
"""Where the study area comes from; derived from the incidents where there is no polygon."""

Status = Literal["ranked", "no_data", "no_rate"]
"""An area's place in a ranking: ranked, without any delivered month, or without dwellings."""

UNSCORED_THEMES: dict[str, str] = {
    "confused_person": "disturbance by a confused person (E33) is adjacent to health",
    "income": "income is a proxy for people",
    "benefits": "benefits are a proxy for people",
    "migration_background": "migration background is a proxy for people",
    "home_nuisance": "nuisance in and around homes is address-level, not public space",
}
"""Themes that may be present in a delivery but never enter a score, with the reason."""


def refuse_unscored_theme(theme: str) -> str:
    """Return `theme` if it may be scored.

    Raises
    ------
    ValueError
        For a malformed name, or a theme of :data:`UNSCORED_THEMES`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", theme):
        raise ValueError(f"{theme!r} is not a theme: use lower-case words joined by underscores")
    if theme in UNSCORED_THEMES:
        raise ValueError(f"theme {theme!r} is never scored: {UNSCORED_THEMES[theme]}")
    return theme


Theme = Annotated[str, AfterValidator(refuse_unscored_theme)]
"""A theme that may be scored, such as ``burglary``."""


_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


def areas_schema() -> "pa.DataFrameSchema":
    """Areas: one row per `area_code` of one level; polygons in the workspace's metric CRS.

    Columns: `area_code`, `area_name`, `level`, `parent_code` (code one level up, may be missing),
    `dwellings` (number of dwellings, missing where unknown) and `geometry` (polygon, may be
    missing when the delivery had none).
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "area_code": pa.Column(str, pa.Check.str_length(1, 40), unique=True),
            "area_name": pa.Column(str),
            "level": pa.Column(str, pa.Check.isin(LEVELS)),
            "parent_code": pa.Column(str, nullable=True),
            "dwellings": pa.Column("Int64", pa.Check.ge(0), nullable=True),
            "geometry": pa.Column(nullable=True),
        },
        strict=True,
        ordered=True,
    )


def counts_schema() -> "pa.DataFrameSchema":
    """Counts: incidents per area, month, theme and attempt.

    Columns: `area_code`, `level`, `month` (``YYYY-MM``), `theme`, `attempt`
    (see :data:`Attempt`) and `count` (whole number, 0 or more); unique but for `count`.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "area_code": pa.Column(str, pa.Check.str_length(1, 40)),
            "level": pa.Column(str, pa.Check.isin(LEVELS)),
            "month": pa.Column(str, pa.Check.str_matches(_MONTH)),
            "theme": pa.Column(str),
            "attempt": pa.Column(str, pa.Check.isin(get_args(Attempt))),
            "count": pa.Column("int64", pa.Check.ge(0)),
        },
        strict=True,
        ordered=True,
        unique=["area_code", "month", "theme", "attempt"],
    )


def incidents_schema() -> "pa.DataFrameSchema":
    """Incidents: one row each, a point in the workspace's metric CRS.

    Columns: `theme`, `attempt`, `initiator` (see :data:`Attempt` and :data:`Initiator`), `month`
    (``YYYY-MM``), `start` and `end` (local time, missing where unknown), `time_precision`
    (see :data:`TimePrecision`), `precision_m` (size in metres of the last digit delivered) and
    `geometry`. What identifies a case is not kept.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "attempt": pa.Column(str, pa.Check.isin(get_args(Attempt))),
            "initiator": pa.Column(str, pa.Check.isin(get_args(Initiator))),
            "month": pa.Column(str, pa.Check.str_matches(_MONTH)),
            "start": pa.Column("datetime64[s]", nullable=True),
            "end": pa.Column("datetime64[s]", nullable=True),
            "time_precision": pa.Column(str, pa.Check.isin(get_args(TimePrecision))),
            "precision_m": pa.Column("float64", pa.Check.gt(0)),
            "geometry": pa.Column(),
        },
        strict=True,
        ordered=True,
    )


def dwellings_schema() -> "pa.DataFrameSchema":
    """Dwellings: a point each in the workspace's metric CRS, with the number of `dwellings`."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {"dwellings": pa.Column("int64", pa.Check.ge(0)), "geometry": pa.Column()},
        strict=True,
        ordered=True,
    )


def built_up_schema() -> "pa.DataFrameSchema":
    """Built-up land: polygons in the workspace's metric CRS."""
    import pandera.pandas as pa

    return pa.DataFrameSchema({"geometry": pa.Column()}, strict=True)


def priorities_schema() -> "pa.DataFrameSchema":
    """Result `priorities`: one row per theme, level and area, with its geometry.

    `count` and `count_completed` are incidents over the years (completed is missing where the
    source cannot tell); `exposure` is in dwelling-years, reduced by missing months;
    `rate_per_1000`, `eb_rate`, `eb_low`, `eb_high` are per 1,000 dwelling-years;
    `rank_count`, `rank_rate` and `rank` start at 1; `p_top` is the share of posterior draws with
    a rank of at most k; `count_last` and `count_previous` compare the last year with the year
    before over `same_months` months delivered in both; `remarks` holds reason codes joined by
    spaces (`few_incidents`, `few_dwellings`, `months_unknown`). Rows that are not ranked keep
    missing values, never zeros.
    """
    import pandera.pandas as pa

    def number(check: "pa.Check | None" = None) -> "pa.Column":
        return pa.Column("float64", check, nullable=True)

    def whole(minimum: int = 0) -> "pa.Column":
        return pa.Column("Int64", pa.Check.ge(minimum), nullable=True)

    not_negative = pa.Check.ge(0)
    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "level": pa.Column(str, pa.Check.isin(LEVELS)),
            "area_code": pa.Column(str),
            "area_name": pa.Column(str),
            "status": pa.Column(str, pa.Check.isin(get_args(Status))),
            "count": whole(),
            "count_completed": whole(),
            "dwellings": whole(),
            "exposure": number(not_negative),
            "rate_per_1000": number(not_negative),
            "eb_rate": number(not_negative),
            "eb_low": number(not_negative),
            "eb_high": number(not_negative),
            "rank_count": whole(1),
            "rank_rate": whole(1),
            "rank": whole(1),
            "p_top": number(pa.Check.in_range(0, 1)),
            "count_last": whole(),
            "count_previous": whole(),
            "same_months": whole(),
            "remarks": pa.Column(str),
            "geometry": pa.Column(nullable=True),
        },
        strict=True,
        ordered=True,
        coerce=True,
        unique=["theme", "level", "area_code"],
    )


def months_schema() -> "pa.DataFrameSchema":
    """Result `months`: per theme every month up to the cut-off, city-wide.

    Columns: `theme`, `month` (``YYYY-MM``), `status` (`delivered`, `missing`), `count` and
    `source`; a missing month has no count.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "month": pa.Column(str),
            "status": pa.Column(str, pa.Check.isin(["delivered", "missing"])),
            "count": pa.Column("Int64", pa.Check.ge(0), nullable=True),
            "source": pa.Column(str, nullable=True),
        },
        strict=True,
        ordered=True,
        coerce=True,
        unique=["theme", "month"],
    )


def target_schema() -> "pa.DataFrameSchema":
    """Result `target`: the city-wide count of each year against the year before.

    Columns: `theme`, `year`, `completed_only` (false where attempts cannot be told apart),
    `count` and `count_previous` over `same_months` months delivered in both years, `ratio`
    (count over previous), its 95% interval `ratio_low`, `ratio_high`, and `met` (whether the
    point estimate meets the goal; the interval tells whether that can be chance).
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "year": pa.Column("int64"),
            "completed_only": pa.Column(bool),
            "count": pa.Column("int64", pa.Check.ge(0)),
            "count_previous": pa.Column("int64", pa.Check.ge(0)),
            "same_months": pa.Column("int64", pa.Check.in_range(1, 12)),
            "ratio": pa.Column("float64", nullable=True),
            "ratio_low": pa.Column("float64", nullable=True),
            "ratio_high": pa.Column("float64", nullable=True),
            "met": pa.Column("boolean", nullable=True),
        },
        strict=True,
        ordered=True,
        coerce=True,
        unique=["theme", "year"],
    )


def unplaced_schema() -> "pa.DataFrameSchema":
    """Result `unplaced`: counts that no area of a ranking's level could take.

    Columns: `theme`, `level` (of the ranking), `area_code` (as delivered) and `count`.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "level": pa.Column(str, pa.Check.isin(LEVELS)),
            "area_code": pa.Column(str),
            "count": pa.Column("int64", pa.Check.ge(0)),
        },
        strict=True,
        ordered=True,
        coerce=True,
        unique=["theme", "level", "area_code"],
    )


def hotspots_schema() -> "pa.DataFrameSchema":
    """Result `hotspots`: computed hotspots per theme and period, never priority areas.

    `hotspot_id`, `theme`, `months` (length of the period) and `kind` (`hotspot`, `one_night`,
    `stack`); `count`, of which `stacked_count` on stacked locations; `area_km2`; `share` of the
    theme's incidents; `times_city_mean` (incidents per km2 over those of the study area);
    `gi_star_z`, `p_value`, `q_value` (missing where not tested); `methods` that point here and
    their number `agreement`; `stack_share`, `one_night_share`, `one_night` (``MM-DD``);
    `months_with_incidents`, `first_month`, `last_month` (``YYYY-MM``); `remarks` (reason codes
    joined by spaces); `geometry`. See :func:`hotspots.analysis.evidence.hotspot_evidence`.
    """
    import pandera.pandas as pa

    share = pa.Check.in_range(0, 1)
    return pa.DataFrameSchema(
        {
            "hotspot_id": pa.Column(str, unique=True),
            "theme": pa.Column(str),
            "months": pa.Column("int64", pa.Check.ge(1)),
            "kind": pa.Column(str, pa.Check.isin(["hotspot", "one_night", "stack"])),
            "count": pa.Column("int64", pa.Check.ge(1)),
            "stacked_count": pa.Column("int64", pa.Check.ge(0)),
            "area_km2": pa.Column("float64", pa.Check.gt(0)),
            "share": pa.Column("float64", share),
            "times_city_mean": pa.Column("float64", pa.Check.gt(0)),
            "gi_star_z": pa.Column("float64", nullable=True),
            "p_value": pa.Column("float64", share, nullable=True),
            "q_value": pa.Column("float64", share, nullable=True),
            "methods": pa.Column(str),
            "agreement": pa.Column("int64", pa.Check.in_range(0, 3)),
            "stack_share": pa.Column("float64", share),
            "one_night_share": pa.Column("float64", share, nullable=True),
            "one_night": pa.Column(str, nullable=True),
            "months_with_incidents": pa.Column("int64", pa.Check.ge(1)),
            "first_month": pa.Column(str, pa.Check.str_matches(_MONTH)),
            "last_month": pa.Column(str, pa.Check.str_matches(_MONTH)),
            "remarks": pa.Column(str),
            "geometry": pa.Column(),
        },
        strict=True,
        ordered=True,
        coerce=True,
    )


def cells_schema() -> "pa.DataFrameSchema":
    """Result `cells`: what the hotspots rest on, per theme, period and study cell.

    `theme`, `months`; `x`, `y` (middle, metres in the workspace's CRS); `count` (incidents),
    `tested_count` (not on a stacked location), `density_per_km2`, `gi_star_z`, one-sided
    `p_hot`, `p_cold` and their `q_hot`, `q_cold`.
    """
    import pandera.pandas as pa

    chance = pa.Check.in_range(0, 1 + 1e-9)
    return pa.DataFrameSchema(
        {
            "theme": pa.Column(str),
            "months": pa.Column("int64"),
            "x": pa.Column("float64"),
            "y": pa.Column("float64"),
            "count": pa.Column("int64", pa.Check.ge(0)),
            "tested_count": pa.Column("int64", pa.Check.ge(0)),
            "density_per_km2": pa.Column("float64", pa.Check.ge(0)),
            "gi_star_z": pa.Column("float64"),
            "p_hot": pa.Column("float64", chance),
            "p_cold": pa.Column("float64", chance),
            "q_hot": pa.Column("float64", chance),
            "q_cold": pa.Column("float64", chance),
        },
        strict=True,
        ordered=True,
        coerce=True,
    )


def validated(frame: "pd.DataFrame", schema: "pa.DataFrameSchema") -> "pd.DataFrame":
    """Return `frame` if it holds what `schema` says.

    Raises
    ------
    pandera.errors.SchemaErrors
        With every failure at once. This is a defect of ours, never of the input: input is
        refused with :class:`hotspots.errors.Problem` by ``ingest``.
    """
    return schema.validate(frame, lazy=True, inplace=True)
