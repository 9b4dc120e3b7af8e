"""A town of two stadsdelen in a run with a half-year monitor, and a camera area in its register.

In Zuid reports doubled while records halved; in Noord nothing changed, and December 2024 was not
delivered by the police. The camera area lies in Zuid.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import Polygon, box

from hotspots.decisions import designations
from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.categories import load_categories
from hotspots.ingest.counts import ingest_counts
from hotspots.ingest.mapping import Mapping
from hotspots.pipeline.deliveries import deliver
from hotspots.policy import policy_from
from hotspots.policy.intake import Limits
from hotspots.register import Designation
from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace, init_workspace
from tests.decisions.files import POLICY, by, camera_area

NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)
UNTIL = date(2025, 12, 31)
MISSING = "2024-12"
ZUID, NOORD = "SD1", "SD2"
RECORDS = {ZUID: (80, 40), NOORD: (60, 60)}
REPORTS = {ZUID: (30, 60), NOORD: (20, 20)}
"""Incidents a month per stadsdeel: before the second half of 2025, and in it."""

CITY = box(90_000, 450_000, 100_000, 460_000)
AREA = box(91_000, 451_000, 91_400, 451_400)
SHARED = box(94_999, 455_000, 96_000, 456_000)
"""Lies in Noord, but for a thousandth."""


CATEGORIES = """code,theme,attempt,description
E35,youth_nuisance,unknown,Overlast jeugd
JEUGD,youth_reports,unknown,Melding jongeren
"""


def areas() -> gpd.GeoDataFrame:
    """Return two stadsdelen side by side; :data:`AREA` lies in the first."""
    return gpd.GeoDataFrame(
        {"code": [ZUID, NOORD], "naam": ["Zuid", "Noord"], "woningen": [9000, 7000]},
        geometry=[box(90_000, 450_000, 95_000, 460_000), box(95_000, 450_000, 100_000, 460_000)],
        crs="EPSG:28992",
    )


def counts(code: str, level: dict[str, tuple[int, int]], *, missing: str = "") -> pd.DataFrame:
    """Return the months of 2022 to 2025 of one source, the same but for the last half-year."""
    months = pd.period_range("2022-01", "2025-12", freq="M")
    rows = [
        (month.year, month.month, area, code, values[str(month) >= "2025-07"])
        for month in months
        if str(month) != missing
        for area, values in level.items()
    ]
    return pd.DataFrame(rows, columns=["jaar", "maand", "gebiedscode", "delictcode", "aantal"])


def build(folder: Path) -> Workspace:
    """Return a workspace with the stadsdelen, and both sources taken in."""
    workspace = init_workspace(folder / "ws", name="Proefstad", crs="EPSG:28992")
    areas().to_file(folder / "stadsdelen.gpkg", layer="stadsdelen")
    (folder / "codes.csv").write_text(CATEGORIES, encoding="utf-8")
    deliver(
        workspace,
        ingest_areas(
            folder / "stadsdelen.gpkg",
            mapping=Mapping(),
            level="stadsdeel",
            crs=workspace.crs,
            limits=Limits(),
        ),
        at=NOW,
    )
    police = counts("E35", RECORDS, missing=MISSING)
    for name, table in (("politie", police), ("meldpunt", counts("JEUGD", REPORTS))):
        table.to_csv(folder / f"{name}.csv", index=False, sep=";")
        taken = ingest_counts(
            folder / f"{name}.csv",
            mapping=Mapping(source=name),
            categories=load_categories(folder / "codes.csv"),
            level="stadsdeel",
            limits=Limits(),
        )
        deliver(workspace, taken, at=NOW)
    return workspace


def in_force(register: Register, on: date, *, name: str, area: Polygon = AREA) -> Designation:
    """Decide on a camera area that has been in force for thirty days, for a year."""
    day = timedelta(days=1)
    content = camera_area(
        name=name,
        start=on - 30 * day,
        end=on + 335 * day,
        evaluation_on=on + 150 * day,
        package=[{"what": "Toezicht door handhavers", "start": on - 30 * day}],
        lighter_measures=[
            {"what": "Extra verlichting", "start": on - 500 * day, "result": "Geen daling."}
        ],
        consultation={"held_on": on - 70 * day, "with_whom": "officier van justitie"},
    )
    made = designations.draft(register, content, by(on - 90 * day), POLICY, area=area)
    designations.ask_advice(register, made.id, "VLO van Zuid", by(on - 80 * day))
    designations.decide(register, made.id, by(on - 60 * day), POLICY, municipality=CITY)
    return designations.publish(
        register, made.id, "Gemeenteblad 2026, 123", by(on - 40 * day), signs_on=on - 31 * day
    )


def ban(register: Register, on: date) -> Designation:
    """Decide on an alcohol ban that is in force from a day, for a year and a half."""
    day = timedelta(days=1)
    policy = policy_from({"designations": {"kinds": {"alcohol_ban": {"by_law": "art. 2:48 APV"}}}})
    content = camera_area(
        kind="alcohol_ban",
        dpia_reference="",
        start=on,
        end=on + 540 * day,
        evaluation_on=on + 300 * day,
        package=[{"what": "Toezicht door handhavers", "start": on - 30 * day}],
        lighter_measures=[
            {"what": "Extra verlichting", "start": on - 500 * day, "result": "Geen daling."}
        ],
    )
    del content["consultation"], content["police_role"]
    made = designations.draft(register, content, by(on - 40 * day, "board"), policy, area=AREA)
    designations.ask_advice(register, made.id, "VLO van Zuid", by(on - 30 * day, "board"))
    designations.decide(register, made.id, by(on - 20 * day, "board"), policy, municipality=CITY)
    return designations.publish(
        register,
        made.id,
        "Gemeenteblad 2025, 9",
        by(on - 10 * day, "board"),
        signs_on=on - 5 * day,
    )
