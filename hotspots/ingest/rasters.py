"""Rasters of heights: read block by block, the unknown as not a number, and kept as GeoTIFF."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from hotspots.errors import InputRefused, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rasterio import DatasetReader
    from rasterio.windows import Window

_LOWEST_M, _HIGHEST_M = -500.0, 9000.0
_BLOCK = 512


@contextmanager
def opened(paths: list[Path]) -> "Iterator[list[DatasetReader]]":
    """Open rasters for reading, without writing anything beside them."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    with ExitStack() as stack:
        stack.enter_context(catch_warnings())
        simplefilter("ignore", NotGeoreferencedWarning)  # refused below, in our own words
        stack.enter_context(rasterio.Env(GDAL_PAM_ENABLED="NO"))
        rasters = []
        for path in paths:
            try:
                rasters.append(stack.enter_context(rasterio.open(path, driver="GTiff")))
            except RasterioError as error:
                reason = " ".join(str(error).split())[:200]
                raise InputRefused(
                    Problem(
                        f"The file cannot be read as a GeoTIFF ({reason}).",
                        "Check its name and its content.",
                        file=path.name,
                    )
                ) from None
        yield rasters


def windows(raster: "DatasetReader") -> "Iterator[Window]":
    """Yield the parts of a raster that are read at a time."""
    from rasterio.windows import Window

    for row in range(0, raster.height, _BLOCK):
        for column in range(0, raster.width, _BLOCK):
            height = min(_BLOCK, raster.height - row)
            yield Window(column, row, min(_BLOCK, raster.width - column), height)


def heights_in(raster: "DatasetReader", window: "Window", path: Path) -> "npt.NDArray[np.float32]":
    """Return the heights of a part of a raster, not a number where they are unknown."""
    import numpy as np
    from rasterio.errors import RasterioError

    try:
        read = raster.read(1, window=window, masked=True)
    except RasterioError as error:
        reason = " ".join(str(error).split())[:200]
        raise InputRefused(
            Problem(
                f"The raster cannot be read to its end ({reason}).",
                "Ask the source for the extract again.",
                file=path.name,
            )
        ) from None
    heights: npt.NDArray[np.float32] = read.astype(np.float32).filled(np.nan)
    absurd = (heights < _LOWEST_M) | (heights > _HIGHEST_M)
    if absurd.any():
        raise InputRefused(
            Problem(
                f"Heights are in metres, from {_LOWEST_M:g} to {_HIGHEST_M:g}.",
                "Convert them; or, if this value means that the height is unknown, set it as the "
                "nodata value of the raster.",
                file=path.name,
                value=f"{float(heights[absurd][0]):g}",
            )
        )
    return heights


def keep_raster(path: Path, to: Path) -> None:
    """Write the heights of a raster block by block, as 32-bit floats; the unknown is NaN."""
    import numpy as np
    import rasterio

    with opened([path]) as (raster,):
        profile = {
            "driver": "GTiff",
            "dtype": "float32",
            "count": 1,
            "width": raster.width,
            "height": raster.height,
            "crs": raster.crs,
            "transform": raster.transform,
            "nodata": np.nan,
            "tiled": True,
            "blockxsize": _BLOCK,
            "blockysize": _BLOCK,
            "compress": "deflate",
            "predictor": 3,
        }
        with rasterio.open(to, "w", **profile) as kept:
            for window in windows(raster):
                kept.write(heights_in(raster, window, path), 1, window=window)
