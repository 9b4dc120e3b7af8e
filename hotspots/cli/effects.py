"""Whether it went better where a measure was taken: ``hotspots effects``."""

import json
import math
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli.options import Format, LevelOption, PolicyOption, WorkspaceOption
from hotspots.cli.printing import progress_bar

if TYPE_CHECKING:
    from hotspots.outputs.effect_document import EffectDocument

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
    from hotspots.policy import load_policy, policy_from
    from hotspots.store.workspace import open_workspace

    content = load_policy(policy).model_dump()
    asked = policy_from(content | {"hotspots": content["hotspots"] | {"themes": theme}})
    with progress_bar() as progress:
        document = compare(
            Current(open_workspace(workspace)),
            asked,
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
            progress=progress,
        )
    if output is Format.json:
        typer.echo(_json(document))
    elif output is Format.csv:
        typer.echo(_csv(document), nl=False)
    else:
        _draw(document)


def _json(document: "EffectDocument") -> str:
    """Return the figures with the sentences, and what others published, in both languages."""
    from hotspots.outputs.context import context_sentences, context_sources
    from hotspots.outputs.effect_sentences import effect_sentences
    from hotspots.outputs.text import LANGS, Words

    sentences = {lang: effect_sentences(document, Words(lang)) for lang in LANGS}
    context = {lang: context_sentences(Words(lang)) for lang in LANGS}
    more = {"sentences": sentences, "context": context | {"sources": context_sources()}}
    content = json.loads(document.model_dump_json()) | more
    return json.dumps(content, ensure_ascii=False, indent=1)


def _csv(document: "EffectDocument") -> str:
    import pandas as pd

    from hotspots.outputs.exports import csv_text

    rows = [{"zone": zone} | each.model_dump() for zone, each in document.zones.items()]
    return csv_text(pd.DataFrame(rows))


def _draw(document: "EffectDocument") -> None:
    """Draw the three zones, what the ring says, and the sentences in the language of the pages."""
    from rich.console import Console
    from rich.table import Table

    from hotspots.outputs.context import context_sentences, context_sources
    from hotspots.outputs.effect_sentences import effect_sentences
    from hotspots.outputs.text import Words

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    after, before = document.after, document.before
    table = Table(
        title=f"{', '.join(document.themes)}: {after[0]} to {after[-1]} ({len(after)} months) "
        f"against {before[0]} to {before[-1]} ({len(before)} months)",
        title_justify="left",
    )
    table.add_column("zone", no_wrap=True)
    for column in ("km2", "before", "after", "change", "against control", "police: before, after"):
        table.add_column(column, justify="right", no_wrap=True)
    changed = {"area": document.effect, "ring": document.displacement.ring}
    for zone, each in document.zones.items():
        own = changed.get(zone)
        table.add_row(
            zone,
            "–" if each.km2 is None else f"{each.km2:.3g}",
            f"{each.before:.0f}",
            f"{each.after:.0f}",
            _percent(document.control_ratio)
            if own is None
            else _between(own.ratio, own.ratio_low, own.ratio_high),
            "" if own is None else _between(own.relative, own.low, own.high),
            f"{each.police_before:.0f}, {each.police_after:.0f}",
        )
    console.print(table)
    moved = document.displacement
    quotient = "undefined" if math.isnan(moved.quotient) else f"{moved.quotient:.2f}"
    console.print(
        f"Weighted displacement quotient {quotient}; weighted displacement difference "
        f"{moved.difference:+.0f} incidents ({moved.low:+.0f} to {moved.high:+.0f}). Variance "
        f"{document.dispersion:.2f} times Poisson, as {document.places} other places tell. "
        f"Sources: {', '.join(document.sources)}."
    )
    words = Words("nl")
    for sentence in effect_sentences(document, words):
        console.print(sentence)
    console.print()
    console.print(words.sentence("context_if_camera"), *context_sentences(words))
    for source in context_sources():
        console.print(source, style="dim")


def _between(ratio: float, low: float, high: float) -> str:
    """Return a ratio as a change, with its interval."""
    return f"{_percent(ratio)} ({_percent(low)} to {_percent(high)})"


def _percent(ratio: float) -> str:
    """Return a ratio as a change; a dash where there is none."""
    return "–" if math.isnan(ratio) else f"{ratio - 1:+.0%}"
