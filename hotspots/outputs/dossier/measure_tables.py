"""What the register holds of a designation, as tables of a dossier."""

from collections.abc import Sequence
from datetime import UTC, date

from hotspots.outputs.dossier.blocks import Block, Paragraph, Table
from hotspots.outputs.dossier.facts import Facts, Shown
from hotspots.outputs.dossier.public import few
from hotspots.outputs.dossier.templates import Texts
from hotspots.outputs.text import MISSING, Words
from hotspots.register import Figure, Measure, Season

_NO_COUNTS = ("%", "ratio", "km²", "km2", "m", "m²")
"""Units of a figure that is no count of incidents."""


def heads(texts: Texts, *names: str) -> list[str]:
    """Return the heads of columns."""
    return [texts.word("columns", name) for name in names]


def table(
    texts: Texts, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], *figures: int
) -> list[Block]:
    """Return a table, or nothing where it has no row; `figures` are columns set to the right."""
    if not rows:
        return []
    words = texts.word("captions", caption)
    return [Table(words, heads(texts, *head), [list(row) for row in rows], frozenset(figures))]


def span(texts: Texts, words: Words, start: date | None, end: date | None) -> str:
    """Return from when to when; without an end it still runs."""
    if start is None:
        return texts.word("words", "none")
    if end is None:
        return texts.word("words", "since", start=words.day(start))
    return texts.word("words", "until", start=words.day(start), end=words.day(end))


def shown(count: Shown, texts: Texts, words: Words) -> str:
    """Return a count, that it is too small to be shown, or that it is not known."""
    if count is None:
        return texts.word("words", "unknown")
    return texts.word("words", "few") if count == "few" else words.number(count)


def key_facts(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return what a designation comes down to."""
    d = facts.designation
    if d is None:
        return []
    told = {
        "kind": facts.kind_title,
        "legal_basis": d.legal_basis,
        "decider": texts.word("deciders", d.decider) if d.decider else "",
        "state": texts.word("states", facts.state or d.state),
        "decided_on": _day(words, d.decided_on),
        "published_on": _day(words, d.published_on),
        "term": span(texts, words, d.start, d.end) if d.start else "",
        "hours": "; ".join(map(words.hours, d.hours)),
        "season": _season(texts, words, d.season),
        "watched": "; ".join(span(texts, words, each.start, each.end) for each in d.watched),
        "evaluation_on": _day(words, d.evaluation_on),
        "ended_on": _day(words, d.ended_on),
        "extended": words.number(d.extended) if d.extended else "",
        "follows": d.follows or "",
    }
    rows = [[texts.word("facts", name), value] for name, value in told.items() if value]
    return table(texts, "kerngegevens", ("item", "what"), rows)


def package(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the measures that the area measure is part of."""
    d = facts.designation
    rows = [_measure(texts, words, each) for each in (d.package if d else ())]
    return table(texts, "package", ("what", "period"), rows)


def lighter_measures(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the lighter measures as a timeline."""
    tried = facts.designation.lighter_measures if facts.designation else ()
    rows = [
        [*_measure(texts, words, each), each.result]
        for each in sorted(tried, key=lambda each: (each.start, each.what))
    ]
    return table(texts, "lighter_measures", ("what", "period", "result"), rows)


def placements(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the cameras one by one; of a public version only how many of each class."""
    if facts.public:
        counted = [[texts.word("classes", name), str(n)] for name, n in facts.cameras.items()]
        return table(texts, "placements", ("camera_class", "number"), counted, 1)
    rows = []
    for each in facts.placements:
        sector = each.sector
        seen = (
            f"{words.number(sector.azimuth_deg)}°, {words.number(sector.view_deg)}° breed, "
            f"{words.number(sector.range_m)} m"
            if sector
            else texts.word("words", "unknown")
        )
        masks = "; ".join(
            f"{words.number(arc.from_deg)}°–{words.number(arc.to_deg)}°" for arc in each.masks
        )
        informed = _day(words, each.residents_informed_on)
        rows.append(
            [
                f"{each.camera} ({texts.word('classes', each.camera_class).lower()})",
                " ".join(filter(None, [each.site, f"({each.x_m:.0f}, {each.y_m:.0f})"])),
                span(texts, words, each.start, each.end),
                seen,
                words.number(each.facades_in_view),
                masks or texts.word("words", "none"),
                informed or texts.word("words", "no"),
            ]
        )
    head = ("camera", "place", "term", "sector", "facades", "masks", "informed")
    return table(texts, "placements", head, rows, 4)


def reviews(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the reviews of the area, oldest first."""
    rows = [
        [words.day(each.reviewed_on), texts.word("advice", each.advice), each.summary, each.id]
        for each in sorted(facts.reviews, key=lambda each: (each.reviewed_on, each.id))
    ]
    return table(texts, "reviews", ("day", "advice", "summary", "id"), rows)


def signals(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the signs that the need is gone, and what a person made of them."""
    rows = [
        [
            words.month(each.since),
            words.number(each.incidents),
            words.year_to(each.last_month) if each.last_month else texts.word("words", "unknown"),
            texts.word("answers", each.answer) if each.answer else texts.word("words", "none"),
            each.reason,
        ]
        for each in facts.signals
    ]
    return table(texts, "signals", ("since", "incidents", "period", "answer", "reason"), rows, 1)


def review_figures(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the figures that a review rests on, as they were written down."""
    found = facts.review.figures if facts.review else ()
    rows = []
    for each in found:
        if facts.public and _is_count(each):
            count = few(round(each.value), facts.publication)
            unit = "" if count == "few" else each.unit
            value = f"{shown(count, texts, words)} {unit}".strip()
            rows.append([each.name, value, texts.word("words", "none")])
            continue
        ends = [end for end in (each.low, each.high) if end is not None]
        between = "–".join(_figure(words, end) for end in ends) if len(ends) == 2 else MISSING
        rows.append([each.name, f"{_figure(words, each.value)} {each.unit}".strip(), between])
    return table(texts, "review_figures", ("figure", "value", "interval"), rows, 1, 2)


def findings(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return what professionals found; of a public version only how many findings there are."""
    found = facts.review.findings if facts.review else ()
    if facts.public:
        kept = texts.word("words", "findings_kept", number=words.number(len(found)))
        return [Paragraph(kept)] if found else []
    rows = [[words.day(each.found_on), each.by, each.summary] for each in found]
    return table(texts, "findings", ("day", "by", "summary"), rows)


def checklist(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return what the file lacks, in Dutch as far as the words have it."""
    del words
    if not facts.checklist:
        return []
    lacking = [each for each in facts.checklist if not each.done]
    if not lacking:
        return [Paragraph(texts.word("words", "nothing_lacks"))]
    known = texts.words["checklist"]
    rows = [[known.get(each.code, f"{each.text} ({each.source})")] for each in lacking]
    return table(texts, "checklist", ("item",), rows)


def trail(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return who did what, and why."""
    rows = [
        [
            str(each.seq),
            f"{words.day(each.at.astimezone(UTC))} {each.at.astimezone(UTC):%H:%M} UTC",
            each.actor,
            texts.word("roles", each.role),
            texts.word("acts", each.act),
            each.reason,
        ]
        for each in facts.trail
    ]
    return table(texts, "trail", ("seq", "day", "actor", "role", "act", "reason"), rows)


# ---------------------------------------------------------------- how
def _day(words: Words, day: date | None) -> str:
    return "" if day is None else words.day(day)


def _season(texts: Texts, words: Words, season: Season | None) -> str:
    if season is None:
        return ""
    first, last = words.night(season.first_day), words.night(season.last_day)
    return texts.word("words", "until", start=first, end=last)


def _measure(texts: Texts, words: Words, each: Measure) -> list[str]:
    return [each.what, span(texts, words, each.start, each.end)]


def _figure(words: Words, value: float) -> str:
    return words.number(value, 0 if value == round(value) else 2)


def _is_count(figure: Figure) -> bool:
    """Whether a figure may be a count; a share, a ratio or a size is none."""
    return figure.value == round(figure.value) and figure.unit not in _NO_COUNTS
