"""Where the layers come together: the composite, with and without what the police began."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.ground import Ground
from hotspots.pipeline.incidents import held_months, incidents_of, period_of
from hotspots.pipeline.lineage import lineage_of
from hotspots.pipeline.months import last_whole_month, month_numbers
from hotspots.policy import Policy
from hotspots.schemas import GROUPS_LAYER, RISK_LAYER, RISK_THEME
from hotspots.store.runs import Run

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.analysis.composite import Composite
    from hotspots.analysis.layers import Layer

    Ints = npt.NDArray[np.int64]

_HALF_YEAR = 6


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
        Scans of youth groups, if there are any.
    previous
        The run that the identity of places follows on, if any.
    """
    import geopandas as gpd

    from hotspots.analysis.composite import composite_places
    from hotspots.analysis.groups import current_zones

    n_incidents = {theme: len(_in_period(current, policy, theme, until)) for theme in hot}
    weights = _weights(policy, n_incidents, has_risk=risk is not None)
    if not any(weights.values()):
        return {}
    every, citizens = (
        _layers(current, policy, ground, weights, risk, until, proactive=proactive)
        for proactive in (True, False)
    )
    found = composite_places(
        ground.grid,
        every,
        citizens,
        significant_cells={
            name: hot[RISK_THEME if name == RISK_LAYER else name] for name in weights
        },
        study_area=ground.area,
        least_times=policy.composite.least_times,
        min_area_m2=policy.hotspots.min_area_m2,
        crs=current.workspace.crs,
    )
    _, last = period_of(until, policy.composite.months)
    named, _ = lineage_of(
        found.places.geometry,
        _before(previous),
        prefix=f"{policy.composite.months}m-composite-{last}",
    )
    named = named.rename(columns={"hotspot_id": "place_id"})
    place_id = named["place_id"].set_axis(found.places["place"])
    tables: dict[str, pd.DataFrame] = {
        "composite": found.places.join(named),
        "contributions": found.contributions.assign(
            place_id=found.contributions["place"].map(place_id)
        ),
    }
    weight = policy.composite.weights.get(GROUPS_LAYER, 0.0 if policy.composite.weights else 1.0)
    if groups is not None and weight:
        zones = current_zones(
            gpd.GeoDataFrame(groups, crs=current.workspace.crs),
            at=f"{until.year}-H{1 + (until.month > _HALF_YEAR)}",
            rounds_valid=policy.groups.rounds_valid,
        )
        valued = _with_groups(found, every, zones, weight, policy, ground)
        tables["groups_layer"] = valued.assign(place_id=valued["place"].map(place_id))
    return tables


def _before(previous: Run | None) -> "gpd.GeoDataFrame | None":
    """Return the places of the run before; none without a composite."""
    import geopandas as gpd

    if previous is None or "composite" not in previous.record.results:
        return None
    return gpd.GeoDataFrame(previous.table("composite")).set_index("place_id", drop=False)


def _weights(policy: Policy, n_incidents: Mapping[str, int], *, has_risk: bool) -> dict[str, float]:
    """Return the weight of every layer that can be made, but for the confidential one.

    Where the policy gives none, every kind of trouble weighs alike: two sources on the same
    nuisance share one weight, and burglary counts as the risk per dwelling where that is known.
    A theme of few incidents is no layer: divided by a tiny average, one of them is a peak.
    """
    themes = [theme for theme, n in n_incidents.items() if n >= policy.composite.least_incidents]
    risk = [RISK_LAYER] if has_risk and RISK_THEME in themes else []
    given = policy.composite.weights
    if given:
        return {name: given.get(name, 0.0) for name in [*themes, *risk]}
    alike = {name: 1.0 for name in [*themes, *risk] if not (risk and name == RISK_THEME)}
    for records, reports in policy.sources.pairs.items():
        if records in alike and reports in alike:
            alike[records] = alike[reports] = 0.5
    return alike


def refuse_unknown_layers(weights: Mapping[str, float], themes: Iterable[str]) -> None:
    """Refuse weights of what is no layer.

    Raises
    ------
    PolicyRefused
        Naming each, and the layers that there are.
    """
    known = sorted({*themes, RISK_LAYER, GROUPS_LAYER})
    problems = [
        Problem(
            "This is no layer that can be weighed.",
            f"Choose among: {', '.join(known)}.",
            column="composite.weights",
            value=name,
        )
        for name in weights
        if name not in known
    ]
    if problems:
        raise PolicyRefused(problems)


def _in_period(current: Current, policy: Policy, theme: str, until: date) -> "pd.DataFrame":
    """Return the incidents of a theme in the period of the composite."""
    first, last = period_of(until, policy.composite.months)
    held = held_months(current, policy, theme, until)
    return incidents_of(
        current, theme, {month: each for month, each in held.items() if first <= month <= last}
    )


def _layers(
    current: Current,
    policy: Policy,
    ground: Ground,
    weights: Mapping[str, float],
    risk: "pd.DataFrame | None",
    until: date,
    *,
    proactive: bool,
) -> "list[Layer]":
    """Return the layers, with or without the incidents that police and enforcement began.

    Of burglaries the victim tells: their risk is the same without.
    """
    import numpy as np

    from hotspots.analysis.clusters import off_stacks
    from hotspots.analysis.layers import Layer, theme_layer

    layers = []
    for name in [each for each in weights if each != RISK_LAYER]:
        rows = _in_period(current, policy, name, until)
        x, y = (rows[axis].to_numpy(np.float64) for axis in "xy")
        used = off_stacks(x, y)
        if not proactive:
            used &= (rows["initiator"] != "police").to_numpy()
        age = last_whole_month(until) - month_numbers(rows["month"]).astype(np.float64)
        values = theme_layer(
            ground.grid,
            x[used],
            y[used],
            age[used],
            bandwidth_m=policy.hotspots.bandwidth_m,
            half_life_months=policy.composite.half_life_months,
        )
        layers.append(Layer(name, values, weights[name]))
    if RISK_LAYER in weights and risk is not None:
        layers.append(
            Layer(RISK_LAYER, risk["shrunk_risk_per_1000"].to_numpy(), weights[RISK_LAYER])
        )
    return layers


def _with_groups(
    found: "Composite",
    layers: "list[Layer]",
    zones: "gpd.GeoDataFrame",
    weight: float,
    policy: Policy,
    ground: Ground,
) -> "pd.DataFrame":
    """Return the same places, valued with the zones of youth groups as one more layer."""
    import pandas as pd

    from hotspots.analysis.layers import Layer, mix, zone_layer

    label_weights = {str(label): n for label, n in policy.composite.zone_weights.items()}
    spread = zone_layer(ground.grid, zones, label_weights=label_weights)
    mixed = mix([*layers, Layer(GROUPS_LAYER, spread, weight, confidential=True)])
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
