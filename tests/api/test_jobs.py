"""Runs as resources: what may be asked, by whom, and what is told; the worker has its own tests."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.errors import Problem
from hotspots.policy import Policy
from hotspots.register import Role
from hotspots.store.jobs import MOST_WAITING, Job, Jobs
from hotspots.store.workspace import Workspace, init_workspace
from tests.api.signing import browsing, csrf_of, signed_in


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


@pytest.fixture
def jobs(workspace: Workspace) -> Jobs:
    return Jobs(workspace)


@pytest.fixture
def app(workspace: Workspace) -> FastAPI:
    return create_app(Settings(workspace=workspace.path))


@pytest.fixture
def analyst(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "analyst", name="A. de Vries", raise_server_exceptions=False) as client:
        yield client


def now() -> datetime:
    return datetime.now(UTC)


def begun(jobs: Jobs) -> Job:
    """Return the oldest job as a worker that begins it."""
    job = jobs.take(at=now())
    assert job is not None
    return job


def test_a_run_is_asked_for_and_followed_to_its_result(analyst: TestClient, jobs: Jobs) -> None:
    answer = analyst.post("/v1/runs", json={"kind": "run", "until": "2025-12-31"})
    assert answer.status_code == 202
    where, job = answer.headers["location"], answer.json()
    assert where == f"/v1/jobs/{job['jobID']}"
    assert (job["status"], job["progress"], job["processID"]) == ("accepted", 0, "run")
    assert (job["asked_by"], job["request"]) == ("A. de Vries", {"until": "2025-12-31"})
    assert job["created"].endswith("Z")
    assert not {"started", "finished"} & job.keys()

    begun(jobs)
    jobs.tell(job["jobID"], progress=40, step="hotspots of burglary, 12 months", at=now())
    answer = analyst.get(where)
    assert int(answer.headers["retry-after"]) >= 1
    told = answer.json()
    assert (told["status"], told["progress"]) == ("running", 40)
    assert told["message"] == "hotspots of burglary, 12 months"
    assert told["started"].endswith("Z")

    jobs.succeed(job["jobID"], run_id="20251231-abc", at=now())
    answer = analyst.get(where)
    assert "retry-after" not in answer.headers
    ended = answer.json()
    assert (ended["status"], ended["progress"]) == ("successful", 100)
    (result,) = [link for link in ended["links"] if link["rel"].endswith("/results")]
    assert result["href"] == "/v1/runs/20251231-abc"


def test_the_policy_of_the_moment_is_frozen_with_the_job(
    workspace: Workspace, jobs: Jobs, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[priorities]\ntop_k = 7\n", encoding="utf-8")
    with signed_in(create_app(Settings(workspace=workspace.path, policy=policy))) as client:
        first = client.post("/v1/runs", json={"kind": "run"}).json()["jobID"]
        policy.write_text("[priorities]\ntop_k = 9\n", encoding="utf-8")
        second = client.post("/v1/runs", json={"kind": "run"}).json()["jobID"]
    frozen = [Policy.model_validate(jobs.policy_of(each)) for each in (first, second)]
    assert [each.priorities.top_k for each in frozen] == [7, 9]


def test_a_policy_that_cannot_be_read_is_the_hosts_and_not_the_askers(
    workspace: Workspace, tmp_path: Path
) -> None:
    app = create_app(Settings(workspace=workspace.path, policy=tmp_path / "gone.toml"))
    with signed_in(app, raise_server_exceptions=False) as client:
        answer = client.post("/v1/runs", json={"kind": "run"})
    assert answer.status_code == 500
    assert "gone.toml" not in answer.text


REFUSED: list[tuple[object, set[str]]] = [
    ({"kind": "run", "until": "31-12-2025", "extra": 1}, {"run.until", "run.extra"}),
    ({"kind": "run", "until": 20251231}, {"run.until"}),
    ({"kind": "run", "until": "2025-02-30"}, {"run.until"}),
    ({"kind": "run", "until": "0001-01-01"}, {"run.until"}),
    ({"kind": "run", "budget": 3}, {"run.budget"}),
    (
        {"kind": "cameras", "budget": 0, "area": "../../etc/passwd", "level": "straat"},
        {"cameras.budget", "cameras.area", "cameras.level"},
    ),
    ({"kind": "cameras", "budget": "3"}, {"cameras.budget"}),
    ({"kind": "cameras", "budget": True}, {"cameras.budget"}),
    ({"kind": "cameras", "area": "gebied.gpkg"}, {"cameras.area"}),
    ({"kind": "backtest"}, {""}),
    ({}, {""}),
    ([], {""}),
    ("run", {""}),
    (None, {""}),
]


@pytest.mark.parametrize(
    ("body", "columns"), REFUSED, ids=lambda each: json.dumps(each, default=sorted)
)
def test_what_cannot_be_asked_is_refused_with_all_that_is_wrong(
    body: object, columns: set[str], analyst: TestClient, jobs: Jobs
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = analyst.post("/v1/runs", content=json.dumps(body), headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert {each.get("column", "") for each in answer.json()["problems"]} == columns
    assert jobs.newest() == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"kind":"run"', b"kind=run"])
def test_what_is_no_json_is_refused(content: bytes, analyst: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    assert analyst.post("/v1/runs", content=content, headers=headers).status_code == 400


def test_a_request_sent_twice_with_a_key_is_one_job(analyst: TestClient) -> None:
    def send(body: dict[str, Any], key: str) -> Any:
        return analyst.post("/v1/runs", json=body, headers={"Idempotency-Key": key})

    first, again = send({"kind": "run"}, "k-1"), send({"kind": "run"}, "k-1")
    assert first.json()["jobID"] == again.json()["jobID"]
    assert again.status_code == 202
    assert send({"kind": "cameras"}, "k-1").status_code == 409
    assert send({"kind": "run"}, "x" * 101).status_code == 400
    assert len(analyst.get("/v1/jobs").json()["jobs"]) == 1


def test_more_than_may_wait_is_too_many(analyst: TestClient, jobs: Jobs) -> None:
    for _ in range(MOST_WAITING):
        jobs.ask("run", {}, {}, asked_by="A. de Vries", at=now())
    answer = analyst.post("/v1/runs", json={"kind": "run"})
    assert answer.status_code == 429
    assert answer.json()["problems"][0]["remedy"].startswith("Try again")


def test_what_failed_says_why(analyst: TestClient, jobs: Jobs) -> None:
    job = jobs.ask("run", {}, {}, asked_by="A. de Vries", at=now())
    begun(jobs)
    jobs.fail(job.id, [Problem("There is no ground.", "Take it in.", value="x")], at=now())
    told = analyst.get(f"/v1/jobs/{job.id}").json()
    assert (told["status"], told["message"]) == ("failed", "There is no ground.")
    assert told["problems"] == [
        {"rule": "There is no ground.", "remedy": "Take it in.", "value": "x"}
    ]


def test_jobs_are_listed_newest_first_and_by_status(analyst: TestClient, jobs: Jobs) -> None:
    ids = [jobs.ask("run", {}, {}, asked_by="B", at=now()).id for _ in range(4)]
    begun(jobs)
    listed = analyst.get("/v1/jobs").json()["jobs"]
    assert [each["jobID"] for each in listed] == ids[::-1]
    running = analyst.get("/v1/jobs", params={"status": "running"}).json()["jobs"]
    assert [each["jobID"] for each in running] == ids[:1]
    assert len(analyst.get("/v1/jobs", params={"limit": 2}).json()["jobs"]) == 2
    for wrong in ({"status": "lopend"}, {"limit": 0}, {"page": 2}):
        assert analyst.get("/v1/jobs", params=wrong).status_code == 400


def test_stopping_tells_how_it_stands(analyst: TestClient, jobs: Jobs) -> None:
    running, waiting = (jobs.ask("run", {}, {}, asked_by="B", at=now()).id for _ in range(2))
    begun(jobs)
    assert analyst.delete(f"/v1/jobs/{waiting}").json()["status"] == "dismissed"
    assert analyst.delete(f"/v1/jobs/{waiting}").status_code == 409
    asked = analyst.delete(f"/v1/jobs/{running}")
    assert (asked.status_code, asked.json()["message"]) == (200, "being stopped")
    assert "retry-after" in asked.headers
    jobs.drop(running, at=now())
    assert analyst.delete(f"/v1/jobs/{running}").status_code == 409


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_job_that_is_not_there(method: str, analyst: TestClient) -> None:
    assert analyst.request(method, f"/v1/jobs/{'0' * 32}").status_code == 404
    assert analyst.request(method, "/v1/jobs/..%2Fx").status_code in (400, 404)
    assert analyst.request(method, "/v1/jobs/latest").status_code == 400


ROLES: dict[Role, tuple[int, int]] = {
    "public": (401, 401),
    "analyst": (202, 200),
    "planner": (202, 200),
    "triangle": (403, 200),
    "mayor_office": (403, 200),
    "board": (403, 200),
    "vlo": (403, 200),
}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_ask_and_who_may_look(role: Role, app: FastAPI) -> None:
    may_ask, may_look = ROLES[role]
    with signed_in(app, role) as client:
        assert client.post("/v1/runs", json={"kind": "run"}).status_code == may_ask
        assert client.get("/v1/jobs").status_code == may_look


def test_a_planner_stops_only_what_they_asked_for(app: FastAPI, jobs: Jobs) -> None:
    mine = jobs.ask("run", {}, {}, asked_by="P. Laan", at=now()).id
    other = jobs.ask("run", {}, {}, asked_by="A. de Vries", at=now()).id
    with signed_in(app, "planner", name="P. Laan") as planner:
        assert planner.delete(f"/v1/jobs/{other}").status_code == 403
        assert planner.delete(f"/v1/jobs/{mine}").status_code == 200
    with signed_in(app, "board") as board:
        assert board.delete(f"/v1/jobs/{other}").status_code == 403
    assert jobs.find(other).status == "accepted"


# ---------------------------------------------------------------- the page
def test_the_page_asks_shows_and_stops(app: FastAPI, jobs: Jobs) -> None:
    with browsing(app, "planner", name="P. Laan") as browser:
        page = browser.get("/runs").text
        assert "Nieuwe berekening" in page
        assert "Er is nu niets bezig." in page
        form = {"csrf": csrf_of(page), "kind": "cameras", "until": "2025-12-31", "budget": "5"}
        answer = browser.post("/runs", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/runs#jobs")
        job = begun(jobs)
        assert (job.kind, job.asked_by) == ("cameras", "P. Laan")
        assert job.request == {"until": "2025-12-31", "budget": 5}
        jobs.tell(job.id, progress=42, step="sight lines", at=now())
        page = browser.get("/runs").text
        assert '<progress max="100" value="42"' in page
        assert "berekenen wat camera&#39;s zien" in page
        assert "Bezig: 1. In de wacht: 0." in page
        stop = f"/runs/jobs/{job.id}/stop"
        answer = browser.post(stop, data={"csrf": csrf_of(page)}, follow_redirects=False)
        assert answer.status_code == 303
        assert jobs.find(job.id).stop_asked
        assert f"stop-{job.id}" not in browser.get("/runs").text


def test_an_empty_field_of_the_form_is_left_out(app: FastAPI, jobs: Jobs) -> None:
    with browsing(app) as browser:
        token = csrf_of(browser.get("/runs").text)
        form = {"csrf": token, "kind": "run", "until": ""}
        browser.post("/runs", data=form, follow_redirects=False)
    assert begun(jobs).request == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "run", "until": "gisteren"},
        {"kind": "run", "budget": "5"},
        {"kind": "cameras", "budget": "veel"},
        {"kind": "cameras", "budget": "٣"},
        {"kind": "iets"},
        {},
        {"kind": "run", "path": "/etc/passwd"},
    ],
)
def test_a_form_is_read_as_strictly_as_the_api(
    wrong: dict[str, str], app: FastAPI, jobs: Jobs
) -> None:
    with browsing(app) as browser:
        token = csrf_of(browser.get("/runs").text)
        assert browser.post("/runs", data={"csrf": token, **wrong}).status_code == 400
    assert jobs.newest() == []


def test_a_form_without_the_token_asks_nothing(app: FastAPI, jobs: Jobs) -> None:
    with browsing(app) as browser:
        assert browser.post("/runs", data={"kind": "run"}).status_code == 403
        assert browser.post("/v1/runs", json={"kind": "run"}).status_code == 403
    assert jobs.newest() == []


def test_the_page_shows_what_is_for_the_reader(app: FastAPI, jobs: Jobs) -> None:
    job = jobs.ask("run", {}, {}, asked_by="<b>P. Laan</b>", at=now())
    with browsing(app, "board") as browser:
        page = browser.get("/runs").text
    assert "Nieuwe berekening" not in page
    assert f"stop-{job.id}" not in page
    assert "&lt;b&gt;P. Laan&lt;/b&gt;" in page
    assert "<b>P. Laan" not in page


def test_the_page_says_why_something_failed_in_its_own_language(app: FastAPI, jobs: Jobs) -> None:
    job = jobs.ask("run", {}, {}, asked_by="A. de Vries", at=now())
    begun(jobs)
    jobs.fail(job.id, [Problem("There is no ground.", "Take it in.")], at=now())
    with browsing(app) as browser:
        page = browser.get("/runs").text
        assert "Het programma meldt, in het Engels:" in page
        assert 'lang="en"><li>There is no ground. Take it in.</li>' in page
        assert "data-busy" not in page
        assert "The program says:" in browser.get("/runs?lang=en").text
