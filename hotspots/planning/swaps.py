"""What it costs to take another site in the place of one of a plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.planning.siting import Siting
from hotspots.planning.worth import cameras_on, demand_added, moving_costs, one_more

_DECIMALS = 9  # so alike, the first of two sites is as good as the second


@dataclass(frozen=True)
class Exchange:
    """One site of a plan against every site that could take its place.

    `loss` is what the objective loses, `covered_loss` the demand that no camera sees any more,
    both negative where the other site is better; `allowed` tells which sites the limits let in.
    All have a value per site; `away_m` is the distance to each.
    """

    loss: Floats
    covered_loss: Floats
    allowed: Bools
    away_m: Floats

    def best(self, among: Bools, *, most: int) -> Ints:
        """Return the positions of the allowed sites that lose least, the least first."""
        found = np.flatnonzero(self.allowed & among)
        order = np.argsort(self.loss[found].round(_DECIMALS), kind="stable")
        return found[order[:most]]


def exchanges(problem: Siting, chosen: Ints) -> Iterator[Exchange]:
    """Yield, for each site of a plan, what every other site would lose in its place.

    The rest of the plan stays as it is, so that the figures hold for one exchange at a time.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of a plan that the limits allow.
    """
    covers = csr_array(problem.covers != 0, dtype=np.float64)
    cost, cameras = moving_costs(problem), cameras_on(problem, chosen)
    added = demand_added(problem, chosen)
    place = problem.sites[["x", "y"]].to_numpy(dtype=np.float64)
    away_m = np.hypot(*(place[chosen][:, None] - place[None]).transpose(2, 0, 1))
    allowed = _allowed(problem, chosen, away_m)
    for nth, site in enumerate(chosen.tolist()):
        points = covers.indices[covers.indptr[site] : covers.indptr[site + 1]]
        without = cameras.copy()
        without[points] -= 1
        alone = np.where(without == 0, problem.demand, 0.0)
        yield Exchange(
            loss=added[nth] - (covers @ one_more(problem, without) - cost),
            covered_loss=float(alone[points].sum()) - covers @ alone,
            allowed=allowed[nth],
            away_m=away_m[nth],
        )


def _allowed(problem: Siting, chosen: Ints, away_m: Floats) -> Bools:
    """Tell which sites may take the place of which, shape (chosen, sites)."""
    sites = problem.sites
    area, codes = pd.factorize(sites["area"], use_na_sentinel=False)
    cap = np.array([problem.caps.get(code, len(sites)) for code in codes], dtype=np.int64)
    taken = np.bincount(area[chosen], minlength=len(codes))
    near = away_m < problem.spacing_m
    views = sites["dwellings_in_view"].to_numpy(dtype=np.float64)
    ceiling = problem.most_dwellings_in_view
    free = ~sites["forbidden"].to_numpy(dtype=np.bool_)
    free[chosen] = False
    replaceable = ~sites["required"].to_numpy(dtype=np.bool_)[chosen]
    others_near = near.sum(axis=0)[None] - near
    same_area = area[chosen][:, None] == area[None]
    in_view = views[chosen].sum() - views[chosen][:, None] + views[None]
    return np.asarray(
        replaceable[:, None]
        & free[None]
        & (others_near == 0)
        & (taken[area][None] - same_area < cap[area][None])
        & (in_view <= (np.inf if ceiling is None else ceiling)),
        dtype=np.bool_,
    )


def swaps(problem: Siting, chosen: Ints, *, within_m: float, most: int) -> pd.DataFrame:
    """List the best sites to take in the place of each site of a plan.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        Positions of the sites of a plan that the limits allow.
    within_m
        How far off a replacement may be.
    most
        Most replacements per site; the best of all, however far off, comes on top of that.

    Returns
    -------
    pandas.DataFrame
        In the order of `chosen`, the replacements that lose least first: `site` and `replacement`
        (ids), `away_m`, `loss` (of the objective), `covered_loss` (of the demand in view of at
        least one camera), and `is_best` (no allowed site anywhere loses less).
    """
    ids = problem.sites.index
    columns = ["site", "replacement", "away_m", "loss", "covered_loss", "is_best"]
    parts = [pd.DataFrame(columns=columns)]
    for site, exchange in zip(chosen.tolist(), exchanges(problem, chosen), strict=True):
        near = exchange.best(exchange.away_m <= within_m, most=most)
        best = exchange.best(np.ones(len(ids), dtype=np.bool_), most=1)
        others = np.concatenate([best, near[~np.isin(near, best)]])
        part = pd.DataFrame(
            {
                "site": ids[site],
                "replacement": ids[others],
                "away_m": exchange.away_m[others],
                "loss": exchange.loss[others],
                "covered_loss": exchange.covered_loss[others],
                "is_best": np.isin(others, best),
            }
        )
        parts.append(part)
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True)[columns]
