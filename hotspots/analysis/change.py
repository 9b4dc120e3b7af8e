"""Change from one year to the next, over the calendar months known in both, with its interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta

from hotspots.analysis.rates import dispersion
from hotspots.analysis.seasons import by_calendar_month


@dataclass(frozen=True)
class Change:
    """Two years compared over the calendar months known in both.

    Parameters
    ----------
    count, count_previous
        Incidents in the year and in the year before, over the same months.
    same_months
        Number of calendar months compared (0 to 12).
    ratio
        `count` over `count_previous`; not a number where that is 0.
    ratio_low, ratio_high
        95% interval of the ratio of the underlying levels; not a number where nothing
        bounds it: `ratio_high` where `count_previous` is 0, both where `count` is 0 too.
    """

    count: int
    count_previous: int
    same_months: int
    ratio: float
    ratio_low: float
    ratio_high: float


def change(now: pd.Series, before: pd.Series, *, dispersion: float = 1.0) -> Change:
    """Compare a year with the year before, over the calendar months known in both.

    Given their sum, two Poisson counts split as a binomial, which gives the exact interval of
    their ratio; counts that vary `dispersion` times more carry that many times less information,
    so both are divided by it.

    Parameters
    ----------
    now, before
        Incidents by calendar month (index 1 to 12); missing where unknown.
    dispersion
        Variance of monthly counts over their mean, at least 1; see :func:`city_dispersion`.

    Returns
    -------
    Change
        Counts, ratio and 95% interval.

    References
    ----------
    Clopper and Pearson (1934); Przyborowski and Wilenski (1940).
    """
    same = now.notna() & before.reindex(now.index).notna()
    count, previous = int(now[same].sum()), int(before.reindex(now.index)[same].sum())
    low, high = ratio_interval(count / dispersion, previous / dispersion)
    ratio = count / previous if previous else np.nan
    return Change(count, previous, int(same.sum()), ratio, low, high)


def ratio_interval(count: float, previous: float) -> tuple[float, float]:
    """Return the exact conditional 95% interval of the ratio of two Poisson means.

    Parameters
    ----------
    count, previous
        The two counts, 0 or more, divided by their dispersion (so not always whole).

    Returns
    -------
    tuple of float
        Lower and upper end; not a number where the counts set no bound.
    """
    if count + previous == 0:
        return np.nan, np.nan
    low = float(beta.ppf(0.025, count, previous + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, previous)) if previous else np.nan
    return low / (1 - low), high / (1 - high)


def city_dispersion(city: pd.Series) -> float:
    """Estimate the variance over the mean of city-wide monthly counts, trend and season apart.

    Parameters
    ----------
    city
        City-wide incidents by month (``PeriodIndex`` of months); missing where unknown.

    Returns
    -------
    float
        At least 1; exactly 1 where fewer than two years or two calendar months are known.
    """
    return dispersion(by_calendar_month(city))
