"""Buildings, public space and streets: shapes as extracts hold them, judged row by row."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.buildings import ingest_buildings
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.public_space import ingest_public_space, ingest_streets
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits

RD = "EPSG:28992"
READERS: dict[str, Callable[..., Ingested]] = {
    "buildings": ingest_buildings,
    "public-space": ingest_public_space,
    "streets": ingest_streets,
}


def take(kind: str, path: Path, mapping: Mapping | None = None) -> Ingested:
    return READERS[kind](path, mapping=mapping or Mapping(), crs=RD, limits=Limits())


def square(x: float, y: float, side: float = 10) -> Polygon:
    return box(x, y, x + side, y + side)


def saved(folder: Path, frame: gpd.GeoDataFrame, name: str = "f.parquet") -> Path:
    path = folder / name
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_file(path)
    return path


# ---------------------------------------------------------------- buildings
def test_heights_are_above_the_ground_or_between_roof_and_ground(tmp_path: Path) -> None:
    shapes = [square(90_000 + 20 * i, 450_000) for i in range(2)]
    above = gpd.GeoDataFrame({"hoogte_m": [12.5, None]}, geometry=shapes, crs=RD)
    roof = gpd.GeoDataFrame(
        {"zmin": [1.5, -2.0], "zmax": [14.0, None], "eaves": [10.0, 3.0]}, geometry=shapes, crs=RD
    )
    for frame, name in ((above, "a.gpkg"), (roof, "b.gpkg")):
        found = take("buildings", saved(tmp_path, frame, name))
        assert found.facts["height_m"].tolist()[0] == 12.5
        assert found.facts["height_m"].isna().tolist() == [False, True]
        assert any("1 buildings without a height" in note for note in found.notes)
    assert found.facts["ground_m"].tolist() == [1.5, -2.0]
    assert found.mapping == {"top_m": "zmax", "ground_m": "zmin"}


def test_heights_that_cannot_be_right_are_quarantined(tmp_path: Path) -> None:
    heights = ["9", "0", "-3", "9999", "hoog", "1,5"]
    shapes = [square(90_000 + 20 * i, 450_000) for i in range(len(heights))]
    frame = gpd.GeoDataFrame({"hoogte": heights}, geometry=shapes, crs=RD)
    found = take("buildings", saved(tmp_path, frame))
    assert found.facts["height_m"].tolist() == [9.0, 1.5]
    assert (found.read, found.accepted) == (6, 2)
    assert sorted(found.rejects["row"]) == [2, 3, 4, 5]
    assert any("the view would seem open" in note for note in found.notes)
    roofs = gpd.GeoDataFrame({"zmin": [5.0, 5.0], "zmax": [5.0, 9.0]}, geometry=shapes[:2], crs=RD)
    assert take("buildings", saved(tmp_path, roofs)).rejects["row"].tolist() == [1]


def test_real_buildings_of_the_hague_and_delft(shared_data: Path) -> None:
    hague = take("buildings", shared_data / "denhaag" / "lod2_gebouwen.gpkg")
    given = gpd.read_file(shared_data / "denhaag" / "lod2_gebouwen.gpkg")
    assert (hague.read, hague.accepted) == (len(given), len(given))
    assert hague.facts["height_m"].sum() == pytest.approx((given["zmax"] - given["zmin"]).sum())
    assert hague.facts.geometry.area.sum() == pytest.approx(given.area.sum())
    delft = take("buildings", shared_data / "delft" / "bgt_pand.gpkg")
    assert delft.accepted == 160
    assert delft.facts["height_m"].isna().all()
    space = take("public-space", shared_data / "delft" / "bgt_wegdeel.gpkg")
    assert space.mapping == {"kind": "function"}
    assert "voetpad" in set(space.facts["kind"])


# ---------------------------------------------------------------- any shape
def bow_tie(x: float, y: float) -> Polygon:
    return Polygon([(x, y), (x + 10, y + 10), (x + 10, y), (x, y + 10)])


def test_polygons_are_mended_flattened_and_taken_apart(tmp_path: Path) -> None:
    shapes = [
        bow_tie(90_000, 450_000),
        MultiPolygon([square(90_100, 450_000), square(90_200, 450_000)]),
        Polygon([(90_300, 450_000, 3), (90_310, 450_000, 3), (90_310, 450_010, 4)]),
    ]
    frame = gpd.GeoDataFrame({"soort": ["plein", "park", "weg"]}, geometry=shapes, crs=RD)
    found = take("public-space", saved(tmp_path, frame))
    assert (found.read, found.accepted, found.rejected) == (3, 3, 0)
    drawn = found.facts.geometry
    assert set(drawn.geom_type) == {"Polygon"}
    assert drawn.is_valid.all()
    assert not drawn.has_z.any()
    area = found.facts.assign(area=drawn.area).groupby("kind")["area"].sum()
    # a bow tie is two triangles that meet in the middle: half of its square
    assert area.round(6).to_dict() == {"plein": 50, "park": 200, "weg": 50}
    notes = " ".join(found.notes)
    assert "crossed themselves" in notes
    assert "of several parts" in notes
    assert "heights in their coordinates" in notes


def test_shapes_that_do_not_fit_are_quarantined(tmp_path: Path) -> None:
    good = [square(90_000 + 20 * i, 450_000) for i in range(8)]
    flat = Polygon([(90_000, 450_000), (90_010, 450_000), (90_020, 450_000)])
    spike = Polygon([(90_000, 450_000), (90_010, 450_000), (4.3, 52.1)])
    bad = [
        None,
        Polygon(),
        Point(90_000, 450_000),
        LineString([(90_000, 450_000), (90_010, 450_000)]),
        GeometryCollection([square(90_000, 450_000)]),
        flat,
        square(4.3, 52.1, 0.001),
        spike,
        square(450_000, 90_000),
        square(900_000, 450_000),
        square(0, 0, 1e-7),
    ]
    frame = gpd.GeoDataFrame(geometry=np.array([*good, *bad], dtype=object), crs=RD)
    for kind in ("buildings", "public-space"):
        found = take(kind, saved(tmp_path, frame))
        assert (found.read, found.accepted, found.rejected) == (19, 8, 11)
        assert sorted(set(found.rejects["row"])) == list(range(9, 20))
        told = dict(zip(found.rejects["row"], found.rejects["rule"], strict=True))
        assert "no surface" in told[14]
        assert "degrees among metres" in told[15]
        assert "degrees among metres" in told[16]
        assert "swapped" in told[17]
        assert "outside" in told[18]
        assert "(0, 0)" in told[19]


def test_a_whole_file_in_degrees_or_without_a_reference_system_is_refused(tmp_path: Path) -> None:
    degrees = gpd.GeoDataFrame(geometry=[square(4.3, 52.1, 0.01)], crs=RD)
    with pytest.raises(InputRefused, match="degrees"):
        take("buildings", saved(tmp_path, degrees))
    bare = gpd.GeoDataFrame(geometry=[square(90_000, 450_000)])
    with pytest.raises(InputRefused, match="no coordinate reference system"):
        take("buildings", saved(tmp_path, bare))
    assert take("buildings", saved(tmp_path, bare), Mapping(crs=RD)).accepted == 1
    with pytest.raises(InputRefused, match="not known"):
        take("buildings", saved(tmp_path, bare), Mapping(crs="EPSG:99999"))
    table = tmp_path / "f.csv"
    table.write_text("hoogte\n3\n")
    with pytest.raises(InputRefused, match="holds none"):
        take("buildings", table)


def test_another_reference_system_is_brought_to_that_of_the_workspace(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[square(90_000, 450_000, 1000)], crs=RD).to_crs(4326)
    found = take("public-space", saved(tmp_path, frame))
    assert found.facts.crs == RD
    assert found.facts.geometry.area.sum() == pytest.approx(1e6, rel=1e-3)


# ---------------------------------------------------------------- streets
def test_streets_are_joined_where_they_meet_and_taken_apart_where_not(tmp_path: Path) -> None:
    def line(*xs: float) -> list[tuple[float, float]]:
        return [(90_000 + x, 450_000.0) for x in xs]

    shapes = [
        LineString(line(0, 100)),
        MultiLineString([line(0, 50), line(50, 120)]),
        MultiLineString([line(0, 10), line(20, 35)]),
        LineString(line(7, 7)),
        square(90_000, 450_000),
        None,
    ]
    names = ["Kade", " Lange   Laan ", "", "Nul", "Plein", "Niets"]
    frame = gpd.GeoDataFrame({"naam": names}, geometry=np.array(shapes, dtype=object), crs=RD)
    found = take("streets", saved(tmp_path, frame))
    assert (found.read, found.accepted, found.rejected) == (6, 3, 3)
    assert sorted(set(found.rejects["row"])) == [4, 5, 6]
    assert set(found.facts.geometry.geom_type) == {"LineString"}
    assert found.facts.geometry.length.round(6).tolist() == [100, 120, 10, 15]
    assert found.facts["street_name"].fillna("?").tolist() == ["Kade", "Lange Laan", "?", "?"]


@pytest.mark.parametrize("kind", READERS)
def test_names_of_streets_and_squares_are_no_persons_but_owners_are(
    kind: str, tmp_path: Path
) -> None:
    shape = LineString([(90_000, 450_000), (90_100, 450_000)])
    shapes = [shape if kind == "streets" else square(90_000, 450_000)]
    named = gpd.GeoDataFrame({"naam": ["Stadspark"]}, geometry=shapes, crs=RD)
    assert take(kind, saved(tmp_path, named)).accepted == 1
    for column, text in (("adres", "Kade 1"), ("beheerder", "j.jansen@voorbeeld.nl")):
        owned = named.assign(**{column: [text]})
        with pytest.raises(PersonalDataRefused) as refusal:
            take(kind, saved(tmp_path, owned))
        assert [problem.column for problem in refusal.value.problems] == [column]


def test_a_proxy_for_people_is_no_kind(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"inkomen": ["laag"]}, geometry=[square(90_000, 450_000)], crs=RD)
    with pytest.raises(PersonalDataRefused, match="income"):
        take("public-space", saved(tmp_path, frame), Mapping(columns=Columns(kind="inkomen")))
