"""What reviews and proposals of area measures leave, per area or place."""

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
from hotspots.results.bans import (
    BanReason,
    BoundaryRole,
    Changed,
    MeasureZone,
    Moves,
    Need,
    StepKind,
    StreetSide,
)
from hotspots.results.codes import Verdict

if TYPE_CHECKING:
    import pandera.pandas as pa


def window(name: str) -> "dict[str, pa.Column]":
    """Return the columns of a part of the year or the day; missing where none holds enough."""
    return {
        f"{name}_first": whole(missing=True),
        f"{name}_last": whole(missing=True),
        f"{name}_chosen_share": share(missing=True),
        f"{name}_share": share(missing=True),
    }


def ban_reviews_schema() -> "pa.DataFrameSchema":
    """Result `ban_reviews`: every area measure under review, with advice and trigger.

    `code`, `name`, `kind` of the policy, `start` and `end` (missing without one), `hours` and
    `season` in which it works (joined by semicolons, empty where that is always), `km2`,
    `dwellings`, `residents` (about; by `bans.residents_per_dwelling`), `stadsdelen` it meets
    (codes) and `stadsdeel_names` (joined by semicolons). `themes` that count. `advice` with its
    `reason` (:data:`.BanReason`) and `remarks` (:data:`.BanRemark`). `now` and `before` are the
    months compared, `periods` the incidents of the last years, newest first, against
    `yardstick_per_year`; `below_since` the month from which a year stayed under it. `naive_ratio`
    compares other calendar months. `season_…` (months) and `hours_…` (of the day) are the part
    that holds nearly all. `geometry` is the area itself.
    """
    return table(
        {
            "code": text(),
            "name": text(),
            "kind": text(),
            "start": text(),
            "end": text(missing=True),
            "hours": text(),
            "season": text(),
            "km2": number(),
            "dwellings": whole(missing=True),
            "residents": whole(missing=True),
            "stadsdelen": text(),
            "stadsdeel_names": text(),
            "themes": text(),
            "advice": text(),
            "reason": one_of(get_args(BanReason)),
            "remarks": text(),
            "now": text(),
            "before": text(),
            "periods": text(),
            "yardstick_per_year": number(missing=True),
            "below_since": month(missing=True),
            "naive_ratio": number(missing=True),
            **window("season_found"),
            **window("hours_found"),
            "geometry": geometry(),
        },
        unique=["code"],
    )


def ban_levels_schema() -> "pa.DataFrameSchema":
    """Result `ban_levels`: what is left against the yardstick, in all and per source.

    `code`, `source` (empty for all together), `themes`; incidents `now` and `before`, the latter
    brought to the calendar months of `now`; `value` (times the yardstick) with its interval, and
    `need` (:data:`.Need`).
    """
    return table(
        {
            "code": text(),
            "source": text(),
            "themes": text(),
            "before": number(),
            "now": number(),
            "value": number(missing=True),
            "low": number(missing=True),
            "high": number(missing=True),
            "need": one_of(get_args(Need)),
        },
        unique=["code", "source"],
    )


def ban_effects_schema() -> "pa.DataFrameSchema":
    """Result `ban_effects`: the comparison of before and since with ring and rest of the city.

    `measure_from`, also of an area whose place this one took; `ring_m`; `after`, `before` and
    `left_out` months; `sources` (joined by semicolons) and `deliveries`; `dispersion` from so many
    `places`; `control_ratio` (since over before in the rest, themes mixed as in the area). What
    the ring `says` (:data:`.Moves`), with the `quotient` and the `difference` in incidents, its
    `variance` and interval. `peak_months` before the year that led to the measure; missing where
    there is none. `flags` warn (:data:`hotspots.outputs.effect_document.Flag`).
    """
    return table(
        {
            "code": text(),
            "measure_from": text(),
            "ring_m": number(),
            "after": text(),
            "before": text(),
            "left_out": text(),
            "sources": text(),
            "deliveries": text(),
            "dispersion": number(),
            "places": whole(),
            "control_ratio": number(missing=True),
            "says": one_of(get_args(Moves)),
            "quotient": number(None, missing=True),
            "difference": number(None, missing=True),
            "variance": number(missing=True),
            "difference_low": number(None, missing=True),
            "difference_high": number(None, missing=True),
            "peak_months": text(missing=True),
            "flags": text(),
        },
        unique=["code"],
    )


def ban_zones_schema() -> "pa.DataFrameSchema":
    """Result `ban_zones`: incidents before and since in area, ring and control.

    `before` is brought to the calendar months of `after`; what police found by themselves stands
    apart, and so does what lies on stacked locations.
    """
    return table(
        {
            "code": text(),
            "zone": one_of(get_args(MeasureZone)),
            "km2": number(missing=True),
            "after": number(),
            "before": number(),
            "police_after": number(),
            "police_before": number(),
            "stacked": whole(),
        },
        unique=["code", "zone"],
    )


def ban_changes_schema() -> "pa.DataFrameSchema":
    """Result `ban_changes`: changes with their interval (:data:`.Changed` tells of what).

    `ratio` is since over before; `relative` that over what the control lets expect, with `low`
    and `high`.
    """
    return table(
        {
            "code": text(),
            "changed": one_of(get_args(Changed)),
            **ratio("ratio"),
            "relative": number(missing=True),
            "low": number(missing=True),
            "high": number(missing=True),
        },
        unique=["code", "changed"],
    )


def ban_parts_schema() -> "pa.DataFrameSchema":
    """Result `ban_parts`: `core` and `rim` of an area, with incidents before, now and lately."""
    return table(
        {
            "code": text(),
            "part": one_of(("core", "rim")),
            "km2": number(),
            "before": number(),
            "now": number(),
            "last_year": whole(),
        },
        unique=["code", "part"],
    )


def ban_boundaries_schema() -> "pa.DataFrameSchema":
    """Result `ban_boundaries`: areas along streets, as they are and as they are proposed.

    `code` of the area or name of the place, `role` (:data:`.BoundaryRole`), `km2`, `dwellings`;
    `unnamed` streets around it, `off_street_m` of its edge along none, and what is the `same` as
    what was drawn (ground in common over that of both). `geometry` is a polygon.
    """
    return table(
        {
            "code": text(),
            "role": one_of(get_args(BoundaryRole)),
            "km2": number(),
            "dwellings": whole(missing=True),
            "unnamed": whole(),
            "off_street_m": number(),
            "same": share(),
            "geometry": geometry(),
        },
        unique=["code", "role"],
    )


def ban_streets_schema() -> "pa.DataFrameSchema":
    """Result `ban_streets`: the street list of each boundary, in order.

    `side` tells whether a street is around the area, and belongs to it, or inside it.
    """
    return table(
        {
            "code": text(),
            "role": one_of(get_args(BoundaryRole)),
            "side": one_of(get_args(StreetSide)),
            "position": whole(1),
            "street": text(),
        },
        unique=["code", "role", "side", "position"],
    )


def ban_steps_schema() -> "pa.DataFrameSchema":
    """Result `ban_steps`: lighter measures and findings of professionals, dated.

    `end` is missing without one, `need_remains` where the finding does not say.
    """
    return table(
        {
            "code": text(),
            "position": whole(1),
            "kind": one_of(get_args(StepKind)),
            "what": text(),
            "start": text(),
            "end": text(missing=True),
            "result": text(),
            "need_remains": flag(missing=True),
        },
        unique=["code", "position"],
    )


def ban_months_schema() -> "pa.DataFrameSchema":
    """Result `ban_months`: the course month by month, per theme, in area, ring and control.

    Of every month that was delivered of all themes of the kind; what police found by themselves
    and stacked locations are left out, and so are hours in which the measure does not work.
    """
    return table(
        {
            "code": text(),
            "zone": one_of(get_args(MeasureZone)),
            "theme": text(),
            "month": month(),
            "incidents": whole(),
        },
        unique=["code", "zone", "theme", "month"],
    )


def ban_hours_schema() -> "pa.DataFrameSchema":
    """Result `ban_hours`: when it happens in an area, in the months under review, at any hour.

    `weekday` (0 is Monday), `hour`, `weight` (aoristic; adds up to the incidents of which the hour
    is known).
    """
    return table(
        {"code": text(), "weekday": whole(), "hour": whole(), "weight": number()},
        unique=["code", "weekday", "hour"],
    )


def ban_sources_schema() -> "pa.DataFrameSchema":
    """Result `ban_sources`: reports of citizens beside records of the police in an area.

    The year from `first_month` to `last_month` against the year before, over `same_months` months;
    the rest as in `sources`.
    """
    return table(
        {
            "code": text(),
            "reports": text(),
            "records": text(),
            "first_month": month(),
            "last_month": month(),
            "same_months": whole(),
            "reports_now": number(missing=True),
            "reports_before": number(missing=True),
            "records_now": number(missing=True),
            "records_before": number(missing=True),
            **ratio("divergence"),
            "verdict": one_of(get_args(Verdict)),
            "local": flag(),
            "q_value": share(missing=True),
        },
        unique=["code", "reports", "records"],
    )


def ban_burden_schema() -> "pa.DataFrameSchema":
    """Result `ban_burden`: what areas of a kind ask of the city on the first day of each year.

    The last day is the cut-off date. `dwellings` and `residents` are missing where unknown.
    """
    return table(
        {
            "on": text(),
            "kind": text(),
            "number": whole(),
            "km2": number(),
            "dwellings": whole(missing=True),
            "residents": whole(missing=True),
        },
        unique=["on", "kind"],
    )


def ban_mergers_schema() -> "pa.DataFrameSchema":
    """Result `ban_mergers`: areas that took the place of others, with the ground of both."""
    return table(
        {
            "code": text(),
            "name": text(),
            "kind": text(),
            "on": text(),
            "replaced": text(),
            "replaced_names": text(),
            "km2_before": number(),
            "km2_after": number(),
            "dwellings_before": whole(missing=True),
            "dwellings_after": whole(missing=True),
            "residents_before": whole(missing=True),
            "residents_after": whole(missing=True),
        },
        unique=["code"],
    )


def ban_overlaps_schema() -> "pa.DataFrameSchema":
    """Result `ban_overlaps`: how soft-drug areas lie against alcohol bans.

    `share` of the area that lies in the `other`, `share_of_other`, what is the `same` (ground in
    common over that of both) and `apart_m` (farthest that the edges lie apart); `follows` where
    the boundary is that of the alcohol ban.
    """
    return table(
        {
            "code": text(),
            "other": text(),
            "share": share(),
            "share_of_other": share(),
            "same": share(),
            "apart_m": number(),
            "follows": flag(),
        },
        unique=["code", "other"],
    )
