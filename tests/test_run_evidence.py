"""What a run tells of a hotspot beside where it is, in the small town, counted by plain loops."""

import json
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from hotspots.pipeline.calendar import Calendar
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.policy import Policy, policy_from
from hotspots.store.runs import Run, open_run
from tests.test_hotspots_run import (
    CENTRE,
    PLANTED,
    around,
    background,
    fill,
    make,
    planted_rows,
    policy,
    polygons,
    rows_of,
)
from tests.town import Town

OTHER = (92_350.0, 450_350.0)
SPOT = around(CENTRE, PLANTED, radius_m=80)
ELSEWHERE = around(OTHER, PLANTED, radius_m=80)
OPT_IN = ("scan", "near_repeat", "bursts")


def year_of(year: int, *spots: list[tuple[float, float]]) -> pd.DataFrame:
    """Return a year of the town: its background, and what is planted on some spots."""
    return pd.concat(
        [rows_of(background(), year=year), *(rows_of(spot, year=year) for spot in spots)],
        ignore_index=True,
    )


def inside(polygon: BaseGeometry, points: list[tuple[float, float]]) -> int:
    return sum(polygon.contains(Point(point)) for point in points)


def at(run: Run, place: tuple[float, float]) -> pd.Series:
    """Return the one hotspot that covers a place."""
    table = polygons(run)
    (found,) = (row for _, row in table.iterrows() if row["geometry"].contains(Point(place)))
    return pd.Series(found)


# ---------------------------------------------------------------- how it went
def test_the_change_of_a_hotspot_by_counting_its_points(tmp_path: Path, town: Town) -> None:
    """A third of it was there the year before; the rest of the town is what it was."""
    third = SPOT[::3]
    found = at(make(fill(tmp_path, town, year_of(2022, third), year_of(2023, SPOT))), CENTRE)
    now, before = (inside(found["geometry"], [*background(), *spot]) for spot in (SPOT, third))
    assert (found["count_now"], found["count_before"], found["same_months"]) == (now, before, 12)
    assert found["ratio"] == pytest.approx(now / before)
    rest_now, rest_before = (
        len(background()) + len(spot) - held for spot, held in ((SPOT, now), (third, before))
    )
    assert found["relative"] == pytest.approx((now / before) / (rest_now / rest_before))
    assert 1 < found["ratio_low"] < found["ratio"] < found["ratio_high"]
    assert 1 < found["relative_low"] < found["relative"] < found["relative_high"]


def test_a_month_that_one_year_lacks_is_left_out_of_both(tmp_path: Path, town: Town) -> None:
    """Counted by calendar month: of both years the eleven months that both have."""
    earlier = year_of(2022, SPOT)
    kept = earlier["datum"].str[3:5] != "05"
    found = at(make(fill(tmp_path, town, earlier[kept], year_of(2023, SPOT))), CENTRE)
    everything = rows_of([*background()])["datum"].to_list() + rows_of(SPOT)["datum"].to_list()
    points = [*background(), *SPOT]
    same = [p for p, day in zip(points, everything, strict=True) if day[3:5] != "05"]
    assert found["same_months"] == 11
    assert found["count_now"] == found["count_before"] == inside(found["geometry"], same)


def test_without_a_year_before_no_change_is_told(tmp_path: Path, town: Town) -> None:
    found = at(make(fill(tmp_path, town, year_of(2023, SPOT))), CENTRE)
    assert found["same_months"] == 0
    assert found[["count_before", "ratio", "ratio_low", "relative", "relative_high"]].isna().all()


def test_a_hotspot_of_the_last_year_alone_is_consecutive(tmp_path: Path, town: Town) -> None:
    """By the definition: hot in the last four quarters running, and in no other of the eight."""
    run = make(fill(tmp_path, town, year_of(2022), year_of(2023, SPOT)))
    found = at(run, CENTRE)
    assert (found["trend"], found["hot_steps"], found["known_steps"]) == ("consecutive", 4, 8)
    steps = run.table("steps")
    steps = steps[steps["hotspot_id"] == found["hotspot_id"]].reset_index(drop=True)
    assert steps["first_month"].tolist() == [
        f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in (1, 4, 7, 10)
    ]
    assert steps["last_month"].str[-2:].tolist() == ["03", "06", "09", "12"] * 3
    assert steps.loc[:3, ["count", "hot"]].isna().all(axis=None)  # 2021 was not delivered
    assert steps.loc[4:, "hot"].tolist() == [False] * 4 + [True] * 4
    months = [int(day[3:5]) for day in rows_of(SPOT)["datum"]]
    near = [int(day[3:5]) for day in rows_of(background())["datum"]]
    wide = found["geometry"].buffer(150)
    near = [m for m, p in zip(near, background(), strict=True) if wide.contains(Point(p))]
    for step, (first, end) in zip(steps.index[8:], pairwise((1, 4, 7, 10, 13)), strict=True):
        planted = sum(first <= month < end for month in months)
        around_it = sum(first <= month < end for month in near)
        assert planted <= steps.at[step, "count"] <= planted + around_it


def test_a_hotspot_of_the_year_before_alone_is_historical(tmp_path: Path, town: Town) -> None:
    """By the definition: no longer hot, and hot in half of the eight quarters."""
    workspace = fill(tmp_path, town, year_of(2022, SPOT), year_of(2023))
    found = at(make(workspace, policy(periods_months=[24])), CENTRE)
    assert (found["trend"], found["hot_steps"], found["known_steps"]) == ("historical", 4, 8)


def test_a_quarter_with_one_month_is_not_known(tmp_path: Path, town: Town) -> None:
    rows = year_of(2023, SPOT)
    run = make(fill(tmp_path, town, rows[~rows["datum"].str[3:5].isin(["04", "05"])]))
    steps = run.table("steps").set_index("first_month")
    assert steps["count"].isna()["2023-04"]
    assert steps.loc[["2023-01", "2023-07", "2023-10"], "hot"].all()


def test_the_hours_of_a_hotspot_by_counting_them(tmp_path: Path, town: Town) -> None:
    rows = year_of(2023, SPOT)
    run = make(fill(tmp_path, town, rows))
    found = at(run, CENTRE)
    points = [*background(), *SPOT]
    moments = pd.to_datetime(rows["datum"] + " " + rows["tijd"], format="%d-%m-%Y %H:%M")
    counted = Counter(
        (moment.weekday(), moment.hour)
        for moment, point in zip(moments, points, strict=True)
        if found["geometry"].contains(Point(point))
    )
    hours = run.table("hours")
    assert set(hours["hotspot_id"]) == {found["hotspot_id"]}
    told = hours.set_index(["weekday", "hour"])["weight"].to_dict()
    every = {(weekday, hour): counted[weekday, hour] for weekday in range(7) for hour in range(24)}
    assert told == pytest.approx(every)


# ---------------------------------------------------------------- from run to run
def test_identity_from_run_to_run(tmp_path: Path, town: Town) -> None:
    """One stays, one goes, one comes."""
    third = (90_650.0, 451_450.0)
    newcomer = around(third, PLANTED, radius_m=80)
    workspace = fill(tmp_path, town, year_of(2022, SPOT, ELSEWHERE), year_of(2023, SPOT, newcomer))
    first = make(workspace, until=date(2022, 12, 31))
    assert set(polygons(first)["lineage"]) == {"first"}
    assert first.table("gone").empty
    second = make(workspace)
    assert second.record.previous == first.record.id
    stayed, left, came = at(second, CENTRE), at(first, OTHER), at(second, third)
    assert stayed["hotspot_id"] == at(first, CENTRE)["hotspot_id"]
    assert (stayed["lineage"], came["lineage"]) == ("continued", "new")
    assert came["hotspot_id"] not in set(polygons(first)["hotspot_id"])
    (gone,) = second.table("gone").to_dict("records")
    assert (gone["hotspot_id"], gone["count"]) == (left["hotspot_id"], left["count"])
    assert gone["geometry"].equals(left["geometry"])


def test_a_run_before_of_an_older_version_does_not_tell_what_was_gone(
    tmp_path: Path, town: Town
) -> None:
    workspace = fill(tmp_path, town, year_of(2022, SPOT), year_of(2023, SPOT))
    first = make(workspace, until=date(2022, 12, 31))
    older = {name: sha256 for name, sha256 in first.record.results.items() if name != "gone"}
    file = workspace.runs / first.record.id / "run.json"
    file.chmod(0o644)
    file.write_text(first.record.model_copy(update={"results": older}).model_dump_json())
    second = make(workspace)
    assert at(second, CENTRE)["hotspot_id"] == at(first, CENTRE)["hotspot_id"]


def test_no_id_is_given_to_another_place_in_four_runs_of_one_month(
    tmp_path: Path, town: Town
) -> None:
    """A place is found, is gone, stays away; then another comes, and gets an id of its own.

    All four end with November, the last whole month.
    """
    december = [date(2023, 12, day) for day in (27, 28, 29)]
    workspace = fill(tmp_path, town, year_of(2022), year_of(2023, SPOT))
    first = make(workspace, until=december[0])
    for until in december[1:]:
        emptied = make(workspace, policy(min_incidents=1000), until=until)
        assert polygons(emptied).empty
    workspace = fill(tmp_path / "other", town, year_of(2022), year_of(2023, ELSEWHERE))
    for run in workspace_runs(first):
        copytree(run, workspace.runs / run.name)
    last = make(workspace, until=date(2023, 12, 30))
    assert last.record.previous == emptied.record.id
    assert at(last, OTHER)["hotspot_id"] != at(first, CENTRE)["hotspot_id"]
    assert not set(polygons(last)["hotspot_id"]) & set(polygons(first)["hotspot_id"])


def workspace_runs(run: Run) -> list[Path]:
    return [folder for folder in run.workspace.runs.iterdir() if not folder.name.startswith(".")]


def test_a_search_of_an_older_version_is_read(tmp_path: Path, town: Town) -> None:
    """It told the share of event days of the whole city, which a hotspot now tells of its own."""
    run = make(fill(tmp_path, town, year_of(2023, SPOT)))
    file = run.workspace.runs / run.record.id / "run.json"
    record = json.loads(file.read_bytes())
    record["searches"][0]["event_days_share"] = 0.1
    file.chmod(0o644)
    file.write_text(json.dumps(record))
    assert open_run(run.workspace, run.record.id).record.searches == run.record.searches


# ---------------------------------------------------------------- the calendar
WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)


def test_a_hotspot_is_compared_with_the_days_of_its_own_events() -> None:
    """January: three days of a fair in the west alone, and a match for the whole city."""
    calendar = Calendar(
        pd.DataFrame(
            {
                "start": pd.to_datetime(["2025-01-06", "2025-01-20"]),
                "end": pd.to_datetime(["2025-01-08", "2025-01-20"]),
                "kind": ["event", "football"],
                "name": ["Kermis", "Wedstrijd"],
                "level": ["wijk", None],
                "area_code": ["W", None],
            }
        ),
        {"wijk": gpd.GeoDataFrame({"area_code": ["W"]}, geometry=[WEST], crs="EPSG:28992")},
    )
    times = ["2025-01-07", "2025-01-20", "2025-01-15", "2025-01-15", "2025-01-01"]
    incidents = pd.DataFrame(
        {
            "start": pd.to_datetime([*times, *times[:3]]),
            "time_precision": [*["day"] * 4, "month", *["day"] * 3],
        }
    )
    ask = Ask("vandalism", ("2025-01", "2025-01"), 1, {"2025-01": None})  # type: ignore[dict-item]
    hotspots = gpd.GeoDataFrame(geometry=[WEST.buffer(-100), EAST.buffer(-100)], crs="EPSG:28992")
    member = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    told = calendar.of_hotspots(incidents, member, hotspots, ask)
    assert told["event_share"].tolist() == [2 / 4, 1 / 3]
    assert told["event_days_share"].tolist() == [4 / 31, 1 / 31]
    assert told["day_unknown"].tolist() == [1, 0]
    nothing = Calendar(None, {}).of_hotspots(incidents, member, hotspots, ask)
    columns = ["event_share", "event_days_share", "day_unknown"]
    assert nothing[columns].isna().all(axis=None)


# ---------------------------------------------------------------- layers that are asked for
def test_layers_are_made_only_where_the_policy_asks(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    plain = make(workspace)
    (found,) = polygons(plain).to_dict("records")
    assert (found["agreement"], found["methods_run"]) == (2, 2)
    assert np.isnan(found["support"])
    assert pd.isna(found["grade"])  # two methods, and nothing repeated
    assert not set(OPT_IN) & plain.record.results.keys()
    rules = policy(layers=["clusters", "support", "scan", "near_repeat"], support_draws=20)
    run = make(workspace, rules)
    (found,) = polygons(run).to_dict("records")
    assert set(found["methods"].split()) == {"gi_star", "density", "clusters"}
    assert (found["agreement"], found["methods_run"]) == (3, 3)
    assert found["support"] == 1.0  # five incidents in every month: no resample can miss it
    assert found["grade"] == "firm"
    assert {"near_repeat", "bursts"} <= run.record.results.keys()
    # The scan asks for dwellings, and none were delivered.
    assert "scan" not in run.record.results


def test_e33_is_in_no_result(tmp_path: Path, town: Town) -> None:
    """Also where every layer is made, and in the layers of the composite."""
    rules = policy(layers=["clusters", "near_repeat"])
    run = make(fill(tmp_path, town, planted_rows()), rules)
    for name in run.record.results:
        table = run.table(name)
        texts = table.select_dtypes(include=["object", "string"])
        for column in texts.columns.difference(["geometry"]):
            assert not texts[column].astype(str).str.contains("confused|E33").any(), (name, column)


def test_what_each_layer_adds_to_a_place_makes_its_value(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, planted_rows()))
    top = run.table("composite").set_index("rank").loc[1]
    assert top["geometry"].contains(Point(CENTRE))
    parts = run.table("contributions").groupby("place_id")
    value = run.table("composite").set_index("place_id")["value"]
    assert parts["contribution"].sum().to_dict() == pytest.approx(value.to_dict())
    assert parts["weight"].sum().to_list() == pytest.approx([1.0] * len(value))


# ---------------------------------------------------------------- two sources
CODES = """code,theme,attempt,description
JO,youth_nuisance,,Overlast jeugd
MJ,youth_reports,,Melding jongeren
"""


def pairs() -> Policy:
    """Return a policy that makes little and compares the two sources."""
    return policy_from(
        {
            "hotspots": {"periods_months": [12], "cell_size_m": 100.0},
            "priorities": {"theme": "youth_nuisance", "years": 1, "levels": ["wijk"]},
            "rates": {"draws": 500},
        }
    )


def spread(number: int, wijk: int) -> list[tuple[float, float]]:
    """Return points spread over a district, none twice on the same spot."""
    rng = np.random.default_rng([number, wijk])
    x, y = 90_000 + 1000 * (wijk % 3), 450_000 + 1000 * (wijk // 3)
    return [(x + dx, y + dy) for dx, dy in rng.uniform(50, 950, (number, 2))]


def test_two_sources_by_plain_sums(tmp_path: Path, town: Town) -> None:
    """In one district reports double and records halve; in all others nothing changes."""
    (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
    own = Town(town.areas, town.counts, tmp_path / "codes.csv")
    changed = {("MJ", 2022): 200, ("MJ", 2023): 400, ("JO", 2022): 400, ("JO", 2023): 200}
    years = [
        pd.concat(
            [
                rows_of(
                    spread(changed[code, year] if wijk == 4 else 300, wijk), code=code, year=year
                )
                for code in ("MJ", "JO")
                for wijk in range(6)
            ]
        )
        for year in (2022, 2023)
    ]
    run = make(fill(tmp_path, own, *years), pairs(), until=date(2023, 11, 30))
    table = run.table("sources").set_index("area_code")
    counts = Counter(
        (year, int(y < 451_000), int((float(x) - 90_000) // 1000), code)
        for year, rows in zip((2022, 2023), years, strict=True)
        for x, y, code, day in zip(
            rows["x"], rows["y"].astype(float), rows["klasse"], rows["datum"], strict=True
        )
        if 6 <= int(day[3:5]) <= 11
    )
    assert set(table["first_month"]) == {"2023-06"}
    assert set(table["same_months"]) == {6}
    for wijk in range(6):
        row = table.loc[f"WK9999{wijk + 1:02d}"]
        for column, code in (("reports", "MJ"), ("records", "JO")):
            now, before = (counts[year, wijk < 3, wijk % 3, code] for year in (2023, 2022))
            assert (row[f"{column}_now"], row[f"{column}_before"]) == (now, before)
            assert row[f"{column}_ratio"] == pytest.approx(now / before)
    assert table["verdict"].eq("contradict").to_dict() == {
        f"WK9999{wijk + 1:02d}": wijk == 4 for wijk in range(6)
    }
    assert table.at["WK999905", "local"]
