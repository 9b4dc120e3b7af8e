import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from hotspots.analysis.change import change, city_dispersion, ratio_interval

MONTHS = range(1, 13)


def year(*counts: float) -> pd.Series:
    return pd.Series(counts, MONTHS, dtype=float)


def test_only_months_known_in_both_years_are_compared() -> None:
    now = year(*[10] * 10, 99, np.nan)
    before = year(np.nan, *[20] * 9, np.nan, 50)
    found = change(now, before)
    assert (found.count, found.count_previous, found.same_months) == (90, 180, 9)
    assert found.ratio == 0.5


@pytest.mark.parametrize(("count", "previous"), [(80, 100), (3, 7), (0, 5), (1273, 1615)])
def test_interval_is_the_exact_binomial_one_of_scipy(count: int, previous: int) -> None:
    exact = binomtest(count, count + previous).proportion_ci(0.95, method="exact")
    low, high = ratio_interval(count, previous)
    assert low == pytest.approx(exact.low / (1 - exact.low))
    assert high == pytest.approx(exact.high / (1 - exact.high))


def test_overdispersion_widens_like_fewer_counts() -> None:
    now, before = year(*[16] * 12), year(*[32] * 12)
    thinner = change(year(*[8] * 12), year(*[16] * 12))
    wide = change(now, before, dispersion=2)
    assert (wide.ratio_low, wide.ratio_high) == (thinner.ratio_low, thinner.ratio_high)
    assert wide.ratio == change(now, before).ratio == 0.5


def test_zeros_are_sensible() -> None:
    none, some = year(*[0] * 12), year(*[1] * 12)
    both = change(none, none)
    assert np.isnan([both.ratio, both.ratio_low, both.ratio_high]).all()
    gone = change(none, some)
    assert gone.ratio == gone.ratio_low == 0
    # No incident left of twelve: the share of now is below p with (1 - p)^12 = 0.025.
    share = 1 - 0.025 ** (1 / 12)
    assert gone.ratio_high == pytest.approx(share / (1 - share))
    new = change(some, none)
    assert np.isnan([new.ratio, new.ratio_high]).all()
    assert new.ratio_low == pytest.approx(1 / gone.ratio_high)


def test_turning_the_years_around_turns_the_ratio_around() -> None:
    low, high = ratio_interval(40, 70)
    assert ratio_interval(70, 40) == pytest.approx((1 / high, 1 / low))


def test_no_month_in_common() -> None:
    found = change(year(*[1] * 6, *[np.nan] * 6), year(*[np.nan] * 6, *[1] * 6))
    assert found.same_months == 0
    assert np.isnan(found.ratio)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1.0, 1.6, 3.0])
def test_the_interval_holds_the_true_ratio_in_95_percent(spread: float) -> None:
    rng = np.random.default_rng(20)
    season = np.array([1.3, 1.2, 1, 0.9, 0.9, 0.8, 0.9, 1, 0.9, 1, 1.1, 1]) / 12
    months = pd.period_range("2011-01", periods=84, freq="M")
    held = 0
    for _ in range(600):
        level = 1500 * np.exp(rng.normal(0, 0.15, 7))
        mean = np.outer(level, season)
        if spread > 1:
            mean = rng.gamma(mean / (spread - 1)) * (spread - 1)
        history = pd.Series(rng.poisson(mean).ravel().astype(float), months)
        table = history.to_numpy().reshape(7, 12)
        found = change(year(*table[6]), year(*table[5]), dispersion=city_dispersion(history))
        held += found.ratio_low <= level[6] / level[5] <= found.ratio_high
    assert held / 600 == pytest.approx(0.955, abs=0.03)
