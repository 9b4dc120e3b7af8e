"""A served town with one run and an empty register, on a clock that stands still."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.clock import Clock
from api.settings import Settings
from hotspots.cli.commands import app as commands
from hotspots.register import Role
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample
from tests.postgis import Server, postgis
from tests.town import Town

__all__ = ["postgis"]

Clients = Callable[..., TestClient]


NOW = datetime(2027, 3, 1, 12, tzinfo=UTC).astimezone()
"""When everything happens in these tests."""


class StandingClock(Clock):
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return the first of March 2027."""
        return NOW


def served_now(settings: Settings) -> FastAPI:
    """Return an app whose clock stands still."""
    app = create_app(settings)
    app.state.clock = StandingClock()
    return app


@pytest.fixture(scope="session")
def served_town(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the districts of the town, a frozen run and a policy, to copy from."""
    folder = tmp_path_factory.mktemp("town-served")
    workspace = init_workspace(folder / "ws", name="Proefstad", crs="EPSG:28992")
    words = ["ingest", "areas", str(town.areas), "--workspace", str(workspace.path)]
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 0, done.output
    freeze_run(workspace, sample.record(), sample.results())
    by_law = '[designations.kinds.camera_area]\nby_law = "art. 2:77 APV Proefstad"\n'
    (folder / "policy.toml").write_text(by_law, encoding="utf-8")
    return folder


@pytest.fixture
def settings(served_town: Path, tmp_path: Path) -> Settings:
    """Settings of a server with a workspace of its own, and room for many writes."""
    return settings_in(tmp_path / "ws", served_town)


def settings_in(folder: Path, served_town: Path) -> Settings:
    """Copy the workspace to a folder; return settings to serve it."""
    shutil.copytree(served_town / "ws", folder)
    return Settings(
        workspace=folder,
        policy=served_town / "policy.toml",
        limit_writes="100000/minute",
        limit_reads="100000/minute",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    """The app, with its register in a file."""
    made = served_now(settings)
    with TestClient(made):
        yield made


@pytest.fixture(scope="session")
def shared(served_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An app for requests that are refused; nobody looks at what is in its register."""
    made = served_now(settings_in(tmp_path_factory.mktemp("shared") / "ws", served_town))
    with TestClient(made):
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.service)])
def either(request: pytest.FixtureRequest, settings: Settings) -> Iterator[FastAPI]:
    """The app, with its register in each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    server: Server = request.getfixturevalue("postgis")
    with server.database() as url:
        made = served_now(settings.model_copy(update={"database_url": url}))
        with TestClient(made):
            yield made


@pytest.fixture
def sign_in(app: FastAPI) -> Clients:
    """Sign in to the app in a role."""
    return clients_of(app)


def clients_of(app: FastAPI) -> Clients:
    """Return a way to sign in to an app; each role has a name of its own."""

    def client(role: Role) -> TestClient:
        return signed_in(app, role, name=f"mw. {role}", raise_server_exceptions=False)

    return client
