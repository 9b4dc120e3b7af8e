"""Photographs pages of a demo that is served on this machine, for the README.

::

    python tests/browser/photograph.py http://127.0.0.1:8765 docs overview=triangle:/
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

WIDTH_PX, HEIGHT_PX = 1280, 900


def photograph(address: str, folder: Path, shots: dict[str, str]) -> None:
    """Write a picture of each page, named by its file, as a role of the demo sees it.

    Parameters
    ----------
    address
        Of the demo.
    folder
        Where the pictures go.
    shots
        By file: the role, a colon and the path of the page.
    """
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*as_root, "--hide-scrollbars"]
        )
        for name, asked in shots.items():
            role, _, path = asked.partition(":")
            _photograph(browser, address, role, path, folder / f"{name}.png")
        browser.close()


def _photograph(browser: Browser, address: str, role: str, path: str, file: Path) -> None:
    page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
    if role != "public":
        page.goto(f"{address}/inloggen")
        page.locator(f"button[value={role}]").click()
        page.wait_for_load_state()
    page.goto(address + path, wait_until="networkidle")
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    where, to, *pairs = sys.argv[1:]
    photograph(where, Path(to), dict(each.split("=", 1) for each in pairs))
