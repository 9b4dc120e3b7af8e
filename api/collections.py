"""``/v1/collections``: hotspots for map programs, with the names of OGC API Features."""

from calendar import monthrange
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import camera_collections
from api.collection_models import (
    GEOJSON,
    JSON,
    Collection,
    Extent,
    GeoJSONResponse,
    SpatialExtent,
    TemporalExtent,
)
from api.features import HotspotFeatures, LinkedHotspotFeature
from api.links import Link
from api.parameters import MOST_FEATURES, HotspotId, ItemsQuery, NoQuery, RunQuery, Runs
from api.problems import PROBLEM_RESPONSES
from api.shelf import Shelf

_PATH = "/v1/collections"
_HOTSPOTS = f"{_PATH}/hotspots"
_ITEMS = f"{_HOTSPOTS}/items"

router = APIRouter(prefix=_PATH, tags=["features"], responses=PROBLEM_RESPONSES)


class Collections(BaseModel):
    """Everything that can be put on a map."""

    collections: list[Collection]
    links: list[Link]


@router.get("", summary="What can be mapped")
def collections(shelf: Runs, _: Annotated[NoQuery, Query()]) -> Collections:
    """List the collections of features."""
    return Collections(
        collections=[_hotspots(shelf), *camera_collections.described(shelf)],
        links=[Link(href=_PATH, rel="self", type=JSON, title="This list")],
    )


@router.get("/hotspots", summary="About the hotspots")
def hotspots(shelf: Runs, _: Annotated[NoQuery, Query()]) -> Collection:
    """Describe the collection of computed hotspots."""
    return _hotspots(shelf)


@router.get("/hotspots/items", summary="Hotspots", response_class=GeoJSONResponse)
def items(shelf: Runs, query: Annotated[ItemsQuery, Query()]) -> HotspotFeatures:
    """Return computed hotspots as GeoJSON, a page at a time.

    Links name the run, so that following them stays in it when a newer one is made.
    """
    run = shelf.open(query.run)
    features = shelf.features(run)
    asked = query.model_dump(
        include={"theme", "months", "kind", "limit", "cursor"}, exclude_none=True
    )
    if query.bbox is not None:
        asked["bbox"] = ",".join(map(str, query.bbox))
    matched = features.select(
        theme=query.theme, months=query.months, kind=query.kind, bbox=query.bbox
    )
    rest = matched if query.cursor is None else features.after(query.cursor, matched)
    page = rest[: min(query.limit, MOST_FEATURES)]
    links = [_items_link("self", "This page", run.record.id, asked)]
    if len(page) < len(rest):
        following = {**asked, "cursor": page[-1].id}
        links.append(_items_link("next", "The next page", run.record.id, following))
    links.append(Link(href=_HOTSPOTS, rel="collection", type=JSON, title="The collection"))
    return HotspotFeatures(
        number_matched=len(matched), number_returned=len(page), links=links, features=page
    )


@router.get("/hotspots/items/{hotspot_id}", summary="One hotspot", response_class=GeoJSONResponse)
def item(
    hotspot_id: HotspotId, shelf: Runs, query: Annotated[RunQuery, Query()]
) -> LinkedHotspotFeature:
    """Return one computed hotspot as GeoJSON."""
    run = shelf.open(query.run)
    feature = shelf.features(run).one(hotspot_id)
    address = f"{_ITEMS}/{hotspot_id}?{urlencode({'run': run.record.id})}"
    return LinkedHotspotFeature(
        **feature.model_dump(),
        links=[
            Link(href=address, rel="self", type=GEOJSON, title="This hotspot"),
            Link(href=_HOTSPOTS, rel="collection", type=JSON, title="The collection"),
        ],
    )


def _items_link(rel: str, title: str, run_id: str, asked: dict[str, object]) -> Link:
    query = urlencode({"run": run_id, **asked}, safe=",")
    return Link(href=f"{_ITEMS}?{query}", rel=rel, type=GEOJSON, title=title)


def _hotspots(shelf: Shelf) -> Collection:
    return Collection(
        id="hotspots",
        title="Computed hotspots",
        description=(
            "Places with more incidents than chance would lead us to expect, per theme and "
            "period. A computed hotspot is not a priority area: those are chosen by people."
        ),
        extent=_extent(shelf),
        links=[
            Link(href=_HOTSPOTS, rel="self", type=JSON, title="This collection"),
            Link(href=_ITEMS, rel="items", type=GEOJSON, title="Its hotspots"),
            Link(href="/hotspots", rel="alternate", type="text/html", title="The page"),
        ],
    )


def _extent(shelf: Shelf) -> Extent | None:
    """Return where and when the hotspots of the latest run lie, if it has any."""
    if not shelf.records():
        return None
    run = shelf.open("latest")
    searches = run.record.searches
    features = shelf.features(run) if searches else None
    if features is None or not features.all:
        return None
    first = min(search.first_month for search in searches)
    last = max(search.last_month for search in searches)
    last_day = monthrange(int(last[:4]), int(last[5:]))[1]
    return Extent(
        spatial=SpatialExtent(bbox=[features.bounds()]),
        temporal=TemporalExtent(
            interval=[[f"{first}-01T00:00:00Z", f"{last}-{last_day}T23:59:59Z"]]
        ),
    )
