"""The incidents that cameras are planned for: which count, where they lie and what they weigh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.months import last_whole_month, month_name, month_numbers
from hotspots.pipeline.cameras.sight import Scene
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.incidents import held_months, incidents_of
from hotspots.policy import Policy
from hotspots.records import Delivery

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.planning.demand import DemandPoints

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

YEAR = 12


@dataclass(frozen=True)
class Span:
    """A row of whole months, by number; the last one included."""

    first: int
    last: int

    @property
    def names(self) -> list[str]:
        """The months as ``YYYY-MM``."""
        return [month_name(each) for each in range(self.first, self.last + 1)]


@dataclass(frozen=True)
class Demand:
    """Incidents of every delivered month off stacks and in public space, by demand point.

    `rows` has `x`, `y`, `at` (number of the month), `day` (datetime64[D]; the first of the month
    where only that is known), `theme` (position in `themes`), `start`, `end` and `weight` (of the
    theme, times the watched share). `known` are the delivered months per theme. The `left_out`
    counts hold for the period that was asked for.
    """

    rows: "pd.DataFrame"
    points: "DemandPoints"
    themes: Sequence[str]
    known: "Mapping[str, Ints]"
    sources: Sequence[str]
    left_out: Mapping[str, int]

    @cached_property
    def xy(self) -> "Floats":
        """Coordinates of the demand points, shape (points, 2)."""
        import numpy as np

        return np.column_stack([self.points.x, self.points.y])

    @property
    def months(self) -> "Ints":
        """Numbers of the months in which every theme was delivered, in order."""
        import numpy as np

        common = set.intersection(*(set(each.tolist()) for each in self.known.values()))
        return np.array(sorted(common), dtype=np.int64)

    def per_year(self, span: Span) -> "Floats":
        """Return the weight of every incident in a year's demand of a span; 0 outside it."""
        import numpy as np

        at, theme = (self.rows[name].to_numpy(np.int64) for name in ("at", "theme"))
        delivered = [
            np.count_nonzero((self.known[each] >= span.first) & (self.known[each] <= span.last))
            for each in self.themes
        ]
        yearly = np.array([YEAR / n if n else 0.0 for n in delivered])
        inside = (at >= span.first) & (at <= span.last)
        return np.where(inside, self.rows["weight"].to_numpy(np.float64) * yearly[theme], 0.0)

    def at_points(self, span: Span, *, but: "Bools | None" = None) -> "Floats":
        """Return the demand a year of a span per point, leaving some incidents out."""
        import numpy as np

        weight = self.per_year(span)
        return self.points.total(weight if but is None else np.where(but, 0.0, weight))

    def count_at_points(self, span: Span) -> "Floats":
        """Return the number of incidents of a span per point that weigh anything."""
        import numpy as np

        return self.points.total((self.per_year(span) > 0).astype(np.float64))

    def rows_at(self, points: "Ints") -> "Ints":
        """Return the positions of the incidents on some demand points."""
        import numpy as np

        order, start = self._by_point
        parts = [order[start[each] : start[each + 1]] for each in points]
        return np.concatenate([*parts, order[:0]])

    @cached_property
    def _by_point(self) -> "tuple[Ints, Ints]":
        """Positions of the incidents point by point, and where each point begins."""
        import numpy as np

        of_point = self.points.of_incident
        count = np.bincount(of_point, minlength=len(self.points.x))
        return np.argsort(of_point, kind="stable"), np.concatenate([[0], np.cumsum(count)])

    def missing(self, span: Span) -> list[str]:
        """Return the months of a span in which some theme was not delivered."""
        known = set(self.months.tolist())
        return [each for each in span.names if each not in set(map(month_name, known))]


def demand_of(
    current: Current,
    policy: Policy,
    scene: Scene,
    *,
    until: date,
    within: "BaseGeometry | None",
) -> Demand:
    """Return the incidents of the themes of the policy, off stacked locations, in public space.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Themes with their weights, watched hours and period.
    scene
        Buildings and public space.
    until
        Cut-off date.
    within
        Only incidents in this polygon weigh anything; all where there is none.

    Raises
    ------
    WorkspaceRefused
        When no theme of the policy was delivered in the period.
    """
    import numpy as np
    import pandas as pd
    import shapely

    from hotspots.planning.demand import demand_points, in_public_space

    last = last_whole_month(until)
    span = Span(last - policy.cameras.months + 1, last)
    held = {theme: held_months(current, policy, theme, until) for theme in policy.cameras.themes}
    held = {theme: months for theme, months in held.items() if months}
    if not any(set(months) & set(span.names) for months in held.values()):
        raise WorkspaceRefused(
            Problem(
                f"There are no incidents of {', '.join(policy.cameras.themes)} from "
                f"{span.names[0]} to {span.names[-1]}.",
                "Take them in with: hotspots ingest incidents FILE, or name other themes in the "
                "policy: cameras.themes.",
            )
        )
    rows = pd.concat(
        [_rows(current, policy, theme, at, held[theme]) for at, theme in enumerate(held)],
        ignore_index=True,
    )
    x, y = (rows[axis].to_numpy(np.float64) for axis in "xy")
    public = in_public_space(
        x,
        y,
        buildings=scene.buildings.geometry.to_numpy(),
        public_space=None if scene.public_space is None else scene.public_space.geometry.to_numpy(),
    )
    in_span = rows["at"].between(span.first, span.last).to_numpy()
    if within is not None:
        shapely.prepare(within)
        inside = shapely.intersects_xy(within, x, y)
        rows["weight"] *= inside
        in_span = in_span & inside
    plain, weighs = rows["plain"].to_numpy(np.bool_), rows["weight"].to_numpy(np.float64) > 0
    left_out = {
        "stacked": in_span & ~plain,
        "outside_public_space": in_span & plain & ~public,
        "outside_hours": in_span & plain & public & ~weighs,
        "hours_unknown": in_span & plain & public & weighs & ~rows["timed"].to_numpy(np.bool_),
    }
    used = rows[plain & public].reset_index(drop=True)
    return Demand(
        rows=used,
        points=demand_points(*(used[axis].to_numpy(np.float64) for axis in "xy")),
        themes=list(held),
        known={
            theme: np.sort(month_numbers(pd.Series(list(months)))) for theme, months in held.items()
        },
        sources=sorted({each.source for months in held.values() for each in months.values()}),
        left_out={name: int(np.count_nonzero(which)) for name, which in left_out.items()},
    )


def _rows(
    current: Current, policy: Policy, theme: str, number: int, held: Mapping[str, Delivery]
) -> "pd.DataFrame":
    """Return the incidents of a theme with what each weighs."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.clusters import off_stacks
    from hotspots.planning.demand import fill_unknown, watched_hours, watched_share

    rows = incidents_of(current, theme, held)
    timed = rows["time_precision"] == "minute"
    start = rows["start"].where(timed)
    share = watched_share(
        start.to_numpy("datetime64[s]"),
        rows["end"].where(timed).to_numpy("datetime64[s]"),
        watched_hours(policy.cameras.watched_hours),
    )
    day = rows["start"].fillna(pd.to_datetime(rows["month"] + "-01"))
    return pd.DataFrame(
        {
            "x": rows["x"],
            "y": rows["y"],
            "at": month_numbers(rows["month"]),
            "day": day.dt.normalize(),
            "theme": number,
            "start": start,
            "end": rows["end"].where(timed),
            "weight": policy.cameras.themes[theme] * fill_unknown(share),
            "timed": ~np.isnan(share),
            "plain": off_stacks(*(rows[axis].to_numpy(np.float64) for axis in "xy")),
        }
    )
