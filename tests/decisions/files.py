"""What a lawyer would write: files of a camera area and all that happens to it."""

from datetime import UTC, date, datetime, time
from typing import Any

from shapely import box

from hotspots.decisions import designations
from hotspots.decisions.acting import Acting
from hotspots.policy import Policy, policy_from
from hotspots.policy.measures import AreaKind
from hotspots.register import Designation, Role
from hotspots.store.register.register import Register

BY_LAW = "art. 2:77 APV Proefstad"
POLICY = policy_from({"designations": {"kinds": {"camera_area": {"by_law": BY_LAW}}}})
KIND: AreaKind = POLICY.designations.kinds["camera_area"]
CITY = box(0, 0, 10_000, 10_000)
AREA = box(1000, 1000, 1400, 1400)
SMALLER = box(1000, 1000, 1200, 1400)
EVIDENCE = {"run_id": "yearly-1", "sha256": "ab" * 32}


def by(on: date, role: Role = "mayor_office", **given: Any) -> Acting:
    """Somebody who acts on a day, and writes it down at noon."""
    fields = {
        "actor": "j.jansen",
        "role": role,
        "reason": "Proef",
        "at": datetime.combine(on, time(12), UTC),
        "on": on,
    }
    return Acting(**{**fields, **given})


def camera_area(**given: Any) -> dict[str, Any]:
    """The file of a camera area from April 2026 for a year, with all that is asked."""
    return {
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
            "run_id": "yearly-1",
        },
        "package": [{"what": "Toezicht door handhavers", "start": date(2026, 4, 1)}],
        "lighter_measures": [
            {"what": "Extra verlichting", "start": date(2024, 9, 1), "result": "Geen daling."}
        ],
        "start": date(2026, 4, 1),
        "end": date(2027, 3, 31),
        "evaluation_on": date(2026, 9, 15),
        "evidence": EVIDENCE,
        "consultation": {"held_on": date(2026, 2, 10), "with_whom": "officier van justitie"},
        "police_role": "De politie kijkt live mee.",
        "dpia_reference": "DPIA 2026-4",
    } | given


def camera(name: str = "F1", **given: Any) -> dict[str, Any]:
    """The file of a flexible camera in the middle of the area."""
    return {
        "camera": name,
        "camera_class": "flexible",
        "x_m": 1100.0,
        "y_m": 1200.0,
        "start": date(2026, 4, 2),
        "sector": {"azimuth_deg": 90.0, "view_deg": 120.0, "range_m": 80.0},
        "facades_in_view": 2,
        "masks": [{"from_deg": 80.0, "to_deg": 95.0}],
        "power": True,
        "residents_informed_on": date(2026, 3, 25),
    } | given


def review(**given: Any) -> dict[str, Any]:
    """The file of a review from both sources that finds that the need remains."""
    return {
        "advice": "keep",
        "evidence": EVIDENCE,
        "figures": [{"name": "incidenten", "value": 31.0}],
        "findings": [
            {"found_on": date(2026, 8, 20), "by": "wijkagenten", "summary": "Nog steeds onrustig."}
        ],
        "need_remains": True,
    } | given


def extension(**given: Any) -> dict[str, Any]:
    """The file of an extension by a year, decided on 1 February 2027."""
    return {
        "end": date(2028, 3, 31),
        "evaluation_on": date(2027, 9, 15),
        "consultation": {"held_on": date(2027, 1, 15), "with_whom": "officier van justitie"},
        "published_on": date(2027, 2, 3),
        "publication": "Gemeenteblad 2027, 77",
    } | given


def drafted(register: Register, policy: Policy = POLICY, **given: Any) -> Designation:
    """A draft of 1 February 2026."""
    content = camera_area(**given)
    return designations.draft(register, content, by(date(2026, 2, 1)), policy, area=AREA)


def decided(register: Register, **given: Any) -> Designation:
    """A designation decided on 1 March 2026."""
    made = drafted(register, **given)
    designations.ask_advice(register, made.id, "driehoek", by(date(2026, 2, 5)))
    return designations.decide(register, made.id, by(date(2026, 3, 1)), POLICY, municipality=CITY)


def published(register: Register, **given: Any) -> Designation:
    """A designation published on 10 March 2026, with its signs."""
    made = decided(register, **given)
    return designations.publish(
        register,
        made.id,
        "Gemeenteblad 2026, 123",
        by(date(2026, 3, 10)),
        signs_on=date(2026, 3, 30),
    )
