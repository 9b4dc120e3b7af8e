"""An example of every body, for the definition of the API."""

from collections.abc import Mapping
from typing import Any

_DONE = {"reason": "Besproken in de driehoek van 3 maart."}
_SQUARE = {
    "type": "Polygon",
    "coordinates": [[
        [4.3040, 52.0700], [4.3100, 52.0700], [4.3100, 52.0730], [4.3040, 52.0730],
        [4.3040, 52.0700],
    ]],
}  # fmt: skip
_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
_RUN = "20251231-aeed6fe8ea06"
_CONSULTATION = {"held_on": "2026-02-10", "with_whom": "officier van justitie, in de driehoek"}
_SPOT = {
    "x_m": 81100.0,
    "y_m": 455200.0,
    "site": "Paal 12, Stationsplein",
    "sector": {"azimuth_deg": 90, "view_deg": 120, "range_m": 80},
    "facades_in_view": 2,
    "masks": [{"from_deg": 80, "to_deg": 95}],
    "power": True,
    "residents_informed_on": "2026-03-25",
}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "Told": _DONE,
    "DraftBody": {
        "reason": "Aanhoudend geweld op het plein, zie de analyse.",
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
            "run_id": _RUN,
        },
        "package": [{"what": "Toezicht door handhavers", "start": "2026-04-01"}],
        "lighter_measures": [
            {"what": "Extra verlichting", "start": "2024-09-01", "result": "Geen daling."}
        ],
        "start": "2026-04-01",
        "end": "2027-03-31",
        "evaluation_on": "2026-09-15",
        "consultation": _CONSULTATION,
        "police_role": "De politie kijkt live mee.",
        "dpia_reference": "DPIA 2026-4",
        "boundary": _SQUARE,
        "streets": ["Stationsstraat", "Spoorlaan"],
        "run": _RUN,
    },
    "AmendmentBody": {"reason": "De borden staan.", "signs_on": "2026-03-30"},
    "AdviceAskedBody": {"reason": "Voor het overleg van 5 februari.", "asked_of": "driehoek"},
    "AdviceGivenBody": {
        "reason": "Verslag van 12 februari.",
        "summary": "De driehoek adviseert positief, voor een jaar.",
    },
    "PublicationBody": {
        "reason": "Bekendgemaakt.",
        "on": "2026-03-10",
        "publication": "Gemeenteblad 2026, 12345",
        "signs_on": "2026-03-30",
    },
    "ExtensionBody": {
        "reason": "De beoordeling van september: de noodzaak blijft.",
        "on": "2027-02-01",
        "end": "2028-03-31",
        "evaluation_on": "2027-09-15",
        "published_on": "2027-02-03",
        "publication": "Gemeenteblad 2027, 77",
        "consultation": {**_CONSULTATION, "held_on": "2027-01-15"},
        "run": _RUN,
    },
    "ShrinkingBody": {
        "reason": "Aan de oostkant is het al een jaar rustig.",
        "on": "2027-02-01",
        "boundary": {"type": "Polygon", "coordinates": [[
            [81000, 455000], [81200, 455000], [81200, 455400], [81000, 455400], [81000, 455000],
        ]]},
        "crs": _RD,
        "published_on": "2027-02-03",
        "publication": "Gemeenteblad 2027, 78",
    },
    "PlacementBody": {
        "reason": "Volgens het cameraplan.",
        "camera": "F1",
        "camera_class": "flexible",
        "start": "2026-04-02",
        **_SPOT,
    },
    "MoveBody": {"reason": "De boom groeit voor de lens.", **_SPOT},
    "ReviewBody": {
        "reason": "Evaluatie voor het einde van de looptijd.",
        "advice": "keep",
        "run": _RUN,
        "figures": [{"name": "incidenten", "value": 31, "low": 24, "high": 39}],
        "findings": [
            {"found_on": "2026-08-20", "by": "wijkagenten", "summary": "Nog steeds onrustig."}
        ],
        "need_remains": True,
    },
    "AnswerBody": {"reason": "De wijkagent ziet de overlast terugkomen.", "answer": "dismiss"},
    "ChoiceBody": {
        "reason": "Driehoek van 20 januari.",
        "year": 2026,
        "kind": "priority_areas",
        "theme": "burglary",
        "level": "wijk",
        "decider": "triangle",
        "run": _RUN,
        "chosen": ["WK051829", "WK051831"],
        "reasons": {"WK051831": "De wijkagent meldt een nieuwe groep."},
    },
    "ActionBody": {
        "reason": "Actieprogramma 2026.",
        "kind": "enforcement",
        "name": "Integrale actie Stationsbuurt",
        "start": "2026-05-12",
        "areas": ["WK051829"],
        "goal": "Minder woninginbraken.",
        "indicator": "woninginbraken per jaar",
        "baseline": 61,
        "target": 50,
        "evaluation_on": "2026-11-01",
    },
    "ReportBody": {
        "reason": "Verslag van de actie.",
        "result": "12 woningen gecontroleerd.",
        "result_value": 55,
        "residents_told_on": "2026-06-01",
    },
}  # fmt: skip
"""By the name of the model."""
