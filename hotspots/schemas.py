"""The words that facts, results and records share: levels, themes and kinds."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

Level = Literal["municipality", "stadsdeel", "wijk", "buurt", "service-area"]
"""A division of the municipality; codes are unique within a level."""

LEVELS: tuple[Level, ...] = get_args(Level)

Kind = Literal[
    "areas", "counts", "incidents", "dwellings", "built-up", "groups", "events",
    "sites", "cameras", "buildings", "heights", "public-space", "streets",
]  # fmt: skip
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

SiteKind = Literal["pole", "facade"]
"""What a camera may be mounted on."""

CameraClass = Literal["fixed", "flexible", "stadium"]
"""Why a camera stands where it does; stadium cameras are watched on match days."""

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
"""How a month is written: ``YYYY-MM``."""
