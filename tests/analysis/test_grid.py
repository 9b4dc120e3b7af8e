"""Cells: exact coverage against shapely, study cells, points never lost, sizes refused."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import (
    Grid,
    bin_points,
    cell_polygons,
    coverage,
    derived_study_area,
    make_grid,
    outline,
)
from hotspots.errors import InputRefused, PolicyRefused

TRIANGLE = shapely.Polygon([(0, 0), (40, 0), (0, 40)])
RING = shapely.box(0, 0, 70, 70).difference(shapely.box(13, 21, 44, 48.5))


def cut(area: BaseGeometry, grid: Grid) -> np.ndarray:
    """Coverage the slow way: every cell cut with the polygon."""
    boxes = cell_polygons(grid, np.arange(grid.inside.size))
    share = shapely.area(shapely.intersection(boxes, area)) / grid.cell_size_m**2
    return np.asarray(share).reshape(grid.shape)


def share_of(area: BaseGeometry, grid: Grid) -> np.ndarray:
    return coverage(area, origin=grid.origin, cell_size_m=grid.cell_size_m, shape=grid.shape)


def test_cells_at_least_half_inside_are_study_cells() -> None:
    # The slope runs through the corners of the cells: those on it are exactly half inside.
    grid = make_grid(TRIANGLE, cell_size_m=10)
    expected = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=bool)
    np.testing.assert_array_equal(grid.inside, expected)
    assert grid.area_km2 == pytest.approx(10 * 100 / 1e6)


def test_cells_lie_on_multiples_of_their_size_so_that_runs_share_them() -> None:
    one = make_grid(shapely.box(103, 207, 199, 291), cell_size_m=25)
    other = make_grid(shapely.box(-60, 130, 410, 333), cell_size_m=25)
    assert one.origin == (100.0, 200.0)
    assert other.origin == (-75.0, 125.0)
    squares = {shape.wkt for shape in cell_polygons(other, np.arange(other.inside.size))}
    assert {shape.wkt for shape in cell_polygons(one, one.study_cells)} <= squares


@pytest.mark.parametrize("size_m", [7.0, 10.0, 33.3])
@pytest.mark.parametrize(
    "area",
    [
        TRIANGLE,
        RING,
        shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.Point(50, 50).buffer(23.7)]),
        shapely.reverse(RING),
    ],
)
def test_coverage_equals_cutting_every_cell(area: BaseGeometry, size_m: float) -> None:
    grid = make_grid(area, cell_size_m=size_m)
    np.testing.assert_allclose(share_of(area, grid), cut(area, grid), atol=1e-12)


@given(
    points=st.lists(
        st.tuples(st.integers(-300, 300), st.integers(-300, 300)), min_size=3, max_size=12
    ),
    size_m=st.floats(9, 90),
)
def test_coverage_of_any_polygon_equals_cutting(
    points: list[tuple[int, int]], size_m: float
) -> None:
    area = shapely.make_valid(shapely.Polygon(points)).buffer(0)
    if area.area < 1:
        return
    grid = make_grid(area, cell_size_m=size_m)
    found = share_of(area, grid)
    np.testing.assert_allclose(found, cut(area, grid), atol=1e-9)
    assert found.sum() * size_m**2 == pytest.approx(area.area)


def test_a_real_municipality(shared_data: Path) -> None:
    towns = gpd.read_file(shared_data / "gemeenten_cbs_2022.gpkg").set_index("code")
    area = towns.geometry["GM0518"]
    grid = make_grid(area, cell_size_m=100)
    np.testing.assert_allclose(share_of(area, grid), cut(area, grid), atol=1e-9)
    assert grid.area_km2 == pytest.approx(area.area / 1e6, rel=0.01)
    assert make_grid(area, cell_size_m=10).inside.size > 1_900_000


def test_an_area_smaller_than_half_a_cell_has_the_cell_that_holds_most_of_it() -> None:
    grid = make_grid(shapely.box(98, 1, 101, 4), cell_size_m=100)
    np.testing.assert_array_equal(grid.inside, [[True, False]])


def test_too_many_cells_are_refused_with_a_size_that_fits() -> None:
    area = shapely.box(3, 3, 9_997, 9_997)
    with pytest.raises(PolicyRefused) as refusal:
        make_grid(area, cell_size_m=5, max_cells=100_000)
    remedy = refusal.value.problems[0].remedy
    suggested = float(remedy.split()[3])
    assert make_grid(area, cell_size_m=suggested, max_cells=100_000).inside.size > 90_000


@pytest.mark.parametrize(
    ("area", "value"),
    [
        (shapely.Polygon(), "empty"),
        (shapely.Point(1, 1), "Point"),
        (shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), "Self-intersection[4.5 4.5]"),
    ],
)
def test_what_has_no_inside_is_refused(area: BaseGeometry, value: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        make_grid(area, cell_size_m=10)
    assert refusal.value.problems[0].value == value


def test_points_are_counted_or_reported_and_never_lost() -> None:
    grid = make_grid(TRIANGLE, cell_size_m=10)
    x = np.array([5, 5, 10, 39, 39, -1, 1e7, np.nan])
    y = np.array([5, 6, 0, 1, 39, 5, 1e7, 5])
    binned = bin_points(grid, x, y)
    assert binned.cell.tolist() == [0, 0, 1, 3, -1, -1, -1, -1]
    assert binned.counts.sum() == 4
    assert binned.n_outside == 4
    assert binned.counts[0].tolist() == [2, 1, 0, 1]


def test_binning_equals_looking_up_squares() -> None:
    rng = np.random.default_rng(4)
    grid = make_grid(RING, cell_size_m=6)
    x, y = rng.uniform(-20, 90, (2, 500))
    squares = cell_polygons(grid, grid.study_cells)
    point, square = shapely.STRtree(squares).query(shapely.points(x, y), predicate="within")
    expected = np.full(500, -1)
    expected[point] = grid.study_cells[square]
    np.testing.assert_array_equal(bin_points(grid, x, y).cell, expected)


def test_the_outline_is_the_union_of_its_cells() -> None:
    rng = np.random.default_rng(7)
    marked = rng.random((12, 9)) < 0.5
    grid = Grid((200.0, -50.0), 25.0, marked)
    found = outline(marked, origin=grid.origin, cell_size_m=25.0)
    assert found.is_valid
    assert found.equals(shapely.union_all(cell_polygons(grid, grid.study_cells)))


def test_a_derived_area_is_every_cell_near_an_occupied_one() -> None:
    x, y = np.array([55.0, 58.0, 305.0]), np.array([55.0, 51.0, 55.0])
    area = derived_study_area(x, y, bandwidth_m=10, cell_size_m=10)
    # Two plus signs: an occupied cell and the four whose centre is 10 m away.
    assert area.area == 2 * 5 * 100
    assert area.bounds == (40.0, 40.0, 320.0, 70.0)
    grid = make_grid(area, cell_size_m=10)
    assert grid.inside.sum() == 10
    assert bin_points(grid, x, y).n_outside == 0


def test_a_stray_point_in_another_province_does_not_stretch_the_grid() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 9_000, (2, 400))
    x[-1], y[-1] = 109_000, 100_000
    area = derived_study_area(x, y, bandwidth_m=300, cell_size_m=50)
    assert area.bounds[2] < 10_000
    grid = make_grid(area, cell_size_m=50)
    assert bin_points(grid, x, y).n_outside == 1


def test_a_theme_in_one_street_keeps_the_far_end_of_town() -> None:
    x = np.append(np.full(99, 500.0), 12_500.0)
    area = derived_study_area(x, np.full(100, 500.0), bandwidth_m=100, cell_size_m=100)
    assert area.bounds[2] > 12_500


def test_no_points_derive_no_area() -> None:
    area = derived_study_area(np.empty(0), np.empty(0), bandwidth_m=100, cell_size_m=100)
    assert area.is_empty


def test_a_derived_area_that_is_too_fine_is_refused() -> None:
    x = np.array([0.0, 9_000.0])
    with pytest.raises(PolicyRefused, match=r"Use cells of \d+ m or more"):
        derived_study_area(x, x, bandwidth_m=100, cell_size_m=1, max_cells=10_000)
