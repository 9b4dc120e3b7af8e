"""Files of area measures: read as a municipality writes them, refused with everything wrong."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import MultiPolygon, Point, box

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.pipeline.area_file import AreaMeasure, read_areas, read_points, read_timeline
from hotspots.pipeline.bans.case import season_months
from hotspots.pipeline.registered import registered_areas
from hotspots.policy.intake import Limits
from hotspots.policy.measures import Bans
from hotspots.register import Boundary, Criterion, Designation, Season, State
from hotspots.store.register.register import open_register
from hotspots.store.workspace import init_workspace

CRS = "EPSG:28992"
KINDS = Bans().themes
CRITERIA = [
    Criterion(themes=tuple(themes), measure="incidenten", most_incidents_per_year=25)
    for themes in (["alcohol_nuisance"], reversed(KINDS["alcohol_ban"]))
]


def areas(path: Path, **columns: list[str]) -> list[AreaMeasure]:
    shapes = [box(80_000, 450_000, 80_100, 450_100)] * len(next(iter(columns.values())))
    gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(path)
    return read_areas(path, CRS, kinds=KINDS, limits=Limits())


def test_dutch_columns_and_words_are_known(tmp_path: Path) -> None:
    (found,) = areas(
        tmp_path / "verboden.gpkg",
        code=["AV1"],
        naam=["Plein"],
        soort=["Alcoholverbod"],
        ingangsdatum=["01-05-2023"],
        einddatum=["2026-04-30"],
        tijden=["daily 12-24"],
        seizoen=["10-01/02-15"],
        maatstaf=["25"],
    )
    assert (found.kind, found.start, found.end) == (
        "alcohol_ban",
        date(2023, 5, 1),
        date(2026, 4, 30),
    )
    assert (found.hours, found.most_per_year) == (("daily 12-24",), 25)
    assert season_months(found) == [10, 11, 12, 1, 2], "a season may pass the turn of the year"
    assert found.holds_on(date(2026, 4, 30))
    assert not found.holds_on(date(2026, 5, 1))


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        areas(
            tmp_path / "verboden.gpkg",
            code=["A", "A", "B"],
            kind=["alcohol_ban", "alcohol_ban", "curfew"],
            start=["2023-01-01", "", "2024-01-01"],
            end=["", "", "2023-01-01"],
            hours=["at night", "", ""],
            season=["", "summer", ""],
        )
    told = str(refused.value)
    for rule in (
        "not a word known here",
        "A date is missing",
        "end lies before the start",
        "not hours of a week",
        "not a season",
    ):
        assert rule in told


def test_a_code_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="more than once"):
        areas(
            tmp_path / "verboden.gpkg",
            code=["A", "A"],
            kind=["alcohol_ban"] * 2,
            start=["2023-01-01"] * 2,
        )


def test_points_are_no_areas_and_areas_no_points(tmp_path: Path) -> None:
    path = tmp_path / "punten.gpkg"
    gpd.GeoDataFrame({"code": ["A"]}, geometry=[Point(80_000, 450_000)], crs=CRS).to_file(path)
    with pytest.raises(InputRefused, match="polygons alone"):
        read_areas(path, CRS, kinds=KINDS, limits=Limits())
    assert read_points(path, CRS, limits=Limits())["code"].tolist() == ["A"]


def test_a_timeline_is_in_order_and_holds_no_people(tmp_path: Path) -> None:
    path = tmp_path / "tijdlijn.csv"
    path.write_text(
        "gebied;soort;wat;begin;einde;resultaat;noodzaak\n"
        "A;bevinding;wijkagent: het is rustig;2025-03-01;;;nee\n"
        "A;lichtere maatregel;straatcoaches;2024-03-01;2024-09-30;te weinig;\n",
        "utf-8",
    )
    steps = read_timeline(path, limits=Limits())["A"]
    assert [each.kind for each in steps] == ["lighter_measure", "finding"]
    assert [each.need_remains for each in steps] == [None, False]
    path.write_text("gebied;soort;wat;begin;bsn\nA;bevinding;x;2025-03-01;111222333\n", "utf-8")
    with pytest.raises(PersonalDataRefused):
        read_timeline(path, limits=Limits())


def test_the_register_gives_what_took_effect(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs=CRS)
    square = MultiPolygon([box(80_000, 450_000, 80_100, 450_100)])
    deed: dict[str, Any] = {"actor": "A. Jansen", "role": "board", "reason": "proef"}
    deed["at"] = datetime.now(UTC)
    with open_register(workspace) as register:
        states: tuple[State, ...] = ("in_force", "draft", "withdrawn", "decided", "withdrawn")
        published = (True, False, True, True, False)
        for number, (state, is_published) in enumerate(zip(states, published, strict=True), 1):
            held = Designation(
                id=f"alcohol_ban-2023-{number:03d}",
                kind="alcohol_ban",
                name="Plein",
                state=state,
                start=date(2023, 1, 1),
                end=date(2026, 12, 31),
                published_on=date(2022, 12, 15) if is_published else None,
                criterion=CRITERIA[number % 2],
                ended_on=date(2025, 6, 30) if state == "withdrawn" else None,
                boundary_version=1,
                season=Season(first_day="05-01", last_day="09-30"),
            )
            drawn = Boundary(
                id=f"{held.id}-1", designation=held.id, number=1, area=square, streets=("Plein",)
            )
            with register.change(act="draft", **deed) as change:
                change.put(held, 0)
                change.put(drawn, 0)
        found = registered_areas(register, KINDS)
    codes = [each.code.removeprefix("alcohol_ban-2023-") for each in found]
    assert codes == ["001", "003", "004"], "published is in effect, whatever was settled since"
    ends = [date(2026, 12, 31), date(2025, 6, 30), date(2026, 12, 31)]
    assert [each.end for each in found] == ends
    assert [each.most_per_year for each in found] == [25, 25, None], "a criterion on other themes"
    assert found[0].season_text == "05-01/09-30"
    assert found[0].shape.equals(square)


def test_schools_tell_their_kind_and_are_secondary_without_it(tmp_path: Path) -> None:
    points = [Point(80_000, 450_000), Point(80_010, 450_000), Point(80_020, 450_000)]
    path = tmp_path / "scholen.gpkg"
    columns = {"code": ["A", "B", "C"], "soort": ["basis", "", "Voortgezet"]}
    gpd.GeoDataFrame(columns, geometry=points, crs=CRS).to_file(path)
    found = read_points(path, CRS, limits=Limits())
    assert found["kind"].tolist() == ["primary", "secondary", "secondary"]
    columns["soort"] = ["universiteit", "", ""]
    gpd.GeoDataFrame(columns, geometry=points, crs=CRS).to_file(path)
    with pytest.raises(InputRefused, match="not a word known here"):
        read_points(path, CRS, limits=Limits())
