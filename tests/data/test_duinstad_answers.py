"""What the truths say should be found, counted again from the delivered files."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial.distance import pdist

from tests.data.planted import point

pytestmark = pytest.mark.slow

Told = dict[str, Any]
Truths = dict[str, Told]
DIRT = 0.04
"""Share of incidents that at most is misplaced or not delivered, with some room for chance."""


@pytest.fixture(scope="module")
def truths(folder: Path) -> Truths:
    content = json.loads((folder / "waarheden.json").read_text("utf-8"))
    return {truth["key"]: truth for truth in content["truths"]}


@pytest.fixture(scope="module")
def events(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "evenementen.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def incidents(folder: Path) -> gpd.GeoDataFrame:
    """Incidents of both sources with theme and buurt; the corrected 2024 in place of the first."""
    parts = []
    for year in range(2019, 2026):
        name = f"incidenten_{year}_correctie.csv" if year == 2024 else f"incidenten_{year}.csv"
        police = pd.read_csv(folder / name, sep=";", decimal=",", encoding="cp1252")
        police = police.drop_duplicates("registratienummer")
        begin = police["begindatum"] + " " + police["begintijd"].fillna("12:00")
        parts.append(
            pd.DataFrame(
                {
                    "code": police["klasse"],
                    "x": police["x"],
                    "y": police["y"],
                    "begin": pd.to_datetime(begin, format="%d-%m-%Y %H:%M"),
                }
            )
        )
        reports = pd.read_csv(folder / f"meldingen_{year}.csv")
        parts.append(
            pd.DataFrame(
                {
                    "code": reports["subcategorie"],
                    "x": reports["x_coordinaat"],
                    "y": reports["y_coordinaat"],
                    "begin": pd.to_datetime(reports["aangemaakt_op"]),
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    names = ("categorieen.csv", "categorieen_meldingen.csv")
    codes = pd.concat([pd.read_csv(folder / name) for name in names]).set_index("code")
    rows["theme"] = rows["code"].map(codes["theme"])
    points = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs="EPSG:28992"
    )
    buurten = gpd.read_file(folder / "gebieden.gpkg", layer="buurten")
    areas = buurten[["code", "wijkcode", "geometry"]].rename(columns={"code": "buurt"})
    return points.sjoin(areas, predicate="within")


def about(told: int) -> object:
    return pytest.approx(told, rel=DIRT, abs=4)


def expected(truths: Truths, key: str) -> Told:
    answer: Told = truths[key]["expected"]
    return answer


def near(rows: pd.DataFrame, wkt: str, radius_m: float) -> pd.DataFrame:
    x, y = point(wkt)
    return rows[np.hypot(rows["x"] - x, rows["y"] - y) < radius_m]


def test_truth_6_other_place_is_hot_since_july_2022(
    truths: Truths, incidents: pd.DataFrame
) -> None:
    answer = expected(truths, "camera_square")
    rows = near(incidents, answer["hot_at"], answer["radius_m"])
    counts = answer["counts"]
    since = rows["begin"] >= "2022-07-01"
    for theme, told in counts.items():
        own = rows["theme"] == theme
        assert int((own & ~since).sum()) == about(told["before"])
        assert int((own & since).sum()) == about(told["after"])
    for theme in ("assault", "nightlife_nuisance"):
        assert counts[theme]["after"] > 5 * max(counts[theme]["before"], 4)


@pytest.mark.parametrize(
    ("key", "police", "reports"),
    [
        ("need_gone", "youth_nuisance", "youth_reports"),
        ("ban_faded", "alcohol_nuisance", "alcohol_reports"),
        ("ban_persistent", "alcohol_nuisance", "alcohol_reports"),
    ],
)
def test_truths_7_and_8_months_at_the_place_are_those_told(
    truths: Truths, incidents: pd.DataFrame, key: str, police: str, reports: str
) -> None:
    answer = expected(truths, key)
    rows = near(incidents, truths[key]["geometry"], answer["radius_m"])
    rows = rows[rows["begin"] < "2025-12-01"]
    monthly = answer["monthly"]
    assert set(monthly) == {police, reports}
    months = pd.period_range("2019-01", "2025-12", freq="M")
    change = months < pd.Period(answer["changes_from"], freq="M")
    for theme, told in monthly.items():
        found = rows.loc[rows["theme"] == theme, "begin"].dt.to_period("M").value_counts()
        count = found.reindex(months, fill_value=0).to_numpy()[:-1]
        given = np.array(told)[:-1]
        assert np.abs(count - given).sum() <= DIRT * given.sum()
        after, before = given[~change[:-1]].mean(), given[change[:-1]].mean()
        assert after / before == pytest.approx(answer["factor"], abs=0.25)


def test_truth_9_half_years_are_those_told(truths: Truths, incidents: pd.DataFrame) -> None:
    answer = expected(truths, "enforcement_action")
    (wijk,) = truths["enforcement_action"]["areas"]
    rows = incidents[(incidents["wijkcode"] == wijk) & incidents["begin"].dt.month.between(4, 9)]
    table = rows.groupby(["theme", rows["begin"].dt.year]).size()
    counts = answer["counts"]
    assert set(counts) == {"youth_nuisance", "alcohol_nuisance"}
    pairs = {"police": "nuisance", "citizens": "reports"}
    for theme, sources in counts.items():
        for who, ending in pairs.items():
            name = theme.removesuffix("nuisance") + ending
            for year, told in sources[who].items():
                assert int(table.get((name, int(year)), 0)) == about(told)
    change = {}
    for who in pairs:
        years = pd.DataFrame([sources[who] for sources in counts.values()]).sum()
        change[who] = years["2024"] / years.drop("2024").mean()
    assert change["citizens"] > 1.2
    assert change["police"] < 1


def test_truth_12_nights_are_those_told(truths: Truths, incidents: pd.DataFrame) -> None:
    answer = expected(truths, "new_year_night")
    (buurt,) = truths["new_year_night"]["areas"]
    rows = incidents[(incidents["buurt"] == buurt) & (incidents["theme"] == "vandalism")]
    nights = answer["per_night"]
    assert len(nights) == 6
    usual = len(rows) / 2557
    for first, told in nights.items():
        since = pd.Timestamp(f"{first} 20:00")
        night = rows["begin"].between(since, since + pd.Timedelta(hours=10)).sum()
        assert told <= night <= told + 3, "planted ones are never spoilt"
        assert night > 30 * usual


def test_truth_15_burst_is_in_the_file(truths: Truths, incidents: pd.DataFrame) -> None:
    answer = expected(truths, "burst")
    places = shapely.get_coordinates(shapely.from_wkt(truths["burst"]["geometry"]))
    until = pd.Timestamp(answer["last"]) + pd.Timedelta(days=1)
    rows = incidents[
        (incidents["theme"] == "burglary")
        & (incidents["begin"] >= answer["first"])
        & (incidents["begin"] < until)
    ]
    points = rows[["x", "y"]].to_numpy()
    away_m = np.hypot(*(points[:, None] - places).transpose(2, 0, 1)).min(axis=1)
    own = rows[away_m < 0.1]
    assert len(own) == answer["burglaries"] == 8
    assert set(own["wijkcode"]) == {answer["wijk"]}
    assert pdist(own[["x", "y"]].to_numpy()).max() <= answer["radius_m"] == 300


# ---------------------------------------------------------------- events
def test_calendar_counts(events: pd.DataFrame) -> None:
    assert list(events.columns) == ["datum", "einddatum", "soort", "naam", "gebiedscode", "niveau"]
    count = events["soort"].value_counts()
    assert (count["voetbal"], count["warme dag"]) == (7 * 17, 7 * 24)
    assert not events.duplicated().any()
    assert list(events["datum"]) == sorted(events["datum"])
    ends = events[events["einddatum"] != ""]
    assert (ends["einddatum"] > ends["datum"]).all()


def test_new_year_is_every_night_of_the_data(events: pd.DataFrame) -> None:
    own = events[events["soort"] == "jaarwisseling"]
    assert list(zip(own["datum"], own["einddatum"], strict=True)) == [
        (f"{year}-12-31", "") for year in range(2018, 2026)
    ]


def test_large_events_are_few_and_none_in_two_years(events: pd.DataFrame) -> None:
    own = events[events["soort"].isin(["evenement", "demonstratie"])]
    per_year = own["datum"].str[:4].value_counts()
    assert set(per_year.index) == {"2019", "2022", "2023", "2024", "2025"}
    assert per_year.max() <= 10
    days = pd.DatetimeIndex(own.loc[own["naam"] == "Koningsdag", "datum"])
    assert list(days.strftime("%m-%d")) == ["04-27"] * 4 + ["04-26"]
    assert set(days.day_name()).isdisjoint({"Sunday"})


@pytest.mark.parametrize(
    ("key", "kind", "first", "last"),
    [
        ("lock_programme", "maatregel", "2024-01-01", ""),
        ("camera_square", "maatregel", "2022-07-01", ""),
        ("need_gone", "maatregel", "2025-03-01", ""),
        ("ban_faded", "maatregel", "2023-01-01", ""),
        ("ban_persistent", "maatregel", "2023-01-01", ""),
        ("enforcement_action", "handhavingsactie", "2024-04-01", "2024-09-30"),
        ("opening_hours", "maatregel", "2024-01-01", ""),
        ("beach_ban", "maatregel", "2023-09-01", ""),
    ],
)
def test_measure_of_a_truth_is_in_the_calendar_of_its_area(
    folder: Path,
    truths: Truths,
    events: pd.DataFrame,
    key: str,
    kind: str,
    first: str,
    last: str,
) -> None:
    truth = truths[key]
    own = events[
        (events["soort"] == kind) & (events["datum"] == first) & (events["einddatum"] == last)
    ]
    layers = {"wijk": "wijken", "buurt": "buurten"}
    found = 0
    for code, level in zip(own["gebiedscode"], own["niveau"], strict=True):
        area = gpd.read_file(folder / "gebieden.gpkg", layer=layers[level]).set_index("code")
        if truth["areas"]:
            found += [code] == truth["areas"]
        else:
            place = shapely.from_wkt(truth["geometry"])
            found += bool(area.geometry[code].distance(place) < 1)
    assert found == 1


def test_no_measure_explains_the_fall_by_itself(truths: Truths, events: pd.DataFrame) -> None:
    (area,) = truths["regression_to_the_mean"]["areas"]
    assert area not in set(events["gebiedscode"])
    measures = events[events["soort"].isin(["maatregel", "handhavingsactie"])]
    assert len(measures) == 8
    assert (measures["gebiedscode"] != "").all()
