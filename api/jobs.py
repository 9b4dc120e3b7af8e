"""Runs as resources: asked for here, made by the worker, and told about until they are done.

The words of a job are those of OGC API Processes (OGC 18-062r2, 7.12): a job has a status, a
progress in percent and a message, and links to its results.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from api.bodies import reading
from api.identity.user import Asking, User
from api.links import Link
from api.parameters import Chosen, NoQuery
from api.problems import BODY_REFUSED, PROBLEM_RESPONSES, ProblemItem
from hotspots.errors import PolicyRefused, Problem, RoleRefused, SettingsRefused
from hotspots.pipeline.work.requests import RunRequest
from hotspots.policy import load_policy
from hotspots.store.jobs import MOST_ENDED, Job, Jobs, JobStatus

RETRY_AFTER_S = 2
"""When it is of use to ask again after an open job."""

_RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
_KEY = r"^[\x21-\x7e]{1,100}$"

router = APIRouter(prefix="/v1", responses=PROBLEM_RESPONSES, tags=["runs"])


_request_of: Callable[[Request], Awaitable[RunRequest]] = reading(
    RunRequest  # type: ignore[arg-type]  # a union of models
)


def request_schemas() -> dict[str, Any]:
    """Return the schema of a run that is asked for, and of what stands in it, by name."""
    schema = TypeAdapter[RunRequest](RunRequest).json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts: dict[str, Any] = schema.pop("$defs")
    return {"RunRequest": schema, **parts}


def jobs_of(request: Request) -> Jobs:
    """Return the jobs of the workspace that the app serves."""
    return Jobs(request.app.state.shelf.workspace)


Asked = Annotated[Jobs, Depends(jobs_of)]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A job's id.")]


class JobDocument(BaseModel):
    """A run that was asked for."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["process"] = "process"
    process_id: str = Field(serialization_alias="processID", description="The kind of run.")
    job_id: str = Field(serialization_alias="jobID")
    status: JobStatus
    message: str = Field(description="What is done now, or how it ended.")
    progress: int = Field(ge=0, le=100, description="How far it is, in percent.")
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    updated: datetime
    asked_by: str
    request: dict[str, JsonValue] = Field(description="What was asked beside the kind.")
    problems: list[ProblemItem] = Field([], description="Why it failed.")
    links: list[Link]


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobDocument]
    links: list[Link]


class JobsQuery(NoQuery):
    """Which jobs."""

    status: JobStatus | None = Field(None, description="Only jobs with this status.")
    limit: int = Field(
        100, ge=1, description=f"Jobs in the answer, newest first; {MOST_ENDED} at most."
    )


@router.post(
    "/runs",
    status_code=HTTPStatus.ACCEPTED,
    summary="Ask for a run",
    response_model_exclude_none=True,
    responses={
        HTTPStatus.ACCEPTED: {
            "headers": {
                "Location": {"description": "The job to follow.", "schema": {"type": "string"}}
            }
        },
        **BODY_REFUSED,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/RunRequest"},
                    "example": {"kind": "run", "until": "2025-12-31"},
                }
            },
        }
    },
)
def ask(
    response: Response,
    wanted: Annotated[RunRequest, Depends(_request_of)],
    jobs: Asked,
    user: Asking,
    settings: Chosen,
    _: Annotated[NoQuery, Query()],
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=_KEY,
            description="Chosen by you: the same request sent twice with it is one job.",
        ),
    ] = None,
) -> JobDocument:
    """Ask for a run with the municipality's policy as it is now; the worker makes it."""
    job = asked(jobs, wanted, user, settings.policy, key=idempotency_key)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    _come_back(response, job)
    return document_of(job)


@router.get("/jobs", summary="List jobs", response_model_exclude_none=True)
def listed(jobs: Asked, query: Annotated[JobsQuery, Query()]) -> JobList:
    """List what was asked for, newest first; of what has ended only the last are kept."""
    found = jobs.newest(most=min(query.limit, MOST_ENDED), status=query.status)
    return JobList(jobs=[document_of(each) for each in found], links=[_link("/v1/jobs", "self")])


@router.get("/jobs/{job_id}", summary="One job", response_model_exclude_none=True)
def one(
    response: Response, job_id: JobId, jobs: Asked, _: Annotated[NoQuery, Query()]
) -> JobDocument:
    """Tell how far a job is, which run it made, or what stood in its way."""
    job = jobs.find(job_id)
    _come_back(response, job)
    return document_of(job)


@router.delete("/jobs/{job_id}", summary="Stop a job", response_model_exclude_none=True)
def stop(
    response: Response, job_id: JobId, jobs: Asked, user: Asking, _: Annotated[NoQuery, Query()]
) -> JobDocument:
    """Stop a job: one that waits at once, a running one as soon as the worker sees it."""
    job = stopped(jobs, job_id, user)
    _come_back(response, job)
    return document_of(job)


def asked(
    jobs: Jobs, wanted: RunRequest, user: User, policy: FilePath | None, *, key: str | None = None
) -> Job:
    """Put a run on the queue, with the policy as it is now.

    Raises
    ------
    QueueFull
        When too many wait.
    JobRefused
        When the key was used for something else.
    SettingsRefused
        When the policy of the server cannot be read.
    """
    try:
        parameters = load_policy(policy)
    except PolicyRefused as refusal:  # the host's to mend, not of who asks
        raise SettingsRefused(refusal.problems) from refusal
    return jobs.ask(
        wanted.kind,
        wanted.content,
        parameters.model_dump(mode="json"),
        asked_by=user.name,
        at=datetime.now(UTC),
        key=key,
    )


def may_stop(job: Job, user: User) -> bool:
    """Tell whether somebody may stop a job: an analyst any, a planner what they asked for."""
    return user.role == "analyst" or (user.role == "planner" and user.name == job.asked_by)


def stopped(jobs: Jobs, job_id: str, user: User) -> Job:
    """Stop a job, for whom it may be stopped.

    Raises
    ------
    NotFound, JobRefused
        When there is no such job, or it has ended.
    RoleRefused
        When somebody else asked for it.
    """
    if not may_stop(jobs.find(job_id), user):
        raise RoleRefused(
            Problem(
                "Somebody else asked for this calculation.",
                "Ask them, or an analyst, to stop it.",
            )
        )
    return jobs.dismiss(job_id, at=datetime.now(UTC))


def document_of(job: Job) -> JobDocument:
    """Return a job as it is served."""
    links = [_link(f"/v1/jobs/{job.id}", "self")]
    if job.run_id is not None:
        links.append(_link(f"/v1/runs/{job.run_id}", _RESULTS))
    return JobDocument(
        process_id=job.kind,
        job_id=job.id,
        status=job.status,
        message=_message(job),
        progress=job.progress,
        created=job.created_at,
        started=job.started_at,
        finished=job.finished_at,
        updated=job.updated_at,
        asked_by=job.asked_by,
        request=job.request,
        problems=[ProblemItem.model_validate(each, from_attributes=True) for each in job.problems],
        links=links,
    )


def _message(job: Job) -> str:
    if job.status == "running" and job.stop_asked:
        return "being stopped"
    if job.status == "failed":
        return " ".join(each.rule for each in job.problems)
    told = {"accepted": "waiting", "successful": "the run is frozen", "dismissed": "stopped"}
    return told.get(job.status, job.step or "starting")


def _link(href: str, rel: str) -> Link:
    title = {"self": "This document", _RESULTS: "The run"}[rel]
    return Link(href=href, rel=rel, type="application/json", title=title)


def _come_back(response: Response, job: Job) -> None:
    if job.is_open:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
