"""Hotspot polygons: planted truths named for what they are, figures counted again, order, cuts."""

from pathlib import Path
from time import process_time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.evidence import Evidence, Settings, hotspot_evidence
from hotspots.analysis.figures import figures_of
from hotspots.analysis.firmness import LEAST_METHODS, grade_of
from hotspots.analysis.grid import (
    Floats,
    Grid,
    bin_points,
    cell_polygons,
    derived_study_area,
    make_grid,
)
from hotspots.analysis.moran import local_moran
from hotspots.analysis.polygons import Area, hot_areas
from hotspots.analysis.significance import gi_star

CRS = "EPSG:28992"
PERIOD = ("2023-01", "2025-12")
TOWN = shapely.Polygon([(0, 0), (6000, 0), (6000, 3500), (4200, 4800), (0, 4800)])
GRID = make_grid(TOWN, cell_size_m=100)
HOTSPOT, NEW_YEAR, STATION = (1500.0, 1500.0), (4500.0, 3300.0), (1713.0, 1482.0)


def at(points: Floats, *, when: str | None = None, seed: int = 1) -> pd.DataFrame:
    """Return incidents at any moment of three years, or in the twelve hours from `when`."""
    rng = np.random.default_rng(seed)
    if when is None:
        start, minutes = pd.Timestamp("2023-01-01"), 3 * 365 * 24 * 60
    else:
        start, minutes = pd.Timestamp(when), 12 * 60
    moment = start + pd.to_timedelta(rng.integers(0, minutes, len(points)), unit="m")
    return pd.DataFrame(
        {
            "x": points[:, 0],
            "y": points[:, 1],
            "month": moment.strftime("%Y-%m"),
            "occurred_at": moment,
            "initiator": "citizen",
        }
    )


def noise(n: int, seed: int) -> Floats:
    """Return points spread evenly over the town."""
    points = np.random.default_rng(seed).uniform((0, 0), (6000, 4800), (2 * n, 2))
    return points[shapely.contains_xy(TOWN, points)][:n]


def crowd(n: int, where: tuple[float, float], seed: int, *, spread: float = 90) -> Floats:
    """Return points round a place."""
    return np.random.default_rng(seed).normal(where, spread, (n, 2))


def planted(seed: int) -> pd.DataFrame:
    """A hotspot, a police station beside it with twice its incidents, and New Year's nights."""
    nights = [
        at(crowd(25, NEW_YEAR, 10 * seed + year), when=f"{year}-12-31T18:00", seed=year)
        for year in (2023, 2024, 2025)
    ]
    return pd.concat(
        [
            at(noise(1800, seed)),
            at(crowd(90, HOTSPOT, seed)),
            at(np.full((180, 2), STATION)),
            *nights,
        ],
        ignore_index=True,
    )


def evidence(
    incidents: pd.DataFrame,
    *,
    grid: Grid = GRID,
    area: BaseGeometry = TOWN,
    circles: gpd.GeoDataFrame | None = None,
    **asked: Any,
) -> Evidence:
    return hotspot_evidence(
        incidents,
        theme="youth_nuisance",
        period=PERIOD,
        grid=grid,
        study_area=area,
        crs=CRS,
        settings=Settings(radius_m=200, **asked),
        scan_circles=circles,
    )


def holding(hotspots: gpd.GeoDataFrame, place: tuple[float, float]) -> pd.Series:
    """Return the one polygon at a place."""
    found = hotspots[hotspots.contains(shapely.Point(place))]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_truths_are_found_and_named_for_what_they_are(seed: int) -> None:
    hotspots = evidence(planted(seed)).hotspots
    real = holding(hotspots, HOTSPOT)
    assert real["kind"] == "hotspot"
    assert real["count"] - real["stacked_count"] >= 80
    assert real["q_value"] <= 0.05
    assert (real["agreement"], real["methods_run"]) == (2, 2)
    assert pd.isna(real["grade"])  # two methods without resamples tell nothing firm from weak
    night = holding(hotspots, NEW_YEAR)
    assert (night["kind"], night["one_night"]) == ("one_night", "12-31")
    assert night["one_night_share"] > 0.8
    assert "one_night" in night["remarks"].split()
    assert (hotspots["kind"] == "hotspot").sum() == 1
    station = holding(hotspots, STATION)
    assert {"stack", "stack_inside"} & set(station["remarks"].split())
    assert station["stacked_count"] == 180


def test_a_station_cannot_make_a_hotspot_nor_hide_one() -> None:
    town = planted(4)
    station = (town["x"] == STATION[0]) & (town["y"] == STATION[1])
    without = holding(evidence(town[~station].reset_index(drop=True)).hotspots, HOTSPOT)
    beside = holding(evidence(town).hotspots, HOTSPOT)
    assert beside["p_value"] == without["p_value"]
    assert beside.geometry.equals(without.geometry)
    far = town.copy()
    far.loc[station, ["x", "y"]] = (5000.0, 600.0)
    alone = holding(evidence(far).hotspots, (5000.0, 600.0))
    assert (alone["kind"], alone["remarks"], alone["stacked_count"]) == ("stack", "stack", 180)
    assert np.isnan(alone["q_value"])
    assert "gi_star" not in alone["methods"].split()
    assert alone.geometry.area == pytest.approx(np.pi * 50**2, rel=0.02)


def test_every_figure_can_be_counted_again() -> None:
    town = planted(5)
    found = evidence(town)
    points = gpd.GeoDataFrame(town, geometry=gpd.points_from_xy(town["x"], town["y"]), crs=CRS)
    in_study = gpd.sjoin(
        points, gpd.GeoDataFrame(geometry=gpd.GeoSeries([TOWN], crs=CRS)), predicate="within"
    )
    # The slanted border cuts cells: a few incidents of the town lie in no study cell.
    assert len(town) == found.cells["count"].sum() + found.n_outside
    assert found.cells["count"].sum() == pytest.approx(len(in_study), rel=0.01)
    total = found.cells["count"].sum()
    for _, row in found.hotspots.iterrows():
        held = points[points.within(row.geometry)]
        assert row["count"] == len(held)
        assert row["share"] == pytest.approx(len(held) / total)
        assert row["area_km2"] == pytest.approx(row.geometry.area / 1e6)
        density = len(held) / (row.geometry.area / 1e6)
        assert row["times_city_mean"] == pytest.approx(density / (total / GRID.area_km2))
        assert row["months_with_incidents"] == held["month"].nunique()
        assert row["proactive_share"] == 0
        most = held.groupby(["x", "y"]).size().max()
        assert row["stack_share"] == pytest.approx(most / len(held))
        hour = held["occurred_at"].dt.hour
        night = held[(hour >= 18) | (hour < 6)]["occurred_at"] - pd.Timedelta(hours=6)
        by_night = night.dt.strftime("%m-%d").value_counts()
        assert row["one_night_share"] == pytest.approx(by_night.max() / len(held))
        assert (row["first_month"], row["last_month"]) == PERIOD


def test_incidents_and_cells_of_a_hotspot_need_no_second_search() -> None:
    town = planted(5)
    found = evidence(town)
    hot = found.cells.index[found.cells["q_hot"] <= 0.05]
    assert len(found.hotspot_of) == len(town)
    assert len(found.hotspot_cells) == len(found.hotspots)
    for number, row in found.hotspots.iterrows():
        held = town[found.hotspot_of == number]
        assert len(held) == row["count"]
        assert shapely.intersects_xy(row.geometry, held["x"], held["y"]).all()
        cells = found.hotspot_cells[int(str(number))]
        if "gi_star" in row["methods"].split():
            assert np.isin(cells, hot).mean() > 0.5
            assert found.cells.loc[cells, "p_hot"].min() == row["p_value"]
        assert shapely.intersects(row.geometry, cell_polygons(GRID, cells)).all()
    all_held = np.concatenate(found.hotspot_cells)
    assert len(np.unique(all_held)) == len(all_held)
    outside = bin_points(GRID, town["x"].to_numpy(), town["y"].to_numpy()).cell < 0
    assert outside.any()
    assert (found.hotspot_of[outside] == -1).all()


def test_methods_are_those_that_were_run() -> None:
    town = planted(2)
    plain = evidence(town)
    assert plain.clusters is None
    assert (plain.hotspots["methods_run"] == 2).all()
    asked = evidence(town, clusters=True)
    assert asked.clusters is not None
    circle = gpd.GeoDataFrame(geometry=[shapely.Point(HOTSPOT).buffer(400)], crs=CRS)
    scanned = evidence(town, clusters=True, circles=circle)
    assert (scanned.hotspots["methods_run"] == 4).all()
    row = holding(scanned.hotspots, HOTSPOT)
    assert row["methods"] == "gi_star density clusters scan"
    assert (row["agreement"], row["grade"]) == (4, "firm")
    assert "scan" not in holding(scanned.hotspots, NEW_YEAR)["methods"].split()
    none = evidence(town, circles=circle.iloc[:0])
    assert (none.hotspots["methods_run"] == 3).all()
    assert not none.hotspots["methods"].str.contains("scan").any()
    for each in (plain, asked, scanned, none):
        named = [len(text.split()) for text in each.hotspots["methods"]]
        assert each.hotspots["agreement"].tolist() == named


def test_quadrants_are_those_of_moran_in_the_first_round() -> None:
    town = planted(5)
    found = evidence(town).cells
    counts = np.zeros(GRID.shape, dtype=np.int64)
    counts.ravel()[found.index] = found["tested_count"]
    first = local_moran(gi_star(counts, GRID.inside, cell_size_m=GRID.cell_size_m, radius_m=200))
    high = found.index[found["quadrant"] != "none"]
    assert set(high) == set(first.index[first["q_value"] <= 0.05])
    assert (found.loc[high, "quadrant"] == first.loc[high, "quadrant"]).all()
    assert "high_high" in set(found["quadrant"])


def test_support_and_grade_are_missing_where_nothing_was_tested() -> None:
    town = planted(4)
    station = (town["x"] == STATION[0]) & (town["y"] == STATION[1])
    town.loc[station, ["x", "y"]] = (5000.0, 600.0)
    plain, asked = evidence(town), evidence(town, support_draws=40, seed=3)
    assert plain.hotspots["support"].isna().all()
    assert plain.hotspots["grade"].isna().all()
    real, night, stack = (
        holding(asked.hotspots, place) for place in (HOTSPOT, NEW_YEAR, (5000.0, 600.0))
    )
    assert real["support"] >= 0.95
    assert 0.5 < night["support"] < real["support"]  # it hangs on three months of 36
    assert np.isnan(stack["support"])
    assert pd.isna(stack["grade"])
    assert real["grade"] == "firm"
    same = evidence(town, support_draws=40, seed=3).hotspots
    pd.testing.assert_series_equal(asked.hotspots["support"], same["support"])
    left_out = ["support", "grade", "geometry"]
    pd.testing.assert_frame_equal(
        asked.hotspots.drop(columns=left_out), plain.hotspots.drop(columns=left_out)
    )


def test_a_hotspot_of_a_few_months_has_no_support() -> None:
    hotspots = evidence(planted(1).query("month < '2023-06'"), support_draws=5).hotspots
    assert len(hotspots)
    assert hotspots["support"].isna().all()


@pytest.mark.parametrize(
    ("agreement", "methods_run", "support", "grade"),
    [
        (3, 3, np.nan, "firm"),
        (2, 3, np.nan, "fair"),
        (2, 3, 1.0, "fair"),
        (3, 4, np.nan, "firm"),
        (1, 3, np.nan, "weak"),
        (5, 5, 0.8, "firm"),
        (4, 5, 0.8, "firm"),
        (4, 5, 0.79, "fair"),
        (3, 5, 1.0, "fair"),
        (3, 5, np.nan, "fair"),
        (2, 4, np.nan, "fair"),
        (2, 5, 1.0, "weak"),
        (5, 5, 0.5, "fair"),
        (5, 5, 0.49, "weak"),
        (5, 5, 0.0, "weak"),
        (2, 2, np.nan, None),
        (1, 2, np.nan, None),
        (2, 2, 0.9, "firm"),
        (2, 2, 0.4, "weak"),
    ],
)
def test_grades(agreement: int, methods_run: int, support: float, grade: str | None) -> None:
    assert LEAST_METHODS == 3
    assert grade_of(agreement=agreement, methods_run=methods_run, support=support) == grade


@pytest.mark.parametrize(
    ("police", "citizen", "unknown", "share"),
    [(30, 10, 0, 0.75), (0, 40, 0, 0.0), (15, 5, 20, 0.75), (15, 4, 21, None), (0, 0, 40, None)],
)
def test_share_that_the_police_began(
    police: int, citizen: int, unknown: int, share: float | None
) -> None:
    begun = ["police"] * police + ["citizen"] * citizen + ["unknown"] * unknown
    held = pd.DataFrame({"initiator": begun})
    held = held.assign(place=range(40), on_stack=False, month="2025-01", night="", moran=True)
    area = Area(shapely.box(0, 0, 100, 100), np.array([0]), tested=True)
    cells = pd.DataFrame({"gi_star_z": [3.0], "p_hot": 0.001, "q_hot": 0.01, "dense": False})
    found = figures_of(area, held, cells, few_incidents=25)["proactive_share"]
    assert found == pytest.approx(np.nan if share is None else share, nan_ok=True)


def test_a_filled_cell_never_lends_a_polygon_its_firmness() -> None:
    held = pd.DataFrame({"initiator": ["citizen"] * 30})
    held = held.assign(place=range(30), on_stack=False, month="2025-01", night="")
    area = Area(shapely.box(0, 0, 100, 100), np.arange(3), tested=True)
    cells = pd.DataFrame(
        {
            "gi_star_z": [9.0, 3.0, 4.0],  # the first was filled in: its q is above alpha
            "p_hot": [0.0001, 0.001, 0.001],
            "q_hot": [0.3, 0.01, 0.01],
            "dense": False,
        }
    )
    found = figures_of(area, held, cells, few_incidents=25)
    assert [found[name] for name in ("gi_star_z", "p_value", "q_value")] == [4.0, 0.001, 0.01]


def test_order_and_ids_are_by_count_and_do_not_depend_on_the_order_of_rows() -> None:
    town = planted(6)
    one = evidence(town).hotspots
    other = evidence(town.sample(frac=1, random_state=1).reset_index(drop=True)).hotspots
    assert one["count"].is_monotonic_decreasing
    assert one["hotspot_id"].tolist() == [
        f"youth_nuisance-{number:03d}" for number in range(1, len(one) + 1)
    ]
    pd.testing.assert_frame_equal(one.drop(columns="geometry"), other.drop(columns="geometry"))
    assert one.geometry.geom_equals(other.geometry).all()


def test_random_incidents_show_no_hotspot() -> None:
    shown = [len(evidence(at(noise(1500, seed))).hotspots) for seed in range(40, 60)]
    # A true 5% gives 4 or more of 20 once in 60 times; seeds are fixed.
    assert sum(number > 0 for number in shown) <= 3


def test_polygons_lie_in_the_study_area_and_near_their_cells() -> None:
    edge = at(crowd(120, (5950, 1800), 3))
    found = evidence(pd.concat([at(noise(1500, 8)), edge], ignore_index=True))
    row = holding(found.hotspots, (5950, 1800))
    assert row.geometry.difference(TOWN).area == 0
    hot = found.cells.index[found.cells["q_hot"] <= 0.05].to_numpy()
    y, x = np.divmod(hot, GRID.shape[1])
    cells = shapely.union_all(shapely.box(x * 100, y * 100, x * 100 + 100, y * 100 + 100))
    for shape in found.hotspots.geometry:
        assert shape.difference(cells.buffer(45)).area < 1e-6


def marked(rows: list[str]) -> tuple[Grid, np.ndarray]:
    """Return a grid drawn as text, southernmost row first, and its hot cells."""
    hot = np.array([[mark == "#" for mark in row] for row in rows])
    grid = Grid((0.0, 0.0), 100.0, np.ones(hot.shape, dtype=bool))
    return grid, np.flatnonzero(hot)


def drawn(rows: list[str], *, min_area_m2: float = 0) -> list[BaseGeometry]:
    grid, hot = marked(rows)
    whole = shapely.box(0, 0, 100 * grid.shape[1], 100 * grid.shape[0])
    areas = hot_areas(grid, hot, whole, largest_hole_m2=20_000, min_area_m2=min_area_m2)
    return [area.geometry for area in areas]


def test_cells_that_meet_at_a_corner_are_one_hotspot() -> None:
    areas = drawn(["#..", ".#.", "..#"])
    assert len(areas) == 1
    assert areas[0].geom_type == "Polygon"
    assert areas[0].area == pytest.approx(30_000, rel=0.1)


def test_a_cell_between_keeps_hotspots_apart() -> None:
    assert len(drawn(["##.##", "##.##"])) == 2


def test_the_heart_of_a_hotspot_is_part_of_it_and_a_larger_hole_is_not() -> None:
    (ring,) = drawn(["####", "#..#", "####"])
    assert ring.contains(shapely.box(110, 110, 290, 190))
    (wide,) = drawn(["#####", "#...#", "#####"])
    assert not wide.contains(shapely.Point(250, 150))


def test_a_hotspot_has_no_hole_where_it_is_busiest() -> None:
    """Two cells with 300 incidents each, side by side in noise: what is near both is hot.

    Either cell has only the other among its neighbours, and any deal of the counts gives a
    neighbourhood of 12 cells one of them in one of 100 times: by itself it is not significant.
    """
    rng = np.random.default_rng(8)
    hearts = [rng.uniform((x, 2000), (x + 100, 2100), (300, 2)) for x in (3000, 3100)]
    found = evidence(at(np.vstack([noise(1500, 9), *hearts])))
    inner = [20 * GRID.shape[1] + column for column in (30, 31)]
    assert (found.cells.loc[inner, "count"] >= 300).all()
    assert (found.cells.loc[inner, "q_hot"] > 0.05).all()
    row = holding(found.hotspots, (3100, 2050))
    assert row.geometry.contains(shapely.box(3000, 2000, 3200, 2100))
    assert row["count"] >= 600
    assert row["q_value"] <= 0.05
    assert set(inner) <= set(found.hotspot_cells[int(str(row.name))])


def test_small_areas_are_left_out() -> None:
    assert len(drawn(["#....", ".....", "...##"], min_area_m2=15_000)) == 1


@pytest.mark.parametrize(("n", "found"), [(9, 0), (10, 1)])
def test_a_handful_of_incidents_is_no_hotspot(n: int, found: int) -> None:
    handful = crowd(n, (4500, 3300), 3, spread=40)
    hotspots = evidence(at(np.vstack([noise(40, 5), handful]))).hotspots
    near = hotspots[hotspots.distance(shapely.Point(4500, 3300)) < 200]
    assert len(near) == found
    assert (hotspots["count"] >= Settings().min_incidents).all()


def test_a_group_on_one_address_is_named_although_it_is_too_small_to_be_a_stack() -> None:
    address = np.full((9, 2), (2510.0, 2520.0))
    few = at(np.vstack([noise(60, 3), address, crowd(6, (2560, 2500), 2, spread=70)]))
    found = evidence(few)
    assert found.n_stacked == 0
    row = holding(found.hotspots, (2510, 2520))
    assert row["kind"] == "stack"
    assert row["stack_share"] >= 0.5
    assert {"significant", "stack"} <= set(row["remarks"].split())


def test_times_that_are_not_known_say_nothing_about_nights() -> None:
    town = planted(2)
    town["occurred_at"] = pd.Series(pd.NaT, index=town.index)
    hotspots = evidence(town).hotspots
    assert holding(hotspots, NEW_YEAR)["kind"] == "hotspot"
    assert hotspots["one_night_share"].isna().all()
    assert hotspots["one_night"].isna().all()


COLUMNS = set(evidence(planted(1)).hotspots)


@pytest.mark.parametrize(
    "points",
    [
        np.empty((0, 2)),  # an empty theme
        np.array([[3000.0, 2000.0]]),  # one point
        np.random.default_rng(1).uniform((2001, 2001), (2099, 2099), (60, 2)),  # one cell
        np.vstack([noise(300, 2), [[103_000.0, 2_000.0]]]),  # a stray point 100 km away
        np.vstack([np.array(GRID.centres()[0])[:48, None].repeat(2, axis=1)]),  # a line
        np.column_stack([side.ravel() for side in np.meshgrid(*GRID.centres())]),  # all equal
    ],
)
def test_odd_input_is_answered_sensibly_and_at_once(points: Floats) -> None:
    start = process_time()
    found = evidence(at(points))
    assert process_time() - start < 10
    assert set(found.hotspots) == COLUMNS
    assert found.hotspots.crs == CRS
    assert found.cells["count"].sum() + found.n_outside == len(points)
    assert len(found.cells) == GRID.inside.sum()
    assert (found.hotspots["kind"] != "hotspot").all()


def test_all_incidents_on_one_point_are_one_stack() -> None:
    hotspots = evidence(at(np.full((50, 2), 1050.0))).hotspots
    assert hotspots["kind"].tolist() == ["stack"]
    assert hotspots["share"].tolist() == [1]


def test_a_tiny_study_area_has_no_hotspots() -> None:
    area = shapely.box(10, 10, 60, 40)
    grid = make_grid(area, cell_size_m=100)
    rng = np.random.default_rng(1)
    found = evidence(at(rng.uniform((10, 10), (60, 40), (40, 2))), grid=grid, area=area)
    assert len(found.cells) == 1
    assert found.hotspots.empty


@pytest.mark.slow
def test_northern_ireland_within_its_limits(shared_data: Path) -> None:
    street = pd.read_csv(
        shared_data / "northern-ireland" / "street_2015_2017.csv.gz",
        usecols=["Month", "Longitude", "Latitude"],
    ).dropna()
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:29903", always_xy=True)
    x, y = to_metres.transform(street["Longitude"].to_numpy(), street["Latitude"].to_numpy())
    incidents = pd.DataFrame(
        {"x": x, "y": y, "month": street["Month"], "occurred_at": pd.NaT, "initiator": "unknown"}
    )
    area = derived_study_area(x, y, bandwidth_m=500, cell_size_m=250)
    found = hotspot_evidence(
        incidents,
        theme="all",
        period=("2015-01", "2017-12"),
        grid=make_grid(area, cell_size_m=250),
        study_area=area,
        crs="EPSG:29903",
        settings=Settings(radius_m=500, bandwidth_m=500),
    )
    assert found.n_outside == 0
    assert found.cells["count"].sum() == len(street)
    first = found.hotspots.iloc[0]
    assert first["kind"] == "hotspot"
    assert first.geometry.contains(shapely.Point(333_800, 374_200))  # Belfast's city hall
