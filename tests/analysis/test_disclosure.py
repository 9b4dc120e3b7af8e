"""What is hidden stays hidden: attacked with linear programmes that know everything else."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis.disclosure import hidden, with_totals
from tests.analysis.attack import LEAST, Attack, cell_of, known

CITY = "city"
TOTAL = "all"


def parents_of(districts: dict[str, list[str]]) -> pd.Series:
    """Return in which area each lies: neighbourhoods in districts in the city."""
    within = {area: district for district, areas in districts.items() for area in areas}
    within |= dict.fromkeys(districts, CITY)
    return pd.Series({**within, CITY: None}, dtype="object")


@st.composite
def tables(draw: st.DrawFn, *, unknown: bool = True) -> tuple[pd.DataFrame, pd.Series, str | None]:
    """Draw counts per neighbourhood and theme: zeros, small ones, ones just large enough."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    districts = {f"d{n}": [f"d{n}w{m}" for m in range(size)] for n, size in enumerate(sizes)}
    themes = [f"t{n}" for n in range(draw(st.integers(1, 4)))]
    count: st.SearchStrategy[float] = st.one_of(
        st.just(0), st.integers(1, 4), st.integers(1, 9), st.integers(5, 60)
    )
    if unknown and draw(st.integers(0, 3)) == 0:
        count = st.one_of(count, count, count, st.just(np.nan))
    areas = [area for within in districts.values() for area in within]
    rows = draw(
        st.lists(
            st.lists(count, min_size=len(themes), max_size=len(themes)),
            min_size=len(areas),
            max_size=len(areas),
        )
    )
    counts = pd.DataFrame(rows, index=areas, columns=themes, dtype="float64")
    return counts, parents_of(districts), TOTAL if len(themes) > 1 else None


def small(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield where a table has a small count."""
    for area in table.index:
        for column in table.columns:
            if 0 < table.loc[area, column] < LEAST:
                yield area, column


def parts_of(counts: pd.DataFrame, parents: pd.Series, area: str, column: str) -> int:
    """Return how many of the smallest counts in a total are not zero: what zeros tell."""
    lines = list(
        dict.fromkeys([area, *(each for each in counts.index if _in(parents, each, area))])
    )
    inside = counts.loc[[each for each in lines if each in counts.index]]
    return int((inside[[column]] if column in counts else inside).gt(0).to_numpy().sum())


def _in(parents: pd.Series, area: str | None, larger: str) -> bool:
    while area is not None:
        area = parents.get(area)
        if area == larger:
            return True
    return False


# ---------------------------------------------------------------- the attack
@settings(max_examples=60)
@given(tables(), st.booleans())
def test_no_small_count_can_be_told_from_any_other_small_count(
    city: tuple[pd.DataFrame, pd.Series, str | None], rounded: bool
) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    away = hidden(table, parents, total=total, least_shown=LEAST)
    attack = Attack([known(table, away, parents, total, rounded=rounded)])
    for area, column in small(table):
        assert away.loc[area, column]
        low, high = attack.range_of(cell_of(table, area, column))
        assert low <= max(1, parts_of(counts, parents, area, column)) + 1e-6
        assert high >= LEAST - 1e-6


@settings(max_examples=40)
@given(tables())
def test_nothing_that_is_hidden_is_one_value(
    city: tuple[pd.DataFrame, pd.Series, str | None],
) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    away = hidden(table, parents, total=total, least_shown=LEAST)
    attack = Attack([known(table, away, parents, total, rounded=False)])
    for cell in np.flatnonzero(away.to_numpy().ravel()):
        low, high = attack.range_of(int(cell))
        assert high - low >= 1 - 1e-6


@settings(max_examples=15)
@given(tables(unknown=False), st.data())
def test_every_value_can_be_had_in_whole_incidents(
    city: tuple[pd.DataFrame, pd.Series, str | None], data: st.DataObject
) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    away = hidden(table, parents, total=total, least_shown=LEAST)
    wanted = [each for each in small(table) if each[0] in counts.index and each[1] in counts]
    if wanted:
        area, column = data.draw(st.sampled_from(wanted))
        attack = Attack([known(table, away, parents, total, rounded=False)])
        cell = cell_of(table, area, column)
        assert all(attack.can_be(cell, value) for value in range(1, LEAST + 1))


# ---------------------------------------------------------------- the attack has teeth
ROW = pd.DataFrame({"t": [3.0, 20.0, 40.0]}, index=["a", "b", "c"])
FLAT = pd.Series({"a": CITY, "b": CITY, "c": CITY, CITY: None}, dtype="object")


def test_without_secondary_suppression_the_attack_finds_the_count() -> None:
    table = with_totals(ROW, FLAT)
    away = hidden(table, FLAT, least_shown=LEAST, secondary=False)
    assert away["t"].to_dict() == {"a": True, "b": False, "c": False, CITY: False}
    attack = Attack([known(table, away, FLAT, None, rounded=False)])
    assert attack.range_of(0) == (3, 3)


def test_the_cheapest_other_count_is_hidden_and_the_total_stays() -> None:
    table = with_totals(ROW, FLAT)
    away = hidden(table, FLAT, least_shown=LEAST)
    assert away["t"].to_dict() == {"a": True, "b": True, "c": False, CITY: False}
    low, high = Attack([known(table, away, FLAT, None, rounded=False)]).range_of(0)
    assert (low, high) == (1, 22)  # 23 less at least 1 in b


def test_two_small_counts_would_be_told_by_a_rounded_total_if_it_were_known_that_both_are() -> None:
    # 4 + 4 is shown as 10, so at least 8: who knew that both are less than 5 knows both.
    counts = pd.DataFrame({"t": [4.0, 4.0, 0.0]}, index=["a", "b", "c"])
    table = with_totals(counts, FLAT)
    away = hidden(table, FLAT, least_shown=LEAST)
    assert away["t"].to_dict() == {"a": True, "b": True, "c": False, CITY: False}
    seen = known(table, away, FLAT, None, rounded=True)
    assert Attack([seen]).range_of(0) == (1, 11)  # one word for small and for protecting: not known
    seen.high[:2] = 4
    assert Attack([seen]).range_of(0) == (4, 4)


def test_one_small_count_needs_the_corners_of_a_rectangle() -> None:
    # With totals in both directions: hide the small count, one more in its row and in its column,
    # and the one where those cross. Of the four rectangles two cost 50 incidents, two cost more.
    counts = pd.DataFrame(
        [[20.0, 50.0, 10.0], [8.0, 19.0, 22.0], [17.0, 32.0, 3.0]],
        index=["a", "b", "c"],
        columns=["x", "y", "z"],
    )
    table = with_totals(counts, FLAT, total=TOTAL)
    away = hidden(table, FLAT, total=TOTAL, least_shown=LEAST)
    assert away.to_numpy().sum() == 4
    assert not away[TOTAL].any()
    assert not away.loc[CITY].any()
    lines = [away[["x", "y", "z"]].sum(), away.loc[["a", "b", "c"]].sum(axis=1)]
    assert all(set(each) == {0, 2} for each in lines)
    assert int(table.where(away).sum().sum()) == 3 + 17 + 10 + 20  # or 3+17+22+8, the same


# ---------------------------------------------------------------- two tables
def test_two_groupings_of_the_same_incidents_would_tell() -> None:
    # Why a theme is published once for a year: assault alone beside assault with robbery.
    counts = pd.DataFrame(
        {"assault": [217.0, 101.0, 412.0], "robbery": [3.0, 12.0, 31.0]}, index=["a", "b", "c"]
    )
    together, alone = with_totals(counts, FLAT, total=TOTAL), with_totals(counts[["assault"]], FLAT)
    publications = [
        known(
            table,
            hidden(table, FLAT, total=total, least_shown=LEAST),
            FLAT,
            total,
            rounded=False,
        )
        for table, total in ((together, TOTAL), (alone, None))
    ]
    robbery = cell_of(together, "a", "robbery")
    low, high = Attack(publications[:1]).range_of(robbery)
    assert low <= 1 < LEAST <= high
    same = [
        {(0, cell_of(together, area, "assault")): 1.0, (1, cell_of(alone, area, "assault")): -1.0}
        for area in together.index
    ]
    assert Attack(publications, same).range_of(robbery) == (3, 3)


@settings(max_examples=10)
@given(tables(unknown=False))
def test_the_same_year_published_again_tells_nothing_more(
    city: tuple[pd.DataFrame, pd.Series, str | None],
) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    twice = [
        known(
            table,
            hidden(table, parents, total=total, least_shown=LEAST),
            parents,
            total,
            rounded=False,
        )
        for _ in range(2)
    ]
    same = [{(0, cell): 1.0, (1, cell): -1.0} for cell in range(table.size)]
    for area, column in list(small(table))[:3]:
        cell = cell_of(table, area, column)
        assert Attack(twice, same).range_of(cell) == pytest.approx(Attack(twice[:1]).range_of(cell))


# ---------------------------------------------------------------- what is shown
def test_zeros_are_shown_and_never_hidden_for_another() -> None:
    counts = pd.DataFrame({"t": [3.0, 0.0, 0.0]}, index=["a", "b", "c"])
    table = with_totals(counts, FLAT)
    away = hidden(table, FLAT, least_shown=LEAST)
    assert away["t"].to_dict() == {"a": True, "b": False, "c": False, CITY: True}


def test_a_small_total_is_at_least_the_number_of_its_parts() -> None:
    counts = pd.DataFrame({"t": [1.0, 1.0, 1.0]}, index=["a", "b", "c"])
    table = with_totals(counts, FLAT)
    away = hidden(table, FLAT, least_shown=LEAST)
    assert away["t"].all()
    attack = Attack([known(table, away, FLAT, None, rounded=False)])
    assert attack.range_of(3) == (3, np.inf)
    assert attack.range_of(0) == (1, np.inf)


def test_a_small_total_is_lowered_by_its_parts_together() -> None:
    # t of d0 is 2 + 2: neither part alone can be two less, both together can be one less.
    districts = {"d0": ["a", "b"], "d1": ["e", "f", "g"]}
    counts = pd.DataFrame(
        {"t": [2.0, 2.0, 1.0, 6.0, 0.0], "u": [7.0, 1.0, 1.0, 1.0, 2.0]}, index=list("abefg")
    )
    parents = parents_of(districts)
    table = with_totals(counts, parents, total=TOTAL)
    away = hidden(table, parents, total=TOTAL, least_shown=LEAST)
    attack = Attack([known(table, away, parents, TOTAL, rounded=False)])
    low, high = attack.range_of(cell_of(table, "d0", "t"))
    assert low <= 2 + 1e-6
    assert high >= LEAST - 1e-6


def test_what_is_unknown_is_no_part_of_a_sum() -> None:
    counts = pd.DataFrame({"t": [3.0, np.nan, 40.0]}, index=["a", "b", "c"])
    table = with_totals(counts, FLAT)
    assert table["t"].isna().to_dict() == {"a": False, "b": True, "c": False, CITY: True}
    away = hidden(table, FLAT, least_shown=LEAST)
    assert away["t"].to_dict() == {"a": True, "b": False, "c": False, CITY: False}


@given(tables())
def test_totals_add_up(city: tuple[pd.DataFrame, pd.Series, str | None]) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    for area in table.index:
        if area not in counts.index:
            inside = counts.loc[[each for each in counts.index if _in(parents, each, area)]]
            expected = inside.sum(skipna=False)
            found = table[counts.columns].T[area]
            pd.testing.assert_series_equal(found, expected, check_names=False)
    if total is not None:
        expected = table[counts.columns].sum(axis=1, skipna=False)
        pd.testing.assert_series_equal(table[total], expected, check_names=False)


@given(tables())
def test_the_same_counts_hide_the_same_cells_and_show_the_rest(
    city: tuple[pd.DataFrame, pd.Series, str | None],
) -> None:
    counts, parents, total = city
    table = with_totals(counts, parents, total=total)
    once = hidden(table, parents, total=total, least_shown=LEAST)
    pd.testing.assert_frame_equal(once, hidden(table, parents, total=total, least_shown=LEAST))
    assert not (once & (table.eq(0) | table.isna())).to_numpy().any()
    if not any(small(table)):
        assert not once.to_numpy().any()


@pytest.mark.parametrize("least", [2, 10])
def test_the_least_count_is_a_setting(least: int) -> None:
    rng = np.random.default_rng(least)
    parents = parents_of({"d0": ["a", "b", "c"], "d1": ["e", "f"]})
    counts = pd.DataFrame(
        rng.integers(0, 3 * least, (5, 3)), index=list("abcef"), columns=list("xyz"), dtype=float
    )
    table = with_totals(counts, parents, total=TOTAL)
    away = hidden(table, parents, total=TOTAL, least_shown=least)
    attack = Attack([known(table, away, parents, TOTAL, rounded=False)])
    assert away.where((table > 0) & (table < least), other=True).to_numpy().all()
    for area in counts.index:
        for column in counts.columns:
            if 0 < counts.loc[area, column] < least:
                low, high = attack.range_of(cell_of(table, area, column))
                assert low <= 1 + 1e-6
                assert high >= least - 1e-6


@pytest.mark.slow
def test_a_city_of_a_hundred_neighbourhoods_withstands_the_attack() -> None:
    rng = np.random.default_rng(7)
    districts = {f"d{n}": [f"d{n}w{m}" for m in range(11)] for n in range(9)}
    parents = parents_of(districts)
    areas = [area for within in districts.values() for area in within]
    rates = rng.gamma(0.6, 15, (len(areas), 6))
    counts = pd.DataFrame(rng.poisson(rates), index=areas, columns=list("abcdef"), dtype=float)
    table = with_totals(counts, parents, total=TOTAL)
    away = hidden(table, parents, total=TOTAL, least_shown=LEAST)
    attack = Attack([known(table, away, parents, TOTAL, rounded=False)])
    checked = list(small(table))
    assert len(checked) > 100
    for area, column in checked:
        low, high = attack.range_of(cell_of(table, area, column))
        assert low <= max(1, parts_of(counts, parents, area, column)) + 1e-6
        assert high >= LEAST - 1e-6
