"""How a year's incidents divide over its months, and the exposure that remains when some lack."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

CALENDAR_MONTHS = pd.RangeIndex(1, 13, name="calendar_month")
"""January (1) to December (12)."""

_DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Season:
    """The share of a year's incidents that falls in each calendar month.

    Parameters
    ----------
    shares
        Share of a year (0 to 1, sum 1) by calendar month (index 1 to 12).
    complete_years
        Years from which `shares` was estimated. Empty when none was complete or held an
        incident: `shares` is then each month's share of the days of a year.
    """

    shares: pd.Series
    complete_years: tuple[int, ...]


def by_calendar_month(city: pd.Series) -> pd.DataFrame:
    """Lay a monthly series out as one row per year and one column per calendar month.

    Parameters
    ----------
    city
        Incidents by month (``PeriodIndex`` of months, no month twice); missing where unknown.

    Returns
    -------
    pandas.DataFrame
        Index `year`, columns 1 to 12; missing where the month is unknown or not in `city`.
    """
    months = pd.PeriodIndex(city.index, freq="M")
    years = range(months.year.min(), months.year.max() + 1) if len(months) else range(0)
    table = np.full((len(years), 12), np.nan)
    if len(months):
        table[months.year - years.start, months.month - 1] = city.to_numpy(float)
    return pd.DataFrame(table, index=pd.Index(years, name="year"), columns=CALENDAR_MONTHS)


def seasonal_shares(city: pd.Series) -> Season:
    """Estimate each calendar month's share of a year's incidents from the complete years.

    The years are pooled, so that a year weighs by its incidents: with few incidents this is
    steadier than the mean of yearly shares.

    Parameters
    ----------
    city
        City-wide incidents by month (``PeriodIndex`` of months); missing where unknown.

    Returns
    -------
    Season
        The shares, and the years they come from.
    """
    years = by_calendar_month(city).dropna()
    total = years.to_numpy().sum()
    if total > 0:
        return Season(years.sum() / total, tuple(int(year) for year in years.index))
    return Season(pd.Series(_DAYS, index=CALENDAR_MONTHS) / sum(_DAYS), ())


def exposure(dwellings: pd.Series, known: pd.DataFrame, season: Season) -> pd.Series:
    """Count dwelling-years, a missing month taking away its seasonal share of a year.

    Parameters
    ----------
    dwellings
        Dwellings by area; missing where unknown.
    known
        Whether the month is known: one row per area of `dwellings`, one column per month of the
        period (``PeriodIndex``).
    season
        Share of a year per calendar month.

    Returns
    -------
    pandas.Series
        Dwelling-years, on the index of `dwellings`; missing where `dwellings` is.
    """
    months = pd.PeriodIndex(known.columns, freq="M")
    shares = season.shares.reindex(months.month).to_numpy(float)
    years = known.reindex(dwellings.index, fill_value=False).to_numpy(bool) @ shares
    homes = dwellings.astype("Float64").to_numpy(float, na_value=np.nan)
    return pd.Series(homes * years, index=dwellings.index)
