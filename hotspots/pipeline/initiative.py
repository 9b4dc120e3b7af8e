"""Incidents of the ranked theme by who began: what to know beside counts that do not tell it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.incidents import held_months
from hotspots.pipeline.exploring import Frozen
from hotspots.policy import Policy
from hotspots.records import Question

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Begun:
    """Incidents of a theme over some months (``YYYY-MM``), by who began."""

    sources: tuple[str, ...]
    first_month: str
    last_month: str
    count: int
    count_police: int
    count_initiator_unknown: int


def initiative_of(current: Current, policy: Policy, until: date) -> "pd.DataFrame | None":
    """Return the result `initiative`; None where no incident of the theme was delivered."""
    import pandas as pd

    theme = policy.priorities.theme
    by_month = held_months(current, policy, theme, until)
    if not by_month:
        return None
    rows = current.rows_of(theme, by_month)
    begun = pd.crosstab(rows["month"], rows["initiator"]).reindex(
        index=sorted(by_month), columns=["citizen", "police", "unknown"], fill_value=0
    )
    return pd.DataFrame(
        {
            "theme": theme,
            "month": begun.index.to_numpy(),
            "source": [by_month[month].source for month in begun.index],
            "count": begun.sum(axis=1).to_numpy(),
            "count_police": begun["police"].to_numpy(),
            "count_initiator_unknown": begun["unknown"].to_numpy(),
        }
    )


def begun_beside(
    run: Frozen, question: Question, *, first_year: int, last_year: int
) -> Begun | None:
    """Return the incidents delivered beside what was counted, over the same years and months.

    Returns
    -------
    Begun or None
        None where no incident of the theme was delivered in them, or the run is of an older
        version.
    """
    if not {"initiative", "months"} <= run.record.results.keys():
        return None
    table, counted = run.table("initiative"), run.table("months")
    known = counted[(counted["theme"] == question.theme) & (counted["status"] == "delivered")]
    here = table[
        (table["theme"] == question.theme)
        & table["month"].isin(known["month"])
        & table["month"].str[:4].astype("int64").between(first_year, last_year)
    ]
    if not here["count"].sum():
        return None
    figures = {name: int(here[name].sum()) for name in _FIGURES}
    return Begun(
        sources=tuple(sorted(here["source"].unique())),
        first_month=here["month"].min(),
        last_month=here["month"].max(),
        **figures,
    )


_FIGURES = ("count", "count_police", "count_initiator_unknown")
