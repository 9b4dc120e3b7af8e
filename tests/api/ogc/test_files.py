"""Features as files, and as another program reads them from a server."""

import csv
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.ogc import answers
from tests.api.ogc.grid import COUNT, RD, frame
from tests.api.signing import token_of

ITEMS = "/v1/collections/grid/items"
CRS = "http://www.opengis.net/def/crs"
WGS84, RD_NEW = f"{CRS}/EPSG/0/4326", f"{CRS}/EPSG/0/28992"
KNOWN = frame().set_index("id")


def test_a_spreadsheet_gets_everything_and_runs_nothing(asking: TestClient) -> None:
    answer = asking.get(ITEMS, params={"f": "csv", "crs": RD_NEW})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-crs"] == f"<{RD_NEW}>"
    assert answer.headers["content-disposition"].endswith('-grid.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == COUNT
    assert list(rows[0]) == ["id", "name", "size", "floors", "flat", "words", "geometry"]
    harmless = {"'=1+1": "=1+1"}
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
        known = KNOWN.loc[harmless.get(row["id"], row["id"])]
        if known.geometry is None:
            assert row["geometry"] == ""
        else:
            served = shapely.from_wkt(row["geometry"])
            assert shapely.hausdorff_distance(served, known.geometry) < 0.002


def test_a_spreadsheet_has_the_axes_of_its_system(asking: TestClient) -> None:
    answer = asking.get(ITEMS, params={"f": "csv", "crs": WGS84, "name": '=cmd|"x"!A1'})
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        if row["id"] == "Amersfoort"
    ]
    assert shapely.from_wkt(row["geometry"]).coords[0] == pytest.approx(
        (52.155174, 5.387206), abs=1e-5
    )
    assert row["name"].startswith("'=")


@pytest.mark.parametrize(("uri", "name"), [(RD_NEW, RD), (WGS84, "EPSG:4326")])
def test_a_geopackage_holds_everything_in_the_system_asked_for(
    asking: TestClient, uri: str, name: str, tmp_path: Path
) -> None:
    answer = asking.get(ITEMS, params={"f": "gpkg", "crs": uri})
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    (tmp_path / "grid.gpkg").write_bytes(answer.content)
    read = gpd.read_file(tmp_path / "grid.gpkg").set_index("id")
    assert len(read) == COUNT
    assert read.crs == name
    expected = KNOWN.geometry.to_crs(name).reindex(read.index)
    pairs = [
        (a, b) for a, b in zip(read.geometry, expected, strict=True) if not shapely.is_missing(b)
    ]
    distance = max(shapely.hausdorff_distance(a, b) for a, b in pairs)
    assert distance < (0.002 if name == RD else 2e-7)
    assert len(pairs) == KNOWN.geometry.notna().sum() == read.geometry.notna().sum()


def test_the_header_chooses_too_and_the_parameter_before_it(asking: TestClient) -> None:
    for accept, kind in (
        ("text/csv", "text/csv"),
        ("application/geopackage+sqlite3;q=0.9, text/csv;q=0.1", "application/geopackage+sqlite3"),
        ("text/html, */*;q=0.1", "application/geo+json"),
        ("image/png", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/csv;q=0, application/geo+json;q=0.2", "application/geo+json"),
        ("text/csv;q=much", "application/geo+json"),
    ):
        answer = asking.get(ITEMS, params={"limit": "1"}, headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind, accept
    answer = asking.get(ITEMS, params={"f": "json"}, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "application/geo+json"


def test_a_file_holds_what_was_chosen_and_is_not_without_end(
    asking: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(**asked: str) -> int:
        answer = asking.get(ITEMS, params={"f": "csv", **asked})
        assert answer.status_code == 200
        return len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))))

    chosen = asking.get(ITEMS, params={"flat": "true"}).json()["numberMatched"]
    assert rows(flat="true") == chosen < COUNT
    assert rows(limit="7") == 7
    monkeypatch.setattr(answers, "MOST_IN_FILE", COUNT - 1)
    refused = asking.get(ITEMS, params={"f": "gpkg"})
    assert refused.status_code == 400
    assert "256 features at most" in refused.text
    assert rows(limit="1000") == COUNT


# ---------------------------------------------------------------- an independent client
READ = """
import sys, geopandas, json
source, token, asked, out = sys.argv[1:]
import pyogrio
own = {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token, "GDAL_HTTP_PROXY": ""}
pyogrio.set_gdal_config_options(own)
if out == "-":
    print(json.dumps([name for name, _ in pyogrio.list_layers(source)]))
else:
    asked = json.loads(asked)
    box = asked.pop("bbox", None)
    found = geopandas.read_file(source, bbox=box and tuple(box), **asked)
    found.to_parquet(out)
"""
"""GDAL in a process of its own: it waits for the server without letting it work."""


@pytest.fixture(scope="module")
def gdal(app: FastAPI) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Read from a server with GDAL, which sends a token with what it asks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        source = f"OAPIF:http://127.0.0.1:{listener.getsockname()[1]}/v1"

        def read(out: str, **asked: object) -> subprocess.CompletedProcess[str]:
            told = [source, token_of(app, "analyst"), json.dumps(asked), out]
            return subprocess.run(
                [sys.executable, "-c", READ, *told],
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )

        yield read
        server.should_exit = True
        thread.join(timeout=10)


@pytest.mark.parametrize(("name", "size"), [("OGC:CRS84", 40), ("EPSG:28992", 1000)])
def test_gdal_reads_the_same_shapes_in_every_system(
    gdal: Callable[..., object], name: str, size: int, tmp_path: Path
) -> None:
    """Follows links, pages, systems and axes by its own reading of the standard."""
    gdal(str(tmp_path / "read"), layer="grid", CRS=name, PAGE_SIZE=str(size))
    read = gpd.read_parquet(tmp_path / "read")
    assert len(read) == COUNT
    assert read.crs == name
    expected = KNOWN.geometry.to_crs(name).reindex(read["id"])
    for served, known in zip(read.geometry, expected, strict=True):
        assert (served is None) == (known is None)
        if known is not None:
            assert shapely.hausdorff_distance(served, known) < (0.002 if name == RD else 2e-7)


def test_gdal_finds_the_collections_and_asks_for_a_box(
    gdal: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    layers = json.loads(gdal("-").stdout)
    assert {"hotspots", "areas", "designations", "grid"} <= set(layers)
    gdal(str(tmp_path / "read"), layer="grid", bbox=[150_000, 460_000, 160_000, 466_000])
    found = gpd.read_parquet(tmp_path / "read")
    assert found.crs == RD  # it asks in the system of storage by itself
    assert "Amersfoort" in set(found["id"])
    assert len(found) < COUNT
