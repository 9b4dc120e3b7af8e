"""Trend classes against hand-made series and a second reading of the definitions; Mann-Kendall."""

from itertools import permutations, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, norm

from hotspots.analysis.grid import Bools, Floats, Grid
from hotspots.analysis.significance import gi_star
from hotspots.analysis.trends import (
    Steps,
    known_steps,
    mann_kendall,
    polygon_steps,
    step_significance,
    trend_class,
)
from hotspots.errors import PolicyRefused

RISING, FALLING = np.arange(1.0, 21), -np.arange(1.0, 21)
WAVERING = np.tile([3.0, 1, 2, 2, 1, 3], 4)


def classed(series: str, z: Floats = WAVERING) -> str:
    """Class of one series: H hot, C cold, a dot neither, a question mark unknown."""
    letters = np.array(list(series))
    found = trend_class(
        (letters == "H")[None], (letters == "C")[None], z[None, : len(series)], letters != "?"
    )
    assert found.shape == (1,)
    return str(found[0])


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("...........H", "new"),
        ("CC.........H", "new"),
        ("..........HH", "consecutive"),
        (".HHHHHHHHHHH", "persistent"),  # 11 of 12 is more than 90%
        ("..HHHHHHHHHH", "consecutive"),  # 10 of 12 is not
        ("HHHHHHHHHHHH", "persistent"),
        ("HHHHHH.HHHHH", "persistent"),
        ("HHH..H.H.HHH", "sporadic"),
        ("H..........H", "sporadic"),
        ("H....C.....H", "oscillating"),
        ("HHHHHHHHHHH.", "historical"),
        ("HHHHHHHH....", "historical"),
        ("HHHHHHH.CCCC", "historical"),
        ("HHHHHH......", "historical"),
        ("HHHHH.......", "none"),
        ("............", "none"),
        ("CCCCCCCCCCCC", "none"),
        ("CCCCCC.....C", "none"),
        ("HC.........C", "none"),
    ],
)
def test_hand_made_quarters(series: str, expected: str) -> None:
    assert classed(series) == expected


@pytest.mark.parametrize("series", ["HHHHHHHHHHHH", ".HHHHHHHHHHH", "HHHHCHHHHHHH"])
def test_a_trend_in_z_splits_what_is_nearly_always_hot(series: str) -> None:
    assert classed(series, RISING) == "intensifying"
    assert classed(series, FALLING) == "diminishing"
    assert classed(series, WAVERING) == "persistent"


def test_a_trend_decides_nothing_else() -> None:
    for series in ("...........H", "..........HH", "H..........H", "HHHHHHHHHHH.", "............"):
        assert classed(series, RISING) == classed(series, FALLING) == classed(series)


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("???", "none"),
        ("?H???H?H", "none"),  # three known steps
        ("?H?HHH??", "persistent"),  # four
        ("...?HH", "consecutive"),
        ("...H?H", "consecutive"),  # a run goes on across a gap
        ("....H?", "new"),  # the last known step counts
        ("HH?..??", "historical"),
        ("H..?CH", "oscillating"),
    ],
)
def test_unknown_steps_are_left_out(series: str, expected: str) -> None:
    assert classed(series) == expected
    kept = [letter for letter in series if letter != "?"]
    assert classed("".join(kept)) == expected


def test_what_is_written_in_unknown_steps_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    hot = rng.random((500, 12)) < 0.7
    cold = ~hot & (rng.random(hot.shape) < 0.3)
    z = rng.normal(size=hot.shape)
    known = np.array([1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0], dtype=bool)
    before = trend_class(hot, cold, z, known)
    hot[:, ~known], cold[:, ~known], z[:, ~known] = True, True, 1e6
    np.testing.assert_array_equal(trend_class(hot, cold, z, known), before)


def reading(series: tuple[str, ...], trend: str) -> list[str]:
    """List every class whose definition a series meets, each read apart from the others."""
    n, hot = len(series), [letter == "H" for letter in series]
    last, earlier, share = hot[-1], sum(hot[:-1]), sum(hot) / n
    first = hot.index(True) if any(hot) else n
    nearly = last and share >= 0.9
    unbroken = all(hot[first:])
    broken = last and share < 0.9 and earlier > 0 and not unbroken
    meets = {
        "new": last and earlier == 0,
        "consecutive": last and earlier > 0 and unbroken and share < 0.9,
        "intensifying": nearly and trend == "up",
        "diminishing": nearly and trend == "down",
        "persistent": nearly and trend == "none",
        "oscillating": broken and "C" in series,
        "sporadic": broken and "C" not in series,
        "historical": not last and share >= 0.5,
        "none": not last and share < 0.5,
    }
    return [name for name, holds in meets.items() if holds]


@pytest.mark.parametrize("n_steps", [5, 6])
def test_every_pattern_meets_one_definition_and_gets_that_class(n_steps: int) -> None:
    patterns = list(product("HC.", repeat=n_steps))
    letters = np.array(patterns)
    known = np.ones(n_steps, dtype=bool)
    for trend, z in (("up", RISING), ("down", FALLING), ("none", WAVERING)):
        steps = np.tile(z[:n_steps], (len(patterns), 1))
        found = trend_class(letters == "H", letters == "C", steps, known).tolist()
        assert [[one] for one in found] == [reading(pattern, trend) for pattern in patterns]


@settings(max_examples=60, deadline=None)
@given(st.text("HC.?", min_size=1, max_size=20), st.sampled_from([RISING, FALLING, WAVERING]))
def test_a_series_gets_the_same_class_alone_and_among_others(series: str, z: Floats) -> None:
    letters = np.array([list(series), list(series[::-1]), list("H" * len(series))])
    known = letters[0] != "?"
    rows = np.tile(z[: len(series)], (3, 1))
    found = trend_class(letters == "H", letters == "C", rows, known)
    assert found[0] == classed(series, z)


def test_no_series() -> None:
    none = np.zeros((0, 6), dtype=bool)
    assert trend_class(none, none, np.zeros((0, 6)), np.ones(6, dtype=bool)).shape == (0,)


def test_a_step_is_known_when_half_of_its_months_are() -> None:
    months = np.array([1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0], dtype=bool)
    assert known_steps(months).tolist() == [True, True, False, False]
    assert known_steps(months, months_per_step=2).tolist() == [1, 1, 1, 0, 1, 0]
    with pytest.raises(ValueError, match="reshape"):
        known_steps(months[:-1])


def test_mann_kendall_without_ties_is_scipys_exact_test() -> None:
    for n in (4, 5, 8, 12, 25):
        values = np.random.default_rng(n).normal(size=(40, n)) + np.linspace(0, 1, n)
        _, p_value = mann_kendall(values, np.ones(n, dtype=bool))
        oracle = [kendalltau(range(n), row, method="exact").pvalue for row in values]
        np.testing.assert_allclose(p_value, oracle, rtol=1e-12)


def test_z_with_ties_is_scipys_but_for_the_continuity_correction() -> None:
    values = np.random.default_rng(3).integers(0, 5, (60, 12)).astype(float)
    z, _ = mann_kendall(values, np.ones(12, dtype=bool))
    for row, found in zip(values, z, strict=True):
        score = sum(np.sign(later - row[i]) for i in range(12) for later in row[i + 1 :])
        uncorrected = norm.isf(kendalltau(range(12), row, method="asymptotic").pvalue / 2)
        corrected = uncorrected * np.sign(score) * max(abs(score) - 1, 0)
        assert found * abs(score) == pytest.approx(corrected)


@pytest.mark.parametrize(
    "values", [[1, 1, 2, 3, 4, 5], [1, 2, 2, 1, 3, 3], [0, 0, 0, 0, 0, 1], [2, 2, 2, 1, 3, 3, 3]]
)
def test_p_with_ties_is_the_share_of_all_orders(values: list[float]) -> None:
    def score(order: tuple[float, ...]) -> int:
        return sum(
            (later > one) - (later < one) for i, one in enumerate(order) for later in order[i:]
        )

    scores = np.abs([score(order) for order in permutations(values)])
    _, p_value = mann_kendall(np.array([values], dtype=float), np.ones(len(values), dtype=bool))
    assert p_value[0] == pytest.approx(np.mean(scores >= abs(score(tuple(values)))))


def test_mann_kendall_worked_by_hand() -> None:
    # 10 pairs, all rising: S = 10, variance 5 x 4 x 15 / 18; 2 of 120 orders are as extreme.
    z, p_value = mann_kendall(np.array([[1.0, 2, 3, 4, 5]]), np.ones(5, dtype=bool))
    assert z[0] == pytest.approx(9 / np.sqrt(300 / 18))
    assert p_value[0] == pytest.approx(2 / 120)


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (4, 9), elements=st.integers(0, 6).map(float)),
    arrays(bool, 9),
)
def test_mann_kendall_properties(values: Floats, known: Bools) -> None:
    z, p_value = mann_kendall(values, known)
    assert ((p_value > 0) & (p_value <= 1)).all()
    reverse_z, reverse_p = mann_kendall(-values, known)
    np.testing.assert_allclose(reverse_z, -z)
    np.testing.assert_array_equal(reverse_p, p_value)
    alone_z, alone_p = mann_kendall(values[:, known], np.ones(known.sum(), dtype=bool))
    np.testing.assert_array_equal(alone_z, z)
    np.testing.assert_array_equal(alone_p, p_value)
    np.testing.assert_allclose(mann_kendall(np.exp(values), known)[0], z)


def test_nothing_to_compare_is_no_trend() -> None:
    for n_steps in (0, 1, 4):
        z, p_value = mann_kendall(np.ones((3, n_steps)), np.ones(n_steps, dtype=bool))
        assert z.tolist() == [0, 0, 0]
        assert p_value.tolist() == [1, 1, 1]


def town(n_steps: int = 3) -> tuple[npt.NDArray[np.int64], Grid]:
    rng = np.random.default_rng(5)
    inside = np.ones((20, 24), dtype=bool)
    inside[:5, :6] = False
    counts = rng.poisson(0.6, (n_steps, *inside.shape)) * inside
    return counts.astype(np.int64), Grid((0.0, 0.0), 100.0, inside)


def test_a_step_is_tested_as_gi_star_does() -> None:
    counts, grid = town()
    counts[1, 10:13, 10:13] += 8
    steps = step_significance(counts, grid, radius_m=150, alpha=0.05)
    for step, count in enumerate(counts):
        cells = gi_star(count, grid.inside, cell_size_m=100, radius_m=150)
        np.testing.assert_array_equal(steps.z[:, step], cells["gi_star_z"])
        np.testing.assert_array_equal(steps.count[:, step], cells["count"])
        np.testing.assert_array_equal(steps.cold[:, step], cells["q_cold"] <= 0.05)
        assert not (cells["q_hot"] <= 0.05)[~steps.hot[:, step]].any()
    middle = np.searchsorted(grid.study_cells, 11 * 24 + 11)
    assert steps.hot[middle].tolist() == [False, True, False]


def test_a_great_hotspot_does_not_hide_a_lesser_one() -> None:
    counts, grid = town(1)
    counts[0, 11:15, 14:20] += 40
    counts[0, [11, 11, 14, 14], [14, 19, 14, 19]] = 0
    counts[0, 8:11, 2:5] += 3
    first = gi_star(counts[0], grid.inside, cell_size_m=100, radius_m=150)
    lesser = 9 * 24 + 3
    assert not (first["q_hot"] <= 0.05).loc[lesser]
    steps = step_significance(counts, grid, radius_m=150, alpha=0.05)
    assert steps.hot[np.searchsorted(grid.study_cells, lesser), 0]


def test_planted_stories_are_told() -> None:
    rng = np.random.default_rng(7)
    inside = np.ones((30, 30), dtype=bool)
    grid = Grid((0.0, 0.0), 100.0, inside)
    counts = rng.poisson(0.5, (12, 30, 30)).astype(np.int64)
    stories = {
        "persistent": [6] * 12,
        "historical": [6] * 8 + [0] * 4,
        "new": [0] * 11 + [6],
        "consecutive": [0] * 8 + [6] * 4,
        "sporadic": [6, 0, 0, 6, 0, 0, 6, 0, 0, 6, 0, 6],
    }
    cells = []
    for number, extra in enumerate(stories.values()):
        block = np.s_[3:6, 2 + 6 * number : 5 + 6 * number]
        counts[(slice(None), *block)] += rng.poisson(np.array(extra)[:, None, None], (12, 3, 3))
        cells.append(np.arange(900).reshape(30, 30)[block].ravel())
    steps = polygon_steps(
        step_significance(counts, grid, radius_m=150, alpha=0.05),
        [*cells, np.arange(700, 720)],
        grid,
    )
    known = np.ones(12, dtype=bool)
    found = trend_class(steps.hot, steps.cold, steps.z, known)
    assert found.tolist() == [*stories, "none"]


def test_chance_alone_seldom_makes_a_class() -> None:
    rng = np.random.default_rng(9)
    grid = Grid((0.0, 0.0), 100.0, np.ones((25, 25), dtype=bool))
    counts = rng.poisson(0.7, (12, 25, 25)).astype(np.int64)
    steps = step_significance(counts, grid, radius_m=150, alpha=0.05)
    found = trend_class(steps.hot, steps.cold, steps.z, np.ones(12, dtype=bool))
    assert (found != "none").mean() < 0.01


def test_polygons_bring_their_cells_together() -> None:
    counts, grid = town(2)
    study = grid.study_cells
    n = len(study)
    hot, cold = np.zeros((n, 2), dtype=bool), np.zeros((n, 2), dtype=bool)
    hot[3, 0] = True
    cold[[4, 5], 0] = cold[[4, 5], 1] = True
    steps = Steps(counts[:, grid.inside].T, hot, cold, np.zeros((n, 2)))
    cells = [study[[3, 4, 5]], study[[4, 5, 6]], study[[5, 6]], np.array([0]), study[[3, 3]]]
    found = polygon_steps(steps, cells, grid)
    assert found.hot.tolist() == [[1, 0], [0, 0], [0, 0], [0, 0], [1, 0]]
    # The first is hot, so not cold; half of the third is not more than half.
    assert found.cold.tolist() == [[0, 1], [1, 1], [0, 0], [0, 0], [0, 0]]
    assert found.count[0].tolist() == steps.count[[3, 4, 5]].sum(axis=0).tolist()
    assert found.count[3].tolist() == [0, 0]
    assert found.count[4].tolist() == steps.count[3].tolist()


def test_z_of_a_polygon_is_its_count_against_draws_of_as_many_cells() -> None:
    counts, grid = town(2)
    study = grid.study_cells
    n = len(study)
    steps = Steps(
        counts[:, grid.inside].T,
        np.zeros((n, 2), dtype=bool),
        np.zeros((n, 2), dtype=bool),
        np.zeros((n, 2)),
    )
    own = np.arange(20, 29)
    found = polygon_steps(steps, [study[own]], grid)
    rng = np.random.default_rng(2)
    draws = np.array([rng.permutation(steps.count)[:9].sum(axis=0) for _ in range(20_000)])
    expected = (steps.count[own].sum(axis=0) - draws.mean(axis=0)) / draws.std(axis=0)
    np.testing.assert_allclose(found.z[0], expected, atol=0.04)


def test_no_polygons_and_no_study_cells() -> None:
    counts, grid = town(2)
    steps = step_significance(counts, grid, radius_m=150, alpha=0.05)
    assert polygon_steps(steps, [], grid).z.shape == (0, 2)
    empty = Grid((0.0, 0.0), 100.0, np.zeros((3, 3), dtype=bool))
    nothing = step_significance(
        np.zeros((2, 3, 3), dtype=np.int64), empty, radius_m=150, alpha=0.05
    )
    assert nothing.hot.shape == (0, 2)
    assert polygon_steps(nothing, [np.array([4])], empty).z.tolist() == [[0, 0]]


def test_refusals_are_those_of_gi_star() -> None:
    counts, grid = town(1)
    with pytest.raises(ValueError, match="whole"):
        step_significance(counts - 1, grid, radius_m=150, alpha=0.05)
    with pytest.raises(PolicyRefused, match="reach"):
        step_significance(counts, grid, radius_m=50, alpha=0.05)
