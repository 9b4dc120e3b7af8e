"""Weights of parts of a rate that make Poisson counts likeliest."""

from collections.abc import Iterator

import numpy as np

from hotspots.analysis.grid import Floats, Ints

_LEAPS = 10
_LONGEST_LEAP = 60.0
_LEAST_LEFT, _MOST_GAINED = 1e-3, 1e2
_PLACES_AT_ONCE = 2048
_SMALLEST = np.finfo(np.float64).tiny


def likeliest_weights(there: Floats, counts: Ints, in_all: Floats) -> Floats:
    """Return the weights that make Poisson counts with a summed rate likeliest.

    Parameters
    ----------
    there
        Each part where there are incidents, shape (parts, places); above 0 in some part.
    counts
        Incidents there, shape (places, sets); each set has weights of its own.
    in_all
        Each part summed over all places of a set, those without incidents too, shape (parts,
        sets).

    Returns
    -------
    numpy.ndarray
        Weights, shape (parts, sets), 0 or more; 0 for a part that is 0 everywhere. The weighted
        parts add up to the incidents.

    References
    ----------
    Dempster, Laird and Rubin (1977); Vardi, Shepp and Kaufman (1985), equation 2.13, for the
    step: the share of each incident that a part explains, over the part's sum. Varadhan and
    Roland (2008), Scandinavian Journal of Statistics 35, 335-353, for the leaps between steps.
    """
    used = in_all > 0
    per_sum = np.divide(1.0, in_all, out=np.zeros(in_all.shape), where=used)
    weight: Floats = counts.sum(axis=0) / np.maximum(used.sum(axis=0), 1) * per_sum
    blocks = list(_blocks(there, counts))

    def step(weight: Floats) -> Floats:
        explained = np.zeros(weight.shape)
        for part, count, sets in blocks:
            rate = part.T @ weight[:, sets]
            # A set without incidents has no weights, and so no rate.
            explained[:, sets] += part @ (count / np.maximum(rate, _SMALLEST))
        return weight * explained * per_sum

    for _ in range(_LEAPS):
        once = step(weight)
        weight = step(_leap(weight, once, step(once), in_all))
    return weight


def _leap(start: Floats, once: Floats, twice: Floats, in_all: Floats) -> Floats:
    """Return weights that lie ahead in the direction of two steps, for each set by itself.

    In logs, so that weights stay above 0; parts count by the incidents that they explain. How
    much a weight may change at once is bounded, and a step follows that makes up for a bad leap.
    """
    before, between, after = (np.log(np.maximum(each, _SMALLEST)) for each in (start, once, twice))
    first, explained = between - before, twice * in_all
    bend = after - between - first
    squared = (explained * first**2).sum(axis=0) / np.maximum(
        (explained * bend**2).sum(axis=0), _SMALLEST
    )
    length = np.clip(np.sqrt(squared), 1.0, _LONGEST_LEAP)
    beyond = before + 2 * length * first + length**2 * bend - after
    ahead: Floats = twice * np.exp(np.clip(beyond, np.log(_LEAST_LEFT), np.log(_MOST_GAINED)))
    return ahead


def _blocks(there: Floats, counts: Ints) -> Iterator[tuple[Floats, Floats, slice]]:
    """Yield places that fit in a processor's cache, with the sets that have incidents there."""
    for first in range(0, len(counts), _PLACES_AT_ONCE):
        count = counts[first : first + _PLACES_AT_ONCE]
        some = np.flatnonzero(count.any(axis=0))
        if len(some):
            sets = slice(some[0], some[-1] + 1)
            part = there[:, first : first + _PLACES_AT_ONCE]
            yield part, count[:, sets].astype(np.float64), sets
