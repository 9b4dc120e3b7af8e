"""What the service says of itself: the abstract tests of the standard, restated."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.access import EVERYBODY
from api.app import create_app
from api.ogc.layers import LAYERS
from api.ogc.parameters import items_parameters
from api.ogc.systems import CRS84_URI
from api.settings import Settings
from hotspots.crs import authority_of, is_northing_first
from hotspots.store.workspace import init_workspace
from tests.api.signing import signed_in

PLACES = "http://www.opengis.net/spec"
SHOWN = ["hotspots", "areas", "designations", "placements", "grid"]
"""There is no camera plan: its collections are not listed."""

STAFF = sorted(EVERYBODY - {"public"})


def _links(document: dict[str, object]) -> dict[str, dict[str, str]]:
    links = document["links"]
    assert isinstance(links, list)
    return {link["rel"]: link for link in links}


def test_the_landing_page_has_every_link_that_is_required(asking: TestClient) -> None:
    """Abstract test 3, /ats/core/root-success."""
    landing = asking.get("/v1").json()
    assert landing["title"]
    assert landing["description"]
    links = _links(landing)
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= links.keys()
    for link in links.values():
        answer = asking.get(link["href"])
        assert answer.status_code == 200, link
        kind = answer.headers["content-type"].partition(";")[0]
        assert link["type"].partition(";")[0].replace("vnd.oai.openapi+json", "json") == kind


def test_the_classes_that_hold_are_declared_and_no_other(asking: TestClient) -> None:
    assert set(asking.get("/v1/conformance").json()["conformsTo"]) == {
        f"{PLACES}/ogcapi-features-1/1.0/conf/core",
        f"{PLACES}/ogcapi-features-1/1.0/conf/geojson",
        f"{PLACES}/ogcapi-features-2/1.0/conf/crs",
    }
    definition = asking.get("/v1/openapi.json").json()
    assert definition["openapi"].startswith("3.1")  # so oas30 does not hold


def test_every_collection_is_described_as_it_is_listed(asking: TestClient) -> None:
    """Abstract tests 9, 11 and 13; part 2, /req/crs/fc-md-crs-list and fc-md-storageCrs."""
    listed = asking.get("/v1/collections").json()
    assert [each["id"] for each in listed["collections"]] == SHOWN
    for each in listed["collections"]:
        assert each == asking.get(f"/v1/collections/{each['id']}").json()
        assert each["itemType"] == "feature"
        assert each["crs"][0] == CRS84_URI
        assert each["storageCrs"] in each["crs"]
        assert each["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"
        links = _links(each)
        assert {"self", "items", "alternate"} <= links.keys()
        if "extent" in each:
            west, south, east, north = each["extent"]["spatial"]["bbox"][0]
            assert 3 < west <= east < 8
            assert 50 < south <= north < 54
            begin, end = each["extent"]["temporal"]["interval"][0]
            moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
            assert all(each is None or re.fullmatch(moment, each) for each in (begin, end))


@pytest.mark.parametrize("collection", ["hotspots", "areas", "designations", "placements", "grid"])
def test_every_link_of_a_collection_and_its_items_leads_to_its_type(
    asking: TestClient, collection: str
) -> None:
    """Abstract tests 14, 21 and 22: links, timeStamp, numberMatched and numberReturned."""
    described = asking.get(f"/v1/collections/{collection}").json()
    page = asking.get(f"/v1/collections/{collection}/items?limit=2").json()
    assert page["type"] == "FeatureCollection"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["timeStamp"])
    assert page["numberReturned"] == len(page["features"]) <= page["numberMatched"]
    assert {"self", "alternate", "collection"} <= _links(page).keys()
    for link in described["links"] + page["links"]:
        answer = asking.get(link["href"])
        assert answer.status_code == 200, link
        if link["type"] != "text/html":
            assert answer.headers["content-type"] == link["type"]


def test_the_definition_names_what_may_be_asked_of_each_collection(asking: TestClient) -> None:
    definition = asking.get("/v1/openapi.json").json()
    for layer in LAYERS.values():
        operation = definition["paths"][f"/v1/collections/{layer.id}/items"]["get"]
        told = {each["name"]: each for each in operation["parameters"]}
        assert list(told) == [each.name for each in items_parameters(layer, ())]
        assert all(each["description"] and each["in"] == "query" for each in told.values())
        assert (told["bbox"]["style"], told["bbox"]["explode"]) == ("form", False)
        assert told["crs"]["schema"]["enum"] == told["bbox-crs"]["schema"]["enum"]
        assert {"200", "4XX", "5XX"} <= operation["responses"].keys()
        assert set(operation["responses"]["200"]["content"]) == {
            "application/geo+json", "text/csv", "application/geopackage+sqlite3",
        }  # fmt: skip
    text = json.dumps(definition)
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert refs <= definition["components"]["schemas"].keys()
    ids = [each["operationId"] for path in definition["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids))


def test_the_definition_can_be_read_by_people(asking: TestClient) -> None:
    page = asking.get("/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    for layer in LAYERS:
        assert f"/v1/collections/{layer}/items" in page.text or layer == "grid"
    assert '<html lang="en">' in asking.get("/v1/docs?lang=en").text
    assert asking.get("/v1/docs?x=1").status_code == 400


def test_links_are_those_of_the_address_that_readers_use(gridded: None, tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    init_workspace(folder, name="Proefstad", crs="EPSG:28992")
    app = create_app(Settings(workspace=folder, public_url="https://kaart.example.nl"))
    with signed_in(app) as client:
        for path in ("/v1", "/v1/collections", "/v1/collections/grid/items?limit=1"):
            found = re.findall(r'"href":"([^"]+)"', client.get(path).text)
            assert found
            assert {urlsplit(each)[:2] for each in found} == {("https", "kaart.example.nl")}


# ---------------------------------------------------------------- who may see what
def test_the_public_sees_what_is_public_and_is_asked_to_sign_in_for_the_rest(
    app: FastAPI,
) -> None:
    with signed_in(app, "public") as public:
        listed = public.get("/v1/collections").json()["collections"]
        assert [each["id"] for each in listed] == ["designations", "grid"]
        for name in LAYERS.keys() - {"designations", "grid"}:
            for path in ("", "/items", "/items/1"):
                answer = public.get(f"/v1/collections/{name}{path}")
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", STAFF)
def test_staff_sees_every_collection(app: FastAPI, role: str) -> None:
    with signed_in(app, role) as client:  # type: ignore[arg-type]
        listed = client.get("/v1/collections").json()["collections"]
    assert [each["id"] for each in listed] == SHOWN


def test_a_role_that_is_not_of_a_collection_is_refused(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LAYERS, "grid", replace(LAYERS["grid"], roles=frozenset({"analyst"})))
    with signed_in(app, "board") as client:
        assert client.get("/v1/collections/grid/items").status_code == 403
        names = [each["id"] for each in client.get("/v1/collections").json()["collections"]]
        assert "grid" not in names


# ---------------------------------------------------------------- what may be kept
def test_what_is_public_may_be_kept_and_what_is_not_may_not(asking: TestClient) -> None:
    public, staff = "/v1/collections/grid/items", "/v1/collections/hotspots/items"
    first = asking.get(public)
    assert first.headers["cache-control"] == "private, max-age=60"  # it may show staff more
    assert first.headers["vary"] == "Accept, Authorization, Cookie"
    tag = first.headers["etag"]
    stranger = TestClient(asking.app).get(public)
    assert stranger.headers["cache-control"] == "public, max-age=60"
    assert stranger.headers["vary"] == "Accept"
    again = asking.get(public, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for other in (f"{public}?limit=3", f"{public}?crs={CRS84_URI}", f"{public}?f=csv"):
        assert asking.get(other, headers={"If-None-Match": tag}).status_code == 200
    asked = {"If-None-Match": tag, "Accept": "text/csv"}
    assert asking.get(public, headers=asked).status_code == 200
    secret = asking.get(staff)
    assert secret.headers["cache-control"] == "no-store"
    assert "etag" not in secret.headers


def test_what_a_system_is_called_and_the_order_of_its_axes() -> None:
    assert authority_of("EPSG:28992") == "EPSG:28992"
    assert authority_of("OGC:CRS84") == "OGC:CRS84"
    assert [is_northing_first(name) for name in ("OGC:CRS84", "EPSG:4326", "EPSG:28992")] == [
        False, True, False,
    ]  # fmt: skip
    assert is_northing_first("EPSG:2180")  # Poland's metres begin with the northing
