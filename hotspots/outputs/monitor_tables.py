"""The half-year monitor of a run as documents: one area, its themes, its sources, its events."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hotspots.errors import NotFound, Problem
from hotspots.outputs.tables import RunTables
from hotspots.results.codes import Verdict
from hotspots.schemas import EventKind

RESULT = "monitor"


@dataclass(frozen=True, slots=True)
class Half:
    """A half-year of a theme; counts are over `same_months` months, also those before.

    `before_a_year` is the average of `years_before` years. A change that nothing tells is none.
    """

    first_month: str
    last_month: str
    same_months: int
    years_before: int
    count: int | None
    before_a_year: float | None
    ratio: tuple[float | None, float | None, float | None]
    relative: tuple[float | None, float | None, float | None]
    missing_months: tuple[str, ...]
    few: bool


@dataclass(frozen=True, slots=True)
class ThemeHalves:
    """A theme from one source, the newest half-year first."""

    theme: str
    source: str
    halves: tuple[Half, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Reports of citizens beside records of the police, over the newest half-year."""

    reports_theme: str
    records_theme: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Explaining:
    """A dated event that may explain a break; `here` when it was not of the whole city."""

    kind: EventKind
    name: str
    first_day: date
    last_day: date
    here: bool


@dataclass(frozen=True, slots=True)
class MonitorDocument:
    """What a district safety meeting looks at, of one area.

    `spans` are the half-years, the newest first; `years` the most years before that are compared.
    """

    run: str
    until: date
    area_code: str
    area_name: str
    spans: tuple[tuple[str, str], ...]
    years: int
    groups: tuple[tuple[str, tuple[ThemeHalves, ...]], ...]
    pairs: tuple[Pair, ...]
    events: tuple[Explaining, ...]


def has_monitor(run: RunTables) -> bool:
    """Tell whether a run made the monitor."""
    return RESULT in run.record.results


def areas_of(run: RunTables) -> dict[str, str]:
    """Return the areas of the monitor, names by code in alphabetical order."""
    areas = run.table("monitor_areas")
    own = areas[areas["area_code"] == areas["monitor_code"]].sort_values("area_name")
    return dict(zip(own["area_code"], own["area_name"], strict=True))


def level_of(run: RunTables) -> str:
    """Return the level of the areas of the monitor, such as ``stadsdeel``."""
    areas = run.table("monitor_areas")
    return str(areas.loc[areas["area_code"] == areas["monitor_code"], "level"].iloc[0])


def monitor_document(run: RunTables, area_code: str) -> MonitorDocument:
    """Return the monitor of one area.

    Raises
    ------
    NotFound
        When the run made no monitor, or has no such area in it.
    """
    if not has_monitor(run) or area_code not in (names := areas_of(run)):
        raise NotFound(
            Problem("This run has no such half-year monitor.", "The page /monitor lists them.")
        )
    table = run.table(RESULT)
    policy: Mapping[str, Any] = run.record.policy
    few = int(policy["rates"]["few_incidents"])
    rows = table[table["area_code"] == area_code].to_dict("records")
    themes = {theme: _halves(rows, theme, few) for theme in dict.fromkeys(r["theme"] for r in rows)}
    spans = {(str(row["first_month"]), str(row["last_month"])) for row in rows}
    return MonitorDocument(
        run=run.record.id,
        until=run.record.until,
        area_code=area_code,
        area_name=names[area_code],
        spans=tuple(sorted(spans, reverse=True)),
        years=int(policy["monitor"]["years"]),
        groups=tuple(
            (group, tuple(themes[theme] for theme in held if theme in themes))
            for group, held in policy["publication"]["groups"].items()
            if set(held) & themes.keys()
        ),
        pairs=_pairs(run, area_code),
        events=_events(run, area_code),
    )


def _halves(rows: list[dict[Hashable, Any]], theme: str, few: int) -> ThemeHalves:
    own = sorted((r for r in rows if r["theme"] == theme), key=lambda r: str(r["first_month"]))
    return ThemeHalves(theme, str(own[-1]["source"]), tuple(_half(r, few) for r in reversed(own)))


def _half(row: Mapping[Hashable, Any], few: int) -> Half:
    count, years = _whole(row["count"]), int(row["years_before"])
    before = _whole(row["count_before"])
    average = None if before is None or not years else before / years
    return Half(
        first_month=str(row["first_month"]),
        last_month=str(row["last_month"]),
        same_months=int(row["same_months"]),
        years_before=years,
        count=count,
        before_a_year=average,
        ratio=_interval(row, "ratio"),
        relative=_interval(row, "relative"),
        missing_months=tuple(str(row["missing_months"]).split()),
        few=count is not None and average is not None and min(count, average) < few,
    )


def _interval(
    row: Mapping[Hashable, Any], name: str
) -> tuple[float | None, float | None, float | None]:
    return _real(row[name]), _real(row[f"{name}_low"]), _real(row[f"{name}_high"])


def _whole(value: Any) -> int | None:
    import pandas as pd

    return None if pd.isna(value) else int(value)


def _real(value: Any) -> float | None:
    import pandas as pd

    return None if pd.isna(value) else float(value)


def _pairs(run: RunTables, area_code: str) -> tuple[Pair, ...]:
    if "monitor_sources" not in run.record.results:
        return ()
    table = run.table("monitor_sources")
    return tuple(
        Pair(row["reports_theme"], row["records_theme"], row["verdict"])
        for row in table[table["area_code"] == area_code].to_dict("records")
    )


def _events(run: RunTables, area_code: str) -> tuple[Explaining, ...]:
    table = run.table("monitor_events")
    here = table["area_code"] == area_code
    return tuple(
        Explaining(
            row["kind"],
            row["name"],
            date.fromisoformat(row["first_day"]),
            date.fromisoformat(row["last_day"]),
            row["area_code"] == area_code,
        )
        for row in table[here | table["area_code"].isna()].to_dict("records")
    )
