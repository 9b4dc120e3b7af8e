"""Our server under load: the same features beside pygeoapi, and 200 requests per second.

Both are served by uvicorn with one process, ours as ``hotspots serve`` does it: signed in, with
limits and a line in the log for every request, which pygeoapi has not. Its GeoJSON provider reads
its file for every request; its other providers need programs that a Python package does not bring
(SpatiaLite, GDAL, a database). What its framework costs without data shows in the conformance page.
"""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx2
import shapely

from hotspots.store.accounts import Accounts, AccountsFile
from hotspots.store.jobs import MOST_WAITING
from tests.bench import Case, Load, Timing
from tests.bench.bench_run import FEW, FOLDER
from tests.bench.city import city
from tests.bench.loading import Answer, Server, as_fast_as_answered, at_fixed_moments

CLIENTS, ASKED = 8, 80
PER_SECOND, MOST_CLIENTS = 200, 64
LAST_DAY = date(2025, 12, 31)
LEAST_RUN_S = 10
"""No run of the city is made in less, so that the worker has enough to do."""

HOTSPOTS = "/v1/collections/hotspots/items"
THEIRS = "/collections/hotspots/items"
BBOX = "4.45,52.05,4.55,52.12"
SAME = {
    "a page of 10 hotspots": "?limit=10",
    "a page of 100 hotspots": "?limit=100",
    "hotspots in a box": f"?limit=100&bbox={BBOX}",
    "hotspots of a theme": "?limit=100&theme=burglary",
}
READ = {
    "ranking, page": "/",
    "hotspots, page": "/hotspots",
    "layers together, page": "/samen",
    "ranking, JSON": "/v1/runs/latest/priorities?theme=burglary&level=wijk",
    "10 hotspots, GeoJSON": f"{HOTSPOTS}?limit=10",
    "100 hotspots, GeoJSON": f"{HOTSPOTS}?limit=100",
}
UNLIMITED = "100000000/minute"


def cases() -> list[Case | Load]:
    """Return what is timed."""
    scale = f"{ASKED} requests over {CLIENTS} connections"
    beside = [
        Case(
            name,
            partial(_ask, ours, HOTSPOTS + query),
            partial(_ask, pygeoapi, THEIRS + query),
            "pygeoapi",
            scale,
            agrees=partial(_same, query),
        )
        for name, query in SAME.items()
    ]
    bare = Case(
        "conformance",
        partial(_ask, ours, "/v1/conformance"),
        partial(_ask, pygeoapi, "/conformance?f=json"),
        "pygeoapi",
        scale,
    )
    return [*beside, bare, Load("200 requests per second", under_load)]


def under_load(seconds: float) -> Iterator[Timing]:
    """Load our server while its worker computes runs; yield the slowest percent, by what is asked.

    Parameters
    ----------
    seconds
        How long.
    """
    server = ours()
    as_fast_as_answered(server, [*READ.values()] * 3, clients=1)  # what is read is at hand
    with httpx2.Client(base_url=server.address, headers=dict(server.headers)) as client:
        jobs = _computing(client, runs=min(MOST_WAITING, 1 + int(seconds / LEAST_RUN_S)))
        answers = at_fixed_moments(
            server, [*READ.values()], per_second=PER_SECOND, seconds=seconds, clients=MOST_CLIENTS
        )
        statuses = _stopped(client, jobs)
    computing = "throughout" if "running" in statuses else "part of the time"
    told = f"{PER_SECOND} a second for {seconds:g} s, the worker computing {computing}"
    for name, path in (("all", None), *READ.items()):
        mine = [each for each in answers if path in (None, each.path)]
        yield _told(f"p99 under load: {name}", told, mine)


def _computing(client: httpx2.Client, *, runs: int) -> list[str]:
    """Ask for runs, wait until the first is being made, and return the addresses of the jobs."""
    days = (LAST_DAY - timedelta(days=number + 1) for number in range(runs))
    asked = [client.post("/v1/runs", json={"kind": "run", "until": f"{day}"}) for day in days]
    jobs = [each.raise_for_status().headers["Location"] for each in asked]
    for _ in range(300):
        if client.get(jobs[0]).json()["status"] != "accepted":
            return jobs
        time.sleep(0.1)
    raise RuntimeError("the worker does not begin")


def _stopped(client: httpx2.Client, jobs: list[str]) -> list[str]:
    """Return how jobs stand, and stop those that have not ended."""
    statuses = [client.get(job).json()["status"] for job in jobs]
    for job, status in zip(reversed(jobs), reversed(statuses), strict=True):
        if status in ("accepted", "running"):
            client.delete(job)
    return statuses


def _told(name: str, scale: str, answers: list[Answer]) -> Timing:
    well = sorted(each.seconds for each in answers if each.status == 200)
    failed = len(answers) - len(well)
    if len(well) < 2:
        return Timing(name, scale, len(answers), float("inf"), None, "", note=f"{failed} failed")
    cuts = quantiles(well, n=100, method="inclusive")
    p50, p95, p99 = (cuts[percent - 1] * 1e3 for percent in (50, 95, 99))
    note = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, most {well[-1] * 1e3:.1f} ms, "
    return Timing(name, scale, len(answers), p99 / 1e3, None, "", note=f"{note}{failed} failed")


def _ask(server: Callable[[], Server], path: str) -> None:
    answers = as_fast_as_answered(server(), [path] * ASKED, clients=CLIENTS)
    failed = [each for each in answers if each.status != 200]
    if failed:
        raise RuntimeError(f"{path} answered {failed[0].status}")


# ------------------------------------------------------------ the same features
def _same(query: str) -> bool:
    """Tell whether both give the same features: ids, properties, and shapes to a nanodegree."""
    mine, theirs = (_features(ours(), HOTSPOTS + query), _features(pygeoapi(), THEIRS + query))
    return (
        bool(mine)
        and mine.keys() == theirs.keys()
        and all(
            mine[each]["properties"] == theirs[each]["properties"]
            and shapely.equals_exact(_shape(mine[each]), _shape(theirs[each]), 1e-9)
            for each in mine
        )
    )


def _features(server: Server, path: str) -> dict[str, Any]:
    found = httpx2.get(server.address + path, headers=dict(server.headers)).raise_for_status()
    return {each["id"]: each for each in found.json()["features"]}


def _shape(feature: dict[str, Any]) -> shapely.Geometry:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


# ------------------------------------------------------------ the servers
@cache
def ours() -> Server:
    """Serve a city with a run, its worker beside it; return how a planner asks it."""
    workspace = city(FOLDER / "serving", FEW)
    policy = FOLDER / "policy.toml"
    policy.write_text("[hotspots]\nlayers = []\n", encoding="utf-8")
    program = [sys.executable, "-m", "hotspots.cli"]
    at = ["--workspace", str(workspace.path)]
    for earlier in workspace.runs.glob("*-*") if workspace.runs.exists() else ():
        if not earlier.name.startswith(f"{LAST_DAY:%Y%m%d}"):
            shutil.rmtree(earlier)  # what the last load asked for is to be computed again
    if not workspace.runs.exists() or not any(workspace.runs.iterdir()):
        subprocess.run([*program, "run", *at, "--policy", str(policy)], check=True)
    now = datetime.now(UTC)
    accounts = Accounts(AccountsFile(workspace))
    name = f"Bench {now:%Y%m%d%H%M%S%f}"
    until = now + timedelta(days=1)
    token = accounts.add(name, "planner", stadsdeel=None, until=until, at=now)
    told = dict.fromkeys(("HOTSPOTS_LIMIT_READS", "HOTSPOTS_LIMIT_WRITES"), UNLIMITED)
    told["HOTSPOTS_POLICY"] = str(policy.resolve())
    port = _free_port()
    address = _start([*program, "serve", *at, "--port", str(port)], told, port, "/health")
    return Server(address, (("Authorization", f"Bearer {token}"),))


@cache
def pygeoapi() -> Server:
    """Serve the hotspots of our own server with pygeoapi."""
    source, port = ours(), _free_port()
    folder = (FOLDER / "pygeoapi").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    features = list(_features(source, f"{HOTSPOTS}?limit=10000").values())
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "hotspots.geojson").write_text(json.dumps(collection), encoding="utf-8")
    config, described = folder / "config.yml", folder / "openapi.yml"
    config.write_text(json.dumps(_config(port, folder)), encoding="utf-8")  # JSON is YAML
    told = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
    generate = ["openapi", "generate", str(config), "--output-file", str(described)]
    start = [sys.executable, "-c", "from pygeoapi import cli; cli()", *generate]
    subprocess.run(start, env={**os.environ, **told}, check=True, stdout=subprocess.DEVNULL)
    serve = [sys.executable, "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "warning", "--http", "h11"]
    return Server(_start([*serve, *quiet], told, port, "/conformance?f=json"))


def _config(port: int, folder: Path) -> dict[str, Any]:
    """Return pygeoapi's configuration for one collection."""
    address = f"http://127.0.0.1:{port}"
    provider = {
        "type": "feature",
        "name": "GeoJSON",
        "data": str(folder / "hotspots.geojson"),
        "id_field": "id",
    }
    text = {"title": "Hotspots", "description": "Hotspots", "keywords": ["hotspots"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": address, "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**text, "terms_of_service": "none", "url": address},
            "license": {"name": "none", "url": address},
            "provider": {"name": "Bench", "url": address},
            "contact": {"name": "Bench"},
        },
        "resources": {
            "hotspots": {
                "type": "collection",
                **text,
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [provider],
            }
        },
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(60)


def _start(command: list[str], told: dict[str, str], port: int, path: str) -> str:
    """Start a server that lives as long as this process; return its address once it answers."""
    log = FOLDER / f"{path.strip('/').partition('?')[0]}-{port}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, env={**os.environ, **told}, stdout=lines, stderr=subprocess.STDOUT
        )
    atexit.register(_stop, process)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            httpx2.get(address + path)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return address
    raise RuntimeError(f"a server did not start; see {log}")
