"""``hotspots runs``: which runs there are, and why two differ."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotspots.cli import app
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.outputs import sample


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "ws"
    opened = init_workspace(path, name="Proefstad", crs="EPSG:28992")
    results = sample.results()
    freeze_run(opened, sample.record(id="one"), results)
    rows = results["priorities"].copy()
    first = rows.index[rows["rank"] == 1][0]
    rows.loc[first, "count"] = 181
    changed = {**results, "priorities": rows}
    freeze_run(opened, sample.record(id="two", until=date(2025, 10, 31)), changed)
    return path


def typed(*words: object) -> str:
    done = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_runs_are_listed(workspace: Path) -> None:
    listed = json.loads(typed("runs", "list", "--workspace", workspace, "--format", "json"))
    assert {each["run"] for each in listed} == {"one", "two"}
    assert "one" in typed("runs", "list", "--workspace", workspace)


def test_the_reason_comes_first(workspace: Path) -> None:
    lines = typed("runs", "compare", "one", "two", "--workspace", workspace).splitlines()
    assert lines[0].startswith("The results differ because of one thing: the cut-off date")
    told = json.loads(
        typed("runs", "compare", "one", "two", "--workspace", workspace, "--format", "json")
    )
    assert told["causes"] == ["until"]


def test_as_csv_come_the_areas_that_differ(workspace: Path) -> None:
    text = typed("runs", "compare", "one", "two", "--workspace", workspace, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["count_b"], row["rank_a"], row["rank_b"]) == ("181", "1", "1")
