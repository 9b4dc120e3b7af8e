"""Signing in as a person does, in a real browser: by role, with a token, and out again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Served
from tests.browser.watching import WIDTHS, Watched

pytestmark = pytest.mark.service

READING = Path(__file__).with_name("reading.js").read_text(encoding="utf-8")


def test_a_role_of_the_demo_is_chosen_by_keyboard_and_left_again(stranger: Watched) -> None:
    stranger.visit("/runs?lang=nl")
    page = stranger.page
    assert page.url.endswith("/inloggen?next=%2Fruns%3Flang%3Dnl")
    expect(page.locator("h1")).to_have_text("Aanmelden")
    page.get_by_role("button", name="Kijk mee als planner").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs?lang=nl")
    expect(page.locator(".reader p")).to_have_text("Aangemeld als Demo (planner)")
    page.get_by_role("button", name="Afmelden").click()
    page.wait_for_url("**/inloggen?lang=nl")
    stranger.visit("/runs")
    assert "/inloggen?next=" in page.url
    assert stranger.complaints == []


def test_a_token_opens_the_pages(stranger: Watched, served: Served) -> None:
    now = datetime.now(UTC)
    accounts = served.app.state.recogniser.accounts
    token = accounts.add(
        "J. Bakker", "vlo", stadsdeel="Noord", until=now + timedelta(days=1), at=now
    )
    page = stranger.page
    stranger.visit("/inloggen?lang=en")
    page.get_by_label("Access token").fill("hotspots_" + "x" * 43)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("We do not know this access token")
    stranger.complaints.clear()  # that the answer was 403
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{served.address}/")
    expect(page.locator(".reader p")).to_have_text("Aangemeld als J. Bakker (VLO Noord)")
    assert stranger.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/inloggen", "/inloggen?lang=en"])
def test_everybody_can_sign_in(stranger: Watched, path: str, width: int) -> None:
    stranger.page.set_viewport_size({"width": width, "height": 900})
    stranger.visit(path)
    found: Any = Axe().run(stranger.page)
    assert found.response["violations"] == []
    reading = stranger.page.evaluate(READING)
    assert min(ratio for ratio, _ in reading["ratios"]) >= 4.5
    box = stranger.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert box[0] <= box[1]
    for button in stranger.page.get_by_role("button").all():
        size = button.bounding_box()
        assert size is not None
        assert size["height"] >= 24  # WCAG 2.5.8
    assert stranger.complaints == []
