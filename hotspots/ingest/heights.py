"""Height models: a raster of the surface, with one of the ground below it where there is one."""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputRefused, Problem
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.quarantine import Quarantine
from hotspots.ingest.rasters import heights_in, keep_raster, opened, windows
from hotspots.ingest.readers import content_sha256
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits

if TYPE_CHECKING:
    import geopandas as gpd
    from rasterio import DatasetReader
    from shapely.geometry.base import BaseGeometry

_SUFFIXES = (".tif", ".tiff")
_COARSEST_M = 5.0
_MEGABYTE = 1_000_000
_BYTES_PER_CELL = 4
_SINKS_M = 1.0  # a surface this far below the ground is no noise of measuring
_SUNK_SHARE = 0.1
_SQUARE = 1e-6


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a pass over both rasters found, in cells."""

    cells: int
    unknown: int
    ground_unknown: int
    compared: int
    sunk: int


def ingest_heights(
    path: Path,
    *,
    ground: Path | None,
    mapping: Mapping,
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
) -> Ingested:
    """Take in a surface model, and a terrain model on the same cells.

    Cells without a value are unknown, never ground.

    Parameters
    ----------
    path
        GeoTIFF of the surface: roofs, trees and open ground.
    ground
        GeoTIFF of the ground, on the same cells.
    crs
        The workspace's CRS, metres; a raster is not warped.
    area
        The municipality in that CRS, if it is known; the raster must cover some of it.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    paths = [path] if ground is None else [path, ground]
    for each in paths:
        _refuse_file(each, limits)
    with opened(paths) as rasters:
        problems = [
            problem
            for each, raster in zip(paths, rasters, strict=True)
            for problem in _problems_of_grid(raster, each.name, crs, area, limits)
        ]
        problems += _differences(rasters, paths)
        if problems:
            raise InputRefused(problems)
        figures = _measured(rasters, paths)
        facts = _facts(rasters[0], figures, crs, with_ground=ground is not None)
    names = ("surface.tif", "ground.tif")
    hashes = [content_sha256(each) for each in paths]
    return Ingested(
        kind="heights",
        file=path.name,
        sha256=hashes[0] if ground is None else sha256("|".join(hashes).encode()).hexdigest(),
        source=mapping.source or "heights",
        level=None,
        facts=facts,
        rejects=Quarantine(path.name).frame(),
        read=1,
        rejected=0,
        mapping={} if ground is None else {"ground": ground.name},
        notes=_notes(facts),
        files={name: partial(keep_raster, each) for name, each in zip(names, paths, strict=False)},
    )


def _refuse_file(path: Path, limits: Limits) -> None:
    if path.suffix.lower() not in _SUFFIXES:
        rule, remedy = "A height model is a GeoTIFF.", "Deliver a .tif of one band."
    elif not path.is_file():
        rule, remedy = "There is no such file.", "Check the path."
    elif path.stat().st_size > limits.max_file_mb * _MEGABYTE:
        rule, remedy = _too_large(limits)
    else:
        return
    raise InputRefused(Problem(rule, remedy, file=path.name))


def _too_large(limits: Limits) -> tuple[str, str]:
    return (
        f"The raster holds more than {limits.max_file_mb:,} MB.",
        "Cut the municipality out of it, or raise limits.max_file_mb in the policy.",
    )


def _problems_of_grid(
    raster: "DatasetReader", file: str, crs: str, area: "BaseGeometry | None", limits: Limits
) -> list[Problem]:
    """Return what is wrong with a raster, before any height is read."""
    from shapely import box

    problems = _problems_of_band(raster, file, limits)
    if not _same_crs(raster.crs, crs):
        return [*problems, _other_crs(raster, file, crs)]
    problems += _problems_of_cells(raster, file)
    if not problems and area is not None and not area.intersects(box(*raster.bounds)):
        problems.append(
            Problem(
                "The raster lies outside the municipality.",
                "Check its coordinates, or take in the areas that it belongs to.",
                file=file,
                value=", ".join(f"{bound:.10g}" for bound in raster.bounds),
            )
        )
    return problems


def _problems_of_band(raster: "DatasetReader", file: str, limits: Limits) -> list[Problem]:
    import numpy as np

    def problem(rule: str, remedy: str, value: object) -> Problem:
        return Problem(rule, remedy, file=file, value=str(value))

    problems = []
    if raster.count != 1:
        problems.append(
            problem("A height model has one band.", "Deliver that with heights.", raster.count)
        )
    if np.issubdtype(np.dtype(raster.dtypes[0]), np.integer) and raster.nodata is None:
        problems.append(
            problem(
                "Whole numbers need a value that says where the height is unknown.",
                "Set the raster's nodata value, or deliver floating-point heights.",
                raster.dtypes[0],
            )
        )
    if raster.width * raster.height * _BYTES_PER_CELL > limits.max_file_mb * _MEGABYTE:
        problems.append(problem(*_too_large(limits), f"{raster.width} x {raster.height} cells"))
    return problems


def _problems_of_cells(raster: "DatasetReader", file: str) -> list[Problem]:
    step = raster.transform
    square = abs(step.a + step.e) <= _SQUARE * abs(step.a) and step.a > 0
    if not square or step.b or step.d:
        return [
            Problem(
                "Cells are square, with north up.",
                "Resample it to square cells with north up.",
                file=file,
                value=str(tuple(round(each, 6) for each in tuple(step)[:6])),
            )
        ]
    if step.a > _COARSEST_M:
        return [
            Problem(
                f"Cells are at most {_COARSEST_M:g} m: larger ones hide walls and alleys.",
                "Deliver a model with cells of 0.5 or 1 m.",
                file=file,
                value=f"{step.a:g} m",
            )
        ]
    return []


def _other_crs(raster: "DatasetReader", file: str, crs: str) -> Problem:
    return Problem(
        f"A raster is delivered in the reference system of the workspace, {crs}.",
        f"Bring it there first: gdalwarp -t_srs {crs} -r near IN.tif OUT.tif.",
        file=file,
        value="none" if raster.crs is None else raster.crs.to_string()[:40],
    )


def _same_crs(given: Any, crs: str) -> bool:
    """Return whether a raster is in a CRS; that of heights beside it (NAP) is passed over."""
    from pyproj import CRS

    if given is None:
        return False
    horizontal = CRS.from_wkt(given.to_wkt())
    if horizontal.is_compound:
        horizontal = horizontal.sub_crs_list[0]
    return bool(horizontal.equals(CRS(crs), ignore_axis_order=True)) or (
        horizontal.to_epsg() is not None and horizontal.to_epsg() == CRS(crs).to_epsg()
    )


def _differences(rasters: "list[DatasetReader]", paths: list[Path]) -> list[Problem]:
    """Return how the grid of the ground differs from that of the surface, if it does."""
    if len(rasters) == 1:
        return []
    surface, ground = rasters
    if surface.shape == ground.shape and surface.transform.almost_equals(ground.transform, 1e-6):
        return []
    return [
        Problem(
            f"The surface has {_grid(surface)}, the ground {_grid(ground)}.",
            "Resample one to the cells of the other.",
            file=paths[1].name,
        )
    ]


def _grid(raster: "DatasetReader") -> str:
    west, north = raster.transform.c, raster.transform.f
    return (
        f"{raster.height} x {raster.width} cells of {raster.transform.a:g} m "
        f"from {west:.10g}, {north:.10g}"
    )


def _measured(rasters: "list[DatasetReader]", paths: list[Path]) -> _Figures:
    """Go over both rasters once; refuse heights that cannot be right."""
    import numpy as np

    unknown = ground_unknown = compared = sunk = 0
    for window in windows(rasters[0]):
        surface, *below = (
            heights_in(raster, window, path) for raster, path in zip(rasters, paths, strict=True)
        )
        unknown += int(np.isnan(surface).sum())
        for ground in below:
            ground_unknown += int(np.isnan(ground).sum())
            compared += int((~np.isnan(surface) & ~np.isnan(ground)).sum())
            sunk += int((surface < ground - _SINKS_M).sum())
    cells = rasters[0].width * rasters[0].height
    problems = [
        Problem(
            "The raster holds no height.", "Ask the source for the extract again.", file=path.name
        )
        for path, lacking in zip(paths, (unknown, ground_unknown), strict=False)
        if lacking == cells
    ]
    if sunk > _SUNK_SHARE * compared:
        problems.append(
            Problem(
                f"In {sunk / compared:.0%} of the cells the surface lies below the ground.",
                "Check whether surface and ground were given the other way round.",
                file=paths[0].name,
            )
        )
    if problems:
        raise InputRefused(problems)
    return _Figures(cells, unknown, ground_unknown, compared, sunk)


def _facts(
    raster: "DatasetReader", figures: _Figures, crs: str, *, with_ground: bool
) -> "gpd.GeoDataFrame":
    import geopandas as gpd
    import numpy as np
    from shapely import box

    ground = figures.ground_unknown / figures.cells if with_ground else np.nan
    return gpd.GeoDataFrame(
        {
            "cell_size_m": [float(raster.transform.a)],
            "rows": [raster.height],
            "columns": [raster.width],
            "unknown_share": [figures.unknown / figures.cells],
            "ground_unknown_share": [ground],
        },
        geometry=[box(*raster.bounds)],
        crs=crs,
    )


def _notes(facts: "gpd.GeoDataFrame") -> list[str]:
    (row,) = facts.to_dict("records")
    size = f"{row['rows']} x {row['columns']} cells of {row['cell_size_m']:g} m"
    ground = facts["ground_unknown_share"].dropna()
    return [
        f"{size}; unknown {row['unknown_share']:.1%}",
        f"ground unknown {ground.iloc[0]:.1%}"
        if len(ground)
        else "no terrain model: the height of the ground is unknown",
    ]
