"""What each result of a run holds: the columns of every frozen table.

`remarks` and other lists are codes joined by spaces. Intervals (`_low`, `_high`) are of 95%. A
figure that is not known is missing, never zero.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from hotspots.schemas import LEVELS, MONTH, Status

if TYPE_CHECKING:
    import pandera.pandas as pa

Lineage = Literal["first", "new", "continued", "split", "merged"]
"""How a polygon follows on the run before; ``first`` where there was none."""

Grade = Literal["firm", "fair", "weak"]
"""How well the methods agree on a polygon, and how steadily it is found."""

Trend = Literal[
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
    "none",
]
"""The course of a place over equal steps of time; see :mod:`hotspots.analysis.trends`."""

QUADRANTS = ("high_high", "low_low", "high_low", "low_high", "none")
"""A cell and its neighbours, each above (high) or below the average; ``none`` where not shown."""

Verdict = Literal["contradict", "both_up", "both_down", "one_sided", "unclear"]
"""What two sources on the same nuisance say together."""


def priorities_schema() -> "pa.DataFrameSchema":
    """Result `priorities`: one row per theme, level and area, with its geometry.

    `count` and `count_completed` are incidents over the years (completed is missing where the
    source cannot tell); `exposure` is in dwelling-years, reduced by missing months;
    `rate_per_1000`, `eb_rate`, `eb_low`, `eb_high` are per 1,000 dwelling-years;
    `rank_count`, `rank_rate` and `rank` start at 1; `p_top` is the share of posterior draws with
    a rank of at most k; `count_last` and `count_previous` compare the last year with the year
    before over `same_months` months delivered in both; `remarks` holds reason codes
    (`few_incidents`, `few_dwellings`, `months_unknown`). Rows that are not ranked keep missing
    values, never zeros.
    """
    return _table(
        {
            "theme": _text(),
            "level": _one_of(LEVELS),
            "area_code": _text(),
            "area_name": _text(),
            "status": _one_of(get_args(Status)),
            "count": _whole(missing=True),
            "count_completed": _whole(missing=True),
            "dwellings": _whole(missing=True),
            "exposure": _number(missing=True),
            "rate_per_1000": _number(missing=True),
            "eb_rate": _number(missing=True),
            "eb_low": _number(missing=True),
            "eb_high": _number(missing=True),
            "rank_count": _whole(1, missing=True),
            "rank_rate": _whole(1, missing=True),
            "rank": _whole(1, missing=True),
            "p_top": _share(missing=True),
            "count_last": _whole(missing=True),
            "count_previous": _whole(missing=True),
            "same_months": _whole(missing=True),
            "remarks": _text(),
            "geometry": _geometry(missing=True),
        },
        unique=["theme", "level", "area_code"],
    )


def months_schema() -> "pa.DataFrameSchema":
    """Result `months`: per theme every month up to the cut-off, city-wide.

    Columns: `theme`, `month` (``YYYY-MM``), `status` (`delivered`, `missing`), `count` and
    `source`; a missing month has no count.
    """
    return _table(
        {
            "theme": _text(),
            "month": _month(),
            "status": _one_of(["delivered", "missing"]),
            "count": _whole(missing=True),
            "source": _text(missing=True),
        },
        unique=["theme", "month"],
    )


def target_schema() -> "pa.DataFrameSchema":
    """Result `target`: the city-wide count of each year against the year before.

    Columns: `theme`, `year`, `completed_only` (false where attempts cannot be told apart),
    `count` and `count_previous` over `same_months` months delivered in both years, `ratio`
    (count over previous) with its interval, and `met` (whether the point estimate meets the
    goal; the interval tells whether that can be chance).
    """
    return _table(
        {
            "theme": _text(),
            "year": _whole(),
            "completed_only": _flag(),
            "count": _whole(),
            "count_previous": _whole(),
            "same_months": _whole(1),
            **_ratio("ratio"),
            "met": _flag(missing=True),
        },
        unique=["theme", "year"],
    )


def unplaced_schema() -> "pa.DataFrameSchema":
    """Result `unplaced`: counts that no area of a ranking's level could take.

    Columns: `theme`, `level` (of the ranking), `area_code` (as delivered) and `count`.
    """
    return _table(
        {"theme": _text(), "level": _one_of(LEVELS), "area_code": _text(), "count": _whole()},
        unique=["theme", "level", "area_code"],
    )


def hotspots_schema() -> "pa.DataFrameSchema":
    """Result `hotspots`: computed hotspots per theme and period, never priority areas.

    - Identity: `hotspot_id` (kept from run to run), `theme`, `months` (length of the period),
      `kind` (`hotspot`, `one_night`, `stack`), `lineage` (:data:`Lineage`), `predecessors`.
    - Size: `count`, of which `stacked_count` on stacked locations; `area_km2`; `share` of the
      theme's incidents; `times_city_mean` (incidents per km2 over those of the study area).
    - Firmness: `gi_star_z`, `p_value`, `q_value` (missing where not tested); `methods` that
      point here, their number `agreement` and the number of `methods_run`; `support` (share of
      resamples that find it); `grade` (:data:`Grade`).
    - What it is made of: `stack_share`, `one_night_share`, `one_night` (``MM-DD``),
      `proactive_share` (of the incidents of which the initiator is known), `event_share` (on
      days of the event calendar), `months_with_incidents`, `first_month`, `last_month`.
    - Course: `count_now` and `count_before` over `same_months` months delivered in both periods,
      `ratio` and, against the rest of the city, `relative`, with their intervals; `trend`
      (:data:`Trend`), `hot_steps` of `known_steps`.
    - `events`: dated events that may explain a break, joined by semicolons; `remarks`; `geometry`.

    See :func:`hotspots.analysis.evidence.hotspot_evidence`.
    """
    return _table(
        {
            "hotspot_id": _text(),
            "theme": _text(),
            "months": _whole(1),
            "kind": _one_of(["hotspot", "one_night", "stack"]),
            "lineage": _one_of(get_args(Lineage)),
            "predecessors": _text(),
            "count": _whole(1),
            "stacked_count": _whole(),
            "area_km2": _number(),
            "share": _share(),
            "times_city_mean": _number(),
            "gi_star_z": _number(None, missing=True),
            "p_value": _share(missing=True),
            "q_value": _share(missing=True),
            "methods": _text(),
            "methods_run": _whole(1),
            "agreement": _whole(),
            "support": _share(missing=True),
            "grade": _one_of(get_args(Grade), missing=True),
            "stack_share": _share(),
            "one_night_share": _share(missing=True),
            "one_night": _text(missing=True),
            "proactive_share": _share(missing=True),
            "event_share": _share(missing=True),
            "months_with_incidents": _whole(1),
            "first_month": _month(),
            "last_month": _month(),
            "count_now": _whole(missing=True),
            "count_before": _whole(missing=True),
            "same_months": _whole(),
            **_ratio("ratio"),
            **_ratio("relative"),
            "trend": _one_of(get_args(Trend), missing=True),
            "hot_steps": _whole(missing=True),
            "known_steps": _whole(missing=True),
            "events": _text(),
            "remarks": _text(),
            "geometry": _geometry(),
        },
        unique=["hotspot_id"],
    )


def gone_schema() -> "pa.DataFrameSchema":
    """Result `gone`: hotspots of the run before that have no successor.

    `hotspot_id`, `theme`, `months`, `count` and `last_month` as they were then; `geometry`.
    """
    return _table(
        {
            "hotspot_id": _text(),
            "theme": _text(),
            "months": _whole(1),
            "count": _whole(1),
            "last_month": _month(),
            "geometry": _geometry(),
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
    return _table(
        {
            "theme": _text(),
            "months": _whole(1),
            "x": _number(None),
            "y": _number(None),
            "count": _whole(),
            "tested_count": _whole(),
            "density_per_km2": _number(),
            "gi_star_z": _number(None),
            "p_hot": _share(),
            "p_cold": _share(),
            "q_hot": _share(),
            "q_cold": _share(),
            "quadrant": _one_of(QUADRANTS),
        }
    )


def trends_schema() -> "pa.DataFrameSchema":
    """Result `trends`: the course of every cell that was hot in some step, per theme.

    `theme`, `x`, `y` (middle of the cell), `trend`, `hot_steps` of `known_steps`.
    """
    return _table(
        {
            "theme": _text(),
            "x": _number(None),
            "y": _number(None),
            "trend": _one_of(get_args(Trend)),
            "hot_steps": _whole(),
            "known_steps": _whole(),
        }
    )


def steps_schema() -> "pa.DataFrameSchema":
    """Result `steps`: the course of each hotspot, step by step.

    `hotspot_id`, `first_month`, `last_month`, `count` and `hot` (missing where the step was not
    delivered).
    """
    return _table(
        {
            "hotspot_id": _text(),
            "first_month": _month(),
            "last_month": _month(),
            "count": _whole(missing=True),
            "hot": _flag(missing=True),
        },
        unique=["hotspot_id", "first_month"],
    )


def hours_schema() -> "pa.DataFrameSchema":
    """Result `hours`: when incidents of each hotspot happen, by weekday and hour.

    `hotspot_id`, `weekday` (0 is Monday), `hour`, `weight` (aoristic; the weights of a hotspot
    add up to its incidents of which the hour is known).
    """
    return _table(
        {
            "hotspot_id": _text(),
            "weekday": _whole(),
            "hour": _whole(),
            "weight": _number(),
        },
        unique=["hotspot_id", "weekday", "hour"],
    )


def risk_schema() -> "pa.DataFrameSchema":
    """Result `risk`: burglary risk as a surface, per study cell.

    `theme`, `x`, `y`; `dwellings_near` (weighted by the kernel), `risk_per_1000` dwellings a
    year and `shrunk_risk_per_1000`, missing where too few dwellings are near.
    """
    return _table(
        {
            "theme": _text(),
            "x": _number(None),
            "y": _number(None),
            "dwellings_near": _number(),
            "risk_per_1000": _number(missing=True),
            "shrunk_risk_per_1000": _number(missing=True),
        }
    )


def scan_schema() -> "pa.DataFrameSchema":
    """Result `scan`: circles with more incidents than their dwellings explain.

    `theme`, `months`, `count`, `expected`, `relative_risk` (inside over outside; missing where
    all lie inside), `llr`, `p_value`, `radius_m` and `geometry` (the circle).
    """
    return _table(
        {
            "theme": _text(),
            "months": _whole(1),
            "count": _whole(1),
            "expected": _number(),
            "relative_risk": _number(missing=True),
            "llr": _number(),
            "p_value": _share(),
            "radius_m": _number(),
            "geometry": _geometry(),
        }
    )


def near_repeat_schema() -> "pa.DataFrameSchema":
    """Result `near_repeat`: Knox's table, whether incidents follow one another near by.

    `theme`, `first_month`, `last_month`; the band, from `distance_from_m` to `distance_to_m`
    (the same place is a band of its own) and from `days_from` to `days_to` (so is the same day);
    `pairs`, `expected`, `ratio`, `p_value`. See :func:`hotspots.analysis.near_repeat.knox`.
    """
    return _table(
        {
            "theme": _text(),
            "first_month": _month(),
            "last_month": _month(),
            "distance_from_m": _number(),
            "distance_to_m": _number(),
            "days_from": _whole(),
            "days_to": _whole(),
            "pairs": _whole(),
            "expected": _number(),
            "ratio": _number(missing=True),
            "p_value": _share(),
        },
        unique=["theme", "distance_to_m", "days_to"],
    )


def bursts_schema() -> "pa.DataFrameSchema":
    """Result `bursts`: the alert list, incidents that followed one another fast and near by.

    `burst_id`, `theme`; `area_code` and `area_name` of the area that holds its middle;
    `first_day`, `last_day` (``YYYY-MM-DD``); `count` (incidents of one day at one place counted
    once), `incidents` (all of them), `expected` (in that place and time), `p_value`, `radius_m`
    and `geometry` (the circle).
    """
    return _table(
        {
            "burst_id": _text(),
            "theme": _text(),
            "area_code": _text(missing=True),
            "area_name": _text(missing=True),
            "first_day": _text(),
            "last_day": _text(),
            "count": _whole(1),
            "incidents": _whole(1),
            "expected": _number(),
            "p_value": _share(),
            "radius_m": _number(),
            "geometry": _geometry(),
        },
        unique=["burst_id"],
    )


def sources_schema() -> "pa.DataFrameSchema":
    """Result `sources`: reports of citizens beside records of the police, per area.

    `reports_theme`, `records_theme`, `level`, `area_code`, `area_name`; the two periods compared
    (`first_month` to `last_month`, and the same months a year before) over `same_months` months
    delivered in both; the counts of reports and records now and before, their ratios and the
    `divergence` of these (that of reports over that of records) with intervals; `verdict`
    (:data:`Verdict`), whether a contradiction is `local` (also holds against the rest of the
    city) and its `q_value`. See :func:`hotspots.analysis.contradiction.compare_sources`.
    """
    return _table(
        {
            "reports_theme": _text(),
            "records_theme": _text(),
            "level": _one_of(LEVELS),
            "area_code": _text(),
            "area_name": _text(),
            "first_month": _month(),
            "last_month": _month(),
            "same_months": _whole(),
            "reports_now": _whole(),
            "reports_before": _whole(),
            **_ratio("reports_ratio"),
            "records_now": _whole(),
            "records_before": _whole(),
            **_ratio("records_ratio"),
            **_ratio("divergence"),
            "verdict": _one_of(get_args(Verdict)),
            "local": _flag(),
            "q_value": _share(missing=True),
        },
        unique=["reports_theme", "records_theme", "area_code"],
    )


def composite_schema() -> "pa.DataFrameSchema":
    """Result `composite`: places where the layers come together, the highest first.

    `place_id` (kept from run to run), `lineage`, `predecessors`; `rank` and `value` (in times
    the city's average), and the same without what police and enforcement began; `area_km2`;
    `themes` with significant cells there; `geometry`.
    """
    return _table(
        {
            "place_id": _text(),
            "lineage": _one_of(get_args(Lineage)),
            "predecessors": _text(),
            "rank": _whole(1),
            "rank_without_proactive": _whole(1),
            "value": _number(),
            "value_without_proactive": _number(),
            "area_km2": _number(),
            "themes": _text(),
            "geometry": _geometry(),
        },
        unique=["place_id"],
    )


def contributions_schema() -> "pa.DataFrameSchema":
    """Result `contributions`: what each layer adds to each place of the composite.

    `place_id`, `layer`, whether it is `significant` there, `known_share` (of the place's cells;
    the others count as the city's average); its `weight` (of all layers together 1), its `value`
    (in times the city's average; missing for a layer that is zero everywhere), `contribution`
    (weight times value; those of a place add up to its value) and `share` of that value (missing
    where that is zero); the last four also without proactive records.
    """
    without = "without_proactive"
    return _table(
        {
            "place_id": _text(),
            "layer": _text(),
            "significant": _flag(),
            "known_share": _share(),
            "weight": _share(),
            "value": _number(missing=True),
            "contribution": _number(),
            "share": _share(missing=True),
            f"weight_{without}": _share(),
            f"value_{without}": _number(missing=True),
            f"contribution_{without}": _number(),
            f"share_{without}": _share(missing=True),
        },
        unique=["place_id", "layer"],
    )


def groups_layer_schema() -> "pa.DataFrameSchema":
    """Result `groups_layer`: the composite with the zones of youth groups; confidential.

    `place_id`, `rank` and `value` with the zones, and the `share` of the zones in that value.
    """
    return _table(
        {
            "place_id": _text(),
            "rank": _whole(1),
            "value": _number(),
            "share": _share(),
        },
        unique=["place_id"],
    )


def proofs_schema() -> "pa.DataFrameSchema":
    """Result `proofs`: what hotspots of earlier months caught, per theme and method.

    `theme`; `flags` (`renewed` every month, or `kept` as they were); `method` with its
    `parameters`, whether it was `chosen` on earlier months; `flagged_at` (last month that the
    first flags knew), `first_month` and `last_month` tested; `caught` of `incidents` on
    `flagged_km2` of `study_area_km2`, `caught_best` with the best flags; and the measures of
    :mod:`hotspots.analysis.accuracy` with their intervals (`gain` is the hit rate less that of
    the plain count).
    """
    measures: dict[str, pa.Column] = {}
    for name in ("hit_rate", "pai", "pei", "rri", "gain"):
        measures |= {f"{name}{end}": _number(None, missing=True) for end in ("", "_low", "_high")}
    return _table(
        {
            "theme": _text(),
            "flags": _one_of(["renewed", "kept"]),
            "method": _text(),
            "parameters": _text(),
            "chosen": _flag(),
            "flagged_at": _month(),
            "first_month": _month(),
            "last_month": _month(),
            "cell_size_m": _number(),
            "caught": _whole(),
            "incidents": _whole(),
            "caught_best": _number(),
            "flagged_km2": _number(),
            "study_area_km2": _number(),
            **measures,
        },
        unique=["theme", "flags", "method"],
    )


def concentration_schema() -> "pa.DataFrameSchema":
    """Result `concentration`: how much of a theme lies in its densest cells.

    `theme`, `first_month`, `last_month`, `cell_size_m`, `incidents`; `cells` (share of the
    cells), `share` (of the incidents in them), `by_chance`; `gini` and `generalised_gini`.
    """
    return _table(
        {
            "theme": _text(),
            "first_month": _month(),
            "last_month": _month(),
            "cell_size_m": _number(),
            "incidents": _whole(),
            "cells": _share(),
            "share": _share(),
            "by_chance": _share(),
            "gini": _share(),
            "generalised_gini": _share(),
        },
        unique=["theme", "cells"],
    )


RESULTS = {
    "priorities": priorities_schema,
    "months": months_schema,
    "target": target_schema,
    "unplaced": unplaced_schema,
    "hotspots": hotspots_schema,
    "gone": gone_schema,
    "cells": cells_schema,
    "trends": trends_schema,
    "steps": steps_schema,
    "hours": hours_schema,
    "risk": risk_schema,
    "scan": scan_schema,
    "near_repeat": near_repeat_schema,
    "bursts": bursts_schema,
    "sources": sources_schema,
    "composite": composite_schema,
    "contributions": contributions_schema,
    "groups_layer": groups_layer_schema,
    "proofs": proofs_schema,
    "concentration": concentration_schema,
}
"""The results of a run, each with its schema."""

PER_CELL = frozenset({"cells", "trends", "risk"})
"""Results with a row per cell: for the analyst, never served."""

CONFIDENTIAL = frozenset({"groups_layer"})
"""Results that rest on youth groups: never served and never exported."""


def _table(
    columns: "Mapping[str, pa.Column]", *, unique: list[str] | None = None
) -> "pa.DataFrameSchema":
    import pandera.pandas as pa

    return pa.DataFrameSchema(dict(columns), strict=True, ordered=True, coerce=True, unique=unique)


def _text(*, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column(str, nullable=missing)


def _one_of(codes: "tuple[str, ...] | list[str]", *, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.isin(codes), nullable=missing)


def _month() -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column(str, pa.Check.str_matches(MONTH))


def _whole(minimum: int = 0, *, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column("Int64" if missing else "int64", pa.Check.ge(minimum), nullable=missing)


def _number(minimum: float | None = 0, *, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    check = None if minimum is None else pa.Check.ge(minimum)
    return pa.Column("float64", check, nullable=missing)


def _share(*, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column("float64", pa.Check.in_range(0, 1 + 1e-9), nullable=missing)


def _flag(*, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column("boolean" if missing else bool, nullable=missing)


def _ratio(name: str) -> "dict[str, pa.Column]":
    """Return the columns of a ratio and its interval, each missing where nothing tells it."""
    return {f"{name}{end}": _number(missing=True) for end in ("", "_low", "_high")}


def _geometry(*, missing: bool = False) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column(nullable=missing)
