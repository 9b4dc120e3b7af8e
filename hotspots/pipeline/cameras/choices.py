"""What a planner may choose from: plans of every number of cameras, and swaps of one site."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.months import month_name
from hotspots.pipeline.cameras.demand import Demand, Span
from hotspots.pipeline.cameras.siting import Case, Ground
from hotspots.pipeline.cameras.tables import seen_by
from hotspots.pipeline.progress import Progress
from hotspots.policy.cameras import Cameras

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.planning.siting import Plan

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_MORE_ON_CURVE = 5
_MOST_REPLACEMENTS = 10


def curve_plans(
    case: Case, plan: "Plan", policy: Cameras, budget: int, progress: Progress
) -> "dict[int, Plan]":
    """Return plans of ever more cameras, up to some more than the budget."""
    from hotspots.planning.score_cards import plans_by_number

    least = max(1, int(case.siting.sites["required"].sum()))
    most = min(budget + _MORE_ON_CURVE, len(case.position))
    numbers = list(range(least, most + 1))
    return plans_by_number(
        case.siting,
        numbers=numbers,
        seed=policy.seed,
        gap=policy.gap,
        known={min(budget, len(case.position)): plan},
        progress=lambda done: progress("curve", done, len(numbers)),
    )


def widened(numbers: list[int], bound: "Floats", others: float) -> "Floats":
    """Widen the bounds of a curve to sites that were not worked out."""
    import numpy as np

    from hotspots.planning.candidates import bound_with_others

    padded = np.concatenate([np.full(numbers[0] - 1, bound[0]), bound])
    return bound_with_others(padded, others)[numbers[0] - 1 :]


def curve_sites_table(case: Case, plans: "Mapping[int, Plan]") -> "pd.DataFrame":
    """Return the sites of the plan of each number of cameras, with what each adds to it.

    Parameters
    ----------
    case
        The siting problem.
    plans
        The plan of each number of cameras.
    """
    import numpy as np
    import pandas as pd

    from hotspots.planning.worth import by_rank, demand_added

    parts = []
    for number, plan in plans.items():
        ranked = by_rank(case.siting, case.positions_of(plan))
        parts.append(
            pd.DataFrame(
                {
                    "cameras": number,
                    "rank": np.arange(1, len(ranked) + 1),
                    "site_id": case.siting.sites.index[ranked],
                    "demand_added": demand_added(case.siting, ranked),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def swaps_table(case: Case, chosen: "Ints", policy: Cameras) -> "pd.DataFrame":
    """Return what could take the place of each chosen site, and what that would lose.

    Parameters
    ----------
    case
        The siting problem.
    chosen
        Positions of the chosen among the candidates.
    policy
        How far off a replacement may be.
    """
    from hotspots.planning.swaps import swaps
    from hotspots.planning.worth import by_rank

    found = swaps(
        case.siting,
        by_rank(case.siting, chosen),
        within_m=policy.swap_within_m,
        most=_MOST_REPLACEMENTS,
    )
    return found.rename(columns={"site": "site_id", "replacement": "replacement_id"})


def alternatives_of(
    chosen: "pd.Index", curve_sites: "pd.DataFrame", swaps: "pd.DataFrame"
) -> "pd.Index":
    """Return the sites beside the chosen that can be chosen: of other plans, and replacements.

    Parameters
    ----------
    chosen
        Ids of the sites of the plan.
    curve_sites, swaps
        Results of :func:`curve_sites_table` and :func:`swaps_table`.
    """
    import pandas as pd

    others = set(curve_sites["site_id"]) | set(swaps["replacement_id"])
    drawn: pd.Index = pd.Index(sorted(others - set(chosen)), dtype="str")
    return drawn


def months_table(ground: Ground, demand: Demand, span: Span, sites: "pd.Index") -> "pd.DataFrame":
    """Return the incidents that sites see, month by month; missing where a theme was not delivered.

    Parameters
    ----------
    ground, demand
        Sites with what they see, and the incidents.
    span
        The period.
    sites
        Ids of the sites.
    """
    import numpy as np
    import pandas as pd

    length = span.last - span.first + 1
    at = demand.rows["at"].to_numpy(np.int64) - span.first
    weighs = demand.per_year(span) > 0
    known = np.isin(np.arange(span.first, span.last + 1), demand.months)
    parts = []
    for site in ground.sites.index.get_indexer(sites).tolist():
        rows = demand.rows_at(seen_by(ground.covers, site))
        count = np.bincount(at[rows[weighs[rows]]], minlength=length)
        parts.append(pd.Series(count, dtype="Int64").where(known))
    return pd.DataFrame(
        {
            "site_id": np.repeat(sites.to_numpy(), length),
            "month": [month_name(each) for each in range(span.first, span.last + 1)] * len(sites),
            "incidents": pd.concat(parts, ignore_index=True),
        }
    )
