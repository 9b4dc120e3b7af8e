"""Anchors: heads of the audit trail that were written down elsewhere, one a day.

A file of anchors has a line per day: the day, the number of the newest entry, its hash. Lines are
only ever added, so that the file can lie where the administrator of the database cannot write.
"""

import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from hotspots.errors import Problem, RegisterRefused

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) (0|[1-9]\d{0,17}) ([0-9a-f]{64})", re.ASCII)
_REMEDY = "Look into what wrote there, or take the copy of the file from before."


class Anchor(NamedTuple):
    """The head of the audit trail on a day: the number of its newest entry, and its hash."""

    day: date
    seq: int
    hash: str

    def line(self) -> str:
        """Return it as a line of a file."""
        return f"{self.day.isoformat()} {self.seq} {self.hash}\n"


def read_anchors(path: Path) -> list[Anchor]:
    """Return the anchors of a file, oldest first.

    Raises
    ------
    RegisterRefused
        When a line is not one of an anchor, is not whole, or lies before the one above it.
    """
    try:
        text = path.read_bytes().decode("ascii")
    except UnicodeDecodeError:
        raise RegisterRefused(_problem(path, None, "This is no file of anchors.")) from None
    found: list[Anchor] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        anchor = _anchor(line)
        if anchor is None:
            problems.append(_problem(path, number, "This line is no whole anchor."))
        elif found and (anchor.day < found[-1].day or anchor.seq < found[-1].seq):
            problems.append(_problem(path, number, "This anchor is older than the one above it."))
        else:
            found.append(anchor)
    if problems:
        raise RegisterRefused(problems)
    return found


def add_anchor(path: Path, anchor: Anchor, earlier: Sequence[Anchor]) -> bool:
    """Add a line to a file of anchors, on disk when it returns; tell whether one was added.

    Parameters
    ----------
    path
        The file; made when it is not there.
    anchor
        The head of today. One that the last line has already is not written again.
    earlier
        What the file held when it was read.

    Raises
    ------
    RegisterRefused
        When the last line is of a later day.
    """
    if earlier and earlier[-1] == anchor:
        return False
    if earlier and anchor.day < earlier[-1].day:
        rule = f"The clock says {anchor.day}, and the file has an anchor of {earlier[-1].day}."
        raise RegisterRefused(Problem(rule, "Set the clock of this machine.", file=path.name))
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(target, anchor.line().encode("ascii"))  # one write, which is added as a whole
        os.fsync(target)
    finally:
        os.close(target)
    return True


def _anchor(line: str) -> Anchor | None:
    match = _LINE.fullmatch(line.removesuffix("\n")) if line.endswith("\n") else None
    if match is None:
        return None
    try:
        return Anchor(date.fromisoformat(match[1]), int(match[2]), match[3])
    except ValueError:
        return None


def _problem(path: Path, number: int | None, rule: str) -> Problem:
    return Problem(rule, _REMEDY, file=path.name, row=number)
