"""What a result rests on, noted where the result is made."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.months import months_between
from hotspots.records import Delivery
from hotspots.results.codes import Part, Resting

if TYPE_CHECKING:
    import pandas as pd


def basis_of(
    result: Resting,
    theme: str,
    period: tuple[str, str],
    held: Mapping[str, Delivery],
    counts: Mapping[str, int],
    *,
    part: Part = "now",
) -> "pd.DataFrame":
    """Return the row of a result in the basis of its run.

    Parameters
    ----------
    period
        First and last month (``YYYY-MM``) that were looked at.
    held
        The delivery that holds per month, of the period and of others.
    counts
        `incidents` delivered in the period, and by column how many of them were left out.
    """
    import pandas as pd

    months = months_between(*period)
    sources = {held[month].source for month in months if month in held}
    return pd.DataFrame(
        [
            {
                "result": result,
                "theme": theme,
                "months": len(months),
                "part": part,
                "first_month": period[0],
                "last_month": period[1],
                "missing_months": " ".join(month for month in months if month not in held),
                "sources": "; ".join(sorted(source.replace(";", ",") for source in sources)),
                **counts,
            }
        ]
    )
