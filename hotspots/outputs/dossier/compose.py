"""Facts and templates to a page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hotspots.outputs.dossier import measure_tables, run_tables
from hotspots.outputs.dossier.blocks import Block, Heading, Page, Paragraph, Picture, readable
from hotspots.outputs.dossier.drawing import draw, scale_bar_m
from hotspots.outputs.dossier.facts import Facts
from hotspots.outputs.dossier.public import cleaner
from hotspots.outputs.dossier.templates import Filler, Part, Texts
from hotspots.outputs.text import Words, capital


def page_of(facts: Facts, texts: Texts) -> Page:
    """Return the dossier; a section without anything to tell falls out.

    Parameters
    ----------
    facts
        What it tells; of a public version only what may be public
        (:func:`hotspots.outputs.dossier.public.public_of`).
    texts
        The templates of its subject.
    """
    words = Words("nl")
    filler = Filler(_values(facts, texts, words), _filters(words, texts), file=texts.file)
    kind = facts.designation.kind if facts.designation is not None else ""
    blocks: list[Block] = [Paragraph(texts.word("words", "demo"), note=True)] if facts.demo else []
    for section in texts.template.section:
        if not section.is_for(public=facts.public, kind=kind):
            continue
        told = [*filler.blocks(section.text), *_part(facts, texts, words, section.part)]
        if told:
            blocks += [Heading(filler.line(section.title)), *told]
    seq, head = facts.head
    made = texts.word("words", "made_on", day=words.day(facts.on), seq=str(seq), hash=head)
    page = Page(
        filler.line(texts.template.title),
        filler.line(texts.template.subtitle),
        [*blocks, Paragraph(made)],
        texts.word("words", "foot"),
    ).told(readable)
    if not facts.public:
        return page
    clean = cleaner(
        facts.secrets,
        removed=texts.word("words", "removed"),
        few=texts.word("words", "few_in_text"),
        least_shown=facts.publication.least_shown,
        streets=facts.streets,
    )
    return page.told(clean)


_PARTS: Mapping[Part, Callable[[Facts, Texts, Words], list[Block]]] = {
    "kerngegevens": measure_tables.key_facts,
    "package": measure_tables.package,
    "lighter_measures": measure_tables.lighter_measures,
    "placements": measure_tables.placements,
    "reviews": measure_tables.reviews,
    "signals": measure_tables.signals,
    "review_figures": measure_tables.review_figures,
    "findings": measure_tables.findings,
    "checklist": measure_tables.checklist,
    "trail": measure_tables.trail,
    "figures": run_tables.figures,
    "measured": run_tables.measured,
    "course": run_tables.course,
    "hotspots": run_tables.hotspots,
    "areas": run_tables.areas,
    "deviations": run_tables.deviations,
    "sources": run_tables.sources,
}


def _part(facts: Facts, texts: Texts, words: Words, part: Part | None) -> list[Block]:
    if part is None:
        return []
    return _map(facts, texts) if part == "map" else _PARTS[part](facts, texts, words)


def _map(facts: Facts, texts: Texts) -> list[Block]:
    drawn = facts.drawn
    if drawn is None:
        return []
    own = {"proposed": "proposed_area"} if facts.review is not None else {}
    looks = dict.fromkeys(layer.look for layer in drawn.layers if layer.shapes)
    key = " ".join(texts.word("key", own.get(look, look)) for look in looks)
    caption = texts.word("captions", "map", metres=str(scale_bar_m(drawn)), key=key)
    return [Picture(draw(drawn), caption, caption)]


def _values(facts: Facts, texts: Texts, words: Words) -> dict[str, Any]:
    """Return what a text may name."""
    values: dict[str, Any] = {
        "municipality": facts.municipality,
        "on": facts.on,
        "public": facts.public,
        "streets": list(facts.streets),
        "km2": facts.km2,
        "kind": facts.kind_title,
    }
    if facts.designation is not None:
        state = texts.word("states", facts.state or facts.designation.state)
        marks = [texts.word("words", mark) for mark in facts.designation.marks]
        values |= {
            "designation": facts.designation.model_dump(),
            "state": ", ".join([state, *marks]),
        }
    if facts.review is not None:
        advice = texts.word("advice", facts.review.advice)
        values |= {"review": dict(facts.review), "advice": advice}
    if facts.choice is not None:
        theme = facts.choice.theme
        values |= {
            "choice": facts.choice.model_dump(),
            "choice_kind": texts.word("choices", facts.choice.kind),
            "level": words.level(facts.choice.level),
            "theme": words.theme(theme) if theme else "",
        }
    return values


def _filters(words: Words, texts: Texts) -> dict[str, Callable[..., str]]:
    def decider(name: str | None) -> str:
        return texts.word("deciders", name) if name else texts.word("words", "none")

    def number(value: float | None, decimals: int = 0) -> str:
        return words.number(value, decimals)

    def day(value: date | None) -> str:
        return texts.word("words", "none") if value is None else words.day(value)

    return {
        "day": day,
        "month": words.month,
        "number": number,
        "hours": words.hours,
        "joined": words.joined,
        "capital": capital,
        "decider": decider,
    }
