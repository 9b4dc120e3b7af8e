"""What is searched for, and the incidents of a theme as the statistics want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import ends_by, last_whole_month, month_name, months_between
from hotspots.pipeline.deliveries import Current
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import UNSCORED_THEMES
from hotspots.store import facts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Ask:
    """A theme in a period of so many months (first and last one).

    `held` has the delivery that holds per month up to the cut-off date, also of months before
    the period.
    """

    theme: str
    period: tuple[str, str]
    months: int
    held: Mapping[str, Delivery]

    @property
    def by_month(self) -> dict[str, Delivery]:
        """The delivered months of the period, each with the delivery that holds."""
        first, last = self.period
        return {month: each for month, each in self.held.items() if first <= month <= last}

    @property
    def missing_months(self) -> list[str]:
        """Months of the period that were not delivered."""
        return [month for month in months_between(*self.period) if month not in self.held]


def held_months(current: Current, policy: Policy, theme: str, until: date) -> dict[str, Delivery]:
    """Return per month up to the cut-off date the delivery of a theme's incidents that holds."""
    held = facts.current_months(
        current.deliveries,
        kind="incidents",
        theme=theme,
        source=policy.sources.incidents.get(theme),
    )
    return {month: each for month, each in held.items() if ends_by(month, until)}


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
        held = held_months(current, policy, theme, until)
        for months in sorted(set(policy.hotspots.periods_months)):
            ask = Ask(theme, period_of(until, months), months, held)
            if ask.by_month or policy.hotspots.themes:
                asks.append(ask)
    return asks


def period_of(until: date, months: int) -> tuple[str, str]:
    """Return the first and last of so many whole months up to the cut-off date."""
    last = last_whole_month(until)
    return month_name(last - months + 1), month_name(last)


def incidents_of(current: Current, theme: str, by_month: Mapping[str, Delivery]) -> "pd.DataFrame":
    """Return the incidents of a theme in the given months.

    Returns
    -------
    pandas.DataFrame
        `x`, `y` (metres), `month`, `start` and `end` (local time, missing where unknown),
        `occurred_at` (the start where its time of day is known), `time_precision`, `initiator`.
    """
    import geopandas as gpd
    import pandas as pd

    if not by_month:
        return pd.DataFrame(
            {
                **{axis: pd.Series(dtype="float64") for axis in "xy"},
                "month": pd.Series(dtype="str"),
                **{name: pd.Series(dtype="datetime64[s]") for name in _MOMENTS},
                **{name: pd.Series(dtype="str") for name in ("time_precision", "initiator")},
            }
        )
    rows = current.rows_of(theme, by_month)
    place = gpd.GeoSeries(rows["geometry"])
    to_the_minute = rows["time_precision"] == "minute"
    return pd.DataFrame(
        {
            "x": place.x,
            "y": place.y,
            "month": rows["month"],
            "start": rows["start"],
            "end": rows["end"],
            "occurred_at": rows["start"].where(to_the_minute),
            "time_precision": rows["time_precision"],
            "initiator": rows["initiator"],
        }
    )


_MOMENTS = ("start", "end", "occurred_at")
