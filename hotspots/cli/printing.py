"""What commands print or write: a delivery, its rejects, progress, a ranking, a surface."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hotspots.cli.options import Format
from hotspots.errors import HotspotsError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.outputs.tables import PrioritiesDocument
    from hotspots.pipeline.progress import Progress
    from hotspots.records import Delivery, Question
    from hotspots.store.runs import Run

_SHOWN_PER_RULE = 20
_WIDTH_OF_A_FILE = 160

TIFF_SUFFIXES = (".tif", ".tiff")
"""Endings of a surface."""


def print_rejects(delivery: "Delivery", rejects: "pd.DataFrame") -> None:
    """Print quarantined rows on stderr, at most some per rule and column."""
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


def print_attention(delivery: "Delivery") -> None:
    """Print on stderr what nobody may miss of a delivery."""
    from hotspots.records import ATTENTION

    for note in delivery.notes:
        if note.startswith(ATTENTION):
            typer.echo(f"hotspots: {note}.", err=True)


def print_delivery(delivery: "Delivery", is_new: bool) -> None:
    """Print what a delivery holds and how it was read."""
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
def progress_bar() -> "Iterator[Progress]":
    """Yield a function that draws a progress bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def show(what: str, done: int, steps: int) -> None:
            bar.update(task, description=what, completed=done, total=steps or None)

        yield show


def print_priorities(made: "Run", question: "Question", output: Format) -> None:
    """Print a ranking on stdout."""
    from hotspots.outputs import tables

    if output is Format.json:
        document = tables.priorities_document(made, question)
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif output is Format.csv:
        from hotspots.outputs.exports import csv_text

        typer.echo(csv_text(tables.priorities_rows(made, question)), nl=False)
    else:
        _draw_priorities(tables.document_of(made, question))


def export_surface(opened: "Run", to: Path, *, theme: str | None, months: int | None) -> None:
    """Write the density of one search as a Cloud-Optimised GeoTIFF, and say so."""
    from hotspots.outputs.hotspots.tables import find_search
    from hotspots.outputs.surfaces import write_surface

    if to.suffix.lower() not in TIFF_SUFFIXES:
        raise HotspotsError(
            Problem("A surface is a GeoTIFF.", "End the name in .tif.", value=to.name)
        )
    search = find_search(opened.record, theme=theme, months=months)
    write_surface(
        opened.cells(search.theme, search.months),
        to,
        crs=opened.record.crs,
        cell_size_m=search.cell_size_m,
        period=(search.first_month, search.last_month),
    )
    typer.echo(f"Density of {search.theme} over {search.months} months in {to}.")


def export_risk(opened: "Run", to: Path) -> None:
    """Write the risk of a run as a Cloud-Optimised GeoTIFF, and say so."""
    from hotspots.outputs.surfaces import write_risk

    risk = opened.table("risk")
    write_risk(
        risk,
        to,
        crs=opened.record.crs,
        cell_size_m=opened.record.searches[0].cell_size_m,
        until=opened.record.until.isoformat(),
    )
    typer.echo(f"Risk of {risk['theme'].iloc[0]} per 1,000 dwellings in {to}.")


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
        "Some months unknown, left out of the exposure too": [
            area.area_name for area in document.areas if "months_unknown" in area.remarks
        ],
    }
    for label, names in rows.items():
        if names:
            console.print(f"{label}: {', '.join(names)}")
    if not document.distinguishable:
        console.print("The areas cannot be told apart by their rates.")
