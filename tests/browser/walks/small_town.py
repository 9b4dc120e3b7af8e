"""A city small enough to build in a test, with all that the pages tell of.

The town of :mod:`tests.banned_town`, with neighbourhoods and burglaries: a yearly run, a run on a
question, a review and proposals of bans, a camera plan, and a register as offices would have filled
it by now.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from hotspots.decisions import designations, signals
from hotspots.decisions.acting import Acting
from hotspots.pipeline.bans.runs import Files, propose_bans, review_bans
from hotspots.pipeline.designations import municipality, needs_gone, pinned
from hotspots.pipeline.intake import take_in
from hotspots.pipeline.run import run as make_run
from hotspots.policy import Policy, load_policy
from hotspots.register import Designation, Role
from hotspots.store.register.register import Register, open_register
from hotspots.store.runs import Run, freeze_run
from hotspots.store.workspace import Workspace, open_workspace
from tests import banned_town as town
from tests.outputs import camera_run

POLICY = """
[priorities]
top_k = 2
levels = ["wijk", "buurt"]
[rates]
draws = 500
[hotspots]
themes = ["burglary", "alcohol_nuisance", "alcohol_reports"]
periods_months = [12]
cell_size_m = 100.0
layers = ["clusters", "scan", "near_repeat"]
[near_repeat]
replications = 99
[trends]
steps = 4
[designations.kinds.camera_area]
by_law = "art. 2:77 APV Proefstad"
[designations.kinds.alcohol_ban]
by_law = "art. 2:48 APV Proefstad"
"""
BURGLARIES = (90, 70, 60, 40, 25, 15)
"""A year, in each of six neighbourhoods; a third of the first lie together."""
TOGETHER_M = 60.0
WRONG_DAY = "31-02-2024"
"""In the one delivery of which two rows are refused; the other lies far outside the city."""
GONE, STAYS, ASKED = "Stationsplein", "Marktplein", "Havenpark"
DAY = timedelta(days=1)


def build(folder: Path) -> Workspace:
    """Build the city; its workspace is the folder ``ws``, its policy ``policy.toml``."""
    workspace = town.build(folder)
    file = folder / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    policy = load_policy(file)
    _take_in_burglaries(workspace, folder, policy)
    run = make_run(workspace, policy, kind="yearly", at=town.NOW)
    with open_register(workspace) as register:
        _fill(register, run, policy)
    files = Files(folder / "verboden.gpkg", folder / "tijdlijn.csv")
    review_bans(workspace, policy, at=town.NOW, files=files)
    propose_bans(workspace, policy, kind="alcohol_ban", at=town.NOW, files=files)
    freeze_run(workspace, camera_run.record(), camera_run.tables())
    return open_workspace(workspace.path)


def _take_in_burglaries(workspace: Workspace, folder: Path, policy: Policy) -> None:
    path = folder / "buurten.gpkg"
    blocks = [_block(number) for number in range(6)]
    codes = [f"BU99990{1 + number // 3}{number % 3:02d}" for number in range(6)]
    columns = {"buurtcode": codes, "buurtnaam": [f"Buurt {each[-4:]}" for each in codes]}
    gpd.GeoDataFrame(columns, geometry=[box(*each) for each in blocks], crs=town.CRS).to_file(path)
    take_in(workspace, "areas", path, at=town.NOW, policy=policy, level="buurt")
    codes_file, mapping = folder / "inbraak_codes.csv", folder / "inbraak.toml"
    codes_file.write_text(
        "code,theme,attempt,description\nINB,burglary,completed,\n", encoding="utf-8"
    )
    mapping.write_text('source = "inbraken"\n', encoding="utf-8")
    file = folder / "inbraken.csv"
    rows = _burglaries(blocks)
    faulty = [rows[0] | {"datum": WRONG_DAY}, rows[1] | {"x": "0"}]
    pd.DataFrame([*rows, *faulty]).to_csv(file, index=False)
    take_in(
        workspace, "incidents", file,
        at=town.NOW, policy=policy, mapping=mapping, categories=codes_file,
    )  # fmt: skip


def _block(number: int) -> tuple[float, float, float, float]:
    """Return the bounds of a neighbourhood: three to a district."""
    west, east = (0, 1400) if number < 3 else (1400, 3000)
    left = west + (east - west) * (number % 3) / 3
    return (
        town.WEST + left, town.SOUTH, town.WEST + left + (east - west) / 3, town.SOUTH + 2000,
    )  # fmt: skip


def _burglaries(blocks: list[tuple[float, float, float, float]]) -> list[dict[str, str]]:
    rng, rows = np.random.default_rng(5), []
    for year in town.YEARS:
        for (left, low, right, high), number in zip(blocks, BURGLARIES, strict=True):
            x, y = rng.uniform(left, right, number), rng.uniform(low, high, number)
            if number == BURGLARIES[0]:
                near = slice(0, number // 3)
                x[near] = (left + right) / 2 + rng.uniform(-TOGETHER_M, TOGETHER_M, number // 3)
                y[near] = (low + high) / 2 + rng.uniform(-TOGETHER_M, TOGETHER_M, number // 3)
            rows += [
                {
                    "datum": f"{1 + n % 28:02d}-{1 + n % 12:02d}-{year}",
                    "tijd": f"{(7 * n) % 24:02d}:15",
                    "klasse": "INB",
                    "x": f"{x[n]:.2f}",
                    "y": f"{y[n]:.2f}",
                }
                for n in range(number)
            ]
    return rows


# ---------------------------------------------------------------- the register
def _by(on: date, role: Role, reason: str = "Overgenomen uit het papieren dossier") -> Acting:
    at = max(datetime.now(UTC) - DAY, datetime.combine(on, time(9), UTC))
    return Acting(actor=f"mw. {role}", role=role, reason=reason, at=at, on=on)


def _fill(register: Register, run: Run, policy: Policy) -> None:
    """Write a camera area of which the need seems gone, a ban in force and one advised on."""
    _in_force(register, run, policy, kind="camera_area", name=GONE, code="AV1")
    _in_force(register, run, policy, kind="alcohol_ban", name=STAYS, code="AV2")
    asked = _drafted(register, run, policy, kind="alcohol_ban", name=ASKED, code="AV3")
    today = datetime.now(UTC).date()
    designations.ask_advice(register, asked.id, "VLO Oost", _by(today - 9 * DAY, "board"))
    for each, gone in needs_gone(run, register, on=today):
        by = _by(today - 3 * DAY, "analyst", f"Geteld uit berekening {run.record.id}")
        signals.raise_signal(register, each.id, gone, pinned(run), by)


def _drafted(
    register: Register, run: Run, policy: Policy, *, kind: str, name: str, code: str
) -> Designation:
    start = datetime.now(UTC).date() - 400 * DAY
    later = {"start": start + 430 * DAY, "end": start + 760 * DAY} if name == ASKED else {}
    content: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "goal": "Minder overlast door alcohol op straat.",
        "criterion": {
            "themes": ["alcohol_nuisance"],
            "measure": "geregistreerde overlast door alcohol",
            "most_incidents_per_year": 60,
        },
        "baseline": {
            "incidents": 120, "first_month": "2021-12", "last_month": "2022-11",
            "run_id": run.record.id,
        },
        "package": [{"what": "Toezicht door handhavers", "start": start}],
        "lighter_measures": [
            {"what": "Extra verlichting", "start": start - 400 * DAY, "result": "Geen daling."},
            {"what": "Straatcoaches", "start": start - 300 * DAY, "result": "Te weinig."},
        ],
        "start": start,
        "end": start + 700 * DAY,
        "evaluation_on": start + 500 * DAY,
        "evidence": pinned(run),
        "consultation": {"held_on": start - 60 * DAY, "with_whom": "officier van justitie"},
        "police_role": "De politie kijkt live mee.",
        "dpia_reference": "DPIA 2025-4",
    } | later  # fmt: skip
    by = _by(start - 90 * DAY, "planner")
    return designations.draft(
        register, content, by, policy, area=town.square(code), streets=("Stationsstraat",)
    )


def _in_force(
    register: Register, run: Run, policy: Policy, *, kind: str, name: str, code: str
) -> None:
    made = _drafted(register, run, policy, kind=kind, name=name, code=code)
    assert made.start is not None
    role: Role = "mayor_office" if kind == "camera_area" else "board"
    asked = "driehoek" if kind == "camera_area" else "VLO"
    days = {step: made.start - n * DAY for step, n in (("ask", 80), ("decide", 45), ("tell", 35))}
    designations.ask_advice(register, made.id, asked, _by(days["ask"], role))
    city = municipality(run.workspace)
    designations.decide(register, made.id, _by(days["decide"], role), policy, municipality=city)
    designations.publish(
        register, made.id, "Gemeenteblad 2025, 123", _by(days["tell"], role),
        signs_on=made.start - 7 * DAY,
    )  # fmt: skip
