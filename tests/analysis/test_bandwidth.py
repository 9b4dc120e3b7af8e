"""Named bandwidth rules against scipy, scikit-learn, sums over all pairs and planted towns."""

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde
from sklearn.model_selection import GridSearchCV, LeaveOneOut
from sklearn.neighbors import KernelDensity

from hotspots.analysis.bandwidth import (
    CrossValidation,
    ReferenceRule,
    Rule,
    cross_validation,
    reference_bandwidth,
    select_bandwidth,
)
from hotspots.analysis.density import Kernel
from hotspots.analysis.grid import Floats

CANDIDATES_M = (20.0, 40.0, 60.0, 80.0, 120.0, 180.0, 300.0, 500.0, 800.0, 1200.0)


def cloud(seed: int, n: int = 300, deviation_m: float = 500) -> tuple[Floats, Floats]:
    x, y = np.random.default_rng(seed).normal(5000, deviation_m, (2, n))
    return x, y


def two_towns(seed: int = 1, n: int = 400) -> tuple[Floats, Floats]:
    """Clusters 80 m wide (one deviation either side), 3 km apart."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 40, (2, n))
    x[n // 2 :] += 3000
    return x, y


def squared_distances(x: Floats, y: Floats) -> Floats:
    return np.asarray((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2)


def heights(squared: Floats, kernel: Kernel, bandwidth_m: float) -> Floats:
    squared = squared / bandwidth_m**2
    if kernel == "quartic":
        return np.asarray(3 / np.pi * np.maximum(1 - squared, 0) ** 2 / bandwidth_m**2)
    return np.asarray(np.exp(-squared / 2) / (2 * np.pi * bandwidth_m**2))


@pytest.mark.parametrize("rule", get_args(ReferenceRule))
def test_reference_rules_have_the_factor_of_scipy(rule: ReferenceRule) -> None:
    x, y = cloud(3)
    oracle = gaussian_kde(np.vstack([x, y]))
    factor = oracle.scotts_factor() if rule == "scott" else oracle.silverman_factor()
    deviation = np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
    found = select_bandwidth(x, y, rule=rule, kernel="gaussian")
    # The middle half of a normal cloud has the same deviation, up to chance.
    assert found == pytest.approx(factor * deviation, rel=1e-12 if rule == "scott" else 0.1)
    assert found <= factor * deviation * (1 + 1e-12)


@pytest.mark.parametrize("rule", get_args(ReferenceRule))
def test_a_quartic_kernel_needs_the_published_multiple(rule: ReferenceRule) -> None:
    # Silverman (1986), table 4.1: 2.78 for the biweight in two dimensions, 1 for the normal.
    x, y = cloud(3)
    ratio = reference_bandwidth(x, y, rule=rule) / reference_bandwidth(
        x, y, rule=rule, kernel="gaussian"
    )
    assert ratio == pytest.approx(2.78, abs=0.005)


def test_the_robust_rule_is_not_widened_by_a_few_far_places() -> None:
    x, y = cloud(4)
    plain = select_bandwidth(x, y, rule="silverman")
    far_x, far_y = (np.concatenate([side, [60_000.0, -60_000.0]]) for side in (x, y))
    assert select_bandwidth(far_x, far_y, rule="silverman") == pytest.approx(plain, rel=0.05)
    assert select_bandwidth(far_x, far_y, rule="scott") > 5 * plain


@pytest.mark.parametrize("seed", range(3))
def test_the_likelihood_rule_chooses_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = cloud(seed, n=60)
    x[:30] = x[:30] / 4 + 300 * rng.random()
    search = GridSearchCV(
        KernelDensity(kernel="gaussian"), {"bandwidth": CANDIDATES_M}, cv=LeaveOneOut()
    ).fit(np.column_stack([x, y]))
    options: dict[str, Any] = {"kernel": "gaussian", "candidates_m": CANDIDATES_M}
    assert select_bandwidth(x, y, rule="likelihood", **options) == search.best_params_["bandwidth"]
    # Where no place is alone, the one that may lie anywhere hardly changes the score itself.
    scores = cross_validation(x, y, rule="likelihood", **options)
    expected = search.cv_results_["mean_test_score"]
    np.testing.assert_allclose(scores[-3:], expected[-3:], atol=0.03)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_the_likelihood_is_that_of_all_other_places_and_one_anywhere(kernel: Kernel) -> None:
    x, y = cloud(7, n=200)
    squared, area = squared_distances(x, y), np.ptp(x) * np.ptp(y)
    expected = []
    for each in CANDIDATES_M:
        height = heights(squared, kernel, each)
        np.fill_diagonal(height, 0)
        expected.append(np.log((height.sum(axis=1) + 1 / area) / len(x)).mean())
    found = cross_validation(x, y, rule="likelihood", kernel=kernel, candidates_m=CANDIDATES_M)
    # The scores of far too narrow quartic kernels rest on the edges of a handful of kernels.
    first = 0 if kernel == "gaussian" else 5
    np.testing.assert_allclose(found[first:], expected[first:], atol=0.005)
    np.testing.assert_allclose(found, expected, atol=0.15)
    assert np.argmax(found) == np.argmax(expected)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_least_squares_is_the_integrated_square_minus_twice_the_mean_of_the_others(
    kernel: Kernel,
) -> None:
    x, y = cloud(8, n=200)
    squared, n = squared_distances(x, y), len(x)
    n_zeros = np.zeros(n)
    side = np.arange(3000, 7000, 15.0)  # the whole cloud and the kernels around it
    found = cross_validation(
        x, y, rule="least-squares", kernel=kernel, candidates_m=CANDIDATES_M[4:8]
    )
    expected = []
    for each in CANDIDATES_M[4:8]:
        others = (heights(squared, kernel, each).sum() - heights(n_zeros, kernel, each).sum()) / (
            n - 1
        )
        if kernel == "gaussian":  # the integral in closed form
            integral = heights(squared, kernel, each * np.sqrt(2)).sum() / n**2
        else:  # by summing the surface
            surface = np.zeros((len(side), len(side)))
            for px, py in zip(x, y, strict=True):
                surface += heights((side[:, None] - py) ** 2 + (side - px) ** 2, kernel, each)
            integral = (surface**2).sum() * 15**2 / n**2
        expected.append(-(integral - 2 * others / n))
    np.testing.assert_allclose(found, expected, rtol=0.01)
    assert np.argmax(found) == np.argmax(expected)


@pytest.mark.parametrize("rule", get_args(CrossValidation))
@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_two_towns_are_one_blob_to_the_reference_rules_only(
    rule: CrossValidation, kernel: Kernel
) -> None:
    x, y = two_towns()
    times = 1.0 if kernel == "gaussian" else 2.78
    chosen = select_bandwidth(x, y, rule=rule, kernel=kernel, candidates_m=CANDIDATES_M)
    assert chosen <= 40 * times
    for reference in get_args(ReferenceRule):
        found = select_bandwidth(x, y, rule=reference, kernel="quartic")
        assert found > 5 * 80
        assert select_bandwidth(x, y, rule=reference, kernel=kernel) > 8 * chosen


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_cross_validation_comes_near_the_best_of_a_normal_cloud(kernel: Kernel) -> None:
    # For a normal cloud the reference rule is right, and cross-validation has to find it.
    x, y = cloud(12, n=3000)
    best = select_bandwidth(x, y, rule="scott", kernel=kernel)
    around = [best * 1.3**step for step in range(-5, 6)]
    for rule in get_args(CrossValidation):
        chosen = select_bandwidth(x, y, rule=rule, kernel=kernel, candidates_m=around)
        assert best / 1.7 < chosen < best * 1.7


@pytest.mark.parametrize("rule", get_args(Rule))
def test_a_stack_of_600_changes_nothing(rule: Rule) -> None:
    x, y = cloud(13, n=300)
    stack = np.full(600, 5100.0)
    with_stack = np.concatenate([x, stack]), np.concatenate([y, stack])
    one_more = np.append(x, 5100.0), np.append(y, 5100.0)
    found = select_bandwidth(*with_stack, rule=rule, candidates_m=CANDIDATES_M)
    assert found == select_bandwidth(*one_more, rule=rule, candidates_m=CANDIDATES_M)
    assert found > min(CANDIDATES_M)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_a_lone_farm_does_not_set_the_bandwidth_of_a_city(kernel: Kernel) -> None:
    x, y = two_towns(n=2000)
    options: dict[str, Any] = {
        "rule": "likelihood",
        "kernel": kernel,
        "candidates_m": CANDIDATES_M,
    }
    without = select_bandwidth(x, y, **options)
    far_x, far_y = np.append(x, 400_000.0), np.append(y, 2500.0)
    assert select_bandwidth(far_x, far_y, **options) == without


@pytest.mark.parametrize("rule", get_args(CrossValidation))
def test_scores_do_not_depend_on_where_tiles_are_cut(rule: CrossValidation) -> None:
    # At 20 m a tile is 1.8 km wide: the towns lie in two, and the cloud is cut in the middle.
    x, y = two_towns(n=300)
    options: dict[str, Any] = {"rule": rule, "candidates_m": CANDIDATES_M}
    # A place 30 km to the south-west moves the lattice and all tiles; on its own it adds the same
    # to every way of cutting, so it is compared with itself at another distance.
    first = cross_validation(np.append(x, -30_000), np.append(y, -30_000), **options)
    second = cross_validation(np.append(x, -31_003), np.append(y, -29_032), **options)
    np.testing.assert_allclose(first, second, rtol=0.01)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    metres_east=st.floats(-1e5, 1e5),
    rule=st.sampled_from(get_args(ReferenceRule)),
)
def test_reference_rules_move_and_stretch_with_the_city(
    seed: int, metres_east: float, rule: ReferenceRule
) -> None:
    x, y = cloud(seed, n=50)
    plain = reference_bandwidth(x, y, rule=rule)
    assert reference_bandwidth(x + round(metres_east), y, rule=rule) == pytest.approx(plain)
    assert reference_bandwidth(3 * x, 3 * y, rule=rule) == pytest.approx(3 * plain, rel=1e-6)


@pytest.mark.parametrize("rule", get_args(Rule))
def test_one_place_has_no_bandwidth(rule: Rule) -> None:
    with pytest.raises(ValueError, match="two places"):
        select_bandwidth(np.full(600, 1.0), np.full(600, 1.0), rule=rule)


@pytest.mark.parametrize("candidates_m", [(), (100.0, 0.0)])
def test_impossible_candidates_are_refused(candidates_m: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="candidates_m"):
        select_bandwidth(*cloud(1), rule="likelihood", candidates_m=candidates_m)
