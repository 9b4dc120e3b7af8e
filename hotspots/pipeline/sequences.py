"""Incidents that follow one another: near repeats, and bursts as an alert list."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.incidents import Ask, incidents_of, period_of
from hotspots.pipeline.progress import Progress
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Days = npt.NDArray[np.datetime64]

ALERT_LEVELS: tuple[Level, ...] = ("wijk", "service-area", "buurt", "stadsdeel")
"""Levels at which residents are told, the first one that was delivered."""


def sequences_of(
    current: Current, policy: Policy, ask: Ask, until: date, progress: Progress
) -> "Mapping[str, pd.DataFrame]":
    """Return Knox's table and the bursts of late of a theme.

    Stacked locations are left out: what is booked on a police station happened elsewhere.
    """
    from hotspots.analysis.bursts import find_bursts
    from hotspots.analysis.near_repeat import knox

    settings, seed = policy.near_repeat, policy.rates.seed
    first, last = period_of(until, settings.months)
    in_period = {month: each for month, each in ask.held.items() if first <= month <= last}
    repeats = knox(
        *_dated(current, ask.theme, in_period),
        distances_m=settings.distances_m,
        days=settings.days,
        replications=settings.replications,
        seed=seed,
        progress=lambda done, steps: progress(f"near repeats of {ask.theme}", done, steps),
    )
    bursts = find_bursts(
        *_dated(current, ask.theme, ask.held),
        until=until,
        seed=seed,
        radius_m=settings.burst_radius_m,
        within_days=settings.burst_days,
        least=settings.burst_least,
        look_back_days=settings.look_back_days,
        alpha=policy.hotspots.alpha,
        replications=settings.replications,
        progress=lambda done, steps: progress(f"bursts of {ask.theme}", done, steps),
    )
    return {
        "near_repeat": repeats.table.assign(theme=ask.theme, first_month=first, last_month=last),
        "bursts": _bursts(current, ask.theme, bursts.table),
    }


def _dated(
    current: Current, theme: str, by_month: Mapping[str, Delivery]
) -> "tuple[Floats, Floats, Days]":
    """Return where and on which day incidents were, attempts too, without stacked locations."""
    import numpy as np

    from hotspots.analysis.clusters import off_stacks

    incidents = incidents_of(current, theme, by_month)
    x, y = (incidents[axis].to_numpy(np.float64) for axis in "xy")
    used = off_stacks(x, y)
    day = incidents["start"].mask(incidents["time_precision"] == "month").to_numpy()
    return x[used], y[used], day[used]


def _bursts(current: Current, theme: str, table: "pd.DataFrame") -> "gpd.GeoDataFrame":
    """Return the bursts with their circle, their name, and the area that holds its middle."""
    import geopandas as gpd
    import pandas as pd

    middle = gpd.GeoSeries.from_xy(table["x"], table["y"], crs=current.workspace.crs)
    level = next((each for each in ALERT_LEVELS if each in current.areas), None)
    named = pd.DataFrame({"area_code": None, "area_name": None}, index=table.index)
    if level is not None:
        areas = current.areas[level]
        drawn = areas[areas.geometry.notna()]
        at = which_area(drawn, gpd.GeoDataFrame(geometry=middle))
        named = drawn[["area_code", "area_name"]].reindex(at).set_axis(table.index)
    days = {name: table[name].dt.strftime("%Y-%m-%d") for name in ("first_day", "last_day")}
    day = days["first_day"].str.replace("-", "")
    number = day.groupby(day).cumcount() + 1
    return gpd.GeoDataFrame(
        table.assign(
            theme=theme,
            burst_id=[f"{theme}-{each}-{n:02d}" for each, n in zip(day, number, strict=True)],
            **days,
        ).join(named),
        geometry=middle.buffer(table["radius_m"].clip(lower=_SMALLEST_M)),
    )


_SMALLEST_M = 25.0
"""Radius at which a burst on one spot is drawn."""
