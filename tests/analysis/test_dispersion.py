"""Variance over mean within areas: worked by hand, against another fit, and by simulation."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import PoissonRegressor

from hotspots.analysis.change import city_dispersion
from hotspots.analysis.rates import dispersion

SEASON = np.array([1.3, 1.1, 1, 0.9, 0.9, 0.8, 0.9, 1, 0.9, 1, 1.1, 1.1]) / 12


def counts(
    mean: npt.NDArray[np.float64], spread: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    if spread > 1:
        mean = rng.gamma(mean / (spread - 1)) * (spread - 1)
    return rng.poisson(mean).astype(float)


def test_worked_by_hand() -> None:
    # Both totals are 10 and 6, so 10 x 10/16 = 6.25, 3.75, 3.75 and 2.25 are expected; every cell
    # is 3.75 off: 4 x 3.75^2 = 56.25. Given the totals, the variances of Poisson counts add up to
    # 16 x (1 - (5/8)^2 - (3/8)^2)^2 x 16/15 = 16 x (30/64)^2 x 16/15 = 3.75. 56.25 / 3.75 = 15.
    assert dispersion(pd.DataFrame([[10.0, 0], [0, 6]])) == pytest.approx(15)


def test_months_and_areas_of_different_size_are_no_variation() -> None:
    table = np.outer([1, 2, 50], [3.0, 5, 8, 4])
    assert dispersion(pd.DataFrame(table)) == 1


@pytest.mark.parametrize(
    "table",
    [[[]], [[1.0, 5]], [[2.0], [9]], [[np.nan] * 2] * 2, [[0.0] * 3] * 3, [[1.0, 0], [0, 0]]],
)
def test_nothing_to_compare_is_1(table: list[list[float]]) -> None:
    assert dispersion(pd.DataFrame(table)) == 1


def test_holes_are_fitted_as_a_poisson_regression_does() -> None:
    rng = np.random.default_rng(4)
    table = counts(np.outer([40.0, 90, 20, 60], SEASON * 3), 2.5, rng)
    table[0, 3] = table[1, 7] = table[1, 8] = table[3, 11] = np.nan
    row, column = np.nonzero(~np.isnan(table))
    observed = table[row, column]
    effects = np.hstack([np.eye(4)[row, 1:], np.eye(12)[column, 1:]])
    model = PoissonRegressor(alpha=0, tol=1e-12, max_iter=100_000, solver="newton-cholesky")
    expected = np.zeros_like(table)
    expected[row, column] = model.fit(effects, observed).predict(effects)
    area, month = expected.sum(axis=1, keepdims=True), expected.sum(axis=0, keepdims=True)
    variance = expected * (1 - expected / area) * (1 - expected / month)
    squares = ((observed - expected[row, column]) ** 2).sum()
    n = observed.sum()
    assert dispersion(pd.DataFrame(table)) == pytest.approx(
        squares / (variance.sum() * n / (n - 1)), rel=1e-6
    )


@pytest.mark.parametrize("spread", [1.6, 3.0])
@pytest.mark.parametrize(("areas", "per_month"), [(110, 0.05), (20, 0.5), (37, 5.0), (6, 40.0)])
def test_finds_the_planted_spread(areas: int, per_month: float, spread: float) -> None:
    rng = np.random.default_rng(8)
    size = rng.lognormal(0, 1, areas)
    mean = np.outer(size / size.mean(), np.tile(SEASON, 3)) * 12 * per_month
    found = [dispersion(pd.DataFrame(counts(mean, spread, rng))) for _ in range(150)]
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(spread, abs=0.04 * spread + 3 * error)


@pytest.mark.parametrize(("areas", "per_month"), [(110, 0.05), (37, 5.0)])
def test_poisson_counts_are_hardly_ever_called_overdispersed(areas: int, per_month: float) -> None:
    # The floor at 1 lifts the mean of an unbiased estimate by 0.4 of its deviation.
    rng = np.random.default_rng(9)
    mean = np.outer(rng.lognormal(0, 1, areas), np.tile(SEASON, 3)) * 12 * per_month
    found = [dispersion(pd.DataFrame(counts(mean, 1, rng))) for _ in range(150)]
    assert np.mean(found) < 1.05
    assert np.median(found) < 1.03


def test_holes_do_not_bias() -> None:
    rng = np.random.default_rng(10)
    mean = np.outer(rng.lognormal(0, 1, 37), np.tile(SEASON, 3)) * 12
    found = []
    for _ in range(100):
        table = counts(mean, 1.6, rng)
        table[rng.random(table.shape) < 0.2] = np.nan
        table[:, 35] = np.nan
        found.append(dispersion(pd.DataFrame(table)))
    assert np.mean(found) == pytest.approx(1.6, abs=0.06)


def test_the_city_is_compared_by_year_and_calendar_month() -> None:
    months = pd.period_range("2015-01", periods=36, freq="M")
    steady = np.outer([300.0, 200, 260], SEASON * 60).ravel()
    assert city_dispersion(pd.Series(steady, months)) == 1
    rng = np.random.default_rng(11)
    found = [city_dispersion(pd.Series(counts(steady, 3, rng), months)) for _ in range(300)]
    assert np.mean(found) == pytest.approx(3, abs=0.25)


@settings(max_examples=50, deadline=None)
@given(
    arrays(float, (5, 7), elements=st.integers(0, 30).map(float) | st.just(np.nan)),
    st.permutations(range(5)),
    st.permutations(range(7)),
)
def test_the_order_of_areas_and_months_does_not_matter(
    table: npt.NDArray[np.float64], rows: list[int], columns: list[int]
) -> None:
    frame = pd.DataFrame(table)
    assert dispersion(frame.iloc[rows, columns]) == pytest.approx(dispersion(frame), rel=1e-6)
