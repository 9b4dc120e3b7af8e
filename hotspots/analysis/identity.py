"""Which polygon of this run is which of the run before: new, continued, split, merged, gone."""

from dataclasses import dataclass
from itertools import count

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.grid import Floats, Ints
from hotspots.results.codes import Lineage

SAME_SHARE = 0.3
"""Two polygons are the same place when they share this part of the smaller one."""


@dataclass(frozen=True)
class Identified:
    """Polygons with their name and what they come from.

    Parameters
    ----------
    table
        On the index of the polygons found: `hotspot_id`, `lineage`
        (:data:`~hotspots.results.codes.Lineage`) and `predecessors` (ids joined by spaces, rising).
    gone
        Ids of the polygons before without a successor, rising.
    """

    table: pd.DataFrame
    gone: list[str]


def identify(found: gpd.GeoSeries, before: gpd.GeoSeries | None, *, prefix: str) -> Identified:
    """Name the polygons of this run after those of the run before.

    Two polygons are the same place when they share at least :data:`SAME_SHARE` of the smaller
    one. The smaller one decides, for a hotspot grows and shrinks with the number of incidents: of
    one that shrinks to a quarter little more than a quarter is shared of what both cover, and it
    still is the same place. A place found with one before is *continued*; with several it is
    *merged*; one of several with the same one before is *split*; both at once is *merged*. Its
    predecessors are all that it is the same place as.

    An id passes from pair to pair, the pair that shares most first, when neither has passed its
    own on or got one. So a continued place keeps its id, the largest part of a split keeps it,
    and a merged place takes the id of the one it shares most with; every other place gets an id
    that no place had.

    Parameters
    ----------
    found
        Polygons of this run in metres, in the order in which new ids are given.
    before
        Polygons of the run before, indexed by id, of the same theme and length of period; None
        when there was no run before.
    prefix
        What a new id starts with, and no id of an earlier run: ``36m-burglary-20251231`` gives
        ``36m-burglary-20251231-01``. With the cut-off date of the run in it, an id tells since
        when a place has been found, and no later run gives it again.

    Returns
    -------
    Identified
        The result does not depend on the order of `before`.

    Raises
    ------
    ValueError
        When an id occurs twice in `before`, or begins with `prefix`.
    """
    earlier = gpd.GeoSeries([], index=pd.Index([], dtype="str")) if before is None else before
    if not earlier.index.is_unique:
        raise ValueError("an id of the run before occurs twice")
    if any(str(name).startswith(f"{prefix}-") for name in earlier.index):
        raise ValueError(f"the run before gave ids that begin with {prefix}")
    earlier = gpd.GeoSeries(earlier.sort_index())
    new, old, shared = _same_places(found, earlier)
    ids = earlier.index.to_numpy(dtype=object)
    heir_of = _heirs(new, old, shared)
    fresh = (f"{prefix}-{number:02d}" for number in count(1))
    n_parts = np.bincount(old, minlength=len(earlier))
    rows = []
    for number in range(len(found)):
        came_from = np.sort(old[new == number])
        rows.append(
            {
                "hotspot_id": ids[heir_of[number]] if number in heir_of else next(fresh),
                "lineage": "first" if before is None else _lineage(n_parts[came_from]),
                "predecessors": " ".join(ids[came_from]),
            }
        )
    columns = ["hotspot_id", "lineage", "predecessors"]
    table = pd.DataFrame(rows, index=found.index, columns=columns, dtype="str")
    return Identified(table, ids[n_parts == 0].tolist())


def _same_places(found: gpd.GeoSeries, before: gpd.GeoSeries) -> tuple[Ints, Ints, Floats]:
    """Return the pairs that are the same place: number in each, and the area they share."""
    ours, theirs = found.to_numpy(), before.to_numpy()
    new, old = shapely.STRtree(theirs).query(ours, predicate="intersects")
    shared = shapely.area(shapely.intersection(ours[new], theirs[old]))
    smaller = np.minimum(shapely.area(ours[new]), shapely.area(theirs[old]))
    same = (shared > 0) & (shared >= SAME_SHARE * smaller)
    return new[same], old[same], shared[same]


def _heirs(new: Ints, old: Ints, shared: Floats) -> dict[int, int]:
    """Return whose id each polygon takes; of equals the first before, then the first found."""
    takes: dict[int, int] = {}
    passed: set[int] = set()
    for pair in np.lexsort([new, old, -shared]):
        heir, from_ = int(new[pair]), int(old[pair])
        if heir not in takes and from_ not in passed:
            takes[heir] = from_
            passed.add(from_)
    return takes


def _lineage(n_parts: Ints) -> Lineage:
    """Name a polygon by the number of successors of each of its predecessors."""
    if not len(n_parts):
        return "new"
    if len(n_parts) > 1:
        return "merged"
    return "split" if n_parts[0] > 1 else "continued"
