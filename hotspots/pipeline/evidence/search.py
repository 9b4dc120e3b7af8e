"""Where incidents concentrate: the hotspots of one theme in one period, and how they went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.pipeline.calendar import Calendar
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence import courses
from hotspots.pipeline.evidence.courses import Course
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import Ask, incidents_of
from hotspots.pipeline.evidence.lineage import lineage_of
from hotspots.pipeline.evidence.scanning import scan_of
from hotspots.pipeline.progress import Progress
from hotspots.policy import Policy
from hotspots.records import Search
from hotspots.results.places import cells_schema
from hotspots.store.runs import Run

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.evidence import Evidence
    from hotspots.analysis.grid import Floats, Ints


@dataclass(frozen=True, slots=True)
class Finding:
    """Tables by name; of a search also what was asked, and its significant cells."""

    tables: "Mapping[str, pd.DataFrame]"
    search: Search | None = None
    hot: "Ints | None" = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What every search of a run stands on."""

    current: Current
    policy: Policy
    ground: Ground
    calendar: Calendar
    until: date
    previous: Run | None
    progress: Progress

    def bandwidth_m(self, x: "Floats", y: "Floats") -> float:
        """Return the bandwidth of the density: the policy's, or by the rule that it names.

        No rule can choose for fewer than two places: then it is the policy's too.
        """
        from hotspots.analysis.bandwidth import select_bandwidth
        from hotspots.analysis.clusters import PLACE_M, gather

        settings = self.policy.hotspots
        if settings.bandwidth_rule == "fixed" or len(gather(x, y, size_m=PLACE_M).count) < 2:
            return settings.bandwidth_m
        return select_bandwidth(x, y, rule=settings.bandwidth_rule, kernel=settings.kernel)


def find(stand: Standing, ask: Ask, course: Course) -> Finding:
    """Find the hotspots of one theme in one period, and say how each of them went."""
    import numpy as np

    from hotspots.analysis.evidence import Settings, hotspot_evidence

    current, policy, ground = stand.current, stand.policy, stand.ground
    incidents = incidents_of(current, ask.theme, ask.by_month)
    x, y = (incidents[axis].to_numpy(np.float64) for axis in "xy")
    bandwidth_m = stand.bandwidth_m(x, y)
    layers = policy.hotspots.layers
    scanned = scan_of(current, policy, ground, ask, x, y, stand.progress)
    circles = None if scanned is None else scanned.circles
    settings = Settings(
        **policy.hotspots.model_dump(include=_SETTINGS),
        bandwidth_m=bandwidth_m,
        clusters="clusters" in layers,
        support_draws=policy.hotspots.support_draws if "support" in layers else 0,
        seed=policy.rates.seed,
    )
    evidence = hotspot_evidence(
        incidents,
        theme=ask.theme,
        period=ask.period,
        grid=ground.grid,
        study_area=ground.area,
        crs=current.workspace.crs,
        settings=settings,
        scan_circles=None if circles is None else circles[circles["p_value"] <= settings.alpha],
        progress=lambda done, steps: stand.progress(
            f"support of {ask.theme}, {ask.months} months", done, steps
        ),
    )
    tables = _hotspots(stand, ask, course, incidents, evidence)
    if scanned is not None:
        tables |= {"scan": scanned.circles, "basis": scanned.basis}
    return Finding(
        search=_record(ask, ground, evidence, incidents, bandwidth_m),
        tables=tables | {"cells": _cells(evidence, ground, ask)},
        hot=evidence.cells.index[evidence.cells["q_hot"] <= policy.hotspots.alpha].to_numpy(),
    )


_SETTINGS = {
    "kernel",
    "adaptive",
    "edge_correction",
    "radius_m",
    "alpha",
    "cluster_reach_m",
    "min_area_m2",
    "min_incidents",
    "few_incidents",
}


def _hotspots(
    stand: Standing, ask: Ask, course: Course, incidents: "pd.DataFrame", evidence: "Evidence"
) -> "dict[str, pd.DataFrame]":
    """Return the hotspots with their identity and course, and the tables that hang on them."""
    hotspots = evidence.hotspots
    named, gone = lineage_of(
        hotspots.geometry,
        _before(stand.previous, ask),
        search=f"{ask.months}m-{ask.theme}",
        until=stand.until,
    )
    trend, steps = courses.trends_of(
        course, stand.ground, evidence.hotspot_cells, hotspots["q_value"].notna().to_numpy()
    )
    found = (
        hotspots.drop(columns="hotspot_id")
        .assign(months=ask.months)
        .join(named)
        .join(courses.changes_of(course, ask, hotspots))
        .join(trend)
        .join(stand.calendar.of_hotspots(incidents, evidence.hotspot_of, hotspots, ask))
    )
    ids = found["hotspot_id"]
    return {
        "hotspots": found,
        "gone": gone,
        "steps": courses.steps_table(course, steps, ids),
        "hours": courses.hours_of(incidents, evidence.hotspot_of, ids),
    }


def _before(previous: Run | None, ask: Ask) -> "gpd.GeoDataFrame | None":
    """Return the hotspots of the same search in the run before; none without such a search."""
    import geopandas as gpd

    if previous is None or not any(
        (search.theme, search.months) == (ask.theme, ask.months)
        for search in previous.record.searches
    ):
        return None
    table = previous.table("hotspots")
    same = (table["theme"] == ask.theme) & (table["months"] == ask.months)
    return gpd.GeoDataFrame(table[same]).set_index("hotspot_id", drop=False)


def _record(
    ask: Ask,
    ground: Ground,
    evidence: "Evidence",
    incidents: "pd.DataFrame",
    bandwidth_m: float,
) -> Search:
    return Search(
        theme=ask.theme,
        months=ask.months,
        first_month=ask.period[0],
        last_month=ask.period[1],
        missing_months=ask.missing_months,
        sources=sorted({each.source for each in ask.by_month.values()}),
        incidents=len(incidents),
        outside=evidence.n_outside,
        stacked=evidence.n_stacked,
        study_area=ground.origin,
        study_area_km2=ground.grid.area_km2,
        cells=int(ground.grid.inside.sum()),
        cell_size_m=ground.grid.cell_size_m,
        bandwidth_m=bandwidth_m,
        times_known=bool(incidents["occurred_at"].notna().mean() > 0.5),
    )


def _cells(evidence: "Evidence", ground: Ground, ask: Ask) -> "pd.DataFrame":
    """Return the study cells with their middle in metres, as the schema of results says."""
    x, y = ground.middles(evidence.cells.index.to_numpy())
    placed = evidence.cells.assign(theme=ask.theme, months=ask.months, x=x, y=y)
    return placed[list(cells_schema().columns)].reset_index(drop=True)
