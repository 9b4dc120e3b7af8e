"""How reviews and proposals of area measures look in a terminal."""

import json
import math
import sys
from typing import TYPE_CHECKING, TypeVar

import typer

from hotspots.cli.options import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel
    from rich.console import Console
    from rich.table import Table

    from hotspots.outputs.bans.document import (
        BanProposal,
        BanProposalDocument,
        BanReview,
        BanReviewDocument,
        DistanceDocument,
    )
    from hotspots.outputs.text import Words
    from hotspots.store.runs import Run

_WIDTH_OF_A_FILE = 160
_Told = TypeVar("_Told")


def tell_review(run: "Run", output: Format) -> None:
    """Print the reviews of a run.

    Parameters
    ----------
    run
        A run of reviews.
    output
        How.
    """
    from hotspots.outputs.bans.reading import review_document_of
    from hotspots.outputs.bans.sentences import review_sentences

    document = review_document_of(run.record, run.table)
    if output is Format.json:
        typer.echo(_json(document, document.areas, review_sentences))
    elif output is Format.csv:
        print_csv([_row_of_review(each) for each in document.areas])
    else:
        _draw_review(document)


def tell_proposals(run: "Run", output: Format) -> None:
    """Print the proposals of a run.

    Parameters
    ----------
    run
        A run of proposals.
    output
        How.
    """
    from hotspots.outputs.bans.reading import proposal_document_of
    from hotspots.outputs.bans.sentences import proposal_sentences

    document = proposal_document_of(run.record, run.table)
    if output is Format.json:
        typer.echo(_json(document, document.places, proposal_sentences))
    elif output is Format.csv:
        print_csv([_row_of_proposal(each) for each in document.places])
    else:
        _draw_proposals(document)


def _json(
    document: "BaseModel", parts: "Sequence[_Told]", say: "Callable[[_Told, Words], list[str]]"
) -> str:
    """Return a document, with the sentences on each of its parts in both languages."""
    from hotspots.outputs.text import LANGS, Words

    said = [{lang: say(part, Words(lang)) for lang in LANGS} for part in parts]
    content = json.loads(document.model_dump_json()) | {"sentences": said}
    return json.dumps(content, ensure_ascii=False, indent=1)


def print_csv(rows: list[dict[str, object]]) -> None:
    """Print rows as CSV."""
    import pandas as pd

    from hotspots.outputs.exports import csv_text

    typer.echo(csv_text(pd.DataFrame(rows)), nl=False)


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)


def _table(title: str, rows: list[dict[str, object]]) -> "Table":
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for number, column in enumerate(rows[0] if rows else ()):
        table.add_column(column.replace("_", " "), no_wrap=not number)
    for row in rows:
        code, *others = ("–" if value is None else str(value) for value in row.values())
        table.add_row(code, *(each.replace("_", " ") for each in others))
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
        "left": level
        and _known(level.value, f"{level.value:.2f} ({level.low:.2f} to {level.high:.2f})"),
        "against_city": effect
        and _known(effect.effect.relative, f"{effect.effect.relative - 1:+.0%}"),
        "low_since": each.below_since,
        "km2": f"{each.km2:.3f}",
        "to_km2": km2,
        "dwellings": each.dwellings,
    }


def _known(value: float, text: str) -> str | None:
    """Return a text, or none where the figure is not known."""
    return None if math.isnan(value) else text


def _row_of_proposal(each: "BanProposal") -> dict[str, object]:
    """Return what a table tells of a proposal: every gate apart."""
    gates: dict[str, object] = {
        gate.gate: "unknown"
        if gate.passed is None
        else f"{'yes' if gate.passed else 'no'} ({gate.found:.3g})"
        for gate in each.gates
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
    from hotspots.outputs.bans.sentences import review_sentences, together_sentences
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
    console.print(
        f"Run {document.run}, cut-off {document.until:%Y-%m-%d}. "
        f"Sources: {', '.join(document.sources)}."
    )


def _draw_proposals(document: "BanProposalDocument") -> None:
    """Draw every place with its gates, and the sentences in the language of the pages."""
    from hotspots.outputs.bans.sentences import proposal_sentences
    from hotspots.outputs.text import Words

    console = _console()
    rows = [_row_of_proposal(each) for each in document.places]
    console.print(_table(f"Places for {document.kind}", rows))
    for place in document.places:
        for sentence in proposal_sentences(place, Words("nl")):
            console.print(sentence)
    console.print(
        f"Run {document.run}, cut-off {document.until:%Y-%m-%d}. "
        f"Sources: {', '.join(document.sources)}."
    )


def draw_distances(document: "DistanceDocument") -> None:
    """Draw coffee shops with their nearest school."""
    console = _console()
    rows = [
        each.model_dump() | {"metres": None if each.metres is None else f"{each.metres:.0f}"}
        for each in document.shops
    ]
    console.print(_table("Coffee shops and the nearest school", rows))
    console.print(
        f"{document.too_near} within {document.least_m:.0f} m of a secondary school "
        f"({document.method}); {len(document.concentrations)} concentration(s). "
        f"{_sight(document)}"
    )


def _sight(document: "DistanceDocument") -> str:
    """Return how many shops are seen from a primary school, or that it is not known."""
    if document.in_sight is None:
        return "Sight from primary schools is not known: it needs their doors, and buildings."
    return f"{document.in_sight} in sight of a primary school (within {document.sight_m:.0f} m)."
