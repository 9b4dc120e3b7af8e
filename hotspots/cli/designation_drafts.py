"""What is written before the decision: draft, amend, ask-advice."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from hotspots.pipeline.designations import Drawn
    from hotspots.policy import Policy


def drawn_of(workspace: Path, file: Path, policy: "Policy") -> "Drawn":
    """Return what a file says, with the area that it names."""
    from hotspots.pipeline.designations import drawn
    from hotspots.store.workspace import open_workspace

    return drawn(open_workspace(workspace), content_of(file), file, policy)


def draft(
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write a draft from a file."""
    from hotspots.decisions.designations import draft as write
    from hotspots.policy import load_policy

    by, rules = acting(actor, role, reason, on), load_policy(policy)
    area, streets, content = drawn_of(workspace, file, rules)
    with opened_register(workspace) as register:
        made = write(register, content, by, rules, area=area, streets=streets, file=file.name)
    tell(made, f"{made.name}, {made.state}", output)


def amend(
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
    """Change a draft, or what is kept up after the decision: signs, live viewing, police, DPIA."""
    from hotspots.decisions.designations import amend as write
    from hotspots.policy import load_policy

    by, rules = acting(actor, role, reason, on), load_policy(policy)
    area, streets, content = drawn_of(workspace, file, rules)
    with opened_register(workspace) as register:
        made = write(register, id_, content, by, rules, area=area, streets=streets, file=file.name)
    tell(made, f"changed, {made.state}", output)


def ask_advice(
    id_: IdArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    of: Annotated[str, typer.Option(metavar="WHOM", help="Who is asked.")] = "",
    summary: Annotated[
        str, typer.Option(metavar="TEXT", help="The advice that was given, instead of asking.")
    ] = "",
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Ask advice on a draft with --of, or write down with --summary what was advised."""
    from hotspots.decisions.designations import ask_advice as ask
    from hotspots.decisions.designations import receive_advice
    from hotspots.errors import InputRefused, Problem

    if bool(of) == bool(summary):
        raise InputRefused(
            Problem("Advice is either asked or given.", "Give one of --of and --summary.")
        )
    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = ask(register, id_, of, by) if of else receive_advice(register, id_, summary, by)
    tell(made, f"advice {'asked of ' + of if of else 'given'}", output)
