"""Reviews of area measures: by hand, against an oracle, and as a table of everything known."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from hotspots.planning.bans import (
    Grounds,
    Window,
    advise,
    against_baseline,
    against_criterion,
    burden,
    core_holds,
    merged,
    narrow_window,
    times_city,
)
from hotspots.results.bans import Need

WINDOW = Window(5, 4, 0.95, 0.94)
KEEP = Grounds(
    need="remains",
    by_source={"police": "remains", "citizens": "remains"},
    findings=(),
    diverge=False,
    periods=2,
    periods_asked=2,
    each_under=False,
    few=False,
    season=None,
    hours=None,
    has_core=False,
)
_CONTRADICT = ("insufficient_evidence", "sources_contradict")
GONE = replace(
    KEEP, need="gone", by_source={"police": "gone", "citizens": "undecided"}, each_under=True
)


# ---------------------------------------------------------------- against a yardstick
def test_a_fall_to_a_fifth_is_under_half_beyond_chance() -> None:
    found = against_baseline(20, 100, worth=100, share=0.5, dispersion=1.0)
    assert found.value == pytest.approx(0.4), "20 of a yardstick of 50"
    assert found.need == "gone"
    assert against_baseline(100, 100, worth=100, share=0.5, dispersion=1.0).need == "remains"
    assert against_baseline(55, 100, worth=100, share=0.5, dispersion=1.0).need == "undecided"


def test_the_interval_of_a_ratio_is_that_of_clopper_and_pearson() -> None:
    # 20 and 100 split as a binomial: exact 95% interval of 20 / 120 is 0.10492 to 0.24571.
    low, high = 0.10492, 0.24571
    found = against_baseline(20, 100, worth=100, share=0.5, dispersion=1.0)
    assert found.low == pytest.approx(2 * low / (1 - low), rel=1e-3)
    assert found.high == pytest.approx(2 * high / (1 - high), rel=1e-3)


def test_counts_that_vary_more_say_less() -> None:
    sure = against_baseline(30, 100, worth=100, share=0.5, dispersion=1.0)
    unsure = against_baseline(30, 100, worth=100, share=0.5, dispersion=4.0)
    assert (sure.need, unsure.need) == ("gone", "undecided")


def test_without_a_baseline_nothing_is_known() -> None:
    assert against_baseline(5, 0, worth=0, share=0.5, dispersion=1.0).need == "unknown"


@given(st.integers(0, 300), st.floats(1, 300))
def test_the_interval_of_a_criterion_is_garwoods(count: int, most: float) -> None:
    found = against_criterion(count, most=most, dispersion=1.0)
    # At the ends of the interval the count is just as unlikely as 2.5%.
    assert poisson.cdf(count, found.high * most) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, found.low * most) == pytest.approx(0.025, rel=1e-6)


def test_how_many_times_the_city() -> None:
    # 30 on 500 m of street, 600 on the other 100 km: 60 a km against 6 a km.
    found = times_city(30, 500, 600, 100_000, dispersion=1.0)
    assert found.value == pytest.approx(10)
    assert found.low > 1


# ---------------------------------------------------------------- windows
def test_a_season_that_wraps_round_the_year_is_found() -> None:
    winter = np.array([9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9.0])
    found = narrow_window(winter, winter, share=0.9, most=6)
    assert found == Window(11, 3, 1.0, 1.0)


def test_a_season_that_does_not_come_back_is_none() -> None:
    summer, winter = np.zeros(12), np.zeros(12)
    summer[5:8], winter[11] = 30, 90
    assert narrow_window(summer, winter, share=0.9, most=6) is None
    assert narrow_window(summer, summer, share=0.9, most=2) is None, "longer than allowed"
    assert narrow_window(summer / 90, summer, share=0.9, most=6, least=10) is None, "too few"


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12), st.integers(1, 11))
def test_a_window_is_the_shortest_that_holds_its_share(counts: list[int], most: int) -> None:
    year = np.array(counts, dtype=float)
    found = narrow_window(year, year, share=0.8, most=most)
    held = {
        length: max(sum(counts[(first + n) % 12] for n in range(length)) for first in range(12))
        for length in range(1, most + 1)
    }
    fits = [n for n, total in held.items() if sum(counts) and total >= 0.8 * sum(counts)]
    assert (None if found is None else found.length) == min(fits, default=None)


# ---------------------------------------------------------------- advice
@pytest.mark.parametrize(
    ("grounds", "advice", "reason"),
    [
        (KEEP, "keep", "need_remains"),
        (GONE, "withdraw", "need_gone"),
        (replace(KEEP, has_core=True), "shrink", "rim_quiet"),
        (replace(KEEP, hours=WINDOW, has_core=True), "limit_in_time", "hours_only"),
        (replace(KEEP, season=WINDOW, hours=WINDOW), "limit_in_time", "season_only"),
        (replace(GONE, season=WINDOW, has_core=True), "withdraw", "need_gone"),
        (replace(GONE, each_under=False), "insufficient_evidence", "undecided"),
        (replace(GONE, findings=[True]), "insufficient_evidence", "sources_contradict"),
        (replace(GONE, findings=[False]), "withdraw", "need_gone"),
        (replace(GONE, by_source={"police": "gone"}), "insufficient_evidence", "one_source"),
        (replace(GONE, by_source={"police": "gone"}, findings=[False]), "withdraw", "need_gone"),
        (replace(KEEP, need="unknown"), "insufficient_evidence", "no_baseline"),
        (replace(GONE, periods=1), "insufficient_evidence", "too_short"),
        (replace(GONE, few=True), "insufficient_evidence", "few_incidents"),
        (
            replace(KEEP, by_source={"police": "gone", "citizens": "remains"}),
            "insufficient_evidence",
            "sources_contradict",
        ),
    ],
)
def test_the_advice_and_what_decides_it(grounds: Grounds, advice: str, reason: str) -> None:
    assert advise(grounds) == (advice, reason)


def test_nothing_is_withdrawn_or_kept_on_less_than_two_sources_that_agree() -> None:
    needs: tuple[Need, ...] = ("gone", "remains", "undecided", "unknown")
    for need, one, other, periods, few in product(needs, needs, needs, (1, 2), (True, False)):
        grounds = replace(
            GONE, need=need, by_source={"a": one, "b": other}, periods=periods, few=few
        )
        advice, _ = advise(grounds)
        if advice != "insufficient_evidence":
            assert need in ("gone", "remains")
            assert periods == 2
            assert not few
            assert {one, other} != {"gone", "remains"}


# ---------------------------------------------------------------- all areas together
AREAS = pd.DataFrame(
    {
        "code": ["A", "B", "AB", "C"],
        "kind": ["ban", "ban", "ban", "zone"],
        "start": pd.to_datetime(["2020-01-01", "2021-01-01", "2024-07-01", "2020-01-01"]),
        "end": pd.to_datetime(["2024-06-30", "2024-06-30", "", ""]),
        "km2": [1.0, 2.0, 5.0, 9.0],
        "dwellings": pd.array([10, 20, 50, None], dtype="Int64"),
    }
)


def test_the_burden_by_hand_when_a_merger_makes_fewer_areas_of_more_ground() -> None:
    before, after = (burden(AREAS, on=pd.Timestamp(day)) for day in ("2024-06-30", "2024-07-01"))
    assert before.to_dict("index")["ban"] == {"number": 2, "km2": 3.0, "dwellings": 30}
    assert after.to_dict("index")["ban"] == {"number": 1, "km2": 5.0, "dwellings": 50}
    assert after["dwellings"].isna()["zone"], "unknown, not zero"


def test_a_merger_is_found_by_ground_and_date() -> None:
    shared = pd.DataFrame(
        {"code": ["AB", "AB", "C"], "other": ["A", "B", "A"], "share_of_other": [1.0, 0.9, 1.0]}
    )
    assert merged(AREAS, shared, within_days=92) == {"AB": ["A", "B"]}
    assert merged(AREAS, shared.iloc[[0, 2]], within_days=92) == {}, "one area is no merger"
    late = AREAS.assign(end=pd.to_datetime(["2023-01-01", "2024-06-30", "", ""]))
    assert merged(late, shared, within_days=92) == {}, "not one after the other"
    apart = shared.assign(share_of_other=[1.0, 0.2, 1.0])
    assert merged(AREAS, apart, within_days=92) == {}, "not on the same ground"


@pytest.mark.parametrize(
    ("by_source", "advice", "reason"),
    [
        ({"police": "remains", "citizens": "remains"}, "keep", "need_remains"),
        ({"police": "remains", "citizens": "undecided"}, *_CONTRADICT),
        ({"police": "undecided", "citizens": "undecided"}, *_CONTRADICT),
    ],
)
def test_sources_that_moved_apart_agree_only_where_each_is_sure(
    by_source: dict[str, Need], advice: str, reason: str
) -> None:
    apart = replace(KEEP, by_source=by_source, diverge=True)
    assert advise(apart) == (advice, reason)
    together = replace(apart, diverge=False)
    assert advise(together) == ("keep", "need_remains"), "one sure source, and none against it"


def test_a_need_that_one_sure_source_says_is_gone_is_no_ground_while_they_move_apart() -> None:
    assert advise(GONE) == ("withdraw", "need_gone")
    assert advise(replace(GONE, diverge=True)) == _CONTRADICT


# ---------------------------------------------------------------- core
@pytest.mark.parametrize(
    ("in_core", "total", "ground_share", "holds"),
    [
        (64, 74, 0.22, True),  # 86% of 90%: one in five such years by chance
        (60, 74, 0.22, False),  # 81%: one in a hundred
        (74, 74, 0.22, True),
        (0, 0, 0.22, False),
        (9, 10, 0.75, False),  # three quarters of the ground would do that by chance
        (10, 10, 0.75, False),
        (11, 11, 0.75, True),  # 0.75 ** 11 is 4%, 0.75 ** 10 is 6%
    ],
)
def test_a_core_by_hand(in_core: int, total: int, ground_share: float, holds: bool) -> None:
    assert core_holds(in_core, total, share=0.9, ground_share=ground_share) == holds
    below = binomtest(in_core, total, 0.9, alternative="less").pvalue > 0.05 if total else False
    above = binomtest(in_core, total, ground_share, alternative="greater").pvalue if total else 1.0
    assert (below and above < 0.05) == holds


@pytest.mark.parametrize("total", [10, 30, 100])
def test_a_true_core_is_kept_and_even_ground_has_none(total: int) -> None:
    rng = np.random.default_rng(8)

    def kept(share: float, ground_share: float) -> float:
        held = [
            core_holds(int(each), total, share=0.9, ground_share=ground_share)
            for each in rng.binomial(total, share, 2000)
        ]
        return float(np.mean(held))

    assert kept(0.9, 0.3) >= 0.94
    assert kept(0.75, 0.75) <= 0.06
    assert kept(0.3, 0.3) <= 0.06
