"""``hotspots cameras plan`` as a person types it, on squares of which every figure is known.

Three squares lie along a street: on the first ten assaults a month, on the second six, on the
third eight until the end of 2021 and none since. A wall stands between the second square and one
of the poles beside it; one pole stands inside a building, one has no power.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from hotspots.store.runs import open_run
from hotspots.store.workspace import open_workspace
from tests.test_cli import Done, hotspots
from tests.town import Town

RD = "EPSG:28992"
FIRST, SECOND, THIRD = (91_500.0, 450_500.0), (91_800.0, 450_500.0), (91_200.0, 450_500.0)
MONTHS = pd.period_range("2020-01", "2023-12", freq="M")
PER_MONTH = {FIRST: 10, SECOND: 6, THIRD: 8}
GONE_FROM = pd.Period("2022-01", "M")
CATEGORIES = "code,theme,attempt,description\nMIS,assault,unknown,Mishandeling\n"
POLICY = "[cameras]\ngap = 0.0\n"
WALL = box(91_810, 450_460, 91_812, 450_540)
BLOCK = box(91_830, 450_525, 91_870, 450_560)
HOUSE = box(91_480, 450_530, 91_520, 450_545)


@dataclass(frozen=True)
class Place:
    """A workspace, and the folder with its files."""

    workspace: Path
    folder: Path


def assaults() -> pd.DataFrame:
    """Return the incidents as an extract lists them, at a quarter past twelve."""
    rng, rows = np.random.default_rng(7), []
    for month in MONTHS:
        for (x, y), number in PER_MONTH.items():
            for nth in range(0 if (x, y) == THIRD and month >= GONE_FROM else number):
                # Left of the wall, so that a pole right of it sees none.
                east, north = rng.uniform(-15, 8, 2).round(1)
                day = f"{nth or month.days_in_month:02d}-{month:%m-%Y}"
                rows.append((day, "12:15", "MIS", round(x + east, 1), round(y + north, 1)))
    return pd.DataFrame(rows, columns=["datum", "tijd", "klasse", "x", "y"])


def points(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, crs=RD)


def write_files(folder: Path) -> None:
    sites = points(
        site_id=["first", "second", "beyond-wall", "third", "inside", "dark", "in-use"],
        kind="pole",
        power=["ja", "ja", "ja", "ja", "ja", "nee", "nee"],
        geometry=[
            Point(91_505, 450_515), Point(91_795, 450_515), Point(91_850, 450_500),
            Point(91_205, 450_515), Point(91_833.2, 450_545), Point(91_500, 450_480),
            Point(91_203, 450_485),
        ],
    )  # fmt: skip
    sites.to_file(folder / "palen.gpkg")
    points(
        camera_id=["F1", "F3", "F9", "V1"],
        camera_class=["flexible", "flexible", "flexible", "fixed"],
        start=["2021-01-01", "2021-01-01", None, "2015-01-01"],
        geometry=[Point(91_505, 450_514), Point(91_203, 450_484), None, Point(90_500, 451_500)],
    ).to_file(folder / "cameras.gpkg")
    points(height_m=[9.0, 9.0, 9.0], geometry=[WALL, BLOCK, HOUSE]).to_file(folder / "panden.gpkg")
    street = box(91_000, 450_450, 92_000, 450_550)
    points(kind=["weg"], geometry=[street]).to_file(folder / "ruimte.gpkg")
    points(straat=["Laan"], geometry=[LineString([(91_000, 450_500), (92_000, 450_500)])]).to_file(
        folder / "straten.gpkg"
    )
    points(dwellings=[2, 3], geometry=[Point(91_490, 450_537), Point(90_500, 450_500)]).to_file(
        folder / "adressen.gpkg"
    )
    assaults().to_csv(folder / "incidenten.csv", index=False, sep=";")
    (folder / "categorieen.csv").write_text(CATEGORIES, "utf-8")
    (folder / "beleid.toml").write_text(POLICY, "utf-8")


@pytest.fixture(scope="module")
def place(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("cameras")
    write_files(folder)
    made = folder / "ws"
    for step in (
        ("init", made, "--name", "Proefstad", "--demo"),
        ("ingest", "areas", town.areas),
        ("ingest", "incidents", folder / "incidenten.csv",
         "--categories", folder / "categorieen.csv"),
        ("ingest", "dwellings", folder / "adressen.gpkg"),
        ("ingest", "sites", folder / "palen.gpkg"),
        ("ingest", "cameras", folder / "cameras.gpkg"),
        ("ingest", "buildings", folder / "panden.gpkg"),
        ("ingest", "public-space", folder / "ruimte.gpkg"),
        ("ingest", "streets", folder / "straten.gpkg"),
    ):  # fmt: skip
        where = () if step[0] == "init" else ("--workspace", made)
        done = hotspots(*step, *where)
        assert done.returncode == 0, done.stderr
    return Place(made, folder)


def planned(place: Place, *more: str | Path, workspace: Path | None = None) -> Done:
    policy = () if "--policy" in more else ("--policy", place.folder / "beleid.toml")
    return hotspots("cameras", "plan", "--workspace", workspace or place.workspace, *policy, *more)


@pytest.fixture(scope="module")
def told(place: Place) -> Any:
    done = planned(place, "--budget", "2", "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def table(place: Place, told: Any, name: str) -> pd.DataFrame:
    return open_run(open_workspace(place.workspace), told["run"]).table(name)


def test_the_plan_is_the_two_squares_with_demand_and_proven(told: Any) -> None:
    assert {site["site_id"] for site in told["sites"]} == {"first", "second"}
    # 120 and 72 a year; the second is a move, which costs 1.
    assert told["objective"] == pytest.approx(120 + 72 - 1)
    assert told["bound"] == pytest.approx(told["objective"])
    assert told["gap"] == 0
    assert told["seconds"] > 0
    first = told["sites"][0]
    assert (first["site_id"], first["is_current"], first["rank"]) == ("first", True, 1)
    assert first["demand_alone"] == pytest.approx(120)
    assert first["incidents"] == 240
    assert first["dwellings_in_view"] == 2


def test_available_and_placed_are_two_numbers(told: Any) -> None:
    rests = told["rests_on"]
    assert (rests["available"], rests["placed"], rests["chosen"]) == (3, 2, 2)
    assert rests["demand"] == pytest.approx(192)
    assert (rests["first_month"], rests["last_month"]) == ("2022-01", "2023-12")
    assert rests["incidents"] == 24 * 16
    # F1 stood by the first square all along, and sees no other.
    assert rests["in_own_period"] == 240
    assert rests["sites_differ"] == 1
    assert rests["surface"] == "buildings"


def test_every_site_left_out_says_why(place: Place, told: Any) -> None:
    sites = table(place, told, "camera_sites").set_index("site_id")
    why = sites["excluded"].dropna().to_dict()
    assert why["inside"] == "inside_building"
    assert why["dark"] == "no_power"
    # F3 stands on a pole that the list says has no power: it has.
    assert "in-use" not in why
    # Right of the wall nobody is seen, near as the square is.
    assert sites.loc["beyond-wall", "incidents"] == 0
    assert sites.loc["second", "incidents"] == 144
    assert sites.loc["third", "demand"] == 0


def test_keep_and_withdraw_with_figures(told: Any) -> None:
    advice = {each["camera_id"]: each for each in told["advice"]}
    assert set(advice) == {"F1", "F3"}
    kept, gone = advice["F1"], advice["F3"]
    assert (kept["advice"], kept["reason"]) == ("keep", "in_plan")
    assert kept["demand_now"] == pytest.approx(120)
    # Three years since 2021 against the one year before, month by month brought to three.
    assert (kept["incidents_before"], kept["incidents_since"]) == (360, 360)
    assert kept["ratio_low"] < 1 < kept["ratio_high"]
    assert (gone["advice"], gone["reason"]) == ("withdraw", "below_yardstick")
    assert gone["demand_now"] == 0
    # The last twelve months held 8 until November 2022, and nothing from December on.
    assert gone["below_since"] == "2022-12"


def test_the_hours_are_those_of_the_incidents(place: Place, told: Any) -> None:
    hours = table(place, told, "camera_hours")
    assert set(hours["hour"]) == {12}
    assert hours.groupby("site_id")["weight"].sum().to_dict() == {"first": 240, "second": 144}


def test_viewsheds_lie_in_public_space_and_stop_at_the_wall(place: Place, told: Any) -> None:
    views = table(place, told, "viewsheds").set_index(["place_id", "role"]).geometry
    assert set(views.index) == {
        ("first", "proposed"), ("second", "proposed"), ("F1", "current"), ("F3", "current"),
        ("V1", "fixed"),
    }  # fmt: skip
    second = views["second", "proposed"]
    behind = box(91_813, 450_490, 91_830, 450_510)
    assert second.intersection(behind).area < 0.1 * behind.area
    assert second.within(box(91_000, 450_450, 92_000, 450_550).buffer(0.01))
    before = box(91_790, 450_490, 91_805, 450_510)
    assert second.intersection(before).area == pytest.approx(before.area)


def test_held_out_months_and_the_curve(told: Any) -> None:
    shares = {each["method"]: each for each in told["comparison"]}
    # Without 2023 the plan is the same; F1 and F3 see 120 of 192.
    assert shares["plan"]["share"] == pytest.approx(1)
    assert shares["current"]["share"] == pytest.approx(120 / 192)
    assert shares["current"]["behind_plan"] == pytest.approx(1 - 120 / 192)
    assert shares["plan"]["behind_plan_low"] == shares["plan"]["behind_plan_high"] == 0
    assert shares["plan"]["cameras"] == shares["current"]["cameras"] == 2
    curve = {each["cameras"]: each for each in told["curve"]}
    assert curve[1]["objective"] == pytest.approx(120)
    assert curve[1]["covered_share"] == pytest.approx(120 / 192)
    assert curve[2]["objective"] == pytest.approx(191)
    assert sum(each["is_knee"] for each in told["curve"]) == 1


def test_every_number_has_its_sites_and_every_site_its_street(place: Place, told: Any) -> None:
    plans = {each["cameras"]: [site["site_id"] for site in each["sites"]] for each in told["curve"]}
    assert plans[1] == ["first"]
    assert plans[2] == [site["site_id"] for site in told["sites"]]
    added = [site["demand_added"] for site in told["curve"][1]["sites"]]
    assert added == pytest.approx([site["demand_added"] for site in told["sites"]])
    assert {site["street"] for site in told["sites"]} == {"Laan"}
    assert [each["street"] for each in told["advice"]] == ["Laan", "Laan"]
    # Of the four poles in use beside the two squares, none sees what the second does.
    swaps = {each["site_id"]: each["swaps"] for each in told["sites"]}
    for site in told["sites"]:
        for swap in swaps[site["site_id"]]:
            assert swap["loss"] <= site["demand_added"] + 1
    drawn = table(place, told, "viewsheds")
    others = {each["site_id"] for each in told["others"]}
    assert set(drawn.loc[drawn["role"] == "alternative", "place_id"]) == others


def test_the_months_of_a_site_are_those_of_its_square(place: Place, told: Any) -> None:
    months = table(place, told, "camera_months").set_index(["site_id", "month"])["incidents"]
    assert len(months) == 2 * 24
    assert (months["first"] == PER_MONTH[FIRST]).all()
    assert (months["second"] == PER_MONTH[SECOND]).all()


def test_without_a_calendar_match_days_are_not_known(told: Any) -> None:
    assert told["rests_on"]["match_days"] is None
    assert told["rests_on"]["stadium_incidents"] is None


def test_the_same_inputs_give_the_same_bytes(place: Place, told: Any, tmp_path: Path) -> None:
    again = tmp_path / "ws"
    shutil.copytree(place.workspace, again)
    (twin,) = (again / "runs").glob(told["run"])
    for file in twin.iterdir():
        file.chmod(0o600)
    shutil.rmtree(twin)
    done = planned(place, "--budget", "2", "--format", "json", workspace=again)
    assert json.loads(done.stdout)["run"] == told["run"]
    one, other = (
        open_run(open_workspace(each), told["run"]).record for each in (place.workspace, again)
    )
    assert one.results == other.results
    assert one.plan == other.plan


def test_table_and_csv(place: Place) -> None:
    drawn = planned(place, "--budget", "2")
    assert "where in the whole study area would one be needed" in drawn.stdout
    assert "withdraw" in drawn.stdout
    assert "3 flexible cameras available, 2 placed, 2 sites chosen" in drawn.stdout
    rows = planned(place, "--budget", "2", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("site_id,street,rank,")
    assert len(rows) == 3


def test_only_within_designated_areas(place: Place) -> None:
    file = place.folder / "gebied.gpkg"
    points(
        naam=["Plein"], begin=["2022-01-01"], einde=["2024-12-31"],
        geometry=[box(91_700, 450_400, 91_900, 450_600)],
    ).to_file(file)  # fmt: skip
    done = planned(place, "--budget", "1", "--area", file, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [site["site_id"] for site in told["sites"]] == ["second"]
    assert told["rests_on"]["demand"] == pytest.approx(72)
    assert told["rests_on"]["areas"][0]["end"] == "2024-12-31"
    # What stands elsewhere is not judged by what happens here.
    assert told["advice"] == []
    outside = table(place, told, "camera_sites").set_index("site_id")["excluded"]
    assert outside["first"] == "outside_area"


def test_an_area_that_ended_is_refused_with_its_date(place: Place) -> None:
    file = place.folder / "voorbij.gpkg"
    points(
        naam=["Plein"], einde=["2023-12-30"], geometry=[box(91_700, 450_400, 91_900, 450_600)]
    ).to_file(file)
    done = planned(place, "--budget", "1", "--area", file)
    assert done.returncode == 2
    assert "Area Plein ended on 2023-12-30, before the cut-off date 2023-12-31" in done.stderr


def test_a_code_of_an_area_will_do(place: Place) -> None:
    done = planned(place, "--budget", "1", "--area", "WK999902", "--format", "json")
    assert [each["code"] for each in json.loads(done.stdout)["rests_on"]["areas"]] == ["WK999902"]


@pytest.mark.parametrize(
    ("policy", "budget", "said"),
    [
        ("", "7", "The budget lies between 1 and the number of sites that may be used, 6."),
        ("", "0", "The budget lies between 1 and the number of sites"),
        ('required_sites = ["nowhere"]', "2", "There is no site with this id."),
        ('required_sites = ["inside"]', "2", "A required site cannot be used: inside_building."),
        ('required_sites = ["first", "second"]', "1", "required sites are more than the budget"),
        ("most_per_area = {XX = 1}", "2", "A cap names an area that there is not."),
        ("themes = {burglary = 1}", "2", "There are no incidents of burglary"),
        ("least_demand = 1000", "2", "No site sees 1000 weighted incidents a year or more."),
    ],
)
def test_what_cannot_be_met_is_named(place: Place, policy: str, budget: str, said: str) -> None:
    file = place.folder / "ander.toml"
    file.write_text(f"[cameras]\n{policy}\n", "utf-8")
    done = planned(place, "--budget", budget, "--policy", file)
    assert done.returncode == 2
    assert said in done.stderr


def test_without_a_budget_there_are_as_many_as_are_available(place: Place) -> None:
    done = planned(place, "--format", "json")
    assert json.loads(done.stdout)["rests_on"]["budget"] == 3


def test_limits_of_the_policy_hold(place: Place) -> None:
    file = place.folder / "grens.toml"
    file.write_text(
        '[cameras]\nmost_dwellings_in_view = [1]\nwatched_hours = ["daily 12-13"]', "utf-8"
    )
    told = json.loads(planned(place, "--budget", "2", "--policy", file, "--format", "json").stdout)
    assert [site["site_id"] for site in told["sites"]] == ["second"]
    file.write_text('[cameras]\nwatched_hours = ["daily 20-24"]', "utf-8")
    done = planned(place, "--budget", "2", "--policy", file)
    assert "No site sees" in done.stderr


def test_sites_are_made_along_streets_where_none_were_delivered(
    place: Place, tmp_path: Path
) -> None:
    bare = tmp_path / "ws"
    shutil.copytree(place.workspace, bare)
    for folder in (bare / "deliveries").glob("sites-*"):
        shutil.rmtree(folder)
    done = planned(place, "--budget", "2", "--format", "json", workspace=bare)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # F1 stands on no site now, and is one of its own: it may stay.
    assert any(site["site_id"] == "camera-F1" for site in told["sites"])
    assert any(site["site_id"].startswith("g-9") for site in told["sites"])
    assert told["rests_on"]["covered"] == pytest.approx(192)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("buildings", "There are no buildings and no heights"), ("sites", None)],
)
def test_what_is_missing_is_named(
    place: Place, tmp_path: Path, kind: str, said: str | None
) -> None:
    bare = tmp_path / "ws"
    shutil.copytree(place.workspace, bare)
    gone = [kind, *(["streets"] if said is None else [])]
    for folder in (each for name in gone for each in (bare / "deliveries").glob(f"{name}-*")):
        shutil.rmtree(folder)
    done = planned(place, "--budget", "2", workspace=bare)
    assert done.returncode == 2
    assert (said or "There are no sites for cameras, and no streets") in done.stderr
