"""A bent index of PostgreSQL is found, and hides nothing from the verification."""

import pytest
from sqlalchemy import text

from hotspots.store.register.indexes import _BY_INDEX, _BY_TABLE, _plan
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace
from tests.store.register.records import changing, designation, one_of_each

pytestmark = pytest.mark.service


@pytest.fixture
def filled(workspace: Workspace, postgis_url: str) -> Register:
    """A register in PostGIS with a record of every kind."""
    opened = open_register(workspace, postgis_url)
    with changing(opened) as change:
        for record in one_of_each():
            change.put(record)
    return opened


def ready(register: Register, index: str, *, is_ready: bool) -> None:
    """Let an index take in new rows, or not; the planner goes on using it."""
    asked = text(
        "UPDATE pg_index SET indisready = :ready WHERE indexrelid = CAST(:name AS regclass)"
    )
    with register.database.engine.begin() as connection:
        connection.execute(asked, {"ready": is_ready, "name": index})


@pytest.mark.parametrize(
    "index", ["one_entry_per_version", "audit_entries_pkey", "versions_pkey", "designations_pkey"]
)
def test_an_index_that_hides_a_row_is_found(filled: Register, index: str) -> None:
    ready(filled, index, is_ready=False)
    with changing(filled) as change:
        change.put(designation(id="camera_area-2026-777"))
    ready(filled, index, is_ready=True)
    said = [str(each) for each in filled.verify()]
    assert len(said) == 1, said
    assert f"The index {index}" in said[0]
    filled.close()


def test_sound_indexes_show_what_the_tables_hold(filled: Register) -> None:
    assert filled.verify() == []
    with filled.database.reading() as connection:
        for plan, scan in ((_BY_TABLE, "Seq Scan"), (_BY_INDEX, "Index")):
            _plan(connection, plan)
            asked = "EXPLAIN SELECT seq FROM audit_entries ORDER BY seq"
            assert scan in "\n".join(connection.execute(text(asked)).scalars())
    filled.close()
