"""What may be asked of features, each against a slow twin or a published figure."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from starlette.testclient import TestClient

from api.ogc.times import interval_of, read_period
from tests.api.ogc.grid import COUNT, RD, TOWERS, frame

ITEMS = "/v1/collections/grid/items"
CRS = "http://www.opengis.net/def/crs"
CRS84, WGS84, RD_NEW = f"{CRS}/OGC/1.3/CRS84", f"{CRS}/EPSG/0/4326", f"{CRS}/EPSG/0/28992"
KNOWN = frame().sort_values("id", key=lambda ids: ids.map(lambda text: text.encode("utf-32-be")))
IDS = KNOWN["id"].tolist()
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _asked(asking: TestClient, **asked: object) -> dict[str, Any]:
    given = {name.replace("_", "-"): str(value) for name, value in asked.items()}
    answer = asking.get(ITEMS, params=given)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def _all(asking: TestClient, **asked: object) -> list[str]:
    content = _asked(asking, limit=1000, **asked)
    features = content["features"]
    assert content["numberMatched"] == content["numberReturned"] == len(features)
    return [feature["id"] for feature in features]


# ---------------------------------------------------------------- pages
@settings(quick, max_examples=20)
@given(limit=st.integers(1, 300), flat=st.sampled_from([None, True, False]))
def test_pages_are_everything_once_and_in_order(
    asking: TestClient, limit: int, flat: bool | None
) -> None:
    asked = {"limit": str(limit), "crs": RD_NEW, "datetime": "2024-01-15/.."}
    asked |= {} if flat is None else {"flat": str(flat).lower()}
    address: str | None = str(asking.get(ITEMS, params=asked).url)
    seen: list[str] = []
    while address is not None:
        page = asking.get(address).json()
        assert len(page["features"]) == page["numberReturned"] <= limit
        seen += [feature["id"] for feature in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
        if address is not None:
            assert page["numberReturned"] == limit
            kept = dict(parse_qsl(urlsplit(address).query))
            assert kept == asked | {"cursor": seen[-1]}
        assert page["numberMatched"] >= len(seen)
    assert seen == _all(asking, **{k: v for k, v in asked.items() if k != "limit"})
    assert page["numberMatched"] == len(seen)


def test_the_order_is_that_of_the_ids(asking: TestClient) -> None:
    assert _all(asking) == IDS
    assert len(IDS) == COUNT


def test_a_limit_above_the_most_is_the_most_and_without_it_a_page_is_100(
    asking: TestClient,
) -> None:
    assert _asked(asking)["numberReturned"] == 100
    assert _asked(asking, limit=10**17)["numberReturned"] == COUNT


@quick
@given(cursor=st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=5))
def test_a_page_goes_on_after_any_place_also_of_what_is_no_longer_there(
    asking: TestClient, cursor: str
) -> None:
    assert [each for each in IDS if each > cursor][:100] == [
        feature["id"] for feature in _asked(asking, cursor=cursor)["features"]
    ]


# ---------------------------------------------------------------- places
def test_published_places_in_the_order_of_each_systems_axes(asking: TestClient) -> None:
    for name, (metres, degrees) in TOWERS.items():
        for uri, expected, within in (
            (CRS84, degrees, 1e-5),
            (WGS84, degrees[::-1], 1e-5),
            (RD_NEW, metres, 1e-3),
        ):
            answer = asking.get(f"{ITEMS}/{name}", params={"crs": uri})
            assert answer.headers["content-crs"] == f"<{uri}>"
            found = answer.json()["geometry"]["coordinates"]
            assert found == pytest.approx(expected, abs=within), (name, uri)


@pytest.mark.parametrize(
    ("uri", "name", "is_swapped"),
    [(CRS84, "OGC:CRS84", False), (WGS84, "OGC:CRS84", True), (RD_NEW, RD, False)],
)
def test_coordinates_are_those_of_proj(
    asking: TestClient, uri: str, name: str, is_swapped: bool
) -> None:
    project = Transformer.from_crs(RD, name, always_xy=True)
    page = _asked(asking, crs=uri, limit=1000)
    within = 1e-7 if name == "OGC:CRS84" else 1e-3
    features = page["features"]
    for feature, shape in zip(features, KNOWN.geometry, strict=True):
        if shapely.is_missing(shape):
            assert feature["geometry"] is None
            continue
        served = shapely.from_geojson(json.dumps(feature["geometry"]))
        expected = np.column_stack(project.transform(*shapely.get_coordinates(shape).T))
        corners = shapely.get_coordinates(served)
        moved = corners[:, ::-1] if is_swapped else corners
        assert served.geom_type == shape.geom_type
        assert {tuple(each) for each in (moved / within).round(0)} <= {
            tuple(each + shift)
            for each in (expected / within).round(0)
            for shift in np.argwhere(np.ones((3, 3))) - 1
        }


def test_rings_turn_as_rfc_7946_asks(asking: TestClient) -> None:
    features = _asked(asking, limit=1000)["features"]
    shapes = [
        shapely.from_geojson(json.dumps(each["geometry"])) for each in features if each["geometry"]
    ]
    rings = [
        part.exterior
        for shape in shapes
        if shape.geom_type != "Point"
        for part in getattr(shape, "geoms", [shape])
    ]
    assert len(rings) > 100
    assert all(ring.is_ccw for ring in rings)


@quick
@given(
    corner=st.tuples(st.floats(3.0, 7.0), st.floats(50.6, 53.5)),
    size=st.tuples(st.floats(0, 2.0), st.floats(0, 1.5)),
    uri=st.sampled_from([CRS84, WGS84, RD_NEW]),
)
def test_a_box_in_any_system_gives_what_meets_it(
    asking: TestClient, corner: tuple[float, float], size: tuple[float, float], uri: str
) -> None:
    west, south = corner
    bounds = np.array([west, south, west + size[0], south + size[1]])
    target, within = ("OGC:CRS84", 1e-6) if uri != RD_NEW else (RD, 0.01)
    if uri == RD_NEW:
        to_metres = Transformer.from_crs("OGC:CRS84", RD, always_xy=True)
        bounds = np.concatenate(
            [to_metres.transform(*bounds[:2]), to_metres.transform(*bounds[2:])]
        )
        bounds[2:] = np.maximum(bounds[:2], bounds[2:])
    shapes = KNOWN.geometry.to_crs(target)
    boxes = [shapely.box(*bounds).buffer(by) for by in (within, -within)]
    meets = [[not shape or shape.intersects(each) for shape in shapes] for each in boxes]
    written = bounds[[1, 0, 3, 2]] if uri == WGS84 else bounds
    asked = {"bbox": ",".join(map(repr, written.tolist())), "bbox_crs": uri}
    found = np.isin(IDS, _all(asking, **asked))
    sure = np.array(meets[0]) == np.array(meets[1])  # elsewhere rounding decides
    assert sure.sum() >= COUNT - 5
    assert (found == meets[0])[sure].all()


def test_what_has_no_place_meets_every_box(asking: TestClient) -> None:
    nowhere = KNOWN.loc[KNOWN.geometry.isna(), "id"].tolist()
    assert _all(asking, bbox="-10,-10,-9,-9") == nowhere
    assert _all(asking, bbox="-10,-10,5,-9,-9,7") == nowhere  # heights do not count


def test_a_box_across_the_antimeridian_is_in_two_parts(asking: TestClient) -> None:
    assert _all(asking, bbox="170,40,7.9,60") == IDS  # from 170 eastward round the world to 7.9
    assert _all(asking, bbox="170,40,-170,60") == _all(asking, bbox="-10,-10,-9,-9")
    swapped = {"bbox": "40,170,60,7.9", "bbox_crs": WGS84}
    assert _all(asking, **swapped) == IDS


# ---------------------------------------------------------------- time
def _day_meets(row: "pd.Series", first: datetime | None, last: datetime | None) -> bool:
    """Say it in words: not over before the first moment, begun by the last."""
    begun = pd.isna(row["begin"]) or last is None or row["begin"].to_pydatetime() <= last
    over = row["end"].to_pydatetime() + timedelta(days=1) if not pd.isna(row["end"]) else None
    return begun and (over is None or first is None or over > first)


START = datetime(2023, 12, 25, tzinfo=UTC).replace(tzinfo=None)  # on the clock of the server
MOMENTS = st.one_of(
    st.none(),
    st.integers(0, 9_000_000).map(lambda seconds: START + timedelta(seconds=seconds)),
)


@quick
@given(first=MOMENTS, last=MOMENTS, hours=st.sampled_from([0, 2, -5]), is_dotted=st.booleans())
def test_an_interval_gives_what_holds_a_moment_of_it(
    asking: TestClient,
    first: datetime | None,
    last: datetime | None,
    hours: int,
    is_dotted: bool,
) -> None:
    if first is None and last is None:
        return
    if first is not None and last is not None and first > last:
        first, last = last, first
    zone = timezone(timedelta(hours=hours))
    texts = [
        (".." if is_dotted else "")
        if moment is None
        else moment.replace(tzinfo=UTC).astimezone(zone).isoformat().replace("+00:00", "Z")
        for moment in (first, last)
    ]
    found = _all(asking, datetime="/".join(texts))
    assert found == [row["id"] for _, row in KNOWN.iterrows() if _day_meets(row, first, last)]


@pytest.mark.parametrize(
    ("asked", "is_met"),  # of a term from 10 to 12 January
    [
        ("2024-01-10T00:00:00Z", True),
        ("2024-01-09T23:59:59Z", False),
        ("2024-01-09T23:59:59.5Z", False),
        ("2024-01-12T23:59:59.999Z", True),
        ("2024-01-13T00:00:00Z", False),
        ("2024-01-13T01:59:59+02:00", True),
        ("2024-01-12t23:00:00z", True),
        ("2024-01-11", True),
        ("2024-01-09", False),
        ("2024-01-12", True),
        ("2024-01-13", False),
        ("2024-01-01/2024-01-09", False),
        ("2024-01-01/2024-01-10", True),
        ("2024-01-12/2024-02-01", True),
        ("2024-01-13/2024-02-01", False),
        ("2024-01-01/2024-02-01", True),
        ("2024-01-11/2024-01-11", True),
        ("../2024-01-10T00:00:00Z", True),
        ("/2024-01-09T23:59:59Z", False),
        ("2024-01-12T23:59:59Z/..", True),
        ("2024-01-13T00:00:00Z/", False),
    ],
)
def test_the_table_of_terms(asked: str, is_met: bool) -> None:
    day = [np.array([text], dtype="datetime64[D]") for text in ("2024-01-10", "2024-01-12", "NaT")]
    begin, end, none = day
    period = read_period(asked)
    assert period.meets(begin, end).tolist() == [is_met]
    assert period.meets(none, none).tolist() == [True]  # /req/core/fc-time-response C


def test_days_are_those_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Amsterdam 10 January begins at 23:00 UTC, and a day is that of its readers."""
    begin = np.array(["2024-01-10"], dtype="datetime64[D]")
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()
    try:
        asked = [("2024-01-09T22:59:59Z", False), ("2024-01-09T23:00:00Z", True)]
        for text, is_met in asked:
            assert read_period(text).meets(begin, begin).tolist() == [is_met]
        assert read_period("2024-01-10").meets(begin, begin).tolist() == [True]
        assert interval_of(begin, begin) == ["2024-01-09T23:00:00Z", "2024-01-10T22:59:59Z"]
    finally:
        monkeypatch.undo()
        time.tzset()


# ---------------------------------------------------------------- properties
def test_a_filter_is_exact(asking: TestClient) -> None:
    for asked, chosen in (
        ({"flat": "true"}, KNOWN["flat"].eq(True)),
        ({"flat": "false"}, KNOWN["flat"].eq(False)),
        ({"floors": "3"}, KNOWN["floors"].eq(3)),
        ({"name": '=cmd|"x"!A1'}, KNOWN["name"].str.startswith("=")),
        ({"name": "plai"}, KNOWN["name"].isna()),
        ({"name": "plain", "floors": "1"}, KNOWN["name"].eq("plain") & KNOWN["floors"].eq(1)),
    ):
        expected = KNOWN.loc[chosen.fillna(False).astype(bool), "id"].tolist()
        assert _all(asking, **asked) == expected, asked


def test_a_feature_holds_its_properties_and_no_other(asking: TestClient) -> None:
    features = _asked(asking, limit=1000)["features"]
    for feature, (_, row) in zip(features, KNOWN.iterrows(), strict=True):
        assert feature["properties"] == {
            "name": row["name"],
            "size": None if pd.isna(row["size"]) else row["size"],
            "floors": None if pd.isna(row["floors"]) else row["floors"],
            "flat": None if pd.isna(row["flat"]) else row["flat"],
            "words": row["words"].split(),
        }


def test_every_feature_is_found_by_its_own_address(asking: TestClient) -> None:
    features = _asked(asking, limit=1000)["features"]
    for feature in features[:12] + features[-12:]:
        if feature["id"] == "..":  # a client folds it away
            continue
        one = asking.get(f"{ITEMS}/{quote(feature['id'], safe='')}")
        assert one.status_code == 200, feature["id"]
        content = one.json()
        links = {link["rel"]: link["href"] for link in content.pop("links")}
        assert content == feature
        assert asking.get(links["self"]).json()["id"] == feature["id"]
        assert asking.get(links["collection"]).json()["id"] == "grid"


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("bbox", text) for text in (
            "", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,b,c,d", "4,53,5,52", "-181,52,5,53",
            "4,-91,5,53", "nan,1,2,3", "1,2,inf,4", "1_0,2,3,4", "1e999,2,3,4", "1;2;3;4",
        )],
        *[("datetime", text) for text in (
            "", "..", "../..", "/", "yesterday", "2024", "2024-13-01", "2024-02-30",
            "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01T25:00:00Z",
            "2024-02-01/2024-01-01", "2024-01-01/2024-01-02/2024-01-03", "20240101",
            "0001-01-01T00:00:00+14:00", "\u0662\u0660\u0662\u0664-01-01",
        )],
        *[("limit", text) for text in ("0", "-1", "1.5", "ten", "", "1e2", "9" * 30, "\u0663")],
        *[("crs", text) for text in ("", "EPSG:28992", f"{CRS}/EPSG/0/3857", "28992")],
        ("bbox-crs", f"{CRS}/EPSG/0/3857"),
        ("cursor", ""), ("cursor", "a\x00b"), ("f", "xml"), ("f", ""),
        ("floors", "two"), ("flat", "maybe"), ("name", ""), ("run", "latest"), ("colour", "red"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_named(asking: TestClient, name: str, text: str) -> None:
    answer = asking.get(ITEMS, params={name: text, "unknown": "1"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert {each["column"] for each in answer.json()["problems"]} == {name, "unknown"}


def test_a_box_in_metres_does_not_cross_the_antimeridian(asking: TestClient) -> None:
    asked = {"bbox": "200000,400000,100000,500000", "bbox-crs": RD_NEW}
    assert asking.get(ITEMS, params=asked).status_code == 400


def test_a_parameter_is_given_once(asking: TestClient) -> None:
    answer = asking.get(f"{ITEMS}?limit=1&limit=2")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["column"] == "limit"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/collections/nothing", 404),
        ("/v1/collections/nothing/items", 404),
        ("/v1/collections/nothing/items/1", 404),
        (f"{ITEMS}/nothing", 404),
        (f"{ITEMS}/{'x' * 500}", 404),
        (f"{ITEMS}/Amersfoort?limit=1", 400),
        (f"{ITEMS}/Amersfoort?crs=x", 400),
        ("/v1/collections?f=json", 400),
        ("/v1/collections/grid?limit=1", 400),
        ("/v1/conformance?x=1", 400),
    ],
)
def test_what_is_not_there_or_not_asked_for_so(asking: TestClient, path: str, status: int) -> None:
    answer = asking.get(path)
    assert answer.status_code == status
    assert answer.json()["status"] == status
