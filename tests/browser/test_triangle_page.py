"""The page of the triangle in a real browser: one A4 on paper, other weights while they change."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, PdfMargins, expect

from api.app import create_app
from api.settings import Settings
from hotspots.decisions.acting import Acting
from hotspots.decisions.choices import choose
from hotspots.pipeline.designations import pinned, proposal_of
from hotspots.pipeline.run import run as make_run
from hotspots.store.accounts import Identity
from hotspots.store.register.register import open_register
from hotspots.store.runs import open_run
from tests.api.serving import serving
from tests.browser.watching import WIDTHS, Watched
from tests.test_pipeline import POLICY, fill
from tests.town import Town

pytestmark = pytest.mark.service

NOW = datetime(2026, 1, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, town: Town) -> FastAPI:
    """The app over a town with one run, and a choice from it with two deviations."""
    path = tmp_path_factory.mktemp("triangle") / "ws"
    workspace = fill(path, town)
    make_run(workspace, POLICY, kind="yearly", at=NOW)
    run = open_run(workspace, "latest")
    proposal = proposal_of(run, theme="burglary", level="wijk")
    first, second, third = (each.code for each in proposal[:3])
    with open_register(workspace) as register:
        choose(
            register,
            {"year": 2024, "kind": "priority_areas", "theme": "burglary", "level": "wijk",
             "decider": "triangle"},
            Acting("T. Bakker", "triangle", "Driehoek van 20 januari", NOW, date(2026, 1, 20)),
            proposal=proposal,
            chosen=[first, third],
            reasons={second: "Het project loopt al. " * 6, third: "Hier wordt gebouwd. " * 6},
            evidence=pinned(run),
        )  # fmt: skip
    return create_app(Settings(workspace=Path(path), limit_reads="100000/minute"))


@pytest.fixture
def triangle(browser: Browser, app: FastAPI) -> Iterator[Watched]:
    """A page of the width of a desk, of somebody of the triangle."""
    with serving(app) as address:
        page: Page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
        recogniser = app.state.recogniser
        secret = recogniser.sessions.begin(Identity("T. Bakker", "triangle"), at=recogniser.now())
        page.context.add_cookies([{"name": "hotspots", "value": secret, "url": address}])
        yield Watched(page, address)
        page.close()


def places(page: Page) -> list[str]:
    return page.locator(".ranking tbody th").all_inner_texts()


@pytest.mark.parametrize("path", ["/", "/?weight=0&years=1&k=1"])
def test_the_page_is_one_sheet_of_paper(triangle: Watched, path: str) -> None:
    triangle.visit(path)
    margin: PdfMargins = {"top": "12mm", "right": "12mm", "bottom": "12mm", "left": "12mm"}
    paper = triangle.page.pdf(format="A4", margin=margin, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    triangle.page.emulate_media(media="print")
    for printed in (".ranking", "iframe.map", "#ranking-first"):
        expect(triangle.page.locator(printed)).to_be_visible()
    expect(triangle.page.locator("#trying")).to_be_hidden()
    box = triangle.page.locator(".decision-box")
    expect(box).to_have_count(1 if path == "/" else 0)  # what is only tried cannot be signed
    if path == "/":
        expect(box).to_contain_text("Handtekening")
        expect(triangle.page.locator(".chosen li")).to_have_count(2)


def test_the_order_changes_while_the_slider_moves(triangle: Watched) -> None:
    triangle.visit("/?k=1")
    page = triangle.page
    page.evaluate("window.stayed = true")
    slider = page.locator("#try-slider")
    slider.focus()
    before = places(page)
    page.keyboard.press("Home")  # all weight on the risk
    expect(page.locator("#try-weight")).to_have_value("0")
    expect(page.locator("#ranking-facts")).to_contain_text("aantal 0%, risico 100%")
    assert places(page) != before
    expect(page.locator("#ranking-effect")).to_contain_text("er is nog niets vastgelegd")
    assert "weight=0" in page.url
    assert page.evaluate("document.activeElement.id") == "try-slider"
    assert page.evaluate("window.stayed")  # without loading the page again
    assert triangle.complaints == []


def test_the_map_stands_beside_the_table_and_below_it_on_a_telephone(triangle: Watched) -> None:
    triangle.visit("/")
    page = triangle.page
    table, chart = page.locator(".listed"), page.locator(".mapped")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        left, right = table.bounding_box(), chart.bounding_box()
        assert left is not None
        assert right is not None
        beside = right["x"] >= left["x"] + left["width"]
        below = right["y"] >= left["y"] + left["height"]
        assert (beside, below) == (width == WIDTHS[0], width != WIDTHS[0])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(
        "document.querySelector('.listed').compareDocumentPosition("
        "document.querySelector('.mapped')) & Node.DOCUMENT_POSITION_FOLLOWING"
    )


def test_reasons_and_what_is_wrong_are_in_sight_on_a_telephone(triangle: Watched) -> None:
    page = triangle.page
    page.set_viewport_size({"width": WIDTHS[-1], "height": 844})
    triangle.visit("/kiezen")
    page.locator("input[name=chosen]").first.uncheck()
    page.locator("form.register-form button").click()
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)  # the reason of the choice, and of an area
    summary.get_by_role("link").last.click()
    field = page.locator("textarea:focus")
    for seen in (field, page.locator(f"#{field.get_attribute('aria-describedby')}")):
        box = seen.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= WIDTHS[-1]
    table = page.get_by_role("table").first
    assert table.get_by_role("columnheader").count() == 5  # a table still, to a screen reader
    assert triangle.complaints == [] or all("422" in each for each in triangle.complaints)


def test_the_form_can_be_sent_without_a_script(browser: Browser, triangle: Watched) -> None:
    cookies = triangle.page.context.cookies()
    triangle.visit("/")
    address = triangle.page.url
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.fill("#try-weight", "0")
    page.click("#trying button")
    expect(page.locator("#ranking-facts")).to_contain_text("aantal 0%, risico 100%")
    context.close()
