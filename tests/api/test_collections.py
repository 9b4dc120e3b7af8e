"""Hotspots for map programs: GeoJSON in CRS84, filters, pages."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from starlette.testclient import TestClient

from hotspots.results.places import hotspots_schema
from tests.outputs import sample

RUN = "2025-abc123"
ITEMS = "/v1/collections/hotspots/items"
IDS = [row[0] for row in sample.FOUND]
SHAPES = sample.hotspots().to_crs("OGC:CRS84").geometry.to_numpy()
TO_DEGREES = Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True)


def _ids(client: TestClient, **asked: object) -> list[str]:
    answer = client.get(ITEMS, params={key: str(value) for key, value in asked.items()})
    assert answer.status_code == 200, answer.text
    content = answer.json()
    assert content["numberReturned"] == len(content["features"])
    return [feature["id"] for feature in content["features"]]


def test_collections_lead_to_their_items(client: TestClient) -> None:
    (collection,) = client.get("/v1/collections").json()["collections"]
    assert collection == client.get("/v1/collections/hotspots").json()
    assert (collection["id"], collection["itemType"]) == ("hotspots", "feature")
    assert "not a priority area" in collection["description"]
    for link in collection["links"]:
        answer = client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(link["type"])


def test_the_extent_holds_every_hotspot(client: TestClient) -> None:
    extent = client.get("/v1/collections/hotspots").json()["extent"]
    (bbox,) = extent["spatial"]["bbox"]
    assert _ids(client, bbox=",".join(map(str, bbox))) == IDS
    expected = sample.hotspots().to_crs("OGC:CRS84").total_bounds
    assert np.allclose(bbox, expected, atol=1e-6)
    assert extent["temporal"]["interval"] == [["2023-01-01T00:00:00Z", "2025-12-31T23:59:59Z"]]


def test_the_items_are_geojson_in_longitude_and_latitude(
    client: TestClient, tmp_path: Path
) -> None:
    answer = client.get(ITEMS)
    assert answer.headers["content-type"] == "application/geo+json"
    content = answer.json()
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    assert content["numberMatched"] == len(IDS)
    (tmp_path / "items.geojson").write_bytes(answer.content)
    read = gpd.read_file(tmp_path / "items.geojson")
    for row, shape in zip(sample.FOUND, read.geometry, strict=True):
        west, south, width = (float(str(number)) for number in row[-3:])
        middle = TO_DEGREES.transform(80_000 + west + width / 2, 450_000 + south + width / 2)
        assert shape.is_valid
        assert np.allclose(shape.centroid.coords[0], middle, atol=2e-6)
        assert shapely.is_ccw(shapely.get_exterior_ring(shape))  # RFC 7946, 3.1.6


def test_a_feature_holds_the_figures_of_the_table(client: TestClient) -> None:
    feature = client.get(f"{ITEMS}/36m-burglary-002").json()
    assert feature["type"] == "Feature"
    properties = feature["properties"]
    assert (properties["kind"], properties["count"], properties["stacked_count"]) == (
        "stack", 60, 58,
    )  # fmt: skip
    assert properties["q_value"] is None
    assert properties["methods"] == ["density", "clusters"]
    assert properties["remarks"] == ["stack"]
    assert (properties["grade"], properties["trend"], properties["predecessors"]) == (
        None, None, [],
    )  # fmt: skip
    assert properties["run"] == RUN
    (listed,) = (f for f in client.get(ITEMS).json()["features"] if f["id"] == feature["id"])
    assert listed == {key: value for key, value in feature.items() if key != "links"}
    for link in feature["links"]:
        assert client.get(link["href"]).status_code == 200


def test_a_feature_tells_all_that_its_table_does(client: TestClient) -> None:
    properties = client.get(f"{ITEMS}/36m-burglary-001").json()["properties"]
    columns = set(hotspots_schema().columns) - {"geometry"}
    assert set(properties) == columns | {"run"}
    assert properties["events"] == ["Slotenactie Havenkwartier (2024-03-01)"]
    assert properties["predecessors"] == ["36m-burglary-001"]
    assert (properties["grade"], properties["support"], properties["methods_run"]) == (
        "firm", 0.97, 4,
    )  # fmt: skip
    assert [properties[f"relative{end}"] for end in ("", "_low", "_high")] == [1.6, 1.13, 2.28]
    assert (properties["trend"], properties["hot_steps"], properties["known_steps"]) == (
        "intensifying", 10, 11,
    )  # fmt: skip


def test_filters(client: TestClient) -> None:
    assert _ids(client, months=12) == ["12m-burglary-001"]
    assert _ids(client, kind="stack") == ["36m-burglary-002", "36m-burglary-006"]
    assert _ids(client, kind="hotspot", months=36) == [
        "36m-burglary-001", "36m-burglary-003", "36m-burglary-005",
    ]  # fmt: skip
    assert _ids(client, theme="burglary") == IDS
    assert _ids(client, theme="assault") == []
    assert _ids(client, run=RUN) == IDS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    west=st.floats(4.29, 4.37),
    south=st.floats(52.03, 52.07),
    width=st.floats(0, 0.05),
    height=st.floats(0, 0.03),
)
def test_a_box_gives_what_meets_it(
    client: TestClient, west: float, south: float, width: float, height: float
) -> None:
    bbox = (west, south, west + width, south + height)
    box = shapely.box(*bbox)
    expected = shapely.intersects(SHAPES, box)
    larger, smaller = (shapely.intersects(SHAPES, box.buffer(by)) for by in (1e-6, -1e-6))
    found = np.isin(IDS, _ids(client, bbox=",".join(map(repr, bbox))))
    assert (found == expected)[larger == smaller].all()  # elsewhere rounding decides


def test_a_box_with_heights_and_one_across_the_antimeridian(client: TestClient) -> None:
    assert _ids(client, bbox="3,51,-10,6,53,100") == IDS
    assert _ids(client, bbox="179,51,-179,53") == []
    assert _ids(client, bbox="179,51,6,53") == IDS  # from 179 eastward round the world to 6


@pytest.mark.parametrize(
    ("bbox", "columns"),
    [
        ("1,2,3", {"bbox"}),
        ("1,2,3,4,5", {"bbox"}),
        ("", {"bbox"}),
        ("4,53,5,52", {"bbox"}),
        ("x,91,nan,y", {"bbox.0", "bbox.1", "bbox.2", "bbox.3"}),
        ("-181,52,inf,53", {"bbox.0", "bbox.2"}),
    ],
)
def test_a_bad_box_is_refused_with_all_problems(
    client: TestClient, bbox: str, columns: set[str]
) -> None:
    answer = client.get(ITEMS, params={"bbox": bbox, "limit": "0", "q": "1"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert {item["column"] for item in answer.json()["problems"]} == columns | {"limit", "q"}


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_following_next_meets_everything_once(client: TestClient, limit: int) -> None:
    address: str | None = f"{ITEMS}?limit={limit}"
    seen: list[str] = []
    while address:
        page = client.get(address).json()
        assert page["numberMatched"] == len(IDS)
        assert page["numberReturned"] == len(page["features"]) <= limit
        seen += [feature["id"] for feature in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        again = client.get(links["self"]).json()
        assert again["features"] == page["features"]
        address = links.get("next")
        assert address is None or f"run={RUN}" in address  # also when a newer run is made
    assert seen == IDS


def test_pages_of_a_selection_stay_in_it(client: TestClient) -> None:
    asked = {"kind": "hotspot", "bbox": "3,51,6,53", "limit": "2"}
    first = client.get(ITEMS, params=asked).json()
    (following,) = (link["href"] for link in first["links"] if link["rel"] == "next")
    second = client.get(following).json()
    ids = [feature["id"] for page in (first, second) for feature in page["features"]]
    assert ids == [row[0] for row in sample.FOUND if row[1] == "hotspot"]


def test_more_than_the_most_gives_the_most(client: TestClient) -> None:
    assert _ids(client, limit=10**9) == IDS


def test_the_definition_names_what_may_be_asked(client: TestClient) -> None:
    definition = client.get("/v1/openapi.json").json()
    asked = definition["paths"][ITEMS]["get"]["parameters"]
    assert {each["name"] for each in asked} == {
        "run", "theme", "months", "kind", "bbox", "limit", "cursor",
    }  # fmt: skip
    assert all(each["description"] for each in asked)
    (bbox,) = (each for each in asked if each["name"] == "bbox")
    assert (bbox["style"], bbox["explode"]) == ("form", False)
    schema = definition["components"]["schemas"]["HotspotFeatures"]["properties"]
    assert {"numberMatched", "numberReturned", "links", "features", "type"} == set(schema)
    assert "application/geo+json" in json.dumps(definition["paths"][ITEMS])
