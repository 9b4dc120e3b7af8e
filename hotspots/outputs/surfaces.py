"""Surfaces: density and risk as a GeoTIFF for other programs, density as an image for the map."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from rasterio.shutil import copy as copy_raster
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject, transform_bounds
from shapely.geometry import box

from hotspots.crs import to_crs84
from hotspots.outputs.exports import whole_file

UNIT = "incidents per km2"
"""Unit of a density surface."""
RISK_UNIT = "incidents per 1000 dwellings per year"
"""Unit of a risk surface."""

_WEB_MERCATOR = "EPSG:3857"
_IMAGE_SIDE_PX = 900
_TILE_PX = 256
_GDAL = {"GDAL_PAM_ENABLED": False, "GDAL_NUM_THREADS": 1}  # nothing beside the file; same bytes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A raster: `values` from north to south and west to east, NaN where nothing was studied."""

    values: Floats
    transform: Affine


@dataclass(frozen=True)
class WebSurface:
    """A surface in Web Mercator, between south-west and north-east in latitude, longitude."""

    values: Floats
    south_west: tuple[float, float]
    north_east: tuple[float, float]


def write_surface(
    cells: pd.DataFrame, path: Path, *, crs: str, cell_size_m: float, period: tuple[str, str]
) -> None:
    """Write the density of one search as a Cloud-Optimised GeoTIFF; the file appears whole.

    One band of 32-bit floats in incidents per km2 over the whole period, NaN outside the study
    cells, deflated, in tiles of 256 pixels with overviews where it is larger than one. Its tags
    name theme, unit and period. The same cells give the same bytes.

    Parameters
    ----------
    cells
        The study cells of one theme and period; see :func:`hotspots.results.places.cells_schema`.
    path
        Where to write; an existing file is replaced.
    crs
        The workspace's metric CRS, in which the cells lie.
    cell_size_m
        Width of a cell.
    period
        First and last month (``YYYY-MM``) of the search.

    Raises
    ------
    ValueError
        When the cells are none, or of more than one search.
    """
    surface = density_surface(cells, cell_size_m=cell_size_m)
    theme = str(cells["theme"].iloc[0])
    _write(
        surface,
        path,
        crs=crs,
        band=f"density of {theme}",
        tags={"THEME": theme, "UNIT": UNIT, "FIRST_MONTH": period[0], "LAST_MONTH": period[1]},
    )


def write_risk(
    cells: pd.DataFrame, path: Path, *, crs: str, cell_size_m: float, until: str
) -> None:
    """Write the shrunk risk per 1,000 dwellings a year, as :func:`write_surface` writes density.

    Parameters
    ----------
    cells
        Result `risk`; see :func:`hotspots.results.together.risk_schema`.
    path, crs, cell_size_m
        As for :func:`write_surface`.
    until
        Cut-off date.
    """
    theme = str(cells["theme"].iloc[0])
    _write(
        _surface(cells, "shrunk_risk_per_1000", cell_size_m=cell_size_m),
        path,
        crs=crs,
        band=f"risk of {theme}",
        tags={"THEME": theme, "UNIT": RISK_UNIT, "UNTIL": until},
    )


def _write(surface: Surface, path: Path, *, crs: str, band: str, tags: dict[str, str]) -> None:
    """Write one band with its tags; the file appears whole."""
    height, width = surface.values.shape
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "height": height,
        "width": width,
        "crs": crs,
        "transform": surface.transform,
        "nodata": np.nan,
    }
    with (
        whole_file(path) as unfinished,
        rasterio.Env(**_GDAL),
        rasterio.MemoryFile() as memory,
    ):
        with memory.open(**profile) as plain:
            plain.write(surface.values.astype(np.float32), 1)
            plain.set_band_description(1, band)
            plain.set_band_unit(1, tags["UNIT"])
            plain.update_tags(**tags)
        with memory.open() as plain:
            copy_raster(
                plain,
                unfinished,
                driver="COG",
                compress="DEFLATE",
                predictor="YES",
                blocksize=_TILE_PX,
                overview_resampling="AVERAGE",
            )


def density_surface(cells: pd.DataFrame, *, cell_size_m: float) -> Surface:
    """Return the density of one search as a raster.

    Parameters
    ----------
    cells
        As for :func:`write_surface`.
    cell_size_m
        Width of a cell.

    Raises
    ------
    ValueError
        When the cells are none, or of more than one search.
    """
    if len(cells[["theme", "months"]].drop_duplicates()) != 1:
        raise ValueError("a surface is made of the cells of one search")
    return _surface(cells, "density_per_km2", cell_size_m=cell_size_m)


def _surface(cells: pd.DataFrame, column: str, *, cell_size_m: float) -> Surface:
    """Return a column of cells, which have their middle in `x` and `y`, as a raster."""
    x, y = (cells[axis].to_numpy(np.float64) for axis in ("x", "y"))
    across = np.rint((x - x.min()) / cell_size_m).astype(np.int64)
    down = np.rint((y.max() - y) / cell_size_m).astype(np.int64)
    values = np.full((down.max() + 1, across.max() + 1), np.nan)
    values[down, across] = cells[column].to_numpy(np.float64)
    west, north = x.min() - cell_size_m / 2, y.max() + cell_size_m / 2
    return Surface(values, Affine(cell_size_m, 0.0, west, 0.0, -cell_size_m, north))


def web_surface(surface: Surface, *, crs: str) -> WebSurface:
    """Return a surface as a web map draws an image: in Web Mercator, north up.

    Between the middles of cells it is linear; where it must shrink, cells are averaged.

    Parameters
    ----------
    surface
        A raster in the metric CRS `crs`.
    """
    height, width = surface.values.shape
    west, south, east, north = transform_bounds(
        crs, _WEB_MERCATOR, *_bounds(surface.transform, height, width)
    )
    pixel = max(east - west, north - south) / _IMAGE_SIDE_PX
    columns, rows = (max(1, round(span / pixel)) for span in (east - west, north - south))
    transform = Affine(pixel, 0.0, west, 0.0, -pixel, north)
    values = np.full((rows, columns), np.nan)
    shrinks = max(height, width) > _IMAGE_SIDE_PX
    reproject(
        surface.values,
        values,
        src_transform=surface.transform,
        src_crs=crs,
        src_nodata=np.nan,
        dst_transform=transform,
        dst_crs=_WEB_MERCATOR,
        dst_nodata=np.nan,
        resampling=Resampling.average if shrinks else Resampling.bilinear,
    )
    corners = gpd.GeoDataFrame(
        geometry=[box(*_bounds(transform, rows, columns))], crs=_WEB_MERCATOR
    )
    west, south, east, north = to_crs84(corners).total_bounds.tolist()
    return WebSurface(values, (south, west), (north, east))


def _bounds(transform: Affine, rows: int, columns: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a raster that lies north up."""
    west, north = transform.c, transform.f
    return west, north + rows * transform.e, west + columns * transform.a, north
