"""Where incidents are expected next: a score per cell, from the months up to an origin alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy import sparse

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.analysis.likeliest import likeliest_weights
from hotspots.analysis.significance import gi_star_z
from hotspots.analysis.spacetime import (
    History,
    monthly_rate,
    months_between,
    neighbourhood,
    quartic,
)

WEEKS_PER_MONTH = 365.25 / 7 / 12
FEWEST_MONTHS = 6
"""The mixture learns from forecasts that knew at least this many months."""

Fade = Callable[[Floats], Floats]
"""Weight of a month by its age in months."""


@dataclass(frozen=True)
class Method:
    """A way to score cells, with its parameters filled in.

    Parameters
    ----------
    name
        Family of the method; the candidates of one family differ in their parameters.
    score
        Takes the history, the origins and the number of months ahead; returns scores of shape
        (study cells, origins), higher where more is expected.
    parameters
        The parameters, by name with unit.
    """

    name: str
    score: Callable[[History, Ints, int], Floats]
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """The parameters among which a choice is made on earlier months.

    Parameters
    ----------
    bandwidths_m
        Bandwidths of the quartic kernel.
    radii_m
        Radii of the neighbourhood of Gi*.
    half_lives_months
        After this many months an incident weighs half.
    reach_m
        Reach in space of the prospective kernel.
    reaches_months
        Reaches in time of the prospective kernel.
    fit_months
        Number of forecasts that the mixture learns its weights from.
    """

    bandwidths_m: Sequence[float] = (200.0, 300.0, 450.0)
    radii_m: Sequence[float] = (150.0, 300.0)
    half_lives_months: Sequence[float] = (3.0, 6.0, 12.0, 24.0)
    reach_m: float = 400.0
    reaches_months: Sequence[float] = (2.0, 6.0, 24.0)
    fit_months: int = 24


def methods_of(candidates: Candidates) -> list[Method]:
    """Return every method with every parameter: the plain count first, the mixture last.

    Parameters
    ----------
    candidates
        The parameters to try.

    Returns
    -------
    list of Method
        Simple before elaborate, so that the first of equals is the simplest.
    """
    learned = partial(
        mixture_scores,
        bandwidths_m=candidates.bandwidths_m,
        half_lives_months=candidates.half_lives_months,
        fit_months=candidates.fit_months,
    )
    return [
        Method("count", count_scores),
        *_family("kde", kde_scores, "bandwidth_m", candidates.bandwidths_m),
        *_family("gi_star", gi_star_scores, "radius_m", candidates.radii_m),
        *_family("recency", recency_scores, "half_life_months", candidates.half_lives_months),
        *_family(
            "prospective",
            partial(prospective_scores, reach_m=candidates.reach_m),
            "reach_months",
            candidates.reaches_months,
        ),
        Method("mixture", learned),
    ]


def _family(
    name: str, score: Callable[..., Floats], parameter: str, values: Sequence[float]
) -> list[Method]:
    return [Method(name, partial(score, **{parameter: each}), {parameter: each}) for each in values]


def count_scores(history: History, origins: Ints, _horizon_months: int = 1) -> Floats:
    """Score a cell by its plain count up to the origin, per delivered month: the baseline.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.

    Returns
    -------
    numpy.ndarray
        Incidents per month, shape (study cells, origins).
    """
    return monthly_rate(history, origins, _alike)


def kde_scores(
    history: History, origins: Ints, _horizon_months: int = 1, *, bandwidth_m: float
) -> Floats:
    """Score a cell by the kernel density at its middle of all incidents up to the origin.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    bandwidth_m
        Radius of the quartic kernel.

    Returns
    -------
    numpy.ndarray
        Incidents per km2 and month, shape (study cells, origins).

    References
    ----------
    Silverman (1986), equation 4.5; see :func:`hotspots.analysis.density.kernel_density`, to which
    this is equal for incidents in the middle of their cells.
    """
    density: Floats = quartic(history.grid, bandwidth_m) @ count_scores(history, origins)
    return density


def gi_star_scores(
    history: History, origins: Ints, _horizon_months: int = 1, *, radius_m: float
) -> Floats:
    """Score a cell by the Gi* z-score of all incidents up to the origin.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    radius_m
        Radius of the neighbourhood, the cell itself included.

    Returns
    -------
    numpy.ndarray
        z-scores, shape (study cells, origins); 0 where nothing varies.

    References
    ----------
    Ord and Getis (1995), equation 5; without the chances that a ranking does not need.
    """
    own = history.up_to(origins).astype(np.float64)
    near = neighbourhood(history.grid, radius_m, np.ones_like)
    return gi_star_z(own, near.sum(axis=1)[:, None], near @ own)


def recency_scores(
    history: History, origins: Ints, _horizon_months: int = 1, *, half_life_months: float
) -> Floats:
    """Score a cell by its count with weights that halve with age.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    half_life_months
        After this many months an incident weighs half.

    Returns
    -------
    numpy.ndarray
        Weighted incidents per month, shape (study cells, origins).
    """
    return monthly_rate(history, origins, partial(_halving, half_life_months=half_life_months))


def prospective_scores(
    history: History,
    origins: Ints,
    _horizon_months: int = 1,
    *,
    reach_m: float,
    reach_months: float,
) -> Floats:
    """Score a cell by what lies near in space and time: each incident gives 1 / (1+d) / (1+t).

    Distance d is in cells, from middle to middle, and age t in weeks, from the middle of the
    month; incidents at or beyond a reach give nothing. The first authors count whole cells and
    whole weeks from exact moments, which deliveries by month do not have.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    reach_m
        Reach in space.
    reach_months
        Reach in time.

    Returns
    -------
    numpy.ndarray
        Summed kernels per unit of weight in time, shape (study cells, origins).

    References
    ----------
    Bowers, Johnson and Pease (2004), British Journal of Criminology 44, 641-658: 400 m and two
    months; Johnson et al. (2007), Home Office Online Report 19/07.
    """

    def by_distance(distance_m: Floats) -> Floats:
        return (distance_m < reach_m) / (1 + distance_m / history.grid.cell_size_m)

    def by_age(age_months: Floats) -> Floats:
        return (age_months < reach_months) / (1 + (age_months + 0.5) * WEEKS_PER_MONTH)

    near = neighbourhood(history.grid, reach_m, by_distance)
    scores: Floats = near @ monthly_rate(history, origins, by_age)
    return scores


def mixture_scores(
    history: History,
    origins: Ints,
    horizon_months: int = 1,
    *,
    bandwidths_m: Sequence[float],
    half_lives_months: Sequence[float],
    fit_months: int,
) -> Floats:
    """Score a cell by a sum of space-time kernels, weighted as earlier forecasts would have wanted.

    The parts are the monthly rate over all months, with every half-life, and in the season of
    the month to come (the three calendar months around it), each unsmoothed and with every
    bandwidth, and a constant. Their weights, 0 or more, make the incidents that followed earlier
    origins likeliest when counts are Poisson; nothing after the origin itself is looked at. A
    long and a short window, own cell and surroundings thus get what they proved to be worth.
    Earlier origins are :func:`~hotspots.analysis.spacetime.months_between` months apart.

    Parameters
    ----------
    history
        Incidents per cell and month.
    origins
        Last month known.
    horizon_months
        Number of months to forecast together.
    bandwidths_m, half_lives_months
        Parameters of the parts.
    fit_months
        Number of months with origins to learn from; where there is none, all parts weigh the same.

    Returns
    -------
    numpy.ndarray
        Expected incidents per month but for the constant, shape (study cells, origins).

    References
    ----------
    Mohler et al. (2011), Journal of the American Statistical Association 106, 100-108, for
    background and triggering kernels weighted by expectation-maximisation; here their shapes are
    fixed and only the weights are learned.
    """
    own_cell = sparse.eye_array(len(history.counts), format="csr")
    kernels = [own_cell, *(quartic(history.grid, each) for each in bandwidths_m)]
    fades: list[Fade] = [_alike, _in_season]
    fades += [partial(_halving, half_life_months=each) for each in half_lives_months]
    weights = _learned_weights(history, origins, horizon_months, kernels, fades, fit_months)
    rates = [monthly_rate(history, origins, fade) for fade in fades]
    scores = np.zeros((len(history.counts), len(origins)))
    for kernel, weight in zip(kernels, weights, strict=True):
        scores += kernel @ sum(map(np.multiply, rates, weight), np.zeros(scores.shape))
    return scores


def _learned_weights(
    history: History,
    origins: Ints,
    horizon_months: int,
    kernels: Sequence[sparse.csr_array],
    fades: Sequence[Fade],
    fit_months: int,
) -> Floats:
    """Return the weight of each kernel of each fade, shape (kernels, fades, origins)."""
    starts, known = _earlier_origins(history, origins, horizon_months, fit_months)
    delivered = history.n_delivered_after(starts, horizon_months)
    followed = history.after(starts, horizon_months)
    # Ordered by start: an origin knows a stretch of them.
    start, cell = np.nonzero(followed.T)
    rates = [monthly_rate(history, starts, fade) for fade in fades]
    there, in_all = [np.ones(len(cell))], [delivered * float(len(history.counts))]
    for part in (kernel @ rate for kernel in kernels for rate in rates):
        there.append(part[cell, start])
        in_all.append(part.sum(axis=0) * delivered)
    counts = followed[cell, start, None] * known[start]
    weights = likeliest_weights(np.array(there), counts, np.array(in_all) @ known)
    weights[:, ~counts.any(axis=0)] = 1.0
    return weights[1:].reshape(len(kernels), len(fades), len(origins))


def _earlier_origins(
    history: History, origins: Ints, horizon_months: int, fit_months: int
) -> tuple[Ints, Bools]:
    """Return origins to learn from, rising, and which of them each origin learns from."""
    latest = origins - horizon_months
    first = max(history.months[0] + FEWEST_MONTHS - 1, latest.min() - fit_months + 1)
    starts = np.arange(first, latest.max() + 1)
    before = latest - starts[:, None]
    known = (before >= 0) & (before < fit_months) & (before % months_between(horizon_months) == 0)
    used = known.any(axis=1) & (history.n_delivered_after(starts, horizon_months) > 0)
    return starts[used], known[used]


def _in_season(age_months: Floats) -> Floats:
    return np.where((age_months + 2) % 12 <= 2, 1.0, 0.0)


def _alike(age_months: Floats) -> Floats:
    return np.ones_like(age_months)


def _halving(age_months: Floats, *, half_life_months: float) -> Floats:
    halved: Floats = 0.5 ** (age_months / half_life_months)
    return halved
