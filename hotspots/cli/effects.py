"""Whether it went better where a measure was taken: ``hotspots effects``."""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import Format, LevelOption, PolicyOption, WorkspaceOption
from hotspots.cli.printing import progress_bar

if TYPE_CHECKING:
    from hotspots.outputs.effect_document import EffectDocument, Relative, ZoneCounts

_DAY = ["%Y-%m-%d"]
_WIDTH_OF_A_FILE = 160


def effects(
    workspace: WorkspaceOption,
    theme: Annotated[
        list[str], typer.Option(help="Theme to compare; may be given more than once.")
    ],
    area: Annotated[
        str,
        typer.Option(metavar="AREA", help="Area of the measure: a file with a polygon, or a code."),
    ],
    since: Annotated[
        datetime, typer.Option("--from", formats=_DAY, help="First day of the measure.")
    ],
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="Last day compared; else the last one delivered."),
    ] = None,
    before_from: Annotated[
        datetime | None,
        typer.Option(
            formats=_DAY, help="First day of the period before; else as many whole years back."
        ),
    ] = None,
    control: Annotated[
        str | None,
        typer.Option(metavar="AREA", help="Control area; else the rest of the city."),
    ] = None,
    ring_m: Annotated[
        float, typer.Option(min=1, max=5000, metavar="METRES", help="Width of the ring.")
    ] = 400.0,
    level: LevelOption = None,
    name: Annotated[str, typer.Option(help="What the sentences call the area.")] = "",
    policy: PolicyOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Compare before and after a measure with a control area and the ring around it."""
    from hotspots.pipeline.deliveries import Current
    from hotspots.pipeline.effects import Measure
    from hotspots.pipeline.effects import effects as compare
    from hotspots.policy import load_policy
    from hotspots.store.workspace import open_workspace

    with progress_bar() as progress:
        document = compare(
            Current(open_workspace(workspace)),
            load_policy(policy),
            Measure(
                area=area,
                since=since.date(),
                until=until.date() if until else None,
                before_from=before_from.date() if before_from else None,
                control=control,
                level=level.value if level else None,
                ring_m=ring_m,
                name=name,
            ),
            themes=theme,
            progress=progress,
        )
    if output is Format.json:
        typer.echo(_json(document))
    elif output is Format.csv:
        typer.echo(_csv(document), nl=False)
    else:
        _draw(document)
