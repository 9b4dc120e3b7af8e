"""Sentences about how a hotspot went, what it follows on, and what may play a part."""

import re
from datetime import date

from hotspots.months import month_name, month_number, years_back
from hotspots.outputs.hotspots.tables import GoneHotspot, Hotspot, SearchMethod
from hotspots.outputs.text import MISSING, Words
from hotspots.records import Search
from hotspots.results.codes import LEAST_STEPS

_MOSTLY_PROACTIVE = 0.5
_WHOLE_FROM = 10
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


def period_before(search: Search) -> tuple[str, str]:
    """Return the first and last month (``YYYY-MM``) that a search is compared with."""
    back = years_back(search.months)
    return (
        month_name(month_number(search.first_month) - back),
        month_name(month_number(search.last_month) - back),
    )


def course_heading(hotspots: list[Hotspot], search: Search, words: Words) -> str:
    """Return what a column with courses holds, and with what its change is compared."""
    if not any(hotspot.same_months for hotspot in hotspots):
        return words.label("place_course")
    return words.label("place_course_since", before=words.months(*period_before(search)))


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
    """Return whether there are more or fewer than before, by itself and against the city.

    The first sentence is the answer: more, fewer, not clear or no data; of one spot that was not
    compared nothing is said. That a rise is seldom chance is never said: the place was chosen
    because it is high now.
    """
    if hotspot.kind == "stack" and hotspot.count_now is None:
        return []
    said = [*_answer(hotspot, search, words), *_against_the_rest(hotspot, search, words)]
    ends = ((hotspot.ratio, hotspot.ratio_low), (hotspot.relative, hotspot.relative_low))
    rises = any(value is not None and _rises(low) for value, low in ends)
    return [*said, words.sentence("change_chosen")] if rises else said


def cause_sentences(hotspot: Hotspot, words: Words) -> list[str]:
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
    return [*said, *_event_sentences(hotspot, words)]


def course_notes(hotspots: list[Hotspot], search: Search, words: Words) -> list[str]:
    """Return once for all hotspots over which months the change is, and what to mind."""
    if not hotspots:
        return []
    before = words.months(*period_before(search))
    if not any(hotspot.same_months for hotspot in hotspots):
        return [words.sentence("change_unknown", before=before)]
    return [
        words.sentence(
            "change_months",
            now=words.months(search.first_month, search.last_month),
            before=before,
            months=max(hotspot.same_months for hotspot in hotspots),
        ),
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


def _event_sentences(hotspot: Hotspot, words: Words) -> list[str]:
    """Return what fell on days of the calendar, beside how many days that are, here."""
    records, unknown = words.records(hotspot.theme), hotspot.day_unknown
    if hotspot.event_share is None or hotspot.event_days_share is None:
        # Without a calendar, or in a run of an older version, nothing was counted.
        return [words.sentence("cause_event_days_unknown", records=records)] if unknown else []
    told = words.sentence(
        "cause_event_days",
        records=records,
        share=words.share(hotspot.event_share),
        days=words.share(hotspot.event_days_share),
    )
    if not unknown:
        return [told]
    return [told, words.sentence("cause_event_days_some", unknown=unknown, count=hotspot.count)]


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


def _answer(hotspot: Hotspot, search: Search, words: Words) -> list[str]:
    """Return more, fewer, not clear or no data, and whether that may be chance."""
    now, before = hotspot.count_now, hotspot.count_before
    if now is None or before is None:
        return [words.sentence("change_unknown", before=words.months(*period_before(search)))]
    counts = words.label(
        "change_counts",
        now=now,
        theme=words.theme(search.theme, now),
        during=words.during(search.first_month, search.last_month),
        before=before,
        during_before=words.during(*period_before(search)),
        over=_over(hotspot, search, words),
    )
    low, high = hotspot.ratio_low, hotspot.ratio_high
    if hotspot.ratio is None or low is None or high is None:
        return [words.sentence("change_few", counts=counts)]
    way = "more" if _rises(low) else "unclear" if high >= 1 else "fewer"
    said = words.sentence(
        f"change_{way}",
        counts=counts,
        change=words.change(hotspot.ratio),
        low=words.change(low),
        high=words.change(high),
    )
    chance = {"unclear": ["hotspot_chance"], "fewer": ["change_rarely"]}.get(way, [])
    return [said, *map(words.sentence, chance)]


def _over(hotspot: Hotspot, search: Search, words: Words) -> str:
    """Return over how many months both periods were counted, where that is not all of them."""
    if hotspot.same_months == search.months:
        return ""
    return words.label("change_over", months=hotspot.same_months)


def _against_the_rest(hotspot: Hotspot, search: Search, words: Words) -> list[str]:
    """Return what there would have been, had the place gone as the rest of the city did."""
    if not hotspot.relative or hotspot.ratio is None or hotspot.count_now is None:
        return []
    expected = hotspot.count_now / hotspot.relative
    rest = words.sentence(
        "change_rest",
        mean_of=words.label(f"mean_of_{search.study_area}"),
        rest=words.change(hotspot.ratio / hotspot.relative),
        expected=words.number(expected, 0 if expected >= _WHOLE_FROM else 1),
        now=hotspot.count_now,
        relative=words.change(hotspot.relative),
    )
    return [rest, *_by_chance(hotspot.relative_low, hotspot.relative_high, words)]
