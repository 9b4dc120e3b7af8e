"""``/v1/docs``: the definition of the API as a page to read, made from the definition itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict

from api.parameters import Chosen, PageQuery
from api.templating import render

router = APIRouter(include_in_schema=False)

_METHODS = ("get", "post", "put", "patch", "delete")


class DocsQuery(PageQuery):
    """What a reader may choose here."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Parameter:
    """A parameter as a row of a table."""

    name: str
    kind: str
    description: str
    choices: str


@dataclass(frozen=True)
class Operation:
    """What may be asked at one address."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]


@router.get("/v1/docs")
def docs(request: Request, settings: Chosen, query: Annotated[DocsQuery, Query()]) -> HTMLResponse:
    """Return the definition of the API as a page."""
    lang = query.lang or settings.language
    operations = list(operations_of(request.app.openapi()))
    return HTMLResponse(render("docs.html", request, lang, operations=operations, demo=False))


def operations_of(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield what may be asked according to an OpenAPI document, in its order."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                told = item[method]
                yield Operation(
                    method=method.upper(),
                    path=path,
                    summary=told.get("summary", ""),
                    description=_plain(told.get("description", "")),
                    parameters=[_parameter(each) for each in told.get("parameters", ())],
                )


def _parameter(told: Mapping[str, Any]) -> Parameter:
    schema = told.get("schema", {})
    choices = [str(each) for each in schema.get("enum", ())]
    return Parameter(
        name=told["name"],
        kind=", ".join(filter(None, (told["in"], _type_of(schema)))),
        description=_plain(told.get("description", "")),
        choices=" · ".join(choices),
    )


def _type_of(schema: Mapping[str, Any]) -> str:
    """Return what a schema is of, as words; one of several without the missing."""
    several = [_type_of(each) for each in schema.get("anyOf", ())]
    kind = schema.get("type", " or ".join(each for each in several if each not in ("", "null")))
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _plain(text: str) -> str:
    """Return a text without the marks of Markdown that descriptions hold."""
    return text.replace("`", "")
