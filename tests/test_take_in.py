"""What makes a delivery the same one, and what makes it another."""

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest

from hotspots.errors import InputRefused
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.records import ATTENTION, Delivery
from hotspots.schemas import Kind
from hotspots.store.facts import list_deliveries, read_facts
from hotspots.store.workspace import Workspace, init_workspace
from tests.test_cli import hotspots
from tests.town import CATEGORIES, areas_frame

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


def take(
    workspace: Workspace,
    kind: Kind,
    file: Path,
    *,
    mapping: Path | None = None,
    categories: Path | None = None,
) -> tuple[Delivery, bool]:
    return take_in(
        workspace, kind, file, at=NOW, policy=Policy(), mapping=mapping, categories=categories
    )


def test_a_shapefile_is_another_one_when_only_its_figures_change(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "wijken.shp"
    frame = areas_frame()
    frame.to_file(file)
    outlines = file.read_bytes()
    first, _ = take(workspace, "areas", file)
    frame.assign(woningen=frame["woningen"] + 1).to_file(file)
    assert file.read_bytes() == outlines
    second, new = take(workspace, "areas", file)
    assert new
    dwellings = [read_facts(workspace, each)["dwellings"].sum() for each in (first, second)]
    assert dwellings[1] == dwellings[0] + len(frame)


def test_a_file_under_another_name_is_the_same_one(workspace: Workspace, tmp_path: Path) -> None:
    areas_frame().to_file(tmp_path / "a.gpkg", layer="wijken")
    (tmp_path / "b.gpkg").write_bytes((tmp_path / "a.gpkg").read_bytes())
    first, new = take(workspace, "areas", tmp_path / "a.gpkg")
    again, new_again = take(workspace, "areas", tmp_path / "b.gpkg")
    assert (new, new_again) == (True, False)
    assert again == first


def test_another_time_zone_takes_the_file_in_anew(workspace: Workspace, tmp_path: Path) -> None:
    file, mapping, codes = (tmp_path / name for name in ("f.csv", "m.toml", "c.csv"))
    file.write_text("begindatum;klasse;x;y\n2021-03-31T22:30:00Z;INB-V;91500;451000\n")
    mapping.write_text('timezone = "Europe/Amsterdam"\n')
    codes.write_text(CATEGORIES)
    first, _ = take(workspace, "incidents", file, categories=codes)
    second, new = take(workspace, "incidents", file, categories=codes, mapping=mapping)
    assert new
    assert (first.months, second.months) == (["2021-03"], ["2021-04"])


def test_a_missing_file_is_refused_also_beside_deliveries_without_a_request(
    workspace: Workspace, tmp_path: Path
) -> None:
    areas_frame().to_file(tmp_path / "a.gpkg", layer="wijken")
    stored, _ = take(workspace, "areas", tmp_path / "a.gpkg")
    record = workspace.deliveries / stored.id / "delivery.json"
    older = stored.model_copy(update={"request": ""})
    record.write_text(older.model_dump_json())
    with pytest.raises(InputRefused, match="no such file"):
        take(workspace, "areas", tmp_path / "nergens.gpkg")
    assert len(list_deliveries(workspace)) == 1


def scan(folder: Path, *groups: str, name: str) -> Path:
    file = folder / name
    rows = {"ronde": "2025-H2", "groep": list(groups), "label": "laag"}
    placeless = gpd.GeoSeries(index=range(len(groups)), crs="EPSG:28992", dtype="geometry")
    gpd.GeoDataFrame(rows, geometry=placeless).to_file(file)
    return file


def test_a_round_that_shrinks_is_said_loudly_and_one_that_grows_is_not(
    workspace: Workspace, tmp_path: Path
) -> None:
    whole, _ = take(workspace, "groups", scan(tmp_path, "G-1", "G-2", "G-3", name="a.gpkg"))
    assert not any(note.startswith(ATTENTION) for note in whole.notes)
    done = hotspots(
        "ingest", "groups", scan(tmp_path, "G-1", name="b.gpkg"), "--workspace", workspace.path
    )
    assert done.returncode == 0
    assert f"{ATTENTION} round 2025-H2 now has 1 groups, it had 3" in done.stderr
    (stored,) = (each for each in list_deliveries(workspace) if each.file_name == "b.gpkg")
    assert any(note.startswith(ATTENTION) for note in stored.notes)
    more, _ = take(workspace, "groups", scan(tmp_path, "G-1", "G-4", name="c.gpkg"))
    assert not any(note.startswith(ATTENTION) for note in more.notes)


def test_a_calendar_is_read_again_once_the_areas_that_it_names_are_known(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "kalender.csv"
    file.write_text("datum;soort;gebiedscode\n2025-02-01;maatregel;WK999901\n"
                    "2025-02-01;maatregel;WK999977\n")  # fmt: skip
    early, _ = take(workspace, "events", file)
    assert (early.accepted, early.rejected) == (2, 0)
    areas_frame().to_file(tmp_path / "wijken.gpkg", layer="wijken")
    take(workspace, "areas", tmp_path / "wijken.gpkg")
    later, new = take(workspace, "events", file)
    assert (new, later.accepted, later.rejected) == (True, 1, 1)
