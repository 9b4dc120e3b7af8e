"""Real bombs, and files that point at others: refused before they do anything."""

import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from hotspots.errors import InputRefused
from hotspots.ingest.readers import RawTable, read_file

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path, *, max_mb: int = 20, layer: str | None = None) -> RawTable:
    """Read a file within narrow limits."""
    return read_file(path, layer=layer, max_mb=max_mb, max_rows=100_000)


def workbook(path: Path, sheet: str) -> Path:
    """Write a workbook whose only sheet is `sheet`, as it stands in the file."""
    whole = path.with_name("whole.xlsx")
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", 8) as target:
        for name in source.namelist():
            target.writestr(name, sheet if name == SHEET else source.read(name))
    return path


def sheet(rows: str, dimension: str = "A1:B2", head: str = "") -> str:
    """Return the XML of a sheet."""
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def row(number: int, column: str, content: str = "<v>1</v>", kind: str = "n") -> str:
    """Return the XML of a row with one cell."""
    return f'<row r="{number}"><c r="{column}{number}" t="{kind}">{content}</c></row>'


def test_cells_that_are_not_there_do_not_fill_the_memory(tmp_path: Path) -> None:
    """20,000 rows with one cell in the last column: 105 kB that were 2.6 GB in memory."""
    rows = "".join(row(number, "XFD") for number in range(1, 20_001))
    bomb = workbook(tmp_path / "wide.xlsx", sheet(rows))
    assert bomb.stat().st_size < 200_000
    with pytest.raises(InputRefused, match="more than 20 MB"):
        read(bomb)


@pytest.mark.parametrize("last", ["A", "XFD"])
def test_a_sheet_is_as_large_as_its_cells_whatever_it_says(tmp_path: Path, last: str) -> None:
    rows = row(1, "A") + row(1_048_576, last)
    table = read(workbook(tmp_path / "far.xlsx", sheet(rows, dimension="A1:XFD1048576")))
    assert table.frame.shape == (1, 1)
    assert table.frame.index.tolist() == [1_048_576]


def test_rows_are_as_wide_as_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["a", "b", "c"], [2], [3, 3, 3, 3], [], [None, None, 5]):
        book.worksheets[0].append(cells)
    book.save(tmp_path / "ragged.xlsx")
    table = read(tmp_path / "ragged.xlsx")
    assert table.frame.index.tolist() == [2, 3, 5]
    assert table.frame.to_numpy().tolist() == [["2", "", ""], ["3", "3", "3"], ["", "", "5"]]


@pytest.mark.parametrize("guard", ["True", "False"])
def test_entities_within_entities_are_not_unfolded(tmp_path: Path, guard: str) -> None:
    """With the library that guards against it, and without, as in production."""
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghij")
    )
    head = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'
    text = row(1, "A", "<is><t>&j;</t></is>", "inlineStr") + row(2, "A")
    bomb = workbook(tmp_path / "laughs.xlsx", sheet(text, head=head))
    reading = "import sys, pathlib; from hotspots.ingest.readers import read_file as read; "
    reading += "read(pathlib.Path(sys.argv[1]), layer=None, max_mb=20, max_rows=9)"
    done = subprocess.run(
        [sys.executable, "-c", reading, str(bomb)],
        env=os.environ | {"OPENPYXL_DEFUSEDXML": guard},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "InputRefused" in done.stderr
    assert "cannot be read as an Excel workbook" in done.stderr


def test_a_shapefile_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked(
    tmp_path: Path,
) -> None:
    points(tmp_path / "a.shp")
    bomb = tmp_path / "a.zip"
    megabyte = bytes(1_000_000)
    with zipfile.ZipFile(bomb, "w", 8) as archive:
        for suffix in (".shp", ".shx", ".prj"):
            archive.write(tmp_path / f"a{suffix}", f"a{suffix}")
        with archive.open("a.dbf", "w", force_zip64=True) as stream:
            for _ in range(300):
                stream.write(megabyte)
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(InputRefused, match="more than 20 MB"):
        read(bomb)


def points(path: Path, layer: str | None = None) -> None:
    """Write one point."""
    frame = gpd.GeoDataFrame({"x": ["a"]}, geometry=[shapely.Point(1, 1)], crs="EPSG:28992")
    frame.to_file(path, layer=layer)


def test_a_layer_that_is_computed_without_end_is_not_read(tmp_path: Path) -> None:
    bomb = tmp_path / "view.gpkg"
    points(bomb, layer="table")
    with closing(sqlite3.connect(bomb)) as database:
        database.executescript(
            """
            CREATE VIEW endless AS
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                SELECT i AS fid, x, geom FROM n, "table";
            INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)
                VALUES ('endless', 'features', 'endless', 28992);
            INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'POINT', 28992, 0, 0);
            """
        )
    with pytest.raises(InputRefused, match="The layer endless is a view"):
        read(bomb, layer="endless")
    assert len(read(bomb, layer="table").frame) == 1


# ---------------------------------------------------------------- pointers
def virtual(target: Path) -> str:
    """Return a layer that says that it stands elsewhere; GDAL goes there."""
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="{target.stem}">'
        f"<SrcDataSource>{target}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def as_file(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


def zipped(name: str) -> Callable[[Path, str], None]:
    """Return a writer of an archive with one file in it."""

    def write(path: Path, content: str) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, content)

    return write


@pytest.mark.parametrize(
    ("name", "write"),
    [
        *[(f"a{suffix}", as_file) for suffix in (".json", ".geojson", ".gpkg", ".shp")],
        *[("a.zip", zipped(name)) for name in ("a.vrt", "a.json", "a.gpkg", "b/a.shp", "a")],
    ],
)
def test_a_file_that_points_at_another_is_not_followed(
    tmp_path: Path, name: str, write: Callable[[Path, str], None]
) -> None:
    """The other file is one of the server, or an address on its network."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")
    folder = tmp_path / "delivered"
    folder.mkdir()
    write(folder / name, virtual(secret))
    with pytest.raises(InputRefused) as refusal:
        read(folder / name)
    assert all(problem.remedy for problem in refusal.value.problems)


def test_a_byte_order_mark_and_white_space_before_json_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    points(file)
    file.write_bytes(b"\xef\xbb\xbf\n " + file.read_bytes())
    assert len(read(file).frame) == 1
