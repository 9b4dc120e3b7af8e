"""The files of the demo city: the same bytes twice, and never built twice for nothing."""

import gzip
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest

from data.duinstad import write
from data.duinstad.__main__ import main
from data.duinstad.write import DEFAULT_SEED

pytestmark = pytest.mark.slow

ALLOWED = {
    "registratienummer",
    "begindatum",
    "begintijd",
    "einddatum",
    "eindtijd",
    "klasse",
    "x",
    "y",
    "initiatief",
    "bron",
}


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_builds_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write.write_city(tmp_path, DEFAULT_SEED)
    assert hashes(tmp_path) == hashes(folder)


def test_current_folder_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr("data.duinstad.__main__.write_city", refuse)
    monkeypatch.setattr("sys.argv", ["data.duinstad", "--to", str(folder)])
    main()
    assert "staat al" in capsys.readouterr().err


def test_the_figures_of_what_was_built_are_dutch_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    city = SimpleNamespace(
        canvas=SimpleNamespace(addresses=range(250_000)), incidents=range(1_234_567)
    )
    monkeypatch.setattr("data.duinstad.__main__.write_city", lambda *_given, **_options: city)
    monkeypatch.setattr("sys.argv", ["data.duinstad", "--to", str(tmp_path)])
    main()
    told = " ".join(capsys.readouterr().err.split())
    assert "250.000 woningen, 1.234.567 incidenten." in told


def test_other_seed_version_or_missing_file_is_not_current(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write.is_current(folder, DEFAULT_SEED)
    assert not write.is_current(folder, DEFAULT_SEED + 1)
    mark = json.loads((folder / write.MARK).read_text("utf-8"))
    (tmp_path / write.MARK).write_text(json.dumps(mark), "utf-8")
    assert not write.is_current(tmp_path, DEFAULT_SEED), "its files are not there"
    monkeypatch.setattr(write, "version", lambda: "another")
    assert not write.is_current(folder, DEFAULT_SEED)


def test_swap_replaces_the_older_city_and_nothing_else(tmp_path: Path) -> None:
    staging, folder = tmp_path / "new", tmp_path / "old"
    staging.mkdir()
    folder.mkdir()
    (folder / write.MARK).write_text(json.dumps({"files": ["a.csv", "b.csv"]}), "utf-8")
    for name in ("a.csv", "b.csv", "eigen.gpkg"):
        (folder / name).write_text("old", "utf-8")
    (staging / "a.csv").write_text("new", "utf-8")
    write._swap(staging, folder, 1)
    assert (folder / "a.csv").read_text("utf-8") == "new"
    assert {path.name for path in folder.iterdir()} == {"a.csv", "eigen.gpkg", write.MARK}
    assert write.is_current(folder, 1)


def test_police_extract_reads_back_as_dutch_csv(folder: Path) -> None:
    for year in range(2019, 2026):
        path = folder / f"incidenten_{year}.csv"
        table = pd.read_csv(path, sep=";", decimal=",", encoding="cp1252", dtype={"klasse": str})
        assert set(table.columns) == ALLOWED
        assert pd.to_datetime(table["begindatum"], format="%d-%m-%Y").dt.year.eq(year).all()
        assert set(table["initiatief"]) == {"burger", "politie"}
        codes = pd.read_csv(folder / "categorieen.csv")["code"]
        assert set(table["klasse"]) <= set(codes)


def test_counts_are_gzipped_with_every_zero(folder: Path) -> None:
    with gzip.open(folder / "aantallen_per_buurt_maand.csv.gz", "rt", encoding="utf-8") as text:
        header = text.readline().strip().split(",")
    assert header == [
        "jaar",
        "maand",
        "wijkcode",
        "buurtcode",
        "buurtnaam",
        "delictcode",
        "aantal",
    ]


def test_maps_have_their_layers_and_columns(folder: Path) -> None:
    expected = {"gemeente": 1, "stadsdelen": 8, "wijken": 44, "buurten": 110}
    for layer, count in (expected | {"verzorgingsgebieden": 24}).items():
        areas = gpd.read_file(folder / "gebieden.gpkg", layer=layer)
        assert len(areas) == count
        assert {"code", "naam", "woningen"} <= set(areas.columns)
        assert areas.crs == "EPSG:28992"
        assert areas["code"].is_unique
    for name in (
        "straten",
        "gebouwen",
        "openbare_ruimte",
        "palen",
        "cameras",
        "cameragebieden",
        "cameragebied_verlopen",
        "bebouwde_kom",
    ):
        assert gpd.read_file(folder / f"{name}.gpkg", rows=5).crs == "EPSG:28992"


def test_truths_are_machine_readable_and_point_at_real_areas(folder: Path) -> None:
    truths = json.loads((folder / "waarheden.json").read_text("utf-8"))["truths"]
    assert {truth["number"] for truth in truths} == set(range(1, 17))
    known: set[str] = set()
    for layer in ("gemeente", "stadsdelen", "wijken", "buurten", "verzorgingsgebieden"):
        known |= set(gpd.read_file(folder / "gebieden.gpkg", layer=layer)["code"])
    for truth in truths:
        assert set(truth["areas"]) | set(truth["ring"]) <= known
        assert truth["planted"], truth["key"]
        assert truth["answer"], truth["key"]
