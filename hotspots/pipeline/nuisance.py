"""Incidents of the themes of an area measure, by area, ring, rest of the city and month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.effect_figures import Matter
from hotspots.pipeline.evidence.incidents import held_months, incidents_of
from hotspots.pipeline.zones import Zones
from hotspots.policy import Policy
from hotspots.records import Delivery

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    Bools = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Nuisance:
    """Incidents of some themes over the months that were delivered of all of them.

    `rows` has `x`, `y`, `theme` (position in `themes`), `at` (position in `known`), `initiator`,
    `plain` (off stacked locations), and `start` and `end` where the time of day is known;
    `sources` has the source of each theme.
    """

    themes: Sequence[str]
    sources: Sequence[str]
    known: "pd.PeriodIndex"
    rows: "pd.DataFrame"
    deliveries: Sequence[Delivery]

    @cached_property
    def by_source(self) -> dict[str, list[str]]:
        """Themes by source."""
        found: dict[str, list[str]] = {}
        for theme, source in zip(self.themes, self.sources, strict=True):
            found.setdefault(source, []).append(theme)
        return found

    @cached_property
    def by_others(self) -> "Bools":
        """Incidents off stacks that police or enforcement did not find by themselves."""
        import numpy as np

        return np.asarray(self.rows["plain"] & (self.rows["initiator"] != "police"))

    def within(self, shape: "BaseGeometry") -> "Bools":
        """Tell which incidents lie in a polygon."""
        import numpy as np

        return points_in(shape, *(self.rows[axis].to_numpy(np.float64) for axis in "xy"))

    def monthly(self, which: "Bools") -> "pd.DataFrame":
        """Return the monthly counts of some incidents by theme."""
        import numpy as np
        import pandas as pd

        rows = self.rows[which]
        at = rows["theme"].to_numpy(np.int64) * len(self.known) + rows["at"].to_numpy(np.int64)
        counts = np.bincount(at, minlength=len(self.themes) * len(self.known))
        return pd.DataFrame(
            counts.reshape(len(self.themes), -1), index=list(self.themes), columns=self.known
        )

    def during(self, months: "pd.PeriodIndex") -> "Bools":
        """Tell which incidents fell in some months."""
        import numpy as np

        return np.asarray(self.known[self.rows["at"]].isin(months))

    def zone(self, zones: Zones, elsewhere: "Bools") -> "Ints":
        """Return for each incident 0 (area), 1 (ring), 2 (rest of the city) or -1 (elsewhere)."""
        import numpy as np

        zone = np.full(len(self.rows), 2)
        zone[elsewhere] = -1
        zone[self.within(zones.ring) & ~elsewhere] = 1
        zone[self.within(zones.area)] = 0
        return zone

    def matter(
        self,
        zone: "Ints",
        which: "Bools",
        *,
        months: "tuple[pd.PeriodIndex, pd.PeriodIndex, pd.PeriodIndex]",
        began: "pd.Period",
    ) -> Matter:
        """Return what :func:`hotspots.pipeline.effect_figures.figures_of` wants.

        Parameters
        ----------
        zone
            Zone of each incident.
        which
            Incidents that count at all.
        months
            Months that are known, after and before.
        began
            Month in which the measure did.
        """
        known, after, before = months
        at = known.get_indexer(self.known)[self.rows["at"]]
        rows = self.rows.assign(zone=zone, at=at)[which & (at >= 0)]
        compared = known[rows["at"]].isin(after.union(before))
        stacked = rows["zone"][compared & ~rows["plain"]]
        return Matter(
            themes=self.themes,
            rows=rows[rows["plain"]],
            stacked={each: int((stacked == each).sum()) for each in range(3)},
            known=known,
            after=after,
            before=before,
            began=began,
        )


def points_in(shape: "BaseGeometry", x: "Floats", y: "Floats") -> "Bools":
    """Tell which points lie in a polygon; only those in its rectangle are looked at."""
    import numpy as np
    import shapely

    west, south, east, north = shape.bounds
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    shapely.prepare(shape)
    inside = np.zeros(len(x), dtype=np.bool_)
    inside[near] = shapely.intersects_xy(shape, x[near], y[near])
    return inside


def nuisance_of(
    current: Current, policy: Policy, themes: Sequence[str], until: date
) -> Nuisance | None:
    """Return the incidents of the themes that were delivered; None where none was.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Sources of incidents.
    themes
        Themes of a kind of area.
    until
        Cut-off date.

    Raises
    ------
    WorkspaceRefused
        When no month was delivered of all of them.
    """
    import numpy as np
    import pandas as pd

    from hotspots.analysis.clusters import off_stacks

    held = {theme: held_months(current, policy, theme, until) for theme in themes}
    held = {theme: months for theme, months in held.items() if months}
    if not held:
        return None
    common = sorted(set.intersection(*(set(months) for months in held.values())))
    if not common:
        raise WorkspaceRefused(
            Problem(
                f"No month was delivered of all of {', '.join(held)}.",
                "Take in more months, or name fewer themes in bans.themes of the policy.",
            )
        )
    known = pd.PeriodIndex(common, freq="M")
    parts, sources = [], []
    used: dict[str, Delivery] = {}
    for number, (theme, by_month) in enumerate(held.items()):
        by_month = {month: by_month[month] for month in common}
        part = incidents_of(current, theme, by_month)
        plain = off_stacks(*(part[axis].to_numpy(np.float64) for axis in "xy"))
        timed = part["time_precision"] == "minute"
        part = part.assign(
            theme=number,
            plain=plain,
            start=part["start"].where(timed),
            end=part["end"].where(timed),
        )
        parts.append(part[["x", "y", "month", "theme", "initiator", "plain", "start", "end"]])
        sources.append(", ".join(sorted({each.source for each in by_month.values()})))
        used |= {each.id: each for each in by_month.values()}
    rows = pd.concat(parts, ignore_index=True)
    at = known.get_indexer(pd.PeriodIndex(rows["month"], freq="M"))
    return Nuisance(
        list(held), sources, known, rows.drop(columns="month").assign(at=at), list(used.values())
    )
