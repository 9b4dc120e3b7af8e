"""How much of what a ranking counts the police recorded on their own initiative."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def initiative(
    monthly: "pd.DataFrame",
    without_police: "pd.DataFrame | None",
    unknown: "pd.DataFrame | None",
    *,
    first_year: int,
    last_year: int,
) -> "pd.DataFrame":
    """Count per area what the police recorded on their own initiative, as far as that is told.

    Parameters
    ----------
    monthly
        Incidents, one row per area and one column per month (``PeriodIndex``).
    without_police
        The same without those on the initiative of the police; absent where nothing tells.
    unknown
        The incidents of which it is not known who began; absent where nothing tells.
    first_year, last_year
        The years counted together, both included.

    Returns
    -------
    pandas.DataFrame
        On the index of `monthly`: `count_police`, missing where it cannot be told, which it
        cannot either where the initiator of every incident is unknown; and
        `count_initiator_unknown`, missing where nothing tells.
    """
    import pandas as pd

    period = pd.period_range(f"{first_year}-01", f"{last_year}-12", freq="M")

    def counted(counts: "pd.DataFrame | None") -> "pd.Series":
        if counts is None:
            return pd.Series(float("nan"), index=monthly.index)
        inside = counts.reindex(index=monthly.index, columns=period)
        return inside.sum(axis=1, min_count=1)

    every, others, untold = (counted(each) for each in (monthly, without_police, unknown))
    told = untold.lt(every) | every.eq(0)
    columns = {"count_police": (every - others).where(told), "count_initiator_unknown": untold}
    return pd.DataFrame(columns, index=monthly.index).astype("Int64")
