"""``/v1/designations``: designated areas and all that hangs on them, to read."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.clock import Now
from api.parameters import NoQuery
from api.register.documented import DRAWN, TAGGED
from api.register.geometry import drawn, system_of
from api.register.opened import Housed, Registered, Ruled
from api.register.seen import tagged
from api.register.served import (
    BoundaryList,
    Checklist,
    ChecklistItem,
    CrsQuery,
    DayQuery,
    DesignationList,
    DesignationsQuery,
    DueItem,
    DueList,
    PlacementList,
    RecordId,
    ReviewList,
    ServedDesignation,
    Trail,
    page_of,
    self_link,
    served,
    served_boundary,
    served_reviews,
)
from hotspots.decisions.checklist import checklist as items_of
from hotspots.decisions.deadlines import due_within
from hotspots.decisions.demands import Ground
from hotspots.decisions.designations import area_of
from hotspots.decisions.lifecycle import standing, standings
from hotspots.pipeline.deadlines import all_due, calendar_of
from hotspots.pipeline.designations import extent

_PATH = "/v1/designations"
_CALENDAR = "text/calendar; charset=utf-8"

router = APIRouter(prefix="/designations", tags=["designations"])


class DueQuery(DayQuery):
    """How far ahead."""

    within_days: int = Field(
        90,
        ge=0,
        le=36_500,
        alias="withinDays",
        description="Also what is due within so many days.",
    )


@router.get("", summary="List designations")
def designations(
    register: Registered, now: Now, query: Annotated[DesignationsQuery, Query()]
) -> DesignationList:
    """List designations with the state that holds on a day, in order of id."""
    on = query.day(now)
    every = register.designations(kind=query.kind)
    states = standings(every, register.reviews(), on)
    found = [each for each in every if query.state is None or states[each.id] == query.state]
    page, links = page_of(found, query, _PATH, lambda each: each.id)
    return DesignationList(
        designations=[served(each, states[each.id], on) for each in page], links=links
    )


@router.get("/due", summary="What is due")
def due(
    register: Registered, policy: Ruled, now: Now, query: Annotated[DueQuery, Query()]
) -> DueList:
    """List what is overdue or due soon: evaluation, consultation, decision, end, signals."""
    on = query.day(now)
    soon = due_within(all_due(register, policy, on=on), on=on, days=query.within_days)
    return DueList(
        due=[DueItem(**asdict(each)) for each in soon], links=self_link(f"{_PATH}/due", "This list")
    )


@router.get(
    "/calendar.ics",
    summary="What is due, as a calendar",
    response_class=Response,
    responses={200: {"content": {_CALENDAR: {}}}},
)
def calendar(
    register: Registered,
    policy: Ruled,
    workspace: Housed,
    now: Now,
    query: Annotated[DayQuery, Query()],
) -> Response:
    """Return everything that is still due as an iCalendar file (RFC 5545), in Dutch."""
    every = all_due(register, policy, on=query.day(now))
    text = calendar_of(every, name=workspace.name, stamp=now)
    return Response(text, media_type=_CALENDAR)


@router.get("/{designation_id}", summary="One designation", responses=TAGGED)
def designation(
    designation_id: RecordId,
    register: Registered,
    response: Response,
    now: Now,
    query: Annotated[DayQuery, Query()],
) -> ServedDesignation:
    """Return a designation; its ETag is asked back by every change of it."""
    found, on = register.designation(designation_id), query.day(now)
    state = standing(found, on, register.reviews(designation_id))
    return tagged(response, served(found, state, on))


@router.get("/{designation_id}/boundaries", summary="Its boundaries", responses=DRAWN)
def boundaries(
    designation_id: RecordId,
    register: Registered,
    workspace: Housed,
    response: Response,
    query: Annotated[CrsQuery, Query()],
) -> BoundaryList:
    """Return every boundary that it had; its `boundary_version` names the one that counts."""
    system = system_of(query.crs, workspace.crs)
    register.designation(designation_id)
    found = register.boundaries(designation_id)
    areas = drawn([each.area for each in found], workspace.crs, system)
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return BoundaryList(
        boundaries=[
            served_boundary(each, area)
            for each, area in sorted(
                zip(found, areas, strict=True), key=lambda pair: pair[0].number
            )
        ],
        links=self_link(f"{_PATH}/{designation_id}/boundaries", "This list"),
    )


@router.get("/{designation_id}/placements", summary="Its cameras")
def placements(
    designation_id: RecordId, register: Registered, _: Annotated[NoQuery, Query()]
) -> PlacementList:
    """Return the cameras that stand, stood or will stand in a designated area."""
    register.designation(designation_id)
    return PlacementList(
        placements=register.placements(designation_id),
        links=self_link(f"{_PATH}/{designation_id}/placements", "This list"),
    )


@router.get("/{designation_id}/reviews", summary="Its reviews", responses=DRAWN)
def reviews(
    designation_id: RecordId,
    register: Registered,
    workspace: Housed,
    response: Response,
    query: Annotated[CrsQuery, Query()],
) -> ReviewList:
    """Return the reviews of a designation."""
    system = system_of(query.crs, workspace.crs)
    register.designation(designation_id)
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return ReviewList(
        reviews=served_reviews(register.reviews(designation_id), workspace.crs, system),
        links=self_link(f"{_PATH}/{designation_id}/reviews", "This list"),
    )


@router.get("/{designation_id}/trail", summary="Its audit trail")
def trail(designation_id: RecordId, register: Registered, _: Annotated[NoQuery, Query()]) -> Trail:
    """Return who did what with a designation, its boundaries, cameras, reviews and signals."""
    parts = [
        *register.boundaries(designation_id),
        *register.placements(designation_id),
        *register.reviews(designation_id),
        *register.signals(designation_id),
    ]
    subjects = [register.designation(designation_id).id, *(each.id for each in parts)]
    entries = [entry for subject in subjects for entry in register.trail(subject)]
    return Trail(
        entries=sorted(entries, key=lambda entry: entry.seq),
        links=self_link(f"{_PATH}/{designation_id}/trail", "This list"),
    )


@router.get("/{designation_id}/checklist", summary="What its file lacks")
def checklist(
    designation_id: RecordId,
    register: Registered,
    policy: Ruled,
    workspace: Housed,
    now: Now,
    query: Annotated[DayQuery, Query()],
) -> Checklist:
    """Return everything that the kind of area asks, with its source and whether it is there."""
    found = register.designation(designation_id)
    ground = Ground(area_of(register, found), extent(workspace))
    items = items_of(found, policy, ground, on=query.day(now))
    return Checklist(
        items=[ChecklistItem(**asdict(each)) for each in items],
        links=self_link(f"{_PATH}/{designation_id}/checklist", "This list"),
    )
