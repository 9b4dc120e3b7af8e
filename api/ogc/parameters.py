"""What may be asked of a collection: each parameter with its words, its schema and its reading."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.ogc.layer import Filter, Layer, RunSource
from api.ogc.systems import CRS84_URI
from api.ogc.times import read_period
from hotspots.errors import InputRefused, Problem

MOST_FEATURES, USUAL_FEATURES = 1000, 100
"""Most features on a page, who asks for more gets this many; and how many without a `limit`."""

FORMATS = {
    "json": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
}
"""The formats of items by their names, with their media types."""

_TEXT = r"^[^\x00-\x1f\x7f]{1,200}$"
_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_RUN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NUMBERS = "A bbox is four numbers, or six with heights: the least of each axis, then the most."


@dataclass(frozen=True)
class Parameter:
    """A query parameter; `read` raises ValueError with the rule that a text breaks."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], object]

    def definition(self) -> dict[str, object]:
        """Return it as OpenAPI describes it."""
        told: dict[str, object] = {
            "name": self.name, "in": "query", "required": False,
            "description": self.description, "schema": dict(self.schema),
        }  # fmt: skip
        return told | ({"style": "form", "explode": False} if self.name == "bbox" else {})


def read_query(
    parameters: Iterable[Parameter], given: Iterable[tuple[str, str]]
) -> tuple[dict[str, object], list[Problem]]:
    """Return what was asked by name, and everything that is wrong with it.

    A parameter that is not known, or is given twice, is wrong: what is ignored would mislead.
    """
    known = {each.name: each for each in parameters}
    asked: dict[str, object] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for name, text in given:
        try:
            if name not in known:
                raise ValueError("There is no such parameter here.")
            if name in seen:
                raise ValueError("A parameter is given once.")
            seen.add(name)
            asked[name] = known[name].read(text)
        except ValueError as error:
            problems.append(
                Problem(
                    str(error),
                    f"Here may be asked: {', '.join(known) or 'nothing'}. See /v1/openapi.json.",
                    column=name[:80],
                    value=text[:80],
                )
            )
    return asked, problems


def refuse(problems: list[Problem]) -> None:
    """Refuse a request with everything that is wrong with it.

    Raises
    ------
    InputRefused
        When there is anything.
    """
    if problems:
        raise InputRefused(problems)


# ---------------------------------------------------------------- reading
def one_of(values: Iterable[str], *, what: str) -> Callable[[str], str]:
    """Return what reads one of some words."""
    known = tuple(values)

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"This is no {what}: choose {', '.join(known)}.")
        return text

    return read


def _run(text: str) -> str:
    if not _RUN.fullmatch(text):
        raise ValueError("A run's id is small letters, digits and hyphens, or `latest`.")
    return text


def _text(text: str) -> str:
    if not re.fullmatch(_TEXT, text):
        raise ValueError("This is a text of 1 to 200 characters.")
    return text


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("This is a whole number.")
    return int(text)


def _flag(text: str) -> bool:
    return one_of(("true", "false"), what="truth")(text) == "true"


def _limit(text: str) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
    if number < 1:
        raise ValueError("A limit is a whole number from 1.")
    return min(number, MOST_FEATURES)


def _corners(text: str) -> tuple[float, ...]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 6:  # with heights, which do not count
        parts = [*parts[:2], *parts[3:5]]
    if len(parts) != 4 or not all(map(_NUMBER.fullmatch, parts)):
        raise ValueError(_NUMBERS)
    return tuple(map(float, parts))


# ---------------------------------------------------------------- what there is
def crs_parameter(name: str, uris: Iterable[str], description: str) -> Parameter:
    """Return a parameter that names a coordinate reference system."""
    known = list(uris)
    schema = {"type": "string", "format": "uri", "enum": known, "default": CRS84_URI}
    return Parameter(name, description, schema, one_of(known, what="system on offer"))


def item_parameters(layer: Layer, uris: Iterable[str]) -> list[Parameter]:
    """Return what may be asked of one feature of a collection."""
    crs = crs_parameter("crs", uris, "System of the coordinates of the answer.")
    return [crs, *_run_parameter(layer)]


def items_parameters(layer: Layer, uris: Iterable[str]) -> list[Parameter]:
    """Return what may be asked of the features of a collection."""
    uris = list(uris)
    return [
        Parameter(
            "bbox",
            "Only what meets this box, in the order of the axes of `bbox-crs` (by default west, "
            "south, east, north). Heights do not count; what has no geometry meets every box.",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
            _corners,
        ),
        crs_parameter("bbox-crs", uris, "System of the coordinates of `bbox`."),
        *item_parameters(layer, uris),
        Parameter(
            "datetime",
            "Only what has a moment in common with this moment, day or interval, such as "
            "`2025-01-01T00:00:00Z/..` (RFC 3339).",
            {"type": "string"},
            read_period,
        ),
        Parameter(
            "limit",
            f"Features on a page; {MOST_FEATURES} at most, also if more. Without it a page has "
            f"{USUAL_FEATURES}, and a file everything.",
            {"type": "integer", "minimum": 1, "default": USUAL_FEATURES},
            _limit,
        ),
        Parameter(
            "cursor",
            "Where to go on, from the link `next`: features after this id.",
            {"type": "string", "pattern": _TEXT},
            _text,
        ),
        Parameter(
            "f",
            "Format: GeoJSON, CSV with geometry as WKT, or GeoPackage; else as `Accept` asks.",
            {"type": "string", "enum": list(FORMATS)},
            one_of(FORMATS, what="format"),
        ),
        *(_filter_parameter(each) for each in layer.filters),
    ]


def _run_parameter(layer: Layer) -> list[Parameter]:
    if not isinstance(layer.source, RunSource):
        return []
    newest = "the newest plan" if layer.source.plan else "the newest ranking"
    schema = {"type": "string", "pattern": f"^{_RUN.pattern}$", "default": "latest"}
    return [Parameter("run", f"A run's id, or `latest`: {newest}.", schema, _run)]


def _filter_parameter(each: Filter) -> Parameter:
    if each.values:
        schema: dict[str, Any] = {"type": "string", "enum": list(each.values)}
        return Parameter(each.name, each.description, schema, one_of(each.values, what=each.name))
    readers: dict[str, tuple[dict[str, Any], Callable[[str], object]]] = {
        "text": ({"type": "string", "pattern": _TEXT}, _text),
        "whole": ({"type": "integer", "minimum": 0, "maximum": 999_999_999}, _whole),
        "flag": ({"type": "boolean"}, _flag),
    }
    return Parameter(each.name, each.description, *readers[each.kind])
