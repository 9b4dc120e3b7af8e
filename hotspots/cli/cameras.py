"""Where cameras should stand, and which can go: ``hotspots cameras``."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.database import database_url
from hotspots.cli.options import Format, LevelOption, PolicyOption, UntilOption, WorkspaceOption
from hotspots.cli.printing import progress_bar

if TYPE_CHECKING:
    from rich.console import Console

    from hotspots.outputs.cameras.document import CameraDocument
    from hotspots.store.runs import Run

cameras = typer.Typer(help="Where cameras should stand, and which can go.", no_args_is_help=True)
_WIDTH_OF_A_FILE = 160


@cameras.callback()
def group() -> None:
    """Where cameras should stand, and which can go."""


@cameras.command("plan")
def plan(
    workspace: WorkspaceOption,
    budget: Annotated[
        int | None, typer.Option(help="Most cameras; else as many as there are flexible ones.")
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(
            metavar="AREA",
            help="Designated areas: a file with polygons, or a code; else those of the register.",
        ),
    ] = None,
    level: LevelOption = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="The whole study area, whatever is designated.")
    ] = False,
    policy: PolicyOption = None,
    until: UntilOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Plan where flexible cameras see most, with a bound on any plan; frozen as a run."""
    from hotspots.outputs.cameras.document import camera_document
    from hotspots.pipeline.cameras.plan import plan_cameras
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    began = time.perf_counter()
    with progress_bar() as progress:
        made = plan_cameras(
            open_workspace(workspace),
            load_policy(policy),
            budget=budget,
            at=datetime.now(UTC),
            area=area,
            level=level.value if level else None,
            everywhere=everywhere,
            until=until.date() if until else None,
            database=database_url(),
            progress=progress,
        )
    seconds = time.perf_counter() - began
    document = camera_document(made.record, made.table)
    if output is Format.json:
        told = json.loads(document.model_dump_json()) | {"seconds": round(seconds, 2)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif output is Format.csv:
        _print_csv(made)
    else:
        _draw(document, seconds)


def _print_csv(made: "Run") -> None:
    from hotspots.outputs.exports import csv_text

    plan = made.table("camera_plan")
    place = {"x": plan["geometry"].x, "y": plan["geometry"].y}
    typer.echo(csv_text(plan.drop(columns="geometry").assign(**place)), nl=False)


def _draw(document: "CameraDocument", seconds: float) -> None:
    """Draw the plan, what becomes of each camera, and what it all rests on."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    rests = document.rests_on
    if rests.areas:
        names = ", ".join(each.name or each.code for each in rests.areas)
        console.print(f"Plan within the designated areas: {names}.")
    else:
        console.print("No area was given: where in the whole study area would one be needed?")
    _draw_sites(document, console)
    _draw_advice(document, console)
    knee = next(each.cameras for each in document.curve if each.is_knee)
    console.print(
        f"Objective {document.objective:.1f} weighted incidents a year; no plan exceeds "
        f"{document.bound:.1f} (gap {document.gap:.2%}{', cut short' if rests.stopped else ''}). "
        f"{seconds:.0f} seconds. Beyond {knee} cameras, each adds less than the average."
    )
    console.print(
        f"{rests.available} flexible cameras available, {rests.placed} placed, "
        f"{rests.chosen} sites chosen. In view {rests.covered / max(rests.demand, 1e-9):.0%} of "
        f"the demand, fixed cameras included ({rests.fixed_covered / max(rests.demand, 1e-9):.0%})."
    )
    differ = "" if rests.sites_differ is None else f" (without them {rests.sites_differ} differ)"
    console.print(
        f"{rests.incidents} incidents, {rests.first_month} to {rests.last_month}; recorded in view "
        f"of a camera in its own period: {rests.in_own_period}{differ}. Left out: "
        f"{rests.outside_public_space} outside public space, {rests.stacked} on stacked "
        f"locations, {rests.outside_hours} outside the watched hours."
    )
    _draw_rest(document, console)
    console.print(f"Run {document.run}, cut-off {document.until:%Y-%m-%d}.")


def _draw_sites(document: "CameraDocument", console: "Console") -> None:
    from rich.table import Table

    table = Table(title="Chosen sites", title_justify="left")
    table.add_column("site", no_wrap=True)
    table.add_column("street")
    names = ("x", "y", "alone", "adds", "incidents", "m2", "dwellings", "power", "stands")
    for column in (*names, "alternative", "loses"):
        table.add_column(column, justify="right", no_wrap=True)
    for site in document.sites:
        table.add_row(
            site.site_id,
            site.street or "",
            f"{site.x:.0f}",
            f"{site.y:.0f}",
            f"{site.demand_alone:.1f}",
            f"{site.demand_added:.1f}",
            str(site.incidents),
            f"{site.visible_m2:.0f}",
            str(site.dwellings_in_view),
            {True: "yes", False: "no", None: "?"}[site.power],
            "yes" if site.is_current else "",
            site.alternative_site_id or "–",
            "–" if site.alternative_loss is None else f"{site.alternative_loss:.1f}",
        )
    console.print(table)


def _draw_advice(document: "CameraDocument", console: "Console") -> None:
    from rich.table import Table

    if not document.advice:
        return
    table = Table(title="Flexible cameras that stand", title_justify="left")
    for column in ("camera", "since", "figures say", "why", "to"):
        table.add_column(column, no_wrap=True)
    for column in ("demand now", "alone", "before", "since then", "low since"):
        table.add_column(column, justify="right", no_wrap=True)
    for each in document.advice:
        table.add_row(
            each.camera_id,
            each.since,
            each.advice,
            each.reason.replace("_", " "),
            each.moves_to or "",
            f"{each.demand_now:.1f}",
            f"{each.demand_alone:.1f}",
            "–" if each.incidents_before is None else str(each.incidents_before),
            "–" if each.incidents_since is None else str(each.incidents_since),
            each.below_since or "",
        )
    console.print(table)


def _draw_rest(document: "CameraDocument", console: "Console") -> None:
    """Draw the reconsider list of fixed cameras and the comparison on held-out months."""
    listed = [each.area_name for each in document.fixed_review if each.reconsider]
    if document.fixed_review:
        console.print(f"Fixed cameras to reconsider: {', '.join(listed) or 'none'}.")
    for each in document.comparison:
        low, high = each.share_low, each.share_high
        between = "" if low is None or high is None else f" ({low:.1%} to {high:.1%})"
        console.print(
            f"Held-out months, {each.method}: {each.cameras} cameras, {each.share:.1%}{between}"
        )
