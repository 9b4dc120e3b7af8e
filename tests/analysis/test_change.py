from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats.contingency import odds_ratio

from hotspots.analysis.change import (
    area_dispersion,
    change,
    changes,
    city_dispersion,
    ratio_interval,
)

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


def compared(
    *rows: tuple[float, float, float, float], dispersion: float = 1
) -> list[dict[Any, Any]]:
    """Changes of areas given as now, before, rest now, rest before."""
    columns = [pd.Series(column, dtype=float) for column in zip(*rows, strict=True)]
    return changes(*columns, dispersion=dispersion).to_dict("records")


def missing(row: dict[Any, Any]) -> set[str]:
    return {name for name, figure in row.items() if np.isnan(figure)}


def drawn(
    mean: float, spread: float, size: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    if spread > 1:
        return rng.poisson(rng.gamma(mean / (spread - 1), size=size) * (spread - 1)).astype(float)
    return rng.poisson(mean, size).astype(float)


def test_areas_are_compared_as_the_city_is() -> None:
    found = compared((36, 24, 900, 1000), (0, 7, 900, 1000), dispersion=1.6)
    for row, (now, before) in zip(found, [(36, 24), (0, 7)], strict=True):
        low, high = ratio_interval(now, before, dispersion=1.6)
        assert (row["ratio"], row["ratio_low"], row["ratio_high"]) == (now / before, low, high)


def test_relative_worked_by_hand() -> None:
    # 1.5 times as many here, 0.9 times in the rest.
    found = compared((36, 24, 900, 1000))[0]
    assert found["relative"] == pytest.approx(1.5 / 0.9)
    # The log is off by the root of the sum of reciprocal counts: 0.268.
    off = 1.96 * np.sqrt(1 / 36 + 1 / 24 + 1 / 900 + 1 / 1000)
    assert found["relative_low"] == pytest.approx(1.5 / 0.9 * np.exp(-off), rel=0.02)
    assert found["relative_high"] == pytest.approx(1.5 / 0.9 * np.exp(off), rel=0.02)


@pytest.mark.parametrize(
    "counts", [(36, 24, 900, 1000), (12, 40, 500, 700), (9, 14, 60, 45), (80, 20, 3000, 2500)]
)
def test_relative_interval_lies_within_the_exact_conditional_one(
    counts: tuple[int, int, int, int],
) -> None:
    now, before, rest_now, rest_before = counts
    exact = odds_ratio([[now, before], [rest_now, rest_before]]).confidence_interval(0.95)
    found = compared(counts)[0]
    # The exact one holds more than 95%: it is wider, by little.
    assert exact.low < found["relative_low"] < exact.low * 1.2
    assert exact.high / 1.2 < found["relative_high"] < exact.high


def test_against_a_rest_that_is_certain_the_relative_change_is_the_change() -> None:
    sure = compared((30, 20, 5e7, 1e8))[0]
    low, high = ratio_interval(30, 20)
    assert sure["relative"] == pytest.approx(3)
    # Jeffreys' interval lies within the exact one.
    assert 2 * low < sure["relative_low"] < 2 * low * 1.05
    assert 2 * high / 1.06 < sure["relative_high"] < 2 * high


def test_nothing_is_said_where_nothing_can_be() -> None:
    gone, new, none, unknown = compared(
        (0, 5, 90, 100), (5, 0, 90, 100), (0, 0, 90, 100), (np.nan, 5, 90, 100)
    )
    assert gone["ratio"] == gone["relative"] == gone["relative_low"] == 0
    assert gone["relative_high"] < 2
    assert new["relative_low"] > 0
    assert missing(new) == {"ratio", "ratio_high", "relative", "relative_high"}
    assert missing(none) == missing(unknown) == set(none)
    nothing, before, now = compared((5, 5, 0, 0), (5, 5, 0, 9), (5, 5, 9, 0))
    assert missing(nothing) == {"relative", "relative_low", "relative_high"}
    assert missing(before) == {"relative", "relative_high"}
    assert before["relative_low"] > 0
    assert not missing(now)
    assert now["relative"] == now["relative_low"] == 0


def test_changes_keep_the_index_and_refuse_too_little_dispersion() -> None:
    counts = pd.Series([4.0, 9], index=["b", "a"])
    found = changes(counts, counts[::-1], counts + 90, counts + 80, dispersion=1)
    assert found.index.tolist() == ["b", "a"]
    assert found["ratio"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="below 1"):
        changes(counts, counts, counts, counts, dispersion=0.9)
    nothing = counts[:0]
    assert changes(nothing, nothing, nothing, nothing, dispersion=1).shape == (0, 6)


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(0, 9000)] * 2), st.floats(1, 20))
def test_properties_of_a_change(counts: tuple[int, int, int, int], spread: float) -> None:
    now, before, rest_now, rest_before = counts
    there, back, city, wide = (
        compared(row, dispersion=factor)[0]
        for row, factor in [
            (counts, 1.0),
            ((before, now, rest_before, rest_now), 1.0),
            ((rest_now, rest_before, now, before), 1.0),
            (counts, spread),
        ]
    )
    for name in ("ratio", "relative"):
        for found in (there, wide):
            assert not found[f"{name}_low"] > found[name] * (1 + 1e-9)
            assert not found[f"{name}_high"] < found[name] * (1 - 1e-9)
        assert not wide[f"{name}_low"] > there[f"{name}_low"] * (1 + 1e-9)
        assert not wide[f"{name}_high"] < there[f"{name}_high"] * (1 - 1e-9)
    if all(counts):
        for turned in (back, city):
            low, high = 1 / turned["relative_high"], 1 / turned["relative_low"]
            assert low == pytest.approx(there["relative_low"])
            assert high == pytest.approx(there["relative_high"])


@pytest.mark.parametrize("spread", [1.0, 1.6, 3.0])
@pytest.mark.parametrize(
    "means",
    [
        (10, 10, 1000, 900),
        (15, 10, 1000, 1000),
        (30, 15, 3000, 2500),
        (12, 40, 500, 700),
        (100, 80, 3000, 3000),
        (10, 10, 20, 20),
        (20, 20, 40, 10),
    ],
)
def test_the_relative_interval_holds_the_truth_in_93_to_97_percent(
    means: tuple[int, int, int, int], spread: float
) -> None:
    rng = np.random.default_rng(12)
    counts = [pd.Series(drawn(mean, spread, 10_000, rng)) for mean in means]
    found = changes(*counts, dispersion=spread)
    truth = means[0] * means[3] / means[1] / means[2]
    missed = (found["relative_low"] > truth) | (found["relative_high"] < truth)
    assert 0.93 <= 1 - missed.mean() <= 0.97


def test_an_area_chosen_because_it_is_high_now_seems_to_rise() -> None:
    # What the docstring warns of: nothing changed, and yet the highest of 50 rose.
    rng = np.random.default_rng(13)
    now, before = rng.poisson(20, (2, 50)).astype(float)
    top = pd.Series([now.max()]), pd.Series([before[now.argmax()]])
    rest = pd.Series([1000.0])
    assert changes(*top, rest, rest, dispersion=1)["ratio"].item() > 1.2


def test_dispersion_of_areas_leaves_a_season_of_their_own_out() -> None:
    rng = np.random.default_rng(14)
    months = pd.period_range("2019-01", periods=60, freq="M")
    season = 1 + 0.9 * np.cos(2 * np.pi * (np.arange(60) + np.arange(30)[:, None]) / 12)
    mean = 6 * season * np.repeat([1.0, 1.3, 0.8, 0.9, 1.1], 12)
    steady = pd.DataFrame(rng.poisson(mean).astype(float), columns=months)
    assert area_dispersion(steady) == pytest.approx(1, abs=0.1)
    spread = rng.poisson(rng.gamma(mean / 1.5) * 1.5).astype(float)
    lively = pd.DataFrame(spread, columns=months)
    assert area_dispersion(lively) == pytest.approx(2.5, abs=0.25)
    holes = lively.mask(rng.random(lively.shape) < 0.2)
    assert area_dispersion(holes) == pytest.approx(2.5, abs=0.3)


def test_dispersion_of_areas_needs_two_years() -> None:
    months = pd.period_range("2024-01", periods=12, freq="M")
    table = pd.DataFrame(np.arange(24.0).reshape(2, 12), columns=months)
    assert area_dispersion(table) == 1
    assert area_dispersion(table.iloc[:, :0]) == 1


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
