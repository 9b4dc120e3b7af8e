"""The yearly question: which areas, by count and risk together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.pipeline.histories import History
from hotspots.policy import Policy
from hotspots.records import Question
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Answer:
    """One ranking: what was asked, the areas in order, and counts that no area could take."""

    question: Question
    priorities: "gpd.GeoDataFrame"
    unplaced: "pd.DataFrame"


def refuse_empty_years(histories: dict[Level, History], years: range) -> None:
    """Refuse years of which no month was delivered.

    Raises
    ------
    WorkspaceRefused
        With the years that were delivered.
    """
    for level, history in histories.items():
        delivered = list(history.by_month)
        if not any(int(month[:4]) in years for month in delivered):
            raise WorkspaceRefused(
                Problem(
                    f"No month of {years[0]}-{years[-1]} was delivered per {level}.",
                    f"Choose years between {delivered[0][:4]} and {delivered[-1][:4]}.",
                )
            )


def answer(
    level: Level, history: History, areas: "gpd.GeoDataFrame", policy: Policy, years: range
) -> Answer:
    """Rank the areas of a level as the policy says."""
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
    )
    table = table.join(_begun(history, years)).reset_index()
    table = table.sort_values(["rank", "area_code"], na_position="last", ignore_index=True)
    inside = pd.PeriodIndex(history.unplaced.columns, freq="M").year.isin(years)
    counted = history.unplaced.loc[:, inside].sum(axis=1)
    unplaced = counted.astype("int64").rename("count").rename_axis("area_code").reset_index()
    return Answer(
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


def _begun(history: History, years: range) -> "pd.DataFrame":
    """Return how much of what is counted the police recorded on their own initiative."""
    from hotspots.planning.initiative import initiative

    others = history.without_police
    return initiative(
        history.monthly,
        None if others is None else others.monthly,
        history.initiator_unknown,
        first_year=years[0],
        last_year=years[-1],
    )


def results_of(
    answers: list[Answer], histories: Mapping[Level, History], policy: Policy, years: range
) -> "dict[str, pd.DataFrame]":
    """Return the tables of all rankings of a run, city-wide ones from the first history."""
    import pandas as pd

    from hotspots.planning.priorities import target_line

    theme, history = policy.priorities.theme, next(iter(histories.values()))
    target = target_line(
        history.city,
        completed=history.city_completed,
        years=years,
        goal=policy.target.goal,
        band=policy.target.band,
    )
    return {
        "priorities": pd.concat([each.priorities for each in answers], ignore_index=True),
        "months": _months(theme, history, years),
        "target": target.assign(theme=theme),
        "unplaced": pd.concat([each.unplaced for each in answers], ignore_index=True),
        "area_months": pd.concat(
            [_area_months(theme, level, each) for level, each in histories.items()],
            ignore_index=True,
        ),
        "seasons": pd.concat(
            [
                _season(each).reset_index().assign(theme=theme, level=level)
                for level, each in histories.items()
            ],
            ignore_index=True,
        ),
    }


def _area_months(theme: str, level: Level, history: History) -> "pd.DataFrame":
    """Return what a level counted, one row per area and month."""
    import numpy as np
    import pandas as pd

    monthly = history.monthly.sort_index()
    others = history.without_police
    counted = {
        "count": monthly,
        "count_completed": history.completed,
        "count_without_police": None if others is None else others.monthly,
        "count_completed_without_police": None if others is None else others.completed,
        "count_initiator_unknown": history.initiator_unknown,
    }
    months = monthly.columns.astype("str")
    empty = pd.DataFrame(index=monthly.index, columns=monthly.columns)
    table = pd.DataFrame(
        {
            "theme": theme,
            "level": level,
            "area_code": np.repeat(monthly.index.to_numpy(), len(months)),
            "month": np.tile(months.to_numpy(), len(monthly)),
        }
    )
    for name, counts in counted.items():
        laid_out = (empty if counts is None else counts).reindex_like(monthly)
        table[name] = laid_out.to_numpy(float).ravel()
    return table.astype(dict.fromkeys(counted, "Int64"))


def _season(history: History) -> "pd.DataFrame":
    """Return the share of a year per calendar month, with and without the police's own."""
    shares = history.season.shares.rename("share").to_frame()
    others = history.without_police
    return shares.assign(
        share_without_police=float("nan") if others is None else others.season.shares
    )


def _months(theme: str, history: History, years: range) -> "pd.DataFrame":
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
