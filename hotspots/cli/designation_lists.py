"""What is looked up about designations: list, show, checklist, due, signals."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.acting import OnOption, RoleName, Shape, ShapeOption, acting, as_json
from hotspots.cli.database import opened_register
from hotspots.cli.options import PolicyOption, WorkspaceOption
from hotspots.errors import InputRefused, Problem

if TYPE_CHECKING:
    from hotspots.register import Record
    from hotspots.store.register.register import Register


def _day(on: datetime | None) -> date:
    return (on or datetime.now().astimezone()).date()


def list_(
    workspace: WorkspaceOption,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Such as camera_area.")] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="State that holds on the day.")
    ] = None,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """List designations with the state that holds on a day."""
    from hotspots.decisions.lifecycle import has_effect, standings

    day = _day(on)
    with opened_register(workspace) as register:
        every = register.designations(kind=kind)
        states = standings(every, register.reviews(), day)
    found = [each for each in every if state is None or states[each.id] == state]
    if output is Shape.json:
        rows = [
            {**each.model_dump(mode="json"), "standing": states[each.id],
             "has_effect": has_effect(each, day)}
            for each in found
        ]  # fmt: skip
        typer.echo(as_json(rows))
        return
    for each in found:
        marks = f" ({', '.join(each.marks)})" if each.marks else ""
        typer.echo(f"{each.id}  {each.name}  {states[each.id]}{marks}  {each.start} to {each.end}")


def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A designation.")],
    workspace: WorkspaceOption,
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Show a designation with its boundaries, cameras, reviews, signals and audit trail."""
    from hotspots.decisions.lifecycle import has_effect, standing

    day = _day(on)
    with opened_register(workspace) as register:
        found, trail = register.designation(id_), register.trail(id_)
        reviews = register.reviews(id_)
        state = standing(found, day, reviews)
        parts: dict[str, Sequence[Record]] = {
            "boundaries": register.boundaries(id_),
            "placements": register.placements(id_),
            "reviews": reviews,
            "signals": register.signals(id_),
        }
    if output is Shape.json:
        content = {
            "designation": found.model_dump(mode="json"),
            "standing": state,
            "has_effect": has_effect(found, day),
            **{name: [each.model_dump(mode="json") for each in parts[name]] for name in parts},
            "trail": [each.model_dump(mode="json") for each in trail],
        }
        typer.echo(as_json(content))
        return
    typer.echo(f"{found.id}: {found.name}, {state} on {day}")
    for name, value in found.model_dump(mode="json", exclude={"id", "name"}).items():
        if value not in (None, "", [], 0):
            typer.echo(f"  {name}: {value}")
    for name, records in parts.items():
        typer.echo(f"  {name}: {', '.join(each.id for each in records) or 'none'}")
    for each in trail:
        typer.echo(
            f"  {each.at:%Y-%m-%d %H:%M} UTC  {each.actor} ({each.role})  {each.act}: {each.reason}"
        )


def checklist(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A designation.")],
    workspace: WorkspaceOption,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """Say what the file of a designation still lacks, and where that is asked."""
    from dataclasses import asdict

    from hotspots.decisions.checklist import checklist as items_of
    from hotspots.decisions.demands import Ground
    from hotspots.decisions.designations import area_of
    from hotspots.pipeline.designations import extent
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    with opened_register(workspace) as register:
        found = register.designation(id_)
        ground = Ground(area_of(register, found), extent(open_workspace(workspace)))
    items = items_of(found, load_policy(policy), ground, on=_day(on))
    if output is Shape.json:
        typer.echo(as_json([asdict(each) for each in items]))
        return
    for each in items:
        box = "x" if each.done else " "
        typer.echo(f"[{box}] {each.text} ({each.source}; for {each.needed_for.replace('_', ' ')})")


def due(
    workspace: WorkspaceOption,
    within: Annotated[str, typer.Option(metavar="DAYS", help="Such as 90d.")] = "90d",
    ical: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write an iCalendar file (.ics).")
    ] = None,
    on: OnOption = None,
    policy: PolicyOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """List what is overdue or due soon; with --ical everything to come goes into a calendar."""
    from dataclasses import asdict

    from hotspots.decisions.deadlines import due_within
    from hotspots.pipeline.deadlines import all_due, calendar_of
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace, write_whole

    day, days = _day(on), _days(within)
    with opened_register(workspace) as register:
        every = all_due(register, load_policy(policy), on=day)
    soon = due_within(every, on=day, days=days)
    if ical is not None:
        name = open_workspace(workspace).name
        write_whole(ical, calendar_of(every, name=name, stamp=datetime.now(UTC)))
    if output is Shape.json:
        typer.echo(as_json([asdict(each) for each in soon]))
        return
    for each in soon:
        late = "  OVERDUE" if each.overdue else ""
        typer.echo(f"{each.day}  {each.what}  {each.designation}  {each.name}{late}")
    if not soon:
        typer.echo(f"Nothing is due within {days} days.")


def signals(
    workspace: WorkspaceOption,
    raised: Annotated[
        bool, typer.Option("--raise", help="Look for new ones in the facts of a run first.")
    ] = False,
    run_id: Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id.")] = "latest",
    actor: Annotated[str, typer.Option(metavar="NAME", help="Who raises them.")] = "hotspots",
    on: OnOption = None,
    output: ShapeOption = Shape.table,
) -> None:
    """List signals that the need for a designation seems gone; a person answers each."""
    with opened_register(workspace) as register:
        if raised:
            _raise(register, workspace, run_id, actor, on)
        found = register.signals()
    if output is Shape.json:
        typer.echo(as_json([each.model_dump(mode="json") for each in found]))
        return
    for each in found:
        told = f"{each.answer} by {each.answered_by}: {each.reason}" if each.answer else "open"
        typer.echo(
            f"{each.id}  {each.designation}  within its criterion since {each.since} "
            f"({each.incidents} in the year up to {each.last_month or 'its run'}, "
            f"run {each.evidence.run_id})  {told}"
        )


def _raise(
    register: "Register", workspace: Path, run_id: str, actor: str, on: datetime | None
) -> None:
    from hotspots.decisions.signals import raise_signal
    from hotspots.pipeline.designations import needs_gone, pinned
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    run = open_run(open_workspace(workspace), run_id)
    by = acting(actor, RoleName.analyst, f"Counted from run {run.record.id}", on)
    for area, gone in needs_gone(run, register, on=by.on):
        raise_signal(register, area.id, gone, pinned(run), by)


def _days(text: str) -> int:
    number = text.removesuffix("d")
    if not (number.isascii() and number.isdigit() and len(number) <= 5):
        raise InputRefused(
            Problem("This is a number of days.", "Write for example --within 90d.", value=text[:80])
        )
    return int(number)
