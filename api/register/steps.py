"""Steps of a designation: each request is one act of whoever is signed in."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from shapely import MultiPolygon

from api.bodies import reading
from api.register.bodies import (
    AMENDMENT,
    DRAFT,
    EXTENSION,
    SHRINKING,
    AdviceAskedBody,
    AdviceGivenBody,
    Drawing,
    PublicationBody,
    Resting,
    Told,
)
from api.register.desk import (
    Changing,
    Desk,
    Making,
    area_of_body,
    evidence_of,
    gathering,
    refuse,
)
from api.register.documented import CHANGED, CREATED, taking
from api.register.served import RecordId, ServedDesignation, served
from hotspots.decisions import designations as steps
from hotspots.decisions.lifecycle import standing
from hotspots.errors import Problem
from hotspots.pipeline.designations import extent
from hotspots.register import Designation, Evidence, Mark

_PATH = "/v1/designations"

router = APIRouter(prefix="/designations", tags=["designations"])

ToldBody = Annotated[Told, Depends(reading(Told))]


def _changed(desk: Desk, record: Designation) -> ServedDesignation:
    return desk.changed(_served(desk, record))


def _served(desk: Desk, record: Designation) -> ServedDesignation:
    on = desk.now.date()
    return served(record, standing(record, on, desk.register.reviews(record.id)), on)


# ---------------------------------------------------------------- before the decision
@router.post(
    "",
    status_code=201,
    summary="Write a draft",
    responses=CREATED,
    openapi_extra=taking(DRAFT),
)
def draft(desk: Making, body: Annotated[Drawing, Depends(reading(DRAFT))]) -> ServedDesignation:
    """Write a new draft; decider and legal basis come from the kind, where none is given."""
    sent = _sent(desk, body, steps.WRITTEN)
    acting = desk.acting(body, sent.evidence)
    made = steps.draft(
        desk.register, sent.content, acting, desk.policy, area=sent.area, streets=body.streets
    )
    return desk.made(_served(desk, made), _PATH)


@router.patch(
    "/{designation_id}",
    summary="Change a draft",
    responses=CHANGED,
    openapi_extra=taking(AMENDMENT, changes=True),
)
def amend(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[Drawing, Depends(reading(AMENDMENT))],
) -> ServedDesignation:
    """Change the fields that are sent; after the decision only what is kept up beside it."""
    sent = _sent(desk, body, steps.WRITTEN)
    if not sent.content and sent.area is None:
        refuse([Problem("Nothing to change was sent.", "Send the fields that change.")])
    made = steps.amend(
        desk.register,
        designation_id,
        sent.content,
        desk.acting(body, sent.evidence),
        desk.policy,
        area=sent.area,
        streets=body.streets,
    )
    return _changed(desk, made)


@router.post(
    "/{designation_id}/ask-advice",
    summary="Ask advice",
    responses=CHANGED,
    openapi_extra=taking(AdviceAskedBody, changes=True),
)
def ask_advice(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[AdviceAskedBody, Depends(reading(AdviceAskedBody))],
) -> ServedDesignation:
    """Ask advice on a draft, of somebody."""
    made = steps.ask_advice(desk.register, designation_id, body.asked_of, desk.acting(body))
    return _changed(desk, made)


@router.post(
    "/{designation_id}/receive-advice",
    summary="Write down the advice",
    responses=CHANGED,
    openapi_extra=taking(AdviceGivenBody, changes=True),
)
def receive_advice(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[AdviceGivenBody, Depends(reading(AdviceGivenBody))],
) -> ServedDesignation:
    """Write down the advice that was given."""
    made = steps.receive_advice(desk.register, designation_id, body.summary, desk.acting(body))
    return _changed(desk, made)


# ---------------------------------------------------------------- decisions
@router.post(
    "/{designation_id}/decide",
    summary="Decide",
    responses=CHANGED,
    openapi_extra=taking(Told, changes=True),
)
def decide(designation_id: RecordId, desk: Changing, body: ToldBody) -> ServedDesignation:
    """Write down the decision; every rule that stands against it is named with its source."""
    made = steps.decide(
        desk.register,
        designation_id,
        desk.acting(body),
        desk.policy,
        municipality=extent(desk.workspace),
    )
    return _changed(desk, made)


@router.post(
    "/{designation_id}/publish",
    summary="Publish",
    responses=CHANGED,
    openapi_extra=taking(PublicationBody, changes=True),
)
def publish(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[PublicationBody, Depends(reading(PublicationBody))],
) -> ServedDesignation:
    """Write down the publication: from then on the decision can have effect."""
    made = steps.publish(
        desk.register,
        designation_id,
        body.publication,
        desk.acting(body),
        signs_on=body.signs_on,
    )
    return _changed(desk, made)


@router.post(
    "/{designation_id}/extend",
    summary="Extend",
    responses=CHANGED,
    openapi_extra=taking(EXTENSION, changes=True),
)
def extend(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[Resting, Depends(reading(EXTENSION))],
) -> ServedDesignation:
    """Write down an extension that was decided on and published."""
    sent = _sent(desk, body, steps.EXTENDING)
    acting = desk.acting(body, sent.evidence)
    made = steps.extend(desk.register, designation_id, sent.content, acting, desk.policy)
    return _changed(desk, made)


@router.post(
    "/{designation_id}/shrink",
    summary="Shrink",
    responses=CHANGED,
    openapi_extra=taking(SHRINKING, changes=True),
)
def shrink(
    designation_id: RecordId,
    desk: Changing,
    body: Annotated[Drawing, Depends(reading(SHRINKING))],
) -> ServedDesignation:
    """Write down a shrinking in area, hours or season; cameras outside the new area end."""
    sent = _sent(desk, body, steps.SHRINKING)
    made = steps.shrink(
        desk.register,
        designation_id,
        sent.content,
        desk.acting(body, sent.evidence),
        area=sent.area,
        streets=body.streets,
    )
    return _changed(desk, made)


@router.post(
    "/{designation_id}/withdraw",
    summary="Withdraw",
    responses=CHANGED,
    openapi_extra=taking(Told, changes=True),
)
def withdraw(designation_id: RecordId, desk: Changing, body: ToldBody) -> ServedDesignation:
    """Withdraw a designation, or drop a draft; its cameras end that day."""
    return _changed(desk, steps.withdraw(desk.register, designation_id, desk.acting(body)))


# ---------------------------------------------------------------- marks
_MARKS: tuple[tuple[str, Mark, bool, str], ...] = (
    ("object", "objection", False, "Write down that an objection runs."),
    ("resolve-objection", "objection", True, "Write down that the objection is settled."),
    ("suspend", "suspended", False, "Suspend a designation: nothing new rests on it."),
    ("lift-suspension", "suspended", True, "Lift a suspension."),
    ("annul", "annulled", False, "Annul a designation for good; its cameras end that day."),
)
"""The step, the mark it is about, whether it lifts it, and what it is."""


def _marking(mark: Mark, *, lift: bool) -> Any:
    def step(designation_id: RecordId, desk: Changing, body: ToldBody) -> ServedDesignation:
        made = steps.mark(desk.register, designation_id, mark, desk.acting(body), lift=lift)
        return _changed(desk, made)

    return step


for _step, _mark, _lift, _told in _MARKS:
    router.add_api_route(
        f"/{{designation_id}}/{_step}",
        _marking(_mark, lift=_lift),
        methods=["POST"],
        name=_step.replace("-", "_"),
        summary=_step.replace("-", " ").capitalize(),
        description=_told,
        responses=CHANGED,
        openapi_extra=taking(Told, changes=True),
    )


# ---------------------------------------------------------------- how
@dataclass(frozen=True, slots=True)
class _Sent:
    """What a body says of a designation: its fields, its area in metres, the run pinned."""

    content: dict[str, Any]
    area: MultiPolygon | None
    evidence: Evidence | None


def _sent(desk: Desk, body: Resting, names: frozenset[str]) -> _Sent:
    """Return what was sent; everything that it refers to must be there.

    Raises
    ------
    InputRefused
        With everything that is not.
    """
    content = body.written(names)
    problems: list[Problem] = []
    evidence, area = None, None
    with gathering(problems, "run"):
        evidence = evidence_of(desk, body.run)
    if evidence is not None:
        content["evidence"] = evidence
    with gathering(problems, "follows"):
        if content.get("follows") is not None:
            desk.register.designation(content["follows"])
    if isinstance(body, Drawing):
        with gathering(problems, "boundary"):
            area = area_of_body(desk, body.boundary, body.crs, column="boundary")
        if body.streets and body.boundary is None:
            problems.append(
                Problem(
                    "Streets enclose a boundary, and none was sent.",
                    "Send the boundary with its streets.",
                    column="streets",
                )
            )
    refuse(problems)
    return _Sent(content, area, evidence)
