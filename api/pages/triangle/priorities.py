"""What the pages show, as text and coordinates: templates only place it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from api.pages.triangle import initiative
from hotspots.outputs import sentences
from hotspots.outputs.tables import Area, PrioritiesDocument
from hotspots.outputs.text import LANGS, Lang, Words, capital
from hotspots.pipeline.initiative import Begun
from hotspots.records import Question, RunRecord

Sort = Literal["rank", "count", "rate"]

FILES = (
    ("CSV", "csv"),
    ("GeoPackage", "gpkg"),
    ("GeoJSON", "geojson"),
    ("Parquet", "parquet"),
)
"""The formats in which a page offers a result, with their suffixes."""


_PRINTED = 15
"""Rows on one sheet of paper; more where the line lies further down."""


@dataclass(frozen=True)
class Row:
    """One area in the table; bars are in percent of their width."""

    area: Area
    count: str
    count_bar: float
    dwellings: str
    rate: str
    raw_rate: str
    interval: str
    interval_from: float
    interval_width: float
    rate_at: float
    chance: str
    chance_sentence: str
    difference: str
    difference_counts: str
    police: str
    police_share: str
    remarks: list[str]
    just_missed: bool
    last_above: bool
    classes: list[str]


@dataclass(frozen=True)
class PrioritiesView:
    """The page of one ranking."""

    document: PrioritiesDocument
    sort: Sort
    title: str
    first: list[str]
    facts: list[tuple[str, str]]
    target: list[str]
    count_label: str
    caption: str
    city_rate_at: float | None
    has_initiative: bool
    rows: list[Row]
    notes: list[str]
    just_missed: list[str]
    no_rate: list[str]
    missing_months: list[str]
    totals: list[str]
    other_levels: list[tuple[str, Question]]
    other_themes: list[tuple[str, Question]]
    downloads: list[tuple[str, str]]


def priorities_view(
    record: RunRecord,
    question: Question,
    document: PrioritiesDocument,
    words: Words,
    *,
    sort: Sort = "rank",
    begun: Begun | None = None,
) -> PrioritiesView:
    """Return the page of one ranking.

    Parameters
    ----------
    record, question, document
        The run, its question, and the answer.
    words
        The language of the page.
    sort
        Order of the rows: combined place, place on count or place on risk.
    begun
        Incidents by who began that were delivered over the same years, if any.
    """
    rate_scale = max((area.eb_high for area in document.areas), default=0.0) or 1.0
    city_rate = document.city_rate_per_1000
    return PrioritiesView(
        document=document,
        sort=sort,
        title=sentences.title(document, words),
        first=_first(document, words),
        facts=_facts(record, document, words),
        target=sentences.target_sentences(document, words),
        count_label=sentences.count_label(document, words),
        caption=sentences.caption(document, words),
        city_rate_at=None if city_rate is None else _percent(city_rate, rate_scale),
        has_initiative=initiative.has_column(document),
        rows=list(_rows(document, words, sort, rate_scale)),
        notes=[*_notes(document, words), *_initiative(record, document, begun, words)],
        just_missed=sentences.just_missed_sentences(document, words),
        no_rate=sentences.no_rate_sentences(document, words),
        missing_months=sentences.missing_month_sentences(document, words),
        totals=sentences.totals_sentences(document, words),
        other_levels=[
            (words.level(other.level), other)
            for other in record.questions
            if other.theme == question.theme and other.level != question.level
        ],
        other_themes=_other_themes(record, question, words),
        downloads=_downloads(document),
    )


def policy_rows(policy: dict[str, object], words: Words) -> list[tuple[str, str]]:
    """Return a run's policy as dotted names with their values."""
    rows = []
    for name, value in policy.items():
        if isinstance(value, dict):
            inner = policy_rows(value, words)
            rows += [(f"{name}.{setting}", text) for setting, text in inner]
        elif isinstance(value, list):
            rows.append((name, ", ".join(map(str, value)) or "–"))
        else:
            rows.append((name, str(value)))
    return rows


def method_terms(lang: Lang) -> list[tuple[str, str]]:
    """Return the glossary: each term in `lang` with its counterpart, in alphabetical order."""
    here, there = (
        Words(code).glossary() for code in (lang, next(code for code in LANGS if code != lang))
    )
    return sorted(
        ((term, there[key]) for key, term in here.items()), key=lambda pair: pair[0].lower()
    )


def sources_delivered(record: RunRecord, sources: Sequence[str], words: Words) -> str:
    """Return sources with the day on which each last delivered what the run read."""
    named = []
    for source in sources:
        delivered = [each.delivered_at for each in record.deliveries if each.source == source]
        day = words.label("delivered", date=words.day(max(delivered))) if delivered else ""
        named.append(", ".join(filter(None, (words.source(source), day))))
    return "; ".join(named)


def _facts(record: RunRecord, document: PrioritiesDocument, words: Words) -> list[tuple[str, str]]:
    share = {"count": document.weights.count, "rate": document.weights.rate}
    weights = words.label(
        "weights_value", **{name: words.percent(weight) for name, weight in share.items()}
    )
    return [
        (words.label("theme"), words.theme(document.theme)),
        (words.label("period"), words.period(document.first_year, document.last_year)),
        (words.label("level"), words.level(document.level)),
        (words.label("top_k"), sentences.cut(document, words)),
        (words.label("weights"), weights),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, document.sources, words)),
    ]


def _rows(
    document: PrioritiesDocument, words: Words, sort: Sort, rate_scale: float
) -> Iterator[Row]:
    places = {
        "rank": lambda area: area.rank,
        "count": lambda area: (area.rank_count, area.rank),
        "rate": lambda area: (area.rank_rate, area.rank),
    }
    count_scale = max((area.count for area in document.areas), default=0) or 1
    usual_months = _usual_months(document)
    for area in sorted(document.areas, key=places[sort]):
        yield Row(
            area=area,
            count=sentences.count_text(area, words),
            count_bar=_percent(area.count, count_scale),
            dwellings=words.number(area.dwellings),
            rate=words.rate(area.eb_rate),
            raw_rate=words.label("raw_rate", rate=words.rate(area.rate_per_1000)),
            interval=words.interval(area.eb_low, area.eb_high),
            interval_from=_percent(area.eb_low, rate_scale),
            interval_width=_percent(area.eb_high - area.eb_low, rate_scale),
            rate_at=_percent(area.eb_rate, rate_scale),
            chance=words.chance(area.p_top),
            chance_sentence=sentences.top_k_sentence(area, document.k, words),
            difference=_difference(area, words),
            difference_counts=_difference_counts(area, usual_months, words),
            police=initiative.police_text(area, words),
            police_share=initiative.share_text(area, document, words),
            remarks=[words.label(remark) for remark in area.remarks],
            just_missed=area.area_code in document.just_missed,
            last_above=sort == "rank" and area.rank == document.k < len(document.areas),
            classes=_classes(area, document),
        )


def _first(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return what comes first; a ranking that leaves records out says so before its figures."""
    first = sentences.first_sentences(document, words)
    if document.without_police:
        first.insert(1, initiative.left_out_sentence(document, words))
    return first


def _classes(area: Area, document: PrioritiesDocument) -> list[str]:
    """Say how a row is drawn: above the line, just below it, or left out on paper."""
    named = {
        "above": area.above_cut,
        "missed": area.area_code in document.just_missed,
        "beyond": area.rank > max(_PRINTED, document.k + 1),
    }
    return [name for name, holds in named.items() if holds]


def _difference(area: Area, words: Words) -> str:
    if area.count_last is None or area.count_previous is None:
        return words.label("unknown")
    return words.signed(area.count_last - area.count_previous)


def _difference_counts(area: Area, usual_months: int, words: Words) -> str:
    if area.count_last is None or area.count_previous is None or area.same_months is None:
        return ""
    counts = f"{words.number(area.count_previous)} → {words.number(area.count_last)}"
    if area.same_months == usual_months:
        return counts
    return f"{counts}, {words.label('same_months', months=area.same_months)}"


def _usual_months(document: PrioritiesDocument) -> int:
    """Return over how many months the last year is compared, but for areas that differ."""
    compared = [area.same_months or 0 for area in document.areas]
    return max(compared, default=12)


def _notes(document: PrioritiesDocument, words: Words) -> list[str]:
    attempts = "attempts_told_apart" if document.attempts_told_apart else "attempts_not_told_apart"
    notes = [words.sentence(attempts)]
    if document.city_rate_per_1000 is not None:
        notes.append(words.sentence("interval", rate=words.rate(document.city_rate_per_1000)))
    notes += [words.sentence("weights"), words.sentence("difference")]
    if (months := _usual_months(document)) < 12:
        notes.append(words.sentence("target_same_months", months=months))
    return notes + sentences.remark_sentences(document, words)


def _initiative(
    record: RunRecord, document: PrioritiesDocument, begun: Begun | None, words: Words
) -> list[str]:
    """Say what is known of records that the police made on their own initiative."""
    if initiative.is_told(document):
        return initiative.told_sentences(document, words)
    counted = any(
        each.kind == "counts" and document.theme in each.themes for each in record.deliveries
    )
    if not counted:
        return [words.sentence("initiative_older")]
    beside = [] if begun is None else initiative.beside_sentences(begun, document, words)
    return [words.sentence("initiative_untold"), *beside]


def _other_themes(
    record: RunRecord, question: Question, words: Words
) -> list[tuple[str, Question]]:
    first = {other.theme: other for other in reversed(record.questions)}
    return [
        (capital(words.theme(theme)), other)
        for theme, other in first.items()
        if theme != question.theme
    ]


def _downloads(document: PrioritiesDocument) -> list[tuple[str, str]]:
    base = f"/v1/runs/{document.run.id}"
    files = [(label, f"{base}/tables/priorities.{suffix}") for label, suffix in FILES]
    query = f"theme={document.theme}&level={document.level}"
    return [*files, ("JSON", f"{base}/priorities?{query}")]


def _percent(value: float, scale: float) -> float:
    return round(100 * value / scale, 1)
