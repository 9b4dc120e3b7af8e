"""How well flags foretold: measures of the field, and what chance leaves of them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from hotspots.analysis.grid import Bools, Floats, Ints

MEASURES = ("hit_rate", "pai", "pei", "rri", "gain")
FEW_MONTHS = 10
"""With fewer test months than this, incidents are resampled too."""

Numbers = Floats | Ints

_TAIL = 0.025


def hit_rate(n: Numbers, n_all: Numbers) -> Floats:
    """Return the share of incidents that fell in flagged cells, n / N.

    Parameters
    ----------
    n
        Incidents in flagged cells.
    n_all
        All incidents.

    Returns
    -------
    numpy.ndarray
        Shares; not a number without incidents.

    References
    ----------
    Chainey, Tompson and Uhlig (2008), Security Journal 21, 4-28.
    """
    return _ratio(n, n_all)


def pai(n: Numbers, n_all: Numbers, area: float, area_all: float) -> Floats:
    """Return the prediction accuracy index, (n / N) / (a / A): 1 for flags at random.

    Parameters
    ----------
    n, n_all
        Incidents in flagged cells, and all.
    area, area_all
        Flagged area and study area, in one unit.

    Returns
    -------
    numpy.ndarray
        Indices; not a number without incidents.

    References
    ----------
    Chainey, Tompson and Uhlig (2008), Security Journal 21, 4-28.
    """
    return _ratio(n, n_all) / (area / area_all)


def pei(n: Numbers, n_best: Numbers) -> Floats:
    """Return the prediction efficiency index, n / n*: 1 for the best flags there could have been.

    Parameters
    ----------
    n
        Incidents in flagged cells.
    n_best
        Most incidents that cells of the same area held.

    Returns
    -------
    numpy.ndarray
        Indices from 0 to 1; not a number without incidents.

    References
    ----------
    Hunt (2016), Do crime hot spots move?, doctoral thesis, American University.
    """
    return _ratio(n, n_best)


def rri(n: Numbers, n_all: Numbers, n_before: Numbers, n_all_before: Numbers) -> Floats:
    """Return the recapture rate index, (n / N) / (n0 / N0): 1 where flagged cells stay as hot.

    The area being the same, this is the accuracy index afterwards over the one before.

    Parameters
    ----------
    n, n_all
        Incidents in flagged cells and all, afterwards.
    n_before, n_all_before
        The same for the months that the flags were made from.

    Returns
    -------
    numpy.ndarray
        Indices; not a number where one of the shares is not, or flagged cells held nothing before.

    References
    ----------
    Levine (2008), Security Journal 21, 295-302.
    """
    return _ratio(_ratio(n, n_all), _ratio(n_before, n_all_before))


def _ratio(top: Numbers, bottom: Numbers) -> Floats:
    shape = np.broadcast(top, bottom).shape
    return np.asarray(np.divide(top, bottom, out=np.full(shape, np.nan), where=bottom > 0))


@dataclass(frozen=True)
class Outcomes:
    """What happened in each test month, by the methods that had flagged the place.

    Parameters
    ----------
    by_pattern
        Incidents per month and pattern of flags, shape (months, patterns).
    patterns
        Which methods flag in a pattern, shape (patterns, methods), the baseline first.
    n_best
        Incidents that the best flags held, a month's part of its window's by incidents.
    n_before, n_all_before
        Incidents before the origin in the flagged cells, shape (months, methods), and in all.
    """

    by_pattern: Ints
    patterns: Bools
    n_best: Floats
    n_before: Ints
    n_all_before: Ints

    def added(self, times: Ints) -> "Caught":
        """Add months up, each so many times; `times` has shape (sums, months)."""
        return self._caught(times, times @ self.by_pattern)

    def resampled(self, draws: int, rng: np.random.Generator) -> "Caught":
        """Add up as many months as there are, drawn with replacement, again and again.

        Incidents of one month depend on each other, by series, events and near repeats, so a
        month is drawn whole: to draw its incidents as well would count the chance within a month
        twice (Davison and Hinkley 1997, section 3.8). Fewer than :data:`FEW_MONTHS` months
        cannot show that chance, and their incidents are drawn again within each of them.
        """
        n_months = len(self.by_pattern)
        times = rng.multinomial(n_months, np.full(n_months, 1 / n_months), size=draws)
        if n_months >= FEW_MONTHS:
            return self.added(times)
        by_pattern = np.zeros((draws, self.by_pattern.shape[1]), dtype=np.int64)
        for row, drawn in zip(self.by_pattern, times.T, strict=True):
            if row.sum():
                by_pattern += rng.multinomial(drawn * row.sum(), row / row.sum())
        return self._caught(times, by_pattern)

    def _caught(self, times: Ints, by_pattern: Ints) -> "Caught":
        return Caught(
            n=by_pattern @ self.patterns.astype(np.int64),
            n_all=by_pattern.sum(axis=1, keepdims=True),
            n_best=times @ self.n_best[:, None],
            n_before=times @ self.n_before,
            n_all_before=times @ self.n_all_before[:, None],
        )


@dataclass(frozen=True)
class Caught:
    """Incidents of added months, per method or, in one column, for all methods alike.

    Parameters
    ----------
    n, n_all, n_best
        In flagged cells, in all cells, and in the best cells there could have been.
    n_before, n_all_before
        Before the origin, in flagged cells and in all.
    """

    n: Ints
    n_all: Ints
    n_best: Floats
    n_before: Ints
    n_all_before: Ints

    def measures(self, *, area: float, area_all: float) -> dict[str, Floats]:
        """Return every measure of :data:`MEASURES`, shape (sums, methods).

        `gain` is the hit rate less that of the first method, the baseline.
        """
        share = hit_rate(self.n, self.n_all)
        return {
            "hit_rate": share,
            "pai": pai(self.n, self.n_all, area, area_all),
            "pei": pei(self.n, self.n_best),
            "rri": rri(self.n, self.n_all, self.n_before, self.n_all_before),
            "gain": share - share[:, :1],
        }


def intervals(
    months: Outcomes, *, area: float, area_all: float, draws: int, rng: np.random.Generator
) -> dict[str, tuple[Floats, Floats]]:
    """Return the 95% bootstrap interval of every measure of every method.

    All methods are judged on the same resamples, so that `gain` is a paired comparison.
    Percentiles are moved outwards as far as a Student interval of so few months is wider than a
    normal one around a bootstrap that knows only the months it has.

    Parameters
    ----------
    months
        The test months.
    area, area_all
        Flagged area and study area, in one unit.
    draws
        Number of resamples.
    rng
        Draws them.

    Returns
    -------
    dict
        Low and high per method, by measure; not a number where the measure is not.

    References
    ----------
    Efron and Tibshirani (1993), chapter 13; Hesterberg (2015), The American Statistician 69,
    371-386, for the expanded percentiles.
    """
    n_months = len(months.by_pattern)
    tail = _TAIL
    if n_months >= FEW_MONTHS:
        wider = np.sqrt(n_months / (n_months - 1))
        tail = float(ndtr(stdtrit(n_months - 1, _TAIL) * wider))
    found = months.resampled(draws, rng).measures(area=area, area_all=area_all)
    return {name: _quantiles(values, tail) for name, values in found.items()}


def _quantiles(values: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the quantiles of every column over the draws that give a number."""
    low, high = np.full((2, values.shape[1]), np.nan)
    for column, each in enumerate(values.T):
        known = each[~np.isnan(each)]
        if len(known):
            low[column], high[column] = np.quantile(known, [tail, 1 - tail])
    return low, high
