"""A small town with one planted hotspot through the whole house, and every kind of bad input."""

import csv
import gzip
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from hotspots.errors import PolicyRefused, WorkspaceRefused
from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.categories import load_categories
from hotspots.ingest.dwellings import ingest_built_up
from hotspots.ingest.incidents import ingest_incidents
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.pipeline.run import run as make_run
from hotspots.policy import Policy, policy_from
from hotspots.policy.intake import Limits, Points
from hotspots.records import Search
from hotspots.store.runs import Run, open_run
from hotspots.store.workspace import Workspace, init_workspace, open_workspace
from tests.test_cli import hotspots
from tests.town import Town, areas_frame

RD = "EPSG:28992"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
CENTRE = (91_650.0, 450_650.0)
PLANTED = 60
BACKGROUND = 300


def policy(**settings: object) -> Policy:
    """Return a policy with cells of 100 m that searches twelve months and draws little."""
    return policy_from(
        {
            "hotspots": {"periods_months": [12], "cell_size_m": 100.0} | settings,
            "priorities": {"top_k": 2, "years": 1, "levels": ["wijk"]},
            "rates": {"draws": 500},
        }
    )


# ---------------------------------------------------------------- the planted town
def background() -> list[tuple[float, float]]:
    """Return one point in every other cell of 100 m, nowhere dense."""
    rng = np.random.default_rng(3)
    cells = [(i, j) for j in range(20) for i in range(30) if (i + j) % 2]
    shift = rng.uniform(-30, 30, (len(cells), 2))
    return [
        (90_050 + 100 * i + dx, 450_050 + 100 * j + dy)
        for (i, j), (dx, dy) in zip(cells, shift, strict=True)
    ]


def around(
    centre: tuple[float, float], number: int, *, radius_m: float
) -> list[tuple[float, float]]:
    """Return points on a spiral: all different, all within the radius."""
    turn = np.arange(number) * 2.4
    reach = radius_m * np.sqrt((np.arange(number) + 0.5) / number)
    return [
        (centre[0] + r * np.cos(t), centre[1] + r * np.sin(t))
        for r, t in zip(reach, turn, strict=True)
    ]


def rows_of(
    points: list[tuple[float, float]], *, code: str = "INB-V", year: int = 2023
) -> pd.DataFrame:
    """Return points as incidents, spread over all months, days and hours of a year."""
    number = np.arange(len(points))
    return pd.DataFrame(
        {
            "datum": [f"{1 + n % 28:02d}-{1 + n % 12:02d}-{year}" for n in number],
            "tijd": [f"{(n * 5) % 24:02d}:15" for n in number],
            "klasse": code,
            "x": [f"{x:.2f}" for x, _ in points],
            "y": [f"{y:.2f}" for _, y in points],
        }
    )


def planted_rows() -> pd.DataFrame:
    """Return the town's burglaries, a few thefts, and E33 thick on another spot."""
    return pd.concat(
        [
            rows_of(background()),
            rows_of(around(CENTRE, PLANTED, radius_m=80), code="INB-P"),
            rows_of(around((92_450.0, 451_450.0), 80, radius_m=60), code="E33"),
        ],
        ignore_index=True,
    )


def fill(
    folder: Path,
    town: Town,
    *rows: pd.DataFrame,
    areas: bool = True,
    land: BaseGeometry | None = None,
) -> Workspace:
    """Return a workspace with one delivery per table of rows."""
    workspace = init_workspace(folder / "ws", name="Proefstad", crs=RD)
    if areas:
        found = ingest_areas(town.areas, mapping=Mapping(), level=None, crs=RD, limits=Limits())
        deliver(workspace, found, at=NOW)
    if land is not None:
        path = folder / "kom.gpkg"
        gpd.GeoDataFrame(geometry=[land], crs=RD).to_file(path)
        found = ingest_built_up(path, mapping=Mapping(), crs=RD, limits=Limits())
        deliver(workspace, found, at=NOW)
    for number, table in enumerate(rows):
        path = folder / f"incidenten{number}.csv"
        table.to_csv(path, index=False, sep=";")
        found = ingest_incidents(
            path,
            mapping=Mapping(),
            categories=load_categories(town.categories),
            crs=RD,
            area=Current(workspace).municipality(),
            limits=Limits(),
            points=Points(),
        )
        assert found.rejected == 0
        deliver(workspace, found, at=NOW)
    return workspace


def make(workspace: Workspace, rules: Policy | None = None, until: date | None = None) -> Run:
    return make_run(workspace, rules or policy(), kind="yearly", at=NOW, until=until)


def search_of(run: Run, theme: str = "burglary") -> Search:
    (found,) = (each for each in run.record.searches if each.theme == theme)
    return found


def polygons(run: Run, theme: str = "burglary") -> gpd.GeoDataFrame:
    table = run.table("hotspots")
    return gpd.GeoDataFrame(table[table["theme"] == theme], crs=run.record.crs)


# ---------------------------------------------------------------- planted truth
def test_the_planted_hotspot_is_found_and_nothing_else(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, planted_rows()))
    (found,) = polygons(run).to_dict("records")
    assert found["kind"] == "hotspot"
    assert found["geometry"].contains(Point(CENTRE))
    assert found["geometry"].within(Point(CENTRE).buffer(500))
    assert set(found["methods"].split()) == {"gi_star", "density"}
    assert found["q_value"] < 0.001
    search = search_of(run)
    assert (search.first_month, search.last_month) == ("2023-01", "2023-12")
    assert (search.incidents, search.outside, search.stacked) == (BACKGROUND + PLANTED, 0, 0)
    assert (search.study_area, search.study_area_km2, search.cells) == ("municipality", 6.0, 600)
    assert search.missing_months == []
    assert search.times_known


def test_the_figures_of_a_hotspot_by_counting_its_points(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, planted_rows()))
    (found,) = polygons(run).to_dict("records")
    points = [*background(), *around(CENTRE, PLANTED, radius_m=80)]
    inside = sum(found["geometry"].contains(Point(point)) for point in points)
    assert found["count"] == inside >= PLANTED
    assert found["share"] == pytest.approx(inside / len(points))
    density = inside / (found["geometry"].area / 1e6)
    assert found["times_city_mean"] == pytest.approx(density / (len(points) / 6.0))
    cells = run.table("cells")
    by_cell = Counter((x // 100, y // 100) for x, y in points)
    assert {
        (x // 100, y // 100): count
        for x, y, count in cells[["x", "y", "count"]].itertuples(index=False)
        if count
    } == by_cell


@pytest.mark.parametrize("theme", ["confused_person", "bicycle_theft"])
def test_e33_is_stored_and_never_searched(theme: str, tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    assert "confused_person" in Current(workspace).deliveries[-1].themes
    run = make(workspace)
    assert {each.theme for each in run.record.searches} == {"burglary"}
    assert theme not in set(run.table("cells")["theme"])
    with pytest.raises(PolicyRefused, match="never scored"):
        policy(themes=["confused_person"])


# ---------------------------------------------------------------- the study area
def test_built_up_land_bounds_the_search(tmp_path: Path, town: Town) -> None:
    land = box(91_000, 449_000, 95_000, 451_000)  # half of it outside the municipality
    run = make(fill(tmp_path, town, planted_rows(), land=land))
    search = search_of(run)
    assert (search.study_area, search.study_area_km2, search.cells) == ("built-up", 2.0, 200)
    points = [*background(), *around(CENTRE, PLANTED, radius_m=80)]
    assert search.outside == sum(not land.contains(Point(point)) for point in points)
    (found,) = polygons(run).geometry
    assert found.within(box(91_000, 450_000, 93_000, 451_000).buffer(1e-6))


def test_built_up_land_that_also_touches_the_border(tmp_path: Path, town: Town) -> None:
    """One part lies inside; another shares no more than a line with the municipality."""
    land = box(91_000, 450_000, 92_000, 451_000).union(box(93_000, 450_000, 94_000, 451_000))
    search = search_of(make(fill(tmp_path, town, planted_rows(), land=land)))
    assert (search.study_area, search.cells) == ("built-up", 100)


def test_built_up_land_of_another_town_is_refused(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows(), land=box(120_000, 480_000, 121_000, 481_000))
    with pytest.raises(WorkspaceRefused, match=r"[Bb]uilt-up"):
        make(workspace)


def test_without_areas_the_study_area_is_derived_and_marked_so(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, planted_rows(), areas=False))
    search = search_of(run)
    assert search.study_area == "derived"
    assert search.outside == 0
    (found,) = polygons(run).to_dict("records")
    assert found["geometry"].contains(Point(CENTRE))
    assert run.record.questions == []
    assert "priorities" not in run.record.results


def test_a_stray_point_far_away_neither_stretches_nor_hangs(tmp_path: Path, town: Town) -> None:
    stray = rows_of([(191_000.0, 450_500.0)])
    run = make(fill(tmp_path, town, pd.concat([planted_rows(), stray]), areas=False))
    search = search_of(run)
    assert search.outside == 1
    assert search.incidents == BACKGROUND + PLANTED + 1
    assert search.study_area_km2 < 12
    assert polygons(run).contains(Point(CENTRE)).tolist() == [True]


def test_too_many_cells_are_refused_with_a_size_that_then_works(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows())
    with pytest.raises(PolicyRefused) as refusal:
        make(workspace, policy(cell_size_m=20, max_cells=1000))
    (problem,) = refusal.value.problems
    assert "15,000" in problem.rule  # 150 columns x 100 rows
    advised = re.search(r"cells of (\d+) m", problem.remedy)
    assert advised is not None
    run = make(workspace, policy(cell_size_m=float(advised[1]), max_cells=1000))
    assert search_of(run).cells <= 1000
    assert polygons(run).contains(Point(CENTRE)).tolist() == [True]


# ---------------------------------------------------------------- little or odd input
def test_an_empty_theme_is_searched_and_found_empty(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, planted_rows()), policy(themes=["vandalism"]))
    search = search_of(run, "vandalism")
    assert (search.incidents, len(search.missing_months)) == (0, 12)
    assert run.table("hotspots").empty
    assert run.table("cells")["count"].sum() == 0


def test_an_empty_theme_without_areas_leaves_nothing_to_search(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, planted_rows(), areas=False)
    with pytest.raises(WorkspaceRefused, match="no ground to search"):
        make(workspace, policy(themes=["vandalism"]))


@pytest.mark.parametrize("areas", [True, False])
def test_one_incident_is_no_hotspot(areas: bool, tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, rows_of([CENTRE]), areas=areas), until=date(2023, 12, 31))
    assert search_of(run).incidents == 1
    assert polygons(run).empty
    if areas:  # January of 2023 alone: the only year there is
        assert [each.last_year for each in run.record.questions] == [2023]


@pytest.mark.parametrize("areas", [True, False])
def test_all_incidents_in_one_cell_are_seen_and_not_tested(
    areas: bool, tmp_path: Path, town: Town
) -> None:
    """A cell is tested on its neighbours, and these are empty: the density alone shows it."""
    run = make(fill(tmp_path, town, rows_of(around(CENTRE, 48, radius_m=40)), areas=areas))
    assert search_of(run).incidents == 48
    assert polygons(run).empty
    cells = run.table("cells")
    densest = cells.nlargest(1, "density_per_km2")[["x", "y", "count"]]
    assert densest.to_numpy().tolist() == [[*CENTRE, 48]]


def test_all_incidents_round_one_corner_are_a_hotspot(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, rows_of(around(CENTRE, 48, radius_m=40)))
    (found,) = polygons(make(workspace, policy(cell_size_m=50.0))).to_dict("records")
    assert (found["kind"], found["count"]) == ("hotspot", 48)


def test_all_incidents_on_one_spot_are_a_stack_by_name(tmp_path: Path, town: Town) -> None:
    run = make(fill(tmp_path, town, rows_of([CENTRE] * 48)))
    (found,) = polygons(run).to_dict("records")
    assert (found["kind"], found["count"], found["stack_share"]) == ("stack", 48, 1.0)
    assert np.isnan(found["q_value"])
    assert search_of(run).stacked == 48


def test_a_stack_does_not_hide_the_hotspot_beside_it(tmp_path: Path, town: Town) -> None:
    desk = (92_450.0, 450_650.0)
    run = make(
        fill(
            tmp_path,
            town,
            planted_rows(),
            rows_of([desk] * 96, year=2022),
            rows_of([*background(), *around(CENTRE, PLANTED, radius_m=80), *[desk] * 96]),
        )
    )
    kinds = polygons(run).set_index("kind")
    assert sorted(kinds.index) == ["hotspot", "stack"]
    assert kinds.geometry["hotspot"].contains(Point(CENTRE))
    assert kinds.geometry["stack"].contains(Point(desk))
    assert kinds["count"]["stack"] == 96


def test_an_evening_of_the_year_is_named(tmp_path: Path, town: Town) -> None:
    night = rows_of(around(CENTRE, PLANTED, radius_m=80)).assign(datum="31-12-2023", tijd="23:40")
    run = make(fill(tmp_path, town, pd.concat([rows_of(background()), night])))
    (found,) = polygons(run).to_dict("records")
    assert (found["kind"], found["one_night"]) == ("one_night", "12-31")
    assert found["one_night_share"] > 0.9


# ---------------------------------------------------------------- time
def test_the_cut_off_date_moves_the_period(tmp_path: Path, town: Town) -> None:
    years = [rows_of(background(), year=2022), planted_rows()]
    workspace = fill(tmp_path, town, *years)
    early = make(workspace, until=date(2022, 12, 31))
    assert search_of(early).last_month == "2022-12"
    assert polygons(early).empty
    half = search_of(make(workspace, until=date(2023, 6, 29)))  # June has not ended yet
    assert (half.first_month, half.last_month) == ("2022-06", "2023-05")


def test_a_missing_month_is_listed(tmp_path: Path, town: Town) -> None:
    rows = planted_rows()
    workspace = fill(tmp_path, town, rows[rows["datum"].str[3:5] != "05"])
    run = make(workspace)
    assert search_of(run).missing_months == ["2023-05"]
    assert run.record.questions[0].missing_months == ["2023-05"]


def test_two_periods_are_two_searches(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, rows_of(background(), year=2022), planted_rows())
    run = make(workspace, policy(periods_months=[24, 12]))
    assert [(each.theme, each.months, each.incidents) for each in run.record.searches] == [
        ("burglary", 12, BACKGROUND + PLANTED),
        ("burglary", 24, 2 * BACKGROUND + PLANTED),
    ]
    assert run.table("hotspots")["hotspot_id"].is_unique


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, town: Town) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (make(fill(tmp_path / name, town, planted_rows())) for name in "ab")
    assert first.record.id == second.record.id
    assert {"hotspots", "cells"} <= first.record.results.keys()
    assert first.record.results == second.record.results


# ---------------------------------------------------------------- priorities from points
def test_priorities_from_incidents_equal_a_plain_loop(tmp_path: Path, town: Town) -> None:
    workspace = fill(tmp_path, town, rows_of(background(), year=2022), planted_rows())
    run = make(workspace, policy_from({"priorities": {"years": 2}, "rates": {"draws": 500}}))
    codes = areas_frame()["wijkcode"]
    counts: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    planted = around(CENTRE, PLANTED, radius_m=80)
    for points, tells_completed in ((background() * 2, True), (planted, False)):
        for x, y in points:
            code = codes[int((x - 90_000) // 1000) + 3 * int((y - 450_000) // 1000)]
            counts[code] += 1
            completed[code] += tells_completed
    table = run.table("priorities").set_index("area_code")
    assert table["count"].to_dict() == dict(counts)
    assert table["count_completed"].to_dict() == dict(completed)
    assert table["exposure"]["WK999901"] == pytest.approx(2 * 4000)
    assert table["status"]["WK999906"] == "no_rate"
    assert run.table("unplaced").empty
    target = run.table("target").set_index("year")
    assert (target["count"][2023], target["count_previous"][2023]) == (BACKGROUND, BACKGROUND)


# ---------------------------------------------------------------- the command line
def cli(*arguments: str | Path) -> str:
    done = hotspots(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return done.stdout


def test_incidents_alone_through_the_command_line(tmp_path: Path, town: Town) -> None:
    workspace, file = tmp_path / "ws", tmp_path / "incidenten.csv"
    rows_of([*background(), *around(CENTRE, PLANTED, radius_m=80)]).to_csv(
        file, index=False, sep=";"
    )
    rules = tmp_path / "beleid.toml"
    rules.write_text("[hotspots]\nperiods_months = [12]\n")
    cli("init", workspace, "--name", "Proefstad")
    taken = cli(
        "ingest", "incidents", file, "--workspace", workspace, "--categories", town.categories
    )
    assert "read 360 = accepted 360 + rejected 0" in taken
    cli("run", "--workspace", workspace, "--policy", rules, "--until", "2023-12-31")
    out = tmp_path / "uit.geojson"
    cli("export", "--workspace", workspace, "--what", "hotspots", "--to", out)
    (feature,) = json.loads(out.read_text())["features"]
    shown = gpd.GeoSeries([Point(CENTRE)], crs=RD).to_crs(4326)
    assert gpd.read_file(out).geometry.contains(shown[0]).tolist() == [True]
    assert feature["properties"]["theme"] == "burglary"
    assert (
        hotspots("export", "--workspace", workspace, "--what", "priorities", "--to", out).returncode
        == 2
    )


def test_counts_alone_through_the_command_line(tmp_path: Path, town: Town) -> None:
    workspace = tmp_path / "ws"
    cli("init", workspace)
    cli("ingest", "areas", town.areas, "--workspace", workspace)
    cli("ingest", "counts", town.counts, "--workspace", workspace, "--categories", town.categories)
    cli("run", "--workspace", workspace)
    document = json.loads(cli("priorities", "--workspace", workspace, "--format", "json"))
    assert len(document["areas"]) == 4
    refused = hotspots("export", "--workspace", workspace, "--what", "hotspots", "--to", "x.csv")
    assert refused.returncode == 2
    assert "no result" in refused.stderr


def test_everything_through_the_command_line(tmp_path: Path, town: Town) -> None:
    workspace, file, land = (tmp_path / name for name in ("ws", "i.csv", "kom.gpkg"))
    planted_rows().to_csv(file, index=False, sep=";")
    gpd.GeoDataFrame(geometry=[box(90_000, 450_000, 93_000, 451_000)], crs=RD).to_file(land)
    cli("init", workspace)
    cli("ingest", "areas", town.areas, "--workspace", workspace)
    cli("ingest", "built-up", land, "--workspace", workspace)
    cli("ingest", "incidents", file, "--workspace", workspace, "--categories", town.categories)
    cli("ingest", "counts", town.counts, "--workspace", workspace, "--categories", town.categories)
    cli("run", "--workspace", workspace)
    for what in ("hotspots", "priorities", "cells"):
        out = tmp_path / f"{what}.parquet"
        cli("export", "--workspace", workspace, "--what", what, "--to", out)
        assert len(pd.read_parquet(out)) > 0


def test_a_mapping_that_swaps_the_axes_is_one_clear_line(tmp_path: Path, town: Town) -> None:
    workspace, file, mapping = (tmp_path / name for name in ("ws", "i.csv", "m.toml"))
    planted_rows().to_csv(file, index=False, sep=";")
    mapping.write_text('[columns]\nx = "y"\ny = "x"\n')
    cli("init", workspace)
    cli("ingest", "areas", town.areas, "--workspace", workspace)
    refused = hotspots(
        "ingest", "incidents", file, "--workspace", workspace,
        "--categories", town.categories, "--mapping", mapping,
    )  # fmt: skip
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "swapped" in refused.stderr
    assert Mapping(columns=Columns(x="y", y="x")).columns.used() == {"x": "y", "y": "x"}


# ---------------------------------------------------------------- real data
@pytest.mark.filterwarnings("ignore:The weights matrix is not fully connected:UserWarning")
def test_memphis_robberies_equal_esda_through_the_run(tmp_path: Path, shared_data: Path) -> None:
    from esda.getisord import G_Local
    from libpysal.weights import DistanceBand, fill_diagonal

    workspace, mapping, codes, rules = (
        tmp_path / name for name in ("ws", "m.toml", "codes.csv", "beleid.toml")
    )
    mapping.write_text('[columns]\ncategory = "offense_type"\nstart = "date"\nid = "uid"\n')
    codes.write_text("code,theme,attempt,description\npersonal robbery,street_robbery,,\n")
    rules.write_text("[hotspots]\nperiods_months = [12]\ncell_size_m = 250.0\nradius_m = 500.0\n")
    cli("init", workspace, "--crs", "EPSG:32616")
    file = shared_data / "memphis" / "memphis_robberies.gpkg"
    taken = cli(
        "ingest", "incidents", file, "--workspace", workspace,
        "--mapping", mapping, "--categories", codes,
    )  # fmt: skip
    assert "read 2245 = accepted 2245 + rejected 0" in taken
    cli("run", "--workspace", workspace, "--policy", rules)
    run = open_run(open_workspace(workspace), "latest")
    cells = run.table("cells")
    weights = fill_diagonal(
        DistanceBand(cells[["x", "y"]].to_numpy(), 500.1, binary=True, silence_warnings=True), 1.0
    )
    oracle = G_Local(
        cells["tested_count"].to_numpy(), weights, transform="B", star=True, permutations=0
    )
    np.testing.assert_allclose(cells["gi_star_z"], oracle.Zs, atol=1e-9)
    assert (polygons(run, "street_robbery")["kind"] == "hotspot").sum() >= 1


@pytest.mark.slow
def test_northern_ireland_in_another_layout(tmp_path: Path, shared_data: Path) -> None:
    """Read 477,696 rows; the counts of two themes equal a plain loop over the file."""
    file = shared_data / "northern-ireland" / "street_2015_2017.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        placed: Counter[tuple[str, str]] = Counter()
        n_read = n_nowhere = 0
        for line in csv.DictReader(stream):
            n_read += 1
            n_nowhere += not line["Longitude"]
            if line["Longitude"]:
                placed[line["Crime type"], line["Month"][:4]] += 1
    workspace, rules = tmp_path / "ws", tmp_path / "beleid.toml"
    rules.write_text(
        '[hotspots]\nthemes = ["burglary", "bicycle_theft"]\n'
        "cell_size_m = 200.0\nradius_m = 400.0\n"
    )
    cli("init", workspace, "--crs", "EPSG:29903")
    taken = cli("ingest", "incidents", file, "--workspace", workspace)
    accepted = n_read - n_nowhere
    assert f"read {n_read} = accepted {accepted} + rejected {n_nowhere}" in taken
    assert "snap points: 475015 points lie on 45054 places" in taken
    assert "Crime ID often repeats" in taken
    cli("run", "--workspace", workspace, "--policy", rules)
    run = open_run(open_workspace(workspace), "latest")
    for theme, name in (("burglary", "Burglary"), ("bicycle_theft", "Bicycle theft")):
        last, whole = (each for each in run.record.searches if each.theme == theme)
        assert last.incidents == placed[name, "2017"]
        assert whole.incidents == sum(placed[name, year] for year in ("2015", "2016", "2017"))
        assert (whole.study_area, whole.times_known) == ("derived", False)
    belfast = gpd.GeoSeries([Point(-5.930, 54.597)], crs=4326).to_crs(29903)[0]
    assert gpd.GeoDataFrame(run.table("hotspots")).distance(belfast).min() < 500
