"""Cities, served as by ``hotspots serve``, and a page of somebody in each role.

Each role's main task is walked on Duinstad; every page there is, on a town that is small.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
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
from tests.browser.walks import small_town
from tests.browser.watching import WIDTHS, Watched
from tests.scored_city import Scored

Walker = Callable[..., Watched]
DAY = date(2026, 1, 31)
"""On which Duinstad lives: its register ends the day before."""
expect.set_options(timeout=60_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the small town, for whoever only reads."""
    folder = tmp_path_factory.mktemp("walks")
    small_town.build(folder)
    with _served(folder / "ws", folder / "policy.toml") as served:
        yield served


@pytest.fixture(scope="session")
def city(duinstad: Scored) -> Iterator[Served]:
    """A server with Duinstad, for whoever only reads."""
    with _served(duinstad.workspace, duinstad.files / "beleid.toml", demo_day=DAY) as served:
        yield served


@pytest.fixture
def own_city(duinstad: Scored, tmp_path: Path) -> Iterator[Served]:
    """A server with a Duinstad of one's own, to write in and to make a run on one theme of."""
    shutil.copytree(duinstad.workspace, tmp_path / "ws")
    policy = (duinstad.files / "beleid.toml").read_text("utf-8")
    own = policy.replace("[hotspots]\n", '[hotspots]\nthemes = ["burglary"]\n')
    (tmp_path / "policy.toml").write_text(own, "utf-8")
    with _served(tmp_path / "ws", tmp_path / "policy.toml", demo_day=DAY) as served:
        yield served


@contextmanager
def _served(workspace: Path, policy: Path, demo_day: date | None = None) -> Iterator[Served]:
    settings = Settings(
        workspace=workspace, policy=policy, demo_day=demo_day, loopback_only=True, **UNLIMITED
    )
    app = create_app(settings)
    with serving(app) as address:
        yield Served(address, app)


@pytest.fixture
def walker(browser: Browser) -> Iterator[Walker]:
    """Open a page of a server as somebody in a role; the public signs in nowhere."""
    opened = []

    def walk(
        served: Served, role: Role, *, stadsdeel: str | None = None, width: int = WIDTHS[0]
    ) -> Watched:
        page = browser.new_page(viewport={"width": width, "height": 900})
        opened.append(page)
        page.set_default_timeout(60_000)
        if role != "public":
            recogniser = served.app.state.recogniser
            who = Identity(f"mw. {role}", role, stadsdeel)
            secret = recogniser.sessions.begin(who, at=recogniser.now())
            page.context.add_cookies([{"name": "hotspots", "value": secret, "url": served.address}])
        return Watched(page, served.address)

    yield walk
    for page in opened:
        page.close()
