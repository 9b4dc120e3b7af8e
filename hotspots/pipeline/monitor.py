"""The half-year monitor per stadsdeel: what a district safety meeting looks at."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import last_whole_month, month_name
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.histories import History, monitor_level
from hotspots.policy import Policy
from hotspots.schemas import EXPLAINING, LEVELS, Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def monitor_of(
    current: Current,
    policy: Policy,
    until: date,
    public: Mapping[Level, Mapping[str, History]],
) -> "dict[str, pd.DataFrame]":
    """Return the results of the monitor; none where there is nothing to make them from.

    Parameters
    ----------
    public
        What :func:`~hotspots.pipeline.histories.public_histories` returns.
    """
    import pandas as pd

    from hotspots.analysis.monitor import halves_until

    level = monitor_level(current)
    if level is None or not public[level]:
        return {}
    histories = public[level]
    last = pd.Period(month_name(last_whole_month(until)), freq="M")
    halves = halves_until(last)
    codes = pd.Index(current.areas[level]["area_code"])
    compared = pd.concat(
        [
            _compared(theme, history, half, policy, codes)
            for theme, history in histories.items()
            for half in halves
        ],
        ignore_index=True,
    )
    window = pd.period_range(halves[-1][0] - 12 * policy.monitor.years, halves[0][-1], freq="M")
    months = pd.concat(
        [_months(theme, history, window, codes) for theme, history in histories.items()],
        ignore_index=True,
    )
    sources = _sources(histories, halves[0], policy, codes)
    tables = {
        "monitor": compared.assign(level=level),
        "monitor_months": months.assign(level=level),
        "monitor_events": _events(current, level, window),
        "monitor_areas": _areas(current, level),
    }
    return tables if sources is None else {**tables, "monitor_sources": sources}


def _compared(
    theme: str, history: History, half: "pd.PeriodIndex", policy: Policy, codes: "pd.Index"
) -> "pd.DataFrame":
    """Return a half-year of one theme against the same months before, one row per area."""
    from hotspots.analysis.change import area_dispersion
    from hotspots.analysis.monitor import compare_half

    monthly = history.monthly.reindex(codes)
    found = compare_half(
        monthly, half, years=policy.monitor.years, dispersion=area_dispersion(monthly)
    )
    names = half.astype("str").to_numpy()
    looked_at = _looked_at(history, half, policy.monitor.years)
    unknown = monthly.reindex(columns=looked_at).isna().to_numpy(bool)
    told = looked_at.astype("str").to_numpy()
    held = {each.source for month, each in history.by_month.items() if month in set(names)}
    return found.astype({"same_months": "int64", "years_before": "int64"}).assign(
        **{name: found[name].astype("Int64") for name in ("count", "count_before")},
        theme=theme,
        area_code=codes,
        first_month=names[0],
        last_month=names[-1],
        missing_months=[" ".join(told[row]) for row in unknown],
        source=", ".join(sorted(held)),
    )


def _looked_at(history: History, half: "pd.PeriodIndex", years: int) -> "pd.PeriodIndex":
    """Return the months of a half-year and of those before it, since the first delivered one."""
    import pandas as pd

    first = pd.Period(min(history.by_month), freq="M")
    months = [month - 12 * back for back in range(years, -1, -1) for month in half]
    return pd.PeriodIndex([month for month in months if month >= first], freq="M")


def _months(
    theme: str, history: History, window: "pd.PeriodIndex", codes: "pd.Index"
) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    monthly = history.monthly.reindex(index=codes, columns=window)
    names = window.astype("str").to_numpy()
    held = {month: each.source for month, each in history.by_month.items()}
    return pd.DataFrame(
        {
            "theme": theme,
            "area_code": np.repeat(codes.to_numpy(), len(names)),
            "month": np.tile(names, len(codes)),
            "count": monthly.to_numpy(float).ravel(),
            "source": np.tile(np.array([held.get(each) for each in names], object), len(codes)),
        }
    ).astype({"count": "Int64", "source": "str"})


def _sources(
    histories: Mapping[str, History], half: "pd.PeriodIndex", policy: Policy, codes: "pd.Index"
) -> "pd.DataFrame | None":
    """Return each pair of sources over the last half-year and the same one a year before."""
    import pandas as pd

    from hotspots.analysis.change import area_dispersion
    from hotspots.analysis.contradiction import compare_sources

    tables = []
    counts = ["reports_now", "reports_before", "records_now", "records_before"]
    for records, reports in policy.sources.pairs.items():
        if records not in histories or reports not in histories:
            continue
        pair = [histories[theme].monthly.reindex(codes) for theme in (reports, records)]
        found = compare_sources(
            *pair,
            now=half,
            before=half - 12,
            reports_dispersion=area_dispersion(pair[0]),
            records_dispersion=area_dispersion(pair[1]),
            alpha=policy.hotspots.alpha,
        )
        tables.append(
            found.astype(dict.fromkeys(counts, "Int64")).assign(
                reports_theme=reports,
                records_theme=records,
                area_code=found.index,
                first_month=str(half[0]),
                last_month=str(half[-1]),
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else None


def _areas(current: Current, level: Level) -> "gpd.GeoDataFrame":
    """Return the areas of the level, and those of smaller levels that lie in them."""
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.levels import parents_at

    own = current.areas[level]
    parts = [own[["area_code", "area_name", "geometry"]].assign(monitor_code=own["area_code"])]
    for finer in LEVELS[LEVELS.index(level) + 1 :]:
        if finer in current.areas:
            held = current.areas[finer]
            codes = pd.Index(held["area_code"])
            parents = parents_at(codes, level=finer, to=level, areas=current.areas)
            named = held[["area_code", "area_name"]].assign(monitor_code=parents.to_numpy())
            parts.append(named.dropna(subset="monitor_code").assign(level=finer))
    parts[0] = parts[0].assign(level=level)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=own.crs)


def _events(current: Current, level: Level, window: "pd.PeriodIndex") -> "pd.DataFrame":
    """Return events that may explain a break, each in the area of the level that it lies in."""
    import pandas as pd

    from hotspots.analysis.levels import parents_at

    names = ["kind", "name", "first_day", "last_day", "area_code"]
    every = current.holding("events")
    if every is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in names})
    inside = (every["start"] <= window[-1].end_time) & (every["end"] >= window[0].start_time)
    events = every[inside & every["kind"].isin(EXPLAINING)].copy()
    where = pd.Series(None, index=events.index, dtype="object")
    for finer in LEVELS[LEVELS.index(level) :]:
        held = events[events["level"] == finer]
        if finer not in current.areas or held.empty:
            continue
        codes = pd.Index(held["area_code"].unique())
        parents = parents_at(codes, level=finer, to=level, areas=current.areas)
        where[held.index] = held["area_code"].map(parents)
    # An event that lies in none of the areas cannot be told of the whole city.
    lost = where.isna() & events["area_code"].notna() & (events["level"] != "municipality")
    events = events.assign(
        area_code=where.astype("str"),
        first_day=events["start"].dt.strftime("%Y-%m-%d"),
        last_day=events["end"].dt.strftime("%Y-%m-%d"),
    )[~lost]
    return events.sort_values(["first_day", "name"], ignore_index=True)[names]
