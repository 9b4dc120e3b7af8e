"""A half-year per area against the same half-years before it, and against the rest of the city."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.change import changes
from hotspots.analysis.rates import Floats

Bools = npt.NDArray[np.bool_]

MONTHS_IN_A_HALF = 6
LEAST_MONTHS_OF_A_YEAR = 3
"""A year before is compared with when at least so many of its months are known."""

_MONTHS_IN_A_YEAR = 12


def halves_until(last_month: pd.Period, *, number: int = 2) -> list[pd.PeriodIndex]:
    """Return the months of the last half-years that were over, the newest first.

    Parameters
    ----------
    last_month
        Last month that is over.
    number
        How many half-years.
    """
    behind = last_month.month % MONTHS_IN_A_HALF
    return [
        pd.period_range(
            end=last_month - behind - MONTHS_IN_A_HALF * back, periods=MONTHS_IN_A_HALF, freq="M"
        )
        for back in range(number)
    ]


def compare_half(
    monthly: pd.DataFrame, half: pd.PeriodIndex, *, years: int, dispersion: float
) -> pd.DataFrame:
    """Compare a half-year with the same calendar months of the years before, area by area.

    A year before counts for an area when at least :data:`LEAST_MONTHS_OF_A_YEAR` of its months
    are known there, and a calendar month when it is known now and in each of those years. So no
    season and no missing month makes a difference. The rest of the city is counted over the same
    years and months; another area is left out of a month that it does not know in all of them.

    Each interval holds for one area and one theme: of twenty that did not change, one is outside
    its interval by chance.

    Parameters
    ----------
    monthly
        Incidents, one row per area of the whole city and one column per month (``PeriodIndex``);
        missing where unknown.
    half
        Months of the half-year.
    years
        Most years before to compare with.
    dispersion
        Variance of monthly counts over their mean, at least 1; see
        :func:`~hotspots.analysis.change.area_dispersion`.

    Returns
    -------
    pandas.DataFrame
        On the index of `monthly`: `same_months` (calendar months compared), `years_before` (that
        they are compared with), `count` (now) and `count_before` (over all those years), both
        over these months and missing without any; `ratio` (now over the average year before) and
        `relative` (that ratio over the rest of the city's) with intervals of 95%.

    Raises
    ------
    ValueError
        If `dispersion` is below 1.
    """
    counts = np.stack(
        [
            monthly.reindex(columns=half - _MONTHS_IN_A_YEAR * back).to_numpy(np.float64)
            for back in range(years + 1)
        ],
        axis=1,
    )
    known = ~np.isnan(counts)
    compared = known[:, 1:].sum(axis=2) >= LEAST_MONTHS_OF_A_YEAR
    rows = [_of_area(counts, known, compared[at], at) for at in range(len(monthly))]
    columns = ["same_months", "years_before", "count", "count_before", "rest", "rest_before"]
    found = pd.DataFrame(rows, columns=columns, index=monthly.index, dtype="float64")
    change = changes(
        found["count"],
        found["count_before"],
        found["rest"],
        found["rest_before"],
        dispersion=dispersion,
    )
    # The counts before are of several years; an average year has that many times less.
    ends = ["ratio", "ratio_low", "ratio_high"]
    change[ends] = change[ends].mul(found["years_before"], axis=0)
    return found.drop(columns=["rest", "rest_before"]).join(change)


def _of_area(counts: Floats, known: Bools, years: Bools, at: int) -> tuple[float, ...]:
    """Return the months and years compared, and the counts of the area and of the others."""
    use = np.concatenate([[True], years])
    everywhere: Bools = np.all(known[:, use], axis=1)
    months = everywhere[at]
    if not years.any() or not months.any():
        return (0, 0, np.nan, np.nan, np.nan, np.nan)
    taken = everywhere & months
    by_year = np.where(taken[:, None, :], counts, 0.0)[:, use].sum(axis=2)
    rest = by_year.sum(axis=0) - by_year[at]
    own = by_year[at]
    return (months.sum(), years.sum(), own[0], own[1:].sum(), rest[0], rest[1:].sum())
