"""Kernel density against the plain sum over all points, and its mass."""

from typing import get_args

import numpy as np
import pytest
import shapely

from hotspots.analysis.density import Kernel, kernel_density
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
