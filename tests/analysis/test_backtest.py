"""Backtests worked out by hand, and planted processes of which the truth is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.accuracy import Outcomes, hit_rate, intervals, pai, pei, rri
from hotspots.analysis.backtest import (
    Backtest,
    Settings,
    backtest,
    choose,
    flag_cells,
    n_cells_of,
)
from hotspots.analysis.forecasts import Candidates, Method, count_scores, methods_of
from hotspots.analysis.grid import Floats, Grid, Ints, make_grid
from hotspots.analysis.spacetime import History
from hotspots.errors import PolicyRefused

COUNT = Method("count", count_scores)
CANDIDATES = methods_of(
    Candidates(bandwidths_m=(200.0, 300.0), half_lives_months=(1.0, 6.0), reaches_months=(2.0,))
)


def square(n_cells: int) -> Grid:
    """Return so many by so many study cells of 100 m."""
    return make_grid(shapely.box(0, 0, 100 * n_cells, 100 * n_cells), cell_size_m=100)


def town(counts: Ints, months: Ints | None = None) -> History:
    """Return a history of a square of cells, counts having shape (cells, months)."""
    side = round(len(counts) ** 0.5)
    return History(
        square(side), np.arange(counts.shape[1]) if months is None else months, counts, 0
    )


def settings(area_km2: float, **others: int) -> Settings:
    """Return settings that learn from one month and draw little."""
    return replace(Settings(area_km2=area_km2, least_months=1, draws=400), **others)


def make(history: History, *, first: int, months_ahead: int = 1, area_km2: float) -> Backtest:
    """Test all candidates from the month `first` on."""
    return backtest(
        history,
        CANDIDATES,
        train_until=first - 1,
        test_until=int(history.months[-1]),
        months_ahead=months_ahead,
        settings=settings(area_km2),
    )


Figures = dict[str, float]


def per_method(found: Backtest) -> dict[str, Figures]:
    """Return the figures of each method over the whole period."""
    rows = found.table.to_dict("index")
    return {
        str(name): {str(key): float(each) for key, each in row.items()}
        for name, row in rows.items()
    }


def at_origins(found: Backtest, method: str) -> dict[int, Figures]:
    """Return the figures of a method per origin."""
    rows = pd.DataFrame(found.by_origin.xs(method, level="method")).to_dict("index")
    return {
        int(str(origin)): {str(key): float(each) for key, each in row.items()}
        for origin, row in rows.items()
    }


# ---------------------------------------------------------------- by hand, 3 by 3 cells
#              cell:  0  1  2  3  4  5  6  7  8
BEFORE = np.array([[3, 1, 0, 0, 2, 0, 0, 0, 0],
                   [2, 2, 0, 0, 0, 0, 0, 0, 2]])  # fmt: skip
TESTED = np.array([[2, 0, 4, 0, 1, 0, 0, 0, 1],
                   [3, 1, 0, 0, 0, 0, 0, 2, 0]])  # fmt: skip
SMALL = town(np.vstack([BEFORE, TESTED]).T)


def count_alone(months_ahead: int, area_km2: float = 0.02) -> Backtest:
    return backtest(
        SMALL, [COUNT], train_until=1, test_until=3, months_ahead=months_ahead,
        settings=settings(area_km2),
    )  # fmt: skip


def test_every_measure_worked_by_hand() -> None:
    # Two cells of 0.01 km2. Counts at the first origin: 5, 3, 2, 2 in cells 0, 1, 4, 8, so cells
    # 0 and 1 are flagged; at the second 7, 3, 4, 3, 3 in cells 0, 1, 2, 4, 8: cells 0 and 2.
    first, second = at_origins(count_alone(1), "count").values()
    assert (first["n"], first["N"], first["n_best"]) == (2, 8, 4 + 2)
    assert (first["a"], first["A"]) == pytest.approx((0.02, 0.09))
    assert first["hit_rate"] == pytest.approx(2 / 8)
    assert first["pai"] == pytest.approx((2 / 8) / (2 / 9))
    assert first["pei"] == pytest.approx(2 / 6)
    assert first["rri"] == pytest.approx((2 / 8) / (8 / 12))
    assert (second["n"], second["N"], second["n_best"]) == (3, 6, 3 + 2)
    assert second["rri"] == pytest.approx((3 / 6) / (11 / 20))
    pooled = per_method(count_alone(1))["count"]
    assert (pooled["n"], pooled["N"], pooled["n_best"]) == (5, 14, 11)
    assert pooled["hit_rate"] == pytest.approx(5 / 14)
    assert pooled["pai"] == pytest.approx((5 / 14) / (2 / 9))
    assert pooled["pei"] == pytest.approx(5 / 11)
    assert pooled["rri"] == pytest.approx((5 / 14) / ((8 + 11) / (12 + 20)))
    assert pooled["gain"] == 0


def test_flags_that_are_kept_are_judged_on_all_months_together() -> None:
    # Cells 0 and 1 stay flagged; the months after hold 5, 1, 4, 1, 2, 1 in cells 0, 1, 2, 4, 7, 8.
    kept = per_method(count_alone(2))["count"]
    assert (kept["n"], kept["N"], kept["n_best"]) == (6, 14, 9)
    assert kept["pei"] == pytest.approx(6 / 9)
    assert kept["rri"] == pytest.approx((6 / 14) / (8 / 12))
    assert list(at_origins(count_alone(2), "count")) == [1]


def test_a_last_cell_in_part_is_not_flagged() -> None:
    assert n_cells_of(SMALL.grid, 0.0299) == 2
    assert n_cells_of(SMALL.grid, 0.01 + 0.02) == 3  # 0.03 but for rounding
    pd.testing.assert_frame_equal(count_alone(1, 0.0299).table, count_alone(1, 0.02).table)


@pytest.mark.parametrize("area_km2", [0.0, -1.0, 0.0099, 0.09, 50.0, float("nan")])
def test_an_area_that_does_not_suit_is_refused(area_km2: float) -> None:
    with pytest.raises(PolicyRefused, match="flagged area must"):
        count_alone(1, area_km2)


def test_ties_go_to_the_higher_count_and_then_to_the_lower_number() -> None:
    scores = np.array([[1.0, 1.0, 1.0 + 1e-15, 0.5, 1.0]]).T
    counts = np.array([[1, 3, 1, 9, 3]]).T
    for n_cells, flagged in ((1, [1]), (2, [1, 4]), (3, [0, 1, 4]), (4, [0, 1, 2, 4])):
        found = flag_cells(scores, counts, n_cells=n_cells)
        assert np.flatnonzero(found).tolist() == flagged


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2)), min_size=2, max_size=30),
    st.data(),
)
def test_flags_are_those_of_a_plain_sort(cells: list[tuple[int, int]], data: st.DataObject) -> None:
    n_cells = data.draw(st.integers(1, len(cells) - 1))
    scores, counts = np.array(cells).T
    order = sorted(range(len(cells)), key=lambda cell: (-scores[cell], -counts[cell], cell))
    found = flag_cells(scores[:, None].astype(float), counts[:, None], n_cells=n_cells)
    assert set(np.flatnonzero(found)) == set(order[:n_cells])


def test_measures_without_incidents_are_not_numbers() -> None:
    none, some = np.array([0]), np.array([4])
    for value in (hit_rate(none, none), pai(none, none, 1, 9), pei(none, none),
                  rri(some, some, none, some), rri(none, none, some, some)):  # fmt: skip
        assert np.isnan(value).all()


# ---------------------------------------------------------------- designs
def test_a_month_that_was_not_delivered_is_neither_learned_from_nor_tested_on() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(2, (100, 30)).astype(np.int64)
    delivered = np.array([month for month in range(30) if month not in (7, 22, 25)])
    found = make(town(counts[:, delivered], delivered), first=20, area_km2=0.1)
    by_origin = at_origins(found, "count")
    assert list(by_origin) == [19, 20, 22, 23, 25, 26, 27, 28]
    tested = counts[:, [20, 21, 23, 24, 26, 27, 28, 29]]
    assert per_method(found)["count"]["N"] == tested.sum()
    # The plain count of the delivered months alone gives the same flags.
    known = counts[:, [month for month in delivered if month <= 22]].sum(axis=1)
    top = np.argsort(-known, kind="stable")[:10]
    assert by_origin[22]["n"] == counts[top, 23].sum()


def test_every_method_flags_the_same_area_and_months_add_up() -> None:
    rng = np.random.default_rng(2)
    history = town(rng.poisson(rng.gamma(0.4, 2, (225, 1)), (225, 36)).astype(np.int64))
    found = make(history, first=24, area_km2=0.155)
    assert found.table.index.tolist() == [
        "count", "kde", "gi_star", "recency", "prospective", "mixture",
    ]  # fmt: skip
    assert (found.table["a"] == found.table["a"].iloc[0]).all()
    assert found.table["a"].iloc[0] == pytest.approx(0.15)
    for name in ("n", "N", "n_best"):
        pooled = found.by_origin[name].groupby(level="method", sort=False).sum()
        np.testing.assert_allclose(pooled, found.table[name])
    pd.testing.assert_frame_equal(found.table, make(history, first=24, area_km2=0.155).table)


@pytest.mark.parametrize(("months_ahead", "missed"), [(1, 1), (2, 2), (3, 3), (6, 6)])
def test_flags_are_renewed_after_the_window(months_ahead: int, missed: int) -> None:
    # The hot cell moves in month 6, and nine incidents a month outdo the six before at once:
    # the flags made after month 5 miss it until they are renewed.
    counts = np.zeros((9, 12), dtype=np.int64)
    counts[0, :6], counts[4, 6:] = 1, 9
    found = backtest(
        town(counts), [COUNT], train_until=5, test_until=11, months_ahead=months_ahead,
        settings=settings(0.01),
    )  # fmt: skip
    assert per_method(found)["count"]["n"] == 9 * (6 - missed)


def test_a_period_without_a_delivered_month_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no month"):
        backtest(
            SMALL, [COUNT], train_until=3, test_until=9, months_ahead=1, settings=settings(0.02)
        )


# ---------------------------------------------------------------- choosing
def test_what_is_reported_never_decides_what_is_chosen() -> None:
    rng = np.random.default_rng(7)
    rates = rng.gamma(0.4, 2, (400, 1))
    counts = rng.poisson(rates, (400, 40)).astype(np.int64)
    shuffled = counts.copy()
    shuffled[:, 28:] = rng.permutation(counts[:, 28:])
    for months_ahead in (1, 12):
        as_it_was = make(town(counts), first=28, months_ahead=months_ahead, area_km2=0.3)
        other = make(town(shuffled), first=28, months_ahead=months_ahead, area_km2=0.3)
        assert as_it_was.choice.name == other.choice.name
        assert as_it_was.choice.hits == other.choice.hits
        assert as_it_was.choice.methods == other.choice.methods
        assert as_it_was.choice.origins.max() + months_ahead <= 27
        assert per_method(as_it_was)["count"]["n"] != per_method(other)["count"]["n"]


def test_the_choice_is_the_most_hits_and_of_equals_the_simplest() -> None:
    # Cell 3 holds everything on the windows that are chosen on; only one method knows.
    counts = np.zeros((9, 10), dtype=np.int64)
    counts[3] = 1

    def of(cell: int) -> Method:
        scores = np.zeros((9, 1))
        scores[cell] = 1
        return Method("fixed", lambda _h, origins, _m: np.repeat(scores, len(origins), 1),
                      {"cell": cell})  # fmt: skip

    wrong, right, later = of(2), of(3), of(3)
    chosen = choose(
        town(counts),
        [wrong, right, later, replace(later, name="elaborate")],
        before=8,
        months_ahead=2,
        settings=settings(0.01, selection_months=4, least_months=3),
    )
    assert chosen.origins.tolist() == [3, 4, 5, 6]
    assert [n for _, n in chosen.hits] == [0, 8, 8, 8]
    assert (chosen.name, chosen.methods[0], chosen.incidents) == ("fixed", right, 8)


@pytest.mark.parametrize(
    ("months_ahead", "origins"),
    [(1, range(18, 30)), (7, range(12, 24)), (8, range(12, 24, 2)), (12, range(9, 20, 3))],
)
def test_long_windows_to_choose_on_begin_a_quarter_of_their_length_apart(
    months_ahead: int, origins: range
) -> None:
    # The last of them ends with the last month that may be looked at, month 30.
    found = choose(
        town(np.ones((9, 40), dtype=np.int64)),
        [COUNT],
        before=30,
        months_ahead=months_ahead,
        settings=settings(0.01, selection_months=12),
    )
    assert found.origins.tolist() == list(origins)


def test_without_earlier_months_the_plain_count_is_chosen() -> None:
    found = choose(
        SMALL, CANDIDATES, before=1, months_ahead=1, settings=settings(0.02, least_months=2)
    )
    assert (found.name, len(found.origins)) == ("count", 0)


# ---------------------------------------------------------------- planted processes
def planted(rng: np.random.Generator, rates: Floats, n_months: int) -> History:
    """Return a stationary Poisson process with a rate per cell and month."""
    return town(rng.poisson(rates[:, None], (len(rates), n_months)).astype(np.int64))


def test_stationary_hotspots_are_caught_as_theory_says() -> None:
    rng = np.random.default_rng(11)
    rates = np.full((30, 30), 0.05)
    rates[4:9, 4:9] = rates[20:25, 12:17] = 2.0  # fifty cells, in two squares
    history = planted(rng, rates.ravel(), 48)
    found = per_method(make(history, first=24, area_km2=0.5))
    expected = 50 * 2.0 / rates.sum()
    spread = (expected * (1 - expected) / found["count"]["N"]) ** 0.5
    for name in ("count", "recency", "mixture"):
        assert found[name]["hit_rate"] == pytest.approx(expected, abs=4 * spread), name
    # Smoothing gives up corners of the squares, but not much.
    assert expected - 0.08 < found["kde"]["hit_rate"] < expected + 4 * spread
    assert found["count"]["pai"] == pytest.approx(expected / (50 / 900), rel=0.05)
    assert found["count"]["rri"] == pytest.approx(1, abs=0.05)


def test_near_repeats_are_caught_by_looking_near_and_recently() -> None:
    rng = np.random.default_rng(12)
    counts = np.zeros((30, 30, 60), dtype=np.int64)
    for month in range(60):
        counts[:, :, month] = rng.poisson(0.02, (30, 30))
        for row, column in np.argwhere(counts[:, :, month - 1]) if month else []:
            for _ in range(rng.poisson(0.8 * counts[row, column, month - 1])):
                step = rng.integers(-1, 2, 2)
                counts[(row + step[0]) % 30, (column + step[1]) % 30, month] += 1
    found = make(town(counts.reshape(900, 60)), first=24, area_km2=0.9)
    figures = per_method(found)
    assert figures["prospective"]["gain_low"] > 0
    assert figures["prospective"]["hit_rate"] > 1.5 * figures["count"]["hit_rate"]
    assert found.choice.name != "count"
    assert figures[found.choice.name]["gain_low"] > 0


def test_hotspots_that_move_are_caught_by_what_is_recent() -> None:
    rng = np.random.default_rng(13)
    rates = np.full((400, 60), 0.05)
    for start in range(0, 60, 6):
        rates[rng.choice(400, 20, replace=False), start : start + 6] = 3.0
    history = town(rng.poisson(rates).astype(np.int64))
    found = make(history, first=30, area_km2=0.2)
    assert per_method(found)["recency"]["gain_low"] > 0.1
    assert found.choice.methods[3].parameters == {"half_life_months": 1.0}
    assert found.choice.name in ("recency", "mixture")


def test_flags_at_random_have_an_index_of_one_and_an_oracle_is_efficient() -> None:
    rng = np.random.default_rng(14)
    history = planted(rng, rng.gamma(0.3, 2, 400), 140)
    blind = Method("blind", lambda _h, origins, _m: rng.random((400, len(origins))))
    oracle = Method("oracle", lambda h, origins, ahead: h.after(origins, ahead).astype(float))
    found = backtest(
        history, [COUNT, blind, oracle], train_until=19, test_until=139, months_ahead=1,
        settings=settings(0.4),
    )  # fmt: skip
    per_month = [each["pai"] for each in at_origins(found, "blind").values()]
    error = np.std(per_month) / len(per_month) ** 0.5
    assert per_method(found)["blind"]["pai"] == pytest.approx(1, abs=4 * float(error))
    assert per_method(found)["oracle"]["pei"] == 1
    assert (found.by_origin["pei"] <= 1).all()


# ---------------------------------------------------------------- what chance leaves
def outcomes(n: Ints, n_all: Ints) -> Outcomes:
    """Return months in which two methods, always agreeing, caught n of n_all."""
    return Outcomes(
        by_pattern=np.column_stack([n_all - n, n]),
        patterns=np.array([[False, False], [True, True]]),
        n_best=n_all.astype(float),
        n_before=np.column_stack([n, n]) + 5,
        n_all_before=n_all + 9,
    )


@pytest.mark.parametrize(
    ("n_months", "between", "least", "most"),
    # `between` is the variance of the true monthly share over that of a coin of the same mean.
    [(24, 0.0, 0.91, 0.98), (12, 0.0, 0.90, 0.98), (12, 0.02, 0.90, 0.98), (3, 0.0, 0.93, 1.0)],
)
def test_intervals_cover_the_true_hit_rate(
    n_months: int, between: float, least: float, most: float
) -> None:
    rng = np.random.default_rng(15)
    truth, covered, tries = 0.2, 0, 400
    for _ in range(tries):
        n_all = rng.poisson(80, n_months) + 1
        share = np.full(n_months, truth)
        if between:
            spread = 1 / between - 1
            share = rng.beta(truth * spread, (1 - truth) * spread, n_months)
        found = intervals(
            outcomes(rng.binomial(n_all, share), n_all), area=1, area_all=9, draws=300, rng=rng
        )
        low, high = (float(bound[0]) for bound in found["hit_rate"])
        covered += low <= truth <= high
    assert least <= covered / tries <= most


def test_methods_that_agree_differ_by_nothing_however_often_they_are_drawn() -> None:
    rng = np.random.default_rng(16)
    for n_months in (4, 12):
        n_all = rng.poisson(50, n_months)
        found = intervals(
            outcomes(rng.binomial(n_all, 0.3), n_all), area=1, area_all=9, draws=200, rng=rng
        )
        np.testing.assert_array_equal(np.array(found["gain"]), 0)


def test_one_month_with_few_incidents_still_has_an_interval() -> None:
    found = intervals(
        outcomes(np.array([3]), np.array([10])), area=1, area_all=9, draws=2000,
        rng=np.random.default_rng(17),
    )  # fmt: skip
    low, high = (float(bound[0]) for bound in found["hit_rate"])
    # The quantiles of a binomial of ten with a chance of three tenths: 1 and 6.
    assert (low, high) == pytest.approx((0.1, 0.6))


def test_an_estimate_lies_within_its_interval() -> None:
    rng = np.random.default_rng(18)
    history = planted(rng, rng.gamma(0.4, 2, 225), 60)
    for months_ahead in (1, 24):
        table = make(history, first=36, months_ahead=months_ahead, area_km2=0.15).table
        for name in ("hit_rate", "pai", "pei", "rri", "gain"):
            assert (table[f"{name}_low"] <= table[name]).all(), name
            assert (table[name] <= table[f"{name}_high"]).all(), name
