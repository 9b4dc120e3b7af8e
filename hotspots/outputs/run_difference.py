"""What differs between two runs, as a document: what went in, and what came out."""

from datetime import date, datetime
from typing import Literal

from hotspots.outputs.tables import Shown
from hotspots.records import Delivery, RunKind
from hotspots.schemas import Kind, Level

Cause = Literal["kind", "until", "deliveries", "policy", "code", "previous"]
"""What was put in otherwise; nothing else decides what a run answers."""


class Side(Shown):
    """One of the two runs."""

    id: str
    kind: RunKind
    created_at: datetime
    until: date
    version: str


class DeliveryRef(Shown):
    """A delivery that one of the runs rests on and the other does not."""

    id: str
    kind: Kind
    level: Level | None
    source: str
    file_name: str
    first_month: str | None
    last_month: str | None
    accepted: int


class Setting(Shown):
    """A parameter that differs, by its dotted name; missing where a run does not know it."""

    name: str
    a: str | None
    b: str | None


class AreaMove(Shown):
    """An area whose place or count differs; missing where a run does not rank it."""

    area_code: str
    area_name: str
    rank_a: int | None
    rank_b: int | None
    count_a: int | None
    count_b: int | None
    in_top_a: bool
    in_top_b: bool


class RankingDifference(Shown):
    """One ranking in both runs: `moves` are the areas that differ, by their place in `b`."""

    theme: str
    level: Level
    period_a: tuple[int, int]
    period_b: tuple[int, int]
    k_a: int
    k_b: int
    areas: int
    total_a: int
    total_b: int
    moves: list[AreaMove]

    @property
    def entered(self) -> list[AreaMove]:
        """Areas that came above the cut line."""
        return [each for each in self.moves if each.in_top_b and not each.in_top_a]

    @property
    def left(self) -> list[AreaMove]:
        """Areas that went below it."""
        return [each for each in self.moves if each.in_top_a and not each.in_top_b]

    @property
    def replaced(self) -> list[AreaMove]:
        """Areas that have another place."""
        return [each for each in self.moves if each.rank_a != each.rank_b]


class HotspotMove(Shown):
    """A hotspot that is in both runs in another shape; `shift_m` is how far its middle lies."""

    ids_a: list[str]
    id_b: str
    count_a: int
    count_b: int
    shift_m: float
    km2_a: float
    km2_b: float


class SearchDifference(Shown):
    """One search in both runs: hotspots that came, went, have another shape, or are the same."""

    theme: str
    months: int
    period_a: tuple[str, str]
    period_b: tuple[str, str]
    incidents_a: int
    incidents_b: int
    appeared: list[str]
    vanished: list[str]
    moved: list[HotspotMove]
    same: int


class PlanDifference(Shown):
    """Two camera plans: sites in both, only in `b` (added) and only in `a` (dropped)."""

    budget_a: int
    budget_b: int
    covered_a: float
    covered_b: float
    kept: list[str]
    added: list[str]
    dropped: list[str]


class RunDifference(Shown):
    """Two runs beside each other: `a` the one, `b` the other.

    `causes` is all that was put in otherwise. `same_results` tells whether every result that
    both have is the same to the byte; confidential results are left out. `only_a` and `only_b`
    name rankings and searches that the other does not have, such as ``burglary per wijk``.
    """

    a: Side
    b: Side
    causes: list[Cause]
    same_results: bool
    deliveries_a: list[DeliveryRef]
    deliveries_b: list[DeliveryRef]
    policy: list[Setting]
    code: list[Setting]
    rankings: list[RankingDifference]
    searches: list[SearchDifference]
    plan: PlanDifference | None
    only_a: list[str]
    only_b: list[str]
    results_only_a: list[str]
    results_only_b: list[str]


def delivery_ref(delivery: Delivery) -> DeliveryRef:
    """Return what tells a delivery from another."""
    return DeliveryRef(
        id=delivery.id,
        kind=delivery.kind,
        level=delivery.level,
        source=delivery.source,
        file_name=delivery.file_name,
        first_month=delivery.first_month,
        last_month=delivery.last_month,
        accepted=delivery.accepted,
    )
