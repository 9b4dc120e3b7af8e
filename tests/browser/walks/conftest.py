"""The city, served as it is by ``hotspots serve``, and a page of somebody in each role."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.app import create_app
from api.settings import Settings
from hotspots.register import Role
from hotspots.store.accounts import Identity
from tests.api.serving import serving
from tests.api.signing import UNLIMITED
from tests.browser.conftest import Served
from tests.browser.walks import city
from tests.browser.watching import WIDTHS, Watched

Walker = Callable[..., Watched]
expect.set_options(timeout=60_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the city, to copy from."""
    folder = tmp_path_factory.mktemp("walks")
    city.build(folder)
    return folder


@pytest.fixture(scope="session")
def town(built: Path) -> Iterator[Served]:
    """A server with the city, for whoever only reads."""
    with _served(built / "ws", built) as served:
        yield served


@pytest.fixture
def own_town(built: Path, tmp_path: Path) -> Iterator[Served]:
    """A server with a city of one's own, to write in."""
    shutil.copytree(built / "ws", tmp_path / "ws")
    with _served(tmp_path / "ws", built) as served:
        yield served


@contextmanager
def _served(workspace: Path, built: Path) -> Iterator[Served]:
    settings = Settings(
        workspace=workspace, policy=built / "policy.toml", loopback_only=True, **UNLIMITED
    )
    app = create_app(settings)
    with serving(app) as address:
        yield Served(address, app)


@pytest.fixture
def walker(browser: Browser) -> Iterator[Walker]:
    """Open a page of a server as somebody in a role; the public signs in nowhere."""
    opened = []

    def walk(served: Served, role: Role, *, width: int = WIDTHS[0]) -> Watched:
        page = browser.new_page(viewport={"width": width, "height": 900})
        opened.append(page)
        page.set_default_timeout(60_000)
        if role != "public":
            recogniser = served.app.state.recogniser
            who = Identity(f"mw. {role}", role, "Oost" if role == "vlo" else None)
            secret = recogniser.sessions.begin(who, at=recogniser.now())
            page.context.add_cookies([{"name": "hotspots", "value": secret, "url": served.address}])
        return Watched(page, served.address)

    yield walk
    for page in opened:
        page.close()
