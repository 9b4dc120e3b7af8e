"""Whether incidents follow one another near by more often than their places and dates explain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from hotspots.analysis.clusters import PLACE_M
from hotspots.analysis.grid import Floats, Ints
from hotspots.errors import PolicyRefused, Problem

MOST_PAIRS = 10_000_000
"""More pairs within reach of one another than this are refused: they would not fit in memory."""

Days = npt.NDArray[np.datetime64]

# What is worked on at once stays in the processor's cache.
_PAIRS_AT_ONCE = 2**15


@dataclass(frozen=True)
class NearRepeats:
    """Pairs of incidents by how far apart they lie in place and in time.

    Parameters
    ----------
    table
        One row per band of distances and days; see :func:`knox`.
    n_incidents
        Incidents whose day is known.
    n_undated
        Incidents left out because it is not.
    """

    table: pd.DataFrame
    n_incidents: int
    n_undated: int


def knox(
    x: Floats,
    y: Floats,
    day: Days,
    *,
    distances_m: Sequence[float],
    days: Sequence[int],
    replications: int,
    seed: int,
    same_place_m: float = PLACE_M,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> NearRepeats:
    """Count pairs of incidents that are close in place and in time, and test the number.

    Were dates dealt out again at random over the same places, would a band hold as many pairs?
    The same place is a band of its own, for repeats against one address differ from those next
    door. The same day is a band of its own too, and never part of the days that follow: a series
    recorded on one day (storage rooms of one block, registrations made together) is one event,
    and says nothing about what comes after it. Such a series still multiplies the pairs that it
    makes with others by chance: where there are many, pass one incident of each. Days are those
    of the calendar.

    The test asks whether place and time go together, whatever the reason: over many years,
    quarters that rise or fall at their own pace do that too. Use a year or two. Each band is
    tested by itself; among 25 bands one p-value below 0.05 is to be expected.

    Parameters
    ----------
    x, y
        Coordinates in metres, shape (incidents,). A location on which hundreds are booked that
        happened elsewhere is to be left out by the caller.
    day
        Day of each incident, missing (``NaT``) where only the month is known, same shape.
    distances_m
        Upper bounds of the bands of distance beyond the same place, rising.
    days
        Upper bounds of the bands of days beyond the same day, rising.
    replications
        Number of times the dates are dealt out.
    seed
        Decides those deals.
    same_place_m
        Incidents up to this far apart are at the same place.
    progress
        Called after each deal, with how many are done and how many there are.

    Returns
    -------
    NearRepeats
        The table has `distance_from_m` (exclusive, but for the same place), `distance_to_m`
        (inclusive), `days_from` and `days_to` (both inclusive), `pairs`, `expected` (mean over
        all deals that there are, which needs no simulation), `ratio` (missing where nothing is
        expected) and `p_value` (share of deals with as many pairs or more, the observed one
        among them).

    Raises
    ------
    PolicyRefused
        When bounds do not rise, or too many pairs lie within the largest distance.

    References
    ----------
    Knox (1964); Besag and Diggle (1977) for the Monte Carlo test; Townsley, Homel and Chaseling
    (2003) and Johnson et al. (2007) for burglary; Ratcliffe (2009), near repeat calculator.
    """
    _refuse_bounds("distances_m", same_place_m, distances_m)
    _refuse_bounds("days", 0, days)
    known = ~np.isnat(day)
    x, y = x[known], y[known]
    date = day[known].astype("datetime64[D]").astype(np.int64)
    date -= date.min() if len(date) else 0
    one, other = near_pairs(x, y, reach_m=distances_m[-1])
    apart = np.searchsorted(
        [same_place_m, *distances_m[:-1]], np.hypot(x[one] - x[other], y[one] - y[other])
    )
    table = _Table(one, other, apart, len(distances_m) + 1, _band_of_lag(date, days), len(days) + 1)
    pairs = table.count(date)
    rng = np.random.default_rng(seed)
    as_many = np.ones_like(pairs)
    for done in range(1, replications + 1):
        as_many += table.count(rng.permutation(date)) >= pairs
        progress(done, replications)
    expected = _expected(pairs_near=np.bincount(apart, minlength=len(pairs)), date=date, days=days)
    rows = _bands(distances_m, days, same_place_m)
    rows["pairs"], rows["expected"] = pairs.ravel(), expected.ravel()
    rows["ratio"] = rows["pairs"] / rows["expected"].where(rows["expected"] > 0)
    rows["p_value"] = as_many.ravel() / (replications + 1)
    return NearRepeats(rows, int(known.sum()), int((~known).sum()))


def refuse_knox(
    x: Floats,
    y: Floats,
    day: Days,
    *,
    distances_m: Sequence[float],
    days: Sequence[int],
    same_place_m: float = PLACE_M,
) -> None:
    """Refuse what :func:`knox` would refuse, without its work.

    Parameters
    ----------
    x, y, day, distances_m, days, same_place_m
        As of :func:`knox`.

    Raises
    ------
    PolicyRefused
        As :func:`knox`.
    """
    _refuse_bounds("distances_m", same_place_m, distances_m)
    _refuse_bounds("days", 0, days)
    known = ~np.isnat(day)
    refuse_pairs(x[known], y[known], reach_m=distances_m[-1])


def refuse_pairs(x: Floats, y: Floats, *, reach_m: float) -> None:
    """Refuse more pairs of points within reach than :func:`near_pairs` gives.

    Parameters
    ----------
    x, y, reach_m
        As of :func:`near_pairs`.

    Raises
    ------
    PolicyRefused
        As :func:`near_pairs`.
    """
    if len(x):
        _tree(x, y, reach_m)


def near_pairs(x: Floats, y: Floats, *, reach_m: float) -> tuple[Ints, Ints]:
    """Return every pair of points within reach of one another, once.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    reach_m
        Largest distance between two points of a pair.

    Returns
    -------
    tuple of numpy.ndarray
        Numbers of the one point and of the other, the smaller first.

    Raises
    ------
    PolicyRefused
        When there are more than :data:`MOST_PAIRS`.
    """
    if not len(x):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    pairs = _tree(x, y, reach_m).query_pairs(reach_m, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _tree(x: Floats, y: Floats, reach_m: float) -> KDTree:
    """Return the points as a tree, unless too many pairs of them lie within reach."""
    tree = KDTree(np.column_stack([x, y]))
    n_pairs = (int(tree.count_neighbors(tree, reach_m)) - len(x)) // 2
    if n_pairs > MOST_PAIRS:
        raise PolicyRefused(
            Problem(
                f"{n_pairs:,} pairs of incidents lie within {reach_m:g} m of one another; "
                f"{MOST_PAIRS:,} is the most that can be worked on.",
                "Use a shorter period, a smaller distance, or one theme at a time.",
                value=f"{reach_m:g}",
            )
        )
    return tree


@dataclass(frozen=True)
class _Table:
    """Pairs close in place, with what it takes to count those close in time for any dates.

    `band_of_lag` gives the band of days of a difference between two dates, the last band being
    beyond all; differences run from minus to plus the length of the period.
    """

    one: Ints
    other: Ints
    apart: Ints
    n_apart: int
    band_of_lag: Ints
    n_days: int

    def count(self, date: Ints) -> Ints:
        """Return pairs per band of distance and of days."""
        width = self.n_days + 1
        longest = len(self.band_of_lag) // 2
        found = np.zeros(self.n_apart * width, dtype=np.int64)
        for begin in range(0, len(self.one), _PAIRS_AT_ONCE):
            these = slice(begin, begin + _PAIRS_AT_ONCE)
            lag = date.take(self.one[these]) - date.take(self.other[these]) + longest
            band = self.band_of_lag.take(lag) + self.apart[these] * width
            found += np.bincount(band, minlength=len(found))
        return found.reshape(self.n_apart, width)[:, :-1]


def _band_of_lag(date: Ints, days: Sequence[int]) -> Ints:
    """Return the band of days of each difference between two dates, from the most negative."""
    longest = int(date.max(initial=0))
    lag = np.abs(np.arange(-longest, longest + 1))
    return np.searchsorted([0, *days], lag).astype(np.int64)


def _expected(*, pairs_near: Ints, date: Ints, days: Sequence[int]) -> Floats:
    """Return the mean number of pairs per band over all deals of the dates.

    Each pair of places is equally likely to get each pair of dates.
    """
    per_day = np.bincount(date)
    lags = [int(per_day @ (per_day - 1)) // 2]
    lags += [int(per_day[lag:] @ per_day[:-lag]) for lag in range(1, days[-1] + 1)]
    close = np.array([lags[0], *(sum(lags[a + 1 : b + 1]) for a, b in pairwise([0, *days]))])
    all_pairs = len(date) * (len(date) - 1) / 2
    return np.outer(pairs_near, close) / max(all_pairs, 1)


def _bands(distances_m: Sequence[float], days: Sequence[int], same_place_m: float) -> pd.DataFrame:
    """Return the bounds of every band, days running fastest."""
    to_m = np.array([same_place_m, *distances_m], dtype=np.float64)
    to_days = np.array([0, *days], dtype=np.int64)
    n_days = len(to_days)
    return pd.DataFrame(
        {
            "distance_from_m": np.repeat(np.append(0.0, to_m[:-1]), n_days),
            "distance_to_m": np.repeat(to_m, n_days),
            "days_from": np.tile(np.append(0, to_days[:-1] + 1), len(to_m)),
            "days_to": np.tile(to_days, len(to_m)),
        }
    )


def _refuse_bounds(column: str, above: float, bounds: Sequence[float]) -> None:
    """Refuse bounds of bands that do not rise."""
    if bounds and all(low < high for low, high in pairwise([above, *bounds])):
        return
    raise PolicyRefused(
        Problem(
            f"Bounds between bands must rise, from above {above:g}.",
            "Write them from small to large, none twice.",
            column=column,
            value=", ".join(f"{bound:g}" for bound in bounds),
        )
    )
