"""Boundaries that run along streets: snapped, listed street by street, cut back to a core."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import Bools, Floats, Ints, only_polygons

GRID_M = 0.01
"""Streets are noded to the centimetre."""

LEAST_ALONG_M = 1.0
"""A street is along or in an area from so much of its length; less is a corner."""

_ON_THE_LINE_M = 0.1

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Blocks:
    """What streets enclose, and the streets.

    Parameters
    ----------
    faces
        Polygons between streets that do not overlap, shape (blocks,).
    streets
        Lines with `street_name` (missing where unknown).
    """

    faces: Shapes
    streets: gpd.GeoDataFrame

    @cached_property
    def tree(self) -> STRtree:
        """Where the faces are."""
        return STRtree(self.faces)


@dataclass(frozen=True)
class Snapped:
    """An area that runs along streets.

    Parameters
    ----------
    shape
        The area, the streets it is enclosed by included up to their reach.
    blocks
        Positions of its blocks, rising.
    around
        Names of the streets that enclose it, as one meets them along its boundary.
    inside
        Names of the other streets in it, sorted.
    n_unnamed
        Streets along or in it without a name.
    off_street_m
        Length of its boundary where there is no street: the border of the municipality.
    """

    shape: BaseGeometry
    blocks: Ints
    around: tuple[str, ...]
    inside: tuple[str, ...]
    n_unnamed: int
    off_street_m: float


def street_blocks(streets: gpd.GeoDataFrame, *, frame: BaseGeometry | None = None) -> Blocks:
    """Cut a municipality into what its streets enclose.

    Parameters
    ----------
    streets
        Lines in metres with `street_name`.
    frame
        Polygon whose border closes what no street encloses, such as that of the municipality.

    Returns
    -------
    Blocks
        Faces of the noded network; dead ends enclose nothing.
    """
    lines = streets.geometry.to_numpy()
    if frame is not None:
        lines = np.append(lines, np.array([shapely.boundary(frame)], dtype=object))
    noded = shapely.union_all(lines, grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    if frame is not None and len(faces):
        shapely.prepare(frame)
        faces = faces[shapely.intersects(frame, shapely.point_on_surface(faces))]
    return Blocks(faces, streets[["street_name", streets.geometry.name]])


def snap(area: BaseGeometry, blocks: Blocks, *, reach_m: float) -> Snapped:
    """Return the area that runs along streets and is nearest to one that was drawn.

    It takes the blocks of which at least half lies in what was drawn, or else the one that shares
    most with it, and then every sliver that these, streets included, cover for half. So an area
    that was snapped stays as it is when it is snapped again.

    Parameters
    ----------
    area
        Polygon in metres.
    blocks
        Result of :func:`street_blocks`.
    reach_m
        Half of a street: how far the area reaches beyond the middle of the streets around it.

    Raises
    ------
    ValueError
        When no block shares anything with the area.
    """
    chosen = _half_in(area, blocks)
    if not len(chosen):
        raise ValueError("no street encloses any part of the area")
    while True:
        shape = _with_streets(blocks.faces[chosen], reach_m)
        grown = _half_in(shape, blocks)
        if len(grown) == len(chosen):
            return _described(shape, chosen, blocks)
        chosen = grown


def _half_in(area: BaseGeometry, blocks: Blocks) -> Ints:
    """Return the blocks at least half in an area, else the one that shares most with it."""
    near = np.sort(blocks.tree.query(area, predicate="intersects"))
    faces = blocks.faces[near]
    shared = shapely.area(shapely.intersection(faces, area))
    half = shared >= shapely.area(faces) / 2
    if not half.any() and shared.any():
        half = shared == shared.max()
    return np.asarray(near[half], dtype=np.int64)


def _with_streets(faces: Shapes, reach_m: float) -> BaseGeometry:
    joined = shapely.union_all(faces, grid_size=GRID_M)
    return only_polygons(shapely.buffer(joined, reach_m, join_style="mitre", mitre_limit=2))


def _described(shape: BaseGeometry, chosen: Ints, blocks: Blocks) -> Snapped:
    closed = shapely.union_all(blocks.faces[chosen], grid_size=GRID_M)
    border = shapely.boundary(closed)
    lines = blocks.streets.geometry.to_numpy()
    near = np.sort(blocks.streets.sindex.query(closed, predicate="dwithin", distance=1.0))
    parts = [
        shapely.intersection(lines[near], shapely.buffer(each, _ON_THE_LINE_M))
        for each in (border, closed)
    ]
    along, within = (shapely.length(each) >= LEAST_ALONG_M for each in parts)
    names = blocks.streets["street_name"].iloc[near]
    named = names.notna().to_numpy()
    ring = max(shapely.get_parts(border), key=shapely.length)
    at = shapely.line_locate_point(ring, shapely.centroid(parts[0][along & named]))
    in_order = names[along & named].to_numpy()[np.argsort(at, kind="stable")]
    around = tuple(dict.fromkeys(in_order.tolist()))
    inside = tuple(sorted(set(names[within & named]) - set(around)))
    covered = shapely.union_all(parts[0][along])
    left = shapely.difference(border, shapely.buffer(covered, 2 * _ON_THE_LINE_M))
    return Snapped(
        shape,
        chosen,
        around,
        inside,
        int((~named & (along | within)).sum()),
        float(shapely.length(left)),
    )


def core_of(
    members: Ints, blocks: Blocks, x: Floats, y: Floats, *, share: float, reach_m: float
) -> Ints:
    """Return the blocks of an area that are left when quiet ones are cut off, rim first.

    Blocks are taken off one by one, the one that loses fewest incidents for its size first, as
    long as what is left hangs together and holds a share of the incidents.

    Parameters
    ----------
    members
        Positions of the blocks of the area.
    blocks
        Result of :func:`street_blocks`.
    x, y
        Incidents in the area, metres.
    share
        Least share of the incidents that the core must hold.
    reach_m
        How far a block reaches beyond the middle of the streets around it.

    Returns
    -------
    numpy.ndarray
        Positions of the blocks of the core, rising; all of them without incidents.
    """
    faces = blocks.faces[members]
    reach = shapely.buffer(faces, reach_m)
    shapely.prepare(reach)
    holds = shapely.intersects_xy(reach[:, None], x[None], y[None])
    holds = holds[:, holds.any(axis=0)]
    least = share * holds.shape[1]
    if not holds.shape[1]:
        return members
    beside = _beside(faces)
    size = shapely.area(faces)
    kept = np.ones(len(faces), dtype=np.bool_)
    while kept.sum() > 1:
        times = holds[kept].sum(axis=0)
        lost = (holds & (times == 1)).sum(axis=1)
        left = (times > 0).sum()
        order = np.argsort(lost / size, kind="stable")
        cheap = order[kept[order] & (left - lost[order] >= least)].tolist()
        gone = next((at for at in cheap if _together(kept, at, beside)), None)
        if gone is None:
            break
        kept[gone] = False
    return members[kept]


def _beside(faces: Shapes) -> list[set[int]]:
    """Return per face the faces with which it shares a street, not only a corner."""
    one, other = STRtree(faces).query(faces, predicate="intersects")
    apart = one != other
    one, other = one[apart], other[apart]
    shared = shapely.length(
        shapely.intersection(shapely.boundary(faces[one]), shapely.boundary(faces[other]))
    )
    beside: list[set[int]] = [set() for _ in faces]
    for a, b in zip(one[shared > 0].tolist(), other[shared > 0].tolist(), strict=True):
        beside[a].add(b)
    return beside


def _together(kept: Bools, without: int, beside: list[set[int]]) -> bool:
    """Tell whether the kept faces hang together as much as before without one of them."""
    left = set(np.flatnonzero(kept).tolist()) - {int(without)}
    goals = beside[without] & left
    if not goals:
        return True
    seen = {next(iter(goals))}
    edge = list(seen)
    while edge:
        fresh = (beside[edge.pop()] & left) - seen
        seen |= fresh
        edge += fresh
    return goals <= seen


def overlaps(areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.DataFrame:
    """Report how areas of one kind lie against those of another.

    Parameters
    ----------
    areas, others
        Polygons in metres with `code`.

    Returns
    -------
    pandas.DataFrame
        Per area and each of the others that it shares ground with: `code`, `other`, `share` (of
        the area that lies in the other), `share_of_other`, `same` (shared over joint ground, 1
        for equal boundaries) and `apart_m` (Hausdorff distance of the two).
    """
    one, other = others.sindex.query(areas.geometry, predicate="intersects")
    a, b = areas.geometry.to_numpy()[one], others.geometry.to_numpy()[other]
    shared = shapely.area(shapely.intersection(a, b))
    size, size_of_other = shapely.area(a), shapely.area(b)
    table = pd.DataFrame(
        {
            "code": areas["code"].to_numpy()[one],
            "other": others["code"].to_numpy()[other],
            "share": shared / size,
            "share_of_other": shared / size_of_other,
            "same": shared / (size + size_of_other - shared),
            "apart_m": shapely.hausdorff_distance(a, b),
        }
    )
    return pd.DataFrame(table[shared > 0]).sort_values(
        ["code", "same", "other"], ascending=[True, False, True], ignore_index=True
    )


def align(area: BaseGeometry, others: gpd.GeoDataFrame, *, least_share: float) -> int | None:
    """Return which of other areas has the boundary to follow, by position; None where none has.

    Parameters
    ----------
    area
        Polygon in metres.
    others
        Polygons with a boundary that exists.
    least_share
        Least share of the ground of both together that they must have in common.
    """
    if not len(others):
        return None
    shapes = others.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes, area))
    same = shared / (shapely.area(shapes) + shapely.area(area) - shared)
    best = int(same.argmax())
    return best if same[best] >= least_share else None


def share_of_city(area: BaseGeometry, city: BaseGeometry) -> float:
    """Return which share of a municipality, or of its built-up land, an area takes.

    Parameters
    ----------
    area, city
        Polygons in metres.
    """
    shapely.prepare(city)
    return float(shapely.area(shapely.intersection(area, city)) / shapely.area(city))
