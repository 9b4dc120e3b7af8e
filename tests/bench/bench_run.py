"""Whole runs on facts taken in before: every theme, and each layer that is made on request."""

import shutil
from functools import partial
from pathlib import Path

from tests.bench import Command
from tests.bench.city import city

FOLDER = Path("build/bench")
LAYERS = ("clusters", "scan", "near_repeat", "support")
FEW, MANY = 50_000, 500_000


def prepare(n_incidents: int, layers: tuple[str, ...]) -> list[str]:
    """Make the city once, forget its runs, and return the arguments of a run with these layers."""
    workspace = city(FOLDER, n_incidents)
    shutil.rmtree(workspace.runs, ignore_errors=True)
    policy = FOLDER / ("-".join(["policy", *layers]) + ".toml")
    named = ", ".join(f'"{each}"' for each in layers)
    policy.write_text(f"[hotspots]\nlayers = [{named}]\n", encoding="utf-8")
    command = ["run", "--workspace", str(workspace.path), "--policy", str(policy)]
    return ["-m", "hotspots.cli", *command]


def cases() -> list[Command]:
    """Return what is timed."""
    asked: list[tuple[str, int, tuple[str, ...]]] = [
        ("run", FEW, ()),
        ("run, tenfold", MANY, ()),
        *((f"run with {layer}", MANY, (layer,)) for layer in LAYERS),
    ]
    return [
        Command(name, partial(prepare, n, layers), f"{n:,} incidents, 14 themes, 39,204 cells")
        for name, n, layers in asked
    ]
