"""What the runs of a dossier hold, as tables; every figure names its run."""

from math import isfinite

from hotspots.outputs.dossier.blocks import Block, Paragraph, Table
from hotspots.outputs.dossier.facts import AreaFigure, Count, Facts, HotspotFigure
from hotspots.outputs.dossier.measure_tables import shown, table
from hotspots.outputs.dossier.templates import Texts
from hotspots.outputs.effect_sentences import effect_sentence
from hotspots.outputs.text import Words, capital


def figures(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return incidents in the area then and now."""
    rows = [
        [
            _moment(each, texts, words),
            _theme(each, facts, words),
            capital(words.months(each.first_month, each.last_month)),
            shown(each.incidents, texts, words),
            ", ".join(words.month(month) for month in each.missing_months)
            or texts.word("words", "none"),
            each.run_id,
        ]
        for each in facts.counts
    ]
    head = ("moment", "theme", "period", "incidents", "missing", "run")
    return table(texts, "figures", head, rows, 3)


def measured(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return before, since, ring and rest of the city, as the pinned run of reviews has them."""
    held = facts.measured
    effect = None if held is None else held.review.effect
    if held is None or effect is None:
        return []
    changes = {"area": effect.effect, "ring": effect.displacement.ring}
    rows = []
    for zone, counts in effect.zones.items():
        change = changes.get(zone)
        ends = (None, None) if change is None else (change.ratio_low, change.ratio_high)
        ratio = counts.after / counts.before if counts.before else None
        rows.append(
            [
                texts.word("zones", zone, metres=words.number(effect.ring_m)),
                words.number(counts.before),
                words.number(counts.after),
                words.change(ratio),
                _between(ends, words),
                held.run_id,
            ]
        )
    head = ("zone", "before", "during", "change", "interval", "run")
    told = [effect_sentence(effect, words), words.sentence("effect_no_proof")]
    return [*map(Paragraph, told), *table(texts, "measured", head, rows, 1, 2, 3, 4)]


def course(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the course by month, a year a row; a month that was not delivered has a dash."""
    held = facts.measured
    if held is None:
        return []
    known = dict(zip(held.counted.months, held.counted.area, strict=True))
    rows = [
        [year, *(words.number(known.get(f"{year}-{month:02d}")) for month in range(1, 13))]
        for year in sorted({month[:4] for month in known})
    ]
    if not rows:
        return []
    months = [words.label(f"month_short_{month}") for month in range(1, 13)]
    caption = texts.word("captions", "course", run=held.run_id)
    return [Table(caption, [texts.word("columns", "year"), *months], rows, frozenset(range(1, 13)))]


def _between(ends: "tuple[float | None, float | None]", words: Words) -> str:
    """Return the ends of an interval of a change; a dash where nothing sets them."""
    low, high = ends
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return words.change(None)
    return f"{words.change(low)} tot {words.change(high)}"


def hotspots(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the hotspots that meet the area."""
    rows = [
        [
            capital(words.theme(each.theme)),
            capital(words.months(each.first_month, each.last_month)),
            shown(each.count, texts, words),
            words.number(each.times_city_mean, 1),
            _ratio(each, words),
            each.run_id,
        ]
        for each in facts.hotspots
    ]
    head = ("theme", "period", "incidents_hotspot", "times", "ratio", "run")
    return table(texts, "hotspots", head, rows, 2, 3, 4)


def areas(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the areas of a yearly choice; of a public version without the rates.

    A rate tells the count to who knows the dwellings.
    """
    head = ["nr", "area", "rank", "count"]
    head += [] if facts.public else ["dwellings", "rate", "interval"]
    rows = []
    for each in facts.areas:
        row = [str(each.number), f"{each.name} ({each.code})", words.number(each.proposed_rank)]
        row.append(shown(each.count, texts, words))
        if not facts.public:
            row += [words.number(each.dwellings), words.rate(each.rate_per_1000)]
            row.append(words.interval(each.low, each.high))
        rows.append([*row, _yes(each.chosen, texts)])
    last = len(head)
    return table(texts, "areas", (*head, "chosen"), rows, *(n for n in range(last) if n != 1))


def deviations(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return where the choice is another than the proposal, and why."""
    rows = [
        [
            f"{each.name} ({each.code})",
            words.number(each.proposed_rank),
            _yes(each.chosen, texts),
            each.reason,
        ]
        for each in facts.areas
        if _deviates(each)
    ]
    if not rows:
        return [Paragraph(texts.word("words", "all_followed"))]
    return table(texts, "deviations", ("area", "rank", "chosen", "reason"), rows, 1)


def sources(facts: Facts, texts: Texts, words: Words) -> list[Block]:
    """Return the runs and their deliveries, with the hashes by which they are known."""
    rows = [
        [
            each.run_id,
            words.day(each.until) if each.until else texts.word("words", "unknown"),
            words.joined(list(each.sources)),
            each.sha256 or texts.word("words", "unknown"),
        ]
        for each in facts.runs
    ]
    delivered = {each.id: each for run in facts.runs for each in run.deliveries}
    held = [
        [
            each.id,
            words.source(each.source),
            capital(words.months(each.first_month, each.last_month or each.first_month))
            if each.first_month
            else texts.word("words", "none"),
            each.sha256,
        ]
        for each in delivered.values()
    ]
    notes: list[Block] = [
        Paragraph(f"{each.run_id}: {texts.word('words', name)}", note=True)
        for each in facts.runs
        for name in (["not_found"] if not each.is_found else [] if each.is_pinned else _NOT_PINNED)
    ]
    return [
        *table(texts, "sources", ("run", "until", "sources", "sha256"), rows),
        *notes,
        *table(texts, "deliveries", ("delivery", "origin", "period", "delivery_hash"), held),
    ]


# ---------------------------------------------------------------- how
_NOT_PINNED = ["not_pinned"]


def _moment(each: Count, texts: Texts, words: Words) -> str:
    return texts.word("moments", each.moment, day=words.day(each.day) if each.day else "")


def _theme(each: Count, facts: Facts, words: Words) -> str:
    """Return a theme, or the measure of the criterion where the figure is of all its themes."""
    if each.theme is not None:
        return capital(words.theme(each.theme))
    criterion = facts.designation.criterion if facts.designation else None
    return "" if criterion is None else capital(criterion.measure)


def _ratio(each: HotspotFigure, words: Words) -> str:
    if each.ratio is None:
        return words.change(None)
    low, high = words.change(each.ratio_low), words.change(each.ratio_high)
    return f"{words.change(each.ratio)} ({low} tot {high})"


def _yes(value: bool, texts: Texts) -> str:
    return texts.word("words", "yes" if value else "no")


def _deviates(each: AreaFigure) -> bool:
    return each.chosen != each.proposed
