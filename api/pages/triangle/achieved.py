"""What last year's chosen areas achieved, in words."""

from math import isnan

from hotspots.outputs.sentences import chance_sentence
from hotspots.outputs.text import Words
from hotspots.planning.achieved import Achieved


def achieved_sentences(found: Achieved, theme: str, words: Words) -> list[str]:
    """Return what happened in the chosen areas of a year beside the rest of the city."""
    counts = words.sentence(
        "achieved_counts_completed" if found.completed_only else "achieved_counts",
        n=found.areas,
        theme=words.theme(theme),
        year=str(found.year),
        previous_year=str(found.year - 1),
        count=found.count,
        previous=found.count_previous,
    )
    if isnan(found.relative) or isnan(found.relative_high):
        return [counts, words.sentence("achieved_unknown")]
    figures = {
        "own": words.change(found.ratio),
        "rest": words.change(found.rest_ratio),
        "relative": words.change(found.relative),
    }
    sure = chance_sentence(found.relative_low, found.relative_high, words)
    beside = words.sentence("achieved", **figures)
    return [counts, f"{beside} {sure}", words.sentence("achieved_regression")]
