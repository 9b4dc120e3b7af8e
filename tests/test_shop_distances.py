"""Coffee shops against schools of both kinds, with the buildings between them."""

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from hotspots.pipeline.bans.distances import shop_distances
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.intake import take_in
from hotspots.policy import Policy
from hotspots.policy.measures import Bans
from hotspots.store.workspace import Workspace, init_workspace

CRS = "EPSG:28992"
NOW = datetime(2026, 1, 5, tzinfo=UTC)
X, Y = 90_000.0, 450_000.0


def points(**at: tuple[float, float, str]) -> gpd.GeoDataFrame:
    """Return named points with their kind, from a corner of the town."""
    shapes = [Point(X + x, Y + y) for x, y, _ in at.values()]
    columns = {"code": list(at), "kind": [kind for *_, kind in at.values()]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


SHOPS = points(near=(0, 0, "secondary"), hidden=(200, 0, "secondary"), far=(900, 0, "secondary"))
SCHOOLS = points(basis=(60, 0, "primary"), achter=(250, 0, "primary"), lyceum=(0, 240, "secondary"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = init_workspace(tmp_path / "ws", name="Proefstad", crs=CRS)
    town = gpd.GeoDataFrame(
        {"wijkcode": ["WK999901"], "wijknaam": ["Stad"]},
        geometry=[box(X - 100, Y - 500, X + 1500, Y + 1500)], crs=CRS,
    )  # fmt: skip
    town.to_file(tmp_path / "wijken.gpkg")
    take_in(workspace, "areas", tmp_path / "wijken.gpkg", at=NOW, policy=Policy(), level="wijk")
    return workspace


def build(workspace: Workspace, folder: Path) -> None:
    """Take in one building, between the second shop and the second primary school."""
    block = gpd.GeoDataFrame(
        {"hoogte": [9.0]}, geometry=[box(X + 220, Y - 10, X + 230, Y + 10)], crs=CRS
    )
    block.to_file(folder / "gebouwen.gpkg")
    take_in(workspace, "buildings", folder / "gebouwen.gpkg", at=NOW, policy=Policy())


def test_secondary_schools_are_kept_at_a_distance_and_primary_ones_out_of_sight(
    workspace: Workspace, tmp_path: Path
) -> None:
    build(workspace, tmp_path)
    document = shop_distances(Current(workspace), Bans(), SHOPS, SCHOOLS)
    found = {each.code: each for each in document.shops}
    assert [each.school for each in document.shops] == ["lyceum"] * 3, "never a primary school"
    assert found["near"].metres == pytest.approx(240)
    assert [each.too_near for each in document.shops] == [True, False, False]
    assert [each.in_sight for each in document.shops] == [True, False, False]
    assert found["near"].seen_from == "basis"
    assert document.in_sight == 1


def test_without_buildings_sight_is_not_known(workspace: Workspace) -> None:
    document = shop_distances(Current(workspace), Bans(), SHOPS, SCHOOLS)
    assert document.in_sight is None
    assert {each.in_sight for each in document.shops} == {None}


def test_without_secondary_schools_nothing_is_too_near(workspace: Workspace) -> None:
    only = SCHOOLS[SCHOOLS["kind"] == "primary"]
    document = shop_distances(Current(workspace), Bans(), SHOPS, only)
    assert document.too_near == 0
    assert {each.school for each in document.shops} == {None}
