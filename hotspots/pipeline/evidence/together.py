"""Where the layers come together: the composite, with and without what the police began."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.layers import layers_basis, layers_of, matter_of, weights_of
from hotspots.pipeline.evidence.lineage import lineage_of
from hotspots.pipeline.evidence.zoned import with_zones, zones_weight
from hotspots.policy import Policy
from hotspots.schemas import RISK_LAYER, RISK_THEME
from hotspots.store.runs import Run

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.analysis.composite import Composite
    from hotspots.analysis.layers import Layer

    Ints = npt.NDArray[np.int64]


def together_of(
    current: Current,
    policy: Policy,
    ground: Ground,
    *,
    hot: "Mapping[str, Ints]",
    risk: "pd.DataFrame | None",
    groups: "pd.DataFrame | None",
    previous: Run | None,
    until: date,
) -> "Mapping[str, pd.DataFrame]":
    """Return where the layers come together; nothing where no layer has any weight.

    Parameters
    ----------
    hot
        Significant cells per theme, tested elsewhere and never on weights.
    risk
        Burglary risk per study cell, if dwellings were delivered.
    groups
        Scans of youth groups, if there are any; what is made of them is confidential.
    previous
        The run that the identity of places follows on, if any.
    """
    matters = [matter_of(current, policy, theme, until) for theme in hot]
    weights = weights_of(policy, matters, has_risk=risk is not None)
    if not any(weights.values()):
        return {}
    every, citizens = (
        layers_of(policy, ground, matters, weights, risk, until, proactive=proactive)
        for proactive in (True, False)
    )
    found = _composite(current, policy, ground, hot, every, citizens)
    named = _named(found, policy, previous, until)
    place_id = named["place_id"].set_axis(found.places["place"])
    tables: dict[str, pd.DataFrame] = {
        "composite": found.places.join(named),
        "contributions": found.contributions.assign(
            place_id=found.contributions["place"].map(place_id)
        ),
        "basis": layers_basis(policy, matters, until),
    }
    if groups is not None and zones_weight(policy):
        valued = with_zones(policy, ground, _placed(groups, current), found, every, until)
        tables["groups_layer"] = valued.assign(place_id=valued["place"].map(place_id))
    return tables


def _composite(
    current: Current,
    policy: Policy,
    ground: Ground,
    hot: "Mapping[str, Ints]",
    every: "list[Layer]",
    citizens: "list[Layer]",
) -> "Composite":
    """Return the composite of all layers, and of those without what the police began."""
    from hotspots.analysis.composite import composite_places

    return composite_places(
        ground.grid,
        every,
        citizens,
        significant_cells={
            layer.name: hot[RISK_THEME if layer.name == RISK_LAYER else layer.name]
            for layer in every
        },
        study_area=ground.area,
        least_times=policy.composite.least_times,
        min_area_m2=policy.hotspots.min_area_m2,
        crs=current.workspace.crs,
    )


def _named(found: "Composite", policy: Policy, previous: Run | None, until: date) -> "pd.DataFrame":
    """Return the identity and the lineage of each place."""
    named, _ = lineage_of(
        found.places.geometry,
        _before(previous),
        search=f"{policy.composite.months}m-composite",
        until=until,
    )
    return named.rename(columns={"hotspot_id": "place_id"})


def _placed(groups: "pd.DataFrame", current: Current) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(groups, crs=current.workspace.crs)


def _before(previous: Run | None) -> "gpd.GeoDataFrame | None":
    """Return the places of the run before; none without a composite."""
    import geopandas as gpd

    if previous is None or "composite" not in previous.record.results:
        return None
    return gpd.GeoDataFrame(previous.table("composite")).set_index("place_id", drop=False)
