"""What is known of one area: its figures, and what it is."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.calendar import NIGHT_ENDS_HOUR
from hotspots.analysis.clusters import STACK_SHARE
from hotspots.analysis.polygons import Area
from hotspots.results.codes import PolygonKind

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

_NIGHT_BEGINS_HOUR = 18


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
    evening = pd.to_datetime(occurred_at) - pd.Timedelta(hours=NIGHT_ENDS_HOUR)
    by_night = evening.dt.hour >= _NIGHT_BEGINS_HOUR - NIGHT_ENDS_HOUR
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
        The columns of :func:`~hotspots.analysis.hotspot_table.hotspot_table` that one area tells.
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
        **_firmest(cells, tested=area.tested),
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


def _firmest(cells: pd.DataFrame, *, tested: bool) -> dict[str, float]:
    """Return the test of the firmest cell; a cell that was filled in is never the one."""
    if not tested:
        return dict.fromkeys(("gi_star_z", "p_value", "q_value"), np.nan)
    z, p_value, q_value = (cells[name].to_numpy() for name in ("gi_star_z", "p_hot", "q_hot"))
    at = np.lexsort([-z, q_value])[0]
    return {"gi_star_z": z[at], "p_value": p_value[at], "q_value": q_value[at]}


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
    begun = initiator.to_numpy(object)
    known = begun[begun != "unknown"]
    if len(known) < KNOWN_SHARE * len(begun):
        return np.nan
    return float(np.mean(known == "police"))
