"""The same table in every format gives the same facts."""

import gzip
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.errors import InputRefused
from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.categories import load_categories
from hotspots.ingest.counts import ingest_counts
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits
from tests.town import MONTHLY, Town, areas_frame, counts_frame


def take_counts(path: Path, town: Town, mapping: Mapping | None = None) -> Ingested:
    return ingest_counts(
        path,
        mapping=mapping or Mapping(),
        categories=load_categories(town.categories),
        level=None,
        limits=Limits(),
    )


def take_areas(path: Path, mapping: Mapping | None = None) -> Ingested:
    return ingest_areas(
        path, mapping=mapping or Mapping(), level=None, crs="EPSG:28992", limits=Limits()
    )


def _zipped_shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    folder = path.parent / "shape"
    folder.mkdir()
    frame.to_file(folder / "wijken.shp")
    with ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)


COUNT_WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "semicolon.csv": lambda frame, path: frame.to_csv(path, index=False, sep=";"),
    "comma.csv": lambda frame, path: frame.to_csv(path, index=False),
    "tab.tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "gzipped.csv.gz": lambda frame, path: path.write_bytes(
        gzip.compress(frame.to_csv(index=False).encode())
    ),
    "windows.csv": lambda frame, path: frame.assign(opm="café").to_csv(
        path, index=False, sep=";", encoding="cp1252"
    ),
    "mark.csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    "utf16.csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-16"),
    "book.xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "table.parquet": lambda frame, path: frame.to_parquet(path),
    "floats.xlsx": lambda frame, path: frame.astype({"jaar": float, "aantal": float}).to_excel(
        path, index=False
    ),
    "table.gpkg": lambda frame, path: gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(index=frame.index, dtype="geometry")
    ).to_file(path),
    "one-column-month.csv": lambda frame, path: (
        frame.assign(
            periode=frame["jaar"].astype(str) + "-" + frame["maand"].astype(str).str.zfill(2)
        )
        .drop(columns=["jaar", "maand"])
        .to_csv(path, index=False, sep=";")
    ),
}


@pytest.mark.parametrize("name", COUNT_WRITERS)
@pytest.mark.filterwarnings("ignore::UserWarning")  # a GeoPackage without a CRS, on purpose
def test_counts_in_every_format(name: str, tmp_path: Path, town: Town) -> None:
    path = tmp_path / name
    COUNT_WRITERS[name](counts_frame(), path)
    found = take_counts(path, town)
    assert (found.read, found.accepted, found.rejected) == (350, 350, 0)
    # 13 parts a year, of which the last year lacks 2; attempts as many as completed
    expected = {f"WK9999{number}": monthly * (13 * 3 - 2) for number, monthly in MONTHLY.items()}
    completed = found.facts[found.facts["attempt"] == "completed"]
    assert completed.groupby("area_code")["count"].sum().to_dict() == expected
    assert found.level == "wijk"


AREA_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], object]] = {
    "areas.gpkg": lambda frame, path: frame.to_file(path),
    "areas.geojson": lambda frame, path: frame.to_crs(4326).to_file(path),
    "areas.shp": lambda frame, path: frame.to_file(path),
    "areas.zip": _zipped_shapefile,
    "areas.parquet": lambda frame, path: frame.to_parquet(path),
}


@pytest.mark.parametrize("name", AREA_WRITERS)
def test_areas_in_every_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    AREA_WRITERS[name](areas_frame(), path)
    found = take_areas(path)
    assert (found.read, found.rejected) == (6, 0)
    assert found.facts["dwellings"].tolist() == areas_frame()["woningen"].tolist()
    drawn = gpd.GeoSeries(found.facts["geometry"])
    assert drawn.crs == "EPSG:28992"
    assert (drawn.area / 1e6).round(3).tolist() == [1.0] * 6


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_areas_without_polygons_still_have_rates(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"areas.{suffix}"
    table = pd.DataFrame(areas_frame().drop(columns="geometry"))
    table.to_csv(path, index=False) if suffix == "csv" else table.to_excel(path, index=False)
    found = take_areas(path)
    assert found.accepted == 6
    assert "no polygons: the table works, the map stays empty" in found.notes


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("leeg.csv", b"", "empty"),
        ("kop.csv", b"jaar;maand;wijkcode;delictcode;aantal\n", "no rows"),
        ("binair.csv", b"\x00\x01\x02\x00" * 50, "not text"),
        ("kapot.csv.gz", b"\x1f\x8bkapot", "not gzip, or is damaged"),
        ("kapot.xlsx", b"geen werkmap", "cannot be read"),
        ("kapot.gpkg", b"geen geopackage", "cannot be read"),
        ("kapot.parquet", b"geen parquet", "cannot be read"),
        ("kapot.geojson", b"{", "cannot be read"),
        ("kapot.zip", b"geen zip", "cannot be read"),
        ("notities.docx", b"x", "not read"),
        ("dubbel.csv", b"jaar;jaar\n1;2\n", "once"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_a_remedy(
    name: str, content: bytes, rule: str, tmp_path: Path, town: Town
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputRefused, match=rule) as refusal:
        take_counts(tmp_path / name, town)
    assert all(problem.file == name and problem.remedy for problem in refusal.value.problems)


@pytest.mark.parametrize("suffix", [".csv.gz", ".xlsx"])
def test_a_file_that_unpacks_too_large_is_refused(suffix: str, tmp_path: Path, town: Town) -> None:
    path = tmp_path / f"bom{suffix}"
    if suffix == ".csv.gz":
        path.write_bytes(gzip.compress(b"0" * 3_000_000))
    else:
        with ZipFile(path, "w", compression=8) as archive:
            archive.writestr("xl/sheet.xml", b"0" * 3_000_000)
    with pytest.raises(InputRefused, match="more than 1 MB"):
        ingest_counts(
            path,
            mapping=Mapping(),
            categories=None,
            level=None,
            limits=Limits(max_file_mb=1),
        )
