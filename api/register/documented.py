"""How the definition of the API tells of bodies, versions and what may stand against a step."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from api.problems import BODY_REFUSED, PROBLEM_CONTENT
from api.register.bodies import BODIES, Told
from api.register.examples import EXAMPLES

_REFS = "#/components/schemas/{model}"
_TEXT = {"schema": {"type": "string"}}
_ETAG = {"ETag": {"description": 'The version of the record, such as `"3"`.', **_TEXT}}
_LOCATION = {"Location": {"description": "Where the new record is.", **_TEXT}}
_CONTENT_CRS = {"Content-Crs": {"description": "Reference system of the areas.", **_TEXT}}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the record as it was looked at.",
    "schema": {"type": "string"},
    "example": '"3"',
}

Responses = dict[int | str, dict[str, Any]]

TAGGED: Responses = {200: {"headers": _ETAG}}
"""What a route answers that gives one record."""

DRAWN: Responses = {200: {"headers": _CONTENT_CRS}}
"""What a route answers that gives areas."""


def _refused(status: int, description: str) -> Responses:
    return {status: {"description": description, **PROBLEM_CONTENT}}


_STEP = _refused(409, "A rule of law or policy stands against the step; all are named.")

CREATED: Responses = {201: {"headers": _ETAG | _LOCATION}, **_STEP, **BODY_REFUSED}
"""What a route answers that makes a record."""

CHANGED: Responses = {
    200: {"headers": _ETAG},
    **_STEP,
    **BODY_REFUSED,
    **_refused(412, "Somebody else changed the record since it was looked at."),
    **_refused(428, "If-Match is missing."),
}
"""What a route answers that changes a record."""


def taking(body: type[Told], *, changes: bool = False) -> dict[str, Any]:
    """Return what the definition says of a route that takes a body.

    Parameters
    ----------
    body
        Its model, one of `BODIES`.
    changes
        Whether it changes a record that is there, for which the version must be said.
    """
    schema = {"$ref": _REFS.format(model=body.__name__)}
    content = {"schema": schema, "example": EXAMPLES[body.__name__]}
    told: dict[str, Any] = {
        "requestBody": {"required": True, "content": {"application/json": content}}
    }
    return told | ({"parameters": [_IF_MATCH]} if changes else {})


def body_schemas() -> Mapping[str, Any]:
    """Return the schemas of all bodies and of what stands in them, by name."""
    _, together = models_json_schema([(body, "validation") for body in BODIES], ref_template=_REFS)
    found: Mapping[str, Any] = together["$defs"]
    return found
