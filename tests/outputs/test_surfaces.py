from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import Transformer

from hotspots.outputs.hotspots.tables import cells_of
from hotspots.outputs.surfaces import (
    RISK_UNIT,
    density_surface,
    web_surface,
    write_risk,
    write_surface,
)
from tests.outputs import sample

CRS = "EPSG:28992"
PERIOD = ("2023-01", "2025-12")


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    return cells_of(sample.SampleRun(), sample.search())


def _write(cells: pd.DataFrame, path: Path, cell_size_m: float = sample.CELL_SIZE_M) -> Path:
    write_surface(cells, path, crs=CRS, cell_size_m=cell_size_m, period=PERIOD)
    return path


def test_what_is_read_back_is_what_the_cells_hold(cells: pd.DataFrame, tmp_path: Path) -> None:
    with rasterio.open(_write(cells, tmp_path / "density.tif")) as file:
        (values,) = zip(*file.sample(cells[["x", "y"]].to_numpy()), strict=True)
        assert np.array_equal(values, cells["density_per_km2"].to_numpy(np.float32))
        band = file.read(1)
        assert np.isfinite(band).sum() == len(cells)
        assert np.isnan(band[:10, 30:]).all()  # the north-east corner was not studied
        assert file.crs == CRS
        assert np.isnan(file.nodata)
        assert file.bounds == (80_000, 450_000, 84_000, 453_000)


def test_the_file_says_what_it_is(cells: pd.DataFrame, tmp_path: Path) -> None:
    with rasterio.open(_write(cells, tmp_path / "density.tif")) as file:
        assert file.dtypes == ("float32",)
        assert file.units == ("incidents per km2",)
        tags = file.tags()
        assert (tags["THEME"], tags["FIRST_MONTH"], tags["LAST_MONTH"]) == ("burglary", *PERIOD)
        assert file.profile["compress"] == "deflate"
        assert file.profile["tiled"]
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_a_large_surface_has_overviews_that_average(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    row, column = (axis.ravel() for axis in np.indices((600, 700)))
    large = pd.DataFrame(
        {
            "theme": "burglary",
            "months": 36,
            "x": 50.0 * column + 80_000,
            "y": 50.0 * row + 450_000,
            "density_per_km2": rng.random(row.size),
        }
    )
    with rasterio.open(_write(large, tmp_path / "large.tif", 50.0)) as file:
        assert file.block_shapes == [(256, 256)]
        assert file.overviews(1) == [2, 4]
        half = file.read(1, out_shape=(300, 350))
        blocks = file.read(1).reshape(300, 2, 350, 2).mean(axis=(1, 3))
        assert np.allclose(half, blocks, atol=1e-6)


def test_the_same_cells_give_the_same_bytes_and_nothing_is_left(
    cells: pd.DataFrame, tmp_path: Path
) -> None:
    first = _write(cells, tmp_path / "density.tif").read_bytes()
    shuffled = cells.sample(frac=1, random_state=3)
    assert _write(shuffled, tmp_path / "density.tif").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["density.tif"]


def test_cells_of_several_searches_are_no_surface(tmp_path: Path) -> None:
    for wrong in (sample.cells(), sample.cells().iloc[:0]):
        with pytest.raises(ValueError, match="one search"):
            _write(wrong, tmp_path / "density.tif")
    assert not list(tmp_path.iterdir())


def test_the_image_lies_where_the_cells_lie(cells: pd.DataFrame) -> None:
    surface = web_surface(density_surface(cells, cell_size_m=sample.CELL_SIZE_M), crs=CRS)
    to_web = Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
    west, south = to_web.transform(*surface.south_west[::-1])
    east, north = to_web.transform(*surface.north_east[::-1])
    rows, columns = surface.values.shape
    assert (east - west) / columns == pytest.approx((north - south) / rows, rel=0.01)
    x, y = Transformer.from_crs(CRS, "EPSG:3857", always_xy=True).transform(
        cells["x"].to_numpy(), cells["y"].to_numpy()
    )
    column = ((x - west) / (east - west) * columns).astype(int)
    row = ((north - y) / (north - south) * rows).astype(int)
    shown = surface.values[row, column]
    # A pixel is a tenth of a cell, along which this density changes by 20 per km2 or less; the
    # projection itself is known to a decimetre or so, and the top of the hill is flattened.
    assert np.nanmax(np.abs(shown - cells["density_per_km2"])) < 60
    assert np.isnan(shown).mean() < 0.01


def test_a_surface_larger_than_the_image_is_averaged() -> None:
    row, column = (axis.ravel() for axis in np.indices((2000, 2000)))
    checkered = pd.DataFrame(
        {
            "theme": "burglary",
            "months": 36,
            "x": 10.0 * column + 80_000,
            "y": 10.0 * row + 450_000,
            "density_per_km2": ((row + column) % 2).astype(float),
        }
    )
    values = web_surface(density_surface(checkered, cell_size_m=10.0), crs=CRS).values
    assert max(values.shape) == 900
    inside = values[50:-50, 50:-50]
    assert np.abs(inside - 0.5).max() < 0.15  # neither the black nor the white squares alone


def test_risk_is_written_beside_the_density_with_its_own_unit(
    cells: pd.DataFrame, tmp_path: Path
) -> None:
    rates = np.linspace(0, 40, len(cells))
    rates[::7] = np.nan  # too few dwellings near
    risk = cells[["theme", "x", "y"]].assign(shrunk_risk_per_1000=rates)
    path = tmp_path / "risk.tif"
    write_risk(risk, path, crs=CRS, cell_size_m=sample.CELL_SIZE_M, until="2025-12-31")
    with rasterio.open(path) as file:
        (values,) = zip(*file.sample(risk[["x", "y"]].to_numpy()), strict=True)
        assert np.array_equal(values, rates.astype(np.float32), equal_nan=True)
        assert file.units == (RISK_UNIT,)
        assert file.tags()["UNTIL"] == "2025-12-31"
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
