"""A workspace, and an opened register on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests.postgis import Server, postgis, postgis_url

__all__ = ["postgis", "postgis_url"]

DATABASES = ["sqlite", pytest.param("postgis", marks=pytest.mark.service)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database; none for a file in the workspace."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgis_url"))


@pytest.fixture(scope="session")
def made(postgis: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with an empty register, to make others from."""
    postgis.ask("CREATE DATABASE with_register TEMPLATE with_postgis")
    folder = tmp_path_factory.mktemp("made")
    workspace = init_workspace(folder, name="Proefstad", crs="EPSG:28992")
    open_register(workspace, postgis.url("with_register")).close()
    return "with_register"


@pytest.fixture(params=DATABASES)
def register(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Register]:
    """An empty register on each database."""
    if request.param == "sqlite":
        with open_register(workspace) as opened:
            yield opened
        return
    server: Server = request.getfixturevalue("postgis")
    with (
        server.database(request.getfixturevalue("made")) as url,
        open_register(workspace, url) as opened,
    ):
        yield opened
