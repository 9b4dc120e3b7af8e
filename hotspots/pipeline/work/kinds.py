"""The kinds of run that the worker makes. Another kind is one line here and one request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from hotspots.pipeline.bans.runs import Files, review_bans
from hotspots.pipeline.cameras.plan import plan_cameras
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.run import run
from hotspots.pipeline.work.requests import (
    BansRequest,
    CamerasRequest,
    RunRequest,
    YearlyRequest,
)
from hotspots.policy import Policy
from hotspots.store.jobs import Job
from hotspots.store.runs import Run
from hotspots.store.workspace import Workspace

_REQUEST = TypeAdapter[RunRequest](RunRequest)


@dataclass(frozen=True, slots=True)
class Means:
    """With what a run is made.

    `at` is the clock, for the record only; `database` is the address of the register, none for
    the file in the workspace; `progress` is told how far it is.
    """

    workspace: Workspace
    policy: Policy
    at: datetime
    database: str | None
    progress: Progress


def make_run(job: Job, means: Means) -> Run:
    """Make the run that a job asks for.

    Parameters
    ----------
    job
        What was asked.
    means
        With what it is made.

    Raises
    ------
    HotspotsError
        Whatever the same command on the command line refuses.
    """
    return _KINDS[job.kind](means, _REQUEST.validate_python({**job.request, "kind": job.kind}))


def _yearly(means: Means, asked: YearlyRequest) -> Run:
    return run(
        means.workspace,
        means.policy,
        kind="yearly",
        at=means.at,
        until=asked.until,
        progress=means.progress,
    )


def _cameras(means: Means, asked: CamerasRequest) -> Run:
    return plan_cameras(
        means.workspace,
        means.policy,
        budget=asked.budget,
        at=means.at,
        area=asked.area,
        level=asked.level,
        everywhere=asked.everywhere,
        until=asked.until,
        database=means.database,
        progress=means.progress,
    )


def _bans(means: Means, asked: BansRequest) -> Run:
    return review_bans(
        means.workspace,
        means.policy,
        at=means.at,
        until=asked.until,
        files=Files(database=means.database),
        progress=means.progress,
    )


_KINDS: Mapping[str, Callable[[Means, Any], Run]] = {
    "run": _yearly,
    "cameras": _cameras,
    "bans": _bans,
}
