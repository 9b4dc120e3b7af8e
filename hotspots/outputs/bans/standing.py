"""How a place stands to the gates of an area measure, and in which order places are listed."""

from collections.abc import Sequence
from typing import Literal

from hotspots.outputs.bans.document import BanProposal, BanProposalDocument
from hotspots.outputs.text import Words

Standing = Literal["met", "untold", "unmet"]
"""Every gate is passed; none fails but of one it cannot be told; or one fails."""

STANDINGS: tuple[Standing, ...] = ("met", "untold", "unmet")
"""In the order of lists and legends."""


def standing_of(place: BanProposal) -> Standing:
    """Return how a place stands to its gates together.

    Parameters
    ----------
    place
        The proposal.
    """
    if any(gate.passed is False for gate in place.gates):
        return "unmet"
    return "untold" if any(gate.passed is None for gate in place.gates) else "met"


def numbered_places(places: Sequence[BanProposal]) -> list[tuple[int, BanProposal]]:
    """Return places with their number, that of the run: what asks for a decision comes first.

    Parameters
    ----------
    places
        All places of a run, in its order.
    """
    numbered = list(enumerate(places, start=1))
    return sorted(
        numbered, key=lambda each: (STANDINGS.index(standing_of(each[1])), -_passed(each[1]))
    )


def _passed(place: BanProposal) -> int:
    return sum(gate.passed is True for gate in place.gates)


def steady_sources(place: BanProposal) -> list[str]:
    """Return the sources that see nuisance beyond the level of the city in every period.

    Parameters
    ----------
    place
        The proposal.
    """
    held: dict[str, list[bool]] = {}
    for each in place.periods:
        held.setdefault(each.source, []).append(each.holds)
    return [source for source, holds in held.items() if all(holds)]


def place_name(document: BanProposalDocument, place: BanProposal, words: Words) -> str:
    """Return what a place is called: one that was looked for has only a number.

    Parameters
    ----------
    document
        All proposals of the run.
    place
        One of them.
    words
        The language.
    """
    return words.label("asked_ban_place", n=place.name) if document.searched else place.name
