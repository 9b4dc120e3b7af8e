"""From a first plan to a proven one: relax, rule out sites, solve what is left."""

from functools import partial

import numpy as np

from hotspots.analysis.grid import Ints
from hotspots.planning.covering import Covering, fits, keep_sites, undominated, value_of
from hotspots.planning.exchange import search
from hotspots.planning.relaxation import Relaxation, relax

ROUNDING = 1e-9
_MARGIN = 1e-6
"""How much below what is ruled out the solver may look: its own rounding blurs a sharp limit."""
_PASSES = 2
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
    part, bound, ruled_out, enough = covering, np.inf, -np.inf, max(gap, ROUNDING)
    worth = partial(value_of, covering)
    better = partial(max, key=worth)
    for _ in range(_PASSES):
        lower = worth(chosen)
        relaxed = relax(part, lower=lower, enough=_plus(lower, gap), iterations=_ITERATIONS)
        bound = min(bound, max(relaxed.bound, lower, ruled_out))
        if relaxed.toll.any():
            # A ceiling leads the plain search astray; its price mends that before sites go.
            chosen = better(chosen, kept[search(part, rng=rng, toll=relaxed.toll)])
        if relative(worth(chosen), bound) <= enough:
            return chosen, bound, False
        # A plan that is better by less than the gap asked for need not be found.
        ruled_out = max(ruled_out, _plus(worth(chosen), gap))
        part, places = _rule_out(part, relaxed, worth=ruled_out)
        kept = kept[places]
        if not len(kept) or not fits(part, np.flatnonzero(part.required)):
            return chosen, ruled_out, False
        chosen = better(chosen, kept[search(part, rng=rng, toll=relaxed.toll[places])])
        if relative(worth(chosen), bound) <= enough:
            return chosen, bound, False
    ruled_out = max(ruled_out, _plus(worth(chosen), gap))
    solved = solve(
        part,
        beyond=_plus(ruled_out, -_MARGIN),
        gap=gap,
        time_limit_s=time_limit_s,
        node_limit=node_limit,
    )
    if solved.chosen is not None:
        chosen = better(chosen, kept[solved.chosen])
    return chosen, min(bound, max(solved.bound, ruled_out)), solved.stopped


def _plus(value: float, share: float) -> float:
    """Return a value and so large a share of its size."""
    return value + share * abs(value)


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
