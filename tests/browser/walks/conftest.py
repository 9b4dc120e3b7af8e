"""The city, served as it is by ``hotspots serve``, and a page of somebody in each role."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.app import create_app
from api.settings import Settings
from hotspots.register import Role
from hotspots.store.accounts import Identity
from tests.api.serving import serving
from tests.api.signing import UNLIMITED
from tests.browser.conftest import Served, browser
from tests.browser.walks import city
from tests.browser.watching import WIDTHS, Watched

__all__ = ["browser"]

Walkers = Callable[..., Watched]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the city."""
    folder: Path = tmp_path_factory.mktemp("walks")
    city.build(folder)
    settings = Settings(
        workspace=folder / "ws", policy=folder / "policy.toml", loopback_only=True, **UNLIMITED
    )
    app = create_app(settings)
    with serving(app) as address:
        yield Served(address, app)


@pytest.fixture
def walker(browser: Browser, town: Served) -> Iterator[Walkers]:
    """Open a page as somebody in a role; the public signs in nowhere."""
    opened = []

    def walk(role: Role, *, width: int = WIDTHS[0]) -> Watched:
        page = browser.new_page(viewport={"width": width, "height": 900})
        opened.append(page)
        if role != "public":
            recogniser = town.app.state.recogniser
            stadsdeel = "Oost" if role == "vlo" else None
            who = Identity(f"mw. {role}", role, stadsdeel)
            secret = recogniser.sessions.begin(who, at=recogniser.now())
            cookie = {"name": "hotspots", "value": secret, "url": town.address}
            page.context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict is one
        return Watched(page, town.address)

    yield walk
    for page in opened:
        page.close()
