"""What warns and what explains: the scan, near repeats, bursts, contradicting sources."""

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
from hotspots.results.codes import Verdict
from hotspots.schemas import LEVELS

if TYPE_CHECKING:
    import pandera.pandas as pa


def scan_schema() -> "pa.DataFrameSchema":
    """Result `scan`: circles with more incidents than their dwellings explain.

    `theme`, `months`, `count`, `expected`, `relative_risk` (inside over outside; missing where
    all lie inside), `llr`, `p_value`, `radius_m` and `geometry` (the circle).
    """
    return table(
        {
            "theme": text(),
            "months": whole(1),
            "count": whole(1),
            "expected": number(),
            "relative_risk": number(missing=True),
            "llr": number(),
            "p_value": share(),
            "radius_m": number(),
            "geometry": geometry(),
        }
    )


def near_repeat_schema() -> "pa.DataFrameSchema":
    """Result `near_repeat`: Knox's table, whether incidents follow one another near by.

    `theme`, `first_month`, `last_month`; the band, from `distance_from_m` to `distance_to_m`
    (the same place is a band of its own) and from `days_from` to `days_to` (so is the same day);
    `pairs`, `expected`, `ratio`, `p_value`. See :func:`hotspots.analysis.near_repeat.knox`.
    """
    return table(
        {
            "theme": text(),
            "first_month": month(),
            "last_month": month(),
            "distance_from_m": number(),
            "distance_to_m": number(),
            "days_from": whole(),
            "days_to": whole(),
            "pairs": whole(),
            "expected": number(),
            "ratio": number(missing=True),
            "p_value": share(),
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
    return table(
        {
            "burst_id": text(),
            "theme": text(),
            "area_code": text(missing=True),
            "area_name": text(missing=True),
            "first_day": text(),
            "last_day": text(),
            "count": whole(1),
            "incidents": whole(1),
            "expected": number(),
            "p_value": share(),
            "radius_m": number(),
            "geometry": geometry(),
        },
        unique=["burst_id"],
    )


def sources_schema() -> "pa.DataFrameSchema":
    """Result `sources`: reports of citizens beside records of the police, per area.

    `reports_theme`, `records_theme`, `level`, `area_code`, `area_name`; the two periods compared
    (`first_month` to `last_month`, and the same months a year before) over `same_months` months
    delivered in both; the counts of reports and records now and before over these (missing where
    there are none), their ratios and the
    `divergence` of these (that of reports over that of records) with intervals; `verdict`
    (:data:`.Verdict`), whether a contradiction is `local` (also holds against the rest of the
    city) and its `q_value`. See :func:`hotspots.analysis.contradiction.compare_sources`.
    """
    return table(
        {
            "reports_theme": text(),
            "records_theme": text(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "area_name": text(),
            "first_month": month(),
            "last_month": month(),
            "same_months": whole(),
            "reports_now": whole(missing=True),
            "reports_before": whole(missing=True),
            **ratio("reports_ratio"),
            "records_now": whole(missing=True),
            "records_before": whole(missing=True),
            **ratio("records_ratio"),
            **ratio("divergence"),
            "verdict": one_of(get_args(Verdict)),
            "local": flag(),
            "q_value": share(missing=True),
        },
        unique=["reports_theme", "records_theme", "area_code"],
    )
