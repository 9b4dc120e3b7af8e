"""The scan against loops over every window, figures of SaTScan, planted and random cases."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis import scan as module
from hotspots.analysis.grid import Floats, Grid, Ints
from hotspots.analysis.scan import Scan, scan
from hotspots.errors import PolicyRefused

CELL_M = 100.0


@dataclass(frozen=True)
class Field:
    """Cases and population on cells."""

    cases: Ints
    population: Floats
    grid: Grid


def field(seed: int, *, shape: tuple[int, int] = (9, 11), mean: float = 1.5) -> Field:
    """Cases by population, on a study area with a bite out of it and cells where nobody lives."""
    rng = np.random.default_rng(seed)
    inside = np.ones(shape, dtype=bool)
    inside[:3, :4] = inside[5, 6] = False
    population = rng.gamma(1.0, 20.0, shape) * (rng.random(shape) > 0.2)
    cases = rng.poisson(mean * population / population.mean()).astype(np.int64)
    return Field(cases, population, Grid((1_000.0, 5_000.0), CELL_M, inside))


def scanned(
    town: Field,
    *,
    radii_m: tuple[float, ...] = (0, 100, 150, 250),
    replications: int = 19,
    seed: int = 5,
    max_share: float = 0.5,
    alpha: float = 0.05,
    threads: int = 2,
) -> Scan:
    return scan(
        town.cases,
        town.population,
        town.grid,
        radii_m=radii_m,
        replications=replications,
        seed=seed,
        max_share=max_share,
        alpha=alpha,
        threads=threads,
    )


def textbook_llr(count: int, expected: float, total: int) -> float:
    """Kulldorff's likelihood ratio, high rates only."""
    if count < 2 or count <= expected:
        return 0.0
    outside = total - count
    ratio = count * math.log(count / expected)
    return ratio + (outside * math.log(outside / (total - expected)) if outside else 0.0)


def every_window(
    town: Field, cases: Ints, radii_m: tuple[float, ...], max_share: float
) -> pd.DataFrame:
    """Every window with its ratio, cell by cell; best first as the scan promises."""
    held = [cell for cell in town.grid.study_cells.tolist() if town.population.ravel()[cell] > 0]
    total = int(sum(cases.ravel()[cell] for cell in held))
    everybody = sum(town.population.ravel()[cell] for cell in held)
    n_columns = town.grid.shape[1]
    rows = []
    for radius in sorted(radii_m):
        for centre in town.grid.study_cells.tolist():
            row, column = divmod(centre, n_columns)
            members = [
                cell
                for cell in held
                if math.dist((row, column), divmod(cell, n_columns)) * CELL_M <= radius + 1e-6
            ]
            share = sum(town.population.ravel()[cell] for cell in members) / everybody
            count = int(sum(cases.ravel()[cell] for cell in members))
            looked_at = 0 < share <= max_share
            llr = textbook_llr(count, total * share, total) if looked_at else 0.0
            x, y = 1_050.0 + CELL_M * column, 5_050.0 + CELL_M * row
            rows.append((x, y, radius, count, total * share, llr))
    columns = ["x", "y", "radius_m", "count", "expected", "llr"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        "llr", ascending=False, kind="stable", key=lambda llr: llr.round(9), ignore_index=True
    )


@given(st.integers(0, 10_000), st.sampled_from([0.08, 0.25, 0.5]), st.sampled_from([0.1, 1.5, 12]))
@settings(max_examples=40, deadline=None)
def test_clusters_and_replications_equal_loops_over_every_window(
    seed: int, max_share: float, mean: float
) -> None:
    town, radii_m = field(seed, shape=(6, 7), mean=mean), (0.0, 100.0, 150.0, 230.0)
    found = scanned(town, radii_m=radii_m, replications=3, seed=seed, max_share=max_share, alpha=1)
    windows = every_window(town, town.cases, radii_m, max_share)
    circles = windows[["x", "y", "radius_m"]].to_numpy(np.float64)
    expected: list[int] = []
    for i in np.flatnonzero(windows["llr"] > 0).tolist():
        apart = (
            math.dist(circles[i, :2], circles[j, :2]) > circles[i, 2] + circles[j, 2]
            for j in expected
        )
        if all(apart):
            expected.append(i)
    columns = ["x", "y", "radius_m", "count", "expected", "llr"]
    pd.testing.assert_frame_equal(
        found.clusters[columns],
        windows.loc[expected, columns].reset_index(drop=True),
        check_dtype=False,
        rtol=1e-9,
    )
    at_risk = town.grid.study_cells[town.population.ravel()[town.grid.study_cells] > 0]
    share = town.population.ravel()[at_risk]
    for stream, largest in zip(
        np.random.SeedSequence(seed).spawn(3), found.replicated, strict=True
    ):
        dealt = np.zeros(town.cases.size, dtype=np.int64)
        drawn = np.random.default_rng(stream).multinomial(found.n_cases, share / share.sum())
        dealt[at_risk] = drawn
        brute = every_window(town, dealt.reshape(town.cases.shape), radii_m, max_share)
        assert largest == pytest.approx(brute["llr"].max(), rel=1e-9, abs=1e-12)


def prepared(town: Field, *, max_share: float) -> module._Windows:
    """The windows of 0 to 250 m as the scan prepares them."""
    at_risk = town.grid.study_cells[town.population.ravel()[town.grid.study_cells] > 0]
    people, own = (values.ravel()[at_risk] for values in (town.population, town.cases))
    layout = module._layout(np.array([0, 1, 1.5, 2.5]), town.grid.shape)
    return module._windows(
        layout, town.grid, at_risk, people / people.sum(), int(own.sum()), max_share
    )


def test_ratios_and_relative_risks_equal_those_of_satscan() -> None:
    # Leukaemia in upstate New York, 1978-1982 (Turnbull and others 1990), 552 cases among
    # 1,057,673 people: three clusters that SaTScan 9 reports, each set into a cell of its own.
    population = np.array([[95_249, 0, 34_083, 0, 8_839, 0, 919_502]])
    cases = np.array([[85, 0, 38, 0, 11, 0, 418]])
    grid = Grid((0.0, 0.0), CELL_M, np.ones((1, 7), dtype=bool))
    found = scan(cases, population, grid, radii_m=[0], replications=9, seed=1, alpha=1).clusters
    assert found["count"].tolist() == [85, 38, 11]
    assert found["expected"].round(2).tolist() == [49.71, 17.79, 4.61]
    assert found["relative_risk"].round(2).tolist() == [1.84, 2.22, 2.41]
    assert found["llr"].round(6).tolist() == [11.577255, 9.019716, 3.209485]


def test_p_is_the_rank_among_the_replications() -> None:
    town = field(3)
    found = scanned(town, replications=99, alpha=1)
    above = [(found.replicated >= llr).sum() for llr in found.clusters["llr"]]
    assert 0 < above[0] < above[-1]
    np.testing.assert_allclose(found.clusters["p_value"], (1 + np.array(above)) / 100)


def test_equal_ratios_count_against_the_cluster() -> None:
    grid = Grid((0.0, 0.0), CELL_M, np.ones((1, 4), dtype=bool))
    found = scan(
        np.array([[2, 0, 0, 0]]),
        np.full((1, 4), 0.1),
        grid,
        radii_m=[0],
        replications=400,
        seed=2,
        alpha=1,
    )
    same_cell = (found.replicated > 0).mean()
    # Both cases fall into one of four cells with chance 1/4, and the ratio is then the same.
    assert same_cell == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / 400))
    assert found.clusters["p_value"].tolist() == [(1 + 400 * same_cell) / 401]
    assert np.isnan(found.clusters["relative_risk"]).all()


def under_the_null(n_runs: int) -> Floats:
    """p of the most likely cluster among cases dealt out by population."""
    p_values = []
    for seed in range(n_runs):
        town = field(seed, shape=(8, 8))
        rng = np.random.default_rng(10_000 + seed)
        people = np.where(town.grid.inside, town.population, 0)
        dealt = rng.multinomial(120, (people / people.sum()).ravel()).reshape(people.shape)
        found = scanned(
            Field(dealt.astype(np.int64), people, town.grid), replications=39, seed=seed
        )
        p_values.append(found.clusters["p_value"].iloc[0])
    return np.array(p_values)


def test_p_is_uniform_where_there_is_no_cluster() -> None:
    p_values = under_the_null(200)
    # 18 of 200 is what a true 5% exceeds once in 200 times; p takes 40 values, each as likely.
    assert (p_values <= 0.05).sum() <= 18
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        error = math.sqrt(level * (1 - level) / len(p_values))
        assert (p_values <= level).mean() == pytest.approx(level, abs=3.5 * error)


def planted() -> Field:
    """Two clusters among 1,200 cells: 9 cells at eight times the rate, 5 at six times."""
    rng = np.random.default_rng(8)
    population = rng.integers(5, 40, (30, 40)).astype(np.float64)
    rate = np.full((30, 40), 0.03)
    row, column = np.indices(rate.shape)
    rate[np.hypot(row - 7, column - 9) <= 1.5] *= 8
    rate[np.hypot(row - 20, column - 30) <= 1] *= 6
    cases = rng.poisson(rate * population).astype(np.int64)
    return Field(cases, population, Grid((0.0, 0.0), CELL_M, np.ones((30, 40), dtype=bool)))


def test_planted_clusters_are_found_where_they_are() -> None:
    found = scanned(planted(), replications=199, radii_m=(0, 100, 150, 200, 300, 500)).clusters
    assert len(found) == 2
    truth = np.array([[950, 750], [3_050, 2_050]])
    assert (np.hypot(*(found[["x", "y"]].to_numpy() - truth).T) <= CELL_M).all()
    assert (np.abs(found["radius_m"] - [150, 100]) <= CELL_M).all()
    assert (found["p_value"] == 1 / 200).all()


def test_no_cell_lies_in_two_clusters() -> None:
    town = planted()
    found = scanned(town, radii_m=(0, 100, 150, 200, 300, 500), alpha=1).clusters
    x, y = (side.ravel() for side in np.meshgrid(*town.grid.centres()))
    members = [
        set(np.flatnonzero(np.hypot(x - at_x, y - at_y) <= radius_m + 1e-6).tolist())
        for at_x, at_y, radius_m in found[["x", "y", "radius_m"]].to_numpy(np.float64)
    ]
    assert len(members) > 5
    assert not any(one & other for one, other in combinations(members, 2))
    assert (np.diff(found["llr"]) < 1e-9).all()


def test_cases_without_population_are_left_out_and_counted() -> None:
    town = planted()
    nobody = town.population.copy()
    nobody[2:5, 30:34] = 0
    crowd = town.cases.copy()
    crowd[2:5, 30:34] = 90
    emptied = np.where(nobody > 0, town.cases, 0)
    found = scanned(Field(crowd, nobody, town.grid), alpha=1)
    plain = scanned(Field(emptied, nobody, town.grid), alpha=1)
    assert (found.n_without_population, plain.n_without_population) == (90 * 12, 0)
    assert found.n_cases == plain.n_cases == emptied.sum()
    assert np.isfinite(found.clusters["llr"]).all()
    pd.testing.assert_frame_equal(found.clusters, plain.clusters)
    np.testing.assert_array_equal(found.replicated, plain.replicated)


def test_cells_beyond_the_study_area_do_not_exist() -> None:
    town = field(4)
    outside = ~town.grid.inside
    loud = Field(
        np.where(outside, 500, town.cases), np.where(outside, 1.0, town.population), town.grid
    )
    pd.testing.assert_frame_equal(scanned(loud).clusters, scanned(town).clusters)
    assert scanned(loud).n_without_population == scanned(town).n_without_population


def test_threads_and_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    town = field(6, mean=4)
    one = scanned(town, replications=40, threads=1)
    monkeypatch.setattr(module, "_ELEMENTS", 1)
    many = scanned(town, replications=40, threads=3)
    np.testing.assert_array_equal(one.replicated, many.replicated)
    pd.testing.assert_frame_equal(one.clusters, many.clusters)
    np.testing.assert_array_equal(scanned(town, replications=15).replicated, one.replicated[:15])
    assert (scanned(town, replications=40, seed=6).replicated != one.replicated).any()


@pytest.mark.parametrize("likely", [0.3, 2.0, 4.0, 1e6])
def test_windows_passed_over_never_hold_the_largest(
    likely: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = field(12, shape=(20, 20))
    plain = scanned(town, replications=99)
    monkeypatch.setattr(module, "_LIKELY", likely)
    np.testing.assert_array_equal(scanned(town, replications=99).replicated, plain.replicated)


@given(st.integers(0, 10_000), st.sampled_from([0.3, 4.0]), st.sampled_from([0.2, 3, 60]))
@settings(max_examples=30, deadline=None)
def test_a_window_passed_over_is_below_what_is_likely(
    seed: int, likely: float, mean: float
) -> None:
    town = field(seed, shape=(7, 7), mean=mean)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LIKELY", likely)
        windows = prepared(town, max_share=0.5)
    for radius, place in np.argwhere(windows.fewest < windows.likely).tolist():
        expected, total = float(windows.expected[radius, place]), windows.total
        most = min(int(windows.likely[radius, place]) - 1, total)
        assert textbook_llr(most, expected, total) < likely + 1e-6


def test_order_of_radii_and_unit_of_population_make_no_difference() -> None:
    town = field(7)
    other = scanned(
        Field(town.cases, town.population * 1_024, town.grid), radii_m=(250, 0, 150, 100, 150)
    )
    pd.testing.assert_frame_equal(other.clusters, scanned(town).clusters)


@pytest.mark.parametrize(("cases", "people"), [(0, 10.0), (1, 10.0), (3, 0.0), (1, 0.0)])
def test_nothing_to_scan_gives_no_cluster(cases: int, people: float) -> None:
    grid = Grid((0.0, 0.0), CELL_M, np.ones((4, 5), dtype=bool))
    lone = np.zeros((4, 5), dtype=np.int64)
    lone[1, 2] = cases
    found = scanned(Field(lone, np.full((4, 5), people), grid))
    assert len(found.clusters) == 0
    assert (found.replicated == 0).all()
    assert len(found.replicated) == 19


def test_a_circle_wider_than_the_town_holds_it_all() -> None:
    town = field(9)
    wide = scanned(town, radii_m=(150, 99_000), alpha=1)
    pd.testing.assert_frame_equal(wide.clusters, scanned(town, radii_m=(150,), alpha=1).clusters)


def test_only_the_most_likely_cluster_is_listed_where_none_is_significant() -> None:
    town = field(11)
    found = scanned(town, alpha=0.001).clusters
    pd.testing.assert_frame_equal(found, scanned(town, alpha=1).clusters.head(1))


def test_a_radius_of_whole_cells_reaches_them_whatever_the_unit() -> None:
    # In floats, 0.3 over 0.1 is just below 3.
    town = field(10)
    small = Field(town.cases, town.population, Grid((0.0, 0.0), 0.1, town.grid.inside))
    columns = ["count", "expected", "llr", "p_value"]
    pd.testing.assert_frame_equal(
        scanned(small, radii_m=(0.3,), alpha=1).clusters[columns],
        scanned(town, radii_m=(300,), alpha=1).clusters[columns],
    )


def test_progress_reaches_the_end() -> None:
    town, told = field(2), list[tuple[int, int]]()
    scan(
        town.cases,
        town.population,
        town.grid,
        radii_m=[100],
        replications=50,
        seed=1,
        progress=lambda done, steps: told.append((done, steps)),
    )
    assert told[-1] == (50, 50)
    assert told == sorted(told)


def test_unfit_values_and_policies_are_refused() -> None:
    town = field(1)
    with pytest.raises(ValueError, match="weights never enter a test"):
        scanned(Field(town.cases / 2, town.population, town.grid))  # type: ignore[arg-type] # the mistake under test
    with pytest.raises(ValueError, match="whole numbers"):
        scanned(Field(town.cases - 1, town.population, town.grid))
    with pytest.raises(ValueError, match="population must be"):
        scanned(Field(town.cases, town.population - 1, town.grid))
    with pytest.raises(ValueError, match="population must be"):
        scanned(Field(town.cases, town.population * np.nan, town.grid))
    with pytest.raises(ValueError, match="every cell of the grid"):
        scanned(Field(town.cases[1:], town.population[1:], town.grid))
    with pytest.raises(PolicyRefused, match="Name at least one") as refused:
        scanned(town, radii_m=(), max_share=0.6)
    assert [problem.column for problem in refused.value.problems] == ["radii_m", "max_share"]
    with pytest.raises(PolicyRefused, match="0 m or more"):
        scanned(town, radii_m=(100, -1))
