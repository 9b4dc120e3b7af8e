"""Command line of the generator: ``python -m data.duinstad --to DIR``."""

import argparse
from pathlib import Path

from rich.console import Console

from data.duinstad.write import DEFAULT_SEED, is_current, write_city
from hotspots.outputs.text import Words


def main() -> None:
    """Write Duinstad into a folder, unless it is there already."""
    parser = argparse.ArgumentParser(prog="python -m data.duinstad", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="folder for the extracts")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the city")
    parser.add_argument("--force", action="store_true", help="write again what is already there")
    options = parser.parse_args()
    console = Console(stderr=True)
    if is_current(options.to, options.seed) and not options.force:
        console.print(f"Duinstad staat al in {options.to} (zaad {options.seed}).")
        return
    with console.status("Duinstad wordt gebouwd") as status:
        city = write_city(
            options.to, options.seed, step=lambda name: status.update(f"Duinstad: {name}")
        )
    number = Words("nl").number
    console.print(
        f"Duinstad staat in {options.to}: {number(len(city.canvas.addresses))} woningen, "
        f"{number(len(city.incidents))} incidenten. Duinstad bestaat niet."
    )


if __name__ == "__main__":
    main()
