"""Two independent judges of sight lines: a plain walk over each line, and GDAL's own viewshed."""

import ctypes
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from hotspots.analysis.grid import Bools, Floats
from hotspots.planning.surface import Surface, surface_from_heights
from hotspots.planning.visibility import Viewshed

STEP_M = 0.05


def model(top: Any, ground: Any = 0.0, cell_size_m: float = 1.0) -> Surface:
    """Lay heights, NaN where unknown, on cells with the south-western corner at (0, 0)."""
    top = np.asarray(top, dtype=np.float32)
    ground = np.broadcast_to(np.float32(ground), top.shape)
    north = len(top) * cell_size_m
    transform = Affine(cell_size_m, 0, 0, 0, -cell_size_m, north)
    return surface_from_heights(top, ground, transform, known=~np.isnan(top))


def sites(*rows: tuple[float, ...], **columns: Any) -> pd.DataFrame:
    """Make sites of (x, y, mounting height, range), looking all round unless told otherwise."""
    frame = pd.DataFrame(rows, columns=["x", "y", "mounting_height_m", "range_m"])
    return frame.assign(**({"azimuth_deg": 0.0, "view_deg": 360.0} | columns))


def on_raster(viewshed: Viewshed | None, shape: tuple[int, int], *, unknown: bool = False) -> Bools:
    """Lay the cells of a viewshed on those of the surface model."""
    assert viewshed is not None
    raster = np.zeros(shape, dtype=bool)
    row, column = np.nonzero(viewshed.unknown if unknown else viewshed.visible)
    row, column = row + viewshed.row, column + viewshed.column
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    raster[row[inside], column[inside]] = True
    return raster


def walked(
    surface: Surface, x: float, y: float, eye_m: float, *, range_m: float, target_height_m: float
) -> Bools:
    """Walk every line of sight in steps of 5 cm and look under one's feet; no shared idea.

    Steps in the cell of the eye and in that of the target are not looked at.
    """
    n_rows, n_columns = surface.shape
    x_to, y_to = surface.centre_of(np.arange(n_rows * n_columns))
    east, north = x_to - x, y_to - y
    distance = np.hypot(east, north)
    target = surface.ground_m.ravel().astype(float) + target_height_m
    top = surface.top_m.ravel().astype(float)
    own = surface.cell_of(np.array([x]), np.array([y]))[0]
    seen: Bools = (distance <= range_m) & (top <= target)
    for gone in np.arange(STEP_M, range_m, STEP_M):
        going = np.flatnonzero(seen & (distance > gone))
        share = gone / distance[going]
        under = surface.cell_of(x + east[going] * share, y + north[going] * share)
        line = eye_m + share * (target[going] - eye_m)
        between = (under != own) & (under != going)
        seen[going[between & (top[under] > line)]] = False
    return seen.reshape(n_rows, n_columns)


def gdal_viewshed(
    top: Floats,
    transform: Affine,
    x: float,
    y: float,
    *,
    height_m: float,
    range_m: float,
    target_height_m: float,
) -> Bools | None:
    """Return the viewshed of the GDAL that rasterio carries; None where it cannot be reached."""
    gdal = _gdal()
    if gdal is None:
        return None
    profile = {
        "driver": "GTiff", "height": top.shape[0], "width": top.shape[1], "count": 1,
        "dtype": "float32", "transform": transform, "crs": "EPSG:28992",
    }  # fmt: skip
    with MemoryFile() as source:
        with source.open(**profile) as writer:
            writer.write(top.astype(np.float32), 1)
        name = f"/vsimem/viewshed_{id(source)}.tif"
        opened = gdal.GDALOpen(source.name.encode(), 0)
        result = gdal.GDALViewshedGenerate(
            gdal.GDALGetRasterBand(opened, 1), b"GTiff", name.encode(), None,
            x, y, height_m, target_height_m, 255.0, 0.0, 0.0, -1.0, 0.0, 2, range_m,
            None, None, 1, None,
        )  # fmt: skip
        gdal.GDALClose(result)
        gdal.GDALClose(opened)
        with rasterio.open(name) as found:
            return _placed(found.read(1) == 255, found.transform, top.shape, transform)


def _placed(seen: Bools, at: Affine, shape: tuple[int, ...], transform: Affine) -> Bools:
    """Lay GDAL's answer, which covers the range alone, on the whole raster."""
    column, row = (
        round((at.c - transform.c) / transform.a),
        round((at.f - transform.f) / transform.e),
    )
    raster = np.zeros(shape, dtype=bool)
    raster[row : row + seen.shape[0], column : column + seen.shape[1]] = seen
    return raster


def _gdal() -> Any:
    """Return the library that rasterio has loaded."""
    try:
        library = ctypes.CDLL(rasterio._base.__file__)
        viewshed = library.GDALViewshedGenerate
    except (OSError, AttributeError):
        return None
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_double
    library.GDALOpen.restype, library.GDALOpen.argtypes = pointer, [text, ctypes.c_int]
    library.GDALGetRasterBand.restype = pointer
    library.GDALGetRasterBand.argtypes = [pointer, ctypes.c_int]
    library.GDALClose.argtypes = [pointer]
    viewshed.restype = pointer
    viewshed.argtypes = [
        pointer, text, text, pointer, *[number] * 9, ctypes.c_int, number, pointer, pointer,
        ctypes.c_int, pointer,
    ]  # fmt: skip
    return library
