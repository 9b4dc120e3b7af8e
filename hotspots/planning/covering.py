"""Maximal covering with backup: a siting problem as numbers, and what makes it smaller."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints

_ALL = slice(None)
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Covering:
    """A siting problem as numbers: every site may be chosen, at most `budget` of them.

    Parameters
    ----------
    covers
        Which site covers which group of points, 0 or 1, shape (sites, groups).
    first, second
        What the first and the second camera on a group add; the second no more than the first.
    cost
        What choosing a site costs, in the unit of `first`.
    area, cap
        Number of the area of every site, and the most sites of every area.
    views, most_views
        Dwellings in view of every site, and their most over all chosen sites.
    near
        Pairs of sites that exclude each other, symmetric, shape (sites, sites).
    required
        Sites that every plan holds.
    budget
        Most sites in a plan, the required ones included.
    """

    covers: csr_array
    first: Floats
    second: Floats
    cost: Floats
    area: Ints
    cap: Ints
    views: Floats
    most_views: float
    near: csr_array
    required: Bools
    budget: int

    @property
    def has_backup(self) -> bool:
        """Whether a second camera on the same group adds anything."""
        return bool(self.second.any())


def merge_points(covers: csr_array, first: Floats, second: Floats) -> tuple[csr_array, ...]:
    """Merge points that the same sites cover, and leave out points that no site covers.

    Parameters
    ----------
    covers
        Which site covers which point, shape (sites, points).
    first, second
        What the first and the second camera on a point add.

    Returns
    -------
    tuple
        `covers`, `first` and `second` of the groups.
    """
    columns = covers.tocsc()
    columns.sort_indices()
    numbers: dict[bytes, int] = {}
    group = np.full(columns.shape[1], -1)
    leaders: list[int] = []
    for point in np.flatnonzero((np.diff(columns.indptr) > 0) & (first > 0)).tolist():
        sites = columns.indices[columns.indptr[point] : columns.indptr[point + 1]].tobytes()
        group[point] = numbers.setdefault(sites, len(numbers))
        if len(leaders) < len(numbers):
            leaders.append(point)
    used = group >= 0
    add = partial(np.bincount, group[used], minlength=len(leaders))
    return columns[:, leaders].tocsr(), add(weights=first[used]), add(weights=second[used])


def keep_sites(problem: Covering, kept: Ints, required: Bools) -> Covering:
    """Return the problem on some of its sites, with the points merged anew.

    Parameters
    ----------
    problem
        The problem.
    kept
        Positions of the sites that stay.
    required
        Sites that every plan holds, over all sites of `problem`.
    """
    covers, first, second = merge_points(problem.covers[kept], problem.first, problem.second)
    return replace(
        problem,
        covers=covers,
        first=first,
        second=second,
        near=problem.near[kept][:, kept],
        required=required[kept],
        **{name: getattr(problem, name)[kept] for name in ("cost", "area", "views")},
    )


def undominated(problem: Covering) -> Ints:
    """Find the sites that no other site with equal area, dwellings and cost makes superfluous.

    Only without backup and spacing: a dominated site may serve as the second camera, or stand
    far enough from another where the better one does not.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    array
        Positions of the sites that stay.

    References
    ----------
    Church and ReVelle (1974); Lv et al. (2025).
    """
    n_sites = len(problem.cost)
    if problem.has_backup or problem.near.nnz:
        return np.arange(n_sites)
    shared = (problem.covers @ problem.covers.T).tocoo()
    size = np.diff(problem.covers.indptr)
    one, other = shared.row, shared.col
    inside = (one != other) & (shared.data == size[one]) & ~problem.required[one]
    # Of twins with the same points the first stays.
    inside &= (size[other] > size[one]) | (other < one)
    for values in (problem.area, problem.views, problem.cost):
        inside &= values[one] == values[other]
    return np.setdiff1d(np.arange(n_sites), one[inside])


def value_of(problem: Covering, chosen: Ints) -> float:
    """Return what the chosen sites add, their cost taken off."""
    cameras = times(problem.covers, chosen)
    seen = problem.first[cameras >= 1].sum() + problem.second[cameras >= 2].sum()
    return float(seen - problem.cost[chosen].sum())


def times(matrix: csr_array, rows: Ints) -> Ints:
    """Count per column how many of these rows hold it."""
    # Without building the rows as a matrix, because the search asks this thousands of times.
    starts, ends = matrix.indptr[rows], matrix.indptr[rows + 1]
    held = [matrix.indices[start:end] for start, end in zip(starts, ends, strict=True)]
    return np.bincount(np.concatenate([*held, _NONE]), minlength=matrix.shape[1])


def adds(problem: Covering, cameras: Ints, groups: Ints | slice = _ALL) -> Floats:
    """Return what one more camera adds on groups that have this many."""
    first, second = problem.first[groups], problem.second[groups]
    return np.asarray(first * (cameras == 0) + second * (cameras == 1))


def fits(problem: Covering, chosen: Ints) -> bool:
    """Tell whether the chosen sites keep within budget, caps, ceiling and spacing."""
    taken = np.bincount(problem.area[chosen], minlength=len(problem.cap))
    return bool(
        len(chosen) <= problem.budget
        and np.all(taken <= problem.cap)
        and problem.views[chosen].sum() <= problem.most_views
        and not times(problem.near, chosen)[chosen].any()
    )
