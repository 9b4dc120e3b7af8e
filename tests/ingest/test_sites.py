"""Candidate sites: posts and facades as registers write them, and what may not be one."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, box

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.result import Ingested
from hotspots.ingest.sites import azimuth, ingest_sites, power, site_kind
from hotspots.policy.intake import Limits, Points

RD = "EPSG:28992"
TOWN = box(90_000, 450_000, 93_000, 452_000)
HEAD = "paal;soort;hoogte_m;stroom;richting;x;y"


def take(
    path: Path,
    mapping: Mapping | None = None,
    *,
    in_town: bool = True,
    points: Points | None = None,
) -> Ingested:
    return ingest_sites(
        path,
        mapping=mapping or Mapping(),
        crs=RD,
        area=TOWN if in_town else None,
        limits=Limits(),
        points=points or Points(),
    )


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "palen.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def posts() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "paal": ["P2", "P1", "G1"],
            "soort": ["lichtmast", "Mast", "gevel"],
            "hoogte_m": [6.0, 4.5, None],
            "stroom": ["dag en nacht", "alleen nacht", None],
            "richting": [None, None, 270.0],
        },
        geometry=[Point(91_000, 451_000), Point(91_500, 451_000), Point(92_000, 451_500)],
        crs=RD,
    )


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(frame.drop(columns="geometry"))
    return table.assign(x=frame.geometry.x, y=frame.geometry.y)


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], object]] = {
    "palen.csv": lambda frame, path: _plain(frame).to_csv(path, index=False, decimal=",", sep=";"),
    "palen.xlsx": lambda frame, path: _plain(frame).to_excel(path, index=False),
    "palen.parquet": lambda frame, path: frame.to_parquet(path),
    "palen.gpkg": lambda frame, path: frame.to_file(path),
    "palen.geojson": lambda frame, path: frame.to_crs(4326).to_file(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_sites(name: str, tmp_path: Path) -> None:
    WRITERS[name](posts(), tmp_path / name)
    found = take(tmp_path / name)
    assert (found.read, found.accepted, found.rejected) == (3, 3, 0)
    facts = found.facts
    assert facts["site_id"].tolist() == ["G1", "P1", "P2"]
    assert facts["kind"].tolist() == ["facade", "pole", "pole"]
    assert facts["power"].isna().tolist() == [True, False, False]
    assert facts["power"].tolist()[1:] == [False, True]
    assert facts["mounting_height_m"].tolist()[1:] == [4.5, 6.0]
    assert facts["azimuth_deg"].tolist()[0] == 270
    assert facts.isna().sum().drop("geometry").sum() == 4
    x, y = facts.geometry.x, facts.geometry.y
    assert (abs(x - [92_000, 91_500, 91_000]) < 0.01).all()
    assert (abs(y - [451_500, 451_000, 451_000]) < 0.01).all()


def test_rows_that_do_not_fit_are_quarantined(tmp_path: Path) -> None:
    good = "lichtmast;6;ja;;91000;451000"
    found = take(
        written(
            tmp_path,
            f"P1;{good}",  # row 2
            f"P3;{good}",
            f"P3;{good}",
            f";{good}",
            f"{'P' * 41};{good}",
            "P7;boom;6;ja;;91000;451000",
            "P8;lichtmast;0;ja;;91000;451000",
            "P9;lichtmast;-4;ja;;91000;451000",
            "P10;lichtmast;600;ja;;91000;451000",
            "P11;lichtmast;hoog;ja;;91000;451000",
            "P12;lichtmast;6;soms;;91000;451000",
            "P13;gevel;6;ja;361;91000;451000",
            "P14;gevel;6;ja;-1;91000;451000",
            "P15;lichtmast;6;ja;;4,31;52,06",
            "P16;lichtmast;6;ja;;451000;91000",
            "P17;lichtmast;6;ja;;95000;451000",
            "P18;lichtmast;6;ja;;;",
            "P19;lichtmast;6;ja;;0;0",
            "P20;gevel;6,5 m;onbekend;360;91000;451000",
        )
    )
    assert (found.read, found.accepted, found.rejected) == (19, 2, 17)
    assert found.facts["site_id"].tolist() == ["P1", "P20"]
    assert found.facts["mounting_height_m"].tolist() == [6.0, 6.5]
    assert sorted(set(found.rejects["row"])) == list(range(3, 20))
    told = dict(zip(found.rejects["row"], found.rejects["rule"], strict=True))
    assert "once" in told[3]
    assert told[3] == told[4]
    assert "degrees among metres" in told[15]
    assert "swapped" in told[16]
    assert "outside" in told[17]
    assert found.rejects["remedy"].str.len().min() > 10


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lichtmast", "pole"), ("Paaltop 4 m", "pole"), ("lantaarnpaal", "pole"),
        ("VRI", "pole"), ("gevel", "facade"), ("Façade", "facade"), ("muurbeugel", "facade"),
        ("boom", None), ("", None),
    ],
)  # fmt: skip
def test_kinds_are_known_words(text: str, kind: str | None) -> None:
    if kind is None:
        with pytest.raises(Unfit):
            site_kind(text)
    else:
        assert site_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "has_power"),
    [
        ("ja", True), ("Dag en nacht", True), ("1", True), ("True", True), ("nee", False),
        ("alleen nacht", False), ("0", False), ("", None), ("onbekend", None),
    ],
)  # fmt: skip
def test_a_light_that_is_fed_at_night_only_has_no_power(text: str, has_power: bool | None) -> None:
    assert power(text) is has_power


@given(st.floats(0, 360))
def test_a_direction_of_the_compass_is_read_as_it_stands(degrees: float) -> None:
    assert azimuth(f"{degrees:.6f}".replace(".", ",")) == pytest.approx(degrees, abs=1e-6)


@given(st.floats(-1e6, -0.01) | st.floats(360.01, 1e6))
def test_no_other_direction_is(degrees: float) -> None:
    with pytest.raises(Unfit):
        azimuth(f"{degrees:.3f}")


def test_flat_points_only_but_a_single_one_in_a_multipoint_is_one(tmp_path: Path) -> None:
    shapes = [
        Point(91_000, 451_000, 7.5),
        MultiPoint([(91_100, 451_000)]),
        MultiPoint([(91_100, 451_000), (91_200, 451_000)]),
        LineString([(91_000, 451_000), (91_010, 451_000)]),
        None,
    ]
    drawn = np.array(shapes, dtype=object)
    frame = gpd.GeoDataFrame({"paal": list("ABCDE")}, geometry=drawn, crs=RD)
    frame.to_parquet(tmp_path / "palen.parquet")
    found = take(tmp_path / "palen.parquet")
    assert (found.accepted, sorted(found.rejects["row"])) == (2, [3, 4, 5])
    assert not found.facts.geometry.has_z.any()
    assert found.facts["kind"].tolist() == ["pole", "pole"]
    assert any("every site is taken for a pole" in note for note in found.notes)


def test_sites_stay_where_they_are_also_where_incidents_are_made_coarser(tmp_path: Path) -> None:
    posts().to_file(tmp_path / "palen.gpkg")
    found = take(tmp_path / "palen.gpkg", points=Points(coarsen_m=100))
    assert found.facts.geometry.x.tolist() == [92_000, 91_500, 91_000]


def test_without_areas_it_is_told_that_the_place_was_not_judged(tmp_path: Path) -> None:
    posts().to_file(tmp_path / "palen.gpkg")
    assert any(
        "no areas yet" in note for note in take(tmp_path / "palen.gpkg", in_town=False).notes
    )
    assert not any("no areas yet" in note for note in take(tmp_path / "palen.gpkg").notes)


@pytest.mark.filterwarnings("ignore::UserWarning")  # written without a CRS, on purpose
def test_files_that_are_no_sites_are_refused(tmp_path: Path) -> None:
    bare = tmp_path / "zonder.gpkg"
    gpd.GeoDataFrame({"paal": list("ABC")}, geometry=list(posts().geometry)).to_file(bare)
    with pytest.raises(InputRefused, match="no coordinate reference system"):
        take(bare)
    assert take(bare, Mapping(crs=RD)).accepted == 3
    with pytest.raises(InputRefused, match="site_id"):
        take(written(tmp_path, "x;1;2", head="boom;x;y"))
    with pytest.raises(InputRefused, match="degrees"):
        take(written(tmp_path, "A;4.3;52.1", "B;4.3;52.2", head="paal;x;y"))
    with pytest.raises(InputRefused, match="does not have it"):
        take(written(tmp_path, "A;1;1", head="paal;x;y"), Mapping(columns=Columns(power="stroom")))


@pytest.mark.parametrize("column", ["adres", "telefoon", "naam", "email"])
def test_personal_data_in_a_register_of_posts_refuses_it(column: str, tmp_path: Path) -> None:
    path = written(tmp_path, "A;Jan;91000;451000", head=f"paal;{column};x;y")
    with pytest.raises(PersonalDataRefused):
        take(path)
