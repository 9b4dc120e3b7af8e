"""The page with signals: what it shows, and what it says where a run did not look."""

import html
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.policy import Policy, policy_from
from hotspots.records import RunRecord
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample

RUN = "2025-abc123"
_MINUS = "\N{MINUS SIGN}"
Served = Callable[[RunRecord, dict[str, pd.DataFrame]], TestClient]


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """Make a client of a workspace with one run."""

    def serve(record: RunRecord, results: dict[str, pd.DataFrame]) -> TestClient:
        workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
        freeze_run(workspace, record, results)
        return signed_in(create_app(Settings(workspace=tmp_path / "w")))

    return serve


@pytest.fixture(scope="module")
def page(client: TestClient) -> str:
    """The page of the sample run."""
    answer = client.get("/signalen")
    assert answer.status_code == 200
    return answer.text


def _section(page: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    assert found is not None
    return found[1]


def _tables(section: str) -> list[list[list[str]]]:
    """The text of each cell of each table, its head included."""
    return [
        [
            [_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r"<table.*?</table>", section, re.DOTALL)
    ]


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_headings_and_jumps_go_together(page: str) -> None:
    jumps = re.findall(r'<li><a href="#(\w+)">(.*?)</a></li>', page)
    assert [name for name, _ in jumps] == ["bursts", "near_repeat", "sources", "scan"]
    for name, text in jumps:
        assert f'<h2 id="{name}">{text}</h2>' in page


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("run", [RUN, "latest"])
def test_the_page_is_sound(client: TestClient, lang: str, run: str) -> None:
    text = client.get(f"/signalen?run={run}&lang={lang}").text
    assert f'<html lang="{lang}">' in text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert not set(re.findall(r'aria-labelledby="([^"]+)"', text)) - set(ids)
    assert text.count("<h1>") == 1
    assert "None" not in text
    assert "style=" not in text  # the content security policy forbids it
    assert "<script" not in text
    assert ("Dit is een berekening, geen besluit." in text) == (lang == "nl")


def test_every_link_leads_somewhere(client: TestClient, page: str) -> None:
    links = {html.unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)', page)}
    assert f"/v1/runs/{RUN}/signals" in links
    for link in links:
        target = f"/signalen{link}" if link.startswith("?") else link
        assert client.get(target).status_code == 200, link


def test_bursts_are_listed_per_wijk(page: str) -> None:
    (table,) = _tables(_section(page, "bursts"))
    assert [row[0] for row in table] == ["Nr.", "1", "2"]
    assert table[2][1] == "Havenkwartier"
    assert table[2][3:] == ["6 oktober – 17 oktober 2025", "9", "0,4", "140 m"]
    text = _text(_section(page, "bursts"))
    assert "Een reeks is een reden om de bewoners te informeren. Het is geen voorspelling" in text
    assert "Bron: politie. Periode: 2 september – 30 november 2025. Peildatum: 30 november" in text


def test_the_heat_table_tells_ratio_pairs_and_expected(page: str) -> None:
    section = _section(page, "near_repeat")
    (table,) = _tables(section)
    assert table == [
        ["Hoe ver uit elkaar", "1 tot en met 7 dagen", "8 tot en met 14 dagen",
         "Zelfde dag (apart)"],
        ["zelfde plek", "1,0 keer 40 (40)", "1,0 keer 40 (40)", "1,0 keer 40 (40)"],
        ["tot 100 m", "● 2,2 keer 90 (40)", "1,0 keer 40 (40)", "1,0 keer 40 (40)"],
        ["100 tot 200 m", "1,0 keer 40 (40)", "1,0 keer 40 (40)", "1,0 keer 40 (40)"],
    ]  # fmt: skip
    (marked,) = re.findall(r'<td class="number level3 rare">(.*?)</td>', section, re.DOTALL)
    assert 'aria-label="komt bij toeval zelden voor"' in marked
    assert "December 2025 is niet geleverd." in section


def test_same_day_is_never_marked_and_few_pairs_have_no_colour(served: Served) -> None:
    repeats = sample.results()["near_repeat"]
    same_day = repeats["days_to"] == 0
    changed = repeats.assign(
        expected=4.9, ratio=9.0, p_value=repeats["p_value"].mask(same_day, 0.001)
    )
    with served(sample.record(), sample.results() | {"near_repeat": changed}) as client:
        section = _section(client.get("/signalen").text, "near_repeat")
    cells = re.findall(r'<td class="number ([^"]*)"', section)
    # Rare where p is small, few pairs else; those of one day apart, whatever their p.
    assert cells == ["level0 few", "level0 few", "apart", "level4 rare", "level0 few", "apart",
                     "level0 few", "level0 few", "apart"]  # fmt: skip


def test_contradicting_sources_come_first_and_others_are_folded(page: str) -> None:
    section = _section(page, "sources")
    contradicting, others = _tables(section)
    assert contradicting == [
        ["Gebied", "Wat zien we hier?", "Meldingen van jeugdoverlast: ervoor → nu",
         "Registraties van jeugdoverlast: ervoor → nu", "Verschil tussen de twee"],
        ["Havenkwartier",
         ("Meer meldingen, minder registraties. De bronnen spreken elkaar tegen. Vraag het de "
         "wijkagent en het VLO. Dat is hier sterker dan in de rest van de stad. over 11 van 12 "
          "maanden"),
         "100 → 140 +40% +8% tot +82%", f"110 → 80 {_MINUS}27% {_MINUS}46% tot {_MINUS}3%",
         "1,9 keer 1,3 tot 2,9 keer"],
    ]  # fmt: skip
    assert [row[0] for row in others[1:]] == ["Nieuwland", "Oostduin", sample.HOSTILE_NAME]
    assert others[2][1:] == [
        "Een van beide veranderde over 11 van 12 maanden",
        f"0 → 3 – {_MINUS}59% of meer",
        "0 → 0 – –",
        "–",
    ]
    folded = section[section.index("<details") : section.index("</details>")]
    assert "Nieuwland" in folded
    assert "Vraag het" not in folded
    assert "2025 vergeleken met 2024." in section
    assert "Meer meldingen kan een succes zijn." in section


def test_the_scan_tells_relative_risk_in_words(page: str) -> None:
    section = _section(page, "scan")
    (table,) = _tables(section)
    assert table[1][0] == "3"
    assert table[1][3:] == ["2023–2025", "96", "30", "3,4", "300 m"]
    assert "Per woning is dat 3,4 keer zo veel als buiten de cirkel." in table[1][2]
    assert "Er is in 2025 geen gebied gevonden" in section  # the shorter period


def test_circles_of_a_shorter_period_have_no_number_and_say_why(served: Served) -> None:
    scan = sample.results()["scan"].assign(months=12)
    with served(sample.record(), sample.results() | {"scan": scan}) as client:
        section = _section(client.get("/signalen").text, "scan")
    assert "Deze gebieden staan niet op de kaart" in section
    assert _tables(section)[0][0][0] == "Waar"


def test_a_hostile_name_stays_text(page: str) -> None:
    assert "<img" not in page
    assert html.escape(sample.HOSTILE_NAME) in page


def test_a_run_without_these_layers_says_how_to_turn_them_on(served: Served) -> None:
    policy = Policy().model_dump(mode="json")
    policy["hotspots"] = {**policy["hotspots"], "layers": ["clusters"]}
    with served(sample.record(policy=policy), sample.rankings()) as client:
        answer = client.get("/signalen")
        assert answer.status_code == 200
        assert client.get(f"/maps/{RUN}/signals").status_code == 404
        assert set(client.get("/v1/runs/latest/signals").json()["absent"]) == {
            "bursts", "near_repeat", "sources", "scan",
        }  # fmt: skip
    page = answer.text
    assert "<iframe" not in page
    assert "<table" not in page
    assert page.count("Hier is in deze berekening niet naar gekeken.") == 4
    settings = re.findall(r'<pre class="formula">(.*?)</pre>', html.unescape(page), re.DOTALL)
    assert len(settings) == 3
    for setting in settings:  # what it says to type is a policy, and keeps what was on
        said = policy_from(tomllib.loads(setting)).hotspots.layers
        assert said == ["clusters", "near_repeat", "scan"]


def test_a_layer_that_is_on_but_lacks_data_says_what_to_deliver(served: Served) -> None:
    policy = Policy().model_dump(mode="json")
    policy["hotspots"] = {**policy["hotspots"], "layers": ["near_repeat", "scan"]}
    record = sample.record(policy=policy, searches=[sample.reports_search()])
    with served(record, sample.rankings()) as client:
        page = html.unescape(client.get("/signalen").text)
    assert "<pre" not in page
    assert page.count("Er waren geen woninginbraken met een plaats.") == 3
    assert "sources.pairs" in page


def test_no_burst_found_is_said_plainly(served: Served) -> None:
    none = {name: sample.results()[name].iloc[:0] for name in ("bursts", "scan")}
    with served(sample.record(), sample.results() | none) as client:
        page = client.get("/signalen").text
        assert client.get(f"/maps/{RUN}/signals").status_code == 404
    section = _section(page, "bursts")
    assert "is geen reeks woninginbraken gevonden" in section
    assert "<table" not in section
    assert "<iframe" not in page


def test_no_months_in_common_is_said(served: Served) -> None:
    sources = sample.results()["sources"].assign(same_months=0, verdict="unclear", local=False)
    with served(sample.record(), sample.results() | {"sources": sources}) as client:
        section = _section(client.get("/signalen").text, "sources")
    assert "is niet te zeggen: er zijn geen maanden die van beide bronnen" in section
    assert "In geen enkel gebied" not in section


def test_a_workspace_without_runs_says_how_to_make_one(empty_client: TestClient) -> None:
    answer = empty_client.get("/signalen")
    assert answer.status_code == 200
    assert "hotspots run" in answer.text


def test_the_map_has_a_policy_of_its_own_and_the_document_is_plain(client: TestClient) -> None:
    answer = client.get(f"/maps/{RUN}/signals")
    assert answer.status_code == 200
    assert "sandbox allow-scripts" in answer.headers["Content-Security-Policy"]
    document = client.get("/v1/runs/latest/signals").json()
    assert document["absent"] == {}
    assert [burst["area_name"] for burst in document["sequences"][0]["bursts"]] == [
        sample.HOSTILE_NAME, "Havenkwartier",
    ]  # fmt: skip
    assert client.get("/v1/runs/latest/signals?lang=nl").status_code == 400
    assert client.get("/signalen?run=other").status_code == 404
