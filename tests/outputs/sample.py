"""A small town with a finished run, every figure written by hand; some names are hostile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import get_args

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point, Polygon, box

from hotspots.columns import validated
from hotspots.policy import Policy
from hotspots.policy.evidence import Hotspots, Layer
from hotspots.records import Delivery, Question, RunRecord, Search
from hotspots.results import RESULTS
from hotspots.results.places import cells_schema, hotspots_schema
from hotspots.results.ranking import (
    months_schema,
    priorities_schema,
    target_schema,
    unplaced_schema,
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
# id: lineage, predecessors, support, grade, proactive, event share, now, before, ratio, low, high,
# relative, low, high, trend, hot steps, events
COURSES: dict[str, tuple[object, ...]] = {
    "36m-burglary-001": ("continued", "36m-burglary-001", 0.97, "firm", 0.12, 0.05, 84, 60, 1.4,
     1.0, 1.97, 1.6, 1.13, 2.28, "intensifying", 10, "Slotenactie Havenkwartier (2024-03-01)"),
    "36m-burglary-003": ("split", "36m-burglary-009", 0.71, "fair", None, 0.05, 30, 44, 0.68,
     0.41, 1.11, 0.75, 0.46, 1.22, "sporadic", 4, ""),
    "36m-burglary-004": ("merged", "36m-burglary-011 36m-burglary-012", 0.42, "weak", 0.5, 0.85,
     20, 22, 0.91, 0.47, 1.74, 1.0, 0.52, 1.91, "none", 0, ""),
    "36m-burglary-005": ("new", "", None, "weak", None, None, 1, 0, None, 0.03, None, None, None,
     None, "new", 1, ""),
    "12m-burglary-001": ("first", "", None, "fair", None, None, None, None, None, None, None, None,
     None, None, None, None, ""),
}  # fmt: skip
UNTOLD = ("first", "", None, None, None, None, None, None, None, None, None, None, None, None,
     None, None, "")  # fmt: skip
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
            "bandwidth_m": 300.0,
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
            "policy": Policy(hotspots=Hotspots(layers=list(get_args(Layer)))).model_dump(
                mode="json"
            ),
            "previous": "2024-def456",
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
    return {"hotspots": hotspots(), "cells": cells(), **layers()}


def layers() -> dict[str, pd.DataFrame]:
    """The results beside the hotspots, every figure written by hand."""
    rows: dict[str, list[dict[str, object]]] = {
        "gone": [
            {"hotspot_id": "36m-burglary-007", "theme": "burglary", "months": 36, "count": 41,
             "last_month": "2024-12", "geometry": _circle(3500, 500, 80)},
        ],
        "steps": [
            {"hotspot_id": "36m-burglary-001", "first_month": f"{year}-{3 * quarter + 1:02d}",
             "last_month": f"{year}-{3 * quarter + 3:02d}",
             "count": None if (year, quarter) == (2025, 3) else 3 + quarter + year - 2023,
             "hot": None if (year, quarter) == (2025, 3) else (year, quarter) != (2023, 0)}
            for year in (2023, 2024, 2025) for quarter in range(4)
        ],
        "hours": [
            {"hotspot_id": "36m-burglary-001", "weekday": weekday, "hour": hour,
             "weight": 80 / 28 if 17 <= hour < 21 else 0.0}
            for weekday in range(7) for hour in range(24)
        ],
        "trends": [
            {"theme": "burglary", "x": 80_950.0, "y": 450_250.0, "trend": "intensifying",
             "hot_steps": 10, "known_steps": 11},
        ],
        "basis": [
            _basis("steps", "burglary", 36),
            _basis("scan", "burglary", 36, outside=5, stacked=73, without_dwellings=11),
            _basis("scan", "burglary", 12, incidents=400, outside=2, stacked=20,
                   without_dwellings=0),
            _basis("near_repeat", "burglary", 36, stacked=73, undated=0),
            _basis("bursts", "burglary", 3, last="2025-11", incidents=95, stacked=6, undated=0),
            _basis("bursts", "burglary", 25, "before", last="2025-08", incidents=820, stacked=50,
                   undated=0),
            *(_basis("sources", theme, 12, part, last=last, incidents=300, stacked=0)
              for theme in ("youth_reports", "youth_nuisance")
              for part, last in (("now", "2025-12"), ("before", "2024-12"))),
            *(_basis("composite", theme, 36, stacked=73)
              for theme in ("burglary", "drugs_nuisance", "youth_reports")),
        ],
        "scan": [
            {"theme": "burglary", "months": 36, "count": 96, "expected": 30.5,
             "relative_risk": 3.4, "llr": 45.2, "p_value": 0.001, "radius_m": 300.0,
             "geometry": _circle(1100, 400, 300)},
        ],
        "near_repeat": [
            {"theme": "burglary", "first_month": "2023-01", "last_month": "2025-12",
             "distance_from_m": low_m, "distance_to_m": high_m, "days_from": low, "days_to": high,
             "pairs": 90 if (high_m, high) == (100.0, 7) else 40, "expected": 40.0,
             "ratio": 2.25 if (high_m, high) == (100.0, 7) else 1.0,
             "p_value": 0.001 if (high_m, high) == (100.0, 7) else 0.52}
            for low_m, high_m in ((0.0, 1.0), (1.0, 100.0), (100.0, 200.0))
            for low, high in ((0, 0), (1, 7), (8, 14))
        ],
        "bursts": [
            {"burst_id": "burglary-20251006-01", "theme": "burglary", "area_code": "W01",
             "area_name": "Havenkwartier", "first_day": "2025-10-06", "last_day": "2025-10-17",
             "count": 8, "incidents": 9, "expected": 0.4, "p_value": 0.0001, "radius_m": 140.0,
             "geometry": _circle(900, 300, 140)},
            {"burst_id": "burglary-20251101-01", "theme": "burglary", "area_code": "W02",
             "area_name": HOSTILE_NAME, "first_day": "2025-11-01", "last_day": "2025-11-09",
             "count": 5, "incidents": 5, "expected": 0.5, "p_value": 0.02, "radius_m": 210.0,
             "geometry": _circle(1500, 700, 210)},
        ],
        "sources": [
            _sources("W01", "Havenkwartier", (140, 100, 1.4, 1.08, 1.82),
                     (80, 110, 0.73, 0.54, 0.97), (1.92, 1.31, 2.86), "contradict"),
            _sources("W02", HOSTILE_NAME, (60, 58, 1.03, 0.71, 1.51),
                     (40, 41, 0.98, 0.62, 1.55), (1.05, 0.58, 1.91), "unclear"),
            _sources("W03", "Nieuwland", (20, 44, 0.45, 0.25, 0.79),
                     (15, 40, 0.38, 0.19, 0.7), (1.2, 0.51, 2.8), "both_down"),
            _sources("W04", "Oostduin", (3, 0, None, 0.41, None), (0, 0, None, None, None),
                     (None, None, None), "one_sided"),
        ],
        "composite": [
            {"place_id": "36m-composite-202512-01", "lineage": "first", "predecessors": "",
             "rank": 1, "rank_without_proactive": 2, "value": 6.0, "value_without_proactive": 3.0,
             "area_km2": 0.16, "themes": "burglary drugs_nuisance youth_reports",
             "geometry": box(80_900, 450_200, 81_300, 450_600)},
            {"place_id": "36m-composite-202512-02", "lineage": "first", "predecessors": "",
             "rank": 2, "rank_without_proactive": 1, "value": 4.0, "value_without_proactive": 4.0,
             "area_km2": 0.01, "themes": "burglary",
             "geometry": box(82_500, 450_500, 82_600, 450_600)},
        ],
        "contributions": [
            _contribution("01", "burglary", 6.0, 6.0, 6.0, 3.0),
            _contribution("01", "burglary_risk", 2.0, 2.0, 6.0, 3.0),
            _contribution("01", "drugs_nuisance", 13.0, 1.0, 6.0, 3.0),
            _contribution("01", "youth_reports", 3.0, 3.0, 6.0, 3.0),
            _contribution("02", "burglary", 14.0, 14.0, 4.0, 4.0),
            _contribution("02", "burglary_risk", 2.0, 2.0, 4.0, 4.0),
            _contribution("02", "drugs_nuisance", 0.0, 0.0, 4.0, 4.0),
            _contribution("02", "youth_reports", 0.0, 0.0, 4.0, 4.0),
        ],
        "groups_layer": [
            {"place_id": "36m-composite-202512-01", "rank": 1, "value": 7.5, "share": 0.36},
            {"place_id": "36m-composite-202512-02", "rank": 2, "value": 3.2, "share": 0.0},
        ],
        "proofs": [
            _proof("kept", "count", False, 300), _proof("kept", "kde", True, 320),
            _proof("renewed", "count", False, 310), _proof("renewed", "kde", True, 340),
        ],
        "concentration": [
            {"theme": "burglary", "first_month": "2025-01", "last_month": "2025-12",
             "missing_months": "", "cell_size_m": 150.0, "incidents": 1000, "cells": cells,
             "share": share, "by_chance": chance, "gini": 0.7, "generalised_gini": 0.4}
            for cells, share, chance in ((0.01, 0.12, 0.04), (0.05, 0.35, 0.17), (0.1, 0.5, 0.3))
        ],
    }  # fmt: skip
    return {name: _table(name, each) for name, each in rows.items()}


def _table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    schema = RESULTS[name]()
    frame = pd.DataFrame(rows, columns=list(schema.columns))
    if "geometry" in frame:
        frame = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:28992")
    return validated(frame, schema)


def _basis(
    result: str,
    theme: str,
    months: int,
    part: str = "now",
    *,
    last: str = "2025-12",
    incidents: int = 1205,
    **left_out: int,
) -> dict[str, object]:
    """A row of the basis; of its months December 2025 was not delivered."""
    first = pd.Period(last, "M") - (months - 1)
    return {
        "result": result, "theme": theme, "months": months, "part": part,
        "first_month": str(first), "last_month": last,
        "missing_months": "2025-12" if last == "2025-12" else "",
        "sources": "mor" if theme == "youth_reports" else "politie",
        "incidents": incidents, **left_out,
    }  # fmt: skip


def _circle(x: float, y: float, radius_m: float) -> Polygon:
    return Point(80_000 + x, 450_000 + y).buffer(radius_m)


def _sources(
    code: str,
    name: str,
    reports: tuple[object, ...],
    records: tuple[object, ...],
    divergence: tuple[object, ...],
    verdict: str,
) -> dict[str, object]:
    parts = ("now", "before", "ratio", "ratio_low", "ratio_high")
    return {
        "reports_theme": "youth_reports",
        "records_theme": "youth_nuisance",
        "level": "wijk",
        "area_code": code,
        "area_name": name,
        "first_month": "2025-01",
        "last_month": "2025-12",
        "same_months": 11,
        **{f"reports_{part}": value for part, value in zip(parts, reports, strict=True)},
        **{f"records_{part}": value for part, value in zip(parts, records, strict=True)},
        **dict(zip(("divergence", "divergence_low", "divergence_high"), divergence, strict=True)),
        "verdict": verdict,
        "local": verdict == "contradict",
        "q_value": 0.01 if verdict == "contradict" else 0.8,
    }


def _contribution(
    place: str, layer: str, value: float, without: float, whole: float, whole_without: float
) -> dict[str, object]:
    """Four layers of equal weight."""
    return {
        "place_id": f"36m-composite-202512-{place}",
        "layer": layer,
        "significant": value > 4,
        "known_share": 1.0,
        "weight": 0.25,
        "value": value,
        "contribution": value / 4,
        "share": value / 4 / whole,
        "weight_without_proactive": 0.25,
        "value_without_proactive": without,
        "contribution_without_proactive": without / 4,
        "share_without_proactive": without / 4 / whole_without,
    }


def _proof(flags: str, method: str, chosen: bool, n: int) -> dict[str, object]:
    rate = n / 1000
    measures = {"hit_rate": rate, "pai": rate / 0.015, "pei": rate / 0.4, "rri": 0.9, "gain": 0.02}
    return {
        "theme": "burglary",
        "flags": flags,
        "method": method,
        "parameters": "{}" if method == "count" else '{"bandwidth_m": 300.0}',
        "chosen": chosen,
        "flagged_at": "2024-12",
        "first_month": "2025-01",
        "last_month": "2025-12",
        "missing_months": "",
        "cell_size_m": 150.0,
        "caught": n,
        "incidents": 1000,
        "caught_best": 400.0,
        "flagged_km2": 1.5,
        "study_area_km2": 100.0,
        **measures,
        **{f"{name}_low": 0.9 * value for name, value in measures.items()},
        **{f"{name}_high": 1.1 * value for name, value in measures.items()},
    }


def results() -> dict[str, pd.DataFrame]:
    """All results of the run."""
    return rankings() | searches()


@dataclass(frozen=True)
class SampleRun:
    """A run held in memory, whose record names the results that it has."""

    record: RunRecord = field(default_factory=record)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=results)

    def __post_init__(self) -> None:
        named = self.record.model_copy(update={"results": dict.fromkeys(self.tables, "")})
        object.__setattr__(self, "record", named)

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
        **_course(str(row[0])),
        "theme": "burglary",
        "months": months,
        "methods_run": 4,
        "area_km2": width**2 / 1e6,
        "share": int(str(figures["count"])) / 1200,
        "gi_star_z": None if figures["q_value"] is None else 4.5,
        "p_value": figures["q_value"] and float(str(figures["q_value"])) / 10,
        "agreement": len(str(figures["methods"]).split()),
        "first_month": "2023-01" if months == 36 else "2025-01",
        "last_month": "2025-12",
        "geometry": box(x, y, x + width, y + width),
    }


def _course(hotspot_id: str) -> dict[str, object]:
    names = [
        "lineage",
        "predecessors",
        "support",
        "grade",
        "proactive_share",
        "event_share",
        "count_now",
        "count_before",
        "ratio",
        "ratio_low",
        "ratio_high",
        "relative",
        "relative_low",
        "relative_high",
        "trend",
        "hot_steps",
        "events",
    ]
    course = dict(zip(names, COURSES.get(hotspot_id, UNTOLD), strict=True))
    compared = course["count_now"] is not None
    known = None if course["hot_steps"] is None else 11
    has_days = course["event_share"] is not None
    calendar = {
        "event_days_share": 0.07 if has_days else None,
        "day_unknown": 0 if has_days else None,
    }
    return {**course, **calendar, "same_months": 35 if compared else 0, "known_steps": known}


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
            "quadrant": "none",
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
