"""The planner plans cameras on a telephone: how many, where, and what another place would cost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served
from tests.browser.walks.conftest import Walker
from tests.browser.walks.keyboard import tab_to
from tests.scored_city import Scored

pytestmark = pytest.mark.service


def test_the_planner_plans_and_swaps(city: Served, duinstad: Scored, walker: Walker) -> None:
    watched = walker(city, "planner", width=390)
    page = watched.page
    watched.visit("/cameras")
    gone = page.locator("tr").filter(has_text=duinstad.cameras["need_gone"]["camera"]).first
    expect(gone).to_contain_text("weghalen")
    told = page.locator("#number-told").inner_text()
    tab_to(page, page.locator("#n"))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#number-told")).not_to_have_text(told)
    page.wait_for_url("**n=2**")
    page.locator("#plan-sites a[href*='/cameras?']").last.click()  # back to what was asked
    page.locator("#plan-sites th a").first.click()
    expect(page.locator("#swap")).to_be_visible()
    page.locator("#instead").select_option(index=0)
    page.locator("form.choose button").click()
    page.wait_for_url("**/cameras/*instead=*")
    expect(page.locator("section.across table").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.complaints == []


def test_the_planner_follows_a_hotspot_and_a_ban(city: Served, walker: Walker) -> None:
    watched = walker(city, "planner")
    page = watched.page
    watched.visit("/hotspots")
    page.locator(".found th[scope=row] a").first.click()
    expect(page.locator("h1")).to_contain_text("Hotspot 1")
    page.get_by_role("link", name="Verboden", exact=True).click()
    page.locator("table.ranking th a").first.click()
    expect(page.locator("h1")).to_contain_text("Alcoholverbod")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert watched.complaints == []
