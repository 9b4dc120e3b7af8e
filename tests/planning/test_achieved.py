"""Chosen areas together against the rest of the city: worked by hand, and against planted truth."""

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.change import ratio_interval
from hotspots.planning.achieved import achieved

MONTHS = pd.period_range("2022-01", "2025-12", freq="M")


def steady(**per_month: tuple[int, int]) -> pd.DataFrame:
    """Counts by area: so many a month before 2025, and so many in it."""
    rows = {
        code: np.where(MONTHS.year < 2025, before, now) for code, (before, now) in per_month.items()
    }
    return pd.DataFrame(rows, index=MONTHS).T.astype(float)


def untold(monthly: pd.DataFrame) -> pd.DataFrame:
    return monthly * np.nan


def test_the_sums_and_ratios_are_those_of_the_hand() -> None:
    monthly = steady(A=(20, 10), B=(10, 8), C=(40, 36), D=(10, 9))
    found = achieved(monthly, untold(monthly), {"A", "B"}, year=2025)
    assert found is not None
    assert (found.count, found.count_previous) == (12 * 18, 12 * 30)
    assert (found.rest, found.rest_previous) == (12 * 45, 12 * 50)
    assert found.ratio == pytest.approx(18 / 30)
    assert found.rest_ratio == pytest.approx(45 / 50)
    assert found.relative == pytest.approx((18 / 30) / (45 / 50))
    assert found.relative_low < found.relative < found.relative_high < 1
    assert (found.areas, found.completed_only) == (2, False)


def test_completed_crimes_are_compared_where_all_are_told_apart() -> None:
    monthly = steady(A=(20, 10), B=(40, 36))
    half = monthly / 2
    found = achieved(monthly, half, {"A"}, year=2025)
    assert found is not None
    assert found.completed_only
    assert (found.count, found.rest) == (60, 216)
    half.loc["B", pd.Period("2024-05", "M")] = np.nan
    found = achieved(monthly, half, {"A"}, year=2025)
    assert found is not None
    assert not found.completed_only
    assert (found.count, found.rest) == (120, 432)


def test_a_month_counts_only_where_it_is_known_in_both_years() -> None:
    monthly = steady(A=(20, 10), B=(40, 36))
    monthly.loc["A", pd.Period("2025-12", "M")] = np.nan
    monthly.loc["B", pd.Period("2024-01", "M")] = np.nan
    found = achieved(monthly, untold(monthly), {"A"}, year=2025)
    assert found is not None
    assert (found.count, found.count_previous) == (110, 220)
    assert (found.rest, found.rest_previous) == (396, 440)


@pytest.mark.parametrize("chosen", [set(), {"A", "B"}, {"gone"}])
def test_without_two_sides_nothing_is_compared(chosen: set[str]) -> None:
    monthly = steady(A=(20, 10), B=(40, 36))
    assert achieved(monthly, untold(monthly), chosen, year=2025) is None
    assert achieved(monthly, untold(monthly), {"A"}, year=2022) is None


def test_a_vast_rest_leaves_the_interval_of_the_chosen_areas_alone() -> None:
    # With a rest that is known exactly, the relative change is the change of the areas itself.
    monthly = steady(A=(20, 15), B=(100_000, 100_000))
    found = achieved(monthly, untold(monthly), {"A"}, year=2025)
    assert found is not None
    low, high = ratio_interval(180, 240)
    assert found.relative_low == pytest.approx(float(low), abs=0.01)
    assert found.relative_high == pytest.approx(float(high), abs=0.02)


def test_a_fall_of_nothing_is_seldom_called_a_fall() -> None:
    rng = np.random.default_rng(20260101)
    codes = [f"A{i:02d}" for i in range(24)]
    level = rng.uniform(3, 20, size=(24, 1))
    outside = 0
    for _ in range(300):
        counts = rng.poisson(np.broadcast_to(level, (24, len(MONTHS))))
        monthly = pd.DataFrame(counts, index=codes, columns=MONTHS).astype(float)
        found = achieved(monthly, untold(monthly), codes[:11], year=2025)
        assert found is not None
        outside += not found.relative_low <= 1 <= found.relative_high
    assert 3 <= outside <= 27  # 5% of 300, four standard errors to either side
