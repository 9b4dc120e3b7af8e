"""Keep, move or withdraw, and the five-year rule: by hand, by a regression, and by simulation."""

import numpy as np
import pytest
from scipy.optimize import minimize

from hotspots.planning.review import (
    advise,
    below_since,
    demand_left,
    five_years,
    shares_by_month,
    yearly_trend,
)


def places(*xs: float) -> np.ndarray:
    return np.array([[x, 0.0] for x in xs]).reshape(-1, 2)


def test_what_is_left_is_the_sum_of_twelve_months() -> None:
    monthly = np.array([[*([2.0] * 12), *([0.0] * 12)], [*([1.0] * 23), np.nan]])
    left = demand_left(monthly)
    assert np.isnan(left[:, :11]).all()
    assert left[0, 11:].tolist() == [24 - 2 * gone for gone in range(13)]
    # A month that was not delivered is not a month without incidents.
    assert left[1, -1] == pytest.approx(12)


def test_less_than_half_a_year_says_nothing() -> None:
    monthly = np.full((1, 18), np.nan)
    monthly[0, :5] = 3
    assert np.isnan(demand_left(monthly)).all()


def test_the_month_from_which_it_stayed_low() -> None:
    yearly = np.array(
        [[9.0, 5, 9, 5, 4], [9, 9, 9, 9, 9], [1, 1, 1, 1, 1], [np.nan, 9, 9, 5, np.nan]]
    )
    assert below_since(yearly, least=6).tolist() == [3, -1, 0, -1]


def test_each_camera_gets_one_advice() -> None:
    told = advise(
        places(0, 20, 300, 600, 900),
        places(5, 350, 700),
        np.array([False, False, False, True, False]),
    )
    # The first is nearest to the first site; the second, though near it too, must make way. Of
    # the three that are left two find a place over the least distance; one has none.
    assert told["advice"].tolist() == ["keep", "withdraw", "move", "withdraw", "move"]
    assert told["reason"].tolist() == [
        "in_plan", "not_in_plan", "better_elsewhere", "below_yardstick", "better_elsewhere",
    ]  # fmt: skip
    assert told["site"].tolist() == [-1, -1, 1, -1, 2]


def test_a_camera_under_the_yardstick_takes_no_place_from_another() -> None:
    told = advise(places(0, 10), places(2), np.array([True, False]))
    assert told["advice"].tolist() == ["withdraw", "keep"]


def test_no_cameras_or_no_plan() -> None:
    assert advise(places(), places(1), np.zeros(0, dtype=bool)).empty
    alone = advise(places(1), places(), np.zeros(1, dtype=bool))
    assert alone["reason"].tolist() == ["not_in_plan"]
    low = advise(places(1), places(), np.ones(1, dtype=bool))
    assert low["reason"].tolist() == ["below_yardstick"]


def test_the_trend_is_the_most_likely_one() -> None:
    counts = np.array([120.0, 131, 99, 90, 84, 61])
    year = np.arange(6)

    def minus_log_likelihood(level: np.ndarray) -> float:
        mean = np.exp(level[0] + level[1] * year)
        return float((mean - counts * np.log(mean)).sum())

    found = minimize(minus_log_likelihood, [4.0, 0.0], method="Nelder-Mead", tol=1e-12)
    trend = yearly_trend(counts)
    assert trend.ratio == pytest.approx(np.exp(found.x[1]), rel=1e-5)
    assert trend.low < trend.ratio < trend.high < 1


def test_counts_on_a_line_have_a_poisson_interval() -> None:
    # Exactly halved every year: nothing but Poisson noise is left. Information of the slope is
    # the variance of the year, weighted by the counts.
    counts = np.array([320.0, 160, 80, 40, 20, 10])
    year = np.arange(6)
    middle = (counts * year).sum() / counts.sum()
    error = 1 / np.sqrt((counts * (year - middle) ** 2).sum())
    trend = yearly_trend(counts)
    assert trend.ratio == pytest.approx(0.5)
    assert np.log(trend.high / trend.ratio) == pytest.approx(2.7764451 * error, rel=1e-6)


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_the_interval_holds_the_truth_about_95_times_in_100(spread: float) -> None:
    rng = np.random.default_rng(2)
    mean = 400 * 0.93 ** np.arange(6)
    draws = (
        rng.negative_binomial(mean / (spread - 1), 1 / spread, (400, 6))
        if spread > 1
        else rng.poisson(mean, (400, 6))
    )
    held = [
        trend.low <= 0.93 <= trend.high
        for trend in (yearly_trend(each.astype(float)) for each in draws)
    ]
    # Of counts that do not vary more than Poisson it errs on the wide side.
    assert 0.92 <= np.mean(held) <= (0.995 if spread > 1 else 1.0)


def test_five_years_read_both_ways() -> None:
    falling = five_years(np.array([100.0, 99, 98, 97, 96, 95]))
    assert falling["five_improvements"] is True
    assert falling["trend_down"] is False
    assert falling["reconsider"] is True
    jumpy = five_years(np.array([400.0, 300, 310, 220, 150, 100]))
    assert jumpy["years_improved"] == 4
    assert jumpy["trend_down"] is True
    assert jumpy["reconsider"] is True
    flat = five_years(np.array([100.0, 101, 99, 100, 102, 98]))
    assert flat["reconsider"] is False
    missing = five_years(np.array([100.0, np.nan, 98, 97, 96, 95]))
    assert set(missing.values()) == {None}


def test_nothing_and_almost_nothing() -> None:
    assert np.isnan(yearly_trend(np.zeros(6)).ratio)
    assert five_years(np.zeros(6))["reconsider"] is False
    last = yearly_trend(np.array([0.0, 0, 0, 0, 0, 10]))
    assert np.isnan(last.high)


def test_shares_by_month() -> None:
    rng = np.random.default_rng(1)
    share, low, high = shares_by_month(np.full(12, 2.0), np.full(12, 8.0), draws=500, rng=rng)
    assert (share, low, high) == (0.25, 0.25, 0.25)
    covered = np.array([0.0, 4] * 6)
    share, low, high = shares_by_month(covered, np.full(12, 4.0), draws=4000, rng=rng)
    # Twelve tosses of a coin: the share lies within two standard errors of a half.
    assert share == 0.5
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / np.sqrt(12), abs=0.05)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / np.sqrt(12), abs=0.05)
    assert np.isnan(shares_by_month(np.zeros(3), np.zeros(3), draws=10, rng=rng)).all()
