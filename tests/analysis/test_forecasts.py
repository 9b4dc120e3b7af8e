"""Scores against the plain sums they stand for, our own tested functions, and other optimisers."""

import math
from functools import partial

import numpy as np
import pytest
import shapely
from scipy.optimize import minimize

from hotspots.analysis.density import kernel_density
from hotspots.analysis.forecasts import (
    WEEKS_PER_MONTH,
    Candidates,
    Method,
    count_scores,
    gi_star_scores,
    kde_scores,
    methods_of,
    mixture_scores,
    prospective_scores,
    recency_scores,
)
from hotspots.analysis.grid import Floats, Grid, Ints, make_grid
from hotspots.analysis.likeliest import likeliest_weights
from hotspots.analysis.significance import gi_star
from hotspots.analysis.spacetime import History, bin_by_month

AREA = shapely.Polygon([(0, 0), (1500, 0), (1500, 450), (900, 1050), (0, 1050)])
MONTHS = np.array([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])  # month 3 was not delivered


def history_of(counts: Ints, months: Ints = MONTHS, grid: Grid | None = None) -> History:
    """Return a history with the given counts, shape (study cells, months)."""
    return History(grid or make_grid(AREA, cell_size_m=150), months, counts, 0)


@pytest.fixture
def history() -> History:
    grid = make_grid(AREA, cell_size_m=150)
    shape = (len(grid.study_cells), len(MONTHS))
    return history_of(np.random.default_rng(4).poisson(0.7, shape).astype(np.int64), grid=grid)


def middles(grid: Grid) -> Floats:
    """Return the middle of every study cell."""
    row, column = np.divmod(grid.study_cells, grid.shape[1])
    x, y = grid.centres()
    return np.column_stack([x[column], y[row]])


# ---------------------------------------------------------------- binning
def test_incidents_are_binned_once_by_cell_and_month() -> None:
    grid = make_grid(shapely.box(0, 0, 300, 300), cell_size_m=100)
    x = np.array([50.0, 60.0, 250.0, 250.0, 900.0])
    y = np.array([50.0, 40.0, 150.0, 150.0, 50.0])
    found = bin_by_month(grid, x, y, np.array([7, 9, 9, 9, 9]), months=np.array([7, 8, 9]))
    expected = np.zeros((9, 3), dtype=np.int64)
    expected[0, 0], expected[0, 2], expected[5, 2] = 1, 1, 2
    np.testing.assert_array_equal(found.counts, expected)
    assert found.n_outside == 1
    np.testing.assert_array_equal(found.up_to(np.array([8]))[:, 0], expected[:, 0])
    np.testing.assert_array_equal(found.after(np.array([7]), 2)[:, 0], expected[:, 2])


# ---------------------------------------------------------------- scores by hand and by brute force
def test_a_month_that_was_not_delivered_is_never_a_zero() -> None:
    grid = make_grid(shapely.box(0, 0, 200, 100), cell_size_m=100)
    known = history_of(np.array([[4, 0, 2], [0, 0, 9]]), np.array([0, 2, 3]), grid)
    origins = np.array([0, 1, 2])
    expected = [[4, 4, 2], [0, 0, 0]]  # by delivered month: the missing month 1 changes nothing
    np.testing.assert_allclose(count_scores(known, origins), expected)
    # Half-life of one month: at origin 2 the two known months weigh 1/4 and 1.
    found = recency_scores(known, origins, half_life_months=1)
    np.testing.assert_allclose(found, [[4.0, 4.0, 4 * 0.25 / 1.25], [0.0, 0.0, 0.0]])


def test_kde_equals_the_density_of_incidents_in_the_middle_of_their_cells(
    history: History,
) -> None:
    origin = 9
    known = history.counts[:, history.months <= origin]
    x, y = middles(history.grid).T
    for bandwidth_m in (100.0, 200.0, 437.0):
        density = kernel_density(
            history.grid, x, y, bandwidth_m=bandwidth_m, weights=known.sum(axis=1).astype(float)
        )
        found = kde_scores(history, np.array([origin]), bandwidth_m=bandwidth_m)[:, 0]
        np.testing.assert_allclose(found * known.shape[1], density[history.grid.inside], rtol=1e-9)


@pytest.mark.parametrize("radius_m", [150.0, 300.0, 320.0])
def test_gi_star_equals_the_tested_z(history: History, radius_m: float) -> None:
    origins = np.array([2, 9])
    found = gi_star_scores(history, origins, radius_m=radius_m)
    for column, origin in enumerate(origins):
        counts = np.zeros(history.grid.shape, dtype=np.int64)
        known = history.counts[:, history.months <= origin].sum(axis=1)
        counts[history.grid.inside] = known
        table = gi_star(counts, history.grid.inside, cell_size_m=150, radius_m=radius_m)
        np.testing.assert_allclose(found[:, column], table["gi_star_z"], rtol=1e-9, atol=1e-12)


def test_gi_star_of_nothing_is_zero() -> None:
    grid = make_grid(AREA, cell_size_m=150)
    empty = history_of(np.zeros((len(grid.study_cells), len(MONTHS)), dtype=np.int64), grid=grid)
    assert not gi_star_scores(empty, np.array([5]), radius_m=150).any()


@pytest.mark.parametrize(("reach_m", "reach_months"), [(400.0, 2.0), (150.0, 6.0), (310.0, 24.0)])
def test_prospective_equals_the_plain_sum_over_incidents(
    history: History, reach_m: float, reach_months: float
) -> None:
    origin, middle = 10, middles(history.grid)
    total, weights = np.zeros(len(middle)), 0.0
    for month, counts in zip(history.months.tolist(), history.counts.T, strict=True):
        if month > origin or origin - month >= reach_months:
            continue
        weeks = (origin - month + 0.5) * WEEKS_PER_MONTH
        weights += 1 / (1 + weeks)
        for cell in np.flatnonzero(counts):
            for goal, place in enumerate(middle):
                distance_m = math.dist(place, middle[cell])
                if distance_m < reach_m:
                    total[goal] += counts[cell] / (1 + distance_m / 150) / (1 + weeks)
    found = prospective_scores(
        history, np.array([origin]), reach_m=reach_m, reach_months=reach_months
    )
    np.testing.assert_allclose(found[:, 0], total / weights, rtol=1e-9)


# ---------------------------------------------------------------- the mixture
def test_learned_weights_are_the_likeliest() -> None:
    rng = np.random.default_rng(8)
    parts = rng.gamma(0.7, 1, (3, 4000))
    counts = rng.poisson(np.array([0.5, 0.0, 0.2]) @ parts)
    some = counts > 0

    def unlikely(weight: Floats) -> float:
        mean = weight @ parts + 1e-300
        return float(mean.sum() - (counts * np.log(mean)).sum())

    best = minimize(unlikely, np.full(3, 0.3), bounds=[(0, None)] * 3)
    everywhere = parts.sum(axis=1)
    found = likeliest_weights(parts[:, some], counts[some, None], everywhere[:, None])[:, 0]
    assert unlikely(found) == pytest.approx(best.fun, abs=0.05)
    np.testing.assert_allclose(found, best.x, atol=0.02)
    assert found @ everywhere == pytest.approx(counts.sum())


def test_a_part_that_is_nowhere_gets_no_weight() -> None:
    there, counts = np.array([[1.0, 2.0], [0, 0]]), np.array([[3], [6]])
    found = likeliest_weights(there, counts, np.array([[9.0], [0]]))
    np.testing.assert_allclose(found, [[1], [0]])


def test_sets_learnt_together_get_the_weights_that_each_gets_alone() -> None:
    rng = np.random.default_rng(5)
    there = rng.gamma(0.7, 1, (3, 9000))
    counts = rng.poisson(2, (9000, 4)) * (rng.random((9000, 4)) < 0.3)
    counts[:5000, 3] = counts[5000:, 0] = 0
    in_all = rng.uniform(9000, 20_000, (3, 4))
    in_all[1, 2] = 0
    found = likeliest_weights(there, counts, in_all)
    for column in range(4):
        some, used = counts[:, column] > 0, in_all[:, column] > 0
        alone = likeliest_weights(
            there[used][:, some], counts[some, column, None], in_all[used, column, None]
        )
        np.testing.assert_allclose(found[used, column], alone[:, 0], rtol=1e-6)
        assert not found[~used, column].any()


def test_a_set_without_incidents_among_others_has_no_weights_and_no_warning() -> None:
    counts = np.array([[3, 0, 1], [1, 0, 2]])
    found = likeliest_weights(np.array([[1.0, 2.0]]), counts, np.full((1, 3), 5.0))
    np.testing.assert_allclose(found, [[0.8, 0, 0.6]])


@pytest.mark.parametrize("seed", range(5))
def test_parts_that_are_alike_are_weighted_better_than_by_twice_as_many_plain_steps(
    seed: int,
) -> None:
    # A place as it was over all months, half a year and a month: much the same numbers.
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.4, 1, 3000)
    parts = np.array([np.ones(3000), *(rng.poisson(rate * n) / n for n in (60, 24, 12, 6, 1))])
    counts = rng.poisson(0.1 + 0.5 * rate + 0.4 * parts[4])
    some, everywhere = counts > 0, parts.sum(axis=1)

    def likely(weight: Floats) -> float:
        return float(counts[some] @ np.log(weight @ parts[:, some]) - weight @ everywhere)

    plain = counts.sum() / len(parts) / everywhere
    for _ in range(60):
        plain *= (parts[:, some] @ (counts[some] / (plain @ parts[:, some]))) / everywhere
    best = minimize(
        lambda weight: -likely(weight), plain, bounds=[(1e-12, None)] * 6, options={"maxfun": 9000}
    )
    found = likeliest_weights(parts[:, some], counts[some, None], everywhere[:, None])[:, 0]
    assert likely(plain) < likely(found) <= -best.fun + 1e-6
    assert -best.fun - likely(found) < 0.5 * (-best.fun - likely(plain))


def test_the_mixture_learns_whether_the_long_or_the_short_window_counts() -> None:
    rng = np.random.default_rng(2)
    grid = make_grid(shapely.box(0, 0, 1500, 1500), cell_size_m=150)
    months, cells = np.arange(48), len(grid.study_cells)
    steady = np.repeat(rng.gamma(0.3, 4, (cells, 1)), 48, axis=1)
    moving = rng.gamma(0.3, 4, (cells, 8)).repeat(6, axis=1)  # drawn anew every half year
    score = partial(mixture_scores, bandwidths_m=(), half_lives_months=(2.0,), fit_months=24)
    for truth, like, unlike in (
        (steady, count_scores, partial(recency_scores, half_life_months=2)),
        (moving, partial(recency_scores, half_life_months=2), count_scores),
    ):
        known = history_of(rng.poisson(truth).astype(np.int64), months, grid)
        found, near, far = (each(known, np.array([45]))[:, 0] for each in (score, like, unlike))
        assert np.corrcoef(found, near)[0, 1] > 0.97
        assert np.corrcoef(found, near)[0, 1] > np.corrcoef(found, far)[0, 1]


def test_the_mixture_knows_the_season_of_the_month_to_come() -> None:
    # Each of twelve cells is hot in one calendar month; January is next.
    months = np.arange(48)
    counts = np.zeros((16, 48), dtype=np.int64)
    counts[months % 12, months] = 5
    known = history_of(counts, months, make_grid(shapely.box(0, 0, 400, 400), cell_size_m=100))
    found = mixture_scores(
        known, np.array([47]), bandwidths_m=(), half_lives_months=(), fit_months=24
    )[:, 0]
    np.testing.assert_allclose(found[[11, 1]], found[0])
    assert found[0] > 2 * found[2:11].max() > 0


# ---------------------------------------------------------------- every method
METHODS = methods_of(Candidates())


def names(method: Method) -> str:
    return "-".join([method.name, *(f"{value:g}" for value in method.parameters.values())])


def test_the_plain_count_comes_first_and_every_candidate_is_told_apart() -> None:
    assert METHODS[0].name == "count"
    assert len({names(each) for each in METHODS}) == len(METHODS)


@pytest.mark.parametrize("method", METHODS, ids=names)
@pytest.mark.parametrize("months_ahead", [1, 3, 8])
def test_nothing_after_the_origin_changes_a_score(
    history: History, method: Method, months_ahead: int
) -> None:
    origins = np.array([4, 8, 11])
    before = method.score(history, origins, months_ahead)
    for column, origin in enumerate(origins):
        changed = history.counts.copy()
        changed[:, history.months > origin] = 99
        after = method.score(history_of(changed, grid=history.grid), origins, months_ahead)
        np.testing.assert_allclose(after[:, column], before[:, column], rtol=1e-9, atol=1e-12)
    alone = method.score(history, origins[1:2], months_ahead)
    np.testing.assert_allclose(alone[:, 0], before[:, 1], rtol=1e-9, atol=1e-12)
