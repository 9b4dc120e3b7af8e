"""What the page of one place shows where an area measure was asked for, as text."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.pages.bans.listing import kind_name
from api.pages.bans.proposal_listing import asked_of, found_of, lacking, rests_on, where_of
from hotspots.outputs.bans.document import (
    BanGate,
    BanPeriod,
    BanProposal,
    BanProposalDocument,
    BanTried,
)
from hotspots.outputs.bans.reading import require_bans
from hotspots.outputs.bans.sentences import gate_outcome, street_sentences, when_sentences
from hotspots.outputs.bans.standing import Standing, place_name, standing_of, steady_sources
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord

_NEAR_SHOPS = "soft_drug_ban"
"""The kind of area beside which distances of coffee shops are weighed."""


@dataclass(frozen=True)
class GateRow:
    """A gate: its outcome, what was found and asked, why, and what that rests on."""

    name: str
    outcome: str
    found: str
    asked: str
    why: str
    basis: str


@dataclass(frozen=True)
class ProposalView:
    """The page of one place."""

    document: BanProposalDocument
    place: BanProposal
    standing: Standing
    title: str
    lede: str
    how_found: str
    says: str
    said: str
    gates: list[GateRow]
    periods: list[list[str]]
    lacking: str
    how: str
    tried: list[list[str]]
    when: list[str]
    facts: list[tuple[str, str]]
    streets: list[str]
    beside: list[tuple[str, str | None]]
    to_do: list[str]
    geometry: str
    rests_on: list[tuple[str, str]]


def proposal_view(
    record: RunRecord,
    document: BanProposalDocument,
    place: BanProposal,
    words: Words,
    *,
    names: Mapping[str, str],
) -> ProposalView:
    """Return the page of one place.

    Parameters
    ----------
    record, document
        The run, and its proposals.
    place
        One of its places.
    words
        The language of the page.
    names
        Names of areas that are there already and have a page, by their code.
    """
    standing = standing_of(place)
    kind = kind_name(place.kind, record, words)
    how = words.label("asked_bans_searched" if document.searched else "asked_bans_given")
    passed = sum(gate.passed is True for gate in place.gates)
    return ProposalView(
        document=document,
        place=place,
        standing=standing,
        title=place_name(document, place, words),
        lede=_lede(place, kind, words),
        how_found=capital(how) + ".",
        says=words.label(f"asked_ban_{standing}"),
        said=words.sentence(f"asked_ban_is_{standing}", passed=passed, gates=len(place.gates)),
        gates=[_Gates(record, document, place, words).row(gate) for gate in place.gates],
        periods=[_period(each, words) for each in place.periods],
        lacking=lacking(document, words),
        how=_how(record, document, words),
        tried=[_tried(each, words) for each in place.tried],
        when=when_sentences(place.season_found, place.hours_found, words),
        facts=list(_facts(document, place, words)),
        streets=street_sentences(place.boundary.around, words),
        beside=[
            (f"{names[code]} ({code})", code) if code in names else (code, None)
            for code in place.overlapping
        ],
        to_do=list(_to_do(place, words)),
        geometry=json.dumps(place.boundary.geometry),
        rests_on=rests_on(record, document, words),
    )


def _lede(place: BanProposal, kind: str, words: Words) -> str:
    tested = words.label("asked_ban_lede", kind=kind)
    return ". ".join(filter(None, (tested, capital(where_of(place, words)))))


# ---------------------------------------------------------------- gates
@dataclass(frozen=True)
class _Gates:
    """What is told of each gate of a place."""

    record: RunRecord
    document: BanProposalDocument
    place: BanProposal
    words: Words

    def row(self, gate: BanGate) -> GateRow:
        why, basis = {
            "structural": (self._structural, self._counted),
            "two_sources": (self._two_sources, self._counted),
            "lighter_measures": (self._lighter, self._timeline),
            "limited": (self._limited, self._all_months),
            "no_area_yet": (self._no_area_yet, self._areas),
        }[gate.gate]
        return GateRow(
            name=self.words.label(f"asked_ban_gate_{gate.gate}"),
            outcome=capital(gate_outcome(gate, self.words)),
            found=found_of(gate, self.words),
            asked=asked_of(gate, self.words),
            why=why(gate),
            basis=basis(),
        )

    def _structural(self, _: BanGate) -> str:
        return self._seen("asked_ban_steady", "asked_ban_not_steady")

    def _two_sources(self, gate: BanGate) -> str:
        seen = self._seen("asked_ban_steady", "asked_ban_not_steady")
        findings = gate.found > len(steady_sources(self.place))
        said = [
            seen,
            self.words.sentence("asked_ban_finding" if findings else "asked_ban_no_finding"),
        ]
        if len({each.source for each in self.place.periods}) < 2:
            said.append(self.words.sentence("asked_ban_one_source"))
        return " ".join(said)

    def _seen(self, some: str, none: str) -> str:
        steady = [self.words.source(each) for each in steady_sources(self.place)]
        years = self.words.number(float(str(self.document.policy["periods"])))
        if not steady:
            return self.words.sentence(none, years=years)
        return self.words.sentence(some, years=years, sources=self.words.joined(steady))

    def _lighter(self, _: BanGate) -> str:
        if not self.place.tried:
            return self.words.sentence("asked_ban_tried_none")
        counted = sum(each.counts for each in self.place.tried)
        months = self.words.number(float(str(self.document.policy["lighter_months"])))
        return self.words.sentence(
            "asked_ban_tried_counted", n=len(self.place.tried), counted=counted, months=months
        )

    def _limited(self, gate: BanGate) -> str:
        if gate.passed is None:
            return self.words.sentence("asked_ban_no_blocks")
        share = self.words.percent(float(str(self.document.policy["core_share"])))
        return self.words.sentence("asked_ban_needed", share=share)

    def _no_area_yet(self, _: BanGate) -> str:
        if not self.place.overlapping:
            return self.words.sentence("asked_ban_free")
        return self.words.sentence(
            "asked_ban_taken", codes=self.words.joined(self.place.overlapping)
        )

    def _counted(self) -> str:
        sources = list(dict.fromkeys(each.source for each in self.place.periods))
        first = min(each.first for each in self.place.periods)
        last = max(each.last for each in self.place.periods)
        return self._told(sources, self.words.months(first, last))

    def _all_months(self) -> str:
        held = set(self.document.deliveries)
        months = [
            month
            for each in self.record.deliveries
            if each.id in held
            for month in (each.first_month, each.last_month)
            if month
        ]
        last = min(max(months), f"{self.document.until:%Y-%m}")
        return self._told(self.document.sources, self.words.months(min(months), last))

    def _told(self, sources: list[str], months: str) -> str:
        return f"{self.words.joined([self.words.source(each) for each in sources])}, {months}"

    def _timeline(self) -> str:
        return self.words.label("asked_ban_timeline", day=self.words.day(self.document.until))

    def _areas(self) -> str:
        figures = require_bans(self.record, "proposal")
        origin = "register" if figures.from_register else "file"
        day = self.words.day(self.document.until)
        return self.words.label(f"asked_ban_areas_{origin}", day=day)


# ---------------------------------------------------------------- figures
def _period(each: BanPeriod, words: Words) -> list[str]:
    known = math.isfinite(each.times)
    between = MISSING
    if known and math.isfinite(each.high):
        ends = words.number(each.low, 1), words.number(each.high, 1)
        between = words.label("bans_band_value", low=ends[0], high=ends[1])
    return [
        words.source(each.source),
        words.months(each.first, each.last),
        words.number(each.incidents),
        words.number(each.times, 1) if known else MISSING,
        between,
        words.label("asked_ban_yes" if each.holds else "asked_ban_no"),
    ]


def _how(record: RunRecord, document: BanProposalDocument, words: Words) -> str:
    policy = document.policy
    times = float(str(policy["least_times"]))
    per = "streets" if any(each.kind == "streets" for each in record.deliveries) else "ground"
    return words.sentence(
        f"asked_ban_how_{per}",
        incidents=words.number(float(str(policy["least_incidents"]))),
        times=words.number(times, 0 if times.is_integer() else 1),
    )


def _tried(each: BanTried, words: Words) -> list[str]:
    when = words.day(each.start)
    if each.end is not None:
        when = words.label("bans_step_from_to", first=when, last=words.day(each.end))
    return [
        each.what,
        when,
        words.number(each.months),
        words.number(each.before),
        words.number(each.since),
        words.label("asked_ban_yes" if each.counts else "asked_ban_no"),
        capital(each.result) if each.result else MISSING,
    ]


def _facts(
    document: BanProposalDocument, place: BanProposal, words: Words
) -> Iterator[tuple[str, str]]:
    boundary = place.boundary
    km2 = words.number(boundary.km2, 3)
    yield words.label("bans_size"), words.label("bans_size_value", km2=km2)
    yield words.label("asked_ban_of_city"), f"{words.number(place.share_of_city * 100, 2)}%"
    if boundary.dwellings is not None:
        people = boundary.dwellings * float(str(document.policy["residents_per_dwelling"]))
        told = words.number(round(people, -1))
        homes = words.label("bans_homes_value", n=words.number(boundary.dwellings), people=told)
        yield words.label("bans_homes"), homes
    else:
        yield words.label("bans_homes"), words.label("unknown")
    drawn = "asked_ban_same_found" if document.searched else "asked_ban_same_drawn"
    yield words.label(drawn), words.percent(boundary.same)
    off = words.label("asked_ban_metres", n=words.number(boundary.off_street_m))
    yield words.label("asked_ban_off_street"), off
    if boundary.unnamed:
        yield words.label("asked_ban_unnamed"), words.number(boundary.unnamed)
    if place.aligned_with:
        yield words.label("asked_ban_follows"), place.aligned_with


def _to_do(place: BanProposal, words: Words) -> Iterator[str]:
    """Yield what a person must still do: of each gate that is not passed, and always."""
    for gate in place.gates:
        if gate.passed is not True:
            yield words.sentence(f"asked_ban_do_{gate.gate}")
    if place.kind == _NEAR_SHOPS:
        yield words.sentence("asked_ban_do_distances")
    for key in ("walk", "weigh", "decide"):
        yield words.sentence(f"asked_ban_do_{key}")
