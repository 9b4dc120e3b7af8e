"""What camera plans read from a workspace: which deliveries hold, together, pinned and kept."""

from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import Affine
from shapely import LineString, Point, box

from hotspots.columns import validated
from hotspots.errors import InputRefused, WorkspaceRefused
from hotspots.facts import FACTS
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import Kind
from hotspots.store.facts import list_deliveries, purge_facts
from hotspots.store.workspace import Workspace, init_workspace
from tests.town import areas_frame

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RD = "EPSG:28992"


def corner(west: float, north: float, width: float, height: float) -> Affine:
    """Return the transform of cells of this size from their north-western corner."""
    return Affine(width, 0, west, 0, -height, north)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs=RD)


def take(
    workspace: Workspace,
    kind: Kind,
    file: Path,
    *,
    source: str | None = None,
    ground: Path | None = None,
) -> tuple[Delivery, bool]:
    mapping = None
    if source:
        mapping = file.with_suffix(".toml")
        mapping.write_text(f'source = "{source}"\n')
    return take_in(workspace, kind, file, at=NOW, policy=Policy(), mapping=mapping, ground=ground)


def posts(folder: Path, *codes: str) -> Path:
    points = [Point(91_000 + 10 * i, 451_000) for i in range(len(codes))]
    path = folder / f"{'-'.join(codes)}.gpkg"
    gpd.GeoDataFrame({"paal": codes}, geometry=points, crs=RD).to_file(path)
    return path


def raster(folder: Path, name: str, height: float) -> Path:
    with rasterio.open(
        folder / name, "w", driver="GTiff", dtype="float32", count=1, width=8, height=8, crs=RD,
        transform=corner(90_100, 450_100, 1, 1),
    ) as made:  # fmt: skip
        made.write(np.full((1, 8, 8), height, np.float32))
    return folder / name


def test_nothing_delivered_gives_empty_tables_of_the_right_kind(workspace: Workspace) -> None:
    current = Current(workspace)
    empty: dict[Kind, gpd.GeoDataFrame] = {
        "sites": current.sites(),
        "cameras": current.cameras(),
        "buildings": current.buildings(),
        "public-space": current.public_space(),
        "streets": current.streets(),
    }
    for kind, frame in empty.items():
        assert len(frame) == 0
        assert frame.crs == RD
        validated(pd.DataFrame(frame), FACTS[kind]())
    assert current.surface() is None
    assert current.pinned == {}


def test_the_newest_sites_of_every_source_count_together(
    workspace: Workspace, tmp_path: Path
) -> None:
    old, _ = take(workspace, "sites", posts(tmp_path, "A", "B"))
    new, _ = take(workspace, "sites", posts(tmp_path, "B", "C"))
    other, _ = take(workspace, "sites", posts(tmp_path, "G1"), source="gevels")
    current = Current(workspace)
    sites = current.sites()
    assert sites["site_id"].tolist() == ["B", "C", "G1"]
    assert current.pinned.keys() == {new.id, other.id}
    assert len(list_deliveries(workspace)) == 3
    assert old.id not in current.pinned
    take(workspace, "sites", posts(tmp_path, "C", "D"), source="nog een")
    with pytest.raises(WorkspaceRefused, match="site_id C"):
        Current(workspace).sites()


def test_a_file_taken_in_again_under_another_source_holds_once(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = posts(tmp_path, "A", "B")
    take(workspace, "sites", file)
    take(workspace, "sites", file, source="beheer")
    assert Current(workspace).sites()["site_id"].tolist() == ["A", "B"]


def test_shapes_of_several_sources_count_together(workspace: Workspace, tmp_path: Path) -> None:
    for name, x in (("wegdeel", 90_000), ("terreindeel", 90_100)):
        frame = gpd.GeoDataFrame(geometry=[box(x, 450_000, x + 50, 450_050)], crs=RD)
        frame.to_file(tmp_path / f"{name}.gpkg")
        take(workspace, "public-space", tmp_path / f"{name}.gpkg", source=name)
        line = gpd.GeoDataFrame(geometry=[LineString([(x, 450_000), (x, 450_050)])], crs=RD)
        line.to_file(tmp_path / "straten.gpkg")
        take(workspace, "streets", tmp_path / "straten.gpkg")
        frame.to_file(tmp_path / "gebouwen.gpkg")
        take(workspace, "buildings", tmp_path / "gebouwen.gpkg")
    current = Current(workspace)
    assert current.public_space().geometry.area.sum() == pytest.approx(5000)
    assert current.streets().geometry.length.sum() == pytest.approx(50)
    assert current.buildings().total_bounds[0] == 90_100


def test_height_models_lie_beside_the_newest_delivery(workspace: Workspace, tmp_path: Path) -> None:
    surface, ground = raster(tmp_path, "dsm.tif", 9), raster(tmp_path, "dtm.tif", 2)
    alone, _ = take(workspace, "heights", surface)
    both, new = take(workspace, "heights", surface, ground=ground)
    assert new
    assert take(workspace, "heights", surface, ground=ground) == (both, False)
    current = Current(workspace)
    models = current.surface()
    assert models is not None
    assert models.ground is not None
    for path, height in ((models.surface, 9), (models.ground, 2)):
        with rasterio.open(path) as kept:
            assert (kept.read(1) == height).all()
    assert current.pinned.keys() == {both.id}
    raster(tmp_path, "dtm.tif", 3)
    another, new = take(workspace, "heights", surface, ground=ground)
    assert new
    assert len({alone.id, both.id, another.id}) == 3
    models.surface.parent.joinpath("surface.tif").unlink()
    (workspace.deliveries / another.id / "surface.tif").unlink()
    with pytest.raises(WorkspaceRefused, match="backup"):
        Current(workspace).surface()


def test_sites_cameras_and_heights_must_lie_in_the_municipality(
    workspace: Workspace, tmp_path: Path
) -> None:
    frame = areas_frame()
    frame.to_file(tmp_path / "wijken.gpkg")
    take(workspace, "areas", tmp_path / "wijken.gpkg")
    west, south, east, _ = frame.total_bounds
    inside, outside = Point((west + east) / 2, south + 100), Point(east + 5000, south + 100)
    codes: dict[Kind, str] = {"sites": "paal", "cameras": "camera"}
    for kind, code in codes.items():
        rows = gpd.GeoDataFrame(
            {code: ["A", "B"], "klasse": "vast", "begin": "2020-01-01"},
            geometry=[inside, outside],
            crs=RD,
        )
        rows.to_file(tmp_path / f"{kind}.gpkg")
        stored, _ = take(workspace, kind, tmp_path / f"{kind}.gpkg")
        assert (stored.read, stored.accepted, stored.rejected) == (2, 1, 1)
    elsewhere = tmp_path / "ver.tif"
    with rasterio.open(
        elsewhere, "w", driver="GTiff", dtype="float32", count=1, width=2, height=2, crs=RD,
        transform=corner(east + 9000, south, 1, 1),
    ) as made:  # fmt: skip
        made.write(np.ones((1, 2, 2), np.float32))
    with pytest.raises(InputRefused, match="outside the municipality"):
        take(workspace, "heights", elsewhere)


def test_a_purge_keeps_what_camera_plans_need(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text("camera;klasse;begin;einde;x;y\nV1;vast;2001-01-01;2002-01-01;91000;451000\n")
    take(workspace, "cameras", path)
    take(workspace, "sites", posts(tmp_path, "A"))
    take(workspace, "heights", raster(tmp_path, "dsm.tif", 1))
    assert purge_facts(workspace, before=date(2025, 1, 1), at=NOW) == []
    current = Current(workspace)
    assert (len(current.cameras()), len(current.sites())) == (1, 1)
    assert current.surface() is not None
