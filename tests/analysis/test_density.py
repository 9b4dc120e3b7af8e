"""Kernel density, fixed and adaptive, against the plain sum over all points, and its mass."""

from typing import get_args

import numpy as np
import pytest
import shapely

from hotspots.analysis.density import (
    CLASSES,
    WIDEST,
    EdgeCorrection,
    Kernel,
    adaptive_density,
    kernel_density,
    kernel_deviation,
    kernel_peak,
    local_bandwidths,
)
from hotspots.analysis.grid import Floats, Grid, make_grid

AREA = shapely.Polygon([(0, 0), (3000, 0), (3000, 900), (1700, 2100), (0, 2100)])


def plain_sum(
    grid: Grid, x: Floats, y: Floats, weights: Floats, *, bandwidth_m: float, kernel: Kernel
) -> Floats:
    """Every point with every cell, as the formula stands in the textbook."""
    at_x, at_y = np.meshgrid(*grid.centres())
    squared = ((at_x[..., None] - x) ** 2 + (at_y[..., None] - y) ** 2) / bandwidth_m**2
    if kernel == "quartic":
        height = 3 / np.pi * np.where(squared < 1, (1 - squared) ** 2, 0)
    else:
        height = np.exp(-squared / 2) / (2 * np.pi)
    return np.asarray((height * weights).sum(axis=-1) / bandwidth_m**2 * 1e6)


@pytest.mark.parametrize("kernel", get_args(Kernel))
@pytest.mark.parametrize("bandwidth_m", [30.0, 100.0, 237.0, 900.0])
def test_density_equals_the_plain_sum(kernel: Kernel, bandwidth_m: float) -> None:
    rng = np.random.default_rng(11)
    grid = make_grid(AREA, cell_size_m=100)
    # Also on centres and corners of cells, outside the study area and far away.
    x = np.concatenate([rng.uniform(-800, 3800, 300), [50, 100, 2999, -0.0, 9e5]])
    y = np.concatenate([rng.uniform(-800, 2900, 300), [50, 100, 2099, 0.0, 9e5]])
    weights = rng.integers(1, 9, len(x)).astype(float)
    found = kernel_density(grid, x, y, bandwidth_m=bandwidth_m, kernel=kernel, weights=weights)
    expected = plain_sum(grid, x, y, weights, bandwidth_m=bandwidth_m, kernel=kernel)
    np.testing.assert_allclose(
        found[grid.inside], expected[grid.inside], rtol=1e-9, atol=1e-9 * expected.max()
    )
    assert np.isnan(found[~grid.inside]).all()


def test_large_grids_are_worked_in_tiles_that_fit_together() -> None:
    rng = np.random.default_rng(3)
    grid = make_grid(shapely.box(0, 0, 3000, 2900), cell_size_m=10)
    x, y = rng.uniform(0, 3000, (2, 40))
    found = kernel_density(grid, x, y, bandwidth_m=60, kernel="gaussian")
    expected = plain_sum(grid, x, y, np.ones(40), bandwidth_m=60, kernel="gaussian")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_a_point_in_the_middle_spreads_exactly_itself(kernel: Kernel) -> None:
    grid = make_grid(shapely.box(0, 0, 4000, 4000), cell_size_m=20)
    found = kernel_density(
        grid, np.array([2003.0]), np.array([1991.0]), bandwidth_m=300, kernel=kernel
    )
    assert found.sum() * 0.02**2 == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_edge_correction_makes_even_points_even_up_to_the_border(kernel: Kernel) -> None:
    grid = make_grid(AREA, cell_size_m=50)
    x, y = (side.ravel() for side in np.meshgrid(*grid.centres()))
    x, y = x[grid.inside.ravel()], y[grid.inside.ravel()]
    options = {"bandwidth_m": 300.0, "kernel": kernel}
    found = kernel_density(grid, x, y, edge_correction="uniform", **options)  # type: ignore[arg-type] # one dict for both calls
    # One point in each cell of 0.05 km x 0.05 km.
    np.testing.assert_allclose(found[grid.inside], 400, rtol=0.01)
    plain = kernel_density(grid, x, y, **options)  # type: ignore[arg-type] # as above
    assert np.nanmin(plain) < 200


def test_no_points_have_no_density() -> None:
    grid = make_grid(AREA, cell_size_m=100)
    for kernel in get_args(Kernel):
        found = kernel_density(grid, np.empty(0), np.empty(0), bandwidth_m=200, kernel=kernel)
        assert (found[grid.inside] == 0).all()


def test_a_bandwidth_of_nothing_is_refused() -> None:
    grid = make_grid(AREA, cell_size_m=100)
    with pytest.raises(ValueError, match="bandwidth_m"):
        kernel_density(grid, np.empty(0), np.empty(0), bandwidth_m=0)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_peak_and_deviation_are_those_of_the_kernel(kernel: Kernel) -> None:
    grid = make_grid(shapely.box(-3000, -3000, 3000, 3000), cell_size_m=20)
    at = np.array([10.0])  # the centre of a cell
    found = kernel_density(grid, at, at, bandwidth_m=400, kernel=kernel)
    assert np.nanmax(found) / 1e6 == pytest.approx(kernel_peak(kernel, 400), rel=1e-12)
    deviation = np.sqrt((found * (grid.centres()[0] - 10) ** 2).sum() / found.sum())
    assert deviation == pytest.approx(kernel_deviation(kernel, 400), rel=1e-3)


def planted(n: int = 400) -> tuple[Floats, Floats]:
    """Two clusters of different width and a thin spread, some of it outside the study area."""
    rng = np.random.default_rng(5)
    tight = rng.normal((900, 800), 60, (n // 4, 2))
    loose = rng.normal((2200, 600), 250, (n // 4, 2))
    spread = rng.uniform((-500, -500), (3500, 2600), (n // 2, 2))
    x, y = np.vstack([tight, loose, spread]).T
    return x, y


def heights(squared: Floats, kernel: Kernel) -> Floats:
    """Textbook kernel of a squared distance in bandwidths, for a bandwidth of 1."""
    if kernel == "quartic":
        return np.asarray(3 / np.pi * np.where(squared < 1, (1 - squared) ** 2, 0))
    return np.asarray(np.exp(-squared / 2) / (2 * np.pi))


def pairwise(
    grid: Grid,
    x: Floats,
    y: Floats,
    weights: Floats,
    local_m: Floats,
    kernel: Kernel,
    edge_correction: EdgeCorrection = "none",
) -> Floats:
    """Every study cell with every point and its bandwidth; the mass inside by summing cells."""
    row, column = np.nonzero(grid.inside)
    at_x, at_y = grid.centres()[0][column], grid.centres()[1][row]
    squared = (at_x[:, None] - x) ** 2 + (at_y[:, None] - y) ** 2
    each = heights(squared / local_m**2, kernel) * weights / local_m**2
    if edge_correction == "uniform":
        between = (at_x[:, None] - at_x) ** 2 + (at_y[:, None] - at_y) ** 2
        for width in np.unique(local_m):
            reach = width if kernel == "quartic" else 5 * width  # as far as mass is summed
            steps = np.arange(-40, 41) * grid.cell_size_m
            square = np.maximum(abs(steps[:, None]), abs(steps))
            ring = np.ceil(reach / grid.cell_size_m) * grid.cell_size_m
            everywhere = heights((steps[:, None] ** 2 + steps**2) / width**2, kernel)
            apart = np.maximum(abs(at_x[:, None] - at_x), abs(at_y[:, None] - at_y))
            inside = np.where(apart <= ring + 1e-6, heights(between / width**2, kernel), 0)
            share = inside.sum(axis=1) / everywhere[square <= ring + 1e-6].sum()
            each[:, local_m == width] /= share[:, None]
    return np.asarray(each.sum(axis=1) * 1e6)


@pytest.mark.parametrize("edge_correction", get_args(EdgeCorrection))
@pytest.mark.parametrize(("kernel", "bandwidth_m"), [("quartic", 400.0), ("gaussian", 150.0)])
def test_adaptive_density_equals_the_plain_sum_over_the_same_classes(
    kernel: Kernel, bandwidth_m: float, edge_correction: EdgeCorrection
) -> None:
    grid = make_grid(AREA, cell_size_m=100)
    x, y = planted(160)
    weights = np.random.default_rng(2).integers(1, 5, len(x)).astype(float)
    options = {"bandwidth_m": bandwidth_m, "kernel": kernel, "edge_correction": edge_correction}
    found = adaptive_density(grid, x, y, weights=weights, **options)  # type: ignore[arg-type] # one dict for both calls
    local_m = local_bandwidths(grid, x, y, weights=weights, **options)  # type: ignore[arg-type] # as above
    # A point between two classes belongs to both, nearer (in ratio) more than further.
    classes = bandwidth_m * np.geomspace(1 / WIDEST, WIDEST, CLASSES)
    above = np.clip(np.searchsorted(classes, local_m), 1, CLASSES - 1)
    share = np.log(local_m / classes[above - 1]) / np.log(classes[1] / classes[0])
    both = np.concatenate([weights * (1 - share), weights * share])
    width = np.concatenate([classes[above - 1], classes[above]])
    twice = np.tile(x, 2), np.tile(y, 2)
    expected = pairwise(grid, *twice, both, width, kernel, edge_correction)
    assert len(np.unique(width)) > 8
    np.testing.assert_allclose(found[grid.inside], expected, rtol=1e-9, atol=1e-9 * expected.max())
    assert np.isnan(found[~grid.inside]).all()


@pytest.mark.parametrize(("kernel", "bandwidth_m"), [("quartic", 300.0), ("gaussian", 120.0)])
def test_classes_and_lattice_are_close_to_the_exact_sum_of_abramson(
    kernel: Kernel, bandwidth_m: float
) -> None:
    grid = make_grid(AREA, cell_size_m=50)
    x, y = planted()
    squared = ((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2) / bandwidth_m**2
    pilot = heights(squared, kernel).sum(axis=1)
    factor = np.sqrt(np.exp(np.log(pilot).mean()) / pilot)
    narrowest = max(1 / WIDEST, grid.cell_size_m / bandwidth_m)
    exact_m = bandwidth_m * np.clip(factor, narrowest, WIDEST)
    local_m = local_bandwidths(grid, x, y, bandwidth_m=bandwidth_m, kernel=kernel)
    np.testing.assert_allclose(local_m, exact_m, rtol=0.02)
    assert np.median(abs(local_m / exact_m - 1)) < 0.001
    found = adaptive_density(grid, x, y, bandwidth_m=bandwidth_m, kernel=kernel)[grid.inside]
    expected = pairwise(grid, x, y, np.ones(len(x)), exact_m, kernel)
    np.testing.assert_allclose(found, expected, rtol=0.01, atol=0.002 * expected.max())
    # Far below what adapting changes.
    fixed = kernel_density(grid, x, y, bandwidth_m=bandwidth_m, kernel=kernel)[grid.inside]
    assert abs(found - expected).max() < 0.02 * abs(found - fixed).max()


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_without_sensitivity_the_adaptive_density_is_the_fixed_one(kernel: Kernel) -> None:
    grid = make_grid(AREA, cell_size_m=50)
    x, y = planted()
    found = adaptive_density(grid, x, y, bandwidth_m=200, kernel=kernel, sensitivity=0)
    expected = kernel_density(grid, x, y, bandwidth_m=200, kernel=kernel)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_adapting_comes_nearer_to_a_planted_truth() -> None:
    # A city of a broad and a narrow normal cloud, whose true density is known.
    grid = make_grid(shapely.box(0, 0, 6000, 6000), cell_size_m=50)
    at_x, at_y = np.meshgrid(*grid.centres())
    truth = np.zeros(grid.shape)
    rng = np.random.default_rng(8)
    parts = []
    for centre, deviation, n in [(2000.0, 150.0, 2000), (3500.0, 700.0, 2000)]:
        squared = ((at_x - centre) ** 2 + (at_y - 3000) ** 2) / deviation**2
        truth += n * np.exp(-squared / 2) / (2 * np.pi * deviation**2) * 1e6
        parts.append(rng.normal((centre, 3000), deviation, (n, 2)))
    x, y = np.vstack(parts).T
    errors = {
        adapt: min(
            float(((method(grid, x, y, bandwidth_m=each) - truth) ** 2).sum())
            for each in (200, 300, 400, 500, 600)
        )
        for adapt, method in (("adaptive", adaptive_density), ("fixed", kernel_density))
    }
    assert errors["adaptive"] < 0.8 * errors["fixed"]


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_corrected_adaptive_density_makes_even_points_even_up_to_the_border(
    kernel: Kernel,
) -> None:
    grid = make_grid(AREA, cell_size_m=50)
    x, y = (side.ravel() for side in np.meshgrid(*grid.centres()))
    x, y = x[grid.inside.ravel()], y[grid.inside.ravel()]
    found = adaptive_density(grid, x, y, bandwidth_m=300, kernel=kernel, edge_correction="uniform")
    np.testing.assert_allclose(found[grid.inside], 400, rtol=0.03)


def test_local_bandwidths_keep_their_bounds_and_leave_out_what_cannot_count() -> None:
    grid = make_grid(AREA, cell_size_m=50)
    stack = np.full(600, 1234.0)
    x = np.concatenate([stack, [200.0, 2900.0, 9e5, 500.0]])
    y = np.concatenate([stack, [200.0, 100.0, 9e5, 500.0]])
    weights = np.ones(len(x))
    weights[-1] = 0
    found = local_bandwidths(grid, x, y, bandwidth_m=200, weights=weights)
    assert np.isnan(found[-2:]).all()
    assert found[:600] == pytest.approx(200 * np.ones(600), rel=0.02)  # the average point
    assert (found[600:602] == 1000).all()
    narrow = local_bandwidths(grid, x, y, bandwidth_m=60, weights=weights, sensitivity=1)
    assert np.nanmin(narrow) >= 50
    assert (local_bandwidths(grid, x, y, bandwidth_m=30)[:602] >= 30).all()
    kept = adaptive_density(grid, x[:-2], y[:-2], bandwidth_m=200)
    np.testing.assert_array_equal(
        adaptive_density(grid, x, y, bandwidth_m=200, weights=weights), kept
    )


def test_no_points_have_no_adaptive_density() -> None:
    grid = make_grid(AREA, cell_size_m=100)
    found = adaptive_density(grid, np.empty(0), np.empty(0), bandwidth_m=200)
    assert (found[grid.inside] == 0).all()


@pytest.mark.parametrize(
    ("bandwidth_m", "sensitivity", "named"), [(0, 0.5, "bandwidth_m"), (9, 1.1, "sensitivity")]
)
def test_impossible_settings_are_refused(
    bandwidth_m: float, sensitivity: float, named: str
) -> None:
    grid = make_grid(AREA, cell_size_m=100)
    with pytest.raises(ValueError, match=named):
        adaptive_density(
            grid, np.ones(3), np.ones(3), bandwidth_m=bandwidth_m, sensitivity=sensitivity
        )
