"""What becomes of the cameras that stand: keep, move or withdraw, and the five-year rule."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import t

from hotspots.analysis.grid import Bools, Floats, Ints

SAME_PLACE_M = 25.0
"""So near a chosen site, a camera stands where the plan wants one."""

YEAR = 12
"""Months over which what is left is held against the yardstick."""

FIVE = 5
"""Years of the rule for fixed cameras."""

_FIT_ROUNDS = 50


@dataclass(frozen=True)
class Trend:
    """The course of yearly counts.

    Parameters
    ----------
    ratio
        By what the count is multiplied from one year to the next.
    low, high
        95% interval; not a number where nothing was counted or nothing bounds it.
    """

    ratio: float
    low: float
    high: float


def demand_left(monthly: Floats) -> Floats:
    """Return what cameras see in a year, month by month: the sum of the last twelve.

    Parameters
    ----------
    monthly
        Weighted incidents in view, shape (cameras, months), oldest first; not a number where a
        month was not delivered.

    Returns
    -------
    numpy.ndarray
        Same shape: the twelve months up to each, brought to a year where some were not delivered;
        not a number before the twelfth, and where less than half was delivered.
    """
    known = ~np.isnan(monthly)
    total = _last_twelve(np.where(known, monthly, 0.0))
    months = _last_twelve(known.astype(np.float64))
    yearly = np.full(monthly.shape, np.nan)
    np.divide(total * YEAR, months, out=yearly, where=months >= YEAR / 2)
    yearly[:, : YEAR - 1] = np.nan
    return yearly


def _last_twelve(values: Floats) -> Floats:
    """Return the sum of each value and the eleven before it."""
    summed = np.cumsum(values, axis=1)
    before = np.zeros_like(summed)
    before[:, YEAR:] = summed[:, :-YEAR]
    return np.asarray(summed - before, dtype=np.float64)


def below_since(yearly: Floats, *, least: float) -> Ints:
    """Return since which month each camera has stayed under the yardstick; -1 if it has not.

    Parameters
    ----------
    yearly
        Result of :func:`demand_left`.
    least
        The yardstick.
    """
    stays = np.logical_and.accumulate((yearly < least)[:, ::-1], axis=1)
    length = stays.sum(axis=1)
    return np.where(length > 0, yearly.shape[1] - length, -1)


def advise(cameras: Floats, sites: Floats, below: Bools) -> pd.DataFrame:
    """Tell per flexible camera whether to keep, move or withdraw it.

    Under the yardstick a camera is withdrawn: no plan makes it necessary. Else one that is
    nearest to a chosen site, at most :data:`SAME_PLACE_M` away, is kept there; the others move to
    the chosen sites that are left, all together over the least distance. For whom none is left
    there is no place within the budget.

    Parameters
    ----------
    cameras
        Coordinates of the cameras that stand, shape (cameras, 2).
    sites
        Coordinates of the sites of the plan, shape (sites, 2).
    below
        Whether the demand in view of each camera is under the yardstick.

    Returns
    -------
    pandas.DataFrame
        Per camera `advice`, `reason` (see :data:`hotspots.results.codes.CameraReason`) and `site`,
        the position of the site that it moves to, -1 for none.
    """
    away = np.hypot(*(cameras[:, None] - sites[None]).transpose(2, 0, 1))
    away[below] = np.inf
    start = {"advice": "withdraw", "reason": "not_in_plan", "site": -1}
    told = pd.DataFrame(start, index=range(len(away)))
    told.loc[below, "reason"] = "below_yardstick"
    if not away.size:
        return told
    nearest = away.argmin(axis=0)
    held = away[nearest, np.arange(len(sites))] <= SAME_PLACE_M
    told.loc[nearest[held], ["advice", "reason"]] = "keep", "in_plan"
    movers = np.flatnonzero(told["reason"] == "not_in_plan")
    free = np.flatnonzero(~held)
    mover, site = linear_sum_assignment(away[np.ix_(movers, free)])
    told.loc[movers[mover], ["advice", "reason"]] = "move", "better_elsewhere"
    told.loc[movers[mover], "site"] = free[site]
    return told


def yearly_trend(counts: Floats) -> Trend:
    """Return the trend of yearly counts with an interval that knows how much they jump about.

    A log-linear Poisson regression on the year; the variance is that of the counts around the
    line, never taken for less than Poisson.

    Parameters
    ----------
    counts
        Incidents of consecutive years, oldest first, shape (years,); at least three.

    Returns
    -------
    Trend
        Ratio from one year to the next, with its 95% interval by Student's t.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, 4.5 and 9.2.
    """
    if not counts.sum():
        return Trend(np.nan, np.nan, np.nan)
    year = np.arange(len(counts)) - (len(counts) - 1) / 2
    design = np.column_stack([np.ones(len(counts)), year])
    level = np.array([np.log(counts.mean()), 0.0])
    for _ in range(_FIT_ROUNDS):
        mean = np.exp(design @ level)
        step = np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (counts - mean))
        # Counts that end in zeros have their best line far away: half steps get near enough.
        level = level + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    mean = np.exp(design @ level)
    freedom = len(counts) - 2
    spread = max(1.0, float(((counts - mean) ** 2 / mean).sum()) / freedom)
    error = np.sqrt(spread * np.linalg.inv(design.T @ (design * mean[:, None]))[1, 1])
    reach = t.ppf(0.975, freedom) * error
    with np.errstate(over="ignore"):
        ratios = np.exp(level[1] + np.array([0.0, -reach, reach]))
    return Trend(*np.where(np.isinf(ratios), np.nan, ratios).tolist())


def five_years(counts: Floats) -> dict[str, object]:
    """Read the five-year rule both ways: five yearly improvements, and a five-year trend.

    Parameters
    ----------
    counts
        Incidents of six consecutive years, oldest first; not a number where not delivered.

    Returns
    -------
    dict
        `years_improved` of five, `five_improvements`, `trend` with `trend_low` and `trend_high`,
        `trend_down` (its interval lies below 1) and `reconsider` (either reading); all missing
        where a year was not delivered.
    """
    names = ("years_improved", "five_improvements", "trend", "trend_low", "trend_high")
    if np.isnan(counts).any():
        return dict.fromkeys((*names, "trend_down", "reconsider"))
    improved = int((np.diff(counts) < 0).sum())
    trend = yearly_trend(counts)
    down = trend.high < 1
    read = (improved, improved == FIVE, trend.ratio, trend.low, trend.high)
    told: dict[str, object] = dict(zip(names, read, strict=True))
    return told | {"trend_down": down, "reconsider": down or improved == FIVE}


def shares_by_month(
    covered: Floats, total: Floats, *, draws: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return which share of the demand was covered, with its interval over the months.

    Parameters
    ----------
    covered, total
        Demand that was covered, and all, per month.
    draws
        Resamples of the months.
    rng
        Source of randomness.

    Returns
    -------
    tuple
        The share and its 95% interval (percentiles); not a number without any demand.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, 13.
    """
    if not total.sum():
        return np.nan, np.nan, np.nan
    month = rng.integers(len(total), size=(draws, len(total)))
    of, out_of = covered[month].sum(axis=1), total[month].sum(axis=1)
    shares = of[out_of > 0] / out_of[out_of > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(covered.sum() / total.sum()), float(low), float(high)
