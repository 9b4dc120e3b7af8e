"""The gamma prior of area rates: by moments, and as every prior that the counts allow.

Counts and exposures are both divided by the dispersion here, so that Poisson formulas hold for
their mean and variance (quasi-likelihood).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import elementwise
from scipy.special import gammainc, gammaincinv, gammaln

Floats = npt.NDArray[np.float64]

_SCAN_NODES = 64
_CV_NODES = 24
_MEAN_NODES = np.linspace(-3.5, 3.5, 9)
_SPAN = 12.0
_LEAST_WEIGHT = 1e-6
_TOLD_APART = 2.706


@dataclass(frozen=True)
class Prior:
    """What all areas together say about the rate of any one of them.

    Parameters
    ----------
    mean
        Mean rate over areas, by moments.
    variance
        Variance of true rates between areas, by moments, 0 where they show none.
    shape, rate, weight
        Gamma priors (nodes) with their posterior weight, which sums to 1.
    distinguishable
        Whether the areas can be told apart: `variance` is above 0 and equal rates are refused by
        a likelihood-ratio test at 5% (Self and Liang 1987: a variance on its bound).
    """

    mean: float
    variance: float
    shape: Floats
    rate: Floats
    weight: Floats
    distinguishable: bool

    def posterior_mean(self, count: Floats, exposure: Floats) -> Floats:
        """Return the posterior mean rate per area under the prior by moments."""
        if self.variance == 0:
            return np.full(len(count), self.mean)
        prior_exposure = self.mean / self.variance
        return (self.mean * prior_exposure + count) / (prior_exposure + exposure)


def fit_prior(count: Floats, exposure: Floats) -> Prior:
    """Fit the gamma prior of rates to the areas, by moments and by its whole likelihood.

    The nodes cover every prior whose likelihood matters: an even grid of coefficients of
    variation `cv`, and for each a range of means around the best. Beforehand a `cv` is as likely
    as its root is large: between a flat prior on the deviation between areas, with which
    simulated 95% intervals held as few as 92% of true rates, and one on their variance, with
    which they held up to 98% also where the counts show the areas to differ.

    Parameters
    ----------
    count, exposure
        By area, 0 or more and above 0, divided by the dispersion.

    Returns
    -------
    Prior
        Without nodes when there are no areas.

    References
    ----------
    Marshall (1991) for the moments; Gelman (2006), Bayesian Analysis 1, 515-534, for a flat
    prior on the deviation; Morris and Tang (2011), Statistical Science 26, 271-287, for one on
    the variance.
    """
    if not len(count):
        none = np.empty(0)
        return Prior(np.nan, 0.0, none, none, none, distinguishable=False)
    mean = float(count.sum() / exposure.sum())
    spread = float((exposure * (count / exposure - mean) ** 2).sum() / exposure.sum())
    variance = max(0.0, spread - mean / float(exposure.mean()))
    # No set of n figures has a coefficient of variation above the root of n - 1.
    scan = np.geomspace(0.01, np.sqrt(len(count)), _SCAN_NODES)
    height = _log_likelihood(count, exposure, scan, _best_log_mean(count, exposure, scan)[0])
    likely = np.flatnonzero(height > height.max() - _SPAN)
    low, high = np.concatenate([[0.0], scan, scan[-1:]])[[likely[0], likely[-1] + 2]]
    nodes = low + (high - low) * (np.arange(_CV_NODES) + 0.5) / _CV_NODES
    shape, rate, weight = _weighted_nodes(count, exposure, nodes)
    gain = 2 * (height.max() - _log_likelihood_equal(count, exposure))
    return Prior(mean, variance, shape, rate, weight, variance > 0 and bool(gain > _TOLD_APART))


def _best_log_mean(count: Floats, exposure: Floats, cv: Floats) -> tuple[Floats, Floats]:
    """Find, per coefficient of variation, the most likely log mean rate and its deviation.

    The prior on the mean is Jeffreys' for a Poisson mean, so that areas without any incident
    have an answer too. The log posterior is concave in the log mean: Newton's method, with steps
    bounded because its tail is straight.
    """
    a = cv[:, None] ** -2.0
    log_mean = np.full((len(cv), 1), np.log((count.sum() + 0.5) / exposure.sum()))
    for _ in range(60):
        share = 1 / (1 + a / (exposure * np.exp(log_mean)))
        slope = 0.5 + (count - (a + count) * share).sum(axis=1, keepdims=True)
        bend = ((a + count) * share * (1 - share)).sum(axis=1, keepdims=True)
        step = np.clip(slope / bend, -2, 2)
        log_mean = log_mean + step
        if np.abs(step).max() < 1e-10:
            break
    return log_mean[:, 0], bend[:, 0] ** -0.5


def _log_likelihood(count: Floats, exposure: Floats, cv: Floats, log_mean: Floats) -> Floats:
    """Log-likelihood of priors (negative binomial over areas), up to a constant of the counts."""
    a, log_mean = cv[:, None] ** -2.0, log_mean[:, None]
    fall = (a + count) * np.log1p(exposure * np.exp(log_mean) / a)
    rise = gammaln(a + count) - gammaln(a) - count * np.log(a) + count * log_mean
    return np.asarray((rise - fall).sum(axis=1))


def _log_likelihood_equal(count: Floats, exposure: Floats) -> float:
    """Limit of :func:`_log_likelihood` for equal rates at their best mean."""
    total = float(count.sum())
    return total * np.log(total / float(exposure.sum())) - total if total else 0.0


def _weighted_nodes(count: Floats, exposure: Floats, cv: Floats) -> tuple[Floats, Floats, Floats]:
    """Return shape, rate and posterior weight of gamma priors around the likely means."""
    centre, deviation = _best_log_mean(count, exposure, cv)
    log_mean = (centre[:, None] + deviation[:, None] * _MEAN_NODES).ravel()
    cv = np.repeat(cv, len(_MEAN_NODES))
    height = _log_likelihood(count, exposure, cv, log_mean) + 0.5 * log_mean
    # Each node stands for a stretch of log mean as wide as its spacing.
    stretch = np.repeat(deviation, len(_MEAN_NODES))
    weight = np.exp(height - height.max()) * stretch * np.sqrt(cv)
    kept = weight > _LEAST_WEIGHT * weight.max()
    shape = cv[kept] ** -2.0
    return shape, shape / np.exp(log_mean[kept]), weight[kept] / weight[kept].sum()


def mixture_quantile(prior: Prior, count: Floats, exposure: Floats, probability: float) -> Floats:
    """Return a quantile of each area's posterior rate, averaged over the nodes of the prior.

    Parameters
    ----------
    prior
        Result of :func:`fit_prior`.
    count, exposure
        By area, divided by the dispersion.
    probability
        Between 0 and 1.

    Returns
    -------
    numpy.ndarray
        Rate per area; rises with the count where exposures are equal.
    """

    def excess(rate: Floats, count: Floats, exposure: Floats) -> Floats:
        scaled = (prior.rate + exposure[..., None]) * rate[..., None]
        below = gammainc(prior.shape + count[..., None], scaled) @ prior.weight
        return np.asarray(below - probability)

    each = gammaincinv(prior.shape + count[:, None], probability) / (prior.rate + exposure[:, None])
    bracket = (each.min(axis=1) * (1 - 1e-6), each.max(axis=1) * (1 + 1e-6))
    found = elementwise.find_root(
        excess, bracket, args=(count, exposure), tolerances={"fatol": 1e-11}
    )
    return np.asarray(found.x)
