"""Bursts: planted ones are found, and busy places, seasons, series and chance give none."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from hotspots.analysis.bursts import Bursts, find_bursts
from hotspots.analysis.grid import Floats, Ints
from hotspots.errors import PolicyRefused

UNTIL = date(2025, 10, 31)
LAST = np.datetime64(UNTIL, "D")
N_DAYS = 820
SIDE_M = 9_900.0

Rows = tuple[Floats, Floats, Ints]


def city(seed: int, n: int = 3_100) -> Rows:
    """Return burglaries of 820 days in 98 km2: busy quarters, quiet ones, more in winter.

    Days are counted back from the last.
    """
    rng = np.random.default_rng(seed)
    centres, weight = rng.random((60, 2)) * SIDE_M, rng.gamma(0.6, 1, 60)
    chosen = centres[rng.choice(60, n, p=weight / weight.sum())]
    x, y = (chosen + rng.normal(0, 400, (n, 2))).T % SIDE_M
    ago = np.arange(N_DAYS)
    season = 1 + 0.4 * np.cos(2 * np.pi * (ago - 290) / 365)
    return x, y, rng.choice(ago, n, p=season / season.sum())


def rows_of(x: npt.ArrayLike, y: npt.ArrayLike, ago: npt.ArrayLike) -> Rows:
    """Return incidents; a single number holds for all of them."""
    each = np.broadcast_arrays(x, y, ago)
    return each[0].astype(np.float64), each[1].astype(np.float64), each[2].astype(np.int64)


def planted(rows: Rows, more: Rows) -> Rows:
    x, y, ago = (np.append(*sides) for sides in zip(rows, more, strict=True))
    return x, y, ago


def eight_in_twelve_days(x_m: float, y_m: float, *, ago: int = 15) -> Rows:
    """Return eight burglaries in twelve days, no two more than 300 m apart."""
    rng = np.random.default_rng(15)
    angle, away = rng.random(8) * 2 * np.pi, rng.random(8) * 150
    days = np.array([0, 1, 3, 3, 6, 8, 10, 11])
    return x_m + away * np.cos(angle), y_m + away * np.sin(angle), ago + days


def bursts_of(rows: Rows, *, replications: int = 199, seed: int = 1, alpha: float = 0.05) -> Bursts:
    x, y, ago = rows
    return find_bursts(
        x, y, LAST - ago, until=UNTIL, seed=seed, alpha=alpha, replications=replications
    )


def test_eight_burglaries_in_twelve_days_are_found_among_a_city() -> None:
    rows = planted(city(1), eight_in_twelve_days(3_000, 7_000))
    found = bursts_of(rows, replications=999)
    assert len(found.table) == 1
    row = found.table.iloc[0]
    assert np.hypot(row["x"] - 3_000, row["y"] - 7_000) < 150
    assert row["radius_m"] <= 300
    assert (found.burst[-8:] == 0).all()
    assert row["count"] == row["incidents"] == (found.burst == 0).sum() >= 8
    assert row["expected"] < 1
    assert row["p_value"] == 0.001
    held = (LAST - rows[2])[found.burst == 0]
    assert (row["first_day"], row["last_day"]) == (held.min(), held.max())


def test_random_dates_give_a_false_alarm_no_more_often_than_alpha() -> None:
    runs, alarms = 120, 0
    for seed in range(runs):
        alarms += len(bursts_of(city(seed, 1_500), replications=59, seed=seed).table) > 0
    assert alarms <= binom.ppf(0.999, runs, 0.05)


def test_a_place_that_is_always_busy_and_a_city_wide_wave_are_no_bursts() -> None:
    rng = np.random.default_rng(3)
    # One quarter with 300 burglaries at all times; and a fortnight with three times as many
    # everywhere as usual.
    busy = (5_000 + rng.normal(0, 60, 300), 5_000 + rng.normal(0, 60, 300))
    rows = planted(city(3), (*busy, rng.integers(0, N_DAYS, 300)))
    x, y, _ = city(4)
    wave = rng.choice(len(x), 110, replace=False)
    rows = planted(rows, (x[wave], y[wave], rng.integers(30, 44, 110)))
    near, lately = np.hypot(rows[0] - 5_000, rows[1] - 5_000) < 200, rows[2] < 90
    assert (near & lately).sum() > 20
    assert bursts_of(rows).table.empty


@pytest.mark.parametrize("apart_days", [0, 1])
def test_a_series_of_one_day_at_one_place_counts_once(apart_days: int) -> None:
    series = rows_of(2_000, 2_000, 20 + apart_days * np.arange(8))
    found = bursts_of(planted(city(5), series))
    assert len(found.table) == apart_days


def test_what_was_registered_twice_is_a_member_but_does_not_count() -> None:
    x, y, ago = eight_in_twelve_days(3_000, 7_000)
    twice = (np.append(x, x[:2]), np.append(y, y[:2]), np.append(ago, ago[:2]))
    once, found = (bursts_of(planted(city(1), rows)) for rows in ((x, y, ago), twice))
    assert found.table["count"].tolist() == once.table["count"].tolist()
    assert found.table["incidents"].tolist() == (once.table["incidents"] + 2).tolist()


def test_two_bursts_are_told_apart_and_share_nothing() -> None:
    rows = planted(city(6), eight_in_twelve_days(3_000, 7_000))
    rows = planted(rows, eight_in_twelve_days(3_100, 7_100, ago=50))
    rows = planted(rows, eight_in_twelve_days(8_000, 2_000))
    found = bursts_of(rows)
    assert len(found.table) == 3
    groups = [set(found.burst[len(rows[0]) - k : len(rows[0]) - k + 8]) for k in (24, 16, 8)]
    assert [len(group) for group in groups] == [1, 1, 1]
    assert set.union(*groups) == {0, 1, 2}
    assert found.table["incidents"].sum() == (found.burst >= 0).sum()
    assert found.table["p_value"].is_monotonic_increasing


def test_a_long_wave_is_found_in_parts_that_share_nothing() -> None:
    ago = np.arange(20, 50)
    rows = planted(city(6), rows_of(4_000 + 3 * ago, 4_000 - 2 * (ago % 7), ago))
    table = bursts_of(rows).table
    assert len(table) >= 2
    assert table["count"].tolist() == table["incidents"].tolist()
    assert ((table["last_day"] - table["first_day"]).dt.days < 14).all()


def test_where_dates_cannot_differ_nothing_is_unusual() -> None:
    table = bursts_of(rows_of(10 * np.arange(6), 0, 3), alpha=1.0).table
    assert table["count"].tolist() == [6]
    assert table["p_value"].tolist() == [1.0]


@pytest.mark.parametrize(("ago", "n_bursts"), [(85, 1), (86, 0)])
def test_the_look_back_includes_its_first_day(ago: int, n_bursts: int) -> None:
    x, y, before = city(7)
    # Nothing else lies within a kilometre.
    away = np.hypot(x - 3_000, y - 7_000) > 1_000
    five = rows_of(3_000 + 10 * np.arange(5), 7_000, ago + np.arange(5))
    assert len(bursts_of(planted((x[away], y[away], before[away]), five)).table) == n_bursts


def strongest(x: Floats, y: Floats, ago: Ints) -> tuple[float, int, float]:
    """Go through every circle and stretch of the look-back; smallest tail, count, expected."""
    found = (1.0, 0, 0.0)
    recent = np.flatnonzero(ago < 90)
    for centre in recent:
        near = np.hypot(x - x[centre], y - y[centre]) <= 300
        for begin in {int(ago[i]) for i in recent if near[i]}:
            stretch = (ago <= begin) & (ago > begin - 14)
            count = int((near & stretch).sum())
            expected = near.sum() * stretch.sum() / len(x)
            if count >= 5:
                found = min(found, (float(poisson.sf(count - 1, expected)), count, expected))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_strongest_group_equals_a_walk_through_all_circles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # All at places of their own, so that each is an event.
    x, y = (rng.permutation(900)[:250].astype(np.float64) * by for by in (1, 2))
    ago = rng.integers(0, 400, 250)
    _, count, expected = strongest(x, y, ago)
    first = bursts_of((x, y, ago), alpha=1.0, replications=19).table.iloc[0]
    assert first["count"] == count
    assert first["expected"] == pytest.approx(expected)


def test_only_the_look_back_is_searched_and_later_days_are_unknown() -> None:
    long_ago = planted(city(7), eight_in_twelve_days(3_000, 7_000, ago=120))
    assert bursts_of(long_ago).table.empty
    rows = planted(city(7), eight_in_twelve_days(3_000, 7_000))
    later = planted(rows, eight_in_twelve_days(8_000, 2_000, ago=-20))
    found = bursts_of(later)
    pd.testing.assert_frame_equal(found.table, bursts_of(rows).table)
    assert (found.burst[-8:] == -1).all()


def test_the_last_day_counts_whatever_the_hour() -> None:
    x, y, ago = planted(city(8), eight_in_twelve_days(3_000, 7_000, ago=0))
    by_day = LAST - ago
    at_noon = np.datetime64(f"{UNTIL}T12:00", "s") - ago.astype("timedelta64[D]")
    found, same = (
        find_bursts(x, y, day, until=UNTIL, seed=1, replications=99) for day in (by_day, at_noon)
    )
    assert found.table["last_day"].tolist() == [pd.Timestamp(UNTIL)]
    pd.testing.assert_frame_equal(found.table, same.table)


def test_the_order_of_the_incidents_does_not_matter() -> None:
    rows = planted(city(9), eight_in_twelve_days(3_000, 7_000))
    order = np.random.default_rng(1).permutation(len(rows[0]))
    found, shuffled = bursts_of(rows), bursts_of((rows[0][order], rows[1][order], rows[2][order]))
    pd.testing.assert_frame_equal(found.table, shuffled.table)
    np.testing.assert_array_equal(found.burst[order], shuffled.burst)


def test_incidents_known_by_month_are_left_out_and_counted() -> None:
    x, y, ago = planted(city(1), eight_in_twelve_days(3_000, 7_000))
    day = LAST - ago
    day[-8:] = np.datetime64("NaT")
    found = find_bursts(x, y, day, until=UNTIL, seed=1, replications=99)
    assert found.n_undated == 8
    assert found.table.empty


@pytest.mark.parametrize("n", [0, 1, 4])
def test_a_handful_of_incidents_is_no_burst(n: int) -> None:
    x, y, ago = city(1, n)
    found = bursts_of((x, y, ago % 14))
    assert found.table.empty
    full = bursts_of(planted(city(1), eight_in_twelve_days(3_000, 7_000))).table
    assert found.table.dtypes.equals(full.dtypes)


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotspots.analysis.near_repeat.MOST_PAIRS", 1_000)
    with pytest.raises(PolicyRefused, match="Use a shorter period"):
        bursts_of(city(1))


def test_a_cut_off_day_before_all_incidents_gives_none() -> None:
    x, y, ago = city(1, 100)
    early = UNTIL - timedelta(days=N_DAYS + 10)
    assert find_bursts(x, y, LAST - ago, until=early, seed=1).table.empty
