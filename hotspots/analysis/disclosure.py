"""Statistical disclosure control: which counts of a table stay hidden, so that nobody is told.

A table has areas within areas down its side, and themes with their total along its top; every
total is published too, so a single hidden count would follow from the others. Small counts are
hidden first, then as few others as keep each of them undetermined.

Guarantee, attacked in the tests: whoever knows every shown count *exactly*, that totals add up
and that nothing hidden is zero, can exclude for no small count any value from 1 up to and
including the least count that is shown; so neither can they tell whether it is small at all. Of a
small total they know only that it is not less than the number of its parts that are not zero.
What is rounded on top tells less.

Zeros are shown, for a zero tells of nobody; what is not known is no part of any sum. No guarantee
holds against who knows a hidden count from elsewhere, nor for two tables of the same incidents in
other groups: there only the rounding stands in between.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_Node = tuple[str, str]
_Move = tuple[int, bool]  # a cell, and whether it is raised

_OUTSIDE: _Node = ("", "")


def with_totals(
    counts: "pd.DataFrame", parents: "pd.Series", *, total: str | None = None
) -> "pd.DataFrame":
    """Add the areas that others lie in to a table, and a column with the total.

    Parameters
    ----------
    counts
        Incidents, shape (smallest areas, themes); missing where unknown.
    parents
        Code of the larger area per area, also of larger ones; missing where there is none.
    total
        Name of the column with the total of the themes; none where there is to be none.

    Returns
    -------
    pandas.DataFrame
        Shape (areas, themes and total), each area after those within it; a total of which a part
        is unknown is unknown.
    """
    import pandas as pd

    table = counts if total is None else counts.assign(**{total: counts.sum(axis=1, skipna=False)})
    parts, level = [table], table
    while True:
        above = parents.reindex(level.index).dropna()
        if above.empty:
            return pd.concat(parts).rename_axis(index=None)
        grouped = level.loc[above.index].groupby(above)
        level = grouped.sum().mask(level.loc[above.index].isna().groupby(above).any())
        parts.append(level)


def hidden(
    table: "pd.DataFrame",
    parents: "pd.Series",
    *,
    total: str | None = None,
    least_shown: int,
    secondary: bool = True,
) -> "pd.DataFrame":
    """Return which counts of a table are not shown.

    A count of 1 up to `least_shown` is hidden. For each of them the cheapest way is sought to
    raise it to `least_shown`, and to lower it to 1, that leaves every sum intact and no hidden
    count below 1; whatever changes on that way is hidden too. Areas within areas by themes is a
    network, whose ways are cycles, so the cheapest is a shortest path; a count costs what it is.
    Years are tables of their own: the same counts of a year hide the same cells, whatever other
    years are published with it.

    Parameters
    ----------
    table
        As :func:`with_totals` returns it, in whole incidents.
    parents, total
        As for :func:`with_totals`.
    least_shown
        Smallest count that is shown.
    secondary
        Whether more than the small counts is hidden.

    Returns
    -------
    pandas.DataFrame
        True where hidden, on the index and columns of `table`; false where unknown.

    References
    ----------
    Willenborg & De Waal (2001), *Elements of Statistical Disclosure Control*, ch. 8; Hundepool et
    al. (2012), *Statistical Disclosure Control*, ch. 4; Cox (1995), network models for
    complementary cell suppression, JASA 90(432).
    """
    import pandas as pd

    values = table.to_numpy("float64").ravel()
    mask = (values > 0) & (values < least_shown)
    if secondary:
        network = _network(table, parents, total)
        for cell in map(int, mask.nonzero()[0]):
            network.protect(mask, cell, least_shown)
    return pd.DataFrame(mask.reshape(table.shape), index=table.index, columns=table.columns)


@dataclass(frozen=True)
class _Network:
    """Every cell as an arc between two sums: raising it adds to the one and takes off the other.

    `ends` holds the nodes of each cell; `arcs` per node the cells that leave it (true) or enter.
    """

    counts: "Floats"
    ends: list[tuple[_Node, _Node]]
    arcs: dict[_Node, list[_Move]] = field(default_factory=dict)

    def protect(self, mask: "Flags", cell: int, least_shown: int) -> None:
        """Hide what is needed for a cell to be anything from 1 to `least_shown`.

        A total cannot be less than the number of its parts that are not zero: it is lowered as
        far as they allow, by one at a time.
        """
        count = int(self.counts[cell])
        for wanted, raised in ((least_shown - count, True), (count - 1, False)):
            changed, step = self.counts.copy(), wanted
            while wanted:
                way = self._way(mask, changed, (cell, raised), step)
                if way is None and step == 1:
                    break
                if way is None:
                    step = 1
                    continue
                for each, up in way:
                    mask[each] = mask[each] or self.counts[each] > 0  # unknown hides itself
                    changed[each] += step if up else -step
                wanted -= step

    def _way(self, mask: "Flags", changed: "Floats", first: _Move, step: int) -> list[_Move] | None:
        """Return the cheapest changes by `step` that leave every sum intact after a first one."""
        end, start = self._way_of(first)
        came: dict[_Node, tuple[_Node, _Move]] = {}
        best, waiting = {start: (0.0, 0)}, [(0.0, 0, start)]
        while waiting and waiting[0][2] != end:
            cost, steps, node = heappop(waiting)
            if (cost, steps) > best[node]:
                continue
            for each, raised in self.arcs[node]:
                if each == first[0] or not _can_change(changed[each], step, raised=raised):
                    continue
                beyond = self._way_of((each, raised))[1]
                price = cost + self._price(mask, each), steps + 1
                if beyond not in best or price < best[beyond]:
                    best[beyond], came[beyond] = price, (node, (each, raised))
                    heappush(waiting, (*price, beyond))
        if end not in best:
            return None
        moves, node = [], end
        while node != start:
            node, move = came[node]
            moves.append(move)
        return moves

    def _way_of(self, move: _Move) -> tuple[_Node, _Node]:
        """Return where a change comes from and leads to."""
        start, end = self.ends[move[0]]
        return (start, end) if move[1] else (end, start)

    def _price(self, mask: "Flags", cell: int) -> float:
        count = float(self.counts[cell])
        return 0.0 if mask[cell] or count != count else count


def _can_change(count: float, step: int, *, raised: bool) -> bool:
    """Whether a count can change: a zero is known, what is hidden stays at least 1."""
    unknown = count != count
    return bool(unknown or (count > 0 and (raised or count - step >= 1)))


def _network(table: "pd.DataFrame", parents: "pd.Series", total: str | None) -> _Network:
    """Return the sums of a table as nodes, each cell as an arc.

    The themes of a smallest area add up to its total; the areas within an area add up to it, per
    column. That themes of a larger area add up follows. In the total's column every arc is
    turned round, so that each cell enters one sum and leaves another.
    """
    above = parents.reindex(table.index)
    larger = set(above.dropna())
    ends: list[tuple[_Node, _Node]] = []
    for area, parent in above.items():
        for column in table.columns:
            if area in larger:
                lower: _Node = (str(area), str(column))
            else:
                lower = _OUTSIDE if total is None else (str(area), "")
            upper = (str(parent), str(column)) if parent == parent and parent else _OUTSIDE
            ends.append((upper, lower) if column == total else (lower, upper))
    network = _Network(table.to_numpy("float64").ravel(), ends)
    for cell, (start, end) in enumerate(ends):
        network.arcs.setdefault(start, []).append((cell, True))
        network.arcs.setdefault(end, []).append((cell, False))
    return network
