"""The siting problem of a city: which sites are worth a look, what they see, and the best plan."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem, WorkspaceRefused
from hotspots.pipeline.cameras.demand import Demand, Span
from hotspots.pipeline.cameras.places import Places
from hotspots.pipeline.cameras.sight import Scene, Sights
from hotspots.pipeline.progress import Progress
from hotspots.policy.cameras import Cameras

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from scipy.sparse import csr_array

    from hotspots.planning.siting import Plan, Siting

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

YEAR = 12
WALL_REACH_M = 1.5
"""A camera on a wall is set so far out before it, at most; see `viewsheds`."""

_FIXED_CLASS = "fixed"
_SIGHT_FIGURES = ["visible_m2", "unknown_m2", "facades", "dwellings_in_view", "masks_deg"]


@dataclass(frozen=True)
class Ground:
    """Sites and cameras with what they see of the demand.

    `sites` are all sites, with figures where they were worked out; `covers` and `camera_covers`
    have a row for each of them and of the cameras. `looked_for` tells per period which sites are
    worth a look on its account alone. `outside_considered` is, per period, the most
    demand a year within reach of a site that was not worked out.
    """

    places: Places
    sites: "pd.DataFrame"
    cameras: "pd.DataFrame"
    covers: "csr_array"
    camera_covers: "csr_array"
    looked_for: "dict[Span, Bools]"
    outside_considered: "dict[Span, float]"

    @property
    def reviewed(self) -> "Ints":
        """Positions of the flexible cameras that stand in the areas asked for."""
        import numpy as np

        flexible = self.cameras["stands"] & (self.cameras["camera_class"] == "flexible")
        return np.flatnonzero(flexible & self.cameras["inside"])

    def fixed_on_points(self) -> "Ints":
        """Return how many fixed cameras that stand see each demand point."""
        import numpy as np

        fixed = (self.cameras["camera_class"] == _FIXED_CLASS) & self.cameras["stands"]
        return self._on_points(np.flatnonzero(fixed))

    def standing_on_points(self) -> "Ints":
        """Return how many fixed and flexible cameras that stand see each demand point."""
        import numpy as np

        of_a_match = self.cameras["camera_class"] == "stadium"
        return self._on_points(np.flatnonzero(self.cameras["stands"] & ~of_a_match))

    def _on_points(self, cameras: "Ints") -> "Ints":
        import numpy as np

        return np.asarray(self.camera_covers[cameras].astype(np.int64).sum(axis=0)).ravel()


def look_around(
    places: Places,
    scene: Scene,
    demand: Demand,
    spans: "list[Span]",
    policy: Cameras,
    progress: Progress,
) -> Ground:
    """Work out what the sites with most demand within reach see, and what every camera sees.

    Parameters
    ----------
    places
        Sites and cameras.
    scene
        What stands in the way.
    demand
        What is looked at.
    spans
        Periods for which a plan is made: a site is worked out for the sake of any of them.
    policy
        Number of sites that are worked out.
    progress
        Told how far it is.
    """
    import numpy as np

    from hotspots.planning.candidates import demand_within, most_demand

    sites = places.sites
    usable = sites["excluded"].isna().to_numpy()
    always = (sites["current"] | sites["required"]).to_numpy(bool) & usable
    looked = always.copy()
    x, y, reach = (sites[name].to_numpy(np.float64) for name in ("x", "y", "reach_m"))
    in_range, looked_for, bearing = {}, {}, np.zeros(len(sites))
    for nth, span in enumerate(spans):
        found, azimuth = demand_within(
            x, y, reach + WALL_REACH_M, demand.xy, demand.at_points(span)
        )
        in_range[span] = found
        bearing = azimuth if nth == 0 else bearing
        allowed = np.where(usable, found, 0.0)
        looked_for[span] = most_demand(allowed, most=policy.most_candidates, always=always)
        looked |= looked_for[span]
    outside = {
        span: float(found[usable & ~looked_for[span]].max(initial=0.0))
        for span, found in in_range.items()
    }
    aimed = sites.assign(azimuth_deg=np.where(sites["is_free"], bearing, sites["azimuth_deg"]))
    seen = scene.look(aimed[looked], demand.xy, progress=progress)
    covers = _rows_of(seen.covers, np.flatnonzero(looked), len(sites))
    excluded = sites["excluded"].mask(usable & ~looked, "little_demand")
    figures = seen.figures.reindex(sites.index)
    excluded = excluded.where(excluded.notna(), figures["excluded"])
    cameras, camera_sights = _look_of_cameras(places.cameras, scene, demand, progress)
    return Ground(
        places,
        aimed.assign(excluded=excluded).join(figures[_SIGHT_FIGURES]),
        cameras,
        covers,
        camera_sights.covers,
        looked_for,
        outside,
    )


def _rows_of(found: "csr_array", at: "Ints", n_rows: int) -> "csr_array":
    """Spread the rows of a matrix over a taller one."""
    import numpy as np
    from scipy.sparse import csr_array

    length = np.zeros(n_rows, dtype=np.int64)
    length[at] = np.diff(found.indptr)
    ends = np.concatenate([[0], np.cumsum(length)])
    return csr_array((found.data, found.indices, ends), shape=(n_rows, found.shape[1]))


def _look_of_cameras(
    cameras: "pd.DataFrame", scene: Scene, demand: Demand, progress: Progress
) -> "tuple[pd.DataFrame, Sights]":
    """Return the placements with what each sees; a camera on a wall or outside sees nothing."""
    seen = scene.look(cameras, demand.xy, progress=progress)
    return cameras.join(seen.figures[["excluded", *_SIGHT_FIGURES]]), seen


@dataclass(frozen=True)
class Case:
    """A siting problem, and the position among all sites of each of its candidates."""

    siting: "Siting"
    position: "Ints"

    def positions_of(self, plan: "Plan") -> "Ints":
        """Return the positions among the candidates of the sites of a plan."""
        return self.siting.sites.index.get_indexer(plan.chosen)


def case_of(
    ground: Ground,
    demand: Demand,
    policy: Cameras,
    *,
    span: Span,
    but: "Bools | None" = None,
) -> Case:
    """Return the siting problem of a period.

    A site that saw less than the yardstick, over the period or over its last twelve months, is no
    candidate: the same measure by which a camera is withdrawn. Required ones are.

    Parameters
    ----------
    ground
        Sites and what they see.
    demand
        Incidents.
    policy
        Limits of a plan.
    span
        The period.
    but
        Incidents that are left out; the candidates stay the same.

    Raises
    ------
    WorkspaceRefused
        When no site sees enough.
    """
    import numpy as np

    from hotspots.planning.siting import Siting

    candidates = np.flatnonzero(candidates_of(ground, demand, policy, span=span))
    if not len(candidates):
        raise WorkspaceRefused(
            Problem(
                f"No site sees {policy.least_demand:g} weighted incidents a year or more.",
                "Lower cameras.least_demand in the policy, or take in more sites.",
            )
        )
    rows = ground.sites.iloc[candidates]
    sites = rows[["x", "y", "current", "required"]].assign(
        area=rows["area_code"].fillna(""),
        dwellings_in_view=rows["dwellings_in_view"].astype("int64"),
        forbidden=False,
    )
    ceiling, areas = policy.most_dwellings_in_view, set(sites["area"])
    return Case(
        Siting(
            sites=sites,
            covers=ground.covers[candidates],
            demand=demand.at_points(span, but=but),
            fixed_cameras=ground.fixed_on_points(),
            backup_weight=policy.backup_weight,
            caps={code: n for code, n in policy.most_per_area.items() if code in areas},
            spacing_m=policy.spacing_m,
            most_dwellings_in_view=ceiling[0] if ceiling else None,
            moving_cost=policy.moving_cost,
        ),
        candidates,
    )


def candidates_of(ground: Ground, demand: Demand, policy: Cameras, *, span: Span) -> "Bools":
    """Tell which sites may be in a plan of a period."""
    import numpy as np

    seen = ground.sites["visible_m2"].notna() & ground.sites["excluded"].isna()
    seen &= ground.looked_for[span]
    year = Span(max(span.last - YEAR + 1, span.first), span.last)
    enough = np.ones(len(seen), dtype=np.bool_)
    for each in (span, year):
        enough &= np.asarray(ground.covers @ demand.at_points(each)) >= policy.least_demand
    return np.asarray(seen & (enough | ground.sites["required"]), dtype=np.bool_)


def refuse_requests(ground: Ground, policy: Cameras, areas: set[str], budget: int) -> None:
    """Refuse a budget above the number of sites, and required sites that cannot be used.

    Raises
    ------
    PolicyRefused
        With every conflict at once.
    """
    sites = ground.places.sites
    n_sites = int(sites["excluded"].isna().sum())
    wrong = []
    if not 0 < budget <= n_sites:
        wrong.append(
            Problem(
                f"The budget lies between 1 and the number of sites that may be used, {n_sites}.",
                "Change --budget, add sites, or widen the area.",
                column="budget",
                value=str(budget),
            )
        )
    required = ground.sites[ground.sites["required"] & ground.sites["excluded"].notna()]
    wrong += [
        Problem(
            f"A required site cannot be used: {why}.",
            "Correct the site, or do not require it.",
            column="cameras.required_sites",
            value=str(name),
        )
        for name, why in required["excluded"].items()
    ]
    wrong += [
        Problem(
            "A cap names an area that there is not.",
            f"Choose from: {', '.join(sorted(areas)) or 'none'}.",
            column="cameras.most_per_area",
            value=code,
        )
        for code in sorted(set(policy.most_per_area) - areas)
    ]
    if wrong:
        raise PolicyRefused(wrong)


def solved(case: Case, policy: Cameras, *, budget: int) -> "Plan":
    """Return the best plan within the budget, or of every candidate where there are fewer.

    Raises
    ------
    PolicyRefused
        When the limits contradict each other.
    """
    from hotspots.planning.siting import plan_sites

    return plan_sites(
        case.siting,
        budget=min(budget, len(case.position)),
        seed=policy.seed,
        gap=policy.gap,
        time_limit_s=policy.seconds,
    )
