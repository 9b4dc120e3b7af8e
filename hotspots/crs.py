"""The only place that judges and transforms features; images are warped in ``outputs``."""

from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, Problem

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

CRS84 = "OGC:CRS84"
"""Longitude, latitude in degrees: what web maps and GeoJSON use."""


def metric_crs(name: str) -> str:
    """Return `name` if it is a projected CRS in metres, such as ``EPSG:28992``.

    Raises
    ------
    InputRefused
        When it is unknown, geographic, or not in metres.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(name)
    except CRSError:
        raise InputRefused(
            Problem(
                "This is not a known coordinate reference system.",
                "Give an authority code such as EPSG:28992 (RD New).",
                value=name,
            )
        ) from None
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        raise InputRefused(
            Problem(
                "A workspace needs a projected coordinate reference system in metres.",
                "Use EPSG:28992 (RD New) in the Netherlands, or a local UTM zone elsewhere.",
                value=name,
            )
        )
    return name


def to_workspace(frame: "gpd.GeoDataFrame", crs: str, *, file: str) -> "gpd.GeoDataFrame":
    """Return `frame` in the workspace's metric `crs`, after judging its coordinates.

    Raises
    ------
    InputRefused
        When the CRS is missing, or the coordinates do not fit it (degrees in a metric CRS,
        axes swapped, or outside the area where the CRS may be used); names the likely cause.
    """
    if frame.crs is None:
        raise InputRefused(
            Problem(
                "The coordinates have no coordinate reference system.",
                f'State it in the file, or set crs in the mapping (for example "{crs}").',
                file=file,
                column=str(frame.geometry.name),
            )
        )
    misfit = _misfit(frame)
    if misfit is not None:
        raise InputRefused(
            Problem(
                f"The coordinates do not fit their reference system {frame.crs.to_string()}.",
                misfit,
                file=file,
                column=str(frame.geometry.name),
                value=", ".join(f"{bound:.6g}" for bound in frame.total_bounds),
            )
        )
    return frame if frame.crs == crs else frame.to_crs(crs)


def to_crs84(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Return `frame` in longitude, latitude order in degrees, for the web."""
    return frame.to_crs(CRS84)


def reprojected(
    shapes: "npt.NDArray[np.object_]", *, source: str, target: str
) -> "npt.NDArray[np.object_]":
    """Return shapes in another system; x or longitude comes first in both, whatever its axes."""
    import geopandas as gpd

    return gpd.GeoSeries(shapes, crs=source).to_crs(target).to_numpy()


def authority_of(name: str) -> str | None:
    """Return a system by its authority and code, such as ``EPSG:28992``; none where it has none."""
    from pyproj import CRS

    found = CRS.from_user_input(name).to_authority()
    return None if found is None else ":".join(found)


def is_geographic(name: str) -> bool:
    """Tell whether a system is in degrees."""
    from pyproj import CRS

    return bool(CRS.from_user_input(name).is_geographic)


def is_northing_first(name: str) -> bool:
    """Tell whether a system names latitude or northing before longitude or easting."""
    from pyproj import CRS

    return str(CRS.from_user_input(name).axis_info[0].direction) == "north"


def _misfit(frame: "gpd.GeoDataFrame") -> str | None:
    """Return the likely cause, as a remedy, where the bounds fall outside the CRS's area of use."""
    import numpy as np
    from pyproj import CRS, Transformer

    crs = CRS(frame.crs)
    bounds = [float(bound) for bound in frame.total_bounds]
    if not np.isfinite(bounds).all():
        return None  # nothing but empty geometries: judged row by row
    if crs.is_projected and max(map(abs, bounds)) <= 180:
        return "They look like degrees: state EPSG:4326, or deliver metres."
    if crs.area_of_use is None:
        return None
    if not crs.is_geographic:
        to_degrees = Transformer.from_crs(crs, CRS84, always_xy=True)
        west, south, east, north = bounds
        bounds = list(to_degrees.transform_bounds(west, south, east, north))
    west, south, east, north = crs.area_of_use.bounds
    margin = 1.0  # degrees: the area of use is a rough box
    fits_x = west - margin <= bounds[0] and bounds[2] <= east + margin
    fits_y = south - margin <= bounds[1] and bounds[3] <= north + margin
    if fits_x and fits_y:
        return None
    return (
        "Check whether x and y are swapped, or whether another reference system was meant: "
        f"this one is for {crs.area_of_use.name}."
    )
