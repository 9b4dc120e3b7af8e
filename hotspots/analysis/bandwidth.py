"""Choose a bandwidth from the points themselves.

The reference rules (`silverman`, `scott`) take the city for one normal cloud. They are for a
first look at something that has one centre: in a city of several they average into one blob.
The rules by cross-validation ask which bandwidth foretells a place from the others. `likelihood`
looks for the bandwidth that leaves no incident unexpected; it is the steady one and the one to
use for hotspots. `least-squares` looks for the smallest error of the surface, which the densest
spots decide; it is narrower and varies more from sample to sample.

All rules take each place once, however many incidents it holds. Incidents on one spot have no
distance between them, and a rule that counted such pairs would choose a bandwidth of 0, whatever
the rest of the city looks like; one that left out only these pairs would smooth until the
neighbours explain the stack.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.signal import fftconvolve

from hotspots.analysis.clusters import PLACE_M, Places, gather
from hotspots.analysis.density import Kernel, kernel_deviation, kernel_peak, stencil
from hotspots.analysis.grid import Floats

ReferenceRule = Literal["silverman", "scott"]
CrossValidation = Literal["likelihood", "least-squares"]
Rule = Literal[ReferenceRule, CrossValidation]

CANDIDATES_M = (50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 450.0, 600.0, 900.0, 1200.0)
"""Bandwidths that cross-validation chooses from when none are given."""

_STEPS_PER_DEVIATION = 4
_TILE = 512
_NORMAL_QUARTILES = 1.349


def select_bandwidth(
    x: Floats,
    y: Floats,
    *,
    rule: Rule,
    kernel: Kernel = "quartic",
    candidates_m: Sequence[float] = CANDIDATES_M,
) -> float:
    """Choose the bandwidth of a kernel density by a named rule.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    rule
        ``silverman`` (normal reference, deviation or quartiles, whichever is narrower), ``scott``
        (normal reference, deviation), ``likelihood`` or ``least-squares`` (cross-validation).
    kernel
        ``quartic`` or ``gaussian``; a quartic kernel needs 2.78 times the bandwidth.
    candidates_m
        What the cross-validations choose from. A choice at either end only says that the best
        bandwidth does not lie between.

    Returns
    -------
    float
        Metres: radius of the quartic kernel, standard deviation of the Gaussian.

    Raises
    ------
    ValueError
        If there are fewer than two places, or no candidates above 0.

    References
    ----------
    See :func:`reference_bandwidth` and :func:`cross_validation`.
    """
    if rule == "silverman" or rule == "scott":  # mypy narrows no `in`
        return reference_bandwidth(x, y, rule=rule, kernel=kernel)
    scores = cross_validation(x, y, rule=rule, kernel=kernel, candidates_m=candidates_m)
    return float(candidates_m[int(np.argmax(scores))])


def reference_bandwidth(
    x: Floats, y: Floats, *, rule: ReferenceRule, kernel: Kernel = "quartic"
) -> float:
    """Return the best bandwidth for a round normal cloud of the same width.

    In two dimensions both rules are deviation x places ^ (-1/6) for the Gaussian kernel. They
    differ in the deviation: `silverman` takes that of the middle half where it is narrower.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    rule
        ``silverman`` or ``scott``.
    kernel
        ``quartic`` or ``gaussian``.

    Returns
    -------
    float
        Metres.

    Raises
    ------
    ValueError
        If there are fewer than two places.

    References
    ----------
    Silverman (1986), equations 3.28-3.30 and table 4.1; Scott (1992), section 6.3.1.
    """
    places = _places(x, y)
    at = np.column_stack([places.x, places.y])
    deviation = at.std(axis=0, ddof=1)
    if rule == "silverman":
        low, high = np.quantile(at, [0.25, 0.75], axis=0)
        robust = (high - low) / _NORMAL_QUARTILES
        deviation = np.where(robust > 0, np.minimum(robust, deviation), deviation)
    gaussian_m = math.sqrt((deviation**2).mean() * len(at) ** (-1 / 3))
    return gaussian_m * _roughness(kernel) / _roughness("gaussian")


def cross_validation(
    x: Floats,
    y: Floats,
    *,
    rule: CrossValidation,
    kernel: Kernel = "quartic",
    candidates_m: Sequence[float] = CANDIDATES_M,
) -> Floats:
    """Score bandwidths by how well the density of all other places foretells each place.

    Places are laid on a lattice of a quarter of the kernel's standard deviation and summed by
    Fourier transforms, tile by tile. No sample is drawn: time grows with the area over the square
    of the bandwidth, hardly with the number of points.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    rule
        ``likelihood``: mean logarithm of the density at each place, of the others and of one
        place that may lie anywhere in the rectangle around all: without it a lone farm, to which
        a finite kernel gives no chance at all, would set the bandwidth of a whole city.
        ``least-squares``: minus the integrated squared error, up to a constant.
    kernel
        ``quartic`` or ``gaussian``.
    candidates_m
        Bandwidths in metres.

    Returns
    -------
    numpy.ndarray
        One score per candidate, the higher the better.

    Raises
    ------
    ValueError
        If there are fewer than two places, or no candidates above 0.

    References
    ----------
    Likelihood: Habbema, Hermans and Van den Broek (1974), COMPSTAT, 101-110; Duin (1976), IEEE
    Transactions on Computers C-25, 1175-1179. Least squares: Rudemo (1982), Scandinavian Journal
    of Statistics 9, 65-78; Bowman (1984), Biometrika 71, 353-360; Silverman (1986), section
    3.4.3, for what equal values do to it.
    """
    if not len(candidates_m) or min(candidates_m) <= 0:
        raise ValueError(f"candidates_m are {list(candidates_m)}, they must be above 0")
    places = _places(x, y)
    score = _likelihood if rule == "likelihood" else _least_squares
    return np.array([score(places, each, kernel) for each in candidates_m])


def _places(x: Floats, y: Floats) -> Places:
    """Gather incidents by place and refuse what has no spread."""
    places = gather(x, y, size_m=PLACE_M)
    if len(places.x) < 2:
        raise ValueError(f"a bandwidth needs incidents on two places, there are {len(places.x)}")
    return places


def _roughness(kernel: Kernel) -> float:
    """Return the bandwidth that a kernel needs, up to a constant shared by all kernels.

    It is (integral of K^2 / deviation^4) ^ (1/6) in two dimensions (Silverman 1986, 4.14).
    """
    return float((_integrated_square(kernel) / kernel_deviation(kernel, 1.0) ** 4) ** (1 / 6))


def _integrated_square(kernel: Kernel) -> float:
    """Return the integral of the square of a kernel of bandwidth 1."""
    return (9 / 5 if kernel == "quartic" else 1 / 4) / math.pi


def _likelihood(places: Places, bandwidth_m: float, kernel: Kernel) -> float:
    """Return the mean log density at each place of all others and one that may lie anywhere."""
    heights, spacing = _lattice_kernel(kernel, bandwidth_m)
    others = np.maximum(_sums_of_others(places, heights, spacing), 0.0)
    anywhere = 1 / (max(np.ptp(places.x), PLACE_M) * max(np.ptp(places.y), PLACE_M))
    return float(np.log((others + anywhere) / len(places.x)).mean())


def _least_squares(places: Places, bandwidth_m: float, kernel: Kernel) -> float:
    """Return minus (integral of the density's square - 2 x mean density of the others)."""
    n = len(places.x)
    heights, spacing = _lattice_kernel(kernel, bandwidth_m)
    half, _ = _lattice_kernel(kernel, bandwidth_m, smoothings=2)
    # Over all pairs of places the integral is a sum of the kernel smoothed by itself.
    pair = fftconvolve(half, half) * (spacing / n) ** 2
    reach = (len(pair) - len(heights)) // 2
    pair[reach:-reach, reach:-reach] -= 2 * heights / (n * (n - 1))
    own_square = _integrated_square(kernel) / bandwidth_m**2 / n
    return -own_square - float(_sums_of_others(places, pair, spacing).sum())


def _lattice_kernel(
    kernel: Kernel, bandwidth_m: float, *, smoothings: int = 1
) -> tuple[Floats, float]:
    """Return the kernel's heights on the lattice for places, and the lattice's width.

    Laying places out and reading sums back both add to the variance of a kernel, each a sixth of
    the squared width on average. The kernel has so much less, or its part of it where it is
    to be smoothed by itself.
    """
    spacing = kernel_deviation(kernel, bandwidth_m) / _STEPS_PER_DEVIATION
    narrowed_m = bandwidth_m * math.sqrt(1 - 1 / (3 * smoothings * _STEPS_PER_DEVIATION**2))
    heights = stencil(kernel, bandwidth_m=narrowed_m, spacing_m=spacing)
    return heights * kernel_peak(kernel, narrowed_m), spacing


def _sums_of_others(places: Places, heights: Floats, spacing_m: float) -> Floats:
    """Sum heights around all other places at each place.

    A place is shared among the four nodes around it, and sums are read from those nodes, both in
    proportion to nearness. Only tiles with places are worked: a stray place costs one tile, not
    the land between.
    """
    up, right = ((side - side.min()) / spacing_m for side in (places.y, places.x))
    row, column = np.floor(up).astype(np.int64), np.floor(right).astype(np.int64)
    margin = len(heights) // 2 + 1
    size = min(_TILE, int(max(row.max(), column.max())) + 1)
    wide = size + 2 * margin + 1
    tile = np.stack([row // size, column // size], axis=1)
    sums = np.empty(len(row))
    for south, west in np.unique(tile, axis=0) * size:
        near_row, near_column = row - south + margin, column - west + margin
        near = (near_row >= 0) & (near_row < wide - 1)
        near &= (near_column >= 0) & (near_column < wide - 1)
        shared = np.zeros((wide, wide))
        for north in (0, 1):
            for east in (0, 1):
                share = _nearness(up[near], north) * _nearness(right[near], east)
                node = (near_row[near] + north) * wide + near_column[near] + east
                shared += np.bincount(node, share, minlength=wide * wide).reshape(wide, wide)
        added = fftconvolve(shared, heights, mode="valid")
        own = (row // size * size == south) & (column // size * size == west)
        at = [up[own] - south + 1, right[own] - west + 1]
        sums[own] = map_coordinates(added, at, order=1)
    return sums - _own_sums(up, right, heights)


def _nearness(position: Floats, node: int) -> Floats:
    """Return the share of the node before (0) or after (1) a position."""
    after = position - np.floor(position)
    return after if node else 1 - after


def _own_sums(up: Floats, right: Floats, heights: Floats) -> Floats:
    """Return what each place adds to its own sum through the four nodes around it."""
    middle = len(heights) // 2
    same_row, same_column = (
        _nearness(position, 0) ** 2 + _nearness(position, 1) ** 2 for position in (up, right)
    )
    straight = same_row * (1 - same_column) + (1 - same_row) * same_column
    return np.asarray(
        heights[middle, middle] * same_row * same_column
        + heights[middle, middle + 1] * straight
        + heights[middle + 1, middle + 1] * (1 - same_row) * (1 - same_column)
    )
