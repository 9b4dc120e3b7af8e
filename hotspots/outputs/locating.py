"""Where a polygon lies: the areas that hold most of it, and those by which to find one's way."""

from collections.abc import Sequence
from typing import Protocol

import geopandas as gpd
import numpy as np
import shapely

from hotspots.outputs.tables import RunTables
from hotspots.schemas import Level

_NAMED_AT: tuple[Level, ...] = ("buurt", "wijk", "service-area", "stadsdeel")
_OUTLINED_AT: tuple[Level, ...] = ("stadsdeel", "wijk", "service-area", "buurt")
_MOST_NAMED = 3
_LEAST_SHARE_NAMED = 0.1
_LEAST_SHARE_TOGETHER = 0.5


class Located(Protocol):
    """A polygon with its number on the page and the names of the areas it lies in.

    `beyond` is true where those areas hold less than half of it.
    """

    @property
    def number(self) -> int:
        """From 1, in the order of the page."""

    @property
    def places(self) -> list[str]:
        """Names of areas, the largest part first."""

    @property
    def beyond(self) -> bool:
        """Whether it goes well beyond those areas."""


def outlines_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the largest areas of a run that ranks some, to find one's way on a map."""
    return _areas(run, _OUTLINED_AT)


def places_of(run: RunTables, polygons: gpd.GeoDataFrame) -> list[tuple[list[str], bool]]:
    """Return the areas that hold most of each polygon, and whether it goes well beyond them."""
    areas = _areas(run, _NAMED_AT)
    if areas is None:
        return [([], False)] * len(polygons)
    shapes, names = areas.geometry.to_numpy(), areas["area_name"].to_numpy()
    tree = shapely.STRtree(shapes)
    named = []
    for polygon in polygons.geometry:
        near = tree.query(polygon, predicate="intersects")
        part = shapely.area(shapely.intersection(shapes[near], polygon)) / polygon.area
        largest = np.argsort(-part, kind="stable")[:_MOST_NAMED]
        large = [n for n in largest if part[n] >= _LEAST_SHARE_NAMED or n == largest[0]]
        beyond = bool(part[large].sum() < _LEAST_SHARE_TOGETHER)
        named.append(([str(name) for name in names[near[large]]], beyond and bool(large)))
    return named


def _areas(run: RunTables, levels: Sequence[Level]) -> gpd.GeoDataFrame | None:
    """Return the areas with a shape of the first of `levels` that the run ranked, if any."""
    if not run.record.questions:
        return None
    table = run.table("priorities")
    drawn = table[table["geometry"].notna()]
    for level in levels:
        areas = drawn[drawn["level"] == level].drop_duplicates("area_code")
        if len(areas) > 1:
            return gpd.GeoDataFrame(areas[["area_code", "area_name", "geometry"]])
    return None
