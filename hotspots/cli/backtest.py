"""What hotspots of earlier months would have caught: ``hotspots backtest``."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import Format, PolicyOption, WorkspaceOption
from hotspots.cli.printing import progress_bar

if TYPE_CHECKING:
    from rich.console import Console

    from hotspots.pipeline.evidence.backtest_document import BacktestDocument, Measured, Tested

_WIDTH_OF_A_FILE = 160


def backtest(
    workspace: WorkspaceOption,
    theme: Annotated[str, typer.Option(help="Theme to test.")] = "burglary",
    cell: Annotated[
        float | None, typer.Option(metavar="METRES", help="Side of a cell; else the policy's.")
    ] = None,
    area_km2: Annotated[
        float | None,
        typer.Option(metavar="KM2", help="Area that every method may flag; else the policy's."),
    ] = None,
    train_until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Last day that the first hotspots know; else a year before the last day tested.",
        ),
    ] = None,
    test_until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Last day tested; else a year on, or the last delivered."
        ),
    ] = None,
    policy: PolicyOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Test what hotspots of earlier months would have caught; nothing is frozen."""
    from hotspots.pipeline.deliveries import Current
    from hotspots.pipeline.evidence.backtest import backtest as test
    from hotspots.policy import load_policy, policy_from
    from hotspots.store.workspace import open_workspace

    content = load_policy(policy).model_dump()
    asked = {"cell_size_m": cell, "area_km2": area_km2}
    given = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        document = test(
            Current(open_workspace(workspace)),
            policy_from(
                content
                | {
                    "backtest": content["backtest"] | given,
                    "hotspots": content["hotspots"] | {"themes": [theme]},
                }
            ),
            theme=theme,
            train_until=train_until.date() if train_until else None,
            test_until=test_until.date() if test_until else None,
            progress=progress,
        )
    if output is Format.json:
        typer.echo(document.model_dump_json(indent=1))
    elif output is Format.csv:
        typer.echo(_csv(document), nl=False)
    else:
        _draw(document)


def _csv(document: "BacktestDocument") -> str:
    import pandas as pd

    from hotspots.outputs.exports import csv_text

    rows = [
        {"method": name, "chosen": name == document.chosen}
        | each.model_dump(exclude={"parameters"})
        for name, each in document.methods.items()
    ]
    return csv_text(pd.DataFrame(rows))


def _draw(document: "BacktestDocument") -> None:
    """Draw both ways of flagging, and what a reader must know beside them."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    first, last = document.period
    a, of = next((each.a, each.A) for each in document.methods.values())
    console.print(
        f"{document.theme}, tested on {first} to {last}, cells of {document.cell_size_m:g} m; "
        f"every method flags {a:.3g} of {of:.4g} km2 ({a / of:.1%}), study area: "
        f"{document.study_area}"
    )
    _draw_methods(console, "Flags renewed every month", document)
    _draw_methods(console, f"Flags of {document.sentence.flagged_at}, kept", document.standing)
    sentence = document.sentence
    console.print(
        f"The hotspots of the end of {sentence.flagged_at} ({sentence.method}) cover "
        f"{sentence.area_share:.1%} of the study area. {sentence.hit_share:.1%} of the incidents "
        f"of {first} to {last} lay there; plain counting reached {sentence.count_share:.1%}. "
        "This says nothing about causes or persons."
    )
    for top in document.concentration.top:
        console.print(
            f"The densest {top.cells:.0%} of the cells hold {top.incidents:.1%} of the incidents "
            f"of the period; by chance alone {top.by_chance:.1%}."
        )
    console.print(
        f"Generalised Gini {document.concentration.generalised_gini:.2f}. "
        f"Learned from {document.train_period[0]} on; sources: {', '.join(document.sources)}; "
        f"{document.outside} incidents outside the study area."
    )
    if document.missing_months:
        console.print(f"Not delivered: {', '.join(document.missing_months)}")


def _draw_methods(console: "Console", title: str, found: "BacktestDocument | Tested") -> None:
    """Draw the measures per method; the chosen one is marked."""
    from rich.table import Table

    n_windows = len(found.selection.origins)
    chosen_on = f"chosen on {n_windows} earlier window{'s' * (n_windows != 1)}"
    table = Table(title=f"{title}; {chosen_on}", title_justify="left")
    table.add_column("method", no_wrap=True)
    for name in ("caught", "hit rate", "points above counting", "PAI", "PEI", "RRI"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, each in found.methods.items():
        table.add_row(
            f"{'→ ' if name == found.chosen else '  '}{name}{_parameters(each)}",
            f"{each.n} of {each.N}",
            _between(each, "hit_rate", "{:.1%}"),
            _between(each, "gain", "{:+.1%}") if name != "count" else "",
            f"{each.pai:.2f}",
            f"{each.pei:.2f}",
            f"{each.rri:.2f}",
        )
    console.print(table)


def _parameters(each: "Measured") -> str:
    """Return the values with their units, in which their names end."""
    said = (f"{value:g} {name.rpartition('_')[2]}" for name, value in each.parameters.items())
    return "".join(f", {words}" for words in said)


def _between(each: "Measured", name: str, form: str) -> str:
    """Return a measure with its interval."""
    value, low, high = (form.format(getattr(each, f"{name}{end}")) for end in ("", "_low", "_high"))
    return f"{value} ({low} to {high})"
