"""Reports of citizens beside records of the police on the same nuisance, per area."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.months import years_back
from hotspots.pipeline.basis import basis_of
from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.evidence.incidents import Ask, incidents_of
from hotspots.pipeline.evidence.sequences import ALERT_LEVELS
from hotspots.policy import Policy
from hotspots.results.codes import Part

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Bools = npt.NDArray[np.bool_]


def sources_of(current: Current, policy: Policy, asks: list[Ask]) -> "Mapping[str, pd.DataFrame]":
    """Return every pair of sources of the policy, compared per area; nothing without a pair.

    The last months are compared with the same calendar months a year before. Of a pair without a
    month that both sources delivered in both years nothing is known, and that is what is told.
    """
    import pandas as pd

    by_theme = {ask.theme: ask for ask in asks}
    level = next((each for each in ALERT_LEVELS if each in current.areas), None)
    pairs = [
        (by_theme[reports], by_theme[records])
        for records, reports in policy.sources.pairs.items()
        if reports in by_theme and records in by_theme
    ]
    if level is None or not pairs:
        return {}
    areas = current.areas[level]
    tables = [
        _compared(current, areas[areas.geometry.notna()], reports, records, policy)
        for reports, records in pairs
    ]
    bases = [_basis(current, ask, policy) for pair in pairs for ask in pair]
    return {
        "sources": pd.concat(tables, ignore_index=True).assign(level=level),
        # A theme may stand in several pairs.
        "basis": pd.concat(bases, ignore_index=True).drop_duplicates(ignore_index=True),
    }


def _basis(current: Current, ask: Ask, policy: Policy) -> "pd.DataFrame":
    """Return what a source of a pair rests on, now and before."""
    import pandas as pd

    every = incidents_of(current, ask.theme, ask.held)
    stacked = ~_off_stacks(every)
    rows = []
    parts: tuple[Part, Part] = ("now", "before")
    for part, months in zip(parts, _periods(ask, policy), strict=True):
        inside = every["month"].between(str(months[0]), str(months[-1])).to_numpy()
        rows.append(
            basis_of(
                "sources",
                ask.theme,
                (str(months[0]), str(months[-1])),
                ask.held,
                {"incidents": int(inside.sum()), "stacked": int((inside & stacked).sum())},
                part=part,
            )
        )
    return pd.concat(rows, ignore_index=True)


def _periods(ask: Ask, policy: Policy) -> "tuple[pd.PeriodIndex, pd.PeriodIndex]":
    """Return the last months, and the same calendar months one or more years before."""
    import pandas as pd

    months = policy.sources.pair_months
    now = pd.period_range(end=pd.Period(ask.period[1], freq="M"), periods=months, freq="M")
    return now, now - years_back(months)


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

    every = incidents_of(current, ask.theme, ask.held)
    incidents = every[_off_stacks(every)]
    points = gpd.GeoSeries.from_xy(incidents["x"], incidents["y"], crs=areas.crs)
    code = which_area(areas, gpd.GeoDataFrame(geometry=points)).map(areas["area_code"])
    months = pd.PeriodIndex(sorted(ask.held), freq="M")
    counts = pd.crosstab(code, pd.PeriodIndex(incidents["month"], freq="M"))
    return counts.reindex(index=areas["area_code"], columns=months, fill_value=0)


def _off_stacks(incidents: "pd.DataFrame") -> "Bools":
    from hotspots.analysis.clusters import off_stacks

    return off_stacks(incidents["x"].to_numpy(), incidents["y"].to_numpy())
