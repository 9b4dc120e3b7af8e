"""Local Moran against esda, full permutation and hand-made neighbourhoods."""

import warnings
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from hotspots.analysis.grid import Bools, Ints
from hotspots.analysis.moran import local_moran
from hotspots.analysis.significance import gi_star
from tests.analysis.test_significance import field, weights_of

ESDA_QUADRANTS = {1: "high_high", 2: "low_high", 3: "low_low", 4: "high_low"}


def gi_of(counts: Ints, inside: Bools, radius_cells: float) -> pd.DataFrame:
    return gi_star(counts, inside, cell_size_m=1, radius_m=radius_cells)


def esda_of(counts: Ints, inside: Bools, radius_cells: float, n_permutations: int) -> Any:
    from esda.moran import Moran_Local

    with warnings.catch_warnings():
        # It announces another default for p.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Moran_Local(
            counts[inside].astype(float),
            weights_of(inside, radius_cells),
            transformation="B",
            permutations=n_permutations,
            keep_simulations=n_permutations > 0,
            n_jobs=1,
            seed=8,
        )


@pytest.mark.parametrize("radius_cells", [1.0, 1.5, 3.0])
def test_statistic_and_quadrant_equal_esda(radius_cells: float) -> None:
    counts, inside = field(1)
    found = local_moran(gi_of(counts, inside, radius_cells))
    # Transformation B, weights of 1; it scales by n - 1 over the sum of squares as well.
    oracle = esda_of(counts, inside, radius_cells, 0)
    np.testing.assert_allclose(found["local_moran_i"], oracle.Is, rtol=1e-9, atol=1e-9)
    assert found["quadrant"].tolist() == [ESDA_QUADRANTS[q] for q in oracle.q.tolist()]
    assert found["quadrant"].nunique() == 4


@pytest.mark.slow
def test_folded_p_equals_esda_within_its_monte_carlo_error() -> None:
    counts, inside = field(2)
    gi = gi_of(counts, inside, 2)
    found = local_moran(gi)
    oracle = esda_of(counts, inside, 2, 9999)
    # esda's own p breaks ties by the last digit of its floats: count its permutations instead.
    larger = (oracle.sim >= oracle.Is - 1e-9).mean(axis=0)
    seen = np.minimum(larger, 1 - larger)
    # As large a statistic is, for a low cell, as few incidents around it.
    at_least = gi["p_hot"].where(found["quadrant"].str.startswith("high"), gi["p_cold"]).to_numpy()
    folded = np.minimum(at_least, 1 - at_least)
    error = np.sqrt(folded * (1 - folded) / 9999)
    assert (np.abs(seen - folded) <= 5 * error + 1e-12).all()
    # Alike cells are judged by that side, doubled; unlike ones by the other.
    alike = found["quadrant"].isin(["high_high", "low_low"]).to_numpy()
    doubled = np.minimum(1, 2 * at_least)
    np.testing.assert_allclose(found["p_value"][alike], doubled[alike])
    smaller = (oracle.sim <= oracle.Is + 1e-9).mean(axis=0)
    ours = found["p_value"][~alike]
    error = np.sqrt(ours / 2 * (1 - ours / 2) / 9999)
    assert (np.abs(np.minimum(1, 2 * smaller[~alike]) - ours) <= 10 * error + 1e-12).all()


def test_p_is_twice_the_share_of_permutations_on_the_side_of_the_quadrant() -> None:
    counts = np.array([[3, 0, 1], [1, 4, 0]])
    found = local_moran(gi_of(counts, np.ones((2, 3), dtype=bool), 1))
    own, mean = counts.ravel(), counts.mean()
    for cell in range(6):
        row, column = divmod(cell, 3)
        near = [other for other in range(6) if abs(row - other // 3) + abs(column - other % 3) == 1]
        others = [int(own[other]) for other in range(6) if other != cell]
        observed = (own[cell] - mean) * (own[near].sum() - len(near) * mean)
        dealt = [
            (own[cell] - mean) * (sum(order[: len(near)]) - len(near) * mean)
            for order in permutations(others)
        ]
        # Alike is a statistic as large, unlike one as small.
        extreme = [
            value >= observed - 1e-9 if observed > 0 else value <= observed + 1e-9
            for value in dealt
        ]
        assert found["p_value"].iloc[cell] == pytest.approx(min(1, 2 * np.mean(extreme)))


def test_a_quiet_cell_beside_a_hotspot_is_told_from_it() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(2, (15, 15)).astype(np.int64)
    counts[5:10, 5:10] = 20
    counts[7, 7] = 0
    counts[1, 12] = 25
    counts[0:3, 11:14] = np.where(counts[0:3, 11:14] == 25, 25, 0)
    gi = gi_of(counts, np.ones((15, 15), dtype=bool), 1.5)
    found = local_moran(gi)
    assert found["quadrant"][7 * 15 + 7] == "low_high"
    assert found["quadrant"][6 * 15 + 7] == "high_high"
    assert found["quadrant"][1 * 15 + 12] == "high_low"
    assert found["quadrant"][13 * 15 + 2] == "low_low"
    # Gi* sees no difference between the hole in the hotspot and the hotspot round it.
    assert (gi["q_hot"][[7 * 15 + 7, 6 * 15 + 7]] <= 0.01).all()
    assert (found["q_value"][[7 * 15 + 7, 6 * 15 + 7]] <= 0.01).all()
    assert found["local_moran_i"][7 * 15 + 7] < 0 < found["local_moran_i"][6 * 15 + 7]


def test_q_is_corrected_over_all_cells() -> None:
    counts, inside = field(4)
    found = local_moran(gi_of(counts, inside, 2))
    np.testing.assert_allclose(found["q_value"], false_discovery_control(found["p_value"]))


def test_random_counts_raise_no_more_false_alarms_than_stated() -> None:
    inside = np.ones((12, 12), dtype=bool)
    rng = np.random.default_rng(0)
    # One inner cell a run: cells of the same run share their neighbours.
    p_values = np.array(
        [
            local_moran(gi_of(rng.poisson(3, (12, 12)).astype(np.int64), inside, 2))["p_value"][66]
            for _ in range(300)
        ]
    )
    for level in (0.05, 0.1, 0.3):
        assert (p_values <= level).mean() <= level + 2.6 * np.sqrt(level * (1 - level) / 300)


@pytest.mark.parametrize("value", [0, 7])
def test_where_all_cells_are_equal_nothing_stands_out(value: int) -> None:
    found = local_moran(gi_of(np.full((5, 6), value), np.ones((5, 6), dtype=bool), 2))
    assert (found["local_moran_i"] == 0).all()
    np.testing.assert_allclose(found[["p_value", "q_value"]], 1)
    assert (found["quadrant"] == "low_low").all()


def test_a_lone_cell_relates_to_nothing() -> None:
    inside = np.zeros((9, 9), dtype=bool)
    inside[0, 0] = inside[5:, 5:] = True
    counts = np.zeros((9, 9), dtype=np.int64)
    counts[0, 0], counts[7, 7] = 50, 3
    found = local_moran(gi_of(counts, inside, 2))
    assert found["local_moran_i"].iloc[0] == 0
    assert found["p_value"].iloc[0] == 1


def test_the_index_is_kept_and_no_cell_gives_an_empty_table() -> None:
    counts, inside = field(5)
    gi = gi_of(counts, inside, 2)
    pd.testing.assert_index_equal(local_moran(gi).index, gi.index)
    assert list(local_moran(gi.head(0))) == ["local_moran_i", "quadrant", "p_value", "q_value"]
    assert len(local_moran(gi.head(0))) == 0
