import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from starlette.testclient import TestClient

from api.access import ACCESS
from api.ogc.layers import LAYERS
from hotspots.outputs.tables import priorities_document
from tests.outputs import sample

RUN = "2025-abc123"


def test_the_landing_page_leads_to_everything_it_names(client: TestClient) -> None:
    landing = client.get("/v1").json()
    for link in landing["links"]:
        assert client.get(link["href"]).status_code == 200
    for run in client.get("/v1/runs").json()["runs"]:
        for link in run["links"]:
            assert client.get(link["href"]).status_code == 200


def test_runs_and_one_run(client: TestClient) -> None:
    (run,) = client.get("/v1/runs").json()["runs"]
    assert run["id"] == RUN
    assert run["created_at"] == "2026-01-12T09:00:00Z"
    assert [q["level"] for q in run["questions"]] == ["wijk", "stadsdeel"]
    assert [(s["theme"], s["months"]) for s in run["searches"]] == list(sample.SEARCHED)
    record = client.get(f"/v1/runs/{RUN}").json()
    assert record["deliveries"][0]["sha256"] == "ab" * 32
    assert client.get("/v1/runs/latest").json() == record


def test_a_ranking_is_the_document_of_the_tables(client: TestClient) -> None:
    served = client.get(f"/v1/runs/{RUN}/priorities", params={"level": "wijk"}).json()
    expected = priorities_document(sample.SampleRun(), sample.question())
    assert served == json.loads(json.dumps(expected))
    other = client.get(f"/v1/runs/{RUN}/priorities?theme=burglary&level=stadsdeel").json()
    assert [area["area_code"] for area in other["areas"]] == ["S1"]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "geojson"])
def test_results_can_be_taken_away(client: TestClient, suffix: str, tmp_path: Path) -> None:
    answer = client.get(f"/v1/runs/latest/tables/priorities.{suffix}")
    assert answer.status_code == 200
    attached = answer.headers["content-disposition"]
    assert attached == f'attachment; filename="{RUN}-priorities.{suffix}"'
    file = tmp_path / f"priorities.{suffix}"
    file.write_bytes(answer.content)
    table: pd.DataFrame
    if suffix == "csv":
        table = pd.read_csv(file)
    else:
        table = gpd.read_parquet(file) if suffix == "parquet" else gpd.read_file(file)
    assert table["count"].sum() == sample.priorities()["count"].sum()


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "geojson"])
def test_hotspots_can_be_taken_away_and_cells_cannot(client: TestClient, suffix: str) -> None:
    assert client.get(f"/v1/runs/latest/tables/hotspots.{suffix}").status_code == 200
    for run in ("latest", RUN):
        refused = client.get(f"/v1/runs/{run}/tables/cells.{suffix}")
        assert refused.status_code == 404
        assert "tested_count" not in refused.text


def test_the_density_is_a_geotiff(client: TestClient) -> None:
    answer = client.get("/v1/runs/latest/surfaces/burglary/36.tif")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/tiff; application=geotiff")
    attached = answer.headers["content-disposition"]
    assert attached == f'attachment; filename="{RUN}-density-burglary-36.tif"'
    cells = sample.cells()
    mine = cells[(cells["theme"] == "burglary") & (cells["months"] == 36)]
    with rasterio.MemoryFile(answer.content) as memory, memory.open() as surface:
        assert surface.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert surface.count == 1  # density alone: no counts
        band = surface.read(1)
    assert np.nansum(band) == pytest.approx(mine["density_per_km2"].sum(), rel=1e-5)


def test_the_definition_covers_every_route_and_knows_problems(client: TestClient) -> None:
    definition = client.get("/v1/openapi.json").json()
    items = "/v1/collections/{collection_id}/items"  # a path for each, with its own filters
    expected = {
        (method.lower(), path.replace("{collection_id}", each) if path.startswith(items) else path)
        for method, path in map(str.split, ACCESS)
        for each in LAYERS
        if path.startswith("/v1") and path not in ("/v1/openapi.json", "/v1/docs")
    }
    paths = definition["paths"]
    assert {(method, path) for path in paths for method in paths[path]} == expected
    for operation in (each for path in paths.values() for each in path.values()):
        responses = operation["responses"]
        assert "422" not in responses
        content = responses["4XX"]["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
    text = json.dumps(definition)
    for name in definition["components"]["schemas"]:
        assert name in ("ProblemDocument", "ProblemItem") or f"/{name}" in text
    area = definition["components"]["schemas"]["Area"]["properties"]
    assert area["eb_rate"]["title"] == "shrunk rate (eb_rate)"  # the glossary's word
    assert definition["info"]["contact"]["name"]


def test_every_answer_names_its_version(client: TestClient) -> None:
    for path in ("/v1", "/v1/runs", "/v1/nothing", "/v1/runs?x=1", "/v1/openapi.json"):
        assert client.get(path).headers["api-version"] == "1.0.0"
    assert "api-version" not in client.get("/health").headers


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_head_is_get_without_a_body(client: TestClient) -> None:
    for path in ("/", "/v1", "/health", "/v1/nothing", "/static/hotspots.css"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == get.status_code
        assert head.content == b""
        assert head.headers["content-type"] == get.headers["content-type"]
