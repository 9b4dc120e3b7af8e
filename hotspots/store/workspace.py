"""A workspace: one folder that holds a municipality's deliveries and runs.

::

    DIR/workspace.json              name, CRS, whether it is a demo
    DIR/deliveries/ID/              delivery.json, facts.parquet, rejects.parquet
    DIR/runs/ID/                    run.json, one Parquet file per result
    DIR/purged.jsonl                what was deleted, when and why

A folder below ``deliveries`` or ``runs`` is either whole or absent: it is written beside its
place and renamed, under one lock per workspace. Whatever a killed process left behind is swept
away by the next writer.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hotspots.crs import metric_crs
from hotspots.errors import Problem, WorkspaceRefused, problem_of_system

_FORMAT = 1
_STAGING = ".staging-"
_PATIENCE_S = 20.0  # a writer stores what is worked out already: seconds, not minutes
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened workspace; `crs` is projected and in metres."""

    path: Path
    name: str
    crs: str
    demo: bool

    @property
    def deliveries(self) -> Path:
        """Folder with one folder per delivery."""
        return self.path / "deliveries"

    @property
    def runs(self) -> Path:
        """Folder with one folder per run."""
        return self.path / "runs"


class _Settings(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    format: int
    name: str
    crs: str
    demo: bool


def init_workspace(path: Path, *, name: str, crs: str, demo: bool = False) -> Workspace:
    """Make a workspace in `path`; one that is there already with the same settings is kept.

    Raises
    ------
    WorkspaceRefused
        When `path` holds something else, or a workspace with other settings.
    InputRefused
        When `crs` is not a projected CRS in metres.
    """
    wanted = Workspace(path, name, metric_crs(crs), demo)
    if (path / "workspace.json").exists():
        found = open_workspace(path)
        if found != wanted:
            raise WorkspaceRefused(
                Problem(
                    f"Here is a workspace with other settings ({found.name}, {found.crs}).",
                    "Choose another folder, or give the same --name and --crs.",
                    file=str(path),
                )
            )
        return found
    if path.exists() and (not path.is_dir() or any(_visible(path))):
        raise WorkspaceRefused(
            Problem(
                "A workspace is made in a new or an empty folder.",
                "Choose another folder.",
                file=str(path),
            )
        )
    path.mkdir(parents=True, exist_ok=True)
    settings = _Settings(format=_FORMAT, name=name, crs=crs, demo=demo)
    write_whole(path / "workspace.json", settings.model_dump_json(indent=1) + "\n")
    return wanted


def open_workspace(path: Path) -> Workspace:
    """Open the workspace in `path`.

    Raises
    ------
    WorkspaceRefused
        When there is none, or its settings cannot be read.
    """
    try:
        content = (path / "workspace.json").read_bytes()
        settings = _Settings.model_validate_json(content)
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceRefused(
            Problem(
                "There is no workspace in this folder.",
                "Make one first with: hotspots init DIR.",
                file=str(path),
            )
        ) from None
    except ValidationError:
        raise WorkspaceRefused(
            Problem(
                "The settings of this workspace cannot be read.",
                "Restore workspace.json from a backup.",
                file=str(path / "workspace.json"),
            )
        ) from None
    if settings.format != _FORMAT:
        raise WorkspaceRefused(
            Problem(
                f"This workspace has format {settings.format}; this program reads {_FORMAT}.",
                "Use the version of hotspots that made it.",
                file=str(path),
            )
        )
    return Workspace(path, settings.name, settings.crs, settings.demo)


def _visible(path: Path) -> Iterator[Path]:
    """Yield what stands in a folder, but for what an interrupted `init` may have left."""
    return (entry for entry in path.iterdir() if not entry.name.startswith(".workspace.json"))


@contextmanager
def writing(workspace: Workspace, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Hold the workspace's write lock, after sweeping away what a killed writer left behind.

    Parameters
    ----------
    patience_s
        How long to wait, in seconds, for another process that is writing.

    Raises
    ------
    WorkspaceRefused
        When another process is still writing by then, or the folder may not be written.
    """
    try:
        handle = os.open(workspace.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise WorkspaceRefused(problem_of_system(error, workspace.path)) from None
    try:
        if not _locked(handle, patience_s):
            raise WorkspaceRefused(
                Problem(
                    "Another process is writing to this workspace.",
                    "Wait until it has finished, then try again.",
                    file=str(workspace.path),
                )
            )
        for room in (workspace.deliveries, workspace.runs):
            for leftover in room.glob(f"{_STAGING}*"):
                shutil.rmtree(leftover)
        yield
    finally:
        os.close(handle)


def _locked(handle: int, patience_s: float) -> bool:
    """Take the lock of an opened file, waiting for whoever has it; tell whether it was taken."""
    give_up_at = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(_POLL_S)
        else:
            return True


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Yield a folder to fill; it takes its place at `target` whole, or not at all.

    Only to be used while :func:`writing`.
    """
    staging = target.with_name(f"{_STAGING}{target.name}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
        for file in staging.iterdir():
            _sync(file)
        _sync(staging)
        staging.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path` such that a reader sees the old content or the new, never a part."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    _sync(beside)
    beside.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
