"""Results and designations for QGIS: ``hotspots publish``."""

from datetime import datetime
from typing import Annotated

import typer

from hotspots.cli.acting import OnOption
from hotspots.cli.database import opened_register
from hotspots.cli.options import WorkspaceOption


def publish(
    workspace: WorkspaceOption,
    to: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Such as postgresql://USER@HOST/DATABASE.")
    ],
    run_id: Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id.")] = "latest",
    on: OnOption = None,
) -> None:
    """Write areas, hotspots and designations as tables into PostGIS, in a schema of their own."""
    from hotspots.pipeline.publishing import tables_of
    from hotspots.store.postgis.address import address_of
    from hotspots.store.postgis.writing import SCHEMA
    from hotspots.store.postgis.writing import publish as write
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    address = address_of(to)
    run = open_run(open_workspace(workspace), run_id)
    day = (on or datetime.now().astimezone()).date()
    with opened_register(workspace) as register:
        tables = tables_of(run, register, on=day)
    write(address, tables)
    told = ", ".join(f"{len(each.rows)} {each.name}" for each in tables)
    typer.echo(f"{told} of run {run.record.id} in {SCHEMA} of {address.told()}.")
