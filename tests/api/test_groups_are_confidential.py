"""Nothing about youth groups leaves the workspace: not by the server, not by an export.

The worst case is served: a run that pinned the group scan and froze the layer made with its zones.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import box
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from hotspots.pipeline.deliveries import Current
from hotspots.results import CONFIDENTIAL, RESULTS
from hotspots.store.facts import list_deliveries
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import Workspace, init_workspace, open_workspace
from tests.api.signing import signed_in
from tests.outputs import sample
from tests.test_cli import hotspots
from tests.town import Town

GROUP, QUARANTINED, NETWORK = "ZQX-731", "ZQX-732", "NWZ-77"
STORY = "zij intimideren de buurt"
VALUE_WITH_ZONES = 7.31379
ZONE = box(91_234.5, 450_543.25, 91_434.5, 450_743.25)
SUFFIXES = ("csv", "geojson", "gpkg", "parquet")


def _scan(path: Path) -> Path:
    rows = {
        "ronde": "2025-H2",
        "groep": [GROUP, QUARANTINED],
        "netwerk": NETWORK,
        "label": ["hoog", "midden"],
        "themas": ["threat", STORY],
    }
    gpd.GeoDataFrame(rows, geometry=[ZONE, ZONE], crs="EPSG:28992").to_file(path)
    return path


@pytest.fixture(scope="module")
def workspace(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("confidential")
    path = folder / "ws"
    for step in (
        ("init", path, "--name", "Proefstad"),
        ("ingest", "areas", town.areas, "--workspace", path),
        ("ingest", "groups", _scan(folder / "scan.gpkg"), "--workspace", path),
    ):
        done = hotspots(*step)
        assert done.returncode == 0, done.stderr
        assert not any(each in done.stdout + done.stderr for each in (GROUP, NETWORK, STORY))
    opened = open_workspace(path)
    current = Current(opened)
    rows = current.holding("groups")
    assert rows is not None
    assert rows["group_id"].tolist() == [GROUP]
    record = sample.record()
    pinned = [*record.deliveries, *current.pinned.values()]
    results = sample.results()
    assert results.keys() >= CONFIDENTIAL
    results["groups_layer"] = results["groups_layer"].assign(value=VALUE_WITH_ZONES)
    freeze_run(opened, record.model_copy(update={"deliveries": pinned}), results)
    return opened


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    app = create_app(Settings(workspace=workspace.path))
    with signed_in(app, raise_server_exceptions=False) as client:
        yield client


@dataclass(frozen=True)
class Secrets:
    """What may be read nowhere, as text and as bytes."""

    words: list[str]
    shapes: list[bytes]

    def in_(self, content: bytes) -> list[str]:
        """Return the secrets that some content holds."""
        text = unescape(content.decode("utf-8", "replace"))
        found = [word for word in self.words if word in text]
        return found + [str(shape) for shape in self.shapes if shape in content]


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    degrees = gpd.GeoSeries([ZONE], crs="EPSG:28992").to_crs(4326).iloc[0]
    corners = [f"{number:.5f}" for corner in shapely.get_coordinates(degrees) for number in corner]
    metres = [f"{number:g}" for number in ZONE.bounds]
    value = f"{VALUE_WITH_ZONES:g}"
    words = [GROUP, QUARANTINED, NETWORK, STORY, *corners, *metres, value]
    return Secrets(words, [ZONE.wkb])


def _links(content: str) -> set[str]:
    """Return every address of our own in a page or a document."""
    found = re.findall(r"""(?:href|src|action)"?\s*[=:]\s*"([^"#]+)""", unescape(content))
    found = [each.removeprefix("http://testserver") for each in found]
    return {each for each in found if each.startswith("/") and not each.startswith("/static")}


def test_no_page_and_no_answer_that_can_be_reached_tells_of_a_group(
    client: TestClient, secrets: Secrets
) -> None:
    waiting = ["/", "/hotspots", "/runs", "/uitleg", "/v1", "/v1/openapi.json"]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        assert len(seen) <= 600, "the links do not end"
        answer = client.get(address)
        assert answer.status_code in (200, 404, 405), address
        assert secrets.in_(answer.content) == [], address
        if answer.headers["content-type"].startswith(("text/html", "application/")):
            waiting.extend(_links(answer.text) - seen)
    paths = {address.partition("?")[0] for address in seen}
    assert {f"/runs/{sample.record().id}", f"/v1/runs/{sample.record().id}"} <= paths


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", [*RESULTS, "groups", "facts", "rejects", "deliveries"])
def test_no_table_tells_of_a_group(
    name: str, suffix: str, client: TestClient, secrets: Secrets
) -> None:
    answer = client.get(f"/v1/runs/latest/tables/{name}.{suffix}")
    assert secrets.in_(answer.content) == []
    if name in CONFIDENTIAL or name not in RESULTS:
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ["groups", "deliveries", "groups_layer", "composite"])
def test_no_collection_tells_of_a_group(name: str, client: TestClient, secrets: Secrets) -> None:
    for address in (f"/v1/collections/{name}", f"/v1/collections/{name}/items"):
        answer = client.get(address)
        assert secrets.in_(answer.content) == []
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ["groups", *RESULTS])
@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_no_export_tells_of_a_group(
    name: str, suffix: str, workspace: Workspace, secrets: Secrets, tmp_path: Path
) -> None:
    file = tmp_path / f"uit.{suffix}"
    done = hotspots("export", "--workspace", workspace.path, "--what", name, "--to", file)
    assert secrets.in_(done.stdout.encode() + done.stderr.encode()) == []
    assert not file.exists() or secrets.in_(file.read_bytes()) == []
    if name in CONFIDENTIAL or name not in RESULTS:
        assert done.returncode == 2
        assert not file.exists()


def test_of_a_scan_it_is_told_that_there_was_one_and_nothing_else(
    client: TestClient, workspace: Workspace
) -> None:
    answer = client.get("/v1/runs/latest")
    record = answer.json()
    assert record["group_scans"] is True
    assert record["deliveries"]
    assert not [each for each in record["deliveries"] if each["kind"] == "groups"]
    assert record["results"]
    assert CONFIDENTIAL.isdisjoint(record["results"])
    page = client.get(f"/runs/{record['id']}").text
    assert "hoort ook een groepsscan" in page
    (stored,) = (each for each in list_deliveries(workspace) if each.kind == "groups")
    assert stored.notes
    told = [stored.id, stored.sha256, stored.file_name, stored.request, *stored.notes]
    told += [stored.delivered_at.isoformat(), f"{stored.delivered_at:%Y-%m-%dT%H:%M}"]
    for text in (answer.text, page):
        assert not [each for each in [*CONFIDENTIAL, *told] if each in text]


def test_of_a_run_without_a_scan_it_is_told_that_there_was_none(tmp_path: Path) -> None:
    opened = init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")
    freeze_run(opened, sample.record(), sample.rankings())
    with signed_in(create_app(Settings(workspace=opened.path))) as client:
        assert client.get("/v1/runs/latest").json()["group_scans"] is False
        assert "groepsscan" not in client.get(f"/runs/{sample.record().id}").text


def test_the_command_shows_groups_to_who_holds_the_workspace_and_never_a_zone(
    workspace: Workspace, secrets: Secrets
) -> None:
    value = f"{VALUE_WITH_ZONES:g}"
    places = Secrets([each for each in secrets.words[4:] if each != value], secrets.shapes)
    for form in ("table", "json", "csv"):
        done = hotspots("groups", "--workspace", workspace.path, "--format", form)
        assert GROUP in done.stdout
        assert "CONFIDENTIAL" in "".join(done.stdout.splitlines()[:2])
        assert places.in_(done.stdout.encode()) == []
        assert QUARANTINED not in done.stdout
    assert (
        "no such group scan"
        in hotspots("groups", "--workspace", workspace.path, "--round", "2020-H1").stderr
    )


def test_the_command_tells_what_the_zones_add_to_which_places(workspace: Workspace) -> None:
    """Of a value with the zones of 7.31379 they make 36%; the second place has none of them."""
    done = hotspots("groups", "--workspace", workspace.path, "--format", "json")
    document = json.loads(done.stdout)
    assert document["run"] == sample.record().id
    first, second = document["places"]
    assert first["place_id"] == "36m-composite-202512-01"
    assert (first["rank"], first["rank_with_zones"]) == (1, 1)
    assert (first["value"], first["value_with_zones"]) == (6.0, VALUE_WITH_ZONES)
    assert first["zones_add"] == pytest.approx(0.36 * VALUE_WITH_ZONES)
    assert "Havenkwartier" in first["areas"]
    assert second["zones_add"] == 0
    table = hotspots("groups", "--workspace", workspace.path).stdout
    assert "What the zones add to the places of run" in table
    assert f"{0.36 * VALUE_WITH_ZONES:.1f}" in table


def test_without_a_run_the_command_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ws"
    assert hotspots("init", path, "--name", "Proefstad").returncode == 0
    assert (
        hotspots("ingest", "groups", _scan(tmp_path / "s.gpkg"), "--workspace", path).returncode
        == 0
    )
    done = hotspots("groups", "--workspace", path)
    assert "There is no yearly run" in done.stdout
    listed = json.loads(hotspots("groups", "--workspace", path, "--format", "json").stdout)
    assert (listed["run"], listed["places"]) == (None, [])
