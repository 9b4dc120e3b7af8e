"""What the search for hotspots leaves: polygons, their course, the cells beneath."""

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
from hotspots.results.codes import Grade, Lineage, PolygonKind, Quadrant, Trend

if TYPE_CHECKING:
    import pandera.pandas as pa


def hotspots_schema() -> "pa.DataFrameSchema":
    """Result `hotspots`: computed hotspots per theme and period, never priority areas.

    - Identity: `hotspot_id` (kept from run to run), `theme`, `months` (length of the period),
      `kind` (:data:`.PolygonKind`), `lineage` (:data:`.Lineage`), `predecessors`.
    - Size: `count`, of which `stacked_count` on stacked locations; `area_km2`; `share` of the
      theme's incidents; `times_city_mean` (incidents per km2 over those of the study area).
    - Firmness: `gi_star_z`, `p_value`, `q_value` of its firmest cell (missing where not tested);
      `methods` that point here, their number `agreement` and the number of `methods_run`;
      `support` (share of resamples that find it); `grade` (:data:`.Grade`), which two methods
      alone do not give.
    - What it is made of: `stack_share`, `one_night_share`, `one_night` (``MM-DD``),
      `proactive_share` (of the incidents of which the initiator is known), `event_share` (of
      those of known day, on days that the event calendar marks there), beside `event_days_share`
      (of the days themselves) and `day_unknown` (incidents of which the day is not known; all
      three missing without a calendar), `months_with_incidents`, `first_month`, `last_month`.
    - Course: `count_now` and `count_before` over `same_months` months delivered in both periods,
      `ratio` and, against the rest of the city, `relative`, with their intervals; `trend`
      (:data:`.Trend`), `hot_steps` of `known_steps`.
    - `events`: dated events that may explain a break, joined by semicolons; `remarks`; `geometry`.

    See :func:`hotspots.analysis.evidence.hotspot_evidence`.
    """
    return table(
        {
            "hotspot_id": text(),
            "theme": text(),
            "months": whole(1),
            "kind": one_of(get_args(PolygonKind)),
            "lineage": one_of(get_args(Lineage)),
            "predecessors": text(),
            "count": whole(1),
            "stacked_count": whole(),
            "area_km2": number(),
            "share": share(),
            "times_city_mean": number(),
            "gi_star_z": number(None, missing=True),
            "p_value": share(missing=True),
            "q_value": share(missing=True),
            "methods": text(),
            "methods_run": whole(1),
            "agreement": whole(),
            "support": share(missing=True),
            "grade": one_of(get_args(Grade), missing=True),
            "stack_share": share(),
            "one_night_share": share(missing=True),
            "one_night": text(missing=True),
            "proactive_share": share(missing=True),
            "event_share": share(missing=True),
            "event_days_share": share(missing=True),
            "day_unknown": whole(missing=True),
            "months_with_incidents": whole(1),
            "first_month": month(),
            "last_month": month(),
            "count_now": whole(missing=True),
            "count_before": whole(missing=True),
            "same_months": whole(),
            **ratio("ratio"),
            **ratio("relative"),
            "trend": one_of(get_args(Trend), missing=True),
            "hot_steps": whole(missing=True),
            "known_steps": whole(missing=True),
            "events": text(),
            "remarks": text(),
            "geometry": geometry(),
        },
        unique=["hotspot_id"],
    )


def gone_schema() -> "pa.DataFrameSchema":
    """Result `gone`: hotspots of the run before that have no successor.

    `hotspot_id`, `theme`, `months`, `count` and `last_month` as they were then; `geometry`.
    """
    return table(
        {
            "hotspot_id": text(),
            "theme": text(),
            "months": whole(1),
            "count": whole(1),
            "last_month": month(),
            "geometry": geometry(),
        },
        unique=["hotspot_id"],
    )


def cells_schema() -> "pa.DataFrameSchema":
    """Result `cells`: what the hotspots rest on, per theme, period and study cell.

    `theme`, `months`; `x`, `y` (middle, metres in the workspace's CRS); `count` (incidents),
    `tested_count` (not on a stacked location), `density_per_km2`, `gi_star_z`, one-sided
    `p_hot`, `p_cold` and their `q_hot`, `q_cold`; `quadrant` of Local Moran (`none` where it is
    not significant).
    """
    return table(
        {
            "theme": text(),
            "months": whole(1),
            "x": number(None),
            "y": number(None),
            "count": whole(),
            "tested_count": whole(),
            "density_per_km2": number(),
            "gi_star_z": number(None),
            "p_hot": share(),
            "p_cold": share(),
            "q_hot": share(),
            "q_cold": share(),
            "quadrant": one_of(get_args(Quadrant)),
        }
    )


def trends_schema() -> "pa.DataFrameSchema":
    """Result `trends`: the course of every cell that was hot in some step, per theme.

    `theme`, `x`, `y` (middle of the cell), `trend`, `hot_steps` of `known_steps`.
    """
    return table(
        {
            "theme": text(),
            "x": number(None),
            "y": number(None),
            "trend": one_of(get_args(Trend)),
            "hot_steps": whole(),
            "known_steps": whole(),
        }
    )


def steps_schema() -> "pa.DataFrameSchema":
    """Result `steps`: the course of each hotspot, step by step.

    `hotspot_id`, `first_month`, `last_month`, `count` and `hot` (missing where the step was not
    delivered).
    """
    return table(
        {
            "hotspot_id": text(),
            "first_month": month(),
            "last_month": month(),
            "count": whole(missing=True),
            "hot": flag(missing=True),
        },
        unique=["hotspot_id", "first_month"],
    )


def hours_schema() -> "pa.DataFrameSchema":
    """Result `hours`: when incidents of each hotspot happen, by weekday and hour.

    `hotspot_id`, `weekday` (0 is Monday), `hour`, `weight` (aoristic; the weights of a hotspot
    add up to its incidents of which the hour is known).
    """
    return table(
        {
            "hotspot_id": text(),
            "weekday": whole(),
            "hour": whole(),
            "weight": number(),
        },
        unique=["hotspot_id", "weekday", "hour"],
    )
