"""What happened in a year's chosen areas, all together, beside the rest of the city."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.change import area_dispersion, changes
from hotspots.analysis.rates import Floats


@dataclass(frozen=True)
class Achieved:
    """Chosen areas together and the rest of the city, a year against the year before.

    Parameters
    ----------
    year, areas
        The year, and how many of the chosen areas are counted.
    completed_only
        Whether only completed crimes are counted: where the source tells them apart.
    count, count_previous, rest, rest_previous
        Incidents in the chosen areas and in the rest, over months known in both years.
    ratio, rest_ratio, relative
        Year over year before, in both, and the first over the second; not a number where
        nothing sets it.
    relative_low, relative_high
        95% interval of `relative`; see :func:`hotspots.analysis.change.changes`.
    """

    year: int
    areas: int
    completed_only: bool
    count: int
    count_previous: int
    rest: int
    rest_previous: int
    ratio: float
    rest_ratio: float
    relative: float
    relative_low: float
    relative_high: float


def achieved(
    monthly: pd.DataFrame, completed: pd.DataFrame, chosen: Collection[str], *, year: int
) -> Achieved | None:
    """Compare the chosen areas, all together, with the rest of the city.

    One area is too small for a verdict over a year. The areas were chosen because they were high,
    so part of a fall comes by itself (regression to the mean): no interval here corrects for it.

    Parameters
    ----------
    monthly
        Incidents, one row per area and one column per month (``PeriodIndex``); missing where
        unknown.
    completed
        Like `monthly`, completed crimes only; missing where the source cannot tell.
    chosen
        Codes of the chosen areas; a code without a row is not counted.
    year
        The year that is compared with the one before.

    Returns
    -------
    Achieved or None
        None where the chosen areas or the rest have no month that is known in both years.
    """
    now, before, same = _years(monthly, year)
    told_now, told_before, told = _years(completed, year)
    only = bool((told | ~same).all())
    if only:
        now, before = told_now, told_before
    inside = monthly.index.isin(list(chosen))
    if not same[inside].any() or not same[~inside].any():
        return None
    count, previous, rest, rest_previous = (
        int(each[part][same[part]].sum()) for part in (inside, ~inside) for each in (now, before)
    )
    compared = changes(
        *(pd.Series([n]) for n in (count, previous, rest, rest_previous)),
        dispersion=area_dispersion(completed if only else monthly),
    ).iloc[0]
    return Achieved(
        year=year,
        areas=int(same[inside].any(axis=1).sum()),
        completed_only=only,
        count=count,
        count_previous=previous,
        rest=rest,
        rest_previous=rest_previous,
        ratio=float(compared["ratio"]),
        rest_ratio=rest / rest_previous if rest_previous else np.nan,
        relative=float(compared["relative"]),
        relative_low=float(compared["relative_low"]),
        relative_high=float(compared["relative_high"]),
    )


def _years(monthly: pd.DataFrame, year: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return a year, the year before (area by month), and where both are known."""
    now, before = (
        monthly.reindex(columns=pd.period_range(f"{y}-01", f"{y}-12", freq="M")).to_numpy(float)
        for y in (year, year - 1)
    )
    return now, before, ~np.isnan(now) & ~np.isnan(before)
