import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.figures import METHODS
from hotspots.errors import NotFound
from hotspots.outputs.hotspots.tables import (
    HotspotFigures,
    cells_of,
    figures_of,
    find_search,
    hotspots_document_of,
    method_of,
)
from hotspots.outputs.locating import outlines_of
from hotspots.policy import Policy
from tests.outputs import sample


def test_every_polygon_stands_in_the_document_with_the_figures_of_the_table() -> None:
    document = hotspots_document_of(sample.SampleRun(), sample.search())
    table = pd.DataFrame(sample.hotspots()).set_index("hotspot_id").astype(object)
    rows = table.where(table.notna(), None).to_dict("index")
    assert len(document.hotspots) == 6
    for hotspot in document.hotspots:
        row = rows[hotspot.hotspot_id]
        for name in HotspotFigures.model_fields:
            shown = getattr(hotspot, name)
            if name in ("methods", "predecessors", "remarks"):
                assert " ".join(shown) == row[name]
            elif name == "events":
                assert "; ".join(shown) == row[name]
            elif name != "hotspot_id":
                assert shown == row[name], name


def test_hotspots_come_first_then_each_kind_by_count() -> None:
    document = hotspots_document_of(sample.SampleRun(), sample.search())
    assert [(h.number, h.kind, h.count) for h in document.hotspots] == [
        (1, "hotspot", 84),
        (2, "hotspot", 30),
        (3, "hotspot", 1),
        (4, "one_night", 20),
        (5, "stack", 60),
        (6, "stack", 8),
    ]


def test_a_polygon_is_named_after_the_areas_it_lies_in_the_largest_part_first() -> None:
    document = hotspots_document_of(sample.SampleRun(), sample.search())
    first, second = document.hotspots[:2]
    # 900 to 1300 m from the west: a quarter in the first kilometre, the rest in the second.
    assert first.places == [sample.HOSTILE_NAME, "Havenkwartier"]
    assert second.places == ["Nieuwland"]


@pytest.mark.parametrize(
    ("shape", "names", "beyond"),
    [
        (box(80_901, 450_200, 81_001, 450_300), ["Havenkwartier"], False),  # a sliver is not named
        # 4 km wide and 3 km high: a twelfth lies in each area, and two squares have none
        (box(80_000, 450_000, 84_000, 453_000), ["Havenkwartier"], True),
        (box(90_000, 450_000, 90_100, 450_100), [], False),  # in no area at all
    ],
)
def test_what_holds_most_of_a_polygon_names_it(
    shape: BaseGeometry, names: list[str], beyond: bool
) -> None:
    hotspots = sample.hotspots()
    moved = [shape, *hotspots.geometry[1:]]
    tables = sample.results() | {"hotspots": hotspots.set_geometry(moved, crs=hotspots.crs)}
    document = hotspots_document_of(sample.SampleRun(tables=tables), sample.search())
    assert (document.hotspots[0].places, document.hotspots[0].beyond) == (names, beyond)


def test_the_average_is_what_lies_inside_over_the_study_area() -> None:
    document = hotspots_document_of(sample.SampleRun(), sample.search())
    assert document.mean_per_km2 == (1205 - 5) / 10


def test_a_run_without_rankings_has_hotspots_without_names_or_outlines() -> None:
    run = sample.SampleRun(record=sample.record(questions=[]), tables=sample.searches())
    document = hotspots_document_of(run, sample.search())
    assert all(hotspot.places == [] for hotspot in document.hotspots)
    assert outlines_of(run) is None


def test_outlines_are_the_largest_areas_that_have_a_shape() -> None:
    outlines = outlines_of(sample.SampleRun())
    assert outlines is not None
    assert set(outlines["area_code"]) == {f"W{i:02}" for i in range(1, 11)}  # S1 has no shape


def test_a_search_that_found_nothing_is_a_document_too() -> None:
    assert hotspots_document_of(sample.SampleRun(), sample.reports_search()).hotspots == []


def test_cells_are_those_of_the_search() -> None:
    cells = cells_of(sample.SampleRun(), sample.search(months=12))
    assert set(cells["months"]) == {12}
    assert set(cells["theme"]) == {"burglary"}
    assert len(cells) == 40 * 30 - 100


def test_a_search_is_found_or_refused_with_what_there_is() -> None:
    record = sample.record()
    assert find_search(record) == sample.search()  # the longest period
    assert find_search(record, theme="burglary", months=12).incidents == 400
    assert find_search(record, theme="youth_reports").months == 12
    with pytest.raises(NotFound, match="burglary/36, burglary/12, youth_reports/12"):
        find_search(record, theme="youth_reports", months=36)
    with pytest.raises(NotFound, match="none"):
        find_search(sample.record(searches=[]))


def test_events_are_a_list_also_where_a_name_holds_punctuation() -> None:
    events = "Proef (1e fase), centrum (2024-01-01); Slotenactie (2025-03-01)"
    (figures,) = figures_of(sample.hotspots().iloc[[0]].assign(events=events))
    assert figures.events == [
        "Proef (1e fase), centrum (2024-01-01)",
        "Slotenactie (2025-03-01)",
    ]


def test_what_is_gone_is_listed_by_count_under_its_own_search_only() -> None:
    (one,) = (gone := sample.results()["gone"]).to_dict("records")
    rows = [
        one,
        {**one, "hotspot_id": "36m-burglary-006", "count": 90},
        {**one, "hotspot_id": "12m-burglary-001", "months": 12},
    ]
    table = gpd.GeoDataFrame(rows, columns=gone.columns, geometry="geometry", crs="EPSG:28992")
    run = sample.SampleRun(tables=sample.results() | {"gone": table})
    found = hotspots_document_of(run, sample.search()).gone
    assert [(each.number, each.hotspot_id, each.count) for each in found] == [
        (1, "36m-burglary-006", 90),
        (2, "36m-burglary-007", 41),
    ]
    assert found[0].places == ["Oostduin"]  # 80 m round a point in the fourth wijk


def test_the_methods_that_looked_follow_from_the_policy_and_what_there_was() -> None:
    every = list(METHODS)
    run = sample.SampleRun()
    assert method_of(run.record, sample.search()).methods == every
    assert method_of(run.record, sample.search()).support_draws == 100
    # Dwellings are the population at risk of burglary alone.
    assert method_of(run.record, sample.reports_search()).methods == every[:-1]
    without = {name: table for name, table in sample.results().items() if name != "scan"}
    no_dwellings = sample.SampleRun(tables=without)
    assert method_of(no_dwellings.record, sample.search()).methods == every[:-1]
    plain = sample.record(policy=Policy().model_dump(mode="json"))
    assert method_of(plain, sample.search()).methods == every[:2]
    assert method_of(plain, sample.search()).support_draws is None


def test_a_run_without_the_newer_results_has_a_document_without_them() -> None:
    tables = sample.rankings() | {"hotspots": sample.hotspots(), "cells": sample.cells()}
    document = hotspots_document_of(sample.SampleRun(tables=tables), sample.search())
    assert (document.gone, document.proof, document.concentration) == ([], None, None)
    assert len(document.hotspots) == 6


def test_the_figures_of_an_empty_table_are_none() -> None:
    assert figures_of(gpd.GeoDataFrame(sample.hotspots().iloc[:0])) == []
