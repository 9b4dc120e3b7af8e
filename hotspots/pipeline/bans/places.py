"""When and where nuisance is that an area measure is for: season, hours, core and rim."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.outputs.bans.document import BanBoundary, BanPart, BanWindow
from hotspots.pipeline.bans.case import Case
from hotspots.pipeline.nuisance import Nuisance
from hotspots.policy.measures import Bans

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hotspots.planning.bans import Window

    Bools = npt.NDArray[np.bool_]


def season_of(nuisance: Nuisance, earlier: "Bools", last: "Bools", policy: Bans) -> "Window | None":
    """Return the part of the year that holds nearly all incidents, if some does.

    Parameters
    ----------
    nuisance
        Incidents.
    earlier, last
        Those on which it is chosen, and those on which it is judged.
    policy
        How much it must hold, and how long it may be.
    """
    import numpy as np

    from hotspots.planning.bans import narrow_window

    by_month = [
        np.bincount(nuisance.known.month[nuisance.rows["at"][which]] - 1, minlength=12)
        for which in (earlier, last)
    ]
    return narrow_window(
        *(each.astype(np.float64) for each in by_month),
        share=policy.season_share,
        most=policy.season_months,
        least=policy.least_incidents,
    )


def hours_of(nuisance: Nuisance, earlier: "Bools", last: "Bools", policy: Bans) -> "Window | None":
    """Return the part of the day that holds nearly all incidents, if some does.

    Parameters
    ----------
    nuisance, earlier, last, policy
        As for :func:`season_of`.
    """
    import numpy as np

    from hotspots.analysis.hours import hour_profile
    from hotspots.planning.bans import narrow_window

    rows = nuisance.rows[earlier | last]
    start, end = (rows[each].to_numpy("datetime64[s]") for each in ("start", "end"))
    group = last[earlier | last].astype(np.int64)
    weights = hour_profile(start, end, group, n_groups=2).weights.sum(axis=1)
    return narrow_window(
        *weights,
        share=policy.hours_share,
        most=policy.hours_most,
        least=policy.least_incidents,
    )


def as_window(found: "Window | None", *, first: int) -> BanWindow | None:
    """Return a window as it is told; `first` is the number of the first step of the cycle."""
    if found is None:
        return None
    cycle = 12 if first else 24
    return BanWindow(
        first=found.first + first,
        last=(found.first + found.length - 1) % cycle + first,
        chosen_share=found.chosen_share,
        share=found.share,
    )


@dataclass(frozen=True)
class Places:
    """The area along its streets, and what is left of it when quiet parts are cut off."""

    boundary: BanBoundary | None
    proposed: BanBoundary | None
    parts: Sequence[BanPart]


def places_of(case: Case) -> Places:
    """Return the boundary of an area, its core and rim, and the core's boundary if it will do.

    The core is chosen on two earlier years and judged on the last one.

    Parameters
    ----------
    case
        The area and its incidents.
    """
    import numpy as np
    import shapely

    from hotspots.planning.bans import core_holds
    from hotspots.planning.boundaries import core_of

    policy, ground = case.policy, case.ground
    found = ground.snapped(case.area.shape)
    if found is None or ground.blocks is None:
        return Places(None, None, ())
    boundary = ground.boundary(found, case.area.shape)
    earlier, last = case.earlier_and_last
    rows = case.nuisance.rows[earlier]
    x, y = (rows[axis].to_numpy(np.float64) for axis in "xy")
    reach_m = policy.street_half_width_m
    kept = core_of(found.blocks, ground.blocks, x, y, share=policy.core_share, reach_m=reach_m)
    if len(kept) == len(found.blocks):
        return Places(boundary, None, ())
    core = ground.snapped(shapely.union_all(ground.blocks.faces[kept]))
    if core is None:
        return Places(boundary, None, ())
    in_core, rim = case.nuisance.within(core.shape), case.area.shape.difference(core.shape)
    total = int(last.sum())
    parts = [
        _part(case, "core", case.inside & in_core, core.shape.area, last),
        _part(case, "rim", case.inside & ~in_core, rim.area, last),
    ]
    ground_share = core.shape.area / case.area.shape.area
    holds = total >= policy.least_incidents and core_holds(
        parts[0].last_year, total, share=policy.core_share, ground_share=ground_share
    )
    small = ground_share <= policy.core_size
    proposed = ground.boundary(core, case.area.shape) if holds and small else None
    return Places(boundary, proposed, parts)


def _part(case: Case, part: str, which: "Bools", m2: float, last: "Bools") -> BanPart:
    from hotspots.analysis.effects import compare

    counts = compare(case.nuisance.monthly(which), after=case.now, before=case.before).sum()
    return BanPart.model_validate(
        {
            "part": part,
            "km2": m2 / 1e6,
            "before": float(counts["before"]),
            "now": float(counts["after"]),
            "last_year": int((which & last).sum()),
        }
    )
