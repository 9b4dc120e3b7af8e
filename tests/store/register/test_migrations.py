"""The schema goes up and down with data in it, and is what the code thinks it is."""

import geopandas as gpd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from hotspots.errors import RegisterRefused
from hotspots.store.register.engine import connect, migrate
from hotspots.store.register.migrations import REVISIONS
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace
from tests.postgis import Server
from tests.store.register.records import D, boundary, changing, designation, one_of_each, url_of


def test_the_steps_are_one_line_from_the_first_to_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", "hotspots.store.register:migrations")
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert [each.revision for each in script.walk_revisions()] == list(reversed(REVISIONS))
    assert len(REVISIONS) > 1


def test_the_migrated_schema_is_the_one_of_the_code(register: Register) -> None:
    with register.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": "register_schema",
                "compare_type": True,
                "include_object": lambda item, name, kind, *_: (
                    (kind, name) != ("table", "spatial_ref_sys")
                ),
            },
        )
        assert compare_metadata(context, register.tables.metadata) == []


def test_a_register_of_the_first_schema_goes_up_with_its_data(
    workspace: Workspace, url: str | None
) -> None:
    database = connect(workspace, url)
    assert migrate(database, to="0001") is None
    with pytest.raises(RegisterRefused, match=r"schema 0001.*hotspots migrate"):
        open_register(workspace, url)
    old = Register(database)
    with changing(old) as change:
        for record in one_of_each():
            change.put(record)
    before = old.trail()
    assert migrate(database) == "0001"
    old.close()
    with open_register(workspace, url) as register:
        assert register.trail() == before
        assert register.verify(before[-1].hash) == []
        with changing(register) as change:
            change.put(register.designation(D))
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            _again(register)


def _again(register: Register) -> None:
    """Win a version that was won before, past the code."""
    with register.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entries SELECT seq + 100, at, actor, role, act, kind, subject, "
                "version, reason, run_id, content_sha256, 'p', 'h' FROM audit_entries WHERE seq = 1"
            )
        )


def test_the_schema_goes_down_and_up_again_step_by_step(register: Register) -> None:
    with changing(register) as change:
        for record in one_of_each():
            change.put(record)
    before = register.trail()
    for step in reversed(REVISIONS[:-1]):
        migrate(register.database, to=step)
        assert register.trail() == before
    migrate(register.database)
    assert register.verify(before[-1].hash) == []
    migrate(register.database, to="base")
    with register.database.engine.connect() as connection:
        left = set(inspect(connection).get_table_names()) - {"spatial_ref_sys"}
        assert left == {"register_schema"}
        assert "areas_now" not in inspect(connection).get_view_names()
    migrate(register.database)
    assert register.trail() == []


def test_a_newer_schema_is_refused(register: Register, workspace: Workspace) -> None:
    with register.database.engine.begin() as connection:
        connection.execute(text("UPDATE register_schema SET version_num = '9999'"))
    with pytest.raises(RegisterRefused, match=r"does not know.*newer version"):
        open_register(workspace, url_of(register))
    with pytest.raises(RegisterRefused, match="does not know"):
        migrate(register.database)


@pytest.mark.service
def test_a_database_without_postgis_is_refused(postgis: Server, workspace: Workspace) -> None:
    with (
        postgis.database(template="template1") as url,
        pytest.raises(RegisterRefused, match="CREATE EXTENSION postgis"),
    ):
        open_register(workspace, url)


@pytest.mark.service
def test_a_gis_reads_the_areas_that_count_now(workspace: Workspace, postgis_url: str) -> None:
    with open_register(workspace, postgis_url) as register:
        with changing(register) as change:
            held = change.put(designation())
            change.put(boundary(1, side_m=10))
            change.put(boundary(2, side_m=20))
            change.put(held.model_copy(update={"boundary_version": 2}))
            change.put(designation(id="another", name="Zonder gebied"))
        with register.database.engine.connect() as connection:
            areas = gpd.read_postgis("SELECT * FROM areas_now", connection, geom_col="geometry")
    assert areas["name"].tolist() == ["Stationsplein"]
    assert areas.area.tolist() == [400.0]
    assert areas.crs == "EPSG:28992"
