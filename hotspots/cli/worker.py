"""The process that makes the runs people ask for in the web: ``hotspots worker``."""

import signal
from threading import Event
from typing import Annotated

import typer

from hotspots.cli.database import database_url
from hotspots.cli.options import WorkspaceOption


def worker(
    workspace: WorkspaceOption,
    idle_seconds: Annotated[
        float | None,
        typer.Option(min=0, help="End after so many seconds without work; never when absent."),
    ] = None,
) -> None:
    """Make the runs that are asked for in the web, one by one, until stopped."""
    from hotspots.pipeline.work.worker import work
    from hotspots.store.workspace import open_workspace

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    work(
        open_workspace(workspace.resolve()),
        database=database_url(),
        idle_seconds=idle_seconds,
        stopping=stopping,
        say=typer.echo,
    )
