"""Holes that are filled, against a plain walk from cell to cell; which polygon holds a point."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hotspots.analysis.grid import Bools, Grid
from hotspots.analysis.polygons import hearts_m2, which_polygon, with_hearts

CELL_M = 100.0


def walked(hot: Bools, inside: Bools, *, most_cells: float) -> Bools:
    """Fill holes by walking from every cell that is not hot to those beside it, one by one."""
    filled = hot.copy()
    n_rows, n_columns = hot.shape
    for start in zip(*np.nonzero(~hot), strict=True):
        seen, ahead, enclosed = {start}, [start], True
        while ahead:
            row, column = ahead.pop()
            enclosed &= bool(inside[row, column])
            for up, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                beside = (row + up, column + right)
                if not (0 <= beside[0] < n_rows and 0 <= beside[1] < n_columns):
                    enclosed = False
                elif not hot[beside] and beside not in seen:
                    seen.add(beside)
                    ahead.append(beside)
        filled[start] = enclosed and len(seen) <= most_cells
    return filled


def filled(rows: list[str], *, most_cells: int) -> list[str]:
    """Fill what is drawn: ``#`` is hot, ``.`` a study cell that is not, a blank no study cell."""
    drawn = np.array([list(row) for row in rows])
    grid = Grid((0.0, 0.0), CELL_M, drawn != " ")
    found = with_hearts(drawn == "#", grid, largest_hole_m2=most_cells * CELL_M**2)
    return ["".join(row) for row in np.where(found, "#", drawn)]


def test_a_hole_is_filled_up_to_its_largest_size() -> None:
    ring = ["####.", "#..#.", "####.", "....."]
    assert filled(ring, most_cells=2) == ["####.", "####.", "####.", "....."]
    assert filled(ring, most_cells=1) == ring


def test_what_is_open_at_a_side_or_holds_other_than_study_cells_is_no_hole() -> None:
    for rows in (
        ["####", "#..#", "#.##"],  # open to the border of the grid
        ["#####.", "#...#.", "###.#.", "......"],  # open at a side
        ["#####", "#. .#", "#####"],  # a pond in it
    ):
        assert filled(rows, most_cells=9) == rows


def test_cells_that_meet_at_a_corner_enclose_and_holes_that_do_are_two() -> None:
    diamond = ["..#..", ".#.#.", "#...#", ".#.#.", "..#.."]
    assert filled(diamond, most_cells=5) == ["..#..", ".###.", "#####", ".###.", "..#.."]
    pair = ["####.", "#.###", "##..#", ".####"]
    assert filled(pair, most_cells=1) == ["####.", "#####", "##..#", ".####"]


def test_the_largest_heart_is_the_neighbourhood() -> None:
    assert hearts_m2(150) == pytest.approx(math.pi * 150 * 150)


@given(
    arrays(bool, (9, 8)),
    arrays(bool, (9, 8), elements=st.sampled_from([True] * 9 + [False])),
    st.integers(0, 12),
)
def test_a_plain_walk_fills_the_same(hot: Bools, inside: Bools, most_cells: int) -> None:
    hot &= inside
    found = with_hearts(
        hot, Grid((0.0, 0.0), CELL_M, inside), largest_hole_m2=most_cells * CELL_M**2
    )
    np.testing.assert_array_equal(found, walked(hot, inside, most_cells=most_cells))


def test_a_point_is_of_the_first_polygon_that_touches_it() -> None:
    rng = np.random.default_rng(6)
    blobs = shapely.buffer(shapely.points(rng.uniform(0, 1000, (9, 2))), rng.uniform(20, 90, 9))
    pierced = shapely.difference(blobs[0], shapely.centroid(blobs[0]).buffer(10))
    squares = [shapely.box(400, 400, 500, 500), shapely.box(500, 400, 600, 500)]
    polygons = [pierced, *blobs[1:], *squares]
    x, y = rng.uniform(-50, 1050, (2, 3000)).round(-1)
    expected = np.full(3000, -1)
    for place, point in enumerate(shapely.points(x, y)):
        held = [number for number, each in enumerate(polygons) if each.intersects(point)]
        expected[place] = held[0] if held else -1
    np.testing.assert_array_equal(which_polygon(polygons, x, y), expected)
    assert len(np.unique(expected)) == len(polygons) + 1
    border = which_polygon(squares, np.array([500.0, 500.0]), np.array([450.0, 399.0]))
    np.testing.assert_array_equal(border, [0, -1])


def test_without_polygons_or_points_nothing_is_held() -> None:
    assert which_polygon([], np.array([1.0]), np.array([2.0])).tolist() == [-1]
    assert which_polygon([shapely.box(0, 0, 1, 1)], np.empty(0), np.empty(0)).tolist() == []
