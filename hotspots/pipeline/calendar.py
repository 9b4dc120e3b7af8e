"""The event calendar of a run: what it marks, and what may explain a break."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.months import last_day_of, month_name, month_number, years_back
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.calendar import Days
    from hotspots.analysis.grid import Ints


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dated events, with the areas that some of them belong to; no events is no calendar."""

    events: "pd.DataFrame | None"
    areas: "Mapping[Level, gpd.GeoDataFrame]"

    def of_hotspots(
        self, incidents: "pd.DataFrame", member: "Ints", hotspots: "gpd.GeoDataFrame", ask: Ask
    ) -> "pd.DataFrame":
        """Return per hotspot what fell on marked days, and the events that may explain a break.

        Without a calendar nothing is known of its days: `event_share`, `event_days_share` (of the
        days themselves, there) and `day_unknown` (incidents of which the day is not known) are
        missing.

        Parameters
        ----------
        incidents, member
            Incidents of the period, and the position of the hotspot that holds each (-1: none).
        """
        import numpy as np
        import pandas as pd

        from hotspots.analysis.calendar import ANY, calendar_shares, events_at, explaining_events

        told = pd.DataFrame(
            {"event_share": np.nan, "event_days_share": np.nan, "events": ""}, index=hotspots.index
        ).assign(day_unknown=pd.array([pd.NA] * len(hotspots), dtype="Int64"))
        days = _days(ask)
        if self.events is None or not len(hotspots) or not len(days):
            return told
        at = events_at(self.events, hotspots.geometry, self.areas)
        found = calendar_shares(incidents, member, self.events, at, days=days)
        of_any = found.table[found.table["kind"] == ANY]
        first, last = map(month_number, ask.period)
        earliest = month_name(first - years_back(ask.months))
        explaining = explaining_events(
            self.events,
            at,
            first=np.datetime64(f"{earliest}-01"),
            last=np.datetime64(last_day_of(month_name(last))),
        )
        words = explaining["name"] + " (" + explaining["start"].dt.strftime("%Y-%m-%d") + ")"
        joined = words.str.replace(";", ",").groupby(explaining["place"]).agg("; ".join)
        return told.assign(
            event_share=of_any["share"].to_numpy(),
            event_days_share=of_any["share_of_days"].to_numpy(),
            day_unknown=found.n_unknown,
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
