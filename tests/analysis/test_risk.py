"""Risk surface: worked by hand, against the plain sum, where risk is even, and where it is not."""

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis.density import Kernel, kernel_density
from hotspots.analysis.grid import Floats, Grid, bin_points, make_grid
from hotspots.analysis.risk import Points, prior_strength, risk_surface

AREA = shapely.Polygon([(0, 0), (3000, 0), (3000, 900), (1700, 2100), (0, 2100)])


def town(seed: int, n: int = 400) -> tuple[Points, Floats]:
    """Addresses with 1 to 40 dwellings, dense in the middle, some outside the study area."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal((1200, 1000), (700, 500), (n, 2)).T
    return (x, y), rng.choice([1.0, 2.0, 8.0, 40.0], n)


def burgle(
    dwellings: Points, n_dwellings: Floats, risk: Floats | float, *, rng: np.random.Generator
) -> Points:
    """Draw burglaries at the addresses, Poisson with `risk` per dwelling."""
    n = rng.poisson(risk * n_dwellings)
    return np.repeat(dwellings[0], n), np.repeat(dwellings[1], n)


def test_two_addresses_by_hand() -> None:
    grid = make_grid(shapely.box(0, 0, 300, 100), cell_size_m=100)
    found = risk_surface(
        grid,
        (np.array([50.0, 50.0, 150.0]), np.full(3, 50.0)),
        (np.array([50.0, 150.0]), np.full(2, 50.0)),
        np.array([30.0, 10.0]),
        bandwidth_m=200,
        years=2,
        least_dwellings=20,
        prior_dwelling_years=40,
    )
    # The quartic kernel at 100 m of 200 m: (1 - 1/4)^2 = 0.5625; at 200 m: 0.
    near = pd.Series([35.625, 26.875, 5.625], pd.Index([0, 1, 2], name="cell"))
    pd.testing.assert_series_equal(found["dwellings_near"], near, check_names=False)
    np.testing.assert_allclose(found["incidents_near"], [2.5625, 2.125, 0.5625])
    # 1000 x 2.5625 / (35.625 x 2); the third has fewer than 20 dwellings near.
    np.testing.assert_allclose(found["risk_per_1000"], [35.964912, 39.534884, np.nan], rtol=1e-7)
    # The city: 3 per 80 dwelling-years, so 40 more with 1.5: 1000 x 4.0625 / 111.25.
    np.testing.assert_allclose(
        found["shrunk_risk_per_1000"], [36.516854, 38.666667, np.nan], rtol=1e-7
    )


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_risk_equals_the_plain_sum(kernel: Kernel) -> None:
    grid = make_grid(AREA, cell_size_m=100)
    dwellings, n_dwellings = town(1)
    incidents = burgle(dwellings, n_dwellings, 0.05, rng=np.random.default_rng(2))
    row, column = np.nonzero(grid.inside)
    at_x, at_y = grid.centres()[0][column], grid.centres()[1][row]

    def near(points: Points) -> Floats:
        squared = (at_x[:, None] - points[0]) ** 2 + (at_y[:, None] - points[1]) ** 2
        squared = squared / 250**2
        if kernel == "quartic":
            return np.asarray(np.maximum(1 - squared, 0) ** 2)
        return np.asarray(np.exp(-squared / 2))

    homes, burglaries = near(dwellings) @ n_dwellings, near(incidents).sum(axis=1)
    least = float(np.median(homes))
    found = risk_surface(
        grid,
        incidents,
        dwellings,
        n_dwellings,
        bandwidth_m=250,
        kernel=kernel,
        years=3,
        least_dwellings=least,
    )
    assert found.index.tolist() == grid.study_cells.tolist()
    np.testing.assert_allclose(found["dwellings_near"], homes, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["incidents_near"], burglaries, rtol=1e-9, atol=1e-9)
    shown = homes >= least
    np.testing.assert_allclose(
        found["risk_per_1000"],
        np.where(shown, 1000 * burglaries / (3 * homes.clip(1)), np.nan),
        rtol=1e-9,
    )
    assert (found["shrunk_risk_per_1000"].notna() == shown).all()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    per_dwelling=st.integers(1, 4),
    years=st.sampled_from([0.5, 1.0, 3.0]),
    kernel=st.sampled_from(get_args(Kernel)),
    bandwidth_m=st.floats(60, 900),
    prior=st.sampled_from([None, 0.0, 1e4]),
)
def test_an_even_risk_is_even_however_dwellings_lie(
    seed: int,
    per_dwelling: int,
    years: float,
    kernel: Kernel,
    bandwidth_m: float,
    prior: float | None,
) -> None:
    grid = make_grid(AREA, cell_size_m=150)
    (x, y), n_dwellings = town(seed, n=60)
    n = (per_dwelling * n_dwellings).astype(int)
    found = risk_surface(
        grid,
        (np.repeat(x, n), np.repeat(y, n)),
        (x, y),
        n_dwellings,
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        years=years,
        least_dwellings=0.1,
        prior_dwelling_years=prior,
    ).dropna()
    expected = np.full(len(found), 1000 * per_dwelling / years)
    np.testing.assert_allclose(found["risk_per_1000"], expected, rtol=1e-9)
    np.testing.assert_allclose(found["shrunk_risk_per_1000"], expected, rtol=1e-9)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_an_edge_correction_of_both_kernels_cancels(kernel: Kernel) -> None:
    grid = make_grid(AREA, cell_size_m=100)
    dwellings, n_dwellings = town(3)
    incidents = burgle(dwellings, n_dwellings, 0.05, rng=np.random.default_rng(4))
    options: dict[str, Any] = {"bandwidth_m": 400.0, "kernel": kernel}
    found = risk_surface(
        grid, incidents, dwellings, n_dwellings, years=1, least_dwellings=1, **options
    )
    plain, corrected = (
        kernel_density(grid, *dwellings, weights=n_dwellings, edge_correction=each, **options)
        for each in ("none", "uniform")
    )
    top = kernel_density(grid, *incidents, edge_correction="uniform", **options)
    assert (corrected[grid.inside] > 1.2 * plain[grid.inside]).any()
    shown = found["risk_per_1000"].notna().to_numpy()
    ratio = 1000 * top[grid.inside][shown] / corrected[grid.inside][shown]
    np.testing.assert_allclose(found["risk_per_1000"][shown], ratio, rtol=1e-9)


def even_homes(grid: Grid) -> tuple[Points, Floats]:
    """Four dwellings on each of four spots in a cell, inside the study area."""
    step = np.arange(grid.cell_size_m / 4, 3000, grid.cell_size_m / 2)
    x, y = (side.ravel() for side in np.meshgrid(step, step))
    inside = bin_points(grid, x, y).cell >= 0
    return (x[inside], y[inside]), np.full(int(inside.sum()), 4.0)


def test_an_estate_of_double_risk_stands_out_and_dense_flats_do_not() -> None:
    grid = make_grid(shapely.box(0, 0, 3000, 3000), cell_size_m=100)
    (x, y), n_dwellings = even_homes(grid)
    flats = (x > 2000) & (y > 2000)
    n_dwellings[flats] *= 5
    estate = (x < 1000) & (y < 1000)
    risk = np.where(estate, 0.06, 0.03)
    incidents = burgle((x, y), n_dwellings, 5 * risk, rng=np.random.default_rng(5))
    found = risk_surface(grid, incidents, (x, y), n_dwellings, bandwidth_m=400, years=5)
    row, column = np.divmod(found.index.to_numpy(), 30)
    inner_estate, inner_flats = (row < 6) & (column < 6), (row > 23) & (column > 23)
    shrunk = found["shrunk_risk_per_1000"]
    assert found["risk_per_1000"][inner_estate].mean() == pytest.approx(60, rel=0.1)
    # Shrunk, but by less than half of the excess.
    assert 45 < shrunk[inner_estate].mean() < found["risk_per_1000"][inner_estate].mean()
    assert shrunk[inner_flats].mean() == pytest.approx(30, rel=0.1)
    assert shrunk[inner_estate].min() > shrunk[~((row < 14) & (column < 14))].max()
    # Counts tell another story: most burglaries are at the flats.
    burglaries = found["incidents_near"]
    assert burglaries[inner_flats].mean() > 2 * burglaries[inner_estate].mean()


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_the_estimated_prior_is_right_about_the_variance_between_smoothed_risks(
    kernel: Kernel,
) -> None:
    # Risks of 300 m blocks are gamma; the smoothed truth of each cell is known.
    grid = make_grid(shapely.box(0, 0, 3000, 3000), cell_size_m=100)
    (x, y), n_dwellings = even_homes(grid)
    options: dict[str, Any] = {
        "bandwidth_m": 300.0 if kernel == "quartic" else 110.0,
        "kernel": kernel,
    }
    by_chance = 0.6 if kernel == "quartic" else 0.5
    rng = np.random.default_rng(6)
    estimated, true, gains = [], [], []
    for _ in range(30):
        block = (x // 300 * 10 + y // 300).astype(int)
        risk = rng.gamma(4, 0.04 / 4, 100)[block]
        incidents = burgle((x, y), n_dwellings, risk, rng=rng)
        found = risk_surface(grid, incidents, (x, y), n_dwellings, years=1, **options)
        homes, expected = (
            kernel_density(grid, x, y, weights=each, **options)[grid.inside]
            for each in (n_dwellings, n_dwellings * risk)
        )
        truth, rate = expected / homes, len(incidents[0]) / n_dwellings.sum()
        strength = prior_strength(
            found["incidents_near"].to_numpy(),
            found["dwellings_near"].to_numpy(),
            rate=rate,
            kernel=kernel,
        )
        estimated.append(by_chance * rate / strength)
        true.append(np.average((truth - rate) ** 2, weights=homes))
        errors = [found[each] / 1000 - truth for each in ("shrunk_risk_per_1000", "risk_per_1000")]
        gains.append((errors[0] ** 2).mean() / (errors[1] ** 2).mean())
    assert np.mean(estimated) == pytest.approx(np.mean(true), rel=0.1)
    assert max(gains) < 1
    assert np.mean(gains) < 0.7


def test_where_risk_is_even_chance_is_shrunk_away() -> None:
    grid = make_grid(AREA, cell_size_m=100)
    dwellings, n_dwellings = town(7, n=3000)
    rng = np.random.default_rng(8)
    left = []
    for _ in range(20):
        incidents = burgle(dwellings, n_dwellings, 0.02, rng=rng)
        found = risk_surface(grid, incidents, dwellings, n_dwellings, bandwidth_m=300, years=1)
        raw, shrunk = found["risk_per_1000"], found["shrunk_risk_per_1000"]
        left.append(float(shrunk.std() / raw.std()))
    assert np.median(left) < 0.25


def test_dispersion_makes_the_prior_stronger() -> None:
    near, exposure = np.array([1.0, 5.0, 9.0]), np.full(3, 100.0)
    # Mean rate 0.05; squares: 100 x (0.04^2 + 0 + 0.04^2) = 0.32; by chance 0.6 x 0.05 = 0.03 a
    # cell: (0.32 - 0.09) / 300 between, 0.03 / 0.000766667 = 39.13 dwelling-years.
    assert prior_strength(near, exposure, rate=0.05) == pytest.approx(39.1304, abs=1e-3)
    # Twice the chance: 0.06 / ((0.32 - 0.18) / 300).
    twice = prior_strength(near, exposure, rate=0.05, dispersion=2)
    assert twice == pytest.approx(128.5714, abs=1e-3)
    assert prior_strength(near, exposure, rate=0.05, dispersion=9) == np.inf


def test_a_city_without_burglaries_or_homes() -> None:
    grid = make_grid(AREA, cell_size_m=100)
    none = np.empty(0), np.empty(0)
    dwellings, n_dwellings = town(9)
    options: dict[str, Any] = {"bandwidth_m": 300, "years": 1}
    safe = risk_surface(grid, none, dwellings, n_dwellings, **options)
    shown = safe["dwellings_near"] >= 50
    assert (safe.loc[shown, ["risk_per_1000", "shrunk_risk_per_1000"]] == 0).all(axis=None)
    assert safe.loc[~shown, ["risk_per_1000", "shrunk_risk_per_1000"]].isna().all(axis=None)
    empty = risk_surface(grid, dwellings, none, np.empty(0), **options)
    assert (empty["dwellings_near"] == 0).all()
    assert empty["shrunk_risk_per_1000"].isna().all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": 0},
        {"least_dwellings": 0},
        {"prior_dwelling_years": -1},
        {"bandwidth_m": 0},
        {"n_dwellings": np.array([-1.0])},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    grid = make_grid(AREA, cell_size_m=100)
    one = np.ones(1), np.ones(1)
    options = {"n_dwellings": np.ones(1), "bandwidth_m": 300, "years": 1, **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong)).replace("n_", "")):
        risk_surface(grid, one, one, **options)
