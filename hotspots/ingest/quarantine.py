"""Rows that are not accepted, each with every rule it breaks: nothing is ever dropped."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hotspots.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["row", "column", "value", "rule", "remedy"]
_LONGEST_VALUE = 80


class Unfit(ValueError):
    """A value breaks a rule; parsers raise it."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy


@dataclass
class Quarantine:
    """Collects the problems of one file, row by row; a row may have several."""

    file: str
    problems: list[tuple[int, str | None, str | None, str, str]] = field(default_factory=list)

    def add(
        self, values: "pd.Series | Iterable[int]", *, column: str | None, rule: str, remedy: str
    ) -> None:
        """Quarantine rows: a Series of offending values on row numbers, or row numbers alone."""
        import pandas as pd

        pairs = values.items() if isinstance(values, pd.Series) else ((row, None) for row in values)
        for row, value in pairs:
            text = None if value is None or pd.isna(value) else str(value)[:_LONGEST_VALUE]
            self.problems.append((_row_number(row), column, text, rule, remedy))

    def forget_values(self) -> None:
        """Keep where each problem is and its rule, not the value: it may not be stored."""
        self.problems = [
            (row, column, None, rule, remedy) for row, column, _, rule, remedy in self.problems
        ]

    @property
    def rows(self) -> set[int]:
        """Row numbers with at least one problem."""
        return {row for row, *_ in self.problems}

    def frame(self) -> "pd.DataFrame":
        """Return all problems in order of row: `row`, `column`, `value`, `rule`, `remedy`."""
        import pandas as pd

        ordered = sorted(self.problems, key=lambda problem: (problem[0], problem[1] or ""))
        frame = pd.DataFrame(ordered, columns=COLUMNS)
        return frame.astype({"row": "int64"} | dict.fromkeys(COLUMNS[1:], "str"))

    def parsed(
        self, texts: "pd.Series", parse: Callable[[str], Hashable | None], *, column: str
    ) -> "pd.Series":
        """Return `parse` of every text, on the same index; each distinct text is parsed once.

        Rows whose text is :class:`Unfit` are quarantined and get a missing value.
        """
        import numpy as np
        import pandas as pd

        places, distinct = pd.factorize(texts)
        outcomes = np.full(len(distinct), None, dtype=object)
        unfit: dict[tuple[str, str], list[str]] = {}
        for place, text in enumerate(distinct):
            try:
                outcomes[place] = parse(text)
            except Unfit as refusal:
                unfit.setdefault((refusal.rule, refusal.remedy), []).append(text)
        for (rule, remedy), wrong in unfit.items():
            self.add(texts[texts.isin(wrong)], column=column, rule=rule, remedy=remedy)
        return pd.Series(outcomes[places], index=texts.index, dtype=object, name=column)


def as_problems(file: str, rejects: "pd.DataFrame") -> list[Problem]:
    """Return quarantined rows as problems that can be printed."""

    def text(value: object) -> str | None:
        return value if isinstance(value, str) else None

    return [
        Problem(
            file=file,
            row=int(row),
            column=text(column),
            value=text(value),
            rule=str(rule),
            remedy=str(remedy),
        )
        for row, column, value, rule, remedy in rejects[COLUMNS].to_numpy(dtype=object)
    ]


def _row_number(row: Hashable) -> int:
    if not isinstance(row, int):
        raise TypeError(f"row numbers are whole numbers, not {row!r}")
    return row
