"""Incidents from any file: the same points, each row judged, and nothing lost."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from hotspots.errors import HotspotsError, InputRefused, PersonalDataRefused
from hotspots.ingest.categories import CategoryTable, load_categories
from hotspots.ingest.incidents import ingest_incidents
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.result import Ingested
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.policy.intake import Limits, Points
from hotspots.store.facts import current_months, list_deliveries, read_facts
from hotspots.store.workspace import init_workspace
from tests.town import CATEGORIES

RD = "EPSG:28992"
TOWN = box(90_000, 450_000, 93_000, 452_000)
HEADER = "nummer;datum;tijd;einddatum;eindtijd;klasse;x;y"
AS_ID = Mapping(columns=Columns(id="nummer"))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def table() -> CategoryTable:
    """Return the town's category table, read once."""
    return _TABLE


@pytest.fixture(scope="module", autouse=True)
def _categories(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _TABLE  # noqa: PLW0603  # hypothesis runs a test often; the table never changes
    path = tmp_path_factory.mktemp("table") / "tabel.csv"
    path.write_text(CATEGORIES, encoding="utf-8")
    _TABLE = load_categories(path)


_TABLE = CategoryTable("leeg", {}, guessed=False)


def take(
    path: Path,
    *,
    mapping: Mapping | None = None,
    area: BaseGeometry | None = TOWN,
    points: Points | None = None,
    categories: CategoryTable | None = None,
    crs: str = RD,
) -> Ingested:
    return ingest_incidents(
        path,
        mapping=mapping or Mapping(),
        categories=categories or table(),
        crs=crs,
        area=area,
        limits=Limits(),
        points=points or Points(),
    )


def write(folder: Path, *rows: str, header: str = HEADER, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def row(number: int, *, day: str = "03-04-2021", x: str = "91500", y: str = "451000") -> str:
    return f"{number};{day};21:30;;;INB-V;{x};{y}"


def rejects(found: Ingested) -> list[tuple[int, str, str]]:
    columns = ["row", "column", "value"]
    return list(found.rejects[columns].itertuples(index=False, name=None))


# ---------------------------------------------------------------- formats
PLACES = [(90_500.5, 450_250.5), (91_234.5, 451_000.0), (92_999.25, 451_999.75)]
STARTS = ["2021-03-04 23:15:00", "2021-12-31 00:05:00", "2022-01-01 12:00:00"]


def incidents_frame() -> gpd.GeoDataFrame:
    """Return three incidents; names short enough for a shapefile."""
    starts = pd.to_datetime(pd.Series(STARTS))
    return gpd.GeoDataFrame(
        {
            "id": ["a1", "a2", "a3"],
            "datum": starts.dt.strftime("%d-%m-%Y"),
            "tijd": starts.dt.strftime("%H:%M"),
            "klasse": ["INB-V", "INB-P", "FTS"],
            "initiatief": ["burger", "politie", "burger"],
            "x": [x for x, _ in PLACES],
            "y": [y for _, y in PLACES],
        },
        geometry=[Point(place) for place in PLACES],
        crs=RD,
    )


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry"))


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.drop(columns=["x", "y"])


def _one_moment(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    whole = _plain(frame).drop(columns=["datum", "tijd"])
    return whole.assign(begindatum=pd.to_datetime(pd.Series(STARTS)))


def _shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    folder = path.parent / "shape"
    folder.mkdir()
    _placed(frame).to_file(folder / "punten.shp")
    with ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], object]] = {
    "comma.csv": lambda frame, path: _plain(frame).to_csv(path, index=False),
    "decimal comma.csv": lambda frame, path: _plain(frame).to_csv(
        path, index=False, sep=";", decimal=",", encoding="cp1252"
    ),
    "packed.csv.gz": lambda frame, path: path.write_bytes(
        gzip.compress(_plain(frame).to_csv(index=False).encode())
    ),
    "degrees.csv": lambda frame, path: (
        _plain(frame)
        .drop(columns=["x", "y"])
        .assign(lon=frame.to_crs(4326).geometry.x, lat=frame.to_crs(4326).geometry.y)
        .to_csv(path, index=False)
    ),
    "one moment.csv": lambda frame, path: _one_moment(frame).to_csv(path, index=False),
    "book.xlsx": lambda frame, path: _plain(frame).to_excel(path, index=False),
    "real dates.xlsx": lambda frame, path: _one_moment(frame).to_excel(path, index=False),
    "real dates.parquet": lambda frame, path: _one_moment(frame).to_parquet(path),
    "table.parquet": lambda frame, path: _plain(frame).to_parquet(path),
    "points.parquet": lambda frame, path: _placed(frame).to_parquet(path),
    "points and columns.parquet": lambda frame, path: frame.to_parquet(path),
    "points.gpkg": lambda frame, path: _placed(frame).to_file(path),
    "degrees.gpkg": lambda frame, path: _placed(frame).to_crs(4326).to_file(path),
    "points.geojson": lambda frame, path: _placed(frame).to_crs(4326).to_file(path),
    "points.zip": _shapefile,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_incidents(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](incidents_frame(), path)
    found = take(path)
    assert (found.read, found.accepted, found.rejected) == (3, 3, 0)
    facts = gpd.GeoDataFrame(found.facts)
    assert facts.crs == RD
    for place, (x, y) in zip(facts.geometry, PLACES, strict=True):
        assert place.distance(Point(x, y)) < 0.002
    assert facts["start"].tolist() == [pd.Timestamp(start) for start in STARTS]
    assert facts["month"].tolist() == ["2021-03", "2021-12", "2022-01"]
    assert facts["time_precision"].unique().tolist() == ["minute"]
    assert facts["theme"].tolist() == ["burglary", "burglary", "bicycle_theft"]
    assert facts["attempt"].tolist() == ["completed", "attempted", "unknown"]
    assert facts["initiator"].tolist() == ["citizen", "police", "citizen"]


# ---------------------------------------------------------------- moments
@pytest.mark.parametrize(
    ("timezone", "start"),
    [(None, "2021-03-31 22:30:15"), ("Europe/Amsterdam", "2021-04-01 00:30:15")],
)
@pytest.mark.parametrize("moment", ["2021-03-31T22:30:15Z", "2021-03-31 22:30:15.5+00:00"])
def test_a_time_with_an_offset_is_converted_when_the_zone_is_given(
    moment: str, timezone: str | None, start: str, tmp_path: Path
) -> None:
    file = write(tmp_path, f"{moment};INB-V;91500;451000", header="begindatum;klasse;x;y")
    found = take(file, mapping=Mapping(timezone=timezone))
    assert found.facts["start"].tolist() == [pd.Timestamp(start)]
    assert found.facts["month"].tolist() == [start[:7]]
    assert any("offset" in note for note in found.notes) == (timezone is None)


@pytest.mark.parametrize(
    ("header", "fields", "start", "precision"),
    [
        ("datum;tijd", "3-4-2021;2130", "2021-04-03 21:30", "minute"),
        ("datum;tijd", "2021/04/03;21.30", "2021-04-03 21:30", "minute"),
        ("datum;tijd", "03-04-2021;", "2021-04-03", "day"),
        ("begindatum", "2021-04-03T21:30:15", "2021-04-03 21:30:15", "minute"),
        ("begindatum", "2021-04-03T21:30:15.123", "2021-04-03 21:30:15", "minute"),
        ("begindatum", "03-04-2021 21:30", "2021-04-03 21:30", "minute"),
        ("begindatum", "03.04.2021", "2021-04-03", "day"),
        ("datum;tijd", "03-04-2021;00:00", "2021-04-03 00:00", "minute"),
        ("datum;tijd", "2021-04-03 00:00:00;21:30", "2021-04-03 21:30", "minute"),
        ("datum;tijd", "2021-04-03 00:00:00;", "2021-04-03", "day"),
        ("datum;tijd", "2021-04-03 21:30:00;", "2021-04-03 21:30", "minute"),
    ],
)
def test_dates_and_times_in_one_or_two_columns(
    header: str, fields: str, start: str, precision: str, tmp_path: Path
) -> None:
    found = take(write(tmp_path, f"{fields};INB-V;91500;451000", header=f"{header};klasse;x;y"))
    assert found.facts["start"].tolist() == [pd.Timestamp(start)]
    assert found.facts["time_precision"].tolist() == [precision]


def test_a_missing_time_keeps_its_date(tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1), row(2).replace("21:30", "")))
    assert found.facts["time_precision"].tolist() == ["day", "minute"]
    assert found.facts["month"].tolist() == ["2021-04", "2021-04"]
    assert "1 incidents without a time of day; kept with their date" in found.notes


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_a_column_of_dates_without_times_is_not_midnight(suffix: str, tmp_path: Path) -> None:
    frame = _plain(incidents_frame()).drop(columns="tijd")
    frame["datum"] = pd.to_datetime(frame["datum"], dayfirst=True)
    path = tmp_path / f"dagen.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_excel(path, index=False)
    assert take(path).facts["time_precision"].tolist() == ["day"] * 3


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ("03-04-2021;21:30;03-04-2021;21:29", False),
        ("03-04-2021;21:30;02-04-2021;23:00", False),
        ("03-04-2021;21:30;02-04-2021;", False),
        ("03-04-2021;21:30;03-04-2021;21:30", True),
        ("03-04-2021;21:30;03-04-2021;", True),  # that day ends after it began
        ("03-04-2021;;03-04-2021;08:00", True),
        ("03-04-2021;21:30;04-04-2021;02:00", True),
        ("03-04-2021;21:30;;", True),
    ],
)
def test_an_end_before_its_start_is_quarantined(
    fields: str, accepted: bool, tmp_path: Path
) -> None:
    found = take(write(tmp_path, row(1), f"2;{fields};INB-V;91500;451000"))
    assert found.rejected == (not accepted)
    if not accepted:
        assert found.rejects[["row", "column"]].to_numpy().tolist() == [[3, "einddatum"]]
        assert "before the start" in found.rejects["rule"][0]


def test_a_source_that_gives_months_alone(tmp_path: Path) -> None:
    rows = ["2021-03;INB-V;91500;451000", "apr 2021;INB-V;91500;451001"]
    found = take(write(tmp_path, *rows, header="Month;klasse;x;y"))
    assert found.facts["month"].tolist() == found.months == ["2021-03", "2021-04"]
    assert found.facts["time_precision"].unique().tolist() == ["month"]
    assert found.facts["start"].isna().all()
    assert any("months, not days" in note for note in found.notes)


@pytest.mark.parametrize(
    "day", ["31-02-2021", "03-13-2021", "toen", "", "03-04-21", "03-04-1821", "2021-04"]
)
def test_a_day_that_does_not_exist_is_quarantined(day: str, tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1), row(2, day=day)))
    assert rejects(found) == [(3, "datum", day)]
    assert found.rejects["remedy"].str.endswith(".").all()


# ---------------------------------------------------------------- places
TROUBLES = {
    "swapped": ("451000", "91500", "swapped"),
    "degrees": ("4,388", "52,043", "degrees among metres"),
    "null island": ("0", "0", r"\(0, 0\)"),
    "another province": ("200000", "450500", "outside the area"),
    "missing": ("", "451000", "not filled in"),
    "no number": ("oost", "451000", "not a coordinate"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_misplaced_point_is_quarantined_with_its_cause(trouble: str, tmp_path: Path) -> None:
    x, y, rule = TROUBLES[trouble]
    found = take(write(tmp_path, row(1), row(2, x=x, y=y), row(3)))
    assert (found.read, found.accepted, found.rejected) == (3, 2, 1)
    assert found.rejects["row"].tolist() == [3]
    assert found.rejects["rule"].str.contains(rule).all()
    assert found.rejects["remedy"].str.endswith(".").all()
    assert set(found.rejects["column"]) <= {"x", "y", "x, y"}
    value = x if set(found.rejects["column"]) == {"x"} else f"{x}, {y}".replace(",", ".", 0)
    assert found.rejects["value"].fillna("").tolist() == [
        value if "," not in x else "4.388, 52.043"
    ]


@pytest.mark.parametrize("trouble", ["swapped", "degrees", "null island", "another province"])
def test_a_file_of_which_most_rows_share_a_trouble_is_refused(trouble: str, tmp_path: Path) -> None:
    x, y, rule = TROUBLES[trouble]
    rows = [row(number, x=x, y=y) for number in range(6)]
    with pytest.raises(InputRefused, match=rule) as refusal:
        take(write(tmp_path, row(7), *rows))
    (problem,) = refusal.value.problems
    assert (problem.file, problem.column) == ("f.csv", "x, y")
    assert "Of 7 rows 6" in problem.rule
    assert "crs" in problem.remedy


def test_axes_mapped_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    wrong = Mapping(columns=Columns(x="y", y="x"))
    with pytest.raises(InputRefused, match="swapped") as refusal:
        take(write(tmp_path, row(1), row(2)), mapping=wrong)
    assert refusal.value.problems[0].value == "451000, 91500"


def test_another_reference_system_than_the_columns_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="outside the area"):
        take(write(tmp_path, row(1), row(2)), mapping=Mapping(crs="EPSG:32631"))


@pytest.mark.filterwarnings("ignore::UserWarning")  # written without a CRS, on purpose
def test_points_without_a_reference_system_are_refused_until_one_is_stated(tmp_path: Path) -> None:
    path = tmp_path / "los.gpkg"
    frame = incidents_frame()
    gpd.GeoDataFrame(
        _plain(frame)[["id", "datum", "klasse"]], geometry=list(frame.geometry)
    ).to_file(path)
    with pytest.raises(InputRefused, match="no coordinate reference system"):
        take(path)
    assert take(path, mapping=Mapping(crs=RD)).accepted == 3


def test_geometry_that_is_no_point_is_quarantined(tmp_path: Path) -> None:
    shapes: list[BaseGeometry] = [Point(PLACES[0]), box(91_000, 450_500, 91_001, 450_501), Point()]
    frame = _placed(incidents_frame()).set_geometry(gpd.GeoSeries(shapes, crs=RD))
    path = tmp_path / "vormen.parquet"
    frame.to_parquet(path)
    found = take(path)
    assert (found.accepted, found.rejected) == (1, 2)
    assert set(found.rejects["column"]) == {"geometry"}


def test_without_a_municipality_the_reference_system_bounds_the_points(tmp_path: Path) -> None:
    rows = [row(1), row(2, x="200000", y="450500"), row(3, x="451000", y="91500")]
    found = take(write(tmp_path, *rows), area=None)
    assert rejects(found) == [(4, "x, y", "451000, 91500")]


def test_a_point_just_outside_still_counts(tmp_path: Path) -> None:
    path = write(tmp_path, row(1), row(2, x="93200"), row(3, x="93300"), row(4), row(5))
    assert rejects(take(path)) == [(4, "x, y", "93300, 451000")]
    assert take(path, points=Points(outside_m=0)).rejected == 2


@pytest.mark.parametrize("stated", ["EPSG:4326", "EPSG:4258", "OGC:CRS84"])
def test_degrees_that_are_stated_are_degrees_in_every_notation(stated: str, tmp_path: Path) -> None:
    place = gpd.GeoSeries([Point(91_500, 451_000)], crs=RD).to_crs(4258)
    rows = [row(1, x=f"{place.x[0]:.5f}", y=f"{place.y[0]:.5f}"), row(2, x="4,90000", y="52,37000")]
    found = take(write(tmp_path, *rows), mapping=Mapping(crs=stated))
    # 0.00001 degree of latitude is 1.1 m; the datums differ by less than that
    assert found.facts["precision_m"].tolist() == [pytest.approx(1.11, abs=0.01)]
    assert gpd.GeoSeries(found.facts["geometry"])[0].distance(Point(91_500, 451_000)) < 3
    assert found.rejects["rule"].tolist() == ["The place lies outside the area."]


@pytest.mark.parametrize(
    ("x", "precision_m"),
    [("91500", 1), ("91500,5", 0.1), ("91500.25", 0.01), ("91.500,5", 0.1), ("91500,12345", 0.001)],
)
def test_precision_is_the_size_of_the_last_digit(
    x: str, precision_m: float, tmp_path: Path
) -> None:
    found = take(write(tmp_path, row(1, x=x, y="451000,00001")))
    assert found.facts["precision_m"].tolist() == [pytest.approx(precision_m)]


def test_a_stated_reference_system_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="not known") as refusal:
        take(write(tmp_path, row(1)), mapping=Mapping(crs="EPSG:99999"))
    assert refusal.value.problems[0].value == "EPSG:99999"


def test_precision_of_degrees(tmp_path: Path) -> None:
    rows = ["2021-03-04;INB-V;4,461;52.043", "2021-03-05;INB-V;4,46112;52.043"]
    found = take(write(tmp_path, *rows, header="datum;klasse;lon;lat"))
    # a degree of latitude is 111.3 km, and less to the east: the figure is an upper bound
    assert found.facts["precision_m"].tolist() == [
        pytest.approx(111.3, abs=0.1),
        pytest.approx(1.113, abs=0.001),
    ]


def test_coarsened_points_lie_in_the_middle_of_their_square(tmp_path: Path) -> None:
    path = write(tmp_path, row(1, x="91234,5", y="451099,9"), row(2, x="91200", y="451000"))
    found = take(path, points=Points(coarsen_m=100))
    places = gpd.GeoSeries(found.facts["geometry"])
    assert places.to_list() == [Point(91_250, 451_050)] * 2
    assert found.facts["precision_m"].tolist() == [100, 100]
    assert any("100 m" in note for note in found.notes)
    assert found.id != take(path).id


def test_stacks_and_snap_points_are_noted_and_kept(tmp_path: Path) -> None:
    apart = [row(n, x=str(90_100 + 10 * n)) for n in range(150)]
    desk = [row(1000 + n, x="92500") for n in range(60)]
    found = take(write(tmp_path, *apart, *desk), mapping=AS_ID)
    assert found.accepted == 210
    assert any("1 places hold 60 points" in note for note in found.notes)
    snapped = [row(n, x=str(90_100 + 10 * (n % 30))) for n in range(150)]
    found = take(write(tmp_path, *snapped), mapping=AS_ID)
    assert found.accepted == 150
    assert any("snap points: 150 points lie on 30 places" in note for note in found.notes)
    found = take(write(tmp_path, *apart), mapping=AS_ID)
    assert not any("places" in note for note in found.notes)


# ---------------------------------------------------------------- duplicates
def test_of_identical_registrations_the_first_counts(tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1), row(2), row(1)), mapping=AS_ID)
    assert (found.accepted, found.rejected) == (2, 1)
    assert rejects(found) == [(4, "nummer", "1")]


def test_of_differing_registrations_none_counts(tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1), row(2), row(1, x="91600")), mapping=AS_ID)
    assert rejects(found) == [(2, "nummer", "1"), (4, "nummer", "1")]
    assert len(found.facts) == 1


def test_an_empty_number_is_no_duplicate(tmp_path: Path) -> None:
    bare = row(1).removeprefix("1")
    assert take(write(tmp_path, bare, bare, row(3)), mapping=AS_ID).accepted == 3


def test_a_guessed_number_that_often_repeats_is_not_one(tmp_path: Path) -> None:
    rows = [row(n % 5, x=str(90_100 + n)) for n in range(40)]
    path = write(tmp_path, *rows, header=HEADER.replace("nummer", "id"))
    found = take(path)
    assert found.accepted == 40
    assert "id often repeats, so it is no registration number" in found.notes
    assert take(write(tmp_path, row(9), *rows), mapping=AS_ID).accepted == 1


# ---------------------------------------------------------------- months covered
def test_a_month_that_had_not_ended_is_not_delivered(tmp_path: Path) -> None:
    days = [f"{d:02d}-{m:02d}-2021" for m in (1, 2, 3) for d in range(1, 29)]
    rows = [
        row(n, day=day) for n, day in enumerate(days + [f"{d:02d}-04-2021" for d in range(1, 15)])
    ]
    found = take(write(tmp_path, *rows), mapping=AS_ID)
    assert found.months == ["2021-01", "2021-02", "2021-03"]
    assert any("2021-04 stops on day 14 (14 incidents)" in note for note in found.notes)
    assert len(found.facts) == len(rows)


def test_a_few_incidents_of_another_year_do_not_deliver_its_months(tmp_path: Path) -> None:
    days = [f"{d:02d}-{m:02d}-2021" for m in (1, 2, 3) for d in range(1, 32 if m % 2 else 29)]
    stray = row(999, day="31-12-2020")
    found = take(
        write(tmp_path, stray, *[row(n, day=d) for n, d in enumerate(days)]), mapping=AS_ID
    )
    assert found.months == ["2021-01", "2021-02", "2021-03"]
    assert any("2020-12 (1 incidents)" in note for note in found.notes)
    assert found.accepted == len(days) + 1


def test_a_later_file_for_an_old_year_supersedes_it_and_both_are_kept(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "ws", name="x", crs=RD)
    year = [row(m, day=f"28-{m:02d}-2021") for m in range(1, 13)]
    next_year = [row(m, day=f"28-{m:02d}-2022") for m in range(1, 13)]
    late = [*year, row(13, day="27-05-2021", x="91600")]
    for rows in (year, next_year, late):
        deliver(workspace, take(write(tmp_path, *rows), mapping=AS_ID), at=NOW)
    assert len(list_deliveries(workspace)) == 3
    assert [len(read_facts(workspace, each)) for each in list_deliveries(workspace)] == [12, 12, 13]
    current = Current(workspace)
    held = current_months(current.deliveries, kind="incidents", theme="burglary")
    assert {month[:4]: each.sequence for month, each in held.items()} == {"2021": 3, "2022": 2}
    now = current.rows_of("burglary", held)
    assert now["month"].value_counts()["2021-05"] == 2
    assert len(now) == 25


# ---------------------------------------------------------------- refused as a whole
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("huisnummer", "12"),
        ("adres", "Dorpsstraat 12"),
        ("plek", "Dorpsstraat 12"),
        ("toelichting", "x"),
        ("melder", "x"),
        ("verhaal", "Om tien uur zag de buurman twee jongens bij de voordeur staan"),
    ],
)
def test_addresses_and_narratives_are_refused(column: str, value: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"{row(1)};{value}", header=f"{HEADER};{column}")
    with pytest.raises(PersonalDataRefused) as refusal:
        take(path)
    assert [problem.column for problem in refusal.value.problems] == [column]


def test_what_lacks_is_asked_for_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        take(write(tmp_path, "1;2", header="a;b"))
    text = str(refusal.value)
    assert all(f'[columns] {mine} = "…"' in text for mine in ("category", "start", "x", "y"))
    with pytest.raises(InputRefused, match="does not have it"):
        take(write(tmp_path, row(1)), mapping=Mapping(columns=Columns(x="oost")))


def test_one_row(tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1)))
    assert (found.read, found.accepted, found.months) == (1, 1, ["2021-04"])


def test_no_usable_row_is_a_refusal_that_names_them_all(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        take(write(tmp_path, row(1, x=""), row(2, day="ooit")))
    named = {(problem.row, problem.column) for problem in refusal.value.problems}
    assert named == {(2, "x"), (3, "datum")}


def test_all_problems_of_a_row_are_told(tmp_path: Path) -> None:
    found = take(write(tmp_path, row(1), "2;31-02-2021;25:00;ooit;;XYZ;0;0"))
    assert {column for _, column, _ in rejects(found)} == {
        "datum", "tijd", "einddatum", "klasse", "x, y",
    }  # fmt: skip
    assert found.rejected == 1


# ---------------------------------------------------------------- dirt of any kind
CELL = st.one_of(
    st.sampled_from(
        ["", "INB-V", "XYZ", "91500", "451000", "0", "4,388", "52,043", "03-04-2021", "2021-04-03",
         "31-02-2021", "21:30", "99:99", "-", "NaN", "1e9", "٣", "-5", "1\u00a0000", '"', "\u2028"]
    ),
    st.text(max_size=12),
)  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.lists(CELL, min_size=6, max_size=10).map(";".join),
        st.tuples(
            st.integers(0, 5), st.integers(90_000, 93_000), st.integers(450_000, 452_000)
        ).map(lambda each: row(each[0], x=str(each[1]), y=str(each[2]))),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES, encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_of_a_dirty_file_nothing_is_lost(lines: list[str], encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "vuil.csv"
    path.write_bytes("\n".join([HEADER, *lines, ""]).encode(encoding, errors="replace"))
    try:
        found = take(path, mapping=AS_ID)
    except HotspotsError as refusal:
        assert all(p.file == "vuil.csv" and p.rule and p.remedy for p in refusal.problems)
        return
    assert found.read == found.accepted + found.rejected
    assert len(found.facts) == found.accepted
    assert found.rejects["row"].nunique() == found.rejected
    assert found.rejects["row"].between(2, 1 + found.read + len(lines)).all()
    assert not found.rejects[["rule", "remedy"]].isna().any(axis=None)
    assert gpd.GeoSeries(found.facts["geometry"]).within(TOWN.buffer(251)).all()
