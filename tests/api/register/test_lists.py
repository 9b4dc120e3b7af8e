"""What is looked up: lists a page at a time, what is due, checklists, trails and dossiers."""

import base64
import hashlib
import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.register.opened import Opening
from hotspots.errors import RegisterRefused
from tests.api.register.conftest import Clients, clients_of
from tests.api.register.files import camera, camera_area, drafted, published, review, step, tag
from tests.api.register.test_life import signalled


def paged(client: TestClient, path: str, name: str, limit: int) -> list[str]:
    """Follow the links of a list to its end; return the ids in order."""
    found: list[str] = []
    address: str | None = f"{path}?limit={limit}"
    while address is not None:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert 0 < len(page[name]) <= limit, "a page that a link leads to holds something"
        assert len(found) < 100, "the list never ends"
        found += [str(each.get("id", each.get("seq"))) for each in page[name]]
        links = {each["rel"]: each["href"] for each in page["links"]}
        assert links["self"] == address
        address = links.get("next")
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_a_list_is_whole_whatever_the_page(either: FastAPI, limit: int) -> None:
    planner = clients_of(either)("planner")
    for kind in ("camera_area", "alcohol_ban", "camera_area", "soft_drug_ban", "alcohol_ban"):
        drafted(planner, kind=kind)
    assert paged(planner, "/v1/designations", "designations", limit) == [
        "alcohol_ban-2026-001", "alcohol_ban-2026-002", "camera_area-2026-001",
        "camera_area-2026-002", "soft_drug_ban-2026-001",
    ]  # fmt: skip
    seqs = [str(seq) for seq in range(1, 11)]  # each draft has a boundary
    assert paged(planner, "/v1/audit", "entries", limit) == seqs


def test_the_state_is_that_of_the_day_asked(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = published(planner, sign_in("mayor_office"))
    drafted(planner, name="Ander plein")
    days = {
        "2026-03-31": "decided",
        "2026-04-01": "in_force",
        "2026-09-15": "evaluation_due",
        "2028-01-01": "expired",
    }
    for day, state in days.items():
        assert planner.get(f"{path}?on={day}").json()["standing"] == state
        listed = planner.get(f"/v1/designations?on={day}&state={state}").json()["designations"]
        assert [each["id"] for each in listed] == [path.rpartition("/")[2]]
    drafts = planner.get("/v1/designations?state=draft&kind=camera_area").json()["designations"]
    assert [each["name"] for each in drafts] == ["Ander plein"]


def test_what_is_due_is_listed_and_comes_as_a_calendar(sign_in: Clients) -> None:
    planner = sign_in("planner")
    published(planner, sign_in("mayor_office"))
    due = planner.get("/v1/designations/due?on=2027-03-01").json()["due"]
    assert [(each["day"], each["what"], each["overdue"]) for each in due] == [
        ("2026-09-15", "evaluation", True)
    ]
    later = planner.get("/v1/designations/due?on=2027-03-01&withinDays=400").json()["due"]
    days = {each["what"]: each["day"] for each in later}
    end = date(2027, 12, 31)
    assert days["end"] == end.isoformat()
    assert days["decision"] == (end - timedelta(weeks=6)).isoformat()
    calendar = planner.get("/v1/designations/calendar.ics?on=2027-03-01")
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.text.count("BEGIN:VEVENT") == len(later)
    assert "DTSTART;VALUE=DATE:20271231\r\n" in calendar.text


def test_the_checklist_says_what_lacks(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = drafted(planner, package=[])
    items = planner.get(f"{path}/checklist?on=2026-02-20").json()["items"]
    by_code = {each["code"]: each["done"] for each in items}
    assert by_code["package"] is False
    assert by_code["goal"] is True
    assert by_code["whole_municipality"] is True
    assert all(each["source"] for each in items)


def test_a_dossier_comes_as_a_file_and_its_public_version_tells_less(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = published(planner, sign_in("mayor_office"))
    planner.post(f"{path}/placements", json=camera())
    held = planner.post(f"{path}/reviews", json=review()).headers["Location"]
    word = planner.get(f"{path}/dossier.docx")
    assert word.status_code == 200, word.text
    text = "\n".join(each.text for each in Document(BytesIO(word.content)).paragraphs)
    assert "Stationsplein" in text
    whole, public = (planner.get(f"{path}/dossier.html?public={each}") for each in (0, 1))
    assert word.headers["Content-Disposition"].startswith("attachment;")
    assert whole.headers["Content-Disposition"].startswith("inline;")
    allowed = whole.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:", "form-action 'none'"} <= {*allowed}
    assert not any("script" in each or "unsafe" in each for each in allowed)
    (style,) = re.findall(r"<style>(.*?)</style>", whole.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in allowed
    assert whole.headers["Cache-Control"] == "no-store"
    assert "mw. planner" in whole.text
    assert "mw. planner" not in public.text
    assert planner.get(f"{held}/dossier.html").status_code == 200
    assert planner.get(f"{path}/dossier.pdf").status_code == 400
    assert planner.get("/v1/choices/choice-2026-001/dossier.html").status_code == 404


def test_the_public_and_a_wrong_role_write_nothing(app: FastAPI) -> None:
    sign_in = clients_of(app)
    path = drafted(sign_in("planner"))
    seen = tag(sign_in("vlo"), path)
    assert sign_in("public").get(path).status_code == 401
    assert sign_in("public").post("/v1/designations", json=camera_area()).status_code == 401
    assert sign_in("vlo").post("/v1/designations", json=camera_area()).status_code == 403
    refused = sign_in("vlo").post(f"{path}/withdraw", json={"reason": "Weg"}, headers=seen)
    assert refused.status_code == 403
    assert tag(sign_in("vlo"), path) == seen


@pytest.mark.parametrize(
    "path",
    [
        "/v1/designations/camera_area-2026-009",
        "/v1/designations/camera_area-2026-009/boundaries",
        "/v1/designations/camera_area-2026-009/placements",
        "/v1/designations/camera_area-2026-009/reviews",
        "/v1/designations/camera_area-2026-009/trail",
        "/v1/designations/camera_area-2026-009/checklist",
        "/v1/designations/camera_area-2026-009/dossier.html",
        "/v1/placements/placement-2026-009",
        "/v1/reviews/review-2026-009",
        "/v1/signals/signal-2026-009",
        "/v1/choices/choice-2026-009",
        "/v1/actions/action-2026-009",
    ],
)
def test_what_is_not_there_is_not_found(shared: FastAPI, path: str) -> None:
    assert clients_of(shared)("vlo").get(path).status_code == 404


def test_a_record_of_another_kind_is_not_found(sign_in: Clients) -> None:
    drafted(sign_in("planner"))
    assert sign_in("vlo").get("/v1/placements/camera_area-2026-001").status_code == 404


@pytest.mark.parametrize("id_", ["..%2f..%2fetc", "x' OR 1=1--", "camera_area-2026-001%00", "é"])
def test_an_id_that_can_be_none_is_refused(shared: FastAPI, id_: str) -> None:
    assert clients_of(shared)("vlo").get(f"/v1/designations/{id_}").status_code in (400, 404)


def test_a_signal_is_dismissed_with_a_reason(app: FastAPI) -> None:
    sign_in = clients_of(app)
    mayor = sign_in("mayor_office")
    path = published(sign_in("planner"), mayor)
    signalled(app)
    (signal,) = mayor.get("/v1/signals").json()["signals"]
    place = f"/v1/signals/{signal['id']}"
    done = step(mayor, place, "answer", answer="dismiss", reason="De wijkagent ziet meer.").json()
    assert (done["answer"], done["reason"]) == ("dismiss", "De wijkagent ziet meer.")
    assert mayor.get(path).json()["standing"] == "evaluation_due"
    assert mayor.get("/v1/signals?unanswered=true").json()["signals"] == []
    seen = tag(mayor, place)
    body = {"reason": "Toch.", "answer": "withdraw"}
    again = mayor.post(f"{place}/answer", json=body, headers=seen)
    assert again.status_code == 409


def test_verify_finds_what_was_changed_past_the_program(app: FastAPI) -> None:
    sign_in = clients_of(app)
    drafted(sign_in("planner"))
    opening: Opening = app.state.register
    head = sign_in("vlo").get("/v1/audit").json()["head"]["hash"]
    assert sign_in("vlo").get(f"/v1/audit/verify?anchor={head}").json()["unchanged"] is True
    other = sign_in("vlo").get(f"/v1/audit/verify?anchor={'0f' * 32}").json()
    assert (other["unchanged"], len(other["problems"])) == (False, 1)
    with opening.register().database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE designations SET state = 'in_force'")
    assert sign_in("vlo").get("/v1/audit/verify").json()["unchanged"] is False


def test_a_register_that_is_away_is_said_without_its_secrets(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Opening) -> None:
        raise RegisterRefused([])

    monkeypatch.setattr(Opening, "register", away)
    answer = clients_of(app)("vlo").get("/v1/designations")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "The register is not available. Try again later."
