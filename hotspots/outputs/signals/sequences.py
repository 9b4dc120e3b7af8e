"""Near repeats and bursts of a run, as they are shown."""

from datetime import timedelta

import geopandas as gpd
import pandas as pd

from hotspots.outputs.basis import Basis, bases_of, basis_of
from hotspots.outputs.policies import section
from hotspots.outputs.tables import RunTables, Shown, plain_records

RARELY = 0.01
"""Up to this p-value a band of distances and days is marked."""


class Burst(Shown):
    """An entry of the alert list; see :func:`hotspots.results.signals.bursts_schema`."""

    number: int
    burst_id: str
    theme: str
    area_code: str | None
    area_name: str | None
    first_day: str
    last_day: str
    count: int
    incidents: int
    expected: float
    p_value: float
    radius_m: float


class Band(Shown):
    """A band of distances and days; see :func:`hotspots.results.signals.near_repeat_schema`."""

    distance_from_m: float
    distance_to_m: float
    days_from: int
    days_to: int
    pairs: int
    expected: float
    ratio: float | None
    p_value: float

    @property
    def same_place(self) -> bool:
        """Whether the pairs are at one place."""
        return self.distance_from_m == 0

    @property
    def same_day(self) -> bool:
        """Whether the pairs are of one day."""
        return self.days_to == 0

    @property
    def rare(self) -> bool:
        """Whether chance seldom gives as many pairs."""
        return self.p_value <= RARELY


class BurstPolicy(Shown):
    """What makes a burst, and in how many days it was looked for: the policy of the run."""

    burst_radius_m: float
    burst_days: int
    burst_least: int
    look_back_days: int


class Sequences(Shown):
    """Whether incidents of a theme followed one another, and where they did of late.

    The bands rest on `basis`. Bursts were looked for from `looked_from` up to the cut-off: they
    rest on `lately`, and what is usual on `usual`. `tells_days` and `tells_days_lately` are false
    where too few days are known to say that incidents did not follow one another.
    """

    theme: str
    basis: Basis
    tells_days: bool
    bands: list[Band]
    policy: BurstPolicy
    looked_from: str
    lately: Basis
    tells_days_lately: bool
    usual: Basis | None
    bursts: list[Burst]


def bursts_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the bursts with their `number`: per theme and area, the area of the latest first."""
    if "bursts" not in run.record.results:
        return None
    table = run.table("bursts")
    by_area = table.groupby(["theme", "area_code"], dropna=False)["last_day"]
    ordered = table.assign(latest=by_area.transform("max")).sort_values(
        ["theme", "latest", "area_code", "last_day", "burst_id"],
        ascending=[True, False, True, False, True],
    )
    numbered = ordered.drop(columns="latest").reset_index(drop=True)
    return gpd.GeoDataFrame(numbered.assign(number=numbered.index + 1))


def sequences_of(run: RunTables) -> list[Sequences]:
    """Return the near repeats and bursts of a run, by theme; none where it has not both."""
    bursts = bursts_of(run)
    if bursts is None or "near_repeat" not in run.record.results:
        return []
    found = [Burst.model_validate(row) for row in plain_records(bursts)]
    return [
        _sequences(run, str(theme), table, [each for each in found if each.theme == theme])
        for theme, table in run.table("near_repeat").groupby("theme", sort=False)
    ]


def _sequences(run: RunTables, theme: str, table: pd.DataFrame, bursts: list[Burst]) -> Sequences:
    policy = BurstPolicy.model_validate(section(run.record, "near_repeat"))
    until = run.record.until
    looked_from = until - timedelta(days=policy.look_back_days - 1)
    first, last = (str(table[each].iloc[0]) for each in ("first_month", "last_month"))
    basis = basis_of(run, "near_repeat", theme, (first, last))
    lately = basis_of(run, "bursts", theme, (f"{looked_from:%Y-%m}", f"{until:%Y-%m}"))
    return Sequences(
        theme=theme,
        basis=basis,
        tells_days=basis.tells_days,
        bands=[Band.model_validate(row) for row in plain_records(table)],
        policy=policy,
        looked_from=looked_from.isoformat(),
        lately=lately,
        tells_days_lately=lately.tells_days,
        usual=next(iter(bases_of(run, "bursts", theme, part="before")), None),
        bursts=bursts,
    )
