"""A camera plan as one plain document: the plan with its proof, sites, curve and reviews."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from hotspots.records import PlanFigures, RunRecord
from hotspots.results.codes import CameraAdvice, CameraReason, PlanMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import pandas as pd


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Swap(_Part):
    """What taking another site in the place of a chosen one would lose."""

    replacement_id: str
    away_m: float
    loss: float
    covered_loss: float
    is_best: bool


class PlannedSite(_Part):
    """A chosen site with its score card; see :func:`hotspots.results.cameras.camera_plan_schema`.

    `x` and `y` are in the workspace's CRS. `swaps` are the sites that could take its place, the
    one that loses least first.
    """

    site_id: str
    street: str | None = None
    rank: int
    x: float
    y: float
    demand_alone: float
    demand_added: float
    incidents: int
    visible_m2: float
    unknown_m2: float
    facades: int
    dwellings_in_view: int
    masks_deg: str
    power: bool | None
    is_current: bool
    alternative_site_id: str | None
    alternative_loss: float | None
    swaps: list[Swap] = []


class OtherSite(_Part):
    """A site of a plan of another number of cameras, or one that could replace a chosen site.

    Nothing is told of what happened in its view: that is told of chosen sites only.
    """

    site_id: str
    street: str | None
    kind: str
    x: float
    y: float
    visible_m2: float
    unknown_m2: float
    facades: int
    dwellings_in_view: int
    masks_deg: str
    power: bool | None
    is_current: bool


class CurveSite(_Part):
    """A site of the plan of a number of cameras, and what that plan loses without it."""

    rank: int
    site_id: str
    demand_added: float


class CurvePoint(_Part):
    """What a plan of so many cameras would reach, and its sites in order of rank."""

    cameras: int
    sites: list[CurveSite] = []
    objective: float
    bound: float
    covered_share: float
    is_knee: bool


class Advised(_Part):
    """What the figures say about a flexible camera that stands."""

    camera_id: str
    street: str | None = None
    x: float
    y: float
    since: str
    advice: CameraAdvice
    reason: CameraReason
    demand_now: float
    demand_alone: float
    demand_share: float
    moves_to: str | None
    incidents_before: int | None
    incidents_since: int | None
    same_months: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    below_since: str | None


class FixedReview(_Part):
    """The five-year rule of a stadsdeel, read both ways."""

    area_code: str
    area_name: str
    cameras: int
    first_year: int | None
    last_year: int | None
    years_improved: int | None
    five_improvements: bool | None
    trend: float | None
    trend_low: float | None
    trend_high: float | None
    trend_down: bool | None
    reconsider: bool | None


class Placement(_Part):
    """What a way to place cameras would have seen of the held-out months."""

    method: PlanMethod
    cameras: int
    covered: float
    share: float
    share_low: float | None
    share_high: float | None
    behind_plan: float | None
    behind_plan_low: float | None
    behind_plan_high: float | None


class CameraDocument(_Part):
    """The plan; demand and objective are in weighted incidents a year."""

    run: str
    until: date
    demo: bool
    crs: str
    objective: float
    bound: float
    gap: float
    sites: list[PlannedSite]
    others: list[OtherSite]
    curve: list[CurvePoint]
    advice: list[Advised]
    fixed_review: list[FixedReview]
    comparison: list[Placement]
    rests_on: PlanFigures


def camera_document(record: RunRecord, table: "Callable[[str], pd.DataFrame]") -> CameraDocument:
    """Return the document of a run of kind ``cameras``.

    Parameters
    ----------
    record
        The record of the run.
    table
        Returns a result of the run by its name.

    Raises
    ------
    ValueError
        When the run is not a camera plan.
    """
    if record.plan is None:
        raise ValueError(f"run {record.id} is no camera plan")
    held = "camera_comparison" in record.results
    choices = _Choices.of(record, table)
    return CameraDocument(
        run=record.id,
        until=record.until,
        demo=record.demo,
        crs=record.crs,
        objective=record.plan.objective,
        bound=record.plan.bound,
        gap=record.plan.gap,
        sites=[
            PlannedSite.model_validate({**row, "swaps": choices.swaps.get(str(row["site_id"]), [])})
            for row in _rows(_placed(table("camera_plan")))
        ],
        others=choices.others,
        curve=[
            CurvePoint.model_validate({**row, "sites": choices.plans.get(str(row["cameras"]), [])})
            for row in _rows(table("camera_curve"))
        ],
        advice=[Advised.model_validate(row) for row in _rows(_placed(table("camera_advice")))],
        fixed_review=[FixedReview.model_validate(row) for row in _rows(table("fixed_review"))],
        comparison=[
            Placement.model_validate(row)
            for row in (_rows(table("camera_comparison")) if held else [])
        ],
        rests_on=record.plan,
    )


@dataclass(frozen=True)
class _Choices:
    """Swaps per chosen site, sites per number of cameras, and the sites in them that are no other.

    A run of before they were worked out has none.
    """

    swaps: dict[str, list[Swap]] = field(default_factory=dict)
    plans: dict[str, list[CurveSite]] = field(default_factory=dict)
    others: list[OtherSite] = field(default_factory=list)

    @classmethod
    def of(cls, record: RunRecord, table: "Callable[[str], pd.DataFrame]") -> "_Choices":
        if not {"camera_swaps", "camera_curve_sites"} <= record.results.keys():
            return cls()
        swaps, plans = table("camera_swaps"), table("camera_curve_sites").sort_values("rank")
        chosen = set(table("camera_plan")["site_id"])
        named = {*swaps["replacement_id"], *plans["site_id"]} - chosen
        sites = table("camera_sites")
        others = _placed(sites[sites["site_id"].isin(named)]).sort_values("site_id")
        return cls(
            swaps={
                str(site_id): [
                    Swap.model_validate(row) for row in _rows(part.drop(columns="site_id"))
                ]
                for site_id, part in swaps.groupby("site_id")
            },
            plans={
                str(cameras): [
                    CurveSite.model_validate(row) for row in _rows(part.drop(columns="cameras"))
                ]
                for cameras, part in plans.groupby("cameras")
            },
            others=[
                OtherSite.model_validate(row) for row in _rows(others[list(OtherSite.model_fields)])
            ],
        )


def _placed(sites: "pd.DataFrame") -> "pd.DataFrame":
    """Add the coordinates of points as columns."""
    return sites.assign(x=sites["geometry"].x, y=sites["geometry"].y)


def _rows(frame: "pd.DataFrame") -> "list[dict[Hashable, object]]":
    """Return rows of plain values, what is missing as none."""
    plain = frame.drop(columns="geometry", errors="ignore").astype(object)
    return plain.where(plain.notna(), None).to_dict("records")
