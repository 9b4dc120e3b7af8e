"""Sentences about a camera plan: what it sees, how good it is proven to be, and what is unknown."""

import math

from hotspots.months import months_between
from hotspots.outputs.cameras.document import (
    Advised,
    CurvePoint,
    FixedReview,
    OtherSite,
    Placement,
    PlannedSite,
)
from hotspots.outputs.cameras.tables import PlanDocument, SiteHours, mask_spans, masked_degrees
from hotspots.outputs.hotspots.place_sentences import busiest_hours
from hotspots.outputs.text import Words
from hotspots.records import PlanArea, PlanFigures

_MOST_NAMED = 3
_TENTH = 0.1


def title(document: PlanDocument, words: Words) -> str:
    """Return what was asked: the plan, or where an area would be needed."""
    if not document.rests_on.designated:
        return words.label("cameras_title_asked")
    return words.label("cameras_title", n=document.rests_on.chosen)


def lede(document: PlanDocument, words: Words) -> str:
    """Return what the plan has in view, and what of that the fixed cameras see already."""
    rests = document.rests_on
    if not rests.demand:
        return words.sentence("cameras_lede_none")
    return words.sentence(
        "cameras_lede",
        n=rests.chosen,
        share=words.percent(rests.covered / rests.demand),
        fixed=words.percent(rests.fixed_covered / rests.demand),
    )


def area_sentence(rests: PlanFigures, words: Words) -> str:
    """Return within which areas the plan stays, or that none was given."""
    if not rests.designated:
        return words.sentence("cameras_no_area")
    names = [area_name(each, words) for each in rests.areas]
    if len(names) > _MOST_NAMED:
        return words.sentence("cameras_areas_many", n=len(names))
    return words.sentence("cameras_areas", areas=words.joined(names))


def area_name(area: PlanArea, words: Words) -> str:
    """Return the name of a designated area, with the last day of its term."""
    name = area.name or area.code
    if area.end is None:
        return name
    return words.label("cameras_area_until", area=name, day=words.day(area.end))


def proof_sentences(document: PlanDocument, words: Words) -> list[str]:
    """Return how much more any other plan could see at most, and what cut the search short."""
    rests = document.rests_on
    said = [bounded(document.objective, document.bound, rests.budget, words)]
    if rests.chosen < rests.budget:
        said.append(
            words.sentence("cameras_fewer", budget=rests.budget, chosen=words.number(rests.chosen))
        )
    if rests.stopped:
        said.append(words.sentence("cameras_stopped"))
    return said


def bounded(objective: float, bound: float, cameras: int, words: Words) -> str:
    """Return how much more any other plan of so many cameras could see at most.

    Parameters
    ----------
    objective, bound
        Of the plan.
    cameras
        How many were asked for.
    words
        The language.
    """
    one = "_one" if cameras == 1 else ""
    more = bound / objective - 1 if objective > 0 else math.nan
    if more <= 0:
        return words.sentence(f"cameras_proof_best{one}", n=cameras)
    if math.isnan(more):
        return words.sentence(f"cameras_proof_nothing{one}", n=cameras)
    # Rounded up: the promise must hold.
    tenths = math.ceil(round(100 * more / _TENTH, 6)) * _TENTH
    return words.sentence(f"cameras_proof{one}", n=cameras, more=words.number(tenths, 1))


def held_out_sentences(document: PlanDocument, words: Words) -> list[str]:
    """Return what a plan would have seen of months it did not know, against other ways."""
    rests = document.rests_on
    ways = {each.method: each for each in document.comparison}
    if rests.holdout_first_month is None or "plan" not in ways:
        return [words.sentence("cameras_held_none")]
    plan = ways.pop("plan")
    return [
        words.sentence(
            "cameras_held",
            during=words.during(*_held_out(rests)),
            n=plan.cameras,
            share=share_with_interval(plan, words),
        ),
        *(
            " ".join(
                [
                    words.sentence(
                        f"cameras_held_{each.method}", share=share_with_interval(each, words)
                    ),
                    *_behind(each, words),
                ]
            )
            for each in sorted(ways.values(), key=lambda each: each.share)
        ),
    ]


def _behind(way: Placement, words: Words) -> list[str]:
    """Return by how much the plan saw more, or that chance can explain the difference."""
    if way.behind_plan is None or way.behind_plan_low is None or way.behind_plan_high is None:
        return []
    low, high = way.behind_plan_low, way.behind_plan_high
    sure = "more" if low > 0 else "less" if high < 0 else "alike"
    ends = low, high, way.behind_plan
    if sure == "less":
        ends = -high, -low, -way.behind_plan
    low_text, high_text, middle = (words.number(100 * end, 1) for end in ends)
    return [words.sentence(f"cameras_held_{sure}", low=low_text, high=high_text, points=middle)]


def in_tenths(share: float, words: Words) -> str:
    """Return a share as a percentage with a decimal: the ways to place differ by little."""
    return f"{words.number(100 * share, 1)}%"


def share_with_interval(way: Placement, words: Words) -> str:
    """Return the share that a placement saw, with its interval where it has one."""
    share = in_tenths(way.share, words)
    if way.share_low is None or way.share_high is None:
        return share
    low, high = in_tenths(way.share_low, words), in_tenths(way.share_high, words)
    return words.label("cameras_share", share=share, low=low, high=high)


def site_sentences(site: PlannedSite, document: PlanDocument, words: Words) -> list[str]:
    """Return the score card of a site in words: what it adds, when, and what else would do."""
    said = added_sentences(site, document, words)
    if site.is_current:
        said.append(words.sentence("cameras_site_stands"))
    return [*said, *busiest(document.hours_of(site), words), alternative(site, words)]


def added_sentences(site: PlannedSite, document: PlanDocument, words: Words) -> list[str]:
    """Return what a site sees by itself, and what the plan loses without it."""
    added, alone = (words.number(each, 1) for each in (site.demand_added, site.demand_alone))
    rests = document.rests_on
    period = words.months(rests.first_month, rests.last_month)
    return [words.sentence("cameras_site_adds", added=added, alone=alone, period=period)]


def alternative(site: PlannedSite, words: Words) -> str:
    """Return the best other site nearby and what taking it would lose."""
    if site.alternative_site_id is None or site.alternative_loss is None:
        return words.sentence("cameras_no_alternative")
    if site.alternative_loss < _TENTH / 2:
        return words.sentence("cameras_alternative_same", site=site.alternative_site_id)
    return words.sentence(
        "cameras_alternative",
        site=site.alternative_site_id,
        loss=words.number(site.alternative_loss, 1),
    )


def masks(masks_deg: str, words: Words) -> str:
    """Return which bearings are to be masked; the whole circle in words."""
    spans = mask_spans(masks_deg)
    degrees = masked_degrees(spans)
    if not spans:
        return words.label("cameras_masks_none")
    if degrees >= 360:
        return words.label("cameras_masks_all")
    told = ", ".join(f"{a}°–{b}°" for a, b in spans)
    return words.label("cameras_masks_some", degrees=degrees, spans=told)


def visible(site: PlannedSite | OtherSite, words: Words) -> str:
    """Return how much public space a site sees, and of how much that is not known."""
    m2 = words.number(site.visible_m2)
    if site.unknown_m2 < 1:
        return words.label("cameras_visible_m2", m2=m2)
    return words.label("cameras_unknown_m2", m2=m2, unknown=words.number(site.unknown_m2))


def power(known: bool | None, words: Words) -> str:
    """Return whether there is power, which may be unknown."""
    return words.label("unknown" if known is None else f"cameras_{'yes' if known else 'no'}")


def knee_sentence(curve: list[CurvePoint], words: Words) -> str:
    """Return at how many cameras the curve bends most; nothing is said of the need for them."""
    knee = next(each for each in curve if each.is_knee)
    one = "_one" if knee.cameras == 1 else ""
    return words.sentence(f"cameras_knee{one}", n=knee.cameras)


def advice_sentence(advised: Advised, document: PlanDocument, least: float, words: Words) -> str:
    """Return why the figures say what they say of a camera that stands.

    Parameters
    ----------
    advised, document
        The camera, and the plan.
    least
        The yardstick, in weighted incidents a year.
    words
        The language.
    """
    if advised.moves_to is not None:
        added = next(s.demand_added for s in document.sites if s.site_id == advised.moves_to)
        return words.sentence(
            "cameras_better_elsewhere", site=advised.moves_to, added=words.number(added, 1)
        )
    if advised.reason == "below_yardstick":
        yardstick = words.number(least, 0 if least % 1 == 0 else 1)
        if advised.below_since is None:
            return words.sentence("cameras_below_now", least=yardstick)
        month = words.months(advised.below_since, advised.below_since)
        return words.sentence("cameras_below_since", month=month, least=yardstick)
    return words.sentence(f"cameras_{advised.reason}")


def before_and_since(advised: Advised, words: Words) -> list[str]:
    """Return the counts before and since the placement, and how firm their difference is."""
    if advised.incidents_before is None or advised.incidents_since is None:
        return [words.sentence("cameras_no_before")]
    counts = words.sentence(
        "cameras_before_since",
        months=advised.same_months,
        before=advised.incidents_before,
        since=advised.incidents_since,
    )
    if advised.ratio is None or advised.ratio_low is None or advised.ratio_high is None:
        return [counts]
    ends = {"low": words.change(advised.ratio_low), "high": words.change(advised.ratio_high)}
    if round(100 * (advised.ratio - 1)) == 0:
        return [counts, words.sentence("cameras_change_none", **ends)]
    firm = not advised.ratio_low <= 1 <= advised.ratio_high
    key = "cameras_change_clear" if firm else "cameras_change_unclear"
    return [counts, words.sentence(key, change=words.change(advised.ratio), **ends)]


def advice_counts(advice: list[Advised], words: Words) -> str:
    """Return of how many cameras the figures say what, in the order of the labels."""
    told = [
        f"{words.label(f'cameras_advice_{name}')}: "
        f"{words.number(sum(each.advice == name for each in advice))}"
        for name in ("keep", "move", "withdraw")
    ]
    return " · ".join(told)


def trend(review: FixedReview, words: Words) -> str:
    """Return the five-year trend a year, with its interval."""
    if review.trend is None or review.trend_low is None or review.trend_high is None:
        return words.label("unknown")
    figure, low, high = (
        in_tenths(ratio - 1, words) for ratio in (review.trend, review.trend_low, review.trend_high)
    )
    return words.label("cameras_share", share=figure, low=low, high=high)


def reconsider(review: FixedReview, words: Words) -> str:
    """Return whether the fixed cameras of a stadsdeel are to be reconsidered, never removed."""
    if review.reconsider is None:
        return words.label("unknown")
    return words.label("cameras_reconsider" if review.reconsider else "cameras_no_reason")


def unknown_sentences(document: PlanDocument, words: Words) -> list[str]:
    """Return what the plan does not know, and what it left out."""
    rests = document.rests_on
    said = [words.sentence(f"cameras_sight_{rests.surface}")]
    unknown_m2 = sum(site.unknown_m2 for site in document.sites)
    key = "cameras_sight_unknown" if unknown_m2 >= 1 else "cameras_sight_known"
    said.append(words.sentence(key, m2=words.number(unknown_m2)))
    if rests.in_own_period:
        said.append(
            words.sentence("cameras_own_period", n=rests.in_own_period, incidents=rests.incidents)
        )
    if rests.sites_differ is not None:
        said.append(
            words.sentence("cameras_sites_differ", n=rests.sites_differ, chosen=rests.chosen)
        )
    left_out = {
        "outside_public_space": rests.outside_public_space,
        "stacked": rests.stacked,
        "outside_hours": rests.outside_hours,
        "hours_unknown": rests.hours_unknown,
    }
    said += [words.sentence(f"cameras_{name}", n=n) for name, n in left_out.items() if n]
    said += [
        words.sentence("missing_month", month=words.month(month)) for month in rests.missing_months
    ]
    if rests.stadium_cameras:
        said.append(_stadium(rests, words))
    return [*said, *_left_out(rests, words)]


def _stadium(rests: PlanFigures, words: Words) -> str:
    """Return what lies in view of stadium cameras on match days, if those are known."""
    if rests.match_days is None or rests.stadium_incidents is None:
        return words.sentence("cameras_stadium_no_calendar", n=rests.stadium_cameras)
    return words.sentence(
        "cameras_stadium",
        n=rests.stadium_cameras,
        days=rests.match_days,
        incidents=rests.stadium_incidents,
    )


def _left_out(rests: PlanFigures, words: Words) -> list[str]:
    counted = [
        f"{words.label(f'cameras_excluded_{reason}')}: {words.number(n)}"
        for reason, n in rests.excluded.items()
    ]
    if not counted:
        return [words.sentence("cameras_candidates", n=rests.candidates)]
    left = "; ".join(counted)
    return [words.sentence("cameras_candidates_left", n=rests.candidates, left=left)]


def busiest(hours: SiteHours, words: Words) -> list[str]:
    """Return in which hours most of what a site sees happens, if any hour is known."""
    if hours.peak is None:
        return []
    return [busiest_hours(hours.peak, hours.hours_known, words)]


def _held_out(rests: PlanFigures) -> tuple[str, str]:
    """Return the first and the last month that were kept apart and delivered."""
    first = rests.holdout_first_month or rests.first_month
    months = months_between(first, rests.last_month)
    delivered = [month for month in months if month not in rests.missing_months] or months
    return delivered[0], delivered[-1]
