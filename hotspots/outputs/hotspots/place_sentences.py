"""Sentences about one hotspot: its course step by step, and its hours of the week."""

from hotspots.outputs.hotspots import course_sentences as courses
from hotspots.outputs.hotspots.place_tables import DAYS, HOURS, Peak, PlaceDocument, Step
from hotspots.outputs.hotspots.sentences import where
from hotspots.outputs.text import Words, capital

_FEW_KNOWN = 30
_DAY_STANDS_OUT = 1.25  # times what an even spread over the week would give
_MOST_OF_THE_DAY = 12


def title(document: PlaceDocument, words: Words) -> str:
    """Return what the page is about."""
    hotspot = document.hotspot
    return words.label(
        f"detail_title_{hotspot.kind}",
        number=hotspot.number,
        where=where(hotspot, words),
    )


def step_text(step: Step, words: Words) -> str:
    """Return what a step of the course holds, in full."""
    period = capital(words.months(step.first_month, step.last_month))
    if step.count is None:
        return words.label("detail_step_unknown", period=period)
    key = "detail_step_hot" if step.hot else "detail_step"
    told = words.label(key, period=period, count=step.count)
    if not step.missing_months:
        return told
    return words.label("detail_step_partly", step=told, months=_names(step.missing_months, words))


def course_notes(document: PlaceDocument, words: Words) -> list[str]:
    """Return how the course is to be read, and what to mind."""
    notes = _step_sentences(document, words)
    if document.hotspot.same_months:
        notes.append(words.sentence("change_regression"))
    return notes


def why_sentences(document: PlaceDocument, words: Words) -> list[str]:
    """Return what may play a part, and what these figures cannot tell."""
    said = courses.cause_sentences(document.hotspot, words)
    if not said and document.hotspot.kind == "hotspot":  # one spot, or one night, explains itself
        said = [words.sentence("detail_why_nothing")]
    return [*said, words.sentence("detail_why_people")]


def hour_sentences(document: PlaceDocument, words: Words) -> list[str]:
    """Return when most happens, and of how many the hour is not known."""
    if document.hours_known is None:
        return []
    if document.peak is None:
        return [words.sentence("detail_hours_none")]
    said = [
        busiest_hours(document.peak, document.hours_known, words),
        _busiest_day(document.peak, document.hours_known, words),
        _unknown_hours(document.hours_known, document.hotspot.count, words),
    ]
    if document.hours_known < _FEW_KNOWN:
        records = words.records(document.hotspot.theme)
        said.append(words.sentence("few_incidents", records=records))
    return said


def busiest_hours(peak: Peak, known: int, words: Words) -> str:
    """Return in which hours of the day most falls, or that it is spread over the day.

    Parameters
    ----------
    peak, known
        When most happens, and how many have a known hour.
    words
        The language.
    """
    if peak.hours >= _MOST_OF_THE_DAY:
        return words.sentence("detail_spread_hours", hours=_MOST_OF_THE_DAY - 1, known=known)
    return words.sentence(
        "detail_busiest_hours",
        n=round(peak.incidents),
        known=known,
        first=peak.first_hour,
        until=peak.until_hour or HOURS,
    )


def _step_sentences(document: PlaceDocument, words: Words) -> list[str]:
    if not document.steps:
        return []
    months = document.method.step_months
    said = [
        words.sentence("detail_steps_one")
        if months == 1
        else words.sentence("detail_steps", months=months),
    ]
    partly = [
        month for step in document.steps if step.count is not None for month in step.missing_months
    ]
    if partly:
        said.append(words.sentence("detail_steps_partly", months=_names(partly, words)))
    if document.hotspot.stacked_count:
        records = words.records(document.hotspot.theme)
        said.append(words.sentence("detail_steps_stacked", records=records))
    return said


def _names(months: list[str], words: Words) -> str:
    return words.joined([words.months(month, month) for month in months])


def _busiest_day(peak: Peak, known: int, words: Words) -> str:
    if peak.weekday_incidents < _DAY_STANDS_OUT * known / DAYS:
        return words.sentence("detail_spread_days")
    return words.sentence(
        "detail_busiest_day",
        day=words.label(f"weekday_{peak.weekday}"),
        n=round(peak.weekday_incidents),
        known=known,
        even=round(known / DAYS),
    )


def _unknown_hours(known: int, count: int, words: Words) -> str:
    if known >= count:
        return words.sentence("detail_hours_all")
    return words.sentence("detail_hours_some", unknown=count - known, count=count)
