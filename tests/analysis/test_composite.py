"""Places of the composite: hand-worked cells, planted towns, parts that add up to the whole."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given

from hotspots.analysis.composite import Composite, composite_places
from hotspots.analysis.grid import Bools, Floats, Grid, Ints, bin_points, make_grid
from hotspots.analysis.layers import Layer, theme_layer, zone_layer
from hotspots.analysis.significance import gi_star
from tests.analysis.test_layers import (
    BY_HAND,
    CRS,
    FOUR,
    GRID,
    LABELS,
    TOWN,
    sets_of_layers,
    two_layers,
    zones,
)

NAMES = ("burglary", "drugs", "youth_nuisance")


def places(
    layers: list[Layer],
    without: list[Layer] | None = None,
    *,
    significant: dict[str, list[int]] | None = None,
    least_times: float = 2.0,
    grid: Grid = FOUR,
) -> Composite:
    return composite_places(
        grid,
        layers,
        layers if without is None else without,
        significant_cells={
            name: np.array(cells, dtype=np.int64) for name, cells in (significant or {}).items()
        },
        study_area=shapely.box(0, 0, 1e5, 1e5),
        least_times=least_times,
        min_area_m2=0,
        crs=CRS,
    )


def test_four_cells_worked_by_hand() -> None:
    found = places(
        BY_HAND,
        two_layers([1, 1, 0, 0], [2, 2, 4, 0]),
        significant={"drugs": [0], "youth_nuisance": [0, 2]},
    )
    # Cell 2 is significant and too low. Without proactive: 3/4 x (2, 2, 0, 0) + 1/4 x (1, ...).
    assert len(found.places) == 1
    place = found.places.iloc[0]
    assert (place["place"], place["rank"], place["themes"]) == (
        "place-001",
        1,
        "drugs youth_nuisance",
    )
    assert (place["value"], place["value_without_proactive"]) == (3.25, 1.75)
    assert place["area_km2"] == pytest.approx(0.01, rel=0.05)
    assert found.cells["place"].tolist()[0] == "place-001"
    assert found.cells["place"].isna().tolist() == [False, True, True, True]
    rows = found.contributions.set_index("layer")
    assert rows.index.tolist() == ["drugs", "youth_nuisance"]
    assert rows["weight"].tolist() == [0.75, 0.25]
    assert rows["value"].tolist() == [4.0, 1.0]
    assert rows["contribution"].tolist() == [3.0, 0.25]
    assert rows["share"].tolist() == pytest.approx([12 / 13, 1 / 13])
    assert rows["value_without_proactive"].tolist() == [2.0, 1.0]
    assert rows["contribution_without_proactive"].tolist() == [1.5, 0.25]
    assert rows["share_without_proactive"].tolist() == pytest.approx([6 / 7, 1 / 7])


def test_a_missing_value_counts_as_the_average_and_is_said() -> None:
    gap = two_layers([4, 0, 0, 0], [np.nan, 2, 4, 0])
    found = places(gap, significant={"drugs": [0]}).contributions.set_index("layer")
    assert found["known_share"].to_dict() == {"drugs": 1.0, "youth_nuisance": 0.0}
    assert found.loc["youth_nuisance", "value"] == 1.0


@given(sets_of_layers(), sets_of_layers())
def test_contributions_add_up_to_the_value_of_every_place(
    layers: list[Layer], others: list[Layer]
) -> None:
    other = {one.name: one.values for one in others}
    without = [Layer(one.name, other.get(one.name, one.values), one.weight) for one in layers]
    found = places(layers, without, significant={"first": [0, 2, 3]}, least_times=0.5)
    for _, place in found.places.iterrows():
        rows = found.contributions[found.contributions["place"] == place["place"]]
        assert sorted(rows["layer"]) == sorted(one.name for one in layers)
        own = found.cells[found.cells["place"] == place["place"]]
        for suffix in ("", "_without_proactive"):
            value = place[f"value{suffix}"]
            assert rows[f"contribution{suffix}"].sum() == pytest.approx(value)
            assert own[f"value{suffix}"].mean() == pytest.approx(value)
            product = rows[f"weight{suffix}"] * rows[f"value{suffix}"].fillna(0)
            np.testing.assert_allclose(product, rows[f"contribution{suffix}"], rtol=1e-12)
            if value > 0:
                assert rows[f"share{suffix}"].sum() == pytest.approx(1)
        assert place["value"] >= 0.5 * (1 - 1e-9)


def test_layers_without_an_average_are_left_out() -> None:
    empty = Layer("robbery", np.zeros(4), 5)
    unknown = Layer("burglary_risk", np.full(4, np.nan), 5)
    found = places([*BY_HAND, empty, unknown], significant={"drugs": [0]})
    assert found.places["value"].tolist() == [3.25]
    rows = found.contributions.set_index("layer").loc[["burglary_risk", "robbery"]]
    assert rows["weight"].tolist() == rows["contribution"].tolist() == [0, 0]
    assert rows["value"].isna().all()


def test_a_city_without_incidents_has_no_places_and_tables_of_the_same_shape() -> None:
    nothing = places([Layer("drugs", np.zeros(4), 1)])
    something = places(BY_HAND, significant={"drugs": [0]})
    assert nothing.cells["value"].tolist() == [0, 0, 0, 0]
    assert len(nothing.places) == len(nothing.contributions) == 0
    pd.testing.assert_series_equal(nothing.places.dtypes, something.places.dtypes)
    pd.testing.assert_series_equal(nothing.contributions.dtypes, something.contributions.dtypes)
    assert nothing.places.crs == CRS


def test_the_place_of_a_theme_of_proactive_records_alone_falls() -> None:
    without = two_layers([0, 0, 0, 0], [2, 2, 4, 0])
    found = places(BY_HAND, without, significant={"drugs": [0]})
    without_drugs = found.contributions.set_index("layer").loc["drugs"]
    assert without_drugs["weight"] > without_drugs["weight_without_proactive"] == 0
    assert found.places["value_without_proactive"].tolist() == [1.0]
    nothing_left = two_layers([0, 0, 0, 0], [0, 0, 0, 0])
    found = places(BY_HAND, nothing_left, significant={"drugs": [0]})
    assert found.places["value_without_proactive"].tolist() == [0.0]
    assert found.contributions["share_without_proactive"].isna().all()


def test_layers_of_no_weight_neither_make_places_nor_add_to_them() -> None:
    silent = Layer("robbery", np.array([0.0, 0.0, 8.0, 0.0]), 0)
    found = places([*BY_HAND, silent], significant={"robbery": [0, 1, 2, 3]}, least_times=0)
    assert len(found.places) == 0
    found = places([*BY_HAND, silent], significant={"robbery": [0], "drugs": [0]})
    assert found.places["value"].tolist() == [3.25]
    assert found.places["themes"].tolist() == ["drugs"]


def test_the_heart_of_a_ring_may_not_bring_a_place_below_the_least_value() -> None:
    grid = make_grid(shapely.box(0, 0, 500, 500), cell_size_m=100)
    values = np.zeros(25)
    arms = [7, 11, 13, 17]
    values[arms] = 1  # 25 / 4 times the average each, 5 with the empty heart between them
    layer = [Layer("drugs", values, 1)]
    made = places(layer, significant={"drugs": arms}, least_times=5, grid=grid)
    assert made.places["value"].tolist() == pytest.approx([5])
    not_made = places(layer, significant={"drugs": arms}, least_times=5.1, grid=grid)
    assert len(not_made.places) == 0


@pytest.mark.parametrize("factor", [1 / 3, 0.1, 7.0])
def test_a_cell_exactly_at_the_bound_stays_however_weights_are_written(factor: float) -> None:
    scaled = [Layer(one.name, one.values, one.weight * factor) for one in BY_HAND]
    found = places(scaled, significant={"drugs": [0]}, least_times=3.25)
    pd.testing.assert_frame_equal(
        found.places, places(BY_HAND, significant={"drugs": [0]}, least_times=3.25).places
    )
    assert len(found.places) == 1


def test_equal_places_share_a_rank_and_lie_from_west_to_east() -> None:
    layers = [Layer("drugs", np.array([2.0, 0.0, 0.0, 2.0]), 1)]
    found = places(layers, significant={"drugs": [0, 3]}).places
    assert found["rank"].tolist() == found["rank_without_proactive"].tolist() == [1, 1]
    assert found.geometry.centroid.x.is_monotonic_increasing


def test_layers_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="same names and weights"):
        places(BY_HAND, BY_HAND[:1])
    heavier = [BY_HAND[0], Layer("youth_nuisance", BY_HAND[1].values, 2)]
    with pytest.raises(ValueError, match="same names and weights"):
        places(BY_HAND, heavier)
    with pytest.raises(ValueError, match="no layer: burglary"):
        places(BY_HAND, significant={"burglary": [0]})
    short = two_layers([1, 1, 1], [1, 1, 1])
    with pytest.raises(ValueError, match="each of 4 cells"):
        places(BY_HAND, short)


def hot_cells(x: Floats, y: Floats) -> Ints:
    test = gi_star(bin_points(GRID, x, y).counts, GRID.inside, cell_size_m=100, radius_m=150)
    return test.index[test["q_hot"] <= 0.05].to_numpy(np.int64)


def layer_of(name: str, points: Floats, chosen: Bools, *, weight: float = 1) -> Layer:
    x, y = points[chosen].T
    values = theme_layer(GRID, x, y, np.zeros(len(x)), bandwidth_m=300, half_life_months=12)
    return Layer(name, values, weight)


PATROL, SQUARE, PARK = (1000.0, 1000.0), (3500.0, 1000.0), (1500.0, 3000.0)


def planted(seed: int) -> Composite:
    """Drugs records: at PATROL the police's own, at SQUARE citizens'; youth nuisance at PARK."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform((0, 0), (5000, 4000), (500, 2))
    drugs = np.concatenate(
        [spread, rng.normal(PATROL, 80, (200, 2)), rng.normal(SQUARE, 80, (120, 2))]
    )
    found_by_looking = np.zeros(len(drugs), dtype=bool)
    found_by_looking[500:700] = True
    youth = np.concatenate(
        [rng.uniform((0, 0), (5000, 4000), (900, 2)), rng.normal(PARK, 80, (90, 2))]
    )
    all_youth = np.ones(len(youth), dtype=bool)
    full = [
        layer_of("drugs", drugs, np.ones(len(drugs), dtype=bool)),
        layer_of("youth_nuisance", youth, all_youth),
    ]
    without = [layer_of("drugs", drugs, ~found_by_looking), full[1]]
    return composite_places(
        GRID,
        full,
        without,
        significant_cells={"drugs": hot_cells(*drugs.T), "youth_nuisance": hot_cells(*youth.T)},
        study_area=TOWN,
        least_times=2,
        min_area_m2=5000,
        crs=CRS,
    )


def holding(found: gpd.GeoDataFrame, where: tuple[float, float]) -> pd.Series:
    """Return the one place at a point."""
    here = found[found.contains(shapely.Point(where))]
    assert len(here) == 1
    return here.iloc[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_place_of_police_initiative_alone_falls_in_rank_without_it(seed: int) -> None:
    found = planted(seed).places
    patrol, square, park = (holding(found, where) for where in (PATROL, SQUARE, PARK))
    assert patrol["rank"] == 1
    assert patrol["rank_without_proactive"] == len(found)
    assert patrol["value_without_proactive"] < 2 < patrol["value"]
    assert square["rank_without_proactive"] == 1
    assert "drugs" in patrol["themes"].split()
    assert "youth_nuisance" in park["themes"].split()
    assert shapely.covers(TOWN.buffer(1e-6), found.geometry.to_numpy()).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_layer_that_makes_a_place_contributes_most(seed: int) -> None:
    found = planted(seed)
    for where, layer in [(PATROL, "drugs"), (SQUARE, "drugs"), (PARK, "youth_nuisance")]:
        place = holding(found.places, where)["place"]
        rows = found.contributions[found.contributions["place"] == place]
        assert rows["layer"].iloc[0] == layer
        assert rows["share"].iloc[0] > 0.5
        assert rows["significant"].iloc[0]


def test_proactive_records_that_lie_where_the_others_do_change_nothing() -> None:
    rng = np.random.default_rng(9)
    points = rng.normal(SQUARE, 400, (600, 2))
    twice = np.concatenate([points, points])
    once = np.arange(len(twice)) < len(points)
    full = [layer_of(name, twice, once | True) for name in NAMES[:2]]
    without = [full[0], layer_of("drugs", twice, once)]
    found = places(full, without, significant={"drugs": GRID.study_cells.tolist()}, grid=GRID)
    assert len(found.places) > 0
    np.testing.assert_allclose(
        found.places["value"], found.places["value_without_proactive"], rtol=1e-9
    )


def test_a_zone_makes_no_place_alone() -> None:
    rng = np.random.default_rng(2)
    public = [layer_of("drugs", rng.uniform(0, 4000, (400, 2)), np.ones(400, dtype=bool))]
    group = zone_layer(
        GRID, zones(("high", shapely.box(2000, 2000, 2200, 2200))), label_weights=LABELS
    )
    internal = [*public, Layer("youth_groups", group, 1)]
    shown = places(public, grid=GRID)
    kept = places(internal, grid=GRID)
    assert kept.cells["value"].max() > shown.cells["value"].max()
    assert len(kept.places) == 0
    silent = [*public, Layer("youth_groups", group, 0)]
    pd.testing.assert_frame_equal(places(silent, grid=GRID).cells, shown.cells)
