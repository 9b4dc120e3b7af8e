"""Writers in processes of their own, to be killed or to race: each write is told once it is kept.

::

    python -m tests.store.register.writer kept  WORKSPACE URL     100 changes of two records each
    python -m tests.store.register.writer race  WORKSPACE URL     ten threads, one version each
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hotspots.errors import NotFound, StaleVersion
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import open_workspace
from tests.store.register.records import D, changing, designation, placement

WRITES = 100
THREADS = 10


def write(register: Register) -> None:
    """Write a designation and a placement together, again and again; tell each version."""
    try:
        held = register.designation(D)
    except NotFound:
        held = designation()
    for _ in range(WRITES):
        with changing(register) as change:
            held = change.put(held)
            change.put(placement(held.version))
        sys.stdout.write(f"{held.version}\n")
        sys.stdout.flush()


def race(register: Register) -> None:
    """Write one version in each thread, on what was read before; tell which, and how many tries."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        won = list(pool.map(lambda _: _win(register), range(THREADS)))
    for version, lost in won:
        sys.stdout.write(f"{version} {lost}\n")


def _win(register: Register) -> tuple[int, int]:
    lost = 0
    while True:
        held = register.designation(D)
        try:
            with changing(register) as change:
                return change.put(held.model_copy(update={"extended": held.version})).version, lost
        except StaleVersion:
            lost += 1


if __name__ == "__main__":
    how, folder, *address = sys.argv[1:]
    with open_register(open_workspace(Path(folder)), *address) as opened:
        {"kept": write, "race": race}[how](opened)
