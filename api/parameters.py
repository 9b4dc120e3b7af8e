"""What may stand in an address; anything else is refused before it reaches a file."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.settings import Settings
from api.shelf import Shelf
from hotspots.outputs.text import Lang
from hotspots.schemas import Level

_THEME = r"^[a-z][a-z0-9_]{1,40}$"
_RUN_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
_HOTSPOT_ID = r"^[a-z0-9][a-z0-9_-]{0,79}$"

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

ThemeName = Annotated[str, Field(pattern=_THEME)]
RunName = Annotated[str, Field(pattern=_RUN_ID)]
MonthsAsked = Annotated[int, Field(ge=1, le=1200)]


class NoQuery(BaseModel):
    """No query parameter at all: an unknown one is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class RankingQuery(NoQuery):
    """Which ranking of a run."""

    theme: ThemeName | None = Field(None, description="Theme; the run's first by default.")
    level: Level | None = Field(
        None, description="Level; by default the one at which priorities are chosen."
    )


class PageQuery(BaseModel):
    """What a reader may choose on every page."""

    lang: Lang | None = Field(None, description="Language of the page.")


class ChoosingQuery(PageQuery):
    """From which ranking a reader chooses."""

    run: RunName = "latest"
    theme: ThemeName | None = None
    level: Level | None = None


class PrioritiesQuery(ChoosingQuery):
    """What a reader may choose on the page with priorities."""

    sort: Literal["rank", "count", "rate"] = "rank"
    weight: Annotated[int, Field(ge=0, le=100)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    k: Annotated[int, Field(ge=1, le=1000)] | None = None
    without_police: bool = False


class RunPageQuery(PageQuery):
    """What a reader may choose on a page of one run."""

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
