"""Rates per 1,000 dwelling-years: overdispersion, shrinkage and honest intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.prior import Prior, fit_prior, mixture_quantile

PER = 1000.0
"""Rates are per this many dwelling-years."""

Floats = npt.NDArray[np.float64]


def dispersion(monthly: pd.DataFrame) -> float:
    """Estimate the variance of monthly counts over their mean, within areas.

    Every count is compared with what its area's total and its month's total let expect (two-way
    independence), so differences between areas and city-wide months do not count as variation.
    Squared deviations are divided by their expectation for Poisson counts with these totals,
    which makes the estimate unbiased for them, also when counts are sparse.

    Parameters
    ----------
    monthly
        Incidents, one row per area and one column per month; missing where unknown.

    Returns
    -------
    float
        At least 1; exactly 1 where the table leaves nothing to compare.

    References
    ----------
    McCullagh and Nelder (1989) for a dispersion beside the Poisson variance; Bishop, Fienberg
    and Holland (1975), chapter 5, for the independence fit of a table with holes.
    """
    table = monthly.to_numpy(float)
    known = ~np.isnan(table)
    observed = np.where(known, table, 0.0)
    expected = _independence(observed, known)
    total = observed.sum()
    if total <= 1:
        return 1.0
    share_of_area = _ratio(expected, expected.sum(axis=1, keepdims=True))
    share_of_month = _ratio(expected, expected.sum(axis=0, keepdims=True))
    # Given all totals the variance of a Poisson count is this, times total / (total - 1).
    variance = (expected * (1 - share_of_area) * (1 - share_of_month)).sum() * total / (total - 1)
    if variance <= 1e-9 * total:
        return 1.0
    return max(1.0, float(((observed - expected) ** 2).sum() / variance))


def _independence(observed: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Fit area effect x month effect to the known cells by iterative proportional fitting."""
    expected = known.astype(float)
    for _ in range(200):
        expected = expected * _ratio(observed.sum(axis=1), expected.sum(axis=1))[:, None]
        fitted = expected.sum(axis=0)
        expected = expected * _ratio(observed.sum(axis=0), fitted)
        if np.allclose(expected.sum(axis=1), observed.sum(axis=1), rtol=1e-10, atol=1e-10):
            break
    return expected


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, with 0 for 0 / 0: a row or column without incidents expects none."""
    return np.divide(top, bottom, out=np.zeros(np.broadcast(top, bottom).shape), where=bottom > 0)


@dataclass(frozen=True)
class ShrunkRates:
    """Shrunk rates of a set of areas, and the posterior they come from.

    Parameters
    ----------
    table
        On the index of the counts: `rate_per_1000`, `eb_rate`, `eb_low` and `eb_high` (95%), per
        1,000 dwelling-years; missing for an area without exposure or without a known count.
    distinguishable
        Whether the areas can be told apart; see :class:`hotspots.analysis.prior.Prior`.
    count, exposure
        Incidents and dwelling-years the rates rest on; by area, missing as in `table`.
    dispersion
        Variance of counts over their mean.
    prior
        What the areas together say about any one of them.
    """

    table: pd.DataFrame
    distinguishable: bool
    count: pd.Series
    exposure: pd.Series
    dispersion: float
    prior: Prior


def shrunk_rates(count: pd.Series, exposure: pd.Series, *, dispersion: float = 1.0) -> ShrunkRates:
    """Estimate each area's rate, leaning on all areas as far as its own figures are thin.

    Counts are overdispersed Poisson given an area's rate, and rates are gamma over areas. The
    rate `eb_rate` is the posterior mean under the prior by moments. Its interval averages over
    every prior the counts allow, so that it also holds what is not known about the prior.

    Parameters
    ----------
    count
        Incidents by area; missing where unknown.
    exposure
        Dwelling-years, on the same index; 0 or missing where there is no rate.
    dispersion
        Variance of counts over their mean, at least 1; see :func:`dispersion`.

    Returns
    -------
    ShrunkRates
        Rates on the index of `count`, and whether the areas can be told apart.

    Raises
    ------
    ValueError
        If `dispersion` is below 1.

    References
    ----------
    Marshall (1991), Applied Statistics 40, 283-294; McCullagh and Nelder (1989) for the
    dispersion; Kass and Steffey (1989), JASA 84, 717-726, for averaging over priors.
    """
    if dispersion < 1:
        raise ValueError(f"dispersion is {dispersion}, it cannot be below 1")
    usable = count.notna() & exposure.gt(0).reindex(count.index, fill_value=False)
    basis = pd.DataFrame({"count": count, "exposure": exposure}, index=count.index)
    basis = basis.astype("float64").where(usable)
    columns = ["rate_per_1000", "eb_rate", "eb_low", "eb_high"]
    table = pd.DataFrame(np.nan, index=count.index, columns=columns)
    y, e = basis[usable].to_numpy().T / dispersion
    prior = fit_prior(y, e)
    if len(y):
        mean = prior.posterior_mean(y, e)
        # The moments may lie outside what the likelihood allows: never show a figure outside
        # its own interval. Minimum and maximum keep the order of areas with equal exposure.
        low = np.minimum(mixture_quantile(prior, y, e, 0.025), mean)
        high = np.maximum(mixture_quantile(prior, y, e, 0.975), mean)
        table.loc[usable] = PER * np.column_stack([y / e, mean, low, high])
    return ShrunkRates(
        table, prior.distinguishable, basis["count"], basis["exposure"], dispersion, prior
    )


def posterior_draws(rates: ShrunkRates, *, n_draws: int, rng: np.random.Generator) -> Floats:
    """Draw true rates of all areas together, from the posterior that gives the interval.

    Parameters
    ----------
    rates
        Result of :func:`shrunk_rates`.
    n_draws
        Number of draws.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Rates per dwelling-year, shape (n_draws, areas), areas in the order of the index;
        not a number where an area has no rate.
    """
    prior = rates.prior
    usable = rates.count.notna().to_numpy()
    draws = np.full((n_draws, len(usable)), np.nan)
    if usable.any():
        node = rng.choice(len(prior.weight), size=n_draws, p=prior.weight)[:, None]
        shape = prior.shape[node] + rates.count.to_numpy()[usable] / rates.dispersion
        rate = prior.rate[node] + rates.exposure.to_numpy()[usable] / rates.dispersion
        draws[:, usable] = rng.standard_gamma(shape) / rate
    return draws


def draw_counts(mean: Floats, *, dispersion: float, rng: np.random.Generator) -> Floats:
    """Draw counts around their means: Poisson, or negative binomial where overdispersed.

    Parameters
    ----------
    mean
        Expected incidents, any shape.
    dispersion
        Variance over mean, at least 1.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Whole numbers, in the shape of `mean`.
    """
    if dispersion > 1:
        mean = rng.standard_gamma(mean / (dispersion - 1)) * (dispersion - 1)
    return rng.poisson(mean).astype(float)
