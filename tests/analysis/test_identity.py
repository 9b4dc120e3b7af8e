"""Identity from run to run: every name by hand, and what must hold whatever the polygons are."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.identity import SAME_SHARE, Identified, identify
from hotspots.pipeline.evidence.lineage import lineage_of

PREFIX = "36m-burglary-20251231"
Rows = list[tuple[str, str, str]]


def places(**shapes: BaseGeometry) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes.values()), index=list(shapes))


def strip(west: float, east: float) -> BaseGeometry:
    """Return a strip of 100 m, so that its area is its length."""
    return shapely.box(west, 0, east, 100)


def told(*found: BaseGeometry, before: gpd.GeoSeries | None) -> tuple[Rows, list[str]]:
    named = identify(gpd.GeoSeries(list(found)), before, prefix=PREFIX)
    return [tuple(row) for row in named.table.to_numpy()], named.gone


def test_without_an_earlier_run_every_place_is_the_first() -> None:
    assert told(strip(0, 10), strip(20, 30), before=None) == (
        [(f"{PREFIX}-01", "first", ""), (f"{PREFIX}-02", "first", "")],
        [],
    )


def test_an_earlier_run_that_found_nothing_makes_a_place_new() -> None:
    empty = gpd.GeoSeries([], index=pd.Index([], dtype="str"))
    assert told(strip(0, 10), before=empty) == ([(f"{PREFIX}-01", "new", "")], [])


def test_a_place_that_moved_a_little_is_continued_and_one_far_away_is_new() -> None:
    before = places(a=strip(0, 10), b=strip(50, 60))
    assert told(strip(2, 12), strip(90, 99), before=before) == (
        [("a", "continued", "a"), (f"{PREFIX}-01", "new", "")],
        ["b"],
    )


def test_a_place_that_shrank_to_its_heart_or_grew_is_continued() -> None:
    assert told(strip(45, 50), before=places(a=strip(0, 100)))[0] == [("a", "continued", "a")]
    assert told(strip(0, 100), before=places(a=strip(45, 50)))[0] == [("a", "continued", "a")]


@pytest.mark.parametrize(("shared", "lineage"), [(30, "continued"), (29, "new"), (0, "new")])
def test_the_share_of_the_smaller_one_decides(shared: float, lineage: str) -> None:
    assert SAME_SHARE == 0.3
    rows, gone = told(strip(200 - shared, 300 - shared), before=places(a=strip(0, 200)))
    assert rows[0][1] == lineage
    assert gone == ([] if lineage == "continued" else ["a"])


def test_of_a_split_the_largest_part_keeps_the_id() -> None:
    rows, gone = told(strip(0, 30), strip(40, 100), before=places(a=strip(0, 100)))
    assert rows == [(f"{PREFIX}-01", "split", "a"), ("a", "split", "a")]
    assert gone == []


def test_a_merged_place_takes_the_id_it_shares_most_with() -> None:
    rows, gone = told(strip(0, 100), before=places(a=strip(0, 30), b=strip(40, 100)))
    assert rows == [("b", "merged", "a b")]
    assert gone == []


def test_a_knot_of_a_split_and_a_merge() -> None:
    """`a` splits; its larger part merges with `b`, so that `b` lives on as a predecessor only."""
    before = places(a=strip(0, 60), b=strip(70, 100))
    rows, gone = told(strip(0, 15), strip(20, 100), before=before)
    assert rows == [(f"{PREFIX}-01", "split", "a"), ("a", "merged", "a b")]
    assert gone == []


def test_a_chain_of_places_passes_every_id_that_it_can() -> None:
    """Shared: a-1 30, b-1 28, b-2 12: 1 takes `a`, so that `b` goes to 2."""
    before = places(a=strip(0, 30), b=strip(32, 72))
    rows, _ = told(strip(0, 60), strip(60, 80), before=before)
    assert rows == [("a", "merged", "a b"), ("b", "split", "b")]


def test_ties_are_settled_by_id_and_by_order() -> None:
    halves = strip(0, 50), strip(50, 100)
    assert told(*halves, before=places(a=strip(0, 100)))[0][0][0] == "a"
    merged = told(strip(0, 100), before=places(b=halves[0], a=halves[1]))
    assert merged[0] == [("a", "merged", "a b")]


def test_a_prefix_that_the_run_before_used_is_refused() -> None:
    before = places(**{f"{PREFIX}-02": strip(0, 10)})
    with pytest.raises(ValueError, match="begin with 36m-burglary-20251231"):
        identify(gpd.GeoSeries([strip(50, 60)]), before, prefix=PREFIX)
    longer = places(**{f"{PREFIX}0-02": strip(0, 10)})
    named = identify(gpd.GeoSeries([strip(50, 60)]), longer, prefix=PREFIX)
    assert named.table["hotspot_id"].tolist() == [f"{PREFIX}-01"]


def test_an_id_twice_is_refused() -> None:
    twice = gpd.GeoSeries([strip(0, 10), strip(20, 30)], index=["a", "a"])
    with pytest.raises(ValueError, match="occurs twice"):
        identify(twice, twice, prefix=PREFIX)


def maps() -> st.SearchStrategy[gpd.GeoSeries]:
    """Polygons that do not overlap: the cells of a small map by the label they bear."""
    labels = st.lists(st.integers(0, 4), min_size=25, max_size=25)

    def drawn(marks: list[int]) -> gpd.GeoSeries:
        label = np.array(marks)
        y, x = np.divmod(np.arange(25), 5)
        boxes = np.asarray(shapely.box(x, y, x + 1, y + 1), dtype=object)
        return gpd.GeoSeries(
            [shapely.union_all(boxes[label == each]) for each in np.unique(label[label > 0])]
        )

    return labels.map(drawn)


def run(found: gpd.GeoSeries, before: gpd.GeoSeries | None, month: int) -> Identified:
    return identify(found, before, prefix=f"36m-burglary-2025{month:02d}")


def as_before(found: gpd.GeoSeries, named: Identified) -> gpd.GeoSeries:
    return gpd.GeoSeries(found.to_numpy(), index=named.table["hotspot_id"].to_numpy())


@given(maps())
def test_the_same_polygons_are_all_continued(shapes: gpd.GeoSeries) -> None:
    before = as_before(shapes, run(shapes, None, 1))
    again = run(shapes, before, 2)
    assert again.table["hotspot_id"].tolist() == before.index.tolist()
    assert (again.table["lineage"] == "continued").all()
    assert (again.table["predecessors"] == again.table["hotspot_id"]).all()
    assert again.gone == []


@given(maps(), maps())
def test_every_place_has_one_name_and_an_honest_past(
    earlier: gpd.GeoSeries, found: gpd.GeoSeries
) -> None:
    before = as_before(earlier, run(earlier, None, 1))
    named = run(found, before, 2)
    table = named.table
    assert table["hotspot_id"].is_unique
    parts = [text.split() for text in table["predecessors"]]
    followed = {each for part in parts for each in part}
    assert followed | set(named.gone) == set(before.index)
    assert not followed & set(named.gone)
    n_parts = {each: sum(each in part for part in parts) for each in followed}
    for name, lineage, part in zip(table["hotspot_id"], table["lineage"], parts, strict=True):
        if lineage == "new":
            assert part == []
        elif lineage == "merged":
            assert len(part) > 1
        else:
            (only,) = part
            assert (n_parts[only] > 1) == (lineage == "split")
        # An id is passed on to a successor or never seen before.
        assert name in part if name in before.index else name.startswith("36m-burglary-202502-")
        assert lineage != "continued" or name == part[0]
    turned = gpd.GeoSeries(before.iloc[::-1])
    pd.testing.assert_frame_equal(run(found, turned, 2).table, table)


@given(maps(), maps())
def test_predecessors_are_those_that_share_enough_of_the_smaller_one(
    one: gpd.GeoSeries, other: gpd.GeoSeries
) -> None:
    before = gpd.GeoSeries(one.to_numpy(), index=[f"p{number}" for number in range(len(one))])
    named = run(other, before, 2)
    for shape, text in zip(other, named.table["predecessors"], strict=True):
        same = [
            str(name)
            for name, past in before.items()
            if shape.intersection(past).area >= 0.3 * min(shape.area, past.area)
        ]
        assert text == " ".join(same)


@given(st.lists(maps(), min_size=2, max_size=6))
def test_no_id_returns_in_a_row_of_runs_within_a_month(runs: list[gpd.GeoSeries]) -> None:
    """Each knows only the run before it, by which it must still give no id of any."""
    ever_given: set[str] = set()
    before: gpd.GeoSeries | None = None
    for day, found in enumerate(runs, start=1):
        named = lineage_of(
            found, as_frame(before), search="36m-burglary", until=date(2025, 12, day)
        )[0]
        known = set() if before is None else set(before.index)
        minted = set(named["hotspot_id"]) - known
        assert not minted & ever_given
        ever_given |= minted
        before = gpd.GeoSeries(found.to_numpy(), index=named["hotspot_id"].to_numpy())


def as_frame(shapes: gpd.GeoSeries | None) -> gpd.GeoDataFrame | None:
    return None if shapes is None else gpd.GeoDataFrame(geometry=shapes)
