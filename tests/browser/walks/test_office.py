"""Those who decide: a signal answered by keyboard alone, a ban decided on, a half year read."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served
from tests.browser.walks.conftest import DAY, Walker
from tests.browser.walks.keyboard import tab_to

pytestmark = pytest.mark.service

WHY_NOT_LESS = "Bewoners vragen erom."
ASKED = "Softdrugsverbod 7"
"""A ban on which advice was asked, and nothing decided."""
WHY = "Het gebied is al een jaar rustig; handhavers blijven komen."


def test_the_office_withdraws_what_is_no_longer_needed(
    own_city: Served, walker: Walker, tmp_path: Path
) -> None:
    register = own_city.app.state.register.register()
    gone = next(
        each
        for signal in register.signals(unanswered=True)
        for each in register.designations()
        if each.id == signal.designation and each.kind == "camera_area"
    )
    watched = walker(own_city, "mayor_office")
    page = watched.page
    watched.visit("/register")
    asks = page.get_by_role("link", name=gone.name, exact=True).first
    tab_to(page, asks)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(gone.name)
    answer = page.locator("details.acting").filter(has_text="Signaal beantwoorden")
    tab_to(page, answer.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, answer.locator("select"))
    page.keyboard.press("ArrowDown")
    chosen = answer.locator("select").evaluate("each => each.value")
    if chosen != "withdraw":
        page.keyboard.press("ArrowDown")
    tab_to(page, answer.locator("textarea, input[name=reason]"))
    page.keyboard.type(WHY)
    tab_to(page, answer.locator("button"))
    page.keyboard.press("Enter")
    expect(page.locator(".written")).to_be_visible()
    expect(page.locator(".lede")).to_contain_text("Ingetrokken")

    # The dossier and the trail tell who did it, and why.
    with page.expect_download() as loading:
        page.locator("a[href$='dossier.docx']").first.click()
    loading.value.save_as(tmp_path / "dossier.docx")
    assert (tmp_path / "dossier.docx").read_bytes()[:2] == b"PK"
    watched.visit("/register/spoor")
    row = page.locator("tr").filter(has_text=WHY).first
    expect(row).to_contain_text("mw. mayor_office")
    states = {each.id: each.state for each in register.designations()}
    assert states[gone.id] == "withdrawn"

    # Whoever looks from outside no longer sees it.
    watched.visit("/openbaar")
    expect(page.locator("main")).to_contain_text("Cameragebied")
    expect(page.get_by_text(gone.name, exact=True)).to_have_count(0)
    assert watched.complaints == []


def test_the_board_decides_on_a_ban_and_is_told_at_once_what_is_wrong(
    own_city: Served, walker: Walker
) -> None:
    watched = walker(own_city, "board")
    page = watched.page
    watched.visit("/register")
    page.get_by_role("link", name=ASKED, exact=True).first.click()
    decide = page.locator("details.acting").filter(has_text="Besluit nemen")
    decide.locator("summary").click()
    reason = decide.locator("textarea[name=reason], input[name=reason]")
    decide.locator("[name=on]").fill("2019-01-01")
    reason.fill(WHY_NOT_LESS)
    decide.locator("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    watched.complaints.clear()  # that the step was refused
    expect(decide.locator("[name=reason]")).to_have_value(WHY_NOT_LESS)
    decide.locator("[name=on]").fill(DAY.isoformat())
    decide.locator("button").click()
    expect(page.locator(".written")).to_be_visible()
    page.get_by_role("link", name="Besluiten", exact=True).first.click()
    log = page.locator("table").filter(has_text=WHY_NOT_LESS)
    expect(log).to_contain_text(ASKED)
    expect(log).to_contain_text("mw. board")
    assert watched.complaints == []


def test_the_district_reads_its_own_half_year(city: Served, walker: Walker) -> None:
    watched = walker(city, "vlo", stadsdeel="Centrum", width=390)
    page = watched.page
    watched.visit("/monitor?lang=nl")
    expect(page.locator("h1")).to_contain_text("Centrum")
    expect(page.locator("main")).to_contain_text("alcoholoverlast")
    page.get_by_role("link", name="Verboden", exact=True).click()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.complaints == []
