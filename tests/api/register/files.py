"""What an office sends: bodies of a camera area in the town, and all that happens to it."""

from typing import Any

from starlette.testclient import TestClient

from tests.api.conftest import RUN

RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
WHY = {"reason": "Besproken."}


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A GeoJSON rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


AREA = square(90_400, 450_400, 90_800, 450_800)
SMALLER = square(90_400, 450_400, 90_600, 450_800)


def camera_area(**given: Any) -> dict[str, Any]:
    """A camera area from April 2026 for a year, with all that is asked."""
    return {
        "reason": "Aanhoudend geweld.",
        "on": "2026-02-01",
        "kind": "camera_area",
        "name": "Stationsplein",
        "goal": "Minder geweld in de openbare ruimte.",
        "criterion": {
            "themes": ["assault"],
            "measure": "geregistreerde mishandelingen",
            "most_incidents_per_year": 20,
        },
        "baseline": {
            "incidents": 48,
            "first_month": "2025-01",
            "last_month": "2025-12",
            "run_id": RUN,
        },
        "package": [{"what": "Toezicht door handhavers", "start": "2026-04-01"}],
        "lighter_measures": [
            {"what": "Extra verlichting", "start": "2024-09-01", "result": "Geen daling."}
        ],
        "start": "2026-04-01",
        "end": "2027-12-31",
        "evaluation_on": "2026-09-15",
        "consultation": {"held_on": "2026-02-10", "with_whom": "officier van justitie"},
        "police_role": "De politie kijkt live mee.",
        "dpia_reference": "DPIA 2026-4",
        "boundary": AREA,
        "crs": RD,
        "streets": ["Stationsstraat"],
        "run": RUN,
    } | given


def camera(**given: Any) -> dict[str, Any]:
    """A flexible camera in the west of the area."""
    return {
        "reason": "Cameraplan.",
        "on": "2026-04-02",
        "camera": "F1",
        "camera_class": "flexible",
        "x_m": 90_500,
        "y_m": 450_600,
        "start": "2026-04-02",
        "sector": {"azimuth_deg": 90, "view_deg": 120, "range_m": 80},
        "facades_in_view": 2,
        "masks": [{"from_deg": 80, "to_deg": 95}],
        "power": True,
        "residents_informed_on": "2026-03-25",
    } | given


def review(**given: Any) -> dict[str, Any]:
    """A review from both sources that finds that the need remains."""
    return {
        "reason": "Evaluatie.",
        "on": "2026-09-15",
        "advice": "keep",
        "run": RUN,
        "figures": [{"name": "incidenten", "value": 31}],
        "findings": [
            {"found_on": "2026-08-20", "by": "wijkagenten", "summary": "Nog steeds onrustig."}
        ],
        "need_remains": True,
    } | given


def tag(client: TestClient, path: str) -> dict[str, str]:
    """Look at a record; return the header that says so."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return {"If-Match": answer.headers["ETag"]}


def drafted(client: TestClient, **given: Any) -> str:
    """Write a draft; return where it is."""
    answer = client.post("/v1/designations", json=camera_area(**given))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def step(client: TestClient, path: str, name: str, **body: Any) -> Any:
    """Look at a record and take a step; return the answer."""
    seen = tag(client, path)
    answer = client.post(f"{path}/{name}", json={"reason": f"Stap {name}."} | body, headers=seen)
    assert answer.status_code == 200, answer.text
    return answer


def published(planner: TestClient, mayor: TestClient, **given: Any) -> str:
    """Bring a designation to its publication; return where it is."""
    path = drafted(planner, **given)
    step(mayor, path, "ask-advice", asked_of="driehoek", on="2026-02-05")
    step(mayor, path, "decide", on="2026-03-01")
    told = {"publication": "Gemeenteblad 2026, 123", "signs_on": "2026-03-30"}
    step(mayor, path, "publish", on="2026-03-10", **told)
    return path
