"""The year's priority areas: absolute count and risk combined, and how sure their places are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from hotspots.analysis.change import Change, change, city_dispersion
from hotspots.analysis.rates import (
    ShrunkRates,
    dispersion,
    draw_counts,
    posterior_draws,
    shrunk_rates,
)
from hotspots.analysis.seasons import Season, by_calendar_month
from hotspots.analysis.seasons import exposure as dwelling_years

Floats = npt.NDArray[np.float64]

_BLOCK_CELLS = 1_000_000
"""Draws x areas ranked at a time: bounds memory to some hundred megabytes."""


@dataclass(frozen=True)
class Ranking:
    """The areas of one question in their order, and the figures that hold for all of them.

    Parameters
    ----------
    table
        On the index of areas: the numeric columns of
        :func:`hotspots.results.ranking.priorities_schema`, and `status` and `remarks`.
    dispersion
        Variance of monthly counts over their mean, within areas.
    distinguishable
        Whether the areas can be told apart by their rates.
    missing_months
        Months (``YYYY-MM``) inside the years that are not known for any area.
    """

    table: pd.DataFrame
    dispersion: float
    distinguishable: bool
    missing_months: list[str]


def priorities(
    monthly: pd.DataFrame,
    dwellings: pd.Series,
    *,
    season: Season,
    first_year: int,
    last_year: int,
    k: int,
    weight_count: float,
    weight_rate: float,
    few_incidents: int,
    few_dwellings: int,
    n_draws: int,
    rng: np.random.Generator,
    completed: pd.DataFrame | None = None,
) -> Ranking:
    """Rank areas on absolute count and shrunk risk together, and say how stable each place is.

    Parameters
    ----------
    monthly
        Incidents of one theme, one row per area and one column per month (``PeriodIndex``; the
        year before `first_year` may be among them); missing where unknown. An area without a
        row has no known month.
    dwellings
        Dwellings of every area; missing where unknown.
    season
        Share of a year per calendar month; see
        :func:`hotspots.analysis.seasons.seasonal_shares`.
    first_year, last_year
        The years counted together, both included.
    k
        Number of areas above the cut line.
    weight_count, weight_rate
        Weights of the two ranks.
    few_incidents, few_dwellings
        Ranked areas below these get a remark.
    n_draws, rng
        Number of posterior draws for `p_top`, and their source of randomness.
    completed
        Like `monthly`, completed crimes only; missing where the source cannot tell.

    Returns
    -------
    Ranking
        One row per area, on the index of `dwellings` and in its order.

    Raises
    ------
    ValueError
        If `monthly` holds an area that `dwellings` does not.
    """
    # Sorted inside, so that neither ties nor draws depend on the order of the rows.
    areas = dwellings.index.sort_values()
    if not monthly.index.isin(areas).all():
        raise ValueError("monthly counts of an area that is not among the dwellings")
    period = pd.period_range(f"{first_year}-01", f"{last_year}-12", freq="M")
    counts = monthly.reindex(index=areas, columns=period)
    known = counts.notna()
    table = pd.DataFrame({"dwellings": dwellings.reindex(areas).astype("Int64")})
    no_data = ~known.any(axis=1)
    table["exposure"] = dwelling_years(table["dwellings"], known, season).mask(no_data)
    table["status"] = np.select(
        [no_data, ~table["exposure"].gt(0)], ["no_data", "no_rate"], "ranked"
    )
    table["count"] = counts.sum(axis=1, min_count=1)
    table["count_completed"] = _completed(completed, known)
    ranked = table["status"] == "ranked"
    rates = shrunk_rates(
        table["count"].where(ranked), table["exposure"], dispersion=dispersion(counts[ranked])
    )
    table = table.join(rates.table)
    weights = {"weight_count": weight_count, "weight_rate": weight_rate}
    table = table.join(rank_areas(table.loc[ranked, ["count", "eb_rate"]], **weights))
    table["p_top"] = chance_in_top(rates, k=k, **weights, n_draws=n_draws, rng=rng)
    table = table.join(_last_years(monthly.reindex(areas), last_year).mask(no_data))
    table["remarks"] = _remarks(
        table, known, few_incidents=few_incidents, few_dwellings=few_dwellings
    )
    whole = ["count", "count_completed", "count_last", "count_previous", "same_months"]
    table = table.astype(dict.fromkeys(whole, "Int64"))
    missing = [str(month) for month in period[~known.any().to_numpy()]]
    return Ranking(table.reindex(dwellings.index), rates.dispersion, rates.distinguishable, missing)


def _completed(completed: pd.DataFrame | None, known: pd.DataFrame) -> pd.Series:
    """Completed crimes per area; missing unless the source can tell in every known month."""
    if completed is None:
        return pd.Series(np.nan, index=known.index)
    counts = completed.reindex(index=known.index, columns=known.columns).where(known)
    told = (counts.notna() == known).all(axis=1)
    return counts.sum(axis=1, min_count=1).where(told)


def _last_years(monthly: pd.DataFrame, year: int) -> pd.DataFrame:
    """Compare each area's `year` with the year before, over months known in both."""
    now, before = (
        monthly.reindex(columns=pd.period_range(f"{y}-01", f"{y}-12", freq="M")).to_numpy(float)
        for y in (year, year - 1)
    )
    same = ~np.isnan(now) & ~np.isnan(before)
    compared = same.any(axis=1)
    columns = {
        "count_last": np.where(compared, np.where(same, now, 0).sum(axis=1), np.nan),
        "count_previous": np.where(compared, np.where(same, before, 0).sum(axis=1), np.nan),
        "same_months": same.sum(axis=1),
    }
    return pd.DataFrame(columns, index=monthly.index)


def _remarks(
    table: pd.DataFrame, known: pd.DataFrame, *, few_incidents: int, few_dwellings: int
) -> pd.Series:
    """Join the reason codes of each area; an area without data says enough by its status."""
    ranked = table["status"] == "ranked"
    codes = {
        "few_incidents": ranked & table["count"].lt(few_incidents),
        "few_dwellings": ranked & table["dwellings"].lt(few_dwellings).fillna(False),
        "months_unknown": (table["status"] != "no_data") & (~known & known.any()).any(axis=1),
    }
    marks = pd.DataFrame(codes).astype(bool)
    texts = [" ".join(marks.columns[row]) for row in marks.to_numpy()]
    return pd.Series(texts, index=table.index, dtype=str)


def rank_areas(areas: pd.DataFrame, *, weight_count: float, weight_rate: float) -> pd.DataFrame:
    """Order areas by their weighted ranks on count and on shrunk rate.

    Parameters
    ----------
    areas
        `count` and `eb_rate`, without missing values; indexed by area code.
    weight_count, weight_rate
        Weights of the two ranks.

    Returns
    -------
    pandas.DataFrame
        On the same index: `rank_count` and `rank_rate` (1 is the highest; equals share the best
        place) and `rank` (1 to n without ties: equal scores go to the higher count, then the
        higher rate, then the first area code).
    """
    by_code = areas.sort_index()
    count, rate = (by_code[name].to_numpy(float)[None, :] for name in ("count", "eb_rate"))
    rank_count, rank_rate = _places(count), _places(rate)
    order = _order(count, rate, weight_count=weight_count, weight_rate=weight_rate)[0]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    ranks = {"rank_count": rank_count[0], "rank_rate": rank_rate[0], "rank": rank}
    return pd.DataFrame(ranks, index=by_code.index, dtype="Int64").reindex(areas.index)


def _places(values: Floats) -> npt.NDArray[np.int64]:
    """Rank along the last axis: 1 is the highest, equals share the best place."""
    return np.asarray(rankdata(-values, method="min", axis=-1)).astype(np.int64)


def _order(
    count: Floats, rate: Floats, *, weight_count: float, weight_rate: float
) -> npt.NDArray[np.int64]:
    """Sort areas (last axis, in order of code) by score, count and rate; return positions."""
    score = weight_count * _places(count) + weight_rate * _places(rate)
    # Rounded, because equal scores of unlike ranks differ in their last bits.
    return np.lexsort((-rate, -count, score.round(9)), axis=-1)


def chance_in_top(
    rates: ShrunkRates,
    *,
    k: int,
    weight_count: float,
    weight_rate: float,
    n_draws: int,
    rng: np.random.Generator,
) -> pd.Series:
    """Estimate the chance that an area ranks among the first k, were the years to come again.

    Each draw takes true rates from their posterior and counts that follow from them (variance
    over mean as observed), and ranks the areas anew on both.

    Parameters
    ----------
    rates
        Shrunk rates of the areas, indexed by area code in sorted order.
    k
        Number of areas above the cut line.
    weight_count, weight_rate
        Weights of the two ranks.
    n_draws, rng
        Number of draws, and their source of randomness.

    Returns
    -------
    pandas.Series
        Share of draws with a rank of at most k, on the index of the rates; missing for an area
        without a rate. Over n areas it sums to the smaller of k and n.
    """
    exposure = rates.exposure.dropna()
    chance = pd.Series(np.nan, index=rates.exposure.index)
    if exposure.empty:
        return chance
    usable = rates.exposure.notna().to_numpy()
    hits = np.zeros(len(exposure))
    block = max(1, _BLOCK_CELLS // len(exposure))
    for start in range(0, n_draws, block):
        size = min(block, n_draws - start)
        rate = posterior_draws(rates, n_draws=size, rng=rng)[:, usable]
        count = draw_counts(rate * exposure.to_numpy(), dispersion=rates.dispersion, rng=rng)
        order = _order(count, rate, weight_count=weight_count, weight_rate=weight_rate)
        hits += np.bincount(order[:, :k].ravel(), minlength=len(exposure))
    chance[usable] = hits / n_draws
    return chance


def target_line(
    city: pd.Series,
    completed: pd.Series | None = None,
    *,
    years: Sequence[int],
    goal: Literal["fall", "stable"],
    band: float,
) -> pd.DataFrame:
    """Compare the city's yearly counts with the year before and with the goal.

    Completed crimes are compared where the source tells them apart in every month that the two
    years share; else all crimes.

    Parameters
    ----------
    city
        City-wide incidents by month (``PeriodIndex``); missing where unknown.
    completed
        Like `city`, completed crimes only; missing where the source cannot tell.
    years
        The years to judge; one without months in common with the year before has no row.
    goal
        ``fall``: lower than the year before. ``stable``: within `band` of it.
    band
        Relative change (0 to 1) that still counts as stable.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`hotspots.results.ranking.target_schema` but `theme`, one row per year.
    """
    completed = pd.Series(np.nan, city.index) if completed is None else completed
    every, told = by_calendar_month(city), by_calendar_month(completed)
    spread = {True: city_dispersion(completed), False: city_dispersion(city)}
    rows = []
    for year in years:
        now, before = _with_year_before(every, year)
        told_now, told_before = _with_year_before(told, year)
        same = now.notna() & before.notna()
        if not same.any():
            continue
        only = bool((told_now.notna() & told_before.notna())[same].all())
        pair = (told_now.where(same), told_before) if only else (now, before)
        found = change(*pair, dispersion=spread[only])
        met = _met(found.ratio, goal, band)
        rows.append({"year": year, "completed_only": only, **asdict(found), "met": met})
    columns = ["year", "completed_only", *(field.name for field in fields(Change)), "met"]
    table = pd.DataFrame(rows, columns=columns)
    whole = ["year", "count", "count_previous", "same_months"]
    real = ["ratio", "ratio_low", "ratio_high"]
    table = table.astype(dict.fromkeys(whole, "int64")).astype(dict.fromkeys(real, "float64"))
    return table.astype({"completed_only": bool}).astype({"met": "boolean"})


def _with_year_before(table: pd.DataFrame, year: int) -> tuple[pd.Series, pd.Series]:
    """Take a year and the year before from a table by year; missing where it has none."""
    both = table.reindex([year, year - 1])
    return both.iloc[0], both.iloc[1]


def _met(ratio: float, goal: Literal["fall", "stable"], band: float) -> bool | None:
    """Judge a ratio by its point estimate; unknown without one."""
    if np.isnan(ratio):
        return None
    return bool(ratio < 1 if goal == "fall" else abs(ratio - 1) <= band)
