"""Duinstad, planted anew with seeds that nothing was tuned to, through the command line: a score.

Every answer is judged by what was planted (`waarheden.json`, and the places of the generator),
never by an earlier answer of the software. `pytest -s tests/test_duinstad_score.py` prints it.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from rich.console import Console
from rich.table import Table
from shapely.geometry.base import BaseGeometry

from data.duinstad.city import City
from data.duinstad.themes import STREAMS
from data.duinstad.write import write_city
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import open_workspace
from tests.test_cli import hotspots

DEMO_SEED = 20260101
UNSEEN_SEEDS = (7, 4711, 31_415)
MONTHS = 36
POLICE_FILES = ("2023", "2024", "2024_correctie", "2025")
REPORT_FILES = ("2023", "2024", "2025")
NEAR_NIGHT_M = 130.0
"""How far the vandalism of a New Year's night is planted from its middle."""


@dataclass(frozen=True)
class Answer:
    """One planted truth beside what the software says of it."""

    number: int
    truth: str
    said: str
    right: bool


@dataclass(frozen=True)
class Scored:
    """A city, what was planted in it, and the run that was made of its files."""

    city: City
    folder: Path
    run: Run

    @cached_property
    def truths(self) -> dict[str, dict[str, object]]:
        content = json.loads((self.folder / "waarheden.json").read_text("utf-8"))
        return {each["key"]: each for each in content["truths"]}

    @cached_property
    def hotspots(self) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(self.run.table("hotspots"), crs=self.run.record.crs)

    @cached_property
    def ranked(self) -> dict[str, pd.DataFrame]:
        table = self.run.table("priorities")
        ranked = table[table["status"] == "ranked"].set_index("area_code")
        return {level: ranked[ranked["level"] == level] for level in ("wijk", "buurt")}

    @cached_property
    def built_up(self) -> BaseGeometry:
        return gpd.read_file(self.folder / "bebouwde_kom.gpkg").union_all()

    def place(self, key: str) -> BaseGeometry:
        return point(self.truths[key]["geometry"])

    def areas(self, key: str) -> list[str]:
        codes = self.truths[key]["areas"]
        assert isinstance(codes, list)
        return codes

    def of(self, theme: str, kind: str | None = None) -> gpd.GeoDataFrame:
        """Return the polygons of a theme over three years."""
        table = self.hotspots
        table = table[(table["theme"] == theme) & (table["months"] == MONTHS)]
        return table if kind is None else table[table["kind"] == kind]

    def distance_m(self, theme: str, kind: str, place: BaseGeometry) -> float:
        """Return how far the nearest polygon of a kind lies from a place."""
        return float(min(self.of(theme, kind).distance(place), default=np.inf))


def point(text: object) -> BaseGeometry:
    place = shapely.from_wkt(str(text))
    assert place is not None
    return place


def command(*arguments: str | Path) -> None:
    done = hotspots(*arguments)
    assert done.returncode == 0, done.stderr


def analysed(folder: Path, seed: int) -> Scored:
    """Build a city, take its files in by command, and make the yearly run."""
    extracts, workspace = folder / "duinstad", folder / "ws"
    city = write_city(extracts, seed)
    to = ("--workspace", workspace)
    command("init", workspace, "--name", "Duinstad", "--demo")
    for level in ("wijk", "buurt"):
        command("ingest", "areas", extracts / "gebieden.gpkg", "--level", level, *to)
    command("ingest", "built-up", extracts / "bebouwde_kom.gpkg", *to)
    command("ingest", "dwellings", extracts / "adressen.parquet", *to)
    police = ("--categories", extracts / "categorieen.csv")
    command("ingest", "counts", extracts / "aantallen_per_buurt_maand.csv.gz", *police, *to)
    for year in POLICE_FILES:
        command("ingest", "incidents", extracts / f"incidenten_{year}.csv", *police, *to)
    for year in REPORT_FILES:
        categories = ("--categories", extracts / "categorieen_meldingen.csv")
        command("ingest", "incidents", extracts / f"meldingen_{year}.csv", *categories, *to)
    command("run", *to)
    return Scored(city, extracts, open_run(open_workspace(workspace), "latest"))


@pytest.fixture(
    scope="module",
    params=[DEMO_SEED, *(pytest.param(seed, marks=pytest.mark.slow) for seed in UNSEEN_SEEDS)],
)
def scored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    return analysed(tmp_path_factory.mktemp(f"zaad{request.param}"), request.param)


# ---------------------------------------------------------------- priorities
def new_estate(scored: Scored) -> Answer:
    (code,) = scored.areas("new_estate")
    row = scored.ranked["wijk"].loc[code]
    return Answer(
        1,
        "new estate: modest count, high risk",
        f"place {row['rank_count']} on count, {row['rank_rate']} on shrunk rate",
        bool(row["rank_count"] > 5 and row["rank_rate"] <= 3),
    )


def large_district(scored: Scored) -> Answer:
    (code,) = scored.areas("large_district")
    table = scored.ranked["wijk"]
    row = table.loc[code]
    city = 1000 * table["count"].sum() / table["exposure"].sum()
    ratio = row["eb_rate"] / city
    return Answer(
        2,
        "large district: top count, average risk",
        f"place {row['rank_count']} on count, {ratio:.2f} times the city's rate",
        bool(row["rank_count"] == 1 and abs(ratio - 1) <= 0.15),
    )


def tiny_area(scored: Scored) -> Answer:
    said, right = [], True
    for level, code in zip(("wijk", "buurt"), scored.areas("tiny_area"), strict=True):
        table = scored.ranked[level]
        row = table.loc[code]
        said.append(f"{level}: place {row['rank_rate']} on shrunk rate, {row['rank']} together")
        right &= bool(
            table["rate_per_1000"].idxmax() == code  # it tops the naive list
            and row["rank_rate"] > 1
            and row["rank"] > 11
            and "few_dwellings" in row["remarks"]
        )
    return Answer(3, "47 dwellings: flagged, not on top", "; ".join(said), right)


# ---------------------------------------------------------------- hotspots
def police_station(scored: Scored) -> Answer:
    desk = scored.place("police_station_stack")
    planted = scored.truths["police_station_stack"]["planted"]
    assert isinstance(planted, dict)
    hall = point(planted["real_hotspot"])
    stacks = [scored.distance_m(theme, "stack", desk) for theme in _DESK_THEMES]
    halls = [scored.distance_m(theme, "hotspot", hall) for theme in _DESK_THEMES]
    claimed = [bool(scored.of(theme, "hotspot").contains(desk).any()) for theme in _DESK_THEMES]
    return Answer(
        11,
        "police station a stack, railway station a hotspot",
        f"stack {max(stacks):.0f} m from the desk, hotspot {max(halls):.0f} m from the hall",
        max(stacks) == 0 and max(halls) == 0 and not any(claimed),
    )


_DESK_THEMES = ("bicycle_theft", "pickpocketing")


def new_year(scored: Scored) -> Answer:
    middle = scored.place("new_year_night")
    nights = scored.of("vandalism", "one_night")
    near = nights[nights.distance(middle) < NEAR_NIGHT_M]
    named = sorted(set(near["one_night"]))
    claimed = bool(scored.of("vandalism", "hotspot").contains(middle).any())
    return Answer(
        12,
        "hot on New Year's night alone",
        f"one_night {', '.join(named) or 'nowhere near'}" + (", and a hotspot" if claimed else ""),
        named == ["12-31"] and not claimed,
    )


def quiet_districts(scored: Scored) -> Answer:
    wijken = gpd.read_file(scored.folder / "gebieden.gpkg", layer="wijken").set_index("code")
    quiet = wijken.loc[scored.areas("quiet_districts")].union_all()
    shapely.prepare(quiet)
    middles = scored.hotspots.geometry.centroid
    wrong = scored.hotspots[middles.within(quiet)]
    return Answer(
        16,
        "quiet districts stay quiet",
        f"{len(wrong)} of {len(scored.hotspots)} polygons in {len(scored.areas('quiet_districts'))}"
        " districts" + "".join(f"; {name}" for name in wrong["hotspot_id"]),
        wrong.empty,
    )


_PLACES = {
    "camera_square": (6, ("assault", "nightlife_nuisance")),
    "ban_persistent": (8, ("alcohol_nuisance",)),
    "opening_hours": (10, ("assault", "nightlife_nuisance")),
}
"""Places of which the planted theme is hot throughout the period."""


def named_places(scored: Scored) -> list[Answer]:
    answers = []
    for key, (number, themes) in _PLACES.items():
        place = scored.place(key)
        away = [scored.distance_m(theme, "hotspot", place) for theme in themes]
        said = ", ".join(f"{t} {d:.0f} m away" for t, d in zip(themes, away, strict=True))
        answers.append(Answer(number, f"hotspot at {key}", said, max(away) == 0))
    return answers


def answers(scored: Scored) -> list[Answer]:
    single = (new_estate, large_district, tiny_area, police_station, new_year, quiet_districts)
    found = [answer(scored) for answer in single] + named_places(scored)
    return sorted(found, key=lambda each: each.number)


def clear_places(scored: Scored) -> pd.DataFrame:
    """Return places with at least 30 incidents and five times the mean density, found or not.

    The density is that of a circle of twice the place's radius, which holds nearly all of its
    incidents; places outside the built-up land are not searched.
    """
    rows = scored.city.incidents
    rows = rows[(rows["begin"] >= "2023-01-01") & (rows["begin"] < "2025-12-01")]
    totals = rows.groupby("stream").size()
    counts = rows[rows["place"] >= 0].groupby(["place", "stream"]).size().rename("count")
    table = counts.reset_index().join(
        scored.city.canvas.places[["kind", "x", "y", "radius_m"]], on="place"
    )
    area_km2 = np.pi * (2 * table["radius_m"]) ** 2 / 1e6
    mean = table["stream"].map(totals) / (scored.built_up.area / 1e6)
    scoreable = [name for name in STREAMS if name != "confused_person"]
    table = table[
        table["stream"].isin(scoreable)
        & shapely.contains_xy(scored.built_up, table["x"], table["y"])
        & (table["count"] >= 30)
        & (table["count"] / area_km2 >= 5 * mean)
    ]
    away = [
        min(scored.of(stream).distance(shapely.Point(x, y)), default=np.inf)
        for stream, x, y in table[["stream", "x", "y"]].itertuples(index=False)
    ]
    return table.assign(found=np.asarray(away) <= table["radius_m"])


def show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)


def test_the_planted_truths_are_answered(scored: Scored) -> None:
    found = answers(scored)
    rows = [[str(a.number), a.truth, a.said, "yes" if a.right else "NO"] for a in found]
    right = sum(a.right for a in found)
    title = f"Duinstad, seed {scored.city.seed}: {right} of {len(found)} truths answered"
    show(title, ["", "planted", "said", "right"], rows)
    assert not [answer for answer in found if not answer.right]


def test_clear_places_are_found(scored: Scored) -> None:
    table = clear_places(scored)
    per_kind = table.groupby("kind")["found"].agg(["size", "sum"])
    rows = [[str(kind), f"{n}", f"{k}"] for kind, n, k in per_kind.itertuples()]
    share = table["found"].mean()
    show(
        f"Duinstad, seed {scored.city.seed}: {share:.0%} of {len(table)} clear places found",
        ["place", "planted", "found"],
        rows,
    )
    assert share >= 0.85


def test_what_was_not_delivered_is_said(scored: Scored) -> None:
    record = scored.run.record
    assert {"2025-12"} == {month for each in record.searches for month in each.missing_months}
    assert {each.study_area for each in record.searches} == {"built-up"}
    assert "confused_person" not in {each.theme for each in record.searches}
    assert all(question.missing_months == [] for question in record.questions)
