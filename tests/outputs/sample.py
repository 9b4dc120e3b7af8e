"""A small town with a finished run, every figure written by hand; some names are hostile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from hotspots.policy import Policy
from hotspots.records import Delivery, Question, RunRecord, Search
from hotspots.schemas import (
    cells_schema,
    hotspots_schema,
    months_schema,
    priorities_schema,
    target_schema,
    unplaced_schema,
    validated,
)

HOSTILE_NAME = "<img src=x onerror=alert(1)> & Zn."
FORMULA_NAME = '=HYPERLINK("x")'
K = 3

# code, name, count, completed, dwellings, rate, eb, low, high, rank_count, rank_rate, rank,
# p_top, last, previous, remarks
RANKED = (
    ("W01", "Havenkwartier", 120, 90, 4000, 10.0, 9.8, 8.1, 11.6, 2, 4, 2, 0.93, 41, 38, ""),
    ("W02", HOSTILE_NAME, 180, 120, 9000, 6.7, 6.8, 5.8, 7.8, 1, 5, 1, 0.97, 50, 62, ""),
    ("W03", "Nieuwland", 60, 40, 1500, 13.3, 12.1, 9.2, 15.2, 5, 1, 3, 0.71, 20, 20, ""),
    ("W04", "Oostduin", 90, 70, 2800, 10.7, 10.2, 8.2, 12.4, 3, 3, 4, 0.38, 30, 29, ""),
    ("W05", FORMULA_NAME, 66, 46, 6600, 3.3, 3.6, 2.8, 4.5, 4, 7, 5, 0.01, 22, 21, ""),
    ("W06", "Zandhoek", 4, 2, 47, 28.4, 10.9, 4.0, 19.7, 7, 2, 6, 0.004, 0, 2,
     "few_incidents few_dwellings"),
    ("W07", "Molenwijk", 30, 21, 1700, 5.9, 6.2, 4.3, 8.4, 6, 6, 7, 0.0, 9, 11, "months_unknown"),
    ("W08", "Buitenhof", 0, 0, 900, 0.0, 2.9, 1.0, 5.2, 8, 8, 8, 0.0, 0, 0, "few_incidents"),
)  # fmt: skip
NO_DATA = (("W09", "Stiltegebied", 3100),)
NO_RATE = (("W10", "Haven", 3),)
UNPLACED = (("W99", 2),)

# id, kind, count, stacked, times, q, methods, stack_share, night_share, night, months, remarks,
# and west, south, width in metres from the south-west corner of the town
FOUND = (
    ("36m-burglary-001", "hotspot", 84, 0, 3.1, 0.004, "gi_star density clusters", 0.1, 0.02,
     "05-02", 31, "significant", 900, 200, 400),
    ("36m-burglary-002", "stack", 60, 58, 120.0, None, "density clusters", 0.95, 0.03,
     "03-01", 30, "stack", 200, 300, 100),
    ("36m-burglary-003", "hotspot", 30, 12, 12.4, 0.0004, "gi_star density", 0.4, 0.1,
     "11-30", 20, "significant stack_inside", 2500, 500, 100),
    ("36m-burglary-004", "one_night", 20, 0, 8.96, 0.04, "gi_star density clusters", 0.1, 0.85,
     "12-31", 3, "significant one_night", 1500, 1300, 200),
    ("36m-burglary-005", "hotspot", 1, 0, 2.0, 0.06, "gi_star", 1.0, None,
     None, 1, "significant few_incidents", 500, 1500, 100),
    ("36m-burglary-006", "stack", 8, 3, 40.0, None, "", 0.375, 0.2,
     "07-14", 5, "stack_inside few_incidents", 3200, 1200, 100),
    ("12m-burglary-001", "hotspot", 25, 0, 9.95, 0.2, "gi_star density", 0.2, 0.1,
     "02-02", 9, "significant", 900, 200, 300),
)  # fmt: skip
CELL_SIZE_M = 100.0
SEARCHED = (("burglary", 36), ("burglary", 12), ("youth_reports", 12))
TOTAL = 120 + 180 + 60 + 90 + 66 + 4 + 30 + 0 + 3 + 2


def question(level: str = "wijk", **changes: object) -> Question:
    """The burglary question of 2023 to 2025."""
    return Question.model_validate(
        {
            "theme": "burglary",
            "level": level,
            "first_year": 2023,
            "last_year": 2025,
            "k": K,
            "weight_count": 0.7,
            "weight_rate": 0.3,
            "dispersion": 1.3,
            "distinguishable": True,
            "missing_months": ["2025-12"],
            "attempts_told_apart": True,
            "sources": ["politie"],
            **changes,
        }
    )


def search(theme: str = "burglary", months: int = 36, **changes: object) -> Search:
    """The search for hotspots of burglary in 2023 to 2025, or another."""
    return Search.model_validate(
        {
            "theme": theme,
            "months": months,
            "first_month": f"{2026 - months // 12}-01",
            "last_month": "2025-12",
            "missing_months": ["2025-12"],
            "sources": ["politie"],
            "incidents": 1205,
            "outside": 5,
            "stacked": 73,
            "study_area": "built-up",
            "study_area_km2": 10.0,
            "cells": 1000,
            "cell_size_m": CELL_SIZE_M,
            "times_known": True,
            **changes,
        }
    )


def reports_search() -> Search:
    """A search in reports to the municipality: nothing found, no border, no times."""
    return search(
        "youth_reports", 12, sources=["mor"], stacked=0, study_area="derived", times_known=False
    )


def record(**changes: object) -> RunRecord:
    """The run's record, with a ranking per wijk and one per stadsdeel, and three searches."""
    return RunRecord.model_validate(
        {
            "id": "2025-abc123",
            "kind": "yearly",
            "created_at": datetime(2026, 1, 12, 9, tzinfo=UTC),
            "until": date(2025, 11, 30),
            "workspace_name": "Proefstad",
            "crs": "EPSG:28992",
            "demo": False,
            "code": {"hotspots": "0.1.0"},
            "deliveries": [_delivery()],
            "policy": Policy().model_dump(mode="json"),
            "questions": [question(), question("stadsdeel")],
            "searches": [search(), search(months=12, incidents=400), reports_search()],
            "results": {},
            **changes,
        }
    )


def priorities() -> gpd.GeoDataFrame:
    """The result `priorities`: ten wijken on a grid, and one stadsdeel without a shape."""
    rows = [_ranked(row, i) for i, row in enumerate(RANKED)]
    rows += [_unranked(code, name, "no_data", None, n, 8) for code, name, n in NO_DATA]
    rows += [_unranked(code, name, "no_rate", count, 0, 9) for code, name, count in NO_RATE]
    whole = {**rows[0], "level": "stadsdeel", "area_code": "S1", "area_name": "Centrum"}
    rows.append(
        {**whole, "rank": 1, "rank_count": 1, "rank_rate": 1, "p_top": 1.0, "geometry": None}
    )
    schema = priorities_schema()
    frame = pd.DataFrame(rows, columns=list(schema.columns))
    types = {
        name: str(column.dtype)
        for name, column in schema.columns.items()
        if column.dtype is not None
    }
    located = gpd.GeoDataFrame(frame.astype(types), geometry="geometry", crs="EPSG:28992")
    return gpd.GeoDataFrame(validated(located, schema))


def target(**changes: object) -> pd.DataFrame:
    """The result `target`: 2025 against 2024 over eleven months."""
    row = {
        "theme": "burglary",
        "year": 2025,
        "completed_only": True,
        "count": 1234,
        "count_previous": 1400,
        "same_months": 11,
        "ratio": 0.88,
        "ratio_low": 0.74,
        "ratio_high": 1.06,
        "met": True,
        **changes,
    }
    frame = pd.DataFrame([row]).astype(
        {"ratio": float, "ratio_low": float, "ratio_high": float, "met": "boolean"}
    )
    return validated(frame, target_schema())


def months() -> pd.DataFrame:
    """The result `months`: the total in one month, the last month missing, one month before."""
    rows = [
        ("burglary", "2022-12", "delivered", 999, "politie"),
        ("burglary", "2023-01", "delivered", TOTAL, "politie"),
        ("burglary", "2025-12", "missing", None, None),
    ]
    frame = pd.DataFrame(rows, columns=["theme", "month", "status", "count", "source"])
    return validated(frame.astype({"count": "Int64"}), months_schema())


def unplaced() -> pd.DataFrame:
    """The result `unplaced`: one code that belongs to no wijk."""
    rows = [("burglary", "wijk", code, count) for code, count in UNPLACED]
    frame = pd.DataFrame(rows, columns=["theme", "level", "area_code", "count"])
    return validated(frame, unplaced_schema())


def hotspots() -> gpd.GeoDataFrame:
    """The result `hotspots`: squares in the town, one over a border of two wijken."""
    schema = hotspots_schema()
    rows = [_found(row) for row in FOUND]
    frame = pd.DataFrame(rows, columns=list(schema.columns))
    located = gpd.GeoDataFrame(
        frame.astype({"one_night": "str"}), geometry="geometry", crs="EPSG:28992"
    )
    return gpd.GeoDataFrame(validated(located, schema))


def cells() -> pd.DataFrame:
    """The result `cells`: a hill of density per search in a town without its north-east corner."""
    return pd.concat([_cells(theme, months) for theme, months in SEARCHED], ignore_index=True)


def rankings() -> dict[str, pd.DataFrame]:
    """The results of a run that only ranks."""
    return {
        "priorities": priorities(),
        "months": months(),
        "target": target(),
        "unplaced": unplaced(),
    }


def searches() -> dict[str, pd.DataFrame]:
    """The results of a run that only searches."""
    return {"hotspots": hotspots(), "cells": cells()}


def results() -> dict[str, pd.DataFrame]:
    """All results of the run."""
    return rankings() | searches()


@dataclass(frozen=True)
class SampleRun:
    """A run held in memory."""

    record: RunRecord = field(default_factory=record)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=results)

    def table(self, name: str) -> pd.DataFrame:
        """Return a result."""
        return self.tables[name]

    def cells(self, theme: str, months: int) -> pd.DataFrame:
        """Return the cells of one search."""
        every = self.tables["cells"]
        return every[(every["theme"] == theme) & (every["months"] == months)]


def _delivery() -> Delivery:
    return Delivery(
        id="d1",
        sequence=1,
        kind="counts",
        source="politie",
        file_name="aantallen.csv",
        sha256="ab" * 32,
        delivered_at=datetime(2026, 1, 10, 8, tzinfo=UTC),
        level="buurt",
        themes=["burglary"],
        months=["2023-01", "2025-11"],
        read=560,
        accepted=555,
        rejected=5,
        mapping={},
    )


def _found(row: tuple[object, ...]) -> dict[str, object]:
    names = [
        "hotspot_id",
        "kind",
        "count",
        "stacked_count",
        "times_city_mean",
        "q_value",
        "methods",
        "stack_share",
        "one_night_share",
        "one_night",
        "months_with_incidents",
        "remarks",
    ]
    figures = dict(zip(names, row, strict=False))
    west, south, width = (float(str(number)) for number in row[-3:])
    months = int(str(row[0])[:2])
    x, y = 80_000 + west, 450_000 + south
    return {
        **figures,
        "theme": "burglary",
        "months": months,
        "area_km2": width**2 / 1e6,
        "share": int(str(figures["count"])) / 1200,
        "gi_star_z": None if figures["q_value"] is None else 4.5,
        "p_value": figures["q_value"] and float(str(figures["q_value"])) / 10,
        "agreement": len(str(figures["methods"]).split()),
        "first_month": "2023-01" if months == 36 else "2025-01",
        "last_month": "2025-12",
        "geometry": box(x, y, x + width, y + width),
    }


def _cells(theme: str, months: int) -> pd.DataFrame:
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(40), np.arange(30)))
    studied = ~((column >= 30) & (row >= 20))
    column, row = column[studied], row[studied]
    far = np.hypot(column - 10, row - 4)
    unlikely = dict.fromkeys(("p_hot", "p_cold", "q_hot", "q_cold"), 1.0)
    frame = pd.DataFrame(
        {
            "theme": theme,
            "months": months,
            "x": 80_000 + CELL_SIZE_M * (column + 0.5),
            "y": 450_000 + CELL_SIZE_M * (row + 0.5),
            "count": (far < 3).astype("int64") * months,
            "tested_count": (far < 3).astype("int64") * months,
            "density_per_km2": np.maximum(0, 3000 - 200 * far),
            "gi_star_z": 0.0,
            **unlikely,
        }
    )
    return validated(frame, cells_schema())


def _place(i: int) -> dict[str, object]:
    x, y = 80_000 + 1000 * (i % 4), 450_000 + 1000 * (i // 4)
    return {"theme": "burglary", "level": "wijk", "geometry": box(x, y, x + 1000, y + 1000)}


def _ranked(row: tuple[object, ...], i: int) -> dict[str, object]:
    names = [
        "area_code",
        "area_name",
        "count",
        "count_completed",
        "dwellings",
        "rate_per_1000",
        "eb_rate",
        "eb_low",
        "eb_high",
        "rank_count",
        "rank_rate",
        "rank",
        "p_top",
        "count_last",
        "count_previous",
        "remarks",
    ]
    figures = dict(zip(names, row, strict=True))
    dwellings = figures["dwellings"]
    assert isinstance(dwellings, int)
    rest = {"status": "ranked", "same_months": 11, "exposure": dwellings * 3.0}
    return {**_place(i), **figures, **rest}


def _unranked(
    code: str, name: str, status: str, count: int | None, dwellings: int, i: int
) -> dict[str, object]:
    what = {"area_code": code, "area_name": name, "status": status, "remarks": ""}
    return {**_place(i), **what, "count": count, "dwellings": dwellings, "exposure": 0.0}
