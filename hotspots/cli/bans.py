"""Whether an area measure is justified, and whether it still is: ``hotspots bans``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from hotspots.cli.database import opened_register
from hotspots.cli.options import (
    Format,
    LevelOption,
    PolicyOption,
    UntilOption,
    WorkspaceOption,
)
from hotspots.cli.printing import progress_bar
from hotspots.errors import PolicyRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel
    from rich.console import Console
    from rich.table import Table

    from hotspots.outputs.ban_document import (
        BanProposal,
        BanProposalDocument,
        BanReview,
        BanReviewDocument,
        BanStep,
        DistanceDocument,
    )
    from hotspots.outputs.text import Words
    from hotspots.pipeline.area_file import AreaMeasure
    from hotspots.pipeline.deliveries import Current
    from hotspots.policy import Policy

bans = typer.Typer(help="Alcohol bans and other area measures.", no_args_is_help=True)
_WIDTH_OF_A_FILE = 160
_Told = TypeVar("_Told")

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
    """Review the area measures that hold: keep, shrink, limit, withdraw; nothing is frozen."""
    from hotspots.pipeline.bans import review_bans

    asked, current = _asked(policy), _current(workspace)
    with progress_bar() as progress:
        document = review_bans(
            current,
            asked,
            _areas(workspace, current, asked, areas),
            steps=_steps(timeline, asked),
            until=until.date() if until else None,
            progress=progress,
        )
    if output is Format.json:
        from hotspots.outputs.ban_sentences import review_sentences

        typer.echo(_json(document, document.areas, review_sentences))
    elif output is Format.csv:
        _print_csv([_row_of_review(each) for each in document.areas])
    else:
        _draw_review(document)


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
    """Test whether an area measure is justified, gate by gate; nothing is frozen."""
    from hotspots.pipeline.ban_proposals import Place, propose_bans
    from hotspots.pipeline.zones import outline_of

    asked, current = _asked(policy), _current(workspace)
    if kind not in asked.bans.themes:
        raise PolicyRefused(
            Problem(
                "The policy has no themes for this kind of area.",
                f"Use one of: {', '.join(asked.bans.themes)}; or name it in bans.themes.",
                value=kind[:80],
            )
        )
    outlines = {
        Path(text).stem: outline_of(
            current, text, level=level.value if level else None, limits=asked.limits
        )
        for text in area or []
    }
    document = propose_bans(
        current,
        asked,
        kind,
        [Place(name, each.shape) for name, each in outlines.items()],
        areas=_areas(workspace, current, asked, areas) if areas else [],
        steps=_steps(timeline, asked),
        until=until.date() if until else None,
    )
    if output is Format.json:
        from hotspots.outputs.ban_sentences import proposal_sentences

        typer.echo(_json(document, document.places, proposal_sentences))
    elif output is Format.csv:
        _print_csv([_row_of_proposal(each) for each in document.places])
    else:
        _draw_proposals(document)


@bans.command("distances")
def distances(
    workspace: WorkspaceOption,
    coffee_shops: Annotated[
        Path, typer.Option(metavar="FILE", help="Coffee shops: points with a code.")
    ],
    schools: Annotated[
        Path, typer.Option(metavar="FILE", help="Secondary schools: points with a code.")
    ],
    policy: PolicyOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Measure coffee shops against schools and one another; nothing is frozen."""
    from hotspots.pipeline.area_file import read_points
    from hotspots.pipeline.ban_distances import shop_distances

    asked, current = _asked(policy), _current(workspace)
    crs = current.workspace.crs
    shops, of_pupils = (
        read_points(each, crs, limits=asked.limits) for each in (coffee_shops, schools)
    )
    document = shop_distances(current, asked.bans, shops, of_pupils)
    if output is Format.json:
        typer.echo(json.dumps(document.model_dump(), ensure_ascii=False, indent=1))
    elif output is Format.csv:
        _print_csv([each.model_dump() for each in document.shops])
    else:
        _draw_distances(document)


# ---------------------------------------------------------------- what is asked
def _asked(policy: Path | None) -> "Policy":
    from hotspots.policy import load_policy

    return load_policy(policy)


def _current(workspace: Path) -> "Current":
    from hotspots.pipeline.deliveries import Current
    from hotspots.store.workspace import open_workspace

    return Current(open_workspace(workspace))


def _areas(
    workspace: Path, current: "Current", policy: "Policy", path: Path | None
) -> "list[AreaMeasure]":
    """Return the areas of a file, or of the register."""
    from hotspots.pipeline.area_file import read_areas
    from hotspots.pipeline.bans import registered_areas

    kinds = policy.bans.themes
    if path is not None:
        return read_areas(path, current.workspace.crs, kinds=kinds, limits=policy.limits)
    with opened_register(workspace) as register:
        return registered_areas(register, kinds)


def _steps(path: Path | None, policy: "Policy") -> "dict[str, list[BanStep]]":
    from hotspots.pipeline.area_file import read_timeline

    return {} if path is None else read_timeline(path, limits=policy.limits)


# ---------------------------------------------------------------- what is told
def _json(
    document: "BaseModel", parts: "Sequence[_Told]", say: "Callable[[_Told, Words], list[str]]"
) -> str:
    """Return a document, with the sentences on each of its parts in both languages."""
    from hotspots.outputs.text import LANGS, Words

    said = [{lang: say(part, Words(lang)) for lang in LANGS} for part in parts]
    content = json.loads(document.model_dump_json()) | {"sentences": said}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _print_csv(rows: list[dict[str, object]]) -> None:
    import pandas as pd

    from hotspots.outputs.exports import csv_text

    typer.echo(csv_text(pd.DataFrame(rows)), nl=False)


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)


def _table(title: str, rows: list[dict[str, object]]) -> "Table":
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in rows[0] if rows else ():
        table.add_column(column.replace("_", " "))
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row.values()))
    return table


def _row_of_review(each: "BanReview") -> dict[str, object]:
    """Return what a table tells of a review."""
    level, effect = each.level, each.effect
    km2 = None if each.proposed is None else f"{each.proposed.km2:.3f}"
    return {
        "code": each.code,
        "kind": each.kind,
        "figures_say": each.advice,
        "why": each.reason,
        "a_year": ", ".join(map(str, each.periods)),
        "yardstick": each.yardstick_per_year and f"{each.yardstick_per_year:.0f}",
        "left": level and f"{level.value:.2f} ({level.low:.2f} to {level.high:.2f})",
        "against_city": effect and f"{effect.effect.relative - 1:+.0%}",
        "low_since": each.below_since,
        "km2": f"{each.km2:.3f}",
        "to_km2": km2,
        "dwellings": each.dwellings,
    }


def _row_of_proposal(each: "BanProposal") -> dict[str, object]:
    """Return what a table tells of a proposal: every gate apart."""
    gates: dict[str, object] = {
        gate.gate: f"{'yes' if gate.passed else 'no'} ({gate.found:.3g})" for gate in each.gates
    }
    return {
        "place": each.name,
        "proposed": "yes" if each.proposed else "no",
        **gates,
        "km2": f"{each.boundary.km2:.3f}",
        "dwellings": each.boundary.dwellings,
        "along": each.aligned_with,
    }


def _draw_review(document: "BanReviewDocument") -> None:
    """Draw every area, what they ask together, and the sentences in the language of the pages."""
    from hotspots.outputs.ban_sentences import review_sentences, together_sentences
    from hotspots.outputs.text import Words

    console = _console()
    console.print(_table("Area measures", [_row_of_review(each) for each in document.areas]))
    burden = [each.model_dump() | {"km2": f"{each.km2:.2f}"} for each in document.burden]
    console.print(_table("What they ask of the city", burden))
    for area in document.areas:
        for sentence in review_sentences(area, Words("nl")):
            console.print(sentence)
    for sentence in together_sentences(document, Words("nl")):
        console.print(sentence)
    console.print(f"Sources: {', '.join(document.sources)}. Cut-off {document.until:%Y-%m-%d}.")


def _draw_proposals(document: "BanProposalDocument") -> None:
    """Draw every place with its gates, and the sentences in the language of the pages."""
    from hotspots.outputs.ban_sentences import proposal_sentences
    from hotspots.outputs.text import Words

    console = _console()
    rows = [_row_of_proposal(each) for each in document.places]
    console.print(_table(f"Places for {document.kind}", rows))
    for place in document.places:
        for sentence in proposal_sentences(place, Words("nl")):
            console.print(sentence)
    console.print(f"Sources: {', '.join(document.sources)}. Cut-off {document.until:%Y-%m-%d}.")


def _draw_distances(document: "DistanceDocument") -> None:
    console = _console()
    rows = [each.model_dump() for each in document.shops]
    console.print(_table("Coffee shops and the nearest school", rows))
    console.print(
        f"{document.too_near} within {document.least_m:.0f} m ({document.method}); "
        f"{len(document.concentrations)} concentration(s)."
    )
