"""Gi* against esda; its p against full enumeration, exact fractions and simulated chance."""

import warnings
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from hotspots.analysis.grid import Bools, Ints, bin_points, make_grid
from hotspots.analysis.permutation import permutation_p, sum_distribution
from hotspots.analysis.significance import disc_sums, gi_star
from hotspots.errors import PolicyRefused


def field(seed: int, *, shape: tuple[int, int] = (14, 17)) -> tuple[Ints, Bools]:
    """Clustered counts on a study area with a bite taken out of it."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.5, 4, shape)).astype(np.int64)
    inside = np.ones(shape, dtype=bool)
    inside[:4, :5] = inside[9, 9] = False
    return counts, inside


def weights_of(inside: Bools, radius_cells: float) -> object:
    """Binary weights of esda's own family: all centres within a distance."""
    from libpysal.graph import Graph

    row, column = np.nonzero(inside)
    centres = gpd.GeoSeries(shapely.points(column, row))
    return Graph.build_distance_band(centres, radius_cells + 1e-6, binary=True)


def esda_of(
    counts: Ints, inside: Bools, radius_cells: float, permutations: int, *, keep: bool = False
) -> Any:
    from esda.getisord import G_Local

    with warnings.catch_warnings():
        # It announces another default for p.
        warnings.simplefilter("ignore", DeprecationWarning)
        return G_Local(
            counts[inside].astype(float),
            weights_of(inside, radius_cells),
            transform="B",
            star=True,
            permutations=permutations,
            keep_simulations=keep,
            n_jobs=1,
            seed=8,
        )


@pytest.mark.parametrize("radius_m", [100.0, 150.0, 300.0])
def test_z_equals_esda(radius_m: float) -> None:
    counts, inside = field(1)
    found = gi_star(counts, inside, cell_size_m=100, radius_m=radius_m)
    oracle = esda_of(counts, inside, radius_m / 100, permutations=0)
    np.testing.assert_allclose(found["gi_star_z"], oracle.Zs, rtol=1e-9, atol=1e-9)


def test_folded_p_equals_esda_within_its_monte_carlo_error() -> None:
    counts, inside = field(2)
    found = gi_star(counts, inside, cell_size_m=1, radius_m=2)
    oracle = esda_of(counts, inside, 2, permutations=9999, keep=True)
    # Compiled by numba, esda breaks ties by the last digit of its floats: count its permutations.
    larger = (oracle.sim >= oracle.Gs - 1e-9).mean(axis=0)
    seen = np.minimum(larger, 1 - larger)
    p = found["p_hot"].to_numpy()
    folded = np.minimum(p, 1 - p)
    error = np.sqrt(folded * (1 - folded) / 9999)
    assert (np.abs(seen - folded) <= 5 * error + 2 / 9999).all()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_p_equals_full_enumeration(data: st.DataObject) -> None:
    value = st.integers(0, 3) | st.sampled_from([40, 41, 700])
    own = data.draw(st.lists(value, min_size=2, max_size=9))
    cell = data.draw(st.integers(0, len(own) - 1))
    others = own[:cell] + own[cell + 1 :]
    drawn = data.draw(st.integers(0, len(others)))
    seen = sum(data.draw(st.permutations(others))[:drawn])
    # Other cells ask about other numbers of draws in the same call.
    neighbours = np.arange(len(own)) % len(own)
    neighbours[cell] = drawn
    counts = np.array([sum(sorted(own)[:k]) for k in neighbours])
    counts[cell] = seen
    hot, cold, above = permutation_p(np.array(own), neighbours, counts)
    sums = [sum(chosen) for chosen in combinations(others, drawn)]
    assert hot[cell] == pytest.approx(np.mean([s >= seen for s in sums]), rel=1e-12)
    assert cold[cell] == pytest.approx(np.mean([s <= seen for s in sums]), rel=1e-12)
    assert above[cell] == pytest.approx(np.mean([s > seen for s in sums]), abs=1e-12)


def exact_distribution(pool: list[int], n_draws: int) -> dict[int, Fraction]:
    """Distribution of a sum of draws, in whole numbers: subsets counted one value at a time."""
    ways: list[dict[int, int]] = [{0: 1}] + [{} for _ in range(n_draws)]
    for value in pool:
        for k in range(n_draws, 0, -1):
            for total, number in ways[k - 1].items():
                ways[k][total + value] = ways[k].get(total + value, 0) + number
    return {
        total: Fraction(number, comb(len(pool), n_draws)) for total, number in ways[n_draws].items()
    }


def test_small_chances_are_as_precise_as_large_ones() -> None:
    rng = np.random.default_rng(5)
    pool = [*rng.poisson(0.6, 150).tolist(), 9, 30, 30, 31]
    exact = exact_distribution(pool, 12)
    found = sum_distribution(np.array(pool), n_draws=12, largest=100)[12]
    expected = [float(exact.get(total, Fraction(0))) for total in range(101)]
    assert min(chance for chance in expected if chance) < 1e-12
    np.testing.assert_allclose(found[:-1], expected, rtol=1e-11)
    beyond = float(sum(chance for total, chance in exact.items() if total > 100))
    assert found[-1] == pytest.approx(beyond, rel=1e-11)


def test_ones_and_zeros_are_hypergeometric() -> None:
    pool = np.repeat([0, 1], [9_000, 3_000])
    found = sum_distribution(pool, n_draws=28, largest=28)
    for k in (1, 7, 28):
        expected = hypergeom.pmf(np.arange(29), 12_000, 3_000, k)
        np.testing.assert_allclose(found[k, :29], expected, rtol=1e-9, atol=1e-300)


def test_the_own_value_taken_out_equals_a_pool_made_without_it() -> None:
    counts, inside = field(6)
    found = gi_star(counts, inside, cell_size_m=1, radius_m=2.3)
    own = found["count"].to_numpy()
    for i in (0, 60, int(own.argmax()), len(own) - 1):
        row = found.iloc[i]
        exact = exact_distribution(np.delete(own, i).tolist(), int(row["neighbours"]))
        tail = sum(p for total, p in exact.items() if total >= row["neighbour_count"])
        head = sum(p for total, p in exact.items() if total <= row["neighbour_count"])
        assert row["p_hot"] == pytest.approx(float(tail), rel=1e-10)
        assert row["p_cold"] == pytest.approx(float(head), rel=1e-10)
        assert row["mid_p_hot"] == pytest.approx(float((1 + tail - head) / 2), rel=1e-10)


def test_a_big_stack_in_the_pool_changes_nothing_but_its_own_draw() -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(1, (20, 20)).astype(np.int64)
    inside = np.ones((20, 20), dtype=bool)
    plain = gi_star(counts, inside, cell_size_m=1, radius_m=2)
    counts[17, 17] = 100_000
    stacked = gi_star(counts, inside, cell_size_m=1, radius_m=2)
    # 12 of the 399 others hold the stack with chance 12 / 399; the other 11 must do the rest.
    beside = 17 * 20 + 16
    others = stacked["count"].drop([beside, beside + 1])
    rest = stacked["neighbour_count"][beside] - 100_000
    chance = sum(p for total, p in exact_distribution(others.tolist(), 11).items() if total >= rest)
    assert stacked["p_hot"][beside] == pytest.approx(12 / 399 * float(chance), rel=1e-10)
    # Elsewhere it can only be drawn: at most 12 times in 399.
    far = (plain.index % 20 < 13) & (plain.index // 20 < 13)
    assert (stacked["p_hot"] - plain["p_hot"])[far].abs().max() < 12 / 399


def test_hot_and_cold_are_corrected_apart_by_benjamini_and_hochberg() -> None:
    counts, inside = field(4)
    found = gi_star(counts, inside, cell_size_m=1, radius_m=2)
    for side in ("hot", "cold"):
        p = np.sort(found[f"p_{side}"].to_numpy())
        # Step up from the largest: p * n / rank, never more than what comes after it.
        stepped = np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
        found_q = np.sort(found[f"q_{side}"].to_numpy())
        np.testing.assert_allclose(found_q, np.minimum(stepped, 1), rtol=1e-12)
    plain = gi_star(counts, inside, cell_size_m=1, radius_m=2, correction="none")
    np.testing.assert_array_equal(plain["q_hot"], plain["p_hot"])


@pytest.mark.parametrize("radius", [1.0, 1.5, 2.0, 3.3, 40.0])
def test_disc_sums_equal_adding_by_hand(radius: float) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 9, (7, 11))
    row, column = (side.ravel() for side in np.indices(values.shape))
    near = np.hypot(row[:, None] - row, column[:, None] - column) <= radius
    expected = (near @ values.ravel()).reshape(values.shape)
    np.testing.assert_array_equal(disc_sums(values, radius_cells=radius), expected)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 2), (30, 30)])
@pytest.mark.parametrize("value", [0, 7])
def test_where_all_cells_are_equal_nothing_stands_out(shape: tuple[int, int], value: int) -> None:
    counts = np.full(shape, value, dtype=np.int64)
    found = gi_star(counts, np.ones(shape, dtype=bool), cell_size_m=100, radius_m=250)
    assert (found["gi_star_z"] == 0).all()
    np.testing.assert_allclose(found[["p_hot", "p_cold", "q_hot", "q_cold"]], 1)


def test_no_study_cell_gives_an_empty_table() -> None:
    nothing = np.zeros((3, 3), dtype=np.int64)
    found = gi_star(nothing, nothing.astype(bool), cell_size_m=100, radius_m=200)
    assert len(found) == 0


def test_a_lone_cell_has_no_neighbours_and_is_never_hot() -> None:
    inside = np.zeros((9, 9), dtype=bool)
    inside[0, 0] = inside[5:, 5:] = True
    counts = np.zeros((9, 9), dtype=np.int64)
    counts[0, 0] = 50
    found = gi_star(counts, inside, cell_size_m=100, radius_m=200)
    assert found["neighbours"].iloc[0] == 0
    assert found["p_hot"].iloc[0] == 1


def test_weighted_counts_and_unfit_radii_are_refused() -> None:
    counts, inside = field(1)
    with pytest.raises(ValueError, match="weights never enter a test"):
        gi_star(counts / 2, inside, cell_size_m=100, radius_m=200)  # type: ignore[arg-type] # the mistake under test
    with pytest.raises(ValueError, match="whole numbers"):
        gi_star(counts - 1, inside, cell_size_m=100, radius_m=200)
    with pytest.raises(PolicyRefused, match="at least the size of a cell"):
        gi_star(counts, inside, cell_size_m=100, radius_m=99)
    with pytest.raises(PolicyRefused, match="smaller radius"):
        gi_star(counts * 10**6, inside, cell_size_m=100, radius_m=300)


def hot_runs(n_runs: int) -> int:
    """Count runs of random points in a clipped town that show a significant hot cell."""
    outline = shapely.Polygon([(0, 0), (5000, 300), (5600, 3100), (2500, 4800), (-400, 2200)])
    grid = make_grid(outline, cell_size_m=100)
    hot = 0
    for seed in range(n_runs):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(-400, 5600, 6000), rng.uniform(0, 4800, 6000)
        own = shapely.contains_xy(outline, x, y)
        counts = bin_points(grid, x[own], y[own]).counts
        found = gi_star(counts, grid.inside, cell_size_m=100, radius_m=250)
        hot += bool((found["q_hot"] <= 0.05).any())
    return hot


@pytest.mark.slow
def test_random_data_stay_quiet() -> None:
    # 18 of 200 is what a true 5% exceeds once in 200 times.
    assert hot_runs(200) <= 18


def test_memphis_robberies_equal_esda(shared_data: Path) -> None:
    metric = "EPSG:32616"
    robberies = gpd.read_file(shared_data / "memphis" / "memphis_robberies.gpkg").to_crs(metric)
    precincts = gpd.read_file(shared_data / "memphis" / "memphis_precincts.gpkg").to_crs(metric)
    grid = make_grid(shapely.make_valid(precincts.union_all()), cell_size_m=500)
    x, y = shapely.get_coordinates(robberies.geometry).T
    binned = bin_points(grid, x, y)
    assert binned.counts.sum() + binned.n_outside == len(robberies)
    found = gi_star(binned.counts, grid.inside, cell_size_m=500, radius_m=1000)
    oracle = esda_of(binned.counts, grid.inside, 2, permutations=0)
    np.testing.assert_allclose(found["gi_star_z"], oracle.Zs, rtol=1e-9, atol=1e-9)
