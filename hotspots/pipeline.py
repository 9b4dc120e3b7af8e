"""One run from facts to results: laid out by area and month, ranked, and frozen."""

import json
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from hotspots import __version__
from hotspots.errors import Problem, WorkspaceRefused
from hotspots.policy import Policy
from hotspots.schemas import LEVELS, Delivery, Level, Question, RunRecord
from hotspots.store import facts, runs
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.analysis.seasons import Season
    from hotspots.ingest.result import Ingested

Progress = Callable[[str, int, int], None]
"""Called as (what is being done, steps done, steps in all)."""

_LAST_YEAR_COUNTS_FROM_MONTH = 6


def deliver(workspace: Workspace, ingested: "Ingested", *, at: datetime) -> tuple[Delivery, bool]:
    """Store what was taken in as a delivery; return it, and whether it was new."""
    rows = ingested.facts
    delivery = Delivery(
        id=ingested.id,
        sequence=0,
        kind=ingested.kind,
        source=ingested.source,
        file_name=ingested.file,
        sha256=ingested.sha256,
        delivered_at=at,
        level=ingested.level,
        themes=sorted(rows["theme"].unique()) if "theme" in rows else [],
        months=ingested.months,
        read=ingested.read,
        accepted=ingested.accepted,
        rejected=ingested.rejected,
        mapping=dict(ingested.mapping),
        notes=ingested.notes,
    )
    return facts.add_delivery(workspace, delivery, rows, ingested.rejects)


def municipality(workspace: Workspace) -> "BaseGeometry | None":
    """Return the municipality in the workspace's CRS: all areas of the highest delivered level."""
    current = facts.current_areas(facts.list_deliveries(workspace))
    for level in LEVELS:
        if level in current:
            areas = _read_areas(workspace, current[level])
            drawn = areas[areas.geometry.notna()]
            if len(drawn):
                return drawn.union_all()
    return None


def run(
    workspace: Workspace,
    policy: Policy,
    *,
    kind: Literal["yearly", "question"],
    at: datetime,
    until: date | None = None,
    last_year: int | None = None,
    progress: Progress = lambda what, done, steps: None,
) -> runs.Run:
    """Rank the areas as the policy says, and freeze the answer; the same inputs give the same run.

    Parameters
    ----------
    policy
        Theme, levels, number of years, weights and the rest; frozen with the run.
    kind
        ``yearly`` for the analysis that pages show, ``question`` for a question in between.
    at
        The clock, for the record only: no result depends on it.
    until
        Cut-off date; months that end later are left out. The last delivered day by default.
    last_year
        Last of the years counted together; by default the year of the cut-off date, or the one
        before while less than half of it has passed.

    Raises
    ------
    WorkspaceRefused
        When the workspace lacks areas or counts for what is asked, or two sources clash.
    """
    deliveries = facts.list_deliveries(workspace)
    until = until or _last_delivered_day(deliveries)
    if last_year is None:
        last_year = until.year - (until.month < _LAST_YEAR_COUNTS_FROM_MONTH)
    years = range(last_year - policy.priorities.years + 1, last_year + 1)
    area_deliveries = facts.current_areas(deliveries)
    areas: dict[Level, gpd.GeoDataFrame] = {
        level: _read_areas(workspace, area_deliveries[level])
        for level in LEVELS
        if level in area_deliveries
    }
    histories = _histories(workspace, policy, deliveries, areas, until)
    _refuse_empty_years(histories, years)
    pinned = {each.id: each for level in histories for each in [area_deliveries[level]]}
    for history in histories.values():
        pinned |= {each.id: each for each in history.by_month.values()}
    record = _record(workspace, policy, kind, at, until, years, pinned.values())
    if (workspace.runs / record.id).exists():
        return runs.open_run(workspace, record.id)
    answers = []
    for done, (level, history) in enumerate(histories.items()):
        progress(f"ranking per {level}", done, len(histories))
        answers.append(_answer(level, history, areas[level], policy, years))
    progress("freezing the run", len(histories), len(histories))
    record = record.model_copy(update={"questions": [answer.question for answer in answers]})
    return runs.freeze_run(
        workspace, record, _results(answers, next(iter(histories.values())), policy, years)
    )


@dataclass(frozen=True, slots=True)
class _History:
    """Counts of one theme as one level sees them; a missing value is an unknown count.

    `monthly` and `completed` have shape (areas, months); `city` and `city_completed` add every
    delivered area up, placed or not; `unplaced` holds, by month, delivered areas that no area of
    the level could take; `by_month` gives the delivery that holds per month.
    """

    monthly: "pd.DataFrame"
    completed: "pd.DataFrame"
    city: "pd.Series"
    city_completed: "pd.Series"
    unplaced: "pd.DataFrame"
    season: "Season"
    by_month: Mapping[str, Delivery]


@dataclass(frozen=True, slots=True)
class _Answer:
    question: Question
    priorities: "gpd.GeoDataFrame"
    unplaced: "pd.DataFrame"


def _read_areas(workspace: Workspace, delivery: Delivery) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(facts.read_facts(workspace, delivery), crs=workspace.crs)


def _last_delivered_day(deliveries: Iterable[Delivery]) -> date:
    months = [each.last_month for each in deliveries if each.last_month]
    if not months:
        raise WorkspaceRefused(
            Problem("There are no counts yet.", "Take them in with: hotspots ingest counts FILE.")
        )
    year, month = map(int, max(months).split("-"))
    return date(year, month, monthrange(year, month)[1])


def _histories(
    workspace: Workspace,
    policy: Policy,
    deliveries: list[Delivery],
    areas: "dict[Level, gpd.GeoDataFrame]",
    until: date,
) -> dict[Level, _History]:
    """Return the history per level that can be answered; every level that was asked for must."""
    theme, asked = policy.priorities.theme, policy.priorities.levels
    histories: dict[Level, _History] = {}
    for level in asked or areas:
        if level not in areas:
            raise WorkspaceRefused(
                Problem(
                    f"There are no areas at level {level}.",
                    f"Take them in with: hotspots ingest areas FILE --level {level}.",
                )
            )
        history = _history(workspace, policy, deliveries, areas, level, until)
        if history is not None:
            histories[level] = history
        elif asked:
            raise _no_counts(theme, level, deliveries)
    if not histories:
        if not areas:
            raise WorkspaceRefused(
                Problem("There are no areas yet.", "Take them in with: hotspots ingest areas FILE.")
            )
        raise _no_counts(theme, "any level", deliveries)
    return histories


def _refuse_empty_years(histories: Mapping[Level, _History], years: range) -> None:
    for level, history in histories.items():
        delivered = list(history.by_month)
        if not any(int(month[:4]) in years for month in delivered):
            raise WorkspaceRefused(
                Problem(
                    f"No month of {years[0]}-{years[-1]} was delivered per {level}.",
                    f"Choose years between {delivered[0][:4]} and {delivered[-1][:4]}.",
                )
            )


def _no_counts(theme: str, level: str, deliveries: Iterable[Delivery]) -> WorkspaceRefused:
    themes = sorted({theme for each in deliveries for theme in each.themes})
    return WorkspaceRefused(
        Problem(
            f"There are no counts of {theme} that add up to {level} before the cut-off date.",
            f"Delivered themes: {', '.join(themes) or 'none'}; take in counts at this level or a "
            "finer one, and the areas in between.",
        )
    )


def _history(
    workspace: Workspace,
    policy: Policy,
    deliveries: list[Delivery],
    areas: "dict[Level, gpd.GeoDataFrame]",
    level: Level,
    until: date,
) -> _History | None:
    """Return the history of the policy's theme at a level, from counts there or the next finer."""
    from hotspots.analysis.levels import parents_at, roll_up
    from hotspots.analysis.seasons import seasonal_shares

    theme = policy.priorities.theme
    chosen = policy.sources.counts.get(theme)
    for finer in (level, *(each for each in reversed(LEVELS) if each != level)):
        held = facts.current_months(
            deliveries, kind="counts", theme=theme, level=finer, source=chosen
        )
        by_month = {month: each for month, each in held.items() if _ends_by(month, until)}
        if not by_month:
            continue
        monthly, completed = _laid_out(workspace, theme, by_month)
        parents = parents_at(monthly.index, level=finer, to=level, areas=areas)
        if parents.isna().all():
            continue
        steady = monthly[monthly.notna().all(axis=1)]
        return _History(
            monthly=roll_up(monthly, parents),
            completed=roll_up(completed, parents),
            city=monthly.sum(skipna=False),
            city_completed=completed.sum(skipna=False),
            unplaced=monthly[parents.isna()],
            season=seasonal_shares((monthly if steady.empty else steady).sum()),
            by_month=by_month,
        )
    return None


def _ends_by(month: str, until: date) -> bool:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1]) <= until


def _laid_out(
    workspace: Workspace, theme: str, by_month: Mapping[str, Delivery]
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return all and completed counts by area and month, as delivered."""
    import pandas as pd

    from hotspots.analysis.levels import monthly_counts

    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    for delivery in {each.id: each for each in by_month.values()}.values():
        rows = facts.read_facts(workspace, delivery)
        months = pd.PeriodIndex([m for m, each in by_month.items() if each == delivery], freq="M")
        here = rows[(rows["theme"] == theme) & rows["month"].isin(months.astype(str))]
        zeros_omitted = bool(delivery.mapping["zeros_omitted"])
        areas = pd.Index(rows["area_code"].unique())
        every, told, untold = (
            monthly_counts(part, areas=areas, months=months, zeros_omitted=zeros_omitted)
            for part in (
                here,
                here[here["attempt"] == "completed"],
                here[(here["attempt"] == "unknown") & (here["count"] > 0)],
            )
        )
        completed = told.fillna(0.0).mask(every.isna() | (untold.fillna(0.0) > 0))
        parts.append((every, completed))
    every, completed = (pd.concat(each, axis=1) for each in zip(*parts, strict=True))
    return every.sort_index().sort_index(axis=1), completed.sort_index().sort_index(axis=1)


def _record(
    workspace: Workspace,
    policy: Policy,
    kind: Literal["yearly", "question"],
    at: datetime,
    until: date,
    years: range,
    pinned: Iterable[Delivery],
) -> RunRecord:
    """Return the record of a run that is still to be made; its id is a hash of its inputs."""
    inputs = {
        "kind": kind,
        "until": until.isoformat(),
        "years": [years[0], years[-1]],
        "deliveries": sorted([each.id, *each.purged] for each in pinned),
        "policy": policy.model_dump(mode="json"),
        "code": {"version": __version__, "sha256": code_hash()},
    }
    digest = sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return RunRecord(
        id=f"{until:%Y%m%d}-{digest[:12]}",
        kind=kind,
        created_at=at,
        until=until,
        workspace_name=workspace.name,
        crs=workspace.crs,
        demo=workspace.demo,
        code={"version": __version__, "sha256": code_hash()},
        deliveries=sorted(pinned, key=lambda each: each.sequence),
        policy=policy.model_dump(mode="json"),
        questions=[],
        results={},
    )


def code_hash() -> str:
    """Return a hash of the engine's own source, so that a run names the code that made it."""
    digest = sha256()
    folders = [files("hotspots")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda each: each.name):
            if entry.is_dir():
                folders.append(entry)
            elif entry.name.endswith((".py", ".csv", ".toml")):
                digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()


def _answer(
    level: Level, history: _History, areas: "gpd.GeoDataFrame", policy: Policy, years: range
) -> _Answer:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from hotspots.planning.priorities import priorities

    chosen = policy.priorities
    here = areas.set_index("area_code")
    ranking = priorities(
        history.monthly,
        here["dwellings"],
        season=history.season,
        first_year=years[0],
        last_year=years[-1],
        k=chosen.top_k,
        weight_count=chosen.weight_count,
        weight_rate=chosen.weight_rate,
        few_incidents=policy.rates.few_incidents,
        few_dwellings=policy.rates.few_dwellings,
        n_draws=policy.rates.draws,
        rng=np.random.default_rng(policy.rates.seed),
        completed=history.completed,
    )
    table = ranking.table.assign(
        theme=chosen.theme,
        level=level,
        area_name=here["area_name"],
        geometry=here.geometry,
    ).reset_index()
    table = table.sort_values(["rank", "area_code"], na_position="last", ignore_index=True)
    inside = pd.PeriodIndex(history.unplaced.columns, freq="M").year.isin(years)
    counted = history.unplaced.loc[:, inside].sum(axis=1)
    unplaced = counted.astype("int64").rename("count").rename_axis("area_code").reset_index()
    return _Answer(
        Question(
            theme=chosen.theme,
            level=level,
            first_year=years[0],
            last_year=years[-1],
            k=chosen.top_k,
            weight_count=chosen.weight_count,
            weight_rate=chosen.weight_rate,
            dispersion=ranking.dispersion,
            distinguishable=ranking.distinguishable,
            missing_months=ranking.missing_months,
            attempts_told_apart=not (table["count"].gt(0) & table["count_completed"].isna()).any(),
            sources=sorted({each.source for each in history.by_month.values()}),
        ),
        gpd.GeoDataFrame(table, geometry="geometry", crs=areas.crs),
        unplaced.assign(theme=chosen.theme, level=level),
    )


def _results(
    answers: list[_Answer], history: _History, policy: Policy, years: range
) -> "dict[str, pd.DataFrame]":
    """Return every result of a run, with the columns of its schema in order."""
    import pandas as pd

    from hotspots.planning.priorities import target_line

    theme = policy.priorities.theme
    target = target_line(
        history.city,
        completed=history.city_completed,
        years=years,
        goal=policy.target.goal,
        band=policy.target.band,
    )
    tables: dict[str, pd.DataFrame] = {
        "priorities": pd.concat([each.priorities for each in answers], ignore_index=True),
        "months": _months(theme, history, years),
        "target": target.assign(theme=theme),
        "unplaced": pd.concat([each.unplaced for each in answers], ignore_index=True),
    }
    return {
        name: table.reindex(columns=list(runs.RESULTS[name]().columns))
        for name, table in tables.items()
    }


def _months(theme: str, history: _History, years: range) -> "pd.DataFrame":
    """Return every month from the first delivered one to the last of the years."""
    import pandas as pd

    delivered = list(history.by_month)
    months = pd.period_range(delivered[0], max(delivered[-1], f"{years[-1]}-12"), freq="M")
    names = months.astype("str")
    known = names.isin(delivered)
    return pd.DataFrame(
        {
            "theme": theme,
            "month": names,
            "status": pd.Series(known).map({True: "delivered", False: "missing"}),
            "count": history.city.reindex(months).astype("Int64").to_numpy(),
            "source": [history.by_month[n].source if n in delivered else None for n in names],
        }
    ).astype({"theme": "str", "status": "str", "source": "str", "count": "Int64"})
