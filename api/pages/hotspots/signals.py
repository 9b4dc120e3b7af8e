"""What the page with signals shows, as text: its template only places it."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby, pairwise

from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.basis_sentences import missing_month_sentences
from hotspots.outputs.hotspots.sentences import where
from hotspots.outputs.policies import policy_layers, policy_themes
from hotspots.outputs.signals import sentences
from hotspots.outputs.signals.pairs import ComparedArea, Comparison, Counted
from hotspots.outputs.signals.scan import Scanned
from hotspots.outputs.signals.sequences import Band, Sequences
from hotspots.outputs.signals.tables import SIGNALS, Signal, SignalsDocument, layer_of
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord

RATIO_BOUNDS = (1.2, 1.5, 2.0, 3.0)
"""Bounds between the colours of the heat table, in times what chance gives."""

_FEW_EXPECTED = 5
_DRAWN: tuple[Signal, ...] = ("bursts", "scan")
_FLAT = ("csv", "parquet")


@dataclass(frozen=True)
class Heading:
    """A signal's heading, its files, and why there is nothing: with what to put in the policy."""

    signal: Signal
    text: str
    absence: str
    setting: str
    downloads: list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """What every part of a signal says: first, with care, resting on what, and how to read it."""

    lede: str
    warnings: list[str]
    basis: str
    notes: list[str]


@dataclass(frozen=True)
class CircleRow:
    """A burst, or a circle of the scan, in its list; `times` is of the scan only."""

    number: str
    where: str
    said: list[str]
    when: str
    count: str
    expected: str
    radius: str
    times: str = ""


@dataclass(frozen=True)
class Circles(Part):
    """Bursts, or circles of the scan, of one theme and period."""

    caption: str
    on_map: bool
    rows: list[CircleRow]


@dataclass(frozen=True)
class Cell:
    """A band in the heat table: `level` is its colour; where pairs are few it has none."""

    ratio: str
    counts: str
    level: int
    rare: bool
    few: bool


@dataclass(frozen=True)
class HeatTable(Part):
    """Near repeats of a theme: rows of distances, columns of days, those of one day last."""

    said: list[str]
    caption: str
    columns: list[str]
    rows: list[tuple[str, list[Cell], list[Cell]]]
    scale: list[str]


@dataclass(frozen=True)
class SourceText:
    """A source in an area: its counts before and now, their change and its interval."""

    counts: str
    change: str
    interval: str


@dataclass(frozen=True)
class AreaRow:
    """An area in the table of sources."""

    name: str
    said: list[str]
    verdict: str
    months: str
    sources: list[SourceText]
    divergence: str
    divergence_interval: str


@dataclass(frozen=True)
class SourceTable(Part):
    """Two sources per area: where they contradict each other, and apart the others."""

    caption: str
    heads: list[str]
    contradicting: list[AreaRow]
    others: list[AreaRow]
    others_title: str
    others_note: str


@dataclass(frozen=True)
class SignalsView:
    """The page with signals; what a run did not look at has a heading and no parts."""

    document: SignalsDocument
    title: str
    headings: dict[Signal, Heading]
    bursts: list[Circles]
    near_repeat: list[HeatTable]
    sources: list[SourceTable]
    scan: list[Circles]
    facts: list[tuple[str, str]]
    map_title: str
    json: str


def signals_view(record: RunRecord, document: SignalsDocument, words: Words) -> SignalsView:
    """Return the page with signals.

    Parameters
    ----------
    record, document
        The run, and its signals.
    words
        The language of the page.
    """
    day = words.day(record.until)
    facts = [(words.label("cut_off"), day)]
    if document.sources:
        delivered = sources_delivered(record, document.sources, words)
        facts.append((words.label("source"), delivered))
    return SignalsView(
        document=document,
        title=sentences.title(document, words),
        headings={signal: _heading(signal, record, document, words) for signal in SIGNALS},
        bursts=[_bursts(found, document, words) for found in document.sequences],
        near_repeat=[_heat(found, document, words) for found in document.sequences],
        sources=[_sources(compared, document, words) for compared in document.comparisons],
        scan=[_scan(scanned, document, words) for scanned in document.scanned],
        facts=facts,
        map_title=words.label("signals_map_frame", day=day),
        json=f"/v1/runs/{record.id}/signals",
    )


def _heading(signal: Signal, record: RunRecord, document: SignalsDocument, words: Words) -> Heading:
    themes = [found.theme for found in document.sequences]
    themes = themes or policy_themes(record, layer_of(signal) or "")
    reason = document.absent.get(signal)
    setting = ""
    if reason == "layer_off":
        # All that are off: the key may stand in the policy once.
        off = [layer_of(each) for each, why in document.absent.items() if why == "layer_off"]
        layers = dict.fromkeys([*policy_layers(record), *off])
        setting = "[hotspots]\nlayers = [{}]".format(", ".join(f'"{name}"' for name in layers))
    files = [each for each in FILES if signal in _DRAWN or each[1] in _FLAT]
    return Heading(
        signal=signal,
        text=sentences.heading(signal, themes, words),
        absence="" if reason is None else sentences.absence(reason, themes, words),
        setting=setting,
        downloads=[
            (name, f"/v1/runs/{record.id}/tables/{signal}.{suffix}") for name, suffix in files
        ]
        if reason is None
        else [],
    )


def _bursts(found: Sequences, document: SignalsDocument, words: Words) -> Circles:
    period = sentences.looked_in(found, document.cut_off, words)
    return Circles(
        lede=sentences.bursts_lede(found, document.cut_off, words),
        warnings=sentences.burst_warnings(found, words),
        basis=sentences.basis(found.lately.sources, period, document, words),
        notes=sentences.burst_notes(found, words),
        caption=_caption("burst", len(found.bursts), words),
        on_map=True,
        rows=[
            CircleRow(
                number=words.number(burst.number),
                where=sentences.burst_where(burst, words),
                said=sentences.burst_sentences(burst, found, words),
                when=sentences.burst_days(burst, words),
                count=words.number(burst.incidents),
                expected=sentences.expected(burst.expected, words),
                radius=sentences.radius(burst.radius_m, words),
            )
            for burst in found.bursts
        ],
    )


def _heat(found: Sequences, document: SignalsDocument, words: Words) -> HeatTable:
    period = words.months(found.basis.first_month, found.basis.last_month)
    # Where no day is known there is nothing to count: no row of noughts.
    bands = [] if found.basis.dated == 0 else found.bands
    rows = [list(row) for _, row in groupby(bands, lambda band: band.distance_to_m)]
    return HeatTable(
        lede=sentences.knox_lede(found, words),
        warnings=sentences.knox_warnings(found, words),
        basis=sentences.basis(found.basis.sources, period, document, words),
        notes=sentences.knox_notes(found, words),
        said=sentences.knox_sentences(found, words) if rows else [],
        caption=words.label("knox_caption", theme=capital(words.theme(found.theme)), period=period),
        columns=[
            sentences.days_apart(band, words) for row in rows[:1] for band in _same_day_last(row)
        ],
        rows=[
            (
                sentences.distance(row[0], words),
                [_cell(band, words) for band in row if not band.same_day],
                [_cell(band, words) for band in row if band.same_day],
            )
            for row in rows
        ],
        scale=_scale(words),
    )


def _same_day_last(bands: list[Band]) -> list[Band]:
    return sorted(bands, key=lambda band: band.same_day)


def _cell(band: Band, words: Words) -> Cell:
    """Return a band as it is shown; without a colour where it is not judged."""
    judged = not band.same_day
    rare = judged and band.rare
    few = not rare and band.expected < _FEW_EXPECTED
    coloured = judged and not few and band.ratio is not None
    return Cell(
        ratio=MISSING
        if band.ratio is None
        else words.label("signals_times", times=words.times(band.ratio)),
        counts=f"{words.number(band.pairs)} ({sentences.expected(band.expected, words)})",
        level=bisect_right(RATIO_BOUNDS, band.ratio) if coloured and band.ratio else 0,
        rare=rare,
        few=few,
    )


def _scale(words: Words) -> list[str]:
    """Return what each colour means, the lightest first."""
    bounds = [words.number(bound, 1) for bound in RATIO_BOUNDS]
    return [
        words.label("signals_times_less", high=bounds[0]),
        *(
            words.label("signals_times_between", low=low, high=high)
            for low, high in pairwise(bounds)
        ),
        words.label("signals_times_more", low=bounds[-1]),
    ]


def _sources(compared: Comparison, document: SignalsDocument, words: Words) -> SourceTable:
    period = words.months(compared.first_month, compared.last_month)
    before = words.months(compared.before_first_month, compared.before_last_month)
    rows = [(area.verdict, _area(area, compared, words)) for area in compared.areas]
    others = [row for verdict, row in rows if verdict != "contradict"]
    warnings = missing_month_sentences(compared.missing_months, words)
    caption = words.label("pair_caption", period=capital(period), before=before)
    return SourceTable(
        lede=sentences.pair_lede(compared, words),
        warnings=warnings,
        basis=sentences.basis(compared.sources, period, document, words),
        notes=sentences.pair_notes(compared, words),
        caption=caption,
        heads=[
            words.label("pair_source", theme=capital(words.theme(theme)))
            for theme in (compared.reports_theme, compared.records_theme)
        ],
        contradicting=[row for verdict, row in rows if verdict == "contradict"],
        others=others,
        others_title=words.label("pair_others", n=len(others)),
        others_note=words.sentence("pair_note_verdicts"),
    )


def _area(area: ComparedArea, compared: Comparison, words: Words) -> AreaRow:
    contradicts = area.verdict == "contradict"
    divergence, interval = sentences.divergence(area, words)
    return AreaRow(
        name=area.area_name,
        said=sentences.pair_sentences(area, words) if contradicts else [],
        verdict=words.label(f"pair_{area.verdict}"),
        months=""
        if area.same_months == compared.months
        else words.label("pair_same_months", n=area.same_months, months=compared.months),
        sources=[_source(each, words) for each in (area.reports, area.records)],
        divergence=divergence,
        divergence_interval=interval,
    )


def _source(counted: Counted, words: Words) -> SourceText:
    return SourceText(
        counts=f"{words.number(counted.before)} → {words.number(counted.now)}",
        change=words.change(counted.ratio),
        interval=sentences.pair_interval(counted, words),
    )


def _scan(scanned: Scanned, document: SignalsDocument, words: Words) -> Circles:
    period = words.months(scanned.basis.first_month, scanned.basis.last_month)
    return Circles(
        lede=sentences.circle_lede(scanned, words),
        warnings=sentences.circle_warnings(scanned, words),
        basis=sentences.basis(scanned.basis.sources, period, document, words),
        notes=sentences.circle_notes(scanned, words),
        caption=_caption("circle", len(scanned.circles), words),
        on_map=scanned.on_map,
        rows=[
            CircleRow(
                number=words.number(circle.number),
                where=capital(where(circle, words)),
                said=sentences.circle_sentences(circle, scanned, words),
                when=period,
                count=words.number(circle.count),
                expected=sentences.expected(circle.expected, words),
                radius=sentences.radius(circle.radius_m, words),
                times=words.times(circle.relative_risk),
            )
            for circle in scanned.circles
        ],
    )


def _caption(kind: str, n: int, words: Words) -> str:
    """Return the caption of a list of circles."""
    if n == 1:
        return words.label(f"{kind}_caption_one")
    return words.label(f"{kind}_caption_many", n=n)
