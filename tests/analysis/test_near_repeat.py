"""The Knox table against one made by hand, every deal there is, chance and planted repeats."""

from collections import Counter
from itertools import combinations, permutations
from math import hypot

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from hotspots.analysis import near_repeat
from hotspots.analysis.grid import Floats, Ints
from hotspots.analysis.near_repeat import Days, NearRepeats, knox, near_pairs
from hotspots.errors import PolicyRefused

Bands = Counter[tuple[int, int]]


def dates(*day: int) -> Days:
    """Return dates by their number in a year."""
    return np.datetime64("2025-01-01", "D") + np.array(day, dtype=np.int64)


def knox_of(
    x: Floats,
    y: Floats,
    day: Days,
    *,
    distances_m: tuple[float, ...] = (100.0, 200.0),
    days: tuple[int, ...] = (7, 14),
    replications: int = 99,
    seed: int = 1,
) -> NearRepeats:
    return knox(x, y, day, distances_m=distances_m, days=days, replications=replications, seed=seed)


def grid_of(table: pd.DataFrame, column: str) -> Floats:
    """Return a column as distances by days."""
    return table.pivot(index="distance_to_m", columns="days_to", values=column).to_numpy()


def by_pairs(x: Floats, y: Floats, day: Ints) -> Bands:
    """Go through all pairs; bands: 1 m, 100 m and 200 m by 0, 1 to 7 and 8 to 14 days."""
    found: Bands = Counter()
    for i, j in combinations(range(len(x)), 2):
        away = hypot(x[i] - x[j], y[i] - y[j])
        lag = abs(int(day[i]) - int(day[j]))
        if away <= 200 and lag <= 14:
            near = 0 if away <= 1 else 1 if away <= 100 else 2
            found[near, 0 if lag == 0 else 1 if lag <= 7 else 2] += 1
    return found


def scatter(
    seed: int, n: int, *, side_m: float = 600.0, n_days: int = 60
) -> tuple[Floats, Floats, Ints]:
    """Return points with a number for their day; every tenth home comes twice."""
    rng = np.random.default_rng(seed)
    x, y = rng.random((2, n)) * side_m
    twice = n // 10
    x[:twice], y[:twice] = x[n - twice :], y[n - twice :]
    return x, y, rng.integers(0, n_days, n)


def test_a_table_made_by_hand() -> None:
    # Along one street at 0, 0, 60, 160 and 1,000 m, on days 0, 3, 3, 13 and 0.
    x = np.array([0.0, 0.0, 60.0, 160.0, 1000.0])
    found = knox_of(x, np.zeros(5), dates(0, 3, 3, 13, 0)).table
    pairs = [
        # 0 days, 1 to 7, 8 to 14
        [0, 1, 0],  # the same place: 0 and 0
        [1, 1, 1],  # up to 100 m: 0-60 same day and 3 days, 60-160 (just 100 m) 10 days
        [0, 0, 2],  # up to 200 m: 0-160 13 days and 10 days
    ]
    np.testing.assert_array_equal(grid_of(found, "pairs"), pairs)
    # Of the ten pairs of dates 2 lie 0 days apart, 4 lie 3 days and 4 lie 10 or 13 days.
    expected = np.outer([1, 3, 2], [0.2, 0.4, 0.4])
    np.testing.assert_allclose(grid_of(found, "expected"), expected)
    np.testing.assert_allclose(grid_of(found, "ratio"), np.array(pairs) / expected)
    assert found["distance_from_m"].unique().tolist() == [0, 1, 100]
    assert found["days_from"].unique().tolist() == [0, 1, 8]


def test_pairs_equal_a_walk_through_all_of_them() -> None:
    x, y, day = scatter(2, 60)
    found = grid_of(knox_of(x, y, dates(*day)).table, "pairs")
    by_hand = by_pairs(x, y, day)
    assert {key: int(n) for key, n in np.ndenumerate(found) if n} == dict(by_hand)
    assert found.sum() > 100


def test_expected_and_p_equal_every_deal_there_is() -> None:
    x, y, day = scatter(3, 7, side_m=250, n_days=25)
    observed = by_pairs(x, y, day)
    deals = [by_pairs(x, y, np.array(deal)) for deal in permutations(day.tolist())]
    found = knox_of(x, y, dates(*day), replications=1999).table
    keys = list(np.ndindex(3, 3))
    mean = [sum(deal[key] for deal in deals) / len(deals) for key in keys]
    np.testing.assert_allclose(grid_of(found, "expected").ravel(), mean, atol=1e-12)
    p = np.array([sum(deal[key] >= observed[key] for deal in deals) / len(deals) for key in keys])
    error = np.sqrt(p * (1 - p) / 1999) + 1 / 2000
    assert (np.abs(grid_of(found, "p_value").ravel() - p) <= 4 * error).all()


def test_random_dates_show_no_near_repeats() -> None:
    runs = 200
    p = np.array(
        [
            grid_of(knox_of(x, y, dates(*day)).table, "p_value")
            for x, y, day in (scatter(seed, 80) for seed in range(runs))
        ]
    )
    # Ties make the test careful where few pairs are expected: never more than 5%, by chance.
    assert ((p <= 0.05).sum(axis=0) <= binom.ppf(0.9999, runs, 0.05)).all()
    # Where many pairs are expected it is not too careful either.
    assert (p[:, 2, 1] <= 0.5).mean() == pytest.approx(0.5, abs=0.15)


def test_planted_near_repeats_are_found_and_only_where_planted() -> None:
    x, y, day = scatter(5, 400, side_m=4000, n_days=300)
    rng = np.random.default_rng(6)
    follows = rng.choice(400, 30, replace=False)
    x = np.append(x, x[follows] + rng.uniform(10, 40, 30))
    y = np.append(y, y[follows] + rng.uniform(10, 40, 30))
    day = np.append(day, day[follows] + rng.integers(1, 8, 30))
    found = knox_of(x, y, dates(*day), replications=999).table
    p, ratio = grid_of(found, "p_value"), grid_of(found, "ratio")
    assert p[1, 1] == 0.001
    assert ratio[1, 1] > 3
    assert p[2, 2] > 0.01


def test_a_series_on_one_day_is_no_near_repeat() -> None:
    x, y, day = scatter(7, 300, side_m=3000, n_days=200)
    # Eight storage rooms of one block registered on one day; five blocks, far from all else.
    block, room = np.divmod(np.arange(40), 8)
    x, y = np.append(x, 20_000 + 1_000 * block + 4 * room), np.append(y, np.zeros(40))
    day = np.append(day, 40 * block)
    p = grid_of(knox_of(x, y, dates(*day), replications=999).table, "p_value")
    assert p[1, 0] == 0.001
    assert p[:, 1:].min() > 0.01


def test_incidents_known_by_month_are_left_out_and_counted() -> None:
    x, y, day = scatter(8, 50)
    undated = np.append(dates(*day), np.full(4, np.datetime64("NaT", "D")))
    found = knox_of(np.append(x, x[:4]), np.append(y, y[:4]), undated)
    assert (found.n_incidents, found.n_undated) == (50, 4)
    pd.testing.assert_frame_equal(found.table, knox_of(x, y, dates(*day)).table)


def test_time_of_day_does_not_move_an_incident_to_another_day() -> None:
    x, y, day = scatter(9, 50)
    hour = np.random.default_rng(1).integers(0, 86_400, 50).astype("timedelta64[s]")
    found = knox_of(x, y, dates(*day).astype("datetime64[s]") + hour)
    pd.testing.assert_frame_equal(found.table, knox_of(x, y, dates(*day)).table)


def test_the_seed_decides() -> None:
    x, y, day = scatter(10, 80)
    first, again, other = (knox_of(x, y, dates(*day), seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["p_value"].equals(other["p_value"])


def test_blocks_of_pairs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, day = scatter(11, 80)
    at_once = knox_of(x, y, dates(*day)).table
    monkeypatch.setattr(near_repeat, "_PAIRS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(knox_of(x, y, dates(*day)).table, at_once)


@pytest.mark.parametrize("n", [0, 1])
def test_without_pairs_nothing_is_expected_and_nothing_tested(n: int) -> None:
    found = knox_of(np.zeros(n), np.zeros(n), dates(*range(n))).table
    assert len(found) == 9
    assert not found[["pairs", "expected"]].to_numpy().any()
    assert found["ratio"].isna().all()
    assert (found["p_value"] == 1).all()


def test_progress_tells_every_deal() -> None:
    told: list[tuple[int, int]] = []
    x, y, day = scatter(12, 20)
    knox(
        x,
        y,
        dates(*day),
        distances_m=[100],
        days=[7],
        replications=3,
        seed=1,
        progress=lambda done, steps: told.append((done, steps)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("distances_m", "days", "column"),
    [((), (7,), "distances_m"), ((200.0, 100.0), (7,), "distances_m"), ((100.0,), (7, 7), "days")],
)
def test_bounds_that_do_not_rise_are_refused(
    distances_m: tuple[float, ...], days: tuple[int, ...], column: str
) -> None:
    x, y, day = scatter(13, 20)
    with pytest.raises(PolicyRefused) as refused:
        knox_of(x, y, dates(*day), distances_m=distances_m, days=days)
    assert refused.value.problems[0].column == column


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_repeat, "MOST_PAIRS", 189)
    x = np.zeros(20)
    with pytest.raises(PolicyRefused, match="190 pairs of incidents lie within 50 m"):
        near_pairs(x, x, reach_m=50)
    one, other = near_pairs(x[:19], x[:19], reach_m=50)
    assert len(one) == 19 * 18 // 2
    assert (one < other).all()
