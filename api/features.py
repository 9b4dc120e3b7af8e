"""Hotspots as features: what OGC API Features and GeoJSON (RFC 7946) ask of them."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BaseModel, Field
from shapely.geometry.base import BaseGeometry

from api.links import Link
from hotspots.crs import to_crs84
from hotspots.errors import InputRefused, NotFound, Problem
from hotspots.outputs.hotspot_tables import HotspotFigures, figures_of

_DEGREE_DECIMALS = 7  # about a centimetre

Bounds = tuple[float, float, float, float]
"""West, south, east, north in longitude and latitude."""


class Geometry(BaseModel):
    """A polygon in longitude, latitude (CRS84), its outer ring counter-clockwise."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class HotspotProperties(HotspotFigures):
    """The figures of a computed hotspot, with the run that made them."""

    run: str


class HotspotFeature(BaseModel):
    """A computed hotspot, never a priority area."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Geometry
    properties: HotspotProperties


class LinkedHotspotFeature(HotspotFeature):
    """One computed hotspot, with where it comes from."""

    links: list[Link]


class HotspotFeatures(BaseModel):
    """A page of computed hotspots."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    number_matched: int = Field(serialization_alias="numberMatched")
    number_returned: int = Field(serialization_alias="numberReturned")
    links: list[Link]
    features: list[HotspotFeature]


@dataclass(frozen=True)
class Features:
    """All hotspots of a run in a fixed order, with their shapes to search in."""

    all: list[HotspotFeature]
    shapes: npt.NDArray[np.object_]

    def select(
        self,
        *,
        theme: str | None,
        months: int | None,
        kind: str | None,
        bbox: Bounds | None,
    ) -> list[HotspotFeature]:
        """Return the features that answer to everything that is asked."""
        here = np.ones(len(self.all), dtype=bool) if bbox is None else self._meets(bbox)
        return [
            each
            for each, inside in zip(self.all, here, strict=True)
            if inside
            and theme in (None, each.properties.theme)
            and months in (None, each.properties.months)
            and kind in (None, each.properties.kind)
        ]

    def one(self, hotspot_id: str) -> HotspotFeature:
        """Return a feature by its id.

        Raises
        ------
        NotFound
            When the run has no such hotspot.
        """
        found = next((each for each in self.all if each.id == hotspot_id), None)
        if found is None:
            raise NotFound(
                Problem(
                    "This run has no such hotspot.",
                    "See the items of the collection for those it has.",
                    value=hotspot_id,
                )
            )
        return found

    def after(self, cursor: str, selected: list[HotspotFeature]) -> list[HotspotFeature]:
        """Return those of `selected` that come after the feature with the id `cursor`.

        Raises
        ------
        InputRefused
            When the run has no such hotspot.
        """
        order = {each.id: number for number, each in enumerate(self.all)}
        if cursor not in order:
            raise InputRefused(
                Problem(
                    "This is not a place in these items.",
                    "Follow the link `next` of a page, which names the run too.",
                    column="cursor",
                    value=cursor,
                )
            )
        return [each for each in selected if order[each.id] > order[cursor]]

    def bounds(self) -> list[float]:
        """Return the box that holds all shapes."""
        box: list[float] = shapely.total_bounds(self.shapes).tolist()
        return box

    def _meets(self, bbox: Bounds) -> npt.NDArray[np.bool_]:
        return np.asarray(shapely.intersects(self.shapes, boxed(bbox)))


def boxed(bbox: Bounds) -> BaseGeometry:
    """Return a bounding box as a shape; one whose west lies beyond its east is in two parts."""
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return shapely.union_all([shapely.box(a, south, b, north) for a, b in spans])


def features_of(hotspots: gpd.GeoDataFrame, run_id: str) -> Features:
    """Return the result `hotspots` of a run as features.

    Parameters
    ----------
    hotspots
        See :func:`hotspots.results.places.hotspots_schema`.
    run_id
        The run that they come from.
    """
    degrees = to_crs84(hotspots).geometry.to_numpy()
    rounded = shapely.transform(degrees, lambda xy: xy.round(_DEGREE_DECIMALS))
    shapes = shapely.orient_polygons(rounded)
    return Features(
        all=[
            HotspotFeature(
                id=figures.hotspot_id,
                geometry=Geometry.model_validate(shapely.geometry.mapping(shape)),
                properties=HotspotProperties(**figures.model_dump(), run=run_id),
            )
            for figures, shape in zip(figures_of(hotspots), shapes, strict=True)
        ],
        shapes=shapes,
    )
