"""Sentences about what figures rest on: months that are missing, incidents that were left out."""

from collections.abc import Sequence

from hotspots.months import stretches
from hotspots.outputs.basis import Basis
from hotspots.outputs.text import Words, capital


def missing_month_sentences(months: Sequence[str], words: Words) -> list[str]:
    """Return a sentence for each stretch of months that was not delivered, and what that means."""
    said = []
    for first, last in stretches(months):
        if first == last:
            said.append(words.sentence("missing_month", month=words.month(first)))
        else:
            said.append(words.sentence("missing_span", period=capital(words.months(first, last))))
    return [*said, words.sentence("hotspots_missing_months")] if said else []


def undated_sentences(basis: Basis, theme: str, words: Words) -> list[str]:
    """Return of how many incidents the day is not known; nothing where all are."""
    if not basis.undated:
        return []
    named = words.theme(theme, basis.undated)
    if not basis.dated:
        return [words.sentence("undated_all", n=basis.undated, theme=named)]
    total = basis.undated + basis.dated
    return [words.sentence("undated_some", n=basis.undated, total=total, theme=words.theme(theme))]


def left_out_sentences(basis: Basis, theme: str, words: Words) -> list[str]:
    """Return how many incidents were not looked at for where they are, and why."""
    counts = {
        "without_dwellings": basis.without_dwellings,
        "outside": basis.outside,
        "stacked": basis.stacked,
    }
    return [
        words.sentence(f"left_out_{why}", n=n, theme=words.theme(theme, n))
        for why, n in counts.items()
        if n
    ]
