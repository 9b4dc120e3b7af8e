"""A body is read strictly: JSON of a fair size, each name once, and nothing that is not known."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from api.problems import RequestRefused
from hotspots.errors import InputRefused, Problem, problems_of

MOST_BYTES = 2_000_000
"""Largest body: an area of ten thousand corners and a long file beside it fit easily."""

MOST_VALUES = 50_000
"""Most values in a body, so that there are not a million things wrong with it."""

_MEDIA_TYPES = ("application/json", "application/merge-patch+json")

_T = TypeVar("_T")


def reading(model: type[_T]) -> Callable[[Request], Awaitable[_T]]:
    """Return a dependency that reads a body as JSON, and refuses it with all that is wrong.

    Parameters
    ----------
    model
        What the body must be; a strict one, so that a number is no text.
    """
    adapter = TypeAdapter(model)

    async def read(request: Request) -> _T:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _MEDIA_TYPES:
            raise RequestRefused(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                Problem(
                    "The body is JSON.", "Send Content-Type: application/json.", value=kind[:80]
                ),
            )
        packed = request.headers.get("content-encoding", "identity").strip().lower()
        if packed != "identity":  # what is small may be large once it is unpacked
            raise RequestRefused(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                Problem("The body is not packed.", "Send it as it is.", value=packed[:80]),
            )
        content = await _whole(request)
        try:
            told = adapter.validate_json(content)
        except ValidationError as refusal:
            remedy = "See /v1/openapi.json for what is allowed."
            raise InputRefused(problems_of(refusal, remedy=remedy)) from None
        json.loads(content, object_pairs_hook=_once)
        return told

    return read


def _once(pairs: list[tuple[str, object]]) -> None:
    """Refuse a name that is given twice: which of the two was meant, nobody knows."""
    counted = Counter(name for name, _ in pairs)
    twice = [name for name, times in counted.items() if times > 1]
    if twice:
        raise InputRefused(
            [Problem("This name is given twice.", "Send it once.", column=name) for name in twice]
        )


async def _whole(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise _too_large(f"is larger than {MOST_BYTES // 1_000_000} MB")
    if content.count(b",") > MOST_VALUES:
        raise _too_large(f"holds more than {MOST_VALUES} values")
    return bytes(content)


def _too_large(how: str) -> RequestRefused:
    return RequestRefused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Problem(f"The body {how}.", "Leave out corners of the area that do not matter."),
    )
