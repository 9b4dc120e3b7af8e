"""What is published into PostGIS is what was held, and nothing else changes there."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, box
from sqlalchemy import Connection, create_engine, text

from hotspots.errors import InputRefused
from hotspots.store.postgis.address import address_of
from hotspots.store.postgis.writing import Published, publish
from hotspots.store.runs import open_run
from tests.outputs.dossier_city import NOW, build_city
from tests.postgis import postgis, postgis_url
from tests.test_cli import hotspots

__all__ = ["postgis", "postgis_url"]
pytestmark = pytest.mark.service

SQUARES = gpd.GeoDataFrame(
    {"code": ["a", "b'%s", ""], "n": [1, None, 3]},
    geometry=[box(x, 487_000, x + 100, 487_100) for x in (121_000, 121_200, 121_400)],
    crs="EPSG:28992",
)
ABOUT = "Squares; period 2023 to 2025; sources: politie; run r-1, 100% to 2025-12-31."


@pytest.fixture
def connection(postgis_url: str) -> Iterator[Connection]:
    """A connection of an administrator who looks on."""
    engine = create_engine(postgis_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        yield opened
    engine.dispose()


def squares(**given: Any) -> Published:
    """Three squares to publish."""
    fields = {"name": "squares", "rows": SQUARES, "about": ABOUT} | given
    return Published(**fields)


def rows(connection: Connection, what: str) -> list[tuple[Any, ...]]:
    """What a question finds."""
    return [tuple(row) for row in connection.execute(text(what))]


def plain(column: pd.Series) -> list[Any]:
    """The values of a column; a database knows no difference between no text and nothing."""
    return [None if pd.isna(value) or value == "" else value for value in column]


def test_what_is_published_is_read_back_by_another_program(
    postgis_url: str, connection: Connection
) -> None:
    publish(address_of(postgis_url), [squares()])
    asked = "SELECT * FROM hotspots_published.squares ORDER BY number"
    back = gpd.read_postgis(asked, connection, geom_col="geometry")
    assert back.crs is not None
    assert back.crs.to_epsg() == 28992
    assert back["number"].tolist() == [1, 2, 3]
    assert back["code"].fillna("").tolist() == ["a", "b'%s", ""]
    assert back["n"].isna().tolist() == [False, True, False]
    assert (back.geometry.area == 10_000).all()
    assert back.geometry.geom_equals(SQUARES.geometry).all()
    asked = "SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'hotspots_published'"
    assert rows(connection, asked) == [("MULTIPOLYGON", 28992)]
    (index,) = rows(
        connection,
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'squares' AND indexdef ~ 'gist'",
    )
    assert "(geometry)" in index[0]
    asked = "SELECT obj_description('hotspots_published.squares'::regclass, 'pg_class')"
    assert rows(connection, asked) == [(f"Published by hotspots. {ABOUT}",)]


def test_publishing_again_changes_the_rows_and_keeps_what_rests_on_them(
    postgis_url: str, connection: Connection
) -> None:
    address = address_of(postgis_url)
    publish(address, [squares()])
    connection.execute(text("CREATE VIEW mine AS SELECT code FROM hotspots_published.squares"))
    before = rows(connection, "SELECT 'hotspots_published.squares'::regclass::oid")
    publish(address, [squares()])
    assert rows(connection, "SELECT count(*) FROM mine") == [(3,)]
    publish(address, [squares(rows=SQUARES.iloc[:1])])
    assert rows(connection, "SELECT count(*) FROM mine") == [(1,)]
    assert rows(connection, "SELECT 'hotspots_published.squares'::regclass::oid") == before
    asked = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'hotspots_published'"
    assert rows(connection, asked) == [(2,)]
    with pytest.raises(InputRefused, match="depend"):
        publish(address, [squares(rows=SQUARES.assign(more=1))])
    connection.execute(text("DROP VIEW mine"))
    publish(address, [squares(rows=SQUARES.assign(more=1))])
    assert rows(connection, "SELECT sum(more) FROM hotspots_published.squares") == [(3,)]


def test_nothing_of_somebody_else_is_touched(postgis_url: str, connection: Connection) -> None:
    address = address_of(postgis_url)
    connection.execute(text("CREATE SCHEMA hotspots_published"))
    with pytest.raises(InputRefused, match="schema hotspots_published is not one that"):
        publish(address, [squares()])
    assert rows(connection, "SELECT count(*) FROM pg_tables "
                "WHERE schemaname = 'hotspots_published'") == [(0,)]  # fmt: skip
    connection.execute(text("DROP SCHEMA hotspots_published"))
    publish(address, [squares(name="areas")])
    connection.execute(text("CREATE TABLE hotspots_published.squares AS SELECT 1 AS mine"))
    connection.execute(text("CREATE VIEW hotspots_published.seen AS SELECT 2 AS mine"))
    for name in ("squares", "seen"):
        with pytest.raises(InputRefused, match=f"{name} is not one that hotspots made"):
            publish(address, [squares(name="areas", rows=SQUARES.iloc[:1]), squares(name=name)])
    assert rows(connection, "SELECT mine FROM hotspots_published.squares") == [(1,)]
    assert rows(connection, "SELECT count(*) FROM hotspots_published.areas") == [(3,)]  # undone
    publish(address, [squares(name="areas")])
    assert rows(connection, "SELECT mine FROM hotspots_published.squares") == [(1,)]


def test_a_geometry_that_is_not_valid_undoes_everything(
    postgis_url: str, connection: Connection
) -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    wrong = SQUARES.set_geometry([bow, *SQUARES.geometry[1:]], crs="EPSG:28992")
    with pytest.raises(InputRefused, match="not valid in PostGIS"):
        publish(address_of(postgis_url), [squares(), squares(name="bows", rows=wrong)])
    asked = "SELECT count(*) FROM pg_namespace WHERE nspname = 'hotspots_published'"
    assert rows(connection, asked) == [(0,)]


def test_a_database_without_postgis_is_refused(postgis: Any) -> None:
    with (
        postgis.database("template1") as url,
        pytest.raises(InputRefused, match="CREATE EXTENSION"),
    ):
        publish(address_of(url), [squares()])


def test_a_run_and_a_register_are_published_as_a_person_types_it(
    postgis_url: str, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOTSPOTS_DATABASE_URL", raising=False)
    city = build_city(tmp_path)
    words = ("publish", "--workspace", city.workspace.path, "--run", NOW, "--on", "2026-05-01")
    for _ in range(2):
        done = hotspots(*words, "--to", postgis_url)
        assert done.returncode == 0, done.stderr
    run = open_run(city.workspace, NOW)
    for name, result in {"areas": "priorities", "hotspots": "hotspots"}.items():
        held = gpd.GeoDataFrame(run.table(result))
        asked = f"SELECT * FROM hotspots_published.{name} ORDER BY number"
        back = gpd.read_postgis(asked, connection, geom_col="geometry")
        assert set(back["run_id"]) == {NOW}
        nowhere = held.geometry.isna()
        assert back.geometry.isna().tolist() == nowhere.tolist()
        assert (
            gpd.GeoSeries(back.geometry[~nowhere])
            .geom_equals(gpd.GeoSeries(held.geometry[~nowhere]))
            .all()
        )
        for column in held.columns.drop("geometry"):
            assert plain(back[column]) == plain(held[column]), column
    asked = (
        "SELECT id, state, has_effect, start, boundary, ST_Area(geometry) "
        "FROM hotspots_published.designations"
    )
    assert rows(connection, asked) == [
        (city.designation, "in_force", True, date(2026, 4, 1), 1, 160_000.0)
    ]
    said = rows(connection, "SELECT obj_description('hotspots_published.designations'::regclass)")[
        0
    ][0]
    assert city.register.head()[1] in said
    city.register.close()
    refused = hotspots(*words, "--to", "postgresql://x:geheim@127.0.0.1:9/db")
    assert refused.returncode == 2
    assert "geheim" not in refused.stderr + refused.stdout


def test_points_and_no_rows_are_published_too(postgis_url: str, connection: Connection) -> None:
    points = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(121_000, 487_000)], crs="EPSG:28992")
    address = address_of(postgis_url)
    publish(address, [squares(name="points", rows=points), squares(rows=SQUARES.iloc[:0])])
    assert rows(connection, "SELECT ST_X(geometry) FROM hotspots_published.points") == [(121_000,)]
    assert rows(connection, "SELECT count(*) FROM hotspots_published.squares") == [(0,)]
    publish(address, [squares()])
    assert rows(connection, "SELECT count(*) FROM hotspots_published.squares") == [(3,)]
