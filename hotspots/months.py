"""Calendar months, written ``YYYY-MM``, and the one rule on how periods are compared."""

import math
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


MONTHS_IN_A_YEAR = 12


def years_back(months: int) -> int:
    """Return how many months before a period of so many months the one to compare it with lies.

    They are as few whole years as keep the two apart: the same calendar months, none in both.
    """
    return MONTHS_IN_A_YEAR * math.ceil(months / MONTHS_IN_A_YEAR)


def month_number(month: str) -> int:
    """Return a month (``YYYY-MM``) as the number of months since year 0."""
    year, number = map(int, month.split("-"))
    return MONTHS_IN_A_YEAR * year + number - 1


def month_numbers(months: "pd.Series") -> "npt.NDArray[np.int64]":
    """Return the numbers of a column of months; each distinct one is worked out once."""
    import numpy as np
    import pandas as pd

    place, distinct = pd.factorize(months)
    return np.array([month_number(each) for each in distinct], dtype=np.int64)[place]


def month_name(number: int) -> str:
    """Return the month (``YYYY-MM``) of a number."""
    year, before = divmod(number, MONTHS_IN_A_YEAR)
    return f"{year:04d}-{before + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """Return every month (``YYYY-MM``) from one to another, both among them."""
    return [month_name(each) for each in range(month_number(first), month_number(last) + 1)]


def stretches(months: Iterable[str]) -> list[tuple[str, str]]:
    """Return the first and last month (``YYYY-MM``) of every unbroken run of months."""
    found: list[tuple[str, str]] = []
    for month in sorted(months):
        if found and month_number(month) == month_number(found[-1][1]) + 1:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


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
