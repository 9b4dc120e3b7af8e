"""For who reads without a mouse, without sharp eyes, or on a small screen."""

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watching import HOTSPOTS_MAP, MAP, MAPS, PAGES, PLACES, Watched

pytestmark = pytest.mark.service

LEAST_CONTRAST = 4.5
SMALL_PX = [0, 10, 30]
READ = tuple(path for path in PAGES if "sort=" not in path and "youth_reports" not in path)
REFUSALS = ("/nothing", "/hotspots?months=abc&lang=en", "/hotspots/36m-burglary-999")
READING = Path(__file__).with_name("reading.js").read_text(encoding="utf-8")
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
STOPS = "a[href], button, summary, iframe, [tabindex='0']"


@pytest.mark.parametrize("path", [*READ, *MAPS, *REFUSALS])
def test_text_stands_out_and_a_page_is_in_order(watched: Watched, path: str) -> None:
    watched.visit(path)
    watched.page.evaluate(OPEN_ALL)
    found = watched.page.evaluate(READING)
    assert len(found["ratios"]) > 5
    assert [each for each in found["ratios"] if each[0] < LEAST_CONTRAST] == []
    levels = found["levels"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert found["language"] == ("en" if "lang=en" in path else "nl")
    assert (found["bareTables"], found["sameIds"], found["nameless"]) == (0, [], 0)


def test_faint_text_would_be_found(watched: Watched) -> None:
    watched.visit("/uitleg")
    watched.page.evaluate("document.querySelector('main p').style.color = '#777'")
    low = [each for each in watched.page.evaluate(READING)["ratios"] if each[0] < LEAST_CONTRAST]
    # The best known grey that just fails: 4.48 on white.
    assert [round(ratio, 2) for ratio, _ in low] == [4.48]


def test_points_and_polygons_of_a_map_that_opens_small_are_drawn(watched: Watched) -> None:
    grown(watched, "/maps/latest/cameras")
    frames = watched.page.locator(".late")
    for i in range(len(SMALL_PX)):
        paths = frames.nth(i).content_frame.locator(".leaflet-overlay-pane path")
        expect(paths.first).to_be_visible()
    assert watched.complaints == []


@pytest.mark.parametrize("path", ["/", "/hotspots", PLACES[0], "/samen", "/signalen", "/cameras"])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(watched: Watched, path: str) -> None:
    watched.visit(path)
    watched.page.evaluate(
        f"""[...document.querySelectorAll("{STOPS}")]
          .filter(each => each.checkVisibility()).forEach((each, i) => each.dataset.stop = i)"""
    )
    waiting = set(watched.page.locator("[data-stop]").evaluate_all("all => all.map((_, i) => i)"))
    assert len(waiting) > 10
    for _ in range(3 * len(waiting) + 60):  # the frames have stops of their own
        watched.page.keyboard.press("Tab")
        stop, outline_px = watched.page.evaluate(
            """() => {
              const at = document.activeElement;
              return [at.dataset.stop ?? null, parseFloat(getComputedStyle(at).outlineWidth)];
            }"""
        )
        if stop is not None and int(stop) in waiting:
            waiting.remove(int(stop))
            tag = watched.page.evaluate("document.activeElement.tagName")
            assert outline_px >= 2 or tag == "IFRAME"  # inside it the focus shows
        if not waiting:
            break
    assert waiting == set()


def grown(watched: Watched, path: str) -> None:
    """Open a map in frames too small to draw in, and make them larger."""
    watched.page.set_viewport_size({"width": 1000, "height": 1600})
    watched.visit("/nothing")
    watched.complaints.clear()  # that the page is not there
    watched.page.evaluate(
        """([path, sizes]) => Promise.all(sizes.map((size) => new Promise((loaded) => {
          const frame = document.createElement("iframe");
          frame.className = "late";
          frame.sandbox = "allow-scripts";
          frame.style.width = frame.style.height = `${size}px`;
          frame.onload = () => setTimeout(loaded, 100);
          frame.src = path;
          document.querySelector("main").append(frame);
        })))""",
        [path, SMALL_PX],
    )
    assert watched.complaints == []
    watched.page.evaluate(
        """document.querySelectorAll(".late").forEach((frame) => {
          frame.style.width = "900px"; frame.style.height = "400px";
        })"""
    )


@pytest.mark.parametrize("path", [MAP, HOTSPOTS_MAP])
def test_a_map_that_opens_small_draws_when_it_grows(watched: Watched, path: str) -> None:
    grown(watched, path)
    for i in range(len(SMALL_PX)):
        frame = watched.page.locator(".late").nth(i).content_frame
        paths = frame.locator(".leaflet-overlay-pane path")
        expect(paths.first).to_be_visible()
        whole = frame.locator(".folium-map").bounding_box()
        assert whole is not None
        boxes = [box for each in paths.all() if (box := each.bounding_box())]
        left, right = min(box["x"] for box in boxes), max(box["x"] + box["width"] for box in boxes)
        top, low = min(box["y"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
        # Fitted: none of it lies outside, and it takes more than half of the width or height.
        assert whole["x"] <= left < right <= whole["x"] + whole["width"]
        assert whole["y"] <= top < low <= whole["y"] + whole["height"]
        assert right - left > whole["width"] / 2 or low - top > whole["height"] / 2
    assert watched.complaints == []


@pytest.mark.parametrize("path", ["/", "/hotspots", PLACES[0], "/samen", "/signalen", "/cameras"])
def test_the_legend_is_whole_beside_a_map_of_some_height(watched: Watched, path: str) -> None:
    watched.visit(path)
    inside = next(frame for frame in watched.page.frames if "/maps/" in frame.url)
    for width in (320, 400, 640, 700, 1280):
        watched.page.set_viewport_size({"width": width, "height": 800})
        below, beside, map_px = inside.evaluate(
            """() => {
              const legend = document.querySelector(".legend").getBoundingClientRect();
              const page = document.documentElement;
              return [
                Math.max(legend.bottom, page.scrollHeight) - innerHeight,
                Math.max(legend.right, page.scrollWidth) - innerWidth,
                document.querySelector(".folium-map").clientHeight,
              ];
            }"""
        )
        assert (width, below <= 0, beside <= 0, map_px >= 150) == (width, True, True, True)


def test_the_list_leads_to_a_hotspot_that_leads_on_and_back(watched: Watched) -> None:
    watched.visit("/hotspots")
    address = watched.page.url
    watched.page.locator(".found th[scope=row] a").first.click()
    assert watched.page.locator("h1").inner_text().startswith("Hotspot 1")
    watched.page.get_by_role("link", name="Volgende: plek 2").click()
    assert watched.page.locator("h1").inner_text().startswith("Hotspot 2")
    watched.page.get_by_role("link", name="Vorige: plek 1").click()
    watched.page.locator(".back a").click()
    assert watched.page.url.startswith(f"{address}?")
    assert watched.page.locator("nav a[aria-current=page]").first.inner_text() == "Hotspots"
