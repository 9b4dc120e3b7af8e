"""What a page shows of the proof, as text: its template only places it."""

from dataclasses import dataclass

from hotspots.outputs.hotspots import proof_sentences as sentences
from hotspots.outputs.hotspots.proof_tables import MethodProof
from hotspots.outputs.hotspots.tables import HotspotsDocument
from hotspots.outputs.text import Words, capital


@dataclass(frozen=True)
class ProofRow:
    """One method in the table; `figures` in the order of the measures."""

    name: str
    parameters: str
    meaning: str
    chosen: bool
    figures: list[tuple[str, str]]


@dataclass(frozen=True)
class ProofView:
    """The proof of a theme; without one, `lede` says why and the rest is empty."""

    lede: str
    interval: list[str]
    concentration: list[str]
    caption: str
    measures: list[tuple[str, str]]
    rows: list[ProofRow]
    notes: list[str]


def proof_view(document: HotspotsDocument, words: Words) -> ProofView:
    """Return what the page of a search shows of the proof of its theme.

    Parameters
    ----------
    document
        What the search found.
    words
        The language of the page.
    """
    proof, theme = document.proof, words.theme(document.search.theme)
    concentration = (
        sentences.concentration_sentences(document.concentration, words)
        if document.concentration is not None
        else []
    )
    if proof is None:
        why = words.sentence("proof_none", theme=theme, least=document.method.proof_months)
        return ProofView(why, [], concentration, "", [], [], [])
    return ProofView(
        lede=sentences.proof_sentence(proof, document.search, words),
        interval=sentences.interval_sentences(proof, words),
        concentration=concentration,
        caption=words.label(
            "proof_caption",
            flagged=sentences.flagged(proof, words),
            during=sentences.during(proof, words),
        ),
        measures=[
            (words.label(f"proof_{name}"), words.sentence(f"proof_{name}_means", theme=theme))
            for name in sentences.MEASURES
        ],
        rows=[_row(each, words) for each in proof.kept],
        notes=sentences.proof_notes(proof, words),
    )


def _row(found: MethodProof, words: Words) -> ProofRow:
    return ProofRow(
        name=capital(words.label(f"proof_method_{found.method}")),
        parameters=sentences.parameters(found, words),
        meaning=words.sentence(f"proof_method_{found.method}_means"),
        chosen=found.chosen,
        figures=[
            (words.label(f"proof_{name}"), sentences.measure(found, name, words))
            for name in sentences.MEASURES
        ],
    )
