"""Photographs pages of a demo that is served on this machine, for the README.

::

    python tests/browser/photograph.py http://127.0.0.1:8765 docs overview=/
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_ROLE = "triangle"


def photograph(address: str, folder: Path, shots: dict[str, str]) -> None:
    """Write a picture of each page, named by its file, as one role of the demo sees it."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*as_root, "--hide-scrollbars"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1440})
        page.goto(f"{address}/inloggen")
        page.locator(f"button[value={_ROLE}]").click()
        for name, path in shots.items():
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    where, to, *pairs = sys.argv[1:]
    photograph(where, Path(to), dict(each.split("=", 1) for each in pairs))
