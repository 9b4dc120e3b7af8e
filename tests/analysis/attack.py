"""Whoever wants to know what is hidden: a linear programme per hidden count.

The sums are written down from what the table says of itself (areas within areas, themes and
their total), not from how it was protected.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix, csr_matrix

LEAST, ROUND_TO = 5, 5


@dataclass
class Known:
    """What is known of one publication: bounds of every count, and every sum that is published."""

    table: pd.DataFrame
    low: np.ndarray
    high: np.ndarray
    sums: list[dict[int, float]]

    def at(self, area: str, column: str) -> int:
        return cell_of(self.table, area, column)


def cell_of(table: pd.DataFrame, area: str, column: str) -> int:
    """Return the number of a cell, row by row."""
    return list(table.index).index(area) * table.shape[1] + list(table.columns).index(column)


def known(
    table: pd.DataFrame,
    hidden: pd.DataFrame,
    parents: pd.Series,
    total: str | None,
    *,
    rounded: bool,
    least: int = LEAST,
    to: int = ROUND_TO,
) -> Known:
    """Return what a reader knows who sees the table with its hidden counts."""
    values, away = table.to_numpy(float).ravel(), hidden.to_numpy().ravel()
    low, high = values.copy(), values.copy()
    if rounded:
        for at, value in enumerate(values):
            if value > 0:
                fits = [
                    n
                    for n in range(least, int(value) + 2 * to)
                    if _round(n, to) == _round(value, to)
                ]
                low[at], high[at] = min(fits), max(fits)
    low[away], high[away] = 1, np.inf
    low[np.isnan(values)], high[np.isnan(values)] = 0, np.inf
    found = Known(table, low, high, [])
    for area, parent in parents.items():
        assert area in table.index, (area, parent)
    for area in table.index:
        within = [each for each in table.index if parents.get(each) == area]
        for column in table.columns:
            if within and not np.isnan(table.loc[area, column]):
                found.sums.append(
                    {
                        found.at(area, column): -1.0,
                        **{found.at(each, column): 1.0 for each in within},
                    }
                )
        if total is not None and not np.isnan(table.loc[area, total]):
            parts = {found.at(area, each): 1.0 for each in table.columns if each != total}
            found.sums.append({found.at(area, total): -1.0, **parts})
    return found


def _round(value: float, to: int) -> int:
    return max(to, int(value / to + 0.5) * to)


class Attack:
    """Several publications taken together; `equal` says which counts of them make zero."""

    def __init__(
        self,
        publications: Sequence[Known],
        equal: Sequence[dict[tuple[int, int], float]] = (),
    ) -> None:
        self.starts = np.cumsum([0, *(len(each.low) for each in publications)])
        self.low = np.concatenate([each.low for each in publications])
        self.high = np.concatenate([each.high for each in publications])
        sums = [
            {start + at: factor for at, factor in line.items()}
            for start, each in zip(self.starts, publications, strict=False)
            for line in each.sums
        ]
        sums += [{self.starts[n] + at: f for (n, at), f in line.items()} for line in equal]
        self.sums = _matrix(sums, len(self.low))

    def range_of(self, cell: int) -> tuple[float, float]:
        """Return the least and the most that a count of the first publication can be."""
        aim = np.zeros(len(self.low))
        aim[cell] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * aim,
                A_eq=self.sums if self.sums.shape[0] else None,
                b_eq=np.zeros(self.sums.shape[0]) if self.sums.shape[0] else None,
                bounds=np.column_stack([self.low, self.high]),
                method="highs",
            )
            assert found.status in (0, 3), found.message
            ends.append(sign * float(found.fun) if found.status == 0 else -sign * np.inf)
        return ends[0], ends[1]

    def can_be(self, cell: int, value: int) -> bool:
        """Tell whether a count can be a value when all counts are whole numbers."""
        low, high = self.low.copy(), self.high.copy()
        low[cell] = high[cell] = value
        found = milp(
            np.zeros(len(low)),
            constraints=LinearConstraint(self.sums, 0, 0),
            integrality=np.ones(len(low)),
            bounds=Bounds(low, high),
        )
        return bool(found.success)


def _matrix(lines: Sequence[dict[int, float]], width: int) -> csr_matrix:
    where = [
        (row, int(at), factor) for row, line in enumerate(lines) for at, factor in line.items()
    ]
    rows, columns, factors = zip(*where, strict=True) if where else ((), (), ())
    return coo_matrix((factors, (rows, columns)), shape=(len(lines), width)).tocsr()
