"""``/v1/choices`` and ``/v1/actions``: what was chosen for a year, and what was done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.bodies import reading
from api.parameters import NoQuery
from api.register.bodies import ACTION, CHOICE, REPORT, Choosing, Told
from api.register.desk import Changing, Making, gathering, refuse, run_of
from api.register.documented import CHANGED, CREATED, TAGGED, taking
from api.register.opened import Registered
from api.register.seen import tagged
from api.register.served import (
    ActionList,
    ActionsQuery,
    ChoiceList,
    ChoicesQuery,
    RecordId,
    page_of,
)
from hotspots.decisions import actions as deeds
from hotspots.decisions import choices as chosen
from hotspots.errors import Problem
from hotspots.pipeline.designations import pinned, proposal_of
from hotspots.register import Action, Choice

router = APIRouter()


# ---------------------------------------------------------------- choices
@router.get("/choices", tags=["choices"], summary="List choices")
def choices(register: Registered, query: Annotated[ChoicesQuery, Query()]) -> ChoiceList:
    """List what was chosen, beside what was proposed."""
    found = register.choices(query.year, kind=query.kind)
    page, links = page_of(found, query, "/v1/choices", lambda each: each.id)
    return ChoiceList(choices=page, links=links)


@router.get("/choices/{choice_id}", tags=["choices"], summary="One choice", responses=TAGGED)
def choice(
    choice_id: RecordId, register: Registered, response: Response, _: Annotated[NoQuery, Query()]
) -> Choice:
    """Return what was chosen for a year, with the reason of each deviation."""
    return tagged(response, register.get(Choice, choice_id))


@router.post(
    "/choices",
    status_code=201,
    tags=["choices"],
    summary="Write down a choice",
    responses=CREATED,
    openapi_extra=taking(CHOICE),
)
def choose(desk: Making, body: Annotated[Choosing, Depends(reading(CHOICE))]) -> Choice:
    """Write down which areas of a ranking were chosen, with the reason of each deviation."""
    problems: list[Problem] = []
    with gathering(problems, "run"):
        run = run_of(desk, body.run)
    refuse(problems)
    with gathering(problems, "theme, level"):
        proposal = proposal_of(run, theme=body.theme, level=body.level)
    refuse(problems)
    evidence = pinned(run)
    made = chosen.choose(
        desk.register,
        body.written(chosen.WRITTEN),
        desk.acting(body, evidence),
        proposal=proposal,
        chosen=body.chosen,
        reasons=body.reasons,
        evidence=evidence,
    )
    return desk.made(made, "/v1/choices")


# ---------------------------------------------------------------- actions
@router.get("/actions", tags=["actions"], summary="List actions")
def actions(register: Registered, query: Annotated[ActionsQuery, Query()]) -> ActionList:
    """List enforcement actions, interventions and events with their target and result."""
    found = register.actions(kind=query.kind, designation=query.designation)
    page, links = page_of(found, query, "/v1/actions", lambda each: each.id)
    return ActionList(actions=page, links=links)


@router.get("/actions/{action_id}", tags=["actions"], summary="One action", responses=TAGGED)
def action(
    action_id: RecordId, register: Registered, response: Response, _: Annotated[NoQuery, Query()]
) -> Action:
    """Return an action with its target, and its result where it was reported on."""
    return tagged(response, register.get(Action, action_id))


@router.post(
    "/actions",
    status_code=201,
    tags=["actions"],
    summary="Write down an action",
    responses=CREATED,
    openapi_extra=taking(ACTION),
)
def plan(desk: Making, body: Annotated[Told, Depends(reading(ACTION))]) -> Action:
    """Write down an action; all but a dated event need a goal that can be measured."""
    content, problems = body.written(deeds.WRITTEN), list[Problem]()
    with gathering(problems, "designation"):
        if content.get("designation") is not None:
            desk.register.designation(content["designation"])
    refuse(problems)
    return desk.made(deeds.plan_action(desk.register, content, desk.acting(body)), "/v1/actions")


@router.post(
    "/actions/{action_id}/report",
    tags=["actions"],
    summary="Report on an action",
    responses=CHANGED,
    openapi_extra=taking(REPORT, changes=True),
)
def report(
    action_id: RecordId, desk: Changing, body: Annotated[Told, Depends(reading(REPORT))]
) -> Action:
    """Write down what an action brought about, and when residents were told."""
    content = body.written(deeds.REPORTED)
    return desk.changed(deeds.report_action(desk.register, action_id, content, desk.acting(body)))
