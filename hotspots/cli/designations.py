"""Designated areas: ``hotspots designations``, its decisions here, the rest beside it."""

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
from hotspots.cli.designation_cameras import answer, move, place, remove, review
from hotspots.cli.designation_drafts import amend, ask_advice, draft, drawn_of
from hotspots.cli.designation_lists import checklist, due, list_, show, signals
from hotspots.cli.options import PolicyOption, WorkspaceOption

designations = typer.Typer(
    help="Designated areas: draft, decide, publish, extend, shrink, withdraw.",
    no_args_is_help=True,
)
designations.command("list")(list_)
designations.command("ask-advice")(ask_advice)
for command in (
    show, checklist, due, signals, draft, amend, place, move, remove, review, answer,
):  # fmt: skip
    designations.command()(command)


class MarkName(StrEnum):
    """Marks; the same as :data:`hotspots.register.Mark`, for the command line."""

    objection = "objection"
    suspended = "suspended"
    annulled = "annulled"


@designations.command()
def decide(
    id_: IdArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down the decision; every rule that stands against it is named with its source."""
    from hotspots.decisions.designations import decide as write
    from hotspots.pipeline.designations import extent
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    by, whole = acting(actor, role, reason, on), extent(open_workspace(workspace))
    with opened_register(workspace) as register:
        made = write(register, id_, by, load_policy(policy), municipality=whole)
    tell(made, "decided, not yet published", output)


@designations.command()
def publish(
    id_: IdArgument,
    workspace: WorkspaceOption,
    publication: Annotated[
        str, typer.Option(metavar="PLACE", help="Such as Gemeenteblad 2026, 123.")
    ],
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down the publication: from then on the decision can have effect."""
    from hotspots.decisions.designations import publish as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, publication, by)
    tell(made, f"published, holds from {made.start} to {made.end}", output)


@designations.command()
def extend(
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
    """Write down an extension that was decided on and published."""
    from hotspots.decisions.designations import extend as write
    from hotspots.pipeline.designations import with_run
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    by = acting(actor, role, reason, on)
    content = with_run(open_workspace(workspace), content_of(file))
    with opened_register(workspace) as register:
        made = write(register, id_, content, by, load_policy(policy), file=file.name)
    tell(made, f"extended to {made.end}", output)


@designations.command()
def shrink(
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
    """Write down a shrinking in area, hours or season that was decided on and published."""
    from hotspots.decisions.designations import shrink as write
    from hotspots.policy import load_policy

    by = acting(actor, role, reason, on)
    area, streets, content = drawn_of(workspace, file, load_policy(policy))
    with opened_register(workspace) as register:
        made = write(register, id_, content, by, area=area, streets=streets, file=file.name)
    tell(made, "shrunk", output)


@designations.command()
def withdraw(
    id_: IdArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Withdraw a designation, or drop a draft; its cameras end that day."""
    from hotspots.decisions.designations import withdraw as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, by)
    tell(made, f"withdrawn on {made.ended_on}", output)


@designations.command()
def mark(
    id_: IdArgument,
    name: Annotated[
        MarkName, typer.Argument(metavar="MARK", help="objection, suspended or annulled.")
    ],
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    lift: Annotated[bool, typer.Option("--lift", help="Take the mark away.")] = False,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Set or lift an objection or a suspension; set an annulment, which ends every camera."""
    from hotspots.decisions.designations import mark as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = write(register, id_, name.value, by, lift=lift)
    tell(made, f"marks: {', '.join(made.marks) or 'none'}", output)


@designations.command()
def settle(
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
) -> None:
    """Write down what time has brought: in force, evaluation due, expired."""
    from hotspots.decisions.designations import settle as write

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        for made in write(register, by):
            tell(made, made.state, Shape.table)


@designations.command()
def purge(
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete designations that ended longer ago than the policy keeps them; it is audited."""
    from hotspots.decisions.retention import over
    from hotspots.decisions.retention import purge as delete
    from hotspots.policy import load_policy

    by, rules = acting(actor, role, reason, on), load_policy(policy)
    with opened_register(workspace) as register:
        gone = over(register, rules, on=by.on) if dry_run else delete(register, by, rules)
    for each in gone:
        typer.echo(f"{'Would delete' if dry_run else 'Deleted'}: {each.id} {each.name}")
    if not gone:
        typer.echo("Nothing is past its term of retention.")
