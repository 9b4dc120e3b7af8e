"""The figures about a measure, from incidents by zone and month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from hotspots.outputs.effect_document import (
    Displacement,
    Flag,
    Moved,
    Peak,
    Relative,
    Watched,
    Zone,
    ZoneCounts,
)
from hotspots.pipeline.zones import Zones

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Bools = npt.NDArray[np.bool_]

FEW = 10
"""Below so many incidents a few more or less change what is said."""

WATCHED_SHARE = 0.5
"""From this share of its time in watched hours an incident counts among them."""

_ZONES: tuple[Zone, ...] = ("area", "ring", "control")


@dataclass(frozen=True)
class Matter:
    """Incidents off stacked locations, the months to compare, and where stacked ones lay.

    `rows` has `x`, `y`, `initiator`, `zone` (see :meth:`Zones.of`), the positions `theme` in
    `themes` and `at` in `known` (its month), and `watched`, the share of its time in the hours
    that are `watched` (missing where its hour is not known); `stacked` counts by zone.
    """

    themes: Sequence[str]
    rows: "pd.DataFrame"
    stacked: Mapping[int, int]
    known: "pd.PeriodIndex"
    after: "pd.PeriodIndex"
    before: "pd.PeriodIndex"
    began: "pd.Period"
    watched: Sequence[str] = ()

    @cached_property
    def is_police(self) -> "Bools":
        """Which incidents police or enforcement found by themselves."""
        import numpy as np

        return np.asarray(self.rows["initiator"] == "police")

    @cached_property
    def others(self) -> "pd.DataFrame":
        """Monthly counts by theme and zone of what others brought in."""
        return self.monthly(~self.is_police)

    def monthly(self, which: "Bools") -> "pd.DataFrame":
        """Return the monthly counts of some incidents by theme and zone."""
        import numpy as np
        import pandas as pd

        rows = self.rows[which & (self.rows["zone"] >= 0).to_numpy()]
        index = pd.MultiIndex.from_product([self.themes, _ZONES], names=["theme", "zone"])
        row = rows["theme"].to_numpy(np.int64) * len(_ZONES) + rows["zone"].to_numpy(np.int64)
        at = row * len(self.known) + rows["at"].to_numpy(np.int64)
        counts = np.bincount(at, minlength=len(index) * len(self.known))
        return pd.DataFrame(counts.reshape(len(index), -1), index=index, columns=self.known)

    def places(self, area_m2: float) -> "pd.DataFrame":
        """Return the monthly counts of places like the area, outside area and ring."""
        import numpy as np

        from hotspots.analysis.effects import comparable_places

        rows = self.rows[~self.is_police & ~self.rows["zone"].isin((0, 1))]
        return comparable_places(
            rows["x"].to_numpy(np.float64),
            rows["y"].to_numpy(np.float64),
            rows["at"].to_numpy(np.int64),
            months=self.known,
            area_m2=area_m2,
            incidents=int(self.others.xs("area", level="zone").to_numpy().sum()),
        )


def figures_of(matter: Matter, zones: Zones) -> dict[str, Any]:
    """Return the fields of an :class:`EffectDocument` that are counted or estimated."""
    from hotspots.analysis.effects import compare, effect_dispersion, relative_effects

    months = {"after": matter.after, "before": matter.before}
    places = matter.places(zones.area.area)
    spread = effect_dispersion(places, **months)
    is_any = matter.is_police | ~matter.is_police
    others, own, every = (
        compare(matter.monthly(which), **months)
        for which in (~matter.is_police, matter.is_police, is_any)
    )
    found, found_by_police, found_in_all = (
        relative_effects(each, dispersion=spread) for each in (others, own, every)
    )
    peak = _peak(matter, places)
    counted = _zone_counts(others, own, found, zones, matter.stacked)
    return {
        "dispersion": spread,
        "places": len(places),
        "zones": counted,
        "control_ratio": (found["expected"] / found["before"]).to_dict()["area"],
        "effect": _relative(found, "area"),
        "effect_with_police": _relative(found_in_all, "area"),
        "police": _relative(found_by_police, "area"),
        "displacement": _moved(others, found, spread),
        "peak": peak,
        "watched": _watched(matter, spread),
        "flags": _flags(counted, peak, _relative(found_by_police, "area"), matter),
    }


def _zone_counts(
    others: "pd.DataFrame",
    own: "pd.DataFrame",
    found: "pd.DataFrame",
    zones: Zones,
    stacked: Mapping[int, int],
) -> dict[Zone, ZoneCounts]:
    counted, by_police = (each.groupby(level="zone").sum() for each in (others, own))
    return {
        zone: ZoneCounts(
            km2=km2,
            after=counted.at[zone, "after"],
            before=counted.at[zone, "before"],
            police_after=by_police.at[zone, "after"],
            police_before=by_police.at[zone, "before"],
            stacked=stacked.get(number, 0),
        )
        for number, (zone, km2) in enumerate(zip(_ZONES, zones.km2(), strict=True))
    }


def _relative(found: "pd.DataFrame", zone: Literal["area", "ring"]) -> Relative:
    """Return what was found for a zone as plain numbers."""
    columns = ("ratio", "ratio_low", "ratio_high", "relative", "relative_low", "relative_high")
    figures = {name: found[name].to_dict()[zone] for name in columns}
    return Relative(
        **{name: figures[name] for name in columns[:4]},
        low=figures["relative_low"],
        high=figures["relative_high"],
    )


def _moved(others: "pd.DataFrame", found: "pd.DataFrame", spread: float) -> Moved:
    from hotspots.analysis.effects import displacement_difference, displacement_quotient

    ring = _relative(found, "ring")
    says: Displacement = "unclear"
    if not _relative(found, "area").relative < 1:
        says = "nothing_to_move"
    elif ring.low > 1:
        says = "displacement"
    elif ring.high < 1:
        says = "benefit"
    difference = displacement_difference(others, dispersion=spread)
    return Moved(
        says=says,
        ring=ring,
        quotient=displacement_quotient(found),
        difference=difference.value,
        variance=difference.variance,
        low=difference.low,
        high=difference.high,
    )


def _watched(matter: Matter, spread: float) -> Watched | None:
    """Compare in the hours in which someone watches; nothing where that is not said."""
    import numpy as np

    from hotspots.analysis.effects import compare, relative_effects

    if not matter.watched:
        return None
    share = matter.rows["watched"].to_numpy(np.float64)
    counts = compare(
        matter.monthly(~matter.is_police & (share >= WATCHED_SHARE)),
        after=matter.after,
        before=matter.before,
    )
    found = relative_effects(counts, dispersion=spread)
    here = (matter.rows["zone"] == _ZONES.index("area")).to_numpy() & ~matter.is_police
    compared = matter.known[matter.rows["at"]].isin(matter.after.union(matter.before))
    area = counts.groupby(level="zone").sum().loc["area"]
    return Watched(
        hours=list(matter.watched),
        after=area["after"],
        before=area["before"],
        hours_unknown=int((here & compared & np.isnan(share)).sum()),
        control_ratio=(found["expected"] / found["before"]).to_dict()["area"],
        effect=_relative(found, "area"),
    )


def _peak(matter: Matter, places: "pd.DataFrame") -> Peak | None:
    """Return whether the area stood high in the year before, and what without that year is left."""
    from hotspots.analysis.effects import compare, effect_dispersion, peak_months, relative_effects

    year, earlier = peak_months(matter.known, before=matter.began)
    if not len(year):
        return None
    said = []
    for after in (year, matter.after):
        counts = compare(matter.others, after=after, before=earlier)
        spread = effect_dispersion(places, after=after, before=earlier)
        said.append(_relative(relative_effects(counts, dispersion=spread), "area"))
    return Peak(months=list(map(str, earlier)), year=said[0], effect=said[1])


def _flags(
    zones: Mapping[Zone, ZoneCounts], peak: Peak | None, police: Relative, matter: Matter
) -> list[Flag]:
    control = zones["control"]
    told: dict[Flag, bool] = {
        "few_incidents": min(zones["area"].before, control.before, control.after) < FEW,
        "chosen_at_peak": peak is not None and peak.year.low > 1,
        "no_earlier_years": peak is None,
        "detection_bias": police.low > 1,
        "no_initiator": bool((matter.rows["initiator"] == "unknown").all()),
    }
    return [flag for flag, holds in told.items() if holds]
