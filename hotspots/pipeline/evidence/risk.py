"""Burglary risk as a surface, for a municipality whose dwellings are known as points."""

from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import MONTHS_IN_A_YEAR
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import held_months, incidents_of, period_of
from hotspots.policy import Policy
from hotspots.schemas import RISK_THEME

if TYPE_CHECKING:
    import pandas as pd


def risk_of(current: Current, policy: Policy, ground: Ground, until: date) -> "pd.DataFrame | None":
    """Return the risk per study cell over the period of the composite; none without dwellings.

    Stacked locations are left out: what is booked on a police station happened elsewhere. A
    missing month shortens the period.
    """
    import numpy as np

    from hotspots.analysis.clusters import off_stacks
    from hotspots.analysis.risk import risk_surface

    first, last = period_of(until, policy.composite.months)
    held = held_months(current, policy, RISK_THEME, until)
    by_month = {month: each for month, each in held.items() if first <= month <= last}
    if ground.dwellings is None or not by_month:
        return None
    rows = incidents_of(current, RISK_THEME, by_month)
    x, y = (rows[axis].to_numpy(np.float64) for axis in "xy")
    used = off_stacks(x, y)
    homes = ground.dwellings
    return risk_surface(
        ground.grid,
        (x[used], y[used]),
        (homes.x, homes.y),
        homes.n.astype(np.float64),
        bandwidth_m=policy.hotspots.bandwidth_m,
        kernel=policy.hotspots.kernel,
        years=len(by_month) / MONTHS_IN_A_YEAR,
        least_dwellings=policy.composite.least_dwellings,
    )


def risk_table(risk: "pd.DataFrame", ground: Ground) -> "pd.DataFrame":
    """Return the risk with the middle of each cell, as the schema of results says."""
    x, y = ground.middles(risk.index.to_numpy())
    return risk.assign(theme=RISK_THEME, x=x, y=y)
