"""Accounts on the command line, and what the server says of who may sign in."""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.settings import Settings
from hotspots.cli import app as commands
from hotspots.cli.serving import is_loopback, tell_who_may_sign_in
from hotspots.store.workspace import Workspace, init_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOTSPOTS_LOOPBACK_ONLY", "HOTSPOTS_OIDC_ISSUER"):
        monkeypatch.setenv(name, "")


def typed(*words: str | Path) -> Any:
    return CliRunner().invoke(commands, ["user", *map(str, words)], catch_exceptions=True)


def test_an_account_is_made_listed_used_and_ended(workspace: Workspace) -> None:
    where = ("--workspace", workspace.path)
    assert "no accounts yet" in typed("list", *where).output
    made = typed(
        "add", "J. Bakker", *where, "--role", "vlo", "--stadsdeel", "Noord", "--until", "2099-12-31"
    )
    assert made.exit_code == 0
    token = made.stdout.strip()
    assert re.fullmatch(r"hotspots_[\w-]{43}", token)
    app = create_app(Settings(workspace=workspace.path))
    client = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert client.get("/v1/runs").status_code == 200
    listed = typed("list", *where).output
    assert listed == "J. Bakker: vlo of Noord, until 2099-12-31\n"
    assert token not in listed
    assert typed("end", "J. Bakker", *where).exit_code == 0
    assert client.get("/v1/runs").status_code == 401
    assert ", ended on " in typed("list", *where).output


def test_an_account_ends_after_a_year_unless_told_otherwise(workspace: Workspace) -> None:
    typed("add", "A", "--workspace", workspace.path, "--role", "board")
    last = datetime.now().astimezone() + timedelta(days=365)
    listed = typed("list", "--workspace", workspace.path).output
    assert listed in {
        f"A: board, until {last + timedelta(seconds=each):%Y-%m-%d}\n" for each in (-60, 0)
    }


def test_the_public_has_no_account(workspace: Workspace) -> None:
    assert typed("add", "A", "--workspace", workspace.path, "--role", "public").exit_code == 2


@pytest.mark.usefixtures("environment")
def test_the_server_says_who_may_sign_in(
    tmp_path: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_who_may_sign_in(workspace, "0.0.0.0")
    said = capsys.readouterr().out
    assert said == (
        "Nobody can sign in yet. Make an account with: "
        f"hotspots user add NAME --workspace {workspace.path} --role analyst\n"
    )
    assert os.environ["HOTSPOTS_LOOPBACK_ONLY"] == "false"
    typed("add", "A", "--workspace", workspace.path, "--role", "board")
    tell_who_may_sign_in(workspace, "127.0.0.1")
    assert capsys.readouterr().out == ""
    assert os.environ["HOTSPOTS_LOOPBACK_ONLY"] == "true"
    demo = init_workspace(tmp_path / "d", name="D", crs="EPSG:28992", demo=True)
    tell_who_may_sign_in(demo, "localhost")
    assert "choose a role" in capsys.readouterr().out
    tell_who_may_sign_in(demo, "192.168.1.4")
    assert "with a token only" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("localhost.example", False),
     ("", False)],
)  # fmt: skip
def test_an_address_of_this_machine_is_known(host: str, here: bool) -> None:
    assert is_loopback(host) == here
