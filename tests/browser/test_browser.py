"""The pages in a real browser: drawn, at home on a telephone, and silent towards other hosts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watching import HOTSPOTS_MAP, MAP, MAPS, PAGES, PLACES, WIDTHS, Watched
from tests.outputs import sample

pytestmark = pytest.mark.service


@pytest.mark.parametrize("path", [*PAGES, *MAPS])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_and_asks_no_other_host(watched: Watched, path: str, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 844})
    watched.visit(path)
    assert watched.complaints == []
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_in_its_frame_draws_every_area(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 844})
    watched.visit("/")
    watched.page.locator("iframe.map").scroll_into_view_if_needed()
    frame = watched.page.frame_locator("iframe.map")
    paths = frame.locator(".leaflet-overlay-pane path")
    paths.first.wait_for()
    assert paths.count() == 10
    for i in range(10):
        box = paths.nth(i).bounding_box()
        assert box is not None
        assert box["width"] > 20
        assert box["height"] > 20
    assert frame.locator(".rank").all_inner_texts() == ["1", "2", "3"]
    assert watched.complaints == []


def test_the_menu_is_one_row_and_a_map_leaves_room_on_a_telephone(watched: Watched) -> None:
    watched.visit("/")
    tops = watched.page.locator("header nav:not(.languages) a").evaluate_all(
        "all => all.map(each => each.offsetTop)"
    )
    assert len(tops) > 10
    assert len(set(tops)) == 1
    watched.page.set_viewport_size({"width": 390, "height": 844})
    box = watched.page.locator("iframe.map").bounding_box()
    assert box is not None
    assert 0.55 * 844 <= box["height"] <= 0.65 * 844


def test_the_frame_cannot_reach_the_page(watched: Watched) -> None:
    watched.visit("/")
    inside = next(frame for frame in watched.page.frames if "/maps/" in frame.url)
    assert inside.evaluate("window.origin") == "null"
    assert (
        inside.evaluate("(() => { try { return parent.document.title } catch { return '' } })()")
        == ""
    )


def test_areas_above_the_line_can_be_read_by_keyboard(watched: Watched) -> None:
    watched.visit(MAP)
    seen = []
    for _ in range(6):  # the map, three areas, two buttons
        watched.page.keyboard.press("Tab")
        label = watched.page.evaluate("document.activeElement.getAttribute('aria-label')")
        if label and label[0].isdigit():
            tip = watched.page.locator(".leaflet-tooltip").inner_text()
            seen.append((label, "Plaats samen" in tip))
    assert seen == [
        (f"1. {sample.HOSTILE_NAME}", True),
        ("2. Havenkwartier", True),
        ("3. Nieuwland", True),
    ]
    expect(watched.page.locator(".leaflet-tooltip")).to_have_count(0)  # gone with the focus
    assert watched.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_of_hotspots_draws_every_kind_over_one_image(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 844})
    watched.visit("/hotspots")
    watched.page.locator("iframe.map").scroll_into_view_if_needed()
    frame = watched.page.frame_locator("iframe.map")
    polygons = frame.locator(".leaflet-overlay-pane path.found")
    polygons.first.wait_for()
    assert polygons.count() == 6
    board = frame.locator(".folium-map").bounding_box()
    assert board is not None
    for i in range(6):
        box = polygons.nth(i).bounding_box()
        assert box is not None
        assert box["width"] > 3
        assert board["x"] <= box["x"] <= board["x"] + board["width"]
        assert board["y"] <= box["y"] <= board["y"] + board["height"]
    image = frame.locator(".leaflet-overlay-pane img")
    assert image.count() == 1
    assert image.evaluate("each => each.complete && each.naturalWidth") == 900
    assert sorted(frame.locator(".pin").all_inner_texts()) == ["1", "2", "3", "4", "5", "6"]
    assert watched.complaints == []


def test_hotspots_can_be_read_by_keyboard_in_the_order_of_the_list(watched: Watched) -> None:
    watched.visit(HOTSPOTS_MAP)
    seen = []
    for _ in range(7):  # the map, six polygons
        watched.page.keyboard.press("Tab")
        label = watched.page.evaluate("document.activeElement.getAttribute('aria-label')")
        if label and label[0].isdigit():
            tip = watched.page.locator(".leaflet-tooltip")
            expect(tip).to_have_count(1)  # that of the polygon before has faded
            seen.append((label[:2], "Keer het gemiddelde" in tip.inner_text()))
    assert seen == [(f"{number}.", True) for number in range(1, 7)]
    assert watched.complaints == []


def test_the_image_lies_under_its_polygon(watched: Watched) -> None:
    """The densest cell of the sample lies 1,050 m east and 450 m north of its corner."""
    watched.visit(HOTSPOTS_MAP)
    watched.page.wait_for_selector("path.found")
    offset = watched.page.evaluate(
        """async () => {
          const image = document.querySelector(".leaflet-overlay-pane img");
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
          let [n, x, y] = [0, 0, 0];
          for (let i = 0; i < pixels.length; i += 4) {
            if (pixels[i + 3] && pixels[i] === 0xcc && pixels[i + 1] === 0x4c) {
              const at = i / 4;
              n += 1; x += at % canvas.width; y += Math.floor(at / canvas.width);
            }
          }
          const box = image.getBoundingClientRect();
          const shape = document.querySelector("path.found").getBoundingClientRect();
          const pixel = box.width / canvas.width;
          return {
            x: (box.x + x / n * pixel - shape.x) / shape.width,
            y: (box.y + y / n * pixel - shape.y) / shape.height,
          };
        }"""
    )
    # The first polygon spans 900 to 1,300 m east and 200 to 600 m north of that corner.
    assert offset["x"] == pytest.approx((1050 - 900) / 400, abs=0.1)
    assert offset["y"] == pytest.approx((600 - 450) / 400, abs=0.1)


def test_the_list_of_hotspots_is_cards_on_a_telephone_and_still_a_table(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    watched.visit("/hotspots")
    table = watched.page.get_by_role("table")
    assert table.get_by_role("columnheader").count() == 7
    assert table.get_by_role("row").count() == 1 + 3 + 6
    for cell in table.locator("td.said").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert 250 < box["width"] < 390


@pytest.mark.parametrize("path", PLACES)
def test_a_hotspot_prints_on_one_sheet(watched: Watched, path: str) -> None:
    watched.visit(path)
    paper = watched.page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_pointing_at_an_area_without_data_says_so(watched: Watched) -> None:
    watched.visit(MAP)
    watched.page.locator(".leaflet-overlay-pane path").first.hover()
    tip = watched.page.locator(".leaflet-tooltip").inner_text()
    assert "Geen gegevens. Dat betekent niet dat het hier veilig is." in tip


def test_the_skip_link_is_first_and_works(watched: Watched) -> None:
    watched.visit("/")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.className") == "skip"
    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "content"


def test_a_hostile_name_runs_nothing(watched: Watched) -> None:
    watched.page.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
    for page, board in (("/", MAP), ("/hotspots", HOTSPOTS_MAP)):
        watched.visit(page)
        watched.visit(board)
        for path in watched.page.locator(".leaflet-overlay-pane path").all():
            path.dispatch_event("mouseover")
    assert watched.page.locator(".leaflet-tooltip img, table img").count() == 0
    assert watched.complaints == []


def test_the_table_scrolls_in_its_own_box_on_a_telephone(watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    watched.visit("/")
    box = watched.page.locator(".scroll").first
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    box.focus()
    watched.page.keyboard.press("ArrowRight")
    watched.page.wait_for_timeout(300)
    assert box.evaluate("e => e.scrollLeft") > 0
