"""The review of one area measure: what is left, what is advised, and what decides that."""

from datetime import date
from typing import TYPE_CHECKING, Any

from hotspots.outputs.bans.document import BanLevel, BanReview, BanSources
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.bans.case import Case
from hotspots.pipeline.bans.ground import BanGround
from hotspots.pipeline.bans.places import Places, as_window, hours_of, places_of, season_of
from hotspots.register import Advice
from hotspots.results.bans import BanReason, BanRemark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotspots.outputs.bans.document import BanStep
    from hotspots.planning.bans import Window

RECENT_YEARS = 2
"""A finding of professionals counts as long as this before the cut-off date."""


def review_of(case: Case, sources: "Sequence[BanSources]") -> BanReview:
    """Return the review of an area: its figures, what is advised, and what decides that.

    Parameters
    ----------
    case
        The area and its incidents.
    sources
        Reports beside records in the area, where two sources cover it.
    """
    area, policy, nuisance = case.area, case.policy, case.nuisance
    season = None if area.season else season_of(nuisance, *case.earlier_and_last, policy)
    hours = None if area.hours else hours_of(nuisance, *case.earlier_and_last, policy)
    places = places_of(case)
    level = case.level(nuisance.themes, source="") if len(case.now) else None
    by_source = [
        case.level(themes, source=source)
        for source, themes in nuisance.by_source.items()
        if len(case.now)
    ]
    diverge = any(each.verdict == "contradict" for each in sources)
    advice, reason = _advice(case, level, by_source, (season, hours), places, diverge=diverge)
    return BanReview(
        **_header(case.area, case.ground),
        themes=list(nuisance.themes),
        advice=advice,
        reason=reason,
        remarks=_remarks(case, places, diverge=diverge and reason != "sources_contradict"),
        now=list(map(str, case.now)),
        before=list(map(str, case.before)),
        periods=[count for count, _ in case.of_years],
        yardstick_per_year=case.yardstick_per_year,
        below_since=case.below_since,
        level=level,
        by_source=by_source,
        sources=list(sources),
        naive_ratio=case.naive_ratio,
        effect=case.effect,
        season_found=as_window(season, first=1),
        hours_found=as_window(hours, first=0),
        parts=list(places.parts),
        boundary=places.boundary,
        proposed=places.proposed,
        steps=list(case.steps),
    )


def unknown_review(area: AreaMeasure, ground: BanGround, steps: "Sequence[BanStep]") -> BanReview:
    """Return the review of an area of which no theme was delivered.

    Parameters
    ----------
    area
        The area.
    ground
        Streets and dwellings.
    steps
        Its lighter measures and findings.
    """
    found = ground.snapped(area.shape)
    return BanReview(
        **_header(area, ground),
        themes=[],
        advice="insufficient_evidence",
        reason="no_baseline",
        remarks=[],
        now=[],
        before=[],
        periods=[],
        yardstick_per_year=None,
        below_since=None,
        level=None,
        by_source=[],
        sources=[],
        naive_ratio=None,
        effect=None,
        season_found=None,
        hours_found=None,
        parts=[],
        boundary=None if found is None else ground.boundary(found, area.shape),
        proposed=None,
        steps=list(steps),
    )


def _header(area: AreaMeasure, ground: BanGround) -> dict[str, Any]:
    dwellings, stadsdelen = ground.dwellings(area.shape), ground.stadsdelen(area.shape)
    return {
        "code": area.code,
        "name": area.name,
        "kind": area.kind,
        "start": area.start,
        "end": area.end,
        "hours": list(area.hours),
        "season": area.season_text,
        "km2": area.shape.area / 1e6,
        "dwellings": dwellings,
        "residents": ground.residents(dwellings),
        "stadsdelen": list(stadsdelen),
        "stadsdeel_names": list(stadsdelen.values()),
    }


def _advice(
    case: Case,
    level: BanLevel | None,
    by_source: list[BanLevel],
    when: "tuple[Window | None, Window | None]",
    places: Places,
    *,
    diverge: bool,
) -> tuple[Advice, BanReason]:
    from hotspots.planning.bans import Grounds, advise

    least = case.policy.least_incidents
    return advise(
        Grounds(
            need="unknown" if level is None else level.need,
            by_source={each.source: each.need for each in by_source},
            findings=findings_of(case.steps, case.until),
            diverge=diverge,
            periods=case.whole_years,
            periods_asked=case.policy.periods,
            each_under=all(count < limit for count, limit in case.of_years),
            few=case.area.most_per_year is None and _is_few(level, least * case.policy.periods),
            season=when[0],
            hours=when[1],
            has_core=places.proposed is not None,
        )
    )


def _is_few(level: BanLevel | None, least: int) -> bool:
    return level is not None and max(level.before, level.now) < least


def findings_of(steps: "Sequence[BanStep]", until: date) -> list[bool]:
    """Return what professionals lately found of the need, oldest first.

    Parameters
    ----------
    steps
        Timeline of an area.
    until
        Cut-off date.
    """
    since = date(until.year - RECENT_YEARS, until.month, min(until.day, 28))
    return [
        each.need_remains
        for each in steps
        if each.kind == "finding" and each.need_remains is not None and since <= each.start <= until
    ]


def _remarks(case: Case, places: Places, *, diverge: bool) -> list[BanRemark]:
    effect, naive = case.effect, case.naive_ratio
    chance = effect is not None and not (effect.effect.high < 1)
    told: dict[BanRemark, bool] = {
        "no_effect_shown": chance,
        "season_bias": chance and naive is not None and naive < case.policy.yardstick_share,
        "yardstick_by_default": case.area.most_per_year is None,
        "no_streets": places.boundary is None,
        "no_findings": not findings_of(case.steps, case.until),
        "sources_diverge": diverge,
    }
    return [remark for remark, holds in told.items() if holds]
