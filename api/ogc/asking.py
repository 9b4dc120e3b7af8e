"""A request for features, read whole: every problem of it is told at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import shapely
from fastapi import Depends, HTTPException, Path, Request
from shapely.geometry.base import BaseGeometry

from api.identity.user import Asking
from api.ogc.layer import Layer
from api.ogc.layers import LAYERS
from api.ogc.parameters import (
    FORMATS,
    item_parameters,
    items_parameters,
    read_query,
    refuse,
)
from api.ogc.stock import Stock, stock_of
from api.ogc.systems import CRS84_URI, System, systems_of
from api.ogc.times import Period
from hotspots.errors import NotFound, Problem, RoleRefused

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True)
class Asked:
    """What is asked of the features of a collection; `given` is how it was written."""

    run: str
    system: System
    given: dict[str, str]
    box: BaseGeometry | None = None
    box_in: System | None = None
    period: Period | None = None
    where: dict[str, object] | None = None
    limit: int | None = None
    cursor: str | None = None
    format: str = "json"


async def layer_of(
    collection_id: Annotated[str, Path(description="Id of a collection.")], user: Asking
) -> Layer:
    """Return the collection of an address, if whoever asks may see it.

    Raises
    ------
    NotFound
        When there is none of that name.
    RoleRefused
        When it is not for this role; the public is asked to sign in.
    """
    layer = LAYERS.get(collection_id)
    if layer is None:
        raise NotFound(
            Problem(
                "There is no such collection.",
                f"Choose one of: {', '.join(LAYERS)}.",
                value=collection_id[:80],
            )
        )
    if user.role not in layer.roles:
        if not user.signed_in:
            raise HTTPException(401, headers=_CHALLENGE)
        raise RoleRefused(
            Problem("This collection is not for your role.", "Ask a colleague.", value=layer.id)
        )
    return layer


Chosen = Annotated[Layer, Depends(layer_of)]
Stocked = Annotated[Stock, Depends(stock_of)]


async def items_asked(request: Request, layer: Chosen, stock: Stocked) -> Asked:
    """Read what is asked of the features of a collection.

    Raises
    ------
    InputRefused
        With everything that is wrong.
    """
    systems = {each.uri: each for each in systems_of(stock.crs)}
    given = request.query_params.multi_items()
    asked, problems = read_query(items_parameters(layer, systems), given)
    box_in = systems[str(asked.get("bbox-crs", CRS84_URI))]
    corners, period, limit = asked.get("bbox"), asked.get("datetime"), asked.get("limit")
    box = None
    if isinstance(corners, tuple):
        try:
            box = boxed(corners, box_in)
        except ValueError as error:
            told = str(error)
            problems.append(Problem(told, "See `bbox-crs`.", column="bbox", value=str(corners)))
    refuse(problems)
    return Asked(
        run=str(asked.get("run", "latest")),
        system=systems[str(asked.get("crs", CRS84_URI))],
        given=dict(given),
        box=box,
        box_in=box_in,
        period=period if isinstance(period, Period) else None,
        where={each.name: asked[each.name] for each in layer.filters if each.name in asked},
        limit=limit if isinstance(limit, int) else None,
        cursor=None if "cursor" not in asked else str(asked["cursor"]),
        format=str(asked.get("f") or accepted(request.headers.get("accept", ""))),
    )


async def item_asked(request: Request, layer: Chosen, stock: Stocked) -> Asked:
    """Read what is asked of one feature; see :func:`items_asked`."""
    systems = {each.uri: each for each in systems_of(stock.crs)}
    given = request.query_params.multi_items()
    asked, problems = read_query(item_parameters(layer, systems), given)
    refuse(problems)
    return Asked(
        run=str(asked.get("run", "latest")),
        system=systems[str(asked.get("crs", CRS84_URI))],
        given=dict(given),
    )


async def nothing_asked(request: Request) -> None:
    """Refuse every query parameter.

    Raises
    ------
    InputRefused
        With all that were given.
    """
    refuse(read_query((), request.query_params.multi_items())[1])


def boxed(corners: Iterable[float], system: System) -> BaseGeometry:
    """Return a bounding box as a shape, x or longitude first.

    One whose west lies beyond its east crosses the antimeridian, and is in two parts.

    Parameters
    ----------
    corners
        The least of each axis, then the most, in the order of the axes of `system`.

    Raises
    ------
    ValueError
        When it is upside down, or outside the system.
    """
    west, south, east, north = corners
    if system.northing_first:
        west, south, east, north = south, west, north, east
    if south > north:
        raise ValueError("The south of a bbox does not lie above its north.")
    if not system.geographic:
        if west > east:
            raise ValueError("In metres the west of a bbox does not lie beyond its east.")
        return shapely.box(west, south, east, north)
    if max(abs(south), abs(north)) > 90 or max(abs(west), abs(east)) > 180:
        raise ValueError("Latitude lies between -90 and 90, longitude between -180 and 180.")
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return shapely.union_all([shapely.box(a, south, b, north) for a, b in spans])


def accepted(header: str) -> str:
    """Return the format that an `Accept` header asks for; GeoJSON where it is none of ours."""
    media = {kind.partition(";")[0]: name for name, kind in FORMATS.items()}
    media["application/json"] = "json"
    found = [(_quality(part), -place, media.get(part.partition(";")[0].strip().lower()))
             for place, part in enumerate(header.split(","))]  # fmt: skip
    wanted = [(quality, place, name) for quality, place, name in found if name and quality > 0]
    return max(wanted)[2] if wanted else "json"


def _quality(part: str) -> float:
    _, _, weight = part.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
