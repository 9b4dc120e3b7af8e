"""What is known of one area: its figures, what it is, and how firm the evidence is."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.clusters import STACK_SHARE
from hotspots.analysis.polygons import Area
from hotspots.results.codes import Grade, PolygonKind

Remark = Literal["significant", "stack", "stack_inside", "one_night", "few_incidents"]
"""Reason code: what a sentence about a polygon must say."""

METHODS = ("gi_star", "density", "clusters", "scan")
"""The methods that can point at a polygon, in the order in which they are listed.

Local Moran is not among them: of cells that are high themselves it repeats the test of Gi*.
"""
TOP_DENSITY_SHARE = 0.05
"""Density points at a polygon that touches this densest share of the study cells."""
HELD_SHARE = 0.5
"""Clusters and scan point at a polygon of which they hold this share of the incidents."""
NIGHT_SHARE = 0.5
"""From this share of its incidents in one night of the year, an area is hot on that night."""
KNOWN_SHARE = 0.5
"""A share of incidents is not shown where the answer is known of fewer than this share."""
FIRM_SUPPORT, WEAK_SUPPORT, MANY_METHODS = 0.8, 0.5, 4
"""See :func:`grade_of`."""

_NIGHT_BEGINS, _NIGHT_ENDS = 18, 6


def grade_of(*, agreement: int, methods_run: int, support: float) -> Grade:
    """Grade how firm a tested area is, by the methods that point at it and by its support.

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
    Grade
        Its grade.
    """
    if 2 * agreement < methods_run or support < WEAK_SUPPORT:
        return "weak"
    agreed = agreement >= (methods_run - 1 if methods_run >= MANY_METHODS else methods_run)
    steady = np.isnan(support) or support >= FIRM_SUPPORT
    return "firm" if agreed and steady else "fair"


def nights(occurred_at: pd.Series) -> "pd.Categorical[str]":
    """Return the evening (``MM-DD``) of the night of each moment.

    Parameters
    ----------
    occurred_at
        Local time without zone, missing where unknown.

    Returns
    -------
    pandas.Categorical
        Texts, the categories in order; empty by day, missing where unknown.
    """
    evening = pd.to_datetime(occurred_at) - pd.Timedelta(hours=_NIGHT_ENDS)
    by_night = evening.dt.hour >= _NIGHT_BEGINS - _NIGHT_ENDS
    named = evening.dt.strftime("%m-%d").where(by_night, "")
    return pd.Categorical(named.where(occurred_at.notna(), None))


def figures_of(
    area: Area, held: pd.DataFrame, cells: pd.DataFrame, *, few_incidents: int
) -> dict[str, object]:
    """Return what is known of one area.

    Parameters
    ----------
    area
        The area.
    held
        Its incidents: `place`, `on_stack`, `month`, `night` (see :func:`nights`), `initiator`,
        and for each of `clusters` and `scan` that was run whether it holds the incident.
    cells
        Its cells: `gi_star_z`, `p_hot`, `q_hot` and `dense` (whether among the densest).
    few_incidents
        Fewer incidents than this: a remark.

    Returns
    -------
    dict
        The columns of :func:`~hotspots.analysis.evidence.hotspot_evidence` that one area tells.
    """
    night_share, night = _one_night(held)
    stack_share = _stack_share(held)
    points_here = _points_here(area, held, cells)
    remarks: dict[Remark, bool] = {
        "significant": area.tested,
        "stack": stack_share >= STACK_SHARE,
        "stack_inside": stack_share < STACK_SHARE and bool(held["on_stack"].any()),
        "one_night": night_share >= NIGHT_SHARE,
        "few_incidents": len(held) < few_incidents,
    }
    return {
        "kind": _kind(held[~held["on_stack"]]) if area.tested else "stack",
        "count": len(held),
        "stacked_count": int(held["on_stack"].sum()),
        "area_km2": float(shapely.area(area.geometry)) / 1e6,
        "gi_star_z": cells["gi_star_z"].max() if area.tested else np.nan,
        "p_value": cells["p_hot"].min() if area.tested else np.nan,
        "q_value": cells["q_hot"].min() if area.tested else np.nan,
        "methods": " ".join(name for name in points_here if points_here[name]),
        "methods_run": len(points_here),
        "agreement": sum(points_here.values()),
        "stack_share": stack_share,
        "one_night_share": night_share,
        "one_night": night,
        "proactive_share": _proactive_share(held["initiator"]),
        "months_with_incidents": held["month"].nunique(),
        "remarks": " ".join(code for code in get_args(Remark) if remarks[code]),
        "geometry": area.geometry,
    }


def _points_here(area: Area, held: pd.DataFrame, cells: pd.DataFrame) -> dict[str, bool]:
    """Tell of every method that was run whether it points at an area."""
    says = {
        "gi_star": area.tested,
        "density": bool(cells["dense"].any()),
    }
    asked = [name for name in ("clusters", "scan") if name in held]
    return says | {name: _most(held[name]) for name in asked}


def _most(marked: pd.Series) -> bool:
    return bool(len(marked)) and bool(marked.mean() >= HELD_SHARE)


def _kind(tested: pd.DataFrame) -> PolygonKind:
    """Name a significant area for what it is, by the incidents that made it so."""
    if not len(tested) or _stack_share(tested) >= STACK_SHARE:
        return "stack"
    return "one_night" if _one_night(tested)[0] >= NIGHT_SHARE else "hotspot"


def _stack_share(held: pd.DataFrame) -> float:
    """Return the largest share on one location."""
    if not len(held):
        return 0.0
    times = np.unique(held["place"].to_numpy(), return_counts=True)[1]
    return float(times.max() / len(held))


def _one_night(held: pd.DataFrame) -> tuple[float, str | None]:
    """Return the largest share in one night of the year and its evening, as far as known."""
    night = pd.Categorical(held["night"])
    evenings, code = night.categories, night.codes
    known = code[code >= 0]
    if len(known) < KNOWN_SHARE * len(held) or not len(known):
        return np.nan, None
    times = np.bincount(known, minlength=len(evenings)) * (evenings != "")
    if not times.any():
        return 0.0, None
    return float(times.max() / len(known)), str(evenings[int(times.argmax())])


def _proactive_share(initiator: pd.Series) -> float:
    """Return the share that police or enforcement began, as far as known."""
    known = initiator[initiator != "unknown"]
    if len(known) < KNOWN_SHARE * len(initiator):
        return np.nan
    return float((known == "police").mean())
