"""Sight lines over a whole city, some square kilometres at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotspots.pipeline.deliveries import Current, HeightModels
from hotspots.pipeline.progress import Progress
from hotspots.policy.cameras import Cameras

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from rasterio.transform import Affine
    from rasterio.windows import Window
    from scipy.sparse import csr_array
    from shapely.geometry.base import BaseGeometry

    from hotspots.planning.surface import Surface

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

_TILE_M = 2000.0
_MARGIN_M = 5.0
_HOME_DEPTH_M = 50.0
"""The address of a home in view may lie so far behind its façade."""

_OPEN_REACH_M = 2.0
_GROUND_REACH_M = 50.0


@dataclass(frozen=True)
class Sights:
    """What cameras see.

    `figures` (on the index of the sites): `excluded`, `visible_m2`, `unknown_m2`, `facades`,
    `dwellings_in_view` and `masks_deg`, missing where excluded. `covers` is 1 where a site sees a
    demand point well enough, shape (sites, points). `outlines` are the polygons of public space
    in view; empty unless asked for.
    """

    figures: "pd.DataFrame"
    covers: "csr_array"
    outlines: "list[BaseGeometry | None]"


@dataclass(frozen=True)
class Scene:
    """What stands in the way, what is looked at, and the homes beside it.

    `public_space` is None where it was not delivered: then all that is not built is public.
    `dwellings` has `x`, `y` and the number of `dwellings`.
    """

    buildings: "gpd.GeoDataFrame"
    public_space: "gpd.GeoDataFrame | None"
    dwellings: "pd.DataFrame"
    heights: HeightModels | None
    cell_size_m: float
    target_height_m: float

    def look(
        self,
        sites: "pd.DataFrame",
        points: "Floats",
        *,
        outlines: bool = False,
        progress: Progress = lambda what, done, steps: None,
    ) -> Sights:
        """Work out what cameras see.

        Parameters
        ----------
        sites
            As for :func:`hotspots.planning.visibility.viewsheds`, with `reach_m`: how far a
            person is shown well enough.
        points
            Coordinates of the demand points, shape (points, 2).
        outlines
            Whether the polygons are wanted too.
        """
        import numpy as np
        import pandas as pd
        from scipy.sparse import csr_array, vstack

        columns = ["excluded", "visible_m2", "unknown_m2", "facades"]
        columns += ["dwellings_in_view", "masks_deg"]
        figures = [pd.DataFrame({name: [] for name in columns})]
        covers = [csr_array((0, len(points)), dtype=np.int8)]
        drawn: list[BaseGeometry | None] = []
        order = np.zeros(0, dtype=np.int64)
        for part in _tiles(sites):
            progress("sight lines", len(order), len(sites))
            found = self._look_in_tile(sites.iloc[part], points, outlines=outlines)
            figures.append(found.figures)
            covers.append(found.covers)
            drawn += found.outlines
            order = np.append(order, part)
        back = np.argsort(order, kind="stable")
        return Sights(
            pd.concat(figures[1:] or figures).iloc[back],
            csr_array(vstack(covers, format="csr"))[back],
            [drawn[at] for at in back] if outlines else [],
        )

    def _look_in_tile(self, sites: "pd.DataFrame", points: "Floats", *, outlines: bool) -> Sights:
        import numpy as np

        from hotspots.planning.facades import facades_in_view, facades_of_homes
        from hotspots.planning.visibility import viewshed_polygon, viewsheds

        beside_m = float(sites["range_m"].max()) + _MARGIN_M
        west, south = (float(sites[axis].min()) - beside_m for axis in "xy")
        east, north = (float(sites[axis].max()) + beside_m for axis in "xy")
        bounds = (west, south, east, north)
        footprints = self.buildings.iloc[_within(self.buildings, bounds)]
        surface = self.surface(bounds, footprints)
        public = self._public(surface)
        views = viewsheds(surface, sites, target_height_m=self.target_height_m, public_space=public)
        near = self._homes_near(sites)
        homes = facades_of_homes(
            surface,
            footprints.geometry.to_numpy(),
            *(near[axis].to_numpy(np.float64) for axis in "xy"),
            window_height_m=self.target_height_m,
        )
        beside = facades_in_view(views, surface, homes)
        seen = views.figures["excluded"].isna()
        number = beside.dwellings @ near["dwellings"].to_numpy(np.float64)
        figures = views.figures[["excluded", "visible_m2", "unknown_m2"]].assign(
            facades=beside.figures["homes_in_view"],
            dwellings_in_view=np.where(seen, number, np.nan),
            masks_deg=[_bearings(each) for each in beside.masks],
        )
        figures["masks_deg"] = figures["masks_deg"].where(seen)
        drawn = [
            None if view is None else viewshed_polygon(surface, view, within=public)
            for view in (views.of_site if outlines else ())
        ]
        return Sights(figures, self._covered(surface, views, sites, points), drawn)

    def _homes_near(self, sites: "pd.DataFrame") -> "pd.DataFrame":
        """Return the dwellings of which a façade may lie within range of some site."""
        import numpy as np
        from scipy.spatial import KDTree

        if not len(self.dwellings):
            return self.dwellings
        tree = KDTree(sites[["x", "y"]].to_numpy(np.float64))
        away = tree.query(self.dwellings[["x", "y"]].to_numpy(np.float64))[0]
        within = away <= float(sites["range_m"].max()) + _HOME_DEPTH_M
        return self.dwellings.iloc[np.flatnonzero(within)]

    def _covered(
        self, surface: "Surface", views: Any, sites: "pd.DataFrame", points: "Floats"
    ) -> "csr_array":
        """Tell which demand points each site sees near enough, shape (sites, all points)."""
        import numpy as np
        from scipy.sparse import csr_array

        from hotspots.planning.visibility import points_in_view

        near = np.flatnonzero(surface.cell_of(*points.T) >= 0)
        at = _in_the_open(surface, points[near], height_m=self.target_height_m)
        seen = points_in_view(views, surface, *at.T).tocoo()
        eyes = views.figures[["eye_x", "eye_y"]].to_numpy(np.float64)
        away = np.hypot(*(points[near][seen.col] - eyes[seen.row]).T)
        well = away <= sites["reach_m"].to_numpy(np.float64)[seen.row]
        cells = (np.ones(well.sum(), dtype=np.int8), (seen.row[well], near[seen.col[well]]))
        return csr_array(cells, shape=(len(sites), len(points)))

    def surface(
        self, bounds: tuple[float, float, float, float], footprints: "gpd.GeoDataFrame"
    ) -> "Surface":
        """Return the surface model within bounds: measured, or made of buildings."""
        import numpy as np

        from hotspots.planning.surface import level_ground, surface_from_footprints

        if self.heights is not None:
            return _measured(self.heights, bounds)
        ground, transform = level_ground(bounds, cell_size_m=self.cell_size_m)
        return surface_from_footprints(
            footprints.geometry.to_numpy(),
            footprints["height_m"].to_numpy(np.float64, na_value=np.nan),
            ground_m=ground,
            transform=transform,
        )

    def _public(self, surface: "Surface") -> "Bools":
        """Return which cells of a surface model are public space."""
        import numpy as np
        from rasterio.features import rasterize

        if self.public_space is None:
            return np.ones(surface.shape, dtype=np.bool_)
        rows, columns = surface.shape
        x, y = surface.place(np.array([0.0, rows]), np.array([0.0, columns]))
        inside = _within(self.public_space, (x[0], y[1], x[1], y[0]))
        mask = np.zeros(surface.shape, dtype=np.uint8)
        shapes = list(self.public_space.geometry.iloc[inside])
        if shapes:
            rasterize(shapes, out=mask, transform=surface.transform)
        return mask.astype(np.bool_)


def scene_of(current: Current, cameras: Cameras) -> Scene:
    """Return what was delivered of buildings, heights, public space and dwellings.

    Parameters
    ----------
    current
        The deliveries that hold.
    cameras
        The section of the policy.
    """
    import geopandas as gpd
    import pandas as pd

    from hotspots.store import facts

    public = current.public_space()
    delivery = facts.current_of_kind(current.deliveries, "dwellings")
    homes = pd.DataFrame({"x": [], "y": [], "dwellings": []}, dtype="float64")
    if delivery is not None:
        rows = gpd.GeoDataFrame(current.read(delivery))
        homes = pd.DataFrame(
            {"x": rows.geometry.x, "y": rows.geometry.y, "dwellings": rows["dwellings"]}
        )
    return Scene(
        buildings=current.buildings(),
        public_space=public if len(public) else None,
        dwellings=homes,
        heights=current.surface(),
        cell_size_m=cameras.cell_size_m,
        target_height_m=cameras.target_height_m,
    )


def _tiles(sites: "pd.DataFrame") -> "Iterator[npt.NDArray[np.int64]]":
    """Yield the positions of the sites of one square after another."""
    import numpy as np

    squares = np.floor(sites[["x", "y"]].to_numpy(np.float64) / _TILE_M)
    _, tile = np.unique(squares, axis=0, return_inverse=True)
    for number in range(int(tile.max(initial=-1)) + 1):
        yield np.flatnonzero(tile.ravel() == number)


def _within(
    frame: "gpd.GeoDataFrame", bounds: tuple[float, float, float, float]
) -> "npt.NDArray[np.int64]":
    """Return the positions of the shapes that reach into bounds, in order."""
    import numpy as np
    from shapely import box

    if not len(frame):
        return np.zeros(0, dtype=np.int64)
    return np.sort(frame.sindex.query(box(*bounds)))


def _measured(heights: HeightModels, bounds: tuple[float, float, float, float]) -> "Surface":
    """Return the height models within bounds, as far as they reach."""
    import numpy as np
    import rasterio
    from scipy.ndimage import minimum_filter

    from hotspots.planning.surface import surface_from_heights

    # GDAL would write statistics beside the rasters that it opens.
    quiet = rasterio.Env(GDAL_PAM_ENABLED="NO")
    with quiet, rasterio.open(heights.surface) as raster:
        window, transform = _window(raster.transform, raster.height, raster.width, bounds)
        top = raster.read(1, window=window, masked=True).filled(np.nan)
    if heights.ground is None:
        # Without a terrain model the ground is the lowest known surface near by.
        reach = 2 * int(_GROUND_REACH_M / transform.a) + 1
        ground = minimum_filter(np.where(np.isnan(top), np.inf, top), size=reach)
        ground = np.where(np.isinf(ground), np.nan, ground)
    else:
        with quiet, rasterio.open(heights.ground) as raster:
            ground = raster.read(1, window=window, masked=True).filled(np.nan)
    if np.isnan(top).all():
        ground = np.zeros_like(top)  # nothing stands on it, for nothing is known
    return surface_from_heights(top, ground, transform, known=~np.isnan(top))


def _window(
    transform: "Affine", n_rows: int, n_columns: int, bounds: tuple[float, float, float, float]
) -> "tuple[Window, Affine]":
    """Return the cells of a raster within bounds, at least one, and where they lie."""
    from rasterio.transform import Affine
    from rasterio.windows import Window

    size = transform.a
    west, south, east, north = bounds
    first = min(max(math.floor((west - transform.c) / size), 0), n_columns - 1)
    last = max(min(math.ceil((east - transform.c) / size), n_columns), first + 1)
    top = min(max(math.floor((transform.f - north) / size), 0), n_rows - 1)
    bottom = max(min(math.ceil((transform.f - south) / size), n_rows), top + 1)
    corner = (transform.c + first * size, transform.f - top * size)
    cells = Window(first, top, last - first, bottom - top)
    return cells, Affine(size, 0, corner[0], 0, -size, corner[1])


def _in_the_open(surface: "Surface", points: "Floats", *, height_m: float) -> "Floats":
    """Move points whose cell is built to the nearest open cell, a step away at most.

    A cell is built when its middle is: someone before a wall may stand in such a cell.
    """
    import numpy as np

    moved = points.copy()
    top, ground = surface.top_m.ravel(), surface.ground_m.ravel()
    cell = surface.cell_of(*points.T)
    for at in np.flatnonzero(top[cell] > ground[cell] + height_m):
        near = surface.cells_near(*points[at], reach_m=_OPEN_REACH_M)
        free = near[top[near] <= ground[near] + height_m]
        if len(free):
            moved[at] = np.column_stack(surface.centre_of(free[:1]))[0]
    return moved


def _bearings(masks: "Floats") -> str:
    """Return bearings to be masked as text, in whole degrees clockwise from north, none too few."""
    return " ".join(
        f"{math.floor(start) % 360}-{math.ceil(end) % 360 or 360}" for start, end in masks
    )
