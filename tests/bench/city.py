"""A made-up city as a workspace, so that a whole run can be measured on facts taken in before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.grid import Floats
from hotspots.ingest.result import Ingested
from hotspots.pipeline.deliveries import deliver
from hotspots.schemas import Kind, Level
from hotspots.store.workspace import Workspace, init_workspace, open_workspace

SEED = 20_260_101
CRS = "EPSG:28992"
WEST, SOUTH, SIDE_M = 90_000.0, 450_000.0, 9_900.0
YEARS = range(2019, 2026)
N_DWELLINGS, N_CENTRES, SPREAD_M = 60_000, 60, 150.0
N_WIJKEN = 10
THEMES = (
    "alcohol_nuisance", "assault", "bicycle_theft", "burglary", "commercial_robbery",
    "drugs_nuisance", "nightlife_nuisance", "pickpocketing", "shoplifting", "street_robbery",
    "theft_from_vehicle", "threat", "vandalism", "youth_nuisance",
)  # fmt: skip
_AT = datetime(2026, 1, 1, tzinfo=UTC)


def city(folder: Path, n_incidents: int) -> Workspace:
    """Return a workspace of 98 km2 with 14 themes in seven years; made once.

    Half of each theme's incidents lie round centres of its own, the rest where people live.
    """
    path = folder / f"city-{n_incidents}"
    if (path / "workspace.json").exists():
        return open_workspace(path)
    workspace = init_workspace(path, name="Bench", crs=CRS, demo=True)
    rng = np.random.default_rng(SEED)
    homes = _near_centres(N_DWELLINGS, rng)
    for given in (*_areas(), _dwellings(homes), *_incidents(n_incidents, homes, rng)):
        deliver(workspace, given, at=_AT)
    return workspace


def _near_centres(n: int, rng: np.random.Generator) -> Floats:
    """Return points round centres of different weight, shape (n, 2)."""
    centres = rng.random((N_CENTRES, 2)) * SIDE_M
    weight = rng.gamma(0.5, 1, N_CENTRES)
    chosen = centres[rng.choice(N_CENTRES, n, p=weight / weight.sum())]
    near: Floats = (chosen + rng.normal(0, SPREAD_M, (n, 2))) % SIDE_M
    return np.asarray(near + [WEST, SOUTH])  # noqa: RUF005


def _areas() -> Iterator[Ingested]:
    """Yield the municipality, and its wijken in rows and columns."""
    whole = shapely.box(WEST, SOUTH, WEST + SIDE_M, SOUTH + SIDE_M)
    step = SIDE_M / N_WIJKEN
    west, south = (side.ravel() for side in np.indices((N_WIJKEN, N_WIJKEN)) * step)
    wijken = shapely.box(WEST + west, SOUTH + south, WEST + west + step, SOUTH + south + step)
    yield _given("areas", _areas_frame("municipality", [whole], "GM9999"), level="municipality")
    yield _given("areas", _areas_frame("wijk", list(wijken), "WK9999"), level="wijk")


def _areas_frame(level: Level, shapes: list[shapely.Polygon], prefix: str) -> gpd.GeoDataFrame:
    codes = [f"{prefix}{number:02d}" for number in range(len(shapes))]
    n = len(shapes)
    return gpd.GeoDataFrame(
        {
            "area_code": pd.Series(codes, dtype="str"),
            "area_name": pd.Series(codes, dtype="str"),
            "level": pd.Series([level] * n, dtype="str"),
            "parent_code": pd.Series([None] * n, dtype="str"),
            "dwellings": pd.Series([pd.NA] * n, dtype="Int64"),
        },
        geometry=shapes,
        crs=CRS,
    )


def _dwellings(homes: Floats) -> Ingested:
    ones = {"dwellings": np.ones(len(homes), dtype=np.int64)}
    return _given("dwellings", gpd.GeoDataFrame(ones, geometry=shapely.points(homes), crs=CRS))


def _incidents(n: int, homes: Floats, rng: np.random.Generator) -> Iterator[Ingested]:
    """Yield a delivery per year."""
    share = rng.gamma(4, 1, len(THEMES))
    theme = np.sort(rng.choice(len(THEMES), n, p=share / share.sum()))
    lived = homes[rng.integers(0, len(homes), n)] + rng.normal(0, 20, (n, 2))
    own = np.concatenate([_near_centres(each, rng) for each in np.bincount(theme)])
    place = np.where((rng.random(n) < 0.5)[:, None], lived, own)
    first = np.datetime64(f"{YEARS[0]}-01-01", "s").astype(np.int64)
    last = np.datetime64(f"{YEARS[-1] + 1}-01-01", "s").astype(np.int64)
    start = pd.Series(rng.integers(first, last, n).astype("datetime64[s]"))
    rows = gpd.GeoDataFrame(
        {
            "theme": pd.Series(np.array(THEMES)[theme], dtype="str"),
            "attempt": pd.Series(["unknown"] * n, dtype="str"),
            "initiator": pd.Series(np.where(rng.random(n) < 0.2, "police", "citizen"), dtype="str"),
            "month": start.dt.strftime("%Y-%m").astype("str"),
            "start": start,
            "end": pd.Series(np.full(n, np.datetime64("NaT", "s"))),
            "time_precision": pd.Series(["minute"] * n, dtype="str"),
            "precision_m": 0.1,
        },
        geometry=shapely.points(place),
        crs=CRS,
    )
    rows = rows.sort_values("start")
    for year in YEARS:
        of_year = rows[rows["start"].dt.year == year].reset_index(drop=True)
        months = [f"{year}-{month:02d}" for month in range(1, 13)]
        yield _given("incidents", of_year, months=months, file=f"incidents_{year}")


def _given(
    kind: Kind,
    rows: gpd.GeoDataFrame,
    *,
    level: Level | None = None,
    months: list[str] | None = None,
    file: str | None = None,
) -> Ingested:
    name = file or f"{kind}_{level}"
    return Ingested(
        kind=kind,
        file=name,
        sha256=sha256(name.encode()).hexdigest(),
        source="bench",
        level=level,
        facts=rows,
        rejects=pd.DataFrame(),
        read=len(rows),
        rejected=0,
        mapping={},
        notes=[],
        months=months or [],
    )
