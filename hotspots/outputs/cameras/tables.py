"""What pages, maps and answers show of a camera plan: its document, hours and viewsheds."""

from collections.abc import Iterable
from math import hypot

import geopandas as gpd

from hotspots.errors import NotFound, Problem
from hotspots.outputs.cameras.document import (
    Advised,
    CameraDocument,
    CurvePoint,
    OtherSite,
    PlannedSite,
    camera_document,
)
from hotspots.outputs.hotspots.place_tables import Hour, Peak, peak_of
from hotspots.outputs.tables import RunTables, Shown, plain_records
from hotspots.records import PlanFigures, RunRecord
from hotspots.results.cameras import SAME_POLE_M
from hotspots.results.codes import SightRole


class SiteHours(Shown):
    """When the incidents that a chosen site sees happen; no `peak` where no hour is known."""

    site_id: str
    hours_known: int
    peak: Peak | None


class PlanDocument(CameraDocument):
    """A camera plan with the hours of its sites."""

    hours: list[SiteHours]

    def hours_of(self, site: PlannedSite) -> SiteHours:
        """Return the hours of a chosen site."""
        return next(each for each in self.hours if each.site_id == site.site_id)

    def site(self, site_id: str) -> PlannedSite | None:
        """Return a chosen site by its id, if it is one."""
        return next((each for each in self.sites if each.site_id == site_id), None)

    def known(self, site_id: str) -> PlannedSite | OtherSite | None:
        """Return a site by its id: a chosen one, one of another plan, or a replacement."""
        return self.site(site_id) or next(
            (each for each in self.others if each.site_id == site_id), None
        )

    def camera_at(self, site: PlannedSite | OtherSite) -> Advised | None:
        """Return the flexible camera that stands on a site, if one does."""
        near = [
            (away_m, each)
            for each in self.advice
            if (away_m := hypot(each.x - site.x, each.y - site.y)) <= SAME_POLE_M
        ]
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def with_cameras(self, number: int) -> CurvePoint | None:
        """Return the plan of a number of cameras, if there is one of which the sites are known."""
        return next((each for each in self.curve if each.cameras == number and each.sites), None)

    def shows(self, number: int | None) -> bool:
        """Tell whether there is a plan of a number of cameras; none at all is one too."""
        return number == 0 or (number is not None and self.with_cameras(number) is not None)


class SiteMonth(Shown):
    """What a chosen site would have seen of a month; missing where a theme was not delivered."""

    month: str
    incidents: int | None


def require_plan(record: RunRecord) -> PlanFigures:
    """Return what the plan of a run rests on.

    Raises
    ------
    NotFound
        When the run planned no cameras.
    """
    if record.plan is None:
        raise NotFound(
            Problem(
                "This run is no camera plan.",
                "Choose one of kind cameras in the list of runs, or make one with: "
                "hotspots cameras plan.",
                column="run",
                value=record.id,
            )
        )
    return record.plan


def plan_document_of(run: RunTables) -> PlanDocument:
    """Return a camera plan with everything that a page shows of it.

    Parameters
    ----------
    run
        A finished run of kind ``cameras``.

    Raises
    ------
    NotFound
        When the run planned no cameras.
    """
    require_plan(run.record)
    document = camera_document(run.record, run.table)
    seen: dict[str, list[Hour]] = {site.site_id: [] for site in document.sites}
    for row in plain_records(run.table("camera_hours")):
        seen[str(row["site_id"])].append(Hour.model_validate(row))
    return PlanDocument(
        **dict(document),
        hours=[
            SiteHours(
                site_id=site_id,
                hours_known=round(sum(each.weight for each in hours)),
                peak=peak_of(hours) if hours else None,
            )
            for site_id, hours in seen.items()
        ],
    )


def months_of(run: RunTables, site_id: str) -> list[SiteMonth]:
    """Return what a chosen site would have seen month by month, in order."""
    if "camera_months" not in run.record.results:
        return []
    months = run.table("camera_months")
    rows = months[months["site_id"] == site_id].drop(columns="site_id").sort_values("month")
    return [SiteMonth.model_validate(row) for row in plain_records(rows)]


def week_of(run: RunTables, site_id: str) -> list[Hour]:
    """Return when in the week the incidents in view of a chosen site happen."""
    hours = run.table("camera_hours")
    rows = hours[hours["site_id"] == site_id].drop(columns="site_id")
    return [Hour.model_validate(row) for row in plain_records(rows)]


def viewsheds_of(run: RunTables, role: SightRole) -> gpd.GeoDataFrame:
    """Return the viewsheds of one role that see anything, in the order of their ids."""
    sheds = gpd.GeoDataFrame(run.table("viewsheds"))
    drawn = sheds[(sheds["role"] == role) & sheds["geometry"].notna()]
    return drawn.sort_values("place_id", ignore_index=True)


def sites_of(run: RunTables, cameras: int | None = None) -> gpd.GeoDataFrame:
    """Return sites as points with `rank` and `demand_added`, in the order of their rank.

    Parameters
    ----------
    run
        A finished run of kind ``cameras``.
    cameras
        The plan of this number of cameras; without it the plan that was asked for.
    """
    if cameras is None:
        return gpd.GeoDataFrame(run.table("camera_plan")).sort_values("rank", ignore_index=True)
    plans, sites = run.table("camera_curve_sites"), run.table("camera_sites")
    plan = plans[plans["cameras"] == cameras].sort_values("rank")
    places = sites.set_index("site_id").loc[plan["site_id"], "geometry"]
    return gpd.GeoDataFrame(plan, geometry=places.to_numpy(), crs=run.record.crs).reset_index(
        drop=True
    )


def site_of(run: RunTables, site_id: str) -> gpd.GeoDataFrame:
    """Return one candidate site as a point."""
    sites = gpd.GeoDataFrame(run.table("camera_sites"))
    return sites[sites["site_id"] == site_id].reset_index(drop=True)


def draws(run: RunTables, cameras: int | None) -> bool:
    """Tell whether anything is seen by the plan of a number of cameras or by those that stand."""
    sheds = run.table("viewsheds")
    drawn = sheds[sheds["geometry"].notna()]
    chosen = sites_of(run, cameras)["site_id"].tolist() if cameras != 0 else []
    of_sites = drawn["role"].isin(["proposed", "alternative"])
    return bool((~of_sites | drawn["place_id"].isin(chosen)).any())


def standing_of(run: RunTables) -> gpd.GeoDataFrame:
    """Return the flexible cameras that stand as points, with what the figures say of each."""
    return gpd.GeoDataFrame(run.table("camera_advice"))


def mask_spans(masks_deg: str) -> list[tuple[int, int]]:
    """Return the bearings that a site has to mask, each from and to in degrees from north."""
    return [(int(a), int(b)) for a, b in (span.split("-") for span in masks_deg.split())]


def masked_degrees(spans: Iterable[tuple[int, int]]) -> int:
    """Return how much of the circle is masked; a span may pass north, and 0 to 360 is all."""
    return sum(b - a if b > a else b - a + 360 for a, b in spans)
