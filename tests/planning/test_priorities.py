"""Ranks, chances and remarks: worked by hand, against plain loops, and their properties."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis.rates import draw_counts, posterior_draws, shrunk_rates
from hotspots.analysis.seasons import Season
from hotspots.columns import validated
from hotspots.planning.initiative import initiative
from hotspots.planning.priorities import (
    Ranking,
    chance_in_top,
    priorities,
    rank_areas,
    target_line,
)
from hotspots.results.ranking import priorities_schema, target_schema

EVEN = Season(pd.Series(1 / 12, range(1, 13)), (2020,))


def history(first: str, **areas: Sequence[float]) -> pd.DataFrame:
    length = len(next(iter(areas.values())))
    months = pd.period_range(first, periods=length, freq="M")
    return pd.DataFrame(areas.values(), index=list(areas), columns=months, dtype=float)


def rank(
    monthly: pd.DataFrame,
    dwellings: dict[str, int | None],
    *,
    k: int = 2,
    completed: pd.DataFrame | None = None,
    first_year: int = 2021,
    last_year: int = 2022,
) -> Ranking:
    return priorities(
        monthly,
        pd.Series(dwellings, dtype="Int64").rename_axis("area_code"),
        season=EVEN,
        first_year=first_year,
        last_year=last_year,
        k=k,
        weight_count=0.5,
        weight_rate=0.5,
        few_incidents=10,
        few_dwellings=250,
        n_draws=500,
        rng=np.random.default_rng(1),
        completed=completed,
    )


#    area   count  rate   rank_count  rank_rate   0.7/0.3   0.5/0.5
#    A      90     3      1           4           1.9       2.5
#    B      40     8      3           2           2.7       2.5     ties: A has more
#    C      40     9      3           1           2.4       2.0
#    D      70     2      2           5           2.9       3.5
#    E      10     7      5           3           4.4       4.0
AREAS = pd.DataFrame(
    {"count": [90, 40, 40, 70, 10], "eb_rate": [3.0, 8, 9, 2, 7]}, index=list("ABCDE")
)


@pytest.mark.parametrize(
    ("weight_count", "order"), [(0.7, "ACBDE"), (0.5, "CABDE"), (1.0, "ADCBE"), (0.0, "CBEAD")]
)
def test_ranks_worked_by_hand(weight_count: float, order: str) -> None:
    ranks = rank_areas(AREAS, weight_count=weight_count, weight_rate=1 - weight_count)
    assert ranks["rank_count"].tolist() == [1, 3, 3, 2, 5]
    assert ranks["rank_rate"].tolist() == [4, 2, 1, 5, 3]
    assert "".join(ranks.sort_values("rank").index) == order


def test_equal_areas_go_by_code_whatever_the_order_of_rows() -> None:
    same = pd.DataFrame({"count": 5, "eb_rate": 1.0}, index=list("cab"))
    ranks = rank_areas(same, weight_count=0.5, weight_rate=0.5)
    assert ranks["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert (ranks[["rank_count", "rank_rate"]] == 1).all(axis=None)


def test_scores_that_differ_in_their_last_bit_only_are_equal() -> None:
    # Of eight areas P ranks 1 and 8, Q 4 and 1: 0.7 + 2.4 and 2.8 + 0.3, both 3.1 but for a bit.
    areas = pd.DataFrame(
        {"count": [9, 6, 8, 7, 5, 4, 3, 2], "eb_rate": [1.0, 9, 2, 3, 8, 7, 6, 5]},
        index=["P", "Q", *"abcdef"],
    )
    ranks = rank_areas(areas, weight_count=0.7, weight_rate=0.3)
    rank = ranks["rank"].to_dict()
    assert rank["P"] == rank["Q"] - 1


def ranks_in_plain_loops(
    counts: list[float], rates: list[float], weight_count: float, weight_rate: float
) -> list[int]:
    areas = range(len(counts))
    scores = [
        weight_count * (1 + sum(counts[j] > counts[i] for j in areas))
        + weight_rate * (1 + sum(rates[j] > rates[i] for j in areas))
        for i in areas
    ]
    order = sorted(areas, key=lambda i: (round(scores[i], 6), -counts[i], -rates[i], i))
    return [order.index(i) + 1 for i in areas]


@pytest.mark.parametrize("dispersion", [1.0, 1.7])
@pytest.mark.parametrize(("weight_count", "k"), [(0.5, 3), (0.7, 1), (0.0, 5), (1.0, 2)])
def test_chance_in_top_against_plain_loops(dispersion: float, weight_count: float, k: int) -> None:
    count = pd.Series([12, 15, np.nan, 11, 3, 9], list("abcdef"))
    exposure = pd.Series([900, 1500, 700, 400, 0, 450.0], list("abcdef"))
    rates = shrunk_rates(count, exposure, dispersion=dispersion)
    weights = {"weight_count": weight_count, "weight_rate": 1 - weight_count}
    found = chance_in_top(rates, k=k, **weights, n_draws=200, rng=np.random.default_rng(7))

    rng = np.random.default_rng(7)
    usable = [0, 1, 3, 5]
    drawn_rates = posterior_draws(rates, n_draws=200, rng=rng)[:, usable]
    means = drawn_rates * exposure.to_numpy()[usable]
    drawn_counts = draw_counts(means, dispersion=dispersion, rng=rng)
    hits = [0] * 4
    for draw in range(200):
        places = ranks_in_plain_loops(list(drawn_counts[draw]), list(drawn_rates[draw]), **weights)
        hits = [hit + (place <= k) for hit, place in zip(hits, places, strict=True)]
    assert found.iloc[usable].tolist() == [hit / 200 for hit in hits]
    assert found.iloc[[2, 4]].isna().all()


def test_draws_in_blocks_are_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = list("abc")
    rates = shrunk_rates(pd.Series([12, 15, 11], codes), pd.Series([900, 1500, 400.0], codes))

    def chance(seed: int) -> pd.Series:
        rng = np.random.default_rng(seed)
        return chance_in_top(rates, k=1, weight_count=0.5, weight_rate=0.5, n_draws=20_000, rng=rng)

    whole = chance(1)
    monkeypatch.setattr("hotspots.planning.priorities._BLOCK_CELLS", 1000)
    blocks = chance(2)
    assert blocks.to_numpy() == pytest.approx(whole.to_numpy(), abs=0.02)


def test_a_sure_first_and_a_sure_last() -> None:
    monthly = history("2021-01", A=[90] * 24, B=[30] * 24, C=[1] * 24)
    table = rank(monthly, {"A": 1000, "B": 1000, "C": 1000}, k=1).table
    assert table["p_top"].tolist() == [1, 0, 0]


def town() -> tuple[pd.DataFrame, dict[str, int | None]]:
    """Two years and the one before; E misses half a year, May 2022 lacks everywhere."""
    monthly = history(
        "2020-01",
        A=[4] * 12 + [5] * 12 + [3] * 12,
        B=[0] * 12 + [1] * 12 + [0] * 12,
        C=[2] * 36,
        E=[6] * 12 + [np.nan] * 6 + [6] * 6 + [6] * 12,
        F=[9] * 12 + [np.nan] * 24,
        G=[1] * 36,
    )
    monthly.loc[:, pd.Period("2022-05", "M")] = np.nan
    return monthly, {"A": 1200, "B": 100, "C": 0, "D": 800, "E": 2400, "F": 500, "G": None}


def test_every_area_has_its_place_or_the_reason_why_not() -> None:
    monthly, dwellings = town()
    ranking = rank(monthly, dwellings)
    table = ranking.table
    assert ranking.missing_months == ["2022-05"]
    assert table["status"].to_dict() == {
        "A": "ranked",
        "B": "ranked",
        "C": "no_rate",
        "D": "no_data",
        "E": "ranked",
        "F": "no_data",
        "G": "no_rate",
    }
    assert table["count"].dropna().to_dict() == {
        "A": 5 * 12 + 3 * 11,
        "B": 12,
        "C": 46,
        "E": 6 * 6 + 6 * 11,
        "G": 23,
    }
    # 23 of 24 months known: 1200 x 23/12; E knows 17 of 24.
    assert table["exposure"][["A", "B", "E"]].tolist() == pytest.approx([2300, 100 * 23 / 12, 3400])
    assert table.loc["A", "rate_per_1000"] == pytest.approx(1000 * 93 / 2300)
    no_rank = ["rate_per_1000", "eb_rate", "eb_low", "eb_high", "rank_count", "rank_rate", "rank"]
    assert table.loc[list("CDFG"), [*no_rank, "p_top"]].isna().all(axis=None)
    assert sorted(table.loc[list("ABE"), "rank"]) == [1, 2, 3]
    assert (
        table.loc[["D", "F"]].drop(columns=["dwellings", "status", "remarks"]).isna().all(axis=None)
    )
    assert table["remarks"].to_dict() == {
        "A": "",
        "B": "few_dwellings",
        "C": "",
        "D": "",
        "E": "months_unknown",
        "F": "",
        "G": "",
    }


def test_the_last_year_is_compared_over_months_known_in_both() -> None:
    monthly, dwellings = town()
    table = rank(monthly, dwellings).table
    compared = table.loc[list("ABE"), ["count_last", "count_previous", "same_months"]]
    # May is missing in 2022 and E knows only the second half of 2021.
    assert compared.to_numpy().tolist() == [[33, 55, 11], [0, 11, 11], [36, 36, 6]]
    first = rank(monthly, dwellings, first_year=2020, last_year=2020).table
    assert first["count_last"].isna().all()
    assert first["count_previous"].isna().all()
    assert first["same_months"].dropna().eq(0).all()


def test_few_incidents() -> None:
    monthly = history("2021-01", A=[1] * 9 + [0] * 15, B=[1] * 10 + [0] * 14)
    assert rank(monthly, {"A": 900, "B": 900}).table["remarks"].tolist() == ["few_incidents", ""]


def test_completed_only_where_the_source_tells_every_known_month() -> None:
    monthly = history("2021-01", A=[5] * 24, B=[4] * 23 + [np.nan], C=[3] * 24)
    completed = history("2021-01", A=[4] * 24, B=[2] * 23 + [np.nan], C=[1] * 23 + [np.nan])
    table = rank(monthly, {"A": 9, "B": 9, "C": 9}, completed=completed).table
    assert table["count_completed"].tolist() == [96, 46, pd.NA]
    assert rank(monthly, {"A": 9, "B": 9, "C": 9}).table["count_completed"].isna().all()


def test_the_answer_fits_the_schema_of_the_result() -> None:
    monthly, dwellings = town()
    table = rank(monthly, dwellings).table.reset_index()
    begun = initiative(monthly, None, None, first_year=2021, last_year=2023)
    table = table.merge(begun, left_on="area_code", right_index=True, how="left")
    full = table.assign(theme="burglary", level="wijk", area_name="x", geometry=None)
    validated(full[list(priorities_schema().columns)], priorities_schema())


def test_counts_of_an_unknown_area_are_a_defect() -> None:
    with pytest.raises(ValueError, match="not among the dwellings"):
        rank(history("2021-01", A=[1] * 24, X=[1] * 24), {"A": 10})


def test_a_city_without_any_known_month() -> None:
    ranking = rank(history("2021-01", A=[np.nan] * 24), {"A": 10, "B": 20})
    assert ranking.table["status"].tolist() == ["no_data", "no_data"]
    assert len(ranking.missing_months) == 24
    assert not ranking.distinguishable


cities = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.lists(
            st.lists(st.integers(0, 6).map(float) | st.just(np.nan), min_size=24, max_size=24),
            min_size=n,
            max_size=n,
        ),
        st.lists(st.integers(0, 3000) | st.none(), min_size=n, max_size=n),
        st.permutations(range(n)),
        st.integers(1, 10),
    )
)


@settings(max_examples=20, deadline=None)
@given(cities)
def test_chances_add_up_and_the_order_of_rows_does_not_matter(
    city: tuple[list[list[float]], list[int | None], list[int], int],
) -> None:
    counts, dwellings, order, k = city
    names = [f"A{i}" for i in range(len(counts))]
    monthly = history("2021-01", **dict(zip(names, counts, strict=True)))
    homes = dict(zip(names, dwellings, strict=True))
    ranking = rank(monthly, homes, k=k)
    ranked = ranking.table["status"] == "ranked"
    assert ranking.table["p_top"].sum() == pytest.approx(min(k, ranked.sum()))
    assert sorted(ranking.table.loc[ranked, "rank"]) == list(range(1, ranked.sum() + 1))

    shuffled = rank(monthly.iloc[order], {names[i]: homes[names[i]] for i in order}, k=k)
    pd.testing.assert_frame_equal(shuffled.table, ranking.table.iloc[order])


def by_month(first: str, counts: Sequence[float]) -> pd.Series:
    return pd.Series(counts, pd.period_range(first, periods=len(counts), freq="M"), dtype=float)


def test_target_line_worked_by_hand() -> None:
    city = by_month("2019-01", [10] * 12 + [8] * 12 + [9] * 11)
    line = target_line(city, years=range(2018, 2023), goal="fall", band=0.1)
    assert line["year"].tolist() == [2020, 2021]
    assert line["count"].tolist() == [96, 99]
    assert line["count_previous"].tolist() == [120, 88]
    assert line["same_months"].tolist() == [12, 11]
    assert line["ratio"].tolist() == pytest.approx([0.8, 1.125])
    assert line["met"].tolist() == [True, False]
    assert not line["completed_only"].any()
    assert (line["ratio_low"] < line["ratio"]).all()
    assert (line["ratio_high"] > line["ratio"]).all()
    validated(line.assign(theme="x")[list(target_schema().columns)], target_schema())


@pytest.mark.parametrize(("band", "met"), [(0.2, [True, True]), (0.15, [False, True])])
def test_a_stable_goal_has_a_band_on_both_sides(band: float, met: list[bool]) -> None:
    city = by_month("2019-01", [10] * 12 + [8] * 12 + [9] * 12)
    line = target_line(city, years=[2020, 2021], goal="stable", band=band)
    assert line["met"].tolist() == met


def test_completed_crimes_count_where_both_years_tell_them() -> None:
    city = by_month("2019-01", [10] * 36)
    completed = by_month("2019-01", [np.nan] * 12 + [8] * 12 + [6] * 12)
    line = target_line(city, completed, years=[2020, 2021], goal="fall", band=0)
    assert line["completed_only"].tolist() == [False, True]
    assert line["count"].tolist() == [120, 72]
    assert line["count_previous"].tolist() == [120, 96]
    assert line["met"].tolist() == [False, True]


def test_a_goal_without_a_ratio_is_neither_met_nor_missed() -> None:
    line = target_line(by_month("2019-01", [0] * 12 + [1] * 12), years=[2020], goal="fall", band=0)
    assert line["met"].isna().all()
    validated(line.assign(theme="x")[list(target_schema().columns)], target_schema())


def test_a_first_year_has_nothing_to_be_compared_with() -> None:
    line = target_line(by_month("2020-01", [1] * 12), years=[2020], goal="fall", band=0)
    assert line.empty
    validated(line.assign(theme="x")[list(target_schema().columns)], target_schema())


def drawn(mean: npt.NDArray[np.float64]) -> list[float]:
    return list(np.random.default_rng(0).poisson(mean).astype(float))


def test_the_same_seed_gives_the_same_answer() -> None:
    monthly = history("2021-01", A=drawn(np.full(24, 3.0)), B=drawn(np.full(24, 4.0)))
    first, second = (rank(monthly, {"A": 700, "B": 900}, k=1).table for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
