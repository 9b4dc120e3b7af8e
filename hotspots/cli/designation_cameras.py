"""Cameras, reviews and signals of a designation: place, move, remove, review, answer."""

from enum import StrEnum
from typing import Annotated

import typer

from hotspots.cli.acting import (
    ActorOption,
    FileArgument,
    IdArgument,
    OnOption,
    ReasonOption,
    RoleOption,
    Shape,
    ShapeOption,
    acting,
    content_of,
    tell,
)
from hotspots.cli.database import opened_register
from hotspots.cli.options import PolicyOption, WorkspaceOption

PlacementArgument = Annotated[str, typer.Argument(metavar="ID", help="A placement.")]


class AnswerName(StrEnum):
    """Answers; the same as :data:`hotspots.register.Answer`, for the command line."""

    withdraw = "withdraw"
    dismiss = "dismiss"


def place(
    id_: IdArgument,
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Place a camera in a designated area."""
    from hotspots.decisions.placements import place as write
    from hotspots.policy import load_policy

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, content_of(file), by, load_policy(policy), file=file.name)
    tell(made, f"camera {made.camera} in {id_}, {made.start} to {made.end}", output)


def move(
    id_: PlacementArgument,
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Move a camera; what it sees from its new spot is written anew."""
    from hotspots.decisions.placements import move as write
    from hotspots.policy import load_policy

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, content_of(file), by, load_policy(policy), file=file.name)
    tell(made, f"camera {made.camera} moved to {made.x_m:.1f}, {made.y_m:.1f}", output)


def remove(
    id_: PlacementArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Take a camera away."""
    from hotspots.decisions.placements import remove as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, by)
    tell(made, f"camera {made.camera} stood until {made.end}", output)


def review(
    id_: IdArgument,
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down a review: figures of a run, and what professionals found."""
    from hotspots.decisions.demands import is_complete
    from hotspots.decisions.reviews import review as write
    from hotspots.pipeline.designations import with_run
    from hotspots.store.workspace import open_workspace

    by = acting(actor, role, reason, on)
    content = with_run(open_workspace(workspace), content_of(file))
    with opened_register(workspace) as register:
        made = write(register, id_, content, by, file=file.name)
    sources = "both sources" if is_complete(made) else "one source only: no ground to extend"
    tell(made, f"review of {id_}, advice {made.advice}, {sources}", output)


def answer(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A signal.")],
    name: Annotated[AnswerName, typer.Argument(metavar="ANSWER", help="withdraw or dismiss.")],
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Answer a signal: withdraw the designation at once, or dismiss it for the reason given."""
    from hotspots.decisions.signals import answer as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, name.value, by)
    tell(made, f"{made.answer} ({made.designation})", output)
