"""Where layers come together, and the risk surface that is one of them."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import flag, geometry, number, one_of, share, table, text, whole
from hotspots.results.codes import Lineage

if TYPE_CHECKING:
    import pandera.pandas as pa


def risk_schema() -> "pa.DataFrameSchema":
    """Result `risk`: burglary risk as a surface, per study cell.

    `theme`, `x`, `y`; `dwellings_near` (weighted by the kernel), `risk_per_1000` dwellings a
    year and `shrunk_risk_per_1000`, missing where too few dwellings are near.
    """
    return table(
        {
            "theme": text(),
            "x": number(None),
            "y": number(None),
            "dwellings_near": number(),
            "risk_per_1000": number(missing=True),
            "shrunk_risk_per_1000": number(missing=True),
        }
    )


def composite_schema() -> "pa.DataFrameSchema":
    """Result `composite`: places where the layers come together, the highest first.

    `place_id` (kept from run to run), `lineage`, `predecessors`; `rank` and `value` (in times
    the city's average), and the same without what police and enforcement began; `area_km2`;
    `themes` with significant cells there; `geometry`.
    """
    return table(
        {
            "place_id": text(),
            "lineage": one_of(get_args(Lineage)),
            "predecessors": text(),
            "rank": whole(1),
            "rank_without_proactive": whole(1),
            "value": number(),
            "value_without_proactive": number(),
            "area_km2": number(),
            "themes": text(),
            "geometry": geometry(),
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
    return table(
        {
            "place_id": text(),
            "layer": text(),
            "significant": flag(),
            "known_share": share(),
            "weight": share(),
            "value": number(missing=True),
            "contribution": number(),
            "share": share(missing=True),
            f"weight_{without}": share(),
            f"value_{without}": number(missing=True),
            f"contribution_{without}": number(),
            f"share_{without}": share(missing=True),
        },
        unique=["place_id", "layer"],
    )


def groups_layer_schema() -> "pa.DataFrameSchema":
    """Result `groups_layer`: the composite with the zones of youth groups; confidential.

    `place_id`, `rank` and `value` with the zones, and the `share` of the zones in that value.
    """
    return table(
        {
            "place_id": text(),
            "rank": whole(1),
            "value": number(),
            "share": share(),
        },
        unique=["place_id"],
    )
