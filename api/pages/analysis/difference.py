"""What the page that compares two runs shows, as text: its template only places it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotspots.outputs.difference_sentences import why_sentence
from hotspots.outputs.run_difference import (
    AreaMove,
    DeliveryRef,
    HotspotMove,
    PlanDifference,
    RankingDifference,
    RunDifference,
    SearchDifference,
    Setting,
    Side,
)
from hotspots.outputs.text import MISSING, Words, capital

_MOVES_SHOWN = 15


@dataclass(frozen=True)
class SideView:
    """One of the two runs."""

    id: str
    letter: str
    made_at: str
    until: str
    program: str


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery that one of the runs has."""

    id: str
    file: str
    source: str
    content: str
    accepted: str
    letter: str


@dataclass(frozen=True)
class MoveRow:
    """An area in a ranking; `crossing` tells that it came above the line or went below it."""

    name: str
    place_a: str
    place_b: str
    count_a: str
    count_b: str
    crossing: str


@dataclass(frozen=True)
class RankingView:
    """One ranking in both runs."""

    title: str
    said: list[str]
    caption: str
    rows: list[MoveRow]


@dataclass(frozen=True)
class MovedRow:
    """A hotspot in both runs, in another shape."""

    id_b: str
    ids_a: list[str]
    shift: str
    counts: str
    km2: str


@dataclass(frozen=True)
class SearchRow:
    """One search in both runs."""

    title: str
    incidents: str
    appeared: list[str]
    vanished: list[str]
    moved: list[MovedRow]
    same: str
    differs: bool


@dataclass(frozen=True)
class PlanView:
    """Two camera plans."""

    said: list[str]
    kept: list[str]
    added: list[str]
    dropped: list[str]


@dataclass(frozen=True)
class DifferenceView:
    """The page that compares two runs."""

    a: SideView
    b: SideView
    why: str
    deliveries: list[DeliveryRow]
    policy: list[tuple[str, str, str]]
    unknown: list[tuple[str, str, str]]
    code: list[tuple[str, str, str]]
    rankings: list[RankingView]
    searches: list[SearchRow]
    plan: PlanView | None
    only: list[str]
    has_results: bool


def difference_view(difference: RunDifference, words: Words) -> DifferenceView:
    """Return the page that compares two runs.

    Parameters
    ----------
    difference
        The runs beside each other.
    words
        The language of the page.
    """
    plan = difference.plan
    return DifferenceView(
        a=_side(difference.a, "A", words),
        b=_side(difference.b, "B", words),
        why=why_sentence(difference, words),
        deliveries=[
            *_deliveries(difference.deliveries_a, "A", words),
            *_deliveries(difference.deliveries_b, "B", words),
        ],
        policy=_settings([e for e in difference.policy if None not in (e.a, e.b)], words),
        unknown=_settings([e for e in difference.policy if None in (e.a, e.b)], words),
        code=_settings(difference.code, words),
        rankings=[_ranking(each, words) for each in difference.rankings],
        searches=[_search(each, words) for each in difference.searches],
        plan=None if plan is None else _plan(plan, words),
        only=list(_only(difference, words)),
        has_results=bool(difference.rankings or difference.searches or plan),
    )


def _side(side: Side, letter: str, words: Words) -> SideView:
    local = side.created_at.astimezone()
    return SideView(
        id=side.id,
        letter=letter,
        made_at=f"{words.day(local)}, {local:%H:%M}",
        until=words.day(side.until),
        program=side.version or MISSING,
    )


def _settings(settings: Sequence[Setting], words: Words) -> list[tuple[str, str, str]]:
    """Return settings with their values; an empty one and one that a run does not know are told."""
    lacking, empty = words.label("compare_not_known"), words.label("compare_empty")

    def told(value: str | None) -> str:
        return lacking if value is None else empty if value in ("", "[]", "{}") else value

    return [(each.name, told(each.a), told(each.b)) for each in settings]


def _deliveries(found: Sequence[DeliveryRef], letter: str, words: Words) -> Iterator[DeliveryRow]:
    for each in found:
        content = [words.label(f"delivery_{each.kind}")]
        if each.level is not None:
            content.append(words.level(each.level))
        if each.first_month is not None and each.last_month is not None:
            content.append(words.months(each.first_month, each.last_month))
        yield DeliveryRow(
            id=each.id,
            file=each.file_name,
            source=words.source(each.source),
            content=", ".join(content),
            accepted=words.number(each.accepted),
            letter=letter,
        )


def _only(difference: RunDifference, words: Words) -> Iterator[str]:
    for letter, names in (("A", difference.only_a), ("B", difference.only_b)):
        if names:
            yield words.sentence("compare_only", letter=letter, n=len(names))


# ---------------------------------------------------------------- rankings
def _ranking(ranking: RankingDifference, words: Words) -> RankingView:
    theme = capital(words.theme(ranking.theme))
    moves = ranking.moves if ranking.areas > 1 else []
    ordered = sorted(moves, key=_weight, reverse=True)
    shown = ordered[:_MOVES_SHOWN]
    key = "compare_moves_all" if len(shown) == len(ordered) else "compare_moves_first"
    return RankingView(
        title=words.label("compare_ranking", theme=theme, areas=words.level(ranking.level)),
        said=list(_said(ranking, words)),
        caption=words.label(key, n=len(shown), of=len(ordered)),
        rows=[_move(each, words) for each in shown],
    )


def _weight(move: AreaMove) -> tuple[bool, int, int]:
    """Return how much an area stands out: it crossed the line, it moved far, it counts more."""
    places = abs((move.rank_a or 0) - (move.rank_b or 0))
    counts = abs((move.count_a or 0) - (move.count_b or 0))
    return move.in_top_a != move.in_top_b, places, counts


def _said(ranking: RankingDifference, words: Words) -> Iterator[str]:
    periods = words.period(*ranking.period_a), words.period(*ranking.period_b)
    yield words.sentence(
        "compare_totals",
        a=ranking.total_a,
        b=ranking.total_b,
        period_a=periods[0],
        period_b=periods[1],
    )
    if ranking.areas == 1:
        return
    if not ranking.moves:
        yield words.sentence("compare_ranking_same", n=ranking.areas)
        return
    yield words.sentence("compare_replaced", n=len(ranking.replaced), of=ranking.areas)
    for key, moves, k in (
        ("entered", ranking.entered, ranking.k_b),
        ("left", ranking.left, ranking.k_a),
    ):
        if moves:
            names = words.joined([each.area_name for each in moves])
            yield words.sentence(f"compare_{key}", names=names, k=k)
    if not ranking.entered and not ranking.left:
        yield words.sentence("compare_top_same", k=ranking.k_b)


def _move(move: AreaMove, words: Words) -> MoveRow:
    crossing = ""
    if move.in_top_a != move.in_top_b:
        crossing = words.label("compare_came" if move.in_top_b else "compare_went")
    return MoveRow(
        name=move.area_name,
        place_a=words.number(move.rank_a),
        place_b=words.number(move.rank_b),
        count_a=words.number(move.count_a),
        count_b=words.number(move.count_b),
        crossing=crossing,
    )


# ---------------------------------------------------------------- hotspots and cameras
def _search(search: SearchDifference, words: Words) -> SearchRow:
    theme = capital(words.theme(search.theme))
    return SearchRow(
        title=words.label("compare_search", theme=theme, n=search.months),
        incidents=_changed(search.incidents_a, search.incidents_b, words),
        appeared=search.appeared,
        vanished=search.vanished,
        moved=[_moved(each, words) for each in search.moved],
        same=words.number(search.same),
        differs=bool(search.appeared or search.vanished or search.moved),
    )


def _moved(move: HotspotMove, words: Words) -> MovedRow:
    km2 = [words.number(each, 2) for each in (move.km2_a, move.km2_b)]
    return MovedRow(
        id_b=move.id_b,
        ids_a=move.ids_a,
        shift=words.label("compare_metres", n=round(move.shift_m)),
        counts=_changed(move.count_a, move.count_b, words),
        km2=km2[0] if km2[0] == km2[1] else f"{km2[0]} → {km2[1]}",
    )


def _changed(a: int, b: int, words: Words) -> str:
    return words.number(a) if a == b else f"{words.number(a)} → {words.number(b)}"


def _plan(plan: PlanDifference, words: Words) -> PlanView:
    covered = [words.number(each, 1) for each in (plan.covered_a, plan.covered_b)]
    return PlanView(
        said=[
            words.sentence(
                "compare_plan",
                kept=len(plan.kept),
                added=len(plan.added),
                dropped=len(plan.dropped),
            ),
            words.sentence("compare_covered", a=covered[0], b=covered[1]),
        ],
        kept=plan.kept,
        added=plan.added,
        dropped=plan.dropped,
    )
