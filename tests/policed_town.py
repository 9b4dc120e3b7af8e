"""The small town with burglaries as points, of which it is told who began, but not always."""

from pathlib import Path

import numpy as np
import pandas as pd

from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.categories import load_categories
from hotspots.ingest.incidents import ingest_incidents
from hotspots.ingest.mapping import Mapping
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.policy.intake import Limits, Points
from hotspots.store.workspace import Workspace, init_workspace
from tests.test_hotspots_run import NOW, RD
from tests.town import Town

BY_CITIZENS = {"01": 8, "02": 6, "03": 4, "04": 1, "06": 1}
"""Per month and district, told by citizens."""

BY_POLICE = {"01": 1, "02": 0, "03": 14, "04": 0, "06": 2}
"""Found by the police: district 03 is first by these alone."""

UNTOLD = {"01": 0, "02": 3, "03": 1, "04": 0, "06": 0}

YEARS = (2021, 2022, 2023)


def burglaries() -> pd.DataFrame:
    """Return every burglary as a source would list it, with the district it lies in."""
    rng = np.random.default_rng(11)
    found: list[tuple[object, ...]] = []
    for begun, monthly in (("burger", BY_CITIZENS), ("politie", BY_POLICE), ("", UNTOLD)):
        for district, number in monthly.items():
            place = int(district) - 1
            x, y = 90_000 + 1000 * (place % 3), 450_000 + 1000 * (place // 3)
            for year in YEARS:
                for month in range(1, 13):
                    # The police look hardest in winter: their season is not that of citizens.
                    more = 2 if begun == "politie" and month in (1, 12) else 1
                    found += [
                        (
                            f"{28 - n % 28:02d}-{month:02d}-{year}",
                            f"{n % 24:02d}:15",
                            "INB-V" if n % 3 else "INB-P",
                            f"{x + rng.uniform(10, 990):.2f}",
                            f"{y + rng.uniform(10, 990):.2f}",
                            begun,
                            f"WK9999{district}",
                        )
                        for n in range(number * more)
                    ]
    columns = ["datum", "tijd", "klasse", "x", "y", "initiatief", "wijk"]
    return pd.DataFrame(found, columns=columns)


def fill(folder: Path, town: Town, rows: pd.DataFrame) -> Workspace:
    """Return a workspace with the town's districts and these incidents."""
    workspace = init_workspace(folder, name="Proefstad", crs=RD)
    found = ingest_areas(town.areas, mapping=Mapping(), level=None, crs=RD, limits=Limits())
    deliver(workspace, found, at=NOW)
    add_incidents(workspace, town, rows)
    return workspace


def add_incidents(workspace: Workspace, town: Town, rows: pd.DataFrame) -> None:
    """Deliver incidents; the source does not know the district."""
    path = workspace.path.parent / f"{workspace.path.name}.csv"
    rows.drop(columns="wijk").to_csv(path, index=False, sep=";")
    found = ingest_incidents(
        path,
        mapping=Mapping(),
        categories=load_categories(town.categories),
        crs=RD,
        area=Current(workspace).municipality(),
        limits=Limits(),
        points=Points(),
    )
    assert found.rejected == 0
    deliver(workspace, found, at=NOW)
