"""The 95% intervals of shrunk rates hold the true rate 95% of the time, by simulation.

Monthly counts with a season are made from known rates of areas as unequal as a real city's
districts; the dispersion is estimated from them as in a run, never given.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from hotspots.analysis.rates import dispersion, shrunk_rates

Floats = npt.NDArray[np.float64]

SEASON = np.array([1.2, 1.1, 1, 0.9, 0.9, 0.8, 0.9, 1, 0.9, 1, 1.1, 1.2]) / 12
# Dwellings of every fifth district of The Hague by size: from 47 to 20,758.
DISTRICTS = [47, 425, 1355, 2839, 4141, 6723, 7580, 8366, 9717, 10079, 12831, 20758]


def dwellings(areas: int) -> Floats:
    return np.quantile(DISTRICTS, np.linspace(0, 1, areas))


def true_rates(
    areas: int, *, mean: float, cv: float, family: str, rng: np.random.Generator
) -> Floats:
    if cv == 0:
        return np.full(areas, mean)
    if family == "gamma":
        return rng.gamma(cv**-2, mean * cv**2, areas)
    sigma = np.sqrt(np.log1p(cv**2))
    return mean * np.exp(rng.normal(-(sigma**2) / 2, sigma, areas))


def three_years(rates: Floats, spread: float, rng: np.random.Generator) -> pd.DataFrame:
    """Monthly counts with a variance of `spread` times their mean."""
    mean = np.outer(rates * dwellings(len(rates)), np.tile(SEASON, 3))
    if spread > 1:
        mean = rng.gamma(mean / (spread - 1)) * (spread - 1)
    return pd.DataFrame(rng.poisson(mean).astype(float))


def simulate(
    *, areas: int, mean: float, cv: float, family: str, spread: float, redrawn: bool, repeats: int
) -> tuple[Floats, float]:
    """Return the share of rates held per repeat, and how often areas were told apart."""
    rng = np.random.default_rng(2026)
    exposure = pd.Series(3 * dwellings(areas))
    about = {"mean": mean / exposure.mean(), "cv": cv}
    held, told_apart = np.empty(repeats), 0
    rates = true_rates(areas, **about, family=family, rng=rng)
    for repeat in range(repeats):
        if redrawn or repeat % 20 == 0:
            rates = true_rates(areas, **about, family=family, rng=rng)
        monthly = three_years(rates, spread, rng)
        found = shrunk_rates(monthly.sum(axis=1), exposure, dispersion=dispersion(monthly))
        held[repeat] = (
            found.table["eb_low"]
            .le(1000 * rates)
            .mul(found.table["eb_high"].ge(1000 * rates))
            .mean()
        )
        told_apart += found.distinguishable
    return held, told_apart / repeats


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1.0, 1.6])
@pytest.mark.parametrize(
    ("areas", "mean", "cv", "family", "redrawn"),
    [
        (20, 3, 0.8, "gamma", True),
        (20, 20, 0.4, "lognormal", True),
        (20, 150, 0.15, "gamma", False),
        (37, 3, 0.8, "lognormal", True),
        (37, 20, 0.4, "gamma", False),
        (37, 150, 0.4, "lognormal", True),
        (110, 3, 0.4, "gamma", True),
        (110, 20, 0.15, "gamma", True),
        (110, 150, 0.8, "lognormal", False),
    ],
)
def test_intervals_hold_the_true_rate_in_93_to_97_percent(
    areas: int, mean: float, cv: float, family: str, redrawn: bool, spread: float
) -> None:
    held, _ = simulate(
        areas=areas,
        mean=mean,
        cv=cv,
        family=family,
        spread=spread,
        redrawn=redrawn,
        repeats=max(20, 800 // areas),
    )
    margin = 2 * held.std() / np.sqrt(len(held))
    assert 0.93 - margin <= held.mean() <= 0.97 + margin


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1.0, 1.6])
@pytest.mark.parametrize(("areas", "mean"), [(20, 3), (20, 150), (37, 20)])
def test_equal_rates_are_seldom_told_apart_and_always_covered(
    areas: int, mean: float, spread: float
) -> None:
    held, told_apart = simulate(
        areas=areas, mean=mean, cv=0, family="", spread=spread, redrawn=True, repeats=40
    )
    assert held.mean() >= 0.95
    # At a level of 5%, more than 6 of 40 happens by chance once in 200 times.
    assert told_apart <= 0.15
