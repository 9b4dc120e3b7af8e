"""Scans of youth groups: what may be in one, what refuses it whole, and which round holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.categories import CategoryTable, load_categories
from hotspots.ingest.groups import ingest_groups
from hotspots.ingest.mapping import Columns, Mapping, candidates
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.result import Ingested
from hotspots.ingest.scanwords import confidence, half_year, lead_body
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.policy.intake import Groups, Limits, Points
from hotspots.store.facts import list_deliveries, purge_facts, read_facts, read_rejects
from hotspots.store.workspace import Workspace, init_workspace

RD = "EPSG:28992"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOWN = box(90_000, 450_000, 93_000, 452_000)
BLOCK = box(90_500, 450_500, 90_700, 450_700)
HEAD = "ronde;groep;netwerk;label;zekerheid;themas;trekker"


def take(
    path: Path,
    mapping: Mapping | None = None,
    *,
    categories: CategoryTable | None = None,
    area: BaseGeometry | None = TOWN,
    least_zone_m2: float = 10_000,
) -> Ingested:
    return ingest_groups(
        path,
        mapping=mapping or Mapping(),
        categories=categories,
        themes=frozenset({"alcohol_nuisance"}),
        crs=RD,
        area=area,
        limits=Limits(),
        points=Points(),
        groups=Groups(least_zone_m2=least_zone_m2),
    )


def written(folder: Path, *rows: str, head: str = HEAD, name: str = "scan.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def scan(*zones: BaseGeometry | None, of: str = "2025-H1") -> gpd.GeoDataFrame:
    """Return a scan with a group per zone: G-01, G-02 and so on."""
    rows = {
        "ronde": of,
        "groep": [f"G-{number:02d}" for number in range(1, len(zones) + 1)],
        "label": "midden",
    }
    return gpd.GeoDataFrame(
        rows, geometry=gpd.GeoSeries(pd.Series(list(zones), dtype=object)), crs=RD
    )


# ---------------------------------------------------------------- what is accepted
WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], object]] = {
    "scan.gpkg": lambda frame, path: frame.to_file(path),
    "scan.geojson": lambda frame, path: frame.to_crs(4326).to_file(path),
    "scan.shp": lambda frame, path: frame.to_file(path),
    "scan.parquet": lambda frame, path: frame.to_parquet(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_spatial_format_gives_the_same_groups(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](scan(BLOCK, None), path)
    found = take(path)
    assert (found.read, found.accepted, found.rejected) == (2, 2, 0)
    assert found.facts["group_id"].tolist() == ["G-01", "G-02"]
    zones = gpd.GeoSeries(found.facts["geometry"])
    assert zones.crs == RD
    assert zones.isna().tolist() == [False, True]
    assert zones.iloc[0].symmetric_difference(BLOCK).area < 0.01 * BLOCK.area


@pytest.mark.parametrize("name", ["scan.csv", "scan.xlsx"])
def test_a_table_without_zones_is_read_too(name: str, tmp_path: Path) -> None:
    path, frame = tmp_path / name, pd.DataFrame(scan(None, None)).drop(columns="geometry")
    if name.endswith("csv"):
        frame.to_csv(path, index=False, sep=";")
    else:
        frame.to_excel(path, index=False)
    found = take(path)
    assert found.accepted == 2
    assert found.facts["geometry"].isna().all()


def test_a_row_says_what_it_said_and_the_lead_follows_from_the_label(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            "2025-1;g-2;N-1;hoog;0,7;drugs_trade, youth_nuisance;",
            "2025 1e helft;G-1;;laag;;;",
            "2025-H1;G-3;N 1;Midden;laag;alcohol_nuisance;gemeente met Veiligheidshuis",
        )
    )
    columns = ["group_id", "network", "label", "confidence", "themes", "lead_body"]
    assert found.facts[columns].fillna("").to_numpy().tolist() == [
        ["G-1", "", "low", "", "", "stadsdeel"],
        ["G-2", "N-1", "high", "high", "drugs_trade youth_nuisance", "municipality"],
        ["G-3", "N-1", "middle", "low", "alcohol_nuisance", "municipality"],
    ]
    assert set(found.facts["round"]) == {"2025-H1"}
    assert "1 groups are led by another body than their label says" in found.notes


def test_codes_of_a_city_are_explained_by_a_category_table(tmp_path: Path) -> None:
    table = tmp_path / "themas.csv"
    table.write_text("code,theme\njeugdoverlast,youth_nuisance\n", encoding="utf-8")
    path = written(tmp_path, "2025-1;G-1;;hoog;;jeugdoverlast threat;")
    found = take(path, categories=load_categories(table))
    assert found.facts["themes"].tolist() == ["youth_nuisance threat"]
    with pytest.raises(InputRefused, match="no theme of a group"):
        take(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-1", "2025-H1"),
        ("2025-2", "2025-H2"),
        ("2025-H2", "2025-H2"),
        ("2025h1", "2025-H1"),
        ("2025 2e helft", "2025-H2"),
        ("2e halfjaar 2025", "2025-H2"),
        ("voorjaar 2025", "2025-H1"),
        ("2025 najaar", "2025-H2"),
        ("2025-II", "2025-H2"),
        ("30-06-2025", "2025-H1"),
        ("1-7-2025", "2025-H2"),
        ("2025-07-01", "2025-H2"),
        ("2025-11-20 00:00:00", "2025-H2"),
    ],
)
def test_a_round_is_a_half_year_in_many_notations(text: str, expected: str) -> None:
    assert half_year(text) == expected


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-02", "2025-3", "1-2025", "31-02-2025", "0025-1", "H1", "20251"]
)
def test_what_is_no_half_year_or_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        half_year(text)


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_date_lies_in_the_half_year_of_its_month(day: date) -> None:
    half = "H1" if day < date(day.year, 7, 1) else "H2"
    for text in (day.isoformat(), f"{day:%d-%m-%Y}"):
        assert half_year(text) == f"{day.year}-{half}"


def test_confidence_is_a_word_or_a_third_of_a_number() -> None:
    texts = ["laag", "0", "0,33", "0.34", "midden", "0,66", "0,67", "1", "1,0", "Hoog"]
    low, middle, high = ["low"] * 3, ["middle"] * 3, ["high"] * 4
    assert [confidence(text) for text in texts] == low + middle + high
    assert confidence(" ") is None
    for text in ("1,1", "-0,5", "70%", "zeker", "nan"):
        with pytest.raises(Unfit):
            confidence(text)


def test_a_lead_body_is_never_a_person() -> None:
    assert lead_body("Lokale partners") == "partners"
    assert lead_body("") is None
    with pytest.raises(Unfit, match="no body that leads"):
        lead_body("Jan de Vries")


# ---------------------------------------------------------------- refused whole
@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("naam", "names of persons"),
        ("bijnaam", "nicknames"),
        ("geboortedatum", "dates of birth"),
        ("leeftijd", "dates of birth"),
        ("adres", "house addresses"),
        ("etniciteit", "origin"),
        ("toelichting", "narratives"),
        ("ledenlijst", "persons in a group"),
        ("aantal_leden", "persons in a group"),
        ("migratieachtergrond", "migration background"),
        ("x", "nothing but the columns named"),
        ("zone", "nothing but the columns named"),
        ("van alles", "nothing but the columns named"),
    ],
)
def test_any_other_column_refuses_the_whole_file(column: str, why: str, tmp_path: Path) -> None:
    path = written(tmp_path, "2025-1;G-1;laag;7", head=f"ronde;groep;label;{column}")
    with pytest.raises(PersonalDataRefused) as refusal:
        take(path)
    (problem,) = refusal.value.problems
    assert problem.column == column
    assert why in problem.rule


def test_all_other_columns_are_named_at_once_also_an_empty_and_an_unnamed_one(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "2025-1;G-1;;;laag;", head="ronde;groep;naam;;label;memo")
    with pytest.raises(PersonalDataRefused) as refusal:
        take(path)
    assert [each.column for each in refusal.value.problems] == ["naam", "column 4", "memo"]


@given(
    st.text(st.characters(codec="utf-8", exclude_characters=';"\r\n'), min_size=1).map(str.strip)
)
def test_no_column_name_slips_through(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    known = {"ronde", "groep", "label"}
    wanted = ("round", "group_id", "network", "label", "confidence", "themes", "lead_body")
    if not name or name in known or any(candidates(mine, [name]) for mine in wanted):
        return
    folder = tmp_path_factory.mktemp("scan")
    path = written(folder, "2025-1;G-1;laag;1", head=f"ronde;groep;label;{name}")
    with pytest.raises(InputRefused):
        take(path)


@pytest.mark.parametrize(
    "code",
    [
        "Piet de Vries", "Jansen", "Jan 3", "De Bende 7", "QX", "piet7", "06-12345678", "111222333",
        "1112-22-333", "31-12-1999", "19991231", "991231", "2512AB", "2512 ab", "a@b.nl",
        "Dorpsstraat 12", "G-017 (Piet)", "G-017\u200b", "Ǵ-17", "G-0170170170170170170",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["groep", "netwerk"])
def test_a_code_that_may_tell_who_it_is_refuses_the_file(
    code: str, column: str, tmp_path: Path
) -> None:
    row = {"ronde": "2025-1", "groep": "G-01", "netwerk": "N-1", "label": "laag"} | {column: code}
    path = written(tmp_path, ";".join(row.values()), head=";".join(row))
    with pytest.raises(PersonalDataRefused) as refusal:
        take(path)
    (problem,) = refusal.value.problems
    assert problem.column == column
    assert code not in str(refusal.value)


@pytest.mark.parametrize(
    "code", ["G-017", "g17", "17", "groep 17", "JG/04", "2025-GR-04", "NETWERK-3", "SCH-04", "A1.2"]
)
def test_a_code_that_tells_nothing_is_accepted(code: str, tmp_path: Path) -> None:
    found = take(written(tmp_path, f"2025-1;{code};;laag;;;"))
    assert found.facts["group_id"].tolist() == [code.upper().replace(" ", "-")]


def test_personal_data_in_an_allowed_column_is_refused_too(tmp_path: Path) -> None:
    path = written(tmp_path, "2025-1;G-1;;laag;;bel 06-12345678;")
    with pytest.raises(PersonalDataRefused, match="phone numbers"):
        take(path)


def test_a_mapping_cannot_let_another_column_in(tmp_path: Path) -> None:
    path = written(tmp_path, "2025-1;G-1;laag;Piet", head="ronde;groep;label;bijnaam")
    with pytest.raises(PersonalDataRefused, match="nicknames"):
        take(path, Mapping(columns=Columns(area_name="bijnaam")))
    with pytest.raises(InputRefused) as refusal:
        take(path, Mapping(columns=Columns(themes="bijnaam")))
    assert "Piet" not in str(refusal.value)


@pytest.mark.parametrize("lacking", ["ronde", "groep", "label"])
def test_what_a_scan_cannot_do_without(lacking: str, tmp_path: Path) -> None:
    row = {"ronde": "2025-1", "groep": "G-01", "label": "laag", "netwerk": "N-1"}
    del row[lacking]
    path = written(tmp_path, ";".join(row.values()), head=";".join(row))
    with pytest.raises(InputRefused, match="No column was recognised"):
        take(path)


# ---------------------------------------------------------------- quarantined
def test_rows_that_do_not_fit_are_quarantined_without_what_they_hold(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            "2025-1;G-01;;laag;;;",
            "ooit;G-02;;laag;;;",
            "2025-1;;;laag;;;",
            "2025-1;G-04;;crimineel;;;",
            "2025-1;G-05;;laag;best wel;;",
            "2025-1;G-06;;laag;;zij intimideren Piet;",
            "2025-1;G-07;;laag;;;agent Piet",
            "2025-1;G-08;G-08;laag;;;",
            "2025-1;G-09;;laag;;confused_person;",
            "2025-1;G-10;;laag;;;;Piet woont hier",
            "2025-1;G-11;;laag;;;",
            "2025-H1;g-11;;hoog;;;",
            "2025-2;G-11;;hoog;;;",
        )
    )
    assert (found.read, found.accepted, found.rejected) == (13, 2, 11)
    assert found.facts["round"].tolist() == ["2025-H1", "2025-H2"]
    assert found.rejects["row"].tolist() == list(range(3, 14))
    assert found.rejects["value"].isna().all()
    assert not found.rejects.apply(lambda column: column.astype(str).str.contains("Piet")).any(
        axis=None
    )


def test_a_file_of_which_no_row_is_left_is_refused_without_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        take(written(tmp_path, "2025-1;G-01;;Piet;;;"))
    assert "Piet" not in str(refusal.value)


SMALL = box(90_500, 450_500, 90_599, 450_600)  # 9,900 m2
COARSE = box(90_500, 450_500, 90_600, 450_600)  # 10,000 m2


def test_a_zone_is_a_coarse_polygon_in_the_municipality(tmp_path: Path) -> None:
    zones = {
        COARSE: None,
        SMALL: "10,000 m2",
        MultiPolygon([BLOCK, box(91_000, 451_000, 91_010, 451_010)]): "each part",
        MultiPolygon([BLOCK, box(91_000, 451_000, 91_200, 451_200)]): None,
        Point(90_500, 450_500): "too precise",
        Polygon([(90_500, 450_500), (90_900, 450_900), (90_900, 450_500), (90_500, 450_900)]): None,
        box(94_000, 450_000, 94_500, 450_500): "outside",
    }
    path = tmp_path / "scan.gpkg"
    scan(*zones).to_file(path)
    found = take(path)
    said = found.rejects.set_index("row")["rule"]
    for row, rule in enumerate(zones.values(), start=1):
        assert (row in said.index) == (rule is not None)
        assert rule is None or rule in said[row]
    assert gpd.GeoSeries(found.facts["geometry"]).is_valid.all()
    assert take(path, least_zone_m2=2500).rejected == 3
    assert take(path, area=None).rejected == 3


@pytest.mark.filterwarnings("ignore::UserWarning")  # written without a CRS, on purpose
def test_zones_without_a_reference_system_or_in_degrees_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.gpkg"
    gpd.GeoDataFrame(scan(BLOCK).drop(columns="geometry"), geometry=[BLOCK]).to_file(path)
    with pytest.raises(InputRefused, match="no coordinate reference system"):
        take(path)
    assert take(path, Mapping(crs=RD)).accepted == 1
    scan(BLOCK).to_crs(4326).set_crs(RD, allow_override=True).to_file(path)
    with pytest.raises(InputRefused, match="degrees"):
        take(path)


# ---------------------------------------------------------------- which round holds
@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs=RD)


def store(workspace: Workspace, folder: Path, frame: gpd.GeoDataFrame, name: str) -> None:
    frame.to_file(folder / name)
    deliver(workspace, take(folder / name), at=NOW)


def test_a_newer_delivery_of_a_round_supersedes_that_round_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    store(workspace, tmp_path, scan(BLOCK, None, of="2024-H2"), "a.gpkg")
    store(workspace, tmp_path, scan(BLOCK, BLOCK, BLOCK, of="2025-H1"), "b.gpkg")
    store(workspace, tmp_path, scan(None, of="2025-H1"), "c.gpkg")
    current = Current(workspace)
    rows = current.holding("groups")
    assert rows is not None
    assert rows.groupby("round").size().to_dict() == {"2024-H2": 2, "2025-H1": 1}
    assert gpd.GeoDataFrame(rows).crs == RD
    assert len(current.pinned) == 2
    assert len(list_deliveries(workspace)) == 3


def test_no_scan_is_not_an_empty_scan(workspace: Workspace) -> None:
    assert Current(workspace).holding("groups") is None


def test_groups_and_their_rejects_are_purged_by_their_round(
    workspace: Workspace, tmp_path: Path
) -> None:
    store(workspace, tmp_path, scan(BLOCK, SMALL, of="2024-H1"), "a.gpkg")
    store(workspace, tmp_path, scan(BLOCK, of="2024-H2"), "b.gpkg")
    assert purge_facts(workspace, before=date(2024, 6, 1), at=NOW) == []
    (line,) = purge_facts(workspace, before=date(2024, 7, 1), at=NOW)
    assert "groups of 2024-06 to 2024-06" in line
    kept = {each.file_name: each for each in list_deliveries(workspace)}
    assert len(read_facts(workspace, kept["a.gpkg"])) == 0
    assert len(read_rejects(workspace, kept["a.gpkg"])) == 0
    rows = Current(workspace).holding("groups")
    assert rows is not None
    assert rows["round"].tolist() == ["2024-H2"]


def test_the_record_of_a_delivery_holds_numbers_and_no_codes(
    workspace: Workspace, tmp_path: Path
) -> None:
    store(workspace, tmp_path, scan(BLOCK, None, SMALL), "a.gpkg")
    (delivery,) = list_deliveries(workspace)
    assert (delivery.months, delivery.themes) == ([], [])
    assert "2025-H1: groups 2, with a zone 1, networks 0" in delivery.notes
    assert "G-0" not in delivery.model_dump_json()
