"""A run's hotspots of one theme and period as one plain document, in the order of a reader."""

from typing import get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.errors import NotFound, Problem
from hotspots.outputs.hotspots.proof_tables import Concentration, Proof, concentration_of, proof_of
from hotspots.outputs.locating import places_of
from hotspots.outputs.tables import (
    RunReference,
    RunTables,
    Shown,
    plain_records,
    reference_of,
)
from hotspots.records import RunRecord, Search
from hotspots.results.codes import Grade, Lineage, PolygonKind, Trend

KINDS: tuple[PolygonKind, ...] = get_args(PolygonKind)
"""Kinds of polygons, in the order in which a reader wants them."""

_LISTS = ("predecessors", "methods", "remarks")


class HotspotFigures(Shown):
    """A computed hotspot, never a priority area; see :mod:`hotspots.results.places`."""

    hotspot_id: str
    theme: str
    months: int
    kind: PolygonKind
    lineage: Lineage
    predecessors: list[str]
    count: int
    stacked_count: int
    area_km2: float
    share: float
    times_city_mean: float
    gi_star_z: float | None
    p_value: float | None
    q_value: float | None
    methods: list[str]
    methods_run: int
    agreement: int
    support: float | None
    grade: Grade | None
    stack_share: float
    one_night_share: float | None
    one_night: str | None
    proactive_share: float | None
    event_share: float | None
    event_days_share: float | None = None
    day_unknown: int | None = None
    months_with_incidents: int
    first_month: str
    last_month: str
    count_now: int | None
    count_before: int | None
    same_months: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    trend: Trend | None
    hot_steps: int | None
    known_steps: int | None
    events: list[str]
    remarks: list[str]


class Hotspot(HotspotFigures):
    """A computed hotspot with its number on the page and the names of the areas it lies in.

    `beyond` is true where those areas hold less than half of it.
    """

    number: int
    places: list[str]
    beyond: bool


class GoneHotspot(Shown):
    """A hotspot of the run before that was not found again, numbered from 1.

    `count` and `last_month` (of the period searched) are as they were then.
    """

    hotspot_id: str
    number: int
    places: list[str]
    beyond: bool
    count: int
    months: int
    last_month: str


class SearchMethod(Shown):
    """How a search was made, as the policy of its run asked.

    `methods` are those that looked at the theme; `support_draws` the number of resamples of the
    months, missing where there were none; `step_months` the length of a step of the course;
    `proof_months` the fewest months from which a proof learns.
    """

    methods: list[str]
    support_draws: int | None
    step_months: int
    proof_months: int


class HotspotsDocument(Shown):
    """One search with what it found, numbered from 1: hotspots first, each kind by count.

    `mean_per_km2` is the average over the study area, with which the hotspots are compared;
    `proof` and `concentration` are of the theme, and missing where too few months were delivered.
    """

    search: Search
    method: SearchMethod
    mean_per_km2: float
    hotspots: list[Hotspot]
    gone: list[GoneHotspot]
    proof: Proof | None
    concentration: Concentration | None
    cut_off: str
    run: RunReference


def hotspots_document_of(run: RunTables, search: Search) -> HotspotsDocument:
    """Return one search with what it found.

    Parameters
    ----------
    run
        A finished run.
    search
        One of the searches of the run's record.
    """
    found = hotspots_of(run, search)
    places = places_of(run, found)
    return HotspotsDocument(
        search=search,
        method=method_of(run.record, search),
        mean_per_km2=(search.incidents - search.outside) / search.study_area_km2,
        hotspots=[
            Hotspot(**figures.model_dump(), number=number, places=names, beyond=beyond)
            for number, (figures, (names, beyond)) in enumerate(
                zip(figures_of(found), places, strict=True), start=1
            )
        ],
        gone=_gone(run, search),
        proof=proof_of(run, search.theme),
        concentration=concentration_of(run, search.theme),
        cut_off=run.record.until.isoformat(),
        run=reference_of(run.record),
    )


def method_of(record: RunRecord, search: Search) -> SearchMethod:
    """Return how a search was made."""
    asked, scanned = (_section(record, name) for name in ("hotspots", "scan"))
    layers = _texts(asked, "layers")
    scan = "scan" in layers and search.theme in _texts(scanned, "themes")
    run = {"clusters": "clusters" in layers, "scan": scan and "scan" in record.results}
    draws = asked.get("support_draws") if "support" in layers else None
    return SearchMethod(
        methods=["gi_star", "density", *(name for name in run if run[name])],
        support_draws=None if draws is None else int(str(draws)),
        step_months=_whole(record, "trends", "step_months", 3),
        proof_months=_whole(record, "backtest", "least_months", 12),
    )


def gone_of(run: RunTables, search: Search) -> gpd.GeoDataFrame | None:
    """Return the polygons of the run before that this search did not find again, by count."""
    if "gone" not in run.record.results:
        return None
    gone = gpd.GeoDataFrame(_of_search(run.table("gone"), search))
    return gone.sort_values(["count", "hotspot_id"], ascending=[False, True]).reset_index(drop=True)


def hotspots_of(run: RunTables, search: Search) -> gpd.GeoDataFrame:
    """Return the polygons of one search, in the order of its document."""
    found = gpd.GeoDataFrame(_of_search(run.table("hotspots"), search))
    kind = found["kind"].map({kind: n for n, kind in enumerate(KINDS)}).to_numpy(np.int64)
    order = np.lexsort([-found["count"].to_numpy(np.int64), kind])
    return found.iloc[order].reset_index(drop=True)


def cells_of(run: RunTables, search: Search) -> pd.DataFrame:
    """Return the study cells of one search."""
    return run.cells(search.theme, search.months)


def figures_of(hotspots: pd.DataFrame) -> list[HotspotFigures]:
    """Return the figures of each polygon, with its lists as lists."""
    return [
        HotspotFigures.model_validate(
            {
                **row,
                **{name: str(row[name]).split() for name in _LISTS},
                "events": [each for each in str(row["events"]).split("; ") if each],
            }
        )
        for row in plain_records(hotspots)
    ]


def find_search(
    record: RunRecord, *, theme: str | None = None, months: int | None = None
) -> Search:
    """Return the search of a run that fits.

    Without a theme it is the run's first; without a number of months the longest period, which
    holds most incidents.

    Raises
    ------
    NotFound
        When the run did not search for that theme in that period.
    """
    themes = [theme] if theme else [search.theme for search in record.searches]
    fitting = [
        search
        for search in record.searches
        if search.theme == themes[0] and months in (None, search.months)
    ]
    if fitting:
        return max(fitting, key=lambda search: search.months)
    available = ", ".join(f"{s.theme}/{s.months}" for s in record.searches) or "none"
    raise NotFound(
        Problem(
            f"Run {record.id} has no search for hotspots of this theme and number of months.",
            f"Choose one that it has: {available}.",
            value=f"{theme or '*'}/{months or '*'}",
        )
    )


def _gone(run: RunTables, search: Search) -> list[GoneHotspot]:
    gone = gone_of(run, search)
    if gone is None or not len(gone):
        return []
    places = places_of(run, gone)
    return [
        GoneHotspot.model_validate({**row, "number": number, "places": names, "beyond": beyond})
        for number, (row, (names, beyond)) in enumerate(
            zip(plain_records(gone.drop(columns="theme")), places, strict=True), start=1
        )
    ]


def _section(record: RunRecord, name: str) -> dict[str, object]:
    section = record.policy.get(name)
    return dict(section) if isinstance(section, dict) else {}


def _whole(record: RunRecord, section: str, name: str, default: int) -> int:
    """Return a whole number of the policy; an older one may lack it."""
    return int(str(_section(record, section).get(name, default)))


def _texts(section: dict[str, object], name: str) -> list[str]:
    values = section.get(name)
    return [str(value) for value in values] if isinstance(values, list) else []


def _of_search(table: pd.DataFrame, search: Search) -> pd.DataFrame:
    return table[(table["theme"] == search.theme) & (table["months"] == search.months)]
