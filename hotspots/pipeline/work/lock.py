"""One worker a workspace: a lock that ends with the last process that holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.store.workspace import Workspace

_NAME = "worker.lock"
_PATIENCE_S = 1.0


@contextmanager
def only_worker(workspace: Workspace) -> Iterator[int]:
    """Hold the worker's lock; yield its handle, for whatever process works in the worker's name.

    The file holds the worker's process id.

    Raises
    ------
    WorkspaceRefused
        When another worker holds it.
    """
    handle = os.open(workspace.path / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(handle):
            raise WorkspaceRefused(
                Problem(
                    "Another worker is at work in this workspace.",
                    "One is enough: it takes every calculation that is asked for.",
                    file=str(workspace.path),
                )
            )
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield handle
    finally:
        os.close(handle)


def has_worker(workspace: Workspace) -> bool:
    """Tell whether a worker, or what it left at work, holds the lock."""
    try:
        handle = os.open(workspace.path / _NAME, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Take the lock, also when somebody looks at it just now."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True
