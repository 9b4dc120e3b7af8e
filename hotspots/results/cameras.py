"""What a camera plan leaves: candidates, the plan, its curve, and what becomes of each camera."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import (
    flag,
    geometry,
    month,
    number,
    one_of,
    ratio,
    share,
    table,
    text,
    whole,
)
from hotspots.results.codes import (
    CameraAdvice,
    CameraReason,
    PlanMethod,
    SightRole,
    SiteExcluded,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

SAME_POLE_M = 5.0
"""So near a site, a flexible camera stands on it."""


def camera_sites_schema() -> "pa.DataFrameSchema":
    """Result `camera_sites`: every candidate site, also those that were left out.

    `site_id`, `kind` (`pole`, `facade`, `generated`, or `camera` where one stands beside every
    site), `power` (missing where unknown), `is_current` where a flexible camera stands already,
    `camera_type` of the policy, `area_code` (missing outside all areas), `street` (name of the
    nearest; missing where none was delivered nearby), `excluded` (:data:`.SiteExcluded`, missing
    where the site was considered). What it sees: `visible_m2` and `unknown_m2` of public space,
    `incidents` (count), `demand` (weighted incidents a year that it sees alone), `facades`
    (buildings with dwellings) and `dwellings_in_view`, `masks_deg` (bearings to be masked,
    ``from-to`` joined by spaces); missing where it was not worked out. `geometry` is a point.
    """
    return table(
        {
            "site_id": text(),
            "kind": text(),
            "power": flag(missing=True),
            "is_current": flag(),
            "camera_type": text(),
            "area_code": text(missing=True),
            "street": text(missing=True),
            "excluded": one_of(get_args(SiteExcluded), missing=True),
            "visible_m2": number(missing=True),
            "unknown_m2": number(missing=True),
            "incidents": whole(missing=True),
            "demand": number(missing=True),
            "facades": whole(missing=True),
            "dwellings_in_view": whole(missing=True),
            "masks_deg": text(missing=True),
            "geometry": geometry(),
        },
        unique=["site_id"],
    )


def camera_plan_schema() -> "pa.DataFrameSchema":
    """Result `camera_plan`: the chosen sites with their score cards.

    `street` is the name of the nearest, as in `camera_sites`; `rank` is the order in which each
    adds most to those before it; `demand_alone` what a site sees by itself and `demand_added` what
    the plan loses without it, both in weighted incidents a year; `is_current` where a flexible
    camera stands already. `alternative_site_id` is the best other site within 60 m and
    `alternative_loss` what taking that one instead would lose; both missing where there is none.
    The rest as in `camera_sites`.
    """
    return table(
        {
            "site_id": text(),
            "street": text(missing=True),
            "rank": whole(1),
            "demand_alone": number(),
            "demand_added": number(None),
            "incidents": whole(),
            "visible_m2": number(),
            "unknown_m2": number(),
            "facades": whole(),
            "dwellings_in_view": whole(),
            "masks_deg": text(),
            "power": flag(missing=True),
            "is_current": flag(),
            "alternative_site_id": text(missing=True),
            "alternative_loss": number(None, missing=True),
            "geometry": geometry(),
        },
        unique=["site_id"],
    )


def camera_hours_schema() -> "pa.DataFrameSchema":
    """Result `camera_hours`: when the incidents that a chosen site sees happen.

    `site_id`, `weekday` (0 is Monday), `hour`, `weight` (aoristic; those of a site add up to the
    incidents it sees of which the hour is known).
    """
    return table(
        {"site_id": text(), "weekday": whole(), "hour": whole(), "weight": number()},
        unique=["site_id", "weekday", "hour"],
    )


def viewsheds_schema() -> "pa.DataFrameSchema":
    """Result `viewsheds`: the public space that a proposed or a present camera sees.

    `place_id` (id of the site or the camera), `role` (:data:`.SightRole`; `alternative` are the
    sites of plans of other numbers of cameras and the replacements), `visible_m2`,
    `unknown_m2`, `geometry` (polygon; missing where nothing is seen).
    """
    return table(
        {
            "place_id": text(),
            "role": one_of(get_args(SightRole)),
            "visible_m2": number(),
            "unknown_m2": number(),
            "geometry": geometry(missing=True),
        },
        unique=["place_id", "role"],
    )


def camera_curve_schema() -> "pa.DataFrameSchema":
    """Result `camera_curve`: what a plan with so many `cameras` would reach.

    `objective` of a plan and the `bound` that no plan exceeds; `covered_share` of all demand,
    fixed cameras included; `is_knee` where one camera more begins to add less.
    """
    return table(
        {
            "cameras": whole(1),
            "objective": number(None),
            "bound": number(None),
            "covered_share": share(),
            "is_knee": flag(),
        },
        unique=["cameras"],
    )


def camera_curve_sites_schema() -> "pa.DataFrameSchema":
    """Result `camera_curve_sites`: the sites of the plan of each number of cameras.

    `cameras` as in `camera_curve`; each number has a plan of its own, so that a site of one need
    not be in the next. `rank` and `demand_added` as in `camera_plan`, within that plan.
    """
    return table(
        {"cameras": whole(1), "rank": whole(1), "site_id": text(), "demand_added": number(None)},
        unique=["cameras", "site_id"],
    )


def camera_swaps_schema() -> "pa.DataFrameSchema":
    """Result `camera_swaps`: what could take the place of each chosen site, and what that loses.

    Of every chosen site (`site_id`) the sites within `cameras.swap_within_m` that the limits
    allow and that lose least (`replacement_id`, at most ten), and the best anywhere (`is_best`).
    `away_m` apart; `loss` of the plan's objective and `covered_loss` of the demand that at least
    one camera sees, both in weighted incidents a year, exact while the rest of the plan stays, and
    below 0 where the replacement sees more.
    """
    return table(
        {
            "site_id": text(),
            "replacement_id": text(),
            "away_m": number(),
            "loss": number(None),
            "covered_loss": number(None),
            "is_best": flag(),
        },
        unique=["site_id", "replacement_id"],
    )


def camera_months_schema() -> "pa.DataFrameSchema":
    """Result `camera_months`: what a chosen site would have seen of every month of the period.

    `site_id`, `month`, `incidents` (count; missing where a theme was not delivered).
    """
    return table(
        {"site_id": text(), "month": month(), "incidents": whole(missing=True)},
        unique=["site_id", "month"],
    )


def camera_advice_schema() -> "pa.DataFrameSchema":
    """Result `camera_advice`: keep, move or withdraw, per flexible camera that stands.

    `street` is the name of the nearest; `since` (first day of the placement), `advice`
    (:data:`.CameraAdvice`) with its `reason` (:data:`.CameraReason`); `demand_now` in its view over
    the last twelve months, of which `demand_alone` is seen by no other camera that stands, and
    `demand_share` of all demand; `moves_to` the site of the plan that takes its place;
    `incidents_before` the placement and `incidents_since` in its view over the `same_months`
    calendar months delivered in both, with `ratio` and its interval; `below_since` the month from
    which demand stayed under the yardstick (missing if it did not); `geometry` point.
    """
    return table(
        {
            "camera_id": text(),
            "street": text(missing=True),
            "since": text(),
            "advice": one_of(get_args(CameraAdvice)),
            "demand_now": number(),
            "demand_alone": number(),
            "demand_share": share(),
            "moves_to": text(missing=True),
            "incidents_before": whole(missing=True),
            "incidents_since": whole(missing=True),
            "same_months": whole(),
            **ratio("ratio"),
            "below_since": month(missing=True),
            "reason": one_of(get_args(CameraReason)),
            "geometry": geometry(),
        },
        unique=["camera_id"],
    )


def fixed_review_schema() -> "pa.DataFrameSchema":
    """Result `fixed_review`: the five-year rule, per stadsdeel with fixed cameras.

    `cameras`; `first_year` and `last_year` of the six years compared; `years_improved` of five
    and `five_improvements` (all of them); `trend` (ratio a year) with its interval and
    `trend_down` (the interval lies below 1); `reconsider` where either reading is positive. The
    figures are missing where not all six years were delivered.
    """
    return table(
        {
            "area_code": text(),
            "area_name": text(),
            "cameras": whole(1),
            "first_year": whole(missing=True),
            "last_year": whole(missing=True),
            "years_improved": whole(missing=True),
            "five_improvements": flag(missing=True),
            **ratio("trend"),
            "trend_down": flag(missing=True),
            "reconsider": flag(missing=True),
        },
        unique=["area_code"],
    )


def camera_comparison_schema() -> "pa.DataFrameSchema":
    """Result `camera_comparison`: what four placements would have seen of held-out months.

    `method` (:data:`.PlanMethod`), `cameras`, `covered` (weighted incidents a year, fixed cameras
    included), `share` of all demand with its interval over the held-out months; `behind_plan` is
    the share of the plan less this one, month by month on the same draws, with its interval.
    """
    return table(
        {
            "method": one_of(get_args(PlanMethod)),
            "cameras": whole(),
            "covered": number(),
            "share": share(),
            "share_low": share(missing=True),
            "share_high": share(missing=True),
            "behind_plan": number(None, missing=True),
            "behind_plan_low": number(None, missing=True),
            "behind_plan_high": number(None, missing=True),
        },
        unique=["method"],
    )
