"""Two frozen runs beside each other: why their answers differ, and what differs in them."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotspots.outputs.delivery_tables import CONFIDENTIAL_KINDS
from hotspots.outputs.run_difference import (
    AreaMove,
    Cause,
    DeliveryRef,
    HotspotMove,
    PlanDifference,
    RankingDifference,
    RunDifference,
    SearchDifference,
    Setting,
    Side,
    delivery_ref,
)
from hotspots.outputs.tables import RunTables
from hotspots.records import Question, RunRecord, Search
from hotspots.results import CONFIDENTIAL

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_M2_PER_KM2 = 1e6


def compare_runs(a: RunTables, b: RunTables) -> RunDifference:
    """Return what differs between two runs, in what went in and in what came out.

    Deliveries of youth groups and results made with them are confidential: they are left out.

    Parameters
    ----------
    a, b
        The runs; what only `b` has came, what only `a` has went.
    """
    delivered_a, delivered_b = _delivered(a.record), _delivered(b.record)
    results_a, results_b = _results(a.record), _results(b.record)
    shared = results_a.keys() & results_b.keys()
    policy = settings_that_differ(a.record.policy, b.record.policy)
    code = settings_that_differ(dict(a.record.code), dict(b.record.code))
    # A program of before does not know every setting of today: that is no choice of anybody.
    chosen = [each for each in policy if not code or None not in (each.a, each.b)]
    only_a = [ref for id_, ref in delivered_a.items() if id_ not in delivered_b]
    only_b = [ref for id_, ref in delivered_b.items() if id_ not in delivered_a]
    return RunDifference(
        a=_side(a.record),
        b=_side(b.record),
        causes=list(_causes(a.record, b.record, policy=bool(chosen), code=bool(code))),
        same_results=bool(shared) and all(results_a[each] == results_b[each] for each in shared),
        deliveries_a=only_a,
        deliveries_b=only_b,
        policy=policy,
        code=code,
        rankings=list(_rankings(a, b)),
        searches=list(_searches(a, b)),
        plan=_plan(a, b),
        only_a=sorted(_asked(a.record) - _asked(b.record)),
        only_b=sorted(_asked(b.record) - _asked(a.record)),
        results_only_a=sorted(results_a.keys() - results_b.keys()),
        results_only_b=sorted(results_b.keys() - results_a.keys()),
    )


# ---------------------------------------------------------------- what went in
def _delivered(record: RunRecord) -> dict[str, DeliveryRef]:
    return {
        each.id: delivery_ref(each)
        for each in record.deliveries
        if each.kind not in CONFIDENTIAL_KINDS
    }


def _results(record: RunRecord) -> dict[str, str]:
    return {name: sha for name, sha in record.results.items() if name not in CONFIDENTIAL}


def _side(record: RunRecord) -> Side:
    return Side(
        id=record.id,
        kind=record.kind,
        created_at=record.created_at,
        until=record.until,
        version=record.code.get("version", ""),
    )


def _causes(a: RunRecord, b: RunRecord, *, policy: bool, code: bool) -> Iterator[Cause]:
    """Yield what was put in otherwise, the heaviest first."""
    if a.kind != b.kind:
        yield "kind"
    if a.until != b.until:
        yield "until"
    if {each.id for each in a.deliveries} != {each.id for each in b.deliveries}:
        yield "deliveries"
    if policy:
        yield "policy"
    if code:
        yield "code"
    if a.previous != b.previous:
        yield "previous"


def settings_that_differ(a: dict[str, object], b: dict[str, object]) -> list[Setting]:
    """Return the parameters that differ, by dotted name, in order of name.

    Parameters
    ----------
    a, b
        Settings, of which some hold settings themselves.
    """
    flat_a, flat_b = dict(_flat(a)), dict(_flat(b))
    return [
        Setting(name=name, a=flat_a.get(name), b=flat_b.get(name))
        for name in sorted(flat_a.keys() | flat_b.keys())
        if flat_a.get(name) != flat_b.get(name)
    ]


def _flat(settings: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _as_text(value)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


# ---------------------------------------------------------------- what was asked
def _asked(record: RunRecord) -> set[str]:
    rankings = {f"{each.theme} per {each.level}" for each in record.questions}
    return rankings | {f"{each.theme}, {each.months} months" for each in record.searches}


# ---------------------------------------------------------------- rankings
def _rankings(a: RunTables, b: RunTables) -> Iterator[RankingDifference]:
    """Yield the rankings that both runs have; each result is read once."""
    of_b = {(each.theme, each.level): each for each in b.record.questions}
    pairs = [(each, of_b.get((each.theme, each.level))) for each in a.record.questions]
    if not any(other for _, other in pairs):
        return
    table_a, table_b = a.table("priorities"), b.table("priorities")
    for asked_a, asked_b in pairs:
        if asked_b is not None:
            yield _ranking(_ranked(table_a, asked_a), _ranked(table_b, asked_b), asked_a, asked_b)


def _ranking(
    a: "pd.DataFrame", b: "pd.DataFrame", asked_a: Question, asked_b: Question
) -> RankingDifference:
    return RankingDifference(
        theme=asked_a.theme,
        level=asked_a.level,
        period_a=(asked_a.first_year, asked_a.last_year),
        period_b=(asked_b.first_year, asked_b.last_year),
        k_a=asked_a.k,
        k_b=asked_b.k,
        areas=len(a.index.union(b.index)),
        total_a=int(a["count"].sum()),
        total_b=int(b["count"].sum()),
        moves=area_moves(a, b, k_a=asked_a.k, k_b=asked_b.k),
    )


def _ranked(priorities: "pd.DataFrame", asked: Question) -> "pd.DataFrame":
    mine = (priorities["theme"] == asked.theme) & (priorities["level"] == asked.level)
    columns = ["area_code", "area_name", "count", "rank"]
    return priorities.loc[mine, columns].set_index("area_code")


def area_moves(a: "pd.DataFrame", b: "pd.DataFrame", *, k_a: int, k_b: int) -> list[AreaMove]:
    """Return the areas of which place, count or side of the cut line differs.

    Parameters
    ----------
    a, b
        `area_name`, `count` and `rank` (missing where not ranked), indexed by area code.
    k_a, k_b
        Areas above the cut line.

    Returns
    -------
        In order of place in `b`, then in `a`, then of code.
    """
    moves = [
        AreaMove(
            area_code=str(code),
            area_name=str((b if code in b.index else a).at[code, "area_name"]),
            rank_a=(rank_a := _whole(a, code, "rank")),
            rank_b=(rank_b := _whole(b, code, "rank")),
            count_a=_whole(a, code, "count"),
            count_b=_whole(b, code, "count"),
            in_top_a=rank_a is not None and rank_a <= k_a,
            in_top_b=rank_b is not None and rank_b <= k_b,
        )
        for code in a.index.union(b.index)
    ]
    differ = [each for each in moves if _is_other(each)]
    last = len(moves) + 1
    return sorted(differ, key=lambda m: (m.rank_b or last, m.rank_a or last, m.area_code))


def _is_other(move: AreaMove) -> bool:
    of_a = (move.rank_a, move.count_a, move.in_top_a)
    return of_a != (move.rank_b, move.count_b, move.in_top_b)


def _whole(rows: "pd.DataFrame", code: object, column: str) -> int | None:
    import pandas as pd

    value = rows[column].get(code)
    return None if value is None or pd.isna(value) else int(value)


# ---------------------------------------------------------------- hotspots
def _searches(a: RunTables, b: RunTables) -> Iterator[SearchDifference]:
    """Yield the searches that both runs made; each result is read once."""
    of_b = {(each.theme, each.months): each for each in b.record.searches}
    pairs = [(each, of_b.get((each.theme, each.months))) for each in a.record.searches]
    if not any(other for _, other in pairs):
        return
    table_a, table_b = a.table("hotspots"), b.table("hotspots")
    for asked_a, asked_b in pairs:
        if asked_b is not None:
            yield _search(_found(table_a, asked_a), _found(table_b, asked_b), asked_a, asked_b)


def _search(
    a: "gpd.GeoDataFrame", b: "gpd.GeoDataFrame", asked_a: Search, asked_b: Search
) -> SearchDifference:
    appeared, vanished, moved = hotspot_moves(a, b)
    return SearchDifference(
        theme=asked_a.theme,
        months=asked_a.months,
        period_a=(asked_a.first_month, asked_a.last_month),
        period_b=(asked_b.first_month, asked_b.last_month),
        incidents_a=asked_a.incidents,
        incidents_b=asked_b.incidents,
        appeared=appeared,
        vanished=vanished,
        moved=moved,
        same=len(b) - len(appeared) - len(moved),
    )


def _found(hotspots: "pd.DataFrame", asked: Search) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    mine = (hotspots["theme"] == asked.theme) & (hotspots["months"] == asked.months)
    found = hotspots.loc[mine, ["hotspot_id", "count", "geometry"]]
    return gpd.GeoDataFrame(found.set_index("hotspot_id"), geometry="geometry")


def hotspot_moves(
    a: "gpd.GeoDataFrame", b: "gpd.GeoDataFrame"
) -> tuple[list[str], list[str], list[HotspotMove]]:
    """Return the ids of hotspots that came and went, and those in both in another shape.

    Which is which is decided by the ground that they share, as
    :func:`~hotspots.analysis.identity.identify` does, and not by their ids: those follow the
    run before, which two runs need not have in common.

    Parameters
    ----------
    a, b
        `count` and polygons in metres, indexed by id.
    """
    from hotspots.analysis.identity import identify

    before = a.geometry.set_axis([f"a{n}" for n in range(len(a))])
    named = identify(b.geometry, before, prefix="b")
    ids = dict(zip(before.index, map(str, a.index), strict=True))
    appeared, moved = [], []
    for id_b, lineage, predecessors in named.table[["lineage", "predecessors"]].itertuples():
        ids_a = [ids[each] for each in predecessors.split()]
        if lineage == "new":
            appeared.append(str(id_b))
            continue
        of_a = a.loc[ids_a]
        move = _hotspot_move(str(id_b), ids_a, of_a, b)
        is_same = len(ids_a) == 1 and b.geometry[id_b].equals(of_a.geometry.iloc[0])
        if not is_same:
            moved.append(move)
    return appeared, [ids[each] for each in named.gone], moved


def _hotspot_move(
    id_b: str, ids_a: list[str], of_a: "gpd.GeoDataFrame", b: "gpd.GeoDataFrame"
) -> HotspotMove:
    earlier, now = of_a.geometry.union_all(), b.geometry[id_b]
    return HotspotMove(
        ids_a=ids_a,
        id_b=id_b,
        count_a=int(of_a["count"].sum()),
        count_b=int(b["count"][id_b]),
        shift_m=round(float(earlier.centroid.distance(now.centroid)), 1),
        km2_a=round(float(earlier.area) / _M2_PER_KM2, 4),
        km2_b=round(float(now.area) / _M2_PER_KM2, 4),
    )


# ---------------------------------------------------------------- camera plans
def _plan(a: RunTables, b: RunTables) -> PlanDifference | None:
    if a.record.plan is None or b.record.plan is None:
        return None
    sites_a = a.table("camera_plan")["site_id"].tolist()
    sites_b = b.table("camera_plan")["site_id"].tolist()
    return PlanDifference(
        budget_a=a.record.plan.budget,
        budget_b=b.record.plan.budget,
        covered_a=a.record.plan.covered,
        covered_b=b.record.plan.covered,
        kept=[each for each in sites_b if each in set(sites_a)],
        added=[each for each in sites_b if each not in set(sites_a)],
        dropped=[each for each in sites_a if each not in set(sites_b)],
    )
