"""The coordinate reference systems that features are served in, by the names of the standard."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.crs import CRS84, authority_of, is_geographic, is_northing_first, reprojected

_DEFINITION = "http://www.opengis.net/def/crs"
CRS84_URI = f"{_DEFINITION}/OGC/1.3/CRS84"
"""How the standard names longitude, latitude in degrees: the system of every answer by default."""

_DEGREE_DECIMALS, _METRE_DECIMALS = 7, 3  # about a centimetre, and a millimetre

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class System:
    """A coordinate reference system: its address, what it is called here, and its order of axes."""

    uri: str
    name: str
    geographic: bool
    northing_first: bool

    def shapes(self, shapes: Shapes, source: str) -> Shapes:
        """Return `shapes` in this system with x or longitude first, rounded, rings as RFC 7946."""
        decimals = _DEGREE_DECIMALS if self.geographic else _METRE_DECIMALS
        moved = reprojected(shapes, source=source, target=self.name)
        rounded = shapely.transform(moved, lambda xy: xy.round(decimals))
        return np.asarray(shapely.orient_polygons(rounded))

    def written(self, shapes: Shapes) -> Shapes:
        """Return shapes with x or longitude first in the order of this system's own axes."""
        if not self.northing_first:
            return shapes
        return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]))


@lru_cache(maxsize=8)
def systems_of(workspace_crs: str) -> tuple[System, ...]:
    """Return the systems on offer: CRS84 first, then WGS 84 and that of the workspace.

    Parameters
    ----------
    workspace_crs
        The system that features are stored in; one without a code of an authority is not offered.
    """
    names = dict.fromkeys([CRS84, "EPSG:4326", authority_of(workspace_crs)])
    return tuple(
        System(_uri(name), name, is_geographic(name), is_northing_first(name))
        for name in names
        if name is not None
    )


def _uri(name: str) -> str:
    authority, _, code = name.partition(":")
    return CRS84_URI if name == CRS84 else f"{_DEFINITION}/{authority}/0/{code}"
