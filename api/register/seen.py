"""Which version of a record was looked at: ETag out, If-Match in (RFC 9110, section 13)."""

import re
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response

from api.problems import RequestRefused
from hotspots.errors import InputRefused, Problem
from hotspots.register import Record

_R = TypeVar("_R", bound=Record)

_LOOK = "Get the record first, and send its ETag as If-Match."
_STRONG = re.compile(r'"([\x21\x23-\x7e]*)"')
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def seen_of(request: Request) -> int:
    """Return the version that whoever changes a record has looked at.

    ``If-Match: *`` says no version, so it does for no change here: nobody decides unseen.

    Raises
    ------
    RequestRefused
        428 when it is not said; 412 when it is a version that no record can have.
    InputRefused
        When the header cannot be read.
    """
    given = request.headers.getlist("if-match")
    if not given or given == ["*"]:
        raise RequestRefused(
            HTTPStatus.PRECONDITION_REQUIRED,
            Problem(
                "A change names the version that was looked at, so that nobody overwrites what "
                "somebody else did in the meantime.",
                _LOOK,
                column="If-Match",
                value=given[0] if given else None,
            ),
        )
    text = ", ".join(given).strip()
    found = _STRONG.fullmatch(text.removeprefix("W/"))
    if found is None:
        raise InputRefused(
            Problem("If-Match holds one ETag, in quotes.", _LOOK, column="If-Match",
                    value=text[:80])
        )  # fmt: skip
    if text.startswith("W/") or not _VERSION.fullmatch(found[1]):
        raise RequestRefused(
            HTTPStatus.PRECONDITION_FAILED,
            Problem("No record has this version.", _LOOK, column="If-Match", value=text[:80]),
        )
    return int(found[1])


Seen = Annotated[int, Depends(seen_of)]


def tagged(response: Response, record: _R, *, location: str | None = None) -> _R:
    """Return a record with its version on the answer; a new one also says where it is."""
    response.headers["ETag"] = f'"{record.version}"'
    if location is not None:
        response.headers["Location"] = location
    return record
