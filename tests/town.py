"""A town of six square districts: every figure of it can be worked out by hand.

Districts WK999901 to WK999906 lie in two rows of three, a kilometre wide. Burglaries per month
are constant (so that every month is a twelfth of a year), except that December counts double:
a year has 13 parts, of which December has 2. December 2023 was not delivered; district 5 was
never delivered; district 6 has no dwellings.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

MONTHLY = {"01": 8, "02": 4, "03": 2, "04": 1, "06": 1}
DWELLINGS = {"01": 4000, "02": 1000, "03": 2000, "04": 47, "05": 900, "06": 0}
YEARS = (2021, 2022, 2023)
MISSING = "2023-12"


@dataclass(frozen=True)
class Town:
    """Where the town's files are."""

    areas: Path
    counts: Path
    categories: Path


def areas_frame() -> gpd.GeoDataFrame:
    """Return the districts in RD New."""
    squares = [
        box(
            90_000 + 1000 * (i % 3),
            450_000 + 1000 * (i // 3),
            91_000 + 1000 * (i % 3),
            451_000 + 1000 * (i // 3),
        )
        for i in range(6)
    ]
    return gpd.GeoDataFrame(
        {
            "wijkcode": [f"WK9999{number}" for number in DWELLINGS],
            "wijknaam": [f"Wijk {number}" for number in DWELLINGS],
            "woningen": list(DWELLINGS.values()),
        },
        geometry=squares,
        crs="EPSG:28992",
    )


def counts_frame() -> pd.DataFrame:
    """Return the monthly burglaries (half of them attempts) as a source would list them."""
    rows = [
        (year, month, f"WK9999{number}", code, monthly * (2 if month == 12 else 1))
        for year in YEARS
        for month in range(1, 13)
        if f"{year}-{month:02d}" != MISSING
        for number, monthly in MONTHLY.items()
        for code in ("INB-V", "INB-P")
    ]
    return pd.DataFrame(rows, columns=["jaar", "maand", "wijkcode", "delictcode", "aantal"])


CATEGORIES = """code,theme,attempt,description
INB-V,burglary,completed,Woninginbraak voltooid
INB-P,burglary,attempted,Woninginbraak poging
E33,confused_person,unknown,Verward persoon
FTS,bicycle_theft,unknown,Fietsdiefstal
"""


def build_town(folder: Path) -> Town:
    """Write the town's files to `folder`."""
    town = Town(folder / "wijken.gpkg", folder / "aantallen.csv", folder / "categorieen.csv")
    areas_frame().to_file(town.areas, layer="wijken")
    counts_frame().to_csv(town.counts, index=False, sep=";")
    town.categories.write_text(CATEGORIES, encoding="utf-8")
    return town
