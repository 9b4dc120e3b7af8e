"""Two runs compared: worked by hand, and both ways round."""

from datetime import date
from typing import Any

import geopandas as gpd
import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given
from shapely import box

from hotspots.outputs.difference_sentences import why_sentence
from hotspots.outputs.text import Words
from hotspots.pipeline.comparing import (
    area_moves,
    compare_runs,
    hotspot_moves,
    settings_that_differ,
)
from hotspots.records import Delivery, RunRecord
from tests.outputs import sample


class Held:
    """A run whose tables are at hand."""

    def __init__(self, record: RunRecord, **changed: pd.DataFrame) -> None:
        self.record = record
        self._tables = {**sample.results(), **changed}

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name]

    def cells(self, theme: str, months: int) -> pd.DataFrame:
        raise AssertionError("counts per cell are never read to compare runs")


def ranked(rows: dict[str, tuple[int | None, int]]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["rank", "count"])
    return frame.astype("Int64").assign(area_name=[f"name of {code}" for code in rows])


def test_areas_that_moved_came_and_went_are_told() -> None:
    a = ranked({"W1": (1, 9), "W2": (2, 8), "W3": (3, 7), "W4": (4, 1)})
    b = ranked({"W1": (1, 9), "W2": (3, 8), "W3": (2, 7), "W5": (4, 2)})
    moves = area_moves(a, b, k_a=2, k_b=2)
    assert [each.area_code for each in moves] == ["W3", "W2", "W5", "W4"]
    by_code = {each.area_code: each for each in moves}
    assert (by_code["W3"].in_top_a, by_code["W3"].in_top_b) == (False, True)
    assert (by_code["W2"].in_top_a, by_code["W2"].in_top_b) == (True, False)
    assert (by_code["W4"].rank_b, by_code["W4"].count_b) == (None, None)
    assert (by_code["W5"].rank_a, by_code["W5"].area_name) == (None, "name of W5")


def test_a_longer_list_moves_the_line_over_areas_that_stay_where_they_are() -> None:
    same = ranked({"W1": (1, 9), "W2": (2, 8)})
    (move,) = area_moves(same, same, k_a=1, k_b=2)
    assert (move.area_code, move.in_top_a, move.in_top_b) == ("W2", False, True)


@given(
    st.lists(st.permutations(range(1, 7)), min_size=2, max_size=2),
    st.integers(1, 6),
)
def test_compared_the_other_way_round_everything_is_the_other_way_round(
    orders: list[list[int]], k: int
) -> None:
    a, b = (
        ranked({f"W{n}": (rank, 10 - rank) for n, rank in enumerate(order)}) for order in orders
    )
    there, back = area_moves(a, b, k_a=k, k_b=k), area_moves(b, a, k_a=k, k_b=k)
    turned = {(m.area_code, m.rank_b, m.rank_a, m.in_top_b, m.in_top_a) for m in back}
    assert {(m.area_code, m.rank_a, m.rank_b, m.in_top_a, m.in_top_b) for m in there} == turned
    # As many came above the line as went below it.
    assert sum(m.in_top_b for m in there) == sum(m.in_top_a for m in there)


def found(**squares: tuple[float, float, float]) -> gpd.GeoDataFrame:
    shapes = [box(x, y, x + side, y + side) for x, y, side in squares.values()]
    return gpd.GeoDataFrame(
        {"count": [10 * (n + 1) for n in range(len(shapes))]},
        geometry=gpd.GeoSeries(shapes, index=list(squares)),
        index=pd.Index(list(squares), dtype="str"),
    )


def test_hotspots_are_followed_by_their_ground_and_not_by_their_ids() -> None:
    a = found(one=(0, 0, 100), two=(1000, 0, 100), three=(5000, 0, 100))
    # `one` is somebody else's ground now; `b` bears no id of before.
    b = found(same=(1000, 0, 100), grown=(30, 40, 100), one=(9000, 0, 100))
    appeared, vanished, moved = hotspot_moves(a, b)
    assert appeared == ["one"]
    assert vanished == ["three"]
    (move,) = moved
    assert (move.id_b, move.ids_a, move.count_a, move.count_b) == ("grown", ["one"], 10, 20)
    assert move.shift_m == 50.0  # 30 east and 40 north
    assert (move.km2_a, move.km2_b) == (0.01, 0.01)


def test_two_that_grew_together_are_one_move_with_both() -> None:
    a = found(left=(0, 0, 100), right=(100, 0, 100))
    b = gpd.GeoDataFrame(
        {"count": [30]}, geometry=[box(0, 0, 200, 100)], index=pd.Index(["both"], dtype="str")
    )
    appeared, vanished, moved = hotspot_moves(a, b)
    assert (appeared, vanished) == ([], [])
    assert (moved[0].ids_a, moved[0].count_a, moved[0].shift_m) == (["left", "right"], 30, 0.0)


@pytest.mark.parametrize(("a", "b"), [({}, {"x": (0, 0, 100)}), ({"x": (0, 0, 100)}, {})])
def test_a_search_that_found_nothing_is_compared_too(a: Any, b: Any) -> None:
    appeared, vanished, moved = hotspot_moves(found(**a), found(**b))
    assert (appeared, vanished, moved) == (list(b), list(a), [])


def test_settings_differ_by_their_dotted_name_and_one_that_is_not_known_is_no_empty_one() -> None:
    a: dict[str, object] = {"priorities": {"top_k": 11, "themes": []}, "scan": {"on": True}}
    b: dict[str, object] = {
        "priorities": {"top_k": 5, "themes": []},
        "scan": {"on": True, "new": ""},
    }
    differ = settings_that_differ(a, b)
    assert [(each.name, each.a, each.b) for each in differ] == [
        ("priorities.top_k", "11", "5"),
        ("scan.new", None, ""),
    ]


# ---------------------------------------------------------------- the reason, said first
def record(**changes: object) -> RunRecord:
    hashes = dict.fromkeys(sample.results(), "0" * 64)
    return sample.record(**{"results": hashes, **changes})


def why(a: RunRecord, b: RunRecord) -> str:
    return why_sentence(compare_runs(Held(a), Held(b)), Words("en"))


def test_the_same_run_and_runs_without_a_difference_are_told_apart() -> None:
    assert why(record(), record()) == "This is the same run twice."
    assert why(record(), record(id="other")).startswith("Nothing was put in otherwise.")


def test_one_difference_is_the_reason_and_of_several_each_may_be() -> None:
    a = record()
    changed = dict.fromkeys(a.results, "1" * 64)
    until = date(2024, 11, 30)
    one = why(a, record(id="b", until=until, results=changed))
    assert one.startswith("The results differ because of one thing: the cut-off date")
    two = why(a, record(id="b", until=until, code={"hotspots": "0.2.0"}, results=changed))
    assert "each may be the reason" in two
    assert "the program" in two


def test_a_difference_that_changed_no_result_is_said_to_have_changed_none() -> None:
    told = why(record(), record(id="b", code={"hotspots": "0.2.0"}))
    assert told.endswith("Yet all results that both have are the same.")


def test_a_setting_that_an_older_program_did_not_know_is_nobodys_choice() -> None:
    a = record()
    older = record(
        id="b",
        policy={name: part for name, part in a.policy.items() if name != "publication"},
        code={"hotspots": "0.0.9"},
    )
    difference = compare_runs(Held(a), Held(older))
    assert difference.causes == ["code"]
    assert {each.b for each in difference.policy} <= {None}


def test_what_is_confidential_is_in_neither_list_of_deliveries_nor_results() -> None:
    (plain,) = record().deliveries
    scan = Delivery.model_validate({**plain.model_dump(), "id": "groups-1", "kind": "groups"})
    other = record(id="b", deliveries=[plain, scan])
    difference = compare_runs(Held(record()), Held(other))
    assert difference.deliveries_b == []
    assert "groups" not in difference.model_dump_json(exclude={"policy"}).replace(
        "groups_layer", "groups"
    )
    assert difference.causes == ["deliveries"]
