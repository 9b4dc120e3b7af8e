"""What is logged, and above all what is not."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.access import ACCESS
from api.app import create_app
from api.ops.logs import REQUEST_ID, LineFormatter
from api.settings import Settings
from hotspots.errors import HotspotsError, Problem
from hotspots.store.workspace import init_workspace
from tests.api.ops.served import Served, serving
from tests.api.signing import signed_in

FIELDS = {
    "moment", "level", "logger", "message", "request_id",
    "method", "route", "status", "duration_ms", "role",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose log can be read."""
    with serving(tmp_path_factory.mktemp("logged")) as served:
        yield served


def test_a_request_leaves_its_route_and_nothing_of_who_asked_what(server: Served) -> None:
    token = server.bearer("Willemijn Groothuis")
    answers = [
        server.ask(
            "/v1/runs/Cornelissen?theme=Verhoeven",
            authorization=token,
            user_agent="Terpstra/1.0",
            cookie="hotspots=Nijboer",
            x_request_id="Postma-de-Graaf",
            referer="https://intranet.example/Kuipers",
        ),
        server.ask("/runs/Cornelissen", authorization="Bearer Zijlstra"),
        server.ask("/Hoekstra/Cornelissen?q=Verhoeven", authorization=token),
        server.ask("/v1/runs/Cornelissen", method="HEAD", authorization=token),
        server.ask("/v1/runs/Cornelissen", method="KUIPERS", authorization=token),
    ]
    ids = [answer.headers["x-request-id"] for answer in answers]
    lines = {str(line["request_id"]): line for line in server.lines() if "request_id" in line}
    first, *_ = logged = [lines[each] for each in ids]
    assert first.keys() == FIELDS
    assert [(line["method"], line["route"], line["role"]) for line in logged] == [
        ("GET", "/v1/runs/{run_id}", "analyst"),
        ("GET", "/runs/{run_id}", "public"),
        ("GET", "unmatched", "analyst"),
        ("HEAD", "/v1/runs/{run_id}", "analyst"),
        ("other", "unmatched", "analyst"),
    ]
    assert [line["status"] for line in logged] == [answer.status for answer in answers]
    assert datetime.fromisoformat(str(first["moment"])).utcoffset() == timedelta(0)
    text = server.log.read_text(encoding="utf-8")
    secrets = (token.removeprefix("Bearer "), *re.findall("[A-Z][a-z]+", "Groothuis Willemijn"))
    told = ("Cornelissen", "Verhoeven", "Terpstra", "Nijboer", "Postma", "Kuipers", "Zijlstra")
    assert not [word for word in (*secrets, *told, "Hoekstra", "KUIPERS") if word in text]


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "6F9619FF-8B86-D011-B42D"])
def test_an_id_that_a_proxy_gave_is_kept(server: Served, given: str) -> None:
    assert server.ask("/health", x_request_id=given).headers["x-request-id"] == given.lower()


@pytest.mark.parametrize("given", ["A. de Vries", "abc", "0" * 65, "0af7651916cd43dd_1", "é" * 20])
def test_an_id_that_may_hold_something_else_is_replaced(server: Served, given: str) -> None:
    said = server.ask("/health", x_request_id=given).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", said)


def test_every_line_of_a_server_is_of_one_form(server: Served) -> None:
    lines = server.log.read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(
        {"moment", "level", "logger", "message"} <= json.loads(line).keys() for line in lines
    )


# ---------------------------------------------------------------- errors
class FailingApp:
    """An app with a route that fails, and what it logs as lines."""

    def __init__(self, path: Path, error: Exception) -> None:
        init_workspace(path, name="Proefstad", crs="EPSG:28992")
        self.app = create_app(Settings(workspace=path))

        def fail() -> None:
            try:
                raise KeyError("Cornelissen")
            except KeyError as cause:
                raise error from cause

        route = next(key for key in ACCESS if key.startswith("GET /v1/runs"))
        self.path = route.partition(" ")[2]
        self._put_first(self.app, fail)

    def _put_first(self, app: FastAPI, fail: object) -> None:
        app.add_api_route(self.path, fail)  # type: ignore[arg-type]
        app.router.routes.insert(0, app.router.routes.pop())


@pytest.mark.parametrize(
    "error",
    [ValueError("Cornelissen lives here"), HotspotsError(Problem("Cornelissen", "Verhoeven"))],
    ids=["a bug", "a refusal that is ours"],
)
def test_an_error_is_logged_by_kind_and_place_never_in_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    failing = FailingApp(tmp_path / "town", error)
    caplog.set_level(logging.INFO)
    client = signed_in(failing.app, raise_server_exceptions=False)
    answer = client.get(failing.path, params={"q": "Verhoeven"})
    assert answer.status_code == 500
    lines = [
        json.loads(LineFormatter().format(record))
        for record in caplog.records
        if record.name != "httpx2"  # the test's own client
    ]
    (failed,) = (line for line in lines if line["message"] == "request failed")
    (asked,) = (line for line in lines if line["message"] == "request")
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert type(error).__name__ in failed["error"]
    assert "KeyError" in failed["error"]
    assert re.search(r"ops/test_logs\.py:\d+", failed["error"])
    assert asked["status"] == 500
    assert not re.search("Cornelissen|Verhoeven", json.dumps(lines))


def test_what_a_request_has_others_logged_bears_its_id(caplog: pytest.LogCaptureFixture) -> None:
    held = REQUEST_ID.set("0af7651916cd43dd8448eb211c80319c")
    with caplog.at_level(logging.WARNING):
        logging.getLogger("hotspots.store").warning("late")
    line = json.loads(LineFormatter().format(caplog.records[0]))
    REQUEST_ID.reset(held)
    assert line["request_id"] == "0af7651916cd43dd8448eb211c80319c"
