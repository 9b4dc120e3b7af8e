"""One job, in a process of its own: ``python -m hotspots.pipeline.work.child DIR JOB``.

The worker stays small and can always stop it. Its standard input is a pipe that the worker holds:
the first line is the address of the register's database, which no list of processes may show; when
it closes, however the worker ended, this process ends too.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from hotspots.errors import HotspotsError, Problem, problem_of_system
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.work.stages import Meter
from hotspots.policy import policy_from
from hotspots.store.jobs import Job, Jobs
from hotspots.store.workspace import open_workspace

_TOLD_EVERY_S = 0.5


def main(folder: str, job_id: str) -> None:
    """Make the run of a job that is running, and end the job with it or with its problems."""
    database = sys.stdin.readline().strip() or None
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    workspace = open_workspace(Path(folder))
    jobs = Jobs(workspace)
    job = jobs.find(job_id)
    problems: tuple[Problem, ...]
    try:
        from hotspots.pipeline.work.kinds import Means, make_run

        means = Means(
            workspace=workspace,
            policy=policy_from(dict(jobs.policy_of(job_id))),
            at=datetime.now(UTC),
            database=database,
            progress=_telling(jobs, job),
        )
        made = make_run(job, means)
    except HotspotsError as refusal:
        problems = refusal.problems
    except OSError as error:
        problems = (problem_of_system(error),)
    else:
        jobs.succeed(job_id, run_id=made.record.id, at=datetime.now(UTC))
        return
    jobs.fail(job_id, problems, at=datetime.now(UTC))


def _telling(jobs: Jobs, job: Job) -> Progress:
    """Return what writes down how far a job is, a few times a second at most."""
    meter, told_at, told = Meter(), -_TOLD_EVERY_S, ""

    def tell(step: str, done: int, steps: int) -> None:
        nonlocal told_at, told
        progress, now = meter(step, done, steps), time.monotonic()
        if step != told or now - told_at >= _TOLD_EVERY_S:
            jobs.tell(job.id, progress=progress, step=step, at=datetime.now(UTC))
            told_at, told = now, step

    return tell


def _end_with_the_worker() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
