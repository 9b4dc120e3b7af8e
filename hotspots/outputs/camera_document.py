"""A camera plan as one plain document: the plan with its proof, sites, curve and reviews."""

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


class PlannedSite(_Part):
    """A chosen site with its score card; see :func:`hotspots.results.cameras.camera_plan_schema`.

    `x` and `y` are in the workspace's CRS.
    """

    site_id: str
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


class CurvePoint(_Part):
    """What a plan of so many cameras would reach."""

    cameras: int
    objective: float
    bound: float
    covered_share: float
    is_knee: bool


class Advised(_Part):
    """What the figures say about a flexible camera that stands."""

    camera_id: str
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
    plan = table("camera_plan")
    place = {"x": plan["geometry"].x, "y": plan["geometry"].y}
    held = "camera_comparison" in record.results
    return CameraDocument(
        run=record.id,
        until=record.until,
        demo=record.demo,
        crs=record.crs,
        objective=record.plan.objective,
        bound=record.plan.bound,
        gap=record.plan.gap,
        sites=[PlannedSite.model_validate(row) for row in _rows(plan.assign(**place))],
        curve=[CurvePoint.model_validate(row) for row in _rows(table("camera_curve"))],
        advice=[Advised.model_validate(row) for row in _rows(table("camera_advice"))],
        fixed_review=[FixedReview.model_validate(row) for row in _rows(table("fixed_review"))],
        comparison=[
            Placement.model_validate(row)
            for row in (_rows(table("camera_comparison")) if held else [])
        ],
        rests_on=record.plan,
    )


def _rows(frame: "pd.DataFrame") -> "list[dict[Hashable, object]]":
    """Return rows of plain values, what is missing as none."""
    plain = frame.drop(columns="geometry", errors="ignore").astype(object)
    return plain.where(plain.notna(), None).to_dict("records")
