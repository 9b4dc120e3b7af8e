"""Jobs: runs that were asked for, kept in ``jobs.sqlite`` of the workspace until they are done.

Whoever asks writes a row; the one worker of the workspace takes the oldest and tells in it how
far it is. Every change of state is one statement that names the state it leaves, so that of two
processes only one can make it. Statuses are those of OGC API Processes.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, JsonValue

from hotspots.errors import JobRefused, NotFound, Problem, QueueFull
from hotspots.store.jobs_file import JobsFile
from hotspots.store.workspace import Workspace

JobStatus = Literal["accepted", "running", "successful", "failed", "dismissed"]

MOST_WAITING = 20
"""Jobs that may wait at once; who asks for more is told to come back."""

MOST_ENDED = 1000
"""Ended jobs that are kept; the oldest go first. Their runs stay."""

MOST_STARTS = 2
"""A job whose worker was killed is started once more; runs are frozen whole or not at all."""

_AS_JSON = ("request", "problems")


class Job(BaseModel):
    """A run that was asked for.

    `request` is as it was asked; `step` is what is done now.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: str
    request: dict[str, JsonValue]
    asked_by: str
    status: JobStatus
    progress: int
    step: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
    run_id: str | None
    problems: list[Problem]
    starts: int
    stop_asked: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ("accepted", "running")


class Jobs:
    """The jobs of one workspace; safe to share between threads, and beside other processes.

    Parameters
    ----------
    workspace
        Whose jobs.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._file = JobsFile(workspace)

    # ------------------------------------------------------------ who asks
    def ask(
        self,
        kind: str,
        request: dict[str, JsonValue],
        policy: dict[str, JsonValue],
        *,
        asked_by: str,
        at: datetime,
        key: str | None = None,
    ) -> Job:
        """Add a job to the queue, and return it.

        Parameters
        ----------
        kind
            What kind of run.
        request
            What is asked of it.
        policy
            All parameters, frozen with the job.
        asked_by
            Who asks.
        at
            The clock.
        key
            Chosen by who asks: a second request of the same person with it is the same job.

        Raises
        ------
        QueueFull
            When too many wait already.
        JobRefused
            When the key was used for something else.
        """
        with self._file.changing() as database:
            if known := self._of_key(database, asked_by, key):
                return _same(known, kind, request)
            _refuse_when_full(database)
            row = database.execute(
                "INSERT INTO jobs (id, kind, request, policy, asked_by, key, status, created_at, "
                "updated_at) VALUES (?, ?, ?, ?, ?, ?, 'accepted', ?, ?) RETURNING *",
                (
                    uuid4().hex,
                    kind,
                    json.dumps(request),
                    json.dumps(policy),
                    asked_by,
                    key,
                    at.isoformat(),
                    at.isoformat(),
                ),
            ).fetchone()
            database.execute(
                "DELETE FROM jobs WHERE sequence IN (SELECT sequence FROM jobs WHERE status NOT "
                "IN ('accepted', 'running') ORDER BY sequence DESC LIMIT -1 OFFSET ?)",
                (MOST_ENDED,),
            )
            return _job(row)

    def dismiss(self, job_id: str, *, at: datetime) -> Job:
        """Take a waiting job off the queue, or have the worker stop a running one.

        Raises
        ------
        NotFound
            When there is no such job.
        JobRefused
            When it has ended.
        """
        moment = at.isoformat()
        with self._file.changing() as database:
            dropped = database.execute(
                "UPDATE jobs SET status = 'dismissed', finished_at = ?1, updated_at = ?1 "
                "WHERE id = ?2 AND status = 'accepted'",
                (moment, job_id),
            )
            stopped = database.execute(
                "UPDATE jobs SET stop_asked = 1, updated_at = ?1 "
                "WHERE id = ?2 AND status = 'running'",
                (moment, job_id),
            )
            job = self._of_id(database, job_id)
            if not dropped.rowcount + stopped.rowcount:
                raise JobRefused(
                    Problem(
                        "This calculation has ended: there is nothing left to stop.",
                        "What it made stays as it is.",
                        column="status",
                        value=job.status,
                    )
                )
        return job

    def find(self, job_id: str) -> Job:
        """Return a job.

        Raises
        ------
        NotFound
            When there is no such job.
        """
        if not self._file.exists():
            raise NotFound(_unknown(job_id))
        with self._file.reading() as database:
            return self._of_id(database, job_id)

    def policy_of(self, job_id: str) -> dict[str, JsonValue]:
        """Return the parameters that were frozen with a job."""
        with self._file.reading() as database:
            (text,) = database.execute("SELECT policy FROM jobs WHERE id = ?", (job_id,)).fetchone()
        policy: dict[str, JsonValue] = json.loads(text)
        return policy

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are of each status that occurs."""
        if not self._file.exists():
            return {}
        with self._file.reading() as database:
            return dict(
                database.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall()
            )

    def newest(self, *, most: int = MOST_ENDED, status: JobStatus | None = None) -> list[Job]:
        """Return jobs, newest first, of one status or of all."""
        if not self._file.exists():
            return []
        with self._file.reading() as database:
            rows = database.execute(
                "SELECT * FROM jobs WHERE ?1 IS NULL OR status = ?1 "
                "ORDER BY sequence DESC LIMIT ?2",
                (status, most),
            )
            return [_job(row) for row in rows]

    def open_jobs(self) -> list[Job]:
        """Return what waits or runs, in the order in which it is done."""
        if not self._file.exists():
            return []
        with self._file.reading() as database:
            rows = database.execute(
                "SELECT * FROM jobs WHERE status IN ('accepted', 'running') ORDER BY sequence"
            )
            return [_job(row) for row in rows]

    # ------------------------------------------------------------ the worker
    def take(self, *, at: datetime) -> Job | None:
        """Start the job that waits longest, if any waits."""
        if not self._file.exists():
            return None
        with self._file.changing() as database:
            row = database.execute(
                "UPDATE jobs SET status = 'running', started_at = ?1, updated_at = ?1, "
                "progress = 0, step = '', starts = starts + 1 WHERE sequence = "
                "(SELECT min(sequence) FROM jobs WHERE status = 'accepted') RETURNING *",
                (at.isoformat(),),
            ).fetchone()
            return None if row is None else _job(row)

    def tell(self, job_id: str, *, progress: int, step: str, at: datetime) -> None:
        """Say how far a running job is, in percent, and what is done now."""
        self._step(job_id, at, progress=progress, step=step)

    def succeed(self, job_id: str, *, run_id: str, at: datetime) -> None:
        """End a running job with the run that it made."""
        self._end(job_id, at, status="successful", progress=100, step="", run_id=run_id)

    def fail(self, job_id: str, problems: Sequence[Problem], *, at: datetime) -> None:
        """End a running job with what stood in its way."""
        told = json.dumps([asdict(each) for each in problems])
        self._end(job_id, at, status="failed", problems=told)

    def drop(self, job_id: str, *, at: datetime) -> None:
        """End a running job that somebody asked to stop."""
        self._end(job_id, at, status="dismissed")

    def give_back(self, job_id: str, *, at: datetime) -> None:
        """Put a running job back on the queue: its worker is asked to stop, not the job."""
        with self._file.changing() as database:
            database.execute(
                "UPDATE jobs SET status = 'accepted', started_at = NULL, progress = 0, step = '', "
                "starts = starts - 1, updated_at = ? WHERE id = ? AND status = 'running'",
                (at.isoformat(), job_id),
            )

    def adopt_orphans(self, *, at: datetime) -> None:
        """Settle what a killed worker left running; only for who holds the worker's lock.

        What somebody asked to stop is dismissed, the rest is started once more; a job that was
        left twice has failed.
        """
        if not self._file.exists():
            return
        for job in (each for each in self.open_jobs() if each.status == "running"):
            if job.stop_asked:
                self.drop(job.id, at=at)
            elif job.starts >= MOST_STARTS:
                self.fail(job.id, [_LEFT_TWICE], at=at)
            else:
                self._step(job.id, at, status="accepted", started_at=None, progress=0, step="")

    # ------------------------------------------------------------ inside
    def _end(self, job_id: str, at: datetime, **values: str | int | None) -> None:
        self._step(job_id, at, finished_at=at.isoformat(), **values)

    def _step(self, job_id: str, at: datetime, **values: str | int | None) -> None:
        """Change columns of a running job; of one that runs no more nothing changes."""
        changes = {"updated_at": at.isoformat(), **values}
        columns = ", ".join(f"{name} = ?" for name in changes)
        with self._file.changing() as database:
            database.execute(
                f"UPDATE jobs SET {columns} WHERE id = ? AND status = 'running'",  # noqa: S608 - our own names
                (*changes.values(), job_id),
            )

    def _of_id(self, database: sqlite3.Connection, job_id: str) -> Job:
        row = database.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise NotFound(_unknown(job_id))
        return _job(row)

    def _of_key(self, database: sqlite3.Connection, asked_by: str, key: str | None) -> Job | None:
        row = database.execute(
            "SELECT * FROM jobs WHERE asked_by = ? AND key = ?", (asked_by, key)
        ).fetchone()
        return None if row is None else _job(row)


_LEFT_TWICE = Problem(
    "The worker was killed twice while it worked on this.",
    "Ask whoever runs the server whether there was memory enough; then ask for it again.",
)


def _refuse_when_full(database: sqlite3.Connection) -> None:
    waiting = database.execute("SELECT count(*) FROM jobs WHERE status = 'accepted'").fetchone()[0]
    if waiting >= MOST_WAITING:
        raise QueueFull(
            Problem(
                f"{waiting} calculations are waiting already; no more may wait.",
                "Try again when some are done, or stop one that is no longer needed.",
            )
        )


def _unknown(job_id: str) -> Problem:
    return Problem(
        "There is no such calculation.",
        "See the list at /v1/jobs.",
        column="job",
        value=job_id[:80],
    )


def _same(known: Job, kind: str, request: dict[str, JsonValue]) -> Job:
    if (known.kind, known.request) != (kind, request):
        raise JobRefused(
            Problem(
                "This key was used before, for something else.",
                "Use a new key for every new request.",
                column="Idempotency-Key",
            )
        )
    return known


def _job(row: sqlite3.Row) -> Job:
    told = dict(row)
    return Job.model_validate(told | {name: json.loads(told[name]) for name in _AS_JSON})
