"""What taking in a file yields, before it is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots import __version__
from hotspots.errors import InputRefused
from hotspots.ingest.quarantine import as_problems
from hotspots.ingest.readers import RawTable
from hotspots.schemas import Kind, Level

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Ingested:
    """One file, validated.

    `facts` holds the accepted rows as the schema of its kind says, `rejects` every problem of
    every quarantined row, and `months` (``YYYY-MM``) what the file covers. `files` holds per name
    what writes a file that is kept beside the facts. `read = accepted +
    rejected` counts rows of the file, so that counts that were added together (two codes of one
    theme) do not hide.
    """

    kind: Kind
    file: str
    sha256: str
    source: str
    level: Level | None
    facts: "pd.DataFrame"
    rejects: "pd.DataFrame"
    read: int
    rejected: int
    mapping: Mapping[str, str | bool]
    notes: list[str]
    months: list[str] = field(default_factory=list)
    files: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """Number of rows of the file that were accepted."""
        return self.read - self.rejected

    @property
    def id(self) -> str:
        """Identity of the delivery: the same file, read the same way, has the same one."""
        parts = (
            __version__,
            self.kind,
            self.sha256,
            self.source,
            str(self.level),
            repr(self.mapping),
        )
        return f"{self.kind}-{sha256('|'.join(parts).encode()).hexdigest()[:16]}"


def refuse_if_nothing_is_left(raw: RawTable) -> None:
    """Refuse a file of which every row was quarantined.

    Raises
    ------
    InputRefused
        With every problem of every row.
    """
    if raw.read == len(raw.quarantine.rows):
        raise InputRefused(as_problems(raw.file, raw.quarantine.frame()))
