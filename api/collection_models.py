"""What a collection of features says of itself, as OGC API Features writes it."""

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.links import Link

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""How the standard names longitude, latitude in degrees."""

JSON, GEOJSON = "application/json", "application/geo+json"


class GeoJSONResponse(JSONResponse):
    """An answer in GeoJSON."""

    media_type = GEOJSON


class SpatialExtent(BaseModel):
    """Boxes that hold everything: west, south, east, north."""

    bbox: list[list[float]]
    crs: str = CRS84_URI


class TemporalExtent(BaseModel):
    """Periods that hold everything: begin and end, in UTC."""

    interval: list[list[str]]


class Extent(BaseModel):
    """Where and when the features of the latest run lie."""

    spatial: SpatialExtent
    temporal: TemporalExtent


class Collection(BaseModel):
    """What there is of one kind of feature."""

    id: str
    title: str
    description: str
    item_type: str = Field("feature", serialization_alias="itemType")
    crs: list[str] = [CRS84_URI]
    extent: Extent | None
    links: list[Link]
