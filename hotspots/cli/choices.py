"""What was chosen and what was done: ``hotspots choices`` and ``hotspots actions``."""

from typing import Annotated, Any

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
    as_json,
    content_of,
    tell,
)
from hotspots.cli.database import opened_register
from hotspots.cli.options import WorkspaceOption
from hotspots.errors import InputRefused, Problem

choices = typer.Typer(help="What was chosen for a year, from a proposal.", no_args_is_help=True)
actions = typer.Typer(help="Enforcement actions, interventions, events.", no_args_is_help=True)

ActionArgument = Annotated[str, typer.Argument(metavar="ID", help="An action.")]


@choices.command()
def choose(
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down which areas of a ranking were chosen, with the reason of each deviation."""
    from hotspots.decisions.choices import choose as write
    from hotspots.pipeline.designations import pinned, proposal_of
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    by, content = acting(actor, role, reason, on), content_of(file)
    run = open_run(open_workspace(workspace), str(content.pop("run", "latest")))
    chosen, reasons = content.pop("chosen", []), content.pop("reasons", {})
    _refuse_other(chosen, reasons, file=file.name)
    theme, level = str(content.get("theme", "burglary")), str(content.get("level", "wijk"))
    with opened_register(workspace) as register:
        made = write(
            register,
            {"theme": theme, "level": level} | content,
            by,
            proposal=proposal_of(run, theme=theme, level=level),
            chosen=chosen,
            reasons=reasons,
            evidence=pinned(run),
            file=file.name,
        )
    areas = [each for each in made.areas if each.chosen]
    other = [each for each in made.areas if each.chosen != each.proposed]
    tell(made, f"{len(areas)} areas chosen for {made.year}, {len(other)} deviations", output)


def _refuse_other(chosen: Any, reasons: Any, *, file: str) -> None:
    texts = isinstance(chosen, list) and isinstance(reasons, dict)
    if not texts or not all(isinstance(each, str) for each in (*chosen, *reasons.values())):
        raise InputRefused(
            Problem(
                "What was chosen is a list of codes, and the reasons are texts by code.",
                "See the example of this file in the README.",
                file=file,
            )
        )


@choices.command("show")
def show_choices(
    workspace: WorkspaceOption,
    year: Annotated[int | None, typer.Option(help="Of one year.")] = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Show what was chosen, beside what was proposed."""
    with opened_register(workspace) as register:
        found = register.choices(year)
    if output is Shape.json:
        typer.echo(as_json([each.model_dump(mode="json") for each in found]))
        return
    for each in found:
        typer.echo(f"{each.id}  {each.kind} {each.year}, by the {each.decider}: {each.reason}")
        for area in each.areas:
            said = "chosen" if area.chosen else "not chosen"
            typer.echo(f"  {area.proposed_rank or '-'}  {area.code}  {area.name}  {said}"
                       f"{': ' + area.reason if area.reason else ''}")  # fmt: skip


@actions.command()
def add(
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down an action with its goal, indicator, baseline, target and evaluation date."""
    from hotspots.decisions.actions import plan_action

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = plan_action(register, content_of(file), by, file=file.name)
    tell(made, f"{made.kind} {made.name}", output)


@actions.command()
def report(
    id_: ActionArgument,
    file: FileArgument,
    workspace: WorkspaceOption,
    actor: ActorOption,
    role: RoleOption,
    reason: ReasonOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Write down what an action brought about, and when residents were told."""
    from hotspots.decisions.actions import report_action

    by = acting(actor, role, reason, on)
    with opened_register(workspace) as register:
        made = report_action(register, id_, content_of(file), by, file=file.name)
    tell(made, f"{made.name}: {made.result or 'no result yet'}", output)


@actions.command("list")
def list_actions(workspace: WorkspaceOption, output: ShapeOption = Shape.table) -> None:
    """List actions with their target and result."""
    with opened_register(workspace) as register:
        found = register.actions()
    if output is Shape.json:
        typer.echo(as_json([each.model_dump(mode="json") for each in found]))
        return
    for each in found:
        told = each.result or f"target {each.target} {each.indicator}"
        typer.echo(f"{each.id}  {each.start}  {each.kind}  {each.name}: {told}")
