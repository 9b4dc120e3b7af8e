"""Layers and their weighted sum: hand-worked cells, cut polygons, what must not change anything."""

from random import Random

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.density import kernel_density
from hotspots.analysis.grid import cell_polygons, make_grid
from hotspots.analysis.layers import Layer, mix, theme_layer, zone_layer
from hotspots.errors import PolicyRefused

CRS = "EPSG:28992"
FOUR = make_grid(shapely.box(0, 0, 400, 100), cell_size_m=100)
TOWN = shapely.Polygon([(0, 0), (5000, 0), (5000, 3000), (4000, 4000), (0, 4000)])
GRID = make_grid(TOWN, cell_size_m=100)


def two_layers(drugs: list[float], youth: list[float]) -> list[Layer]:
    return [Layer("drugs", np.array(drugs), 3), Layer("youth_nuisance", np.array(youth), 1)]


# Means 1 and 2, weights 3/4 and 1/4: 3/4 x (4, 0, 0, 0) + 1/4 x (1, 1, 2, 0).
BY_HAND = two_layers([4, 0, 0, 0], [2, 2, 4, 0])


def test_four_cells_worked_by_hand() -> None:
    one = mix(BY_HAND)
    assert one.names == ("drugs", "youth_nuisance")
    np.testing.assert_array_equal(one.composite, [3.25, 0.25, 0.5, 0.0])
    np.testing.assert_array_equal(one.times, [[4, 0, 0, 0], [1, 1, 2, 0]])
    np.testing.assert_array_equal(one.weights, [0.75, 0.25])


def test_a_missing_value_counts_as_the_average() -> None:
    # The known mean of (2, missing, 4, 0) is 2: the same composite as with a 2 in its place.
    missing = two_layers([4, 0, 0, 0], [2, np.nan, 4, 0])
    np.testing.assert_array_equal(mix(missing).composite, mix(BY_HAND).composite)


cell_values = st.floats(0, 1e6).map(lambda value: round(value, 3))
some_values = st.lists(cell_values | st.just(np.nan), min_size=4, max_size=4)
weights = st.floats(0.01, 1000)


@st.composite
def sets_of_layers(draw: st.DrawFn) -> list[Layer]:
    """Return layers of which the first has an average."""
    names = draw(st.lists(st.sampled_from([f"theme_{n}" for n in range(9)]), unique=True))
    first = Layer("first", np.array([*draw(some_values)[:3], draw(weights)]), draw(weights))
    return [first, *(Layer(name, np.array(draw(some_values)), draw(weights)) for name in names)]


@given(sets_of_layers(), st.floats(0.01, 100), st.randoms())
def test_only_the_ratio_of_weights_counts_and_no_order(
    layers: list[Layer], factor: float, chance: Random
) -> None:
    value = mix(layers).composite
    assert value.mean() == pytest.approx(1)
    scaled = [Layer(one.name, one.values, one.weight * factor) for one in layers]
    np.testing.assert_allclose(mix(scaled).composite, value, rtol=1e-12)
    in_other_units = [Layer(one.name, one.values * factor, one.weight) for one in layers]
    np.testing.assert_allclose(mix(in_other_units).composite, value, rtol=1e-9)
    shuffled = layers[::-1]
    chance.shuffle(shuffled)
    np.testing.assert_array_equal(mix(shuffled).composite, value)


@given(sets_of_layers())
def test_all_weight_on_one_layer_gives_that_layer(layers: list[Layer]) -> None:
    alone = [Layer(one.name, one.values, 7.0 if one.name == "first" else 0.0) for one in layers]
    values = layers[0].values
    expected = np.where(np.isnan(values), 1, values / np.nanmean(values))
    np.testing.assert_allclose(mix(alone).composite, expected, rtol=1e-12)


def test_what_is_never_scored_is_refused_by_name_all_at_once() -> None:
    never = [
        "confused_person",
        "E33",
        "income",
        "benefits",
        "migration_background",
        "home_nuisance",
    ]
    layers = [*BY_HAND, *(Layer(name, np.ones(4), 0) for name in never)]
    with pytest.raises(PolicyRefused) as refusal:
        mix(layers)
    assert [problem.value for problem in refusal.value.problems] == never


def test_without_any_weight_there_is_nothing_to_show() -> None:
    for layers in ([], [Layer("drugs", np.ones(4), 0)]):
        with pytest.raises(PolicyRefused, match=r"weight above 0"):
            mix(layers)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([Layer("drugs", np.ones(4), -1), BY_HAND[1]], "weight of drugs"),
        ([Layer("drugs", np.ones(4), np.nan)], "weight of drugs"),
        ([Layer("drugs", np.array([1.0, -1, 0, 0]), 1)], "values of drugs"),
        ([Layer("drugs", np.array([1.0, np.inf, 0, 0]), 1)], "values of drugs"),
        ([BY_HAND[0], BY_HAND[0]], "same name"),
    ],
)
def test_layers_that_cannot_be_summed_are_refused(layers: list[Layer], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mix(layers)


def test_an_incident_of_one_half_life_counts_for_half() -> None:
    at = np.array([50.0]), np.array([50.0])
    new, old, older = (
        theme_layer(FOUR, *at, np.array([age]), bandwidth_m=200, half_life_months=6)
        for age in (0.0, 6.0, 18.0)
    )
    # The quartic kernel at its own centre: 3 / (pi x 0.2 km squared).
    assert new[0] == pytest.approx(3 / (np.pi * 0.04))
    np.testing.assert_allclose(old, new / 2, rtol=1e-12)
    np.testing.assert_allclose(older, new / 8, rtol=1e-12)


def test_an_endless_half_life_is_the_plain_density() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-200, 5200, (2, 3000))
    faded = theme_layer(
        GRID, x, y, rng.uniform(0, 120, 3000), bandwidth_m=300, half_life_months=1e9
    )
    plain = kernel_density(GRID, x, y, bandwidth_m=300)[GRID.inside]
    np.testing.assert_allclose(faded, plain, rtol=1e-6)


@pytest.mark.parametrize(("age", "half_life"), [(-1.0, 12.0), (np.nan, 12.0), (1.0, 0.0)])
def test_ages_in_the_future_or_unknown_are_refused(age: float, half_life: float) -> None:
    one = np.array([50.0])
    with pytest.raises(ValueError, match="months"):
        theme_layer(FOUR, one, one, np.array([age]), bandwidth_m=200, half_life_months=half_life)


def zones(*rows: tuple[str, shapely.Geometry | None]) -> gpd.GeoDataFrame:
    label, geometry = zip(*rows, strict=True) if rows else ((), ())
    return gpd.GeoDataFrame({"label": list(label)}, geometry=list(geometry), crs=CRS)


LABELS = {"low": 1.0, "middle": 2.0, "high": 4.0}


def test_zones_equal_the_cutting_of_polygons_and_count_once_however_large() -> None:
    small = shapely.Point(1210, 1330).buffer(130)
    large = shapely.Polygon([(2000, 500), (3900, 900), (3100, 2600), (2300, 2100)])
    half_outside = shapely.box(-500, 3000, 500, 3400)
    given_zones = zones(
        ("high", small), ("low", large), ("middle", half_outside), ("high", None), ("low", None)
    )
    found = zone_layer(GRID, given_zones, label_weights=LABELS)
    cells = cell_polygons(GRID, GRID.study_cells)
    expected = sum(
        LABELS[label] * shapely.area(shapely.intersection(cells, zone)) / zone.area
        for label, zone in [("high", small), ("low", large), ("middle", half_outside)]
    )
    np.testing.assert_allclose(found * 0.01, expected, atol=1e-12)
    assert found.sum() * 0.01 == pytest.approx(4 + 1 + 1)


def test_zones_elsewhere_or_at_the_very_edge_add_nothing() -> None:
    far, touching = shapely.box(9000, 9000, 9100, 9100), shapely.box(-300, 0, 0, 300)
    found = zone_layer(GRID, zones(("high", far), ("low", touching)), label_weights=LABELS)
    assert not found.any()
    assert not zone_layer(GRID, zones(), label_weights=LABELS).any()


def test_labels_without_a_weight_are_named() -> None:
    given_zones = zones(("severe", TOWN), ("low", TOWN), ("mild", None))
    with pytest.raises(PolicyRefused) as refusal:
        zone_layer(GRID, given_zones, label_weights=LABELS)
    assert [problem.value for problem in refusal.value.problems] == ["mild", "severe"]
