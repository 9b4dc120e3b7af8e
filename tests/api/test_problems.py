from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.errors import WorkspaceRefused
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in
from tests.outputs import sample

RUN = "2025-abc123"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/v1/runs/no-such-run", 404),
        ("GET", f"/v1/runs/{RUN}/priorities?theme=assault", 404),
        ("GET", f"/v1/runs/{RUN}/tables/secrets.csv", 404),
        ("GET", f"/v1/runs/{RUN}/tables/priorities.exe", 400),
        ("GET", f"/v1/runs/{RUN}/tables/months.geojson", 400),
        ("GET", "/v1/runs?limit=3", 400),
        ("GET", f"/v1/runs/{RUN}/tables/cells.csv", 404),
        ("GET", f"/v1/runs/{RUN}/surfaces/burglary/24.tif", 404),
        ("GET", f"/v1/runs/{RUN}/surfaces/burglary/many.tif", 400),
        ("GET", f"/v1/runs/{RUN}/surfaces/burglary/36.tif?x=1", 400),
        ("GET", "/v1/collections?x=1", 400),
        ("GET", "/v1/collections/robberies", 404),
        ("GET", "/v1/collections/hotspots?x=1", 400),
        ("GET", "/v1/collections/hotspots/items?colour=red", 400),
        ("GET", "/v1/collections/hotspots/items?run=no-such-run", 404),
        ("GET", "/v1/collections/hotspots/items?limit=0", 400),
        ("GET", "/v1/collections/hotspots/items?kind=warm", 400),
        ("GET", "/v1/collections/hotspots/items/36m-burglary-999", 404),
        ("GET", "/v1/collections/hotspots/items/36m-burglary-001?limit=1", 400),
        ("GET", "/v1?x", 400),
        ("GET", f"/v1/runs/{RUN}/priorities?level=planet", 400),
        ("GET", "/v1/runs/NOT_AN_ID", 400),
        ("PUT", "/v1/runs", 405),
        ("DELETE", f"/v1/runs/{RUN}", 405),
    ],
)
def test_every_refusal_is_a_problem_document(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"].startswith(("no-store", "public"))
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert all(item["rule"] and item["remedy"] for item in problem.get("problems", []))


def test_all_problems_come_at_once(client: TestClient) -> None:
    answer = client.get(f"/v1/runs/{RUN}/priorities?level=planet&theme=E33!&limit=3&page=2")
    assert answer.status_code == 400
    assert {item["column"] for item in answer.json()["problems"]} == {
        "level", "theme", "limit", "page",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["..", "%2e%2e", "..%2f..%2fworkspace", "%2fetc%2fpasswd", "a%00b", "..%5c..", "latest%0a"],
)
def test_no_address_leaves_the_workspace(client: TestClient, name: str) -> None:
    for path in (
        f"/v1/runs/{name}",
        f"/v1/runs/{name}/priorities",
        f"/v1/runs/{RUN}/tables/{name}.parquet",
        f"/v1/runs/{RUN}/surfaces/{name}/36.tif",
        f"/v1/collections/hotspots/items/{name}",
        f"/maps/{name}/hotspots/burglary/36",
        f"/runs/{name}",
        f"/maps/{name}/burglary/wijk",
        f"/static/{name}",
        f"/static/leaflet/{name}",
    ):
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code in (200, 307, 400, 404)
        if answer.status_code == 200:  # the client folded `..` away: an address we do serve
            assert answer.url.path in (
                "/", "/v1", "/v1/runs", "/v1/runs/", "/runs", "/runs/",
                "/v1/collections/hotspots", "/v1/collections/hotspots/items",
            )  # fmt: skip


def test_an_unexpected_error_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret is in /srv/data")

    monkeypatch.setattr("api.shelf.Shelf.records", fail)
    answer = client.get("/v1/runs")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["api-version"]
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_a_damaged_result_is_ours_to_mend_and_names_no_folder(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "w", name="W", crs="EPSG:28992")
    freeze_run(workspace, sample.record(), sample.results())
    file = workspace.runs / RUN / "priorities.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")
    app = create_app(Settings(workspace=tmp_path / "w"))
    with signed_in(app, raise_server_exceptions=False) as client:
        answer = client.get(f"/v1/runs/{RUN}/priorities")
    assert answer.status_code == 500
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/nothing", 404, ""),
        ("/?level=planet", 400, "level = <strong>planet"),
        ("/?run=no-such-run", 404, "run = <strong>no-such-run"),
        ("/hotspots?theme=assault", 404, "assault"),
        ("/hotspots?months=0", 400, "months = <strong>0"),
        ("/hotspots?months=abc", 400, "months = <strong>abc"),
        ("/hotspots?run=<b>", 400, "run = <strong>&lt;b&gt;"),
        ("/hotspots/%FF", 400, "hotspot_id"),
        ("/hotspots/no-such-hotspot", 404, ""),
        ("/hotspots/no-such-hotspot?run=no-such-run", 404, "no-such-run"),
        ("/samen?run=no-such-run", 404, "no-such-run"),
        ("/signalen?run=no-such-run", 404, "no-such-run"),
        ("/runs/no-such-run", 404, "no-such-run"),
        (f"/maps/{RUN}/hotspots/burglary/24", 404, "burglary/24"),
        (f"/maps/{RUN}/burglary/stadsdeel", 404, ""),
        (f"/maps/{RUN}/burglary/planet", 400, "planet"),
    ],
)
def test_a_page_refuses_with_a_page_in_its_language(
    client: TestClient, path: str, status: int, told: str
) -> None:
    """Whatever the program that asks says that it accepts: people paste addresses."""
    dutch = client.get(path)
    assert dutch.status_code == status
    assert dutch.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="nl">' in dutch.text
    assert told in dutch.text
    english = client.get(path + ("&" if "?" in path else "?") + "lang=en")
    assert english.status_code == status
    assert '<html lang="en">' in english.text
    assert 'href="/?lang=en"' in english.text  # and leads on


def test_a_page_may_not_be_posted_to(client: TestClient) -> None:
    answer = client.post("/hotspots")
    assert answer.status_code == 405
    assert '<html lang="nl">' in answer.text


def test_v1_answers_a_browser_with_a_problem_document_too(client: TestClient) -> None:
    answer = client.get("/v1/nothing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_without_a_workspace_there_is_no_app(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceRefused, match="hotspots init"):
        create_app(Settings(workspace=tmp_path / "nothing"))
