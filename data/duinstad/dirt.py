"""The dirt of a real extract: planted in the incident files only, and every kind counted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyproj import Transformer

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import CRS
from data.duinstad.themes import STREAMS, YEARS
from data.duinstad.truths import Truth, point_wkt

STACK = {"bicycle_theft": 300, "pickpocketing": 180, "shoplifting": 40, "threat": 80}
"""Registered at the desk: 600 rows that carry the police station's coordinates."""
NULL_ISLAND = 120
SWAPPED = 150
DEGREES = 140
OUTSIDE = 25
DUPLICATES = 210
MISPLACED = (
    "stacked_on_police_station",
    "null_island",
    "swapped_axes",
    "degrees_in_rd_columns",
    "other_province",
)
"""What can be wrong with coordinates."""
UNTIMED_SHARE = 0.03
LATE = 260
RECLASSIFIED = 90
LATE_YEAR = 2024
LAST_DELIVERED_DAY = "2025-12-16"
OTHER_PROVINCE_SHIFT_M = (152_000.0, -61_000.0)


@dataclass(frozen=True)
class Delivery:
    """One file of the police and what is wrong in it.

    ``rows`` has the columns that ``extracts.police_extract`` wants, ``dirt`` among them: the kind
    of trouble with the coordinates, or empty.
    """

    name: str
    year: int
    rows: pd.DataFrame
    not_delivered: int = 0


@dataclass(frozen=True)
class Deliveries:
    """The police files in order of arrival, and where the police station stands."""

    files: tuple[Delivery, ...]
    station: tuple[float, float]


def _desk(city: City, rng: np.random.Generator) -> tuple[float, float]:
    """Return the police station: 260 to 330 m from the railway station."""
    canvas = city.canvas
    hall = canvas.places.iloc[canvas.plantings.cast["station"]]
    away = np.hypot(canvas.spots["x"] - hall["x"], canvas.spots["y"] - hall["y"])
    desk = canvas.spots.iloc[int(rng.choice(np.flatnonzero(away.between(260, 330))))]
    return float(desk["x"]), float(desk["y"])


def _misplaced(rows: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Return per incident what is wrong with its coordinates; planted incidents stay clean."""
    dirt = pd.Series("", index=rows.index)
    clean = rows["truth"] == ""
    for name, count in STACK.items():
        own = rows.index[clean & (rows["stream"] == name)]
        dirt[rng.choice(own, count, replace=False)] = MISPLACED[0]
    counts = (NULL_ISLAND, SWAPPED, DEGREES, OUTSIDE)
    free = rows.index[clean & (dirt == "")]
    chosen = rng.choice(free, sum(counts), replace=False)
    dirt[chosen] = np.repeat(MISPLACED[1:], counts)
    return dirt


def _spoilt(rows: pd.DataFrame, desk: tuple[float, float]) -> pd.DataFrame:
    """Carry out what is wrong with the coordinates."""
    x, y = rows["x"].to_numpy(copy=True), rows["y"].to_numpy(copy=True)
    kind = rows["dirt"].to_numpy()
    stacked, swapped = kind == "stacked_on_police_station", kind == "swapped_axes"
    x[stacked], y[stacked] = desk
    x[kind == "null_island"], y[kind == "null_island"] = 0.0, 0.0
    x[swapped], y[swapped] = y[swapped], x[swapped].copy()
    degrees = kind == "degrees_in_rd_columns"
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    x[degrees], y[degrees] = np.round(to_degrees.transform(x[degrees], y[degrees]), 6)
    outside = kind == "other_province"
    x[outside] += OTHER_PROVINCE_SHIFT_M[0]
    y[outside] += OTHER_PROVINCE_SHIFT_M[1]
    return rows.assign(x=x, y=y)


def _numbered(city: City) -> pd.DataFrame:
    """Return the clean police incidents with a registration number, per year in order."""
    police = city.incidents["stream"].map(lambda name: STREAMS[name].police)
    rows = city.incidents[police].reset_index(drop=True)
    year = rows["begin"].dt.year
    order = rows.groupby(year).cumcount() + 1
    return rows.assign(
        number="DU" + year.astype(str) + order.astype(str).str.zfill(6), year=year.to_numpy()
    )


def _with_duplicates(rows: pd.DataFrame, twice: pd.Index) -> pd.DataFrame:
    """Return the rows with some written twice, one after the other."""
    copies = rows.loc[rows.index.intersection(twice)]
    return pd.concat([rows, copies]).sort_index(kind="stable")


def soil(city: City, seed: int) -> Deliveries:
    """Return the police files as they would arrive.

    Parameters
    ----------
    city
        The clean city.
    seed
        Seed of the city.

    Returns
    -------
        A file per year, the last one cut off before the year ended, and a corrected file for
        an earlier year, which a newer delivery supersedes as a whole.
    """
    rng = stream(seed, "dirt")
    desk = _desk(city, rng)
    rows = _numbered(city)
    rows["dirt"] = _misplaced(rows, rng)
    rows["timed"] = rng.random(len(rows)) >= UNTIMED_SHARE
    rows.loc[rows["truth"] != "", "timed"] = True
    rows = _spoilt(rows, desk)
    twice = pd.Index(rng.choice(rows.index[rows["truth"] == ""], DUPLICATES, replace=False))
    files = [_year_file(rows[rows["year"] == year], year, twice, rng) for year in YEARS]
    corrected = rows[rows["year"] == LATE_YEAR]
    files.append(Delivery(f"incidenten_{LATE_YEAR}_correctie.csv", LATE_YEAR, corrected))
    return Deliveries(tuple(files), desk)


def _year_file(
    rows: pd.DataFrame, year: int, twice: pd.Index, rng: np.random.Generator
) -> Delivery:
    """Return the first delivery of one year."""
    kept = rows
    if year == LATE_YEAR:
        autumn = rows.index[(rows["begin"].dt.month >= 10) & (rows["truth"] == "")]
        kept = rows.drop(rng.choice(autumn, LATE, replace=False))
        completed = kept.index[kept["code"] == "B20"]
        early = rng.choice(completed, RECLASSIFIED, replace=False)
        kept = kept.assign(code=kept["code"].mask(kept.index.isin(early), "B21"))
    if year == YEARS[-1]:
        kept = rows[rows["begin"] < pd.Timestamp(LAST_DELIVERED_DAY) + pd.Timedelta(days=1)]
    delivered = _with_duplicates(kept, twice)
    return Delivery(f"incidenten_{year}.csv", year, delivered, len(rows) - len(kept))


def dirt_ledger(deliveries: Deliveries) -> dict[str, object]:
    """Count every kind of dirt, file by file.

    Parameters
    ----------
    deliveries
        The police files.

    Returns
    -------
        Per file the rows, the distinct registrations, what was not delivered and each kind of
        dirt among the rows.
    """
    files: dict[str, object] = {}
    for file in deliveries.files:
        kinds = file.rows["dirt"].value_counts().reindex(MISPLACED, fill_value=0)
        files[file.name] = {
            "rows": len(file.rows),
            "registrations": int(file.rows["number"].nunique()),
            "not_delivered": file.not_delivered,
            "duplicate_rows": int(file.rows["number"].duplicated().sum()),
            "missing_times": int((~file.rows["timed"]).sum()),
            **{str(kind): int(count) for kind, count in kinds.items()},
        }
    return {
        "police_station": point_wkt(*deliveries.station),
        "last_delivered_day": LAST_DELIVERED_DAY,
        "late_year": LATE_YEAR,
        "late_registrations": LATE,
        "reclassified_from_attempted_to_completed": RECLASSIFIED,
        "files": files,
    }


def stack_truth(city: City, deliveries: Deliveries) -> Truth:
    """Describe the stack on the police station beside a real station hotspot."""
    hall = city.canvas.places.iloc[city.canvas.plantings.cast["station"]]
    return Truth(
        11,
        "police_station_stack",
        "600 punten gestapeld op het politiebureau, naast een echte hotspot bij het station",
        "One location marked as a stack, never a hotspot; the railway station beside it is one.",
        ("bicycle_theft", "pickpocketing"),
        geometry=point_wkt(*deliveries.station),
        planted={"stacked_points": STACK, "real_hotspot": point_wkt(hall["x"], hall["y"])},
    )
