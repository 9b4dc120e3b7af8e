"""Taking files in: ``hotspots ingest ...``."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli import printing
from hotspots.cli.options import (
    AreaLevel,
    CategoriesOption,
    FileArgument,
    JsonOption,
    LevelOption,
    MappingOption,
    PolicyOption,
    WorkspaceOption,
)

if TYPE_CHECKING:
    from hotspots.policy import Policy
    from hotspots.schemas import Kind

GroundOption = Annotated[
    Path | None, typer.Option("--ground", help="GeoTIFF of the ground, on the same cells.")
]

ingest = typer.Typer(help="Take a file in as a delivery.", no_args_is_help=True)


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


@ingest.command("groups")
def ingest_groups(
    file: FileArgument,
    workspace: WorkspaceOption,
    categories: CategoriesOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a scan of youth groups: codes, labels and coarse zones, nothing about persons."""
    _take_in("groups", file, workspace, policy, as_json, mapping=mapping, categories=categories)


@ingest.command("events")
def ingest_events(
    file: FileArgument,
    workspace: WorkspaceOption,
    level: LevelOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in an event calendar: days that distort counts, and events that may explain a break."""
    _take_in("events", file, workspace, policy, as_json, mapping=mapping, level=level)


@ingest.command("sites")
def ingest_sites(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in candidate sites for cameras: posts and facades."""
    _take_in("sites", file, workspace, policy, as_json, mapping=mapping)


@ingest.command("cameras")
def ingest_cameras(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in cameras with their placements: fixed, flexible and stadium, for no other purpose."""
    _take_in("cameras", file, workspace, policy, as_json, mapping=mapping)


@ingest.command("buildings")
def ingest_buildings(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in buildings: outlines with their height."""
    _take_in("buildings", file, workspace, policy, as_json, mapping=mapping)


@ingest.command("heights")
def ingest_heights(
    file: FileArgument,
    workspace: WorkspaceOption,
    ground: GroundOption = None,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a surface model, and the ground below it: GeoTIFFs on the same cells."""
    _take_in("heights", file, workspace, policy, as_json, mapping=mapping, ground=ground)


@ingest.command("public-space")
def ingest_public_space(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in public space: polygons of streets, squares and parks."""
    _take_in("public-space", file, workspace, policy, as_json, mapping=mapping)


@ingest.command("streets")
def ingest_streets(
    file: FileArgument,
    workspace: WorkspaceOption,
    mapping: MappingOption = None,
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in streets: their middle lines, with a name."""
    _take_in("streets", file, workspace, policy, as_json, mapping=mapping)


@contextmanager
def _as_file(text: str, policy: "Policy") -> Iterator[Path]:
    """Yield the file that was named; a table of a database is read into one first."""
    from hotspots.store.postgis.address import address_of, is_address
    from hotspots.store.postgis.reading import table_as_file

    if not is_address(text):
        yield Path(text)
        return
    with table_as_file(address_of(text), max_rows=policy.limits.max_rows) as path:
        yield path


def _take_in(
    kind: "Kind",
    file: str,
    workspace: Path,
    policy: Path | None,
    as_json: bool,
    *,
    mapping: Path | None,
    categories: Path | None = None,
    level: AreaLevel | None = None,
    ground: Path | None = None,
) -> None:
    """Take a file or table in; print what became of it on stdout, its rejects on stderr."""
    from hotspots.pipeline.intake import take_in
    from hotspots.policy import load_policy
    from hotspots.store.facts import read_rejects
    from hotspots.store.workspace import open_workspace

    opened, rules = open_workspace(workspace), load_policy(policy)
    with printing.progress_bar() as progress, _as_file(file, rules) as path:
        progress(f"taking in {path.name}", 0, 0)
        delivery, is_new = take_in(
            opened,
            kind,
            path,
            at=datetime.now(UTC),
            policy=rules,
            mapping=mapping,
            categories=categories,
            level=None if level is None else level.value,
            ground=ground,
        )
    printing.print_rejects(delivery, read_rejects(opened, delivery))
    printing.print_attention(delivery)
    if as_json:
        content = delivery.model_dump(mode="json") | {"new": is_new}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        printing.print_delivery(delivery, is_new)
