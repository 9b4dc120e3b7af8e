"""Commands: thin, each one call into the engine. Refusals exit 2 with every problem on stderr."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.errors import HotspotsError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.outputs.tables import PrioritiesDocument
    from hotspots.pipeline.run import Progress
    from hotspots.schemas import Delivery, Kind, Question
    from hotspots.store.runs import Run

app = typer.Typer(
    help="Where to act, whether a measure is justified there, and when to end it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ingest = typer.Typer(help="Take a file in as a delivery.", no_args_is_help=True)
app.add_typer(ingest, name="ingest")

_SHOWN_PER_RULE = 20
_WIDTH_OF_A_FILE = 160


class AreaLevel(StrEnum):
    """Levels of areas; the same as :data:`hotspots.schemas.LEVELS`, for the command line."""

    municipality = "municipality"
    stadsdeel = "stadsdeel"
    wijk = "wijk"
    buurt = "buurt"
    service_area = "service-area"


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"
    csv = "csv"


WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="Folder of the workspace.")
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="File to take in.")]
LevelOption = Annotated[
    AreaLevel | None, typer.Option("--level", help="Level of the areas; guessed from codes.")
]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="M.toml", help="Which column is which; guessed and shown."),
]
CategoriesOption = Annotated[
    Path | None,
    typer.Option(
        "--categories", metavar="C.csv", help="What the codes mean; guessed from known tables."
    ),
]
PolicyOption = Annotated[
    Path | None,
    typer.Option("--policy", metavar="P.toml", help="Parameters; defaults are in the README."),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=["%Y-%m-%d"],
        help="Cut-off date; the last delivered day when absent.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the delivery as JSON.")]


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


@ingest.command("areas")
def ingest_areas(
    file: FileArgument,
    workspace: WorkspaceOption,
    level: LevelOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in areas: polygons with a code, a name and a number of dwellings."""
    _take_in("areas", file, workspace, policy, as_json, mapping=mapping, level=level)


@ingest.command("counts")
def ingest_counts(
    file: FileArgument,
    workspace: WorkspaceOption,
    level: LevelOption = None,
    categories: CategoriesOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in monthly counts per area and category."""
    _take_in(
        "counts",
        file,
        workspace,
        policy,
        as_json,
        mapping=mapping,
        categories=categories,
        level=level,
    )


@ingest.command("incidents")
def ingest_incidents(
    file: FileArgument,
    workspace: WorkspaceOption,
    categories: CategoriesOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in incidents: points with a category and a moment."""
    _take_in("incidents", file, workspace, policy, as_json, mapping=mapping, categories=categories)


@ingest.command("dwellings")
def ingest_dwellings(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in dwellings as points; they go before the number that came with the areas."""
    _take_in("dwellings", file, workspace, policy, as_json, mapping=mapping)


@ingest.command("built-up")
def ingest_built_up(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in built-up land: polygons to which hotspots are confined."""
    _take_in("built-up", file, workspace, policy, as_json, mapping=mapping)


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

    with _progress() as progress:
        made = make_run(
            open_workspace(workspace),
            load_policy(policy),
            kind="yearly",
            at=datetime.now(UTC),
            until=until.date() if until else None,
            progress=progress,
        )
    for question in made.record.questions:
        typer.echo(
            f"{question.theme} per {question.level}, {question.first_year}-{question.last_year}: "
            f"top {question.k}"
            + (
                f"; not delivered: {', '.join(question.missing_months)}"
                if question.missing_months
                else ""
            )
        )
    if made.record.searches:
        found = made.table("hotspots")
        periods = sorted({each.months for each in made.record.searches})
        typer.echo(
            f"{len(found)} hotspots of {found['theme'].nunique()} themes, over "
            f"{' and '.join(map(str, periods))} months"
        )
    typer.echo(f"Run {made.record.id}, cut-off {made.record.until:%Y-%m-%d}.")


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
    with _progress() as progress:
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
    _print_priorities(made, question, output)


@app.command()
def export(
    workspace: WorkspaceOption,
    what: Annotated[str, typer.Option(metavar="NAME", help="Result of the run.")],
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Ends in .gpkg, .geojson, .parquet or .csv.")
    ],
    run_id: Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id.")] = "latest",
) -> None:
    """Write a result of a run to a file."""
    from hotspots.outputs.exports import write_export
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    opened = open_run(open_workspace(workspace), run_id)
    table = opened.table(what)
    write_export(table, to, date=opened.record.until)
    typer.echo(f"{len(table)} rows of {what} of run {opened.record.id} in {to}.")


@app.command()
def serve(
    workspace: WorkspaceOption,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the pages and the API of a workspace."""
    import uvicorn

    from hotspots.store.workspace import open_workspace

    open_workspace(workspace)
    os.environ["HOTSPOTS_WORKSPACE"] = str(workspace.resolve())
    typer.echo(f"Serving {workspace} on http://{host}:{port} (stop with Ctrl-C)")
    # Named as text: the engine knows nothing of the web.
    uvicorn.run("api.app:app_from_environment", factory=True, host=host, port=port)


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
        for problem in refusal.problems:
            typer.echo(f"hotspots: {problem}", err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(f"hotspots: {error.filename or ''}: {error.strerror or error}.", err=True)
        sys.exit(2)


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


def _take_in(
    kind: "Kind",
    file: Path,
    workspace: Path,
    policy: Path | None,
    as_json: bool,
    *,
    mapping: Path | None,
    categories: Path | None = None,
    level: AreaLevel | None = None,
) -> None:
    """Take a file in; print what became of it on stdout, its quarantined rows on stderr."""
    from hotspots.pipeline.deliveries import take_in
    from hotspots.policy import load_policy
    from hotspots.store.facts import read_rejects
    from hotspots.store.workspace import open_workspace

    opened = open_workspace(workspace)
    delivery, is_new = take_in(
        opened,
        kind,
        file,
        at=datetime.now(UTC),
        policy=load_policy(policy),
        mapping=mapping,
        categories=categories,
        level=None if level is None else level.value,
    )
    _print_rejects(delivery, read_rejects(opened, delivery))
    if as_json:
        content = delivery.model_dump(mode="json") | {"new": is_new}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        _print_delivery(delivery, is_new)


def _print_rejects(delivery: "Delivery", rejects: "pd.DataFrame") -> None:
    from hotspots.ingest.quarantine import as_problems

    shown = rejects[rejects.groupby(["rule", "column"], dropna=False).cumcount() < _SHOWN_PER_RULE]
    for problem in as_problems(delivery.file_name, shown):
        typer.echo(f"hotspots: {problem}", err=True)
    if len(shown) < len(rejects):
        typer.echo(
            f"hotspots: … and {len(rejects) - len(shown)} more; all are in "
            f"deliveries/{delivery.id}/rejects.parquet.",
            err=True,
        )


def _print_delivery(delivery: "Delivery", is_new: bool) -> None:
    what = delivery.kind + (f" per {delivery.level}" if delivery.level else "")
    if delivery.months:
        what += f", {delivery.first_month} to {delivery.last_month}"
    typer.echo(f"{delivery.file_name}: {what}, source {delivery.source}")
    typer.echo(
        f"  read {delivery.read} = accepted {delivery.accepted} + rejected {delivery.rejected}"
    )
    columns = ", ".join(f"{mine} = {theirs}" for mine, theirs in delivery.mapping.items())
    typer.echo(f"  read as: {columns}")
    for note in delivery.notes:
        typer.echo(f"  {note}")
    typer.echo(
        f"  delivery {delivery.id}" + ("" if is_new else " was known already: nothing changed")
    )


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Yield a function that draws a progress bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def show(what: str, done: int, steps: int) -> None:
            bar.update(task, description=what, completed=done, total=steps)

        yield show


def _print_priorities(made: "Run", question: "Question", output: Format) -> None:
    from hotspots.outputs import tables

    if output is Format.json:
        document = tables.priorities_document(made, question)
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif output is Format.csv:
        from hotspots.outputs.exports import csv_text

        typer.echo(csv_text(tables.priorities_rows(made, question)), nl=False)
    else:
        _draw_priorities(tables.document_of(made, question))


def _draw_priorities(document: "PrioritiesDocument") -> None:
    """Draw the ranking as a table with its cut line, and what a reader must know beside it."""
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{document.theme} per {document.level}, {document.period}, "
        f"cut-off {document.cut_off}, run {document.run.id}"
    )
    for name in ("", "area", "code"):
        table.add_column(name, no_wrap=True)
    for name in ("count", "dwellings", "rate per 1,000", "shrunk", "95% interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("by count", "by rate", f"in top {document.k}"):
        table.add_column(name, justify="right", no_wrap=True)
    for area in document.areas:
        table.add_row(
            str(area.rank),
            area.area_name,
            area.area_code,
            str(area.count),
            str(area.dwellings),
            f"{area.rate_per_1000:.1f}",
            f"{area.eb_rate:.1f}",
            f"{area.eb_low:.1f} to {area.eb_high:.1f}",
            str(area.rank_count),
            str(area.rank_rate),
            f"{area.p_top:.0%}",
            end_section=area.rank == document.k,
        )
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    console.print(table)
    rows = {
        "No data (not the same as safe)": [area.area_name for area in document.no_data],
        "No rate, for want of dwellings": [area.area_name for area in document.no_rate],
        "Not delivered": document.missing_months,
    }
    for label, names in rows.items():
        if names:
            console.print(f"{label}: {', '.join(names)}")
    if not document.distinguishable:
        console.print("The areas cannot be told apart by their rates.")


if __name__ == "__main__":
    main()
