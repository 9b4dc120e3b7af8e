"""The small town through the whole house, against figures worked out by hand."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hotspots.errors import PolicyRefused, WorkspaceRefused
from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.categories import load_categories
from hotspots.ingest.counts import ingest_counts
from hotspots.ingest.mapping import Mapping
from hotspots.pipeline.deliveries import deliver
from hotspots.pipeline.run import run as make_run
from hotspots.policy import Policy, policy_from
from hotspots.policy.intake import Limits
from hotspots.store.runs import Run, list_runs, open_run
from hotspots.store.workspace import Workspace, init_workspace
from tests.town import DWELLINGS, MONTHLY, Town

NOW = datetime(2026, 1, 2, tzinfo=UTC)
POLICY = policy_from({"priorities": {"top_k": 2, "levels": ["wijk"]}, "rates": {"draws": 500}})


def fill(path: Path, town: Town) -> Workspace:
    workspace = init_workspace(path, name="Proefstad", crs="EPSG:28992")
    areas = ingest_areas(
        town.areas, mapping=Mapping(), level=None, crs=workspace.crs, limits=Limits()
    )
    counts = ingest_counts(
        town.counts,
        mapping=Mapping(),
        categories=load_categories(town.categories),
        level=None,
        limits=Limits(),
    )
    deliver(workspace, areas, at=NOW)
    deliver(workspace, counts, at=NOW)
    return workspace


@pytest.fixture
def workspace(tmp_path: Path, town: Town) -> Workspace:
    return fill(tmp_path / "ws", town)


def make(workspace: Workspace, policy: Policy = POLICY, **options: object) -> Run:
    return make_run(workspace, policy, kind="yearly", at=NOW, **options)  # type: ignore[arg-type]


Rows = dict[Any, dict[str, Any]]


def rows_by(key: pd.Series, table: pd.DataFrame) -> Rows:
    return dict(zip(key, table.to_dict("records"), strict=True))


def missing(value: float | None) -> bool:
    return bool(pd.isna(value))


def by_number(run: Run) -> Rows:
    table = run.table("priorities")
    return rows_by(table["area_code"].str[-2:], table)


def test_counts_and_exposure_by_hand(workspace: Workspace) -> None:
    table = by_number(make(workspace))
    for number, monthly in MONTHLY.items():
        # both codes, 13 parts in each of three years, less the 2 parts of December 2023
        assert table[number]["count"] == 2 * monthly * (3 * 13 - 2)
        assert table[number]["count_completed"] == monthly * (3 * 13 - 2)
        # December is 2 of 13 parts of a year, not one of twelve
        assert table[number]["exposure"] == pytest.approx(DWELLINGS[number] * (3 - 2 / 13))
    assert table["02"]["rate_per_1000"] == pytest.approx(1000 * 2 * 4 * 13 / 1000)


def test_areas_without_data_or_dwellings_are_listed_apart(workspace: Workspace) -> None:
    table = by_number(make(workspace))
    assert {number: row["status"] for number, row in table.items()} == {
        "01": "ranked",
        "02": "ranked",
        "03": "ranked",
        "04": "ranked",
        "05": "no_data",
        "06": "no_rate",
    }
    assert missing(table["05"]["count"])
    assert table["06"]["count"] == 2 * 37
    ranked = [row for row in table.values() if row["status"] == "ranked"]
    assert sorted(row["rank"] for row in ranked) == [1, 2, 3, 4]
    assert sum(row["p_top"] for row in ranked) == pytest.approx(2)


def test_the_missing_month_is_missing_and_the_year_compares_eleven_months(
    workspace: Workspace,
) -> None:
    run = make(workspace)
    assert run.record.questions[0].missing_months == ["2023-12"]
    months = rows_by(run.table("months")["month"], run.table("months"))
    assert months["2023-12"]["status"] == "missing"
    assert missing(months["2023-12"]["count"])
    assert sum(month["status"] == "delivered" for month in months.values()) == 35
    assert months["2022-12"]["count"] == 2 * 2 * sum(MONTHLY.values())
    target = rows_by(run.table("target")["year"], run.table("target"))
    assert target[2023]["same_months"] == 11
    assert target[2023]["completed_only"]
    assert target[2023]["count"] == target[2023]["count_previous"] == 11 * 16
    assert target[2023]["ratio"] == 1
    assert target[2023]["ratio_low"] < 1 < target[2023]["ratio_high"]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, town: Town) -> None:
    first, second = (make(fill(tmp_path / name, town)) for name in "ab")
    assert first.record.id == second.record.id
    assert first.record.results == second.record.results
    for name in first.record.results:
        file = f"runs/{first.record.id}/{name}.parquet"
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_run_is_made_once_and_never_changed(workspace: Workspace) -> None:
    first = make(workspace)
    assert make(workspace).record == first.record
    assert len(list_runs(workspace)) == 1
    path = workspace.runs / first.record.id / "target.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(WorkspaceRefused, match="not the file that was frozen"):
        open_run(workspace, first.record.id).table("target")


def test_latest_is_the_newest_yearly_run(workspace: Workspace) -> None:
    yearly = make(workspace)
    later = datetime(2026, 2, 2, tzinfo=UTC)
    question = make_run(workspace, POLICY, kind="question", at=later)
    assert question.record.id != yearly.record.id
    assert open_run(workspace, "latest").record.id == yearly.record.id


def test_the_cut_off_date_leaves_later_months_out(workspace: Workspace) -> None:
    run = make(workspace, until=date(2022, 12, 30))  # December has not ended yet
    question = run.record.questions[0]
    assert (question.first_year, question.last_year) == (2020, 2022)
    assert "2022-12" in question.missing_months
    assert "2022-11" not in question.missing_months
    assert by_number(run)["01"]["count"] == 2 * 8 * (13 + 11)


def test_a_year_that_has_hardly_begun_is_not_the_last_year(workspace: Workspace) -> None:
    assert make(workspace, until=date(2023, 5, 31)).record.questions[0].last_year == 2022
    assert make(workspace, until=date(2023, 6, 30)).record.questions[0].last_year == 2023


def test_what_is_not_there_is_asked_for(tmp_path: Path, town: Town) -> None:
    workspace = init_workspace(tmp_path / "ws", name="x", crs="EPSG:28992")
    with pytest.raises(WorkspaceRefused, match="no counts and no incidents yet"):
        make(workspace)
    workspace = fill(tmp_path / "full", town)
    with pytest.raises(WorkspaceRefused, match="no counts of vandalism"):
        make(workspace, policy_from({"priorities": {"theme": "vandalism"}}))
    with pytest.raises(WorkspaceRefused, match="no areas at level buurt"):
        make(workspace, policy_from({"priorities": {"levels": ["buurt"]}}))


@pytest.mark.parametrize("theme", ["confused_person", "income", "migration_background"])
def test_proxies_are_never_scored(theme: str) -> None:
    with pytest.raises(PolicyRefused, match="never scored"):
        policy_from({"priorities": {"theme": theme}})


def test_the_hague_reconciles_with_plain_sums(tmp_path: Path, shared_data: Path) -> None:
    import csv
    import gzip
    from collections import Counter

    folder = shared_data / "denhaag"
    file = folder / "misdrijven_per_buurt_maand_2011_2017.csv.gz"
    workspace = init_workspace(tmp_path / "ws", name="Den Haag", crs="EPSG:28992")
    areas = ingest_areas(
        folder / "wijken_cbs_2022.gpkg",
        mapping=Mapping(),
        level=None,
        crs=workspace.crs,
        limits=Limits(),
    )
    counts = ingest_counts(file, mapping=Mapping(), categories=None, level=None, limits=Limits())
    deliver(workspace, areas, at=NOW)
    deliver(workspace, counts, at=NOW)
    run = make(workspace, policy_from({"rates": {"draws": 500}}))

    sums: Counter[str] = Counter()
    with gzip.open(file, "rt") as stream:
        for row in csv.DictReader(stream):
            if row["delictcode"] == "104" and "2015" <= row["jaar"] <= "2017":
                sums["WK0" + row["wijkcode"]] += int(row["aantal"])
    table = run.table("priorities")
    ranked = table[table["status"] == "ranked"].set_index("area_code")["count"]
    assert ranked.to_dict() == dict(sums)
    assert len(ranked) == 37
    assert set(table.loc[table["status"] == "no_data", "area_code"]) == {
        f"WK0518{number}" for number in ("01", "04", "05", "12", "31", "38", "41")
    }
    assert run.record.questions[0].missing_months == ["2017-12"]
    assert not run.record.questions[0].attempts_told_apart
    assert run.table("unplaced").empty
    assert not run.table("target")["completed_only"].any()
