"""Sources that contradict each other: by hand, against a plain reading, and at nominal level."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom, false_discovery_control, fisher_exact

from hotspots.analysis.change import area_dispersion, ratio_interval
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
    assert (found["same_months"] == 6).all()


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
    assert found["divergence"] == pytest.approx(1.4 / 0.75)


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


def test_neither_change_needs_to_be_clear_where_the_two_differ() -> None:
    found = compared(spread_out((100, 130)), spread_out((130, 100))).iloc[0]
    assert found["reports_ratio_low"] < 1 < found["reports_ratio_high"]
    assert found["records_ratio_low"] < 1 < found["records_ratio_high"]
    assert found["divergence_low"] > 1
    assert found["verdict"] == "contradict"


@pytest.mark.parametrize("records", [(300, 300), (300, 301)])
def test_sources_that_do_not_move_in_opposite_directions_do_not_contradict(
    records: tuple[float, float],
) -> None:
    found = compared(spread_out((100, 300)), spread_out(records)).iloc[0]
    assert found["divergence_low"] > 2
    assert found["verdict"] == "one_sided"
    assert found["q_value"] == 1


counts = st.integers(0, 60)


@settings(deadline=None)
@given(st.tuples(counts, counts), st.tuples(counts, counts))
def test_of_poisson_counts_p_is_that_of_fisher(
    reports: tuple[int, int], records: tuple[int, int]
) -> None:
    p = compared(spread_out(reports), spread_out(records))["q_value"].iloc[0]
    assert p == pytest.approx(fisher_opposite(reports, records), rel=1e-6, abs=1e-9)


def fisher_opposite(reports: tuple[float, float], records: tuple[float, float]) -> float:
    """Two-sided p, by the exact test of a library, of two sources that changed alike."""
    (before, now), (other_before, other_now) = reports, records
    if (now - before) * (other_now - other_before) >= 0:
        return 1.0
    way = "greater" if now > before else "less"
    table = [[now, before], [other_now, other_before]]
    return min(1.0, 2 * float(fisher_exact(table, alternative=way).pvalue))


@pytest.mark.parametrize(
    ("reports", "records", "spreads"),
    [
        ((100, 140), (200, 150), (1.3, 2.2)),
        ((20, 31), (9, 4), (2.5, 1.7)),
        ((160, 120), (3000, 3300), (1.0, 4.0)),
        ((2, 1), (1, 4), (3.0, 3.0)),
    ],
)
def test_p_between_whole_counts_is_that_of_two_shares(
    reports: tuple[float, float], records: tuple[float, float], spreads: tuple[float, float]
) -> None:
    """The chance that one share drawn from its confidence distribution exceeds the other."""
    found = compared(
        spread_out(reports),
        spread_out(records),
        reports_dispersion=spreads[0],
        records_dispersion=spreads[1],
    )
    risen, fallen = (np.array(reports) / spreads[0], np.array(records) / spreads[1])
    if reports[1] < reports[0]:
        risen, fallen = fallen, risen
    low, high = beta(risen[1], risen[0] + 1), beta(fallen[1] + 1, fallen[0])
    p, _ = quad(lambda share: low.cdf(high.ppf(share)), 0, 1, limit=500)
    assert found["q_value"].iloc[0] == pytest.approx(min(1.0, 2 * p), rel=1e-5)


def test_the_correction_read_plainly() -> None:
    rng = np.random.default_rng(1)
    reports, records = ([(150.0, float(n)) for n in rng.integers(100, 200, 25)] for _ in range(2))
    found = compared(spread_out(*reports), spread_out(*records))
    p_values = [fisher_opposite(*pair) for pair in zip(reports, records, strict=True)]
    q_values = false_discovery_control(p_values)
    np.testing.assert_allclose(found["q_value"], q_values, rtol=1e-6)
    assert ((found["verdict"] == "contradict") == (q_values <= 0.05)).all()
    assert (q_values <= 0.05).any()


def test_sources_and_periods_can_be_turned_around() -> None:
    rng = np.random.default_rng(2)
    reports, records = (
        spread_out(*((int(a), int(b)) for a, b in rng.integers(60, 140, (30, 2)))) for _ in range(2)
    )
    there = compared(reports, records)
    turned = compared(records, reports)
    back = compare_sources(
        reports, records, now=BEFORE, before=NOW, reports_dispersion=1, records_dispersion=1
    )
    for found in (turned, back):
        np.testing.assert_allclose(found["q_value"], there["q_value"], rtol=1e-6)
        np.testing.assert_allclose(found["divergence"], 1 / there["divergence"])
        np.testing.assert_allclose(found["divergence_low"], 1 / there["divergence_high"])
        assert (found["local"] == there["local"]).all()
    assert (turned["verdict"] == there["verdict"]).all()


def test_only_months_known_four_times_are_compared() -> None:
    reports, records = spread_out((60, 90), *STILL), spread_out((90, 60), *STILL)
    reports.iloc[0, 4] = records.iloc[0, 20] = records.iloc[1, 3] = np.nan
    records.iloc[2] = np.nan
    found = compared(reports, records)
    assert found["same_months"].tolist() == [4, 5, 0, 6, 6, 6, 6]
    assert (found["reports_before"].iloc[0], found["reports_now"].iloc[0]) == (40, 60)
    assert (found["records_before"].iloc[0], found["records_now"].iloc[0]) == (60, 40)
    # The rest of the first area: five areas in its four months, the second without April.
    assert found["reports_relative"].iloc[0] == 1.5
    assert found["verdict"].iloc[2] == "unclear"
    figures = found.iloc[2].drop(["same_months", "verdict", "local"])
    assert figures.isna().all()


def test_an_area_of_one_source_is_unknown_in_the_other() -> None:
    reports, records = spread_out(*STILL), spread_out(*STILL)
    found = compared(reports.drop(index="WK01"), records.drop(index="WK04").iloc[::-1])
    assert found.index.tolist() == reports.index.tolist()
    assert found["same_months"].tolist() == [6, 0, 6, 6, 0, 6]


def test_months_that_were_not_delivered_at_all() -> None:
    reports, records = spread_out(*STILL), spread_out(*STILL)
    found = compared(reports.drop(columns=[NOW[0], BEFORE[5]]), records)
    assert (found["same_months"] == 4).all()
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
    size = np.tile([3.0, 8, 15, 25, 40, 80], len(reports))[: len(reports), None]
    later = MONTHS.isin(NOW)
    one, other = (
        np.where(later, size * np.array(change)[:, None], size) for change in (reports, records)
    )
    return one, other


@pytest.mark.parametrize("spreads", [(1.0, 1.0), (1.2, 2.5), (3.0, 1.6)])
@pytest.mark.parametrize("totals", [(60, 84, 100, 80), (300, 420, 350, 280), (20, 20, 400, 400)])
def test_the_interval_of_the_divergence_holds_the_truth(
    totals: tuple[int, int, int, int], spreads: tuple[float, float]
) -> None:
    rng = np.random.default_rng(20)
    means = [np.zeros((4000, 24)) for _ in spreads]
    for mean, (before, now) in zip(means, (totals[:2], totals[2:]), strict=True):
        mean[:, 3:9], mean[:, 15:21] = before / 6, now / 6
    one, other = (drawn(mean, spread, rng) for mean, spread in zip(means, spreads, strict=True))
    found = compared(one, other, reports_dispersion=spreads[0], records_dispersion=spreads[1])
    truth = totals[1] / totals[0] / (totals[3] / totals[2])
    holds = (found["divergence_low"] <= truth) & (truth <= found["divergence_high"])
    assert 0.93 <= holds.mean() <= 0.97


RISING, STEADY, FALLING = [1.6] * 36, [1.0] * 36, [0.5] * 36


@pytest.mark.parametrize(
    ("spread", "runs"),
    [
        (1.0, 60),
        pytest.param(1.0, 100, marks=pytest.mark.slow),
        pytest.param(2.0, 100, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "change", [STEADY, RISING, FALLING, RISING[:18] + STEADY[:18], RISING[:3] + STEADY[:33]]
)
def test_sources_that_changed_alike_contradict_at_the_nominal_level(
    change: list[float], spread: float, runs: int
) -> None:
    rng = np.random.default_rng(21)
    means = factors(change, change)
    false = 0
    for _ in range(runs):
        one, other = (drawn(mean, spread, rng) for mean in means)
        found = compared(one, other, reports_dispersion=spread, records_dispersion=spread)
        false += bool((found["verdict"] == "contradict").any())
    assert false <= binom.ppf(0.999, runs, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [None, 12.0])
@pytest.mark.parametrize("others", [1.0, 1.3])
def test_of_many_contradictions_few_are_false(others: float, shape: float | None) -> None:
    """Also where months vary more in busy areas than the one dispersion that is estimated says."""
    rng = np.random.default_rng(24)
    means = factors([1.8] * 12 + [others] * 24, [0.6] * 12 + [others] * 24)
    false = []
    for _ in range(100):
        lively = [
            mean if shape is None else mean * rng.gamma(shape, 1 / shape, mean.shape)
            for mean in means
        ]
        one, other = (drawn(mean, 1.0, rng) for mean in lively)
        found = compared(
            one,
            other,
            reports_dispersion=area_dispersion(one.loc[:, :"2024-03"]),
            records_dispersion=area_dispersion(other.loc[:, :"2024-03"]),
        )
        called = found["verdict"].to_numpy() == "contradict"
        false.append(called[12:].sum() / max(called.sum(), 1))
    assert np.mean(false) <= 0.05


def test_intervals_alone_would_raise_false_contradictions() -> None:
    """The correction earns its place: without it most runs would have one."""
    rng = np.random.default_rng(22)
    means = factors(STEADY, STEADY)
    runs = 40
    false = 0
    for _ in range(runs):
        found = compared(drawn(means[0], 1.0, rng), drawn(means[1], 1.0, rng))
        clear = (found["divergence_low"] > 1) | (found["divergence_high"] < 1)
        opposite = (found["reports_ratio"] - 1) * (found["records_ratio"] - 1) < 0
        false += bool((clear & opposite).any())
    assert false > runs / 2


def test_reports_that_rise_everywhere_set_no_area_apart() -> None:
    rng = np.random.default_rng(25)
    means = factors(RISING, [0.9] * 36)
    called, local, runs = 0.0, 0, 60
    for _ in range(runs):
        found = compared(drawn(means[0], 1.0, rng), drawn(means[1], 1.0, rng))
        called += (found["verdict"] == "contradict").mean() / runs
        local += bool(found["local"].any())
    assert called > 0.2
    assert local <= binom.ppf(0.999, runs, 0.05)


def test_an_enforcement_action_is_found_among_the_districts() -> None:
    """Reports 40% up and records 20% down in one busy wijk of 44, in lively months."""
    rng = np.random.default_rng(23)
    reports = np.full((44, 24), 9.0)
    records = np.full((44, 24), 12.0)
    reports[7], records[7] = 60, 80
    reports[7, 15:21] *= 1.4
    records[7, 15:21] *= 0.8
    here = elsewhere = local = 0
    for _ in range(60):
        found = compared(
            drawn(reports, 1.3, rng),
            drawn(records, 1.6, rng),
            reports_dispersion=1.3,
            records_dispersion=1.6,
        )
        verdict = found["verdict"] == "contradict"
        here += bool(verdict.iloc[7])
        local += bool(found["local"].iloc[7])
        elsewhere += bool(verdict.drop(index="WK07").any())
    assert here >= 45
    assert local >= 45
    assert elsewhere <= 8
