"""A town with streets, two sources and three area measures: every figure can be counted by hand.

Three kilometres by two, a street every 100 m. Each measure began on 1 January 2023 in a square of
two by two blocks; both sources tell of it, month by month the same number, but

- ``AV1``: ten a month of each source before, one a month since;
- ``AV2``: ten a month of each source all along;
- ``AV3``: in the last year reports rise from ten to twenty a month and records fall to five.

Elsewhere there are sixty a month of each source. The police find three a month by themselves in
``AV2``; December 2022 was not delivered by the police.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Polygon, box

from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.store.workspace import Workspace, init_workspace

CRS = "EPSG:28992"
WEST, SOUTH = 90_000.0, 450_000.0
NOW = datetime(2026, 1, 5, tzinfo=UTC)
YEARS = range(2020, 2026)
BEGAN = "2023-01-01"
CORNERS = {"AV1": (300, 300), "AV2": (1500, 700), "AV3": (2300, 1300)}
SIDE_M = 200.0
SOURCES = {"police": ("DRANK", "politie"), "citizens": ("MELDING", "meldpunt")}
THEMES = {"police": "alcohol_nuisance", "citizens": "alcohol_reports"}
NAMED = {"wijken": ("wijk", ["WK999901", "WK999902"]), "stadsdelen": ("stadsdeel", ["SD1", "SD2"])}
NOT_DELIVERED = "2022-12"
BACKGROUND = 60
FOUND_BY_POLICE = 3


def square(code: str) -> Polygon:
    """Return the blocks of a measure, out to the middle of the streets around them."""
    x, y = CORNERS[code]
    return box(WEST + x, SOUTH + y, WEST + x + SIDE_M, SOUTH + y + SIDE_M)


def monthly(code: str, source: str, year: int) -> int:
    """Return how many incidents a source tells of in an area in a month of a year."""
    if code == "AV1":
        return 1 if year >= 2023 else 10
    if code == "AV3" and year == 2025:
        return 20 if source == "citizens" else 5
    return 10


def build(folder: Path) -> Workspace:
    """Write the town's files and take them in."""
    folder.mkdir(parents=True, exist_ok=True)
    workspace = init_workspace(folder / "ws", name="Verbodstad", crs=CRS)
    policy = Policy()
    for name, level in (("wijken", "wijk"), ("stadsdelen", "stadsdeel")):
        _areas(name).to_file(folder / f"{name}.gpkg")
        take_in(
            workspace, "areas", folder / f"{name}.gpkg", at=NOW, policy=policy, level=level  # type: ignore[arg-type]  # a level
        )  # fmt: skip
    _streets().to_file(folder / "straten.gpkg")
    take_in(workspace, "streets", folder / "straten.gpkg", at=NOW, policy=policy)
    _addresses().to_file(folder / "adressen.gpkg")
    take_in(workspace, "dwellings", folder / "adressen.gpkg", at=NOW, policy=policy)
    for source, (code, name) in SOURCES.items():
        codes, mapping = folder / f"{source}_codes.csv", folder / f"{source}.toml"
        codes.write_text(
            f"code,theme,attempt,description\n{code},{THEMES[source]},unknown,\n", "utf-8"
        )
        mapping.write_text(f'source = "{name}"\n', "utf-8")
        file = folder / f"{source}.csv"
        incidents(source).to_csv(file, index=False)
        take_in(
            workspace, "incidents", file, at=NOW, policy=policy, mapping=mapping, categories=codes
        )
    measures().to_file(folder / "verboden.gpkg")
    timeline(folder / "tijdlijn.csv")
    return workspace


def incidents(source: str) -> pd.DataFrame:
    """Return everything that a source tells of."""
    rng = np.random.default_rng(len(source))
    rows = list(_rows(source, rng))
    columns = ["datum", "tijd", "klasse", "x", "y", "initiatief"]
    return pd.DataFrame(rows, columns=columns)


def _rows(source: str, rng: np.random.Generator) -> Iterator[tuple[object, ...]]:
    code = SOURCES[source][0]
    inside = {each: square(each).buffer(-9, join_style="mitre") for each in CORNERS}
    for year in YEARS:
        for month in range(1, 13):
            if source == "police" and f"{year}-{month:02d}" == NOT_DELIVERED:
                continue
            for area, shape in inside.items():
                number = monthly(area, source, year)
                yield from _spread(code, year, month, shape.bounds, number, rng, "burger")
            if source == "police":
                bounds = inside["AV2"].bounds
                yield from _spread(code, year, month, bounds, FOUND_BY_POLICE, rng, "politie")
            # Along the southern edge, outside every measure and its ring.
            away = (WEST + 1000, SOUTH + 20, WEST + 2900, SOUTH + 120)
            yield from _spread(code, year, month, away, BACKGROUND, rng, "burger")


def _spread(
    code: str,
    year: int,
    month: int,
    bounds: tuple[float, float, float, float],
    number: int,
    rng: np.random.Generator,
    initiator: str,
) -> Iterator[tuple[object, ...]]:
    left, low, right, high = bounds
    for n in range(number):
        day = f"{1 + n % 28:02d}-{month:02d}-{year}"
        x, y = rng.uniform(left, right), rng.uniform(low, high)
        yield day, f"{(7 * n + month) % 24:02d}:15", code, f"{x:.2f}", f"{y:.2f}", initiator


def measures() -> gpd.GeoDataFrame:
    """Return the file of measures."""
    codes = list(CORNERS)
    columns = {
        "code": codes,
        "naam": [f"Verbod {code}" for code in codes],
        "soort": ["alcoholverbod"] * len(codes),
        "begin": [BEGAN] * len(codes),
        "einde": ["2027-12-31"] * len(codes),
    }
    return gpd.GeoDataFrame(columns, geometry=[square(code) for code in codes], crs=CRS)


def timeline(path: Path) -> None:
    """Write what was tried in ``AV2``, and what was found there."""
    path.write_text(
        "gebied,soort,wat,begin,einde,resultaat,nog_nodig\n"
        "AV2,lichtere maatregel,Straatcoaches ingezet,2022-02-01,2022-08-31,te weinig,\n"
        "AV2,bevinding,Nog elke dag drinkers,2025-11-01,,,ja\n",
        "utf-8",
    )


def _areas(name: str) -> gpd.GeoDataFrame:
    """Return one district a stadsdeel: west and east."""
    half = [
        box(WEST, SOUTH, WEST + 1400, SOUTH + 2000),
        box(WEST + 1400, SOUTH, WEST + 3000, SOUTH + 2000),
    ]
    kind, codes = NAMED[name]
    columns = {f"{kind}code": codes, f"{kind}naam": ["West", "Oost"]}
    return gpd.GeoDataFrame(columns, geometry=half, crs=CRS)


def _streets() -> gpd.GeoDataFrame:
    """Return a street every 100 m both ways."""
    across = [(y, LineString([(0, y), (3000, y)])) for y in range(0, 2001, 100)]
    along = [(x, LineString([(x, 0), (x, 2000)])) for x in range(0, 3001, 100)]
    names = [f"{_letter(y)}dwarsweg" for y, _ in across] + [
        f"{_letter(x)}langeweg" for x, _ in along
    ]
    lines = gpd.GeoSeries([line for _, line in across + along], crs=CRS).translate(WEST, SOUTH)
    return gpd.GeoDataFrame({"naam": names}, geometry=lines)


def _letter(metres: int) -> str:
    """Return a letter, or two, for a street: a number would make an address of its name."""
    number = metres // 100
    return chr(65 + number % 26) + "a" * (number // 26)


def _addresses() -> gpd.GeoDataFrame:
    """Return a dwelling in the middle of every block: four in each measure."""
    x, y = np.meshgrid(np.arange(50, 3000, 100), np.arange(50, 2000, 100))
    points = gpd.points_from_xy(WEST + x.ravel(), SOUTH + y.ravel())
    return gpd.GeoDataFrame({"woningen": [1] * len(points)}, geometry=points, crs=CRS)
