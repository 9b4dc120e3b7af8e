"""How a theme went: step by step for every cell, and for each hotspot since the period before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import last_whole_month, month_name, month_numbers, years_back
from hotspots.pipeline.basis import basis_of
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import Ask, incidents_of
from hotspots.policy import Policy
from hotspots.records import Delivery

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.grid import Bools, Ints
    from hotspots.analysis.trends import Steps


@dataclass(frozen=True, slots=True)
class Course:
    """All incidents of a theme up to the cut-off, and where it was hot in each step.

    `incidents` as :func:`~hotspots.pipeline.evidence.incidents.incidents_of` gives them, with
    `cell` (-1 outside the study cells); `periods` are the first and last month of each step, of
    which `known` were delivered well enough to tell.
    """

    incidents: "pd.DataFrame"
    steps: "Steps"
    periods: list[tuple[str, str]]
    known: "Bools"


def course_of(current: Current, policy: Policy, ground: Ground, ask: Ask, until: date) -> Course:
    """Return how the theme of a question went, whatever the period of the question."""
    import numpy as np

    from hotspots.analysis.clusters import off_stacks
    from hotspots.analysis.grid import bin_points
    from hotspots.analysis.trends import known_steps, step_significance

    incidents = incidents_of(current, ask.theme, ask.held)
    x, y = (incidents[axis].to_numpy(np.float64) for axis in "xy")
    cell = bin_points(ground.grid, x, y).cell
    last, per_step = last_whole_month(until), policy.trends.step_months
    first = last + 1 - policy.trends.steps * per_step
    month = month_numbers(incidents["month"])
    inside = (cell >= 0) & (month >= first)
    tested = off_stacks(x[inside], y[inside])
    step = (month[inside][tested] - first) // per_step
    n_cells = ground.grid.inside.size
    counts = np.bincount(
        step * n_cells + cell[inside][tested], minlength=policy.trends.steps * n_cells
    )
    known_months = np.array([month_name(each) in ask.held for each in range(first, last + 1)])
    return Course(
        incidents=incidents.assign(cell=cell),
        steps=step_significance(
            counts.reshape(policy.trends.steps, *ground.grid.shape).astype(np.int64),
            ground.grid,
            radius_m=policy.hotspots.radius_m,
            alpha=policy.hotspots.alpha,
        ),
        periods=[
            (month_name(each), month_name(each + per_step - 1))
            for each in range(first, last + 1, per_step)
        ],
        known=known_steps(known_months, months_per_step=per_step),
    )


def course_basis(course: Course, ask: Ask) -> "pd.DataFrame":
    """Return what the steps of a theme rest on."""
    period = (course.periods[0][0], course.periods[-1][1])
    inside = course.incidents["month"].between(*period)
    return basis_of("steps", ask.theme, period, ask.held, {"incidents": int(inside.sum())})


def cell_trends(course: Course, ground: Ground, theme: str) -> "pd.DataFrame":
    """Return the trend of every cell that was hot in some step."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.trends import trend_class

    steps, known = course.steps, course.known
    hot_steps = steps.hot[:, known].sum(axis=1)
    some = np.flatnonzero(hot_steps)
    x, y = ground.middles(ground.grid.study_cells[some])
    return pd.DataFrame(
        {
            "theme": theme,
            "x": x,
            "y": y,
            "trend": trend_class(steps.hot[some], steps.cold[some], steps.z[some], known),
            "hot_steps": hot_steps[some],
            "known_steps": int(known.sum()),
        }
    )


def trends_of(
    course: Course, ground: Ground, cells: "Sequence[Ints]", tested: "Bools"
) -> "tuple[pd.DataFrame, Steps]":
    """Return the trend of each hotspot, in order, and its steps; untested areas have no trend."""
    import pandas as pd

    from hotspots.analysis.trends import polygon_steps, trend_class

    steps, known = polygon_steps(course.steps, cells, ground.grid), course.known
    figures = pd.DataFrame(
        {
            "trend": trend_class(steps.hot, steps.cold, steps.z, known),
            "hot_steps": steps.hot[:, known].sum(axis=1),
            "known_steps": int(known.sum()),
        }
    )
    return figures.where(pd.Series(tested & known.any()), axis=0), steps


def steps_table(course: Course, steps: "Steps", hotspot_ids: "pd.Series") -> "pd.DataFrame":
    """Return the steps of each hotspot, one row per step; an unknown step has no figures."""
    import numpy as np
    import pandas as pd

    n_hotspots, n_steps = steps.count.shape
    unknown = ~np.tile(course.known, n_hotspots)
    first, last = zip(*course.periods, strict=True)
    return pd.DataFrame(
        {
            "hotspot_id": np.repeat(hotspot_ids.to_numpy(), n_steps),
            "first_month": list(first) * n_hotspots,
            "last_month": list(last) * n_hotspots,
            "count": pd.Series(steps.count.ravel(), dtype="Int64").mask(unknown),
            "hot": pd.Series(steps.hot.ravel(), dtype="boolean").mask(unknown),
        }
    )


def changes_of(course: Course, ask: Ask, hotspots: "gpd.GeoDataFrame") -> "pd.DataFrame":
    """Return the change of each hotspot since the same months one or more whole years before.

    A month counts when it and its counterpart were both delivered, so that neither a season nor
    a missing month makes a change.
    """
    import pandas as pd

    from hotspots.analysis.change import area_dispersion, changes

    monthly = _monthly(course.incidents, hotspots, ask.held)
    back = years_back(ask.months)
    period = pd.period_range(*ask.period, freq="M")
    now = period[period.isin(monthly.columns) & (period - back).isin(monthly.columns)]
    places, city = monthly.iloc[:-1], monthly.sum()
    counts = {}
    for name, months in (("now", now), ("before", now - back)):
        counts[name] = places[months].sum(axis=1)
        counts[f"rest_{name}"] = city[months].sum() - counts[name]
    change = changes(**counts, dispersion=area_dispersion(places))
    figures = change.assign(count_now=counts["now"], count_before=counts["before"])
    compared = pd.Series(len(now) > 0, index=figures.index)
    return figures.where(compared, axis=0).assign(same_months=len(now))


def _monthly(
    incidents: "pd.DataFrame", hotspots: "gpd.GeoDataFrame", held: Mapping[str, Delivery]
) -> "pd.DataFrame":
    """Return incidents in study cells per hotspot and delivered month, the rest in the last row."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.polygons import which_polygon

    inside = incidents[incidents["cell"] >= 0]
    months = sorted(held)
    month = pd.Index(months).get_indexer(pd.Index(inside["month"]))
    n_rows = len(hotspots) + 1
    # The rest, -1, is counted in the last row.
    x, y = (inside[axis].to_numpy(np.float64) for axis in "xy")
    row = which_polygon(list(hotspots.geometry), x, y) % n_rows
    counts = np.bincount(row * len(months) + month, minlength=n_rows * len(months))
    columns = pd.PeriodIndex(months, freq="M")
    return pd.DataFrame(counts.reshape(n_rows, len(months)), columns=columns)


def hours_of(incidents: "pd.DataFrame", member: "Ints", hotspot_ids: "pd.Series") -> "pd.DataFrame":
    """Return the hour-by-weekday profile of each hotspot of which some hours are known."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.hours import hour_profile

    profile = hour_profile(
        incidents["occurred_at"].to_numpy(),
        incidents["end"].to_numpy(),
        member,
        n_groups=len(hotspot_ids),
    )
    told = np.flatnonzero(profile.n_known)
    return pd.DataFrame(
        {
            "hotspot_id": np.repeat(hotspot_ids.to_numpy()[told], 7 * 24),
            "weekday": np.tile(np.repeat(np.arange(7), 24), len(told)),
            "hour": np.tile(np.arange(24), 7 * len(told)),
            "weight": profile.weights[told].ravel(),
        }
    )
