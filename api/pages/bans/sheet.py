"""What the page of one area measure shows, as text: its template only places it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.pages.bans.listing import kind_name
from api.pages.triangle.priorities import sources_delivered
from hotspots.outputs.bans import sentences
from hotspots.outputs.bans.document import BanBoundary, BanReview, BanReviewDocument, BanStep
from hotspots.outputs.bans.reading import Counted
from hotspots.outputs.charts import heatmap
from hotspots.outputs.course_charts import Course, Step, course_chart
from hotspots.outputs.effect_document import EffectDocument, Relative
from hotspots.outputs.effect_sentences import effect_sentences
from hotspots.outputs.hotspots.place_sentences import busiest_hours
from hotspots.outputs.hotspots.place_tables import DAYS, HOURS, Hour, peak_of, weights_of
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord

_SCALE = (0.5, 1.0, 2.0, 4.0)  # times what an even spread over the week would give
_PARTS_OF_DAY = tuple((first, first + 6) for first in range(0, HOURS, 6))
_MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True)
class StepRow:
    """A lighter measure or a finding, with its number in the chart."""

    number: int
    kind: str
    what: str
    when: str
    result: str


@dataclass(frozen=True)
class Streets:
    """The street list of a boundary."""

    heading: str
    sentences: list[str]
    inside: list[str]


@dataclass(frozen=True)
class SheetView:
    """The page of one area."""

    review: BanReview
    document: BanReviewDocument
    title: str
    advice: str
    lede: str
    said: list[str]
    remarks: list[str]
    facts: list[tuple[str, str]]
    chart: Markup
    years: list[list[str]]
    unknown: str
    effect: list[str]
    zones: list[list[str]]
    levels: list[list[str]]
    sources: list[str]
    hours_chart: Markup
    hours: list[str]
    parts_of_day: list[str]
    days: list[tuple[str, list[str]]]
    parts: list[list[str]]
    steps: list[StepRow]
    streets: list[Streets]
    beside: list[str]
    rests_on: list[tuple[str, str]]


def sheet_view(
    record: RunRecord,
    document: BanReviewDocument,
    review: BanReview,
    counted: Counted,
    week: list[Hour],
    words: Words,
) -> SheetView:
    """Return the page of one area.

    Parameters
    ----------
    record, document
        The run, and its reviews.
    review
        That of the area.
    counted, week
        Its course by month, and when in the week it happens.
    words
        The language of the page.
    """
    kind = capital(kind_name(review.kind, record, words))
    return SheetView(
        review=review,
        document=document,
        title=review.name,
        advice=words.label(f"ban_{review.advice}"),
        lede=", ".join([kind, *review.stadsdeel_names]),
        said=[
            *sentences.need_sentences(review, words),
            *sentences.size_sentences(review, words),
        ],
        remarks=sentences.remark_sentences(review, words),
        facts=list(_facts(review, words)),
        chart=_chart(review, counted, words),
        years=list(_years(counted, words)),
        unknown=_unknown(counted, words),
        effect=[] if review.effect is None else effect_sentences(review.effect, words),
        zones=[] if review.effect is None else list(_zones(review.effect, words)),
        levels=list(_levels(review, words)),
        sources=sentences.source_sentences(review, words),
        hours_chart=_hours_chart(week, words),
        hours=_hours(week, words),
        parts_of_day=[
            words.label("detail_part", first=first, until=until) for first, until in _PARTS_OF_DAY
        ],
        days=list(_days(week, words)),
        parts=list(_parts(review, words)),
        steps=[_step(each, number, words) for number, each in enumerate(review.steps, 1)],
        streets=list(_streets(review, words)),
        beside=sentences.beside_sentences(review, document, words),
        rests_on=list(_rests_on(record, document, review, words)),
    )


def _facts(review: BanReview, words: Words) -> Iterator[tuple[str, str]]:
    end = words.label("bans_no_end") if review.end is None else words.day(review.end)
    first = words.day(review.start)
    yield words.label("bans_term"), words.label("bans_step_from_to", first=first, last=end)
    yield words.label("bans_hours"), "; ".join(review.hours) or words.label("bans_any_hour")
    yield words.label("bans_season"), _season(review, words)
    size = words.label("bans_size_drawn", km2=words.number(review.km2, 3))
    yield words.label("bans_size"), size
    homes = words.label("unknown")
    if review.dwellings is not None:
        people = words.number(review.residents)
        homes = words.label("bans_homes_value", n=review.dwellings, people=people)
    yield words.label("bans_homes"), homes
    if review.stadsdeel_names:
        yield words.label("bans_stadsdelen"), words.joined(review.stadsdeel_names)


def _season(review: BanReview, words: Words) -> str:
    if not review.season:
        return words.label("bans_all_year")
    first, last = review.season.split("/")
    return words.label("bans_step_from_to", first=words.night(first), last=words.night(last))


# ---------------------------------------------------------------- course
def _chart(review: BanReview, counted: Counted, words: Words) -> Markup:
    if not counted.months:
        return Markup("")
    first = _month_at(counted.months[0])
    known = dict(zip(map(_month_at, counted.months), counted.area, strict=True))
    counts = [known.get(month) for month in range(first, max(known) + 1)]
    season = _season_months(review)
    most = review.yardstick_per_year
    course = Course(
        first_year=first // _MONTHS_IN_A_YEAR,
        first_month=first % _MONTHS_IN_A_YEAR + 1,
        counts=counts,
        spans=list(_spans(review, first, len(counts), season)),
        steps=[_drawn(each, n, first, words) for n, each in enumerate(review.steps, 1)],
        yardstick=None if most is None else most / len(season),
    )
    told = [
        words.label("bans_course_told", year=row[0], n=row[2]) for row in _years(counted, words)
    ]
    return course_chart(
        course,
        name="ban-course",
        title=words.label("bans_course_chart", name=review.name),
        description="; ".join(told),
        measure=words.label("bans_course_measure"),
        yardstick=words.label("bans_course_yardstick"),
    )


def _month_at(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _MONTHS_IN_A_YEAR + int(number) - 1


def _at(day: date, first: int) -> float:
    """Return a day in months from the first one."""
    return day.year * _MONTHS_IN_A_YEAR + day.month - 1 + (day.day - 1) / 31 - first


def _season_months(review: BanReview) -> set[int]:
    """Return the calendar months in which the measure works."""
    if not review.season:
        return set(range(1, _MONTHS_IN_A_YEAR + 1))
    first, last = (int(each[:2]) for each in review.season.split("/"))
    return {(first - 1 + step) % 12 + 1 for step in range((last - first) % 12 + 1)}


def _spans(
    review: BanReview, first: int, months: int, season: set[int]
) -> Iterator[tuple[float, float]]:
    """Yield the stretches in which the measure works, also when it took the place of another."""
    start = review.start if review.effect is None else review.effect.measure_from
    begin = _at(start, first)
    end = float(months) if review.end is None else min(_at(review.end, first), months)
    if len(season) == _MONTHS_IN_A_YEAR:
        yield begin, end
        return
    inside = {month for month in range(months) if (first + month) % 12 + 1 in season}
    for month in sorted(inside):
        if month - 1 not in inside:
            last = next(m for m in range(month, months + 1) if m not in inside)
            if last > begin and month < end:
                yield max(float(month), begin), min(float(last), end)


def _drawn(step: BanStep, number: int, first: int, words: Words) -> Step:
    last = None if step.end is None else _at(step.end, first)
    return Step(number, _at(step.start, first), last, f"{step.what}: {_when(step, words)}")


def _years(counted: Counted, words: Words) -> Iterator[list[str]]:
    """Yield per year the months that were delivered, and what was counted where."""
    for year in sorted({month[:4] for month in counted.months}):
        at = [n for n, month in enumerate(counted.months) if month[:4] == year]
        zones = (counted.area, counted.ring, counted.control)
        sums = [words.number(sum(zone[n] for n in at)) for zone in zones]
        yield [year, words.number(len(at)), *sums]


def _unknown(counted: Counted, words: Words) -> str:
    if not counted.months:
        return ""
    known = {_month_at(month) for month in counted.months}
    lacking = sorted({*range(min(known), max(known))} - known)
    if not lacking:
        return ""
    months = [f"{each // 12}-{each % 12 + 1:02d}" for each in lacking]
    names = [words.months(month, month) for month in months]
    return words.sentence("bans_unknown_months", months=words.joined(names))


# ---------------------------------------------------------------- figures
def _zones(effect: EffectDocument, words: Words) -> Iterator[list[str]]:
    changes: dict[str, Relative] = {"area": effect.effect, "ring": effect.displacement.ring}
    for zone, counts in effect.zones.items():
        name = words.label(f"bans_zone_{zone}", m=words.number(effect.ring_m))
        row = [name, words.number(counts.before), words.number(counts.after)]
        change = changes.get(zone)
        if change is None:
            ratio = counts.after / counts.before if counts.before else math.nan
            yield [*row, _change(ratio, words), MISSING]
            continue
        ends = (change.ratio_low, change.ratio_high)
        between = words.label(
            "bans_band_value", low=_change(ends[0], words), high=_change(ends[1], words)
        )
        shown = between if all(map(math.isfinite, ends)) else MISSING
        yield [*row, _change(change.ratio, words), shown]


def _change(ratio: float, words: Words) -> str:
    return words.change(ratio if math.isfinite(ratio) else None)


def _levels(review: BanReview, words: Words) -> Iterator[list[str]]:
    """Yield per source what is left against the yardstick."""
    for each in review.by_source:
        times = MISSING
        if math.isfinite(each.value):
            ends = words.number(each.low, 2), words.number(each.high, 2)
            between = words.label("bans_band_value", low=ends[0], high=ends[1])
            times = f"{words.number(each.value, 2)} ({between})"
        yield [
            words.source(each.source),
            words.number(each.before),
            words.number(each.now),
            times,
            words.label(f"bans_need_{each.need}"),
        ]


def _parts(review: BanReview, words: Words) -> Iterator[list[str]]:
    """Yield core and rim; nothing where all of it is core."""
    if not any(each.part == "rim" and round(each.km2, 3) for each in review.parts):
        return
    for each in review.parts:
        yield [
            words.label(f"bans_part_{each.part}"),
            words.number(each.km2, 3),
            words.number(each.before),
            words.number(each.now),
            words.number(each.last_year),
        ]


# ---------------------------------------------------------------- hours
def _hours(week: list[Hour], words: Words) -> list[str]:
    if not week:
        return [words.sentence("bans_hours_none")]
    known = round(sum(each.weight for each in week))
    return [busiest_hours(peak_of(week), known, words), words.sentence("bans_hours_all_day")]


def _hours_chart(week: list[Hour], words: Words) -> Markup:
    if not week:
        return Markup("")
    even = sum(each.weight for each in week) / (DAYS * HOURS)
    return heatmap(
        weights_of(week).tolist(),
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
        name="ban-hours",
        title=words.label("bans_hours_chart"),
        description=" ".join(_hours(week, words)),
    )


def _days(week: list[Hour], words: Words) -> Iterator[tuple[str, list[str]]]:
    """Yield each day with its incidents by part of the day: the chart for who cannot see it."""
    if not week:
        return
    for day, weights in enumerate(weights_of(week).tolist()):
        sums = [sum(weights[first:until]) for first, until in _PARTS_OF_DAY]
        yield capital(words.label(f"weekday_{day}")), [words.number(each, 1) for each in sums]


# ---------------------------------------------------------------- steps and streets
def _step(step: BanStep, number: int, words: Words) -> StepRow:
    result = step.result
    if step.need_remains is not None:
        remains = "remains" if step.need_remains else "gone"
        result = " ".join(filter(None, (result, words.label(f"bans_step_{remains}"))))
    kind = words.label(f"bans_step_{step.kind}")
    return StepRow(number, kind, step.what, _when(step, words), result)


def _when(step: BanStep, words: Words) -> str:
    if step.end is None:
        return words.day(step.start)
    ends = words.day(step.start), words.day(step.end)
    return words.label("bans_step_from_to", first=ends[0], last=ends[1])


def _streets(review: BanReview, words: Words) -> Iterator[Streets]:
    for name, boundary in (("now", review.boundary), ("proposed", review.proposed)):
        if boundary is not None:
            yield _street_list(name, boundary, review, words)


def _street_list(name: str, boundary: BanBoundary, review: BanReview, words: Words) -> Streets:
    size, drawn = words.number(boundary.km2, 3), words.number(review.km2, 3)
    told = sentences.street_sentences(boundary.around, words)
    if name == "now" and size != drawn:
        told.append(words.sentence("bans_streets_differ", drawn=drawn, km2=size))
        if (same := words.percent(boundary.same)) != words.percent(1.0):
            told.append(words.sentence("bans_streets_same", same=same))
    heading = words.label(f"bans_streets_{name}")
    return Streets(
        heading=f"{heading} ({words.label('bans_size_value', km2=size)})",
        sentences=told,
        inside=boundary.inside,
    )


def _rests_on(
    record: RunRecord, document: BanReviewDocument, review: BanReview, words: Words
) -> Iterator[tuple[str, str]]:
    if review.themes:
        themes = words.joined([words.theme(each) for each in review.themes])
        yield words.label("bans_themes"), capital(themes)
    if review.now:
        yield words.label("search_period"), words.months(min(review.now), max(review.now))
    yield words.label("cut_off"), words.day(record.until)
    yield words.label("source"), sources_delivered(record, document.sources, words)
