"""The scan of youth groups, for who may see it: ``hotspots groups``."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import Format, WorkspaceOption
from hotspots.errors import Problem, WorkspaceRefused

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from hotspots.outputs.hotspots.zoned_places import ZonedPlace
    from hotspots.store.runs import Run
    from hotspots.store.workspace import Workspace

_CONFIDENTIAL = (
    "CONFIDENTIAL: these data are for who may see the group scan, and not for publication."
)
_WIDTH_OF_A_FILE = 200
_DRAWN = {
    "group_id": "group",
    "label": "label",
    "since": "since then",
    "history": "history",
    "network": "network",
    "lead_body": "lead",
    "themes": "themes",
    "confidence": "sure",
    "zone": "zone",
}
"""Columns of the drawn table, with their heads."""


def groups(
    workspace: WorkspaceOption,
    wanted: Annotated[
        str, typer.Option("--round", metavar="ROUND", help="Such as 2025-H2; else the newest.")
    ] = "",
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show the scan of youth groups beside the round before; confidential, never any zone.

    Below it stands how much the zones add to which places of the newest yearly run.
    """
    import geopandas as gpd

    from hotspots.analysis.groups import label_counts, networks, round_before, scan_table
    from hotspots.pipeline.deliveries import Current
    from hotspots.store.workspace import open_workspace

    opened = open_workspace(workspace)
    held = Current(opened).holding("groups")
    rounds = [] if held is None else sorted(held["round"].unique())
    if held is None or (wanted and wanted not in rounds):
        remedy = f"Choose one of: {', '.join(rounds)}."
        if not rounds:
            remedy = "Take one in with: hotspots ingest groups FILE."
        raise WorkspaceRefused(
            Problem("There is no such group scan.", remedy, value=wanted or None)
        )
    rows = gpd.GeoDataFrame(held)
    now = wanted or rounds[-1]
    before = round_before(rows, now)
    table = scan_table(rows, now=now)
    counts = label_counts(rows[rows["round"].isin([now, before])])
    subgroups = networks(rows, of=now)
    if output is Format.json:
        typer.echo(_document(now, before, table, counts, subgroups, _newest(opened)))
    elif output is Format.csv:
        from hotspots.outputs.exports import csv_text

        typer.echo(f"{_CONFIDENTIAL}\r\n{csv_text(table)}", nl=False)
    else:
        console = _draw(now, before, table, counts, subgroups)
        _draw_places(console, _newest(opened))


def _newest(workspace: "Workspace") -> "Run | None":
    """Return the newest yearly run, if there is one."""
    from hotspots.store.runs import list_runs, open_run

    yearly = [record for record in list_runs(workspace) if record.kind == "yearly"]
    return open_run(workspace, yearly[0].id) if yearly else None


def _document(
    now: str,
    before: str | None,
    table: "pd.DataFrame",
    counts: "pd.DataFrame",
    subgroups: "pd.DataFrame",
    run: "Run | None",
) -> str:
    from hotspots.outputs.hotspots.zoned_places import zoned_places_of

    content = {
        "confidential": _CONFIDENTIAL,
        "round": now,
        "round_before": before,
        "counts": {name: counts[name].to_dict() for name in counts.columns},
        "groups": json.loads(table.to_json(orient="records")),
        "networks": [
            {"network": name, "subgroups": codes.split()}
            for name, codes in subgroups["subgroups"].items()
        ],
        "run": None if run is None else run.record.id,
        "places": [] if run is None else [each.model_dump() for each in zoned_places_of(run)],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _draw(
    now: str,
    before: str | None,
    table: "pd.DataFrame",
    counts: "pd.DataFrame",
    subgroups: "pd.DataFrame",
) -> "Console":
    """Draw the scan as a table, with the numbers per label and the networks below it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    console.print(_CONFIDENTIAL, style="bold")
    drawn = Table(title=f"Youth groups, {now}" + (f", beside {before}" if before else ""))
    for name in _DRAWN.values():
        drawn.add_column(name, no_wrap=name != "history")
    shown = table.assign(zone=table["has_zone"].map({True: "yes", False: "no"})).fillna("")
    shown["since"] = (
        (shown["change"] + " " + shown["zone_change"]).str.replace("_", " ").str.strip()
    )
    for _, row in shown[list(_DRAWN)].iterrows():
        drawn.add_row(*map(str, row))
    console.print(drawn)
    for label, numbers in counts.iterrows():
        was = f", was {numbers[before]} in {before}" if before else ""
        console.print(f"{label}: {numbers[now]}{was}")
    for network, codes in subgroups["subgroups"].items():
        console.print(f"Network {network}: {codes}")
    return console


def _draw_places(console: "Console", run: "Run | None") -> None:
    """Draw what the zones add to the places of a run, or say why there is nothing to draw."""
    from rich.table import Table

    from hotspots.outputs.hotspots.zoned_places import GROUPS_RESULT, zoned_places_of

    if run is None or GROUPS_RESULT not in run.record.results:
        what = "There is no yearly run" if run is None else f"Run {run.record.id} knew no zones"
        console.print(f"{what}: what the zones add to its places is not known.")
        return
    places = zoned_places_of(run)
    drawn = Table(title=f"What the zones add to the places of run {run.record.id}")
    for name in ("place", "in", "rank", "with zones", "value", "with zones", "of which zones"):
        drawn.add_column(name, justify="left" if name in ("place", "in") else "right")
    for each in places:
        drawn.add_row(*_figures(each))
    console.print(drawn)
    console.print("Values are in times the city's average.")


def _figures(place: "ZonedPlace") -> list[str]:
    ranks = [str(place.rank), str(place.rank_with_zones)]
    values = [f"{each:.1f}" for each in (place.value, place.value_with_zones, place.zones_add)]
    return [place.place_id, ", ".join(place.areas), *ranks, *values]
