"""The page with runs: those that are finished, those asked for, and a form to ask for one."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.access import ACCESS
from api.identity.user import Asking, User
from api.jobs import Asked, JobId, asked, may_stop, stopped
from api.parameters import Chosen, PageQuery, Runs
from api.templating import render
from hotspots.errors import InputRefused, Problem, problems_of
from hotspots.outputs.text import Words
from hotspots.pipeline.work.requests import RunRequest
from hotspots.pipeline.work.stages import stage_of
from hotspots.store.jobs import Job, Jobs

_ENDED_SHOWN = 5
_KINDS = {"run": "job_run", "cameras": "job_cameras", "bans": "job_bans"}
_REQUEST = TypeAdapter[RunRequest](RunRequest)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class RunForm(BaseModel):
    """What the form for a new run sends; an empty field is left out."""

    model_config = ConfigDict(extra="forbid")

    csrf: Annotated[str, Field(max_length=200)] = ""
    kind: Annotated[str, Field(max_length=40)]
    until: Annotated[str, Field(max_length=40)] = ""
    budget: Annotated[str, Field(max_length=40)] = ""

    def request(self) -> RunRequest:
        """Return what is asked, read as strictly as by the API.

        Raises
        ------
        InputRefused
            Naming every field that is wrong.
        """
        given: dict[str, object] = {"kind": self.kind}
        if self.until:
            given["until"] = self.until
        if self.budget:
            is_number = self.budget.isascii() and self.budget.isdigit()
            given["budget"] = int(self.budget) if is_number else self.budget
        try:
            return _REQUEST.validate_python(given)
        except ValidationError as refusal:
            raise InputRefused(problems_of(refusal, remedy="Go back and change it.")) from None


@dataclass(frozen=True)
class JobRow:
    """A job as the page tells it."""

    id: str
    kind: str
    status: str
    detail: str
    progress: int | None
    asked_by: str
    asked_at: str
    run_id: str | None
    problems: list[Problem]
    may_stop: bool


@dataclass(frozen=True)
class JobsView:
    """The jobs that are open, and those that ended last."""

    open: list[JobRow]
    ended: list[JobRow]
    summary: str
    may_ask: bool
    kinds: list[tuple[str, str]]


@router.get("/runs")
def runs(
    request: Request,
    shelf: Runs,
    jobs: Asked,
    user: Asking,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> str:
    """List the finished runs, and what was asked for."""
    lang = query.lang or settings.language
    return render(
        "runs.html",
        request,
        lang,
        jobs=jobs_view(jobs, user, Words(lang)),
        records=shelf.records(),
        demo=shelf.workspace.demo,
    )


@router.post("/runs")
def ask(
    form: Annotated[RunForm, Form()],
    jobs: Asked,
    user: Asking,
    settings: Chosen,
    query: Annotated[PageQuery, Query()],
) -> RedirectResponse:
    """Ask for a run, and show how far it is."""
    asked(jobs, form.request(), user, settings.policy)
    return _back(query)


@router.post("/runs/jobs/{job_id}/stop")
def stop(
    job_id: JobId, jobs: Asked, user: Asking, query: Annotated[PageQuery, Query()]
) -> RedirectResponse:
    """Stop a job."""
    stopped(jobs, job_id, user)
    return _back(query)


def jobs_view(jobs: Jobs, user: User, words: Words) -> JobsView:
    """Return what the page tells of jobs to one reader."""
    still_open = jobs.open_jobs()
    ended = [each for each in jobs.newest(most=4 * _ENDED_SHOWN) if not each.is_open]
    return JobsView(
        open=[_row(each, user, words) for each in still_open],
        ended=[_row(each, user, words) for each in ended[:_ENDED_SHOWN]],
        summary=_summary(still_open, words),
        may_ask=user.role in ACCESS["POST /runs"],
        kinds=[(kind, words.label(key)) for kind, key in _KINDS.items()],
    )


def _summary(still_open: list[Job], words: Words) -> str:
    running = sum(each.status == "running" for each in still_open)
    waiting = len(still_open) - running
    if not still_open:
        return words.sentence("jobs_none")
    return words.sentence("jobs_open", running=running, waiting=waiting)


def _row(job: Job, user: User, words: Words) -> JobRow:
    key = _KINDS.get(job.kind)
    return JobRow(
        id=job.id,
        kind=job.kind if key is None else words.label(key),
        status=words.label(f"job_{job.status}"),
        detail=_detail(job, words),
        progress=job.progress if job.status == "running" else None,
        asked_by=job.asked_by,
        asked_at=_moment(job.created_at, words),
        run_id=job.run_id,
        problems=job.problems,
        may_stop=job.is_open and not job.stop_asked and may_stop(job, user),
    )


def _detail(job: Job, words: Words) -> str:
    """Return what is done of a running job now."""
    if job.status != "running":
        return ""
    if job.stop_asked:
        return words.label("job_stopping")
    if not job.step:
        return words.label("job_step_starting")
    stage = stage_of(job.step)
    return words.label("job_step_within" if stage is None else f"job_step_{stage.key}")


def _moment(at: datetime, words: Words) -> str:
    """Return a moment by the clock of the server."""
    local = at.astimezone()
    return f"{words.day(local)}, {local:%H:%M}"


def _back(query: PageQuery) -> RedirectResponse:
    language = f"?lang={query.lang}" if query.lang else ""
    return RedirectResponse(f"/runs{language}#jobs", HTTPStatus.SEE_OTHER)
