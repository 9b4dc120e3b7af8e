"""The commands, but for those that take files in."""

import os
import signal
import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli.audit import audit
from hotspots.cli.backtest import backtest
from hotspots.cli.bans import bans
from hotspots.cli.cameras import cameras
from hotspots.cli.choices import actions, choices
from hotspots.cli.database import backup, migrate, restore
from hotspots.cli.designations import designations
from hotspots.cli.dossier import dossier, dossier_templates
from hotspots.cli.effects import effects
from hotspots.cli.groups import groups
from hotspots.cli.ingest import ingest
from hotspots.cli.options import (
    AreaLevel,
    Format,
    PolicyOption,
    UntilOption,
    WorkspaceOption,
)
from hotspots.cli.printing import (
    TIFF_SUFFIXES,
    export_risk,
    export_surface,
    print_priorities,
    progress_bar,
)
from hotspots.cli.publish import publish
from hotspots.cli.runs import runs
from hotspots.cli.serving import server_options, tell_who_may_sign_in
from hotspots.cli.users import users
from hotspots.cli.worker import worker
from hotspots.errors import HotspotsError, InputRefused, Problem, problem_of_system

app = typer.Typer(
    help="Where to act, whether a measure is justified there, and when to end it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(ingest, name="ingest")
app.add_typer(cameras, name="cameras")
app.add_typer(bans, name="bans")
app.add_typer(audit, name="audit")
app.add_typer(designations, name="designations")
app.add_typer(choices, name="choices")
app.add_typer(actions, name="actions")
app.add_typer(runs, name="runs")
app.add_typer(users, name="user")
app.command()(backtest)
app.command()(effects)
app.command()(groups)
app.command()(dossier)
app.command()(dossier_templates)
app.command()(backup)
app.command()(restore)
app.command()(migrate)
app.command()(worker)
app.command()(publish)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty folder.")],
    name: Annotated[str, typer.Option(help="Name of the municipality; else the folder's.")] = "",
    crs: Annotated[
        str, typer.Option(metavar="EPSG", help="Projected CRS in metres.")
    ] = "EPSG:28992",
    demo: Annotated[bool, typer.Option("--demo", help="Mark everything as invented.")] = False,
) -> None:
    """Make a workspace."""
    from hotspots.store.workspace import init_workspace

    workspace = init_workspace(directory, name=name or directory.resolve().name, crs=crs, demo=demo)
    typer.echo(f"Workspace {workspace.name} in {directory} ({workspace.crs}).")


@app.command()
def run(
    workspace: WorkspaceOption,
    policy: PolicyOption = None,
    until: UntilOption = None,
) -> None:
    """Make the yearly analysis and freeze it as a run."""
    from hotspots.pipeline.run import run as make_run
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    with progress_bar() as progress:
        made = make_run(
            open_workspace(workspace),
            load_policy(policy),
            kind="yearly",
            at=datetime.now(UTC),
            until=until.date() if until else None,
            progress=progress,
        )
    if made.record.questions:
        areas = made.table("priorities")
    for question in made.record.questions:
        ranked = ((areas["level"] == question.level) & (areas["status"] == "ranked")).sum()
        missing = ", ".join(question.missing_months)
        typer.echo(
            f"{question.theme} per {question.level}, {question.first_year}-{question.last_year}: "
            f"{ranked} areas ranked" + (f"; not delivered: {missing}" if missing else "")
        )
    if made.record.searches:
        found = made.table("hotspots")
        periods = sorted({each.months for each in made.record.searches})
        typer.echo(
            f"{len(found)} hotspots of {found['theme'].nunique()} themes, over "
            f"{' and '.join(map(str, periods))} months"
        )
    for name, what in _FOUND.items():
        if name in made.record.results and (name != "gone" or made.record.previous):
            typer.echo(f"{len(made.table(name))} {what}")
    typer.echo(f"Run {made.record.id}, cut-off {made.record.until:%Y-%m-%d}.")


_FOUND = {
    "gone": "hotspots of the run before are gone",
    "composite": "places where the layers come together",
    "bursts": "burst(s) of incidents that followed one another",
}
"""What a run tells of its other results, as far as it has them."""


@app.command()
def priorities(
    workspace: WorkspaceOption,
    theme: Annotated[str, typer.Option(help="Theme to rank.")] = "burglary",
    years: Annotated[
        str, typer.Option(metavar="FIRST-LAST", help="Years counted together, such as 2015-2017.")
    ] = "",
    level: Annotated[AreaLevel, typer.Option(help="Level to rank at.")] = AreaLevel.wijk,
    top: Annotated[int | None, typer.Option(help="Areas above the cut line.")] = None,
    policy: PolicyOption = None,
    until: UntilOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Rank the areas on absolute count and risk together; the answer is frozen as a run."""
    from hotspots.outputs.tables import find_question
    from hotspots.pipeline.run import run as make_run
    from hotspots.policy import load_policy, policy_from
    from hotspots.store.workspace import open_workspace

    asked: dict[str, object] = {"theme": theme, "levels": [level.value]}
    last_year = None
    if years:
        first_year, last_year = _years(years)
        asked["years"] = last_year - first_year + 1
    if top is not None:
        asked["top_k"] = top
    content = load_policy(policy).model_dump()
    made_policy = policy_from(content | {"priorities": content["priorities"] | asked})
    with progress_bar() as progress:
        made = make_run(
            open_workspace(workspace),
            made_policy,
            kind="question",
            at=datetime.now(UTC),
            until=until.date() if until else None,
            last_year=last_year,
            progress=progress,
        )
    question = find_question(made.record, theme=theme, level=level.value)
    print_priorities(made, question, output)


@app.command()
def export(
    workspace: WorkspaceOption,
    what: Annotated[
        str, typer.Option(metavar="NAME", help="Result of the run, or surface: the density.")
    ],
    to: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Ends in .gpkg, .geojson, .parquet or .csv; surface or risk in .tif.",
        ),
    ],
    run_id: Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id.")] = "latest",
    theme: Annotated[str | None, typer.Option(help="Theme of a surface.")] = None,
    months: Annotated[int | None, typer.Option(help="Period of a surface, in months.")] = None,
) -> None:
    """Write a result of a run to a file."""
    from hotspots.outputs.exports import write_export
    from hotspots.results import CONFIDENTIAL
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    opened = open_run(open_workspace(workspace), run_id)
    if what == "surface":
        export_surface(opened, to, theme=theme, months=months)
        return
    if what in CONFIDENTIAL:
        raise InputRefused(
            Problem(
                f"{what} rests on the zones of youth groups, which are confidential.",
                "Look at them with: hotspots groups.",
                value=what,
            )
        )
    if what == "risk" and to.suffix.lower() in TIFF_SUFFIXES:
        export_risk(opened, to)
        return
    table = opened.table(what)
    write_export(table, to, date=opened.record.until)
    typer.echo(f"{len(table)} rows of {what} of run {opened.record.id} in {to}.")


@app.command()
def serve(
    workspace: WorkspaceOption,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave it to others to start a worker.")
    ] = False,
) -> None:
    """Serve the pages and the API of a workspace."""
    import uvicorn

    from hotspots.pipeline.work.starting import worker_when_needed
    from hotspots.store.workspace import open_workspace

    opened = open_workspace(workspace.resolve())
    _refuse_busy_port(host, port)
    os.environ["HOTSPOTS_WORKSPACE"] = str(workspace.resolve())
    tell_who_may_sign_in(opened, host)
    typer.echo(f"Serving {workspace} on http://{host}:{port} (stop with Ctrl-C)")
    # Uvicorn hands the signal on once it has finished what it was asked: that is a good end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # Named as text: the engine knows nothing of the web.
    with nullcontext() if no_worker else worker_when_needed(opened):
        uvicorn.run(
            "api.app:app_from_environment", factory=True, host=host, port=port, **server_options()
        )


@app.command()
def purge(
    workspace: WorkspaceOption,
    older_than: Annotated[
        str, typer.Option(metavar="AGE", help="Such as 5y, 18m or 90d; else the policy's term.")
    ] = "",
    policy: PolicyOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete facts older than the retention term; the deletion is recorded."""
    from hotspots.policy import load_policy
    from hotspots.store.facts import purge_facts
    from hotspots.store.workspace import open_workspace

    now = datetime.now(UTC)
    age = older_than or f"{load_policy(policy).retention.facts_years}y"
    lines = purge_facts(
        open_workspace(workspace),
        before=_before(age, now.date()),
        at=now,
        dry_run=dry_run,
    )
    for line in lines:
        typer.echo(f"{'Would delete' if dry_run else 'Deleted'}: {line}")
    if not lines:
        typer.echo(f"Nothing is older than {age}.")


def main() -> None:
    """Run a command; say what is wrong instead of showing a traceback."""
    try:
        app()
    except HotspotsError as refusal:
        problems = refusal.problems
    except OSError as error:
        problems = (problem_of_system(error),)
    else:
        return
    for problem in problems:
        typer.echo(f"hotspots: {problem}", err=True)
    sys.exit(2)


def _refuse_busy_port(host: str, port: int) -> None:
    import socket

    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise HotspotsError(
            Problem(
                f"The pages cannot be served on {host}:{port} ({error.strerror or error}).",
                "Choose another port with --port, or PORT= for make.",
            )
        ) from None


def _years(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    try:
        found = int(first), int(last or first)
    except ValueError:
        found = 0, 0
    if not 1950 <= found[0] <= found[1] <= 2100:
        raise HotspotsError(
            Problem(
                "Years are written as FIRST-LAST.",
                "Write for example --years 2015-2017.",
                value=text[:80],
            )
        )
    return found


def _before(age: str, today: date) -> date:
    """Return the first day of the month from which facts are kept."""
    number, unit = age[:-1], age[-1:]
    if not (number.isascii() and number.isdigit() and unit in ("y", "m", "d")):
        raise HotspotsError(
            Problem(
                "An age is a number with y (years), m (months) or d (days).",
                "Write for example --older-than 5y.",
                value=age[:80],
            )
        )
    if unit == "d":
        return date.fromordinal(max(today.toordinal() - int(number), 1)).replace(day=1)
    months = today.year * 12 + today.month - 1 - int(number) * (12 if unit == "y" else 1)
    return date(max(months // 12, 1), months % 12 + 1, 1)
