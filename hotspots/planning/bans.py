"""Area measures under review: whether the need remains, when and where, and what to advise."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta, gamma

from hotspots.analysis.change import ratio_interval
from hotspots.analysis.grid import Floats
from hotspots.register import Advice
from hotspots.results.bans import BanReason, Need


@dataclass(frozen=True)
class Level:
    """How what is left stands to the yardstick: `value` times it, with its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def need(self) -> Need:
        """Whether the need is gone (beyond chance under the yardstick), remains, or neither."""
        if np.isnan(self.value):
            return "unknown"
        if self.high < 1:
            return "gone"
        return "remains" if self.low >= 1 else "undecided"


def against_baseline(
    now: float, before: float, *, worth: float, share: float, dispersion: float
) -> Level:
    """Compare what is left with a share of what there was before the measure.

    Parameters
    ----------
    now, before
        Incidents; `before` brought to the calendar months of `now`.
    worth
        The plain count that would be as uncertain as `before`.
    share
        Share of `before` that is the yardstick.
    dispersion
        Variance of counts over their mean, at least 1.

    References
    ----------
    :func:`hotspots.analysis.change.ratio_interval`.
    """
    if not before:
        return Level(np.nan, np.nan, np.nan)
    low, high = ratio_interval(now, worth, dispersion=dispersion)
    scale = worth / before / share
    return Level(now / before / share, float(low) * scale, float(high) * scale)


def against_criterion(now: float, *, most: float, dispersion: float) -> Level:
    """Compare what is left with the most incidents that count as the need being gone.

    Parameters
    ----------
    now
        Incidents.
    most
        The yardstick over the same months, more than 0.
    dispersion
        Variance of counts over their mean, at least 1.

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442, for the exact interval of a Poisson mean.
    """
    count = now / dispersion
    low = gamma.ppf(0.025, count) if count else 0.0
    high = gamma.ppf(0.975, count + 1)
    return Level(now / most, *(float(end) * dispersion / most for end in (low, high)))


@dataclass(frozen=True)
class Window:
    """A part of a cycle: `length` steps from `first` on, wrapping round.

    `chosen_share` is that of the incidents it was chosen on, `share` that of later ones.
    """

    first: int
    length: int
    chosen_share: float
    share: float


def narrow_window(
    earlier: Floats, later: Floats, *, share: float, most: int, least: float = 1
) -> Window | None:
    """Return the shortest part of a year or a day that holds nearly all, if it does so later too.

    It is chosen on earlier incidents and judged on later ones, so that it does not flatter itself.

    Parameters
    ----------
    earlier, later
        Incidents per step of the cycle: 12 calendar months or 24 hours.
    share
        Least share of the incidents, of the earlier as well as the later ones.
    most
        Most steps.
    least
        Fewest incidents, earlier as well as later, that tell anything.
    """
    total, steps = earlier.sum(), len(earlier)
    if min(total, later.sum()) < least:
        return None
    for length in range(1, most + 1):
        held = np.array([np.roll(earlier, -first)[:length].sum() for first in range(steps)])
        first = int(held.argmax())
        if held[first] >= share * total:
            of_later = float(np.roll(later, -first)[:length].sum() / later.sum())
            if of_later < share:
                return None
            return Window(first, length, float(held[first] / total), of_later)
    return None


def core_holds(in_core: int, total: int, *, share: float, ground_share: float) -> bool:
    """Tell whether incidents that did not choose a core bear it out.

    A core is the smallest that holds its share of the incidents it was chosen on, so of others it
    holds somewhat less half of the time by chance alone. It stands unless they say, beyond chance,
    that it holds less than its share, and only if they say, beyond chance, that it holds more than
    its ground alone would give it.

    Parameters
    ----------
    in_core, total
        Incidents in the core and in the whole area.
    share
        Share of the incidents that a core must hold.
    ground_share
        Share of the area that the core takes.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26, 404-413: one-sided limits of 95%.
    """
    if not in_core:
        return False
    low = beta.ppf(0.05, in_core, total - in_core + 1)
    high = beta.ppf(0.95, in_core + 1, total - in_core) if in_core < total else 1.0
    return bool(high >= share and low > ground_share)


@dataclass(frozen=True)
class Grounds:
    """What an advice on an area measure rests on.

    Parameters
    ----------
    need
        All sources together; `unknown` where there is neither baseline nor criterion.
    by_source
        The same per source of registrations; more than one are needed, or `findings`.
    findings
        Whether professionals who know the place found, lately, that the need remains.
    diverge
        Whether reports and records moved apart over the last year, beyond chance.
    periods
        Periods of the measure that were delivered whole, of `periods_asked`.
    each_under
        Whether every one of these periods stayed under the yardstick.
    few
        Whether there were too few incidents, before and since, to say anything.
    season, hours
        Parts of year and day that hold nearly all, where the measure also works outside them.
    has_core
        Whether a smaller area holds nearly all.
    """

    need: Need
    by_source: Mapping[str, Need]
    findings: Collection[bool]
    diverge: bool
    periods: int
    periods_asked: int
    each_under: bool
    few: bool
    season: Window | None
    hours: Window | None
    has_core: bool


def advise(grounds: Grounds) -> tuple[Advice, BanReason]:
    """Tell what to do with an area measure, and what decides it.

    What is not known comes first: without a yardstick, whole periods, two sources that agree, or
    enough incidents there is no advice. Sources that moved apart over the last year agree only
    where each of them, by itself, lies on the same side of the yardstick beyond chance. Then a need
    that is gone, and a need that remains in a part of the year, of the day, or of the area.

    Parameters
    ----------
    grounds
        What is known.
    """
    lacking = _lacking(grounds)
    if lacking is not None:
        return "insufficient_evidence", lacking
    if grounds.need == "gone":
        return "withdraw", "need_gone"
    if grounds.season is not None:
        return "limit_in_time", "season_only"
    if grounds.hours is not None:
        return "limit_in_time", "hours_only"
    if grounds.has_core:
        return "shrink", "rim_quiet"
    return "keep", "need_remains"


def _lacking(grounds: Grounds) -> BanReason | None:
    found = {*grounds.by_source.values()} - {"unknown", "undecided"}
    found |= {"remains" if each else "gone" for each in grounds.findings}
    alone = {*grounds.by_source.values()}
    apart = grounds.diverge and alone not in ({"gone"}, {"remains"})
    undecided = grounds.need == "undecided" or (grounds.need == "gone" and not grounds.each_under)
    checks: list[tuple[BanReason, bool]] = [
        ("few_incidents", grounds.few),
        ("no_baseline", grounds.need == "unknown"),
        ("too_short", grounds.periods < grounds.periods_asked),
        ("one_source", len(grounds.by_source) + bool(grounds.findings) < 2),
        ("sources_contradict", len(found) > 1 or apart),
        ("undecided", undecided),
    ]
    return next((reason for reason, holds in checks if holds), None)


def burden(areas: pd.DataFrame, *, on: pd.Timestamp) -> pd.DataFrame:
    """Count what area measures ask of a city on a day, per kind.

    Parameters
    ----------
    areas
        `kind`, `start`, `end` (missing where there is none), `km2`, `dwellings` (missing where
        unknown).
    on
        The day.

    Returns
    -------
    pandas.DataFrame
        Index `kind`: `number`, `km2` and `dwellings`, the last missing where one is unknown.
    """
    holds = (areas["start"] <= on) & (areas["end"].isna() | (areas["end"] >= on))
    groups = areas[holds].groupby("kind")
    return pd.DataFrame(
        {
            "number": groups.size(),
            "km2": groups["km2"].sum(),
            "dwellings": groups["dwellings"].agg(lambda each: each.sum(skipna=False)),
        }
    )


def merged(areas: pd.DataFrame, shared: pd.DataFrame, *, within_days: int) -> dict[str, list[str]]:
    """Return which areas took the place of two or more that ended.

    Parameters
    ----------
    areas
        `code`, `kind`, `start` and `end`.
    shared
        Of pairs of areas, `code`, `other` and `share_of_other`: how much of the other one lies
        in the first.
    within_days
        Most days between the end of the others and the start of the one.

    Returns
    -------
    dict
        Code of the area that came, and the codes of those that went, sorted.
    """
    of = areas.set_index("code")
    found: dict[str, list[str]] = {}
    for code, other, share in zip(
        shared["code"], shared["other"], shared["share_of_other"], strict=True
    ):
        came, went = of.loc[code], of.loc[other]
        if came["kind"] != went["kind"] or pd.isna(went["end"]) or share < LEAST_TAKEN_OVER:
            continue
        if abs((came["start"] - went["end"]).days) <= within_days and went["start"] < came["start"]:
            found.setdefault(str(code), []).append(str(other))
    return {code: sorted(others) for code, others in found.items() if len(others) > 1}


LEAST_TAKEN_OVER = 0.5
"""So much of an area that ended must lie in the one that took its place."""


def times_city(
    count: float, exposure: float, city_count: float, city_exposure: float, *, dispersion: float
) -> Level:
    """Return how many times the level of the rest of the city an area stands at.

    Parameters
    ----------
    count, city_count
        Incidents in the area and in the rest of the city over the same months.
    exposure, city_exposure
        Metres of street, or built-up square metres, of both.
    dispersion
        Variance of counts over their mean, at least 1.

    References
    ----------
    :func:`hotspots.analysis.change.ratio_interval`.
    """
    low, high = ratio_interval(count, city_count, dispersion=dispersion)
    scale = city_exposure / exposure if exposure else np.nan
    value = count / city_count * scale if city_count else np.nan
    return Level(value, float(low) * scale, float(high) * scale)
