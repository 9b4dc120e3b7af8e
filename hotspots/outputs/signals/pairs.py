"""Reports of citizens beside records of the police, as they are shown."""

from typing import get_args

import pandas as pd

from hotspots.months import month_name, month_number, months_between, years_back
from hotspots.outputs.basis import Basis, basis_of
from hotspots.outputs.policies import alpha
from hotspots.outputs.tables import RunTables, Shown, plain_records
from hotspots.results.codes import Part, Verdict

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Verdicts on two sources, in the order in which a reader wants them."""


class Counted(Shown):
    """What one source counted now and before, with the ratio and its 95% interval.

    All of it is missing where there are no months to compare.
    """

    now: int | None
    before: int | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


class ComparedArea(Shown):
    """Two sources in one area, over `same_months` months known in both periods.

    `divergence` is the ratio of reports over that of records, with its 95% interval. `local` is
    true where a contradiction is stronger than in the rest of the city.
    """

    area_code: str
    area_name: str
    same_months: int
    reports: Counted
    records: Counted
    divergence: float | None
    divergence_low: float | None
    divergence_high: float | None
    verdict: Verdict
    local: bool
    q_value: float | None


class Comparison(Shown):
    """Reports of citizens beside records of the police; contradictions come first.

    `first_month` to `last_month` was compared with the same months of one or more years before;
    `missing_months` of either period were not delivered by one of the two. `alpha` is the share of
    contradictions that are expected to be none.
    """

    reports_theme: str
    records_theme: str
    level: str
    months: int
    first_month: str
    last_month: str
    before_first_month: str
    before_last_month: str
    missing_months: list[str]
    alpha: float
    sources: list[str]
    areas: list[ComparedArea]


def comparisons_of(run: RunTables) -> list[Comparison]:
    """Return every pair of sources of a run, area by area."""
    if "sources" not in run.record.results:
        return []
    pair = ["reports_theme", "records_theme", "level", "first_month", "last_month"]
    return [
        _comparison(run, dict(zip(pair, map(str, names), strict=True)), table)
        for names, table in run.table("sources").groupby(pair, sort=False)
    ]


def _comparison(run: RunTables, pair: dict[str, str], table: pd.DataFrame) -> Comparison:
    now = (pair["first_month"], pair["last_month"])
    months = len(months_between(*now))
    first, last = (month_name(month_number(month) - years_back(months)) for month in now)
    before = (first, last)
    bases = [
        basis
        for theme in (pair["reports_theme"], pair["records_theme"])
        for basis in _bases(run, theme, {"now": now, "before": before})
    ]
    areas = [
        ComparedArea.model_validate(
            {**row, "reports": _counted(row, "reports"), "records": _counted(row, "records")}
        )
        for row in plain_records(table)
    ]
    return Comparison(
        **pair,
        months=months,
        before_first_month=first,
        before_last_month=last,
        missing_months=sorted({month for basis in bases for month in basis.missing_months}),
        alpha=alpha(run.record),
        sources=sorted({source for basis in bases for source in basis.sources}),
        areas=sorted(areas, key=_order),
    )


def _bases(run: RunTables, theme: str, periods: dict[Part, tuple[str, str]]) -> list[Basis]:
    """Return what a theme of a pair rests on, in both periods."""
    return [basis_of(run, "sources", theme, period, part=part) for part, period in periods.items()]


def _counted(row: dict[str, object], source: str) -> Counted:
    return Counted.model_validate({name: row[f"{source}_{name}"] for name in Counted.model_fields})


def _order(area: ComparedArea) -> tuple[int, bool, str]:
    return VERDICTS.index(area.verdict), not area.local, area.area_code
