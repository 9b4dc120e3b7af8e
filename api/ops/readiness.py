"""Whether the server can do its work: asked by whatever sends it visitors.

The answer says yes or no. Why not is for whoever runs it, and stands in the log.
"""

import logging
import os
from collections.abc import Callable
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic

from api.register.opened import Opening
from hotspots.errors import HotspotsError, Problem, problem_of_system
from hotspots.pipeline.work.lock import has_worker
from hotspots.store.jobs import Jobs
from hotspots.store.workspace import Workspace, open_workspace

_KEPT_S = 2.0
"""How long an answer holds: whoever asks without end does not keep the disk busy."""

_LEAST_FREE_BYTES = 200_000_000

_log = logging.getLogger(__name__)


class Readiness:
    """Looks at what the server needs, at most once in two seconds; logs what changes.

    Parameters
    ----------
    workspace
        Which is served.
    register
        Its decisions.
    clock
        Returns seconds that only go up; an argument for the tests.
    """

    def __init__(
        self, workspace: Workspace, register: Opening, clock: Callable[[], float] = monotonic
    ) -> None:
        self._workspace = workspace
        self._register = register
        self._clock = clock
        self._lock = Lock()
        self._until = 0.0
        self._ready = False
        self._said: dict[str, str | None] = {}

    def is_ready(self) -> bool:
        """Tell whether all is well that must be; a worker that is away is only logged."""
        with self._lock:
            if self._clock() >= self._until:
                required = [
                    self._look(name, check, logging.ERROR) for name, check in self._required()
                ]
                self._look("worker", self._worker, logging.WARNING)
                self._ready = all(required)
                self._until = self._clock() + _KEPT_S
            return self._ready

    def _required(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("workspace", self._read_workspace),
            ("disk", self._write_disk),
            ("register", self._read_register),
        )

    def _look(self, name: str, check: Callable[[], None], level: int) -> bool:
        """Make one check; log it when it turned out otherwise than the time before."""
        reason: str | None = None
        try:
            check()
        except HotspotsError as refusal:
            reason = " ".join(f"{each.rule} {each.remedy}" for each in refusal.problems)
        except OSError as error:
            problem = problem_of_system(error)
            reason = f"{problem.rule} {problem.remedy}"
        if reason != self._said.get(name):
            self._said[name] = reason
            _log.log(level if reason else logging.INFO, "%s: %s", name, reason or "well again")
        return reason is None

    def _read_workspace(self) -> None:
        open_workspace(self._workspace.path)
        if self._workspace.runs.exists():
            next(self._workspace.runs.iterdir(), None)

    def _write_disk(self) -> None:
        with TemporaryFile(dir=self._workspace.path) as file:
            file.write(b"ready")
            file.flush()
        room = os.statvfs(self._workspace.path)
        if room.f_bavail * room.f_frsize < _LEAST_FREE_BYTES:
            raise HotspotsError(
                Problem("The disk is almost full.", "Free some space: runs are written to it.")
            )

    def _read_register(self) -> None:
        self._register.register().head()

    def _worker(self) -> None:
        if Jobs(self._workspace).open_jobs() and not has_worker(self._workspace):
            raise HotspotsError(
                Problem("Runs are waited for and there is no worker.", "Start: hotspots worker.")
            )
