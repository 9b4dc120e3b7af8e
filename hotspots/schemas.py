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

Kind = Literal["areas", "counts", "incidents", "dwellings", "built-up", "groups", "events"]
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

Grading = Literal["low", "middle", "high"]
"""Label of a youth group (*laag, midden, hoog*), or how sure its inventory is."""

LeadBody = Literal["stadsdeel", "partners", "municipality"]
"""Who leads the approach of a youth group; the municipality does so with the *Veiligheidshuis*."""

LEAD_BODIES: dict[Grading, LeadBody] = {
    "low": "stadsdeel",
    "middle": "partners",
    "high": "municipality",
}
"""Who leads by a group's label, from the lowest."""

EventKind = Literal[
    "football", "new_year", "demonstration", "event", "hot_day",
    "campaign", "enforcement_action", "new_channel", "measure", "registration_change",
    "other",
]  # fmt: skip
"""What a dated event is."""

DISTORTING: tuple[EventKind, ...] = get_args(EventKind)[:5]
"""Kinds of event whose days distort counts."""

EXPLAINING: tuple[EventKind, ...] = get_args(EventKind)[5:10]
"""Kinds of event that may explain why counts before and after it differ."""

UNSCORED_THEMES: dict[str, str] = {
    "confused_person": "disturbance by a confused person (E33) is adjacent to health",
    "income": "income is a proxy for people",
    "benefits": "benefits are a proxy for people",
    "migration_background": "migration background is a proxy for people",
    "home_nuisance": "nuisance in and around homes is address-level, not public space",
}
"""Themes that may be present in a delivery but never enter a score, with the reason."""

_UNSCORED_NAMES: dict[str, str] = {
    UNSCORED_THEMES["confused_person"]: (
        r"(?<![a-z0-9])e33(?![a-z0-9])|confused|verward|onbegrepen|(mental|perceived)_?health"
    ),
    UNSCORED_THEMES["income"]: r"income|inkomen(?!de)",
    UNSCORED_THEMES["benefits"]: (
        r"benefit|uitkering|(?<![a-z])bijstand|(?<![a-z])(ww|wao|wia|wajong)(?![a-z])"
    ),
    UNSCORED_THEMES["migration_background"]: (
        r"migra|westers|western|marokk|turk|suriname|antill|herkomst|afkomst"
        r"|nationalit|etnici|ethnic|geboorteland"
    ),
    UNSCORED_THEMES["home_nuisance"]: (
        r"home_?nuisance|(woon|woning|buren)_?overlast|buren_?ruzie|neighbou?r_?(nuisance|dispute)"
    ),
    "inhabitants are people, and dwellings are what is at risk": (
        r"inwoner|population|bevolking|inhabitant"
    ),
}
"""Per reason, what the name of a theme or a column holds that is kept out for it."""


def why_unscored(name: str) -> str | None:
    """Return why a theme or a column may never enter a score, judged by its name; none if it may.

    Examples
    --------
    >>> why_unscored("mean_income")
    'income is a proxy for people'
    """
    if name in UNSCORED_THEMES:
        return UNSCORED_THEMES[name]
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold())
    found = (why for why, pattern in _UNSCORED_NAMES.items() if re.search(pattern, plain))
    return next(found, None)


def refuse_unscored_theme(theme: str) -> str:
    """Return `theme` if it may be scored.

    Raises
    ------
    ValueError
        For what :func:`why_unscored` keeps out, and for a malformed name.
    """
    why = why_unscored(theme)
    if why:
        raise ValueError(f"theme {theme!r} is never scored: {why}")
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", theme):
        raise ValueError(f"{theme!r} is not a theme: use lower-case words joined by underscores")
    return theme


Theme = Annotated[str, AfterValidator(refuse_unscored_theme)]
"""A theme that may be scored, such as ``burglary``."""

RISK_LAYER, GROUPS_LAYER = "burglary_risk", "youth_groups"
"""Layers that are no theme: burglaries per dwelling, and the zones of youth groups."""

RISK_THEME = "burglary"
"""The theme of which the risk is per dwelling."""


MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


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
            "month": pa.Column(str, pa.Check.str_matches(MONTH)),
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
            "month": pa.Column(str, pa.Check.str_matches(MONTH)),
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


def groups_schema() -> "pa.DataFrameSchema":
    """Youth groups: one row per `round` (``YYYY-H1``, ``YYYY-H2``) and `group_id`; confidential.

    Columns: `round`, `group_id` and `network` (pseudonymous codes; a group may have no network),
    `label` and `confidence` (see :data:`Grading`; the second may be missing), `themes` (joined by
    spaces), `lead_body` (see :data:`LeadBody`) and `geometry` (coarse zone in the workspace's
    metric CRS, missing for a group without a fixed place).
    """
    import pandera.pandas as pa

    gradings = pa.Check.isin(get_args(Grading))
    return pa.DataFrameSchema(
        {
            "round": pa.Column(str, pa.Check.str_matches(r"^\d{4}-H[12]$")),
            "group_id": pa.Column(str, pa.Check.str_length(1, 20)),
            "network": pa.Column(str, pa.Check.str_length(1, 20), nullable=True),
            "label": pa.Column(str, gradings),
            "confidence": pa.Column(str, gradings, nullable=True),
            "themes": pa.Column(str),
            "lead_body": pa.Column(str, pa.Check.isin(get_args(LeadBody))),
            "geometry": pa.Column(nullable=True),
        },
        strict=True,
        ordered=True,
        unique=["round", "group_id"],
    )


def events_schema() -> "pa.DataFrameSchema":
    """Events: what happened, from its first day `start` to its last day `end`.

    Columns: `start`, `end` (midnight), `kind` (see :data:`EventKind`), `name`, and the `level`
    and `area_code` of where it was, both missing for the whole city.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "start": pa.Column("datetime64[s]"),
            "end": pa.Column("datetime64[s]"),
            "kind": pa.Column(str, pa.Check.isin(get_args(EventKind))),
            "name": pa.Column(str),
            "level": pa.Column(str, pa.Check.isin(LEVELS), nullable=True),
            "area_code": pa.Column(str, pa.Check.str_length(1, 40), nullable=True),
        },
        strict=True,
        ordered=True,
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
