"""Which homes a camera would look at: façades and dwellings in view, and what must be masked."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from hotspots.analysis.grid import Bools, Floats, Ints
from hotspots.planning.surface import Surface
from hotspots.planning.visibility import Viewsheds, points_in_view

_CELLS_ASIDE = 2


@dataclass(frozen=True)
class Facades:
    """Points in front of the façades of homes, and the point that stands for each dwelling.

    Parameters
    ----------
    x, y
        Coordinates of the points in metres, shape (points,).
    length_m
        Length of façade that each stands for; 0 for a dwelling outside every footprint.
    building
        Number of the footprint of each; numbers above those of the footprints are dwellings
        outside every footprint.
    cell
        The cell of the surface model where each is looked at; -1 outside the raster.
    of_dwelling
        Number of the point that stands for each dwelling, shape (dwellings,).
    """

    x: Floats
    y: Floats
    length_m: Floats
    building: Ints
    cell: Ints
    of_dwelling: Ints


@dataclass(frozen=True)
class FacadesInView:
    """What every site sees of homes.

    Parameters
    ----------
    figures
        Per site, on the index of the sites: `dwellings_in_view`, `dwellings_unknown`,
        `homes_in_view` (buildings that hold dwellings), `facade_in_view_m` and `privacy_masks`
        (how many); missing where the site is excluded.
    dwellings
        1 where a site sees a dwelling, shape (sites, dwellings).
    masks
        Per site, the bearings that must be masked, from and to, clockwise from north, shape
        (masks, 2); the second may pass 360.
    """

    figures: pd.DataFrame
    dwellings: csr_array
    masks: list[Floats]


def facades_of_homes(
    surface: Surface,
    footprints: npt.NDArray[np.object_],
    dwelling_x: Floats,
    dwelling_y: Floats,
    *,
    window_height_m: float,
    spacing_m: float = 1.0,
    offset_m: float = 0.5,
) -> Facades:
    """Set points in front of the façades of every building that holds a dwelling.

    Points that fall in another building are left out: a party wall is no façade. A dwelling is
    stood for by the nearest point; outside every footprint (a houseboat), or in a building walled
    in on all sides, by its own place.

    Parameters
    ----------
    surface
        The surface model. A point in a cell that is built, as its middle lies in the building, is
        looked at in the nearest open cell at most two cells aside.
    footprints
        Valid polygons of all buildings, in metres, shape (buildings,).
    dwelling_x, dwelling_y
        Address points of dwellings, in metres, shape (dwellings,).
    window_height_m
        Height above the ground at which façades will be looked at.
    spacing_m
        Distance between points along a façade, at most.
    offset_m
        Distance of the points from the façade.

    Returns
    -------
    Facades
        The points, building by building.
    """
    address = np.asarray(shapely.points(dwelling_x, dwelling_y), dtype=object)
    tree = shapely.STRtree(footprints)
    housed, home = tree.query(address, predicate="intersects")
    along, length_m, building = _along_outlines(
        footprints, np.unique(home), spacing_m=spacing_m, offset_m=offset_m
    )
    free = np.ones(len(along), dtype=bool)
    free[tree.query(along, predicate="intersects")[0]] = False
    fronted = housed[np.isin(home, building[free])]
    afloat = np.setdiff1d(np.arange(len(address)), fronted)
    point = np.concatenate([along[free], address[afloat]])
    x, y = shapely.get_x(point), shapely.get_y(point)
    of_dwelling = np.zeros(0, dtype=np.int64)
    if len(address):
        of_dwelling = KDTree(np.column_stack([x, y])).query(
            np.column_stack([dwelling_x, dwelling_y])
        )[1]
    return Facades(
        x=x,
        y=y,
        length_m=np.concatenate([length_m[free], np.zeros(len(afloat))]),
        building=np.concatenate([building[free], len(footprints) + afloat]),
        cell=_open_cells(surface, x, y, height_m=window_height_m),
        of_dwelling=of_dwelling,
    )


def facades_in_view(
    views: Viewsheds, surface: Surface, facades: Facades, *, closing_deg: float = 2.0
) -> FacadesInView:
    """Tell which façades and dwellings every site sees, and which bearings need a privacy mask.

    Parameters
    ----------
    views
        What every site sees, worked out with the height of the windows as that of the target.
    surface
        The surface model.
    facades
        Points in front of façades.
    closing_deg
        Two masks nearer to each other than this are one.

    Returns
    -------
    FacadesInView
        Figures on the index of the sites, dwellings and masks.
    """
    in_raster = facades.cell >= 0
    x, y = surface.centre_of(facades.cell)
    at = np.where(in_raster, x, facades.x), np.where(in_raster, y, facades.y)
    seen = points_in_view(views, surface, *at)
    unknown = points_in_view(views, surface, *at, unknown=True)
    dwellings = seen[:, facades.of_dwelling]
    buildings = csr_array(
        (np.ones(len(facades.x)), (np.arange(len(facades.x)), facades.building)),
        shape=(len(facades.x), int(facades.building.max(initial=-1)) + 1),
    )
    eyes = views.figures[["eye_x", "eye_y"]].to_numpy()
    masks = [
        _masks(facades, eye, seen.indices[start:end], closing_deg=closing_deg)
        for eye, (start, end) in zip(eyes, pairwise(seen.indptr), strict=True)
    ]
    figures = pd.DataFrame(
        {
            "dwellings_in_view": np.diff(dwellings.indptr),
            "dwellings_unknown": np.diff(unknown[:, facades.of_dwelling].indptr),
            "homes_in_view": np.diff((seen @ buildings).indptr),
            "facade_in_view_m": seen @ facades.length_m,
            "privacy_masks": [len(mask) for mask in masks],
        },
        index=views.figures.index,
        dtype=np.float64,
    )
    figures[views.figures["excluded"].notna()] = np.nan
    return FacadesInView(figures, dwellings, masks)


def _along_outlines(
    footprints: npt.NDArray[np.object_], homes: Ints, *, spacing_m: float, offset_m: float
) -> tuple[npt.NDArray[np.object_], Floats, Ints]:
    """Return points around footprints, the length that each stands for and its footprint."""
    around = shapely.buffer(footprints[homes], offset_m, join_style="mitre", mitre_limit=2.0)
    ring, of = shapely.get_rings(around.ravel(), return_index=True)
    ring_m = shapely.length(ring)
    count = np.maximum(np.ceil(ring_m / spacing_m), 1).astype(np.int64)
    step_m = np.repeat(ring_m / count, count)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    point = shapely.line_interpolate_point(np.repeat(ring, count), (nth + 0.5) * step_m)
    return point, step_m, np.repeat(homes[of], count)


def _open_cells(surface: Surface, x: Floats, y: Floats, *, height_m: float) -> Ints:
    """Return the nearest cell in which something at a height can be seen; its own without one."""
    row, column = (np.floor(along) for along in surface.locate(x, y))
    found = surface.cell_of(x, y)
    nearest = np.full(len(x), np.inf)
    top, ground = surface.top_m.ravel(), surface.ground_m.ravel()
    aside = range(-_CELLS_ASIDE, _CELLS_ASIDE + 1)
    for down, right in ((down, right) for down in aside for right in aside):
        centre = surface.place(row + down + 0.5, column + right + 0.5)
        cell = surface.cell_of(*centre)
        distance = np.hypot(centre[0] - x, centre[1] - y)
        is_open: Bools = (cell >= 0) & (top[cell] <= ground[cell] + height_m)
        nearer = is_open & (distance < nearest)
        found[nearer], nearest[nearer] = cell[nearer], distance[nearer]
    return found


def _masks(facades: Facades, eye: Floats, points: Ints, *, closing_deg: float) -> Floats:
    """Return the bearings, from and to, that the façades behind some points take up."""
    if not len(points):
        return np.zeros((0, 2))
    east, north = facades.x[points] - eye[0], facades.y[points] - eye[1]
    half = np.degrees(np.arctan2(facades.length_m[points] / 2, np.hypot(east, north)))
    bearing = np.degrees(np.arctan2(east, north)) % 360
    order = np.argsort(bearing)
    bearing, half = bearing[order], half[order]
    # The circle is cut open where it is emptiest.
    gap = np.diff(bearing, append=bearing[0] + 360)
    first = (int(np.argmax(gap)) + 1) % len(gap)
    bearing = np.roll(bearing, -first)
    bearing = np.where(bearing < bearing[0], bearing + 360, bearing)
    half = np.roll(half, -first)
    start, end = bearing - half, np.maximum.accumulate(bearing + half)
    if start[0] + 360 - end[-1] <= closing_deg:
        return np.array([[0.0, 360.0]])
    apart = np.flatnonzero(start[1:] - end[:-1] > closing_deg)
    from_ = start[np.concatenate([[0], apart + 1])]
    to = end[np.concatenate([apart, [len(end) - 1]])]
    return np.column_stack([from_ % 360, from_ % 360 + (to - from_)])
