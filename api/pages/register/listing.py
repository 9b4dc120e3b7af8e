"""What the page of the register shows: first what asks for attention, then every designation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, get_args

from api.pages.register import sentences
from api.pages.register.desk import Desk
from api.pages.register.tables import Axis, TermBar, axis_of, term_bar
from api.pages.triangle.priorities import sources_delivered
from hotspots.decisions.checklist import checklist
from hotspots.decisions.deadlines import Due, due_within
from hotspots.decisions.demands import Ground
from hotspots.decisions.lifecycle import ENDED, standing, standings
from hotspots.outputs.bans.document import BanReviewDocument
from hotspots.outputs.bans.sentences import together_sentences
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.pipeline.deadlines import all_due
from hotspots.pipeline.public import by_name
from hotspots.register import Boundary, Designation, State

if TYPE_CHECKING:
    import geopandas as gpd

_LIFE = get_args(State)
SOON_DAYS = 90
"""What is due within so many days asks for attention."""

_URGENT: dict[str, str] = {
    "signal": "signals", "publication": "late", "evaluation": "reviews", "check": "reviews",
    "consultation": "steps", "decision": "steps", "end": "ends",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Something that asks for attention: of which designation, and what."""

    id: str
    name: str
    kind: str
    text: str
    overdue: bool


@dataclass(frozen=True)
class Row:
    """A designation in the table."""

    id: str
    name: str
    state: str
    state_code: str
    marks: list[str]
    bar: TermBar | None
    term: str
    evaluation: str
    lacks: int | None


@dataclass(frozen=True)
class Burden:
    """What bans ask of the city by a run of reviews, and what mergers did to that."""

    rows: list[list[str]]
    said: list[str]
    day: str
    run: str
    sources: str


@dataclass(frozen=True)
class ListView:
    """The page of the register."""

    title: str
    lede: str
    tiles_on: str
    tiles: list[tuple[str, str]]
    attention: list[tuple[str, str, list[Wanted]]]
    groups: list[tuple[str, list[Row]]]
    axis: Axis
    kinds: list[tuple[str, str]]
    states: list[tuple[str, str]]
    stadsdelen: list[tuple[str, str]]
    shown: int
    total: int
    codes: list[str]
    burden: Burden | None
    may_draft: bool


@dataclass(frozen=True)
class Asked:
    """What a reader limits the page to; empty is everything, and `ended` shows what is over too."""

    kind: str = ""
    state: str = ""
    stadsdeel: str = ""
    ended: bool = False


def list_view(
    desk: Desk,
    asked: Asked,
    words: Words,
    *,
    stadsdelen: "gpd.GeoDataFrame | None",
    may_draft: bool,
) -> ListView:
    """Return the page of the register.

    Parameters
    ----------
    desk
        Who reads it, and where.
    asked
        What it is limited to.
    words
        The language.
    stadsdelen
        Areas by which it may be limited, in metres.
    may_draft
        Whether the reader may draft.
    """
    on, every = desk.today, desk.register.designations()
    where = _name_of(asked.stadsdeel, stadsdelen)
    areas = areas_of(desk.register.boundaries(), every)
    within = _within(asked.stadsdeel, stadsdelen, areas)
    local = [each for each in every if within is None or each.id in within]
    states = standings(every, desk.register.reviews(), on)
    shown = [each for each in local if _is_asked(each, asked, states[each.id])]
    axis = axis_of(shown, on)
    rows = [
        (each.kind, _row(desk, each, states[each.id], areas.get(each.id), axis, on, words))
        for each in shown
    ]
    rows.sort(key=lambda pair: (_kind_order(pair[0], desk), by_name(pair[1].name)))
    holds = [each for each in local if states[each.id] not in ENDED]
    return ListView(
        title=words.label("register_title"),
        lede=_lede(len(holds), where, on, words),
        tiles_on=_tiles_on(where, on, words),
        tiles=_tiles(holds, areas, desk, on, words),
        attention=_attention(desk, {each.id for each in local}, local, on, words),
        groups=[
            (capital(sentences.kind_name(kind, desk.policy, words)), [row for _, row in group])
            for kind, group in groupby(rows, key=lambda pair: pair[0])
        ],
        axis=axis,
        kinds=sorted(
            (
                (kind, capital(sentences.kind_name(kind, desk.policy, words)))
                for kind in {each.kind for each in every}
            ),
            key=lambda each: each[1],
        ),
        states=[
            (code, sentences.state_name(code, words))
            for code in sorted(set(states.values()), key=_LIFE.index)
        ],
        stadsdelen=_named(stadsdelen),
        shown=len(shown),
        total=len(every),
        codes=[each.id for each in shown],
        burden=_burden(desk, words),
        may_draft=may_draft,
    )


def areas_of(
    boundaries: Iterable[Boundary], designations: Iterable[Designation]
) -> dict[str, Boundary]:
    """Return the boundary that counts of each designation, by its id."""
    counts = {(each.id, each.boundary_version) for each in designations}
    return {b.designation: b for b in boundaries if (b.designation, b.number) in counts}


# ---------------------------------------------------------------- how
def _is_asked(designation: Designation, asked: Asked, state: State) -> bool:
    if asked.kind and designation.kind != asked.kind:
        return False
    if asked.state:
        return state == asked.state
    return asked.ended or state not in ENDED


def _within(
    stadsdeel: str, stadsdelen: "gpd.GeoDataFrame | None", areas: dict[str, Boundary]
) -> set[str] | None:
    """Return the ids of designations that meet a stadsdeel, by its code or name."""
    if not stadsdeel:
        return None
    if stadsdelen is None:
        return set()
    found = _found(stadsdeel, stadsdelen)
    return {id_ for id_, each in areas.items() if found.intersects(each.area).any()}


def _found(stadsdeel: str, stadsdelen: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    asked = stadsdeel.casefold()
    return stadsdelen[
        (stadsdelen["area_code"].str.casefold() == asked)
        | (stadsdelen["area_name"].str.casefold() == asked)
    ]


def _name_of(stadsdeel: str, stadsdelen: "gpd.GeoDataFrame | None") -> str:
    """Return the name of the stadsdeel to which the page is limited, empty without one."""
    if not stadsdeel or stadsdelen is None:
        return stadsdeel
    names = _found(stadsdeel, stadsdelen)["area_name"].tolist()
    return str(names[0]) if names else stadsdeel


def _lede(holds: int, where: str, on: date, words: Words) -> str:
    if where:
        return words.sentence("register_lede_in", day=words.day(on), n=holds, name=where)
    return words.sentence("register_lede", day=words.day(on), n=holds)


def _tiles_on(where: str, on: date, words: Words) -> str:
    told = words.label("register_tiles_on", day=words.day(on))
    return f"{told}, {words.label('bans_of', name=where)}" if where else told


def _named(stadsdelen: "gpd.GeoDataFrame | None") -> list[tuple[str, str]]:
    if stadsdelen is None:
        return []
    pairs = zip(stadsdelen["area_code"], stadsdelen["area_name"], strict=True)
    return sorted(((str(code), str(name)) for code, name in pairs), key=lambda each: each[1])


def _kind_order(kind: str, desk: Desk) -> tuple[int, str]:
    known = list(desk.policy.designations.kinds)
    return (known.index(kind) if kind in known else len(known), kind)


def _row(
    desk: Desk,
    each: Designation,
    state: State,
    area: Boundary | None,
    axis: Axis,
    on: date,
    words: Words,
) -> Row:
    known = each.kind in desk.policy.designations.kinds and state not in ENDED
    ground = Ground(None if area is None else area.area)
    items = checklist(each, desk.policy, ground, on=on) if known else []
    lacks = sum(not item.done and item.code != "unknown_whole" for item in items)
    due = each.evaluation_on if state not in ENDED else None
    return Row(
        id=each.id,
        name=each.name,
        state=sentences.state_told(each, state, words),
        state_code=state,
        marks=sentences.mark_names(each.marks, words),
        bar=term_bar(each, axis, on, words),
        term=sentences.span_told(each.start, each.ended_on or each.end, words),
        evaluation=MISSING if due is None else words.day(due),
        lacks=lacks if known else None,
    )


def _tiles(
    holds: Sequence[Designation],
    areas: dict[str, Boundary],
    desk: Desk,
    on: date,
    words: Words,
) -> list[tuple[str, str]]:
    """Return how many of each kind there are that have not ended, and their ground together."""
    by_kind: dict[str, list[Designation]] = defaultdict(list)
    for each in holds:
        if standing(each, on) not in ("draft", "advice_asked", "decided"):
            by_kind[each.kind].append(each)
    tiles = []
    for kind in sorted(by_kind, key=lambda kind: _kind_order(kind, desk)):
        found = [areas[each.id].area.area for each in by_kind[kind] if each.id in areas]
        told = words.label(
            "register_tile", n=len(by_kind[kind]), km2=words.number(sum(found) / 1e6, 2)
        )
        tiles.append((capital(sentences.kind_name(kind, desk.policy, words)), told))
    return tiles


def _attention(
    desk: Desk, ids: set[str], local: Sequence[Designation], on: date, words: Words
) -> list[tuple[str, str, list[Wanted]]]:
    """Return what asks for attention, by what it is."""
    every = all_due(desk.register, desk.policy, on=on)
    soon = [each for each in due_within(every, on=on, days=SOON_DAYS) if each.designation in ids]
    signals = {each.designation: each for each in desk.register.signals(unanswered=True)}
    found: dict[str, list[Wanted]] = {
        name: [] for name in ("signals", "late", "reviews", "ends", "steps", "marks")
    }
    for due in soon:
        group = _URGENT[due.what]
        if due.what == "signal" and due.designation in signals:
            month = words.month(signals[due.designation].since)
            text = words.sentence("ban_signal", month=month[:1].lower() + month[1:])
        elif due.what == "publication" and not due.overdue:
            continue
        else:
            text = sentences.due_told(due, words)
        found[group].append(_wanted(due, text, desk, words))
    for each in local:
        for mark in sentences.mark_names(each.marks, words):
            kind = sentences.kind_name(each.kind, desk.policy, words)
            found["marks"].append(Wanted(each.id, each.name, kind, mark, overdue=False))
    return [
        (name, words.label(f"register_attention_{name}"), wanted)
        for name, wanted in found.items()
        if wanted
    ]


def _wanted(due: Due, text: str, desk: Desk, words: Words) -> Wanted:
    kind = sentences.kind_name(due.kind, desk.policy, words)
    late = due.overdue and due.what != "signal"
    return Wanted(due.designation, due.name, kind, text, overdue=late)


def _burden(desk: Desk, words: Words) -> Burden | None:
    """Return what bans ask of the city by the newest run of reviews, as it was frozen."""
    held = desk.shelf.bans.records()
    if not held:
        return None
    run = desk.shelf.bans.open(held[0].id)
    document: BanReviewDocument = desk.shelf.bans.document(run)
    newest = max((each.on for each in document.burden), default=None)
    return Burden(
        rows=[
            [
                capital(sentences.kind_name(each.kind, desk.policy, words)),
                words.number(each.number),
                words.number(each.km2, 2),
                words.number(each.dwellings),
                words.number(each.residents),
            ]
            for each in document.burden
            if each.on == newest
        ],
        said=together_sentences(document, words),
        day=words.day(run.record.until if newest is None else newest),
        run=run.record.id,
        sources=sources_delivered(run.record, document.sources, words),
    )
