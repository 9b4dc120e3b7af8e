"""The worker: takes the jobs of a workspace one by one, each in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from threading import Event

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.pipeline.work.lock import only_worker
from hotspots.store.jobs import Job, Jobs
from hotspots.store.workspace import Workspace, writing

POLL_S = 0.5
"""How often the worker looks whether something is asked."""

_NICENESS = 10

Say = Callable[[str], None]


def work(
    workspace: Workspace,
    *,
    database: str | None,
    idle_seconds: float | None,
    stopping: Event,
    say: Say,
) -> None:
    """Do the jobs of a workspace until told to stop.

    Parameters
    ----------
    workspace
        Whose jobs.
    database
        Address of the register's database; none for the file in the workspace.
    idle_seconds
        End after so long without work; None works on for ever.
    stopping
        Once set, the job at hand goes back on the queue and the worker ends.
    say
        Told what happens, a line at a time.

    Raises
    ------
    WorkspaceRefused
        When another worker is at work here.
    """
    with only_worker(workspace) as lock:
        os.nice(_NICENESS)
        worker = _Worker(workspace, Jobs(workspace), database, lock, stopping)
        worker.jobs.adopt_orphans(at=_now())
        _sweep(workspace)
        worked_at = time.monotonic()
        while not stopping.is_set():
            job = worker.jobs.take(at=_now())
            if job is not None:
                say(f"Job {job.id} ({job.kind}) has begun.")
                worker.attend(job)
                say(f"Job {job.id} is {worker.jobs.find(job.id).status}.")
                worked_at = time.monotonic()
            elif idle_seconds is not None and time.monotonic() - worked_at >= idle_seconds:
                return
            else:
                stopping.wait(POLL_S)


@dataclass(frozen=True, slots=True)
class _Worker:
    """Who holds the lock, and has jobs done."""

    workspace: Workspace
    jobs: Jobs
    database: str | None
    lock: int
    stopping: Event

    def attend(self, job: Job) -> None:
        """Have a job done, unless it or the worker is told to stop meanwhile."""
        with (
            TemporaryDirectory(prefix="hotspots-job-") as scratch,
            self._begun(job, scratch) as child,
        ):
            while child.poll() is None and not self._is_stopped(job):
                with suppress(subprocess.TimeoutExpired):
                    child.wait(POLL_S)
            ended_by_itself = child.poll() is not None
            if not ended_by_itself:
                _end(child)
                _sweep(self.workspace)
        if ended_by_itself:
            self.jobs.fail(job.id, [_broke_off(child.returncode)], at=_now())
        elif self.jobs.find(job.id).stop_asked:
            self.jobs.drop(job.id, at=_now())
        else:
            self.jobs.give_back(job.id, at=_now())

    def _is_stopped(self, job: Job) -> bool:
        return self.stopping.is_set() or self.jobs.find(job.id).stop_asked

    def _begun(self, job: Job, scratch: str) -> "subprocess.Popen[bytes]":
        """Start the process of a job; it shares the worker's lock, and ends with the worker."""
        folder = str(self.workspace.path)
        child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "hotspots.pipeline.work.child", folder, job.id],
            stdin=subprocess.PIPE,
            pass_fds=[self.lock],
            env={**os.environ, "TMPDIR": scratch},
            start_new_session=True,  # a Ctrl-C is for the worker alone
        )
        if child.stdin is not None:
            with suppress(BrokenPipeError):
                child.stdin.write(f"{self.database or ''}\n".encode())
                child.stdin.flush()
        return child


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a process with all that it started; a frozen run is whole or not there."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _sweep(workspace: Workspace) -> None:
    """Remove what an ended process left half-made; somebody who writes now does so himself."""
    with suppress(WorkspaceRefused), writing(workspace, patience_s=0):
        pass


def _broke_off(code: int) -> Problem:
    """Return why a job ended that did not say so itself."""
    if code < 0:
        return Problem(
            f"The system ended this calculation ({signal.Signals(-code).name}).",
            "Mostly there was too little memory: ask whoever runs the server.",
        )
    return Problem(
        "This calculation broke off by a fault of the program.",
        "The cause is in the worker's log: ask whoever runs the server.",
    )


def _now() -> datetime:
    return datetime.now(UTC)
