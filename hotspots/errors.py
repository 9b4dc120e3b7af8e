"""Everything that may go wrong in a way a person can mend."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
