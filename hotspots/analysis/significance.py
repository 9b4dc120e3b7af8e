"""Where more incidents, or fewer, lie together than chance explains: Gi* with an exact p."""

import math
from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.analysis.permutation import p_hot, permutation_p, questions, tails
from hotspots.errors import PolicyRefused, Problem

_MOST_CHANCES = 20_000_000
_ROUNDING = 1e-9

Correction = Literal["benjamini-hochberg", "none"]


def gi_star(
    counts: Ints,
    inside: Bools,
    *,
    cell_size_m: float,
    radius_m: float,
    correction: Correction = "benjamini-hochberg",
) -> pd.DataFrame:
    """Test each study cell with its neighbours against the rest of the study area.

    Neighbours are the study cells whose centre lies within the radius. The z-score takes the cell
    and its neighbours together. The p-values are exact for the question of the conditional
    permutation test: had the counts of all other cells been dealt out again at random, how often
    would the neighbours hold as many incidents as they do, or more (hot); as few, or fewer
    (cold)? The cell's own count is left out of the deal, and both are one-sided.

    Parameters
    ----------
    counts
        Incidents per cell, whole and unweighted, shape (rows, columns).
    inside
        Whether a cell is a study cell, same shape.
    cell_size_m
        Side of a cell.
    radius_m
        Radius of the neighbourhood.
    correction
        How `q_hot` and `q_cold` control the share of false discoveries over all study cells,
        each side apart; ``none`` leaves the p-values as they are.

    Returns
    -------
    pandas.DataFrame
        Per study cell, indexed by cell number: `count`, `neighbours` (number of cells),
        `neighbour_count` (incidents in them), `gi_star_z` (0 where nothing varies), `p_hot`,
        `p_cold`, `mid_p_hot` (P(S > s) + P(S = s) / 2, to show and not to test with), `q_hot`
        and `q_cold`.

    Raises
    ------
    ValueError
        When a count is negative or not whole.
    PolicyRefused
        When the radius does not reach a neighbour, or reaches too many to test.

    References
    ----------
    Getis and Ord (1992); Ord and Getis (1995), equation 5, for z; Anselin (1995) for conditional
    permutation; Benjamini and Hochberg (1995); Lancaster (1961) for mid-p.
    """
    if np.any(counts < 0) or not np.issubdtype(counts.dtype, np.integer):
        raise ValueError("counts must be whole numbers of 0 or more: weights never enter a test")
    study = np.where(inside, counts, 0).astype(np.int64)
    own, neighbours, neighbour_count = _around(
        study, inside, cell_size_m=cell_size_m, radius_m=radius_m
    )
    hot, cold, above = permutation_p(own, neighbours, neighbour_count)
    adjust = _adjusted if correction == "benjamini-hochberg" else np.array
    return pd.DataFrame(
        {
            "count": own,
            "neighbours": neighbours,
            "neighbour_count": neighbour_count,
            "gi_star_z": gi_star_z(own, neighbours + 1, neighbour_count + own),
            "p_hot": hot,
            "p_cold": cold,
            "mid_p_hot": (hot + above) / 2,
            "q_hot": adjust(hot),
            "q_cold": adjust(cold),
        },
        index=pd.Index(np.flatnonzero(inside), name="cell"),
    )


def gi_star_twice(
    counts: Ints, inside: Bools, *, cell_size_m: float, radius_m: float, alpha: float
) -> pd.DataFrame:
    """Test every cell, and those that are not hot once more without the cells that are.

    The test deals out the counts of all other cells, those of the great hotspots too, so that
    many hot places together hide a lesser one that stands out from everything else. The second
    round sets the hot cells aside. Where nothing is hot there is no second round: the chance of
    a false alarm in a city without hotspots stays what it was.

    Parameters
    ----------
    counts, inside, cell_size_m, radius_m
        As in :func:`gi_star`.
    alpha
        A cell is hot when its `q_hot` is at most this.

    Returns
    -------
    pandas.DataFrame
        That of :func:`gi_star`; `p_hot`, `mid_p_hot` and `q_hot` of cells that are not hot at
        first are those of the second round.

    Raises
    ------
    ValueError, PolicyRefused
        As :func:`gi_star` does.
    """
    test = partial(gi_star, cell_size_m=cell_size_m, radius_m=radius_m)
    return second_round(test(counts, inside), counts, inside, test, alpha=alpha)


def second_round(
    first: pd.DataFrame,
    counts: Ints,
    inside: Bools,
    test: Callable[[Ints, Bools], pd.DataFrame],
    *,
    alpha: float,
) -> pd.DataFrame:
    """Return a first test with the second round of :func:`gi_star_twice` in it.

    Parameters
    ----------
    first
        Result of ``test(counts, inside)``.
    counts, inside
        As in :func:`gi_star`.
    test
        :func:`gi_star` with its sizes.
    alpha
        A cell is hot when its `q_hot` is at most this.
    """
    hot = first.index[first["q_hot"] <= alpha]
    if not len(hot):
        return first
    rest = inside.copy()
    rest.ravel()[hot] = False
    again = test(np.where(rest, counts, 0), rest)
    asked_again = rest[inside]
    both = {}
    for column in ("p_hot", "mid_p_hot", "q_hot"):
        both[column] = first[column].to_numpy(copy=True)
        both[column][asked_again] = again[column]
    return first.assign(**both)


def hot_cells(
    own: Ints,
    around: Ints,
    near: csr_array,
    *,
    cell_size_m: float,
    radius_m: float,
    alpha: float,
) -> Bools:
    """Tell which cells :func:`gi_star_twice` finds hot, and nothing else of them.

    For many sets of counts on the same cells: the same cells, many times faster.

    Parameters
    ----------
    own
        Incidents per study cell, whole and unweighted.
    around
        Incidents in the neighbours of each.
    near
        1 where two study cells are neighbours, shape (study cells, study cells), symmetrical; a
        cell is no neighbour of itself.
    cell_size_m, radius_m, alpha
        As in :func:`gi_star_twice`.

    Returns
    -------
    numpy.ndarray
        One value per study cell.

    Raises
    ------
    PolicyRefused
        As :func:`gi_star` does.
    """
    neighbours = np.diff(near.indptr).astype(np.int64)
    _refuse_reach(neighbours, around, radius_m=radius_m, cell_size_m=cell_size_m)
    hot = _hot_once(own, neighbours, around, alpha=alpha)
    if not hot.any():
        return hot
    rest, by_hot = ~hot, near[hot]
    neighbours = neighbours - by_hot.sum(axis=0)
    around = around - own[hot] @ by_hot
    hot[rest] = _hot_once(own[rest], neighbours[rest], around[rest], alpha=alpha)
    return hot


def _hot_once(own: Ints, neighbours: Ints, around: Ints, *, alpha: float) -> Bools:
    """Tell which cells one round of the test finds hot.

    To take a cell's own count out of the pool lowers its p by no more than the chance that it is
    drawn: cells whose p is above alpha even so are not asked, as none of them is hot.
    """
    hot, n_cells = np.zeros(len(own), dtype=bool), len(own)
    if not n_cells:
        return hot
    at_least = tails(own, neighbours, around)
    drawn = np.arange(len(at_least))[:, None] / n_cells
    least = (at_least > alpha + drawn).sum(axis=1)
    may = np.flatnonzero(around >= least[neighbours])
    if len(may):
        asked = questions(own[may], neighbours[may], around[may])
        p = p_hot(at_least, asked, n_cells=n_cells)
        q = _false_discovery_rate(p, np.bincount(asked.cell), n_cells)
        hot[may] = (q <= alpha)[asked.cell]
    return hot


def _adjusted(p: Floats) -> Floats:
    """Return the q-value of each p-value; many are equal."""
    cell, each = pd.factorize(p)
    return np.asarray(_false_discovery_rate(each, np.bincount(cell), len(p))[cell])


def _false_discovery_rate(p: Floats, times: Ints, n_cells: int) -> Floats:
    """Return the q-value of p-values, each of so many of `n_cells` cells.

    Those that are left out are larger than all of these.
    """
    order = np.argsort(p)
    rank = np.cumsum(times[order])
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate((p[order] * (n_cells / rank))[::-1])[::-1]
    return np.minimum(q, 1.0)


def _around(
    study: Ints, inside: Bools, *, cell_size_m: float, radius_m: float
) -> tuple[Ints, Ints, Ints]:
    """Return the count of each study cell, its number of neighbours and the count in them."""
    radius_cells = radius_m / cell_size_m
    own = study[inside]
    neighbours = disc_sums(inside.astype(np.int64), radius_cells=radius_cells)[inside] - 1
    neighbour_count = disc_sums(study, radius_cells=radius_cells)[inside] - own
    _refuse_reach(neighbours, neighbour_count, radius_m=radius_m, cell_size_m=cell_size_m)
    return own, neighbours, neighbour_count


def gi_star_z(own: Ints | Floats, members: Ints, member_count: Ints | Floats) -> Floats:
    """Return Gi* as a z-score, 0 where nothing varies or the neighbourhood is everything.

    Parameters
    ----------
    own
        Incidents per cell; several columns are several sets of incidents.
    members
        Number of cells in each neighbourhood; broadcast against `member_count`.
    member_count
        Incidents in each neighbourhood, and as many columns as `own`.

    Returns
    -------
    numpy.ndarray
        z-scores, shape of `member_count`.

    References
    ----------
    Ord and Getis (1995), equation 5.
    """
    n = len(own)
    if not n:
        return np.zeros(np.shape(member_count))
    spread = own.var(axis=0) * members * (n - members) / max(n - 1, 1)
    above = member_count - members * own.mean(axis=0)
    return np.asarray(np.divide(above, np.sqrt(spread), out=np.zeros_like(above), where=spread > 0))


def _refuse_reach(
    neighbours: Ints, neighbour_count: Ints, *, radius_m: float, cell_size_m: float
) -> None:
    """Refuse a radius without neighbours, and one whose table of chances would be too large."""
    if radius_m < cell_size_m:
        rule, remedy = "does not reach a neighbouring cell", "Use at least the size of a cell"
    elif (neighbours.max(initial=0) + 1) * (neighbour_count.max(initial=0) + 2) > _MOST_CHANCES:
        rule, remedy = "holds too many incidents to test", "Use a smaller radius or smaller cells"
    else:
        return
    raise PolicyRefused(
        Problem(
            f"A neighbourhood of {radius_m:g} m {rule} of {cell_size_m:g} m.",
            f"{remedy}.",
            column="radius_m",
            value=f"{radius_m:g}",
        )
    )


def disc_sums(values: Ints, *, radius_cells: float) -> Ints:
    """Sum values over the cells whose centre lies within a radius, the cell itself included.

    Parameters
    ----------
    values
        Whole numbers, shape (rows, columns); beyond the edge counts as 0.
    radius_cells
        Radius in cells.

    Returns
    -------
    numpy.ndarray
        Sums, shape (rows, columns).
    """
    n_rows, n_columns = values.shape
    reach = int(radius_cells + _ROUNDING)
    widest = min(reach, n_columns)
    # Sums of a stretch of a row are differences of sums from its start.
    from_start = np.zeros((n_rows, n_columns + 2 * widest + 1), dtype=values.dtype)
    here = slice(widest + 1, widest + 1 + n_columns)
    np.cumsum(values, axis=1, out=from_start[:, here])
    from_start[:, here.stop :] = from_start[:, here.stop - 1, None]
    sums = np.zeros_like(values)
    for up in range(min(reach, n_rows - 1) + 1):
        half = min(int(math.sqrt(max(radius_cells**2 - up**2, 0)) + _ROUNDING), widest)
        first = widest - half
        last = here.start + half
        stretch = from_start[:, last : last + n_columns] - from_start[:, first : first + n_columns]
        sums[up:] += stretch[: n_rows - up]
        if up:
            sums[:-up] += stretch[up:]
    return sums
