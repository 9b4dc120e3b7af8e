"""What an exchange of one site costs, against plans that are worked out anew one by one."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from hotspots.planning.score_cards import greedy
from hotspots.planning.siting import Siting
from hotspots.planning.swaps import exchanges, swaps
from hotspots.planning.worth import by_rank, cameras_on, demand_added, fits, objective_of
from tests.planning.test_score_cards import siting


def town(seed: int, **given: Any) -> Siting:
    """Return a small problem with every limit that a plan may have."""
    rng = np.random.default_rng(seed)
    limits: dict[str, Any] = {
        "x": rng.uniform(0, 400, 10).tolist(),
        "current": (rng.random(10) < 0.3).tolist(),
        "required": (np.arange(10) == 9).tolist(),
        "forbidden": (np.arange(10) == 8).tolist(),
        "dwellings_in_view": rng.integers(0, 5, 10).tolist(),
        "area": rng.choice(["a", "b"], 10).tolist(),
        "fixed_cameras": rng.integers(0, 3, 16),
        "backup_weight": 0.2,
        "moving_cost": 0.5,
        "spacing_m": 30.0,
        "caps": {"a": 3, "b": 3},
        "most_dwellings_in_view": 12,
        **given,
    }
    limits["caps"] = {code: n for code, n in limits["caps"].items() if code in limits["area"]}
    seen = (rng.random((10, 16)) < 0.3).astype(int).tolist()
    return siting(seen, rng.integers(0, 9, 16).astype(float).tolist(), **limits)


def planned(problem: Siting) -> Any:
    return greedy(problem, budget=4)


def covered(problem: Siting, chosen: Any) -> float:
    return float(problem.demand[cameras_on(problem, chosen) >= 1].sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_exchange_is_the_plan_worked_out_anew(seed: int) -> None:
    problem = town(seed)
    chosen = planned(problem)
    whole, in_view = objective_of(problem, chosen), covered(problem, chosen)
    for nth, exchange in enumerate(exchanges(problem, chosen)):
        others = np.delete(chosen, nth)
        for site in range(len(problem.sites)):
            after = np.append(others, site)
            may = (
                site not in chosen
                and fits(problem, after)
                and not problem.sites["required"].iloc[chosen[nth]]
            )
            assert exchange.allowed[site] == may
            if may:
                assert exchange.loss[site] == pytest.approx(whole - objective_of(problem, after))
                assert exchange.covered_loss[site] == pytest.approx(
                    in_view - covered(problem, after)
                )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ranks_and_what_each_adds_are_those_of_plans_one_by_one(seed: int) -> None:
    problem = town(seed)
    chosen = planned(problem)
    whole = objective_of(problem, chosen)
    assert demand_added(problem, chosen) == pytest.approx(
        [whole - objective_of(problem, np.delete(chosen, nth)) for nth in range(len(chosen))]
    )
    ranked = by_rank(problem, chosen)
    assert sorted(ranked) == sorted(chosen)
    for nth in range(len(ranked)):
        gains = [objective_of(problem, np.append(ranked[:nth], site)) for site in ranked[nth:]]
        assert gains[0] == pytest.approx(max(gains))


def test_the_list_is_near_bounded_and_ends_nowhere_without_the_best() -> None:
    # Five sites in a row that see 10, 9, 8, 7 and 9.5 of one demand each; s0 is chosen.
    row = siting(
        np.eye(5, dtype=int).tolist(), [10, 9, 8, 7, 9.5], x=[0.0, 20.0, 40.0, 60.0, 900.0]
    )
    found = swaps(row, np.array([0]), within_m=50, most=1)
    assert found["replacement"].tolist() == ["s4", "s1"]
    assert found["loss"].tolist() == [0.5, 1]
    assert found["covered_loss"].tolist() == [0.5, 1]
    assert found["away_m"].tolist() == [900, 20]
    assert found["is_best"].tolist() == [True, False]
    near = swaps(row, np.array([0]), within_m=1000, most=2)
    assert near["replacement"].tolist() == ["s4", "s1"]
    assert swaps(row, np.arange(5), within_m=1000, most=9).empty


def test_of_sites_as_good_the_first_is_named() -> None:
    twins = siting([[1, 0], [0, 1], [0, 1]], [5, 4], x=[0.0, 20.0, 40.0])
    assert swaps(twins, np.array([0]), within_m=99, most=1)["replacement"].tolist() == ["s1"]


def test_a_second_camera_counts_at_its_share() -> None:
    # s0 and s1 both see the 10; s2 sees the 3. In the place of s1, s2 loses 2 and wins 3.
    pair = Siting(
        pd.DataFrame(
            {
                "x": [0.0, 100.0, 200.0],
                "y": 0.0,
                "area": "a",
                "dwellings_in_view": 0,
                "current": True,
                "required": False,
                "forbidden": False,
            },
            index=["s0", "s1", "s2"],
        ),
        csr_array(np.array([[1, 0], [1, 0], [0, 1]])),
        np.array([10.0, 3.0]),
        backup_weight=0.2,
    )
    found = swaps(pair, np.array([0, 1]), within_m=300, most=5).set_index("site")
    assert found.loc["s1", "loss"] == pytest.approx(2 - 3)
    assert found.loc["s1", "covered_loss"] == pytest.approx(-3)
