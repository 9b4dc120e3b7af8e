"""Whether an area measure is justified, and whether it still is: ``hotspots bans``."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.ban_printing import draw_distances, print_csv, tell_proposals, tell_review
from hotspots.cli.database import database_url
from hotspots.cli.options import (
    Format,
    LevelOption,
    PolicyOption,
    UntilOption,
    WorkspaceOption,
)
from hotspots.cli.printing import progress_bar

if TYPE_CHECKING:
    from hotspots.pipeline.deliveries import Current
    from hotspots.policy import Policy

bans = typer.Typer(help="Alcohol bans and other area measures.", no_args_is_help=True)

AreasOption = Annotated[
    Path | None,
    typer.Option(
        "--areas", metavar="FILE", help="Areas with their kind and term; else the register."
    ),
]
TimelineOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Dated lighter measures and findings per area."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print it.")]


@bans.callback()
def group() -> None:
    """Alcohol bans and other area measures."""


@bans.command("review")
def review(
    workspace: WorkspaceOption,
    areas: AreasOption = None,
    timeline: TimelineOption = None,
    policy: PolicyOption = None,
    until: UntilOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Review the area measures that hold: keep, shrink, limit, withdraw; frozen as a run."""
    from hotspots.pipeline.bans.runs import Files, review_bans
    from hotspots.store.workspace import open_workspace

    with progress_bar() as progress:
        made = review_bans(
            open_workspace(workspace),
            _asked(policy),
            at=datetime.now(UTC),
            until=until.date() if until else None,
            files=Files(areas, timeline, database_url()),
            progress=progress,
        )
    tell_review(made, output)


@bans.command("propose")
def propose(
    workspace: WorkspaceOption,
    kind: Annotated[str, typer.Option(help="Kind of area, such as alcohol_ban.")] = "alcohol_ban",
    area: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AREA",
            help="Place: a file with a polygon, or a code; else they are looked for.",
        ),
    ] = None,
    level: LevelOption = None,
    areas: AreasOption = None,
    timeline: TimelineOption = None,
    policy: PolicyOption = None,
    until: UntilOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Test whether an area measure is justified, gate by gate; frozen as a run."""
    from hotspots.pipeline.bans.runs import Files, propose_bans
    from hotspots.store.workspace import open_workspace

    with progress_bar() as progress:
        made = propose_bans(
            open_workspace(workspace),
            _asked(policy),
            kind=kind,
            at=datetime.now(UTC),
            areas=area or [],
            level=level.value if level else None,
            until=until.date() if until else None,
            files=Files(areas, timeline, database_url()),
            progress=progress,
        )
    tell_proposals(made, output)


@bans.command("distances")
def distances(
    workspace: WorkspaceOption,
    coffee_shops: Annotated[
        Path, typer.Option(metavar="FILE", help="Coffee shops: points with a code.")
    ],
    schools: Annotated[
        Path, typer.Option(metavar="FILE", help="Schools: points with a code, and a kind.")
    ],
    policy: PolicyOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Measure coffee shops against schools and one another; nothing is frozen."""
    from hotspots.pipeline.area_file import read_points
    from hotspots.pipeline.bans.distances import shop_distances

    asked, current = _asked(policy), _current(workspace)
    crs = current.workspace.crs
    shops, of_pupils = (
        read_points(each, crs, limits=asked.limits) for each in (coffee_shops, schools)
    )
    document = shop_distances(current, asked.bans, shops, of_pupils)
    if output is Format.json:
        typer.echo(json.dumps(document.model_dump(), ensure_ascii=False, indent=1))
    elif output is Format.csv:
        print_csv([each.model_dump() for each in document.shops])
    else:
        draw_distances(document)


# ---------------------------------------------------------------- what is asked
def _asked(policy: Path | None) -> "Policy":
    from hotspots.policy import load_policy

    return load_policy(policy)


def _current(workspace: Path) -> "Current":
    from hotspots.pipeline.deliveries import Current
    from hotspots.store.workspace import open_workspace

    return Current(open_workspace(workspace))
