"""Counts of one theme by area and month, as each level sees them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.months import ends_by
from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.evidence.incidents import held_months
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import LEVELS, Level
from hotspots.store import facts

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.seasons import Season


@dataclass(frozen=True, slots=True)
class History:
    """Counts of one theme as one level sees them; a missing value is an unknown count.

    `monthly` and `completed` have shape (areas, months); `city` and `city_completed` add every
    delivered area up, placed or not; `unplaced` holds, by month, delivered areas that no area of
    the level could take; `by_month` gives the delivery that holds per month.

    `without_police` is the same without what the police recorded on their own initiative, and
    `initiator_unknown` counts those of which nobody told who began, shape (areas, months): both
    absent where they were not asked for, and where counts were delivered, which do not tell.
    """

    monthly: "pd.DataFrame"
    completed: "pd.DataFrame"
    city: "pd.Series"
    city_completed: "pd.Series"
    unplaced: "pd.DataFrame"
    season: "Season"
    by_month: Mapping[str, Delivery]
    without_police: "History | None" = None
    initiator_unknown: "pd.DataFrame | None" = None


def histories_of(current: Current, policy: Policy, until: date) -> dict[Level, History]:
    """Return the history of the policy's theme per level that can be answered.

    Raises
    ------
    WorkspaceRefused
        When a level that the policy asks for cannot be answered, or none can.
    """
    theme, asked = policy.priorities.theme, policy.priorities.levels
    areas = current.areas
    for level in asked:
        if level not in areas:
            raise WorkspaceRefused(
                Problem(
                    f"There are no areas at level {level}.",
                    f"Take them in with: hotspots ingest areas FILE --level {level}.",
                )
            )
    if not areas:
        raise WorkspaceRefused(
            Problem("There are no areas yet.", "Take them in with: hotspots ingest areas FILE.")
        )
    histories = _histories_at(
        current, policy, theme, asked or list(areas), until, by_initiator=True
    )
    for level in asked:
        if level not in histories:
            raise _no_counts(theme, level, current.deliveries)
    if not histories:
        raise _no_counts(theme, "any level", current.deliveries)
    return histories


def public_level(current: Current, policy: Policy) -> Level | None:
    """Return the policy's public level, or the smallest larger one that was delivered."""
    upward = reversed(LEVELS[: LEVELS.index(policy.publication.level) + 1])
    return next((level for level in upward if level in current.areas), None)


def monitor_level(current: Current) -> Level | None:
    """Return the level that the monitor is of: a city without stadsdelen meets per wijk."""
    levels: tuple[Level, ...] = ("stadsdeel", "wijk")
    return next((level for level in levels if len(current.areas.get(level, ())) > 1), None)


def public_histories(
    current: Current, policy: Policy, until: date
) -> dict[Level, dict[str, History]]:
    """Return the histories of the themes of the public groups, per level at which they are told.

    Raises
    ------
    WorkspaceRefused
        When two sources have the same month of a theme.
    """
    delivered = {theme for each in current.deliveries for theme in each.themes}
    groups = policy.publication.groups.values()
    levels = {public_level(current, policy), monitor_level(current)}
    histories: dict[Level, dict[str, History]] = {level: {} for level in LEVELS if level in levels}
    for theme in dict.fromkeys(theme for group in groups for theme in group if theme in delivered):
        found = _histories_at(current, policy, theme, list(histories), until)
        for level, history in found.items():
            histories[level][theme] = history
    return histories


def _histories_at(
    current: Current,
    policy: Policy,
    theme: str,
    levels: Sequence[Level],
    until: date,
    *,
    by_initiator: bool = False,
) -> dict[Level, History]:
    """Return the history of a theme per level that has one, from counts or else from incidents."""
    counted = {level: _from_counts(current, policy, theme, level, until) for level in levels}
    others = [level for level, history in counted.items() if history is None]
    by_month = held_months(current, policy, theme, until) if others else {}
    found = counted | _from_incidents(current, theme, others, by_month, by_initiator=by_initiator)
    return {level: history for level, history in found.items() if history is not None}


def _from_counts(
    current: Current, policy: Policy, theme: str, level: Level, until: date
) -> History | None:
    """Return the history from counts at the level, or at the finest that adds up to it."""
    from hotspots.analysis.levels import parents_at, roll_up

    for finer in (level, *(each for each in reversed(LEVELS) if each != level)):
        held = facts.current_months(
            current.deliveries,
            kind="counts",
            theme=theme,
            level=finer,
            source=policy.sources.counts.get(theme),
        )
        by_month = {month: each for month, each in held.items() if ends_by(month, until)}
        if not by_month:
            continue
        monthly, completed = _laid_out(current, theme, by_month)
        parents = parents_at(monthly.index, level=finer, to=level, areas=current.areas)
        if parents.notna().any():
            return History(
                monthly=roll_up(monthly, parents),
                completed=roll_up(completed, parents),
                city=monthly.sum(skipna=False),
                city_completed=completed.sum(skipna=False),
                unplaced=monthly[parents.isna()],
                season=_season(monthly),
                by_month=by_month,
            )
    return None


def _laid_out(
    current: Current, theme: str, by_month: Mapping[str, Delivery]
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return all and completed counts by area and month, as delivered."""
    import pandas as pd

    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    for delivery in {each.id: each for each in by_month.values()}.values():
        held = {month: each for month, each in by_month.items() if each.id == delivery.id}
        parts.append(
            _every_and_completed(
                current.rows_of(theme, held),
                areas=pd.Index(current.read(delivery)["area_code"].unique()),
                months=pd.PeriodIndex(list(held), freq="M"),
                zeros_omitted=bool(delivery.mapping["zeros_omitted"]),
            )
        )
    every, completed = (pd.concat(each, axis=1) for each in zip(*parts, strict=True))
    return every.sort_index().sort_index(axis=1), completed.sort_index().sort_index(axis=1)


def _every_and_completed(
    rows: "pd.DataFrame", *, areas: "pd.Index", months: "pd.PeriodIndex", zeros_omitted: bool
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return all counts, and completed ones where none of a cell's attempts is unknown."""
    from hotspots.analysis.levels import monthly_counts

    every, told, untold = (
        monthly_counts(part, areas=areas, months=months, zeros_omitted=zeros_omitted)
        for part in (
            rows,
            rows[rows["attempt"] == "completed"],
            rows[(rows["attempt"] == "unknown") & (rows["count"] > 0)],
        )
    )
    return every, told.fillna(0.0).mask(every.isna() | (untold.fillna(0.0) > 0))


def _from_incidents(
    current: Current,
    theme: str,
    levels: Sequence[Level],
    by_month: Mapping[str, Delivery],
    *,
    by_initiator: bool,
) -> dict[Level, History]:
    """Return the history per level from points in polygons, for a theme that came without counts.

    A delivered month holds every incident of the source, so an area without one has 0.
    """
    import geopandas as gpd
    import pandas as pd

    drawn = [level for level in levels if current.areas[level].geometry.notna().any()]
    if not drawn or not by_month:
        return {}
    points = gpd.GeoDataFrame(current.rows_of(theme, by_month), crs=current.workspace.crs)
    histories = {}
    for level in drawn:
        areas = current.areas[level]
        codes = pd.Index([*areas["area_code"], _NOWHERE])
        rows = _per_area(points, areas)
        history = _of_incidents(rows, codes, by_month)
        if by_initiator:
            unknown = rows[rows["initiator"] == "unknown"]
            history = replace(
                history,
                without_police=_of_incidents(rows[rows["initiator"] != "police"], codes, by_month),
                initiator_unknown=_of_incidents(unknown, codes, by_month).monthly,
            )
        histories[level] = history
    return histories


def _per_area(points: "gpd.GeoDataFrame", areas: "gpd.GeoDataFrame") -> "pd.DataFrame":
    """Return the `count` of incidents per `area_code`, `month`, `attempt` and `initiator`."""
    kinds = ["month", "attempt", "initiator"]
    area = which_area(areas, points).rename("area")
    # Named after they were counted: there are fewer counts than incidents.
    rows = points[kinds].groupby([area, *kinds], sort=False, dropna=False).size()
    counted = rows.rename("count").reset_index()
    code = counted["area"].map(areas["area_code"]).astype("object").fillna(_NOWHERE)
    return counted.assign(area_code=code)


def _of_incidents(
    rows: "pd.DataFrame", codes: "pd.Index", by_month: Mapping[str, Delivery]
) -> History:
    """Return what incidents come to, of which `rows` has the `count` per area and month."""
    import pandas as pd

    every, completed = _every_and_completed(
        rows, areas=codes, months=pd.PeriodIndex(list(by_month), freq="M"), zeros_omitted=True
    )
    return History(
        monthly=every.drop(index=_NOWHERE),
        completed=completed.drop(index=_NOWHERE),
        city=every.sum(skipna=False),
        city_completed=completed.sum(skipna=False),
        unplaced=every.loc[[_NOWHERE]] if every.loc[_NOWHERE].sum() else every.iloc[:0],
        season=_season(every),
        by_month=by_month,
    )


_NOWHERE = "(outside every area)"


def _season(monthly: "pd.DataFrame") -> "Season":
    """Return the city's season, from areas that are known in every month where there are any."""
    from hotspots.analysis.seasons import seasonal_shares

    steady = monthly[monthly.notna().all(axis=1)]
    return seasonal_shares((monthly if steady.empty else steady).sum(min_count=1))


def _no_counts(theme: str, level: str, deliveries: Iterable[Delivery]) -> WorkspaceRefused:
    themes = sorted({theme for each in deliveries for theme in each.themes})
    return WorkspaceRefused(
        Problem(
            f"There are no counts of {theme} that add up to {level} before the cut-off date.",
            f"Delivered themes: {', '.join(themes) or 'none'}; take in counts at this level or a "
            "finer one, and the areas in between.",
        )
    )
