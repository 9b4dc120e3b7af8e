"""Calendar months, and which period another is compared with."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.months import month_name, month_number, months_between, stretches, years_back


@pytest.mark.parametrize(("months", "back"), [(1, 12), (6, 12), (12, 12), (13, 24), (36, 36)])
def test_a_period_is_compared_with_as_few_whole_years_before_as_it_takes(
    months: int, back: int
) -> None:
    assert years_back(months) == back


@given(st.integers(1, 400), st.integers(20_000, 30_000))
def test_the_period_before_has_the_same_calendar_months_and_shares_none(
    months: int, first: int
) -> None:
    now = range(first, first + months)
    before = [month - years_back(months) for month in now]
    assert [month % 12 for month in now] == [month % 12 for month in before]
    assert max(before) < first
    assert first - max(before) <= 12


@given(st.integers(0, 40_000), st.integers(0, 50))
def test_months_between_are_those_of_their_numbers(first: int, more: int) -> None:
    names = months_between(month_name(first), month_name(first + more))
    assert [month_number(name) for name in names] == list(range(first, first + more + 1))


@given(st.sets(st.integers(24_000, 24_060)))
def test_stretches_hold_every_month_once_with_a_gap_between(numbers: set[int]) -> None:
    found = [tuple(map(month_number, each)) for each in stretches(map(month_name, numbers))]
    assert sorted(month for first, last in found for month in range(first, last + 1)) == sorted(
        numbers
    )
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(found))
