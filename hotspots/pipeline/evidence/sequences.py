"""Incidents that follow one another: near repeats, and bursts as an alert list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hotspots.months import month_name, month_number
from hotspots.pipeline.basis import basis_of
from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.evidence.incidents import Ask, incidents_of, period_of
from hotspots.pipeline.progress import Progress
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Days = npt.NDArray[np.datetime64]

ALERT_LEVELS: tuple[Level, ...] = ("wijk", "service-area", "buurt", "stadsdeel")
"""Levels at which residents are told, the first one that was delivered."""


def sequences_of(
    current: Current, policy: Policy, ask: Ask, until: date, progress: Progress
) -> "Mapping[str, pd.DataFrame]":
    """Return Knox's table, the bursts of late, and what both rest on.

    Stacked locations are left out: what is booked on a police station happened elsewhere.
    """
    import pandas as pd

    from hotspots.analysis.bursts import find_bursts
    from hotspots.analysis.near_repeat import knox

    settings, seed = policy.near_repeat, policy.rates.seed
    period = period_of(until, settings.months)
    every = dated_of(current, ask.theme, ask.held)
    dated = dated_of(current, ask.theme, near_repeat_months(policy, ask, until))
    repeats = knox(
        *dated.used,
        distances_m=settings.distances_m,
        days=settings.days,
        replications=settings.replications,
        seed=seed,
        progress=lambda done, steps: progress(f"near repeats of {ask.theme}", done, steps),
    )
    bursts = find_bursts(
        *every.used,
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
    bases = [
        basis_of("near_repeat", ask.theme, period, ask.held, dated.counts(period)),
        *_bursts_basis(ask, every, until, settings.look_back_days),
    ]
    return {
        "near_repeat": repeats.table.assign(
            theme=ask.theme, first_month=period[0], last_month=period[1]
        ),
        "bursts": _bursts(current, ask.theme, bursts.table),
        "basis": pd.concat(bases, ignore_index=True),
    }


def follows_sequences(policy: Policy, theme: str) -> bool:
    """Return whether the policy asks for near repeats and bursts of a theme."""
    return "near_repeat" in policy.hotspots.layers and theme in policy.near_repeat.themes


def near_repeat_months(policy: Policy, ask: Ask, until: date) -> dict[str, Delivery]:
    """Return the delivered months in which near repeats are looked for."""
    first, last = period_of(until, policy.near_repeat.months)
    return {month: each for month, each in ask.held.items() if first <= month <= last}


@dataclass(frozen=True, slots=True)
class Dated:
    """Incidents with their month, and their day where it is known (``NaT`` where not).

    `on_stack` marks those on a stacked location.
    """

    x: "Floats"
    y: "Floats"
    day: "Days"
    month: "pd.Series"
    on_stack: "Bools"

    @property
    def used(self) -> "tuple[Floats, Floats, Days]":
        """Where and on which day incidents off stacked locations were."""
        kept = ~self.on_stack
        return self.x[kept], self.y[kept], self.day[kept]

    def counts(self, period: tuple[str, str]) -> dict[str, int]:
        """Return how many incidents a period has, and how many of them are left out and why."""
        import numpy as np

        inside = self.month.between(*period).to_numpy()
        undated = np.isnat(self.day) & ~self.on_stack
        return {
            "incidents": int(inside.sum()),
            "stacked": int((inside & self.on_stack).sum()),
            "undated": int((inside & undated).sum()),
        }


def dated_of(current: Current, theme: str, by_month: Mapping[str, Delivery]) -> Dated:
    """Return the incidents of a theme in the given months, attempts too."""
    import numpy as np

    from hotspots.analysis.clusters import off_stacks

    incidents = incidents_of(current, theme, by_month)
    x, y = (incidents[axis].to_numpy(np.float64) for axis in "xy")
    day = incidents["start"].mask(incidents["time_precision"] == "month").to_numpy()
    return Dated(x, y, day, incidents["month"], ~off_stacks(x, y))


def _bursts_basis(ask: Ask, every: Dated, until: date, look_back_days: int) -> "list[pd.DataFrame]":
    """Return what bursts rest on: the months looked back on, and those that tell what is usual.

    The month in which the cut-off falls is one that was not delivered as a whole.
    """
    from hotspots.analysis.bursts import HISTORY_DAYS

    first_day = until - timedelta(days=look_back_days - 1)
    lately = (f"{first_day:%Y-%m}", f"{until:%Y-%m}")
    usual = (
        f"{first_day - timedelta(days=HISTORY_DAYS):%Y-%m}",
        month_name(month_number(lately[0]) - 1),
    )
    return [
        basis_of("bursts", ask.theme, lately, ask.held, every.counts(lately)),
        basis_of("bursts", ask.theme, usual, ask.held, every.counts(usual), part="before"),
    ]


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
