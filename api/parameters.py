"""What may stand in an address; anything else is refused before it reaches a file."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.settings import Settings
from api.shelf import Shelf
from hotspots.outputs.text import Lang
from hotspots.results.codes import PolygonKind
from hotspots.schemas import Level

MOST_FEATURES = 1000
"""Most features in one answer; who asks for more gets this many, as OGC API Features says."""

_THEME = r"^[a-z][a-z0-9_]{1,40}$"
_RUN_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
_HOTSPOT_ID = r"^[a-z0-9][a-z0-9_-]{0,79}$"

_ITEM_ID = r"^[^\x00-\x1f\x7f]{1,100}$"  # ids of sites and cameras are the municipality's own
_COLLECTION = r"^[a-z][a-z_-]{0,39}$"

RunId = Annotated[str, Path(pattern=_RUN_ID, description="A run's id, or `latest`.")]
TableName = Annotated[
    str, Path(pattern=r"^[a-z][a-z_]{0,39}$", description="A result, such as `priorities`.")
]
Suffix = Annotated[
    str,
    Path(pattern=r"^[a-z]{1,10}$", description="One of `gpkg`, `geojson`, `parquet`, `csv`."),
]
ThemePath = Annotated[str, Path(pattern=_THEME, description="Theme of a search.")]
Months = Annotated[int, Path(ge=1, le=1200, description="Length of its period in months.")]
HotspotId = Annotated[str, Path(pattern=_HOTSPOT_ID, description="Id of a hotspot.")]

CollectionId = Annotated[str, Path(pattern=_COLLECTION, description="Id of a collection.")]
ItemId = Annotated[str, Path(pattern=_ITEM_ID, description="Id of a feature.")]

ThemeName = Annotated[str, Field(pattern=_THEME)]
RunName = Annotated[str, Field(pattern=_RUN_ID)]
MonthsAsked = Annotated[int, Field(ge=1, le=1200)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


def _corners(asked: object) -> object:
    """Take a bounding box apart; one with heights, as the standard allows, loses them."""
    if not isinstance(asked, list):
        return asked
    numbers = [number for part in asked for number in str(part).split(",")]
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise PydanticCustomError(
            "bbox", "A bbox is west,south,east,north: four numbers, or six with heights."
        )
    return numbers


def _south_first(
    box: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    if box[1] > box[3]:
        raise PydanticCustomError(
            "bbox", "The south of a bbox, its second number, does not lie above its north."
        )
    return box


BoundingBox = Annotated[
    tuple[Longitude, Latitude, Longitude, Latitude],
    BeforeValidator(_corners),
    AfterValidator(_south_first),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}),
]
"""West, south, east, north in CRS84; a west beyond the east crosses the antimeridian."""


class NoQuery(BaseModel):
    """No query parameter at all: an unknown one is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class RankingQuery(NoQuery):
    """Which ranking of a run."""

    theme: ThemeName | None = Field(None, description="Theme; the run's first by default.")
    level: Level | None = Field(
        None, description="Level; by default the one at which priorities are chosen."
    )


class RunQuery(NoQuery):
    """Which run."""

    run: RunName = Field("latest", description="A run's id, or `latest`.")


class ItemsQuery(RunQuery):
    """Which hotspots of a run, and how many at once."""

    theme: ThemeName | None = Field(None, description="Only this theme.")
    months: MonthsAsked | None = Field(None, description="Only periods of this many months.")
    kind: PolygonKind | None = Field(None, description="Only this kind of polygon.")
    bbox: BoundingBox | None = Field(
        None,
        description=(
            "Only what meets this box: west,south,east,north in longitude and latitude (CRS84)."
        ),
    )
    limit: int = Field(
        100, ge=1, description=f"Features in one answer; {MOST_FEATURES} at most, also if more."
    )
    cursor: Annotated[str, Field(pattern=_HOTSPOT_ID)] | None = Field(
        None, description="Where to go on, from the link `next`."
    )


class CameraItemsQuery(RunQuery):
    """Which sites or views of a camera plan, and how many at once."""

    run: RunName = Field("latest", description="A plan's id, or `latest`: the newest plan.")
    bbox: BoundingBox | None = Field(
        None,
        description=(
            "Only what meets this box: west,south,east,north in longitude and latitude (CRS84)."
        ),
    )
    limit: int = Field(
        100, ge=1, description=f"Features in one answer; {MOST_FEATURES} at most, also if more."
    )
    cursor: Annotated[str, Field(pattern=_ITEM_ID)] | None = Field(
        None, description="Where to go on, from the link `next`."
    )


class PageQuery(BaseModel):
    """What a reader may choose on every page."""

    lang: Lang | None = Field(None, description="Language of the page.")


class PrioritiesQuery(PageQuery):
    """What a reader may choose on the page with priorities."""

    run: RunName = "latest"
    theme: ThemeName | None = None
    level: Level | None = None
    sort: Literal["rank", "count", "rate"] = "rank"


class RunPageQuery(PageQuery):
    """What a reader may choose on a page of one run."""

    run: RunName = "latest"


class CameraMapQuery(PageQuery):
    """What a reader may choose on the map of a camera plan."""

    site: Annotated[str, Field(pattern=_ITEM_ID)] | None = None


class CamerasQuery(CameraMapQuery):
    """What a reader may choose on the page of a camera plan."""

    run: RunName = "latest"


class HotspotsQuery(PageQuery):
    """What a reader may choose on the page with hotspots."""

    run: RunName = "latest"
    theme: ThemeName | None = None
    months: MonthsAsked | None = None


def shelf_of(request: Request) -> Shelf:
    """Return the runs that the app serves."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def settings_of(request: Request) -> Settings:
    """Return the settings of the app."""
    settings: Settings = request.app.state.settings
    return settings


Runs = Annotated[Shelf, Depends(shelf_of)]
Chosen = Annotated[Settings, Depends(settings_of)]
