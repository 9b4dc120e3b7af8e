"""Sentences about a ranking: the figures of its document put into the words of a language."""

from hotspots.outputs.tables import Area, PrioritiesDocument, TargetYear
from hotspots.outputs.text import Words, capital

REMARK_SENTENCES = {
    "few_incidents": "small_numbers",
    "few_dwellings": "few_dwellings",
    "months_unknown": "months_unknown",
}
"""The sentence that explains each remark of the priorities table."""


_SURE = 0.9
"""Chance from which an area is said to belong above the line almost certainly."""


def title(document: PrioritiesDocument, words: Words) -> str:
    """Return what the ranking is about, such as a page's heading."""
    return words.label("title", theme=words.theme(document.theme), period=_period(document, words))


def count_label(document: PrioritiesDocument, words: Words) -> str:
    """Return the heading above the counts; it promises completed crimes only where known."""
    return words.label(
        "count_completed" if document.attempts_told_apart else "count",
        theme=capital(words.theme(document.theme)),
        period=_period(document, words),
    )


def count_text(area: Area, words: Words) -> str:
    """Return an area's count as its heading promises: with the completed crimes where known."""
    shown = words.number(area.count)
    if area.count_completed is None:
        return shown
    return f"{shown} ({words.number(area.count_completed)})"


def lede(document: PrioritiesDocument, words: Words) -> str:
    """Return the first sentence under the heading: what the areas above the line are."""
    n = len(document.areas)
    key, k = ("lede", document.k) if document.k < n else ("lede_all", n)
    return words.sentence(key, k=k, areas=words.level(document.level))


def first_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return the three sentences that come first: the list, how sure it is, and the city."""
    return [lede(document, words), *_sure(document, words), *target_sentences(document, words)[:1]]


def _sure(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return how many of the areas above the line almost certainly belong there."""
    above = [area for area in document.areas if area.above_cut]
    if not above or len(above) == len(document.areas):
        return []
    sure = sum(area.p_top >= _SURE for area in above)
    figures = {"n": len(above), "sure": sure, "rest": len(above) - sure, "k": document.k}
    key = "top_sure_all" if sure == len(above) else "top_sure" if sure else "top_sure_none"
    return [words.sentence(key, share=words.percent(_SURE), **figures)]


def caption(document: PrioritiesDocument, words: Words) -> str:
    """Return what the table lists, and in which order."""
    n, areas = len(document.areas), words.level(document.level)
    key = "table_caption_all" if document.k >= n else "table_caption"
    listed = words.label(key, n=n, areas=areas, k=document.k)
    without = [words.label("table_caption_without_police")] * document.without_police
    return " ".join([listed, *without])


def cut(document: PrioritiesDocument, words: Words) -> str:
    """Return how many of the areas stand above the line."""
    n = len(document.areas)
    return words.label("top_k_all" if document.k >= n else "top_k_value", k=document.k, n=n)


def target_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return the city-wide comparison of the last year with the year before, with interval."""
    years = [year for year in document.target if year.year == document.last_year]
    if not years:
        return [words.sentence("target_unknown")]
    year = years[0]
    sentences = [_target_counts(year, document, words)]
    if year.same_months < 12:
        sentences.append(words.sentence("target_same_months", months=year.same_months))
    if year.ratio_low is not None and year.ratio_high is not None:
        sentences.append(chance_sentence(year.ratio_low, year.ratio_high, words))
    if year.met is not None:
        sentences.append(_goal(year, document, words))
    if not document.attempts_told_apart:
        sentences.append(words.sentence("attempts_not_told_apart"))
    return sentences


def totals_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return how the list reconciles with its source."""
    totals = document.totals
    sentences = [
        words.sentence(
            "totals",
            ranked=totals.ranked,
            no_rate=totals.no_rate,
            unplaced=totals.unplaced,
            together=totals.together,
        )
    ]
    if totals.months == totals.together:
        sentences.append(words.sentence("totals_agree"))
    else:
        sentences.append(words.sentence("totals_differ", months=totals.months))
    if document.unplaced:
        codes = ", ".join(row.area_code for row in document.unplaced)
        sentences.append(words.sentence("unplaced", codes=codes))
    return sentences


def just_missed_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return one sentence for each area just below the line."""
    return [
        words.sentence(
            "just_missed",
            area=area.area_name,
            rank=area.rank,
            top_k=top_k_sentence(area, document.k, words),
        )
        for area in document.areas
        if area.area_code in document.just_missed
    ]


def top_k_sentence(area: Area, k: int, words: Words) -> str:
    """Return how likely it is that an area belongs above the line."""
    return words.sentence("top_k", k=k, chance=words.chance(area.p_top))


def missing_month_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return one sentence for each month that was not delivered."""
    return [
        words.sentence("missing_month", month=words.month(month))
        for month in document.missing_months
    ]


def no_rate_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return one line for each area without dwellings; a count that is zero says so."""
    return [
        words.sentence("no_rate_count", area=area.area_name, count=words.recorded(area.count))
        for area in document.no_rate
    ]


def remark_sentences(document: PrioritiesDocument, words: Words) -> list[str]:
    """Return the explanation of every remark that occurs in the ranking."""
    used = {remark for area in document.areas for remark in area.remarks}
    return [words.sentence(key) for remark, key in REMARK_SENTENCES.items() if remark in used]


def _period(document: PrioritiesDocument, words: Words) -> str:
    return words.period(document.first_year, document.last_year)


def _target_counts(year: TargetYear, document: PrioritiesDocument, words: Words) -> str:
    """Return both counts; the change only where the year before had any."""
    key = "target_no_change" if year.ratio is None else "target_counts"
    figures: dict[str, str | int] = {
        "year": str(year.year),
        "previous_year": str(year.year - 1),
        "count": year.count,
        "previous": year.count_previous,
        "theme": words.theme(document.theme),
    }
    if year.ratio is not None:
        figures["change"] = words.change(year.ratio)
    return words.sentence(f"{key}_completed" if year.completed_only else key, **figures)


def chance_sentence(low: float, high: float, words: Words) -> str:
    """Return whether a change can be chance, with the interval (ratios) that says so."""
    key = "may_be_chance" if low <= 1 <= high else "rarely_chance"
    return words.sentence(key, low=words.change(low), high=words.change(high))


def _goal(year: TargetYear, document: PrioritiesDocument, words: Words) -> str:
    section = document.policy.get("target")
    target = section if isinstance(section, dict) else {}
    outcome = "met" if year.met else "missed"
    if target.get("goal") == "stable":
        return words.sentence(f"goal_stable_{outcome}", band=words.percent(target.get("band")))
    return words.sentence(f"goal_fall_{outcome}")
