"""What is sent is read strictly: every problem at once, and nothing written when there is one."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.bodies import MOST_BYTES
from api.register.bodies import (
    ACTION,
    AMENDMENT,
    BODIES,
    DRAFT,
    EXTENSION,
    MOVE,
    PLACEMENT,
    REPORT,
    REVIEW,
    SHRINKING,
    Told,
)
from api.register.examples import EXAMPLES
from api.register.geometry import MOST_CORNERS
from hotspots.decisions import actions, designations, placements, reviews
from tests.api.register.conftest import Clients, clients_of
from tests.api.register.files import AREA, RD, WHY, camera_area, drafted, square, tag

_BESIDE = {"reason", "on", "run", "boundary", "crs", "streets"}


@pytest.mark.parametrize(
    ("body", "written"),
    [
        (DRAFT, designations.WRITTEN),
        (AMENDMENT, designations.WRITTEN - {"kind"}),
        (EXTENSION, designations.EXTENDING),
        (SHRINKING, designations.SHRINKING),
        (PLACEMENT, placements.WRITTEN),
        (MOVE, placements.MOVING),
        (REVIEW, reviews.WRITTEN),
        (ACTION, actions.WRITTEN),
        (REPORT, actions.REPORTED),
    ],
)
def test_a_body_holds_what_a_person_writes_and_a_run_stands_for_the_evidence(
    body: type[Told], written: frozenset[str]
) -> None:
    assert set(body.model_fields) - _BESIDE == written - {"evidence"}
    assert ("run" in body.model_fields) == ("evidence" in written)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.__name__))
def test_the_example_of_a_body_is_accepted(body: type[Told]) -> None:
    body.model_validate_json(json.dumps(EXAMPLES[body.__name__]))


def test_every_problem_is_named_at_once_and_nothing_is_written(sign_in: Clients) -> None:
    planner = sign_in("planner")
    wrong = camera_area(
        reason=" ",
        on="gisteren",
        start="2026-13-01",
        criterion={"themes": [], "measure": "", "most_incidents_per_year": "20"},
        baseline={"incidents": -1, "first_month": "2025-1", "last_month": "2025-12", "run_id": ""},
        boundary=square(0, 0, 0, 0),
        decided_on="2026-02-01",
    )
    answer = planner.post("/v1/designations", json=wrong)
    assert answer.status_code == 400
    columns = {each["column"] for each in answer.json()["problems"]}
    assert columns == {
        "reason", "on", "start", "criterion.themes", "criterion.measure",
        "criterion.most_incidents_per_year", "baseline.incidents", "baseline.first_month",
        "baseline.run_id", "boundary", "decided_on",
    }  # fmt: skip
    assert planner.get("/v1/audit").json()["head"]["seq"] == 0


def test_all_that_a_body_refers_to_is_judged_at_once(sign_in: Clients) -> None:
    body = camera_area(
        run="2025-000000", follows="camera_area-2020-001", boundary=square(0, 0, 9, 9)
    )
    answer = sign_in("planner").post("/v1/designations", json=body)
    assert answer.status_code == 400
    assert {each["column"] for each in answer.json()["problems"]} == {"run", "follows", "boundary"}
    loose = camera_area(streets=["Stationsstraat"], boundary=None, crs="EPSG:4326")
    found = sign_in("planner").post("/v1/designations", json=loose).json()["problems"]
    assert {each["column"] for each in found} == {"streets", "crs"}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("", "application/json", 400),
        ("[]", "application/json", 400),
        ("null", "application/json", 400),
        ('{"reason": NaN}', "application/json", 400),
        ('{"reason": "\\ud800"}', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"reason": 1}', "application/json", 400),
        ("\xff", "application/json", 400),
        ("{}", "text/plain", 415),
        ("reason=x", "application/x-www-form-urlencoded", 415),
        ("{}", "", 415),
        ('{"reason": "' + "x" * MOST_BYTES + '"}', "application/json", 413),
    ],
)
def test_what_is_no_json_of_a_fair_size_is_refused(
    shared: FastAPI, content: str, kind: str, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = clients_of(shared)("planner").post(
        "/v1/designations", content=content.encode("latin-1"), headers=headers
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_name_that_is_given_twice_is_refused(shared: FastAPI) -> None:
    body = json.dumps(camera_area())
    for twice in (
        body.replace('"name":', '"goal": "Orde.", "name":'),
        body.replace('"measure":', '"themes": ["burglary"], "measure":'),
    ):
        headers = {"Content-Type": "application/json"}
        planner = clients_of(shared)("planner")
        answer = planner.post("/v1/designations", content=twice, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["problems"][0]["rule"] == "This name is given twice."


def ring(*positions: Any) -> dict[str, Any]:
    """A polygon of one ring."""
    return {"type": "Polygon", "coordinates": [list(positions)]}


_CORNERS = AREA["coordinates"][0]
_HOSTILE = {
    "a feature": {"type": "Feature", "geometry": AREA, "properties": {}},
    "a point": {"type": "Point", "coordinates": [90_500, 450_500]},
    "a text": "POLYGON((0 0,1 0,1 1,0 0))",
    "a list": [AREA],
    "no type": {"coordinates": AREA["coordinates"]},
    "a type that is no text": {"type": ["Polygon"], "coordinates": AREA["coordinates"]},
    "no coordinates": {"type": "Polygon"},
    "no rings": {"type": "Polygon", "coordinates": []},
    "an empty ring": {"type": "Polygon", "coordinates": [[]]},
    "empty polygons": {"type": "MultiPolygon", "coordinates": [[], []]},
    "another member": AREA | {"crs": {"type": "name"}},
    "texts": ring(*[[str(x), str(y)] for x, y in _CORNERS]),
    "truths": ring([True, False], [True, True], [False, True], [True, False]),
    "infinity": ring([1e999, 0], [1, 0], [1, 1], [1e999, 0]),
    "beyond all": ring([1e300, 0], [1, 0], [1, 1], [1e300, 0]),
    "one number": ring([1], [2], [3], [1]),
    "four numbers": ring([1, 2, 3, 4], [2, 2, 3, 4], [2, 3, 3, 4], [1, 2, 3, 4]),
    "not closed": ring(*_CORNERS[:-1]),
    "two corners": ring(_CORNERS[0], _CORNERS[1], _CORNERS[0]),
    "too deep": {"type": "Polygon", "coordinates": [[AREA["coordinates"]]]},
    "too flat": {"type": "MultiPolygon", "coordinates": AREA["coordinates"]},
    "a line": ring([90_400, 450_400], [90_500, 450_400], [90_600, 450_400], [90_400, 450_400]),
    "crossing itself": ring(
        [90_400, 450_400], [90_800, 450_800], [90_800, 450_400], [90_400, 450_800],
        [90_400, 450_400],
    ),
    "a hole outside": {
        "type": "Polygon",
        "coordinates": [_CORNERS, square(91_000, 451_000, 91_100, 451_100)["coordinates"][0]],
    },
    "twice the same": {"type": "MultiPolygon", "coordinates": [AREA["coordinates"]] * 2},
    "too many corners": ring(
        *[[90_400 + n / 100, 450_400] for n in range(MOST_CORNERS)], [90_500, 450_500],
        [90_400, 450_400],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _HOSTILE)
def test_an_area_that_is_none_is_refused_with_what_is_wrong(shared: FastAPI, name: str) -> None:
    content = json.dumps(camera_area(boundary=_HOSTILE[name]))
    headers = {"Content-Type": "application/json"}
    planner = clients_of(shared)("planner")
    answer = planner.post("/v1/designations", content=content, headers=headers)
    assert answer.status_code == 400, answer.text
    assert {each["column"] for each in answer.json()["problems"]} == {"boundary"}
    assert len(answer.content) < 2_000


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(DRAFT.model_fields)), _JSON, max_size=5))
def test_whatever_is_sent_is_a_draft_or_a_problem_and_never_a_failure(
    app: FastAPI, sent: dict[str, Any]
) -> None:
    planner = clients_of(app)("planner")
    content = json.dumps(camera_area() | sent)
    headers = {"Content-Type": "application/json"}
    answer = planner.post("/v1/designations", content=content.encode(), headers=headers)
    assert answer.status_code in (201, 400), (answer.status_code, sent)


def test_null_takes_a_field_away_and_nothing_sent_changes_nothing(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = drafted(planner)
    body = WHY | {"consultation": None, "season": {"first_day": "05-01", "last_day": "09-30"}}
    kind = {"Content-Type": "application/merge-patch+json"}
    seen = tag(planner, path)
    done = planner.patch(path, content=json.dumps(body), headers=seen | kind)
    assert done.status_code == 200
    assert done.json()["consultation"] is None
    assert done.json()["goal"] == "Minder geweld in de openbare ruimte."
    nothing = planner.patch(path, json=WHY, headers=tag(planner, path))
    assert (nothing.status_code, tag(planner, path)) == (400, {"If-Match": '"2"'})


def test_an_unknown_query_parameter_is_refused_everywhere(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = drafted(planner)
    for address in ("/v1/designations", path, f"{path}/trail", "/v1/signals", "/v1/audit"):
        assert planner.get(f"{address}?soort=x").status_code == 400, address
    assert planner.post("/v1/designations?x=1", json=camera_area()).status_code == 400


def test_an_area_comes_back_as_it_was_sent(sign_in: Clients) -> None:
    planner = sign_in("planner")
    path = drafted(planner)
    metres = planner.get(f"{path}/boundaries", params={"crs": RD})
    assert metres.headers["Content-Crs"] == f"<{RD}>"
    (boundary,) = metres.json()["boundaries"]
    assert boundary["area"]["coordinates"] == [AREA["coordinates"]]
    assert boundary["streets"] == ["Stationsstraat"]
    degrees = planner.get(f"{path}/boundaries")
    assert degrees.headers["Content-Crs"].endswith("/OGC/1.3/CRS84>")
    (boundary,) = degrees.json()["boundaries"]
    body = WHY | {"boundary": boundary["area"]}
    again = planner.patch(path, json=body, headers=tag(planner, path))
    assert again.json()["boundary_version"] == 2
    _, new = planner.get(f"{path}/boundaries", params={"crs": RD}).json()["boundaries"]
    sent = [number for corner in _CORNERS for number in corner]
    kept = [number for corner in new["area"]["coordinates"][0][0] for number in corner]
    assert kept == pytest.approx(sent, abs=0.001)
