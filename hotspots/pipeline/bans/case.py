"""One area measure under review: its months, its incidents, and what is left of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from hotspots.months import MONTHS_IN_A_YEAR
from hotspots.outputs.bans.document import BanLevel, BanStep
from hotspots.outputs.effect_document import EffectDocument
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.bans.ground import BanGround
from hotspots.pipeline.effect_figures import WATCHED_SHARE, Matter, figures_of
from hotspots.pipeline.nuisance import Nuisance
from hotspots.pipeline.zones import Zones
from hotspots.policy.measures import Bans

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    Bools = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

_KNOWN_SHARE = 0.75
"""A year was delivered whole where so much of its months was."""

_HALF_YEAR = 6


@dataclass(frozen=True)
class Case:
    """One area under review, with the incidents of its themes.

    `since` is the first day of the measure, or of the first one whose place it took: a merger
    does not make it new. `others` are the areas of the same kind that hold too: they are in no
    control.
    """

    area: AreaMeasure
    since: date
    nuisance: Nuisance
    ground: BanGround
    others: "Sequence[BaseGeometry]"
    steps: Sequence[BanStep]
    until: date

    @property
    def policy(self) -> Bans:
        """Section of the policy."""
        return self.ground.policy

    # ------------------------------------------------------------ months
    @cached_property
    def began(self) -> "pd.Period":
        """Month in which the measure began."""
        import pandas as pd

        return pd.Period(self.since, "M")

    @cached_property
    def known(self) -> "pd.PeriodIndex":
        """Delivered months in the season, without one in which the measure began halfway."""
        known = self.nuisance.known
        if self.since.day > 1:
            known = known[known != self.began]
        return known[known.month.isin(season_months(self.area))]

    @cached_property
    def first(self) -> "pd.Period":
        """First whole month of the measure."""
        return self.began + int(self.since.day > 1)

    @cached_property
    def blocks(self) -> "list[pd.PeriodIndex]":
        """The last years, newest first, each with its delivered months of the measure."""
        last = self.nuisance.known[-1]
        ends = [last - MONTHS_IN_A_YEAR * back for back in range(self.policy.periods)]
        since = self.known[self.known >= self.first]
        return [since[(since > end - MONTHS_IN_A_YEAR) & (since <= end)] for end in ends]

    @property
    def whole_years(self) -> int:
        """How many of these years were delivered, and the measure in force, for the most part."""
        asked = _KNOWN_SHARE * len(season_months(self.area))
        return sum(len(block) >= asked for block in self.blocks)

    @cached_property
    def now(self) -> "pd.PeriodIndex":
        """The months of these years."""
        return self.known[self.known.isin(self.blocks[0].append(self.blocks[1:]))]

    @cached_property
    def before(self) -> "pd.PeriodIndex":
        """The same calendar months before the measure."""
        before = self.known[self.known < self.began]
        return before[before.month.isin(self.now.month)]

    # ------------------------------------------------------------ incidents
    @cached_property
    def counted(self) -> "Bools":
        """Incidents in the hours of the measure; all of them where it works at any hour."""
        import numpy as np

        from hotspots.planning.demand import watched_hours, watched_share

        rows = self.nuisance.rows
        if not self.area.hours:
            return np.ones(len(rows), dtype=np.bool_)
        start, end = (rows[each].to_numpy("datetime64[s]") for each in ("start", "end"))
        return watched_share(start, end, watched_hours(self.area.hours)) >= WATCHED_SHARE

    @cached_property
    def inside(self) -> "Bools":
        """Incidents in the area that count."""
        import numpy as np

        return np.asarray((self.zone == 0) & self.counted & self.nuisance.by_others)

    @cached_property
    def monthly(self) -> "pd.DataFrame":
        """Monthly incidents in the area, by theme."""
        return self.nuisance.monthly(self.inside)

    # ------------------------------------------------------------ figures
    @cached_property
    def _elsewhere(self) -> "BaseGeometry":
        """The other areas of the kind."""
        import shapely

        return shapely.union_all(list(self.others)).difference(self.area.shape)

    @cached_property
    def _zones(self) -> Zones:
        """Area, ring and rest of the city; no other area of the kind is in them."""
        shape, city = self.area.shape, self.ground.city
        ring = shape.buffer(self.policy.ring_m).difference(shape).difference(self._elsewhere)
        return Zones(shape, ring, None, None if city is None else city.difference(self._elsewhere))

    @cached_property
    def zone(self) -> "Ints":
        """Zone of each incident: 0 area, 1 ring, 2 rest of the city, -1 another such area."""
        return self.nuisance.zone(self._zones, self.nuisance.within(self._elsewhere))

    @cached_property
    def _matter(self) -> Matter | None:
        """Incidents by zone and month; None without calendar months before and since."""
        from hotspots.analysis.effects import comparable_months

        known = self.known
        if not len(known) or known[-1] < self.first:
            return None
        after, before = comparable_months(
            known, first=self.first, last=known[-1], before_from=known[0]
        )
        if not len(after):
            return None
        return self.nuisance.matter(
            self.zone,
            self.counted,
            months=(known, after, before),
            began=self.began,
        )

    @cached_property
    def effect(self) -> EffectDocument | None:
        """Before and since against ring and the rest of the city; None without both periods."""
        matter = self._matter
        if matter is None:
            return None
        after, before = matter.after, matter.before
        compared = {*map(str, after), *map(str, before)}
        return EffectDocument(
            themes=list(self.nuisance.themes),
            area=self.area.name,
            control="",
            is_rest=True,
            ring_m=self.policy.ring_m,
            measure_from=self.since,
            after=list(map(str, after)),
            before=list(map(str, before)),
            left_out=[each for each in map(str, self.known) if each not in compared],
            not_delivered=[],
            sources=sorted({each.source for each in self.nuisance.deliveries}),
            deliveries=sorted({each.id for each in self.nuisance.deliveries}),
            demo=self.ground.current.workspace.demo,
            **figures_of(matter, self._zones),
        )

    @cached_property
    def dispersion(self) -> float:
        """Variance of monthly counts over their mean, as places like this one tell.

        How places drift over years is left out: the question is what is here now, not why.
        """
        from hotspots.analysis.change import area_dispersion

        matter = self._matter
        return 1.0 if matter is None else area_dispersion(matter.places(self.area.shape.area))

    def counts(
        self, months: "pd.PeriodIndex", themes: Sequence[str]
    ) -> "tuple[float, float, float]":
        """Return incidents of some themes in some months, those before, and the variance of these.

        Against a criterion every month counts, also one that has no counterpart before.
        """
        from hotspots.analysis.effects import compare

        own = self.monthly.loc[list(themes)]
        total = compare(own, after=months, before=self.before).sum()
        now = total["after"] if self.area.most_per_year is None else own[months].to_numpy().sum()
        return float(now), float(total["before"]), float(total["variance"])

    @cached_property
    def yardstick_per_year(self) -> float | None:
        """Most incidents a year that count as the need being gone."""
        if self.area.most_per_year is not None:
            return float(self.area.most_per_year)
        if not len(self.before) or not len(self.now):
            return None
        _, before, _ = self.counts(self.now, self.nuisance.themes)
        return self.policy.yardstick_share * before / self._years(self.now)

    def _years(self, months: "pd.PeriodIndex") -> float:
        """Return how many years of the measure some months are."""
        return len(months) / len(season_months(self.area))

    def level(self, themes: Sequence[str], *, source: str) -> BanLevel:
        """Return what is left of some themes against the yardstick."""
        from hotspots.planning.bans import against_baseline, against_criterion

        now, before, variance = self.counts(self.now, themes)
        every = len(themes) == len(self.nuisance.themes)
        most = self.area.most_per_year
        if most and every:
            limit = most * self._years(self.now)
            found = against_criterion(now, most=limit, dispersion=self.dispersion)
        else:
            found = against_baseline(
                now,
                before,
                worth=before**2 / variance if variance else 0.0,
                share=self.policy.yardstick_share,
                dispersion=self.dispersion,
            )
        return BanLevel(
            source=source,
            themes=list(themes),
            before=before,
            now=now,
            value=found.value,
            low=found.low,
            high=found.high,
            need=found.need,
        )

    @cached_property
    def of_years(self) -> "list[tuple[int, float]]":
        """Per year, newest first, its incidents and the yardstick over the same months."""
        most, told = self.area.most_per_year, []
        for block in self.blocks:
            now, before, _ = self.counts(block, self.nuisance.themes)
            limit = self.policy.yardstick_share * before
            told.append((int(now), limit if most is None else most * self._years(block)))
        return told

    @cached_property
    def below_since(self) -> str | None:
        """Since which month a year's incidents stay under the yardstick."""
        import numpy as np
        import pandas as pd

        from hotspots.planning.review import below_since, demand_left

        if self.yardstick_per_year is None or not len(self.now):
            return None
        months = pd.period_range(self.nuisance.known[0], self.nuisance.known[-1], freq="M")
        counts = self.monthly.sum().reindex(months).to_numpy(np.float64, copy=True)
        counts[~months.month.isin(season_months(self.area))] = 0.0
        position = int(below_since(demand_left(counts[None]), least=self.yardstick_per_year)[0])
        return None if position < 0 else str(months[position])

    @cached_property
    def naive_ratio(self) -> float | None:
        """The half year after the start over the half year before: other calendar months."""
        months = self.nuisance.known
        total = self.monthly.sum()
        after = months[(months >= self.first) & (months < self.first + _HALF_YEAR)]
        before = months[(months < self.began) & (months >= self.began - _HALF_YEAR)]
        if len(after) < _HALF_YEAR or len(before) < _HALF_YEAR or not total[before].sum():
            return None
        return float(total[after].sum() / total[before].sum())

    @cached_property
    def earlier_and_last(self) -> "tuple[Bools, Bools]":
        """Incidents of the two years before the last one, and of that year."""
        months = self.nuisance.known
        last = months[-1] - MONTHS_IN_A_YEAR
        earlier = months[(months <= last) & (months > last - 2 * MONTHS_IN_A_YEAR)]
        return (
            self.inside & self.nuisance.during(earlier),
            self.inside & self.nuisance.during(months[months > last]),
        )


def season_months(area: AreaMeasure) -> list[int]:
    """Return the calendar months in which an area measure works, wholly or in part."""
    if area.season is None:
        return list(range(1, 13))
    first, last = (int(each[:2]) for each in (area.season.first_day, area.season.last_day))
    return [(first - 1 + step) % 12 + 1 for step in range((last - first) % 12 + 1)]
