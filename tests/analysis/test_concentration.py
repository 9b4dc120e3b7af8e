"""Concentration against worked examples, the authors' own figures and limit cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.concentration import concentration, curve_by_chance, lorenz_curve
from hotspots.analysis.grid import Ints


def cells(*counts: int, n_cells: int = 0) -> Ints:
    """Return counts per cell, filled up with empty cells."""
    return np.array([*counts, *[0] * (n_cells - len(counts))], dtype=np.int64)


def gini_of_pairs(counts: Ints) -> float:
    """Return the Gini coefficient by its other definition: half the relative mean difference."""
    difference = np.abs(counts[:, None] - counts[None, :]).mean()
    return float(difference / (2 * counts.mean()))


def test_a_curve_worked_by_hand() -> None:
    # Ten incidents in five cells: 6 in the first, then 2 and 2, then none twice.
    found = lorenz_curve(cells(2, 0, 6, 2, 0))
    expected = [(0, 0), (1 / 5, 6 / 10), (3 / 5, 10 / 10), (1, 1)]
    np.testing.assert_allclose(found, expected)


def test_coefficients_and_shares_worked_by_hand() -> None:
    found = concentration(cells(2, 0, 6, 2, 0), top_shares=(0.2, 0.3))
    # Area under the curve: 1/5 * 0.3 + 2/5 * 0.8 + 2/5 * 1 = 0.78, so G = 2 * 0.78 - 1.
    assert found.gini == pytest.approx(0.56)
    assert found.generalised_gini == pytest.approx(0.56)
    # Three tenths of five cells are the first and half of the second: 6 + 1 of 10.
    assert [each.incidents for each in found.top] == pytest.approx([0.6, 0.7])


@pytest.mark.parametrize(
    ("counts", "gini", "generalised"),
    [
        # The examples of lorenzgini, the authors' own R package, with unbiased=FALSE.
        (cells(10, 8, 2, n_cells=10), 0.78, 0.78),
        (cells(5, 2, 1, n_cells=10), 0.80, 0.75),
        (cells(10, n_cells=10), 0.90, 0.90),
    ],
)
def test_published_coefficients(counts: Ints, gini: float, generalised: float) -> None:
    found = concentration(counts)
    assert found.gini == pytest.approx(gini)
    assert found.generalised_gini == pytest.approx(generalised)


def test_as_even_as_whole_incidents_allow_is_no_concentration() -> None:
    sparse = concentration(cells(*[1] * 20, n_cells=1000))
    assert sparse.gini == pytest.approx(0.98)
    assert sparse.generalised_gini == pytest.approx(0, abs=1e-12)
    even = concentration(cells(*[7] * 50))
    assert (even.gini, even.generalised_gini) == pytest.approx((0, 0), abs=1e-12)


def test_all_in_one_cell_is_the_most_there_is() -> None:
    found = concentration(cells(40, n_cells=1000))
    assert found.generalised_gini == pytest.approx(1 - 1 / 40)
    assert [each.incidents for each in found.top] == [1, 1, 1]


def test_without_incidents_there_is_no_number() -> None:
    found = concentration(cells(n_cells=5))
    assert np.isnan([found.gini, found.generalised_gini, found.top[0].incidents]).all()
    assert found.lorenz.shape == (0, 2)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40).filter(any))
def test_the_area_under_the_curve_is_the_mean_difference(counts: list[int]) -> None:
    found = concentration(cells(*counts))
    assert found.gini == pytest.approx(gini_of_pairs(cells(*counts)), abs=1e-12)
    assert -1e-9 <= found.generalised_gini <= found.gini + 1e-9


@pytest.mark.parametrize("mean_count", [0.03, 0.4, 2.5])
def test_what_chance_gives_is_what_dealing_gives(mean_count: float) -> None:
    rng = np.random.default_rng(5)
    n_cells = 20_000
    dealt = rng.multinomial(int(mean_count * n_cells), np.full(n_cells, 1 / n_cells), size=20)
    at = np.array([0.01, 0.05, 0.1, 0.5])
    chance = curve_by_chance(mean_count)
    found = np.interp(at, chance[:, 0], chance[:, 1])
    seen = [np.interp(at, *lorenz_curve(each).T) for each in dealt]
    spread = np.std(seen, axis=0) + 1e-3
    assert (np.abs(np.mean(seen, axis=0) - found) < 2 * spread).all()


def test_incidents_dealt_at_random_are_not_more_concentrated_than_chance() -> None:
    rng = np.random.default_rng(9)
    dealt = rng.multinomial(600, np.full(5000, 1 / 5000)).astype(np.int64)
    for each in concentration(dealt).top:
        assert each.incidents == pytest.approx(each.by_chance, abs=0.05)
    assert concentration(dealt).top[1].incidents > 3 * 0.05
