"""A served workspace with the sample run in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample

RUN = "2025-abc123"


@pytest.fixture(scope="session")
def workspace_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one frozen run."""
    path = tmp_path_factory.mktemp("served") / "town"
    workspace = init_workspace(path, name="Proefstad", crs="EPSG:28992")
    freeze_run(workspace, sample.record(), sample.results())
    return path


@pytest.fixture(scope="session")
def client(workspace_path: Path) -> Iterator[TestClient]:
    """A client of the app that serves the workspace; a failure inside is a 500, not an error."""
    app = create_app(Settings(workspace=workspace_path))
    with signed_in(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of an app whose workspace has no run."""
    init_workspace(tmp_path / "new", name="Nieuw", crs="EPSG:28992", demo=True)
    with signed_in(create_app(Settings(workspace=tmp_path / "new"))) as client:
        yield client


@pytest.fixture(scope="session")
def furnished_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An app with something of everything; what is written in it stays there."""
    from tests.api.furnished import furnished  # it builds on this module

    with furnished(tmp_path_factory.mktemp("furnished")) as app:
        yield app
