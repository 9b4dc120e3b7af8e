"""Shrunk rates: worked by hand, against esda, against plain integration, and their properties."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma, nbinom

from hotspots.analysis.rates import ShrunkRates, draw_counts, posterior_draws, shrunk_rates

Floats = npt.NDArray[np.float64]
ENDS = ["eb_low", "eb_rate", "eb_high"]

spreads = st.floats(1, 5)
areas = st.lists(st.tuples(st.integers(0, 500), st.floats(1, 1e5)), min_size=1, max_size=12)


def shrink(count: list[float], exposure: list[float], *, dispersion: float = 1.0) -> ShrunkRates:
    codes = [f"A{i}" for i in range(len(count))]
    return shrunk_rates(pd.Series(count, codes), pd.Series(exposure, codes), dispersion=dispersion)


# Three areas, 24 incidents in 4,000 dwelling-years: m = 0.006; rates 0.002, 0.003 and 0.016.
# Weighted square distance: (1000 x 0.004^2 + 2000 x 0.003^2 + 1000 x 0.010^2) / 4000 = 3.35e-5.
#
# Dispersion 1: less m / (4000/3) = 4.5e-6 leaves s2 = 2.9e-5, a prior worth m / s2 = 6000/29
# dwelling-years and 36/29 incidents. First area: (2 + 36/29) / (1000 + 6000/29) = 94 / 35000.
# Dispersion 2: less 9e-6 leaves s2 = 2.45e-5, worth 12000/49 and 72/49 beside halved figures.
# First area: (1 + 72/49) / (500 + 12000/49) = 121 / 36500.
@pytest.mark.parametrize(
    ("dispersion", "expected"),
    [
        (1, [94 / 35000, 210 / 64000, 500 / 35000]),
        (2, [121 / 36500, 219 / 61000, 464 / 36500]),
    ],
)
def test_worked_by_hand(dispersion: float, expected: list[float]) -> None:
    rates = shrink([2, 6, 16], [1000, 2000, 1000], dispersion=dispersion)
    assert rates.table["rate_per_1000"].to_numpy() == pytest.approx([2, 3, 16])
    assert rates.table["eb_rate"].to_numpy() == pytest.approx(1000 * np.array(expected))


def test_equals_esda_where_variance_does_not_truncate() -> None:
    rng = np.random.default_rng(1)
    for n in (5, 44, 300):
        exposure = rng.lognormal(8, 1.2, n)
        count = rng.poisson(exposure * rng.gamma(4, 0.002, n))
        oracle = 1000 * np.asarray(Empirical_Bayes(count, exposure).r).ravel()
        found = shrink(list(count), list(exposure)).table["eb_rate"]
        assert found.to_numpy() == pytest.approx(oracle, rel=1e-12)


def test_areas_that_cannot_be_told_apart_share_one_rate_and_keep_a_real_interval() -> None:
    rates = shrink([5, 11, 4], [1000, 2000, 1000])
    assert not rates.distinguishable
    assert (rates.table["eb_rate"] == 5).all()
    assert (rates.table["eb_low"] < 4).all()
    assert (rates.table["eb_high"] > 6).all()


def test_areas_that_differ_beyond_chance_are_told_apart() -> None:
    assert shrink([2, 6, 160], [1000, 2000, 1000]).distinguishable


def test_an_area_without_exposure_or_count_has_no_rate_and_does_not_touch_the_others() -> None:
    rest = shrink([7, 30, 2, 9], [900, 800, 1200, 500])
    found = shrink([7, 30, 2, 9, 3, np.nan, 4], [900, 800, 1200, 500, 0, 700, np.nan])
    pd.testing.assert_frame_equal(found.table.iloc[:4], rest.table)
    assert found.table.iloc[4:].isna().all(axis=None)
    draws = posterior_draws(found, n_draws=3, rng=np.random.default_rng(0))
    assert np.isnan(draws).tolist() == [[False] * 4 + [True] * 3] * 3


def test_no_area_at_all() -> None:
    rates = shrink([np.nan, 3], [5, 0])
    assert rates.table.isna().all(axis=None)
    assert not rates.distinguishable


def test_no_incident_at_all_still_has_an_upper_end() -> None:
    rates = shrink([0, 0, 0], [1000, 2000, 50])
    assert (rates.table[["rate_per_1000", "eb_rate", "eb_low"]] == 0).all(axis=None)
    # Were all rates equal, three incidents in these 3,050 dwelling-years would have been noticed.
    assert rates.table["eb_high"].between(0.5, 20).all()


def test_one_area_keeps_its_own_rate() -> None:
    table = shrink([20], [4000]).table
    assert table["eb_rate"].tolist() == [5]
    assert table["eb_low"].iloc[0] < 4 < 6.5 < table["eb_high"].iloc[0]


def test_a_dispersion_below_1_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be below 1"):
        shrink([1], [1], dispersion=0.9)


def chance_below(rate: Floats, count: Floats, exposure: Floats) -> Floats:
    """Posterior chance by brute force: a dense grid of priors, densities straight from scipy."""
    cv = np.sqrt(len(count)) * (np.arange(400) + 0.5) / 400
    log_mean = np.log(count.sum() / exposure.sum()) + np.linspace(-4, 4, 321)
    shape, mean = (grid.ravel()[:, None] for grid in np.meshgrid(cv**-2, np.exp(log_mean)))
    success = 1 / (1 + exposure * mean / shape)
    height = nbinom.logpmf(count, shape, success).sum(axis=1)
    # Jeffreys' prior on the mean, and one on cv = shape ** -0.5 that rises with its root.
    height += 0.5 * np.log(mean[:, 0]) - 0.25 * np.log(shape[:, 0])
    weight = np.exp(height - height.max())
    keep = weight > 1e-9
    weight, shape, mean = weight[keep] / weight[keep].sum(), shape[keep], mean[keep]
    below = gamma.cdf(rate, shape + count, scale=1 / (shape / mean + exposure))
    return np.asarray(weight @ below)


@pytest.mark.parametrize(
    ("count", "exposure"),
    [
        ([2, 6, 16, 0, 3], [1000, 2000, 1000, 60, 900]),
        ([5, 10, 4, 9, 1, 0], [1000, 2000, 1000, 1500, 150, 47]),
        ([700, 280, 340, 3, 0, 90, 46, 500], [37e3, 18e3, 30e3, 136, 292, 5e3, 12e3, 30e3]),
    ],
)
def test_interval_is_that_of_plain_integration_over_priors(
    count: list[float], exposure: list[float]
) -> None:
    rates = shrink(count, exposure)
    low, mean, high = (rates.table[name].to_numpy() / 1000 for name in ENDS)
    y, e = np.array(count, float), np.array(exposure, float)
    inside = (low < mean) & (mean < high)
    assert chance_below(low, y, e)[inside] == pytest.approx(0.025, abs=0.0015)
    assert chance_below(high, y, e)[inside] == pytest.approx(0.975, abs=0.0015)


def test_draws_come_from_the_posterior_of_the_interval() -> None:
    rates = shrink([2, 6, 16, 0, 3], [1000, 2000, 1000, 60, 900], dispersion=1.4)
    draws = 1000 * posterior_draws(rates, n_draws=40_000, rng=np.random.default_rng(3))
    table = rates.table
    assert (draws < table["eb_low"].to_numpy()).mean(axis=0) == pytest.approx(0.025, abs=0.004)
    assert (draws > table["eb_high"].to_numpy()).mean(axis=0) == pytest.approx(0.025, abs=0.004)


@pytest.mark.parametrize("dispersion", [1.0, 1.6, 4.0])
def test_drawn_counts_have_the_mean_and_the_variance_asked_for(dispersion: float) -> None:
    mean = np.repeat([0.3, 4.0, 60.0], 60_000).reshape(3, -1)
    drawn = draw_counts(mean, dispersion=dispersion, rng=np.random.default_rng(5))
    assert drawn.mean(axis=1) == pytest.approx(mean[:, 0], rel=0.03)
    assert drawn.var(axis=1) / mean[:, 0] == pytest.approx(dispersion, rel=0.05)


@settings(max_examples=50, deadline=None)
@given(areas, spreads)
def test_an_interval_holds_its_rate_and_is_never_a_point(
    figures: list[tuple[int, float]], dispersion: float
) -> None:
    count, exposure = map(list, zip(*figures, strict=True))
    table = shrink(count, exposure, dispersion=dispersion).table
    assert (table["eb_low"] <= table["eb_rate"]).all()
    assert (table["eb_rate"] <= table["eb_high"]).all()
    assert (table["eb_low"] < table["eb_high"]).all()
    assert np.isfinite(table).all(axis=None)


@settings(max_examples=50, deadline=None)
@given(areas, st.integers(0, 500), st.integers(0, 500), st.floats(1, 1e5), spreads)
def test_order_is_never_reversed_at_equal_exposure(
    figures: list[tuple[int, float]], low: int, high: int, exposure: float, dispersion: float
) -> None:
    low, high = sorted((low, high))
    count, exposures = map(list, zip(*figures, (low, exposure), (high, exposure), strict=True))
    table = shrink(count, exposures, dispersion=dispersion).table[ENDS]
    less, more = table.iloc[-2], table.iloc[-1]
    assert (less <= more * (1 + 1e-9)).all()


@settings(max_examples=30, deadline=None)
@given(areas, st.floats(1, 100), spreads)
def test_scale(figures: list[tuple[int, float]], factor: float, dispersion: float) -> None:
    count, exposure = map(list, zip(*figures, strict=True))
    table = shrink(count, exposure, dispersion=dispersion).table
    spread_out = shrink(count, [factor * each for each in exposure], dispersion=dispersion).table
    pd.testing.assert_frame_equal(spread_out * factor, table, rtol=1e-6, atol=1e-9)
    bigger = shrink(
        [factor * each for each in count],
        [factor * each for each in exposure],
        dispersion=factor * dispersion,
    ).table
    pd.testing.assert_frame_equal(bigger, table, rtol=1e-6, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(areas.flatmap(lambda each: st.tuples(st.just(each), st.permutations(range(len(each))))))
def test_permuting_the_areas_permutes_the_answer(
    case: tuple[list[tuple[int, float]], list[int]],
) -> None:
    figures, order = case
    count, exposure = map(list, zip(*figures, strict=True))
    table = shrink(count, exposure).table.iloc[order].reset_index(drop=True)
    shuffled = shrink([count[i] for i in order], [exposure[i] for i in order]).table
    pd.testing.assert_frame_equal(shuffled.reset_index(drop=True), table, rtol=1e-6, atol=1e-9)
