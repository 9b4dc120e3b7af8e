"""An empty register in a file; the life cycle is also tried on PostGIS."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.store.register.engine import FILE_NAME
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests.postgis import Server, postgis

__all__ = ["postgis"]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with an empty register, to copy from."""
    folder = tmp_path_factory.mktemp("empty") / "ws"
    workspace = init_workspace(folder, name="Proefstad", crs="EPSG:28992")
    open_register(workspace).close()
    return workspace


@pytest.fixture
def register(empty: Workspace, tmp_path: Path) -> Iterator[Register]:
    """An empty register in a file."""
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")
    shutil.copy(empty.path / FILE_NAME, workspace.path / FILE_NAME)
    with open_register(workspace) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.service)])
def either(request: pytest.FixtureRequest, empty: Workspace, tmp_path: Path) -> Iterator[Register]:
    """An empty register, on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("register")
        return
    server: Server = request.getfixturevalue("postgis")
    with server.database() as url, open_register(empty, url) as opened:
        yield opened
