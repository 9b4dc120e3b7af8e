"""Pages of features, single ones and files of them, as they leave."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

import numpy as np
import pandas as pd
import shapely
from fastapi.responses import Response

from api.links import Link
from api.ogc.asking import Asked
from api.ogc.documents import GEOJSON, JSON
from api.ogc.features import Features, Positions
from api.ogc.layer import Layer
from api.ogc.parameters import FORMATS, USUAL_FEATURES
from hotspots.errors import InputRefused, Problem
from hotspots.outputs.exports import csv_text, write_export

MOST_IN_FILE = 100_000
"""Most features in one file."""


@dataclass(frozen=True)
class Opened:
    """The features of a collection, with what is asked of them.

    `base` is the address of the server as programs outside know it; `run_id` the run that the
    features are from, and `day` until when they tell.
    """

    base: str
    layer: Layer
    features: Features
    asked: Asked
    run_id: str | None
    day: date

    @property
    def address(self) -> str:
        """The address of the collection."""
        return f"{self.base}/v1/collections/{self.layer.id}"

    def linked(self, path: str, given: dict[str, str]) -> str:
        """Return an address below the collection; it names the run, so that it stays in it."""
        pinned = given if self.run_id is None else {**given, "run": self.run_id}
        return f"{self.address}{path}" + (f"?{urlencode(pinned, safe=',:/')}" if pinned else "")

    def tag(self, address: str, accept: str) -> str:
        """Return what tells the answer at an address from a later one, but for its moment."""
        told = f"{self.features.version} {address} {accept}"
        return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def page_answer(opened: Opened) -> Response:
    """Return a page of features, or a file of all that was asked for.

    Raises
    ------
    InputRefused
        When a file would hold too much.
    """
    features, asked = opened.features, opened.asked
    matched = features.select(
        box=asked.box, box_in=asked.box_in, period=asked.period, where=asked.where
    )
    rest = matched if asked.cursor is None else features.after(asked.cursor, matched)
    if asked.format != "json":
        return _file(opened, rest)
    page = rest[: asked.limit or USUAL_FEATURES]
    more = None if len(page) == len(rest) else str(features.ids[page[-1]])
    start = _json({
        "type": "FeatureCollection",
        "links": [link.model_dump() for link in _page_links(opened, more)],
        "timeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "numberMatched": len(matched),
        "numberReturned": len(page),
    })  # fmt: skip
    texts = ",".join(features.texts(page, asked.system))
    return _geojson(f'{start[:-1]},"features":[{texts}]}}', asked)


def one_answer(opened: Opened, feature_id: str) -> Response:
    """Return one feature with where it comes from.

    Raises
    ------
    NotFound
        When there is no such feature.
    """
    features, asked = opened.features, opened.asked
    (text,) = features.texts(np.array([features.position(feature_id)]), asked.system)
    address = opened.linked(f"/items/{quote(feature_id, safe='')}", asked.given)
    links = [Link(href=address, rel="self", type=GEOJSON, title="This feature"), _home(opened)]
    told = _json([link.model_dump() for link in links])
    return _geojson(f'{text[:-1]},"links":{told}}}', asked)


def _page_links(opened: Opened, more: str | None) -> list[Link]:
    given = opened.asked.given
    all_of_it = {name: text for name, text in given.items() if name not in ("limit", "cursor", "f")}
    links = [Link(href=opened.linked("/items", given), rel="self", type=GEOJSON, title="This page")]
    if more is not None:
        address = opened.linked("/items", {**given, "cursor": more})
        links.append(Link(href=address, rel="next", type=GEOJSON, title="The next page"))
    for name, title in (("csv", "All of it as CSV"), ("gpkg", "All of it as GeoPackage")):
        address = opened.linked("/items", {**all_of_it, "f": name})
        links.append(Link(href=address, rel="alternate", type=FORMATS[name], title=title))
    return [*links, _home(opened)]


def _home(opened: Opened) -> Link:
    return Link(href=opened.address, rel="collection", type=JSON, title="The collection")


def _file(opened: Opened, at: Positions) -> Response:
    asked = opened.asked
    if asked.limit is None and len(at) > MOST_IN_FILE:
        raise InputRefused(
            Problem(
                f"A file holds {MOST_IN_FILE:,} features at most, and these are {len(at):,}.",
                "Choose less with bbox, datetime or a filter, or give a limit.",
                column="f",
                value=asked.format,
            )
        )
    rows = opened.features.rows(at[: asked.limit], asked.system)
    name = f"{opened.run_id or opened.day}-{opened.layer.id}.{asked.format}"
    if asked.format == "csv":
        shapes = asked.system.written(rows.geometry.to_numpy())
        flat = pd.DataFrame(rows).assign(geometry=shapely.to_wkt(shapes, rounding_precision=-1))
        content = csv_text(flat).encode("utf-8-sig")
    else:
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"{opened.layer.id}.gpkg"
            write_export(rows, file, date=opened.day)
            content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **_content_crs(asked)}
    return Response(content, media_type=FORMATS[asked.format], headers=headers)


def _geojson(text: str, asked: Asked) -> Response:
    return Response(text, media_type=GEOJSON, headers=_content_crs(asked))


def _content_crs(asked: Asked) -> dict[str, str]:
    return {"Content-Crs": f"<{asked.system.uri}>"}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
