"""What the ranking of areas leaves: its figures, its months, the yearly target."""

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
from hotspots.schemas import LEVELS, Status

if TYPE_CHECKING:
    import pandera.pandas as pa


def priorities_schema() -> "pa.DataFrameSchema":
    """Result `priorities`: one row per theme, level and area, with its geometry.

    `count` and `count_completed` are incidents over the years (completed is missing where the
    source cannot tell); `exposure` is in dwelling-years, reduced by missing months;
    `rate_per_1000`, `eb_rate`, `eb_low`, `eb_high` are per 1,000 dwelling-years;
    `count_police` of the `count` were recorded on the initiative of the police (missing where
    that cannot be told) and of `count_initiator_unknown` nobody told who began (missing for
    delivered counts); `rank_count`, `rank_rate` and `rank` start at 1; `p_top` is the share of
    posterior draws with a rank of at most k; `count_last` and `count_previous` compare the last
    year with the year before over `same_months` months delivered in both; `remarks` holds reason
    codes (`few_incidents`, `few_dwellings`, `months_unknown`). Rows that are not ranked keep
    missing values, never zeros.
    """
    return table(
        {
            "theme": text(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "area_name": text(),
            "status": one_of(get_args(Status)),
            "count": whole(missing=True),
            "count_completed": whole(missing=True),
            "count_police": whole(missing=True),
            "count_initiator_unknown": whole(missing=True),
            "dwellings": whole(missing=True),
            "exposure": number(missing=True),
            "rate_per_1000": number(missing=True),
            "eb_rate": number(missing=True),
            "eb_low": number(missing=True),
            "eb_high": number(missing=True),
            "rank_count": whole(1, missing=True),
            "rank_rate": whole(1, missing=True),
            "rank": whole(1, missing=True),
            "p_top": share(missing=True),
            "count_last": whole(missing=True),
            "count_previous": whole(missing=True),
            "same_months": whole(missing=True),
            "remarks": text(),
            "geometry": geometry(missing=True),
        },
        unique=["theme", "level", "area_code"],
    )


def months_schema() -> "pa.DataFrameSchema":
    """Result `months`: per theme every month up to the cut-off, city-wide.

    Columns: `theme`, `month` (``YYYY-MM``), `status` (`delivered`, `missing`), `count` and
    `source`; a missing month has no count.
    """
    return table(
        {
            "theme": text(),
            "month": month(),
            "status": one_of(["delivered", "missing"]),
            "count": whole(missing=True),
            "source": text(missing=True),
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
    return table(
        {
            "theme": text(),
            "year": whole(),
            "completed_only": flag(),
            "count": whole(),
            "count_previous": whole(),
            "same_months": whole(1),
            **ratio("ratio"),
            "met": flag(missing=True),
        },
        unique=["theme", "year"],
    )


def unplaced_schema() -> "pa.DataFrameSchema":
    """Result `unplaced`: counts that no area of a ranking's level could take.

    Columns: `theme`, `level` (of the ranking), `area_code` (as delivered) and `count`.
    """
    return table(
        {"theme": text(), "level": one_of(LEVELS), "area_code": text(), "count": whole()},
        unique=["theme", "level", "area_code"],
    )


def yearly_counts_schema() -> "pa.DataFrameSchema":
    """Result `yearly_counts`: per theme, whole year and area what was counted, as delivered.

    One row per area of the level that has public figures; `parent_code` and `parent_name` are of
    the larger area that it lies in, where one was delivered. `count` is missing where a month of
    the year is not known; `missing_months` (``YYYY-MM``) were not delivered at all. These counts
    are exact: what the public sees of them is made by `hotspots.pipeline.public`.
    """
    return table(
        {
            "theme": text(),
            "year": whole(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "area_name": text(),
            "parent_code": text(missing=True),
            "parent_name": text(missing=True),
            "count": whole(missing=True),
            "missing_months": text(),
            "source": text(),
        },
        unique=["theme", "year", "area_code"],
    )


def area_months_schema() -> "pa.DataFrameSchema":
    """Result `area_months`: what every ranking counted, per area and month.

    Every month that was delivered before the cut-off, also those outside the ranked years, so
    that the same areas can be ranked over other years. `count` is missing where it is unknown,
    `count_completed` also where the source cannot tell. `count_without_police` and
    `count_completed_without_police` leave out what the police recorded on their own initiative;
    of `count_initiator_unknown` nobody told who began. All three are missing for delivered
    counts, which do not tell.
    """
    return table(
        {
            "theme": text(),
            "level": one_of(LEVELS),
            "area_code": text(),
            "month": month(),
            "count": whole(missing=True),
            "count_completed": whole(missing=True),
            "count_without_police": whole(missing=True),
            "count_completed_without_police": whole(missing=True),
            "count_initiator_unknown": whole(missing=True),
        },
        unique=["theme", "level", "area_code", "month"],
    )


def seasons_schema() -> "pa.DataFrameSchema":
    """Result `seasons`: the share of a year that each calendar month (1 to 12) has, per ranking.

    `share_without_police` is that of the incidents that the police did not record on their own
    initiative; missing for delivered counts, which do not tell.
    """
    return table(
        {
            "theme": text(),
            "level": one_of(LEVELS),
            "calendar_month": whole(1),
            "share": share(),
            "share_without_police": share(missing=True),
        },
        unique=["theme", "level", "calendar_month"],
    )


def initiative_schema() -> "pa.DataFrameSchema":
    """Result `initiative`: per month the incidents delivered of a ranked theme, city-wide.

    Also where the ranking rests on counts, which do not tell who began. `count_police` of the
    `count` were recorded on the initiative of the police; of `count_initiator_unknown` nobody
    told who began.
    """
    return table(
        {
            "theme": text(),
            "month": month(),
            "source": text(),
            "count": whole(),
            "count_police": whole(),
            "count_initiator_unknown": whole(),
        },
        unique=["theme", "month"],
    )
