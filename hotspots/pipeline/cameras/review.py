"""What the figures say about the cameras that stand, and what a plan would have been worth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.months import month_name, month_numbers
from hotspots.pipeline.cameras.demand import Demand, Span
from hotspots.pipeline.cameras.siting import Case, Ground
from hotspots.pipeline.cameras.tables import seen_by
from hotspots.policy.cameras import Cameras

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from pandas._libs.tslibs.nattype import NaTType

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

YEAR = 12
_DRAWS = 2000
_RATIO = ("ratio", "ratio_low", "ratio_high")


def in_own_period(
    ground: Ground, demand: Demand, match_days: "npt.NDArray[np.datetime64] | None"
) -> "Bools":
    """Tell which incidents were recorded in view of a camera while it stood there.

    A camera raises what is recorded. That of a stadium is watched on match days alone, which are
    not known without an event calendar.
    """
    import numpy as np

    day = demand.rows["day"].to_numpy("datetime64[D]")
    flagged = np.zeros(len(day), dtype=np.bool_)
    cameras = ground.cameras
    first, last = (cameras[name].to_numpy("datetime64[D]") for name in ("start", "end"))
    for at in range(len(cameras)):
        rows = demand.rows_at(seen_by(ground.camera_covers, at))
        during = np.isnat(first[at]) | (day[rows] >= first[at])
        during &= np.isnat(last[at]) | (day[rows] <= last[at])
        if cameras["camera_class"].iloc[at] == "stadium":
            during &= np.isin(day[rows], [] if match_days is None else match_days)
        flagged[rows[during]] = True
    return flagged


def advice_table(
    ground: Ground,
    demand: Demand,
    policy: Cameras,
    plan: "gpd.GeoDataFrame",
    span: Span,
    crs: str,
) -> "gpd.GeoDataFrame":
    """Return keep, move or withdraw for every flexible camera that stands, with the figures."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from hotspots.analysis.change import area_dispersion
    from hotspots.planning.review import advise, below_since, demand_left

    standing = ground.reviewed
    rows = ground.cameras.iloc[standing].reset_index(drop=True)
    year = Span(span.last - YEAR + 1, span.last)
    weights = demand.at_points(year)
    covers = ground.camera_covers[standing]
    now = np.asarray(covers @ weights, dtype=np.float64)
    alone = np.asarray(covers @ (weights * (ground.standing_on_points() == 1)), dtype=np.float64)
    below = now < policy.least_demand
    chosen = plan[["x", "y"]].to_numpy(np.float64)
    told = advise(rows[["x", "y"]].to_numpy(np.float64), chosen, below)
    monthly, counts = _monthly(ground, demand, standing)
    since = below_since(demand_left(monthly), least=policy.least_demand)
    first = int(demand.months[0])
    began = month_numbers(rows["start"].dt.strftime("%Y-%m").fillna(month_name(first)))
    total = float(weights.sum())
    found = pd.DataFrame(
        {
            "camera_id": rows["camera_id"],
            "street": rows["street"],
            "since": rows["start"].dt.strftime("%Y-%m-%d").fillna(""),
            "advice": told["advice"],
            "demand_now": now,
            "demand_alone": alone,
            "demand_share": now / total if total else 0.0,
            "moves_to": [plan["site_id"].iloc[at] if at >= 0 else None for at in told["site"]],
            "below_since": [
                month_name(max(first + at, start)) if at >= 0 else None
                for at, start in zip(since, began, strict=True)
            ],
            "reason": told["reason"],
        }
    )
    spread = area_dispersion(counts) if len(counts) else 1.0
    before = pd.DataFrame(
        [_before_and_since(rows["start"].iloc[at], counts.iloc[at], spread) for at in rows.index]
    )
    columns = ["incidents_before", "incidents_since", "same_months", *_RATIO]
    return gpd.GeoDataFrame(
        found.join(before.reindex(columns=columns)),
        geometry=gpd.points_from_xy(rows["x"], rows["y"]),
        crs=crs,
    )


def _monthly(ground: Ground, demand: Demand, standing: "Ints") -> "tuple[Floats, pd.DataFrame]":
    """Return weight and number of incidents in view per camera and month, from the first month.

    A month that was not delivered of every theme is missing.
    """
    import numpy as np
    import pandas as pd

    known = demand.months
    first, length = int(known[0]), int(known[-1] - known[0] + 1)
    at = demand.rows["at"].to_numpy(np.int64) - first
    weight = demand.rows["weight"].to_numpy(np.float64)
    inside = (at >= 0) & (at < length) & (weight > 0)
    weights, counts = (np.full((len(standing), length), np.nan) for _ in range(2))
    for nth, camera in enumerate(standing):
        rows = demand.rows_at(seen_by(ground.camera_covers, int(camera)))
        rows = rows[inside[rows]]
        found = (np.bincount(at[rows], by, minlength=length) for by in (weight[rows], None))
        weights[nth, known - first], counts[nth, known - first] = (
            each[known - first] for each in found
        )
    months = pd.PeriodIndex([month_name(first + each) for each in range(length)], freq="M")
    return weights, pd.DataFrame(counts, columns=months)


def _before_and_since(
    began: "pd.Timestamp | NaTType", counts: "pd.Series", spread: float
) -> Mapping[str, object]:
    """Compare what was counted since a camera came with the same calendar months before.

    The month in which it came counts only where it came on the first.
    """
    import numpy as np
    import pandas as pd

    from hotspots.analysis.change import ratio_interval
    from hotspots.analysis.effects import comparable_months, compare

    if began is pd.NaT:
        return {"same_months": 0}
    halfway = int(began.day > 1)
    first = pd.Period(f"{began:%Y-%m}", "M") + halfway
    known = pd.PeriodIndex(counts.index[counts.notna()], freq="M")
    known = known[known != first - halfway] if halfway else known
    if not len(known) or first > known[-1]:
        return {"same_months": 0}
    after, before = comparable_months(known, first=first, last=known[-1], before_from=None)
    if not len(after):
        return {"same_months": 0}
    both = compare(counts.to_frame().T, after=after, before=before).iloc[0]
    low, high = ratio_interval(both["after"], both["before"], dispersion=spread)
    return {
        "incidents_before": round(both["before"]),
        "incidents_since": round(both["after"]),
        "same_months": len(after),
        "ratio": both["after"] / both["before"] if both["before"] else np.nan,
        "ratio_low": float(low),
        "ratio_high": float(high),
    }


def comparison_table(
    ground: Ground,
    demand: Demand,
    policy: Cameras,
    case: Case,
    chosen: "Ints",
    *,
    learnt: Span,
    held_out: Span,
) -> "pd.DataFrame":
    """Return what the plan and three other placements would have seen of held-out months.

    Parameters
    ----------
    ground
        Sites and cameras with what they see.
    demand
        Incidents.
    policy
        Seed of the interval.
    case, chosen
        The siting problem of the months before, and the positions of its plan.
    learnt, held_out
        Months on which the placements rest, and those kept apart.
    """
    import numpy as np
    import pandas as pd

    from hotspots.planning.review import shares_by_month
    from hotspots.planning.score_cards import busiest, greedy

    standing = ground.reviewed
    number = len(standing) or len(chosen)
    count = demand.count_at_points(learnt)
    sites = case.siting.sites[["x", "y"]].to_numpy(np.float64)
    placements = {
        "plan": (case.siting.covers, chosen),
        "greedy": (case.siting.covers, greedy(case.siting, budget=number)),
        "current": (ground.camera_covers, standing),
        "busiest": (case.siting.covers, busiest(sites, demand.xy, count, budget=number)),
    }
    weight, at = demand.per_year(held_out), demand.rows["at"].to_numpy(np.int64) - held_out.first
    inside = weight > 0
    n_months = len(held_out.names)
    total = np.bincount(at[inside], weight[inside], minlength=n_months).astype(np.float64)
    fixed = ground.fixed_on_points() > 0

    def interval(covered: "Floats") -> tuple[float, float, float]:
        """Return a share and its interval; every time on the same resamples of the months."""
        rng = np.random.default_rng(policy.seed)
        return shares_by_month(covered, total, draws=_DRAWS, rng=rng)

    rows: list[dict[str, object]] = []
    of_plan = None
    for method, (covers, which) in placements.items():
        seen = fixed | (np.asarray(covers[which].astype(np.int64).sum(axis=0)).ravel() > 0)
        of = weight * seen[demand.points.of_incident]
        covered = np.bincount(at[inside], of[inside], minlength=n_months).astype(np.float64)
        of_plan = covered if of_plan is None else of_plan
        share, low, high = interval(covered)
        behind, behind_low, behind_high = interval(of_plan - covered)
        rows.append(
            {
                "method": method,
                "cameras": len(which),
                "covered": float(covered.sum()),
                "share": share,
                "share_low": low,
                "share_high": high,
                "behind_plan": behind,
                "behind_plan_low": behind_low,
                "behind_plan_high": behind_high,
            }
        )
    return pd.DataFrame(rows)
