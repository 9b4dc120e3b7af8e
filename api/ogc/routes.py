"""``/v1``, ``/v1/conformance`` and ``/v1/collections``: features by the standard, for any map."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from api.clock import Now
from api.identity.user import Asking
from api.links import Link
from api.ogc.answers import Opened, one_answer, page_answer
from api.ogc.asking import Asked, Chosen, Stocked, item_asked, items_asked, nothing_asked
from api.ogc.documents import (
    CONFORMS_TO,
    DEFINITION_TYPE,
    GEOJSON,
    HTML,
    JSON,
    Collection,
    Collections,
    Conformance,
    Extent,
    Landing,
    SpatialExtent,
    TemporalExtent,
)
from api.ogc.layer import Layer
from api.ogc.layers import LAYERS
from api.ogc.parameters import FORMATS
from api.ogc.stock import Stock
from api.ogc.systems import systems_of
from api.problems import PROBLEM_RESPONSES
from api.security import API_VERSION
from hotspots.errors import NotFound

router = APIRouter(prefix="/v1", tags=["features"], responses=PROBLEM_RESPONSES)

_KEEP_PUBLIC = "public, max-age=60"
_Plain = [Depends(nothing_asked)]


async def base_of(request: Request) -> str:
    """Return the address of this server as programs outside know it, without a slash at the end."""
    public: str | None = request.app.state.settings.public_url
    return str(public or request.base_url).rstrip("/")


Base = Annotated[str, Depends(base_of)]


@router.get("", summary="Landing page", dependencies=_Plain)
def landing(base: Base) -> Landing:
    """Say what there is, and where."""
    found = [
        ("/v1", "self", JSON, "This page"),
        ("/v1/openapi.json", "service-desc", DEFINITION_TYPE, "The definition of this API"),
        ("/v1/docs", "service-doc", HTML, "The definition of this API, to read"),
        ("/v1/conformance", "conformance", JSON, "The standards that hold here"),
        ("/v1/collections", "data", JSON, "What can be mapped"),
        ("/v1/runs", "related", JSON, "Finished runs"),
        ("/", "alternate", HTML, "The pages"),
    ]
    return Landing(
        title="Hotspots",
        description="Computed hotspots, ranked areas, camera plans and decisions on areas.",
        version=API_VERSION,
        links=[
            Link(href=f"{base}{path}", rel=rel, type=kind, title=title)
            for path, rel, kind, title in found
        ],
    )


@router.get("/conformance", summary="The standards that hold here", dependencies=_Plain)
def conformance(base: Base) -> Conformance:
    """List the conformance classes of the standards."""
    itself = Link(href=f"{base}/v1/conformance", rel="self", type=JSON, title="This list")
    return Conformance(conforms_to=list(CONFORMS_TO), links=[itself])


@router.get(
    "/collections",
    summary="What can be mapped",
    dependencies=_Plain,
    response_model_exclude_none=True,
)
def collections(base: Base, stock: Stocked, user: Asking, now: Now) -> Collections:
    """List the collections that whoever asks may see, but for those that no run has made yet."""
    mine = [layer for layer in LAYERS.values() if user.role in layer.roles]
    made = [layer for layer in mine if _is_made(layer, stock, now.date())]
    return Collections(
        crs=[each.uri for each in systems_of(stock.crs)],
        collections=[_described(layer, stock, base, now.date()) for layer in made],
        links=[Link(href=f"{base}/v1/collections", rel="self", type=JSON, title="This list")],
    )


@router.get(
    "/collections/{collection_id}",
    summary="About a collection",
    dependencies=_Plain,
    response_model_exclude_none=True,
)
def collection(layer: Chosen, base: Base, stock: Stocked, now: Now) -> Collection:
    """Describe a collection: where, when, in which systems, and links."""
    return _described(layer, stock, base, now.date())


@router.get("/collections/{collection_id}/items", include_in_schema=False)
def items(
    request: Request,
    layer: Chosen,
    base: Base,
    stock: Stocked,
    now: Now,
    asked: Annotated[Asked, Depends(items_asked)],
) -> Response:
    """Return features, a page at a time, or a file of them."""
    opened = _opened(layer, base, stock, asked, now.date())
    return _kept(request, opened) or _public(request, opened, page_answer(opened))


@router.get("/collections/{collection_id}/items/{feature_id:path}", include_in_schema=False)
def item(
    request: Request,
    feature_id: Annotated[str, Path(description="Id of a feature.")],
    layer: Chosen,
    base: Base,
    stock: Stocked,
    now: Now,
    asked: Annotated[Asked, Depends(item_asked)],
) -> Response:
    """Return one feature."""
    opened = _opened(layer, base, stock, asked, now.date())
    return _kept(request, opened) or _public(request, opened, one_answer(opened, feature_id))


def _opened(layer: Layer, base: str, stock: Stock, asked: Asked, today: date) -> Opened:
    run = stock.run(layer, asked.run)
    return Opened(
        base=base,
        layer=layer,
        features=stock.features(layer, run, today),
        asked=asked,
        run_id=None if run is None else run.record.id,
        day=today if run is None else run.record.until,
    )


def _kept(request: Request, opened: Opened) -> Response | None:
    """Return the answer to who has it already, if that may be."""
    tag = opened.tag(str(request.url), request.headers.get("accept", ""))
    known = request.headers.get("if-none-match", "")
    if not opened.layer.is_public or tag not in [each.strip() for each in known.split(",")]:
        return None
    return _public(request, opened, Response(status_code=304))


def _public(request: Request, opened: Opened, answer: Response) -> Response:
    """Let what is public be kept for a while; the rest is `no-store`, as everything by default."""
    if opened.layer.is_public:
        answer.headers["ETag"] = opened.tag(str(request.url), request.headers.get("accept", ""))
        answer.headers["Cache-Control"] = _KEEP_PUBLIC
        answer.headers["Vary"] = "Accept"
    return answer


def _described(layer: Layer, stock: Stock, base: str, today: date) -> Collection:
    systems = systems_of(stock.crs)
    address = f"{base}/v1/collections/{layer.id}"
    kinds = {"json": GEOJSON, **{name: FORMATS[name] for name in ("csv", "gpkg")}}
    links = [Link(href=address, rel="self", type=JSON, title="This collection")]
    links += [
        Link(href=f"{address}/items?f={name}", rel="items", type=kind, title=layer.items)
        for name, kind in kinds.items()
    ]
    links.append(Link(href=f"{base}{layer.page}", rel="alternate", type=HTML, title="The page"))
    return Collection(
        id=layer.id,
        title=layer.title,
        description=layer.description,
        crs=[each.uri for each in systems],
        storage_crs=next((each.uri for each in systems if each.name == stock.crs), None),
        extent=_extent(layer, stock, today),
        links=links,
    )


def _is_made(layer: Layer, stock: Stock, today: date) -> bool:
    try:
        stock.features(layer, stock.run(layer, "latest"), today)
    except NotFound:
        return False
    return True


def _extent(layer: Layer, stock: Stock, today: date) -> Extent | None:
    """Return where and when the features of today lie; none where there are none."""
    features = stock.features(layer, stock.run(layer, "latest"), today)
    box, interval = features.bounds(systems_of(stock.crs)[0]), features.interval
    if box is None and interval is None:
        return None
    return Extent(
        spatial=None if box is None else SpatialExtent(bbox=[box]),
        temporal=None if interval is None else TemporalExtent(interval=[interval]),
    )
