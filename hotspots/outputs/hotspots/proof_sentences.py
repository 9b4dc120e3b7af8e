"""Sentences about what hotspots of earlier months caught, and how concentrated a theme is."""

from hotspots.months import months_between
from hotspots.outputs.hotspots.proof_tables import Concentration, MethodProof, Proof, chosen_of
from hotspots.outputs.text import MISSING, Words
from hotspots.records import Search

PLAIN = "count"
"""The method that every other one must beat: plain counting."""

MEASURES = ("hit_rate", "pai", "pei", "rri")
"""The measures of a proof, in the order of its table."""

_LITTLE = 0.1


def proof_sentence(proof: Proof, search: Search, words: Words) -> str:
    """Return what the hotspots of then caught, in the agreed words.

    Parameters
    ----------
    proof
        What they caught.
    search
        A search of the theme, which tells what area was studied.
    words
        The language.
    """
    chosen = chosen_of(proof.kept)
    told = {
        "flagged": flagged(proof, words),
        "area": _percent(proof.flagged_km2 / proof.study_area_km2, words),
        "area_of": words.label(f"proof_area_{search.study_area}"),
        "during": during(proof, words),
        "share": words.percent(chosen.hit_rate),
        "theme": words.theme(proof.theme),
    }
    if chosen.method == PLAIN:
        return words.sentence("proof_counted", **told)
    plain = next(each for each in proof.kept if each.method == PLAIN)
    return words.sentence("proof", **told, count=words.percent(plain.hit_rate))


def interval_sentences(proof: Proof, words: Words) -> list[str]:
    """Return how sure the share is, the difference with plain counting, and what lacks."""
    chosen = chosen_of(proof.kept)
    said = [
        words.sentence(
            "proof_interval",
            share=words.percent(chosen.hit_rate),
            low=words.percent(chosen.hit_rate_low),
            high=words.percent(chosen.hit_rate_high),
        )
    ]
    if chosen.method != PLAIN:
        said += _gain(chosen, proof.theme, words)
    if proof.missing_months:
        names = [words.months(month, month) for month in proof.missing_months]
        said.append(words.sentence("proof_missing", months=words.joined(names)))
    return said


def proof_notes(proof: Proof, words: Words) -> list[str]:
    """Return how the proof was made, and what flags made anew every month caught."""
    said = [
        words.sentence(
            "proof_area_alike",
            area=words.number(proof.flagged_km2, 1),
            size=words.number(proof.cell_size_m),
        ),
        words.sentence("proof_choice"),
    ]
    if proof.renewed:
        chosen = chosen_of(proof.renewed)
        said.append(
            words.sentence(
                "proof_renewed",
                share=words.percent(chosen.hit_rate),
                low=words.percent(chosen.hit_rate_low),
                high=words.percent(chosen.hit_rate_high),
                method=words.label(f"proof_method_{chosen.method}"),
            )
        )
    return said


def flagged(proof: Proof, words: Words) -> str:
    """Return of when the flags are: the end of a year, else of a month."""
    month = proof.flagged_at
    return month[:4] if month.endswith("-12") else words.months(month, month)


def during(found: Proof | Concentration, words: Words) -> str:
    """Return when the incidents were, from the first to the last month that was delivered."""
    months = months_between(found.first_month, found.last_month)
    delivered = [month for month in months if month not in found.missing_months] or months
    return words.during(delivered[0], delivered[-1])


def measure(found: MethodProof, name: str, words: Words) -> str:
    """Return a measure with its interval."""
    values = [getattr(found, f"{name}{end}") for end in ("", "_low", "_high")]
    if name == "hit_rate":
        figure, low, high = (words.percent(value) for value in values)
    else:
        decimals = 1 if name == "pai" else 2
        figure, low, high = (words.number(value, decimals) for value in values)
    if None in values:
        return MISSING if values[0] is None else figure
    return words.label("proof_figure", figure=figure, low=low, high=high)


def parameters(found: MethodProof, words: Words) -> str:
    """Return the parameters of a method with their units."""
    told = [
        words.label(f"parameter_{name}", value=words.number(value, 0 if value % 1 == 0 else 1))
        for name, value in sorted(found.parameters.items())
    ]
    return ", ".join(told)


def concentration_sentences(found: Concentration, words: Words) -> list[str]:
    """Return what the busiest cells hold, against what sheer chance would give."""
    return [
        words.sentence(
            "concentration",
            cells=words.percent(top.cells),
            share=words.percent(top.share),
            theme=words.theme(found.theme),
            during=during(found, words),
            by_chance=words.percent(top.by_chance),
        )
        for top in found.top
    ]


def _gain(chosen: MethodProof, theme: str, words: Words) -> list[str]:
    """Return how many more of every hundred than with plain counting, and whether that is sure."""
    if chosen.gain is None or chosen.gain_low is None or chosen.gain_high is None:
        return []
    way = "same" if chosen.gain == 0 else "more" if chosen.gain > 0 else "less"
    n = words.number(abs(100 * chosen.gain), 1)
    low, high = (words.number(100 * end, 1) for end in (chosen.gain_low, chosen.gain_high))
    key = "may_be_chance" if chosen.gain_low <= 0 <= chosen.gain_high else "rarely_chance"
    return [
        words.sentence(f"proof_gain_{way}", theme=words.theme(theme), n=n),
        words.sentence(key, low=low, high=high),
    ]


def _percent(share: float, words: Words) -> str:
    """Return a share of the area: small ones with a decimal, for that is all the difference."""
    return f"{words.number(100 * share, 1)}%" if share < _LITTLE else words.percent(share)
