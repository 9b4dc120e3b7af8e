"""A camera plan for the sample town, every figure written by hand; some ids are hostile."""

from datetime import UTC, date, datetime
from functools import cache

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, Polygon, box

from hotspots.columns import validated
from hotspots.outputs.cameras.tables import PlanDocument, plan_document_of
from hotspots.policy import Policy
from hotspots.policy.cameras import Cameras
from hotspots.records import PlanArea, PlanFigures, RunRecord
from hotspots.results import RESULTS
from tests.outputs import sample

RD = "EPSG:28992"
RUN = "20251231-cameras"
HOSTILE_SITE = "<b>G/2</b> & 'Zn'"
HOSTILE_STREET = "Laan <i>'s</i> & Zn"
FIRST, SECOND, SPARE = (81_050.0, 450_450.0), (83_000.0, 452_000.0), (81_080.0, 450_450.0)
KEPT, GOING, MOVING = (81_053.0, 450_452.0), (80_500.0, 450_500.0), (82_000.0, 451_000.0)
LEAST = 6.0


def figures(**changes: object) -> PlanFigures:
    """What the plan of two sites rests on: 30 of 80 a year, of which fixed cameras see 8."""
    return PlanFigures.model_validate(
        {
            "budget": 2,
            "chosen": 2,
            "objective": 21.5,
            "bound": 21.7,
            "gap": 0.2 / 21.5,
            "stopped": False,
            "demand": 80.0,
            "covered": 30.0,
            "fixed_covered": 8.0,
            "available": 4,
            "placed": 3,
            "designated": True,
            "areas": [
                PlanArea(code="A1", name=sample.HOSTILE_NAME, end=date(2026, 4, 30)),
                PlanArea(code="A2", name="Plein"),
            ],
            "first_month": "2024-01",
            "last_month": "2025-12",
            "missing_months": ["2025-12"],
            "holdout_first_month": "2025-01",
            "themes": ["assault", "youth_nuisance"],
            "safety_themes": ["burglary", "assault"],
            "sources": ["politie"],
            "incidents": 200,
            "in_own_period": 60,
            "sites_differ": 1,
            "outside_public_space": 7,
            "stacked": 11,
            "outside_hours": 13,
            "hours_unknown": 17,
            "stadium_cameras": 1,
            "match_days": 34,
            "stadium_incidents": 5,
            "surface": "buildings",
            "candidates": 3,
            "excluded": {"no_power": 1},
            "seed": 1,
            **changes,
        }
    )


def record(**changes: object) -> RunRecord:
    """The record of the plan."""
    plan = figures()
    return RunRecord.model_validate(
        {
            "id": RUN,
            "kind": "cameras",
            "created_at": datetime(2026, 1, 6, tzinfo=UTC),
            "until": date(2025, 12, 31),
            "workspace_name": "Proefstad",
            "crs": RD,
            "demo": False,
            "code": {"version": "0"},
            "deliveries": [],
            "policy": Policy(cameras=Cameras(least_demand=LEAST)).model_dump(mode="json"),
            "questions": [],
            "plan": plan,
            "results": dict.fromkeys(tables(), "00"),
            **changes,
        }
    )


def camera_run(**changes: pd.DataFrame | RunRecord) -> sample.SampleRun:
    """The plan as a finished run, with some of its tables or its record changed."""
    told = changes.pop("record", None)
    frames = {name: frame for name, frame in changes.items() if isinstance(frame, pd.DataFrame)}
    held = told if isinstance(told, RunRecord) else record()
    return sample.SampleRun(record=held, tables=tables() | frames)


@cache
def document() -> PlanDocument:
    """The document of the plan, made once."""
    return plan_document_of(camera_run())


@cache
def tables() -> dict[str, pd.DataFrame]:
    """All results of the plan, made once; nobody changes them."""
    made = {
        "camera_sites": _sites(),
        "camera_plan": _plan(),
        "camera_hours": _hours(),
        "viewsheds": _viewsheds(),
        "camera_curve": _curve(),
        "camera_curve_sites": _curve_sites(),
        "camera_swaps": _swaps(),
        "camera_months": _months(),
        "camera_advice": _advice(),
        "fixed_review": _fixed(),
        "camera_comparison": _comparison(),
    }
    return {name: _as_frozen(name, frame) for name, frame in made.items()}


def _as_frozen(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    schema = RESULTS[name]()
    kinds = {column: str(each.dtype) for column, each in schema.columns.items()}
    ordered = frame.reindex(columns=list(kinds))
    return validated(
        ordered.astype({column: kind for column, kind in kinds.items() if column != "geometry"}),
        schema,
    )


def _seen(place: tuple[float, float], incidents: int, masks: str) -> dict[str, object]:
    return {
        "visible_m2": 1234.0,
        "unknown_m2": 0.0,
        "incidents": incidents,
        "facades": 3,
        "dwellings_in_view": 41,
        "masks_deg": masks,
        "geometry": Point(*place),
    }


def _sites() -> gpd.GeoDataFrame:
    considered = {
        "kind": "pole", "power": True, "is_current": False, "camera_type": "ptz",
        "area_code": "A1", "street": None,
    }  # fmt: skip
    rows = [
        {"site_id": "P1", **considered, "is_current": True, "street": HOSTILE_STREET,
         "excluded": None, "demand": 20.0,
         **_seen(FIRST, 61, "350-10 90-120")},
        {"site_id": HOSTILE_SITE, **considered, "power": None, "excluded": None, "demand": 4.5,
         **_seen(SECOND, 12, "")},
        {"site_id": "P3", **considered, "excluded": None, "demand": 15.0,
         **_seen(SPARE, 50, "0-360")},
        {"site_id": "P4", **considered, "power": False, "excluded": "no_power",
         "geometry": Point(82_500, 452_500)},
    ]  # fmt: skip
    return gpd.GeoDataFrame(_whole(rows, "incidents", "facades", "dwellings_in_view"), crs=RD)


def _plan() -> gpd.GeoDataFrame:
    rows = [
        {"site_id": "P1", "street": HOSTILE_STREET, "rank": 1, "demand_alone": 20.0,
         "demand_added": 18.04, "power": True, "is_current": True,
         "alternative_site_id": "P3", "alternative_loss": 5.0,
         **_seen(FIRST, 61, "350-10 90-120")},
        {"site_id": HOSTILE_SITE, "rank": 2, "demand_alone": 4.5, "demand_added": 3.5,
         "power": None, "is_current": False, "alternative_site_id": None,
         "alternative_loss": None, **_seen(SECOND, 12, ""), "unknown_m2": 56.0},
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=RD)


def _hours() -> pd.DataFrame:
    """Of 60 incidents 40 fall on Saturday from 22 to 24 hours; of the second site none is known."""
    weights = {(5, 22): 25.0, (5, 23): 15.0, (0, 9): 10.0, (2, 14): 10.0}
    return pd.DataFrame(
        {"site_id": "P1", "weekday": day, "hour": hour, "weight": weight}
        for (day, hour), weight in weights.items()
    )


def _viewsheds() -> gpd.GeoDataFrame:
    rows: list[tuple[str, str, Polygon | None]] = [
        ("P1", "proposed", _around(FIRST)),
        (HOSTILE_SITE, "proposed", _around(SECOND)),
        ("F1", "current", _around(KEPT)),
        ("F2", "current", None),
        ("F3", "current", _around(MOVING)),
        ("P3", "alternative", _around(SPARE)),
        ("V1", "fixed", _around((83_500.0, 450_500.0))),
        ("S1", "stadium", _around((80_300.0, 452_300.0))),
    ]
    names = ["place_id", "role", "geometry"]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), geometry="geometry", crs=RD)
    return frame.assign(visible_m2=1600.0, unknown_m2=0.0)


def _around(place: tuple[float, float]) -> Polygon:
    x, y = place
    return box(x - 20, y - 20, x + 20, y + 20)


def _curve() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cameras": [1, 2, 3],
            "objective": [18.0, 21.5, 22.0],
            "bound": [18.0, 21.7, 22.4],
            "covered_share": [0.33, 0.375, 0.381],
            "is_knee": [True, False, False],
        }
    )


def _curve_sites() -> pd.DataFrame:
    """One camera: the first site. Two: the plan. Three: with the spare one, which comes second."""
    rows = [
        (1, 1, "P1", 18.0), (2, 1, "P1", 18.04), (2, 2, HOSTILE_SITE, 3.5),
        (3, 1, "P1", 6.0), (3, 2, "P3", 2.0), (3, 3, HOSTILE_SITE, 3.5),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["cameras", "rank", "site_id", "demand_added"])


def _swaps() -> pd.DataFrame:
    """The spare site stands 30 m from the first, and sees 4 of the 80 less."""
    row = ("P1", "P3", 30.0, 5.0, 4.0, True)
    names = ["site_id", "replacement_id", "away_m", "loss", "covered_loss", "is_best"]
    return pd.DataFrame([row], columns=names)


def _months() -> pd.DataFrame:
    """Sixty-one incidents of the first site in January and February 2025; March is not known."""
    rows = [("P1", "2025-01", 40), ("P1", "2025-02", 21), ("P1", "2025-03", None)]
    frame = pd.DataFrame(rows, columns=["site_id", "month", "incidents"])
    return frame.assign(incidents=frame["incidents"].astype("Int64"))


def _advice() -> gpd.GeoDataFrame:
    rows = [
        {"camera_id": "F1", "advice": "keep", "reason": "in_plan", "demand_now": 19.0,
         "incidents_before": 60, "incidents_since": 36, "ratio": 0.6, "ratio_low": 0.39,
         "ratio_high": 0.92, "geometry": Point(*KEPT)},
        {"camera_id": "F2", "advice": "withdraw", "reason": "below_yardstick", "demand_now": 0.0,
         "below_since": "2025-03", "geometry": Point(*GOING)},
        {"camera_id": "F3", "advice": "move", "reason": "better_elsewhere", "demand_now": 7.0,
         "moves_to": HOSTILE_SITE, "incidents_before": 10, "incidents_since": 12, "ratio": 1.2,
         "ratio_low": 0.5, "ratio_high": 2.9, "geometry": Point(*MOVING)},
    ]  # fmt: skip
    columns = ("moves_to", "below_since", "ratio", "ratio_low", "ratio_high")
    frame = _whole(rows, "incidents_before", "incidents_since")
    frame = frame.assign(
        since="2023-07-01",
        same_months=[29, 0, 29],
        demand_share=frame["demand_now"] / 80,
        demand_alone=frame["demand_now"] / 2,
        **{name: frame[name] for name in columns},
    )
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=RD)


def _fixed() -> pd.DataFrame:
    rows = [
        {"area_code": "S1", "area_name": sample.HOSTILE_NAME, "cameras": 5, "first_year": 2019,
         "last_year": 2024, "years_improved": 5, "five_improvements": True, "trend": 0.976,
         "trend_low": 0.94, "trend_high": 1.01, "trend_down": False, "reconsider": True},
        {"area_code": "S2", "area_name": "Haven", "cameras": 1},
    ]  # fmt: skip
    frame = _whole(rows, "first_year", "last_year", "years_improved")
    flags = ("five_improvements", "trend_down", "reconsider")
    return frame.assign(**{name: frame[name].astype("boolean") for name in flags})


def _comparison() -> pd.DataFrame:
    rows = [
        ("plan", 3, 32.0, 0.40, 0.36, 0.44, 0.0, 0.0, 0.0),
        ("greedy", 3, 31.0, 0.39, 0.35, 0.43, 0.01, -0.01, 0.03),
        ("current", 3, 20.0, 0.25, 0.22, 0.28, 0.15, 0.12, 0.18),
        ("busiest", 3, 24.0, 0.30, 0.27, 0.33, 0.1, 0.075, 0.125),
    ]
    names = ["method", "cameras", "covered", "share", "share_low", "share_high"]
    names += [f"behind_plan{end}" for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=names)


def _whole(rows: list[dict[str, object]], *names: str) -> pd.DataFrame:
    """Return rows as a frame in which these whole numbers may be missing."""
    frame = pd.DataFrame(rows)
    return frame.assign(**{name: frame[name].astype("Int64") for name in names})
