"""Frozen runs: which there are, and what differs between two: ``hotspots runs``."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import Format, WorkspaceOption

if TYPE_CHECKING:
    from rich.console import Console

    from hotspots.outputs.run_difference import RunDifference

_WIDTH_OF_A_FILE = 160

runs = typer.Typer(help="Look at frozen runs, and compare two.", no_args_is_help=True)

FormatOption = Annotated[Format, typer.Option("--format", help="How to print it.")]


@runs.command("list")
def list_(workspace: WorkspaceOption, output: FormatOption = Format.table) -> None:
    """List the runs, newest first."""
    import json

    import pandas as pd

    from hotspots.outputs.exports import csv_text
    from hotspots.store.runs import list_runs
    from hotspots.store.workspace import open_workspace

    rows = [
        {
            "run": each.id,
            "kind": each.kind,
            "until": f"{each.until:%Y-%m-%d}",
            "made": f"{each.created_at:%Y-%m-%d %H:%M}",
            "deliveries": len(each.deliveries),
        }
        for each in list_runs(open_workspace(workspace))
    ]
    if output is Format.json:
        typer.echo(json.dumps(rows, indent=1))
    elif output is Format.csv:
        columns = ["run", "kind", "until", "made", "deliveries"]
        typer.echo(csv_text(pd.DataFrame(rows, columns=columns)), nl=False)
    else:
        for row in rows:
            typer.echo(
                f"{row['run']}  {row['kind']}, cut-off {row['until']}, made {row['made']} UTC "
                f"from {row['deliveries']} deliveries"
            )


@runs.command()
def compare(
    run: Annotated[str, typer.Argument(metavar="A", help="A run's id, or latest.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The run to compare with.")],
    workspace: WorkspaceOption,
    output: FormatOption = Format.table,
) -> None:
    """Show why two runs differ, and in what; as CSV the areas of which place or count differs."""
    from hotspots.outputs.exports import csv_text
    from hotspots.pipeline.comparing import compare_runs
    from hotspots.store.runs import open_run
    from hotspots.store.workspace import open_workspace

    opened = open_workspace(workspace)
    difference = compare_runs(open_run(opened, run), open_run(opened, other))
    if output is Format.json:
        typer.echo(difference.model_dump_json(indent=1))
    elif output is Format.csv:
        import pandas as pd

        from hotspots.outputs.run_difference import AreaMove

        rows = [
            {"theme": each.theme, "level": each.level, **move.model_dump()}
            for each in difference.rankings
            for move in each.moves
        ]
        frame = pd.DataFrame(rows, columns=["theme", "level", *AreaMove.model_fields])
        places = ["rank_a", "rank_b", "count_a", "count_b"]
        typer.echo(csv_text(frame.astype(dict.fromkeys(places, "Int64"))), nl=False)
    else:
        _draw(difference)


def _draw(difference: "RunDifference") -> None:
    """Draw the reason first, then what went in, then what came out."""
    from rich.console import Console

    from hotspots.outputs.difference_sentences import why_sentence
    from hotspots.outputs.text import Words

    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    console = Console(width=width, highlight=False, markup=False)
    console.print(why_sentence(difference, Words("en")), style="bold")
    for letter, side in (("A", difference.a), ("B", difference.b)):
        console.print(f"{letter}: {side.id}, {side.kind}, cut-off {side.until}")
    for letter, refs in (("A", difference.deliveries_a), ("B", difference.deliveries_b)):
        for ref in refs:
            console.print(f"only {letter}: {ref.kind} {ref.file_name} ({ref.source})")
    for setting in [*difference.policy, *difference.code]:
        console.print(f"{setting.name}: {_known(setting.a)} -> {_known(setting.b)}")
    _draw_rankings(console, difference)
    for search in difference.searches:
        console.print(
            f"{search.theme}, {search.months} months: {search.same} hotspots the same, "
            f"{len(search.appeared)} new, {len(search.vanished)} gone, "
            f"{len(search.moved)} of another shape"
        )
    if difference.plan is not None:
        plan = difference.plan
        console.print(
            f"cameras: {len(plan.kept)} sites kept, added {' '.join(plan.added) or 'none'}, "
            f"dropped {' '.join(plan.dropped) or 'none'}"
        )


def _draw_rankings(console: "Console", difference: "RunDifference") -> None:
    for ranking in difference.rankings:
        console.print(
            f"{ranking.theme} per {ranking.level}: {len(ranking.replaced)} of {ranking.areas} "
            f"areas have another place; total {ranking.total_a} -> {ranking.total_b}"
        )
        for move in [*ranking.entered, *ranking.left]:
            side = "came above" if move.in_top_b else "went below"
            console.print(
                f"  {move.area_name}: {side} the line, place {_known(move.rank_a)} -> "
                f"{_known(move.rank_b)}, count {_known(move.count_a)} -> {_known(move.count_b)}"
            )


def _known(value: object) -> str:
    return "not known" if value is None else str(value)
