"""What hangs on a designation: cameras, reviews and signals."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.bodies import reading
from api.parameters import NoQuery
from api.register.bodies import MOVE, PLACEMENT, REVIEW, AnswerBody, Reviewing, Told
from api.register.desk import (
    Changing,
    Desk,
    Making,
    area_of_body,
    evidence_of,
    gathering,
    refuse,
)
from api.register.documented import CHANGED, CREATED, DRAWN, TAGGED, taking
from api.register.geometry import require_spot, system_of
from api.register.opened import Housed, Registered
from api.register.seen import tagged
from api.register.served import (
    CrsQuery,
    RecordId,
    ServedReview,
    SignalList,
    SignalsQuery,
    page_of,
    served_reviews,
)
from hotspots.decisions import placements as cameras
from hotspots.decisions import reviews
from hotspots.decisions import signals as need
from hotspots.errors import Problem
from hotspots.register import Placement, Review, Signal

router = APIRouter()


# ---------------------------------------------------------------- cameras
@router.post(
    "/designations/{designation_id}/placements",
    status_code=201,
    tags=["placements"],
    summary="Place a camera",
    responses=CREATED,
    openapi_extra=taking(PLACEMENT),
)
def place(
    designation_id: RecordId, desk: Making, body: Annotated[Told, Depends(reading(PLACEMENT))]
) -> Placement:
    """Place a camera in a designated area; without an end it stands until the end of the term."""
    content = _spot(desk, body.written(cameras.WRITTEN))
    made = cameras.place(desk.register, designation_id, content, desk.acting(body), desk.policy)
    return desk.made(made, "/v1/placements")


@router.get(
    "/placements/{placement_id}", tags=["placements"], summary="One camera", responses=TAGGED
)
def placement(
    placement_id: RecordId,
    register: Registered,
    response: Response,
    _: Annotated[NoQuery, Query()],
) -> Placement:
    """Return a camera with its moves; coordinates in metres in the CRS of the workspace."""
    return tagged(response, register.get(Placement, placement_id))


@router.post(
    "/placements/{placement_id}/move",
    tags=["placements"],
    summary="Move a camera",
    responses=CHANGED,
    openapi_extra=taking(MOVE, changes=True),
)
def move(
    placement_id: RecordId, desk: Changing, body: Annotated[Told, Depends(reading(MOVE))]
) -> Placement:
    """Move a camera; what it sees from its new spot is written anew."""
    content = _spot(desk, body.written(cameras.MOVING))
    made = cameras.move(desk.register, placement_id, content, desk.acting(body), desk.policy)
    return desk.changed(made)


@router.post(
    "/placements/{placement_id}/remove",
    tags=["placements"],
    summary="Take a camera away",
    responses=CHANGED,
    openapi_extra=taking(Told, changes=True),
)
def remove(
    placement_id: RecordId, desk: Changing, body: Annotated[Told, Depends(reading(Told))]
) -> Placement:
    """Take a camera away; the day is the last on which it stood."""
    return desk.changed(cameras.remove(desk.register, placement_id, desk.acting(body)))


def _spot(desk: Desk, content: dict[str, object]) -> dict[str, object]:
    x_m, y_m = content["x_m"], content["y_m"]
    if isinstance(x_m, float) and isinstance(y_m, float):
        require_spot(x_m, y_m, desk.workspace.crs)
    return content


# ---------------------------------------------------------------- reviews
@router.post(
    "/designations/{designation_id}/reviews",
    status_code=201,
    tags=["reviews"],
    summary="Write down a review",
    responses=CREATED,
    openapi_extra=taking(REVIEW),
)
def review(
    designation_id: RecordId,
    desk: Making,
    body: Annotated[Reviewing, Depends(reading(REVIEW))],
) -> ServedReview:
    """Write down a review; it counts for an extension with a run, figures and findings."""
    content, problems, evidence = body.written(reviews.WRITTEN), list[Problem](), None
    with gathering(problems, "run"):
        evidence = evidence_of(desk, body.run)
    with gathering(problems, "proposed_area"):
        area = area_of_body(desk, body.proposed_area, body.crs, column="proposed_area")
        content["proposed_area"] = area
    refuse(problems)
    if evidence is not None:
        content["evidence"] = evidence
    acting = desk.acting(body, evidence)
    made = reviews.review(desk.register, designation_id, content, acting)
    crs = desk.workspace.crs
    (shown,) = served_reviews([made], crs, system_of(body.crs, crs))
    return desk.made(shown, "/v1/reviews")


@router.get(
    "/reviews/{review_id}",
    tags=["reviews"],
    summary="One review",
    responses={200: {"headers": TAGGED[200]["headers"] | DRAWN[200]["headers"]}},
)
def one_review(
    review_id: RecordId,
    register: Registered,
    workspace: Housed,
    response: Response,
    query: Annotated[CrsQuery, Query()],
) -> ServedReview:
    """Return a review: what registrations and professionals tell of an area."""
    system = system_of(query.crs, workspace.crs)
    (shown,) = served_reviews([register.get(Review, review_id)], workspace.crs, system)
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return tagged(response, shown)


# ---------------------------------------------------------------- signals
@router.get("/signals", tags=["signals"], summary="List signals")
def signals(register: Registered, query: Annotated[SignalsQuery, Query()]) -> SignalList:
    """List signals that the need for a designation seems gone; a person answers each."""
    found = register.signals(query.designation, unanswered=query.unanswered)
    page, links = page_of(found, query, "/v1/signals", lambda each: each.id)
    return SignalList(signals=page, links=links)


@router.get("/signals/{signal_id}", tags=["signals"], summary="One signal", responses=TAGGED)
def signal(
    signal_id: RecordId, register: Registered, response: Response, _: Annotated[NoQuery, Query()]
) -> Signal:
    """Return a signal with its answer, where somebody gave one."""
    return tagged(response, register.get(Signal, signal_id))


@router.post(
    "/signals/{signal_id}/answer",
    tags=["signals"],
    summary="Answer a signal",
    responses=CHANGED,
    openapi_extra=taking(AnswerBody, changes=True),
)
def answer(
    signal_id: RecordId,
    desk: Changing,
    body: Annotated[AnswerBody, Depends(reading(AnswerBody))],
) -> Signal:
    """Withdraw the designation at once, or dismiss the signal for the reason given."""
    made = need.answer(desk.register, signal_id, body.answer, desk.acting(body))
    return desk.changed(made)
