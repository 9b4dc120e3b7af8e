"""Facts from a table of PostGIS are judged, and kept, as those of a file are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box
from sqlalchemy import create_engine, text

from hotspots.errors import HotspotsError, InputRefused
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.schemas import Kind
from hotspots.store.facts import read_facts, read_rejects
from hotspots.store.postgis.address import address_of
from hotspots.store.postgis.reading import table_as_file
from hotspots.store.workspace import Workspace, init_workspace
from tests.postgis import postgis, postgis_url
from tests.test_cli import hotspots

__all__ = ["postgis", "postgis_url"]
pytestmark = pytest.mark.service

AT = datetime(2026, 1, 5, tzinfo=UTC)
INCIDENTS = gpd.GeoDataFrame(
    {
        "nummer": ["p1", "p2", "p3"],
        "categorie": ["1.1.1", "1.1.1", "1.1.1"],
        "datum": pd.to_datetime(["2025-03-01 22:10", "2025-03-02 03:00", "2025-04-09 12:00"]),
    },
    geometry=[Point(121_000, 487_000), Point(121_050, 487_020), Point(5.0, 52.0)],
    crs="EPSG:28992",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


@pytest.fixture
def filled(postgis_url: str) -> Iterator[str]:
    """The address of a database with a schema of facts, as another program made it."""
    engine = create_engine(postgis_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text('CREATE SCHEMA "Politie"'))
        INCIDENTS.to_postgis("incidenten", connection, schema="Politie")
        areas = gpd.GeoDataFrame(
            {"code": ["WK036301", "WK036302"], "naam": ["Noord", "Zuid"], "woningen": [100, 200]},
            geometry=[
                box(120_000, 486_000, 122_000, 488_000),
                box(122_000, 486_000, 124_000, 488_000),
            ],
            crs="EPSG:28992",
        )
        areas.to_postgis("wijken", connection)
        connection.execute(text(
            "CREATE TABLE aantallen (jaar_maand text, code text, soort text, aantal numeric(8, 0));"
            "INSERT INTO aantallen SELECT '2025MM0' || m, 'WK036301', '1.1.1', m "
            "FROM generate_series(1, 9) m"
        ))  # fmt: skip
    yield postgis_url
    engine.dispose()


def named(url: str, table: str) -> str:
    """The address of one table."""
    return f"{url}&table={table}"


Taken = tuple[pd.DataFrame, pd.DataFrame]


def taken(workspace: Workspace, url: str, table: str, kind: Kind) -> Taken:
    """Take a table in; return its facts and what was put aside."""
    with table_as_file(address_of(named(url, table)), max_rows=1000) as path:
        delivery, _ = take_in(workspace, kind, path, at=AT, policy=Policy())
    return read_facts(workspace, delivery), read_rejects(workspace, delivery)


def test_areas_are_those_of_the_same_file(
    workspace: Workspace, filled: str, tmp_path: Path
) -> None:
    found, _ = taken(workspace, filled, "wijken", "areas")
    engine = create_engine(filled.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        gpd.read_postgis("SELECT * FROM wijken", connection, geom_col="geometry").to_file(
            tmp_path / "wijken.gpkg"
        )
    other = init_workspace(tmp_path / "other", name="Proefstad", crs="EPSG:28992")
    delivery, _ = take_in(other, "areas", tmp_path / "wijken.gpkg", at=AT, policy=Policy())
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(read_facts(other, delivery)))
    engine.dispose()


def test_a_row_that_a_file_would_put_aside_is_put_aside(workspace: Workspace, filled: str) -> None:
    facts, rejects = taken(workspace, filled, "Politie.incidenten", "incidents")
    assert len(facts) + len(set(rejects["row"])) == 3
    assert len(set(rejects["row"])) == 1


def test_a_table_as_a_person_types_it(workspace: Workspace, filled: str) -> None:
    hotspots("ingest", "areas", named(filled, "public.wijken"), "--workspace", workspace.path)
    words = ("ingest", "incidents", named(filled, "Politie.incidenten"), "--workspace")
    first, again = (hotspots(*words, workspace.path) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert len(list((workspace.path / "deliveries").iterdir())) == 2  # the same rows, once
    assert "Politie.incidenten" in first.stdout


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("bestaat_niet", "no such table"),
        ("politie.incidenten", "no such table"),
        ("a.b.c", "names no table"),
        ("wijken; DROP TABLE wijken", "no such table"),
        ('wijken"', "names no table"),
    ],
)
def test_a_table_that_is_not_there_is_refused(filled: str, table: str, rule: str) -> None:
    with (
        pytest.raises(InputRefused, match=rule),
        table_as_file(address_of(named(filled, table)), max_rows=9),
    ):
        pass


def test_two_geometries_or_two_systems_are_refused(filled: str) -> None:
    engine = create_engine(filled.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(
            "CREATE TABLE twee AS SELECT 1 AS id, ST_Point(1, 1) AS een, ST_Point(2, 2) AS ander;"
            "CREATE TABLE stelsels (id int, geom geometry);"
            "INSERT INTO stelsels VALUES (1, ST_SetSRID(ST_Point(121000, 487000), 28992)), "
            "(2, ST_SetSRID(ST_Point(5, 52), 4326))"
        ))  # fmt: skip
    engine.dispose()
    for table, rule in {
        "twee": "several geometries: een, ander",
        "stelsels": "4326, 28992",
    }.items():
        with (
            pytest.raises(InputRefused, match=rule),
            table_as_file(address_of(named(filled, table)), max_rows=9),
        ):
            pass


def test_rows_without_a_key_come_in_one_order(filled: str) -> None:
    engine = create_engine(filled.replace("postgresql:", "postgresql+psycopg:"))
    contents = []
    for order in ("ASC", "DESC"):
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE s{order} AS SELECT * FROM aantallen "
                                    f"ORDER BY aantal {order}"))  # fmt: skip
        with table_as_file(address_of(named(filled, f"s{order.lower()}")), max_rows=99) as path:
            contents.append(path.read_bytes())
            frame = pd.read_parquet(path)
    engine.dispose()
    assert contents[0] == contents[1]
    assert sorted(frame["aantal"]) == [str(n) for n in range(1, 10)] or frame["aantal"].sum() == 45


def test_a_password_is_never_told(filled: str) -> None:
    address = address_of("postgresql://lezer:geheim%40woord@127.0.0.1:9/stad?table=x")
    assert "geheim" not in address.told()
    with pytest.raises(InputRefused) as refusal, table_as_file(address, max_rows=9):
        pass
    assert "geheim" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "given", ["mysql://x/y", "postgresql://x:abc/y", "sqlite:///x", "wijken.gpkg"]
)
def test_another_address_is_refused(given: str) -> None:
    with pytest.raises(HotspotsError, match="not the address"):
        address_of(given)
