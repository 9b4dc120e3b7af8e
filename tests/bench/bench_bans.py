"""Reviews of 22 area measures on facts taken in before."""

import shutil

import geopandas as gpd
import numpy as np
import shapely

from tests.bench import Command
from tests.bench.bench_run import FEW, FOLDER
from tests.bench.city import CRS, SEED, SIDE_M, SOUTH, WEST, city

AREAS, RADIUS_M = 22, 120.0
THEMES = '[bans.themes]\nalcohol_ban = ["alcohol_nuisance", "nightlife_nuisance"]\n'


def prepare() -> list[str]:
    """Make the city once, forget its runs, draw the areas, and return the arguments of a review."""
    workspace = city(FOLDER, FEW)
    shutil.rmtree(workspace.runs, ignore_errors=True)
    rng = np.random.default_rng(SEED)
    middle = rng.uniform(0.05, 0.95, (AREAS, 2)) * SIDE_M + np.array([WEST, SOUTH])
    columns = {
        "code": [f"A{number}" for number in range(AREAS)],
        "kind": ["alcohol_ban"] * AREAS,
        "start": ["2022-01-01"] * AREAS,
    }
    areas, policy = FOLDER / "bans.gpkg", FOLDER / "bans.toml"
    shapes = shapely.buffer(shapely.points(middle), RADIUS_M)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(areas)
    policy.write_text(THEMES, encoding="utf-8")
    asked = ["bans", "review", "--areas", str(areas), "--policy", str(policy)]
    return ["-m", "hotspots.cli", *asked, "--workspace", str(workspace.path), "--format", "json"]


def cases() -> list[Command]:
    """Return what is timed."""
    return [Command("review of bans", prepare, f"{AREAS} areas, {FEW:,} incidents, 14 themes")]
