"""Sentences about signals: their figures and codes put into the words of a language."""

from collections.abc import Sequence
from datetime import date

from hotspots.months import months_between
from hotspots.outputs.basis_sentences import (
    left_out_sentences,
    missing_month_sentences,
    undated_sentences,
)
from hotspots.outputs.hotspots.sentences import chance_bound
from hotspots.outputs.signals.pairs import ComparedArea, Comparison, Counted
from hotspots.outputs.signals.scan import Circle, Scanned
from hotspots.outputs.signals.sequences import Band, Burst, Sequences
from hotspots.outputs.signals.tables import Absence, Signal, SignalsDocument
from hotspots.outputs.text import MISSING, Words, capital

_LONG_MONTHS = 24
_RATIO_ROUND = 10


def title(document: SignalsDocument, words: Words) -> str:
    """Return the heading of the page, with the last day that was known."""
    return words.label("signals_title", day=_day(document.cut_off, words))


def heading(signal: Signal, themes: Sequence[str], words: Words) -> str:
    """Return the heading of a signal; those of bursts and near repeats name their themes."""
    named = words.joined([words.theme(theme) for theme in themes])
    named = named or words.label("signals_incidents")
    if signal == "bursts":
        return words.label("signals_bursts", themes=capital(named))
    if signal == "near_repeat":
        return words.label("signals_near_repeat", themes=named)
    return words.label(f"signals_{signal}")


def absence(reason: Absence, themes: Sequence[str], words: Words) -> str:
    """Return why a signal was not looked for, and what to do."""
    if reason != "no_incidents":
        return words.sentence(f"signals_{reason}")
    named = words.joined([words.theme(theme) for theme in themes])
    return words.sentence("signals_no_incidents", themes=named or words.label("signals_incidents"))


def basis(sources: Sequence[str], period: str, document: SignalsDocument, words: Words) -> str:
    """Return what figures rest on: source, period and cut-off date."""
    named = ", ".join(sources) or words.label("unknown")
    return words.label(
        "signals_basis", sources=named, period=period, cut_off=_day(document.cut_off, words)
    )


# ---------------------------------------------------------------- bursts
def bursts_lede(found: Sequences, cut_off: str, words: Words) -> str:
    """Return how many bursts there were of late, or that it cannot be told."""
    n = len(found.bursts)
    figures: dict[str, str | int] = {
        "days": found.policy.look_back_days,
        "day": _day(cut_off, words),
        "theme": words.theme(found.theme),
    }
    if n > 1:
        return words.sentence("burst_lede_many", n=n, **figures)
    if n or found.tells_days_lately:
        return words.sentence("burst_lede_one" if n else "burst_lede_none", **figures)
    why = "undated" if found.lately.is_delivered else "not_delivered"
    return words.sentence(f"burst_lede_{why}", **figures)


def looked_in(found: Sequences, cut_off: str, words: Words) -> str:
    """Return the days in which bursts were looked for."""
    first, last = _day(found.looked_from, words), _day(cut_off, words)
    return f"{_without_year(first, last)} – {last}"


def burst_warnings(found: Sequences, words: Words) -> list[str]:
    """Return what the look-back does not tell: months, days, and what is usual."""
    said = [
        words.sentence("burst_unknown_month", month=words.month(month))
        for month in found.lately.missing_months
    ]
    said += undated_sentences(found.lately, found.theme, words)
    if found.usual and found.usual.missing_months:
        period = words.months(found.usual.first_month, found.usual.last_month)
        said.append(words.sentence("burst_usual_missing", period=period))
    return said


def burst_where(burst: Burst, words: Words) -> str:
    """Return the area that holds the middle of a burst, else its number."""
    return burst.area_name or words.label("place_unknown", number=burst.number)


def burst_days(burst: Burst, words: Words) -> str:
    """Return on which days a burst was."""
    first, last = _day(burst.first_day, words), _day(burst.last_day, words)
    return first if first == last else f"{_without_year(first, last)} – {last}"


def burst_sentences(burst: Burst, found: Sequences, words: Words) -> list[str]:
    """Return what is to be said of one burst: when, how many, within what, and how usual.

    Parameters
    ----------
    burst, found
        The burst, and what was looked for.
    words
        The language.
    """
    figures: dict[str, str | int] = {
        "days": capital(_on_days(burst, words)),
        "incidents": burst.incidents,
        "theme": words.theme(burst.theme, burst.incidents),
    }
    radius = round(burst.radius_m)
    said = [
        words.sentence("burst_circle", radius=radius, **figures)
        if radius
        else words.sentence("burst_point", **figures)
    ]
    if burst.count != burst.incidents:
        said.append(words.sentence("burst_counted", count=burst.count))
    said.append(
        words.sentence(
            "burst_expected",
            reach=round(found.policy.burst_radius_m),
            days=found.policy.burst_days,
            expected=expected(burst.expected, words),
        )
    )
    return [*said, _chance("burst_rarely", burst.p_value, words)]


def burst_notes(found: Sequences, words: Words) -> list[str]:
    """Return how the alert list is to be read."""
    what = words.sentence(
        "burst_note_what",
        least=found.policy.burst_least,
        theme=words.theme(found.theme),
        reach=round(found.policy.burst_radius_m),
        days=found.policy.burst_days,
    )
    return [
        what,
        words.sentence("burst_note_once"),
        words.sentence("burst_note_chance"),
        *left_out_sentences(found.lately, found.theme, words),
    ]


# ---------------------------------------------------------------- near repeats
def knox_lede(found: Sequences, words: Words) -> str:
    """Return whether any band, but for those of one day, holds more pairs than chance gives.

    Where too few days are known for a no, that is what it says.
    """
    period = (found.basis.first_month, found.basis.last_month)
    if not found.basis.is_delivered:
        return words.sentence("knox_lede_not_delivered", period=words.months(*period))
    rare = any(band.rare for band in found.bands if not band.same_day)
    answer = "yes" if rare else "no" if found.tells_days else "undated"
    return words.sentence(
        f"knox_lede_{answer}", theme=words.theme(found.theme), during=words.during(*period)
    )


def knox_warnings(found: Sequences, words: Words) -> list[str]:
    """Return what the table does not tell: months, and incidents without a day."""
    return [
        *missing_month_sentences(found.basis.missing_months, words),
        *undated_sentences(found.basis, found.theme, words),
    ]


def knox_sentences(found: Sequences, words: Words) -> list[str]:
    """Return what the nearest bands say: next door, and at the same place."""
    soon = [band for band in found.bands if not band.same_day]
    near = next((band for band in soon if not band.same_place), None)
    place = next((band for band in soon if band.same_place), None)
    return [_pairs(band, found.theme, words) for band in (near, place) if band is not None]


def distance(band: Band, words: Words) -> str:
    """Return how far apart the pairs of a band are."""
    if band.same_place:
        return words.label("knox_same_place")
    high = words.number(band.distance_to_m)
    # The first band begins where the same place, a metre wide, ends.
    if band.distance_from_m <= 1:
        return words.label("knox_near", high=high)
    return words.label("knox_distance", low=words.number(band.distance_from_m), high=high)


def days_apart(band: Band, words: Words) -> str:
    """Return how many days lie between the pairs of a band."""
    if band.same_day:
        return words.label("knox_same_day")
    return words.label("knox_days", first=band.days_from, last=band.days_to)


def knox_notes(found: Sequences, words: Words) -> list[str]:
    """Return how the table is to be read, and what it cannot say."""
    theme = words.theme(found.theme)
    n = sum(not band.same_day for band in found.bands)
    notes = [
        words.sentence("knox_note_how", theme=theme),
        words.sentence("knox_note_rare", n=n, by_chance=words.number(n / 100, 1)),
        words.sentence("knox_note_same_day"),
    ]
    if len(months_between(found.basis.first_month, found.basis.last_month)) > _LONG_MONTHS:
        notes.append(words.sentence("knox_note_long", theme=theme))
    left_out = left_out_sentences(found.basis, found.theme, words)
    return [*notes, *left_out, words.sentence("knox_note_persons")]


# ---------------------------------------------------------------- sources
def pair_lede(compared: Comparison, words: Words) -> str:
    """Return in how many areas two sources contradict each other, or that it cannot be told."""
    n = sum(area.verdict == "contradict" for area in compared.areas)
    pair = {
        "reports": words.theme(compared.reports_theme),
        "records": words.theme(compared.records_theme),
    }
    if not any(area.same_months for area in compared.areas):
        return words.sentence("pair_no_months", **pair)
    if n > 1:
        return words.sentence("pair_lede_many", n=n, **pair)
    return words.sentence("pair_lede_one" if n else "pair_lede_none", **pair)


def pair_sentences(area: ComparedArea, words: Words) -> list[str]:
    """Return what is to be said of sources that contradict each other in an area."""
    up = (area.reports.now or 0) > (area.reports.before or 0)
    return [
        words.sentence("pair_reports_up" if up else "pair_records_up"),
        words.sentence("pair_ask"),
        words.sentence("pair_local" if area.local else "pair_not_local"),
    ]


def pair_interval(counted: Counted, words: Words) -> str:
    """Return the interval of a change, which may have one end only."""
    low, high = counted.ratio_low, counted.ratio_high
    if low is None and high is None:
        return MISSING
    if high is None:
        return words.label("pair_interval_above", low=words.change(low))
    if low is None:
        return words.label("pair_interval_below", high=words.change(high))
    return words.label("pair_interval", low=words.change(low), high=words.change(high))


def divergence(area: ComparedArea, words: Words) -> tuple[str, str]:
    """Return how far two sources went apart, and the interval of that."""
    if area.divergence is None or area.divergence_low is None or area.divergence_high is None:
        return MISSING, ""
    return words.label("signals_times", times=words.times(area.divergence)), words.label(
        "signals_times_between",
        low=words.times(area.divergence_low),
        high=words.times(area.divergence_high),
    )


def pair_notes(compared: Comparison, words: Words) -> list[str]:
    """Return how a contradiction is to be read."""
    return [
        words.sentence("pair_note_success"),
        words.sentence("pair_note_divergence"),
        words.sentence("pair_note_how", share=words.percent(compared.alpha)),
    ]


# ---------------------------------------------------------------- scan
def circle_lede(scanned: Scanned, words: Words) -> str:
    """Return how many areas have more than their dwellings explain."""
    n = len(scanned.circles)
    figures = {
        "during": words.during(scanned.basis.first_month, scanned.basis.last_month),
        "theme": words.theme(scanned.theme),
    }
    if n > 1:
        return words.sentence("circle_lede_many", n=n, **figures)
    return words.sentence("circle_lede_one" if n else "circle_lede_none", **figures)


def circle_sentences(circle: Circle, scanned: Scanned, words: Words) -> list[str]:
    """Return how many there were, how many the dwellings explain, and how rare that is."""
    return [
        words.sentence(
            "circle_what",
            during=words.during(scanned.basis.first_month, scanned.basis.last_month),
            count=circle.count,
            theme=words.theme(scanned.theme, circle.count),
            expected=expected(circle.expected, words),
            times=words.times(circle.relative_risk),
        ),
        _chance("circle_rarely", circle.p_value, words),
    ]


def circle_warnings(scanned: Scanned, words: Words) -> list[str]:
    """Return what the circles do not tell: months, and incidents that were not looked at."""
    return [
        *missing_month_sentences(scanned.basis.missing_months, words),
        *left_out_sentences(scanned.basis, scanned.theme, words),
    ]


def circle_notes(scanned: Scanned, words: Words) -> list[str]:
    """Return how the circles are to be read."""
    theme = words.theme(scanned.theme)
    return [
        words.sentence("circle_note_how", theme=theme),
        words.sentence("circle_note_edges", theme=theme),
    ]


def radius(radius_m: float, words: Words) -> str:
    """Return the radius of a circle; none for a circle of a single cell."""
    if not round(radius_m):
        return words.label("signals_one_cell")
    return words.label("signals_metres", metres=words.number(radius_m))


def expected(value: float, words: Words) -> str:
    """Return an expected number; above ten without a decimal."""
    if value < 0.1:
        return words.label("signals_less_than_tenth")
    return words.number(value, 1 if round(value, 1) < _RATIO_ROUND else 0)


def _pairs(band: Band, theme: str, words: Words) -> str:
    """Return what a band of near pairs says; `ratio` is known where a band is rare."""
    figures: dict[str, str | int] = {
        "days": band.days_to,
        "theme": words.theme(theme),
        "pairs": band.pairs,
        "expected": expected(band.expected, words),
    }
    if not band.same_place:
        figures["metres"] = round(band.distance_to_m)
    key = "knox_place" if band.same_place else "knox_near"
    if band.rare and band.ratio is not None:
        return words.sentence(f"{key}_rare", times=words.times(band.ratio), **figures)
    return words.sentence(f"{key}_chance", **figures)


def _chance(key: str, p_value: float, words: Words) -> str:
    bound = chance_bound(p_value)
    return words.sentence("hotspot_chance") if bound is None else words.sentence(key, n=bound)


def _on_days(burst: Burst, words: Words) -> str:
    first, last = _day(burst.first_day, words), _day(burst.last_day, words)
    if first == last:
        return words.label("signals_on_day", day=first)
    return words.label("from_to", first=_without_year(first, last), last=last)


def _without_year(first: str, last: str) -> str:
    """Return a day without its year where another day, of that year, follows."""
    year = f" {last[-4:]}"
    return first.removesuffix(year)


def _day(day: str, words: Words) -> str:
    return words.day(date.fromisoformat(day))
