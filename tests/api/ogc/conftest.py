"""An app that serves a collection made for tests beside its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.access import EVERYBODY
from api.app import create_app
from api.ogc.layers import LAYERS
from api.settings import Settings
from tests.api.ogc.grid import grid
from tests.api.signing import signed_in


@pytest.fixture(scope="module")
def gridded() -> Iterator[None]:
    """The collection `grid`, which everybody may see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LAYERS, "grid", grid(roles=EVERYBODY))
        yield


@pytest.fixture(scope="module")
def app(gridded: None, workspace_path: Path) -> FastAPI:
    """An app with the sample run and the grid."""
    return create_app(Settings(workspace=workspace_path, limit_reads="1000000/minute"))


@pytest.fixture(scope="module")
def asking(app: FastAPI) -> Iterator[TestClient]:
    """Somebody who is signed in."""
    with signed_in(app) as client:
        yield client
