import errno
import json
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.errors import InputRefused
from hotspots.outputs import exports
from hotspots.outputs.exports import SUFFIXES, csv_text, write_export
from tests.outputs import sample

DAY = date(2025, 11, 30)
FIGURES = ["count", "eb_rate", "rank"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_table_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"priorities{suffix}"
    written = []
    for _ in range(2):
        write_export(sample.priorities(), file, date=DAY)
        written.append(file.read_bytes())
    assert written[0] == written[1]
    assert datetime.now(UTC).date().isoformat().encode() not in written[0]  # no clock inside
    assert [path.name for path in tmp_path.iterdir()] == [file.name]  # nothing left behind


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".geojson"])
def test_a_reader_gets_back_what_was_written(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"priorities{suffix}"
    table = sample.priorities()
    write_export(table, file, date=DAY)
    back = gpd.read_parquet(file) if suffix == ".parquet" else gpd.read_file(file)
    assert back["area_name"].tolist() == table["area_name"].tolist()
    assert back["eb_rate"].isna().tolist() == table["eb_rate"].isna().tolist()
    for name in FIGURES:
        assert back[name].astype("Float64").tolist() == table[name].astype("Float64").tolist()
    same = back[back.geometry.notna()].to_crs("EPSG:28992").geometry
    assert same.geom_equals_exact(table[table.geometry.notna()].geometry, 0.05).all()


def test_a_geopackage_carries_the_given_date(tmp_path: Path) -> None:
    file = tmp_path / "months.gpkg"
    write_export(sample.months(), file, date=DAY)
    assert b"2025-11-30T00:00:00" in file.read_bytes()


def test_geojson_is_longitude_latitude_without_a_crs(tmp_path: Path) -> None:
    file = tmp_path / "priorities.geojson"
    write_export(sample.priorities(), file, date=DAY)
    content = json.loads(file.read_text("utf-8"))
    assert "crs" not in content
    longitude, latitude = content["features"][0]["geometry"]["coordinates"][0][0]
    assert 3 < longitude < 8
    assert 50 < latitude < 54
    assert content["features"][-1]["geometry"] is None


def test_csv_is_for_spreadsheets_but_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "priorities.csv"
    write_export(sample.priorities(), file, date=DAY)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(file, encoding="utf-8-sig")
    assert "geometry" not in back
    assert back.loc[4, "area_name"] == f"'{sample.FORMULA_NAME}"
    assert back.loc[0, "eb_rate"] == 9.8
    assert back["count"].isna().sum() == 1


@pytest.mark.parametrize("start", [*"=+-@\t\r\n", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20))])
def test_a_formula_gets_an_apostrophe_and_a_number_does_not(start: str) -> None:
    table = pd.DataFrame({"text": [f"{start}1", "a=1"], "number": [-1.5, 2.0]})
    text = csv_text(table)
    assert f"'{start}1" in text
    assert ",-1.5\r\n" in text
    assert "'a" not in text


@pytest.mark.parametrize("name", ["table.xlsx", "table", "table.gpkg.exe"])
def test_other_formats_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"\.gpkg, \.geojson, \.parquet, \.csv"):
        write_export(sample.months(), tmp_path / name, date=DAY)
    assert not list(tmp_path.iterdir())


def test_geojson_of_a_table_without_geometry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="needs a geometry"):
        write_export(sample.months(), tmp_path / "months.geojson", date=DAY)


def test_a_failed_export_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "months.csv"
    write_export(sample.months(), file, date=DAY)
    before = file.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(exports._WRITERS, ".csv", fail)
    with pytest.raises(InputRefused, match=r"months\.csv: The disk is full"):
        write_export(sample.months(), file, date=DAY)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
