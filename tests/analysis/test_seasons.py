import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.seasons import by_calendar_month, exposure, seasonal_shares


def city(first: str, counts: list[float]) -> pd.Series:
    return pd.Series(counts, pd.period_range(first, periods=len(counts), freq="M"), dtype=float)


def two_winters() -> pd.Series:
    """Eleven months of 10 and a December of 30 (140), then double (280), then no December."""
    return city("2015-01", [10] * 11 + [30] + [20] * 11 + [60] + [20] * 11 + [np.nan])


def test_shares_are_pooled_over_complete_years_only() -> None:
    season = seasonal_shares(two_winters())
    assert season.complete_years == (2015, 2016)
    assert season.shares[12] == pytest.approx((30 + 60) / (140 + 280))
    assert season.shares.drop(12).to_numpy() == pytest.approx(np.full(11, 30 / 420))
    assert season.shares.sum() == pytest.approx(1)


def test_a_missing_december_takes_away_its_seasonal_share() -> None:
    history = two_winters()
    known = pd.DataFrame([history.notna()], index=["A"])
    years = exposure(pd.Series([100], ["A"]), known, seasonal_shares(history))
    # Three years less a December of 90/420 = 3/14 of a year: 100 x (3 - 3/14) = 3900/14.
    assert years["A"] == pytest.approx(3900 / 14)


@pytest.mark.parametrize(
    "counts", [[5.0] * 11, [0.0] * 24, [np.nan] * 12, []], ids=["short", "empty", "unknown", "none"]
)
def test_without_a_complete_year_shares_follow_the_days(counts: list[float]) -> None:
    season = seasonal_shares(city("2020-01", counts))
    assert season.complete_years == ()
    assert season.shares[1] == pytest.approx(31 / 365.25)
    assert season.shares[2] == pytest.approx(28.25 / 365.25)
    assert season.shares.sum() == pytest.approx(1)


def test_a_year_that_starts_late_is_not_complete() -> None:
    season = seasonal_shares(city("2018-06", [1.0] * 7 + [2.0] * 12 + [9.0] * 3))
    assert season.complete_years == (2019,)
    assert season.shares[6] == pytest.approx(1 / 12)


def test_exposure_of_no_dwellings_unknown_dwellings_and_unknown_months() -> None:
    season = seasonal_shares(city("2020-01", [1.0] * 12))
    months = pd.period_range("2021-01", "2022-12", freq="M")
    known = pd.DataFrame(True, index=["whole", "none", "missing", "half"], columns=months)
    known.loc["half", months[:12]] = False
    dwellings = pd.Series([60, 0, pd.NA, 60], known.index, dtype="Int64")
    years = exposure(dwellings, known, season)
    assert years["whole"] == pytest.approx(120)
    assert years["none"] == 0
    assert np.isnan(years["missing"])
    assert years["half"] == pytest.approx(60)


def test_a_month_per_cell_of_the_calendar() -> None:
    table = by_calendar_month(city("2019-12", [7, 1, np.nan]))
    assert table.index.tolist() == [2019, 2020]
    assert table.loc[2019, 12] == 7
    assert table.loc[2020, 1] == 1
    assert table.notna().sum().sum() == 2
