"""The collections that are served: each tells what its source holds, and not more."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fastapi import FastAPI
from shapely.geometry import box
from starlette.testclient import TestClient

from api.app import create_app
from api.ogc.layers import LAYERS
from api.settings import Settings
from hotspots.register import Boundary, Designation, Placement, Record
from hotspots.results.places import hotspots_schema
from hotspots.store.register.register import Register, open_register
from hotspots.store.runs import freeze_run
from hotspots.store.workspace import Workspace, init_workspace
from tests.api.signing import signed_in
from tests.outputs import camera_run, sample
from tests.store.register.records import changing

PLAN, RUN = camera_run.RUN, "2025-abc123"
HOSTILE = camera_run.HOSTILE_SITE
CAMERA_LAYERS = ("camera-sites", "camera-plan", "viewsheds")
TODAY = date.today()  # noqa: DTZ011  # as the server, on the same clock
DAY = timedelta(days=1)
FIELD = box(81_000, 455_000, 82_000, 456_000)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a yearly run, a camera plan and a register."""
    path = tmp_path_factory.mktemp("layers") / "town"
    workspace = init_workspace(path, name="Proefstad", crs=camera_run.RD)
    freeze_run(workspace, sample.record(), sample.results())
    freeze_run(workspace, camera_run.record(), camera_run.tables())
    return workspace


@pytest.fixture(scope="module")
def register(workspace: Workspace) -> Iterator[Register]:
    """The register, with designations in every state that matters."""
    with open_register(workspace) as register:
        with changing(register) as change:
            for record in _records():
                change.put(record)
        yield register


@pytest.fixture(scope="module")
def served(workspace: Workspace, register: Register) -> FastAPI:
    """An app that serves all of it."""
    return create_app(Settings(workspace=workspace.path, limit_reads="1000000/minute"))


@pytest.fixture(scope="module")
def staff(served: FastAPI) -> Iterator[TestClient]:
    """A planner."""
    with signed_in(served, "planner") as client:
        yield client


@pytest.fixture(scope="module")
def public(served: FastAPI) -> Iterator[TestClient]:
    """Somebody who did not sign in."""
    with signed_in(served, "public") as client:
        yield client


def _items(client: TestClient, layer: str, **asked: object) -> dict[str, Any]:
    given = {"limit": "1000", **{name: str(value) for name, value in asked.items()}}
    answer = client.get(f"/v1/collections/{layer}/items", params=given)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["features"]}


def test_every_feature_is_what_the_definition_says(staff: TestClient) -> None:
    for layer in LAYERS.values():
        found = _items(staff, layer.id)
        assert found
        for feature in found.values():
            told = feature["properties"]
            assert list(told) == layer.names
            layer.properties.model_validate_json(json.dumps(told, allow_nan=False), strict=True)


@pytest.mark.parametrize("suffix", ["csv", "gpkg"])
def test_every_collection_is_a_file_too(staff: TestClient, suffix: str, tmp_path: Path) -> None:
    for layer in LAYERS.values():
        answer = staff.get(f"/v1/collections/{layer.id}/items?f={suffix}")
        assert answer.status_code == 200, (layer.id, answer.text)
        file = tmp_path / f"{layer.id}.{suffix}"
        file.write_bytes(answer.content)
        assert len(gpd.read_file(file)) == len(_items(staff, layer.id))


# ---------------------------------------------------------------- hotspots
def test_hotspots_hold_the_figures_of_the_run(staff: TestClient) -> None:
    found = _items(staff, "hotspots")
    assert set(found) == {row[0] for row in sample.FOUND}
    stack, firm = (found[f"36m-burglary-00{n}"]["properties"] for n in (2, 1))
    assert (stack["kind"], stack["count"], stack["stacked_count"]) == ("stack", 60, 58)
    assert (stack["q_value"], stack["grade"], stack["predecessors"]) == (None, None, [])
    assert stack["methods"] == ["density", "clusters"]
    assert firm["events"] == ["Slotenactie Havenkwartier (2024-03-01)"]
    assert firm["predecessors"] == ["36m-burglary-001"]
    assert [firm[f"relative{end}"] for end in ("", "_low", "_high")] == [1.6, 1.13, 2.28]
    assert set(firm) == set(hotspots_schema().columns) - {"geometry"} | {"run"}
    assert firm["run"] == RUN


def test_hotspots_are_chosen_by_theme_period_and_kind(staff: TestClient) -> None:
    for asked, expected in (
        ({"months": "12"}, {"12m-burglary-001"}),
        ({"kind": "stack"}, {"36m-burglary-002", "36m-burglary-006"}),
        ({"kind": "one_night", "months": "36"}, {"36m-burglary-004"}),
        ({"theme": "assault"}, set()),
        ({"run": RUN}, {row[0] for row in sample.FOUND}),
        ({"datetime": "2023-06-01"}, {row[0] for row in sample.FOUND} - {"12m-burglary-001"}),
        ({"datetime": "2022-12-31T23:59:59Z"}, set()),
    ):
        assert set(_items(staff, "hotspots", **asked)) == expected, asked


# ---------------------------------------------------------------- areas
def test_areas_hold_the_ranking(staff: TestClient) -> None:
    areas = _items(staff, "areas", level="wijk")
    assert len(areas) == len(sample.RANKED) + len(sample.NO_DATA) + len(sample.NO_RATE)
    for row in sample.RANKED:
        told = areas[f"burglary-wijk-{row[0]}"]["properties"]
        names = (
            "area_code", "area_name", "count", "count_completed", "dwellings", "rate_per_1000",
            "eb_rate", "eb_low", "eb_high", "rank_count", "rank_rate", "rank", "p_top",
            "count_last", "count_previous",
        )  # fmt: skip
        assert tuple(told[name] for name in names) == row[:15]
        assert told["remarks"] == row[15].split()
        assert (told["first_year"], told["last_year"]) == (2023, 2025)
    missing = areas["burglary-wijk-W09"]["properties"]
    assert (missing["status"], missing["count"], missing["rank"]) == ("no_data", None, None)
    assert set(_items(staff, "areas", status="no_rate")) == {"burglary-wijk-W10"}
    assert set(_items(staff, "areas", area_code="S1")) == {"burglary-stadsdeel-S1"}
    assert _items(staff, "areas", datetime="2026-01-01/..") == {}


# ---------------------------------------------------------------- cameras
@pytest.mark.parametrize("layer", CAMERA_LAYERS)
def test_cameras_lie_where_the_plan_has_them(staff: TestClient, layer: str) -> None:
    table = gpd.GeoDataFrame(camera_run.tables()[layer.replace("-", "_")]).to_crs("OGC:CRS84")
    ids = table["role"] + "-" + table["place_id"] if "role" in table else table["site_id"]
    found = _items(staff, layer)
    assert set(found) == set(ids)
    for name, known in zip(ids, table.geometry, strict=True):
        geometry = found[name]["geometry"]
        assert (geometry is None) == (known is None)
        if known is not None:
            served = shapely.geometry.shape(geometry)
            assert np.allclose(served.centroid.coords[0], known.centroid.coords[0], atol=1e-6)
    described = staff.get(f"/v1/collections/{layer}").json()
    period = ["2024-01-01T00:00:00Z", "2025-12-31T23:59:59Z"]
    assert described["extent"]["temporal"]["interval"] == [period]


def test_candidates_tell_nothing_of_what_happened(staff: TestClient) -> None:
    found = _items(staff, "camera-sites")
    assert not any({"incidents", "demand"} & set(each["properties"]) for each in found.values())
    text = staff.get("/v1/collections/camera-sites/items?f=csv").text.splitlines()[0]
    assert not {"incidents", "demand"} & set(text.split(","))
    assert set(_items(staff, "camera-sites", excluded="no_power")) == {"P4"}


def test_an_id_may_be_anything(staff: TestClient) -> None:
    one = staff.get(f"/v1/collections/camera-plan/items/{quote(HOSTILE, safe='')}").json()
    assert one["properties"]["site_id"] == HOSTILE
    again = next(link["href"] for link in one["links"] if link["rel"] == "self")
    assert staff.get(again).json() == one


def test_a_plan_is_not_a_ranking_and_the_other_way_round(staff: TestClient) -> None:
    for layer, run in (("camera-plan", RUN), ("hotspots", PLAN), ("areas", PLAN)):
        answer = staff.get(f"/v1/collections/{layer}/items?run={run}")
        assert answer.status_code == 404, layer
        assert answer.json()["problems"]


def test_without_a_run_there_is_no_collection_of_it(empty_client: TestClient) -> None:
    listed = empty_client.get("/v1/collections").json()["collections"]
    assert [each["id"] for each in listed] == ["designations", "placements"]
    assert "extent" not in listed[0]
    for layer in ("hotspots", "areas", *CAMERA_LAYERS):
        assert empty_client.get(f"/v1/collections/{layer}").status_code == 404


# ---------------------------------------------------------------- the register
def _records() -> list[Record]:
    """A designation of every fate, each with the same field for an area, and two cameras."""
    past, future = TODAY - 100 * DAY, TODAY + 100 * DAY
    fates: dict[str, dict[str, object]] = {
        "in-force": {"state": "in_force"},
        "due": {"state": "in_force", "evaluation_on": TODAY},
        "to-come": {"state": "decided", "start": TODAY + 10 * DAY},
        "over": {"state": "in_force", "end": TODAY - DAY},
        "withdrawn": {"state": "withdrawn", "ended_on": TODAY - 50 * DAY},
        "never": {"state": "withdrawn", "start": TODAY, "ended_on": TODAY - DAY},
        "suspended": {"state": "in_force", "marks": ("suspended",)},
        "annulled": {"state": "in_force", "marks": ("annulled",)},
        "draft": {"state": "draft", "published_on": None, "decided_on": None},
        "decided": {"state": "decided", "published_on": None},
        "without-area": {"state": "in_force", "boundary_version": 0},
    }  # fmt: skip
    records: list[Record] = []
    for name, fate in fates.items():
        written = {
            "id": name, "name": name, "kind": "camera_area", "goal": "Geheim doel",
            "police_role": "Geheim", "decided_on": past, "published_on": past, "start": past,
            "end": future, "publication": "Gemeenteblad 1", "boundary_version": 2, **fate,
        }  # fmt: skip
        records.append(Designation.model_validate(written))
        for number, area in ((1, FIELD.buffer(500)), (2, FIELD)):
            given = {"id": f"{name}-{number}", "designation": name, "number": number, "area": area}
            records.append(Boundary.model_validate(given))
    sector = {"azimuth_deg": 90.0, "view_deg": 60.0, "range_m": 50.0}
    for number, (camera_class, end) in enumerate((("flexible", None), ("fixed", TODAY))):
        records.append(
            Placement.model_validate({
                "id": f"placement-{number}", "designation": "in-force", "camera": f"=C{number}",
                "camera_class": camera_class, "x_m": 81_500.0, "y_m": 455_500.0, "start": past,
                "end": end, "power": None if number else True,
                "sector": None if number else sector,
            })
        )  # fmt: skip
    return records


def test_designations_are_what_was_published_and_stands(public: TestClient) -> None:
    found = _items(public, "designations")
    told = {name: each["properties"] for name, each in found.items()}
    states = {name: (each["state"], each["in_force"]) for name, each in told.items()}
    assert states == {
        "in-force": ("in_force", True),
        "due": ("evaluation_due", True),
        "to-come": ("decided", False),
        "over": ("expired", False),
        "withdrawn": ("withdrawn", False),
        "suspended": ("in_force", False),
    }
    for each in found.values():
        served = shapely.geometry.shape(each["geometry"])
        metres = gpd.GeoSeries([served], crs="OGC:CRS84").to_crs(camera_run.RD).iloc[0]
        assert shapely.hausdorff_distance(metres, FIELD) < 0.05  # the boundary that counts
    answer = public.get("/v1/collections/designations/items")
    assert "eheim" not in answer.text


@pytest.mark.parametrize(
    ("rules", "shown", "empty"),
    [
        ("after_days = 101", set(), set()),
        ("after_days = 100", {"in-force"}, set()),
        ('kinds = ["alcohol_ban"]', set(), set()),
        ('kinds = ["camera_area"]', {"in-force"}, set()),
        ('fields = ["start"]', {"in-force"}, {"end", "evaluation_on", "published_on"}),
    ],
)
def test_the_policy_says_what_is_public(
    workspace: Workspace, register: Register, rules: str, shown: set[str], empty: set[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    (tmp_path / "policy.toml").write_text(f"[publication]\n{rules}\n", encoding="utf-8")
    settings = Settings(workspace=workspace.path, policy=tmp_path / "policy.toml")
    with signed_in(create_app(settings), "public") as client:
        found = _items(client, "designations")
    assert found.keys() & {"in-force"} == shown
    for each in found.values():
        assert {name for name, value in each["properties"].items() if value is None} >= empty
        assert each["properties"]["start"] is not None


def test_whoever_acted_is_not_named(workspace: Workspace, tmp_path: Path) -> None:
    mine = init_workspace(tmp_path / "ws", name="Proefstad", crs=camera_run.RD)
    with open_register(mine) as register, changing(register, actor="P. Jansen") as change:
        for record in _records()[:3]:
            told = {"name": "Plein van P. Jansen", "publication": "bel 06 12345678"}
            change.put(
                record.model_copy(update=told) if isinstance(record, Designation) else record
            )
    with signed_in(create_app(Settings(workspace=mine.path)), "public") as client:
        answer = client.get("/v1/collections/designations/items")
    assert answer.json()["numberMatched"] == 1
    assert "Jansen" not in answer.text
    assert "12345678" not in answer.text


@pytest.mark.parametrize(
    ("day", "gone"),
    [
        (TODAY, {"to-come", "over", "withdrawn"}),
        (TODAY - DAY, {"to-come", "withdrawn"}),
        (TODAY - 50 * DAY, {"to-come"}),
        (TODAY - 49 * DAY, {"to-come", "withdrawn"}),
        (TODAY - 101 * DAY, {"to-come", "over", "withdrawn", "in-force", "due", "suspended"}),
        (TODAY + 10 * DAY, {"over", "withdrawn"}),
        (TODAY + 101 * DAY, {"to-come", "over", "withdrawn", "in-force", "due", "suspended"}),
    ],
)
def test_a_day_gives_the_terms_that_hold_it(public: TestClient, day: date, gone: set[str]) -> None:
    everything = set(_items(public, "designations"))
    assert set(_items(public, "designations", datetime=day)) == everything - gone


def test_designations_are_chosen_by_state_and_effect(public: TestClient) -> None:
    assert set(_items(public, "designations", in_force="true")) == {"in-force", "due"}
    assert set(_items(public, "designations", state="expired")) == {"over"}
    assert _items(public, "designations", kind="alcohol_ban") == {}


def test_placements_are_for_staff(public: TestClient, staff: TestClient) -> None:
    assert public.get("/v1/collections/placements/items").status_code == 401
    found = _items(staff, "placements")
    assert set(found) == {"placement-0", "placement-1"}
    told = found["placement-0"]["properties"]
    assert (told["azimuth_deg"], told["end"], told["power"]) == (90.0, None, True)
    assert set(_items(staff, "placements", camera_class="fixed")) == {"placement-1"}
    assert set(_items(staff, "placements", datetime=TODAY + DAY)) == {"placement-0"}


def test_what_is_written_is_seen_at_once_and_its_tag_is_another(
    public: TestClient, register: Register
) -> None:
    path = "/v1/collections/designations/items/in-force"
    before = public.get(path)
    tag = before.headers["etag"]
    kept = public.get(path, headers={"If-None-Match": tag})
    with changing(register) as change:
        old = change.designation("in-force")
        change.put(old.model_copy(update={"name": "Nieuwe naam"}))
    after = public.get(path, headers={"If-None-Match": tag})
    assert (kept.status_code, after.status_code) == (304, 200)
    assert after.json()["properties"]["name"] == "Nieuwe naam"
    assert after.headers["etag"] != tag


def test_a_page_goes_on_when_its_last_feature_is_gone(
    public: TestClient, register: Register
) -> None:
    """What was withdrawn between two pages shifts nothing: paging is by key, not by number."""
    first = public.get("/v1/collections/designations/items?limit=2").json()
    (following,) = (link["href"] for link in first["links"] if link["rel"] == "next")
    last = first["features"][-1]["id"]
    with changing(register) as change:
        change.put(change.designation(last).model_copy(update={"marks": ("annulled",)}))
    rest = public.get(following).json()
    assert rest["numberMatched"] == first["numberMatched"] - 1
    assert min(each["id"] for each in rest["features"]) > last
    assert len(rest["features"]) == 2
