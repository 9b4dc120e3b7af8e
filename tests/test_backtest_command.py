"""``hotspots backtest`` as a person types it, on a town of which every figure is known."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.test_cli import Done, hotspots
from tests.town import Town

MONTHS = [f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in range(1, 13)]
MISSING = "2023-08"
HOT = {(91_650, 450_650): 7, (92_450, 451_450): 3}
"""Incidents a month by the middle of two cells of 100 m; ten more lie one to a cell, elsewhere."""
MEASURES = ("hit_rate", "pai", "pei", "rri")


def rows_of(months: list[str]) -> pd.DataFrame:
    """Return twenty burglaries a month as an extract lists them."""
    points = [place for place, n in HOT.items() for _ in range(n)]
    rows = []
    for month in months:
        turn = MONTHS.index(month)
        elsewhere = [(90_050 + 100 * ((turn * 10 + i) % 12), 450_150 + 100 * i) for i in range(10)]
        for n, (x, y) in enumerate([*points, *elsewhere]):
            year, number = month.split("-")
            rows.append((f"{1 + n * 27 // 19:02d}-{number}-{year}", "12:15", "INB-V", x, y))
    return pd.DataFrame(rows, columns=["datum", "tijd", "klasse", "x", "y"])


def ingest(folder: Path, town: Town, name: str, rows: pd.DataFrame) -> None:
    path = folder.parent / name
    rows.to_csv(path, index=False, sep=";")
    done = hotspots(
        "ingest", "incidents", path, "--workspace", folder, "--categories", town.categories
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def workspace(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backtest") / "ws"
    assert hotspots("init", folder, "--name", "Proefstad", "--demo").returncode == 0
    assert hotspots("ingest", "areas", town.areas, "--workspace", folder).returncode == 0
    ingest(folder, town, "eerst.csv", rows_of(MONTHS[:24]))
    ingest(folder, town, "later.csv", rows_of([each for each in MONTHS[24:] if each != MISSING]))
    return folder


def asked(workspace: Path, *options: str | Path) -> Done:
    return hotspots(
        "backtest", "--workspace", workspace, "--cell", "100", "--area-km2", "0.02", *options
    )


def document_of(workspace: Path, *options: str | Path) -> Any:
    done = asked(workspace, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def document(workspace: Path) -> Any:
    return document_of(workspace)


def test_the_last_delivered_year_is_tested_on_what_was_known_before(document: Any) -> None:
    assert document["train_period"] == ["2021-01", "2022-12"]
    assert document["period"] == ["2023-01", "2023-12"]
    assert document["missing_months"] == [MISSING]
    assert document["cut_off"] == "2023-12-31"
    tested = [each["origin"] for each in document["origins"]]
    assert tested == [month for month in MONTHS[23:35] if month != "2023-07"]
    assert (document["theme"], document["cell_size_m"], document["area_km2"]) == (
        "burglary", 100, 0.02,
    )  # fmt: skip
    assert document["study_area"] == "municipality"
    assert document["study_area_km2"] == pytest.approx(6)
    assert document["demo"] is True


def test_the_figures_are_those_that_were_planted(document: Any) -> None:
    # Two cells of 0.01 km2 hold ten of twenty incidents in every month, so their share before is
    # their share afterwards; elsewhere a cell never holds more than two in a month.
    methods = document["methods"]
    assert list(methods) == ["count", "kde", "gi_star", "recency", "prospective", "mixture"]
    for name in ("count", "recency", "mixture"):
        found = methods[name]
        assert (found["n"], found["N"], found["n_best"]) == (110, 220, 110), name
        assert found["hit_rate"] == pytest.approx(0.5)
        assert found["pai"] == pytest.approx(0.5 / (0.02 / 6))
        assert found["pei"] == pytest.approx(1)
        assert found["rri"] == pytest.approx(1)
        assert found["a"], found["A"] == (0.02, 6)
        for measure in MEASURES:
            assert found[f"{measure}_low"] <= found[measure] <= found[f"{measure}_high"]
    assert document["chosen"] == "count"
    assert document["selection"]["origins"][-1] == "2022-11"
    assert document["standing"]["months_ahead"] == 12
    assert document["standing"]["methods"]["count"]["n"] == 110


def test_the_figures_of_the_sentence(document: Any) -> None:
    assert document["sentence"] == {
        "year": 2022,
        "flagged_at": "2022-12",
        "method": "count",
        "area_share": pytest.approx(0.02 / 6),
        "hit_share": pytest.approx(0.5),
        "count_share": pytest.approx(0.5),
    }


def test_the_concentration_is_that_of_the_reported_period(document: Any) -> None:
    found = document["concentration"]
    assert (found["n_cells"], found["n_incidents"]) == (600, 220)
    # The two densest of six hundred cells are a third of a percent.
    curve = np.array(found["lorenz"])
    assert np.interp(2 / 600, *curve.T) == pytest.approx(0.5)
    assert [each["cells"] for each in found["top"]] == [0.01, 0.05, 0.1]
    assert all(each["incidents"] > each["by_chance"] for each in found["top"])


def test_it_says_which_deliveries_it_used(workspace: Path, document: Any) -> None:
    known = {path.name for path in (workspace / "deliveries").iterdir()}
    assert len(document["deliveries"]) == 2
    assert set(document["deliveries"]) < known
    early = document_of(workspace, "--train-until", "2022-01-31", "--test-until", "2022-12-31")
    assert len(early["deliveries"]) == 1
    assert early["missing_months"] == []
    assert len(document["sources"]) == 1


def test_the_same_question_has_the_same_answer(workspace: Path) -> None:
    first = asked(workspace, "--format", "json").stdout
    assert first == asked(workspace, "--format", "json").stdout


@pytest.mark.parametrize(
    ("options", "period"),
    [
        (("--train-until", "2022-06-30"), ["2022-07", "2023-06"]),
        (("--train-until", "2022-07-30"), ["2022-07", "2023-06"]),  # July has not ended
        (("--test-until", "2022-12-31"), ["2022-01", "2022-12"]),
        (("--train-until", "2023-05-31"), ["2023-06", "2023-12"]),
        (("--train-until", "2022-06-30", "--test-until", "2022-10-15"), ["2022-07", "2022-09"]),
    ],
)
def test_dates_mean_whole_months(
    workspace: Path, options: tuple[str, ...], period: list[str]
) -> None:
    found = document_of(workspace, *options)
    assert found["period"] == period
    assert found["methods"]["count"]["n"] * 2 == found["methods"]["count"]["N"]
    is_year_end = found["train_period"][1].endswith("-12")
    assert (found["sentence"]["year"] is not None) == is_year_end


def test_a_table_for_people(workspace: Path) -> None:
    printed = asked(workspace).stdout
    assert "burglary, tested on 2023-01 to 2023-12" in printed
    assert "→ count" in printed
    assert "110 of 220" in printed
    assert f"Not delivered: {MISSING}" in printed
    assert "says nothing about causes or persons" in " ".join(printed.split())


def test_rows_for_a_spreadsheet(workspace: Path, document: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(asked(workspace, "--format", "csv").stdout)))
    assert [row["method"] for row in rows] == list(document["methods"])
    assert float(rows[0]["pai_high"]) == pytest.approx(document["methods"]["count"]["pai_high"])
    assert [row["chosen"] for row in rows].count("True") == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--theme", "street_robbery"), "no incidents of street_robbery"),
        (("--theme", "confused_person"), "never scored"),
        (("--theme", "Kapot!"), "is not a theme"),
        (("--train-until", "2023-06-30", "--test-until", "2023-01-31"), "before it begins"),
        (("--train-until", "2023-06-01", "--test-until", "2023-06-20"), "before it begins"),
        (("--train-until", "2021-07-31"), "7 months up to 2021-07 were delivered"),
        (("--train-until", "2023-12-31"), "No month from 2024-01"),
        (("--train-until", "2023-07-31", "--test-until", "2023-08-31"), "No month from 2023-08"),
        (("--area-km2", "6"), "smaller than the study area of 6 km2"),
        (("--area-km2", "0.001"), "at least one cell"),
        (("--area-km2", "nan"), "less than or equal to 1000"),
    ],
)
def test_what_cannot_be_tested_is_refused_with_a_remedy(
    workspace: Path, options: tuple[str, ...], says: str
) -> None:
    done = asked(workspace, *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_two_wrong_dates_are_both_told(workspace: Path) -> None:
    done = asked(workspace, "--train-until", "2021-03-31", "--test-until", "2021-02-28")
    assert len(done.stderr.splitlines()) == 2


def test_incidents_outside_the_study_area_are_told(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    hotspots("init", folder, "--name", "Proefstad")
    hotspots("ingest", "areas", town.areas, "--workspace", folder)
    rows = rows_of(MONTHS)
    rows.loc[rows.index % 20 == 19, "x"] = 89_900  # one a month, a hundred metres over the border
    ingest(folder, town, "alles.csv", rows)
    found = document_of(folder)
    assert found["outside"] == 36
    assert found["methods"]["count"]["N"] == 12 * 19
