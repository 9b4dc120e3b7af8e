"""What the page of all places of a run of proposals shows, as text: its template only places it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.bans.listing import kind_name
from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.bans.document import BanGate, BanProposal, BanProposalDocument
from hotspots.outputs.bans.reading import require_bans
from hotspots.outputs.bans.sentences import gate_outcome
from hotspots.outputs.bans.standing import STANDINGS, numbered_places, place_name, standing_of
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord


@dataclass(frozen=True)
class PlaceRow:
    """A place in the list: every gate with its outcome and what was found."""

    place: BanProposal
    number: int
    name: str
    where: str
    says: str
    gates: list[tuple[str, str, str]]
    km2: str


@dataclass(frozen=True)
class ProposalsView:
    """The page of all places of a run."""

    document: BanProposalDocument
    title: str
    lede: str
    lacking: str
    tiles: list[tuple[str, str]]
    gates: list[str]
    rows: list[PlaceRow]
    rests_on: list[tuple[str, str]]
    downloads: list[tuple[str, list[tuple[str, str]]]]
    others: list[tuple[str, str]]


def proposals_view(
    record: RunRecord, document: BanProposalDocument, words: Words, held: Sequence[RunRecord]
) -> ProposalsView:
    """Return the page of all places.

    Parameters
    ----------
    record, document
        The run, and its proposals.
    words
        The language of the page.
    held
        All runs of proposals, newest first.
    """
    kind = kind_name(document.kind, record, words)
    standings = [standing_of(each) for each in document.places]
    gates = document.places[0].gates if document.places else []
    return ProposalsView(
        document=document,
        title=words.label("asked_bans_title", kind=kind),
        lede=_lede(document, kind, words),
        lacking=lacking(document, words),
        tiles=[
            (words.label(f"asked_ban_{standing}"), words.number(n))
            for standing in STANDINGS
            if (n := standings.count(standing))
        ],
        gates=[words.label(f"asked_ban_gate_{gate.gate}") for gate in gates],
        rows=[_row(each, n, document, words) for n, each in numbered_places(document.places)],
        rests_on=rests_on(record, document, words),
        downloads=_downloads(record.id, words),
        others=[
            (each.id, f"{_kind_of(each, words)}, {words.day(each.until)}")
            for each in held
            if each.id != record.id
        ],
    )


def newest_tested(held: Sequence[RunRecord], words: Words) -> str:
    """Return what the link to the newest run of proposals says; where there is none, only the name.

    Parameters
    ----------
    held
        All runs of proposals, newest first.
    words
        The language of the page.
    """
    if not held:
        return words.label("asked_bans")
    kind = kind_name(require_bans(held[0], "proposal").measure or "", held[0], words)
    return words.label("asked_bans_tested", kind=kind, day=words.day(held[0].until))


def found_of(gate: BanGate, words: Words) -> str:
    """Return what was found at a gate; a dash where that is not known."""
    if math.isnan(gate.found):
        return MISSING
    return words.percent(gate.found) if gate.gate == "limited" else words.number(gate.found)


def asked_of(gate: BanGate, words: Words) -> str:
    """Return what a gate asks."""
    if gate.gate == "no_area_yet":
        return words.number(gate.asked)
    if gate.gate == "limited":
        return words.label("asked_ban_more_than", n=words.percent(gate.asked))
    return words.label("asked_ban_at_least", n=words.number(gate.asked))


def where_of(place: BanProposal, words: Words) -> str:
    """Return a street by which a place can be told; empty where no street is known."""
    streets = place.boundary.around or place.boundary.inside
    return words.label("asked_ban_near", street=streets[0]) if streets else ""


def lacking(document: BanProposalDocument, words: Words) -> str:
    """Return that the figures end before the cut-off date; empty where they do not."""
    last = max((each.last for place in document.places for each in place.periods), default="")
    if not last or last >= f"{document.until:%Y-%m}":
        return ""
    return words.sentence("asked_ban_lacking", month=words.months(last, last))


def rests_on(
    record: RunRecord, document: BanProposalDocument, words: Words
) -> list[tuple[str, str]]:
    """Return what all places of a run rest on."""
    figures = require_bans(record, "proposal")
    origin = "register" if figures.from_register else "file"
    how = "searched" if document.searched else "given"
    themes = words.joined([words.theme(each) for each in document.themes])
    return [
        (words.label("asked_bans_places"), words.label(f"asked_bans_{how}")),
        (words.label("asked_bans_areas_there"), words.label(f"bans_from_{origin}")),
        (words.label("bans_themes"), capital(themes)),
        (words.label("cut_off"), words.day(document.until)),
        (words.label("source"), sources_delivered(record, document.sources, words)),
    ]


def _lede(document: BanProposalDocument, kind: str, words: Words) -> str:
    day, n = words.day(document.until), len(document.places)
    if not n:
        return words.sentence("asked_bans_none_found", kind=kind, day=day)
    key = "asked_bans_lede_one" if n == 1 else "asked_bans_lede"
    return words.sentence(key, kind=kind, day=day, n=n)


def _kind_of(record: RunRecord, words: Words) -> str:
    return capital(kind_name(require_bans(record, "proposal").measure or "", record, words))


def _row(place: BanProposal, number: int, document: BanProposalDocument, words: Words) -> PlaceRow:
    return PlaceRow(
        place=place,
        number=number,
        name=place_name(document, place, words),
        where=where_of(place, words),
        says=words.label(f"asked_ban_{standing_of(place)}"),
        gates=[
            (gate_outcome(gate, words), found_of(gate, words), asked_of(gate, words))
            for gate in place.gates
        ],
        km2=words.number(place.boundary.km2, 3),
    )


def _downloads(run_id: str, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files of a run of proposals."""
    address = f"/v1/runs/{run_id}/tables"
    tables = {
        "proposals": FILES,
        "boundaries": FILES,
        "gates": FILES[:1],
        "periods": FILES[:1],
        "tried": FILES[:1],
        "streets": FILES[:1],
    }
    return [
        (
            words.label(f"asked_bans_files_{name}"),
            [(label, f"{address}/ban_{name}.{suffix}") for label, suffix in kinds],
        )
        for name, kinds in tables.items()
    ]
