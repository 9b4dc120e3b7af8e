"""Sight lines over a city, tile by tile: the same answer as all at once, from any source."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import Affine
from shapely import Point, box

from hotspots.pipeline.cameras import sight
from hotspots.pipeline.cameras.sight import Scene
from hotspots.pipeline.deliveries import HeightModels

RD = "EPSG:28992"
WALL = box(50, 0, 52, 100)


def scene(heights: HeightModels | None = None, **changed: object) -> Scene:
    """Make a field of 100 m with a wall of 9 m across it."""
    parts: dict[str, object] = {
        "buildings": gpd.GeoDataFrame({"height_m": [9.0]}, geometry=[WALL], crs=RD),
        "public_space": None,
        "dwellings": pd.DataFrame({"x": [50.5], "y": [50.0], "dwellings": [4]}),
        "heights": heights,
        "cell_size_m": 1.0,
        "target_height_m": 1.6,
    }
    return Scene(**(parts | changed))  # type: ignore[arg-type]


def sites(*places: tuple[float, float], reach_m: float = 60.0) -> pd.DataFrame:
    frame = pd.DataFrame(places, columns=["x", "y"], index=[f"s{n}" for n in range(len(places))])
    return frame.assign(
        mounting_height_m=4.0, range_m=60.0, azimuth_deg=0.0, view_deg=360.0, reach_m=reach_m
    )


def rasters(folder: Path, *, ground: bool) -> HeightModels:
    """Write the field as height models in a datum of its own: the ground lies at 7 m."""
    top = np.full((100, 100), 7.0, dtype=np.float32)
    top[:, 50:52] = 16.0
    top[:10, :10] = -9999.0
    profile = {
        "driver": "GTiff", "height": 100, "width": 100, "count": 1, "dtype": "float32",
        "crs": RD, "transform": Affine(1, 0, 0, 0, -1, 100), "nodata": -9999.0,
    }  # fmt: skip
    with rasterio.open(folder / "surface.tif", "w", **profile) as raster:
        raster.write(top, 1)
    if not ground:
        return HeightModels(folder / "surface.tif", None)
    with rasterio.open(folder / "ground.tif", "w", **profile) as raster:
        raster.write(np.full((100, 100), 7.0, dtype=np.float32), 1)
    return HeightModels(folder / "surface.tif", folder / "ground.tif")


POINTS = np.array([[40.5, 50.5], [60.5, 50.5], [30.5, 50.5], [49.6, 20.5], [5.5, 95.5]])


@pytest.mark.parametrize("source", ["buildings", "heights", "heights without ground"])
def test_a_wall_hides_what_is_behind_it_whatever_the_source(tmp_path: Path, source: str) -> None:
    heights = None if source == "buildings" else rasters(tmp_path, ground=source == "heights")
    seen = scene(heights).look(sites((20.5, 50.5), (80.5, 50.5)), POINTS)
    assert seen.covers.toarray()[:, :4].tolist() == [[1, 0, 1, 1], [0, 1, 0, 0]]
    assert seen.figures["visible_m2"].max() < np.pi * 60**2
    # The homes have their nearest façade on the left; of the building both see one.
    assert seen.figures["dwellings_in_view"].tolist() == [4, 0]
    assert seen.figures["facades"].tolist() == [1, 1]
    assert not list(tmp_path.glob("*.aux.xml"))


def test_what_was_not_measured_is_unknown_and_a_site_there_is_left_out(tmp_path: Path) -> None:
    there = scene(rasters(tmp_path, ground=True))
    seen = there.look(sites((20.5, 90.5), (5.5, 95.5), (50.4, 50.5), (400.0, 50.0)), POINTS)
    assert seen.figures["unknown_m2"].iloc[0] >= 100
    # The third is on the wall, from which it is set out.
    assert seen.figures["excluded"].fillna("").tolist() == [
        "", "surface_unknown", "", "outside_raster",
    ]  # fmt: skip
    assert seen.covers.toarray()[:, 4].sum() == 0


def test_a_person_too_far_for_the_picture_is_not_seen() -> None:
    near = scene().look(sites((20.5, 50.5), reach_m=15.0), POINTS)
    assert near.covers.toarray()[0].tolist() == [0, 0, 1, 0, 0]
    far = scene().look(sites((20.5, 50.5)), POINTS)
    # The façade is in the picture all the same: privacy goes by range, not by reach.
    assert near.figures["facades"].tolist() == far.figures["facades"].tolist() == [1]


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    places = sites(*map(tuple, rng.uniform(1, 99, (40, 2)).round(2)))
    places = places[~places["x"].between(48, 54)]
    points = rng.uniform(0, 100, (200, 2))
    whole = scene().look(places, points, outlines=True)
    monkeypatch.setattr(sight, "_TILE_M", 23.0)
    tiled = scene().look(places, points, outlines=True)
    pd.testing.assert_frame_equal(whole.figures, tiled.figures)
    assert (whole.covers != tiled.covers).nnz == 0
    areas = [shape.area for shape in whole.outlines if shape is not None]
    assert areas == pytest.approx(whole.figures["visible_m2"].tolist())
    assert areas == pytest.approx([shape.area for shape in tiled.outlines if shape is not None])


def test_public_space_bounds_what_counts_as_visible() -> None:
    square = gpd.GeoDataFrame({"kind": ["plein"]}, geometry=[box(20, 40, 40, 60)], crs=RD)
    seen = scene(public_space=square).look(sites((10.5, 50.5)), POINTS, outlines=True)
    assert seen.figures["visible_m2"].tolist() == [400]
    (outline,) = seen.outlines
    assert outline is not None
    assert outline.equals(box(20, 40, 40, 60))
    # A demand point was judged before: it counts wherever it lies.
    assert seen.covers.toarray()[0, 0] == 1


def test_no_sites_see_nothing() -> None:
    nothing = scene().look(sites((1.0, 1.0)).iloc[:0], POINTS)
    assert nothing.covers.shape == (0, 5)
    assert nothing.figures.empty


def test_points_before_a_wall_are_looked_at_in_the_open() -> None:
    # The cell of this point is built, as its middle lies in the wall.
    wall = gpd.GeoDataFrame({"height_m": [9.0]}, geometry=[box(50.3, 0, 52, 100)], crs=RD)
    at = np.array([[50.2, 50.5]])
    assert scene(buildings=wall).look(sites((20.5, 50.5)), at).covers.toarray().tolist() == [[1]]
    assert Point(50.2, 50.5).distance(wall.geometry.iloc[0]) == pytest.approx(0.1)
