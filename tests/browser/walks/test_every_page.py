"""Every page that the table of access gives to a role, as somebody in that role meets it.

Pages are found by what leads to them, so a new page is looked at without a word here, and a page
to which nothing leads is a failure.
"""

from pathlib import Path
from typing import Any, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe

from api.access import Routes
from hotspots.register import Role
from tests.browser.conftest import Served
from tests.browser.walks.conftest import Walker
from tests.browser.walks.found import Found, pages_of
from tests.browser.watching import WIDTHS, Watched

pytestmark = pytest.mark.service

STRUCTURE = Path(__file__).with_name("structure.js").read_text(encoding="utf-8")
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => each.open = true)"
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
    },
    "iframes": False,  # maps are opened as pages of their own
    "preload": False,  # a map may fetch nothing
    "resultTypes": ["violations"],
}
_looked_at: set[tuple[str, str]] = set()


@pytest.mark.parametrize("role", get_args(Role))
def test_every_page_of_a_role(role: Role, town: Served, walker: Walker) -> None:
    watched = walker(town, role, stadsdeel="Oost" if role == "vlo" else None)
    found = Found(watched.page.request, town.address, Routes(town.app.routes))
    templates = pages_of(role)
    found.follow(templates)
    assert found.refused == []
    assert templates - found.pages.keys() - found.files.keys() == set()
    wrong = [
        f"{path}: {each}"
        for paths in found.pages.values()
        for path in paths
        if _is_new(path, found.shown[path])
        for each in _wrong_with(watched, path)
    ]
    assert not wrong, "\n".join(["", *wrong])


def _is_new(path: str, shown: str) -> bool:
    """Tell whether no earlier role met the page the same."""
    met = (path, shown)
    if met in _looked_at:
        return False
    _looked_at.add(met)
    return True


def _wrong_with(watched: Watched, path: str) -> list[str]:
    watched.complaints.clear()
    watched.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    watched.visit(path)
    watched.page.evaluate(OPEN_ALL)
    wrong = _against_wcag(watched) + _against_structure(watched)
    for width in reversed(WIDTHS):
        watched.page.set_viewport_size({"width": width, "height": 844})
        wide = watched.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{wide} px wide on {width}")
    return wrong + watched.complaints


def _against_wcag(watched: Watched) -> list[str]:
    found: Any = Axe().run(watched.page, options=AXE)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def _against_structure(watched: Watched) -> list[str]:
    watched.page.keyboard.press("Tab")  # what is focused from here on, is so by keyboard
    found = watched.page.evaluate(STRUCTURE)
    wrong = [f"no visible focus: {each}" for each in found["unseen"]]
    if found["headings"] != 1:
        wrong.append(f"{found['headings']} headings of the first level")
    return wrong
