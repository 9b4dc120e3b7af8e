"""Killed writers lose nothing that was told, and writers at once do not fork the chain."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import text

from hotspots.errors import StaleVersion
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace
from tests.store.register.records import D, changing, designation, url_of
from tests.store.register.writer import THREADS, WRITES

PROCESSES = 5


def start(how: str, register: Register, workspace: Workspace) -> "subprocess.Popen[str]":
    """Start a writer on a register, in a process of its own."""
    url = url_of(register)
    command = [sys.executable, "-m", "tests.store.register.writer", how, str(workspace.path)]
    return subprocess.Popen(
        command + ([url] if url else []),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_a_writer_that_is_killed_at_any_moment_leaves_a_whole_register(
    register: Register, workspace: Workspace
) -> None:
    moments = random.Random(20260301)
    kept = 0
    for _ in range(4):
        first = kept
        with start("kept", register, workspace) as writer:
            assert writer.stdout is not None
            for _ in range(moments.randrange(1, WRITES - 20)):
                kept = int(writer.stdout.readline())
            time.sleep(moments.uniform(0, 0.02))
            writer.send_signal(signal.SIGKILL)
            told = writer.stdout.read().split("\n")[:-1]  # a line without its end was not told
            kept = max([kept, *map(int, told)])
        assert writer.returncode == -signal.SIGKILL
        with open_register(workspace, url_of(register)) as again:
            found = again.designation(D).version
            assert first < kept <= found <= kept + 1  # one more may be kept and not yet told
            assert len(again.placements(D)) == found
            assert again.head()[0] == 2 * found
            assert again.verify() == []
            if url_of(register) is None:
                with again.database.engine.connect() as connection:
                    assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        kept = found


def test_of_fifty_writers_at_once_one_wins_each_version_and_none_is_lost(
    register: Register, workspace: Workspace
) -> None:
    with changing(register) as change:
        change.put(designation())
    writers = [start("race", register, workspace) for _ in range(PROCESSES)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    won, lost = [], 0
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        told, _ = writer.communicate(timeout=300)
        assert writer.returncode == 0
        for line in told.splitlines():
            version, tries = map(int, line.split())
            won.append(version)
            lost += tries
    writers_in_all = PROCESSES * THREADS
    assert sorted(won) == list(range(2, writers_in_all + 2))
    assert lost > 0  # they were in each other's way
    trail = register.trail(D)
    assert [entry.version for entry in trail] == list(range(1, writers_in_all + 2))
    assert [entry.previous for entry in trail[1:]] == [entry.hash for entry in trail[:-1]]
    assert [each.extended for each in register.history(type(designation()), D)[1:]] == list(
        range(1, writers_in_all + 1)
    )  # each wrote on what it had read
    assert register.verify() == []


def test_of_writers_that_read_the_same_version_exactly_one_wins(register: Register) -> None:
    with changing(register) as change:
        held = change.put(designation())
    refused = 0
    for number in range(10):
        try:
            with changing(register, actor=f"a{number}") as change:
                change.put(held)
        except StaleVersion:
            refused += 1
    assert refused == 9
    assert [entry.actor for entry in register.trail(D)] == ["j.jansen", "a0"]


def test_a_change_waits_for_the_one_before_it_and_reads_what_it_wrote(
    register: Register, workspace: Workspace
) -> None:
    entered, seen = Event(), []

    def second() -> None:
        entered.set()
        with open_register(workspace, url_of(register)) as other, changing(other) as change:
            seen.append(change.designation(D).goal)

    thread = Thread(target=second)
    with changing(register) as change:
        held = change.put(designation(goal="Eerst"))
        thread.start()
        entered.wait(10)
        time.sleep(0.2)
        change.put(held.model_copy(update={"goal": "Daarna"}))
        assert seen == []
    thread.join(60)
    assert seen == ["Daarna"]
