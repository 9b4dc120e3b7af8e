"""The event calendar of a run: what it marks, and what may explain a break."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.incidents import Ask
from hotspots.pipeline.months import last_day_of, month_name, month_number
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Ints = npt.NDArray[np.int64]
    Days = npt.NDArray[np.datetime64]

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dated events, with the areas that some of them belong to; no events is no calendar."""

    events: "pd.DataFrame | None"
    areas: "Mapping[Level, gpd.GeoDataFrame]"

    def days_share(self, ask: Ask) -> float | None:
        """Return the share of the delivered days that the calendar marks in the whole city."""
        from hotspots.analysis.calendar import marked_days

        days = _days(ask)
        if self.events is None or not len(days):
            return None
        import numpy as np

        everywhere = self.events[self.events["area_code"].isna()]
        span = np.arange(days[0], days[-1] + np.timedelta64(1, "D"))
        return float(marked_days(everywhere, span)[np.isin(span, days), -1].mean())

    def of_hotspots(
        self, incidents: "pd.DataFrame", member: "Ints", hotspots: "gpd.GeoDataFrame", ask: Ask
    ) -> "pd.DataFrame":
        """Return per hotspot the share on marked days, and the events that may explain a break.

        Parameters
        ----------
        incidents, member
            Incidents of the period, and the position of the hotspot that holds each (-1: none).
        """
        import numpy as np
        import pandas as pd

        from hotspots.analysis.calendar import ANY, calendar_shares, events_at, explaining_events

        told = pd.DataFrame({"event_share": np.nan, "events": ""}, index=hotspots.index)
        days = _days(ask)
        if self.events is None or not len(hotspots) or not len(days):
            return told
        at = events_at(self.events, hotspots.geometry, self.areas)
        shares = calendar_shares(incidents, member, self.events, at, days=days).table
        of_any = shares[shares["kind"] == ANY].set_index("place")["share"]
        first, last = map(month_number, ask.period)
        earliest = month_name(first - _YEAR * math.ceil(ask.months / _YEAR))
        explaining = explaining_events(
            self.events,
            at,
            first=np.datetime64(f"{earliest}-01"),
            last=np.datetime64(last_day_of(month_name(last))),
        )
        words = explaining["name"] + " (" + explaining["start"].dt.strftime("%Y-%m-%d") + ")"
        joined = words.str.replace(";", ",").groupby(explaining["place"]).agg("; ".join)
        return told.assign(
            event_share=of_any.reindex(range(len(told))).to_numpy(),
            events=joined.reindex(range(len(told))).fillna("").to_numpy(),
        )


def calendar_of(current: Current) -> Calendar:
    """Return the events that hold, with the areas that some of them belong to."""
    events = current.holding("events")
    return Calendar(events, {} if events is None else current.areas)


def _days(ask: Ask) -> "Days":
    """Return every day of the delivered months of the period."""
    import numpy as np

    months = [np.datetime64(month) for month in sorted(ask.by_month)]
    spans = [np.arange(month, month + 1, dtype="datetime64[D]") for month in months]
    return np.concatenate(spans) if spans else np.empty(0, dtype="datetime64[D]")
