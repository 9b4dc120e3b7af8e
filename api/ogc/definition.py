"""Every collection in the OpenAPI document: its own paths, parameters and properties."""

from collections.abc import Mapping
from typing import Any

from api.ogc.documents import GEOJSON
from api.ogc.layer import Layer
from api.ogc.layers import LAYERS
from api.ogc.parameters import FORMATS, Parameter, item_parameters, items_parameters
from api.ogc.systems import systems_of
from api.problems import PROBLEM_RESPONSES

_PARTS = "#/components/schemas"
_GEOMETRY = {
    "description": "GeoJSON in the system asked for and the order of its axes; null without one.",
    "type": ["object", "null"],
    "properties": {
        "type": {"enum": ["Point", "Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array"},
    },
    "required": ["type", "coordinates"],
}
_LINKS = {"type": "array", "items": {"$ref": f"{_PARTS}/Link"}}
_HEADERS = {
    "Content-Crs": {
        "description": "System of the coordinates, in angle brackets.",
        "schema": {"type": "string"},
    }
}


def describe_collections(document: dict[str, Any], workspace_crs: str) -> None:
    """Add to an OpenAPI document what may be asked of each collection, and what it answers.

    Parameters
    ----------
    document
        Of the app, without the routes of features.
    workspace_crs
        The system that features are stored in.
    """
    uris = [each.uri for each in systems_of(workspace_crs)]
    for layer in LAYERS.values():
        name = layer.properties.__name__.removesuffix("Properties")
        schemas = document["components"]["schemas"]
        schemas |= _schemas(layer, name)
        path = f"/v1/collections/{layer.id}/items"
        page = {
            GEOJSON: {"schema": {"$ref": f"{_PARTS}/{name}Page"}},
            **{FORMATS[each].partition(";")[0]: {} for each in ("csv", "gpkg")},
        }
        one = {GEOJSON: {"schema": {"$ref": f"{_PARTS}/Linked{name}Feature"}}}
        document["paths"][path] = {
            "get": _operation(layer, layer.title, "items", items_parameters(layer, uris), page)
        }
        get = _operation(layer, f"One of: {layer.title}", "item", item_parameters(layer, uris), one)
        get["parameters"].insert(0, _FEATURE_ID)
        document["paths"][f"{path}/{{feature_id}}"] = {"get": get}


_FEATURE_ID = {
    "name": "feature_id", "in": "path", "required": True, "description": "Id of a feature.",
    "schema": {"type": "string"},
}  # fmt: skip


def _operation(
    layer: Layer,
    summary: str,
    verb: str,
    parameters: list[Parameter],
    content: Mapping[str, object],
) -> dict[str, Any]:
    who = "" if layer.is_public else " Only for who is signed in."
    answers: dict[str, object] = {
        "200": {"description": layer.title, "headers": _HEADERS, "content": content},
        **{str(status): answer for status, answer in PROBLEM_RESPONSES.items()},
    }
    if layer.is_public:
        answers["304"] = {"description": "Whoever asks has it already"}
    return {
        "tags": ["features"],
        "summary": summary,
        "description": layer.description + who,
        "operationId": f"{verb}_{layer.id.replace('-', '_')}",
        "parameters": [each.definition() for each in parameters],
        "responses": answers,
    }


def _schemas(layer: Layer, name: str) -> dict[str, object]:
    properties = layer.properties.model_json_schema(
        mode="serialization", ref_template=f"{_PARTS}/{{model}}"
    )
    feature = {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": _GEOMETRY,
            "properties": {"$ref": f"{_PARTS}/{name}Properties"},
        },
        "required": ["type", "id", "geometry", "properties"],
    }
    linked = {
        **feature,
        "properties": {**feature["properties"], "links": _LINKS},  # type: ignore[dict-item]
        "required": [*feature["required"], "links"],
    }
    page = {
        "type": "object",
        "properties": {
            "type": {"const": "FeatureCollection"},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer"},
            "numberReturned": {"type": "integer"},
            "links": _LINKS,
            "features": {"type": "array", "items": {"$ref": f"{_PARTS}/{name}Feature"}},
        },
        "required": ["type", "timeStamp", "numberMatched", "numberReturned", "links", "features"],
    }
    nested: dict[str, object] = properties.pop("$defs", {})
    return nested | {
        f"{name}Properties": properties,
        f"{name}Feature": feature,
        f"Linked{name}Feature": linked,
        f"{name}Page": page,
    }
