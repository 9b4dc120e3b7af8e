"""Duinstad, planted anew with a seed and taken in by command, to be questioned by command."""

import io
import json
import pickle
import re
import sys
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.duinstad import decided
from data.duinstad.city import City
from data.duinstad.themes import YEARS
from data.duinstad.write import write_city
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import open_workspace
from tests.test_cli import hotspots

UNSEEN_SEED = 31_415
"""Of the city that the tests share; nothing was tuned to it."""
MONTHS = 36
"""Period over which the yearly run is judged; a question of its own has one period."""
YEARLY = '[hotspots]\nlayers = ["near_repeat"]\n'
"""The policy of Duinstad without the layers that no truth asks for."""
LAST_DAY = f"{YEARS[-1]}-12-31"
CORRECTED_YEAR = 2024
BUDGET = 22
CITY = "city.pickle"
"""The city in memory, beside its files: our own of this session, so safe to unpickle."""
SURROUNDINGS = {
    "streets": "straten",
    "buildings": "gebouwen",
    "public-space": "openbare_ruimte",
    "sites": "palen",
    "cameras": "cameras",
}
"""What a camera plan asks beside incidents and dwellings."""


@dataclass(frozen=True)
class Answer:
    """One planted truth beside what the software says of it.

    `by_chance` tells of a wrong answer that chance may give: an interval of 95% that misses 1, or
    an effect that stays short of significance. Of all truths of a city one may be missed so.
    """

    number: int
    truth: str
    said: str
    right: bool
    by_chance: bool = False

    @property
    def judged(self) -> str:
        return "yes" if self.right else "by chance not" if self.by_chance else "NO"


@dataclass(frozen=True)
class Scored:
    """A city, what was planted in it, and the workspace that was made of its files."""

    city: City
    files: Path
    workspace: Path
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)

    def asked(self, policy: str, until: str) -> Run:
        """Return the run of a policy up to a cut-off date; asked once."""
        asked = policy, until
        if asked not in self.runs:
            path = self.workspace.with_suffix(".toml")
            path.write_text(policy, "utf-8")
            to = ("--workspace", self.workspace)
            said = command("run", "--policy", path, "--until", until, *to)
            (run_id,) = re.findall(r"Run (\S+), cut-off", said)
            self.runs[asked] = open_run(open_workspace(self.workspace), run_id)
        return self.runs[asked]

    @cached_property
    def run(self) -> Run:
        return self.asked(YEARLY, LAST_DAY)

    @cached_property
    def camera_plan(self) -> dict[str, Any]:
        """The camera plan within the designated areas, as the command prints it."""
        areas, policy = (self.files / name for name in ("cameragebieden.gpkg", "beleid.toml"))
        asked = ("--area", areas, "--policy", policy, "--budget", str(BUDGET), "--format", "json")
        told: dict[str, Any] = json.loads(
            command("cameras", "plan", "--workspace", self.workspace, *asked)
        )
        return told

    @cached_property
    def cameras(self) -> dict[str, Any]:
        """What was planted of cameras."""
        content = json.loads((self.files / "waarheden.json").read_text("utf-8"))
        planted: dict[str, Any] = content["cameras"]
        return planted

    @cached_property
    def dirt(self) -> dict[str, dict[str, int]]:
        """What was planted in each file of incidents for the reader to stumble over."""
        content = json.loads((self.files / "waarheden.json").read_text("utf-8"))
        planted: dict[str, dict[str, int]] = content["dirt"]["files"]
        return planted

    @cached_property
    def truths(self) -> dict[str, dict[str, Any]]:
        content = json.loads((self.files / "waarheden.json").read_text("utf-8"))
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
        return gpd.read_file(self.files / "bebouwde_kom.gpkg").union_all()

    def place(self, key: str) -> BaseGeometry:
        return point(self.truths[key]["geometry"])

    def areas(self, key: str) -> list[str]:
        codes: list[str] = self.truths[key]["areas"]
        return codes

    def of(self, theme: str, kind: str | None = None) -> gpd.GeoDataFrame:
        """Return the polygons of a theme over three years in the yearly run."""
        table = self.hotspots
        table = table[(table["theme"] == theme) & (table["months"] == MONTHS)]
        return table if kind is None else table[table["kind"] == kind]

    def distance_m(self, theme: str, kind: str, place: BaseGeometry) -> float:
        """Return how far the nearest polygon of a kind lies from a place."""
        return float(min(self.of(theme, kind).distance(place), default=np.inf))


def hotspot_at(run: Run, theme: str, place: BaseGeometry, months: int) -> dict[str, Any] | None:
    """Return the hotspot of a theme and period that covers a place; None where none does."""
    table = gpd.GeoDataFrame(run.table("hotspots"))
    table = table[(table["theme"] == theme) & (table["months"] == months)]
    table = table[(table["kind"] == "hotspot") & table.intersects(place)]
    assert len(table) <= 1, "hotspots of one search overlap"
    return dict(table.iloc[0]) if len(table) else None


def hot_steps(run: Run, theme: str, area: BaseGeometry) -> int:
    """Return in how many steps a cell of an area was hot: of the cells within it the most."""
    table = run.table("trends")
    table = table[(table["theme"] == theme) & shapely.contains_xy(area, table["x"], table["y"])]
    return max(table["hot_steps"], default=0)


def mean_hour(run: Run, hotspot_id: str) -> float:
    """Return the mean of a hotspot's hours round the clock, by its profile."""
    table = run.table("hours")
    table = table[table["hotspot_id"] == hotspot_id]
    turn = 2j * np.pi / 24
    middle = (table["weight"] * np.exp(turn * (table["hour"] + 0.5))).sum()
    return float((np.angle(middle) / abs(turn)) % 24)


def point(text: str) -> BaseGeometry:
    place = shapely.from_wkt(text)
    assert place is not None
    return place


def command(*arguments: str | Path) -> str:
    done = hotspots(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def scored_in(folder: Path, seed: int) -> Scored:
    """Build a city, take its files in and make its yearly run, all by command."""
    files, workspace = folder / "duinstad", folder / "ws"
    city = write_city(files, seed)
    to = ("--workspace", workspace)
    command("init", workspace, "--name", "Duinstad", "--demo")
    for level in ("stadsdeel", "wijk", "buurt", "service-area"):
        command("ingest", "areas", files / "gebieden.gpkg", "--level", level, *to)
    command("ingest", "built-up", files / "bebouwde_kom.gpkg", *to)
    command("ingest", "dwellings", files / "adressen.parquet", *to)
    command("ingest", "events", files / "evenementen.csv", *to)
    police = ("--mapping", files / "politie.toml", "--categories", files / "categorieen.csv", *to)
    for counts in ("buurt_maand.csv.gz", "verzorgingsgebied_maand.csv"):
        command("ingest", "counts", files / f"aantallen_per_{counts}", *police)
    for name in (*YEARS, f"{CORRECTED_YEAR}_correctie"):
        command("ingest", "incidents", files / f"incidenten_{name}.csv", *police)
    codes = files / "categorieen_meldingen.csv"
    citizens = ("--mapping", files / "meldpunt.toml", "--categories", codes, *to)
    for year in YEARS:
        command("ingest", "incidents", files / f"meldingen_{year}.csv", *citizens)
    for kind, name in SURROUNDINGS.items():
        command("ingest", kind, files / f"{name}.gpkg", *to)
    for scan in sorted(files.glob("groepsscan_????-H?.gpkg")):
        command("ingest", "groups", scan, *to)
    scored = Scored(city, files, workspace)
    assert scored.run.record.kind == "yearly"
    (folder / CITY).write_bytes(pickle.dumps(city))
    return scored


def decided_in(scored: Scored) -> None:
    """Let a city decide as `make demo` does: its register, camera plan, reviews and proposals."""
    to = ("--workspace", scored.workspace)
    writing = ["decided", *map(str, to), "--extracts", str(scored.files)]
    with patch.object(sys, "argv", writing), redirect_stderr(io.StringIO()):
        decided.main()
    assert scored.camera_plan
    for asked in ("review", "propose"):
        command("bans", asked, "--policy", scored.files / "beleid.toml", *to)


def found_in(folder: Path) -> Scored:
    """Return the city that :func:`scored_in` left in a folder."""
    city = pickle.loads((folder / CITY).read_bytes())
    yearly = open_run(open_workspace(folder / "ws"), "latest")
    return Scored(city, folder / "duinstad", folder / "ws", {(YEARLY, LAST_DAY): yearly})
