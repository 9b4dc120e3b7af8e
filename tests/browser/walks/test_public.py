"""Whoever does not sign in reads what is public, and comes no further."""

import pytest
from playwright.sync_api import expect

from api.access import ACCESS
from tests.browser.conftest import Served
from tests.browser.walks.conftest import Walker
from tests.browser.watching import WIDTHS

pytestmark = pytest.mark.service


@pytest.mark.parametrize("width", WIDTHS)
def test_the_public_reads_what_is_where_until_when_and_why(
    city: Served, walker: Walker, width: int
) -> None:
    watched = walker(city, "public", width=width)
    page = watched.page
    watched.visit("/openbaar")
    expect(page.locator("main")).to_contain_text("Alcoholverbod 2")
    expect(page.locator("main")).to_contain_text("Gemeenteblad")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    watched.visit("/openbaar/veiligheid")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.complaints == []


def test_nothing_else_opens(city: Served, walker: Walker) -> None:
    watched = walker(city, "public")
    closed = [
        key.removeprefix("GET ")
        for key, roles in ACCESS.items()
        if key.startswith("GET ") and "public" not in roles and "{" not in key
    ]
    for path in closed:
        answer = watched.page.request.get(city.address + path, max_redirects=0)
        assert answer.status == (401 if path.startswith("/v1") else 303), path
    watched.visit("/register")
    expect(watched.page.locator("h1")).to_have_text("Aanmelden")
    assert watched.complaints == []
