"""Ready says whether the server can work; why not is for whoever reads its log."""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.ops.readiness import Readiness
from api.register.opened import Opening
from api.settings import Settings
from hotspots.pipeline.work.lock import only_worker
from hotspots.store.jobs import Jobs
from hotspots.store.register.engine import FILE_NAME
from hotspots.store.workspace import Workspace, init_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace."""
    return init_workspace(tmp_path / "town", name="Proefstad", crs="EPSG:28992")


@pytest.fixture
def app(workspace: Workspace) -> FastAPI:
    """The app that serves it."""
    return create_app(Settings(workspace=workspace.path))


def test_a_new_server_is_alive_and_ready(app: FastAPI) -> None:
    with TestClient(app) as client:
        assert client.get("/health").json() == {"status": "ok"}
        answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert answer.headers["cache-control"] == "no-store"


def no_workspace(workspace: Workspace) -> None:
    (workspace.path / "workspace.json").unlink()


def damaged_register(workspace: Workspace) -> None:
    (workspace.path / FILE_NAME).write_bytes(b"no database" * 100)


def older_register(workspace: Workspace) -> None:
    Opening(Settings(workspace=workspace.path)).register().close()
    with closing(sqlite3.connect(workspace.path / FILE_NAME)) as database, database:
        database.execute("UPDATE register_schema SET version_num = '0000'")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (no_workspace, "workspace: There is no workspace in this folder."),
        (damaged_register, "register: The file of the register is damaged"),
        (older_register, "register: The register has schema 0000"),
    ],
)
def test_what_is_not_well_is_in_the_log_and_not_in_the_answer(
    app: FastAPI,
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Workspace], None],
    reason: str,
) -> None:
    damage(workspace)
    with TestClient(app) as client:
        answer = client.get("/ready")
        assert client.get("/health").status_code == 200
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert any(record.getMessage().startswith(reason) for record in caplog.records)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_full_disk_is_no_place_to_work(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = os.statvfs(workspace.path)
    full = os.statvfs_result((*room[:3], *(0, 0), *room[5:]))
    clock = Clock()
    readiness = Readiness(workspace, Opening(Settings(workspace=workspace.path)), clock)
    with monkeypatch.context() as patched:
        patched.setattr("os.statvfs", lambda _: full)
        assert not readiness.is_ready()
    assert "The disk is almost full." in caplog.text
    assert not readiness.is_ready(), "an answer holds for two seconds"
    clock.now += 2.5
    assert readiness.is_ready()


def test_only_what_changes_is_logged(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="api.ops.readiness")
    clock = Clock()
    readiness = Readiness(workspace, Opening(Settings(workspace=workspace.path)), clock)
    assert readiness.is_ready()
    clock.now += 3
    settings = workspace.path / "workspace.json"
    aside = settings.rename(workspace.path / "aside")
    for _ in range(3):
        assert not readiness.is_ready()
        clock.now += 3
    aside.rename(settings)
    for _ in range(3):
        assert readiness.is_ready()
        clock.now += 3
    levels = [(record.levelname, record.getMessage().split(":")[0]) for record in caplog.records]
    assert levels == [("ERROR", "workspace"), ("INFO", "workspace")]


def test_a_worker_that_is_away_is_a_warning(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    readiness = Readiness(workspace, Opening(Settings(workspace=workspace.path)), clock)
    assert readiness.is_ready()
    assert not caplog.records, "nobody waits for a worker"
    Jobs(workspace).ask("run", {}, {}, asked_by="A. de Vries", at=datetime.now(UTC))
    clock.now += 3
    assert readiness.is_ready()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    with only_worker(workspace):
        clock.now += 3
        assert readiness.is_ready()
    assert len(caplog.records) == 1
