"""Before and after a measure: its area and the ring around it, against a control area.

Nothing here proves that a measure worked. The figures say how much more or less an area changed
than the control did, and how large such a difference is by chance alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.change import area_dispersion, changes, ratio_interval
from hotspots.analysis.rates import Floats, dispersion
from hotspots.months import MONTHS_IN_A_YEAR, years_back

Columns = Mapping[str, Floats]
"""Counts of a zone by theme: `after`, `before` and `variance`."""

ZONES = ("area", "ring", "control")
"""Where incidents are counted; none lies in two of them."""

PLACES = 50
"""Places of the size of the area whose own changes say how much chance does."""

FEWEST_PLACES = 10
"""With fewer, what the places tell of a whole period is too uncertain to be used."""

SMALLEST_PLACE_M = 100.0

_NORMAL_95 = 1.959963984540054


def comparable_months(
    known: pd.PeriodIndex, *, first: pd.Period, last: pd.Period, before_from: pd.Period | None
) -> tuple[pd.PeriodIndex, pd.PeriodIndex]:
    """Return the months after and before a measure, over the same calendar months.

    Parameters
    ----------
    known
        Delivered months; a month in which the measure began halfway is not among them.
    first, last
        First and last month of the period after.
    before_from
        First month of the period before, which ends where `first` begins; without it that is as
        few whole years earlier as the period after needs.

    Returns
    -------
    after, before : pandas.PeriodIndex
        Delivered months; a calendar month that one of them lacks is left out of both.
    """
    n_months = (last - first).n + 1
    before_from = before_from or first - years_back(n_months)
    after, before = (
        known[(known >= start) & (known <= end)]
        for start, end in ((first, last), (before_from, first - 1))
    )
    return after[after.month.isin(before.month)], before[before.month.isin(after.month)]


def compare(
    monthly: pd.DataFrame, *, after: pd.PeriodIndex, before: pd.PeriodIndex
) -> pd.DataFrame:
    """Count incidents after and before, the latter brought to the calendar months of the former.

    Where every calendar month occurs as often before as after, `before` is a plain count. Else
    each month before counts as often as its calendar month occurs after, over as often as it
    occurs before (direct standardisation).

    Parameters
    ----------
    monthly
        Incidents, one row per theme and zone, or per place, and one column per month.
    after, before
        Months of both periods; calendar months that one of them lacks are left out.

    Returns
    -------
    pandas.DataFrame
        On the index of `monthly`: `after`, `before`, and `variance`, that of `before` were the
        counts Poisson.
    """
    after, before = after[after.month.isin(before.month)], before[before.month.isin(after.month)]
    occurs = [np.bincount(each.month, minlength=MONTHS_IN_A_YEAR + 1) for each in (after, before)]
    weights = occurs[0][before.month] / occurs[1][before.month]
    now, counts = (_of_months(monthly, months) for months in (after, before))
    return pd.DataFrame(
        {
            "after": np.nansum(now, axis=1),
            "before": counts @ weights,
            "variance": counts @ weights**2,
        },
        index=monthly.index,
    )


def _of_months(monthly: pd.DataFrame, months: pd.PeriodIndex) -> Floats:
    at = monthly.columns.get_indexer(months)
    if (at < 0).any():
        raise KeyError(f"no such month: {', '.join(map(str, months[at < 0]))}")
    return monthly.to_numpy(np.float64, na_value=np.nan)[:, at]


def relative_effects(counts: pd.DataFrame, *, dispersion: float) -> pd.DataFrame:
    """Compare the change of area and ring with that of the control, with 95% intervals.

    Themes have courses of their own, and a square at night has another mix of them than a city.
    So what a zone had before is brought to the control's level after theme by theme, and the sum
    is what is expected.

    Parameters
    ----------
    counts
        Result of :func:`compare`, by theme and zone (see :data:`ZONES`).
    dispersion
        Variance of counts over their mean, at least 1; see :func:`effect_dispersion`.

    Returns
    -------
    pandas.DataFrame
        For area and ring: `after`, `before`, `ratio` (after over before), `expected`, and
        `relative` (after over expected); both ratios with `_low` and `_high` (95%). A figure is
        missing where nothing sets it.

    References
    ----------
    :func:`hotspots.analysis.change.changes` for the interval of `relative`: with one theme it is
    that of area and control; with more, of counts that would be as uncertain as the sums are.
    """
    by_zone = {zone: _columns(counts, zone) for zone in ZONES}
    control = by_zone.pop("control")
    total, *worth = np.array([_expected(own, control) for own in by_zone.values()]).T
    after, before, plain = np.array(
        [[own["after"].sum(), own["before"].sum(), _worth(own)] for own in by_zone.values()]
    ).T
    against = changes(pd.Series(after), *map(pd.Series, worth), dispersion=dispersion)
    scale = _quotient(worth[0] * worth[1], worth[2] * total)
    low, high = ratio_interval(after, plain, dispersion=dispersion)
    to_before = _quotient(plain, before)
    columns = {
        "after": after,
        "before": before,
        "ratio": _quotient(after, before),
        "ratio_low": low * to_before,
        "ratio_high": high * to_before,
        "expected": total,
        "relative": _quotient(after, total),
        "relative_low": against["relative_low"].to_numpy() * scale,
        "relative_high": against["relative_high"].to_numpy() * scale,
    }
    return pd.DataFrame(columns, index=list(by_zone))


def _columns(counts: pd.DataFrame, zone: str) -> Columns:
    own = counts.xs(zone, level="zone").sort_index()
    return {name: own[name].to_numpy(np.float64) for name in ("after", "before", "variance")}


def _expected(own: Columns, control: Columns) -> list[float]:
    """Return what is expected of a zone, and three plain counts as uncertain as its parts.

    Not counted where there was something before and the control had nothing.
    """
    level = _over(control["after"], control["before"])
    lacks = (own["before"] > 0) & (control["before"] == 0)
    expected = np.where(lacks, np.nan, own["before"] * level)
    total = float(np.nansum(expected))
    variances = [
        np.nansum(_over(expected, own["before"]) ** 2 * own["variance"]),
        np.nansum(_over(expected**2, control["after"])),
        np.nansum(_over(expected, control["before"]) ** 2 * control["variance"]),
    ]
    # A weighed sum is worth as many plain incidents as would be equally uncertain.
    return [total, *(total**2 / float(each) if each else 0.0 for each in variances)]


def _over(top: Floats, bottom: Floats) -> Floats:
    """Divide; 0 where there is nothing to divide by."""
    found = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return np.where(np.isnan(top), np.nan, found)


def _quotient(top: Floats, bottom: Floats) -> Floats:
    """Divide; not a number where there is nothing to divide by."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)


def _worth(counts: Columns) -> float:
    """Return the plain count that would be as uncertain as the weighed count before."""
    variance = float(counts["variance"].sum())
    return float(counts["before"].sum()) ** 2 / variance if variance else 0.0


def displacement_quotient(effects: pd.DataFrame) -> float:
    """Return what the ring gained or lost against what the area lost, both against the control.

    ============  ============================================================================
    1 or more     the ring improved as much as the area, or more
    0 to 1        the ring improved too, by less
    -1 to 0       part of what the area lost turned up in the ring
    below -1      more turned up in the ring than the area lost
    ============  ============================================================================

    With one theme it is (R1/C1 - R0/C0) / (A1/C1 - A0/C0), for incidents before (0) and after (1)
    in ring, control and area.

    Parameters
    ----------
    effects
        Result of :func:`relative_effects`.

    Returns
    -------
    float
        Not a number where the area did not fall against the control: there is then nothing that
        could have moved.

    References
    ----------
    Bowers and Johnson (2003), Journal of Quantitative Criminology 19, 275-301.
    """
    gained = effects["before"] * (effects["relative"] - 1)
    return float(gained["ring"] / gained["area"]) if gained["area"] < 0 else math.nan


@dataclass(frozen=True)
class Difference:
    """A weighted displacement difference.

    Parameters
    ----------
    value
        Incidents more (or, below 0, fewer) than the control lets expect, area and ring together.
    variance
        Its variance.
    low, high
        95% interval.
    """

    value: float
    variance: float
    low: float
    high: float


def weighted_difference(
    after: npt.ArrayLike,
    before: npt.ArrayLike,
    *,
    before_variance: npt.ArrayLike,
    weights: npt.ArrayLike,
    dispersion: float = 1.0,
) -> Difference:
    """Add up weighed differences between after and before, with the variance of Poisson counts.

    Parameters
    ----------
    after, before
        Incidents by zone; those before brought to the length of the period after.
    before_variance
        Variance of `before` were the counts Poisson.
    weights
        1 for an area or a ring; for their controls -1, or how many times smaller they are.
    dispersion
        Variance of counts over their mean, at least 1.

    References
    ----------
    Wheeler and Ratcliffe (2018), Crime Science 7, 11.
    """
    after, before, poisson, weight = (
        np.asarray(each, dtype=np.float64) for each in (after, before, before_variance, weights)
    )
    value = float(weight @ (after - before))
    variance = float(dispersion * (weight**2 @ (after + poisson)))
    off = _NORMAL_95 * math.sqrt(variance)
    return Difference(value, variance, value - off, value + off)


def displacement_difference(counts: pd.DataFrame, *, dispersion: float) -> Difference:
    """Return how many incidents more or fewer area and ring had than had both followed the control.

    Theme by theme the control is weighed to the size that area and ring had before, and the
    counts before are brought to the control's level after. That makes the variance count the
    weight's own chance: it is what the delta method gives for
    after - before * control after / control before.

    Parameters
    ----------
    counts
        Result of :func:`compare`, by theme and zone.
    dispersion
        Variance of counts over their mean, at least 1.

    Returns
    -------
    Difference
        Not a number where the control had none of a theme before.
    """
    area, ring, control = (_columns(counts, zone) for zone in ZONES)
    treated = {name: area[name] + ring[name] for name in area}
    level = _over(control["after"], control["before"])
    weight = np.where(treated["before"] > 0, -_quotient(treated["before"], control["before"]), 0.0)
    return weighted_difference(
        np.concatenate([treated["after"], control["after"]]),
        np.concatenate([level * treated["before"], level * control["before"]]),
        before_variance=np.concatenate(
            [level**2 * each["variance"] for each in (treated, control)]
        ),
        weights=np.concatenate([np.ones(len(level)), weight]),
        dispersion=dispersion,
    )


def comparable_places(
    x: Floats,
    y: Floats,
    month: npt.NDArray[np.int64],
    *,
    months: pd.PeriodIndex,
    area_m2: float,
    incidents: int,
) -> pd.DataFrame:
    """Return the monthly counts of places as large, and about as busy, as the area of a measure.

    Places are squares; of all squares those :data:`PLACES` are taken of which the total comes
    nearest to that of the area.

    Parameters
    ----------
    x, y
        Incidents outside area and ring, metres.
    month
        Position of each incident's month in `months`.
    months
        Delivered months.
    area_m2, incidents
        Size of the area and the incidents in it.

    Returns
    -------
    pandas.DataFrame
        Incidents, one row per place and one column per month.
    """
    side_m = max(math.sqrt(area_m2), SMALLEST_PLACE_M)
    squares = np.floor(np.column_stack([x, y]) / side_m).astype(np.int64)
    _, place, total = np.unique(squares, axis=0, return_inverse=True, return_counts=True)
    nearest = np.argsort(np.abs(total - incidents), kind="stable")[:PLACES]
    row = np.full(len(total), -1)
    row[nearest] = np.arange(len(nearest))
    row = row[place.ravel()]
    at = row[row >= 0] * len(months) + month[row >= 0]
    counts = np.bincount(at, minlength=len(nearest) * len(months))
    return pd.DataFrame(counts.reshape(len(nearest), len(months)), columns=months)


def effect_dispersion(
    places: pd.DataFrame, *, after: pd.PeriodIndex, before: pd.PeriodIndex
) -> float:
    """Return how much more than Poisson counts places vary, from month to month or over both.

    Places also drift: a shop closes, a square is rebuilt. What lasts longer than a month hardly
    shows from month to month, and adds up over a period; so the two periods are also compared as
    wholes, and the larger of the two estimates is taken.

    Parameters
    ----------
    places
        Result of :func:`comparable_places`.
    after, before
        Months that are compared.

    Returns
    -------
    float
        At least 1; exactly 1 where nothing tells.
    """
    by_month = area_dispersion(places)
    if len(places) < FEWEST_PLACES:
        return by_month
    counts = compare(places, after=after, before=before)
    # Brought back to plain counts, on average.
    scale = counts["before"].sum() / counts["variance"].sum() if counts["variance"].sum() else 1.0
    periods = counts[["after"]].assign(before=counts["before"] * scale)
    return max(by_month, dispersion(periods))


def peak_months(
    known: pd.PeriodIndex, *, before: pd.Period
) -> tuple[pd.PeriodIndex, pd.PeriodIndex]:
    """Return the year before a measure and the known months of the years before that.

    An area is mostly chosen on its latest figures. Where these were a peak it falls by itself;
    only months that played no part in the choice tell how high it was before.

    Parameters
    ----------
    known
        Delivered months.
    before
        First month that the year ends before.

    Returns
    -------
    year, earlier : pandas.PeriodIndex
        Both empty where there are not twelve earlier months.
    """
    year = known[(known < before) & (known >= before - MONTHS_IN_A_YEAR)]
    earlier = known[known < before - MONTHS_IN_A_YEAR]
    nothing = known[:0]
    return (year, earlier) if len(year) and len(earlier) >= MONTHS_IN_A_YEAR else (nothing, nothing)
