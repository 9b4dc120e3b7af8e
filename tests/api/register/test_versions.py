"""Nobody overwrites what somebody else did: one request after another, and fifty at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi import FastAPI

from api.register.opened import Opening
from api.settings import Settings
from hotspots.register import Designation
from tests.api.register.conftest import Clients, clients_of, served_now
from tests.api.register.files import WHY, camera, camera_area, drafted, published, step, tag
from tests.api.serving import serving
from tests.api.signing import token_of
from tests.postgis import Server

WRITERS = 50


def test_the_second_of_two_who_looked_at_the_same_version_is_told_who_was_first(
    sign_in: Clients,
) -> None:
    first, second = sign_in("planner"), sign_in("analyst")
    path = drafted(first)
    seen = tag(second, path)
    assert tag(first, path) == seen == {"If-Match": '"1"'}
    done = first.patch(path, json=WHY | {"goal": "Minder overlast."}, headers=seen)
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    lost = second.patch(path, json=WHY | {"goal": "Rust."}, headers=seen)
    assert lost.status_code == 412
    assert "mw. planner made version 2" in lost.json()["detail"]
    assert first.get(path).json()["goal"] == "Minder overlast."


def test_a_step_on_what_was_changed_is_stale_before_it_is_against_a_rule(sign_in: Clients) -> None:
    mayor = sign_in("mayor_office")
    path = drafted(sign_in("planner"))
    step(mayor, path, "ask-advice", asked_of="driehoek", on="2026-02-05")
    seen = tag(mayor, path)
    assert mayor.post(f"{path}/decide", json=WHY | {"on": "2026-03-01"}, headers=seen).is_success
    again = mayor.post(f"{path}/decide", json=WHY | {"on": "2026-03-01"}, headers=seen)
    assert again.status_code == 412


@pytest.mark.parametrize("name", ["move", "remove"])
def test_a_camera_has_a_version_of_its_own(sign_in: Clients, name: str) -> None:
    planner = sign_in("planner")
    path = published(planner, sign_in("mayor_office"))
    spot = planner.post(f"{path}/placements", json=camera()).headers["Location"]
    seen = tag(planner, spot)
    step(planner, spot, "remove", on="2026-09-01")
    body = WHY | ({"x_m": 90_550, "y_m": 450_600} if name == "move" else {})
    stale = planner.post(f"{spot}/{name}", json=body, headers=seen)
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 428),
        ("*", 428),
        ('"7"', 412),
        ('"0"', 412),
        ('"01"', 412),
        ('W/"1"', 412),
        ('"een"', 412),
        ('"1", "2"', 400),
        ("1", 400),
        ('"1', 400),
        ("", 400),
        ('"' + "9" * 30 + '"', 412),
    ],
)
def test_a_version_is_asked_for_and_read_strictly(
    shared: FastAPI, header: str | None, status: int
) -> None:
    planner = clients_of(shared)("planner")
    path = drafted(planner)
    headers = {} if header is None else {"If-Match": header}
    answer = planner.patch(path, json=WHY | {"goal": "Rust."}, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    )
    assert answer.json()["problems"], answer.text
    assert tag(planner, path) == {"If-Match": '"1"'}


# ---------------------------------------------------------------- at once
def goals_written(base: str, token: str, path: str) -> list[tuple[int, str]]:
    """Let fifty clients change a goal, each until it wins; return the version each one made."""
    barrier = threading.Barrier(WRITERS)
    headers = {"Authorization": f"Bearer {token}"}

    def write(number: int) -> tuple[int, str]:
        with httpx2.Client(base_url=base, headers=headers, timeout=60) as client:
            barrier.wait()
            for _ in range(10 * WRITERS):
                seen = client.get(path).headers["ETag"]
                body = WHY | {"goal": f"Doel {number}"}
                answer = client.patch(path, json=body, headers={"If-Match": seen})
                if answer.status_code == 200:
                    expected = int(seen.strip('"')) + 1
                    assert answer.headers["ETag"] == f'"{expected}"'
                    return expected, body["goal"]
                assert answer.status_code == 412, answer.text
        raise AssertionError("a writer never won")

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(write, range(WRITERS)))


@pytest.mark.parametrize(
    "kept",
    ["sqlite", pytest.param("postgis", marks=[pytest.mark.service, pytest.mark.slow])],
)
def test_of_fifty_writers_at_once_one_wins_each_version_and_none_is_lost(
    kept: str, settings: Settings, request: pytest.FixtureRequest
) -> None:
    if kept == "sqlite":
        fifty_writers(settings)
        return
    server: Server = request.getfixturevalue("postgis")
    with server.database() as url:
        fifty_writers(settings.model_copy(update={"database_url": url}))


def fifty_writers(settings: Settings) -> None:
    """Fifty writers on one designation, over HTTP."""
    app = served_now(settings)
    with serving(app) as base:
        token = token_of(app, "planner", "mw. planner")
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=base, headers=headers, timeout=60) as client:
            made = client.post("/v1/designations", json=camera_area())
            path = made.headers["Location"]
            won = goals_written(base, token, path)
            verdict = client.get("/v1/audit/verify").json()
        opening: Opening = app.state.register
        history = opening.register().history(Designation, path.rpartition("/")[2])
    assert sorted(version for version, _ in won) == list(range(2, WRITERS + 2))
    assert {each.version: each.goal for each in history[1:]} == dict(won)
    assert verdict["unchanged"] is True


@pytest.mark.service
def test_the_register_in_the_database_of_the_environment_serves_end_to_end(
    postgis: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgis.database() as url:
        monkeypatch.setenv("HOTSPOTS_WORKSPACE", str(settings.workspace))
        monkeypatch.setenv("HOTSPOTS_POLICY", str(settings.policy))
        monkeypatch.setenv("HOTSPOTS_DATABASE_URL", url)
        app = served_now(Settings())
        with serving(app):
            sign_in = clients_of(app)
            path = published(sign_in("planner"), sign_in("mayor_office"))
            assert sign_in("vlo").get(path).json()["has_effect"] is True
        assert not (settings.workspace / "register.sqlite").exists()
