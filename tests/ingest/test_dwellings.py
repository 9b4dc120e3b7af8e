"""Dwellings as points, built-up land, and how areas get their dwellings."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.areas import ingest_areas
from hotspots.ingest.dwellings import ingest_built_up, ingest_dwellings
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.result import Ingested
from hotspots.pipeline.deliveries import Current, deliver, dwellings_inside, which_area
from hotspots.policy.intake import Limits, Points
from hotspots.store.workspace import Workspace, init_workspace

RD = "EPSG:28992"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOWN = box(90_000, 450_000, 93_000, 452_000)
PLACES = [(90_500.0, 450_500.0), (91_500.0, 450_500.0), (92_500.0, 451_500.0)]


def take(path: Path, mapping: Mapping | None = None) -> Ingested:
    return ingest_dwellings(
        path,
        mapping=mapping or Mapping(),
        crs=RD,
        area=TOWN,
        limits=Limits(),
        points=Points(),
    )


def take_land(path: Path, mapping: Mapping | None = None) -> Ingested:
    return ingest_built_up(path, mapping=mapping or Mapping(), crs=RD, limits=Limits())


def homes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"woningen": [1, 12, 3]}, geometry=[Point(place) for place in PLACES], crs=RD
    )


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [f"{x:.1f}".replace(".", ",") for x in frame.geometry.x],
            "y": [f"{y:.1f}".replace(".", ",") for y in frame.geometry.y],
            "woningen": frame["woningen"],
        }
    )


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], object]] = {
    "adressen.csv": lambda frame, path: _plain(frame).to_csv(path, index=False, sep=";"),
    "adressen.xlsx": lambda frame, path: _plain(frame).to_excel(path, index=False),
    "adressen.parquet": lambda frame, path: frame.to_parquet(path),
    "adressen.gpkg": lambda frame, path: frame.to_file(path),
    "adressen.geojson": lambda frame, path: frame.to_crs(4326).to_file(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_dwellings(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](homes(), path)
    found = take(path)
    assert (found.read, found.accepted, found.rejected) == (3, 3, 0)
    assert found.facts["dwellings"].tolist() == [1, 12, 3]
    for place, (x, y) in zip(gpd.GeoSeries(found.facts["geometry"]), PLACES, strict=True):
        assert place.distance(Point(x, y)) < 0.002


def test_a_point_without_a_number_is_one_dwelling(tmp_path: Path) -> None:
    path = tmp_path / "punten.parquet"
    homes().drop(columns="woningen").to_parquet(path)
    assert take(path).facts["dwellings"].tolist() == [1, 1, 1]


def test_dirty_rows_are_quarantined_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / "adressen.csv"
    path.write_text(
        "x;y;woningen\n91500;450500;2\n450500;91500;1\n;450500;1\n91500;450500;veel\n"
        "91500;450500;-1\n0;0;1\n91600;450500;0\n"
    )
    found = take(path)
    assert (found.read, found.accepted, found.rejected) == (7, 2, 5)
    assert found.facts["dwellings"].tolist() == [2, 0]
    assert found.rejects["row"].tolist() == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("column", ["adres", "huisnummer", "bsn", "naam"])
def test_addresses_are_refused(column: str, tmp_path: Path) -> None:
    path = tmp_path / "adressen.csv"
    path.write_text(f"x;y;{column}\n91500;450500;Dorpsstraat 1\n")
    with pytest.raises(PersonalDataRefused) as refusal:
        take(path)
    assert [problem.column for problem in refusal.value.problems] == [column]


@pytest.mark.parametrize("column", ["inwoners", "population"])
def test_inhabitants_are_no_dwellings(column: str, tmp_path: Path) -> None:
    path = tmp_path / "adressen.csv"
    path.write_text(f"x;y;{column}\n91500;450500;3\n")
    with pytest.raises(PersonalDataRefused, match="never enter a score"):
        take(path, Mapping(columns=Columns(dwellings=column)))


def test_a_file_without_coordinates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "adressen.csv"
    path.write_text("buurt;woningen\nBU1;3\n")
    with pytest.raises(InputRefused, match="No coordinates"):
        take(path)


# ---------------------------------------------------------------- points in polygons
def districts() -> gpd.GeoDataFrame:
    """Return two squares that share the border x = 91,000, and one that was not drawn."""
    drawn = [box(90_000, 450_000, 91_000, 451_000), box(91_000, 450_000, 92_000, 451_000)]
    codes = pd.DataFrame({"area_code": ["VG1", "VG2", "VG3"]}, index=[7, 8, 9])
    shapes = gpd.GeoSeries(drawn, index=[7, 8], crs=RD).reindex(codes.index)
    return gpd.GeoDataFrame(codes, geometry=shapes)


HAND = gpd.GeoDataFrame(
    {"dwellings": [2, 3, 5, 7, 11]},
    geometry=[
        Point(90_500, 450_500),  # VG1
        Point(91_500, 450_500),  # VG2
        Point(91_000, 450_500),  # on the border of both: the first has it
        Point(91_000, 451_000),  # a corner of both: the first has it
        Point(95_000, 450_500),  # in neither
    ],
    crs=RD,
)


def test_a_point_on_a_shared_border_counts_once() -> None:
    counted = dwellings_inside(districts(), HAND)
    assert counted.index.tolist() == [7, 8, 9]
    assert counted.iloc[:2].tolist() == [2 + 5 + 7, 3]
    assert counted.isna().tolist() == [False, False, True]
    assert which_area(districts(), HAND).fillna(-1).tolist() == [7, 8, 7, 7, -1]


def test_areas_without_a_point_have_none_and_points_in_no_area_are_left_out() -> None:
    assert dwellings_inside(districts(), HAND.iloc[4:]).iloc[:2].tolist() == [0, 0]
    assert dwellings_inside(districts(), HAND.iloc[:0]).iloc[:2].tolist() == [0, 0]


def _with_areas(folder: Path) -> Workspace:
    workspace = init_workspace(folder / "ws", name="x", crs=RD)
    path = folder / "gebieden.gpkg"
    areas = districts().iloc[:2].assign(naam=["Een", "Twee"], woningen=[100, 200])
    areas.rename(columns={"area_code": "code"}).to_file(path)
    found = ingest_areas(path, mapping=Mapping(), level="service-area", crs=RD, limits=Limits())
    deliver(workspace, found, at=NOW)
    return workspace


def test_points_go_before_the_number_that_came_with_the_areas(tmp_path: Path) -> None:
    workspace = _with_areas(tmp_path)
    assert Current(workspace).areas["service-area"]["dwellings"].tolist() == [100, 200]
    path = tmp_path / "adressen.parquet"
    HAND.iloc[:4].rename(columns={"dwellings": "woningen"}).to_parquet(path)
    deliver(workspace, take(path), at=NOW)
    current = Current(workspace)
    assert current.areas["service-area"]["dwellings"].tolist() == [14, 3]
    assert {each.kind for each in current.pinned.values()} == {"areas", "dwellings"}


def test_the_newest_delivery_of_dwellings_holds(tmp_path: Path) -> None:
    workspace = _with_areas(tmp_path)
    for number, rows in enumerate((HAND.iloc[:4], HAND.iloc[:2])):
        path = tmp_path / f"adressen{number}.parquet"
        rows.rename(columns={"dwellings": "woningen"}).to_parquet(path)
        deliver(workspace, take(path), at=NOW)
    assert Current(workspace).areas["service-area"]["dwellings"].tolist() == [2, 3]


# ---------------------------------------------------------------- built-up land
def test_built_up_land_keeps_its_area_in_the_workspace_crs(tmp_path: Path) -> None:
    path = tmp_path / "kom.geojson"
    land = gpd.GeoDataFrame(geometry=[box(90_000, 450_000, 91_000, 451_000)], crs=RD)
    land.to_crs(4326).to_file(path)
    found = take_land(path)
    drawn = gpd.GeoSeries(found.facts["geometry"])
    assert drawn.crs == RD
    assert drawn.area.sum() == pytest.approx(1e6, rel=1e-4)


def test_what_is_no_polygon_is_quarantined_and_a_bow_tie_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "kom.gpkg"
    bow_tie = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    shapes = [
        LineString([(90_000, 450_000), (91_000, 450_000)]),
        Polygon([(90_000 + x, 450_000 + y) for x, y in bow_tie.exterior.coords]),
    ]
    gpd.GeoDataFrame(geometry=shapes, crs=RD).to_file(path)
    found = take_land(path)
    assert (found.read, found.accepted, found.rejected) == (2, 1, 1)
    drawn = gpd.GeoSeries(found.facts["geometry"])
    assert drawn.is_valid.all()
    # two triangles of half a square that meet in its middle
    assert drawn.area.sum() == pytest.approx(0.5e6)


@pytest.mark.filterwarnings("ignore::UserWarning")  # written without a CRS, on purpose
def test_built_up_land_without_polygons_or_reference_system_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "kom.csv"
    table.write_text("a;b\n1;2\n")
    with pytest.raises(InputRefused, match="drawn"):
        take_land(table)
    path = tmp_path / "kom.gpkg"
    gpd.GeoDataFrame(geometry=[box(90_000, 450_000, 91_000, 451_000)]).to_file(path)
    with pytest.raises(InputRefused, match="no coordinate reference system"):
        take_land(path)
    assert take_land(path, Mapping(crs=RD)).accepted == 1
    with pytest.raises(InputRefused, match="not known"):
        take_land(path, Mapping(crs="EPSG:99999"))
