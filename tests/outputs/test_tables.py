import json
import math

import pytest

from hotspots.errors import NotFound
from hotspots.outputs.tables import (
    document_of,
    find_question,
    priorities_document,
    priorities_rows,
)
from tests.outputs import sample

ASKED_BY_ISSUE = [
    "area_code",
    "area_name",
    "count",
    "exposure",
    "rate_per_1000",
    "eb_rate",
    "eb_low",
    "eb_high",
    "rank_count",
    "rank_rate",
    "rank",
    "p_top",
]


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return priorities_document(sample.SampleRun(), sample.question())


def test_the_document_is_plain_json(document: dict[str, object]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_ranked_areas_stand_in_order_with_their_own_figures() -> None:
    document = document_of(sample.SampleRun(), sample.question())
    assert [area.area_code for area in document.areas] == [
        "W02", "W01", "W03", "W04", "W05", "W06", "W07", "W08",
    ]  # fmt: skip
    by_code = {row[0]: row for row in sample.RANKED}
    for area in document.areas:
        row = by_code[area.area_code]
        assert (area.count, area.count_completed, area.dwellings) == row[2:5]
        assert (area.rate_per_1000, area.eb_rate, area.eb_low, area.eb_high) == row[5:9]
        assert (area.rank_count, area.rank_rate, area.rank, area.p_top) == row[9:13]
        assert area.remarks == row[15].split()
        assert area.above_cut == (area.rank <= sample.K)


def test_the_document_has_the_keys_that_others_build_on(document: dict[str, object]) -> None:
    keys = {"areas", "no_data", "missing_months", "period", "level", "k", "policy"}
    assert keys <= document.keys()
    areas = document["areas"]
    assert isinstance(areas, list)
    assert all(set(ASKED_BY_ISSUE) <= area.keys() for area in areas)
    assert document["period"] == "2023-2025"


def test_what_is_not_ranked_stands_apart_without_a_zero() -> None:
    document = document_of(sample.SampleRun(), sample.question())
    assert [(a.area_code, a.count) for a in document.no_data] == [("W09", None)]
    assert [(a.area_code, a.count) for a in document.no_rate] == [("W10", 3)]
    assert [(u.area_code, u.count) for u in document.unplaced] == [("W99", 2)]
    assert document.just_missed == ["W04", "W05", "W06"]


def test_totals_reconcile_with_the_months_inside_the_period() -> None:
    totals = document_of(sample.SampleRun(), sample.question()).totals
    assert (totals.ranked, totals.no_rate, totals.unplaced) == (550, 3, 2)
    assert totals.together == totals.months == 555


def test_the_city_rate_is_all_counts_over_all_exposure() -> None:
    document = document_of(sample.SampleRun(), sample.question())
    dwelling_years = 3 * (4000 + 9000 + 1500 + 2800 + 6600 + 47 + 1700 + 900)
    assert document.city_rate_per_1000 is not None
    assert math.isclose(document.city_rate_per_1000, 1000 * 550 / dwelling_years)


def test_an_endless_ratio_becomes_unknown() -> None:
    tables = sample.results() | {"target": sample.target(count_previous=0, ratio_high=math.inf)}
    document = document_of(sample.SampleRun(tables=tables), sample.question())
    assert document.target[0].ratio_high is None


def test_rows_are_those_of_one_question_ranked_first() -> None:
    rows = priorities_rows(sample.SampleRun(), sample.question())
    assert rows["area_code"].tolist() == [
        "W02", "W01", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10",
    ]  # fmt: skip
    assert "geometry" not in rows


def test_a_question_is_found_or_refused_with_what_there_is() -> None:
    record = sample.record()
    assert find_question(record) == record.questions[0]
    assert find_question(record, level="stadsdeel") == record.questions[1]
    levels = ("stadsdeel", "buurt", "service-area", "wijk")
    many = sample.record(questions=[sample.question(level) for level in levels])
    assert find_question(many).level == "service-area"  # where the triangle chooses
    with pytest.raises(NotFound, match="burglary/wijk, burglary/stadsdeel"):
        find_question(record, theme="assault")
