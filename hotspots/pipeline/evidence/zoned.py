"""The composite with the zones of youth groups as one more layer; all of it is confidential."""

from datetime import date
from typing import TYPE_CHECKING

from hotspots.pipeline.evidence.ground import Ground
from hotspots.policy import Policy
from hotspots.schemas import GROUPS_LAYER

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.composite import Composite
    from hotspots.analysis.layers import Layer

_HALF_YEAR = 6


def zones_weight(policy: Policy) -> float:
    """Return the weight of the zones: as of any layer where the policy gives no weights."""
    weights = policy.composite.weights
    return weights.get(GROUPS_LAYER, 0.0) if weights else 1.0


def with_zones(
    policy: Policy,
    ground: Ground,
    groups: "gpd.GeoDataFrame",
    found: "Composite",
    layers: "list[Layer]",
    until: date,
) -> "pd.DataFrame":
    """Return the same places, valued with the current zones as one more layer.

    Returns
    -------
    pandas.DataFrame
        `place`, `value`, `rank`, and the `share` of the zones in that value.
    """
    import pandas as pd

    from hotspots.analysis.groups import current_zones
    from hotspots.analysis.layers import Layer, mix, zone_layer

    zones = current_zones(
        groups,
        at=f"{until.year}-H{1 + (until.month > _HALF_YEAR)}",
        rounds_valid=policy.groups.rounds_valid,
    )
    label_weights = {str(label): n for label, n in policy.composite.zone_weights.items()}
    spread = zone_layer(ground.grid, zones, label_weights=label_weights)
    mixed = mix([*layers, Layer(GROUPS_LAYER, spread, zones_weight(policy))])
    at = mixed.names.index(GROUPS_LAYER)
    cells = pd.DataFrame(
        {
            "place": found.cells["place"].to_numpy(),
            "value": mixed.composite,
            "groups": mixed.weights[at] * mixed.times[at],
        }
    )
    places = cells.groupby("place")[["value", "groups"]].mean().reindex(found.places["place"])
    return pd.DataFrame(
        {
            "place": found.places["place"].to_numpy(),
            "value": places["value"].to_numpy(),
            "rank": places["value"].rank(ascending=False, method="min").to_numpy(),
            "share": (places["groups"] / places["value"]).fillna(0.0).to_numpy(),
        }
    )
