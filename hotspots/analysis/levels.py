"""From counts as delivered to one row per area and one column per month, at any level."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.schemas import Level

if TYPE_CHECKING:
    import pandas as pd

_PREFIX_LENGTH: dict[Level, int] = {"municipality": 4, "wijk": 6, "buurt": 8}
_PREFIX: dict[Level, str] = {"municipality": "GM", "wijk": "WK", "buurt": "BU"}


def monthly_counts(
    counts: "pd.DataFrame", *, areas: "pd.Index", months: "pd.PeriodIndex", zeros_omitted: bool
) -> "pd.DataFrame":
    """Lay counts of one theme out by area and month.

    Parameters
    ----------
    counts
        `area_code`, `month` (``YYYY-MM``) and `count`; several rows of a cell are added up.
    areas
        Codes that the delivery knows: an area without a row for this theme is among them.
    months
        Months that were delivered.
    zeros_omitted
        Whether the source leaves out zeros: then a cell without a row is 0, else unknown.

    Returns
    -------
    pandas.DataFrame
        Incidents, shape (areas, months); missing where unknown.
    """
    import pandas as pd

    table = counts.groupby(["area_code", "month"])["count"].sum().unstack("month")
    table.columns = pd.PeriodIndex(table.columns, freq="M")
    table = table.reindex(index=areas, columns=months).astype("float64")
    return table.fillna(0.0) if zeros_omitted else table


def roll_up(monthly: "pd.DataFrame", parents: "pd.Series") -> "pd.DataFrame":
    """Add areas up to the areas they lie in; a month in which a part is unknown is unknown.

    Parameters
    ----------
    monthly
        Incidents, shape (areas, months); missing where unknown.
    parents
        Code of the larger area per code in the index of `monthly`; missing where there is none.

    Returns
    -------
    pandas.DataFrame
        Incidents, shape (larger areas, months).
    """
    placed = parents.reindex(monthly.index).dropna()
    groups = monthly.loc[placed.index].groupby(placed)
    unknown = monthly.loc[placed.index].isna().groupby(placed).any()
    return groups.sum().mask(unknown)


def parents_at(
    codes: "pd.Index", *, level: Level, to: Level, areas: "Mapping[Level, pd.DataFrame]"
) -> "pd.Series":
    """Return for each code the code of the area at level `to` that it lies in.

    CBS codes nest by their digits (``BU051829xx`` in ``WK051829`` in ``GM0518``); other levels
    nest by the `parent_code` that came with the areas, also by way of a level between.

    Parameters
    ----------
    codes
        Area codes at `level`.
    areas
        Areas per level that was delivered: `area_code` and `parent_code`.

    Returns
    -------
    pandas.Series
        Codes of areas that exist at level `to`, indexed by `codes`; missing where none is known.
    """
    import pandas as pd

    wanted = areas[to]["area_code"]
    if level == to:
        found = pd.Series(codes, index=codes, dtype="str")
        return found.where(found.isin(wanted))
    found = pd.Series(None, index=codes, dtype="str")
    if level in areas:
        stated = areas[level].set_index("area_code")["parent_code"].reindex(codes)
        found = stated.where(stated.isin(wanted))
    if level in _PREFIX and to in _PREFIX and _PREFIX_LENGTH[to] < _PREFIX_LENGTH[level]:
        digits = pd.Series(codes, index=codes, dtype="str").str[2 : 2 + _PREFIX_LENGTH[to]]
        nested = _PREFIX[to] + digits
        return found.fillna(nested.where(nested.isin(wanted)))
    if level == "buurt" and "wijk" in areas:
        between = parents_at(codes, level="buurt", to="wijk", areas=areas)
        onward = parents_at(pd.Index(between.dropna().unique()), level="wijk", to=to, areas=areas)
        found = found.fillna(between.map(onward))
    return found
