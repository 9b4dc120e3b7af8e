"""The audit trail of the register: ``hotspots audit``."""

from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli.database import opened_register
from hotspots.cli.options import WorkspaceOption
from hotspots.errors import RegisterRefused

audit = typer.Typer(help="Look after the audit trail of the register.", no_args_is_help=True)


@audit.command()
def verify(
    workspace: WorkspaceOption,
    anchor: Annotated[
        str, typer.Option(metavar="HASH", help="A head of before, from a dossier or an export.")
    ] = "",
) -> None:
    """Look whether the register was changed from outside, or cut off since an anchor."""
    with opened_register(workspace) as register:
        found = register.verify(anchor or None)
        seq, head = register.head()
    if found:
        raise RegisterRefused(found)
    typer.echo(f"{seq} entries, unchanged{' since the anchor' if anchor else ''}. Head {head}.")


@audit.command()
def export(
    workspace: WorkspaceOption,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON lines; printed when absent.")
    ] = None,
) -> None:
    """Write the audit trail; keep its last hash outside the database, as an anchor."""
    from hotspots.store.workspace import write_whole

    with opened_register(workspace) as register:
        trail = register.trail()
    lines = [entry.model_dump_json() for entry in trail]
    if to is None:
        for line in lines:
            typer.echo(line)
        return
    write_whole(to, "".join(f"{line}\n" for line in lines))
    head = trail[-1].hash if trail else "none"
    typer.echo(f"{len(trail)} entries in {to}. Head {head}.")
