"""Sites, plan and viewsheds of cameras as features: made a page at a time, for sites are many."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BaseModel, Field
from shapely.geometry.base import BaseGeometry

from api.features import Bounds, boxed
from api.links import Link
from hotspots.crs import to_crs84
from hotspots.errors import InputRefused, NotFound, Problem
from hotspots.outputs.tables import Shown, plain_records
from hotspots.results.codes import SightRole, SiteExcluded

_DEGREE_DECIMALS = 7  # about a centimetre


class CandidateProperties(Shown):
    """A candidate site: what of homes and public space it would see, never what happened there.

    Thousands of overlapping views with counts would tell where each incident was.
    """

    site_id: str
    kind: str
    power: bool | None
    camera_type: str
    area_code: str | None
    excluded: SiteExcluded | None
    visible_m2: float | None
    unknown_m2: float | None
    facades: int | None
    dwellings_in_view: int | None
    masks_deg: str | None
    run: str


class PlannedProperties(Shown):
    """A chosen site with its score card; demand in weighted incidents a year."""

    site_id: str
    rank: int
    demand_alone: float
    demand_added: float
    incidents: int
    visible_m2: float
    unknown_m2: float
    facades: int
    dwellings_in_view: int
    masks_deg: str
    power: bool | None
    is_current: bool
    alternative_site_id: str | None
    alternative_loss: float | None
    run: str


class SightProperties(Shown):
    """The public space that a proposed or a present camera sees."""

    place_id: str
    role: SightRole
    visible_m2: float
    unknown_m2: float
    run: str


class CameraGeometry(BaseModel):
    """A point or a polygon in longitude, latitude (CRS84)."""

    type: Literal["Point", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class CameraFeature(BaseModel):
    """A site or a view; a camera that sees nothing has no geometry."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: CameraGeometry | None
    properties: PlannedProperties | CandidateProperties | SightProperties


class LinkedCameraFeature(CameraFeature):
    """One site or view, with where it comes from."""

    links: list[Link]


class CameraFeaturePage(BaseModel):
    """A page of sites or views."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    number_matched: int = Field(serialization_alias="numberMatched")
    number_returned: int = Field(serialization_alias="numberReturned")
    links: list[Link]
    features: list[CameraFeature]


@dataclass(frozen=True)
class CameraFeatures:
    """All features of a collection in a fixed order, in longitude and latitude."""

    frame: gpd.GeoDataFrame
    ids: npt.NDArray[np.object_]
    run_id: str

    def select(self, bbox: Bounds | None) -> npt.NDArray[np.int64]:
        """Return the positions of what meets a box."""
        if bbox is None:
            return np.arange(len(self.ids))
        return np.flatnonzero(shapely.intersects(self.frame.geometry.to_numpy(), boxed(bbox)))

    def after(self, cursor: str, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return those of the positions `at` that come after the feature with the id `cursor`.

        Raises
        ------
        InputRefused
            When there is no such feature.
        """
        found = np.flatnonzero(self.ids == cursor)
        if not len(found):
            raise InputRefused(
                Problem(
                    "This is not a place in these items.",
                    "Follow the link `next` of a page, which names the run too.",
                    column="cursor",
                    value=cursor,
                )
            )
        return np.asarray(at[at > found[0]])

    def position(self, feature_id: str) -> int:
        """Return where a feature stands.

        Raises
        ------
        NotFound
            When there is no such feature.
        """
        found = np.flatnonzero(self.ids == feature_id)
        if not len(found):
            raise NotFound(
                Problem(
                    "This plan has no such item.",
                    "See the items of the collection for those it has.",
                    value=feature_id,
                )
            )
        return int(found[0])

    def bounds(self) -> list[float] | None:
        """Return the box that holds all shapes, if there are any."""
        box: list[float] = shapely.total_bounds(self.frame.geometry.to_numpy()).tolist()
        return None if np.isnan(box).any() else box

    def made(self, at: npt.NDArray[np.int64]) -> list[CameraFeature]:
        """Return the features at the positions `at`."""
        rows = self.frame.iloc[at]
        kind = _kind_of(self.frame)
        return [
            CameraFeature(
                id=feature_id,
                geometry=_geometry(shape),
                properties=kind.model_validate({**row, "run": self.run_id}),
            )
            for feature_id, shape, row in zip(
                self.ids[at], rows.geometry.to_numpy(), plain_records(rows), strict=True
            )
        ]


def features_of(table: gpd.GeoDataFrame, run_id: str) -> CameraFeatures:
    """Return the result `camera_sites`, `camera_plan` or `viewsheds` of a run as features.

    Parameters
    ----------
    table
        See :mod:`hotspots.results.cameras`.
    run_id
        The run that it comes from.
    """
    degrees = to_crs84(table)
    rounded = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy.round(_DEGREE_DECIMALS))
    frame = degrees.set_geometry(shapely.orient_polygons(rounded), crs=degrees.crs)
    names = frame["site_id"] if "site_id" in frame else frame["role"] + "-" + frame["place_id"]
    return CameraFeatures(frame, names.to_numpy(dtype=object), run_id)


def _geometry(shape: BaseGeometry | None) -> CameraGeometry | None:
    if shape is None:
        return None
    return CameraGeometry.model_validate(shapely.geometry.mapping(shape))


def _kind_of(
    frame: gpd.GeoDataFrame,
) -> type[PlannedProperties] | type[CandidateProperties] | type[SightProperties]:
    if "role" in frame:
        return SightProperties
    return PlannedProperties if "rank" in frame else CandidateProperties
