"""Sentences about how a hotspot went, what it follows on, and what may play a part."""

import math
import re
from datetime import date

from hotspots.outputs.hotspot_tables import GoneHotspot, Hotspot, SearchMethod
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import Search

LEAST_STEPS = 4
"""With fewer known steps there is no trend class; see :mod:`hotspots.analysis.trends`."""

_MOSTLY_PROACTIVE = 0.5
_YEAR = 12
_DATED = re.compile(r"(.*) \((\d{4}-\d{2}-\d{2})\)", re.DOTALL)


def lineage(hotspot: Hotspot, words: Words) -> str:
    """Return how a hotspot follows on the run before; nothing where there was none."""
    if hotspot.lineage == "first":
        return ""
    return words.label(f"lineage_{hotspot.lineage}", n=len(hotspot.predecessors))


def trend(hotspot: Hotspot, words: Words) -> str:
    """Return the course in a word or two; of what was not tested none was told."""
    return MISSING if hotspot.trend is None else words.label(f"trend_{hotspot.trend}")


def change(hotspot: Hotspot, words: Words) -> tuple[str, str]:
    """Return the change since the period before, and its interval; empty where not known."""
    if hotspot.ratio is None:
        return "", ""
    return words.change(hotspot.ratio), _interval(hotspot.ratio_low, hotspot.ratio_high, words)


def trend_sentences(hotspot: Hotspot, method: SearchMethod, words: Words) -> list[str]:
    """Return in how many steps a hotspot stood out, and what its trend means.

    Parameters
    ----------
    hotspot
        Its figures.
    method
        How the search was made.
    words
        The language.
    """
    known, hot = hotspot.known_steps, hotspot.hot_steps
    if hotspot.trend is None or known is None or hot is None:
        return []
    told = (
        words.sentence("trend_steps_one", hot=hot, known=known)
        if method.step_months == 1
        else words.sentence("trend_steps", hot=hot, known=known, months=method.step_months)
    )
    few = known < LEAST_STEPS
    means = "trend_few_steps" if few else f"trend_{hotspot.trend}_means"
    return [told, words.sentence(means)]


def change_sentences(hotspot: Hotspot, search: Search, words: Words) -> list[str]:
    """Return the change since the period before, by itself and against the rest of the city.

    That a rise is seldom chance is never said: the place was chosen because it is high now.
    """
    if hotspot.count_now is None or hotspot.count_before is None:
        return []
    counts: dict[str, str | int] = {
        "ago": capital(_ago(search, words)),
        "before": hotspot.count_before,
        "now": hotspot.count_now,
    }
    if hotspot.ratio is None:
        return [words.sentence("change_counts_only", **counts)]
    said = [
        words.sentence("change_counts", **counts, change=words.change(hotspot.ratio)),
        *_by_chance(hotspot.ratio_low, hotspot.ratio_high, words),
    ]
    rises = _rises(hotspot.ratio_low)
    if hotspot.relative:
        rest = words.sentence(
            "change_rest",
            mean_of=words.label(f"mean_of_{search.study_area}"),
            rest=words.change(hotspot.ratio / hotspot.relative),
            relative=words.change(hotspot.relative),
        )
        said += [rest, *_by_chance(hotspot.relative_low, hotspot.relative_high, words)]
        rises = rises or _rises(hotspot.relative_low)
    return [*said, words.sentence("change_chosen")] if rises else said


def cause_sentences(hotspot: Hotspot, search: Search, words: Words) -> list[str]:
    """Return what may play a part: who began, the calendar, and dated events."""
    records = words.records(hotspot.theme)
    said = []
    if hotspot.events:
        events = words.joined([dated(event, words) for event in hotspot.events])
        said.append(words.sentence("cause_dated", events=events))
    if hotspot.proactive_share is not None:
        share = words.share(hotspot.proactive_share)
        said.append(words.sentence("cause_proactive", records=records, share=share))
        if hotspot.proactive_share >= _MOSTLY_PROACTIVE:
            said.append(words.sentence("together_feedback"))
    if hotspot.event_share is not None:
        told = {"records": records, "share": words.share(hotspot.event_share)}
        if search.event_days_share is None:
            said.append(words.sentence("cause_event_days_only", **told))
        else:
            days = words.share(search.event_days_share)
            said.append(words.sentence("cause_event_days", **told, days=days))
    return said


def course_notes(hotspots: list[Hotspot], search: Search, words: Words) -> list[str]:
    """Return once for all hotspots over which months the change is, and what to mind."""
    if not hotspots:
        return []
    if not any(hotspot.same_months for hotspot in hotspots):
        return [words.sentence("change_none")]
    months = max(hotspot.same_months for hotspot in hotspots)
    return [
        words.sentence("change_months", ago=_ago(search, words), months=months),
        words.sentence("change_regression"),
    ]


def gone(hotspot: GoneHotspot, search: Search, words: Words) -> str:
    """Return what a hotspot that was not found again was in the run before."""
    place = words.joined(hotspot.places) or hotspot.hotspot_id
    return words.label(
        "gone_row",
        where=words.label("place_beyond", places=place) if hotspot.beyond else place,
        count=hotspot.count,
        theme=words.theme(search.theme, hotspot.count),
        months=hotspot.months,
        last=words.months(hotspot.last_month, hotspot.last_month),
    )


def dated(event: str, words: Words) -> str:
    """Return an event with its date as a reader writes it."""
    found = _DATED.fullmatch(event)
    return f"{found[1]} ({words.day(date.fromisoformat(found[2]))})" if found else event


def _by_chance(low: float | None, high: float | None, words: Words) -> list[str]:
    """Return the interval of a change, and whether it holds no change at all."""
    if low is None or high is None:
        return []
    key = "change_range" if _rises(low) else "may_be_chance" if high >= 1 else "rarely_chance"
    return [words.sentence(key, low=words.change(low), high=words.change(high))]


def _rises(low: float | None) -> bool:
    return low is not None and low > 1


def _interval(low: float | None, high: float | None, words: Words) -> str:
    if low is None or high is None:
        return ""
    return words.label("change_interval", low=words.change(low), high=words.change(high))


def _ago(search: Search, words: Words) -> str:
    """Return how long before the compared months are: as many whole years as the period takes."""
    years = math.ceil(search.months / _YEAR)
    return words.label("ago_one") if years == 1 else words.label("ago_many", years=years)
