"""From a first plan to a proven one: relax, rule out sites, solve what is left."""

from functools import partial

import numpy as np

from hotspots.analysis.grid import Floats, Ints
from hotspots.planning.covering import Covering, fits, keep_sites, undominated, value_of
from hotspots.planning.exchange import fill, search
from hotspots.planning.relaxation import Relaxation, relax

ROUNDING = 1e-9
_REFINE_ROUNDS = (250, 50)
_ITERATIONS = 1000
_PRICED_ROUNDS = 10


def prove(
    covering: Covering,
    chosen: Ints,
    *,
    seed: int,
    gap: float,
    time_limit_s: float,
    node_limit: int,
) -> tuple[Ints, float, bool]:
    """Close the gap of a plan: relax and rule out sites in turn, then solve what is left.

    Parameters
    ----------
    covering
        The problem.
    chosen
        Positions of the sites of a first plan.
    seed, gap, time_limit_s, node_limit
        As in :func:`hotspots.planning.siting.plan_sites`.

    Returns
    -------
    tuple
        The best plan found, a bound on every plan, and whether a limit ended the solver.
    """
    from hotspots.planning.mixed_integer import solve

    rng = np.random.default_rng([seed, 1])
    kept = np.arange(len(covering.cost))
    part, bound, good_enough = covering, np.inf, -np.inf
    better = partial(max, key=partial(value_of, covering))
    for rounds in _REFINE_ROUNDS:
        lower = value_of(covering, chosen)
        relaxed = relax(part, lower=lower, iterations=_ITERATIONS)
        bound = min(bound, max(relaxed.bound, lower, good_enough))
        if relaxed.toll.any():
            # A ceiling leads the plain search astray; its price mends that before sites go.
            chosen = better(chosen, kept[_search(part, relaxed.toll, _PRICED_ROUNDS, rng)])
            lower = value_of(covering, chosen)
        if relative(lower, bound) <= max(gap, ROUNDING):
            return chosen, bound, False
        # A plan that is better by less than the gap asked for need not be found.
        good_enough = max(good_enough, lower + gap * abs(lower))
        part, places = _rule_out(part, relaxed, worth=good_enough)
        kept = kept[places]
        if not len(kept) or not fits(part, np.flatnonzero(part.required)):
            return chosen, good_enough, False
        chosen = better(chosen, kept[_search(part, relaxed.toll[places], rounds, rng)])
    solved = solve(part, gap=gap, time_limit_s=time_limit_s, node_limit=node_limit)
    if solved.chosen is not None:
        chosen = better(chosen, kept[solved.chosen])
    lower = value_of(covering, chosen)
    return chosen, min(bound, max(solved.bound, good_enough, lower)), solved.stopped


def _search(part: Covering, toll: Floats, rounds: int, rng: np.random.Generator) -> Ints:
    """Search from the required sites, with the price of dwellings in view."""
    start = fill(part, np.flatnonzero(part.required), toll=toll)
    return search(part, start, rounds=rounds, rng=rng, toll=toll)


def _rule_out(part: Covering, relaxed: Relaxation, *, worth: float) -> tuple[Covering, Ints]:
    """Leave out the sites, and require those, without which no plan is worth more than this."""
    least = worth - ROUNDING * abs(worth)
    fewer = np.flatnonzero(relaxed.with_site >= least)
    part = keep_sites(part, fewer, part.required | (relaxed.without_site < least))
    rest = undominated(part)
    return keep_sites(part, rest, part.required), fewer[rest]


def relative(objective: float, bound: float) -> float:
    """Return the gap between a plan and its bound, as a share of the plan."""
    if bound <= objective:
        return 0.0
    return (bound - objective) / abs(objective) if objective else np.inf
