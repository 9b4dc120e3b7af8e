"""What a run tells of what it could not see: months without days, years before, homes nowhere."""

from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis import near_repeat
from hotspots.errors import PolicyRefused
from hotspots.outputs.signals.sentences import pair_lede
from hotspots.outputs.signals.tables import signals_document_of
from hotspots.outputs.text import Words
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy, policy_from
from hotspots.store.runs import Run
from hotspots.store.workspace import Workspace
from tests.test_hotspots_run import (
    CENTRE,
    NOW,
    PLANTED,
    around,
    background,
    fill,
    make,
    planted_rows,
    policy,
    rows_of,
)
from tests.test_run_evidence import CODES, spread, year_of
from tests.town import Town


def rules(**sections: dict[str, object]) -> Policy:
    """Return a policy that searches twelve months, with other sections as given."""
    return policy_from(policy().model_dump(mode="json", exclude_unset=True) | sections)


def months_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Return incidents as a source gives them that keeps their month and nothing finer."""
    month = rows["datum"].str[6:] + "-" + rows["datum"].str[3:5]
    return rows.assign(maand=month).drop(columns=["datum", "tijd"])


def basis_of(run: Run, result: str, **where: object) -> pd.Series:
    table = run.table("basis")
    same = table[table["result"] == result]
    for column, value in where.items():
        same = same[same[column] == value]
    (row,) = (row for _, row in same.iterrows())
    return pd.Series(row)


# ---------------------------------------------------------------- days
def test_a_source_of_months_makes_no_claim_that_nothing_followed(
    tmp_path: Path, town: Town
) -> None:
    rows = months_only(rows_of([*background(), *around(CENTRE, PLANTED, radius_m=80)]))
    run = make(fill(tmp_path, town, rows), policy(layers=["near_repeat"]))
    near = basis_of(run, "near_repeat")
    assert near["incidents"] == near["undated"] == len(rows)
    (found,) = signals_document_of(run).sequences
    assert (found.tells_days, found.tells_days_lately, found.bursts) == (False, False, [])
    late = int(rows["maand"].ge("2023-10").sum())
    assert (found.lately.incidents, found.lately.undated) == (late, late)


def test_what_has_no_day_is_counted_beside_what_has(tmp_path: Path, town: Town) -> None:
    """2022 by month, 2023 by day: the year of the look-back is known, the one before is not."""
    years = [months_only(year_of(2022)), year_of(2023)]
    workspace = fill(tmp_path, town, *years)
    run = make(workspace, rules(hotspots={"layers": ["near_repeat"], "periods_months": [12],
                                          "cell_size_m": 100.0}))  # fmt: skip
    near = basis_of(run, "near_repeat")
    assert (near["incidents"], near["undated"]) == (2 * len(years[0]), len(years[0]))
    lately = basis_of(run, "bursts", part="now")
    usual = basis_of(run, "bursts", part="before")
    begin = date(2023, 12, 31) - timedelta(days=89)
    assert (lately["first_month"], lately["last_month"]) == (f"{begin:%Y-%m}", "2023-12")
    assert lately["undated"] == 0
    assert usual["undated"] == len(years[0])
    assert usual["last_month"] == "2023-09"


# ---------------------------------------------------------------- months
def test_near_repeats_name_the_months_before_any_search_that_were_missing(
    tmp_path: Path, town: Town
) -> None:
    """The search looks twelve months back, near repeats twenty-four, the steps thirty-six."""
    earlier = year_of(2022)
    run = make(
        fill(tmp_path, town, earlier[earlier["datum"].str[3:5] != "05"], year_of(2023)),
        policy(layers=["near_repeat"]),
    )
    assert all(each.missing_months == [] for each in run.record.searches)
    assert basis_of(run, "near_repeat")["missing_months"] == "2022-05"
    of_2021 = [f"2021-{month:02d}" for month in range(1, 13)]
    assert basis_of(run, "steps")["missing_months"].split() == [*of_2021, "2022-05"]
    assert basis_of(run, "composite")["missing_months"].split() == [*of_2021, "2022-05"]
    (found,) = signals_document_of(run).sequences
    assert found.basis.missing_months == ["2022-05"]


def test_a_month_that_is_not_over_is_one_that_is_not_known(tmp_path: Path, town: Town) -> None:
    run = make(
        fill(tmp_path, town, year_of(2023)), policy(layers=["near_repeat"]), date(2023, 11, 15)
    )
    lately = basis_of(run, "bursts", part="now")
    assert (lately["last_month"], lately["missing_months"]) == ("2023-11", "2023-11")


def test_a_pair_of_sources_names_the_months_of_the_year_before(tmp_path: Path, town: Town) -> None:
    (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
    own = Town(town.areas, town.counts, tmp_path / "codes.csv")
    years = [
        pd.concat([rows_of(spread(60, wijk), code=code, year=year)
                   for code in ("MJ", "JO") for wijk in range(6)])
        for year in (2022, 2023)
    ]  # fmt: skip
    gap = (years[0]["klasse"] == "MJ") & (years[0]["datum"].str[3:5] == "08")
    delivered = [years[0][(years[0]["klasse"] == code) & ~gap] for code in ("MJ", "JO")]
    run = make(fill(tmp_path, own, *delivered, years[1]), rules(priorities={
        "theme": "youth_nuisance", "years": 1, "levels": ["wijk"]}))  # fmt: skip
    (compared,) = signals_document_of(run).comparisons
    assert compared.missing_months == ["2022-08"]
    reports = basis_of(run, "sources", theme="youth_reports", part="before")
    assert (reports["first_month"], reports["last_month"]) == ("2022-06", "2022-11")
    assert reports["missing_months"] == "2022-08"


def test_a_pair_that_cannot_be_compared_is_told_and_not_left_out(
    tmp_path: Path, town: Town
) -> None:
    """Reports began this year; of the year before there are records alone."""
    (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
    own = Town(town.areas, town.counts, tmp_path / "codes.csv")
    tables = [
        pd.concat([rows_of(spread(60, wijk), code=code, year=year) for wijk in range(6)])
        for code, year in (("JO", 2022), ("JO", 2023), ("MJ", 2023))
    ]
    yearly = {"theme": "youth_nuisance", "years": 1, "levels": ["wijk"]}
    run = make(fill(tmp_path, own, *tables), rules(priorities=yearly))
    (compared,) = signals_document_of(run).comparisons
    assert {(area.same_months, area.verdict) for area in compared.areas} == {(0, "unclear")}
    assert len(compared.missing_months) == 6
    assert "is niet te zeggen" in pair_lede(compared, Words("nl"))


# ---------------------------------------------------------------- homes
def homes(folder: Path, workspace: Workspace, *, east_of: float) -> None:
    """Take in one dwelling in every cell of 100 m east of a line."""
    x, y = np.meshgrid(np.arange(90_050, 93_000, 100), np.arange(450_050, 452_000, 100))
    east = x.ravel() > east_of
    points = gpd.GeoSeries.from_xy(x.ravel()[east], y.ravel()[east], crs="EPSG:28992")
    file = folder / "woningen.gpkg"
    gpd.GeoDataFrame({"woningen": 10}, index=points.index, geometry=points).to_file(file)
    take_in(workspace, "dwellings", file, at=NOW, policy=Policy())


def test_the_scan_tells_how_many_cases_had_no_homes_to_be_compared_with(
    tmp_path: Path, town: Town
) -> None:
    workspace = fill(tmp_path, town, rows_of(background()))
    homes(tmp_path, workspace, east_of=91_000)
    run = make(workspace, rules(hotspots={"layers": ["scan"], "periods_months": [12],
                                          "cell_size_m": 100.0},
                                scan={"replications": 99}))  # fmt: skip
    west = sum(x < 91_000 for x, _ in background())
    assert west > 50
    assert basis_of(run, "scan")["without_dwellings"] == west
    (scanned,) = signals_document_of(run).scanned
    assert scanned.basis.without_dwellings == west


# ---------------------------------------------------------------- refused before the long work
@pytest.fixture
def nothing_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every search fail: what must be refused before is refused before."""

    def searched(*_: object) -> None:
        raise AssertionError("the long work has begun")

    monkeypatch.setattr("hotspots.pipeline.evidence.gathering.find", searched)


@pytest.mark.usefixtures("nothing_is_searched")
def test_every_name_that_nobody_delivered_is_refused_at_once(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    wrong = rules(
        scan={"themes": ["burglary", "burglery"]},
        near_repeat={"themes": ["vehicle_theft"]},
        composite={"weights": {"burglary": 1.0, "burglary_risk": 1.0, "inbraak": 2.0}},
        sources={
            "pairs": {"youth_nuisance": "youth_reports", "vandalism": "burglary"},
            "incidents": {"burglary": "politei"},
        },
    )
    with pytest.raises(PolicyRefused) as refusal:
        make(workspace, wrong)
    named = {(each.column, each.value) for each in refusal.value.problems}
    assert named == {
        ("scan.themes", "burglery"),
        ("near_repeat.themes", "vehicle_theft"),
        ("composite.weights", "inbraak"),
        ("sources.pairs", "vandalism"),
        ("sources.incidents.burglary", "politei"),
    }
    assert all("Delivered: burglary" in each.remedy for each in refusal.value.problems
               if not str(each.column).startswith("sources.inc"))  # fmt: skip
    assert not workspace.runs.exists()


@pytest.mark.usefixtures("nothing_is_searched")
def test_a_theme_that_was_delivered_and_is_not_searched_is_refused_as_such(
    tmp_path: Path, town: Town
) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    with pytest.raises(PolicyRefused, match="does not search it"):
        make(workspace, rules(hotspots={"themes": ["vandalism"], "periods_months": [12]},
                              composite={"weights": {"burglary": 1.0}}))  # fmt: skip


def test_the_defaults_suit_any_delivery(tmp_path: Path, town: Town) -> None:
    """By default youth nuisance is paired with reports, and here there is neither."""
    assert make(fill(tmp_path, town, planted_rows())).record.searches


@pytest.mark.usefixtures("nothing_is_searched")
def test_what_could_not_end_is_refused_before_it_begins_all_at_once(
    tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_repeat, "MOST_PAIRS", 50)
    workspace = fill(tmp_path, town, planted_rows())
    homes(tmp_path, workspace, east_of=0)
    wrong = rules(
        hotspots={"layers": ["scan", "near_repeat"], "periods_months": [12],
                  "cell_size_m": 200.0, "radius_m": 150.0, "max_cells": 1000},
        scan={"cell_size_m": 20.0},
    )  # fmt: skip
    with pytest.raises(PolicyRefused) as refusal:
        make(workspace, wrong)
    said = [each.rule for each in refusal.value.problems]
    assert sum("pairs of incidents" in rule for rule in said) == 2
    assert sum("Cells of 20 m" in rule for rule in said) == 1
    assert sum("does not reach" in rule for rule in said) == 1


@pytest.mark.usefixtures("nothing_is_searched")
def test_a_label_without_a_weight_is_refused_before_the_last_step(
    tmp_path: Path, town: Town
) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    file = tmp_path / "scan.gpkg"
    zone = box(91_000, 450_000, 91_400, 450_400)
    gpd.GeoDataFrame({"ronde": ["2023-H2"], "groep": ["G-17"], "label": ["hoog"]},
                     geometry=[zone], crs="EPSG:28992").to_file(file)  # fmt: skip
    take_in(workspace, "groups", file, at=NOW, policy=Policy())
    with pytest.raises(PolicyRefused, match="no weight") as refusal:
        make(workspace, rules(composite={"zone_weights": {"low": 1.0}}))
    assert [each.value for each in refusal.value.problems] == ["high"]
