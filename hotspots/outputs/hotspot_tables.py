"""A run's hotspots of one theme and period as one plain document, in the order of a reader."""

from collections.abc import Sequence
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.errors import NotFound, Problem
from hotspots.outputs.tables import (
    RunReference,
    RunTables,
    Shown,
    plain_records,
    reference_of,
)
from hotspots.records import RunRecord, Search
from hotspots.schemas import Level

HotspotKind = Literal["hotspot", "one_night", "stack"]
"""A hotspot; an area hot on one night of the year; an area that is mostly one location."""

KINDS: tuple[HotspotKind, ...] = get_args(HotspotKind)
"""Kinds of polygons, in the order in which a reader wants them."""

_NAMED_AT: tuple[Level, ...] = ("buurt", "wijk", "service-area", "stadsdeel")
_OUTLINED_AT: tuple[Level, ...] = ("stadsdeel", "wijk", "service-area", "buurt")
_MOST_NAMED = 3
_LEAST_SHARE_NAMED = 0.1
_LEAST_SHARE_TOGETHER = 0.5


class HotspotFigures(Shown):
    """A computed hotspot, never a priority area; see :func:`hotspots.schemas.hotspots_schema`."""

    hotspot_id: str
    theme: str
    months: int
    kind: HotspotKind
    count: int
    stacked_count: int
    area_km2: float
    share: float
    times_city_mean: float
    gi_star_z: float | None
    p_value: float | None
    q_value: float | None
    methods: list[str]
    agreement: int
    stack_share: float
    one_night_share: float | None
    one_night: str | None
    months_with_incidents: int
    first_month: str
    last_month: str
    remarks: list[str]


class Hotspot(HotspotFigures):
    """A computed hotspot with its number on the page and the names of the areas it lies in.

    `beyond` is true where those areas hold less than half of it.
    """

    number: int
    places: list[str]
    beyond: bool


class HotspotsDocument(Shown):
    """One search with what it found, numbered from 1: hotspots first, each kind by count.

    `mean_per_km2` is the average over the study area, with which the hotspots are compared.
    """

    search: Search
    mean_per_km2: float
    hotspots: list[Hotspot]
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
    places = _places(found, _areas(run, _NAMED_AT))
    return HotspotsDocument(
        search=search,
        mean_per_km2=(search.incidents - search.outside) / search.study_area_km2,
        hotspots=[
            Hotspot(**figures.model_dump(), number=number, places=names, beyond=beyond)
            for number, (figures, (names, beyond)) in enumerate(
                zip(figures_of(found), places, strict=True), start=1
            )
        ],
        cut_off=run.record.until.isoformat(),
        run=reference_of(run.record),
    )


def hotspots_of(run: RunTables, search: Search) -> gpd.GeoDataFrame:
    """Return the polygons of one search, in the order of its document."""
    found = gpd.GeoDataFrame(_of_search(run.table("hotspots"), search))
    kind = found["kind"].map({kind: n for n, kind in enumerate(KINDS)}).to_numpy(np.int64)
    order = np.lexsort([-found["count"].to_numpy(np.int64), kind])
    return found.iloc[order].reset_index(drop=True)


def cells_of(run: RunTables, search: Search) -> pd.DataFrame:
    """Return the study cells of one search."""
    return run.cells(search.theme, search.months)


def outlines_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the largest areas of a run that ranks some, to find one's way on a map."""
    return _areas(run, _OUTLINED_AT)


def figures_of(hotspots: pd.DataFrame) -> list[HotspotFigures]:
    """Return the figures of each polygon, with its lists as lists."""
    return [
        HotspotFigures.model_validate(
            {
                **row,
                "methods": str(row["methods"]).split(),
                "remarks": str(row["remarks"]).split(),
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


def _of_search(table: pd.DataFrame, search: Search) -> pd.DataFrame:
    return table[(table["theme"] == search.theme) & (table["months"] == search.months)]


def _areas(run: RunTables, levels: Sequence[Level]) -> gpd.GeoDataFrame | None:
    """Return the areas with a shape of the first of `levels` that the run ranked, if any."""
    if not run.record.questions:
        return None
    table = run.table("priorities")
    drawn = table[table["geometry"].notna()]
    for level in levels:
        areas = drawn[drawn["level"] == level].drop_duplicates("area_code")
        if len(areas) > 1:
            return gpd.GeoDataFrame(areas[["area_code", "area_name", "geometry"]])
    return None


def _places(
    hotspots: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> list[tuple[list[str], bool]]:
    """Return the areas that hold most of each polygon, and whether it goes well beyond them."""
    if areas is None:
        return [([], False)] * len(hotspots)
    shapes, names = areas.geometry.to_numpy(), areas["area_name"].to_numpy()
    tree = shapely.STRtree(shapes)
    named = []
    for polygon in hotspots.geometry:
        near = tree.query(polygon, predicate="intersects")
        part = shapely.area(shapely.intersection(shapes[near], polygon)) / polygon.area
        largest = np.argsort(-part, kind="stable")[:_MOST_NAMED]
        large = [n for n in largest if part[n] >= _LEAST_SHARE_NAMED or n == largest[0]]
        beyond = bool(part[large].sum() < _LEAST_SHARE_TOGETHER)
        named.append(([str(name) for name in names[near[large]]], beyond and bool(large)))
    return named
