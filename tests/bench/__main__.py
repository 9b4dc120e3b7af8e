"""``python -m tests.bench [SUBJECT ...]``: one table on screen, the same in build/bench.json."""

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench import Timing, discover, measure_all

LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "shapely", "scikit-learn", "esda")


def table(timings: list[Timing]) -> Table:
    """Lay the timings out; the ratio is bold where ours is the faster."""
    shown = Table(title="Medians of one run, ours and the other in turn")
    for heading in ("case", "scale", "ours", "other", "by", "other / ours", "beside"):
        shown.add_column(
            heading, justify="left" if heading in ("case", "scale", "by", "beside") else "right"
        )
    for row in timings:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        shown.add_row(
            row.name,
            row.scale,
            seconds(row.ours_s),
            "" if row.other_s is None else seconds(row.other_s),
            row.other_name,
            f"[bold]{ratio}[/]" if row.ratio and row.ratio > 1 else ratio,
            beside(row),
        )
    return shown


def beside(row: Timing) -> str:
    """Tell whether both found the same, what was not timed whole, and what a process used."""
    told = [] if row.agrees is None else ["agrees" if row.agrees else "[bold red]differs[/]"]
    if row.other_times > 1:
        told.append(f"other extrapolated: {row.other_times} times what was timed")
    if row.peak_mb is not None:
        told.append(f"{row.peak_mb:,.0f} MB")
    if row.cpu_s is not None:
        told.append(f"{seconds(row.cpu_s)} of processor")
    if row.note:
        told.append(row.note)
    return ", ".join(told)


def seconds(value: float) -> str:
    """Write a duration with three digits in the unit that suits it."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def machine() -> dict[str, object]:
    """Tell what the numbers were measured on."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def main(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="SUBJECT", help="Such as serving; all without.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="One round of each case.")] = False,
    seconds_of_load: Annotated[
        float, typer.Option("--seconds", min=1, help="How long a server is kept under load.")
    ] = 10,
    to: Annotated[Path, typer.Option(help="Where the rows are written.")] = Path(
        "build/bench.json"
    ),
) -> None:
    """Time our methods against others."""
    console = Console()
    cases = list(discover(only or ()))
    measured = measure_all(cases, quick=quick, load_s=seconds_of_load)
    timings = list(track(measured, "Measuring", total=len(cases)))
    console.print(table(timings))
    to.parent.mkdir(parents=True, exist_ok=True)
    rows = {"machine": machine(), "quick": quick, "cases": [row.as_dict() for row in timings]}
    to.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    console.print(f"Written to {to}")


if __name__ == "__main__":
    typer.run(main)
