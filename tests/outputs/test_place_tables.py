from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hotspots.errors import NotFound
from hotspots.outputs.hotspots.place_tables import (
    Hour,
    PlaceDocument,
    peak_of,
    place_document_of,
    search_of,
    was_found_before,
    weights_of,
)
from hotspots.outputs.hotspots.tables import hotspots_document_of
from tests.outputs import sample

FIRST = "36m-burglary-001"


@cache
def _results() -> dict[str, pd.DataFrame]:
    return sample.results()


def _run(tables: dict[str, pd.DataFrame] | None = None) -> sample.SampleRun:
    """The sample run as it is frozen: its record names its results."""
    kept = _results() if tables is None else tables
    return sample.SampleRun(record=sample.record(results=dict.fromkeys(kept, "")), tables=kept)


def _document(hotspot_id: str = FIRST, run: sample.SampleRun | None = None) -> PlaceDocument:
    run = run or _run()
    return place_document_of(run, hotspots_document_of(run, search_of(run, hotspot_id)), hotspot_id)


def _hours(weights: "np.typing.NDArray[np.float64]") -> list[Hour]:
    return [
        Hour(weekday=day, hour=hour, weight=float(weights[day, hour]))
        for day in range(7)
        for hour in range(24)
    ]


def test_the_document_holds_the_hotspot_as_its_search_found_it() -> None:
    run = _run()
    for search in (sample.search(), sample.search(months=12, incidents=400)):
        found = hotspots_document_of(run, search)
        for hotspot in found.hotspots:
            document = _document(hotspot.hotspot_id)
            assert document.hotspot == hotspot
            assert document.search == search
            assert (document.found, document.run) == (len(found.hotspots), found.run)


def test_steps_and_hours_are_those_of_the_tables() -> None:
    document = _document()
    steps = _results()["steps"].astype(object)
    expected = steps.where(steps.notna(), None).drop(columns="hotspot_id").to_dict("records")
    assert [step.model_dump(exclude={"missing_months"}) for step in document.steps] == expected
    missing = [step.missing_months for step in document.steps]
    assert missing == [[]] * 11 + [["2025-12"]]
    assert document.steps[-1].count is None
    assert document.steps[-1].hot is None
    # 80 incidents, evenly over four hours of seven days: two hours hold half
    assert (document.hours_known, len(document.hours)) == (80, 168)
    assert document.peak is not None
    assert (document.peak.first_hour, document.peak.until_hour, document.peak.hours) == (17, 19, 2)
    assert document.peak.incidents == pytest.approx(40)
    assert document.peak.weekday_incidents == pytest.approx(80 / 7)


def test_steps_come_in_the_order_of_time() -> None:
    later_first = {**_results(), "steps": _results()["steps"].iloc[::-1]}
    assert _document(run=_run(later_first)).steps == _document().steps


def test_an_area_that_was_not_tested_has_no_steps() -> None:
    tables = _results()
    steps = tables["steps"].assign(hotspot_id="36m-burglary-002")
    document = _document("36m-burglary-002", _run(tables | {"steps": steps}))
    assert document.hotspot.kind == "stack"
    assert document.hotspot.trend is None
    assert document.steps == []


def test_no_known_hour_is_not_the_same_as_hours_never_looked_at() -> None:
    unknown = _document("36m-burglary-003")
    assert (unknown.hours, unknown.hours_known, unknown.peak) == ([], 0, None)
    older = {name: table for name, table in _results().items() if name not in ("hours", "steps")}
    document = _document(run=_run(older))
    assert (document.hours, document.hours_known, document.peak) == ([], None, None)
    assert document.steps == []


def test_a_hotspot_that_the_run_does_not_have_is_refused() -> None:
    with pytest.raises(NotFound, match="no such hotspot"):
        search_of(_run(), "36m-burglary-999")
    without = sample.SampleRun(record=sample.record(searches=[]), tables={})
    with pytest.raises(NotFound):
        search_of(without, FIRST)


def test_a_hotspot_of_the_run_before_is_known_as_gone() -> None:
    assert was_found_before(_run(), "36m-burglary-007")
    assert not was_found_before(_run(), "36m-burglary-999")
    assert not was_found_before(_run({}), "36m-burglary-007")


def test_a_night_runs_on_past_midnight() -> None:
    weights = np.zeros((7, 24))
    weights[4, 23], weights[5, 0], weights[5, 1], weights[2, 12] = 3, 4, 3, 5
    peak = peak_of(_hours(weights))
    assert (peak.first_hour, peak.until_hour, peak.hours) == (23, 2, 3)
    assert peak.incidents == 10
    assert (peak.weekday, peak.weekday_incidents) == (5, 7)


@given(
    arrays(np.float64, (7, 24), elements=st.integers(0, 20).map(float)).filter(lambda w: w.any())
)
def test_no_shorter_part_of_the_day_holds_half(weights: "np.typing.NDArray[np.float64]") -> None:
    peak = peak_of(_hours(weights))
    per_hour, half = weights.sum(axis=0), weights.sum() / 2

    def within(first: int, hours: int) -> float:
        return float(sum(per_hour[(first + hour) % 24] for hour in range(hours)))

    assert within(peak.first_hour, peak.hours) == pytest.approx(peak.incidents)
    assert peak.incidents >= half
    assert (peak.first_hour + peak.hours) % 24 == peak.until_hour
    assert all(within(first, peak.hours) <= peak.incidents for first in range(24))
    assert all(within(first, peak.hours - 1) < half for first in range(24))
    assert peak.weekday_incidents == weights.sum(axis=1).max()


def test_weights_stand_by_weekday_and_hour() -> None:
    weights = np.arange(168.0).reshape(7, 24)
    assert (weights_of(reversed(_hours(weights))) == weights).all()
