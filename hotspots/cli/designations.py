"""Designated areas and their cameras: ``hotspots designations``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.acting import (
    ActorOption,
    FileArgument,
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
from hotspots.cli.designation_lists import checklist, due, list_, show, signals
from hotspots.cli.options import PolicyOption, WorkspaceOption

if TYPE_CHECKING:
    from hotspots.pipeline.designations import Drawn
    from hotspots.policy import Policy

designations = typer.Typer(
    help="Designated areas: draft, decide, publish, extend, shrink, withdraw.",
    no_args_is_help=True,
)
designations.command("list")(list_)
designations.command()(show)
designations.command()(checklist)
designations.command()(due)
designations.command()(signals)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A designation.")]
PlacementArgument = Annotated[str, typer.Argument(metavar="ID", help="A placement.")]


class MarkName(StrEnum):
    """Marks; the same as :data:`hotspots.register.Mark`, for the command line."""

    objection = "objection"
    suspended = "suspended"
    annulled = "annulled"


class AnswerName(StrEnum):
    """Answers; the same as :data:`hotspots.register.Answer`, for the command line."""

    withdraw = "withdraw"
    dismiss = "dismiss"


def _drawn(workspace: Path, file: Path, policy: "Policy") -> "Drawn":
    from hotspots.pipeline.designations import drawn
    from hotspots.store.workspace import open_workspace

    return drawn(open_workspace(workspace), content_of(file), file, policy)


# ---------------------------------------------------------------- before the decision
@designations.command()
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
    area, streets, content = _drawn(workspace, file, rules)
    with opened_register(workspace) as register:
        made = write(register, content, by, rules, area=area, streets=streets, file=file.name)
    tell(made, f"{made.name}, {made.state}", output)


@designations.command()
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
    area, streets, content = _drawn(workspace, file, rules)
    with opened_register(workspace) as register:
        made = write(register, id_, content, by, rules, area=area, streets=streets, file=file.name)
    tell(made, f"changed, {made.state}", output)


@designations.command("ask-advice")
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


# ---------------------------------------------------------------- decisions
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
    from hotspots.pipeline.designations import municipality
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    by, whole = acting(actor, role, reason, on), municipality(open_workspace(workspace))
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
    area, streets, content = _drawn(workspace, file, load_policy(policy))
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


# ---------------------------------------------------------------- cameras, reviews, signals
@designations.command()
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


@designations.command()
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


@designations.command()
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


@designations.command()
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


@designations.command()
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
