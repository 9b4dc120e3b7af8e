"""The OpenAPI document of ``/v1``: what the routes say, and what holds for every one of them."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access import ACCESS, EVERYBODY
from api.jobs import request_schemas
from api.ogc.definition import describe_collections
from api.problems import PROBLEM_CONTENT, ProblemDocument
from api.register.documented import body_schemas
from api.settings import Settings

_TAGS = {
    "start": "Where everything begins",
    "runs": "Finished runs, their results, and runs that were asked for",
    "features": "Features for map programs (OGC API Features)",
    "designations": "Designated areas and the steps of their life",
    "placements": "Cameras inside designated areas",
    "reviews": "Reviews of designated areas",
    "signals": "Signs that a need is gone, and their answers",
    "choices": "What was chosen for a year",
    "actions": "Enforcement actions, interventions, events",
    "dossiers": "Files of decisions, to edit or to print",
    "audit": "Who did what",
}
_DESCRIPTION = (
    "Rankings of areas, computed hotspots, camera plans and reviews of area measures, with their "
    "figures and sources, and the register of what was decided. A computation is no decision."
)
_VERSION_HEADER = {
    "description": "The full version of the API.",
    "schema": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
}
_SIGNING_IN = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `hotspots user add`, or an access token of the provider.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "hotspots",
        "description": (
            "The session of somebody who signed in to the pages; over TLS it is called "
            "`__Host-hotspots`. What writes also needs the header `X-CSRF-Token`."
        ),
    },
}
_PROBLEMS = {
    "400": "The request is not right; every problem is named",
    "401": "Nobody is signed in, or the token is not good",
    "403": "The role may not do this",
    "404": "There is no such thing",
}

Operation = dict[str, Any]


def openapi_of(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """Return the document that describes ``/v1`` of an app; made once.

    Parameters
    ----------
    app
        With all its routes.
    settings
        Whom to ask.
    """
    if app.openapi_schema is None:
        app.openapi_schema = _document(app, settings)
    return app.openapi_schema


def _document(app: FastAPI, settings: Settings) -> dict[str, Any]:
    contact = {
        "name": settings.contact_name,
        "email": settings.contact_email,
        "url": settings.contact_url,
    }
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        contact={key: text for key, text in contact.items() if text},
        servers=[{"url": "/", "description": "This server"}],
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        routes=app.routes,
    )
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = problem.pop("$defs")
    schemas = document["components"]["schemas"]
    schemas |= {"ProblemDocument": problem, **parts, **request_schemas(), **body_schemas()}
    document["components"]["securitySchemes"] = _SIGNING_IN
    describe_collections(document, app.state.shelf.workspace.crs)
    for key, operation in _operations(document):
        _complete(operation, is_public=ACCESS.get(key) == EVERYBODY)
    _say_whole(document)
    return document


def _say_whole(part: object) -> None:
    """Say what schemas leave to be understood: that a list holds anything, that nothing is none."""
    if isinstance(part, dict):
        if part.get("type") == "array":
            part.setdefault("items", {})
        if part.get("default", "") is None:
            del part["default"]
    for inner in (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    ):
        _say_whole(inner)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """Yield every operation with its key in the table of access."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {route_of(path)}", operation


def route_of(path: str) -> str:
    """Return the route that answers a path of the document: collections share theirs."""
    parts = path.split("/")
    if parts[2:3] == ["collections"] and len(parts) > 3:
        parts[3] = "{collection_id}"
    return "/".join(parts)


def _complete(operation: Operation, *, is_public: bool) -> None:
    """Add what holds for every operation: signing in, the problems, the version."""
    operation["security"] = [] if is_public else [{name: []} for name in _SIGNING_IN]
    asked = [each["in"] for each in operation.get("parameters", ())]
    answered = {"400"} | ({"404"} if "path" in asked else set())
    answered |= set() if is_public else {"401", "403"}
    for status in sorted(answered - set(operation["responses"])):
        operation["responses"][status] = {"description": _PROBLEMS[status], **PROBLEM_CONTENT}
    for response in operation["responses"].values():
        response.setdefault("headers", {})["API-Version"] = _VERSION_HEADER
