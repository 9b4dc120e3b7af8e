"""Sentences about where layers come together: figures and codes in the words of a language."""

from collections.abc import Sequence

from hotspots.months import stretches
from hotspots.outputs.hotspots.composite_tables import (
    CompositeDocument,
    CompositeLayer,
    CompositePlace,
    Contribution,
    falls_away,
)
from hotspots.outputs.text import Words, capital
from hotspots.schemas import UNSCORED_THEMES

MOST_TOLD = 3
"""Most contributions of a place that are put into words; tables have them all."""

_LEAST_UNKNOWN = 0.005
_MOST_GAPS = 6
_NOTABLE = 0.1  # places that are almost equal trade positions for less


def lede(document: CompositeDocument, words: Words) -> str:
    """Return the first sentence under the heading: how many places there are."""
    n = len(document.places)
    key = {0: "together_lede_none", 1: "together_lede_one"}.get(n, "together_lede_many")
    least = plain_number(document.weighing.least_times, words)
    return words.sentence(key, n=n, least=least, mean_of=mean_of(document, words))


def plain_number(value: float, words: Words) -> str:
    """Return a setting with as many decimals as it needs, at most two."""
    return words.number(value, next((n for n in (0, 1) if round(value, n) == value), 2))


def mean_of(document: CompositeDocument, words: Words) -> str:
    """Return of what the average is meant, such as the city."""
    return words.label(f"mean_of_{document.study_area or 'built-up'}")


def layer_name(layer: str, words: Words) -> str:
    """Return the name of a layer: of a theme, or of what else it shows."""
    key = f"layer_{layer}"
    return words.label(key) if words.has_label(key) else words.theme(layer)


def themes(place: CompositePlace, words: Words) -> str:
    """Return what stands out in a place, as a list in a sentence."""
    return words.joined([layer_name(theme, words) for theme in place.themes])


def first_themes(place: CompositePlace, words: Words) -> str:
    """Return what stands out in a place, as short as a table wants it."""
    first = [layer_name(theme, words) for theme in place.themes[:MOST_TOLD]]
    more = len(place.themes) - len(first)
    if not more:
        return words.joined(first)
    return words.label("together_more", names=", ".join(first), n=more)


def stands_out(place: CompositePlace, document: CompositeDocument, words: Words) -> str:
    """Return what stands out in a place, and how much all of it is together."""
    return words.sentence(
        "together_one" if len(place.themes) == 1 else "together_many",
        n=len(place.themes),
        themes=themes(place, words),
        times=words.times(place.value),
        mean_of=mean_of(document, words),
    )


def largest_sentences(place: CompositePlace, words: Words) -> list[str]:
    """Return the largest contributions to a place, one sentence each."""
    return [
        words.sentence(
            "together_share_one" if _is_singular(part.layer, words) else "together_share_many",
            layer=contribution_name(part, words),
            share=words.share(part.share or 0.0),
            times=words.times(part.value or 0.0),
            weight=words.share(part.weight),
        )
        for part in _largest(place)
    ]


def caution_sentences(place: CompositePlace, words: Words) -> list[str]:
    """Return what to mind: what counts without standing out, and of what too little is known."""
    quiet = [layer_name(part.layer, words) for part in _largest(place) if not part.significant]
    said = []
    if quiet:
        key = "together_quiet_one" if len(quiet) == 1 else "together_quiet_many"
        said.append(words.sentence(key, layers=words.joined(quiet)))
    return said + [
        words.sentence(
            "together_unknown",
            share=words.share(1 - part.known_share),
            layer=layer_name(part.layer, words),
        )
        for part in place.contributions
        if part.weight and 1 - part.known_share >= _LEAST_UNKNOWN
    ]


def proactive_sentences(
    place: CompositePlace, document: CompositeDocument, words: Words
) -> list[str]:
    """Return what is left of a place without what police and enforcement began."""
    times, left = words.times(place.value), words.times(place.value_without_proactive)
    rank, rank_left = place.rank, place.rank_without_proactive
    if (rank, times) == (rank_left, left):
        return [words.sentence("together_without_nothing")]
    change = place.value_without_proactive / place.value - 1
    if rank == rank_left:
        way = "same"
    elif abs(change) < _NOTABLE:
        way = "little"
    else:
        way = "falls" if rank < rank_left else "rises"
    said = [
        words.sentence(f"together_without_{way}", rank=rank, rank_without=rank_left),
        words.sentence(
            f"together_without_{'stays' if times == left else 'moves'}",
            times=times,
            times_without=left,
        ),
    ]
    if falls_away(place, document):
        least = plain_number(document.weighing.least_times, words)
        said.append(words.sentence("together_without_below", least=least))
    if change <= -_NOTABLE:
        said.append(words.sentence("together_feedback"))
    return said


def lineage(place: CompositePlace, words: Words) -> str:
    """Return how a place follows on the run before."""
    return words.label(f"lineage_{place.lineage}", n=len(place.predecessors))


def layer_status(layer: CompositeLayer, document: CompositeDocument, words: Words) -> str:
    """Return what became of a layer."""
    return words.label(
        f"layer_status_{layer.status}",
        months=document.weighing.months,
        least=document.weighing.least_incidents,
    )


def weighing_sentences(document: CompositeDocument, words: Words) -> list[str]:
    """Return how was weighed, what a weight is no part of, and what is left without a count."""
    weighing = document.weighing
    age = plain_number(weighing.half_life_months, words)
    said = [
        words.sentence("together_weights_given" if weighing.weights else "together_weights_alike"),
        words.sentence("together_half_life", months=age),
        words.sentence("together_no_test"),
    ]
    if alone := _only_proactive(document, words):
        said.append(words.sentence("together_only_proactive", layers=alone))
    return said


def missing_month_sentences(document: CompositeDocument, words: Words) -> list[str]:
    """Return which months were not delivered for some layer that counts, and what that means."""
    counted = [layer for layer in document.layers if layer.weight > 0]
    if not (months := sorted({month for layer in counted for month in layer.missing_months})):
        return []
    return [words.sentence("together_missing_months", months=missing_months(months, words))]


def missing_months(months: Sequence[str], words: Words) -> str:
    """Return months that were not delivered, within a sentence; of many gaps only how many."""
    gaps = stretches(months)
    if len(gaps) > _MOST_GAPS:
        return words.label("search_months", months=len(months))
    return words.joined([words.months(*gap) for gap in gaps])


def never_used(words: Words) -> str:
    """Return what never enters, in one sentence."""
    names = [words.label(f"unscored_{theme}") for theme in UNSCORED_THEMES]
    return words.sentence("together_never", names=words.joined(names))


def notes(document: CompositeDocument, words: Words) -> list[str]:
    """Return how the list is to be read."""
    keys = ["order", "choice", "interval", "places", "sources"]
    said = [words.sentence(f"together_note_{key}") for key in keys]
    if any(place.places for place in document.places):
        said.append(words.sentence("hotspots_places"))
    return said


def contribution_name(part: Contribution, words: Words) -> str:
    """Return the name of a contribution, as at the start of a line."""
    return capital(layer_name(part.layer, words))


def _largest(place: CompositePlace) -> list[Contribution]:
    return [part for part in place.contributions if part.share][:MOST_TOLD]


def _is_singular(layer: str, words: Words) -> bool:
    """Tell whether a name takes a singular verb: themes are plural, other layers are not."""
    return words.has_label(f"layer_{layer}")


def _only_proactive(document: CompositeDocument, words: Words) -> str:
    """Return the layers of which nothing is left without what police and enforcement began."""
    names = [
        layer_name(layer.layer, words)
        for layer in document.layers
        if layer.weight > 0 and layer.weight_without_proactive == 0
    ]
    return words.joined(names)
