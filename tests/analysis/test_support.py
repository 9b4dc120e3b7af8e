"""Support: a plain loop finds the same, what is strong is found again and what is chance is not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis.grid import Bools, Floats, Grid, Ints
from hotspots.analysis.significance import gi_star, gi_star_twice, hot_cells
from hotspots.analysis.spacetime import neighbourhood
from hotspots.analysis.support import LEAST_MONTHS, month_draws, support
from tests.analysis.test_polygons import walked

SIDE, CELL_M, RADIUS_M, ALPHA = 30, 100.0, 150.0, 0.05
GRID = Grid((0.0, 0.0), CELL_M, np.ones((SIDE, SIDE), dtype=bool))


def block(row: int, column: int, side: int = 3) -> Ints:
    """Return the cells of a square."""
    rows, columns = np.meshgrid(np.arange(row, row + side), np.arange(column, column + side))
    return (rows * SIDE + columns).ravel()


STRONG, FAINT = block(5, 5), block(20, 20)


def spread(n: int, cells: Ints, months: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Return incidents dealt evenly over cells and months."""
    month = rng.choice(months, n)
    return pd.DataFrame(
        {"cell": rng.choice(cells, n), "month": [f"2025-{number:02d}" for number in month]}
    )


def found_again(incidents: pd.DataFrame, areas: list[Ints], *, draws: int = 60) -> Floats:
    return support(incidents, areas, GRID, radius_m=RADIUS_M, alpha=ALPHA, draws=draws, seed=7)


def hot_of(incidents: pd.DataFrame) -> Ints:
    counts = np.bincount(incidents["cell"], minlength=GRID.inside.size).reshape(GRID.shape)
    tested = gi_star_twice(counts, GRID.inside, cell_size_m=CELL_M, radius_m=RADIUS_M, alpha=ALPHA)
    return tested.index[tested["q_hot"] <= ALPHA].to_numpy(np.int64)


def test_a_plain_loop_finds_the_same() -> None:
    """Months are copied one by one, both rounds are written out, holes are walked."""
    rng = np.random.default_rng(3)
    side = 12
    inside = np.ones((side, side), dtype=bool)
    inside[:3, :4] = False
    grid = Grid((0.0, 0.0), CELL_M, inside)
    near = np.array([4 * side + 4, 4 * side + 5, 5 * side + 4, 6 * side + 5])
    study = np.flatnonzero(inside)
    incidents = pd.concat(
        [spread(70, study, np.arange(1, 9), rng), spread(26, near, np.arange(1, 9), rng)]
    )
    areas = [near, np.array([9 * side + 9, 9 * side + 10]), study[-6:]]
    draws = month_draws(8, draws=40, seed=7)
    times_found = np.zeros(len(areas))
    for times in draws:
        counts = np.zeros(inside.size, dtype=np.int64)
        for number, n_times in enumerate(times, start=1):
            for cell in incidents.loc[incidents["month"] == f"2025-{number:02d}", "cell"]:
                counts[cell] += n_times
        hot = plain_hot(counts.reshape(inside.shape), inside)
        hot = walked(hot, inside, most_cells=np.pi * (RADIUS_M / CELL_M) ** 2)
        for number, area in enumerate(areas):
            again = [cell for cell in area if hot[divmod(cell, side)]]
            times_found[number] += len(again) / len(area) >= 0.5
    found = support(incidents, areas, grid, radius_m=RADIUS_M, alpha=0.2, draws=40, seed=7)
    np.testing.assert_array_equal(found, times_found / 40)
    assert 0 < found[0] < 1


def plain_hot(counts: Ints, inside: Bools) -> Bools:
    """Return the hot cells of two rounds of the test, at 20%."""
    hot = np.zeros_like(inside)
    first = gi_star(counts * inside, inside, cell_size_m=CELL_M, radius_m=RADIUS_M)
    hot.ravel()[first.index[first["q_hot"] <= 0.2]] = True
    if hot.any():
        rest = inside & ~hot
        second = gi_star(counts * rest, rest, cell_size_m=CELL_M, radius_m=RADIUS_M)
        hot.ravel()[second.index[second["q_hot"] <= 0.2]] = True
    return hot


@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.05, 0.2]), st.floats(0.2, 3))
@settings(max_examples=60, deadline=None)
def test_the_lean_test_finds_the_hot_cells_of_the_full_one(
    seed: int, alpha: float, mean: float
) -> None:
    rng = np.random.default_rng(seed)
    inside = rng.random((16, 13)) < 0.9
    counts = rng.poisson(rng.gamma(0.3, mean / 0.3, inside.shape)).astype(np.int64)
    full = gi_star_twice(counts, inside, cell_size_m=CELL_M, radius_m=RADIUS_M, alpha=alpha)
    np.testing.assert_array_equal(lean(counts, inside, alpha), full["q_hot"] <= alpha)


def lean(counts: Ints, inside: Bools, alpha: float) -> Bools:
    near = neighbourhood(Grid((0.0, 0.0), CELL_M, inside), RADIUS_M, np.sign).astype(np.int64)
    own = counts[inside]
    sizes = {"cell_size_m": CELL_M, "radius_m": RADIUS_M}
    return hot_cells(own, near @ own, near, **sizes, alpha=alpha)


@pytest.mark.parametrize("inside", [np.zeros((4, 4), dtype=bool), np.ones((1, 1), dtype=bool)])
def test_without_cells_or_neighbours_nothing_is_hot(inside: Bools) -> None:
    counts = np.full(inside.shape, 9, dtype=np.int64)
    assert not lean(counts, inside, ALPHA).any()


def test_months_are_drawn_evenly_and_as_many_as_there_are() -> None:
    times = month_draws(24, draws=4000, seed=1)
    assert (times.sum(axis=1) == 24).all()
    # The number of times a month is drawn is binomial: mean 1, variance 23 / 24.
    assert times.mean(axis=0) == pytest.approx(np.ones(24), abs=5 * np.sqrt(1 / 4000))
    assert times.var() == pytest.approx(23 / 24, rel=0.03)
    # A month is in a resample with chance 1 - (1 - 1/24)^24.
    assert (times > 0).mean() == pytest.approx(1 - (23 / 24) ** 24, abs=0.01)
    np.testing.assert_array_equal(times, month_draws(24, draws=4000, seed=1))


def planted(seed: int, *, faint: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    months = np.arange(1, 25)
    return pd.concat(
        [
            spread(700, np.arange(SIDE * SIDE), months, rng),
            spread(90, STRONG, months, rng),
            spread(faint, FAINT, months, rng),
        ],
        ignore_index=True,
    )


def hot_in(incidents: pd.DataFrame, cells: Ints) -> Ints:
    return np.intersect1d(hot_of(incidents), cells)


def test_what_is_strong_is_found_again_and_what_just_passes_seldom() -> None:
    strong, faint = [], []
    for seed in range(8):
        incidents = planted(seed, faint=20)
        strong.append(found_again(incidents, [hot_in(incidents, STRONG)]).item())
        if len(just := hot_in(incidents, FAINT)):
            faint.append(found_again(incidents, [just]).item())
    assert min(strong) >= 0.9
    assert len(faint) >= 4
    assert max(faint) < 0.5


def test_support_rises_with_what_was_planted() -> None:
    means = []
    for n_planted in (20, 30, 60):
        towns = [planted(seed, faint=n_planted) for seed in range(8)]
        areas = [(town, hot_in(town, FAINT)) for town in towns]
        shares = [found_again(town, [area], draws=30) for town, area in areas if len(area)]
        means.append(np.mean(shares))
    assert means[0] < means[1] - 0.1 < means[2] - 0.2
    assert means[2] > 0.8


def test_a_crowd_of_one_month_has_less_support_than_one_of_every_month() -> None:
    """A month is in 64 of 100 resamples: what hangs on it can be found in no more."""
    rng = np.random.default_rng(1)
    months = np.arange(1, 25)
    everywhere = spread(700, np.arange(SIDE * SIDE), months, rng)
    found = []
    for when in (months, np.array([9])):
        town = pd.concat([everywhere, spread(60, STRONG, when, rng)], ignore_index=True)
        found.append(found_again(town, [hot_in(town, STRONG)], draws=200).item())
    assert found[0] >= 0.95
    assert 0.2 < found[1] < 1 - (23 / 24) ** 24 + 0.08


def test_places_picked_from_noise_are_seldom_found_again() -> None:
    """The three highest places of a map of chance alone, which nobody planted."""
    shares: list[float] = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        incidents = spread(900, np.arange(SIDE * SIDE), np.arange(1, 25), rng)
        counts = np.bincount(incidents["cell"], minlength=SIDE * SIDE).reshape(GRID.shape)
        tested = gi_star(counts, GRID.inside, cell_size_m=CELL_M, radius_m=RADIUS_M)
        highest = tested["p_hot"].nsmallest(3).index
        shares += [found_again(incidents, [np.array([cell])]).item() for cell in highest]
    assert np.mean(shares) < 0.35


@pytest.mark.parametrize("n_months", [LEAST_MONTHS - 1, LEAST_MONTHS])
def test_a_few_months_have_no_support(n_months: int) -> None:
    rng = np.random.default_rng(2)
    incidents = spread(500, STRONG, np.arange(1, n_months + 1), rng)
    found = found_again(incidents, [STRONG], draws=5)
    assert np.isnan(found).all() == (n_months < LEAST_MONTHS)


def test_support_depends_on_the_seed_alone_and_tells_how_far_it_is() -> None:
    incidents = planted(4, faint=14)
    mixed = incidents.sample(frac=1, random_state=1)
    np.testing.assert_array_equal(
        found_again(incidents, [FAINT, STRONG]), found_again(mixed, [FAINT, STRONG])
    )
    steps: list[tuple[int, int]] = []
    support(
        incidents,
        [STRONG],
        GRID,
        radius_m=RADIUS_M,
        alpha=ALPHA,
        draws=3,
        seed=1,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert found_again(incidents, []).shape == (0,)
