"""``/v1/collections``: sites, plan and viewsheds of cameras for map programs."""

from calendar import monthrange
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query

from api.camera_features import CameraFeaturePage, LinkedCameraFeature
from api.collection_models import (
    GEOJSON,
    JSON,
    Collection,
    Extent,
    GeoJSONResponse,
    SpatialExtent,
    TemporalExtent,
)
from api.links import Link
from api.parameters import (
    MOST_FEATURES,
    CameraItemsQuery,
    CollectionId,
    ItemId,
    NoQuery,
    RunQuery,
    Runs,
)
from api.problems import PROBLEM_RESPONSES
from api.shelf import OpenRun, Shelf
from hotspots.errors import NotFound, Problem
from hotspots.outputs.camera_tables import require_plan

_PATH = "/v1/collections"

router = APIRouter(prefix=_PATH, tags=["features"], responses=PROBLEM_RESPONSES)


@dataclass(frozen=True)
class _About:
    """What a collection is called, and what it holds."""

    title: str
    description: str


_ABOUT = {
    "camera-sites": _About(
        "Candidate camera sites",
        "Every place where a camera may be mounted, with the homes in its view and why it was "
        "left out. What happened in its view is told of chosen sites only.",
    ),
    "camera-plan": _About(
        "Chosen camera sites",
        "The sites of the camera plan with their score cards. A plan is a proposal: the mayor "
        "decides.",
    ),
    "viewsheds": _About(
        "Viewsheds",
        "The public space that proposed, present, fixed and stadium cameras see.",
    ),
}


def described(shelf: Shelf) -> list[Collection]:
    """Return the collections of cameras; none where there is no camera plan yet."""
    return [_collection(name, shelf) for name in _ABOUT] if shelf.cameras.records() else []


@router.get("/{collection_id}", summary="About sites, plan or viewsheds of cameras")
def collection(
    collection_id: CollectionId, shelf: Runs, _: Annotated[NoQuery, Query()]
) -> Collection:
    """Describe `camera-sites`, `camera-plan` or `viewsheds`."""
    _require(collection_id)
    return _collection(collection_id, shelf)


@router.get(
    "/{collection_id}/items",
    summary="Sites, plan or viewsheds of cameras",
    response_class=GeoJSONResponse,
)
def items(
    collection_id: CollectionId, shelf: Runs, query: Annotated[CameraItemsQuery, Query()]
) -> CameraFeaturePage:
    """Return `camera-sites`, `camera-plan` or `viewsheds` as GeoJSON, a page at a time.

    Links name the run, so that following them stays in it when a newer one is made.
    """
    _require(collection_id)
    run = shelf.cameras.open(query.run)
    features = shelf.cameras.features(run, collection_id)
    matched = features.select(query.bbox)
    rest = matched if query.cursor is None else features.after(query.cursor, matched)
    page = features.made(rest[: min(query.limit, MOST_FEATURES)])
    asked = query.model_dump(include={"limit", "cursor"}, exclude_none=True)
    if query.bbox is not None:
        asked["bbox"] = ",".join(map(str, query.bbox))
    links = [_items_link("self", "This page", collection_id, run, asked)]
    if len(page) < len(rest):
        following = {**asked, "cursor": page[-1].id}
        links.append(_items_link("next", "The next page", collection_id, run, following))
    links.append(_collection_link(collection_id, "collection", "The collection"))
    return CameraFeaturePage(
        number_matched=len(matched), number_returned=len(page), links=links, features=page
    )


@router.get(
    "/{collection_id}/items/{item_id:path}",
    summary="One site or viewshed",
    response_class=GeoJSONResponse,
)
def item(
    collection_id: CollectionId, item_id: ItemId, shelf: Runs, query: Annotated[RunQuery, Query()]
) -> LinkedCameraFeature:
    """Return one site or viewshed as GeoJSON; the id of a viewshed is `role-place`."""
    _require(collection_id)
    run = shelf.cameras.open(query.run)
    features = shelf.cameras.features(run, collection_id)
    at = features.position(item_id)
    (feature,) = features.made(features.select(None)[at : at + 1])
    address = f"{_PATH}/{collection_id}/items/{quote(item_id, safe='')}"
    return LinkedCameraFeature(
        **dict(feature),
        links=[
            Link(
                href=f"{address}?{urlencode({'run': run.record.id})}",
                rel="self",
                type=GEOJSON,
                title="This feature",
            ),
            _collection_link(collection_id, "collection", "The collection"),
        ],
    )


def _require(collection_id: str) -> None:
    if collection_id not in _ABOUT:
        raise NotFound(
            Problem(
                "There is no such collection.",
                f"Choose one of: hotspots, {', '.join(_ABOUT)}.",
                value=collection_id,
            )
        )


def _collection(collection_id: str, shelf: Shelf) -> Collection:
    about = _ABOUT[collection_id]
    items_link = Link(
        href=f"{_PATH}/{collection_id}/items", rel="items", type=GEOJSON, title="Its features"
    )
    return Collection(
        id=collection_id,
        title=about.title,
        description=about.description,
        extent=_extent(collection_id, shelf),
        links=[
            _collection_link(collection_id, "self", "This collection"),
            items_link,
            Link(href="/cameras", rel="alternate", type="text/html", title="The page"),
        ],
    )


def _extent(collection_id: str, shelf: Shelf) -> Extent | None:
    """Return where the features of the newest plan lie, and the period of its demand."""
    if not shelf.cameras.records():
        return None
    run = shelf.cameras.open("latest")
    box = shelf.cameras.features(run, collection_id).bounds()
    if box is None:
        return None
    rests = require_plan(run.record)
    last = rests.last_month
    last_day = monthrange(int(last[:4]), int(last[5:]))[1]
    return Extent(
        spatial=SpatialExtent(bbox=[box]),
        temporal=TemporalExtent(
            interval=[[f"{rests.first_month}-01T00:00:00Z", f"{last}-{last_day}T23:59:59Z"]]
        ),
    )


def _collection_link(collection_id: str, rel: str, title: str) -> Link:
    return Link(href=f"{_PATH}/{collection_id}", rel=rel, type=JSON, title=title)


def _items_link(
    rel: str, title: str, collection_id: str, run: OpenRun, asked: dict[str, object]
) -> Link:
    query = urlencode({"run": run.record.id, **asked}, safe=",")
    return Link(href=f"{_PATH}/{collection_id}/items?{query}", rel=rel, type=GEOJSON, title=title)
