"""What the page with the places of the composite shows, as text: its template only places it."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.charts import Part, key, stacked_bar
from hotspots.outputs.hotspots import composite_sentences as sentences
from hotspots.outputs.hotspots.composite_tables import (
    CompositeDocument,
    CompositeLayer,
    CompositePlace,
    Contribution,
)
from hotspots.outputs.hotspots.sentences import where
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord

Tones = Mapping[str, int]
"""The number of each layer from 0, the same in every bar of the page."""


@dataclass(frozen=True)
class PartRow:
    """One layer in the table of a place."""

    name: str
    times: str
    weight: str
    contribution: str
    share: str
    share_without: str
    significant: str


@dataclass(frozen=True)
class PlaceRow:
    """One place in the list."""

    place: CompositePlace
    number: str
    where: str
    themes: str
    lineage: str
    stands_out: str
    largest: list[str]
    cautions: list[str]
    proactive: list[str]
    times: str
    times_without: str
    rank: str
    rank_without: str
    bar: Markup
    bar_without: Markup
    parts: list[PartRow]


@dataclass(frozen=True)
class LayerRow:
    """One layer in the table of weights."""

    name: str
    status: str
    weight: str
    weight_without: str
    missing: str


@dataclass(frozen=True)
class CompositeView:
    """The page of one run's composite."""

    document: CompositeDocument
    title: str
    lede: str
    missing_months: list[str]
    map_title: str
    caption: str
    key: Markup
    rows: list[PlaceRow]
    layers: list[LayerRow]
    weighing: list[str]
    never: str
    notes: list[str]
    facts: list[tuple[str, str]]
    downloads: list[tuple[str, list[tuple[str, str]]]]


def composite_view(record: RunRecord, document: CompositeDocument, words: Words) -> CompositeView:
    """Return the page of one run's composite.

    Parameters
    ----------
    record, document
        The run, and where its layers come together.
    words
        The language of the page.
    """
    period = words.months(document.weighing.first_month, document.weighing.last_month)
    counted = [layer.layer for layer in document.layers if layer.weight > 0]
    tones = {layer: number for number, layer in enumerate(counted)}
    return CompositeView(
        document=document,
        title=words.label("together_title", period=period),
        lede=sentences.lede(document, words),
        missing_months=sentences.missing_month_sentences(document, words),
        map_title=words.label("together_map_frame", period=period),
        caption=words.label("together_caption_one")
        if len(document.places) == 1
        else words.label("together_caption", n=len(document.places)),
        key=key([capital(sentences.layer_name(layer, words)) for layer in tones]),
        rows=[_place(place, document, tones, words) for place in document.places],
        layers=[_layer(layer, document, tones, words) for layer in document.layers],
        weighing=sentences.weighing_sentences(document, words),
        never=sentences.never_used(words),
        notes=sentences.notes(document, words),
        facts=_facts(record, document, words),
        downloads=_downloads(record.id, words),
    )


def _place(
    place: CompositePlace, document: CompositeDocument, tones: Tones, words: Words
) -> PlaceRow:
    bar, bar_without = _bars(place, document, tones, words)
    return PlaceRow(
        place=place,
        number=words.number(place.number),
        where=where(place, words),
        themes=sentences.first_themes(place, words),
        lineage=sentences.lineage(place, words),
        stands_out=sentences.stands_out(place, document, words),
        largest=sentences.largest_sentences(place, words),
        cautions=sentences.caution_sentences(place, words),
        proactive=sentences.proactive_sentences(place, document, words),
        times=words.times(place.value),
        times_without=words.times(place.value_without_proactive),
        rank=words.number(place.rank),
        rank_without=words.number(place.rank_without_proactive),
        bar=bar,
        bar_without=bar_without,
        parts=[_part(part, tones, words) for part in place.contributions],
    )


def _bars(
    place: CompositePlace, document: CompositeDocument, tones: Tones, words: Words
) -> tuple[Markup, Markup]:
    """Return a bar with and one without proactive records, on one scale for all places."""
    named = where(place, words)
    full = max(max(each.value, each.value_without_proactive) for each in document.places)
    every: list[Part] = []
    without: list[Part] = []
    for part in place.contributions:
        name = sentences.contribution_name(part, words)
        parts = (
            (every, part.contribution, part.share),
            (without, part.contribution_without_proactive, part.share_without_proactive),
        )
        for bar, amount, share in parts:
            if amount > 0:
                bar.append(Part(tones[part.layer], name, amount / full, _share(share, words)))
    times, left = words.times(place.value), words.times(place.value_without_proactive)
    return (
        stacked_bar(
            every,
            name=f"parts-{place.number}",
            title=words.label("together_bar", place=named, times=times),
        ),
        stacked_bar(
            without,
            name=f"parts-without-{place.number}",
            title=words.label("together_bar_without", place=named, times=left),
        ),
    )


def _part(part: Contribution, tones: Tones, words: Words) -> PartRow:
    return PartRow(
        name=_numbered(part.layer, tones, words),
        times=words.number(part.value, 1),
        weight=words.share(part.weight),
        contribution=words.number(part.contribution, 1),
        share=_share(part.share, words),
        share_without=_share(part.share_without_proactive, words),
        significant=words.label("together_yes" if part.significant else "together_no"),
    )


def _numbered(layer: str, tones: Tones, words: Words) -> str:
    """Return the name of a layer after its number in the bars, if it is in them."""
    name = capital(sentences.layer_name(layer, words))
    return f"{words.number(tones[layer] + 1)}. {name}" if layer in tones else name


def _share(share: float | None, words: Words) -> str:
    return MISSING if share is None else words.share(share)


def _layer(
    layer: CompositeLayer, document: CompositeDocument, tones: Tones, words: Words
) -> LayerRow:
    missing = sentences.missing_months(layer.missing_months, words)
    return LayerRow(
        name=_numbered(layer.layer, tones, words),
        status=sentences.layer_status(layer, document, words),
        weight=_share(layer.weight or None, words),
        weight_without=_share(layer.weight_without_proactive or None, words),
        missing=missing or words.label("together_all_delivered"),
    )


def _facts(record: RunRecord, document: CompositeDocument, words: Words) -> list[tuple[str, str]]:
    weighing = document.weighing
    age, least = (
        sentences.plain_number(value, words)
        for value in (weighing.half_life_months, weighing.least_times)
    )
    return [
        (words.label("search_period"), words.months(weighing.first_month, weighing.last_month)),
        (words.label("together_half_life"), words.label("same_months", months=age)),
        (words.label("together_least"), words.label("together_least_value", least=least)),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, document.sources, words)),
    ]


def _downloads(run_id: str, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files of the places, and those of the parts, which have no shape."""
    address = f"/v1/runs/{run_id}"
    tables = f"{address}/tables"
    places = [(name, f"{tables}/composite.{suffix}") for name, suffix in FILES]
    parts = [
        (name, f"{tables}/contributions.{suffix}") for name, suffix in FILES if suffix != "geojson"
    ]
    return [
        (words.label("together_files"), [*places, ("JSON", f"{address}/composite")]),
        (words.label("together_files_parts"), parts),
    ]
