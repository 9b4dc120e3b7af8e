"""``/v1/audit``: who did what, in order, and whether the register was changed from outside."""

from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.links import Link
from api.parameters import NoQuery
from api.problems import ProblemItem
from api.register.opened import Registered
from api.register.served import JSON, Trail
from hotspots.register import Sha256

_PATH = "/v1/audit"

router = APIRouter(prefix="/audit", tags=["audit"])


class TrailQuery(NoQuery):
    """From where, and how many."""

    limit: int = Field(100, ge=1, le=1000, description="Entries in one answer.")
    cursor: int = Field(
        0, ge=0, le=2**53, description="Number of the entry after which to go on; from `next`."
    )


class VerifyQuery(NoQuery):
    """Since when."""

    anchor: Sha256 | None = Field(
        None, description="A head of before, from a dossier or an export."
    )


class Head(BaseModel):
    """The newest entry; keep its hash outside the database, as an anchor."""

    seq: int
    hash: str


class AuditTrail(Trail):
    """A page of the audit trail."""

    head: Head


class Verdict(BaseModel):
    """Whether the register was changed from outside, or cut off since an anchor."""

    unchanged: bool
    head: Head
    problems: list[ProblemItem]


@router.get("", summary="The audit trail")
def trail(register: Registered, query: Annotated[TrailQuery, Query()]) -> AuditTrail:
    """Return the audit trail in order, a page at a time, with its head."""
    seq, head = register.head()
    entries = register.trail(after=query.cursor, most=query.limit)
    links = [_link(query.model_dump(exclude_unset=True), "self", "This page")]
    if entries and entries[-1].seq < seq:
        following = {"limit": query.limit, "cursor": entries[-1].seq}
        links.append(_link(following, "next", "The next page"))
    return AuditTrail(entries=entries, head=Head(seq=seq, hash=head), links=links)


@router.get("/verify", summary="Whether the register was changed from outside")
def verify(register: Registered, query: Annotated[VerifyQuery, Query()]) -> Verdict:
    """Follow the chain and hold every record against it; with an anchor also its beginning.

    Without an anchor a tail that was cut off, or a chain that was made anew, leaves no trace.
    """
    seq, head = register.head()
    found = register.verify(query.anchor)
    return Verdict(
        unchanged=not found,
        head=Head(seq=seq, hash=head),
        problems=[ProblemItem(**asdict(each)) for each in found],
    )


def _link(asked: dict[str, int], rel: str, title: str) -> Link:
    href = f"{_PATH}?{urlencode(asked)}" if asked else _PATH
    return Link(href=href, rel=rel, type=JSON, title=title)
