"""Limits limit: counted on a real server, per user or address, and slid with a clock of our own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.store.workspace import init_workspace
from tests.api.ops.served import Served, serving
from tests.api.signing import signed_in

READS, SIGN_INS = 5, 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without a proxy in front."""
    limits = {"LIMIT_READS": f"{READS}/hour", "LIMIT_SIGN_IN": f"{SIGN_INS}/hour"}
    with serving(tmp_path_factory.mktemp("bare"), **limits) as served:
        yield served


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that believes one proxy."""
    settings = {"LIMIT_READS": f"{READS}/hour", "TRUSTED_PROXIES": "127.0.0.1"}
    with serving(tmp_path_factory.mktemp("proxied"), **settings) as served:
        yield served


def statuses(server: Served, times: int, path: str = "/v1", **asked: str) -> list[int]:
    """Return the statuses of the same question, asked so many times."""
    return [server.ask(path, **asked).status for _ in range(times)]


def test_the_first_n_pass_and_the_next_is_refused_with_when_to_come_back(server: Served) -> None:
    for left in range(READS - 1, -1, -1):
        answer = server.ask("/v1", source="127.0.1.1")
        assert answer.status == 200
        assert answer.headers["ratelimit"].startswith(f'"reads";r={left};t=')
        assert "retry-after" not in answer.headers
    refused = server.ask("/v1", source="127.0.1.1")
    assert refused.status == 429
    assert refused.headers["ratelimit-policy"] == f'"reads";q={READS};w=3600'
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.problem["title"] == "Too Many Requests"
    assert "content-security-policy" in refused.headers
    assert "x-request-id" in refused.headers


def test_another_address_is_not_affected(server: Served) -> None:
    statuses(server, READS + 1, source="127.0.1.2")
    assert statuses(server, 1, source="127.0.1.3") == [200]


def test_a_page_that_is_refused_is_a_page(server: Served) -> None:
    statuses(server, READS, source="127.0.1.4")
    refused = server.ask("/uitleg", source="127.0.1.4")
    assert refused.status == 429
    assert refused.headers["content-type"].startswith("text/html")


def test_users_behind_one_address_have_a_limit_each(server: Served) -> None:
    for name in ("A. de Vries", "B. Bakker"):  # the first answer tells the limiter who they are
        assert server.ask("/v1", source="127.0.1.5", authorization=server.bearer(name)).status < 300
    statuses(server, READS, source="127.0.1.5")
    for name in ("A. de Vries", "B. Bakker"):
        asked = {"source": "127.0.1.5", "authorization": server.bearer(name)}
        assert statuses(server, READS + 1, "/v1/runs", **asked) == [200] * READS + [429]


def test_a_user_has_one_limit_wherever_they_are(server: Served) -> None:
    token = server.bearer("C. Visser")
    server.ask("/v1", source="127.0.1.6", authorization=token)
    seen = [
        server.ask("/v1", source=f"127.0.1.{60 + at}", authorization=token).status
        for at in range(READS + 1)
    ]
    assert seen == [200] * READS + [429]


def test_made_up_tokens_count_for_the_address_that_they_come_from(server: Served) -> None:
    seen = [
        server.ask("/v1/runs", source="127.0.1.7", authorization=f"Bearer {at:043d}").status
        for at in range(READS + 1)
    ]
    assert seen == [401] * READS + [429]


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
def test_a_spoofed_address_does_not_help(server: Served, header: str) -> None:
    source = {"x_forwarded_for": "127.0.2.1", "forwarded": "127.0.2.2", "x_real_ip": "127.0.2.3"}
    seen = [
        server.ask("/v1", source=source[header], **{header: f"203.0.113.{at}"}).status
        for at in range(READS + 1)
    ]
    assert seen == [200] * READS + [429]


def test_signing_in_is_limited_per_address_whoever_tries(server: Served) -> None:
    seen = [
        server.ask("/inloggen", method="POST", source="127.0.1.8").status
        for _ in range(SIGN_INS + 1)
    ]
    assert seen[-1] == 429
    assert 429 not in seen[:-1]


def test_the_health_of_a_server_may_be_asked_without_end(server: Served) -> None:
    assert set(statuses(server, 4 * READS, "/health", source="127.0.1.9")) == {200}
    assert set(statuses(server, 1, "/v1", source="127.0.1.9")) == {200}


def test_behind_a_trusted_proxy_the_address_it_saw_counts(behind_a_proxy: Served) -> None:
    one, other = ({"x_forwarded_for": f"198.51.100.{at}"} for at in (1, 2))
    assert statuses(behind_a_proxy, READS + 1, **one) == [200] * READS + [429]
    assert statuses(behind_a_proxy, 1, **other) == [200]


def test_what_a_client_told_a_trusted_proxy_is_not_believed(behind_a_proxy: Served) -> None:
    """A proxy appends whom it saw: only the last address is its word."""
    seen = [
        behind_a_proxy.ask("/v1", x_forwarded_for=f"203.0.113.{at}, 198.51.100.3").status
        for at in range(READS + 1)
    ]
    assert seen == [200] * READS + [429]


def test_who_comes_past_the_proxy_is_not_believed_either(behind_a_proxy: Served) -> None:
    seen = [
        behind_a_proxy.ask("/v1", source="127.0.3.1", x_forwarded_for=f"203.0.113.{at}").status
        for at in range(READS + 1)
    ]
    assert seen == [200] * READS + [429]


# ---------------------------------------------------------------- with a clock of our own
@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """An app that lets four reads through in ten seconds, and two writes."""
    init_workspace(tmp_path / "town", name="Proefstad", crs="EPSG:28992")
    return create_app(
        Settings(workspace=tmp_path / "town", limit_reads="4/10 second", limit_writes="2/10 second")
    )


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that the limiter reads."""
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


def test_the_window_slides_with_every_request(app: FastAPI, clock: Clock) -> None:
    """At 0 s two, at 6 s two: at 11 s only the first two are forgotten, at 17 s the others."""
    client = TestClient(app)

    def passed(times: int) -> int:
        return sum(client.get("/v1").status_code == 200 for _ in range(times))

    assert passed(2) == 2
    clock.now += 6
    assert passed(3) == 2
    refused = client.get("/v1")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "4")
    clock.now += 5
    assert passed(3) == 2
    clock.now += 6
    assert passed(3) == 2


def test_writes_have_a_limit_of_their_own(app: FastAPI, clock: Clock) -> None:
    client = signed_in(app)
    assert client.get("/v1").status_code == 200
    seen = [client.delete("/v1/nothing").status_code for _ in range(3)]
    assert 429 not in seen[:2]
    assert seen[2] == 429
    assert client.get("/v1").status_code == 200


def test_an_ipv6_subscriber_counts_as_one(app: FastAPI, clock: Clock) -> None:
    seen = [
        TestClient(app, client=(f"2001:db8:0:1::{at:x}", 1)).get("/v1").status_code
        for at in range(5)
    ]
    assert seen == [200] * 4 + [429]
    assert TestClient(app, client=("2001:db8:0:2::1", 1)).get("/v1").status_code == 200


def test_a_refusal_says_all_in_one_document(app: FastAPI, clock: Clock) -> None:
    client = TestClient(app)
    answers = [client.get("/v1") for _ in range(5)]
    assert json.loads(answers[-1].text)["problems"][0]["remedy"] == "Try again in 10 seconds."


def test_counting_a_crowd_takes_bounded_memory(
    app: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More addresses than are counted share one limit; once forgotten, they make room."""
    monkeypatch.setattr("api.ops.limits._MOST_COUNTED", 3)

    def asked(address: str) -> int:
        return TestClient(app, client=(address, 1)).get("/v1").status_code

    assert [asked(f"198.51.100.{at}") for at in range(3)] == [200] * 3
    assert [asked(f"203.0.113.{at}") for at in range(5)] == [200] * 4 + [429]
