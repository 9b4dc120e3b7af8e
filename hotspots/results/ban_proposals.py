"""What proposals of area measures leave: the places, their gates, and what these rest on."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import flag, geometry, month, number, one_of, share, table, text, whole
from hotspots.results.ban_tables import window
from hotspots.results.bans import Gate

if TYPE_CHECKING:
    import pandera.pandas as pa


def ban_proposals_schema() -> "pa.DataFrameSchema":
    """Result `ban_proposals`: places that were asked about, or found.

    `proposed` where every gate is passed; `season_…` and `hours_…` as in `ban_reviews`;
    `share_of_city`; codes of the areas of the kind that it is `overlapping`, and of the alcohol ban
    that it is `aligned_with`. `geometry` is the place as it was drawn; its boundary is in
    `ban_boundaries`.
    """
    return table(
        {
            "name": text(),
            "kind": text(),
            "proposed": flag(),
            **window("season_found"),
            **window("hours_found"),
            "share_of_city": share(),
            "overlapping": text(),
            "aligned_with": text(missing=True),
            "geometry": geometry(),
        },
        unique=["name"],
    )


def ban_gates_schema() -> "pa.DataFrameSchema":
    """Result `ban_gates`: each gate of a place, with what was found and what is asked.

    `passed` and `found` are missing where the deliveries cannot tell.
    """
    return table(
        {
            "name": text(),
            "gate": one_of(get_args(Gate)),
            "passed": flag(missing=True),
            "found": number(None, missing=True),
            "asked": number(None),
        },
        unique=["name", "gate"],
    )


def ban_periods_schema() -> "pa.DataFrameSchema":
    """Result `ban_periods`: each source in each year at a place, against the rest of the city.

    `incidents` from `first` to `last` month, how many `times` the level of the rest that is, with
    its interval, and whether that `holds` as nuisance beyond chance.
    """
    return table(
        {
            "name": text(),
            "source": text(),
            "themes": text(),
            "first": month(),
            "last": month(),
            "incidents": whole(),
            "times": number(missing=True),
            "low": number(missing=True),
            "high": number(missing=True),
            "holds": flag(),
        },
        unique=["name", "source", "first"],
    )


def ban_tried_schema() -> "pa.DataFrameSchema":
    """Result `ban_tried`: lighter measures at a place, with incidents before and since.

    `months` it had; `before` and `since` over the same calendar months; `counts` where it had long
    enough.
    """
    return table(
        {
            "name": text(),
            "position": whole(1),
            "what": text(),
            "start": text(),
            "end": text(missing=True),
            "result": text(),
            "months": whole(),
            "before": whole(),
            "since": whole(),
            "counts": flag(),
        },
        unique=["name", "position"],
    )
