"""Whether it went better where a measure was taken: asked of the data, nothing is frozen."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.months import last_whole_month, month_name, month_number, years_back
from hotspots.outputs.effect_document import EffectDocument
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.effect_figures import Matter, figures_of
from hotspots.pipeline.evidence.incidents import held_months, incidents_of
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.zones import Zones, outline_of, zones_of
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import Level

if TYPE_CHECKING:
    import pandas as pd

_SPAN = ("start", "end")


@dataclass(frozen=True, slots=True)
class Measure:
    """What was done where and when: files or codes, and days."""

    area: str
    since: date
    until: date | None = None
    before_from: date | None = None
    control: str | None = None
    level: Level | None = None
    ring_m: float = 400.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Months:
    """Delivered months, those of them to compare, and all that were asked for.

    `began` is the month in which the measure did; it is not among `known` if that was halfway.
    """

    known: "pd.PeriodIndex"
    after: "pd.PeriodIndex"
    before: "pd.PeriodIndex"
    began: "pd.Period"
    asked: list[str]


def effects(
    current: Current,
    policy: Policy,
    measure: Measure,
    *,
    progress: Progress = lambda what, done, steps: None,
) -> EffectDocument:
    """Compare before and after a measure in its area, the ring around it and a control area.

    Incidents that police or enforcement found by themselves are counted apart: who looks more
    finds more, and a measure mostly makes them look.

    Parameters
    ----------
    current
        The deliveries that hold now.
    policy
        The themes of `hotspots.themes`, counted together; sources of incidents and limits of files.
    measure
        Area, days, control and ring.

    Raises
    ------
    InputRefused, NotFound
        When area or control cannot be read or found.
    WorkspaceRefused
        When a theme or comparable months were not delivered, or days or places do not fit.
    """
    progress("reading deliveries", 0, 0)
    held = _held(current, policy, measure)
    area = outline_of(current, measure.area, level=measure.level, limits=policy.limits)
    control = None
    if measure.control is not None:
        control = outline_of(current, measure.control, level=measure.level, limits=policy.limits)
    zones = zones_of(current, area, control=control, ring_m=measure.ring_m)
    progress("comparing months", 0, 0)
    months = _months(sorted(next(iter(held.values()))), measure)
    matter = _matter(current, held, zones, months, policy.cameras.watched_hours)
    used = {each.id: each for by_month in held.values() for each in by_month.values()}
    return EffectDocument(
        themes=list(held),
        area=measure.name or area.name,
        control=control.name if control else "",
        is_rest=control is None,
        ring_m=measure.ring_m,
        measure_from=measure.since,
        after=list(map(str, months.after)),
        before=list(map(str, months.before)),
        left_out=_left_out(months, is_delivered=True),
        not_delivered=_left_out(months, is_delivered=False),
        sources=sorted({each.source for each in used.values()}),
        deliveries=sorted(used),
        demo=current.workspace.demo,
        **figures_of(matter, zones),
    )


def _held(current: Current, policy: Policy, measure: Measure) -> dict[str, dict[str, Delivery]]:
    """Return per theme the months that were delivered for all themes, with what holds."""
    until = measure.until or date.max
    held = {theme: held_months(current, policy, theme, until) for theme in policy.hotspots.themes}
    nothing = [theme for theme, months in held.items() if not months]
    if nothing:
        raise WorkspaceRefused(
            Problem(
                f"There are no incidents of {', '.join(nothing)}.",
                "Take them in with: hotspots ingest incidents FILE.",
            )
        )
    common = set.intersection(*(set(months) for months in held.values()))
    if not common:
        raise WorkspaceRefused(
            Problem(
                f"No month was delivered of all of {', '.join(held)}.",
                "Ask for fewer themes at once, or take in more months.",
            )
        )
    return {
        theme: {month: each for month, each in months.items() if month in common}
        for theme, months in held.items()
    }


def _matter(
    current: Current,
    held: dict[str, dict[str, Delivery]],
    zones: Zones,
    months: _Months,
    hours: list[str],
) -> Matter:
    """Return the incidents off stacked locations, by zone and month."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.clusters import off_stacks
    from hotspots.analysis.effects import ZONES
    from hotspots.planning.demand import watched_hours, watched_share

    parts = []
    watched = watched_hours(hours)
    for number, (theme, by_month) in enumerate(held.items()):
        part = incidents_of(current, theme, by_month)
        plain = off_stacks(*(part[axis].to_numpy(np.float64) for axis in "xy"))
        timed = part["time_precision"] == "minute"
        start, end = (part[name].where(timed).to_numpy("datetime64[s]") for name in _SPAN)
        share = watched_share(start, end, watched)
        kept = part[["x", "y", "month", "initiator"]]
        parts.append(kept.assign(theme=number, plain=plain, watched=share))
    rows = pd.concat(parts, ignore_index=True)
    at = months.known.get_indexer(pd.PeriodIndex(rows["month"], freq="M"))
    zone = zones.of(*(rows[axis].to_numpy(np.float64) for axis in "xy"))
    rows = rows.assign(zone=zone, at=at)[at >= 0]
    compared = months.known[rows["at"]].isin(months.after.union(months.before))
    stacked = rows["zone"][compared & ~rows["plain"]]
    return Matter(
        themes=list(held),
        rows=rows[rows["plain"]],
        stacked={zone: int((stacked == zone).sum()) for zone in range(len(ZONES))},
        known=months.known,
        after=months.after,
        before=months.before,
        began=months.began,
        watched=hours,
    )


def _months(held: list[str], measure: Measure) -> _Months:
    """Return the delivered months and those to compare, or say why there are none."""
    import pandas as pd

    from hotspots.analysis.effects import comparable_months

    began = month_number(f"{measure.since:%Y-%m}")
    halfway = measure.since.day > 1
    first = began + halfway
    last = month_number(held[-1])
    if measure.until is not None:
        last = last_whole_month(measure.until)
    before_from = _first_whole_month(measure.before_from)
    wrong = _wrong_dates(first, last, began, before_from, held[-1])
    if wrong:
        raise WorkspaceRefused(wrong)
    known = pd.PeriodIndex(
        [each for each in held if not halfway or each != month_name(began)], freq="M"
    )
    after, before = comparable_months(
        known,
        first=_period(first),
        last=_period(last),
        before_from=None if before_from is None else _period(before_from),
    )
    if not len(after):
        raise WorkspaceRefused(
            Problem(
                "No calendar month was delivered both before and after the measure began.",
                f"Delivered: {held[0]} to {held[-1]}. Choose other days, or take in more months.",
            )
        )
    return _Months(
        known, after, before, _period(began), _asked((began, first, last), held, before_from)
    )


def _period(number: int) -> "pd.Period":
    import pandas as pd

    return pd.Period(month_name(number), "M")


def _asked(months: "tuple[int, int, int]", held: list[str], before_from: int | None) -> list[str]:
    """Return the months of both periods as they were asked for, from the first one delivered."""
    began, first, last = months
    back = years_back(last - first + 1)
    start = max(first - back, month_number(held[0])) if before_from is None else before_from
    return [month_name(each) for each in (*range(start, began), *range(first, last + 1))]


def _left_out(months: _Months, *, is_delivered: bool) -> list[str]:
    """Return the months asked for that are not compared, delivered ones or others."""
    used, known = ({*map(str, each)} for each in (months.after.union(months.before), months.known))
    return [each for each in months.asked if each not in used and (each in known) == is_delivered]


def _first_whole_month(day: date | None) -> int | None:
    return None if day is None else month_number(f"{day:%Y-%m}") + (day.day > 1)


def _wrong_dates(
    first: int, last: int, begins: int, before_from: int | None, delivered: str
) -> list[Problem]:
    wrong = []
    if last < first:
        wrong.append(
            Problem(
                f"No whole month lies between the begin of the measure and {month_name(last)}.",
                f"Choose --from and --until at least a month apart; {delivered} is the last "
                "month delivered.",
            )
        )
    if before_from is not None and before_from >= begins:
        wrong.append(
            Problem(
                "The period before would begin after the measure did.",
                "Choose --before-from at least a whole month before --from.",
            )
        )
    return wrong
