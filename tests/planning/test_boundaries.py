"""Boundaries along streets: worked by hand on a chequered town, and properties on any."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from hotspots.planning.boundaries import (
    Blocks,
    align,
    core_of,
    overlaps,
    share_of_city,
    snap,
    street_blocks,
)

SIDE_M, REACH_M, LINES = 100.0, 8.0, 6


def streets(lines: dict[str, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"street_name": list(lines)},
        geometry=[shapely.LineString(each) for each in lines.values()],
        crs="EPSG:28992",
    )


def town() -> Blocks:
    """Return 5 x 5 blocks of 100 m: streets N0 to N5 run north, E0 to E5 east."""
    far = SIDE_M * (LINES - 1)
    north = {f"N{n}": [(n * SIDE_M, 0), (n * SIDE_M, far)] for n in range(LINES)}
    east = {f"E{n}": [(0, n * SIDE_M), (far, n * SIDE_M)] for n in range(LINES)}
    return street_blocks(streets(north | east))


TOWN = town()


def test_a_drawn_area_becomes_the_blocks_that_lie_in_it_for_half() -> None:
    found = snap(shapely.box(110, 130, 290, 260), TOWN, reach_m=REACH_M)
    # Two columns of one row and 60% of the next; the streets around are E1 to E3, N1 and N3.
    assert found.shape.equals(shapely.box(92, 92, 308, 308))
    assert set(found.around) == {"N1", "N3", "E1", "E3"}
    assert found.inside == ("E2", "N2")
    assert (found.n_unnamed, found.off_street_m) == (0, 0)


def test_the_streets_around_come_in_the_order_of_the_boundary() -> None:
    found = snap(shapely.box(105, 105, 195, 195), TOWN, reach_m=REACH_M)
    assert len(found.around) == 4
    sides = "".join(name[0] for name in found.around)
    assert sides in {"NENE", "ENEN"}, "opposite sides are never neighbours"


def test_the_border_of_the_municipality_closes_what_no_street_encloses() -> None:
    lines = streets({"Dijk": [(0, 50), (100, 50)], "Zijweg": [(50, 50), (50, 80)]})
    blocks = street_blocks(lines, frame=shapely.box(0, 0, 100, 100))
    found = snap(shapely.box(10, 60, 90, 95), blocks, reach_m=1)
    assert found.around == ("Dijk",)
    assert found.inside == ("Zijweg",), "a dead end is a street in the area"
    assert found.off_street_m == pytest.approx(200, abs=1)


def test_a_street_without_a_name_is_counted() -> None:
    lines = streets({"A": [(0, 0), (9, 0), (9, 9)], "B": [(9, 9), (0, 9), (0, 0)]})
    lines.loc[1, "street_name"] = None
    found = snap(shapely.box(1, 1, 8, 8), street_blocks(lines), reach_m=1)
    assert (found.around, found.n_unnamed) == (("A",), 1)


def test_where_no_street_encloses_anything_there_is_nothing_to_snap_to() -> None:
    with pytest.raises(ValueError, match="no street"):
        snap(shapely.box(9000, 9000, 9100, 9100), TOWN, reach_m=REACH_M)


@st.composite
def crooked_towns(draw: st.DrawFn) -> Blocks:
    """Draw a town of which the crossings are shifted, and some streets are missing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    at = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1) * SIDE_M
    at += rng.uniform(-35, 35, at.shape)
    lines = [(at[i, j], at[i, j + 1]) for i in range(5) for j in range(4)]
    lines += [(at[i, j], at[i + 1, j]) for i in range(4) for j in range(5)]
    kept = [line for line in lines if rng.random() < 0.9]
    named = {f"S{n}": [tuple(end.tolist()) for end in line] for n, line in enumerate(kept)}
    return street_blocks(streets(named))


@st.composite
def drawn_areas(draw: st.DrawFn) -> BaseGeometry:
    x, y = draw(st.floats(60, 340)), draw(st.floats(60, 340))
    return shapely.Point(x, y).buffer(draw(st.floats(20, 200)))


@settings(max_examples=60, deadline=None)
@given(crooked_towns(), drawn_areas(), st.floats(1, 20))
def test_snapping_twice_is_snapping_once(blocks: Blocks, area: BaseGeometry, reach: float) -> None:
    if not len(blocks.faces) or not shapely.union_all(blocks.faces).intersection(area).area:
        return
    once = snap(area, blocks, reach_m=reach)
    twice = snap(once.shape, blocks, reach_m=reach)
    assert twice.blocks.tolist() == once.blocks.tolist()
    assert twice.shape.equals(once.shape)
    assert (twice.around, twice.inside) == (once.around, once.inside)


@settings(max_examples=60, deadline=None)
@given(crooked_towns(), drawn_areas())
def test_the_street_list_is_complete_and_names_no_other(blocks: Blocks, area: BaseGeometry) -> None:
    if not len(blocks.faces) or not shapely.union_all(blocks.faces).intersection(area).area:
        return
    found = snap(area, blocks, reach_m=REACH_M)
    enclosed = shapely.union_all(blocks.faces[found.blocks]).buffer(0.1)
    lines = blocks.streets.geometry.to_numpy()
    within = shapely.length(shapely.intersection(lines, enclosed))
    listed = blocks.streets["street_name"].isin([*found.around, *found.inside]).to_numpy()
    assert listed[within > 2].all(), "a street in the area that is not listed"
    assert not listed[within < 0.5].any(), "a listed street that is not in the area"
    assert not set(found.around) & set(found.inside)


# ---------------------------------------------------------------- core and rim
def crowd(x: float, y: float, n: int) -> np.ndarray:
    return np.random.default_rng(1).normal((x, y), 12, (n, 2))


def test_quiet_blocks_are_cut_off_the_rim() -> None:
    members = snap(shapely.box(0, 0, 500, 500), TOWN, reach_m=REACH_M).blocks
    points = np.vstack([crowd(250, 250, 95), crowd(50, 50, 5)])
    core = core_of(members, TOWN, *points.T, share=0.9, reach_m=REACH_M)
    assert shapely.union_all(TOWN.faces[core]).equals(shapely.box(200, 200, 300, 300))


def test_a_core_hangs_together() -> None:
    members = snap(shapely.box(0, 0, 500, 500), TOWN, reach_m=REACH_M).blocks
    points = np.vstack([crowd(50, 250, 50), crowd(450, 250, 50)])
    core = core_of(members, TOWN, *points.T, share=0.9, reach_m=REACH_M)
    joined = shapely.union_all(TOWN.faces[core])
    assert joined.geom_type == "Polygon"
    assert joined.area == pytest.approx(5 * SIDE_M**2), "the straight way between both crowds"


def test_without_incidents_nothing_is_cut_off() -> None:
    members = np.arange(4)
    none = np.zeros(0)
    assert core_of(members, TOWN, none, none, share=0.9, reach_m=1).tolist() == [0, 1, 2, 3]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 0.99))
def test_a_core_holds_its_share(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 500, (80, 2))
    members = np.arange(len(TOWN.faces))
    core = core_of(members, TOWN, *points.T, share=share, reach_m=REACH_M)
    reach = shapely.union_all(shapely.buffer(TOWN.faces[core], REACH_M))
    assert shapely.intersects_xy(reach, *points.T).sum() >= share * len(points)


# ---------------------------------------------------------------- areas beside areas
def frame(**shapes: BaseGeometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()))


def test_overlaps_by_hand() -> None:
    own = frame(S=shapely.box(0, 0, 10, 10))
    others = frame(
        A=shapely.box(5, 0, 20, 10), B=shapely.box(0, 0, 10, 10), C=shapely.box(10, 0, 20, 10)
    )
    table = overlaps(own, others)
    assert table["other"].tolist() == ["B", "A"], "one that only touches shares no ground"
    assert table["share"].tolist() == [1, 0.5]
    assert table["share_of_other"].tolist() == pytest.approx([1, 1 / 3])
    assert table["same"].tolist() == pytest.approx([1, 50 / 200])
    assert table["apart_m"].tolist() == [0, 10]


def test_a_boundary_follows_the_one_that_is_most_alike() -> None:
    others = frame(A=shapely.box(0, 0, 10, 10), B=shapely.box(0, 0, 10, 12))
    assert align(shapely.box(0, 0, 10, 11.9), others, least_share=0.6) == 1
    assert align(shapely.box(0, 0, 4, 4), others, least_share=0.6) is None
    assert align(shapely.box(0, 0, 4, 4), others.iloc[:0], least_share=0.6) is None


def test_the_share_of_a_city() -> None:
    assert share_of_city(shapely.box(-5, 0, 5, 10), shapely.box(0, 0, 10, 10)) == 0.5
