"""One surface model, from rasters or from footprints: what is not known stays unknown."""

import numpy as np
import pytest
import shapely
from rasterio.transform import Affine

from hotspots.errors import InputRefused, PolicyRefused
from hotspots.planning.surface import (
    level_ground,
    surface_from_footprints,
    surface_from_heights,
)

NORTH_UP = Affine(1, 0, 100, 0, -1, 205)


def footprints(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*box) for box in boxes], dtype=object)


def test_footprints_rise_from_level_ground() -> None:
    ground, transform = level_ground((0.3, 0.0, 5.9, 3.0))
    built = surface_from_footprints(
        footprints((1, 1, 3, 3), (2, 0, 5, 2)),
        np.array([9.0, 4.0]),
        ground_m=ground,
        transform=transform,
    )
    np.testing.assert_array_equal(
        built.top_m,
        [  # rows from north to south; where the two overlap the higher counts
            [0, 9, 9, 0, 0, 0],
            [0, 9, 9, 4, 4, 0],
            [0, 0, 4, 4, 4, 0],
        ],
    )
    assert not built.ground_m.any()


def test_buildings_stand_on_the_terrain() -> None:
    terrain = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, np.nan]])
    built = surface_from_footprints(
        footprints((101, 204, 103, 205)), np.array([10.0]), ground_m=terrain, transform=NORTH_UP
    )
    np.testing.assert_array_equal(built.top_m, [[1, 12, 13], [1, 2, np.nan]])


def test_a_building_of_unknown_height_is_unknown() -> None:
    ground, transform = level_ground((0, 0, 4, 1))
    built = surface_from_footprints(
        footprints((0, 0, 3, 1), (2, 0, 4, 1)),
        np.array([np.nan, 30.0]),
        ground_m=ground,
        transform=transform,
    )
    np.testing.assert_array_equal(built.top_m, [[np.nan, np.nan, np.nan, 30]])


def test_without_buildings_there_is_ground() -> None:
    ground, transform = level_ground((0, 0, 4, 2))
    built = surface_from_footprints(footprints(), np.zeros(0), ground_m=ground, transform=transform)
    np.testing.assert_array_equal(built.top_m, np.zeros((2, 4)))


def test_holes_of_the_terrain_under_buildings_take_the_nearest_ground() -> None:
    top = np.array([[2.0, 12.0, 12.0, 3.0, np.nan]])
    terrain = np.array([[2.0, np.nan, np.nan, 3.0, np.nan]])
    made = surface_from_heights(top, terrain, NORTH_UP, known=~np.isnan(top))
    np.testing.assert_array_equal(made.ground_m[0, :4], [2, 2, 3, 3])
    assert np.isnan(made.top_m[0, 4])


def test_what_was_not_measured_is_unknown_whatever_value_marks_it() -> None:
    top = np.array([[2.0, -9999.0]])
    made = surface_from_heights(top, np.zeros((1, 2)), NORTH_UP, known=top > -9999)
    np.testing.assert_array_equal(made.top_m, [[2, np.nan]])


def test_points_find_their_cell() -> None:
    made = surface_from_heights(
        np.zeros((5, 4)), np.zeros((5, 4)), NORTH_UP, known=np.ones((5, 4), dtype=bool)
    )
    x = np.array([100.0, 103.9, 102.5, 104.0, 99.99, 101.0, np.nan])
    y = np.array([205.0, 200.1, 203.5, 203.0, 203.0, 200.0, 201.0])
    np.testing.assert_array_equal(made.cell_of(x, y), [0, 19, 6, -1, -1, -1, -1])
    centre_x, centre_y = made.centre_of(np.array([0, 6, 19]))
    np.testing.assert_array_equal(centre_x, [100.5, 102.5, 103.5])
    np.testing.assert_array_equal(centre_y, [204.5, 203.5, 200.5])
    assert made.cells_near(102.4, 203.5, reach_m=0.95).tolist() == [6, 5]


def test_rasters_that_do_not_fit_are_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(InputRefused) as refusal:
        surface_from_heights(
            np.zeros((2, 3)),
            np.zeros((3, 3)),
            Affine(1, 0, 0, 0, -2, 0),
            known=np.ones((2, 3), dtype=bool),
        )
    assert len(refusal.value.problems) == 2


@pytest.mark.parametrize("transform", [Affine(1, 0, 0, 0, 1, 0), Affine(0.7, 0.7, 0, 0.7, -0.7, 0)])
def test_a_raster_with_north_elsewhere_is_refused(transform: Affine) -> None:
    with pytest.raises(InputRefused, match="north up"):
        surface_from_heights(
            np.zeros((2, 2)), np.zeros((2, 2)), transform, known=np.ones((2, 2), dtype=bool)
        )


def test_a_terrain_without_any_height_is_refused() -> None:
    with pytest.raises(InputRefused, match="terrain"):
        surface_from_heights(
            np.zeros((2, 2)),
            np.full((2, 2), np.nan),
            NORTH_UP,
            known=np.ones((2, 2), dtype=bool),
        )


def test_a_model_of_too_many_cells_is_refused_with_what_to_do() -> None:
    with pytest.raises(PolicyRefused, match="larger cells"):
        level_ground((0, 0, 50_000, 50_000))
