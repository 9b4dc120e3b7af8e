"""The audit trail of the register: ``hotspots audit``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli.database import opened_register
from hotspots.cli.options import WorkspaceOption
from hotspots.errors import InputRefused, Problem, RegisterRefused

audit = typer.Typer(help="Look after the audit trail of the register.", no_args_is_help=True)

AnchorsOption = Annotated[
    Path | None,
    typer.Option("--anchors", metavar="FILE", help="Heads of before, a line for each day."),
]


@audit.command()
def verify(
    workspace: WorkspaceOption,
    anchor: Annotated[
        str, typer.Option(metavar="HASH", help="A head of before, from a dossier or an export.")
    ] = "",
    anchors: AnchorsOption = None,
) -> None:
    """Look whether the register was changed from outside, or cut off since its anchors."""
    from hotspots.store.register.anchors import read_anchors

    known = read_anchors(anchors) if anchors is not None else []
    with opened_register(workspace) as register:
        found = register.verify(anchor or None, anchors=known)
        seq, head = register.head()
    if found:
        raise RegisterRefused(found)
    since = " since the anchor" if anchor else ""
    if anchors is not None:
        since = f" since each of {len(known)} anchors"
    typer.echo(f"{seq} entries, unchanged{since}. Head {head}.")


@audit.command()
def export(
    workspace: WorkspaceOption,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="New file of JSON lines; printed if absent.")
    ] = None,
    anchors: AnchorsOption = None,
) -> None:
    """Write the audit trail, or with --anchors add the head of today to a file of heads."""
    if anchors is not None:
        if to is not None:
            raise InputRefused(Problem("One export at a time.", "Give one of --to and --anchors."))
        _add_today(workspace, anchors)
        return
    with opened_register(workspace) as register:
        trail = register.trail()
    lines = [entry.model_dump_json() for entry in trail]
    if to is None:
        for line in lines:
            typer.echo(line)
        return
    _write_new(to, "".join(f"{line}\n" for line in lines))
    head = trail[-1].hash if trail else "none"
    typer.echo(f"{len(trail)} entries in {to}. Head {head}.")


def _add_today(workspace: Path, path: Path) -> None:
    """Add the head of today, once the trail holds against every head of before."""
    from hotspots.store.register.anchors import Anchor, add_anchor, read_anchors

    earlier = read_anchors(path) if path.exists() else []
    with opened_register(workspace) as register:
        seq, head = register.head()
        found = register.verify(head, anchors=earlier)
    if found:
        raise RegisterRefused(found)
    today = Anchor(datetime.now().astimezone().date(), seq, head)
    added = add_anchor(path, today, earlier)
    what = "added to" if added else "stands in"
    typer.echo(f"Entry {seq} {what} {path}, unchanged since {len(earlier)} anchors. Head {head}.")


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet: an earlier export is never written over."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise InputRefused(
            Problem(
                "There is a file already, which may be the only proof of what was.",
                "Choose another name, such as one with the date.",
                file=str(path),
            )
        ) from None
