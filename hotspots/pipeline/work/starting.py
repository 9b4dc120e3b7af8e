"""A worker that comes when there is work: started beside a server, and outliving it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from hotspots.pipeline.work.lock import has_worker
from hotspots.store.jobs import Jobs
from hotspots.store.workspace import Workspace

_LOOK_EVERY_S = 1.0
_LONGEST_PAUSE_S = 300.0
_IDLE_S = 60
_LONGEST_LOG = 1_000_000


@contextmanager
def worker_when_needed(workspace: Workspace) -> Iterator[None]:
    """Start a worker whenever there is work and none is at it, until the block ends.

    The worker has a session of its own: it finishes its work when the server stops, and ends a
    minute after the last job. One that ends at once is started again ever more slowly.
    """
    done = Event()
    thread = Thread(target=_watch, args=(workspace, done), daemon=True, name="worker-watch")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _watch(workspace: Workspace, done: Event) -> None:
    pause, started = _LOOK_EVERY_S, None
    while not done.wait(pause):
        if not Jobs(workspace).open_jobs() or has_worker(workspace):
            pause = _LOOK_EVERY_S
        elif started is None or started.poll() is not None:
            started = start_worker(workspace)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


def start_worker(workspace: Workspace) -> "subprocess.Popen[bytes]":
    """Start a worker that ends when it has been idle for a minute; it writes ``worker.log``."""
    path = workspace.path / "worker.log"
    is_long = path.exists() and path.stat().st_size > _LONGEST_LOG
    with path.open("wb" if is_long else "ab") as log:
        path.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "hotspots.cli", "worker"),
                *("--workspace", str(workspace.path), "--idle-seconds", str(_IDLE_S)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
