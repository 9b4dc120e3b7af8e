"""Half-years against the same months of earlier years, worked out by hand and with scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from hotspots.analysis.monitor import compare_half, halves_until

HALF = pd.period_range("2025-07", periods=6, freq="M")
MONTHS = pd.period_range("2022-01", "2025-12", freq="M")


def monthly(level: dict[str, dict[int, float]]) -> pd.DataFrame:
    """Return counts by area: the same number in every month of a year."""
    rows = {area: [years[each.year] for each in MONTHS] for area, years in level.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=MONTHS).astype("float64")


CITY = monthly(
    {
        "Noord": {2022: 10, 2023: 12, 2024: 14, 2025: 6},
        "Zuid": {2022: 20, 2023: 20, 2024: 20, 2025: 20},
        "West": {2022: 5, 2023: 5, 2024: 5, 2025: 5},
    }
)


@pytest.mark.parametrize(
    ("last", "first_months"),
    [
        ("2025-12", ["2025-07", "2025-01"]),
        ("2025-11", ["2025-01", "2024-07"]),
        ("2025-06", ["2025-01", "2024-07"]),
        ("2025-05", ["2024-07", "2024-01"]),
    ],
)
def test_only_half_years_that_are_over_are_told(last: str, first_months: list[str]) -> None:
    halves = halves_until(pd.Period(last, freq="M"))
    assert [str(half[0]) for half in halves] == first_months
    assert {len(half) for half in halves} == {6}


def test_the_average_year_before_is_compared_with() -> None:
    found = compare_half(CITY, HALF, years=3, dispersion=1.0).loc["Noord"]
    assert (found["count"], found["count_before"]) == (36, 6 * (10 + 12 + 14))
    assert (found["same_months"], found["years_before"]) == (6, 3)
    assert found["ratio"] == pytest.approx(0.5)
    # The rest did not change.
    assert found["relative"] == pytest.approx(0.5)


def test_the_interval_is_that_of_a_share_of_the_four_years() -> None:
    """One year of four under equal rates is a quarter of the incidents: Clopper and Pearson."""
    found = compare_half(CITY, HALF, years=3, dispersion=1.0).loc["Noord"]
    share = binomtest(36, 36 + 216).proportion_ci(0.95, method="exact")
    odds = [3 * end / (1 - end) for end in (share.low, share.high)]
    assert [found["ratio_low"], found["ratio_high"]] == pytest.approx(odds)


def test_a_month_that_lacks_in_one_year_counts_in_none() -> None:
    lacking = CITY.copy()
    lacking[pd.Period("2023-12", freq="M")] = np.nan
    # However busy, that calendar month makes no difference any more.
    lacking[pd.Period("2025-12", freq="M")] *= 100
    found = compare_half(lacking, HALF, years=3, dispersion=1.0)
    assert found["same_months"].eq(5).all()
    assert found.loc["Noord", "count"] == 30
    assert found.loc["Noord", "ratio"] == pytest.approx(0.5)


def test_a_year_that_is_hardly_known_is_left_out() -> None:
    lacking = CITY.copy()
    lacking.loc[:, [each for each in MONTHS if each.year == 2023 and each.month < 11]] = np.nan
    found = compare_half(lacking, HALF, years=3, dispersion=1.0).loc["Noord"]
    assert (found["years_before"], found["same_months"]) == (2, 6)
    assert found["count_before"] == 6 * (10 + 14)


def test_a_season_is_no_change() -> None:
    summer = CITY.mul(np.where(MONTHS.month < 7, 1.0, 5.0), axis=1)
    found = compare_half(summer, HALF, years=3, dispersion=1.0)
    assert found["ratio"].to_dict() == pytest.approx({"Noord": 0.5, "Zuid": 1, "West": 1})


def test_an_area_that_is_not_known_is_no_part_of_the_rest() -> None:
    lacking = CITY.copy()
    lacking.loc["West", [each for each in MONTHS if each.year == 2025]] = np.nan
    found = compare_half(lacking, HALF, years=3, dispersion=1.0)
    assert found.loc["West"].isna().sum() == 8
    assert found.loc["West", "same_months"] == 0
    # Had West been counted before and not now, the rest would have fallen.
    assert found.loc["Noord", "relative"] == pytest.approx(0.5)


def test_what_never_was_before_is_not_compared() -> None:
    found = compare_half(CITY, HALF - 36, years=3, dispersion=1.0)
    assert found[["count", "count_before", "ratio", "relative"]].isna().all(axis=None)
    assert found["years_before"].eq(0).all()


def test_of_twenty_that_did_not_change_about_one_is_outside() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(8.0, size=(2000, len(MONTHS)))
    found = compare_half(
        pd.DataFrame(counts.astype(float), columns=MONTHS), HALF, years=3, dispersion=1.0
    )
    outside = ((found["ratio_low"] > 1) | (found["ratio_high"] < 1)).mean()
    # An exact interval is wrong less often than it says; 0.02 is 4 standard errors.
    assert 0.02 < outside < 0.07
