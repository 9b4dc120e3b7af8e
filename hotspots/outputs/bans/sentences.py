"""Sentences on reviews and proposals of area measures; the figures say, a person decides."""

import math
from calendar import monthrange
from collections.abc import Iterable
from itertools import zip_longest

from hotspots.months import MONTHS_IN_A_YEAR, month_number
from hotspots.outputs.bans.document import (
    BanGate,
    BanMerger,
    BanProposal,
    BanReview,
    BanReviewDocument,
    BanWindow,
)
from hotspots.outputs.effect_sentences import effect_sentence
from hotspots.outputs.text import MISSING, Words, capital

_ANY_YEAR = 2023
"""Any year that is no leap year."""


def review_sentences(review: BanReview, words: Words) -> list[str]:
    """Return what the figures say of an area, what decides that, and what warns of it.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    effect = []
    if review.effect is not None:
        effect = [effect_sentence(review.effect, words), words.sentence("effect_no_proof")]
    return [
        *need_sentences(review, words),
        *effect,
        *_smaller(review, words),
        *remark_sentences(review, words),
    ]


def need_sentences(review: BanReview, words: Words) -> list[str]:
    """Return what the figures say of an area, what decides that, and when nuisance is there.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    said = [
        words.sentence(
            "ban_advice",
            name=review.name,
            advice=words.label(f"ban_{review.advice}"),
            reason=because(review, words),
        ),
        *_left(review, words),
    ]
    if review.below_since and review.advice == "withdraw":
        month = words.months(review.below_since, review.below_since)
        said.append(words.sentence("ban_signal", month=month))
    return said + when_sentences(review.season_found, review.hours_found, words)


def because(review: BanReview, words: Words) -> str:
    """Return what decides an advice; a baseline of 0 is no baseline, but it is told as it is.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    if review.reason == "no_baseline" and review.yardstick_per_year == 0:
        return words.sentence("ban_because_zero_baseline")
    return words.sentence(f"ban_because_{review.reason}")


def remark_sentences(review: BanReview, words: Words) -> list[str]:
    """Return what a reader must know beside an advice.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    return [words.sentence(f"ban_{remark}") for remark in review.remarks]


def counted_years(review: BanReview, words: Words) -> list[str]:
    """Return the months of each of the last years that were counted, the newest first.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    years = _months_of_years(review)
    return [words.months(min(year), max(year)) if year else MISSING for year in years]


def years_beside(reviews: Iterable[BanReview], words: Words) -> list[str]:
    """Return the months in which the last years of several areas lie, the newest first.

    Parameters
    ----------
    reviews
        Reviews of one run.
    words
        The language.
    """
    together = zip_longest(*map(_months_of_years, reviews), fillvalue=())
    found = [[month for months in year for month in months] for year in together]
    return [words.months(min(year), max(year)) for year in found if year]


def _months_of_years(review: BanReview) -> list[list[str]]:
    """Return the months of each of the last years that were counted, the newest first."""
    if not review.now:
        return []
    last = month_number(max(review.now))
    back = [(last - month_number(month)) // MONTHS_IN_A_YEAR for month in review.now]
    return [
        [month for month, of in zip(review.now, back, strict=True) if of == year]
        for year in range(len(review.periods))
    ]


def size_sentences(review: BanReview, words: Words) -> list[str]:
    """Return how much of an area would do; nothing where all of it is needed.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    if review.proposed is None:
        return []
    km2, core = words.number(review.km2, 3), words.number(review.proposed.km2, 3)
    return [words.sentence("ban_core", km2=km2, core=core)]


def _smaller(review: BanReview, words: Words) -> list[str]:
    """Return the core that would do, with its streets."""
    if review.proposed is None:
        return []
    return size_sentences(review, words) + street_sentences(review.proposed.around, words)


def _left(review: BanReview, words: Words) -> list[str]:
    """Return what is left against the yardstick; nothing where there is none."""
    level = review.level
    if level is None or math.isnan(level.value):
        return []
    years = zip(review.periods, counted_years(review, words), strict=True)
    counts = [f"{words.number(n)} ({months})" for n, months in years]
    return [
        words.sentence(
            "ban_left",
            counts=words.joined(counts[::-1]),
            yardstick=words.number(review.yardstick_per_year),
            times=words.number(level.value, 2),
            low=words.number(level.low, 2),
            high=words.number(level.high, 2),
        )
    ]


def when_sentences(season: BanWindow | None, hours: BanWindow | None, words: Words) -> list[str]:
    """Return in which part of the year and the day nearly all of it happens.

    Parameters
    ----------
    season, hours
        What was found; nothing is said of one that is missing.
    words
        The language.
    """
    said = []
    if season is not None:
        said.append(
            words.sentence(
                "ban_season",
                share=words.percent(season.share),
                first=words.night(f"{season.first:02d}-01"),
                last=words.night(f"{season.last:02d}-{monthrange(_ANY_YEAR, season.last)[1]}"),
            )
        )
    if hours is not None:
        last = (hours.last + 1) % 24
        said.append(
            words.sentence(
                "ban_hours",
                share=words.percent(hours.share),
                first=str(hours.first),
                last=str(last),
            )
        )
    return said


def street_sentences(around: list[str], words: Words) -> list[str]:
    """Return the street list of a boundary; nothing where no street encloses it."""
    return [words.sentence("ban_enclosed", streets=words.joined(around))] if around else []


def together_sentences(document: BanReviewDocument, words: Words) -> list[str]:
    """Return what mergers changed, and how soft-drug areas lie against alcohol bans.

    Parameters
    ----------
    document
        All reviews.
    words
        The language.
    """
    said = [_merger(each, words) for each in document.mergers]
    apart = sorted({each.code for each in document.overlaps if not each.follows})
    follows = {each.code for each in document.overlaps if each.follows}
    names = {each.code: each.name for each in document.areas}
    astray = [names.get(code, code) for code in apart if code not in follows]
    if astray:
        said.append(words.sentence("ban_astray", names=words.joined(astray)))
    return said


def source_sentences(review: BanReview, words: Words) -> list[str]:
    """Return how reports and records moved over the last year, where they cover an area together.

    Parameters
    ----------
    review
        The review.
    words
        The language.
    """
    said = []
    for each in review.sources:
        counts = {
            name: _count(getattr(each, name), words)
            for name in ("reports_now", "reports_before", "records_now", "records_before")
        }
        said.append(words.sentence("bans_diverge_how", **counts))
        period = words.months(each.first_month, each.last_month)
        said.append(words.sentence("bans_diverge_when", period=period))
        if each.verdict == "contradict":
            said.append(words.sentence("ban_sources_diverge"))
        elif each.verdict in ("both_up", "both_down"):
            said.append(words.sentence(f"bans_{each.verdict}"))
    return said


def beside_sentences(review: BanReview, document: BanReviewDocument, words: Words) -> list[str]:
    """Return which areas this one replaced, and which boundary it follows.

    Parameters
    ----------
    review
        The review.
    document
        All reviews.
    words
        The language.
    """
    names = {each.code: each.name for each in document.areas}
    said = [_merger(each, words) for each in document.mergers if each.code == review.code]
    for each in document.overlaps:
        if each.code == review.code:
            key = "bans_follows" if each.follows else "bans_strays"
            said.append(words.sentence(key, other=names.get(each.other, each.other)))
        elif each.other == review.code and each.follows:
            said.append(words.sentence("bans_encloses", name=names.get(each.code, each.code)))
    return said


def _count(value: float, words: Words) -> str:
    return words.label("unknown") if math.isnan(value) else words.number(value)


def _merger(merger: BanMerger, words: Words) -> str:
    return words.sentence(
        "ban_merger",
        name=merger.name,
        replaced=words.joined(merger.replaced_names or merger.replaced),
        number=len(merger.replaced),
        before=words.number(merger.km2_before, 3),
        after=words.number(merger.km2_after, 3),
        homes_before=words.number(merger.dwellings_before),
        homes_after=words.number(merger.dwellings_after),
        people_before=words.number(merger.residents_before),
        people_after=words.number(merger.residents_after),
    )


def proposal_sentences(place: BanProposal, words: Words) -> list[str]:
    """Return whether a place passes, what each gate found, and its boundary.

    Parameters
    ----------
    place
        The proposal.
    words
        The language.
    """
    passed = sum(bool(gate.passed) for gate in place.gates)
    key = "ban_proposed" if place.proposed else "ban_not_proposed"
    said = [words.sentence(key, name=place.name, passed=passed, gates=len(place.gates))]
    said += [_gate(gate, words) for gate in place.gates]
    said += when_sentences(place.season_found, place.hours_found, words)
    return said + street_sentences(place.boundary.around, words)


def gate_outcome(gate: BanGate, words: Words) -> str:
    """Return whether a gate is passed, or that it cannot be told.

    Parameters
    ----------
    gate
        The gate.
    words
        The language.
    """
    outcomes = {True: "ban_yes", False: "ban_no", None: "ban_untold"}
    return words.label(outcomes[gate.passed])


def _gate(gate: BanGate, words: Words) -> str:
    decimals = 2 if gate.gate == "limited" else 0
    return words.sentence(
        "ban_gate",
        gate=capital(words.label(f"ban_gate_{gate.gate}")),
        passed=gate_outcome(gate, words),
        found=words.number(None if math.isnan(gate.found) else gate.found, decimals),
        asked=words.number(gate.asked, decimals),
    )
