"""Where incidents concentrate: hotspots per theme and period."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.histories import ends_by
from hotspots.policy import Policy
from hotspots.records import Delivery, Search
from hotspots.schemas import UNSCORED_THEMES, StudyAreaOrigin, cells_schema
from hotspots.store import facts

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.analysis.evidence import Evidence
    from hotspots.analysis.grid import Grid

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Finding:
    """One search: what was asked, the polygons, and the cells that they rest on."""

    search: Search
    hotspots: "gpd.GeoDataFrame"
    cells: "pd.DataFrame"


@dataclass(frozen=True, slots=True)
class Ask:
    """A theme in a period (first and last month), with the delivery that holds per month."""

    theme: str
    period: tuple[str, str]
    months: int
    by_month: dict[str, Delivery]


def asks_of(current: Current, policy: Policy, until: date) -> list[Ask]:
    """Return what to search for: every theme of the policy in every period of the policy.

    A theme without a delivered month in a period is left out, unless the policy names it.
    """
    themes = policy.hotspots.themes or sorted(
        {theme for each in current.deliveries if each.kind == "incidents" for theme in each.themes}
        - UNSCORED_THEMES.keys()
    )
    asks = []
    for theme in themes:
        held = facts.current_months(
            current.deliveries,
            kind="incidents",
            theme=theme,
            source=policy.sources.incidents.get(theme),
        )
        for months in sorted(set(policy.hotspots.periods_months)):
            period = _period(until, months)
            inside = {
                month: each
                for month, each in held.items()
                if period[0] <= month <= period[1] and ends_by(month, until)
            }
            if inside or policy.hotspots.themes:
                asks.append(Ask(theme, period, months, inside))
    return asks


def _period(until: date, months: int) -> tuple[str, str]:
    """Return the first and last of so many whole months up to the cut-off date."""
    last = until.year * 12 + until.month - 1
    if not ends_by(f"{until:%Y-%m}", until):
        last -= 1
    first = last - months + 1
    return f"{first // 12}-{first % 12 + 1:02d}", f"{last // 12}-{last % 12 + 1:02d}"


@dataclass(frozen=True, slots=True)
class Ground:
    """The study area with its cells, and where it comes from."""

    area: "BaseGeometry"
    grid: "Grid"
    origin: StudyAreaOrigin


def ground_of(current: Current, policy: Policy, asks: list[Ask]) -> Ground:
    """Return the built-up part of the municipality, or what stands in for it.

    Without built-up land it is the municipality; without areas it is derived from where
    incidents are, and marked so.

    Raises
    ------
    PolicyRefused
        When the cells are too many, with a size that fits.
    WorkspaceRefused
        When there is no ground: built-up land elsewhere, or neither areas nor incidents.
    """
    import geopandas as gpd

    from hotspots.analysis.grid import derived_study_area, make_grid

    settings = policy.hotspots
    area = current.municipality()
    origin: StudyAreaOrigin = "municipality"
    land = facts.current_of_kind(current.deliveries, "built-up")
    if land is not None:
        built_up = gpd.GeoDataFrame(current.read(land), crs=current.workspace.crs).union_all()
        area = built_up if area is None else _polygons_of(area.intersection(built_up))
        origin = "built-up"
    if area is None:
        x, y = _all_coordinates(current, asks)
        area = derived_study_area(
            x,
            y,
            bandwidth_m=settings.bandwidth_m,
            cell_size_m=settings.cell_size_m,
            max_cells=settings.max_cells,
        )
        origin = "derived"
    if area.is_empty:
        raise WorkspaceRefused(_NO_GROUND[origin])
    grid = make_grid(area, cell_size_m=settings.cell_size_m, max_cells=settings.max_cells)
    return Ground(area, grid, origin)


_NO_GROUND = {
    "built-up": Problem(
        "The built-up land lies outside the municipality.",
        "Take in the built-up land of this municipality: hotspots ingest built-up FILE.",
    ),
    "derived": Problem(
        "There are neither areas nor incidents of what is asked, so there is no ground to search.",
        "Take in the areas, or ask for a theme and a period that were delivered.",
    ),
}


def _polygons_of(shape: "BaseGeometry") -> "BaseGeometry":
    """Return a shape without the lines and points that two areas share where they only touch."""
    import shapely

    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _all_coordinates(current: Current, asks: list[Ask]) -> "tuple[Floats, Floats]":
    import geopandas as gpd
    import numpy as np

    used = {each.id: each for ask in asks for each in ask.by_month.values()}.values()
    parts = [gpd.GeoSeries(current.read(each)["geometry"]) for each in used]
    x, y = (
        np.concatenate([getattr(part, axis).to_numpy() for part in parts] or [np.empty(0)])
        for axis in "xy"
    )
    return x, y


def find(current: Current, policy: Policy, ground: Ground, ask: Ask) -> Finding:
    """Find the hotspots of one theme in one period."""
    from hotspots.analysis.evidence import Settings, hotspot_evidence

    incidents = _incidents(current, ask)
    evidence = hotspot_evidence(
        incidents,
        theme=ask.theme,
        period=ask.period,
        grid=ground.grid,
        study_area=ground.area,
        crs=current.workspace.crs,
        settings=Settings(**policy.hotspots.model_dump(include=_SETTINGS)),
    )
    search = Search(
        theme=ask.theme,
        months=ask.months,
        first_month=ask.period[0],
        last_month=ask.period[1],
        missing_months=_missing(ask),
        sources=sorted({each.source for each in ask.by_month.values()}),
        incidents=len(incidents),
        outside=evidence.n_outside,
        stacked=evidence.n_stacked,
        study_area=ground.origin,
        study_area_km2=ground.grid.area_km2,
        cells=int(ground.grid.inside.sum()),
        cell_size_m=ground.grid.cell_size_m,
        times_known=bool(incidents["occurred_at"].notna().mean() > 0.5),
    )
    hotspots = evidence.hotspots.assign(
        months=ask.months,
        hotspot_id=[f"{ask.months}m-{name}" for name in evidence.hotspots["hotspot_id"]],
    )
    return Finding(search, hotspots, _cells(evidence, ground, ask))


_SETTINGS = {
    "bandwidth_m",
    "kernel",
    "radius_m",
    "alpha",
    "cluster_reach_m",
    "min_area_m2",
    "min_incidents",
    "few_incidents",
}


def _incidents(current: Current, ask: Ask) -> "pd.DataFrame":
    import geopandas as gpd
    import pandas as pd

    if not ask.by_month:
        return pd.DataFrame(
            {
                "x": pd.Series(dtype="float64"),
                "y": pd.Series(dtype="float64"),
                "month": pd.Series(dtype="str"),
                "occurred_at": pd.Series(dtype="datetime64[s]"),
            }
        )
    rows = current.rows_of(ask.theme, ask.by_month)
    place = gpd.GeoSeries(rows["geometry"])
    return pd.DataFrame(
        {
            "x": place.x,
            "y": place.y,
            "month": rows["month"],
            "occurred_at": rows["start"].where(rows["time_precision"] == "minute"),
        }
    )


def _missing(ask: Ask) -> list[str]:
    import pandas as pd

    months = pd.period_range(*ask.period, freq="M").astype("str")
    return [month for month in months if month not in ask.by_month]


def _cells(evidence: "Evidence", ground: Ground, ask: Ask) -> "pd.DataFrame":
    """Return the study cells with their middle in metres, as the schema of results says."""
    import numpy as np

    cells = evidence.cells
    row, column = np.unravel_index(cells.index.to_numpy(), ground.grid.shape)
    size, (x0, y0) = ground.grid.cell_size_m, ground.grid.origin
    placed = cells.assign(
        theme=ask.theme,
        months=ask.months,
        x=x0 + (column + 0.5) * size,
        y=y0 + (row + 0.5) * size,
    )
    return placed[list(cells_schema().columns)].reset_index(drop=True)


def results_of(findings: list[Finding]) -> "dict[str, pd.DataFrame]":
    """Return the tables of all searches of a run."""
    import pandas as pd

    return {
        "hotspots": pd.concat([each.hotspots for each in findings], ignore_index=True),
        "cells": pd.concat([each.cells for each in findings], ignore_index=True),
    }
