"""Category tables: which code of a source is which theme; loaded with the extract."""

import csv
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, Problem
from hotspots.ingest.quarantine import Unfit
from hotspots.schemas import UNSCORED_THEMES, Attempt, refuse_unscored_theme
from hotspots.textfiles import read_text

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("code", "theme", "attempt", "description")
_ATTEMPTS: dict[str, Attempt] = {
    "completed": "completed",
    "attempted": "attempted",
    "unknown": "unknown",
    "": "unknown",
}


@dataclass(frozen=True, slots=True)
class Category:
    """One code of a source: its theme, and whether the code itself tells an attempt apart."""

    code: str
    theme: str
    attempt: Attempt
    description: str


@dataclass(frozen=True, slots=True)
class CategoryTable:
    """All codes of a source, by code in upper case; `guessed` when no table was given."""

    name: str
    categories: dict[str, Category]
    guessed: bool

    @property
    def fingerprint(self) -> str:
        """The table's name and a hash of its content, to tell two versions of a table apart."""
        content = "|".join(map(repr, sorted(self.categories.items())))
        return f"{self.name} {sha256(content.encode()).hexdigest()[:12]}"

    def find(self, text: str) -> Category:
        """Return the category of a code.

        Raises
        ------
        Unfit
            For a code that the table does not have.
        """
        category = self.categories.get(_plain_code(text))
        if category is None:
            raise Unfit(
                f"The category table {self.name} does not have this code.",
                "Add a line for it to a table and give that with --categories.",
            )
        return category


def load_categories(path: Path) -> CategoryTable:
    """Read a category table: CSV with columns `code`, `theme`, `attempt` and `description`.

    Raises
    ------
    InputRefused
        Naming every line that is wrong.
    """
    text = read_text(path, refusal=InputRefused)
    return _table(text, name=path.stem, file=path.name, guessed=False)


def guessed_categories(codes: "pd.Series", *, file: str, column: str) -> CategoryTable:
    """Return the known table that explains most of the distinct `codes`, and at least half.

    Raises
    ------
    InputRefused
        When no table does.
    """
    distinct = {_plain_code(text) for text in codes.unique()}
    best = max(_known_tables(), key=lambda table: len(distinct & table.categories.keys()))
    if 2 * len(distinct & best.categories.keys()) < max(len(distinct), 1):
        raise InputRefused(
            Problem(
                "No known category table explains these codes "
                f"({', '.join(sorted(distinct)[:8])}, …).",
                "Give a table with --categories: CSV with the columns code, theme, attempt, "
                "description.",
                file=file,
                column=column,
            )
        )
    return best


def known_themes() -> frozenset[str]:
    """Return the themes of the known category tables."""
    return frozenset(each.theme for table in _known_tables() for each in table.categories.values())


def _known_tables() -> list[CategoryTable]:
    return [
        _table(resource.read_text(encoding="utf-8"), Path(resource.name).stem, resource.name, True)
        for resource in sorted(files("hotspots.ingest").joinpath("tables").iterdir(), key=str)
        if resource.name.endswith(".csv")
    ]


def _table(text: str, name: str, file: str, guessed: bool) -> CategoryTable:
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text[:80] else ",")
    if reader.fieldnames is None or not {"code", "theme"} <= set(reader.fieldnames):
        raise InputRefused(
            Problem(
                "A category table has the columns code, theme, attempt and description.",
                "Put these names on its first line.",
                file=file,
                value=", ".join(reader.fieldnames or []),
            )
        )
    categories: dict[str, Category] = {}
    problems: list[Problem] = []
    for row in reader:
        fields = {column: (row.get(column) or "").strip() for column in _COLUMNS}
        rule = _broken_rule(fields, categories)
        if rule:
            problems.append(
                Problem(
                    rule,
                    "Mend the line; the README explains the table.",
                    file=file,
                    row=reader.line_num,
                    value=",".join(fields.values())[:80],
                )
            )
            continue
        categories[_plain_code(fields["code"])] = Category(
            fields["code"], fields["theme"], _ATTEMPTS[fields["attempt"]], fields["description"]
        )
    if problems:
        raise InputRefused(problems)
    return CategoryTable(name, categories, guessed)


def _broken_rule(fields: dict[str, str], earlier: dict[str, Category]) -> str | None:
    if not fields["code"]:
        return "A category has a code."
    if _plain_code(fields["code"]) in earlier:
        return "A code stands in a category table once."
    if fields["attempt"] not in _ATTEMPTS:
        return "attempt is completed, attempted or unknown."
    if fields["theme"] in UNSCORED_THEMES:
        return None  # may be present in the facts; the policy refuses to score it
    try:
        refuse_unscored_theme(fields["theme"])
    except ValueError as error:
        return f"{error}."
    return None


def _plain_code(text: str) -> str:
    clean = text.strip().upper()
    return clean.removesuffix(".0") if clean.removesuffix(".0").isdigit() else clean
