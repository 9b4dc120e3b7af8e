"""Counts per theme, whole year and area: what the public figures of a run are made from."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import months_between
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.histories import History, public_level
from hotspots.policy import Policy
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_DECEMBER = 12
_ABOVE: dict[Level, Level] = {"wijk": "stadsdeel"}


def yearly_counts(
    current: Current,
    policy: Policy,
    until: date,
    public: Mapping[Level, Mapping[str, History]],
) -> "pd.DataFrame | None":
    """Return the result `yearly_counts`; none where there is nothing to make it from.

    Parameters
    ----------
    public
        What :func:`~hotspots.pipeline.histories.public_histories` returns.
    """
    import pandas as pd

    level = public_level(current, policy)
    if level is None:
        return None
    names = _names(current, level)
    parts = []
    for theme, history in public[level].items():
        delivered_years = {int(month[:4]) for month in history.by_month}
        parts += [
            _of_year(history, year, names).assign(theme=theme, level=level)
            for year in _whole_years(policy, until)
            if year in delivered_years
        ]
    return pd.concat(parts, ignore_index=True) if parts else None


def _whole_years(policy: Policy, until: date) -> range:
    last = until.year if (until.month, until.day) == (_DECEMBER, 31) else until.year - 1
    return range(last - policy.publication.years + 1, last + 1)


def _names(current: Current, level: Level) -> "pd.DataFrame":
    """Return the areas of a level with the larger area that each lies in."""
    import pandas as pd

    from hotspots.analysis.levels import parents_at

    areas: gpd.GeoDataFrame = current.areas[level]
    codes = pd.Index(areas["area_code"])
    above = _ABOVE.get(level)
    if above is None or above not in current.areas:
        parents = pd.Series(None, index=codes, dtype="str")
        called: dict[str, str] = {}
    else:
        parents = parents_at(codes, level=level, to=above, areas=current.areas)
        larger = current.areas[above]
        called = dict(zip(larger["area_code"], larger["area_name"], strict=True))
    return pd.DataFrame(
        {
            "area_code": codes,
            "area_name": areas["area_name"].to_numpy(),
            "parent_code": parents.to_numpy(),
            "parent_name": parents.map(called).astype("str").to_numpy(),
        }
    )


def _of_year(history: History, year: int, names: "pd.DataFrame") -> "pd.DataFrame":
    """Return what was counted in a year per area; unknown where a month of it is."""
    import pandas as pd

    months = months_between(f"{year}-01", f"{year}-12")
    wanted = pd.PeriodIndex(months, freq="M")
    counted = history.monthly.reindex(columns=wanted).sum(axis=1, skipna=False)
    held = [history.by_month[month] for month in months if month in history.by_month]
    return names.assign(
        year=year,
        count=counted.reindex(names["area_code"]).astype("Int64").to_numpy(),
        missing_months=" ".join(month for month in months if month not in history.by_month),
        source=", ".join(sorted({each.source for each in held})),
    )
