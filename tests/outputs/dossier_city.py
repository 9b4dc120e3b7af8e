"""A city with two runs, a camera area, its review and a yearly choice; every figure by hand.

Everything that no public version may hold is in :data:`SECRETS`, planted where a person or the
program would write it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from hotspots.columns import validated
from hotspots.decisions import choices, designations, placements, reviews
from hotspots.policy import Policy, policy_from
from hotspots.records import Delivery
from hotspots.register import Designation, Evidence
from hotspots.results.places import cells_schema
from hotspots.store.facts import add_delivery
from hotspots.store.register.register import Register, open_register
from hotspots.store.runs import freeze_run
from hotspots.store.tables import sha256_of
from hotspots.store.workspace import Workspace, init_workspace
from tests.decisions.files import by, camera, camera_area, review
from tests.outputs.sample import hotspots, priorities, question, record, search

ON = date(2026, 9, 20)
AREA = box(80_900, 450_200, 81_300, 450_600)
BY_LAW = {"camera_area": {"by_law": "art. 2:77 APV Proefstad"}}
POLICY: Policy = policy_from({"designations": {"kinds": BY_LAW}})
THEN, NOW = "2024-then", "2025-now"

COUNTS = {THEN: {"burglary": 148, "youth_reports": 26}, NOW: {"burglary": 131, "youth_reports": 3}}
"""What each run counted in the area; 999 more lie in the cell beside it."""

HOSTILE = 'Plein "A" & <b>B</b> {{ 7*7 }} { QUOTE "x" }'
ACTOR, NAME, GROUP, NETWORK = "h.ambtman", "Wilhelmina van Zwartenberg", "G-17-Haven", "NW-Kade"
SECRETS = (
    "ambtman", "Zwartenberg", "Wilhelmina", GROUP, NETWORK, "Kadestraat 12", "Lindelaan 114",
    "3011 AB", "06-12345678", "j.puk@proefstad.nl", "111222333", "camerapaal-9", "Rumoerig portaal",
    "Niemand klaagt", "Beeld van gevel", "Pieters", "80950", "DPIA-88",
    "Advies in vertrouwen", "Onderling besproken",
)  # fmt: skip
"""Names, groups, addresses, and words that were not meant for the public."""

GOAL = (
    f"Minder overlast.\nMevrouw {NAME} van Kadestraat 12a (3011 AB, 06-12345678, "
    f"j.puk@proefstad.nl, 111222333) en groep {GROUP} uit netwerk {NETWORK} zijn genoemd; ook "
    "Lindelaan 114. In mei waren er 3 incidenten."
)


@dataclass(frozen=True)
class City:
    """The workspace, its opened register, and the ids of what is in it."""

    workspace: Workspace
    register: Register
    designation: str
    review: str
    choice: str

    def sha256(self, run_id: str) -> str:
        """The hash of a run's record, as the shell would give it."""
        return sha256_of(self.workspace.runs / run_id / "run.json")


def build_city(folder: Path, url: str | None = None) -> City:
    """Write the whole city to a folder; the register to a database where there is an address."""
    workspace = init_workspace(folder / "ws", name="Proefstad", crs="EPSG:28992")
    for run_id in COUNTS:
        _freeze(workspace, run_id)
    _deliver_groups(workspace)
    register = open_register(workspace, url)
    area = _decided(workspace, register)
    reviewed = reviews.review(
        register,
        area.id,
        review(
            evidence=_evidence(workspace, NOW),
            figures=[
                {"name": "woninginbraken", "value": 131.0, "low": 110.0, "high": 155.0},
                {"name": "in de ring", "value": 4.0, "unit": "incidenten"},
                {"name": "verhouding", "value": 0.885, "low": 0.7, "high": 1.12, "unit": "ratio"},
            ],
            findings=[{"found_on": date(2026, 8, 20), "by": NAME, "summary": "Rumoerig portaal."}],
            complaints="Niemand klaagt.",
            use_of_footage="Beeld van gevel.",
            summary="Onderling besproken.",
        ),
        by(date(2026, 9, 10), actor=ACTOR),
    )
    return City(workspace, register, area.id, reviewed.id, _chosen(workspace, register))


# ---------------------------------------------------------------- register
def _evidence(workspace: Workspace, run_id: str) -> dict[str, str]:
    return {"run_id": run_id, "sha256": sha256_of(workspace.runs / run_id / "run.json")}


def _decided(workspace: Workspace, register: Register) -> Designation:
    content = camera_area(
        name=HOSTILE,
        goal=GOAL,
        criterion={
            "themes": ["burglary", "youth_reports"],
            "measure": "woninginbraken en meldingen",
            "most_incidents_per_year": 60,
        },
        baseline={
            "incidents": 174, "first_month": "2025-01", "last_month": "2025-12", "run_id": THEN,
        },
        evidence=_evidence(workspace, THEN),
        consultation={
            "held_on": date(2026, 2, 10), "with_whom": "officier van justitie Pieters",
            "summary": "Akkoord.",
        },
        police_role=f"Agent {NAME} kijkt mee.",
        dpia_reference="DPIA-88",
    )  # fmt: skip
    made = designations.draft(
        register, content, by(date(2026, 2, 1), actor=ACTOR), POLICY, area=AREA,
        streets=("Kadestraat", "Lindelaan", "Oude Markt"),
    )  # fmt: skip
    designations.ask_advice(register, made.id, NAME, by(date(2026, 2, 5), actor=ACTOR))
    advice = by(date(2026, 2, 20), actor=ACTOR)
    designations.receive_advice(register, made.id, "Advies in vertrouwen.", advice)
    designations.decide(register, made.id, by(date(2026, 3, 1), actor=ACTOR), POLICY)
    told = by(date(2026, 3, 10), actor=ACTOR)
    signs = date(2026, 3, 30)
    area = designations.publish(register, made.id, "Gemeenteblad 2026, 123", told, signs_on=signs)
    spot = camera(x_m=80_950.0, y_m=450_300.0, site="camerapaal-9, Kadestraat 12")
    placements.place(register, area.id, spot, by(date(2026, 4, 2), actor=ACTOR), POLICY)
    return area


def _chosen(workspace: Workspace, register: Register) -> str:
    ranked = priorities().query("level == 'wijk' and status == 'ranked'").sort_values("rank")
    proposal = [
        choices.Proposed(code, name, rank, rank <= 3)
        for code, name, rank in zip(
            ranked["area_code"], ranked["area_name"], ranked["rank"].astype(int), strict=True
        )
    ]
    made = choices.choose(
        register,
        {
            "year": 2026, "kind": "priority_areas", "theme": "burglary", "level": "wijk",
            "decider": "triangle",
            "consultation": {"held_on": date(2026, 1, 15), "with_whom": NAME},
        },
        by(date(2026, 1, 20), "triangle", actor=ACTOR),
        proposal=proposal,
        chosen=["W02", "W01", "W06"],
        reasons={"W03": f"Mevrouw {NAME} leidt daar al.", "W06": "Verzoek van de buurt."},
        evidence=Evidence(**_evidence(workspace, NOW)),
    )  # fmt: skip
    return made.id


# ---------------------------------------------------------------- facts and runs
def _freeze(workspace: Workspace, run_id: str) -> None:
    year = int(run_id[:4])
    made = record(
        id=run_id,
        until=date(year, 12, 31),
        questions=[question()],
        searches=[
            search(
                theme, 12, first_month=f"{year}-01", last_month=f"{year}-12",
                missing_months=["2025-12"] if year == 2025 else [],
            )
            for theme in COUNTS[run_id]
        ],
    )  # fmt: skip
    tables = {"cells": _cells(COUNTS[run_id]), "hotspots": hotspots(), "priorities": priorities()}
    freeze_run(workspace, made, tables)


def _cells(counts: dict[str, int]) -> pd.DataFrame:
    """Cells of 100 m: a tenth of a count in one corner of the area, the rest in another."""
    rows = []
    for theme, count in counts.items():
        inside = {(80_950.0, 450_250.0): count // 10, (81_250.0, 450_550.0): count - count // 10}
        for (x, y), number in {**inside, (81_350.0, 450_250.0): 999}.items():
            rows.append(
                {"theme": theme, "months": 12, "x": x, "y": y, "count": number,
                 "tested_count": number, "density_per_km2": 1.0, "gi_star_z": 0.0, "p_hot": 0.5,
                 "p_cold": 0.5, "q_hot": 0.5, "q_cold": 0.5, "quadrant": "none"}
            )  # fmt: skip
    return validated(pd.DataFrame(rows), cells_schema())


def _deliver_groups(workspace: Workspace) -> None:
    rows = gpd.GeoDataFrame(
        {
            "round": ["2025-H2"], "group_id": [GROUP], "network": [NETWORK], "label": ["low"],
            "confidence": ["low"], "themes": ["youth_nuisance"], "lead_body": ["stadsdeel"],
        },
        geometry=[box(81_000, 450_000, 82_000, 451_000)],
        crs="EPSG:28992",
    )  # fmt: skip
    delivery = Delivery(
        id="groups-1", sequence=0, kind="groups", source="groepsscan", file_name="groepen.csv",
        sha256="ab" * 32, delivered_at=datetime(2026, 1, 1, tzinfo=UTC), level=None, read=1,
        accepted=1, rejected=0, mapping={},
    )  # fmt: skip
    rejects = pd.DataFrame(
        {"row": pd.Series(dtype="int64")}
        | {name: pd.Series(dtype="str") for name in ("column", "value", "rule", "remedy")}
    )
    add_delivery(workspace, delivery, rows, rejects)
