"""How firm a hotspot is: the methods that point at it, and how steadily it is found."""

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.results.codes import Grade

FIRM_SUPPORT, WEAK_SUPPORT, MANY_METHODS = 0.8, 0.5, 4
"""See :func:`grade_of`."""
LEAST_METHODS = 3
"""Fewer methods than this cannot disagree enough to grade by: one of them drew the area."""


def grade_of(*, agreement: int, methods_run: int, support: float) -> Grade | None:
    """Grade how firm a tested area is, by the methods that point at it and by its support.

    - None: fewer than :data:`LEAST_METHODS` methods were run, and nothing was resampled. The test
      that drew the area always points at it, and where many incidents lie together the density
      nearly always does: a grade of these two would be the same for every area.
    - ``weak``: fewer than half of the methods that were run point here, or it is found in fewer
      than :data:`WEAK_SUPPORT` of the resamples of months.
    - ``firm``: all of them point here, or all but one where at least :data:`MANY_METHODS` were
      run; and it is found in at least :data:`FIRM_SUPPORT` of the resamples, where there are any.
    - ``fair``: what lies between.

    The methods look at the same incidents: that they agree does not multiply the evidence.
    Agreement says that the area does not hang on one way of looking, support
    that it does not hang on a few months.

    Parameters
    ----------
    agreement
        Number of methods that point at the area.
    methods_run
        Number of methods that were run.
    support
        Share of resamples that find it; not a number where nothing was resampled.

    Returns
    -------
    Grade or None
        Its grade.
    """
    if methods_run < LEAST_METHODS and np.isnan(support):
        return None
    if 2 * agreement < methods_run or support < WEAK_SUPPORT:
        return "weak"
    agreed = agreement >= (methods_run - 1 if methods_run >= MANY_METHODS else methods_run)
    steady = np.isnan(support) or support >= FIRM_SUPPORT
    return "firm" if agreed and steady else "fair"


def grades(hotspots: gpd.GeoDataFrame) -> pd.Series:
    """Return the grade of each hotspot.

    Parameters
    ----------
    hotspots
        `q_value` (missing where not tested), `agreement`, `methods_run` and `support`.

    Returns
    -------
    pandas.Series
        On the same index; missing where not tested, and where :func:`grade_of` gives none.
    """
    columns = (hotspots[name] for name in ("q_value", "agreement", "methods_run", "support"))
    given = [
        None
        if np.isnan(q_value)
        else grade_of(agreement=agreement, methods_run=methods_run, support=support)
        for q_value, agreement, methods_run, support in zip(*columns, strict=True)
    ]
    return pd.Series(given, index=hotspots.index, dtype="str")
