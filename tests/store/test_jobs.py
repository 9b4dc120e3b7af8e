"""Jobs: whatever several processes do at once, each job has one course."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import JobRefused, NotFound, Problem, QueueFull, WorkspaceRefused
from hotspots.store import jobs as store
from hotspots.store.jobs import MOST_STARTS, MOST_WAITING, Job, Jobs
from hotspots.store.workspace import Workspace, init_workspace

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=7)
TROUBLE = Problem("There is no ground.", "Take some in.", value="niets")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


@pytest.fixture
def jobs(workspace: Workspace) -> Jobs:
    return Jobs(workspace)


def ask(jobs: Jobs, by: str = "A. de Vries", key: str | None = None, **request: str) -> Job:
    return jobs.ask("run", {**request}, {"target": {}}, asked_by=by, at=AT, key=key)


def test_a_job_from_asking_to_its_run(jobs: Jobs) -> None:
    asked = ask(jobs, until="2025-12-31")
    assert (asked.status, asked.progress, asked.started_at) == ("accepted", 0, None)
    taken = jobs.take(at=LATER)
    assert taken is not None
    assert (taken.id, taken.status, taken.started_at) == (asked.id, "running", LATER)
    assert taken.request == {"until": "2025-12-31"}
    assert jobs.policy_of(asked.id) == {"target": {}}
    jobs.tell(asked.id, progress=40, step="hotspots of burglary", at=LATER)
    assert (jobs.find(asked.id).progress, jobs.find(asked.id).step) == (40, "hotspots of burglary")
    jobs.succeed(asked.id, run_id="2025-abc", at=LATER)
    ended = jobs.find(asked.id)
    assert (ended.status, ended.progress, ended.run_id) == ("successful", 100, "2025-abc")
    assert (ended.finished_at, ended.asked_by) == (LATER, "A. de Vries")


def test_jobs_are_taken_in_the_order_of_asking(jobs: Jobs) -> None:
    ids = [ask(jobs).id for _ in range(5)]
    assert [each.id for each in jobs.open_jobs()] == ids
    assert [job.id for _ in ids if (job := jobs.take(at=AT))] == ids
    assert jobs.take(at=AT) is None
    assert [each.id for each in jobs.newest()] == ids[::-1]


def test_what_failed_tells_its_problems_whole(jobs: Jobs) -> None:
    job = ask(jobs)
    jobs.take(at=AT)
    jobs.fail(job.id, [TROUBLE, TROUBLE], at=LATER)
    assert jobs.find(job.id).problems == [TROUBLE, TROUBLE]
    assert jobs.newest(status="failed")[0].id == job.id
    assert jobs.newest(status="successful") == []


def test_a_waiting_job_is_dismissed_at_once_and_never_taken(jobs: Jobs) -> None:
    job = ask(jobs)
    assert jobs.dismiss(job.id, at=LATER).status == "dismissed"
    assert jobs.take(at=LATER) is None


def test_a_running_job_is_asked_to_stop_and_dropped_by_the_worker(jobs: Jobs) -> None:
    job = ask(jobs)
    jobs.take(at=AT)
    asked = jobs.dismiss(job.id, at=LATER)
    assert (asked.status, asked.stop_asked) == ("running", True)
    assert jobs.dismiss(job.id, at=LATER).stop_asked  # again is no error
    jobs.drop(job.id, at=LATER)
    assert jobs.find(job.id).status == "dismissed"


ENDINGS: dict[str, Callable[[Jobs, str], None]] = {
    "successful": lambda jobs, job_id: jobs.succeed(job_id, run_id="2025-abc", at=AT),
    "failed": lambda jobs, job_id: jobs.fail(job_id, [TROUBLE], at=AT),
    "dismissed": lambda jobs, job_id: jobs.drop(job_id, at=AT),
}


@pytest.mark.parametrize("first", ENDINGS)
def test_an_ended_job_never_changes_again(first: str, jobs: Jobs) -> None:
    job = ask(jobs)
    jobs.take(at=AT)
    ENDINGS[first](jobs, job.id)
    ended = jobs.find(job.id)
    with pytest.raises(JobRefused):
        jobs.dismiss(job.id, at=LATER)
    for end in ENDINGS.values():
        end(jobs, job.id)
    jobs.tell(job.id, progress=1, step="x", at=LATER)
    jobs.give_back(job.id, at=LATER)
    jobs.adopt_orphans(at=LATER)
    assert jobs.find(job.id) == ended


def test_what_a_stopped_worker_gives_back_is_as_if_never_started(jobs: Jobs) -> None:
    job = ask(jobs)
    for _ in range(3 * MOST_STARTS):
        assert jobs.take(at=AT) is not None
        jobs.give_back(job.id, at=LATER)
    given = jobs.find(job.id)
    assert (given.status, given.starts, given.started_at) == ("accepted", 0, None)


def test_what_a_killed_worker_left_starts_once_more_and_then_fails_with_the_reason(
    jobs: Jobs,
) -> None:
    job, stopped = ask(jobs), ask(jobs)
    jobs.take(at=AT)
    jobs.adopt_orphans(at=LATER)
    assert jobs.find(job.id).status == "accepted"
    assert jobs.take(at=AT)
    jobs.adopt_orphans(at=LATER)
    assert jobs.find(job.id).status == "failed"
    assert "killed twice" in jobs.find(job.id).problems[0].rule
    jobs.take(at=AT)
    jobs.dismiss(stopped.id, at=AT)
    jobs.adopt_orphans(at=LATER)
    assert jobs.find(stopped.id).status == "dismissed"


def test_no_more_wait_than_may(jobs: Jobs) -> None:
    for _ in range(MOST_WAITING):
        ask(jobs)
    with pytest.raises(QueueFull, match="20 calculations are waiting"):
        ask(jobs)
    jobs.take(at=AT)  # what runs does not wait
    ask(jobs)


def test_a_key_asked_twice_is_one_job_and_belongs_to_one_person(jobs: Jobs) -> None:
    first = ask(jobs, key="k1", until="2025-12-31")
    assert ask(jobs, key="k1", until="2025-12-31").id == first.id
    assert ask(jobs, by="B. Bakker", key="k1", until="2025-12-31").id != first.id
    assert ask(jobs, until="2025-12-31").id != ask(jobs, until="2025-12-31").id
    with pytest.raises(JobRefused, match="something else"):
        ask(jobs, key="k1", until="2024-12-31")


def test_jobs_are_counted_by_status(jobs: Jobs) -> None:
    assert jobs.counts() == {}
    for _ in range(3):
        ask(jobs)
    jobs.take(at=AT)
    assert jobs.counts() == {"accepted": 2, "running": 1}


def test_only_the_oldest_ended_jobs_are_forgotten(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_ENDED", 3)
    ids = []
    for _ in range(6):
        job = ask(jobs)
        jobs.take(at=AT)
        jobs.succeed(job.id, run_id="2025-abc", at=AT)
        ids.append(job.id)
    waiting = ask(jobs)
    assert [each.id for each in jobs.newest()] == [waiting.id, *ids[:2:-1]]
    with pytest.raises(NotFound):
        jobs.find(ids[0])


def test_looking_makes_no_file(jobs: Jobs, workspace: Workspace) -> None:
    assert (jobs.newest(), jobs.open_jobs(), jobs.take(at=AT)) == ([], [], None)
    with pytest.raises(NotFound):
        jobs.find("x")
    assert not (workspace.path / "jobs.sqlite").exists()


def test_the_file_is_for_its_owner_alone(jobs: Jobs, workspace: Workspace) -> None:
    ask(jobs)
    assert (workspace.path / "jobs.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_refused_in_words(jobs: Jobs, workspace: Workspace) -> None:
    (workspace.path / "jobs.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(WorkspaceRefused, match="file with jobs cannot be read"):
        jobs.open_jobs()
    with pytest.raises(WorkspaceRefused, match="file with jobs cannot be read"):
        ask(jobs)


@pytest.mark.parametrize("text", ["'; DROP TABLE jobs; --", '" OR 1=1', "\x00", "é" * 500])
def test_names_are_only_ever_values(text: str, jobs: Jobs) -> None:
    job = ask(jobs, by=text, key=text)
    assert jobs.find(job.id).asked_by == text
    with pytest.raises(NotFound):
        jobs.dismiss(text, at=AT)


def test_many_at_once_lose_nothing_and_take_each_job_once(workspace: Workspace) -> None:
    """Sixteen ask, each with a connection of its own, on a file that is not there yet."""
    with ThreadPoolExecutor(16) as pool:
        asked = set(pool.map(lambda at: ask(Jobs(workspace), by=f"P{at}").id, range(16)))
        taken = list(pool.map(lambda _: Jobs(workspace).take(at=AT), range(40)))
    assert len(asked) == 16
    assert sorted(job.id for job in taken if job) == sorted(asked)
    with sqlite3.connect(workspace.path / "jobs.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


STEPS = ("ask", "take", "tell", "succeed", "fail", "drop", "give_back", "dismiss", "adopt")
ARROWS = {
    "accepted": {"running", "dismissed"},
    "running": {"accepted", "successful", "failed", "dismissed"},
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), max_size=25))
def test_no_order_of_events_leaves_the_course_of_a_job(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("course") / "ws"
    jobs = Jobs(init_workspace(path, name="Proefstad", crs="EPSG:28992"))
    ids: list[str] = []
    before: dict[str, Job] = {}
    for step, which in steps:
        job_id = ids[which % len(ids)] if ids else "none"
        try:
            if step == "ask":
                ids.append(ask(jobs).id)
            elif step == "take":
                jobs.take(at=AT)
            elif step == "tell":
                jobs.tell(job_id, progress=50, step="plan", at=AT)
            elif step == "dismiss":
                jobs.dismiss(job_id, at=AT)
            elif step == "give_back":
                jobs.give_back(job_id, at=AT)
            elif step == "adopt":
                jobs.adopt_orphans(at=AT)
            elif ids:
                ENDINGS[{"succeed": "successful", "fail": "failed"}.get(step, "dismissed")](
                    jobs, job_id
                )
        except (JobRefused, NotFound):
            pass
        after = {each.id: each for each in jobs.newest()}
        assert before.keys() <= after.keys()
        for job in after.values():
            was = before.get(job.id)
            if was is not None and was.status != job.status:
                assert job.status in ARROWS[was.status]
            assert (job.finished_at is None) == job.is_open
            assert (job.run_id is not None) == (job.status == "successful")
            assert bool(job.problems) == (job.status == "failed")
            assert 0 <= job.starts <= MOST_STARTS
        before = after
