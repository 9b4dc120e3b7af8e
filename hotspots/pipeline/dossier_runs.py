"""Figures of a dossier, read from the runs that the register pins; none is computed anew.

What a run counted per cell is added up over the cells with their middle in an area.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from typing import TYPE_CHECKING

from hotspots.errors import NotFound, Problem, WorkspaceRefused
from hotspots.outputs.bans.reading import course_of, review_document_of
from hotspots.outputs.dossier.facts import (
    AreaFigure,
    Count,
    DeliverySource,
    HotspotFigure,
    Measured,
    Moment,
    RunSource,
)
from hotspots.records import Question, RunRecord, Search
from hotspots.register import Choice, Evidence
from hotspots.store.runs import Run, open_run
from hotspots.store.tables import sha256_of
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Pinned:
    """A run that the register pins, for what and on which day."""

    evidence: Evidence
    moment: Moment
    day: date | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A pinned run as far as the workspace has it, and where it comes from."""

    pin: Pinned
    run: Run | None
    source: RunSource


def opened(workspace: Workspace, pin: Pinned, themes: Sequence[str]) -> Opened:
    """Open a pinned run; one that the workspace lacks is named, without figures.

    Raises
    ------
    WorkspaceRefused
        When it is another than was pinned.
    """
    wanted = pin.evidence
    try:
        run = open_run(workspace, wanted.run_id)
    except NotFound:
        source = RunSource(wanted.run_id, False, True, sha256=wanted.sha256)
        return Opened(pin, None, source)
    found = _sha256(run)
    if found != wanted.sha256:
        raise WorkspaceRefused(
            Problem(
                "This run is another than the one that the register pins: a dossier would tell "
                f"other figures ({found[:12]} instead of {wanted.sha256[:12]}).",
                "Restore the run from a backup.",
                value=wanted.run_id,
            )
        )
    return Opened(pin, run, _source(run, found, themes, is_pinned=True))


def unpinned(workspace: Workspace, run_id: str, themes: Sequence[str]) -> RunSource:
    """Return where a run comes from that the register names without its hash."""
    try:
        run = open_run(workspace, run_id)
    except NotFound:
        return RunSource(run_id, False, False)
    return _source(run, _sha256(run), themes, is_pinned=False)


def counts_in(
    opened_run: Opened, area: "BaseGeometry | None", themes: Sequence[str]
) -> list[Count]:
    """Return per theme and period of a run the incidents in its cells in an area.

    Only the shortest period of each theme: a year, so that moments can be compared. Of several
    themes over the same months, what they add up to comes last.
    """
    run, pin = opened_run.run, opened_run.pin
    if run is None or area is None or "cells" not in run.record.results:
        return []
    counts = []
    for theme in themes:
        searches = [each for each in run.record.searches if each.theme == theme]
        for search in sorted(searches, key=lambda each: each.months)[:1]:
            cells = run.cells(theme, search.months)
            counts.append(
                Count(
                    pin.moment, pin.day, theme, search.first_month, search.last_month,
                    tuple(search.missing_months), _inside(cells, area), run.record.id,
                )
            )  # fmt: skip
    return [*counts, *_together(counts)]


def hotspots_in(
    opened_run: Opened | None, area: "BaseGeometry | None", themes: Sequence[str]
) -> "tuple[list[HotspotFigure], list[BaseGeometry]]":
    """Return the hotspots of a run that meet an area, and their outlines."""
    run = None if opened_run is None else opened_run.run
    if run is None or area is None or "hotspots" not in run.record.results:
        return [], []
    table = run.table("hotspots")
    meets = table["theme"].isin(themes) & table.geometry.intersects(area)
    shortest = table["months"] == table["months"].min()
    found = table[meets & shortest].sort_values(["theme", "hotspot_id"])
    periods = {(each.theme, each.months): each for each in run.record.searches}
    figures = []
    for row in found.to_dict("records"):
        search = periods[str(row["theme"]), int(row["months"])]
        figures.append(
            HotspotFigure(
                str(row["theme"]), search.first_month, search.last_month, int(row["count"]),
                _number(row["times_city_mean"]), _number(row["ratio"]),
                _number(row["ratio_low"]), _number(row["ratio_high"]), run.record.id,
            )
        )  # fmt: skip
    return figures, list(found.geometry)


def measured_in(opened_run: Opened | None, designation: str) -> Measured | None:
    """Return what a pinned run of reviews holds of a designation; None without one."""
    run = None if opened_run is None else opened_run.run
    if run is None or run.record.bans is None or run.record.bans.asked != "review":
        return None
    document = review_document_of(run.record, run.table)
    found = next((each for each in document.areas if each.code == designation), None)
    if found is None:
        return None
    return Measured(found, course_of(run.table, designation), run.record.id)


def ranked_areas(opened_run: Opened, choice: Choice) -> "gpd.GeoDataFrame | None":
    """Return the ranking of a run that a choice was made from, if it has it."""
    import geopandas as gpd

    run = opened_run.run
    if run is None or "priorities" not in run.record.results:
        return None
    table = gpd.GeoDataFrame(run.table("priorities"))
    ranked = table[(table["level"] == choice.level) & (table["theme"] == choice.theme)]
    return None if ranked.empty else ranked


def area_figures(choice: Choice, ranked: "gpd.GeoDataFrame | None") -> list[AreaFigure]:
    """Return the areas of a choice in the order of the proposal, with their figures in the run."""
    rows = (
        {} if ranked is None else {str(row["area_code"]): row for row in ranked.to_dict("records")}
    )
    ordered = sorted(choice.areas, key=lambda each: (each.proposed_rank or 10**6, each.code))
    figures = []
    for number, each in enumerate(ordered, 1):
        row = rows.get(each.code, {})
        count, dwellings = _number(row.get("count")), _number(row.get("dwellings"))
        figures.append(
            AreaFigure(
                number, each.code, each.name, each.proposed_rank, each.proposed, each.chosen,
                each.reason,
                count=None if count is None else int(count),
                dwellings=None if dwellings is None else int(dwellings),
                rate_per_1000=_number(row.get("eb_rate")),
                low=_number(row.get("eb_low")),
                high=_number(row.get("eb_high")),
            )
        )  # fmt: skip
    return figures


# ---------------------------------------------------------------- how
def _inside(cells: "pd.DataFrame", area: "BaseGeometry") -> int | None:
    """Return what was counted in the cells with their middle in an area; None without a cell."""
    from shapely import contains_xy, prepare

    left, low, right, high = area.bounds
    near = cells[cells["x"].between(left, right) & cells["y"].between(low, high)]
    prepare(area)
    inside = near[contains_xy(area, near["x"].to_numpy(), near["y"].to_numpy())]
    return int(inside["count"].sum()) if len(inside) else None


def _together(counts: Sequence[Count]) -> list[Count]:
    known = [each.incidents for each in counts if isinstance(each.incidents, int)]
    spans = {(each.first_month, each.last_month, each.missing_months) for each in counts}
    if len(known) < max(len(counts), 2) or len(spans) > 1:
        return []
    return [replace(counts[0], theme=None, incidents=sum(known))]


def _number(value: object) -> float | None:
    import pandas as pd

    if value is None or value is pd.NA:
        return None
    number = float(str(value))
    return None if isnan(number) else number


def _sha256(run: Run) -> str:
    return sha256_of(run.workspace.runs / run.record.id / "run.json")


def _source(run: Run, sha256: str, themes: Sequence[str], *, is_pinned: bool) -> RunSource:
    """Return where figures of themes come from in a run."""
    record: RunRecord = run.record
    answered: list[Search | Question] = [*record.searches, *record.questions]
    used = {name for each in answered if each.theme in themes for name in each.sources}
    if record.bans is not None and set(themes) & set(record.bans.themes):
        used |= set(record.bans.sources)
    return RunSource(
        record.id,
        True,
        is_pinned,
        sha256=sha256,
        until=record.until,
        version=record.code.get("version", ""),
        sources=tuple(sorted(used)),
        deliveries=tuple(
            DeliverySource(each.id, each.source, each.sha256, each.first_month, each.last_month)
            for each in sorted(record.deliveries, key=lambda each: each.id)
            if each.kind in ("incidents", "counts") and set(themes) & set(each.themes)
        ),
    )
