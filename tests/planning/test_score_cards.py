"""What each camera of a plan is worth, against plans worked out by hand and one by one."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from hotspots.planning.score_cards import (
    busiest,
    greedy,
    knee_of,
    plans_by_number,
    score_cards,
)
from hotspots.planning.siting import Siting, plan_sites
from hotspots.planning.worth import cameras_on, fits, objective_of, worth


def siting(covers: list[list[int]], demand: list[float], **given: Any) -> Siting:
    """Make a problem of sites 100 m apart on a line, unless told otherwise."""
    columns: dict[str, Any] = {
        "x": [100.0 * nth for nth in range(len(covers))],
        "y": 0.0,
        "area": "a",
        "dwellings_in_view": 0,
        "current": False,
        "required": False,
        "forbidden": False,
    }
    limits = {name: given[name] for name in given if name not in columns}
    columns |= {name: given[name] for name in given if name in columns}
    sites = pd.DataFrame(columns, index=[f"s{nth}" for nth in range(len(covers))])
    return Siting(sites, csr_array(np.array(covers)), np.array(demand, dtype=float), **limits)


LINE = siting(
    [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 0, 0]],
    [10, 4, 3, 2],
    x=[0.0, 100.0, 200.0, 50.0],
    backup_weight=0.5,
    moving_cost=1.0,
    current=[False, True, False, False],
    fixed_cameras=np.array([0, 0, 0, 1]),
)


def test_cards_by_hand() -> None:
    # s0 sees 10 + 4, s1 sees 4 + 3; the fourth point has a fixed camera already.
    cards = score_cards(LINE, np.array([1, 0]))
    assert cards.index.tolist() == ["s0", "s1"]
    assert cards["rank"].tolist() == [1, 2]
    assert cards["demand_alone"].tolist() == [14, 7]
    # Both: 17 and a second camera on the 4. Without s1: 14. Without s0: 7, and no move to pay.
    assert objective_of(LINE, np.array([0, 1])) == 17 + 0.5 * 4 - 1
    assert cards["demand_added"].tolist() == [18 - 7, 18 - 13]
    # s3 stands 50 m from both and sees the same as s0.
    assert cards["alternative"].tolist() == ["s3", "s3"]
    assert cards["alternative_loss"].tolist() == [0, 18 - (14 + 0.5 * 14 - 2)]


def test_no_alternative_where_limits_or_distance_forbid_it() -> None:
    spaced = siting([[1, 0], [1, 0], [0, 1]], [5, 5], x=[0.0, 40.0, 80.0], spacing_m=50.0)
    cards = score_cards(spaced, np.array([0, 2]))
    # s1 is 40 m from both of the chosen: it may take the place of neither.
    assert cards["alternative"].isna().all()
    assert cards["alternative_loss"].isna().all()
    required = siting([[1], [1]], [5], x=[0.0, 40.0], required=[True, False])
    assert score_cards(required, np.array([0]))["alternative"].isna().all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_objective_is_that_of_the_solver_and_the_plan_beats_greedy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = siting(
        (rng.random((9, 15)) < 0.3).astype(int).tolist(),
        rng.integers(0, 9, 15).astype(float).tolist(),
        x=rng.uniform(0, 400, 9).tolist(),
        current=(rng.random(9) < 0.3).tolist(),
        dwellings_in_view=rng.integers(0, 5, 9).tolist(),
        area=rng.choice(["a", "b"], 9).tolist(),
        fixed_cameras=rng.integers(0, 3, 15),
        backup_weight=0.2,
        moving_cost=0.5,
        spacing_m=40.0,
        most_dwellings_in_view=9,
    )
    plan = plan_sites(problem, budget=4, seed=1)
    chosen = problem.sites.index.get_indexer(plan.chosen)
    assert objective_of(problem, chosen) == pytest.approx(plan.objective)
    assert fits(problem, chosen)
    one_by_one = greedy(problem, budget=4)
    assert fits(problem, one_by_one)
    assert objective_of(problem, one_by_one) <= plan.objective + 1e-9
    lone = worth(problem, cameras_on(problem, chosen)) - worth(
        problem, cameras_on(problem, chosen[:0])
    )
    assert lone >= plan.objective - 1e-9


def test_limits_one_by_one() -> None:
    near = siting([[1], [1], [1]], [1], x=[0.0, 30.0, 90.0], spacing_m=50.0)
    assert not fits(near, np.array([0, 1]))
    assert fits(near, np.array([0, 2]))
    assert not fits(siting([[1]], [1], forbidden=[True]), np.array([0]))
    assert not fits(siting([[1], [1]], [1], caps={"a": 1}), np.array([0, 1]))
    views = siting([[1], [1]], [1], dwellings_in_view=[3, 3], most_dwellings_in_view=5)
    assert not fits(views, np.array([0, 1]))


def test_pins_go_to_the_busiest_squares() -> None:
    sites = np.array([[50.0, 50.0], [60.0, 50.0], [450.0, 50.0], [950.0, 50.0]])
    points = np.array([[10.0, 10.0], [90.0, 90.0], [480.0, 10.0], [910.0, 10.0]])
    found = busiest(sites, points, np.array([5.0, 4.0, 8.0, 1.0]), budget=2)
    assert found.tolist() == [0, 2]
    assert len(busiest(sites[:1], points, np.ones(4), budget=3)) == 1


def test_the_knee_is_where_the_curve_is_farthest_above_its_chord() -> None:
    assert knee_of([10, 18, 24, 25, 26, 27]) == 3
    assert knee_of([1, 2, 3]) == 1
    assert knee_of([5]) == 1


def test_a_curve_never_falls_and_its_bounds_hold() -> None:
    rng = np.random.default_rng(3)
    problem = siting(
        (rng.random((8, 14)) < 0.3).astype(int).tolist(),
        rng.integers(1, 9, 14).astype(float).tolist(),
    )
    known = plan_sites(problem, budget=3, seed=1)
    plans = plans_by_number(problem, numbers=range(1, 6), seed=1, gap=0.05, known={3: known})
    for number, plan in plans.items():
        best = max(
            objective_of(problem, np.array(each))
            for each in itertools.combinations(range(8), number)
        )
        assert plan.objective <= best + 1e-9 <= plan.bound + 2e-9
        assert plan.bound <= plan.objective * 1.05 + 1e-9
    assert np.all(np.diff([plan.objective for plan in plans.values()]) >= 0)
    assert plans[3].objective >= known.objective
