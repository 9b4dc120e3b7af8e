"""Reports of citizens beside records of the police on the same nuisance, per area."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.incidents import Ask, incidents_of
from hotspots.pipeline.sequences import ALERT_LEVELS
from hotspots.policy import Policy

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_YEAR = 12


def sources_of(current: Current, policy: Policy, asks: list[Ask]) -> "Mapping[str, pd.DataFrame]":
    """Return every pair of sources of the policy, compared per area; nothing without a pair.

    The last months are compared with the same calendar months a year before; a pair without a
    month that both sources delivered in both years is left out.
    """
    import pandas as pd

    by_theme = {ask.theme: ask for ask in asks}
    level = next((each for each in ALERT_LEVELS if each in current.areas), None)
    pairs = [
        (by_theme[reports], by_theme[records])
        for records, reports in policy.sources.pairs.items()
        if reports in by_theme and records in by_theme
    ]
    pairs = [pair for pair in pairs if _comparable(*pair, policy)]
    if level is None or not pairs:
        return {}
    areas = current.areas[level]
    tables = [
        _compared(current, areas[areas.geometry.notna()], reports, records, policy)
        for reports, records in pairs
    ]
    return {"sources": pd.concat(tables, ignore_index=True).assign(level=level)}


def _periods(ask: Ask, policy: Policy) -> "tuple[pd.PeriodIndex, pd.PeriodIndex]":
    """Return the last months, and the same calendar months one or more years before."""
    import pandas as pd

    months = policy.sources.pair_months
    now = pd.period_range(end=pd.Period(ask.period[1], freq="M"), periods=months, freq="M")
    return now, now - _YEAR * math.ceil(months / _YEAR)


def _comparable(reports: Ask, records: Ask, policy: Policy) -> bool:
    pairs = zip(*_periods(reports, policy), strict=True)
    both = reports.held.keys() & records.held.keys()
    return any({str(month), str(earlier)} <= both for month, earlier in pairs)


def _compared(
    current: Current, areas: "gpd.GeoDataFrame", reports: Ask, records: Ask, policy: Policy
) -> "pd.DataFrame":
    from hotspots.analysis.change import area_dispersion
    from hotspots.analysis.contradiction import compare_sources

    now, before = _periods(reports, policy)
    monthly = [_monthly(current, areas, ask) for ask in (reports, records)]
    found = compare_sources(
        *monthly,
        now=now,
        before=before,
        reports_dispersion=area_dispersion(monthly[0]),
        records_dispersion=area_dispersion(monthly[1]),
        alpha=policy.hotspots.alpha,
    )
    names = areas.set_index("area_code")["area_name"]
    return found.assign(
        reports_theme=reports.theme,
        records_theme=records.theme,
        area_code=found.index,
        area_name=names.reindex(found.index),
        first_month=str(now[0]),
        last_month=str(now[-1]),
    )


def _monthly(current: Current, areas: "gpd.GeoDataFrame", ask: Ask) -> "pd.DataFrame":
    """Return incidents per area and delivered month; an area without one has none.

    Stacked locations are left out: what is booked on a police station happened elsewhere.
    """
    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.clusters import off_stacks

    every = incidents_of(current, ask.theme, ask.held)
    incidents = every[off_stacks(every["x"].to_numpy(), every["y"].to_numpy())]
    points = gpd.GeoSeries.from_xy(incidents["x"], incidents["y"], crs=areas.crs)
    code = which_area(areas, gpd.GeoDataFrame(geometry=points)).map(areas["area_code"])
    months = pd.PeriodIndex(sorted(ask.held), freq="M")
    counts = pd.crosstab(code, pd.PeriodIndex(incidents["month"], freq="M"))
    return counts.reindex(index=areas["area_code"], columns=months, fill_value=0)
