"""Whether two sources on the same nuisance, reports and police records, contradict each other.

More reports can be success: a campaign or an enforcement action makes people report what they
bore in silence. Reports that rise while records fall, or the reverse, are sources that contradict
each other, and nothing here says that an area became worse or better.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc, betaln, expit, logit
from scipy.stats import beta, false_discovery_control, norm

from hotspots.analysis.change import changes
from hotspots.analysis.rates import Floats
from hotspots.results.codes import Verdict

Bools = npt.NDArray[np.bool_]

_SOURCES = ("reports", "records")
_N_NODES = 256
_TAIL = 1e-14
"""Of the integral of a p-value, what may lie outside its nodes."""


def compare_sources(
    reports: pd.DataFrame,
    records: pd.DataFrame,
    *,
    now: pd.PeriodIndex,
    before: pd.PeriodIndex,
    reports_dispersion: float,
    records_dispersion: float,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Lay the changes of two sources side by side, over the same months, and give a verdict.

    ===========  =============================================================================
    contradict   the counts of one source rose, those of the other fell, and the two changes
                 differ by more than chance
    both_up      both rose by more than chance
    both_down    both fell by more than chance
    one_sided    at least one source changed by more than chance, and none of the above holds
    unclear      nothing is beyond chance, or there are no months to compare
    ===========  =============================================================================

    A contradiction is a claim about the difference between two changes, not about each of them:
    reports 40% up and records 20% down can be far apart while neither change is clear by itself.
    It does not say that the source that fell would not have stood still.

    Of the areas called `contradict` at most a share `alpha` is expected to be called so wrongly,
    their sources having changed alike (Benjamini-Hochberg over all areas compared, an area whose
    counts do not move in opposite directions having p = 1); so for `both_up`, for `both_down`,
    and for all verdicts but `unclear` together, as claims that some source changed. Where nothing
    changed anywhere, `alpha` is the chance of even one such call. This takes areas and sources to
    be independent of each other but for what truly changed.

    Verdicts are about the area itself: where reports rise all over the city and records do not,
    for one by a new way to report, the sources contradict each other in many areas. `local` tells
    the area where they do so more than in the rest of the city, with the same correction.

    Parameters
    ----------
    reports, records
        Citizens' reports and police records of the same kind of nuisance, one row per area and
        one column per month (``PeriodIndex``); missing where unknown. All areas of the city: what
        lies outside an area is its rest. An area in one of them alone is unknown in the other.
    now, before
        Months compared, in pairs by their order: usually the same calendar months of two years.
        A pair counts for an area when both sources know both months.
    reports_dispersion, records_dispersion
        Variance of monthly counts over their mean, at least 1; see
        :func:`~hotspots.analysis.change.area_dispersion`.
    alpha
        Expected share of false claims, for each verdict apart.

    Returns
    -------
    pandas.DataFrame
        Per area of either table: `same_months` (pairs compared), for each source (``reports_``,
        ``records_``) `now`, `before` (counts) and the columns of
        :func:`~hotspots.analysis.change.changes`; `divergence` (the ratio of reports over that of
        records), `divergence_low`, `divergence_high` (95%); `verdict`; `local`; `q_value` (of a
        contradiction; missing where there is nothing to compare).

    Raises
    ------
    ValueError
        When the periods differ in length or share a month, or a dispersion is below 1.

    References
    ----------
    Fay, Proschan and Brittain (2015), Biometrics 71, 146-156, for a test that joins the exact
    intervals of two shares; Benjamini and Hochberg (1995).
    """
    if len(now) != len(before) or len(now.intersection(before)):
        raise ValueError("now and before must be as many months, and other ones")
    areas = reports.index.union(records.index)
    pairs = [
        [source.reindex(index=areas, columns=months).astype("float64") for months in (now, before)]
        for source in (reports, records)
    ]
    known = np.logical_and.reduce([half.notna() for pair in pairs for half in pair])
    found = [pd.DataFrame({"same_months": known.sum(axis=1)}, index=areas)]
    worth = []
    spreads = (reports_dispersion, records_dispersion)
    for source, (later, earlier), spread in zip(_SOURCES, pairs, spreads, strict=True):
        counts = _counts(later, earlier, known)
        own, rest = (counts["now"], counts["before"]), (counts["rest_now"], counts["rest_before"])
        change = changes(*own, *rest, dispersion=spread)
        found.append(counts[["now", "before"]].join(change).add_prefix(f"{source}_"))
        worth.append(counts / spread)
    return pd.concat([*found, _divergence(*worth), _verdicts(*worth, alpha=alpha)], axis=1)


def _counts(now: pd.DataFrame, before: pd.DataFrame, known: Bools) -> pd.DataFrame:
    """Return each area's counts over its known months, and those of all other areas over these."""
    compared = known.any(axis=1)
    counts = {}
    for name, months in (("now", now), ("before", before)):
        by_month = np.where(known, months, 0.0)
        counts[name] = np.where(compared, by_month.sum(axis=1), np.nan)
        counts[f"rest_{name}"] = known @ by_month.sum(axis=0) - counts[name]
    return pd.DataFrame(counts, index=now.index)


def _divergence(reports: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return the ratio of the sources' ratios with its interval, from counts over dispersion."""
    # What `changes` does for an area and the rest of its city is here done for two sources.
    change = changes(
        reports["now"], reports["before"], records["now"], records["before"], dispersion=1
    )
    columns = {f"relative{end}": f"divergence{end}" for end in ("", "_low", "_high")}
    return change[list(columns)].rename(columns=columns)


def _verdicts(reports: pd.DataFrame, records: pd.DataFrame, *, alpha: float) -> pd.DataFrame:
    """Return `verdict`, `local` and `q_value` per area, from counts over dispersion."""
    counts = [source[["now", "before"]].to_numpy().T for source in (reports, records)]
    up = np.array([_p_more(now, before) for now, before in counts])
    down = np.array([_p_more(before, now) for now, before in counts])
    contradicts = _p_opposite(*counts)
    claims: dict[Verdict, Floats] = {
        "contradict": contradicts,
        # Doubled, as for a two-sided test: each claim has its mirror image.
        "both_up": 2 * up.max(axis=0),
        "both_down": 2 * down.max(axis=0),
        "one_sided": 2 * len(_SOURCES) * np.minimum(up, down).min(axis=0),
    }
    q_values = [_q_values(p) for p in claims.values()]
    apart = _q_values(np.maximum(contradicts, _p_apart(reports, records)))
    return pd.DataFrame(
        {
            "verdict": np.select([q <= alpha for q in q_values], list(claims), default="unclear"),
            "local": apart <= alpha,
            "q_value": q_values[0],
        },
        index=reports.index,
    )


def _q_values(p: Floats) -> Floats:
    """Return the q-values (Benjamini-Hochberg) of the areas that have a p-value."""
    known = ~np.isnan(p)
    q = np.full(p.shape, np.nan)
    if known.any():
        q[known] = false_discovery_control(np.minimum(p[known], 1.0))
    return q


def _p_more(count: Floats, other: Floats) -> Floats:
    """Return the exact one-sided p of no more in `count` than in `other`, half of the sum in each.

    Below 0.025 exactly where :func:`~hotspots.analysis.change.ratio_interval` lies above 1.
    """
    return np.where(count == 0, 1.0, betainc(count, other + 1, 0.5))


def _p_opposite(reports: Floats, records: Floats) -> Floats:
    """Return the two-sided p of sources that changed alike; 1 where they moved the same way."""
    p = np.where(np.isnan(reports + records).any(axis=0), np.nan, 1.0)
    for one, other in ((reports, records), (records, reports)):
        apart = (one[0] > one[1]) & (other[0] < other[1])
        p[apart] = np.minimum(2 * _p_share(*one[:, apart], *other[:, apart]), 1.0)
    return p


def _p_share(now: Floats, before: Floats, other_now: Floats, other_before: Floats) -> Floats:
    """Return the exact one-sided p of a share `now` that is no larger than the other's.

    It is the chance that the lower confidence distribution of the one share does not exceed the
    upper one of the other: of whole counts Fisher's exact p, and defined between them. Neither
    `now` nor `other_before` is 0.
    """
    one, other = (now, before + 1), (other_now + 1, other_before)
    # The narrower of the two is the density that the nodes follow; 1 - share turns them around.
    turn = 1 / one[0] + 1 / one[1] < 1 / other[0] + 1 / other[1]
    a, b, c, d = (
        np.where(turn, mirrored, own)[:, None]
        for own, mirrored in zip((*one, *other), (*other[::-1], *one[::-1]), strict=True)
    )
    low, high = logit(beta.ppf(_TAIL, c, d)), -logit(beta.ppf(_TAIL, d, c))
    step = (high - low) / (_N_NODES - 1)
    node = low + step * np.arange(_N_NODES)
    density = np.exp(c * node - (c + d) * np.logaddexp(0, node) - betaln(c, d))
    return np.asarray((betainc(a, b, expit(node)) * density * step).sum(axis=1))


def _p_apart(reports: pd.DataFrame, records: pd.DataFrame) -> Floats:
    """Return the two-sided p of a divergence like that of the rest of the city (normal, log).

    It is 1 where the area's sources diverge less than those of the rest, or the other way.
    """
    worth = {half: np.stack([reports[half], records[half]]) + 0.5 for half in reports}
    own, rest = (
        np.subtract(*np.log(worth[f"{where}now"] / worth[f"{where}before"]))
        for where in ("", "rest_")
    )
    error = np.sqrt(sum((1 / each).sum(axis=0) for each in worth.values()))
    p = 2 * norm.sf(np.sign(own) * (own - rest) / error)
    return np.asarray(np.minimum(p, 1.0))
