"""The parts of the demo city, each against an independent count."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.duinstad import plan, roles
from data.duinstad.addresses import dwellings_per_buurt
from data.duinstad.chance import stream
from data.duinstad.clock import calendar_dates, make_calendar
from data.duinstad.geography import Ground, cells, fold, locate, make_ground
from data.duinstad.incidents import make_pool
from data.duinstad.names import street_names
from data.duinstad.themes import PROFILES, STREAMS

SEEDS = (3, 58, 7_411)


@pytest.fixture(scope="module", params=SEEDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    return make_ground(request.param)


def test_plan_is_the_city_asked_for() -> None:
    wijken = plan.wijken()
    buurten = [name for _, wijk in wijken for name in wijk.buurten]
    assert (len(plan.STADSDELEN), len(wijken), len(buurten)) == (8, 44, 110)
    assert len(set(buurten)) == 110
    assert len(set(plan.SERVICE_AREA_NAMES)) == 24


@pytest.mark.parametrize("level", ["buurt_code", "wijk_code", "stadsdeel_code"])
def test_areas_are_a_coverage_of_the_municipality(ground: Ground, level: str) -> None:
    shapes = ground.level(level).geometry
    whole = ground.level("municipality_code").geometry.iloc[0]
    assert shapely.coverage_is_valid(shapes.to_numpy())
    assert shapes.area.sum() == pytest.approx(whole.area, rel=1e-9)
    assert set(shapes.geom_type) == {"Polygon"}
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0


def test_service_areas_cover_the_city_but_cut_buurt_borders(ground: Ground) -> None:
    service = ground.service_areas.geometry
    whole = ground.level("municipality_code").geometry.iloc[0]
    assert shapely.coverage_is_valid(service.to_numpy())
    assert service.union_all().symmetric_difference(whole).area == pytest.approx(0, abs=1e-3)
    for area in service:
        shared = ground.buurten.intersection(area).area / ground.buurten.area
        assert ((shared > 0.02) & (shared < 0.98)).any()


def test_codes_nest_by_prefix_and_by_place(ground: Ground) -> None:
    buurten = ground.buurten
    assert (buurten["buurt_code"].str[2:8] == buurten["wijk_code"].str[2:]).all()
    assert buurten.groupby("wijk_code")["stadsdeel_code"].nunique().eq(1).all()
    wijken = ground.level("wijk_code").geometry
    for code, parent in wijken.items():
        children = buurten[buurten["wijk_code"] == code]
        assert children.difference(parent).area.max() == pytest.approx(0, abs=1e-6)


def test_city_has_the_size_and_place_asked_for(ground: Ground) -> None:
    built_km2 = ground.buurten[ground.built()].area.sum() / 1e6
    assert built_km2 == pytest.approx(98, rel=0.05)
    min_x, min_y, max_x, max_y = ground.buurten.total_bounds
    rd_new = shapely.box(-7_000, 289_000, 300_000, 629_000)
    assert rd_new.contains(shapely.box(min_x, min_y, max_x, max_y))


def test_dwellings_are_shared_out_exactly(ground: Ground) -> None:
    tiny = (ground.buurten["wijk_name"] == roles.TINY_WIJK).to_numpy()
    for seed in range(40):
        counts = dwellings_per_buurt(np.random.default_rng(seed))
        assert counts.sum() == 250_000
        assert list(counts[tiny]) == [47]


def test_bend_never_folds(ground: Ground) -> None:
    assert fold(ground.bend) > 0.1


def test_lock_programme_rings_stay_clear_of_other_truths(ground: Ground) -> None:
    wijken = ground.buurten[["wijk_name", "geometry"]].dissolve("wijk_name")
    others = wijken.loc[[roles.LARGE_WIJK, *roles.NEW_ESTATES]].union_all()
    assert not wijken.loc[list(roles.LOCK_WIJKEN)].intersects(others).any()


def test_areas_are_no_grid_of_squares(ground: Ground) -> None:
    fill = ground.buurten.area / shapely.area(
        shapely.minimum_rotated_rectangle(ground.buurten.geometry.to_numpy())
    )
    assert fill.median() < 0.85, "a square fills its own rectangle"


def test_locate_agrees_with_one_by_one(ground: Ground) -> None:
    rng = np.random.default_rng(0)
    min_x, min_y, max_x, max_y = ground.buurten.total_bounds
    points = rng.uniform((min_x, min_y), (max_x, max_y), (60, 2))
    found = locate(points, ground.buurten.geometry)
    for (x, y), area in zip(points, found, strict=True):
        around = np.flatnonzero(ground.buurten.contains(shapely.Point(x, y)))
        assert list(around) == ([area] if area >= 0 else [])


def test_locate_gives_a_point_on_a_border_to_nobody() -> None:
    squares = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    points = np.array([[0.5, 0.5], [1.0, 0.5], [1.5, 0.5], [3.0, 0.5], [0.0, 0.2]])
    assert list(locate(points, squares)) == [0, -1, 1, -1, -1]


def test_cells_belong_to_their_nearest_seed() -> None:
    rng = np.random.default_rng(5)
    box = shapely.box(0, 0, 10, 10)
    seeds = rng.uniform(0, 10, (7, 2))
    found = cells(seeds, box)
    points = rng.uniform(0, 10, (200, 2))
    nearest = np.argmin(((points[:, None] - seeds) ** 2).sum(axis=2), axis=1)
    assert all(found[i].covers(shapely.Point(p)) for p, i in zip(points, nearest, strict=True))


def test_pool_draws_in_proportion_to_weight() -> None:
    weight = np.array([1.0, 3.0, 0.0, 5.0, 5.0])
    group = np.array([1, 1, 1, 0, 0])
    pool = make_pool(np.arange(5), group, weight, groups=2)
    drawn = pool.draw(np.repeat([0, 1], 20_000), np.random.default_rng(1))
    assert set(drawn[:20_000]) == {3, 4}
    share = np.bincount(drawn[20_000:], minlength=5) / 20_000
    assert share[:3] == pytest.approx([0.25, 0.75, 0], abs=0.015)


@given(st.integers(0, 2**31), st.integers(0, 3000))
def test_street_names_are_used_once_until_they_run_out(seed: int, count: int) -> None:
    names = street_names(count, np.random.default_rng(seed))
    assert len(names) == count == len(set(names))


def test_streams_are_named_and_repeatable() -> None:
    one, same, other = (stream(1, name).random(4) for name in ("a", "a", "b"))
    assert one == pytest.approx(same)
    assert one != pytest.approx(other)


def test_calendar_has_seventeen_home_days_a_year_in_weekends() -> None:
    dates = pd.DatetimeIndex(calendar_dates(make_calendar(9), "match"))
    assert (dates.year.value_counts() == 17).all()
    assert set(dates.day_of_week) <= {5, 6}
    hot = pd.DatetimeIndex(calendar_dates(make_calendar(9), "beach"))
    assert hot.is_unique
    assert set(hot.month) == {5, 6, 7, 8, 9}


@pytest.mark.parametrize("name", STREAMS)
def test_stream_tables_are_sound(name: str) -> None:
    kind = STREAMS[name]
    assert np.mean(kind.season) == pytest.approx(1, abs=1e-9)
    assert sum(code.share for code in kind.codes) == pytest.approx(1)
    assert kind.profile in PROFILES
    assert len(kind.volumes) == 7


def test_profiles_peak_when_the_description_says() -> None:
    night = PROFILES["assault"]
    assert night[5, :5].sum() + night[6, :5].sum() + night[4:6, 23].sum() > 0.25 * night.sum()
    bench, youth, winter = PROFILES["bench"], PROFILES["youth"], PROFILES["burglary"]
    assert bench[:, 12:20].sum() > 0.7 * bench.sum()
    assert youth[:, 19:24].sum() > 0.6 * youth.sum()
    assert winter[:, 16:22].sum() > 0.6 * winter.sum()
