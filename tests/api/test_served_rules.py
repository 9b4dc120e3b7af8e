"""The Dutch API design rules that no description can show: what is answered beside it."""

from collections import defaultdict

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.access import ACCESS
from tests.api.furnished import KNOWN
from tests.api.signing import signed_in

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ADDRESSES = sorted({key.partition(" ")[2] for key in ACCESS})
# By their address these two may be a designation, which can be changed: then it is the id that is
# wrong, and not the method.
_ALSO_AN_ID = {"/v1/designations/due", "/v1/designations/calendar.ics"}
OF_V1 = [path for path in ADDRESSES if path.startswith("/v1")]


@pytest.fixture(scope="module")
def planner(furnished_app: FastAPI) -> TestClient:
    return signed_in(furnished_app, "planner")


def written(path: str) -> str:
    """Return a path with names of things that are there."""
    names = {name: values[0] for name, values in KNOWN.items()}
    others = {"record_id": "review-2026-001", "job_id": "0" * 32}
    return path.format_map(defaultdict(lambda: "x", names | others))


@pytest.mark.parametrize("path", OF_V1)
def test_a_method_that_is_not_there_is_answered_with_those_that_are(
    planner: TestClient, path: str
) -> None:
    """RFC 9110, 15.5.6; a preflight of another origin is such a method."""
    there = {key.partition(" ")[0] for key in ACCESS if key.partition(" ")[2] == path}
    for method in METHODS:
        if method in there or (method == "PATCH" and path in _ALSO_AN_ID):
            continue
        answer = planner.request(method, written(path))
        assert answer.status_code == 405, method
        allowed = set(answer.headers["Allow"].split(", ")) - {"HEAD"}
        assert allowed == there | ({"PATCH"} if path in _ALSO_AN_ID else set())
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["API-Version"] == "1.0.0"


@pytest.mark.parametrize("path", OF_V1)
def test_an_address_with_a_slash_at_its_end_is_another(planner: TestClient, path: str) -> None:
    """/core/no-trailing-slash: it is not there, and leads nowhere else."""
    answer = planner.get(f"{written(path)}/", follow_redirects=False)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("role", ["planner", "public"])
def test_only_the_description_may_be_read_by_pages_of_others(
    furnished_app: FastAPI, path: str, role: str
) -> None:
    """/core/publish-openapi; nothing else of this server is for a page of another origin."""
    client = signed_in(furnished_app, role, raise_server_exceptions=False)  # type: ignore[arg-type]
    asked = {"Origin": "https://elders.example"}
    answer = client.get(written(path), headers=asked, follow_redirects=False)
    wanted = "*" if path == "/v1/openapi.json" else None
    assert answer.headers.get("Access-Control-Allow-Origin") == wanted
    assert "Access-Control-Allow-Credentials" not in answer.headers
