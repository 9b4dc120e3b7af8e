"""Calendar months, written ``YYYY-MM``."""

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def month_number(month: str) -> int:
    """Return a month (``YYYY-MM``) as the number of months since year 0."""
    year, number = map(int, month.split("-"))
    return 12 * year + number - 1


def month_numbers(months: "pd.Series") -> "npt.NDArray[np.int64]":
    """Return the numbers of a column of months; each distinct one is worked out once."""
    import numpy as np
    import pandas as pd

    place, distinct = pd.factorize(months)
    return np.array([month_number(each) for each in distinct], dtype=np.int64)[place]


def month_name(number: int) -> str:
    """Return the month (``YYYY-MM``) of a number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def last_day_of(month: str) -> date:
    """Return the last day of a month (``YYYY-MM``)."""
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def ends_by(month: str, until: date) -> bool:
    """Return whether a month (``YYYY-MM``) has ended on the cut-off date."""
    return last_day_of(month) <= until


def last_whole_month(until: date) -> int:
    """Return the number of the last month that has ended on a day."""
    month = f"{until:%Y-%m}"
    return month_number(month) - (not ends_by(month, until))
