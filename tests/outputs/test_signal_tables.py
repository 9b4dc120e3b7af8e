import pandas as pd
import pytest

from hotspots.outputs.signals.pairs import VERDICTS
from hotspots.outputs.signals.tables import SIGNALS, Absence
from hotspots.policy import Policy
from tests.outputs import sample
from tests.outputs.signal_run import every_result, signals_document, signals_run


def _policy(**hotspots: object) -> dict[str, object]:
    policy = Policy().model_dump(mode="json")
    return {**policy, "hotspots": {**policy["hotspots"], **hotspots}}


def test_bursts_have_the_figures_of_the_table_the_latest_first() -> None:
    (found,) = signals_document().sequences
    assert [(b.number, b.burst_id, b.first_day, b.last_day) for b in found.bursts] == [
        (1, "burglary-20251101-01", "2025-11-01", "2025-11-09"),
        (2, "burglary-20251006-01", "2025-10-06", "2025-10-17"),
    ]
    second = found.bursts[1]
    assert (second.count, second.incidents, second.expected, second.p_value, second.radius_m) == (
        8, 9, 0.4, 0.0001, 140.0,
    )  # fmt: skip
    assert (second.area_code, second.area_name) == ("W01", "Havenkwartier")


def test_bursts_of_one_area_stand_together_also_where_no_area_is_known() -> None:
    bursts = every_result()["bursts"]
    rows = [
        ("a", "W01", "2025-11-01"), ("b", None, "2025-11-20"), ("c", "W02", "2025-11-15"),
        ("d", "W01", "2025-11-18"), ("e", None, "2025-10-01"),
    ]  # fmt: skip
    many = pd.concat([bursts.iloc[[0]]] * len(rows), ignore_index=True)
    for name, column in zip(
        ("burst_id", "area_code", "last_day"), zip(*rows, strict=True), strict=True
    ):
        many[name] = pd.Series(column, dtype="str")
    (found,) = signals_document(signals_run({"bursts": many})).sequences
    assert [burst.burst_id for burst in found.bursts] == ["b", "e", "d", "a", "c"]
    assert found.bursts[0].area_code is None


def test_the_look_back_is_counted_from_the_cut_off() -> None:
    (found,) = signals_document().sequences
    # 90 days, the first and the last included: 29 of September, 31 of October, 30 of November
    assert found.looked_from == "2025-09-02"
    assert found.lately.missing_months == []


def _older(run: sample.SampleRun) -> sample.SampleRun:
    """A run from before it was told what results rest on."""
    tables = {name: table for name, table in run.tables.items() if name != "basis"}
    return sample.SampleRun(record=run.record, tables=tables)


def test_of_an_older_run_its_searches_tell_what_was_not_delivered() -> None:
    searches = [
        sample.search(missing_months=["2023-02", "2025-10"]),
        sample.search("youth_reports", 12, missing_months=["2025-11"]),
    ]
    (found,) = signals_document(_older(signals_run(searches=searches))).sequences
    assert found.lately.missing_months == ["2025-10"]
    assert found.basis.missing_months == ["2023-02", "2025-10"]
    assert found.basis.incidents is None
    assert found.tells_days
    assert found.usual is None


def test_each_result_tells_the_months_and_incidents_that_it_rests_on() -> None:
    document = signals_document()
    (found,) = document.sequences
    assert (found.basis.first_month, found.basis.missing_months) == ("2023-01", ["2025-12"])
    assert (found.lately.first_month, found.lately.last_month) == ("2025-09", "2025-11")
    assert found.usual is not None
    assert (found.usual.first_month, found.usual.last_month) == ("2023-08", "2025-08")
    assert [scanned.basis.without_dwellings for scanned in document.scanned] == [11, 0]


@pytest.mark.parametrize(
    ("incidents", "undated", "tells"),
    [(0, 0, True), (10, 0, True), (10, 5, True), (10, 6, False), (8123, 8123, False)],
)
def test_where_most_days_are_unknown_no_absence_is_told(
    incidents: int, undated: int, tells: bool
) -> None:
    basis = every_result()["basis"]
    of_bursts = basis["result"].isin(["bursts", "near_repeat"])
    changed = basis.assign(
        incidents=basis["incidents"].mask(of_bursts, incidents),
        stacked=basis["stacked"].mask(of_bursts, 0),
        undated=basis["undated"].mask(of_bursts, undated),
    )
    (found,) = signals_document(signals_run({"basis": changed})).sequences
    assert (found.tells_days, found.tells_days_lately) == (tells, tells)


def test_every_band_is_kept_with_what_it_is() -> None:
    (found,) = signals_document().sequences
    assert len(found.bands) == 9
    assert [band.same_place for band in found.bands] == [True] * 3 + [False] * 6
    assert [band.same_day for band in found.bands] == [True, False, False] * 3
    (rare,) = [band for band in found.bands if band.rare]
    assert (rare.distance_to_m, rare.days_to, rare.pairs, rare.ratio) == (100.0, 7, 90, 2.25)


def test_a_pair_that_is_not_expected_at_all_has_no_ratio() -> None:
    repeats = every_result()["near_repeat"].assign(expected=0.0, ratio=float("nan"))
    (found,) = signals_document(signals_run({"near_repeat": repeats})).sequences
    assert {band.ratio for band in found.bands} == {None}


def test_sources_that_contradict_come_first_then_verdict_by_verdict() -> None:
    (compared,) = signals_document().comparisons
    assert [(area.area_code, area.verdict) for area in compared.areas] == [
        ("W01", "contradict"), ("W03", "both_down"), ("W04", "one_sided"), ("W02", "unclear"),
    ]  # fmt: skip
    assert set(VERDICTS) >= {area.verdict for area in compared.areas}
    first = compared.areas[0]
    assert (first.reports.before, first.reports.now, first.reports.ratio) == (100, 140, 1.4)
    assert (first.records.ratio_low, first.records.ratio_high) == (0.54, 0.97)
    assert (first.divergence, first.divergence_low, first.divergence_high) == (1.92, 1.31, 2.86)
    assert (first.local, first.q_value, first.same_months) == (True, 0.01, 11)
    last = compared.areas[2]
    assert (last.reports.ratio, last.reports.ratio_low, last.reports.ratio_high) == (
        None, 0.41, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "before", "months"),
    [
        ("2025-07", "2025-12", ("2024-07", "2024-12"), 6),
        ("2025-01", "2025-12", ("2024-01", "2024-12"), 12),
        ("2024-10", "2025-12", ("2022-10", "2023-12"), 15),  # a year before would overlap
    ],
)
def test_sources_are_compared_with_the_same_calendar_months(
    first: str, last: str, before: tuple[str, str], months: int
) -> None:
    sources = every_result()["sources"].assign(first_month=first, last_month=last)
    (compared,) = signals_document(signals_run({"sources": sources})).comparisons
    assert (compared.before_first_month, compared.before_last_month) == before
    assert compared.months == months


def test_months_missing_in_either_source_and_period_are_named() -> None:
    """The year before lies beyond what any search of twelve months looked at."""
    basis = every_result()["basis"]
    before = (basis["result"] == "sources") & (basis["part"] == "before")
    reports = before & (basis["theme"] == "youth_reports")
    changed = basis.assign(missing_months=basis["missing_months"].mask(reports, "2024-03 2024-04"))
    searches = [sample.search("youth_reports", 12), sample.search("youth_nuisance", 12)]
    run = signals_run({"basis": changed}, searches=searches)
    (compared,) = signals_document(run).comparisons
    assert compared.missing_months == ["2024-03", "2024-04", "2025-12"]


def test_each_pair_of_sources_is_a_comparison_of_its_own() -> None:
    one = every_result()["sources"]
    other = one.assign(reports_theme="alcohol_reports", records_theme="alcohol_nuisance")
    both = pd.concat([one, other], ignore_index=True)
    found = signals_document(signals_run({"sources": both})).comparisons
    assert [each.records_theme for each in found] == ["youth_nuisance", "alcohol_nuisance"]
    assert [len(each.areas) for each in found] == [4, 4]


def test_circles_are_numbered_on_from_the_bursts_those_on_the_map_first() -> None:
    scan = every_result()["scan"]
    twelve = scan.assign(months=12, llr=99.0)
    weaker = scan.assign(llr=12.0, count=40)
    tables = {"scan": pd.concat([twelve, weaker, scan], ignore_index=True)}
    document = signals_document(signals_run(tables))
    assert [(s.months, s.on_map, s.basis.first_month) for s in document.scanned] == [
        (36, True, "2023-01"), (12, False, "2025-01"),
    ]  # fmt: skip
    numbers = [[(c.number, c.count) for c in s.circles] for s in document.scanned]
    assert numbers == [[(3, 96), (4, 40)], [(5, 96)]]
    # The circle of 300 m round (1100, 400) lies over the border of the first two kilometres.
    assert document.scanned[0].circles[0].places == [sample.HOSTILE_NAME, "Havenkwartier"]


def test_a_circle_that_may_be_chance_is_none_and_the_search_is_still_told() -> None:
    tables = {"scan": every_result()["scan"].assign(p_value=0.051)}
    scanned = signals_document(signals_run(tables)).scanned
    assert [(each.months, each.circles) for each in scanned] == [(36, []), (12, [])]
    loose = signals_document(signals_run(tables, policy=_policy(alpha=0.06))).scanned
    assert len(loose[0].circles) == 1


@pytest.mark.parametrize(
    ("layers", "searches", "reasons"),
    [
        ([], [sample.search()], ("layer_off", "layer_off", "no_pair", "layer_off")),
        (["near_repeat"], [], ("no_incidents", "no_incidents", "no_pair", "layer_off")),
        (["scan"], [sample.search()], ("layer_off", "layer_off", "no_pair", "no_dwellings")),
        (["scan"], [sample.reports_search()], ("layer_off", "layer_off", "no_pair",
                                               "no_incidents")),
    ],
)  # fmt: skip
def test_what_a_run_did_not_look_at_has_a_reason(
    layers: list[str], searches: list[object], reasons: tuple[Absence, ...]
) -> None:
    run = signals_run(only=sample.rankings(), policy=_policy(layers=layers), searches=searches)
    document = signals_document(run)
    assert document.absent == dict(zip(SIGNALS, reasons, strict=True))
    assert (document.sequences, document.comparisons, document.scanned) == ([], [], [])


def test_a_run_from_before_these_layers_has_a_document_too() -> None:
    run = signals_run(only=sample.rankings(), policy={"priorities": {}})
    assert signals_document(run).absent["bursts"] == "layer_off"


def test_no_burst_is_a_list_without_entries_and_not_an_absent_one() -> None:
    empty = every_result()["bursts"].iloc[:0]
    document = signals_document(signals_run({"bursts": empty}))
    assert document.absent == {}
    assert document.sequences[0].bursts == []
    assert document.scanned[0].circles[0].number == 1


def test_the_document_holds_no_nan_and_names_its_sources() -> None:
    document = signals_document()
    assert "NaN" not in document.model_dump_json()
    assert document.sources == ["mor", "politie"]
    assert document.cut_off == "2025-11-30"
