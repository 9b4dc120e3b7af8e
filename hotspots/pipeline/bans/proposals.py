"""Proposals of area measures: every gate shown, and nothing decided."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from hotspots.months import MONTHS_IN_A_YEAR, month_number
from hotspots.outputs.bans.document import (
    BanBoundary,
    BanGate,
    BanPeriod,
    BanProposal,
    BanProposalDocument,
    BanStep,
    BanTried,
)
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.bans.ground import BanGround
from hotspots.pipeline.bans.places import as_window, hours_of, season_of
from hotspots.pipeline.bans.review import findings_of
from hotspots.pipeline.bans.reviews import FOLLOWED, FOLLOWS, Asked, frame_of, rests_on
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import ground_of
from hotspots.pipeline.nuisance import Nuisance
from hotspots.policy import Policy

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    Bools = npt.NDArray[np.bool_]

_SHARED = 0.1
"""An area that shares less ground with the place is beside it."""


@dataclass(frozen=True)
class Place:
    """Where a measure is asked for: a drawn polygon, with the code under which steps are listed."""

    name: str
    shape: "BaseGeometry"


def places_found(
    current: Current, policy: Policy, nuisance: Nuisance, ground: BanGround
) -> list[Place]:
    """Return the places where every source stands out in every period, without quiet blocks.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Section `bans`; how hotspots are found.
    nuisance
        Incidents of the kind's themes.
    ground
        Streets and dwellings.
    """
    return [
        Place(each.name, _tightened(each.shape, nuisance, ground)[0])
        for each in _standing_out(current, policy, nuisance)
    ]


def proposed(
    kind: str,
    places: Sequence[Place],
    asked: Asked,
    nuisance: Nuisance,
    ground: BanGround,
    *,
    run: str,
    searched: bool,
) -> BanProposalDocument:
    """Test the reasons for an area measure at places that were drawn, or that stand out.

    Parameters
    ----------
    kind
        Kind of area of the policy.
    places
        The places.
    asked
        Area measures that exist; steps by the name of their place.
    nuisance
        Incidents of the kind's themes.
    ground
        Streets, dwellings and the municipality.
    run
        Id of the run that this becomes.
    searched
        Whether the places were looked for.
    """
    ask = [_Ask(kind, each, nuisance, ground, asked.holding, asked.until) for each in places]
    return BanProposalDocument(
        run=run,
        until=asked.until,
        demo=ground.current.workspace.demo,
        kind=kind,
        themes=list(nuisance.themes),
        searched=searched,
        places=[_proposal(each, list(asked.steps.get(each.place.name, ()))) for each in ask],
        **rests_on([nuisance]),
        policy=ground.policy.model_dump(),
    )


def years_of(nuisance: Nuisance, number: int) -> "list[pd.PeriodIndex]":
    """Return the last years, newest first, over the calendar months delivered in all of them.

    Parameters
    ----------
    nuisance
        Incidents.
    number
        How many years.
    """
    known = nuisance.known
    ends = [known[-1] - MONTHS_IN_A_YEAR * back for back in range(number)]
    years = [known[(known > end - MONTHS_IN_A_YEAR) & (known <= end)] for end in ends]
    common = set.intersection(*(set(each.month) for each in years))
    return [each[each.month.isin(common)] for each in years]


def _standing_out(current: Current, policy: Policy, nuisance: Nuisance) -> list[Place]:
    """Return the places where every source stands out from the city in every year."""
    import numpy as np

    from hotspots.analysis.grid import bin_points
    from hotspots.analysis.polygons import hearts_m2, hot_areas
    from hotspots.analysis.significance import gi_star_twice

    ground, settings = ground_of(current, policy, []), policy.hotspots
    hot: set[int] | None = None
    for themes in nuisance.by_source.values():
        of_source = nuisance.rows["theme"].isin([nuisance.themes.index(each) for each in themes])
        for months in years_of(nuisance, policy.bans.periods):
            which = of_source & nuisance.by_others & nuisance.during(months)
            x, y = (nuisance.rows[axis][which].to_numpy(np.float64) for axis in "xy")
            tested = gi_star_twice(
                bin_points(ground.grid, x, y).counts,
                ground.grid.inside,
                cell_size_m=settings.cell_size_m,
                radius_m=settings.radius_m,
                alpha=settings.alpha,
            )
            now = set(tested.index[tested["q_hot"] <= settings.alpha].tolist())
            hot = now if hot is None else hot & now
    found = hot_areas(
        ground.grid,
        np.array(sorted(hot or ()), dtype=np.int64),
        ground.area,
        largest_hole_m2=hearts_m2(settings.radius_m),
        min_area_m2=settings.min_area_m2,
    )
    return [Place(f"{number}", each.geometry) for number, each in enumerate(found, start=1)]


@dataclass(frozen=True)
class _Ask:
    """A measure asked for at a place."""

    kind: str
    place: Place
    nuisance: Nuisance
    ground: BanGround
    holding: Sequence[AreaMeasure]
    until: date

    @cached_property
    def aligned(self) -> AreaMeasure | None:
        """The alcohol ban whose boundary a soft-drug area takes; None where there is none."""
        from hotspots.planning.boundaries import align

        bans = [each for each in self.holding if each.kind == FOLLOWED]
        if self.kind != FOLLOWS or not bans:
            return None
        frame = frame_of(bans, self.ground)
        found = align(self.place.shape, frame, least_share=self.ground.policy.align_share)
        return None if found is None else bans[found]

    @cached_property
    def boundary(self) -> BanBoundary:
        """The boundary proposed: that of an alcohol ban, or along streets, or as it was drawn."""
        from shapely.geometry import mapping

        drawn = self.aligned.shape if self.aligned else self.place.shape
        found = self.ground.snapped(drawn)
        if found is not None:
            return self.ground.boundary(found, self.place.shape)
        return BanBoundary(
            km2=drawn.area / 1e6,
            dwellings=self.ground.dwellings(drawn),
            around=[],
            inside=[],
            unnamed=0,
            off_street_m=drawn.length,
            same=1.0,
            geometry=mapping(drawn),
        )

    @cached_property
    def shape(self) -> "BaseGeometry":
        """The polygon of the boundary."""
        from shapely.geometry import shape

        return shape(self.boundary.geometry)

    @cached_property
    def inside(self) -> "Bools":
        """Incidents in it that police did not find by themselves."""
        return self.nuisance.within(self.shape) & self.nuisance.by_others


def _proposal(ask: _Ask, steps: list[BanStep]) -> BanProposal:
    policy, nuisance = ask.ground.policy, ask.nuisance
    years = years_of(nuisance, policy.periods)
    periods = [
        _period(ask, source, themes, months)
        for source, themes in nuisance.by_source.items()
        for months in years
    ]
    tried = [_tried(ask, each) for each in steps if each.kind == "lighter_measure"]
    earlier, last = (ask.inside & nuisance.during(each) for each in (years[-1], years[0]))
    gates = _gates(ask, periods, tried, findings_of(steps, ask.until))
    overlapping = _overlapping(ask)
    return BanProposal(
        name=ask.place.name,
        kind=ask.kind,
        proposed=all(each.passed for each in gates),
        gates=gates,
        periods=periods,
        tried=tried,
        season_found=as_window(season_of(nuisance, earlier, last, policy), first=1),
        hours_found=as_window(hours_of(nuisance, earlier, last, policy), first=0),
        share_of_city=ask.ground.share_of_city(ask.shape),
        overlapping=overlapping,
        aligned_with=ask.aligned.code if ask.aligned else None,
        boundary=ask.boundary,
    )


def _period(ask: _Ask, source: str, themes: Sequence[str], months: "pd.PeriodIndex") -> BanPeriod:
    """Return how a source stood in a year against the rest of the city."""
    from hotspots.analysis.change import city_dispersion
    from hotspots.planning.bans import times_city

    policy, nuisance = ask.ground.policy, ask.nuisance
    own = nuisance.monthly(ask.inside).loc[list(themes)].sum()
    rest = nuisance.monthly(~ask.inside & nuisance.by_others).loc[list(themes)].sum()
    length, total = ask.ground.exposure(ask.shape)
    count = int(own[months].sum())
    found = times_city(
        count,
        length,
        int(rest[months].sum()),
        total - length,
        dispersion=city_dispersion(own),
    )
    return BanPeriod(
        source=source,
        themes=list(themes),
        first=str(months[0]),
        last=str(months[-1]),
        incidents=count,
        times=found.value,
        low=found.low,
        high=found.high,
        holds=count >= policy.least_incidents
        and found.value >= policy.least_times
        and found.low > 1,
    )


def _tried(ask: _Ask, step: BanStep) -> BanTried:
    """Return a lighter measure with what happened since, and in the same months a year before."""
    months = ask.nuisance.known
    own = ask.nuisance.monthly(ask.inside).sum()
    end = min(step.end or ask.until, ask.until)
    had = month_number(f"{end:%Y-%m}") - month_number(f"{step.start:%Y-%m}") + 1
    first = _period_of(step.start)
    since = months[(months >= first) & (months <= _period_of(end))][:MONTHS_IN_A_YEAR]
    before = (since - MONTHS_IN_A_YEAR).intersection(months)
    since = (before + MONTHS_IN_A_YEAR).intersection(months)
    return BanTried(
        what=step.what,
        start=step.start,
        end=step.end,
        result=step.result,
        months=had,
        before=int(own[before].sum()),
        since=int(own[since].sum()),
        counts=had >= ask.ground.policy.lighter_months and step.start <= ask.until,
    )


def _period_of(day: date) -> "pd.Period":
    import pandas as pd

    return pd.Period(day, "M")


def _overlapping(ask: _Ask) -> list[str]:
    """Return the areas of the same kind that hold on (part of) the same ground."""
    shape = ask.shape
    return [
        each.code
        for each in ask.holding
        if each.kind == ask.kind and each.shape.intersection(shape).area > _SHARED * shape.area
    ]


def _gates(
    ask: _Ask, periods: list[BanPeriod], tried: list[BanTried], findings: list[bool]
) -> list[BanGate]:
    """Return every gate with what was found and what was asked."""
    policy = ask.ground.policy
    sources: dict[str, list[bool]] = {}
    for each in periods:
        sources.setdefault(each.source, []).append(each.holds)
    steady = sum(all(holds) for holds in sources.values())
    years = max((sum(holds) for holds in sources.values()), default=0)
    agreeing = steady + any(findings)
    effective = sum(each.counts for each in tried)
    _, needed = _tightened(ask.shape, ask.nuisance, ask.ground)
    limited = None if math.isnan(needed) else needed > policy.core_size
    overlapping = len(_overlapping(ask))
    return [
        _gate("structural", steady > 0, years, policy.periods),
        _gate("two_sources", agreeing > 1, agreeing, 2),
        _gate(
            "lighter_measures",
            effective >= policy.lighter_measures,
            effective,
            policy.lighter_measures,
        ),
        _gate("limited", limited, needed, policy.core_size),
        _gate("no_area_yet", not overlapping, overlapping, 0),
    ]


def _gate(gate: str, passed: bool | None, found: float, asked: float) -> BanGate:
    return BanGate.model_validate(
        {"gate": gate, "passed": passed, "found": float(found), "asked": float(asked)}
    )


def _tightened(
    shape: "BaseGeometry", nuisance: Nuisance, ground: BanGround
) -> "tuple[BaseGeometry, float]":
    """Return the blocks of a place that are left when quiet ones are cut off, and their share.

    The place itself, and no share, where no streets enclose anything.
    """
    import numpy as np
    import shapely

    from hotspots.planning.boundaries import core_of

    found, blocks, policy = ground.snapped(shape), ground.blocks, ground.policy
    if found is None or blocks is None:
        return shape, math.nan
    rows = nuisance.rows[nuisance.within(found.shape) & nuisance.by_others]
    x, y = (rows[axis].to_numpy(np.float64) for axis in "xy")
    reach_m = policy.street_half_width_m
    kept = core_of(found.blocks, blocks, x, y, share=policy.core_share, reach_m=reach_m)
    core, whole = (blocks.faces[each] for each in (kept, found.blocks))
    share = shapely.area(core).sum() / shapely.area(whole).sum()
    return shapely.union_all(core), float(share)
