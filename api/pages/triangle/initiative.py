"""Sentences about what the police recorded on their own initiative, in a ranking or beside it."""

from hotspots.outputs.tables import Area, PrioritiesDocument
from hotspots.outputs.text import Words
from hotspots.pipeline.initiative import Begun


def is_told(document: PrioritiesDocument) -> bool:
    """Return whether the ranking rests on incidents, which may tell who began."""
    return any(area.count_initiator_unknown is not None for area in document.areas)


def has_column(document: PrioritiesDocument) -> bool:
    """Return whether of any area it is known: a column of the same words tells nothing."""
    return any(area.count_police is not None for area in document.areas)


def police_text(area: Area, words: Words) -> str:
    """Return how many of an area's records the police began."""
    if area.count_police is None:
        return words.label("initiative_not_known")
    return words.number(area.count_police)


def share_text(area: Area, document: PrioritiesDocument, words: Words) -> str:
    """Return their share of the records of which it is known who began, and how many are not."""
    if area.count_police is None or area.count_initiator_unknown is None:
        return ""
    known = _every(area, document) - area.count_initiator_unknown
    told = [words.share(area.count_police / known)] if known else []
    if area.count_initiator_unknown:
        told.append(words.label("initiative_unknown", n=area.count_initiator_unknown))
    return ", ".join(told)


def told_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return how much of a ranking the police began, and what nobody told."""
    every = sum(_every(area, document) for area in document.areas)
    police = _police(document)
    unknown = sum(area.count_initiator_unknown or 0 for area in document.areas)
    records = words.records(document.theme)
    if unknown == every:
        return [words.sentence("initiative_nobody", records=records)]
    share = words.share(police / (every - unknown))
    figures: dict[str, int | str] = {"n": every, "police": police, "share": share}
    key = "initiative_not_counted" if document.without_police else "initiative_counted"
    told = [words.sentence(key, records=records, **figures)]
    if unknown:
        told.append(words.sentence("initiative_both", records=records, n=unknown))
    return [*told, words.sentence("initiative_means")]


def left_out_sentence(document: PrioritiesDocument, words: Words) -> str:
    """Return what a ranking without the police's own initiative leaves out."""
    records = words.records(document.theme)
    return words.sentence("initiative_left_out", records=records, n=_police(document))


def beside_sentences(begun: Begun, document: PrioritiesDocument, words: Words) -> list[str]:
    """Return what incidents tell that were delivered beside the counts, with source and period."""
    known = begun.count - begun.count_initiator_unknown
    if not known:
        return []
    records = words.records(document.theme)
    told = words.sentence(
        "initiative_beside",
        records=records,
        sources=words.joined([words.source(each) for each in begun.sources]),
        period=words.months(begun.first_month, begun.last_month),
        n=begun.count,
        police=begun.count_police,
        share=words.share(begun.count_police / known),
    )
    if not begun.count_initiator_unknown:
        return [told]
    unknown = words.sentence("initiative_beside_unknown", n=begun.count_initiator_unknown)
    return [f"{told} {unknown}"]


def _every(area: Area, document: PrioritiesDocument) -> int:
    """Return all that was recorded in an area, also what the ranking leaves out."""
    return area.count + (area.count_police or 0) * document.without_police


def _police(document: PrioritiesDocument) -> int:
    return sum(area.count_police or 0 for area in document.areas)
