"""Polygons from significant cells, and round locations that are not tested."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import Bools, Floats, Grid, Ints, outline

_ALL_AROUND = np.ones((3, 3), dtype=bool)
_BRIDGE_CELLS, _ROUND_CELLS = 0.45, 0.15


@dataclass(frozen=True)
class Area:
    """A polygon from significant cells, or round stacked locations.

    Parameters
    ----------
    geometry
        Outline, cut to the study area.
    cells
        Numbers of the cells it was made from.
    tested
        Whether it was made from significant cells.
    """

    geometry: BaseGeometry
    cells: Ints
    tested: bool


def hot_areas(
    grid: Grid,
    hot_cells: Ints,
    study_area: BaseGeometry,
    *,
    largest_hole_m2: float,
    min_area_m2: float,
) -> list[Area]:
    """Join significant cells, round their corners and cut them to the study area.

    Cells that share no more than a corner belong together, as they do in the neighbourhood that
    is tested: a street that crosses the grid aslant is one hotspot, not a string of them. Holes
    are filled as :func:`with_hearts` says.

    Parameters
    ----------
    grid
        Cells.
    hot_cells
        Cell numbers of the significant ones.
    study_area
        Polygon that areas are cut to.
    largest_hole_m2
        Holes up to this size are filled.
    min_area_m2
        Smaller areas are left out.

    Returns
    -------
    list of Area
        By their southernmost, then westernmost cell.
    """
    hot = np.zeros(grid.inside.size, dtype=bool)
    hot[hot_cells] = True
    joined_cells = with_hearts(hot.reshape(grid.shape), grid, largest_hole_m2=largest_hole_m2)
    group, _ = ndimage.label(joined_cells, structure=_ALL_AROUND)
    areas = []
    shapely.prepare(study_area)
    for number, window in enumerate(ndimage.find_objects(group), start=1):
        row, column = np.nonzero(group[window] == number)
        row, column = row + window[0].start, column + window[1].start
        corner = (
            grid.origin[0] + window[1].start * grid.cell_size_m,
            grid.origin[1] + window[0].start * grid.cell_size_m,
        )
        joined = outline(group[window] == number, origin=corner, cell_size_m=grid.cell_size_m)
        shown = _rounded(joined, grid.cell_size_m)
        if not shapely.covers(study_area, shown):
            shown = shapely.intersection(shown, study_area)
        if shapely.area(shown) >= min_area_m2:
            areas.append(Area(shown, row * grid.shape[1] + column, tested=True))
    return areas


def which_polygon(polygons: Sequence[BaseGeometry], x: Floats, y: Floats) -> Ints:
    """Tell which polygon holds each point; one on a shared border is the first polygon's.

    Parameters
    ----------
    polygons
        Polygons that share no more than borders.
    x, y
        Coordinates in metres.

    Returns
    -------
    numpy.ndarray
        Position of the polygon of each point; -1 for none.
    """
    held = np.full(len(x), -1, dtype=np.int64)
    for number in reversed(range(len(polygons))):
        polygon = polygons[number]
        west, south, east, north = polygon.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        shapely.prepare(polygon)
        held[near[shapely.intersects_xy(polygon, x[near], y[near])]] = number
    return held


def hearts_m2(radius_m: float) -> float:
    """Return how large the heart of a hotspot can be: as large as the neighbourhood tested.

    The test asks whether the *neighbours* of a cell hold many incidents and leaves its own out, so
    that the busiest cells of a hotspot, far busier than what is round them, can miss by it. Within
    a neighbourhood it tells nothing apart.

    Parameters
    ----------
    radius_m
        Radius of the neighbourhood.

    Returns
    -------
    float
        Area of the neighbourhood in square metres.
    """
    return math.pi * radius_m**2


def with_hearts(hot: Bools, grid: Grid, *, largest_hole_m2: float) -> Bools:
    """Fill small holes: groups of cells, side by side, that hot cells enclose.

    A group that holds other than study cells, or reaches the border of the grid, is no hole. The
    cells that fill one are shown as part of a hotspot and were not found significant.

    Parameters
    ----------
    hot
        Whether each cell is significant, shape (rows, columns); none beyond the study cells.
    grid
        Cells.
    largest_hole_m2
        Larger holes stay open; see :func:`hearts_m2`.

    Returns
    -------
    numpy.ndarray
        Same shape.
    """
    hole, _ = ndimage.label(~np.pad(hot, 1))
    fills = np.bincount(hole.ravel()) * grid.cell_size_m**2 <= largest_hole_m2
    fills[hole[~np.pad(grid.inside, 1)]] = False
    fills[0] = True  # the hot cells themselves
    return np.asarray(fills[hole[1:-1, 1:-1]])


def _rounded(joined: BaseGeometry, cell_size_m: float) -> BaseGeometry:
    """Bridge corners that touch and round the others, staying within half a cell.

    Bridging by less than half a cell joins no cells that have one between them; rounding by less
    than half the width of a bridge (0.83 of the bridging) does not cut it again.
    """
    near, back = _BRIDGE_CELLS * cell_size_m, _ROUND_CELLS * cell_size_m
    bridged = shapely.buffer(shapely.buffer(joined, near, quad_segs=4), -near - back, quad_segs=4)
    return shapely.buffer(bridged, back, quad_segs=4)


def stack_areas(
    on_stack: pd.DataFrame, hot: list[Area], study_area: BaseGeometry, *, width_m: float
) -> list[Area]:
    """Draw a circle round each stacked location that no hotspot holds; circles that meet join.

    Parameters
    ----------
    on_stack
        Incidents on stacked locations: `place` (number of the location), `x` and `y` in metres
        and `cell` (cell number).
    hot
        Areas that come first: nothing is drawn over them.
    study_area
        Polygon that areas are cut to.
    width_m
        Width of a circle.

    Returns
    -------
    list of Area
        One for each circle or group of circles.
    """
    where = on_stack.groupby("place").agg({"x": "mean", "y": "mean", "cell": "first"})
    points = np.asarray(shapely.points(where[["x", "y"]].to_numpy()), dtype=object)
    hotspots = shapely.union_all([area.geometry for area in hot])
    apart = ~shapely.intersects(points, hotspots)
    points, cell = points[apart], where["cell"].to_numpy(np.int64)[apart]
    circles = shapely.union_all(shapely.buffer(points, width_m / 2))
    free = shapely.intersection(shapely.difference(circles, hotspots), study_area)
    pieces = shapely.get_parts(free)
    piece, point = shapely.STRtree(points).query(pieces, predicate="intersects")
    return [
        Area(pieces[number], cell[point[piece == number]], tested=False)
        for number in np.unique(piece)
    ]
