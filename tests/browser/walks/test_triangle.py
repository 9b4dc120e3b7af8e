"""The triangle chooses the priority areas of a year: tries, chooses, gives reasons, prints."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.walks.conftest import Walker

pytestmark = pytest.mark.service


def _order(page: Page) -> list[str]:
    """Return the names of the areas as they are ranked, without their remarks."""
    names: list[str] = page.locator("#ranking-list tbody th[scope=row]").evaluate_all(
        "all => all.map(each => each.firstChild.textContent.trim())"
    )
    return names


def test_the_triangle_tries_chooses_and_prints(own_city: Served, walker: Walker) -> None:
    watched = walker(own_city, "triangle")
    page = watched.page
    watched.visit("/?level=wijk")
    before = _order(page)
    expect(page.locator("#ranking-effect .notice")).to_have_count(0)

    # Another weight: the order is told while the slider moves, and nothing is kept.
    page.locator("#try-slider").focus()
    page.keyboard.press("Home")
    expect(page.locator("#ranking-effect .notice")).to_contain_text("nog niets vastgelegd")
    page.wait_for_url("**weight=0**")
    expect(page.locator("#try-weight")).to_have_value("0")
    tried = _order(page)
    assert tried != before
    assert sorted(tried) == sorted(before)
    page.locator("#ranking-effect a").click()
    expect(page.locator("#ranking-effect .notice")).to_have_count(0)

    # Choosing otherwise than was proposed needs a reason for each area.
    page.locator(".chosen a.button").click()
    expect(page.locator("h1")).to_be_visible()
    near = page.locator("table.picking").first.locator("tbody tr")  # the rest is folded away
    first, last = near.first, near.last
    dropped, added = (each.locator("th").inner_text() for each in (first, last))
    first.locator("[type=checkbox]").uncheck()
    last.locator("[type=checkbox]").check()
    page.locator("#reason").fill("Besproken in de driehoek.")
    page.locator("form.register-form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    watched.complaints.clear()  # that the answer was 422
    expect(page.locator("[aria-invalid=true]")).to_have_count(2)
    expect(page.locator("#reason")).to_have_value("Besproken in de driehoek.")
    for each, why in ((dropped, "Het wijkteam is er al."), (added, "Een reeks in december.")):
        row = page.locator("table.picking tr").filter(has_text=each)
        row.locator("textarea").fill(why)
    page.locator("form.register-form button").click()
    page.wait_for_url(re.compile(r"/\?run=.*#chosen$"))
    told = page.locator("section.chosen")
    expect(told).to_contain_text("mw. triangle")
    for text in (dropped, added, "Het wijkteam is er al.", "Een reeks in december."):
        expect(told).to_contain_text(text)

    # What was decided is one sheet.
    paper = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    register = own_city.app.state.register.register()
    (choice,) = [each for each in register.choices() if each.level == "wijk"]
    assert {each.name: each.reason for each in choice.areas if each.reason} == {
        dropped: "Het wijkteam is er al.",
        added: "Een reeks in december.",
    }
    assert watched.complaints == []


def test_what_was_tried_is_told_without_a_script(city: Served, walker: Walker) -> None:
    watched = walker(city, "board", width=390)
    watched.visit("/?level=wijk&weight=0&years=1&k=2&lang=en")
    expect(watched.page.locator("#ranking-effect .notice")).to_be_visible()
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.complaints == []
