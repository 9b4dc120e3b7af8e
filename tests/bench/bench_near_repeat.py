"""Near repeats and hours of the week at the size of a city, against plain loops over the same."""

from datetime import date
from functools import partial

import numpy as np

from hotspots.analysis.bursts import find_bursts
from hotspots.analysis.grid import Floats, Ints
from hotspots.analysis.hours import Moments, hour_profile
from hotspots.analysis.near_repeat import Days, knox
from tests.bench import Case

SEED = 20_260_101
DISTANCES_M, DAYS = (100.0, 200.0, 300.0, 400.0), (7, 14, 21, 28)
N_DAYS, N_GROUPS = 2_557, 111
LAST = np.datetime64("2025-12-31", "D")

Burglaries = tuple[Floats, Floats, Days]


def burglaries(n: int) -> Burglaries:
    """Return burglaries of seven years in 98 km2, half of them round 200 centres."""
    rng = np.random.default_rng(SEED)
    side_m = 9_900.0
    centres, weight = rng.random((200, 2)) * side_m, rng.gamma(0.5, 1, 200)
    near = centres[rng.choice(200, n // 2, p=weight / weight.sum())]
    near = (near + rng.normal(0, 300, near.shape)) % side_m
    x, y = np.vstack([near, rng.random((n - n // 2, 2)) * side_m]).T
    return x, y, LAST - rng.integers(0, N_DAYS, n)


def knox_on_all_pairs(x: Floats, y: Floats, day: Days, replications: int) -> Floats:
    """Return p-values of the Knox table from full matrices, a permutation at a time."""
    rng = np.random.default_rng(SEED)
    upper = np.triu_indices(len(x), 1)
    date = day.astype(np.int64)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[upper]
    lag = np.abs(date[:, None] - date)
    bands_m, bands = (-1.0, 1.0, *DISTANCES_M), (-1, 0, *DAYS)

    def table(lags: Ints) -> Floats:
        edges = [np.array(bands_m), np.array(bands) + 0.5]
        return np.asarray(np.histogram2d(apart, lags, bins=edges)[0])

    observed = table(lag[upper])
    as_many = np.ones_like(observed)
    for _ in range(replications):
        order = rng.permutation(len(x))
        as_many += table(lag[order][:, order][upper]) >= observed
    return as_many / (replications + 1)


def spans(n: int) -> tuple[Moments, Moments, Ints]:
    """Return moments, half of them with an end some hours later, in as many groups as wijken."""
    rng = np.random.default_rng(SEED)
    start = np.datetime64("2019-01-01T00:00", "s") + rng.integers(0, N_DAYS * 86_400, n)
    end = start + rng.gamma(2, 4 * 3_600, n).astype("timedelta64[s]")
    end[rng.random(n) < 0.5] = np.datetime64("NaT")
    return start, end, rng.integers(0, N_GROUPS, n)


def cases() -> list[Case]:
    """Return what is timed."""
    near_repeats = partial(knox, distances_m=DISTANCES_M, days=DAYS, seed=SEED)
    return [
        Case(
            "Knox",
            partial(near_repeats, *burglaries(10_000), replications=999),
            scale="10,000 burglaries, 999 permutations",
        ),
        Case(
            "Knox, small",
            partial(near_repeats, *burglaries(600), replications=99),
            partial(knox_on_all_pairs, *burglaries(600), replications=99),
            "numpy, full matrices",
            "600 burglaries, 99 permutations",
        ),
        Case(
            "bursts",
            partial(find_bursts, *burglaries(10_000), until=date(2025, 12, 31), seed=SEED),
            scale="3,200 burglaries in 820 days, 999 permutations",
        ),
        Case(
            "hours of the week",
            partial(hour_profile, *spans(500_000), n_groups=N_GROUPS),
            scale=f"500,000 incidents, {N_GROUPS} groups",
        ),
    ]
