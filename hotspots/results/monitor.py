"""What the half-year monitor per stadsdeel rests on: counts, comparisons, sources and events."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import geometry, month, one_of, ratio, table, text, whole
from hotspots.results.codes import Verdict
from hotspots.schemas import EXPLAINING, LEVELS

if TYPE_CHECKING:
    import pandera.pandas as pa


def monitor_schema() -> "pa.DataFrameSchema":
    """Result `monitor`: each of the last two half-years against the same ones before it.

    One row per theme, area and half-year (`first_month` to `last_month`). `count` is what was
    counted now and `count_before` in `years_before` years together, both over `same_months`
    calendar months known in all of them; `ratio` is now over the average year before, and
    `relative` that ratio over the one of the rest of the city. `missing_months` (``YYYY-MM``,
    joined by spaces) of this half-year and of those before it are not known there. See
    :func:`hotspots.analysis.monitor.compare_half`.
    """
    return table(
        {
            "theme": text(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "first_month": month(),
            "last_month": month(),
            "same_months": whole(),
            "years_before": whole(),
            "count": whole(missing=True),
            "count_before": whole(missing=True),
            **ratio("ratio"),
            **ratio("relative"),
            "missing_months": text(),
            "source": text(),
        },
        unique=["theme", "area_code", "first_month"],
    )


def monitor_months_schema() -> "pa.DataFrameSchema":
    """Result `monitor_months`: per theme, area and month what was counted, and by which source.

    From the first month that the monitor compares to the last; a month that is not known has no
    count, and one that was not delivered no source.
    """
    return table(
        {
            "theme": text(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "month": month(),
            "count": whole(missing=True),
            "source": text(missing=True),
        },
        unique=["theme", "area_code", "month"],
    )


def monitor_sources_schema() -> "pa.DataFrameSchema":
    """Result `monitor_sources`: reports of citizens beside records of the police, per area.

    The last half-year against the same months a year before, over `same_months` months; the
    `verdict` is that of :func:`hotspots.analysis.contradiction.compare_sources`.
    """
    return table(
        {
            "reports_theme": text(),
            "records_theme": text(),
            "area_code": text(),
            "first_month": month(),
            "last_month": month(),
            "same_months": whole(),
            "reports_now": whole(missing=True),
            "reports_before": whole(missing=True),
            "records_now": whole(missing=True),
            "records_before": whole(missing=True),
            "verdict": one_of(get_args(Verdict)),
        },
        unique=["reports_theme", "records_theme", "area_code"],
    )


def monitor_events_schema() -> "pa.DataFrameSchema":
    """Result `monitor_events`: dated events that may explain a break in the months compared.

    `first_day` and `last_day` are ``YYYY-MM-DD``; `area_code` is that of the monitor's area it
    was in, missing for the whole city.
    """
    return table(
        {
            "kind": one_of(EXPLAINING),
            "name": text(),
            "first_day": text(),
            "last_day": text(),
            "area_code": text(missing=True),
        }
    )


def monitor_areas_schema() -> "pa.DataFrameSchema":
    """Result `monitor_areas`: the areas of the monitor, and the smaller ones inside them.

    `monitor_code` is the monitor's area that each lies in; one of the monitor's own has its
    polygon, where it was delivered.
    """
    return table(
        {
            "level": one_of(LEVELS),
            "area_code": text(),
            "area_name": text(),
            "monitor_code": text(),
            "geometry": geometry(missing=True),
        },
        unique=["level", "area_code"],
    )
