"""A browser, a server with the sample run, and a page that is watched."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.settings import Settings
from hotspots.store.accounts import Identity
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.browser.watching import WIDTHS, Watched
from tests.outputs import camera_run, sample


@dataclass(frozen=True)
class Served:
    """A server on this machine, and its app."""

    address: str
    app: FastAPI


CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it the tests are skipped, or fail where services are required."""
    if CHROMIUM is None:
        if os.environ.get("HOTSPOTS_REQUIRE_SERVICES") == "1":
            pytest.fail("Chromium is required: make services")
        pytest.skip("Chromium is not installed: make services")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=as_root)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the sample run."""
    path = tmp_path_factory.mktemp("browser") / "town"
    workspace = init_workspace(path, name="Proefstad", crs="EPSG:28992", demo=True)
    freeze_run(workspace, sample.record(demo=True), sample.results())
    freeze_run(workspace, camera_run.record(demo=True), camera_run.tables())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(Settings(workspace=path, loopback_only=True, limit_reads="100000/minute"))
        config = uvicorn.Config(app, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Served(f"http://127.0.0.1:{port}", app)
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def address(served: Served) -> str:
    """Its address."""
    return served.address


@pytest.fixture
def stranger(browser: Browser, address: str) -> Iterator[Watched]:
    """A fresh page of the width of a desk, of somebody who did not sign in."""
    page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
    yield Watched(page, address)
    page.close()


@pytest.fixture
def watched(stranger: Watched, served: Served) -> Watched:
    """The same, of an analyst."""
    recogniser = served.app.state.recogniser
    secret = recogniser.sessions.begin(Identity("A. de Vries", "analyst"), at=recogniser.now())
    stranger.page.context.add_cookies(
        [{"name": "hotspots", "value": secret, "url": served.address}]
    )
    return stranger
