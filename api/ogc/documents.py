"""What collections say of themselves, as OGC API Features and OGC API Common write it."""

from pydantic import BaseModel, Field

from api.links import Link
from api.ogc.systems import CRS84_URI

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
DEFINITION_TYPE = "application/vnd.oai.openapi+json;version=3.1"

CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
"""The classes that hold here. The class `oas30` does not: the definition is in OpenAPI 3.1."""


class Landing(BaseModel):
    """The start of the API."""

    title: str
    description: str
    version: str
    links: list[Link]


class Conformance(BaseModel):
    """The classes of the standards that hold here."""

    conforms_to: list[str] = Field(serialization_alias="conformsTo")
    links: list[Link]


class SpatialExtent(BaseModel):
    """Boxes that hold everything: west, south, east, north."""

    bbox: list[list[float]]
    crs: str = CRS84_URI


class TemporalExtent(BaseModel):
    """Periods that hold everything: begin and end, in UTC; null is open."""

    interval: list[list[str | None]]
    trs: str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


class Extent(BaseModel):
    """Where and when the features lie."""

    spatial: SpatialExtent | None = None
    temporal: TemporalExtent | None = None


class Collection(BaseModel):
    """What there is of one kind of feature; without an extent there are none."""

    id: str
    title: str
    description: str
    item_type: str = Field("feature", serialization_alias="itemType")
    crs: list[str]
    storage_crs: str | None = Field(None, serialization_alias="storageCrs")
    extent: Extent | None = None
    links: list[Link]


class Collections(BaseModel):
    """Everything that can be put on a map."""

    crs: list[str]
    collections: list[Collection]
    links: list[Link]
