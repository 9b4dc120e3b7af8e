"""Options that commands share."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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
FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="File to take in, or postgresql://USER@HOST/DB?table=SCHEMA.TABLE."
    ),
]
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
