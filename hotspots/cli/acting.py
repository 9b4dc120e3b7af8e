"""Who acts and why: options that every command which changes the register shares."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hotspots.errors import InputRefused

if TYPE_CHECKING:
    from hotspots.decisions.acting import Acting
    from hotspots.register import Record


class RoleName(StrEnum):
    """Roles; the same as :data:`hotspots.register.Role`, for the command line."""

    analyst = "analyst"
    planner = "planner"
    triangle = "triangle"
    mayor_office = "mayor_office"
    board = "board"
    vlo = "vlo"
    public = "public"


class Shape(StrEnum):
    """How records are printed."""

    table = "table"
    json = "json"


ActorOption = Annotated[str, typer.Option("--actor", metavar="NAME", help="Who does it.")]
RoleOption = Annotated[RoleName, typer.Option("--role", help="In which role.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
OnOption = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Day on which it was done; else today."),
]
ShapeOption = Annotated[Shape, typer.Option("--format", help="How to print it.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A designation.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="TOML file, see the README.")]


def acting(actor: str, role: RoleName, reason: str, on: datetime | None) -> "Acting":
    """Return who acts, by the clock and the zone of this machine."""
    from hotspots.decisions.acting import Acting

    now = datetime.now().astimezone()
    return Acting(actor=actor, role=role.value, reason=reason, at=now, on=(on or now).date())


def content_of(file: Path) -> dict[str, Any]:
    """Return what a person wrote in a TOML file."""
    from hotspots.textfiles import read_toml

    remedy = "See the example of this file in the README."
    return read_toml(file, refusal=InputRefused, remedy=remedy)


def tell(record: "Record", what: str, shape: Shape) -> None:
    """Print what was written: a line, or the whole record."""
    if shape is Shape.json:
        typer.echo(record.model_dump_json(indent=1))
    else:
        typer.echo(f"{record.id}: {what} (version {record.version}).")


def as_json(content: object) -> str:
    """Return dated content as JSON text."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)
