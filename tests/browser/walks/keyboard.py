"""Going through a page as somebody does who has no mouse."""

from playwright.sync_api import Locator, Page

MOST_STOPS = 400


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus, and shows it."""
    for _ in range(MOST_STOPS):
        if target.evaluate("each => each === document.activeElement"):
            width = target.evaluate("each => parseFloat(getComputedStyle(each).outlineWidth)")
            assert width >= 2, "the focus does not show"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {target}")
