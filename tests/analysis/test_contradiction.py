"""Sources that contradict each other: by hand, against a plain reading, and at nominal level."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import binom, binomtest

from hotspots.analysis.change import ratio_interval
from hotspots.analysis.contradiction import compare_sources

MONTHS = pd.period_range("2023-01", periods=24, freq="M")
BEFORE, NOW = MONTHS[3:9], MONTHS[15:21]
Table = npt.NDArray[np.float64]


def frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table, [f"WK{n:02d}" for n in range(len(table))], MONTHS)


def spread_out(*totals: tuple[float, float]) -> pd.DataFrame:
    """Areas with these incidents before and now, the first months taking what does not divide."""
    table = np.zeros((len(totals), 24))
    for row, pair in zip(table, totals, strict=True):
        for first, total in zip((3, 15), pair, strict=True):
            share, left = divmod(int(total), 6)
            row[first : first + 6] = share + (np.arange(6) < left)
    return frame(table)


def compared(reports: pd.DataFrame, records: pd.DataFrame, **options: Any) -> pd.DataFrame:
    options = {"reports_dispersion": 1.0, "records_dispersion": 1.0} | options
    return compare_sources(reports, records, now=NOW, before=BEFORE, **options)


STILL = [(60.0, 60.0)] * 6


def test_each_verdict_by_hand() -> None:
    reports = [(100, 200), (100, 200), (200, 100), (100, 200), (100, 105), (200, 100)]
    records = [(200, 100), (100, 200), (200, 100), (100, 100), (100, 96), (100, 200)]
    found = compared(spread_out(*reports, *STILL), spread_out(*records, *STILL))
    assert found["verdict"].tolist()[:6] == [
        "contradict",
        "both_up",
        "both_down",
        "one_sided",
        "unclear",
        "contradict",
    ]
    assert (found["verdict"][6:] == "unclear").all()
    assert (found["months"] == 6).all()


def test_figures_are_those_of_each_source() -> None:
    found = compared(
        spread_out((100, 140), (300, 310)),
        spread_out((200, 150), (500, 480)),
        reports_dispersion=1.3,
        records_dispersion=1.7,
    ).iloc[0]
    assert (found["reports_before"], found["reports_now"]) == (100, 140)
    assert (found["records_before"], found["records_now"]) == (200, 150)
    low, high = ratio_interval(140, 100, dispersion=1.3)
    assert (found["reports_ratio_low"], found["reports_ratio_high"]) == (low, high)
    low, high = ratio_interval(150, 200, dispersion=1.7)
    assert (found["records_ratio_low"], found["records_ratio_high"]) == (low, high)
    assert found["reports_relative"] == pytest.approx(1.4 / (310 / 300))
    assert found["records_relative"] == pytest.approx(0.75 / (480 / 500))


def test_a_contradiction_the_whole_city_shows_is_one_but_not_a_local_one() -> None:
    everywhere = compared(spread_out(*[(200, 320)] * 8), spread_out(*[(320, 200)] * 8))
    assert (everywhere["verdict"] == "contradict").all()
    assert not everywhere["local"].any()
    here = compared(
        spread_out((200, 320), *[(200, 200)] * 7), spread_out((320, 200), *[(320, 320)] * 7)
    )
    assert here["local"].tolist() == [True] + [False] * 7


def test_two_sources_that_fall_do_not_contradict_each_other_though_one_falls_less() -> None:
    # Against the rest of the city the reports of the first area rise and its records fall.
    reports = spread_out((400, 320), *[(400, 150)] * 7)
    records = spread_out((400, 150), *[(400, 320)] * 7)
    found = compared(reports, records)
    assert found["reports_relative_low"].iloc[0] > 1
    assert found["records_relative_high"].iloc[0] < 1
    assert found["verdict"].iloc[0] == "both_down"
    assert not found["local"].any()


def test_an_area_alone_contradicts_when_both_intervals_are_clear_of_1() -> None:
    for reports, records in [
        ((161, 224), (223, 164)),
        ((100, 120), (300, 100)),
        ((30, 60), (9, 3)),
    ]:
        found = compared(spread_out(reports), spread_out(records)).iloc[0]
        clear = found["reports_ratio_low"] > 1 and found["records_ratio_high"] < 1
        assert (found["verdict"] == "contradict") == clear
        p_values = [
            binomtest(int(now), int(now + before)).pvalue for before, now in (reports, records)
        ]
        assert found["p_contradict"] == pytest.approx(max(p_values))


def read_plainly(one_way: list[tuple[float, float]], area: int) -> float:
    """Adjusted p of a claim, from the one-sided p of both sources in every area, by loops."""
    weaker = max(one_way[area])
    return 2 * weaker * sum(min(pair) <= weaker for pair in one_way)


def test_the_correction_read_plainly() -> None:
    rng = np.random.default_rng(1)
    reports, records = ([(150, int(n)) for n in rng.integers(110, 190, 25)] for _ in range(2))
    found = compared(spread_out(*reports), spread_out(*records))
    up_down, down_up = (
        [
            (
                binomtest(one[1], sum(one), alternative=way).pvalue,
                binomtest(other[1], sum(other), alternative=opposite).pvalue,
            )
            for one, other in zip(reports, records, strict=True)
        ]
        for way, opposite in (("greater", "less"), ("less", "greater"))
    )
    expected = [
        min(read_plainly(up_down, area), read_plainly(down_up, area), 1.0) for area in range(25)
    ]
    np.testing.assert_allclose(found["p_contradict"], expected, rtol=1e-9)
    assert 0.01 < np.mean(np.array(expected) < 1) < 0.9


def test_only_months_known_four_times_are_compared() -> None:
    reports, records = spread_out((60, 90), *STILL), spread_out((90, 60), *STILL)
    reports.iloc[0, 4] = records.iloc[0, 20] = records.iloc[1, 3] = np.nan
    records.iloc[2] = np.nan
    found = compared(reports, records)
    assert found["months"].tolist() == [4, 5, 0, 6, 6, 6, 6]
    assert (found["reports_before"].iloc[0], found["reports_now"].iloc[0]) == (40, 60)
    assert (found["records_before"].iloc[0], found["records_now"].iloc[0]) == (60, 40)
    # The rest of the first area: five areas in its four months, the second without April.
    assert found["reports_relative"].iloc[0] == 1.5
    assert found["verdict"].iloc[2] == "unclear"
    figures = found.iloc[2].drop(["months", "verdict", "local"])
    assert figures.isna().all()


def test_an_area_of_one_source_is_unknown_in_the_other() -> None:
    reports, records = spread_out(*STILL), spread_out(*STILL)
    found = compared(reports.drop(index="WK01"), records.drop(index="WK04").iloc[::-1])
    assert found.index.tolist() == reports.index.tolist()
    assert found["months"].tolist() == [6, 0, 6, 6, 0, 6]


def test_months_that_were_not_delivered_at_all() -> None:
    reports, records = spread_out(*STILL), spread_out(*STILL)
    found = compared(reports.drop(columns=[NOW[0], BEFORE[5]]), records)
    assert (found["months"] == 4).all()
    nothing = compared(reports.iloc[:, :12], records)
    assert (nothing["verdict"] == "unclear").all()
    assert compared(reports.iloc[:0], records.iloc[:0]).empty


@pytest.mark.parametrize(("now", "before"), [(NOW, BEFORE[1:]), (NOW, MONTHS[14:20])])
def test_periods_that_cannot_be_compared_are_refused(
    now: pd.PeriodIndex, before: pd.PeriodIndex
) -> None:
    table = spread_out(*STILL)
    with pytest.raises(ValueError, match="as many months"):
        compare_sources(
            table, table, now=now, before=before, reports_dispersion=1, records_dispersion=1
        )


def drawn(mean: Table, spread: float, rng: np.random.Generator) -> pd.DataFrame:
    if spread > 1:
        mean = rng.gamma(mean / (spread - 1)) * (spread - 1)
    return frame(rng.poisson(mean).astype(float))


def factors(reports: list[float], records: list[float]) -> tuple[Table, Table]:
    """Monthly means of both sources in areas of several sizes, with these true changes."""
    size = np.tile([8.0, 15, 25, 40, 80], len(reports))[: len(reports), None]
    later = MONTHS.isin(NOW)
    one, other = (
        np.where(later, size * np.array(change)[:, None], size) for change in (reports, records)
    )
    return one, other


@pytest.mark.parametrize(
    ("spread", "runs"),
    [
        (1.0, 60),
        pytest.param(1.0, 500, marks=pytest.mark.slow),
        pytest.param(2.0, 500, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    ("reports", "records"),
    [
        ([1.0] * 36, [1.0] * 36),
        ([1.6] * 36, [1.0] * 36),
        ([1.0] * 36, [0.5] * 36),
        ([1.6] * 18 + [1.0] * 18, [1.0] * 18 + [0.5] * 18),
        ([1.6] * 3 + [1.0] * 33, [1.0] * 36),
    ],
)
def test_false_contradictions_stay_at_the_nominal_level(
    reports: list[float], records: list[float], spread: float, runs: int
) -> None:
    rng = np.random.default_rng(21)
    means = factors(reports, records)
    false = 0
    for _ in range(runs):
        one, other = (drawn(mean, spread, rng) for mean in means)
        found = compared(one, other, reports_dispersion=spread, records_dispersion=spread)
        false += bool((found["verdict"] == "contradict").any())
    assert false <= binom.ppf(0.999, runs, 0.05)


def test_intervals_alone_would_raise_false_contradictions() -> None:
    """The correction earns its place: without it most runs would have one."""
    rng = np.random.default_rng(22)
    means = factors([1.6] * 36, [1.0] * 36)
    runs = 40
    false = 0
    for _ in range(runs):
        found = compared(drawn(means[0], 1.0, rng), drawn(means[1], 1.0, rng))
        clear = (found["reports_ratio_low"] > 1) & (found["records_ratio_high"] < 1)
        false += bool(clear.any())
    assert false > runs / 3


def test_an_enforcement_action_is_found_among_the_districts() -> None:
    """Reports 40% up and records 20% down in one busy wijk of 44."""
    rng = np.random.default_rng(23)
    reports = np.full((44, 24), 9.0)
    records = np.full((44, 24), 12.0)
    reports[7], records[7] = 60, 80
    reports[7, 15:21] *= 1.4
    records[7, 15:21] *= 0.8
    here = elsewhere = local = 0
    for _ in range(60):
        found = compared(drawn(reports, 1.0, rng), drawn(records, 1.0, rng))
        verdict = found["verdict"] == "contradict"
        here += bool(verdict.iloc[7])
        local += bool(found["local"].iloc[7])
        elsewhere += bool(verdict.drop(index="WK07").any())
    assert here >= 45
    assert local >= 45
    assert elsewhere <= 6
