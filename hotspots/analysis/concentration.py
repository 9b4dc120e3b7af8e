"""How unevenly incidents lie over cells, also where there are fewer incidents than cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc

from hotspots.analysis.grid import Floats, Ints

TOP_SHARES = (0.01, 0.05, 0.10)
"""Shares of the cells, the densest first, whose incidents are told."""

_SPREADS = 12


@dataclass(frozen=True)
class TopShare:
    """What the densest cells hold.

    Parameters
    ----------
    cells
        Share of the cells, 0 to 1.
    incidents
        Share of the incidents in them; a cell that the share cuts counts for that part.
    by_chance
        What they would hold were every incident dealt to a cell at random: few incidents look
        concentrated by themselves.
    """

    cells: float
    incidents: float
    by_chance: float


@dataclass(frozen=True)
class Concentration:
    """How unevenly incidents lie over cells; not a number where there are none.

    Parameters
    ----------
    n_cells, n_incidents
        Number of cells and of incidents.
    lorenz
        Points of the curve, shape (points, 2); see :func:`lorenz_curve`.
    gini
        0 when every cell holds as many, towards 1 when one holds all.
    generalised_gini
        The same against the most even deal that whole incidents allow.
    top
        What the densest cells hold.
    """

    n_cells: int
    n_incidents: int
    lorenz: Floats
    gini: float
    generalised_gini: float
    top: tuple[TopShare, ...]


def concentration(counts: Ints, *, top_shares: Sequence[float] = TOP_SHARES) -> Concentration:
    """Measure how unevenly incidents lie over cells.

    Parameters
    ----------
    counts
        Incidents per study cell, cells without incidents too.
    top_shares
        Shares of the cells to tell the incidents of.

    Returns
    -------
    Concentration
        Curve, coefficients and shares.

    References
    ----------
    Gini (1912); Bernasco and Steenbeek (2017), Journal of Quantitative Criminology 33, 451-467,
    for G' = max(n/c, 1) (G - 1) + 1 with n cells and c incidents; Weisburd (2015), Criminology
    53, 133-157, for the shares.
    """
    n_cells, n_incidents = len(counts), int(counts.sum())
    if not n_incidents:
        nothing = tuple(TopShare(each, np.nan, np.nan) for each in top_shares)
        return Concentration(n_cells, 0, np.empty((0, 2)), np.nan, np.nan, nothing)
    curve, chance = lorenz_curve(counts), curve_by_chance(n_incidents / n_cells)
    gini = 2 * float(np.trapezoid(curve[:, 1], curve[:, 0])) - 1
    return Concentration(
        n_cells=n_cells,
        n_incidents=n_incidents,
        lorenz=curve,
        gini=gini,
        generalised_gini=max(n_cells / n_incidents, 1.0) * (gini - 1) + 1,
        top=tuple(TopShare(each, _at(curve, each), _at(chance, each)) for each in top_shares),
    )


def lorenz_curve(counts: Ints) -> Floats:
    """Return the Lorenz curve, from the densest cells to the emptiest.

    Parameters
    ----------
    counts
        Incidents per cell, at least one in all.

    Returns
    -------
    numpy.ndarray
        Share of the cells and of the incidents, from (0, 0) to (1, 1); one point after each
        group of cells with the same count, between which the curve is straight.

    References
    ----------
    Lorenz (1905).
    """
    count, n_equal = np.unique(counts, return_counts=True)
    cells, incidents = np.cumsum(n_equal[::-1]), np.cumsum((count * n_equal)[::-1])
    points = np.column_stack([cells / cells[-1], incidents / incidents[-1]])
    return np.vstack([np.zeros((1, 2)), points])


def curve_by_chance(mean_count: float) -> Floats:
    """Return the Lorenz curve of incidents dealt to cells at random, many cells being given.

    Counts are then Poisson. Cells with k or more are P(X >= k) of all, and hold P(X >= k - 1) of
    the incidents: the mean of X where it is k or more is the mean times that chance.

    Parameters
    ----------
    mean_count
        Incidents per cell, above 0.

    Returns
    -------
    numpy.ndarray
        As :func:`lorenz_curve`, short of counts that no city has a cell for.
    """
    most = int(mean_count + _SPREADS * (np.sqrt(mean_count) + 1))
    at_least = np.concatenate([[1.0], gammainc(np.arange(1, most + 1), mean_count)])
    in_them = np.concatenate([[1.0], at_least[:-1]])
    return np.vstack([np.zeros((1, 2)), np.column_stack([at_least, in_them])[::-1]])


def _at(curve: Floats, cells: float) -> float:
    return float(np.interp(cells, curve[:, 0], curve[:, 1]))
