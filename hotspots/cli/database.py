"""The register's database: ``hotspots backup``, ``restore`` and ``migrate``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import WorkspaceOption
from hotspots.errors import Problem, RegisterRefused, problem_of_system

if TYPE_CHECKING:
    from hotspots.store.register.register import Register

DATABASE_URL = "HOTSPOTS_DATABASE_URL"
"""Environment variable with the address of the register's database."""


def database_url() -> str | None:
    """Return the address of the register's database; none for a file in the workspace.

    Raises
    ------
    RegisterRefused
        When a file is named that should hold the address, and it cannot be read.
    """
    file = os.environ.get(f"{DATABASE_URL}_FILE")
    if not file:
        return os.environ.get(DATABASE_URL) or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise RegisterRefused(problem_of_system(error, Path(file))) from None


def opened_register(workspace: Path) -> "Register":
    """Open the register of a workspace, in its file or in the database of the environment."""
    from hotspots.store.register.register import open_register
    from hotspots.store.workspace import open_workspace

    return open_register(open_workspace(workspace), database_url())


def backup(
    workspace: WorkspaceOption,
    to: Annotated[Path, typer.Option(metavar="FILE", help="Such as register.jsonl.")],
) -> None:
    """Write the whole register to one file."""
    from hotspots.store.register.backup import backup as write_backup

    with opened_register(workspace) as register:
        header = write_backup(register, to)
    typer.echo(f"{header.seq} entries of the register in {to}, head {header.head}.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of a register.")],
    workspace: WorkspaceOption,
) -> None:
    """Put a backup into the empty register of a workspace."""
    from hotspots.store.register.backup import restore as read_backup

    with opened_register(workspace) as register:
        header = read_backup(file, register)
    typer.echo(f"{header.seq} entries restored from {file}, head {header.head}.")


def migrate(
    workspace: WorkspaceOption,
    schema: Annotated[
        str, typer.Option(metavar="SCHEMA", help="Such as 0001; the newest when absent.")
    ] = "",
) -> None:
    """Bring the register to the schema of this program, or back to an older one."""
    from hotspots.store.register.engine import connect
    from hotspots.store.register.engine import migrate as bring
    from hotspots.store.register.migrations import REVISIONS
    from hotspots.store.workspace import open_workspace

    wanted = schema or REVISIONS[-1]
    if wanted not in REVISIONS:
        raise RegisterRefused(
            Problem(
                "There is no such schema.", f"Choose one of: {', '.join(REVISIONS)}.", value=schema
            )
        )
    database = connect(open_workspace(workspace), database_url())
    try:
        found = bring(database, to=wanted)
    finally:
        database.engine.dispose()
    was = "already" if found == wanted else f"after {found or 'nothing'}"
    typer.echo(f"The register has schema {wanted}, {was}.")
