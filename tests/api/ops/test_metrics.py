"""Figures for Prometheus: right, and only for who may read them."""

import re
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots import __version__
from hotspots.errors import SettingsRefused
from hotspots.store.jobs import Jobs
from hotspots.store.workspace import Workspace, init_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace."""
    return init_workspace(tmp_path / "town", name="Proefstad", crs="EPSG:28992")


def served(workspace: Workspace, **settings: object) -> FastAPI:
    """Return an app that keeps figures."""
    return create_app(
        Settings.model_validate({"workspace": workspace.path, "metrics": True, **settings})
    )


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    """Return the samples of one name by their labels, as Prometheus' own library reads them."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_every_request_is_counted_by_route_method_and_status(workspace: Workspace) -> None:
    client = TestClient(served(workspace), client=("127.0.0.1", 1))
    asked = ["/health", "/v1", "/v1", "/v1/runs", "/runs/Cornelissen", "/Verhoeven", "/Visser"]
    seen: Counter[tuple[str, ...]] = Counter()
    for path in asked:
        status = client.get(path, follow_redirects=False).status_code
        route = {"/runs/Cornelissen": "/runs/{run_id}"}.get(path, path)
        seen["GET", "unmatched" if path in ("/Verhoeven", "/Visser") else route, str(status)] += 1
    text = client.get("/metrics").text
    assert samples(text, "hotspots_requests_total") == dict(seen)
    durations = samples(text, "hotspots_request_duration_seconds_count")
    assert sum(durations.values()) == len(asked)
    assert not re.search("Cornelissen|Verhoeven|Visser", text)


def test_jobs_and_the_build_are_among_the_figures(workspace: Workspace) -> None:
    client = TestClient(served(workspace), client=("127.0.0.1", 1))
    jobs = Jobs(workspace)
    ids = [
        jobs.ask("run", {"at": number}, {}, asked_by="Cornelissen", at=datetime.now(UTC)).id
        for number in range(3)
    ]
    for number, dismissed in enumerate(ids):
        text = client.get("/metrics").text
        counted = samples(text, "hotspots_jobs")
        assert counted["accepted",] == 3 - number
        assert counted["dismissed",] == number
        assert sum(counted.values()) == 3
        jobs.dismiss(dismissed, at=datetime.now(UTC))
    assert samples(text, "hotspots_build_info") == {(__version__,): 1}
    assert "Cornelissen" not in text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("::1", 200),
        ("10.1.2.3", 200),
        ("10.1.3.3", 404),
        ("203.0.113.9", 404),
        ("testclient", 404),
    ],
)
def test_only_loopback_and_who_is_named_may_read_them(
    workspace: Workspace, address: str, status: int
) -> None:
    app = served(workspace, metrics_from="10.1.2.0/24, 192.0.2.1")
    assert TestClient(app, client=(address, 1)).get("/metrics").status_code == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_that_is_not_named_does_not_make_everybody_loopback(
    workspace: Workspace, header: str
) -> None:
    client = TestClient(served(workspace), client=("127.0.0.1", 1), headers={header: "127.0.0.1"})
    assert client.get("/metrics").status_code == 404


def test_without_the_setting_there_are_none(workspace: Workspace) -> None:
    client = TestClient(served(workspace, metrics=False), client=("127.0.0.1", 1))
    assert client.get("/metrics").status_code == 404


def test_without_the_library_the_setting_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(SettingsRefused, match=r"hotspots\[metrics\]"):
        served(workspace)
