"""Everything that may go wrong in a way a person can mend."""

import errno
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import PathLike, fsdecode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where it is, which rule it breaks and what to do about it.

    Parameters
    ----------
    rule
        The rule that is broken, as a full sentence.
    remedy
        What the reader can do about it, as a full sentence.
    file, row, column, value
        Where it was found, as far as that is known; ``row`` counts as an editor or a
        spreadsheet shows it (the first line of a file is 1).
    """

    rule: str
    remedy: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = [
            f"{name} {text!r}" if name in ("column", "value") else f"{name} {text}"
            for name, text in asdict(self).items()
            if name not in ("rule", "remedy") and text is not None
        ]
        return (
            f"{', '.join(place)}: {self.rule} {self.remedy}"
            if place
            else f"{self.rule} {self.remedy}"
        )


def problems_of(
    refusal: "ValidationError", *, remedy: str, file: str | None = None
) -> list[Problem]:
    """Return everything that pydantic found wrong with a policy, a mapping or settings."""
    return [
        Problem(
            f"{error['msg'].rstrip('.')}.",
            remedy,
            file=file,
            column=".".join(map(str, error["loc"])) or None,
            value=None if isinstance(error["input"], dict) else str(error["input"])[:80],
        )
        for error in refusal.errors()
    ]


def problem_of_system(error: OSError, path: Path | None = None) -> Problem:
    """Return what the system refused about a file, in words and with what to do about it.

    Parameters
    ----------
    error
        What the system raised.
    path
        The file as a person named it; else what `error` names.
    """
    named = isinstance(error.filename, str | bytes | PathLike)
    name = error.filename if path is None and named else path
    rule, remedy = _SYSTEM.get(
        error.errno or 0,
        (
            f"The system cannot read or write this ({error.strerror or type(error).__name__}).",
            "Check the path and the disk, then try again.",
        ),
    )
    return Problem(rule, remedy, file=None if name is None else fsdecode(name))


_NOT_ALLOWED = (
    "The file or its folder may not be read or written by this user.",
    "Ask its owner for permission, or use another place.",
)
_FULL = ("The disk is full.", "Free some space, then run the command again.")
_SYSTEM = {
    errno.ENOENT: ("There is no such file or folder.", "Check the path."),
    errno.EISDIR: ("This is a folder, where a file is needed.", "Give the path of a file."),
    errno.ENOTDIR: ("A part of this path is a file, not a folder.", "Check the path."),
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: ("This disk may only be read.", "Use a place that can be written."),
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.ENAMETOOLONG: ("This path is too long.", "Use a shorter name."),
}


class HotspotsError(Exception):
    """Base of every refusal; carries all its problems at once."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class InputRefused(HotspotsError):
    """A file or a mapping cannot be taken in as it is."""


class PersonalDataRefused(InputRefused):
    """A file holds personal data, or a proxy for it, that may not enter the workspace."""


class PolicyRefused(HotspotsError):
    """A policy file or a policy value is not allowed."""


class SettingsRefused(HotspotsError):
    """A setting of the server is missing or not allowed."""


class WorkspaceRefused(HotspotsError):
    """A workspace is missing, damaged, in use, or lacks what a question needs."""


class NotFound(HotspotsError):
    """A run, a table or an area that was asked for does not exist."""


class JobRefused(HotspotsError):
    """A calculation does not stand where what is asked of it makes sense."""


class QueueFull(HotspotsError):
    """Too many calculations wait already."""


class RegisterRefused(HotspotsError):
    """The register's database cannot be reached, does not fit, or refuses what is asked."""


class StaleVersion(RegisterRefused):
    """Somebody else changed the record first."""


class StepRefused(RegisterRefused):
    """A rule of law or policy stands against a step in the register."""


class RoleRefused(RegisterRefused):
    """Somebody may not do this in the role in which they act."""
