"""Homes in view, on a street that can be worked out by hand.

North at the top; the street runs from x = 0 to 100 between y = 40 and 52.

    houses A, B, C, wall to wall: x 20-30, 30-40, 40-50, y 52-60
    house D behind them: x 30-40, y 75-85
    shop S across the street: x 20-40, y 30-40, nobody lives there
"""

import math

import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.planning.facades import Facades, FacadesInView, facades_in_view, facades_of_homes
from hotspots.planning.surface import Surface, level_ground, surface_from_footprints
from hotspots.planning.visibility import viewsheds
from tests.planning.sight import sites

HOUSES = [(20, 52, 30, 60), (30, 52, 40, 60), (40, 52, 50, 60), (30, 75, 40, 85)]
SHOP = (20, 30, 40, 40)
WINDOW_M = 2.0


def footprints() -> np.ndarray:
    return np.array([shapely.box(*box) for box in [*HOUSES, SHOP]], dtype=object)


def street(heights: tuple[float, ...] = (9, 9, 9, 9, 9)) -> Surface:
    ground, transform = level_ground((0, 0, 100, 100))
    return surface_from_footprints(
        footprints(), np.array(heights), ground_m=ground, transform=transform
    )


def homes(surface: Surface, *addresses: tuple[float, float]) -> Facades:
    x, y = np.array(addresses, dtype=float).reshape(-1, 2).T
    return facades_of_homes(surface, footprints(), x, y, window_height_m=WINDOW_M)


def in_view(
    surface: Surface, facades: Facades, where: pd.DataFrame, **options: float
) -> FacadesInView:
    views = viewsheds(
        surface,
        where,
        target_height_m=WINDOW_M,
        public_space=np.ones(surface.shape, dtype=bool),
    )
    return facades_in_view(views, surface, facades, **options)


FRONTS = ((25.0, 54.0), (35.0, 54.0), (45.0, 54.0), (35.0, 80.0))


def test_points_stand_half_a_metre_outside_and_never_in_a_party_wall() -> None:
    facades = homes(street(), *FRONTS)
    point = shapely.points(facades.x, facades.y)
    own = footprints()[facades.building]
    np.testing.assert_allclose(shapely.distance(point, own), 0.5, atol=0.21)  # corners: 0.707
    assert not shapely.intersects(shapely.union_all(footprints()), point).any()
    assert set(facades.building) == {0, 1, 2, 3}  # nobody lives in the shop
    # B, between A and C, has a front and a back of 11 m and stubs of half a metre aside.
    assert facades.length_m[facades.building == 1].sum() == pytest.approx(22, abs=2.1)
    # D stands free: 4 x 11 m.
    assert facades.length_m[facades.building == 3].sum() == pytest.approx(44)


def test_the_row_is_seen_from_the_street_and_the_house_behind_is_not() -> None:
    surface = street()
    found = in_view(surface, homes(surface, *FRONTS), sites((35.5, 42.5, 4.0, 45.0)))
    np.testing.assert_array_equal(found.dwellings.toarray(), [[1, 1, 1, 0]])
    figures = found.figures.iloc[0]
    assert figures["dwellings_in_view"] == 3
    assert figures["homes_in_view"] == 3
    assert figures["dwellings_unknown"] == 0
    assert figures["facade_in_view_m"] == pytest.approx(30, abs=3.1)  # three fronts


def test_one_mask_covers_the_row_and_its_bearings_are_those_of_its_ends() -> None:
    surface = street()
    found = in_view(surface, homes(surface, *FRONTS), sites((35.5, 42.5, 4.0, 45.0)))
    assert found.figures["privacy_masks"].item() == 1
    ((from_, to),) = found.masks[0]
    # The fronts run from x = 20 to 50 at y = 52, 9.5 m north of the camera.
    assert from_ == pytest.approx(360 - math.degrees(math.atan(15.5 / 9.5)), abs=4)
    assert to == pytest.approx(360 + math.degrees(math.atan(14.5 / 9.5)), abs=4)


def test_two_homes_apart_need_two_masks_unless_these_nearly_touch() -> None:
    surface = street()
    ends = homes(surface, FRONTS[0], FRONTS[2])  # nobody lives in B
    camera = sites((35.5, 42.5, 4.0, 45.0))
    assert len(in_view(surface, ends, camera).masks[0]) == 2
    assert len(in_view(surface, ends, camera, closing_deg=60.0).masks[0]) == 1


def test_the_back_of_a_row_is_another_home_than_its_front() -> None:
    surface = street()
    both = homes(surface, (35.0, 53.0), (35.0, 59.0))
    found = in_view(surface, both, sites((35.5, 42.5, 4.0, 45.0), (35.5, 68.5, 4.0, 45.0)))
    np.testing.assert_array_equal(found.dwellings.toarray(), [[1, 0], [0, 1]])


def test_a_camera_in_the_midst_of_homes_is_masked_all_round() -> None:
    ground, transform = level_ground((0, 0, 60, 60))
    court = np.array([shapely.box(10, 10, 50, 50) - shapely.box(20, 20, 40, 40)], dtype=object)
    surface = surface_from_footprints(court, np.array([12.0]), ground_m=ground, transform=transform)
    facades = facades_of_homes(
        surface, court, np.array([18.0]), np.array([30.0]), window_height_m=WINDOW_M
    )
    found = in_view(surface, facades, sites((30.5, 30.5, 4.0, 25.0)))
    np.testing.assert_array_equal(found.masks[0], [[0, 360]])
    assert found.figures["dwellings_in_view"].item() == 1
    assert found.figures["facade_in_view_m"].item() == pytest.approx(4 * 19)


def test_a_houseboat_stands_for_itself() -> None:
    surface = street()
    found = in_view(
        surface, homes(surface, (70.0, 45.0), (35.0, 80.0)), sites((60.5, 46.5, 4.0, 20.0))
    )
    np.testing.assert_array_equal(found.dwellings.toarray(), [[1, 0]])
    assert found.figures["homes_in_view"].item() == 1


def test_homes_behind_a_building_of_unknown_height_are_unknown() -> None:
    surface = street((9, 9, 9, 9, np.nan))
    found = in_view(surface, homes(surface, *FRONTS), sites((30.5, 20.5, 4.0, 60.0)))
    figures = found.figures.iloc[0]
    assert figures["dwellings_in_view"] == 0
    assert figures["dwellings_unknown"] >= 2


def test_excluded_sites_have_no_figures_and_keep_their_place() -> None:
    surface = street()
    where = sites((35.5, 42.5, 4.0, 45.0), (25.5, 56.5, 4.0, 45.0)).set_index(
        pd.Index(["pole", "parlour"])
    )
    found = in_view(surface, homes(surface, *FRONTS), where)
    pd.testing.assert_index_equal(found.figures.index, where.index)
    assert found.figures.loc["parlour"].isna().all()
    assert found.masks[1].shape == (0, 2)
    assert found.dwellings.shape == (2, 4)


def test_without_dwellings_nothing_is_in_view() -> None:
    surface = street()
    found = in_view(surface, homes(surface), sites((35.5, 42.5, 4.0, 45.0)))
    assert found.figures.iloc[0].eq(0).all()
    assert found.dwellings.shape == (1, 0)
