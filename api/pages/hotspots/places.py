"""What the page of one hotspot shows, as text and charts: its template only places it."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from api.pages.triangle.priorities import sources_delivered
from hotspots.outputs.charts import Bar, bars, heatmap
from hotspots.outputs.hotspots import course_sentences, place_sentences
from hotspots.outputs.hotspots import sentences as hotspot_sentences
from hotspots.outputs.hotspots.place_tables import DAYS, HOURS, PlaceDocument, Step, weights_of
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord

_HECTARES_PER_KM2 = 100
_PARTS_OF_DAY = ((0, 6), (6, 12), (12, 18), (18, 24))
_SCALE = (1e-9, 1.0, 2.0, 4.0)  # in times an even spread over the week


@dataclass(frozen=True)
class PlaceView:
    """The page of one hotspot; a part of which nothing is known is empty."""

    document: PlaceDocument
    title: str
    lede: str
    back: str
    turn: list[tuple[str, str]]
    map_title: str
    said: list[str]
    grade: str
    firmness: list[str]
    trend: str
    trend_said: list[str]
    change: list[str]
    course_chart: Markup
    course_notes: list[str]
    hours: list[str]
    hours_chart: Markup
    parts_of_day: list[str]
    parts: list[tuple[str, list[str]]]
    why: list[str]
    facts: list[tuple[str, str]]
    downloads: list[tuple[str, str]]


def place_view(record: RunRecord, document: PlaceDocument, words: Words) -> PlaceView:
    """Return the page of one hotspot.

    Parameters
    ----------
    record, document
        The run, and what it tells of the hotspot.
    words
        The language of the page.
    """
    hotspot, search = document.hotspot, document.search
    theme, period = words.theme(search.theme), words.months(search.first_month, search.last_month)
    where = hotspot_sentences.where(hotspot, words)
    return PlaceView(
        document=document,
        title=place_sentences.title(document, words),
        lede=words.label(
            "detail_lede",
            theme=capital(theme),
            period=period,
            number=hotspot.number,
            n=document.found,
        ),
        back=words.label("detail_back", theme=theme, period=period),
        turn=_turn(document, words),
        map_title=words.label("detail_map_frame", where=where, theme=theme, period=period),
        said=hotspot_sentences.hotspot_sentences(hotspot, search, words),
        grade=words.sentence("detail_grade", grade=hotspot_sentences.grade(hotspot, words)),
        firmness=hotspot_sentences.firmness_sentences(hotspot, document.method, words),
        trend=course_sentences.trend(hotspot, words),
        trend_said=course_sentences.trend_sentences(hotspot, document.method, words),
        change=course_sentences.change_sentences(hotspot, search, words),
        course_chart=_course_chart(document, words),
        course_notes=place_sentences.course_notes(document, words),
        hours=place_sentences.hour_sentences(document, words),
        hours_chart=_hours_chart(document, words),
        parts_of_day=[
            words.label("detail_part", first=first, until=until) for first, until in _PARTS_OF_DAY
        ],
        parts=list(_parts(document, words)),
        why=place_sentences.why_sentences(document, words),
        facts=_facts(record, document, words),
        downloads=[
            (words.label("detail_data"), f"/v1/runs/{record.id}/hotspots/{hotspot.hotspot_id}"),
            (
                words.label("detail_shape"),
                f"/v1/collections/hotspots/items/{hotspot.hotspot_id}?run={record.id}",
            ),
        ],
    )


def _turn(document: PlaceDocument, words: Words) -> list[tuple[str, str]]:
    """Return the neighbours in the list, each with its id."""
    number = document.hotspot.number
    return [
        (words.label(f"detail_{name}", number=at), hotspot_id)
        for name, at, hotspot_id in (
            ("previous", number - 1, document.previous_id),
            ("next", number + 1, document.next_id),
        )
        if hotspot_id is not None
    ]


def _course_chart(document: PlaceDocument, words: Words) -> Markup:
    if not document.steps:
        return Markup("")
    theme = capital(words.theme(document.search.theme))
    months = document.method.step_months
    return bars(
        [_bar(step, words) for step in document.steps],
        name="course",
        title=words.label("detail_course_chart_one", theme=theme)
        if months == 1
        else words.label("detail_course_chart", theme=theme, months=months),
        description="; ".join(place_sentences.step_text(step, words) for step in document.steps),
        plain=words.label("detail_not_hot"),
        marked=words.label("detail_hot"),
        missing=words.label("detail_unknown"),
    )


def _bar(step: Step, words: Words) -> Bar:
    year, month = step.first_month.split("-")
    star = "*" if step.missing_months else ""
    return Bar(
        label=words.label(f"month_short_{int(month)}"),
        group=year,
        name=place_sentences.step_text(step, words),
        value=step.count,
        text="?" if step.count is None else words.number(step.count) + star,
        marked=bool(step.hot),
    )


def _hours_chart(document: PlaceDocument, words: Words) -> Markup:
    if not document.hours_known:
        return Markup("")
    theme = capital(words.theme(document.search.theme))
    even = document.hours_known / (DAYS * HOURS)
    return heatmap(
        weights_of(document.hours).tolist(),
        rows=[
            (words.label(f"weekday_short_{day}"), capital(words.label(f"weekday_{day}")))
            for day in range(DAYS)
        ],
        columns=[
            (str(hour), words.label("detail_part", first=hour, until=hour + 1))
            for hour in range(HOURS)
        ],
        bounds=[bound * even for bound in _SCALE],
        scale=[words.label(f"detail_scale_{n}") for n in range(len(_SCALE) + 1)],
        name="hours",
        title=words.label("detail_hours_chart", theme=theme),
        description=" ".join(place_sentences.hour_sentences(document, words)),
    )


def _parts(document: PlaceDocument, words: Words) -> Iterator[tuple[str, list[str]]]:
    """Yield each day with its incidents by part of the day: the chart for who cannot see it."""
    if document.hours_known:
        for day, weights in enumerate(weights_of(document.hours).tolist()):
            sums = [sum(weights[first:until]) for first, until in _PARTS_OF_DAY]
            name = capital(words.label(f"weekday_{day}"))
            yield name, [words.number(each, 1) for each in sums]


def _facts(record: RunRecord, document: PlaceDocument, words: Words) -> list[tuple[str, str]]:
    hotspot, search = document.hotspot, document.search
    hectares = hotspot.area_km2 * _HECTARES_PER_KM2
    months = search.months - len(search.missing_months)
    share = words.label("place_share", share=words.share(hotspot.share))
    times, lineage = (
        hotspot_sentences.times(hotspot, words),
        course_sentences.lineage(hotspot, words),
    )
    return [
        (words.label("place_count"), f"{words.number(hotspot.count)} ({share})"),
        *([] if times == MISSING else [(words.label("place_times"), times)]),
        (
            words.label("place_size"),
            words.label(
                "place_size_value", hectares=words.number(hectares, 1 if hectares < 10 else 0)
            ),
        ),
        (
            words.label("place_months"),
            words.label("place_months_value", n=hotspot.months_with_incidents, months=months),
        ),
        *([(words.label("detail_lineage"), lineage)] if lineage else []),
        (words.label("search_area"), hotspot_sentences.study_area(search, words)),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, search.sources, words)),
    ]
