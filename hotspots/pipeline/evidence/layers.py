"""The layers of the composite: what each holds, what it weighs, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import last_whole_month, month_numbers
from hotspots.pipeline.basis import basis_of
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import held_months, incidents_of, period_of
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import RISK_LAYER, RISK_THEME

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.analysis.layers import Layer

    Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matter:
    """The incidents of a theme in the period of the composite, and whether each is used.

    `held` has the delivery that holds per month, also of other months.
    """

    theme: str
    held: Mapping[str, Delivery]
    incidents: "pd.DataFrame"
    used: "Bools"


def matter_of(current: Current, policy: Policy, theme: str, until: date) -> Matter:
    """Return the incidents of a theme in the period of the composite.

    Those on stacked locations are not used: what is booked on a police station happened
    elsewhere.
    """
    import numpy as np

    from hotspots.analysis.clusters import off_stacks

    first, last = period_of(until, policy.composite.months)
    held = held_months(current, policy, theme, until)
    inside = {month: each for month, each in held.items() if first <= month <= last}
    rows = incidents_of(current, theme, inside)
    used = off_stacks(*(rows[axis].to_numpy(np.float64) for axis in "xy"))
    return Matter(theme, held, rows, used)


def weights_of(policy: Policy, matters: list[Matter], *, has_risk: bool) -> dict[str, float]:
    """Return the weight of every layer that can be made, but for the confidential one.

    Where the policy gives none, every kind of trouble weighs alike: two sources on the same
    nuisance share one weight, and burglary counts as the risk per dwelling where that is known.
    A theme of few incidents is no layer: divided by a tiny average, one of them is a peak.
    """
    least = policy.composite.least_incidents
    themes = [matter.theme for matter in matters if len(matter.incidents) >= least]
    risk = [RISK_LAYER] if has_risk and RISK_THEME in themes else []
    given = policy.composite.weights
    if given:
        return {name: given.get(name, 0.0) for name in [*themes, *risk]}
    alike = {name: 1.0 for name in [*themes, *risk] if not (risk and name == RISK_THEME)}
    for records, reports in policy.sources.pairs.items():
        if records in alike and reports in alike:
            alike[records] = alike[reports] = 0.5
    return alike


def layers_of(
    policy: Policy,
    ground: Ground,
    matters: list[Matter],
    weights: Mapping[str, float],
    risk: "pd.DataFrame | None",
    until: date,
    *,
    proactive: bool,
) -> "list[Layer]":
    """Return the layers, with or without the incidents that police and enforcement began.

    Of burglaries the victim tells: their risk is the same without.
    """
    from hotspots.analysis.layers import Layer

    layers = [
        _theme_layer(policy, ground, matter, weights[matter.theme], until, proactive=proactive)
        for matter in matters
        if matter.theme in weights
    ]
    if RISK_LAYER in weights and risk is not None:
        values = risk["shrunk_risk_per_1000"].to_numpy()
        layers.append(Layer(RISK_LAYER, values, weights[RISK_LAYER]))
    return layers


def _theme_layer(
    policy: Policy, ground: Ground, matter: Matter, weight: float, until: date, *, proactive: bool
) -> "Layer":
    import numpy as np

    from hotspots.analysis.layers import Layer, theme_layer

    rows, used = matter.incidents, matter.used
    if not proactive:
        used = used & (rows["initiator"] != "police").to_numpy()
    x, y = (rows[axis].to_numpy(np.float64)[used] for axis in "xy")
    age = last_whole_month(until) - month_numbers(rows["month"]).astype(np.float64)
    values = theme_layer(
        ground.grid,
        x,
        y,
        age[used],
        bandwidth_m=policy.hotspots.bandwidth_m,
        half_life_months=policy.composite.half_life_months,
    )
    return Layer(matter.theme, values, weight)


def layers_basis(policy: Policy, matters: list[Matter], until: date) -> "pd.DataFrame":
    """Return what the composite rests on, a row per theme; no theme is in it without a row."""
    import pandas as pd

    period = period_of(until, policy.composite.months)
    return pd.concat(
        [
            basis_of(
                "composite",
                matter.theme,
                period,
                matter.held,
                {"incidents": len(matter.incidents), "stacked": int((~matter.used).sum())},
            )
            for matter in matters
        ],
        ignore_index=True,
    )
