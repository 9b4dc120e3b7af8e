"""``hotspots effects`` as a person types it, on a town of which every figure is known."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from tests.test_cli import Done, hotspots
from tests.town import Town

MONTHS = [f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in range(1, 13)]
MISSING = "2022-08"
SQUARE, RING, REST = (91_500, 450_500), (91_700, 450_500), (92_500, 451_500)
"""A square of the measure, a corner 200 m away, and a district that nothing is done to."""
NORMAL = {SQUARE: 20, RING: 20, REST: 60}
SINCE_2023 = {SQUARE: 10, RING: 24, REST: 54}
BY_POLICE = {True: 6, False: 2}
"""What police found by themselves on the square, per month since the measure or before it."""
CATEGORIES = """code,theme,attempt,description
MIS,assault,unknown,Mishandeling
STR,street_robbery,unknown,Straatroof
E33,confused_person,unknown,Verward persoon
"""


@dataclass(frozen=True)
class Place:
    """A workspace, and files of polygons."""

    workspace: Path
    square: Path
    control: Path
    two: Path


def rows_of(peak: int = 0) -> pd.DataFrame:
    """Return incidents as an extract lists them; 2022 may be a peak on the square."""
    rng, rows = np.random.default_rng(5), []
    for month in [each for each in MONTHS if each != MISSING]:
        since = month >= "2023"
        planted = dict(SINCE_2023 if since else NORMAL)
        planted[SQUARE] += peak if month.startswith("2022") else 0
        told = [(place, "burger") for place, n in planted.items() for _ in range(n)]
        told += [(SQUARE, "politie")] * BY_POLICE[since]
        year, number = month.split("-")
        for n, ((x, y), who) in enumerate(told):
            dx, dy = rng.uniform(-40, 40, 2).round(1)
            day = f"{1 + n % pd.Period(month).days_in_month:02d}-{number}-{year}"
            rows.append((day, "12:15", "MIS", who, round(x + dx, 1), round(y + dy, 1)))
    return pd.DataFrame(rows, columns=["datum", "tijd", "klasse", "initiatief", "x", "y"])


def built(folder: Path, town: Town, rows: pd.DataFrame) -> Place:
    place = Place(*(folder / name for name in ("ws", "plein.geojson", "vgl.gpkg", "twee.gpkg")))
    table, extract = folder / "categorieen.csv", folder / "incidenten.csv"
    table.write_text(CATEGORIES, "utf-8")
    (folder / "m.toml").write_text('[columns]\ninitiator = "initiatief"\n', "utf-8")
    rows.to_csv(extract, index=False, sep=";")
    for step in (
        ("init", place.workspace, "--name", "Proefstad", "--demo"),
        ("ingest", "areas", town.areas, "--workspace", place.workspace),
        ("ingest", "incidents", extract, "--workspace", place.workspace,
         "--categories", table, "--mapping", folder / "m.toml"),
    ):  # fmt: skip
        done = hotspots(*step)
        assert done.returncode == 0, done.stderr
    square = gpd.GeoSeries([Point(SQUARE).buffer(70)], crs="EPSG:28992")
    square.to_crs("EPSG:4326").to_file(place.square)
    rest = gpd.GeoSeries([box(92_000, 451_000, 93_000, 452_000)], crs="EPSG:28992")
    rest.to_file(place.control)
    pd.concat([square, rest]).to_file(place.two)
    return place


@pytest.fixture(scope="module")
def place(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return built(tmp_path_factory.mktemp("effects"), town, rows_of())


def asked(place: Place, *options: str | Path) -> Done:
    given: dict[str, str | Path] = {
        "--theme": "assault",
        "--area": place.square,
        "--from": "2023-01-01",
    }
    words = [word for name, value in given.items() if name not in options for word in (name, value)]
    return hotspots("effects", "--workspace", place.workspace, *words, *options)


def document_of(place: Place, *options: str | Path) -> Any:
    done = asked(place, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def document(place: Place) -> Any:
    return document_of(place)


def test_a_month_not_delivered_is_left_out_on_both_sides(document: Any) -> None:
    year = [each for each in MONTHS if each.startswith("2022") and each != MISSING]
    assert document["before"] == year
    assert document["after"] == [each.replace("2022", "2023") for each in year]
    assert document["not_delivered"] == [MISSING]
    assert document["left_out"] == ["2023-08"]


def test_the_figures_are_those_that_were_planted(document: Any) -> None:
    planted = dict(zip(("area", "ring", "control"), NORMAL, strict=True))
    for zone, at in planted.items():
        found = document["zones"][zone]
        assert (found["before"], found["after"]) == (11 * NORMAL[at], 11 * SINCE_2023[at]), zone
    # The square halved where the rest fell by a tenth; the corner gained a fifth.
    assert document["effect"]["ratio"] == pytest.approx(0.5)
    assert document["control_ratio"] == pytest.approx(0.9)
    assert document["effect"]["relative"] == pytest.approx(0.5 / 0.9)
    assert document["effect"]["high"] < 1
    moved = document["displacement"]
    assert moved["ring"]["relative"] == pytest.approx(1.2 / 0.9)
    assert moved["says"] == "displacement"
    assert moved["quotient"] == pytest.approx((24 / 54 - 20 / 60) / (10 / 54 - 20 / 60))
    # Of 18 to be expected a month there were 8 fewer on the square, and 6 more at the corner.
    assert moved["difference"] == pytest.approx(11 * (6 - 8))
    assert moved["low"] < -22 < moved["high"]


def test_what_police_found_by_themselves_is_apart(document: Any) -> None:
    square = document["zones"]["area"]
    assert (square["police_before"], square["police_after"]) == (22, 66)
    with_police = (10 + 6) / (20 + 2) / 0.9
    assert document["effect_with_police"]["relative"] == pytest.approx(with_police)


def test_the_agreed_sentence_comes_first_and_claims_no_cause(place: Place) -> None:
    found = document_of(place, "--control", place.control, "--name", "het cameragebied")
    said = found["sentences"]["nl"]
    assert said[0].startswith(
        "In het cameragebied \N{MINUS SIGN}50%, in het vergelijkingsgebied \N{MINUS SIGN}10%. "
        "Het verschil is \N{MINUS SIGN}44%. Bij toeval zien we zo'n verschil zelden: "
        "de bandbreedte loopt van "
    )
    assert said[1].startswith("Dit bewijst niet dat de maatregel de oorzaak is")
    assert "Augustus 2022 is niet geleverd." in said
    assert "effect of" not in " ".join(found["sentences"]["en"])
    assert found["is_rest"] is False


def test_published_effects_stand_apart_as_context(place: Place) -> None:
    found = document_of(place)
    assert "beloven niets" in found["context"]["nl"][-1]
    assert not set(found["context"]["nl"]) & set(found["sentences"]["nl"])
    assert any("2019" in source for source in found["context"]["sources"])


def test_a_code_is_an_area_too(place: Place) -> None:
    found = document_of(place, "--area", "WK999902", "--ring-m", "10")
    assert found["area"] == "Wijk 02"
    assert found["zones"]["area"]["before"] == 11 * 40
    assert found["displacement"]["ring"]["relative"] is None


def test_an_area_chosen_at_its_peak_is_warned_for(
    town: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = rows_of(peak=30)
    found = document_of(built(tmp_path_factory.mktemp("peak"), town, rows))
    assert "chosen_at_peak" in found["flags"]
    assert found["peak"]["year"]["relative"] == pytest.approx(50 / 20)
    # Without the peak it is what was planted.
    assert found["peak"]["effect"]["relative"] == pytest.approx(0.5 / 0.9)
    assert "op zijn hoogst gekozen" in " ".join(found["sentences"]["nl"])


def test_a_stacked_location_is_left_out(
    town: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = rows_of().iloc[:1].assign(x=SQUARE[0] + 5.0, y=SQUARE[1] + 5.0, datum="03-03-2023")
    rows = pd.concat([rows_of(), *[desk] * 400])
    found = document_of(built(tmp_path_factory.mktemp("stack"), town, rows))
    assert found["zones"]["area"]["stacked"] == 400
    assert found["effect"]["ratio"] == pytest.approx(0.5)


def test_a_measure_that_begins_halfway_a_month_leaves_that_month_out(place: Place) -> None:
    found = document_of(place, "--from", "2022-12-15", "--before-from", "2022-01-01")
    assert "2022-12" not in found["before"] + found["after"]
    assert "2023-12" not in found["after"]


def test_a_table_for_people_and_rows_for_a_spreadsheet(place: Place) -> None:
    printed = " ".join(asked(place).stdout.split())
    assert "against 2022-01 to 2022-12 (11 months)" in printed
    assert "Weighted displacement quotient -0.75" in printed
    assert "in de rest van de stad \N{MINUS SIGN}10%" in printed
    rows = asked(place, "--format", "csv").stdout.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["area", "ring", "control"]
    assert asked(place).stdout == asked(place).stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--theme", "street_robbery"), "no incidents of street_robbery"),
        (("--theme", "confused_person"), "never scored"),
        (("--area", "{two}"), "exactly one polygon"),
        (("--area", "nergens.gpkg"), "no such file"),
        (("--area", "WK000000"), "no area with this code"),
        (("--from", "2024-01-01"), "No whole month"),
        (("--before-from", "2023-02-01"), "would begin after the measure"),
        (("--from", "2023-03-01", "--before-from", "2022-07-01", "--until", "2023-05-31"),
         "No calendar month"),
        (("--control", "{square}"), "within the area and its ring"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_a_remedy(
    place: Place, options: tuple[str, ...], says: str
) -> None:
    done = asked(place, *(each.format(two=place.two, square=place.square) for each in options))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_hours_that_are_watched_are_compared_apart(town: Town, tmp_path: Path) -> None:
    rows = rows_of()
    rows = rows[rows["initiatief"] == "burger"].reset_index(drop=True)
    square = np.hypot(rows["x"] - SQUARE[0], rows["y"] - SQUARE[1]) < 70
    nth = rows.groupby(["datum", square]).cumcount() + rows["datum"].str[:2].astype(int)
    rows["tijd"] = np.where(nth % 2, "12:15", "21:15")
    # On the square the evening was left quiet since 2023; its days were not.
    late = square & (rows["tijd"] == "21:15") & rows["datum"].str.endswith("2023")
    rows = rows[~late]
    place = built(tmp_path, town, rows)
    policy = tmp_path / "beleid.toml"
    policy.write_text('[cameras]\nwatched_hours = ["daily 20-24"]\n', "utf-8")
    told = document_of(place, "--policy", policy)
    counts = rows.assign(square=square, year=rows["datum"].str[-4:], month=rows["datum"].str[3:5])
    counts = counts[counts["month"] != MISSING[-2:]]
    counts = counts[(counts["tijd"] == "21:15") & counts["square"]]
    watched = told["watched"]
    assert watched["before"] == (counts["year"] == "2022").sum() > 50
    assert watched["after"] == 0
    assert watched["effect"]["high"] < told["effect"]["low"]
    assert watched["hours_unknown"] == 0
    assert "(elke dag van 20 tot 24 uur)" in " ".join(told["sentences"]["nl"])
    assert document_of(place)["watched"] is None
