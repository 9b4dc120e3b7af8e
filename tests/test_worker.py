"""The worker as a real process, with whatever may befall it: stopped, killed, doubled, orphaned."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from hotspots.pipeline.run import run as make_run
from hotspots.pipeline.work.lock import has_worker
from hotspots.pipeline.work.stages import STAGES, Meter
from hotspots.policy import Policy, policy_from
from hotspots.store.accounts import Accounts, AccountsFile
from hotspots.store.jobs import Job, Jobs
from hotspots.store.runs import list_runs
from hotspots.store.workspace import Workspace, init_workspace
from tests.test_hotspots_run import background, fill, rows_of
from tests.town import Town

BASIS: dict[str, Any] = {
    "priorities": {"top_k": 2, "years": 1, "levels": ["wijk"]},
    "rates": {"draws": 500},
}
QUICK = policy_from(BASIS | {"hotspots": {"themes": []}})
LONG = policy_from(
    BASIS
    | {
        "hotspots": {
            "periods_months": [12],
            "cell_size_m": 100.0,
            "layers": ["near_repeat", "support"],
            "support_draws": 800,
        },
        "near_repeat": {"replications": 9999},
    }
)
"""A run that is still at its resamples when a test ends it."""

COMMAND = (sys.executable, "-m", "hotspots.cli")
PATIENCE_S = 120.0


@pytest.fixture
def workspace(tmp_path: Path, town: Town) -> Iterator[Workspace]:
    """A workspace with enough burglaries to be long at work; its worker is ended afterwards."""
    shifted = [(x + 3 * turn, y + 2 * turn) for turn in range(8) for x, y in background()]
    made = fill(tmp_path, town, rows_of(shifted))
    yield made
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        if has_worker(made):
            os.kill(int((made.path / "worker.lock").read_text()), signal.SIGTERM)


@pytest.fixture
def jobs(workspace: Workspace) -> Jobs:
    return Jobs(workspace)


def now() -> datetime:
    return datetime.now(UTC)


def ask(jobs: Jobs, policy: Policy = LONG) -> str:
    frozen = policy.model_dump(mode="json")
    return jobs.ask("run", {}, frozen, asked_by="A. de Vries", at=now()).id


@contextmanager
def working(workspace: Workspace, *options: str) -> "Iterator[subprocess.Popen[str]]":
    """Yield a worker; it is killed at the end if it still lives."""
    process = subprocess.Popen(
        [*COMMAND, "worker", "--workspace", str(workspace.path), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(said: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not said():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def at_work(jobs: Jobs, job_id: str) -> Job:
    """Wait until a job is amid its run, and return it."""
    wait_for(lambda: jobs.find(job_id).step.startswith("hotspots of"))
    return jobs.find(job_id)


def ended(jobs: Jobs, job_id: str) -> Job:
    wait_for(lambda: not jobs.find(job_id).is_open)
    return jobs.find(job_id)


def child_of(worker: "subprocess.Popen[str]") -> int:
    """Return the process that a worker has started."""
    (child,) = children(worker.pid)
    return child


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            pid, _, rest = stat.read_text().partition(" (")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    return not lives(pid)


def nothing_half_made(workspace: Workspace) -> bool:
    return not list(workspace.path.glob("*/.staging-*"))


# ---------------------------------------------------------------- what it makes
def test_the_worker_makes_the_run_that_the_command_makes(workspace: Workspace, jobs: Jobs) -> None:
    job_id = ask(jobs, QUICK)
    with working(workspace, "--idle-seconds", "0") as worker:
        assert worker.wait(PATIENCE_S) == 0
    job = ended(jobs, job_id)
    assert (job.status, job.progress, job.problems) == ("successful", 100, [])
    (frozen,) = list_runs(workspace)
    assert job.run_id == frozen.id
    by_hand = make_run(workspace, QUICK, kind="yearly", at=now())
    assert by_hand.record == frozen


@pytest.mark.slow
def test_jobs_are_done_one_by_one_and_niced(workspace: Workspace, jobs: Jobs) -> None:
    first, second = ask(jobs), ask(jobs)
    with working(workspace) as worker:
        at_work(jobs, first)
        assert jobs.find(second).status == "accepted"
        assert [os.getpriority(os.PRIO_PROCESS, each) for each in (worker.pid, child_of(worker))] \
            == [min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)] * 2  # fmt: skip
        jobs.dismiss(first, at=now())
        at_work(jobs, second)
        assert jobs.find(first).status == "dismissed"


def test_data_that_are_refused_end_the_job_with_words_a_person_can_read(tmp_path: Path) -> None:
    empty = init_workspace(tmp_path / "leeg", name="Leeg", crs="EPSG:28992")
    jobs = Jobs(empty)
    job_id = ask(jobs)
    with working(empty, "--idle-seconds", "0") as worker:
        assert worker.wait(PATIENCE_S) == 0
    (problem,) = ended(jobs, job_id).problems
    assert problem.rule == "There are no counts and no incidents yet."
    assert problem.remedy


def test_the_register_is_that_of_the_worker_and_its_password_is_told_to_nobody(
    workspace: Workspace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "postgresql+psycopg://hotspots:geheim@127.0.0.1:1/register"
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", nowhere)
    frozen = QUICK.model_dump(mode="json")
    job_id = jobs.ask("bans", {}, frozen, asked_by="A. de Vries", at=now()).id
    with working(workspace, "--idle-seconds", "0") as worker:
        wait_for(lambda: children(worker.pid))
        assert "geheim" not in Path(f"/proc/{child_of(worker)}/cmdline").read_text()
        printed, _ = worker.communicate(timeout=PATIENCE_S)
    job = ended(jobs, job_id)
    assert job.status == "failed"
    assert "register" in job.problems[0].rule.lower()
    assert "geheim" not in printed + job.model_dump_json()


@pytest.mark.slow
def test_a_fault_of_the_program_fails_the_job_and_not_the_worker(
    workspace: Workspace, jobs: Jobs
) -> None:
    broken = jobs.ask("gone", {}, {}, asked_by="A. de Vries", at=now()).id
    good = ask(jobs, QUICK)
    with working(workspace, "--idle-seconds", "0") as worker:
        printed, _ = worker.communicate(timeout=PATIENCE_S)
    assert "fault of the program" in jobs.find(broken).problems[0].rule
    assert "Traceback" in printed  # for whoever runs the server
    assert jobs.find(good).status == "successful"


# ---------------------------------------------------------------- what befalls it
def test_a_job_stopped_amid_its_run_leaves_nothing(workspace: Workspace, jobs: Jobs) -> None:
    job_id = ask(jobs)
    with working(workspace) as worker:
        at_work(jobs, job_id)
        child = child_of(worker)
        jobs.dismiss(job_id, at=now())
        job = ended(jobs, job_id)
        assert (job.status, job.run_id) == ("dismissed", None)
        assert not lives(child)
        assert worker.poll() is None
    assert list_runs(workspace) == []
    assert nothing_half_made(workspace)


def test_a_worker_told_to_end_gives_its_job_back(workspace: Workspace, jobs: Jobs) -> None:
    job_id = ask(jobs)
    with working(workspace) as worker:
        at_work(jobs, job_id)
        child = child_of(worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
    job = jobs.find(job_id)
    assert (job.status, job.starts, job.progress) == ("accepted", 0, 0)
    assert not lives(child)
    assert nothing_half_made(workspace)
    assert not has_worker(workspace)


def test_a_killed_worker_takes_its_job_along_and_the_next_starts_it_once_more(
    workspace: Workspace, jobs: Jobs
) -> None:
    job_id = ask(jobs)
    for starts in (1, 2):
        with working(workspace) as worker:
            assert at_work(jobs, job_id).starts == starts
            child = child_of(worker)
            worker.kill()
            worker.wait()
        wait_for(partial(gone, child))
        wait_for(lambda: not has_worker(workspace))
        assert jobs.find(job_id).status == "running"  # nobody is left to say otherwise
        jobs.tell(job_id, progress=0, step="", at=now())
    with working(workspace, "--idle-seconds", "0") as worker:
        assert worker.wait(PATIENCE_S) == 0
    job = jobs.find(job_id)
    assert job.status == "failed"
    assert "killed twice" in job.problems[0].rule
    assert list_runs(workspace) == []


@pytest.mark.slow
def test_a_killed_worker_costs_a_job_that_is_quick_nothing(
    workspace: Workspace, jobs: Jobs
) -> None:
    job_id = ask(jobs, QUICK)
    with working(workspace) as worker:
        wait_for(lambda: jobs.find(job_id).status == "running")
        worker.kill()
        worker.wait()
    wait_for(lambda: not has_worker(workspace))
    with working(workspace, "--idle-seconds", "0") as worker:
        assert worker.wait(PATIENCE_S) == 0
    assert jobs.find(job_id).status == "successful"
    assert len(list_runs(workspace)) == 1


@pytest.mark.slow
def test_a_job_whose_process_is_killed_has_failed_and_says_so(
    workspace: Workspace, jobs: Jobs
) -> None:
    job_id = ask(jobs)
    with working(workspace) as worker:
        at_work(jobs, job_id)
        os.kill(child_of(worker), signal.SIGKILL)
        (problem,) = ended(jobs, job_id).problems
        assert "SIGKILL" in problem.rule
        assert "memory" in problem.remedy
        assert worker.poll() is None


def test_of_two_workers_one_works(workspace: Workspace, jobs: Jobs) -> None:
    job_id = ask(jobs)
    with working(workspace) as first:
        at_work(jobs, job_id)
        with working(workspace) as second:
            printed, _ = second.communicate(timeout=PATIENCE_S)
        assert second.returncode == 2
        assert printed.startswith("hotspots: file")
        assert "Another worker" in printed
        assert first.poll() is None
        assert jobs.find(job_id).starts == 1


# ---------------------------------------------------------------- beside the web
class Web:
    """A served workspace, and somebody who is signed in to it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        at, accounts = now(), AccountsFile(workspace)
        self._token = Accounts(accounts).add(
            "A. de Vries", "analyst", stadsdeel=None, until=at + timedelta(days=1), at=at
        )
        accounts.close()

    @contextmanager
    def served(self, *options: str) -> "Iterator[subprocess.Popen[bytes]]":
        process = subprocess.Popen(
            [
                *(*COMMAND, "serve", "--workspace", str(self._workspace.path)),
                *("--port", str(self._port), *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: self.asks("/health"))
            yield process
        finally:
            process.kill()
            process.wait()

    def asks(self, path: str, body: object = None) -> Any:
        """Return what the web answers, or nothing while it is away."""
        request = Request(
            f"http://127.0.0.1:{self._port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
            },
        )
        with suppress(URLError, ConnectionError), urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
        return None


def test_a_run_outlives_the_web_that_was_asked_for_it(workspace: Workspace, jobs: Jobs) -> None:
    web = Web(workspace)
    with web.served() as server:
        job_id = web.asks("/v1/runs", {"kind": "run"})["jobID"]
        wait_for(lambda: web.asks(f"/v1/jobs/{job_id}")["status"] == "running")
        server.kill()
        server.wait()
    assert has_worker(workspace)
    with web.served():
        wait_for(lambda: web.asks(f"/v1/jobs/{job_id}")["status"] == "successful")
        run_id = jobs.find(job_id).run_id
        assert web.asks(f"/v1/runs/{run_id}")["id"] == run_id
        assert jobs.find(job_id).starts == 1


@pytest.mark.slow
def test_the_web_shows_a_new_run_without_a_restart_and_replaces_a_killed_worker(
    workspace: Workspace, jobs: Jobs
) -> None:
    web = Web(workspace)
    with web.served():
        assert web.asks("/v1/runs")["runs"] == []
        assert not has_worker(workspace)  # none before there is work
        job_id = web.asks("/v1/runs", {"kind": "run"})["jobID"]
        wait_for(lambda: jobs.find(job_id).status == "running")
        os.kill(int((workspace.path / "worker.lock").read_text()), signal.SIGKILL)
        wait_for(lambda: web.asks(f"/v1/jobs/{job_id}")["status"] == "successful")
        assert jobs.find(job_id).starts == 2
        assert [each["id"] for each in web.asks("/v1/runs")["runs"]] == [jobs.find(job_id).run_id]


@pytest.mark.slow
def test_no_worker_comes_where_none_is_wanted(workspace: Workspace, jobs: Jobs) -> None:
    web = Web(workspace)
    with web.served("--no-worker"):
        job_id = web.asks("/v1/runs", {"kind": "run"})["jobID"]
        time.sleep(3)
        assert jobs.find(job_id).status == "accepted"
        assert not (workspace.path / "worker.lock").exists()


# ---------------------------------------------------------------- how far it is
def test_progress_never_falls_and_never_says_done_too_early() -> None:
    meter = Meter()
    steps = [("reading deliveries", 0, 0), ("hotspots of a", 1, 4), ("scan of a", 999, 999)]
    steps += [("hotspots of b", 3, 4), ("hotspots of a", 0, 4), ("freezing the run", 5, 1)]
    told = [meter(*each) for each in steps]
    assert told == sorted(told)
    assert told[1] == 30  # a quarter of the way from 10 to 90
    assert told[2] == told[1]
    assert max(told) < 100


def test_every_stage_lies_within_the_whole() -> None:
    assert all(0 <= each.first <= each.last < 100 for each in STAGES)
    for number, stage in enumerate(STAGES):  # none hides a later one
        assert not any(stage.begins.startswith(each.begins) for each in STAGES[:number])
