"""Sight lines by hand, against a plain walk over every line, and by what must always hold."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from hotspots.analysis.grid import Bools, Floats
from hotspots.errors import InputRefused
from hotspots.planning.surface import Surface, surface_from_heights
from hotspots.planning.visibility import (
    Viewsheds,
    points_in_view,
    viewshed_polygon,
    viewsheds,
)
from tests.planning.sight import model, on_raster, sites, walked

SIZE = 81
MIDDLE = SIZE / 2


def everywhere(surface: Surface) -> Bools:
    return np.ones(surface.shape, dtype=bool)


def seen(surface: Surface, *where: tuple[float, ...], **options: float) -> Viewsheds:
    """Work out what the sites see of the whole raster."""
    target = options.pop("target_height_m", 0.0)
    return viewsheds(
        surface,
        sites(*where, **options),
        target_height_m=target,
        public_space=everywhere(surface),
    )


def town(seed: int, *, size: int = SIZE, high: float = 12.0) -> Floats:
    """Rectangular buildings of many heights on uneven ground; the middle is open."""
    rng = np.random.default_rng(seed)
    top = rng.uniform(0, 0.2, (size, size))
    for row, column, tall, wide in rng.integers([0, 0, 1, 1], [size, size, 12, 12], (25, 4)):
        top[row : row + tall, column : column + wide] = rng.uniform(1, high)
    middle = size // 2
    top[middle - 2 : middle + 3, middle - 2 : middle + 3] = 0
    return top


# ---------------------------------------------------------------- by hand
@pytest.mark.parametrize(
    ("camera_m", "wall_m", "target_m", "shadow_to_m"),
    [
        # The wall ends 19.5 m from the camera; the line over its far edge comes down to the
        # target at 19.5 (camera - target) / (camera - wall).
        (7.0, 3.0, 0.0, 34.125),
        (6.0, 3.0, 1.5, 29.25),
        (8.0, 3.0, 0.0, 31.2),
        (5.0, 4.0, 2.0, 58.5),
    ],
)
@pytest.mark.parametrize("datum_m", [0.0, 14.0])
@pytest.mark.parametrize("turned", range(4))
def test_the_shadow_of_a_wall_has_its_length(
    camera_m: float, wall_m: float, target_m: float, shadow_to_m: float, datum_m: float, turned: int
) -> None:
    top = np.full((161, 161), datum_m)
    top[:, 99] += wall_m
    surface = model(np.rot90(top, turned), datum_m)
    views = seen(surface, (80.5, 80.5, camera_m, 79.0), target_height_m=target_m)
    row = np.rot90(on_raster(views.of_site[0], surface.shape), -turned)[80]
    distance = np.arange(161) - 80.0
    on_wall = distance == 19
    hidden = (on_wall & (wall_m > target_m)) | ((distance > 19.5) & (distance < shadow_to_m))
    np.testing.assert_array_equal(row, ~hidden & (np.abs(distance) <= 79))


def test_behind_a_wall_higher_than_the_camera_nothing_is_seen() -> None:
    top = np.zeros((SIZE, SIZE))
    top[:, 50] = 4.1
    raster = on_raster(seen(model(top), (MIDDLE, MIDDLE, 4.0, 30.0)).of_site[0], top.shape)
    assert not raster[:, 50:].any()
    assert raster[40, 10:50].all()


@pytest.mark.parametrize("corner", [46, 47, 48, 49])
@pytest.mark.parametrize("part", [0.05, 0.3, 0.5, 0.72])
def test_no_line_slips_through_the_corners_of_a_diagonal_wall(corner: int, part: float) -> None:
    top = np.zeros((SIZE, SIZE))
    row, column = np.indices(top.shape)
    behind = row + column - 80 > corner - 40
    top[row + column - 80 == corner - 40] = 9.0
    views = seen(model(top), (40 + part, 40 + part, 4.0, 38.0), target_height_m=1.5)
    assert not (on_raster(views.of_site[0], top.shape) & behind).any()


def test_open_ground_is_seen_up_to_the_range_and_measured() -> None:
    surface = model(np.zeros((SIZE, SIZE)))
    views = seen(surface, (MIDDLE, MIDDLE, 5.0, 25.0))
    row, column = np.indices(surface.shape) - 40
    np.testing.assert_array_equal(
        on_raster(views.of_site[0], surface.shape), np.hypot(row, column) <= 25
    )
    assert views.figures["visible_m2"].item() == (np.hypot(row, column) <= 25).sum()
    assert views.figures["unknown_m2"].item() == 0


@pytest.mark.parametrize(
    ("azimuth_deg", "view_deg", "x_sign", "y_sign"),
    [(45.0, 88.0, 1, 1), (135.0, 88.0, 1, -1), (-135.0, 88.0, -1, -1), (315.0, 88.0, -1, 1)],
)
def test_a_field_of_view_points_clockwise_from_north(
    azimuth_deg: float, view_deg: float, x_sign: int, y_sign: int
) -> None:
    surface = model(np.zeros((SIZE, SIZE)))
    views = seen(surface, (MIDDLE, MIDDLE, 5.0, 30.0), azimuth_deg=azimuth_deg, view_deg=view_deg)
    row, column = np.nonzero(on_raster(views.of_site[0], surface.shape))
    assert set(np.sign(column - 40)) == {x_sign}
    assert set(np.sign(40 - row)) == {y_sign}
    assert len(row) == pytest.approx(np.pi * 30**2 * view_deg / 360, rel=0.03)


def test_a_field_of_view_reaches_across_north() -> None:
    surface = model(np.zeros((SIZE, SIZE)))
    views = seen(surface, (MIDDLE, MIDDLE, 5.0, 30.0), azimuth_deg=350.0, view_deg=60.0)
    raster = on_raster(views.of_site[0], surface.shape)
    assert raster[20, 40]  # north
    assert raster[20, 45]  # 14 degrees east of north
    assert not raster[20, 50]  # 27 degrees
    assert not raster[60, 40]  # south


# ---------------------------------------------------------------- against a plain walk
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_a_walk_over_every_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    surface = model(town(seed))
    x, y = MIDDLE + rng.uniform(-1.9, 1.9, 2)
    ground = float(surface.top_m.ravel()[surface.cell_of(np.array([x]), np.array([y]))[0]])
    assert ground == 0
    ours = on_raster(
        seen(surface, (x, y, 4.5, 38.0), target_height_m=1.5).of_site[0], surface.shape
    )
    theirs = walked(surface, x, y, 4.5, range_m=38.0, target_height_m=1.5)
    row, column = np.indices(surface.shape) + 0.5
    within = np.hypot(column - x, SIZE - row - y) <= 38
    assert (ours & theirs).sum() >= 0.95 * (ours | theirs).sum()
    assert (ours == theirs)[within].mean() >= 0.98
    assert 0.05 < theirs[within].mean() < 0.9


def test_finer_cells_see_the_same_square_metres() -> None:
    coarse = town(3)
    fine = np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)
    at = (MIDDLE, MIDDLE, 4.5, 38.0)
    areas = [
        seen(model(top, cell_size_m=size), at, target_height_m=1.5).figures["visible_m2"].item()
        for top, size in ((coarse, 1.0), (fine, 0.5))
    ]
    assert areas[1] == pytest.approx(areas[0], rel=0.04)


# ---------------------------------------------------------------- what must always hold
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), by_m=st.floats(0.1, 20), row=st.integers(0, 36))
def test_a_higher_building_never_shows_more(seed: int, by_m: float, row: int) -> None:
    low = town(seed)
    high = low.copy()
    high[row : row + 3, row : row + 9] += by_m
    before, after = (
        on_raster(seen(model(top), (MIDDLE, MIDDLE, 5.0, 35.0)).of_site[0], top.shape)
        for top in (low, high)
    )
    assert not (after & ~before).any()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), camera_m=st.floats(2, 8), more_m=st.floats(0.1, 10))
def test_a_higher_target_is_never_seen_less(seed: int, camera_m: float, more_m: float) -> None:
    surface = model(town(seed))
    low, high = (
        on_raster(
            seen(surface, (MIDDLE, MIDDLE, camera_m, 35.0), target_height_m=target).of_site[0],
            surface.shape,
        )
        for target in (1.0, 1.0 + more_m)
    )
    assert not (low & ~high).any()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), fill_m=st.floats(0, 15))
def test_whatever_unmeasured_cells_hold_the_truth_lies_between(seed: int, fill_m: float) -> None:
    rng = np.random.default_rng(seed)
    top = town(seed)
    gaps = rng.random(top.shape) < 0.02
    gaps[38:43, 38:43] = False
    filled = top.copy()
    filled[gaps] = fill_m * rng.random(gaps.sum())
    holed = model(np.where(gaps, np.nan, top))
    at = (MIDDLE, MIDDLE, 5.0, 35.0)
    view = seen(holed, at, target_height_m=1.5).of_site[0]
    truth = on_raster(seen(model(filled), at, target_height_m=1.5).of_site[0], top.shape)
    visible, unknown = (on_raster(view, top.shape, unknown=flag) for flag in (False, True))
    assert not (visible & unknown).any()
    assert not (visible & ~truth).any(), "seen for certain, and not seen"
    assert not (truth & ~visible & ~unknown).any(), "hidden for certain, and seen"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("turned", [1, 2, 3])
def test_a_turned_town_is_seen_turned(seed: int, turned: int) -> None:
    top = town(seed)
    at = (MIDDLE, MIDDLE, 4.5, 38.0)
    straight, round_ = (
        on_raster(seen(model(turn), at, target_height_m=1.5).of_site[0], top.shape)
        for turn in (top, np.rot90(top, turned))
    )
    np.testing.assert_array_equal(np.rot90(straight, turned), round_)


# ---------------------------------------------------------------- unknown, never ground
def test_what_lies_behind_the_unmeasured_is_unknown() -> None:
    top = np.zeros((SIZE, SIZE))
    top[30:51, 55] = np.nan
    view = seen(model(top), (MIDDLE, MIDDLE, 5.0, 38.0), target_height_m=1.5).of_site[0]
    visible, unknown = (on_raster(view, top.shape, unknown=flag) for flag in (False, True))
    assert visible[40, 41:55].all()
    assert unknown[40, 55:79].all()
    assert not visible[40, 55:].any()
    assert visible[5, 40]


def test_what_a_known_wall_hides_is_hidden_whatever_lies_before_it() -> None:
    top = np.zeros((SIZE, SIZE))
    top[:, 55] = np.nan
    top[:, 60] = 20.0
    view = seen(model(top), (MIDDLE, MIDDLE, 5.0, 38.0), target_height_m=1.5).of_site[0]
    visible, unknown = (on_raster(view, top.shape, unknown=flag) for flag in (False, True))
    assert unknown[40, 55:60].all()
    assert not unknown[40, 60:].any()
    assert not visible[40, 55:].any()


def test_beyond_the_raster_nothing_is_counted() -> None:
    surface = model(np.zeros((41, 41)))
    views = seen(surface, (1.2, 1.2, 5.0, 300.0))
    assert views.figures["visible_m2"].item() == 41 * 41
    assert views.figures["unknown_m2"].item() == 0  # no public space is known of out there


# ---------------------------------------------------------------- sites that cannot be
def test_sites_that_cannot_be_are_reported_on_their_own_index() -> None:
    top = np.zeros((SIZE, SIZE))
    top[:, 60:75] = 9.0
    top[10, 10] = np.nan
    where = pd.DataFrame(
        {
            "x": [20.5, 63.2, 60.4, -4.0, 10.5, 65.5, np.nan],
            "y": [40.5, 40.5, 40.5, 40.5, 70.5, 40.5, 3.0],
            "mounting_height_m": [4.0, 4.0, 4.0, 4.0, 4.0, 12.0, 4.0],
            "range_m": 20.0,
            "azimuth_deg": np.nan,
            "view_deg": 360.0,
        },
        index=["pole", "3 m inside", "on the wall", "away", "unmeasured", "above the roof", "lost"],
    )
    views = viewsheds(
        model(top), where, target_height_m=1.5, public_space=np.ones(top.shape, dtype=bool)
    )
    figures = views.figures
    pd.testing.assert_index_equal(figures.index, where.index)
    assert figures["excluded"].dropna().to_dict() == {
        "3 m inside": "inside_building",
        "away": "outside_raster",
        "unmeasured": "surface_unknown",
        "lost": "outside_raster",
    }
    gone = figures["excluded"].notna()
    assert figures.loc[gone, ["eye_m", "visible_m2", "unknown_m2"]].isna().all(axis=None)
    assert [view is None for view in views.of_site] == gone.tolist()
    moved = figures.loc["on the wall"]
    assert (moved["eye_x"], moved["eye_y"]) == (59.5, 40.5)
    assert moved["moved_m"] == pytest.approx(0.9)
    assert figures.loc[["pole", "above the roof"], "moved_m"].eq(0).all()
    assert figures["visible_m2"]["on the wall"] > 500
    raster = on_raster(views.of_site[2], top.shape)
    assert not raster[:, 60:].any()


def test_values_out_of_bounds_are_refused_together() -> None:
    surface = model(np.zeros((9, 9)))
    wrong = sites((4.5, 4.5, 4.0, -1.0), (4.5, 4.5, np.nan, 20.0), (4.5, 4.5, 4.0, 5_000.0))
    wrong.loc[1, ["azimuth_deg", "view_deg"]] = [np.nan, 90.0]
    with pytest.raises(InputRefused) as refusal:
        viewsheds(surface, wrong, target_height_m=1.5, public_space=everywhere(surface))
    assert {(problem.column, problem.rule.split(":")[0]) for problem in refusal.value.problems} == {
        ("range_m", "Site 0"),
        ("range_m", "Site 2"),
        ("mounting_height_m", "Site 1"),
        ("azimuth_deg", "Site 1"),
    }


def test_a_mask_on_other_cells_is_refused() -> None:
    surface = model(np.zeros((9, 9)))
    with pytest.raises(ValueError, match="rows and columns"):
        viewsheds(
            surface, sites((4, 4, 4, 4)), target_height_m=1.5, public_space=np.ones((8, 9), bool)
        )


def test_no_site_gives_an_empty_answer() -> None:
    surface = model(np.zeros((9, 9)))
    views = seen(surface)
    assert len(views.figures) == len(views.of_site) == 0
    assert points_in_view(views, surface, np.array([1.0]), np.array([1.0])).shape == (0, 1)


def test_the_northern_and_western_edge_are_on_the_raster_and_the_others_are_not() -> None:
    surface = model(np.zeros((21, 21)))
    corners = [(0.0, 21.0), (20.999, 0.001), (0.0, 0.0), (21.0, 21.0)]
    views = seen(surface, *((x, y, 4.0, 5.0) for x, y in corners))
    assert views.figures["excluded"].isna().tolist() == [True, True, False, False]
    row, column = np.indices(surface.shape) + 0.5
    for nth in (0, 1):
        x, y = corners[nth]
        within = np.hypot(column - x, 21 - row - y) <= 5
        assert views.figures["visible_m2"].iloc[nth] == pytest.approx(within.sum(), abs=1)


def test_where_nothing_was_measured_no_site_can_be() -> None:
    surface = model(np.full((21, 21), np.nan))
    views = seen(surface, (10.5, 10.5, 4.0, 5.0))
    assert views.figures["excluded"].tolist() == ["surface_unknown"]
    assert points_in_view(views, surface, np.array([10.5]), np.array([10.5])).nnz == 0


def test_a_low_roof_below_the_target_is_seen_and_a_higher_one_is_not() -> None:
    top = np.zeros((SIZE, SIZE))
    top[40, 50], top[40, 30] = 1.4, 1.6
    view = seen(model(top), (MIDDLE, MIDDLE, 5.0, 30.0), target_height_m=1.5).of_site[0]
    raster = on_raster(view, top.shape)
    assert raster[40, 50]
    assert not raster[40, 30]


def test_a_range_within_one_cell_sees_nothing_and_its_outline_is_an_empty_polygon() -> None:
    surface = model(np.zeros((9, 9)))
    views = seen(surface, (4.05, 4.05, 4.0, 0.1))
    assert views.figures["visible_m2"].item() == 0
    assert views.of_site[0] is not None
    outline = viewshed_polygon(surface, views.of_site[0], within=everywhere(surface))
    assert (outline.geom_type, outline.is_empty) == ("Polygon", True)


# ---------------------------------------------------------------- what is made of it
def test_public_space_in_view_has_the_area_of_its_polygon() -> None:
    north_up = Affine(0.5, 0, 80_000, 0, -0.5, 455_000)
    top = town(8)
    surface = surface_from_heights(top, np.zeros_like(top), north_up, known=top >= 0)
    public = np.indices(top.shape)[1] < 45
    x, y = 80_000 + MIDDLE / 2, 455_000 - MIDDLE / 2
    views = viewsheds(surface, sites((x, y, 4.5, 18.0)), target_height_m=1.5, public_space=public)
    assert views.of_site[0] is not None
    outline = viewshed_polygon(surface, views.of_site[0], within=public)
    assert outline.is_valid
    assert outline.area == pytest.approx(views.figures["visible_m2"].item())
    assert outline.bounds[2] <= 80_000 + 45 / 2
    assert shapely.contains_xy(outline, x, y)


def test_a_point_without_a_place_is_in_nobodys_view() -> None:
    surface = model(np.zeros((9, 9)))
    views = seen(surface, (4.5, 4.5, 4.0, 4.0))
    x, y = np.array([4.5, np.nan, 4.5]), np.array([4.5, 4.5, np.nan])
    assert points_in_view(views, surface, x, y).toarray().tolist() == [[1, 0, 0]]


def test_points_are_in_view_when_their_cell_is() -> None:
    surface = model(town(5))
    views = seen(
        surface, (MIDDLE, MIDDLE, 4.5, 30.0), (200.0, 3.0, 4.0, 30.0), (39.2, 41.9, 3.0, 12.5),
        target_height_m=1.5,
    )  # fmt: skip
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-5, SIZE + 5, (2, 3_000))
    found = points_in_view(views, surface, x, y).toarray().astype(bool)
    assert not found[1].any()
    for nth in (0, 2):
        raster = on_raster(views.of_site[nth], surface.shape)
        expected = [
            0 <= a < SIZE and 0 < b <= SIZE and bool(raster[int(np.floor(SIZE - b)), int(a)])
            for a, b in zip(x, y, strict=True)
        ]
        np.testing.assert_array_equal(found[nth], expected)
        assert found[nth].sum() > 50
