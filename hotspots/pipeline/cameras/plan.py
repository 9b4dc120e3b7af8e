"""A camera plan: everything that was delivered about sites, sight and demand, frozen as a run."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem, WorkspaceRefused
from hotspots.months import last_whole_month
from hotspots.pipeline.cameras.choices import (
    alternatives_of,
    curve_plans,
    curve_sites_table,
    months_table,
    swaps_table,
    widened,
)
from hotspots.pipeline.cameras.demand import Demand, Span, demand_of
from hotspots.pipeline.cameras.designated import Designated, RegisteredArea, designated, parts_of
from hotspots.pipeline.cameras.fixed_review import fixed_table, registered
from hotspots.pipeline.cameras.places import Places, places_of
from hotspots.pipeline.cameras.review import advice_table, comparison_table, in_own_period
from hotspots.pipeline.cameras.sight import Scene, scene_of
from hotspots.pipeline.cameras.siting import (
    Case,
    Ground,
    case_of,
    look_around,
    refuse_requests,
    solved,
)
from hotspots.pipeline.cameras.tables import (
    curve_table,
    hours_table,
    plan_table,
    seen_by,
    sites_table,
    viewsheds_table,
)
from hotspots.pipeline.cores import one_core
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.registered import camera_areas, register_at
from hotspots.pipeline.run import in_order, last_delivered_day
from hotspots.pipeline.run_record import record_of
from hotspots.policy import Policy
from hotspots.policy.cameras import Cameras
from hotspots.records import PlanFigures
from hotspots.schemas import Level
from hotspots.store import runs
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.planning.siting import Plan

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Request:
    """What was asked: areas, number of cameras and cut-off date."""

    areas: Designated
    budget: int
    until: date

    def span(self, policy: Cameras) -> Span:
        """The period of the demand."""
        last = last_whole_month(self.until)
        return Span(last - policy.months + 1, last)

    def learnt(self, policy: Cameras) -> Span:
        """The period of the plan that is tested: it ends before the months kept apart."""
        last = last_whole_month(self.until) - policy.holdout_months
        return Span(last - policy.months + 1, last)


@one_core()
def plan_cameras(
    workspace: Workspace,
    policy: Policy,
    *,
    budget: int | None,
    at: datetime,
    area: str | None = None,
    level: Level | None = None,
    everywhere: bool = False,
    until: date | None = None,
    database: str | None = None,
    progress: Progress = lambda what, done, steps: None,
) -> runs.Run:
    """Plan where flexible cameras would see most, and freeze it; the same inputs, the same run.

    Parameters
    ----------
    workspace
        Where the deliveries are.
    policy
        Its section `cameras`; frozen with the run.
    budget
        Most cameras; without it as many flexible ones as there are.
    at
        The clock, for the record only.
    area, level
        Designated areas, see :func:`~hotspots.pipeline.cameras.designated.designated`; by default
        those in force by the register. Without any the plan asks in the whole study area where one
        would be needed.
    everywhere
        Ask that also where the register holds camera areas.
    database
        Address of the register; none is the file in the workspace.
    until
        Cut-off date; the last delivered day by default.
    progress
        Told how far it is.

    Raises
    ------
    WorkspaceRefused
        When deliveries lack that a plan needs.
    InputRefused, PolicyRefused, NotFound
        When the areas, the budget or the limits cannot be met; every conflict is named.
    """
    progress("reading deliveries", 0, 0)
    current = Current(workspace)
    until = until or last_delivered_day(current.deliveries)
    held = [] if area or everywhere else _registered(workspace, policy, database, until)
    areas = designated(
        current, area, level=level, until=until, limits=policy.limits, registered=held
    )
    places = places_of(current, policy.cameras, areas, until=until)
    scene = scene_of(current, policy.cameras)
    if scene.heights is None and not len(scene.buildings):
        raise WorkspaceRefused(
            Problem(
                "There are no buildings and no heights: sight lines cannot be worked out.",
                "Take them in with: hotspots ingest buildings FILE, or ingest heights FILE.",
            )
        )
    request = Request(areas, _budget(budget, places), until)
    demand = demand_of(current, policy, scene, until=until, within=areas.outline)
    match_days = _match_days(current)
    districts = parts_of(current, "stadsdeel")
    safety = registered(current, policy, districts, until=until)
    record = record_of(
        current,
        policy,
        kind="cameras",
        at=at,
        until=until,
        asked={"budget": request.budget, "areas": [areas.is_asked, areas.request]},
    )
    if (workspace.runs / record.id).exists():
        return runs.open_run(workspace, record.id)
    made = _Plan.made(places, scene, demand, policy.cameras, request, progress)
    tables = made.tables(workspace.crs, progress)
    tables["fixed_review"] = fixed_table(made.ground.cameras, safety, districts, until)
    progress("freezing the run", 0, 0)
    figures = made.figures(tables, match_days).model_copy(
        update={"safety_themes": list(safety.themes)}
    )
    record = record.model_copy(update={"plan": figures})
    return runs.freeze_run(workspace, record, in_order(tables))


def _registered(
    workspace: Workspace, policy: Policy, database: str | None, until: date
) -> list[RegisteredArea]:
    """Return the camera areas in force by the register."""
    with register_at(workspace, database) as register:
        return camera_areas(register, policy.designations.kinds, on=until) if register else []


def _budget(budget: int | None, places: Places) -> int:
    if budget is None and not places.available:
        raise PolicyRefused(
            Problem(
                "There are no flexible cameras to count the budget by.",
                "Give the number of cameras with --budget.",
            )
        )
    return places.available if budget is None else budget


def _match_days(current: Current) -> "Days | None":
    """Return the days of football matches that the event calendar has; none without a calendar."""
    import numpy as np

    events = current.holding("events")
    if events is None:
        return None
    matches = events[events["kind"] == "football"]
    spans = zip(
        *(matches[name].to_numpy("datetime64[D]") for name in ("start", "end")), strict=True
    )
    days = [np.arange(start, end + np.timedelta64(1, "D")) for start, end in spans]
    return np.unique(np.concatenate([*days, np.zeros(0, dtype="datetime64[D]")]))


@dataclass(frozen=True)
class _Plan:
    """A plan with what it rests on; `bound` and the curve count every site, worked out or not."""

    scene: Scene
    demand: Demand
    ground: Ground
    policy: Cameras
    request: Request
    case: Case
    plan: "Plan"
    bound: float
    plans: "dict[int, Plan]"
    bounds: "Floats"

    @classmethod
    def made(
        cls,
        places: Places,
        scene: Scene,
        demand: Demand,
        policy: Cameras,
        request: Request,
        progress: Progress,
    ) -> "_Plan":
        """Look around, solve the plan and its curve."""
        import numpy as np

        span = request.span(policy)
        spans = [span, request.learnt(policy)]
        ground = look_around(places, scene, demand, spans, policy, progress)
        refuse_requests(ground, policy, {each.code for each in request.areas.areas}, request.budget)
        case = case_of(ground, demand, policy, span=span)
        progress("plan", 0, 0)
        plan = solved(case, policy, budget=request.budget)
        plans = curve_plans(case, plan, policy, request.budget, progress)
        numbers = list(plans)
        others = ground.outside_considered[span]
        bounds = widened(numbers, np.array([each.bound for each in plans.values()]), others)
        asked = min(request.budget, numbers[-1])
        return cls(
            scene, demand, ground, policy, request, case, plans[asked],
            bound=float(bounds[numbers.index(asked)]),
            plans=plans,
            bounds=bounds,
        )  # fmt: skip

    def tables(self, crs: str, progress: Progress) -> "dict[str, pd.DataFrame]":
        """Return the results of the run."""
        span = self.request.span(self.policy)
        demand, ground = self.demand, self.ground
        progress("score cards", 0, 0)
        sites = sites_table(ground, demand, span, crs)
        plan = plan_table(sites, self.case, self.case.positions_of(self.plan))
        chosen = self.plan.chosen
        total = float(self.case.siting.demand.sum())
        curve_sites = curve_sites_table(self.case, self.plans)
        swaps = swaps_table(self.case, self.case.positions_of(self.plan), self.policy)
        others = alternatives_of(chosen, curve_sites, swaps)
        tables: dict[str, pd.DataFrame] = {
            "camera_sites": sites,
            "camera_plan": plan,
            "camera_hours": hours_table(ground, demand, span, chosen),
            "camera_months": months_table(ground, demand, span, chosen),
            "viewsheds": viewsheds_table(ground, self.scene, demand, chosen, others, crs, progress),
            "camera_curve": curve_table(self.plans, self.bounds, total),
            "camera_curve_sites": curve_sites,
            "camera_swaps": swaps,
            "camera_advice": advice_table(ground, demand, self.policy, plan, span, crs),
        }
        progress("held-out months", 0, 0)
        return tables | self._comparison()

    def _comparison(self) -> "dict[str, pd.DataFrame]":
        """Return how a plan without the last months does on them; nothing where too few are."""
        learnt = self.request.learnt(self.policy)
        held_out = Span(learnt.last + 1, self.request.span(self.policy).last)
        known = set(self.demand.months.tolist())
        if not known & set(range(learnt.first, learnt.last + 1)):
            return {}
        standing = len(self.ground.reviewed)
        case = case_of(self.ground, self.demand, self.policy, span=learnt)
        plan = solved(case, self.policy, budget=standing or self.request.budget)
        return {
            "camera_comparison": comparison_table(
                self.ground,
                self.demand,
                self.policy,
                case,
                case.positions_of(plan),
                learnt=learnt,
                held_out=held_out,
            )
        }

    def figures(self, tables: "dict[str, pd.DataFrame]", match_days: "Days | None") -> PlanFigures:
        """Return what the record of the run holds of the plan."""
        import numpy as np

        from hotspots.planning.proof import relative

        span = self.request.span(self.policy)
        used = self.demand.per_year(span) > 0
        flagged = in_own_period(self.ground, self.demand, match_days)
        siting, places = self.case.siting, self.ground.places
        fixed = self.ground.fixed_on_points() > 0
        excluded = self.ground.sites["excluded"].value_counts().sort_index()
        learnt = self.request.learnt(self.policy)
        return PlanFigures(
            budget=self.request.budget,
            chosen=len(self.plan.chosen),
            objective=self.plan.objective,
            bound=self.bound,
            gap=relative(self.plan.objective, self.bound),
            stopped=self.plan.stopped,
            demand=float(siting.demand.sum()),
            covered=self.plan.covered,
            fixed_covered=float(siting.demand[fixed].sum()),
            available=places.available,
            placed=places.placed,
            designated=self.request.areas.is_asked,
            areas=list(self.request.areas.areas) if self.request.areas.is_asked else [],
            first_month=span.names[0],
            last_month=span.names[-1],
            missing_months=self.demand.missing(span),
            holdout_first_month=(
                Span(learnt.last + 1, span.last).names[0] if "camera_comparison" in tables else None
            ),
            themes=list(self.demand.themes),
            sources=list(self.demand.sources),
            incidents=int(np.count_nonzero(used)),
            in_own_period=int(np.count_nonzero(used & flagged)),
            sites_differ=self._sites_differ(flagged),
            **self.demand.left_out,
            **self._stadium(used, match_days),
            surface="buildings" if self.scene.heights is None else "heights",
            candidates=len(self.case.position),
            excluded={str(name): int(n) for name, n in excluded.items()},
            seed=self.policy.seed,
        )

    def _sites_differ(self, flagged: "Bools") -> int | None:
        """Return how many chosen sites are others without incidents of a camera's own period."""
        if not flagged.any():
            return None
        span = self.request.span(self.policy)
        case = case_of(self.ground, self.demand, self.policy, span=span, but=flagged)
        without = solved(case, self.policy, budget=self.request.budget)
        return len(self.plan.chosen.difference(without.chosen))

    def _stadium(self, used: "Bools", match_days: "Days | None") -> dict[str, int | None]:
        """Return the figures of stadium cameras: what lies in their view on match days."""
        import numpy as np

        cameras = self.ground.cameras
        at = np.flatnonzero((cameras["camera_class"] == "stadium") & cameras["stands"])
        if match_days is None:
            return {"stadium_cameras": len(at), "match_days": None, "stadium_incidents": None}
        day = self.demand.rows["day"].to_numpy("datetime64[D]")
        seen = np.zeros(len(day), dtype=np.bool_)
        for camera in at.tolist():
            seen[self.demand.rows_at(seen_by(self.ground.camera_covers, camera))] = True
        span = self.request.span(self.policy)
        months = match_days.astype("datetime64[M]").astype(np.int64) + 12 * 1970
        return {
            "stadium_cameras": len(at),
            "match_days": int(((months >= span.first) & (months <= span.last)).sum()),
            "stadium_incidents": int((used & seen & np.isin(day, match_days)).sum()),
        }
