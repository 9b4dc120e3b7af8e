"""The course of nuisance under an area measure, by month and by hour of the week."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, get_args

from hotspots.months import MONTHS_IN_A_YEAR
from hotspots.results.bans import MeasureZone

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.pipeline.bans.case import Case

    Bools = npt.NDArray[np.bool_]

_ZONES: tuple[MeasureZone, ...] = get_args(MeasureZone)


def course_of(case: "Case") -> "pd.DataFrame":
    """Return the monthly incidents by zone and theme, of every month that was delivered.

    Parameters
    ----------
    case
        The area and its incidents.

    Returns
    -------
    pandas.DataFrame
        `code`, `zone`, `theme`, `month`, `incidents`.
    """
    import numpy as np
    import pandas as pd

    nuisance, zone = case.nuisance, case.zone
    which = case.counted & nuisance.by_others & (zone >= 0)
    rows, months = nuisance.rows[which], len(nuisance.known)
    size = len(_ZONES), len(nuisance.themes), months
    at = np.ravel_multi_index(
        (zone[which], rows["theme"].to_numpy(np.int64), rows["at"].to_numpy(np.int64)), size
    )
    index = pd.MultiIndex.from_product(
        [_ZONES, nuisance.themes, nuisance.known.astype(str)], names=["zone", "theme", "month"]
    )
    counts = np.bincount(at, minlength=len(index))
    course = pd.DataFrame({"incidents": counts}, index=index).reset_index()
    return course.assign(code=case.area.code)


def week_of(case: "Case") -> "pd.DataFrame":
    """Return when in the week it happens, also outside the hours in which the measure works.

    Of the months under review; of the last year where there are none yet.

    Parameters
    ----------
    case
        The area and its incidents.

    Returns
    -------
    pandas.DataFrame
        `code`, `weekday`, `hour`, `weight`; hours without any are left out.
    """
    import numpy as np
    import pandas as pd

    from hotspots.analysis.hours import hour_profile

    nuisance = case.nuisance
    months = case.now if len(case.now) else nuisance.known[-MONTHS_IN_A_YEAR:]
    rows = nuisance.rows[(case.zone == 0) & nuisance.by_others & nuisance.during(months)]
    start, end = (rows[each].to_numpy("datetime64[s]") for each in ("start", "end"))
    weights = hour_profile(start, end, np.zeros(len(rows), dtype=np.int64), n_groups=1).weights[0]
    weekday, hour = np.nonzero(weights)
    return pd.DataFrame(
        {
            "code": case.area.code,
            "weekday": weekday,
            "hour": hour,
            "weight": weights[weekday, hour],
        }
    )


def compared_sources(
    cases: "Sequence[Case]", pairs: "Sequence[tuple[str, str]]", *, alpha: float
) -> "pd.DataFrame":
    """Lay reports of citizens and records of the police in each area side by side.

    The last year against the year before, in the months of the year and the hours of the day in
    which a measure works. All that lies outside the areas is the rest of the city.

    Parameters
    ----------
    cases
        Areas of one kind, on the same incidents.
    pairs
        Themes of reports and of records on the same nuisance.
    alpha
        Expected share of false claims.

    Returns
    -------
    pandas.DataFrame
        One row per area and pair, with `code`, `reports`, `records`, `first_month`, `last_month`
        and the columns of :func:`hotspots.analysis.contradiction.compare_sources`.
    """
    import pandas as pd

    from hotspots.analysis.change import area_dispersion
    from hotspots.analysis.contradiction import compare_sources

    nuisance = cases[0].nuisance
    now = nuisance.known[nuisance.known > nuisance.known[-1] - MONTHS_IN_A_YEAR]
    inside = [case.inside for case in cases]
    outside = nuisance.by_others & ~_any(case.zone == 0 for case in cases)
    codes = [case.area.code for case in cases]
    of_area = [nuisance.monthly(which) for which in (*inside, outside)]
    found = []
    for reports, records in pairs:
        monthly = [
            pd.DataFrame([each.loc[theme] for each in of_area], index=[*codes, _REST])
            for theme in (reports, records)
        ]
        spread = [area_dispersion(each) for each in monthly]
        table = compare_sources(
            *(_in_season(each, cases) for each in monthly),
            now=now,
            before=now - MONTHS_IN_A_YEAR,
            reports_dispersion=spread[0],
            records_dispersion=spread[1],
            alpha=alpha,
        )
        found.append(
            table.loc[codes].assign(
                code=codes,
                reports=reports,
                records=records,
                first_month=str(now[0]),
                last_month=str(now[-1]),
            )
        )
    return pd.concat(found, ignore_index=True)


_REST = ""
"""Stands for all that lies outside the areas."""


def _any(each: "Iterable[Bools]") -> "Bools":
    import numpy as np

    return np.asarray(np.logical_or.reduce(list(each)))


def _in_season(monthly: "pd.DataFrame", cases: "Sequence[Case]") -> "pd.DataFrame":
    """Return counts without the months in which the measure of an area does not work."""
    import pandas as pd

    from hotspots.pipeline.bans.case import season_months

    known, months = monthly.astype("float64"), pd.PeriodIndex(monthly.columns).month
    for case in cases:
        idle = ~months.isin(season_months(case.area))
        known.loc[case.area.code, idle] = float("nan")
    return known
