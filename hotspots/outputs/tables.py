"""A run's ranking as one plain document and as flat rows: what the API, the pages and files show.

Nothing is estimated here: figures are picked from the run's tables, put in order and added up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict
from pydantic.fields import ComputedFieldInfo, FieldInfo

from hotspots.errors import NotFound, Problem
from hotspots.outputs.text import Words
from hotspots.records import Question, RunRecord
from hotspots.results import CONFIDENTIAL, PER_CELL, RESULTS
from hotspots.schemas import Level

RESULT_NAMES = tuple(name for name in RESULTS if name not in PER_CELL | CONFIDENTIAL)
"""Results that anyone may take away. Figures per cell are not: those are the analyst's."""

_CHOSEN_AT: tuple[Level, ...] = ("service-area", "wijk", "buurt", "stadsdeel", "municipality")


class RunTables(Protocol):
    """A finished run, as far as presentation needs it."""

    @property
    def record(self) -> RunRecord:
        """The run's record."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a result by its name."""

    def cells(self, theme: str, months: int) -> pd.DataFrame:
        """Return the study cells of one search."""


def _title(name: str, _: FieldInfo | ComputedFieldInfo) -> str:
    return Words("en").glossary().get(name, name.replace("_", " "))


class Shown(BaseModel):
    """Part of a document; its titles are the words of the glossary."""

    model_config = ConfigDict(frozen=True, field_title_generator=_title)


class Area(Shown):
    """An area that is ranked; rates are per 1,000 dwelling-years with a 95% interval.

    `count_police` were recorded on the initiative of the police: they are part of `count` but
    where the ranking leaves them out.
    """

    area_code: str
    area_name: str
    count: int
    count_completed: int | None
    count_police: int | None = None
    count_initiator_unknown: int | None = None
    dwellings: int | None
    exposure: float
    rate_per_1000: float
    eb_rate: float
    eb_low: float
    eb_high: float
    rank_count: int
    rank_rate: int
    rank: int
    p_top: float
    above_cut: bool
    count_last: int | None
    count_previous: int | None
    same_months: int | None
    remarks: list[str]


class UnrankedArea(Shown):
    """An area without a place; its count is missing where no month was delivered."""

    area_code: str
    area_name: str
    count: int | None
    dwellings: int | None


class TargetYear(Shown):
    """The city-wide count of a year against the year before, over months known in both."""

    year: int
    completed_only: bool
    count: int
    count_previous: int
    same_months: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    met: bool | None


class Unplaced(Shown):
    """A count whose area code belongs to no area of the level."""

    area_code: str
    count: int


class Totals(Shown):
    """Sums by which the list reconciles with the source; `months` adds up the city's months."""

    ranked: int
    no_rate: int
    unplaced: int
    together: int
    months: int


class Weights(Shown):
    """Weights of the place on count and the place on risk; they add up to 1."""

    count: float
    rate: float


class RunReference(Shown):
    """Which run made the figures, so that every one can be made again."""

    id: str
    kind: str
    created_at: datetime
    workspace: str
    demo: bool
    code: dict[str, str]


class PrioritiesDocument(Shown):
    """One ranking with all that is needed to read it; `areas` are in order of rank.

    `without_police` holds where records on the initiative of the police are left out, which is
    tried and never frozen.
    """

    theme: str
    period: str
    first_year: int
    last_year: int
    level: str
    k: int
    weights: Weights
    cut_off: str
    sources: list[str]
    distinguishable: bool
    dispersion: float
    attempts_told_apart: bool
    without_police: bool = False
    city_rate_per_1000: float | None
    areas: list[Area]
    just_missed: list[str]
    no_data: list[UnrankedArea]
    no_rate: list[UnrankedArea]
    missing_months: list[str]
    target: list[TargetYear]
    unplaced: list[Unplaced]
    totals: Totals
    policy: dict[str, object]
    run: RunReference


def document_of(run: RunTables, question: Question) -> PrioritiesDocument:
    """Return one ranking with what could not be ranked apart, the target line and the totals.

    Parameters
    ----------
    run
        A finished run.
    question
        One of the questions of the run's record.
    """
    record = run.record
    rows = _of_question(run.table("priorities"), question)
    ranked = rows[rows["status"] == "ranked"].sort_values("rank")
    areas = [_area(row, question.k) for row in plain_records(ranked)]
    no_rate = _unranked(rows, "no_rate")
    unplaced = _unplaced(_of_question(run.table("unplaced"), question))
    shared = set(PrioritiesDocument.model_fields) & set(Question.model_fields)
    return PrioritiesDocument(
        **question.model_dump(include=shared),
        period=f"{question.first_year}-{question.last_year}",
        weights=Weights(count=question.weight_count, rate=question.weight_rate),
        cut_off=record.until.isoformat(),
        city_rate_per_1000=_city_rate(areas),
        areas=areas,
        just_missed=_just_missed(areas, question.k, record.policy),
        no_data=_unranked(rows, "no_data"),
        no_rate=no_rate,
        target=_target(run.table("target"), question),
        unplaced=unplaced,
        totals=_totals(areas, no_rate, unplaced, _months_total(run.table("months"), question)),
        policy=record.policy,
        run=reference_of(record),
    )


def tried_document(
    frozen: PrioritiesDocument,
    asked: Question,
    table: pd.DataFrame,
    *,
    without_police: bool = False,
) -> PrioritiesDocument:
    """Return a ranking that was tried in the words of the frozen one.

    Parameters
    ----------
    frozen
        What the run froze; the city-wide target, counts without an area and totals stay its own.
    asked
        The question with other years and weights.
    table
        The areas that answer it: the table of a
        :class:`hotspots.planning.priorities.Ranking`, by area code.
    without_police
        Whether it leaves out what the police recorded on their own initiative.
    """
    groups: tuple[Sequence[Area | UnrankedArea], ...] = (
        frozen.areas,
        frozen.no_data,
        frozen.no_rate,
    )
    names = {each.area_code: each.area_name for group in groups for each in group}
    rows = table.rename_axis("area_code").reset_index()
    rows["area_name"] = rows["area_code"].map(names)
    ranked = rows[rows["status"] == "ranked"].sort_values("rank")
    areas = [_area(row, asked.k) for row in plain_records(ranked)]
    shared = set(PrioritiesDocument.model_fields) & set(Question.model_fields)
    return frozen.model_copy(
        update={
            **asked.model_dump(include=shared),
            "period": f"{asked.first_year}-{asked.last_year}",
            "without_police": without_police,
            "weights": Weights(count=asked.weight_count, rate=asked.weight_rate),
            "city_rate_per_1000": _city_rate(areas),
            "areas": areas,
            "just_missed": _just_missed(areas, asked.k, frozen.policy),
            "no_data": _unranked(rows, "no_data"),
            "no_rate": _unranked(rows, "no_rate"),
        }
    )


def priorities_document(run: RunTables, question: Question) -> dict[str, object]:
    """Return :func:`document_of` as plain JSON types, without NaN."""
    return document_of(run, question).model_dump(mode="json")


def priorities_rows(run: RunTables, question: Question) -> pd.DataFrame:
    """Return one ranking as a flat frame for tables and CSV: ranked areas first, no geometry."""
    rows = _of_question(run.table("priorities"), question)
    ordered = rows.sort_values(["rank", "area_code"], na_position="last")
    return pd.DataFrame(ordered.drop(columns="geometry")).reset_index(drop=True)


def find_question(
    record: RunRecord, *, theme: str | None = None, level: str | None = None
) -> Question:
    """Return the question of a run that fits.

    Without a theme it is the run's first; without a level the one at which priorities are
    chosen: service areas, else wijken, and so on.

    Raises
    ------
    NotFound
        When the run did not rank that theme at that level.
    """
    themes = [theme] if theme else [question.theme for question in record.questions]
    fitting = [
        question
        for question in record.questions
        if question.theme == themes[0] and level in (None, question.level)
    ]
    if fitting:
        return min(fitting, key=lambda question: _CHOSEN_AT.index(question.level))
    available = ", ".join(f"{q.theme}/{q.level}" for q in record.questions) or "none"
    raise NotFound(
        Problem(
            f"Run {record.id} has no ranking for this theme and level.",
            f"Choose one that it has: {available}.",
            value=f"{theme or '*'}/{level or '*'}",
        )
    )


def _of_question(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    return table[(table["theme"] == question.theme) & (table["level"] == question.level)]


def plain_records(frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield rows as Python values, with None for what is missing or has no finite value."""
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    known = plain.replace([np.inf, -np.inf], np.nan).astype(object)
    for row in known.to_dict("records"):
        yield {str(name): None if pd.isna(value) else value for name, value in row.items()}


def _area(row: dict[str, object], k: int) -> Area:
    marks = {"above_cut": int(str(row["rank"])) <= k, "remarks": str(row["remarks"]).split()}
    return Area.model_validate({**row, **marks})


def _unranked(rows: pd.DataFrame, status: str) -> list[UnrankedArea]:
    chosen = rows[rows["status"] == status].sort_values("area_code")
    return [UnrankedArea.model_validate(row) for row in plain_records(chosen)]


def _just_missed(areas: list[Area], k: int, policy: dict[str, object]) -> list[str]:
    section = policy.get("priorities")
    shown = section.get("just_missed", 0) if isinstance(section, dict) else 0
    return [area.area_code for area in areas if k < area.rank <= k + shown]


def _target(table: pd.DataFrame, question: Question) -> list[TargetYear]:
    of_theme = table[table["theme"] == question.theme].sort_values("year")
    chosen = of_theme[of_theme["year"].between(question.first_year, question.last_year)]
    return [TargetYear.model_validate(row) for row in plain_records(chosen)]


def _unplaced(table: pd.DataFrame) -> list[Unplaced]:
    return [Unplaced.model_validate(row) for row in plain_records(table.sort_values("area_code"))]


def _months_total(months: pd.DataFrame, question: Question) -> int:
    year = months["month"].str[:4].astype("int64")
    chosen = year.between(question.first_year, question.last_year)
    return int(months.loc[chosen & (months["theme"] == question.theme), "count"].sum())


def _city_rate(areas: list[Area]) -> float | None:
    exposure = sum(area.exposure for area in areas)
    return 1000 * sum(area.count for area in areas) / exposure if exposure else None


def _totals(
    areas: list[Area], no_rate: list[UnrankedArea], unplaced: list[Unplaced], months: int
) -> Totals:
    ranked = sum(area.count for area in areas)
    without_rate = sum(area.count or 0 for area in no_rate)
    not_placed = sum(row.count for row in unplaced)
    return Totals(
        ranked=ranked,
        no_rate=without_rate,
        unplaced=not_placed,
        together=ranked + without_rate + not_placed,
        months=months,
    )


def reference_of(record: RunRecord) -> RunReference:
    """Return which run made the figures."""
    return RunReference(
        id=record.id,
        kind=record.kind,
        created_at=record.created_at,
        workspace=record.workspace_name,
        demo=record.demo,
        code=record.code,
    )
