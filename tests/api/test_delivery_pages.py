"""Deliveries and their quarantine on a page: what adds up, what lacks, and who sees what."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.pages.analysis.routes import pair_of
from api.settings import Settings
from hotspots.facts import FACTS
from hotspots.records import BanFigures, Delivery
from hotspots.store.facts import add_delivery
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import Workspace, init_workspace
from tests.api.signing import UNLIMITED, signed_in
from tests.outputs import sample

SECRET = "06-12345678"
FORMULA = '=HYPERLINK("x")'
COPIES = 230
DOUBLE = "The registration stands in the file twice."
KEEP = "Nothing is lost: the first one counts. Remove the copy at the source."
NUMBER = "This is not a number."


def rejects() -> pd.DataFrame:
    rows = [(2 + n, "nr", f"K{n}", DOUBLE, KEEP) for n in range(COPIES)]
    rows += [
        (500, "aantal", FORMULA, NUMBER, "Give a whole number of 0 or more."),
        (501, "aantal", f"bel {SECRET}", NUMBER, "Give a whole number of 0 or more."),
    ]
    frame = pd.DataFrame(rows, columns=["row", "column", "value", "rule", "remedy"])
    return frame.astype({"row": "int64"} | dict.fromkeys(frame.columns[1:], "str"))


def add(workspace: Workspace, name: str, months: list[str], **changes: object) -> None:
    empty = {
        column: pd.Series(dtype="str" if str(kind.dtype) == "None" else str(kind.dtype))
        for column, kind in FACTS["counts"]().columns.items()
    }
    delivery = Delivery.model_validate(
        {
            "id": name,
            "sequence": 0,
            "kind": "counts",
            "source": "politie",
            "file_name": f"{name}.csv",
            "sha256": name.encode().hex().ljust(64, "0"),
            "delivered_at": datetime(2026, 1, 5, tzinfo=UTC),
            "level": "wijk",
            "themes": ["burglary"],
            "months": months,
            "read": 1000,
            "accepted": 1000,
            "rejected": 0,
            "mapping": {"count": "aantal"},
            **changes,
        }
    )
    lacking = rejects() if changes.get("rejected") else rejects().iloc[:0]
    add_delivery(workspace, delivery, pd.DataFrame(empty), lacking)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    path: Path = tmp_path_factory.mktemp("stock") / "ws"
    workspace = init_workspace(path, name="Proefstad", crs="EPSG:28992")
    add(workspace, "oud", ["2024-01", "2024-02"])
    add(workspace, "nieuw", ["2024-02", "2024-04"], rejected=232, accepted=768)
    freeze_run(workspace, sample.record(), sample.results())
    freeze_run(workspace, sample.record(id="2025-other1"), sample.results())
    return create_app(Settings(workspace=path, **UNLIMITED))


def cells(page: str) -> Iterator[str]:
    """Yield what the months of a calendar say to somebody who hears the page."""
    yield from re.findall(r'<td class="month [a-z]+">.*?<span class="hidden">(.*?)</span>', page)


def test_the_list_adds_up_and_names_what_took_the_place_of_what(app: FastAPI) -> None:
    page = unescape(signed_in(app).get("/leveringen").text)
    assert "gelezen = goedgekeurd + afgekeurd" in page
    assert "deels vervangen" in page
    assert "door nieuw.csv" in page
    assert "1.768" in page  # 1,000 and 768 rows accepted


def test_a_month_that_lacks_is_told_in_words_and_by_a_mark_of_its_own(app: FastAPI) -> None:
    page = signed_in(app).get("/leveringen").text
    # The newer delivery holds from February to April: March lacks, though nobody took it out.
    said = dict(each.split(": ") for each in cells(page) if ": " in each)
    assert said == {
        "Januari 2024": "geleverd",
        "Februari 2024": "geleverd",
        "Maart 2024": "niet geleverd",
        "April 2024": "geleverd",
    }
    assert "Maart 2024 is niet geleverd." in page
    assert page.count('class="month none"><span aria-hidden="true">✕') == 1


def test_rules_are_counted_in_dutch_and_lead_to_their_rows(app: FastAPI) -> None:
    page = unescape(signed_in(app).get("/leveringen/nieuw").text)
    assert "1.000 rijen gelezen = 768 goedgekeurd + 232 afgekeurd" in page
    assert re.search(r"rule=1[^>]*>De registratie staat twee keer in het bestand\.", page)
    assert re.findall(r'<td class="number">(\d+)</td>', page)[:2] == ["230", "2"]
    only = unescape(signed_in(app).get("/leveringen/nieuw?rule=2").text)
    assert "1 tot en met 2 van 2." in only
    assert "K17" not in only


def test_rows_come_a_page_at_a_time_and_all_of_them_come(app: FastAPI) -> None:
    client = signed_in(app)
    seen: list[str] = []
    for number in (1, 2, 3):
        page = client.get(f"/leveringen/nieuw?page={number}").text
        seen += re.findall(r'<td class="code">(K\d+)</td>', page)
    assert seen == [f"K{n}" for n in range(COPIES)]
    assert client.get("/leveringen/nieuw?page=4").status_code == 404
    assert client.get("/leveringen/nieuw?rule=3").status_code == 404


def test_the_refused_value_is_for_the_analyst_and_that_of_a_person_for_nobody(
    app: FastAPI,
) -> None:
    for role in ("planner", "triangle"):
        page = signed_in(app, role).get("/leveringen/nieuw").text
        assert "K17" not in page
        assert "afgekeurd.csv" not in page
        assert signed_in(app, role).get("/leveringen/nieuw/afgekeurd.csv").status_code == 403
    analyst = signed_in(app)
    answers = [
        analyst.get("/leveringen/nieuw?rule=2").text,
        analyst.get("/leveringen/nieuw/afgekeurd.csv").text,
    ]
    assert all("HYPERLINK" in each for each in answers)
    assert not any(SECRET in each for each in answers)


def test_the_file_holds_every_row_and_no_formula(app: FastAPI) -> None:
    answer = signed_in(app).get("/leveringen/nieuw/afgekeurd.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == COPIES + 2
    assert rows[-2]["value"] == f"'{FORMULA}"
    assert rows[-1]["value"] == ""
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("role", ["vlo", "board", "mayor_office"])
def test_other_roles_do_not_see_the_deliveries(app: FastAPI, role: str) -> None:
    for path in ("/leveringen", "/leveringen/nieuw"):
        assert signed_in(app, role).get(path).status_code == 403  # type: ignore[arg-type]


def test_a_group_scan_is_named_as_something_there_is_and_no_more(
    app: FastAPI, tmp_path: Path
) -> None:
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")
    folder = workspace.deliveries / "groups-1"
    folder.mkdir(parents=True)
    record = Delivery.model_validate(
        {
            "id": "groups-1",
            "sequence": 1,
            "kind": "groups",
            "source": "groepsscan-bron",
            "file_name": "geheim.gpkg",
            "sha256": "a" * 64,
            "delivered_at": datetime(2026, 1, 5, tzinfo=UTC),
            "level": None,
            "read": 777,
            "accepted": 777,
            "rejected": 0,
            "mapping": {},
        }
    )
    (folder / "delivery.json").write_text(record.model_dump_json(), encoding="utf-8")
    client = signed_in(create_app(Settings(workspace=workspace.path, **UNLIMITED)))
    page = client.get("/leveringen").text
    assert "vertrouwelijk" in page
    assert not [word for word in ("geheim", "groepsscan-bron", "777") if word in page]
    assert client.get("/leveringen/groups-1").status_code == 404
    assert client.get("/leveringen/groups-1/afgekeurd.csv").status_code == 404


def test_a_run_is_set_beside_one_that_answers_the_same_sort_of_question() -> None:
    of_bans = {"areas": 1, "from_register": True, "themes": [], "sources": [], "deliveries": []}
    newest_first = [
        sample.record().model_copy(
            update={
                "id": f"run-{number}",
                "kind": "bans",
                "bans": BanFigures.model_validate({"asked": asked, **of_bans}),
            }
        )
        for number, asked in enumerate(("proposal", "review", "review", "proposal"))
    ]
    assert pair_of(newest_first, None, None) == ("run-3", "run-0")
    assert pair_of(newest_first, None, "run-1") == ("run-2", "run-1")
    assert pair_of(newest_first[:2], None, None) == (None, None)


def test_runs_are_compared_on_a_page_and_over_the_api(app: FastAPI) -> None:
    client = signed_in(app)
    page = unescape(client.get("/runs/vergelijken").text)
    assert "Er is niets anders in gegaan. Daarom zijn de uitkomsten gelijk." in page
    one = client.get("/v1/runs/2025-abc123/compare/2025-other1")
    assert one.json()["same_results"] is True
    assert one.json()["causes"] == []
    assert client.get("/v1/runs/2025-abc123/compare/none").status_code == 404
    assert client.get("/runs/vergelijken?a=2025-abc123&b=none").status_code == 404
    chosen = unescape(client.get("/runs/vergelijken?b=2025-abc123").text)
    assert 'value="2025-abc123" selected' in chosen
