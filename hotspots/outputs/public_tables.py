"""What the public may see, as documents and flat rows: areas in force, and counts per area."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
from shapely import MultiPolygon

from hotspots.register import Decider, LighterMeasure, Measure, Season

Told = Literal["shown", "hidden", "no_data"]
"""Whether a count is shown, hidden so that nobody is told of, or not known."""

CITY = "municipality"
"""Code of the row with the whole municipality."""


@dataclass(frozen=True, slots=True)
class PublicArea:
    """An area measure in force; a field that the policy keeps back is empty.

    `object_until` is the last day on which one may object; `evaluated` says that the evaluation of
    `evaluation_on` was held; `shape` is in metres.
    """

    id: str
    kind: str
    kind_title: str
    name: str
    goal: str
    legal_basis: str
    decider: Decider | None
    start: date | None
    end: date | None
    hours: tuple[str, ...]
    season: Season | None
    package: tuple[Measure, ...]
    lighter_measures: tuple[LighterMeasure, ...]
    published_on: date | None
    publication: str
    object_until: date | None
    evaluation_on: date | None
    evaluated: bool
    streets: tuple[str, ...]
    shape: MultiPolygon | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of one year as it is told; `missing_months` (``YYYY-MM``) were not delivered."""

    year: int
    told: Told
    count: int | None
    missing_months: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """The years of a theme; without a theme, of its group together."""

    theme: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group of themes: its total first, where it has more than one theme."""

    group: str
    lines: tuple[ThemeLine, ...]


@dataclass(frozen=True, slots=True)
class SafetyDocument:
    """Figures of one area, or of the whole municipality, over the years."""

    area_code: str
    area_name: str
    years: tuple[int, ...]
    groups: tuple[GroupLines, ...]
    missing_months: tuple[str, ...]
    sources: tuple[str, ...]
    runs: tuple[str, ...]
    cut_off: date


def safety_document(figures: pd.DataFrame, area_code: str) -> SafetyDocument | None:
    """Return the figures of one area; none where there are none.

    Parameters
    ----------
    figures
        As :func:`hotspots.pipeline.public.first_published` returns them.
    area_code
        Code of the area, or :data:`CITY`.
    """
    mine = figures[figures["area_code"] == area_code]
    if mine.empty:
        return None
    years = tuple(int(year) for year in sorted(mine["year"].unique()))
    return SafetyDocument(
        area_code=area_code,
        area_name=str(mine["area_name"].iloc[-1]),
        years=years,
        groups=tuple(_groups(mine, years)),
        missing_months=tuple(
            sorted({each for row in mine["missing_months"] for each in row.split()})
        ),
        sources=tuple(sorted({each for row in mine["source"] for each in row.split(", ") if each})),
        runs=tuple(mine["run"].unique()),
        cut_off=date.fromisoformat(str(mine["cut_off"].max())),
    )


def areas_of(figures: pd.DataFrame) -> list[tuple[str, str]]:
    """Return code and name of each area with figures, by name: no area comes before another."""
    smaller = figures[figures["area_code"] != CITY]
    named = dict(zip(smaller["area_code"], smaller["area_name"], strict=True))
    return sorted(named.items(), key=lambda pair: (pair[1].casefold(), pair[0]))


def figures_rows(figures: pd.DataFrame) -> pd.DataFrame:
    """Return all figures as flat rows for CSV: by name of the area, then theme and year."""
    ordered = figures.assign(
        theme=figures["theme"].fillna(""), at=figures["area_name"].str.casefold()
    ).sort_values(["at", "area_code", "group", "theme", "year"], ignore_index=True)
    return ordered.drop(columns="at")


def areas_rows(areas: Sequence[PublicArea]) -> pd.DataFrame:
    """Return the areas in force as flat rows for CSV; the shape as WKT, in metres."""
    return pd.DataFrame(
        {
            "id": [each.id for each in areas],
            "kind": [each.kind for each in areas],
            "kind_title": [each.kind_title for each in areas],
            "name": [each.name for each in areas],
            "goal": [each.goal for each in areas],
            "legal_basis": [each.legal_basis for each in areas],
            "decider": [each.decider or "" for each in areas],
            "start": [_iso(each.start) for each in areas],
            "end": [_iso(each.end) for each in areas],
            "hours": ["; ".join(each.hours) for each in areas],
            "published_on": [_iso(each.published_on) for each in areas],
            "publication": [each.publication for each in areas],
            "object_until": [_iso(each.object_until) for each in areas],
            "evaluation_on": [_iso(each.evaluation_on) for each in areas],
            "streets": ["; ".join(each.streets) for each in areas],
            "wkt": ["" if each.shape is None else each.shape.wkt for each in areas],
        },
        dtype="str",
    )


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _groups(mine: pd.DataFrame, years: Sequence[int]) -> Iterator[GroupLines]:
    for group, rows in mine.groupby("group", sort=False):
        themes = dict.fromkeys(rows["theme"].fillna(""))
        lines = tuple(
            _line(rows[rows["theme"].fillna("") == theme], theme, years)
            for theme in sorted(themes, key=lambda each: each != "")  # the total first
        )
        yield GroupLines(str(group), lines)


def _line(rows: pd.DataFrame, theme: str, years: Sequence[int]) -> ThemeLine:
    by_year = {int(row["year"]): row for row in rows.to_dict("records")}
    return ThemeLine(
        theme or None,
        tuple(
            _cell(year, by_year[year]) if year in by_year else Cell(year, "no_data", None)
            for year in years
        ),
    )


def _cell(year: int, row: Mapping[Hashable, Any]) -> Cell:
    told: Told = row["told"]
    count = int(row["count"]) if told == "shown" else None
    return Cell(year, told, count, tuple(row["missing_months"].split()))
