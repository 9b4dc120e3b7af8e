"""One hotspot as one plain document: its figures, its course step by step, and its hours."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.errors import NotFound, Problem
from hotspots.outputs.basis import basis_of
from hotspots.outputs.hotspots.tables import Hotspot, HotspotsDocument, SearchMethod, find_search
from hotspots.outputs.tables import RunReference, RunTables, Shown, plain_records
from hotspots.records import Search

DAYS, HOURS = 7, 24

Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-6


class Step(Shown):
    """A step of the course; `count` and `hot` are missing where too little was delivered.

    `missing_months` of it were not delivered, and are not in the count.
    """

    first_month: str
    last_month: str
    missing_months: list[str]
    count: int | None
    hot: bool | None


class Hour(Shown):
    """Incidents in an hour of the week; weekday 0 is Monday. An uncertain time counts in parts."""

    weekday: int
    hour: int
    weight: float


class Peak(Shown):
    """The shortest part of the day with at least half of the incidents, and the busiest day.

    Hours run from `first_hour` up to `until_hour`, past midnight where that is not the later one.
    """

    first_hour: int
    until_hour: int
    hours: int
    incidents: float
    weekday: int
    weekday_incidents: float


class PlaceDocument(Shown):
    """One polygon of a search, with its number among those `found`, and its neighbours there.

    `steps` and `hours` are empty where the run tells nothing of them: `hours_known` is then 0, or
    missing where the run did not look. A polygon that was not tested has no steps.
    """

    hotspot: Hotspot
    found: int
    previous_id: str | None
    next_id: str | None
    search: Search
    method: SearchMethod
    mean_per_km2: float
    steps: list[Step]
    hours: list[Hour]
    hours_known: int | None
    peak: Peak | None
    cut_off: str
    run: RunReference


def search_of(run: RunTables, hotspot_id: str) -> Search:
    """Return the search that found a hotspot.

    Raises
    ------
    NotFound
        When the run has no such hotspot.
    """
    if run.record.searches:
        table = run.table("hotspots")
        found = table[table["hotspot_id"] == hotspot_id]
        if len(found):
            theme, months = found[["theme", "months"]].iloc[0]
            return find_search(run.record, theme=str(theme), months=int(months))
    raise NotFound(
        Problem(
            f"Run {run.record.id} has no such hotspot.",
            "See the items of the collection hotspots for those it has.",
            value=hotspot_id,
        )
    )


def place_document_of(run: RunTables, found: HotspotsDocument, hotspot_id: str) -> PlaceDocument:
    """Return one of the polygons that a search found.

    Parameters
    ----------
    run
        A finished run.
    found
        What the search of the hotspot found; see :func:`search_of`.
    hotspot_id
        One of its polygons.
    """
    ids = [each.hotspot_id for each in found.hotspots]
    at = ids.index(hotspot_id)
    hotspot = found.hotspots[at]
    rows = _rows(run, "hours", hotspot_id)
    hours = [] if rows is None else [Hour.model_validate(row) for row in plain_records(rows)]
    return PlaceDocument(
        hotspot=hotspot,
        found=len(ids),
        previous_id=ids[at - 1] if at else None,
        next_id=ids[at + 1] if at + 1 < len(ids) else None,
        search=found.search,
        method=found.method,
        mean_per_km2=found.mean_per_km2,
        steps=_steps(run, hotspot),
        hours=hours,
        hours_known=None if rows is None else round(sum(each.weight for each in hours)),
        peak=peak_of(hours) if hours else None,
        cut_off=found.cut_off,
        run=found.run,
    )


def was_found_before(run: RunTables, hotspot_id: str) -> bool:
    """Tell whether the run before had a hotspot that this one no longer finds."""
    gone = _rows(run, "gone", hotspot_id)
    return gone is not None and len(gone) > 0


def peak_of(hours: Sequence[Hour]) -> Peak:
    """Return when most happens.

    Parameters
    ----------
    hours
        The hours of the week, of which some hold incidents.
    """
    weights = weights_of(hours)
    per_hour, per_day = weights.sum(axis=0), weights.sum(axis=1)
    running = np.concatenate([[0.0], np.cumsum(np.tile(per_hour, 2))])
    spans = [(running[n:] - running[:-n])[:HOURS] for n in range(1, HOURS + 1)]
    half = per_hour.sum() / 2 - _ROUNDING
    length, sums = next((n, span) for n, span in enumerate(spans, start=1) if span.max() >= half)
    first, day = int(sums.argmax()), int(per_day.argmax())
    return Peak(
        first_hour=first,
        until_hour=(first + length) % HOURS,
        hours=length,
        incidents=float(sums[first]),
        weekday=day,
        weekday_incidents=float(per_day[day]),
    )


def weights_of(hours: Iterable[Hour]) -> Floats:
    """Return the incidents by weekday and hour, shape (7, 24)."""
    weights = np.zeros((DAYS, HOURS))
    for each in hours:
        weights[each.weekday, each.hour] = each.weight
    return weights


def _steps(run: RunTables, hotspot: Hotspot) -> list[Step]:
    """Return the course of a polygon that was tested; of others the steps count too little."""
    steps = _rows(run, "steps", hotspot.hotspot_id)
    if steps is None or steps.empty or hotspot.trend is None:
        return []
    rows = list(plain_records(steps.sort_values("first_month")))
    period = str(rows[0]["first_month"]), str(rows[-1]["last_month"])
    missing = basis_of(run, "steps", hotspot.theme, period).missing_months
    return [Step.model_validate({**row, "missing_months": _between(missing, row)}) for row in rows]


def _between(months: Iterable[str], step: dict[str, object]) -> list[str]:
    first, last = str(step["first_month"]), str(step["last_month"])
    return sorted(month for month in months if first <= month <= last)


def _rows(run: RunTables, name: str, hotspot_id: str) -> pd.DataFrame | None:
    """Return what a result tells of a hotspot; older runs lack the result."""
    if name not in run.record.results:
        return None
    table = run.table(name)
    return table[table["hotspot_id"] == hotspot_id]
