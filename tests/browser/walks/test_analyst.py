"""The analyst reads what was delivered, has a run made, and compares it with the one before."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served
from tests.browser.walks.conftest import Walker
from tests.scored_city import Scored

pytestmark = pytest.mark.service

RUN_MS = 240_000
FILE = "incidenten_2023.csv"
REFUSED = (
    "duplicate_rows", "null_island", "swapped_axes", "degrees_in_rd_columns", "other_province",
)  # fmt: skip


def test_the_analyst_reads_deliveries_and_makes_a_run(
    own_city: Served, duinstad: Scored, walker: Walker
) -> None:
    watched = walker(own_city, "analyst")
    page = watched.page
    watched.visit("/leveringen?lang=en")
    page.locator("table.stock tbody tr").filter(has_text=FILE).locator("th a").click()
    planted = duinstad.dirt[FILE]
    refused = sum(planted[each] for each in REFUSED)
    expect(page.locator("main")).to_contain_text(f"{planted['rows']:,}")
    expect(page.locator("main")).to_contain_text(f"{planted['rows'] - refused:,}")
    expect(page.locator("main")).to_contain_text(str(refused))

    page.get_by_role("link", name="Runs", exact=True).click()
    page.locator("details.asking summary").click()
    form = page.locator("form:has(input[name=kind][value=run])")
    form.locator("[name=until]").fill("2024-12-31")
    form.locator("button").click()
    expect(page.locator("#jobs-open .job")).to_have_count(1)
    workspace = own_city.app.state.settings.workspace
    subprocess.run(
        [sys.executable, "-m", "hotspots.cli", "worker", "--workspace", str(workspace),
         "--idle-seconds", "0"],
        check=True, capture_output=True,
    )  # fmt: skip
    made = page.locator("#jobs-ended tbody tr").first  # told without a reload
    expect(made.locator("a")).to_be_visible(timeout=RUN_MS)
    expect(page.locator("#jobs-open .job")).to_have_count(0)
    made.locator("a").click()
    expect(page.locator("main")).to_contain_text("31 December 2024")

    page.locator("main a[href*='/runs/vergelijken']").first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("2024")
    assert watched.complaints == []
