"""A served workspace with something of everything, so that every route has a thing to find."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.register.examples import EXAMPLES
from api.register.opened import Opening
from api.settings import Settings
from hotspots.decisions.acting import Acting
from hotspots.decisions.signals import Gone, raise_signal
from hotspots.pipeline.bans.runs import Files, review_bans
from hotspots.policy import Policy
from hotspots.register import Evidence
from hotspots.store.runs import freeze_run
from tests import banned_town
from tests.api.conftest import RUN
from tests.api.register.conftest import NOW, served_now
from tests.api.register.files import camera, drafted, published, review
from tests.api.signing import UNLIMITED, signed_in
from tests.outputs import camera_run, sample

DESIGNATION, DRAFT = "camera_area-2026-001", "alcohol_ban-2026-001"
KNOWN = {
    "run_id": (RUN, camera_run.RUN, "latest"),
    "other_id": (RUN, camera_run.RUN),
    "collection_id": ("hotspots", "designations"),
    "hotspot_id": tuple(row[0] for row in sample.FOUND[:2]),
    "name": ("priorities", "hotspots"),
    "suffix": ("csv", "geojson"),
    "theme": ("burglary",),
    "months": ("36", "12"),
    "designation_id": (DESIGNATION, DRAFT),
    "placement_id": ("placement-2026-001",),
    "review_id": ("review-2026-001",),
    "signal_id": ("signal-2027-001",),
    "choice_id": ("choice-2026-001",),
    "action_id": ("action-2027-001",),
}
"""Names of things that are there, by the parameter that they are asked with."""

DOSSIERS = {
    "designations": (DESIGNATION, DRAFT),
    "reviews": KNOWN["review_id"],
    "choices": KNOWN["choice_id"],
}


@contextmanager
def furnished(folder: Path) -> Iterator[FastAPI]:
    """Serve a run, a camera plan, a review of bans, and a register, in March 2027."""
    banned_town.build(folder)
    by_law = '[designations.kinds.camera_area]\nby_law = "art. 2:77 APV Proefstad"\n'
    (folder / "policy.toml").write_text(by_law, encoding="utf-8")
    settings = Settings(workspace=folder / "ws", policy=folder / "policy.toml", **UNLIMITED)
    app = served_now(settings)
    workspace = app.state.shelf.workspace
    files = Files(folder / "verboden.gpkg", folder / "tijdlijn.csv")
    review_bans(workspace, Policy(), at=banned_town.NOW, files=files)
    freeze_run(workspace, camera_run.record(), camera_run.tables())
    freeze_run(workspace, sample.record(), sample.results())
    with TestClient(app):
        _write(app)
        yield app


def _write(app: FastAPI) -> None:
    """Write one record of each kind, by those who may."""
    planner, mayor, triangle = (
        signed_in(app, role, name=f"mw. {role}") for role in ("planner", "mayor_office", "triangle")
    )
    path = published(planner, mayor)
    drafted(planner, kind="alcohol_ban")
    _made(planner, f"{path}/placements", camera())
    _made(planner, f"{path}/reviews", review())
    _made(planner, "/v1/actions", EXAMPLES["ActionBody"])
    opening: Opening = app.state.register
    by = Acting("mw. analyst", "analyst", "Geteld", NOW, date(2027, 2, 1))
    evidence = Evidence(run_id=RUN, sha256="ab" * 32)
    assert raise_signal(
        opening.register(), DESIGNATION, Gone("2026-11", 3, "2027-01"), evidence, by
    )
    chosen = {**EXAMPLES["ChoiceBody"], "run": RUN, "chosen": ["W07"], "reasons": {}}
    refused = triangle.post("/v1/choices", json=chosen)
    missing = [each["value"].split()[0] for each in refused.json()["problems"]]
    asked = planner.post("/v1/runs", json={"kind": "run"})
    assert asked.status_code == 202, asked.text
    _made(triangle, "/v1/choices", chosen | {"reasons": dict.fromkeys(missing, "Besproken.")})


def _made(client: TestClient, path: str, body: Mapping[str, Any]) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text


def names_of(client: TestClient, path: str) -> dict[str, tuple[str, ...]]:
    """Return names of things that are there, by the parameters of a path of the description.

    Parameters
    ----------
    client
        Somebody who may see them.
    path
        As it is in the description; the first part after ``/v1`` says what its names are of.
    """
    names = dict(KNOWN)
    room = path.split("/")[2] if path.count("/") > 1 else ""
    if path.endswith("/dossier.{suffix}"):
        names |= {"suffix": ("docx", "html"), "record_id": DOSSIERS[room]}
    elif path.endswith("/items/{feature_id}"):
        page = client.get(path.removesuffix("/{feature_id}")).json()
        names["feature_id"] = tuple(str(each["id"]) for each in page["features"][:2])
    elif path.endswith(("/cameras", "/bans")):
        names["run_id"] = ("latest",)
    elif room == "jobs":
        jobs = client.get("/v1/jobs").json()["jobs"]
        names["job_id"] = tuple(each["jobID"] for each in jobs)
    return names
