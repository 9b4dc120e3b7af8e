"""Where is searched: the study area, its cells, and the dwellings on them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.policy import Policy
from hotspots.schemas import StudyAreaOrigin
from hotspots.store import facts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from hotspots.analysis.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Homes:
    """Dwellings as points: `x`, `y` in metres and their number `n`."""

    x: "Floats"
    y: "Floats"
    n: "Ints"


@dataclass(frozen=True, slots=True)
class Ground:
    """The study area with its cells, where it comes from, and its dwellings if delivered."""

    area: "BaseGeometry"
    grid: "Grid"
    origin: StudyAreaOrigin
    dwellings: Homes | None

    def middles(self, cells: "Ints") -> "tuple[Floats, Floats]":
        """Return x and y in metres of the middle of cells, by their numbers."""
        import numpy as np

        row, column = np.unravel_index(cells, self.grid.shape)
        x, y = self.grid.centres()
        return x[column], y[row]


def ground_of(current: Current, policy: Policy, asks: list[Ask]) -> Ground:
    """Return the built-up part of the municipality, or what stands in for it.

    Without built-up land it is the municipality; without areas it is derived from where
    incidents are, and marked so.

    Raises
    ------
    PolicyRefused
        When the cells are too many, with a size that fits.
    WorkspaceRefused
        When there is no ground: built-up land elsewhere, or neither areas nor incidents.
    """
    import geopandas as gpd

    from hotspots.analysis.grid import derived_study_area, make_grid, only_polygons

    settings = policy.hotspots
    area = current.municipality()
    origin: StudyAreaOrigin = "municipality"
    land = facts.current_of_kind(current.deliveries, "built-up")
    if land is not None:
        built_up = gpd.GeoDataFrame(current.read(land), crs=current.workspace.crs).union_all()
        area = built_up if area is None else only_polygons(area.intersection(built_up))
        origin = "built-up"
    if area is None:
        x, y = _all_coordinates(current, asks)
        area = derived_study_area(
            x,
            y,
            bandwidth_m=settings.bandwidth_m,
            cell_size_m=settings.cell_size_m,
            max_cells=settings.max_cells,
        )
        origin = "derived"
    if area.is_empty:
        raise WorkspaceRefused(_NO_GROUND[origin])
    grid = make_grid(area, cell_size_m=settings.cell_size_m, max_cells=settings.max_cells)
    return Ground(area, grid, origin, homes_of(current))


def homes_of(current: Current) -> Homes | None:
    """Return the dwellings that hold; None where none were delivered."""
    import geopandas as gpd
    import numpy as np

    delivery = facts.current_of_kind(current.deliveries, "dwellings")
    if delivery is None:
        return None
    rows = current.read(delivery)
    place = gpd.GeoSeries(rows["geometry"])
    return Homes(
        np.asarray(place.x, dtype=np.float64),
        np.asarray(place.y, dtype=np.float64),
        rows["dwellings"].to_numpy(np.int64),
    )


_NO_GROUND = {
    "built-up": Problem(
        "The built-up land lies outside the municipality.",
        "Take in the built-up land of this municipality: hotspots ingest built-up FILE.",
    ),
    "derived": Problem(
        "There are neither areas nor incidents of what is asked, so there is no ground to search.",
        "Take in the areas, or ask for a theme and a period that were delivered.",
    ),
}


def _all_coordinates(current: Current, asks: list[Ask]) -> "tuple[Floats, Floats]":
    import geopandas as gpd
    import numpy as np

    used = {each.id: each for ask in asks for each in ask.by_month.values()}.values()
    parts = [gpd.GeoSeries(current.read(each)["geometry"]) for each in used]
    x, y = (
        np.concatenate([getattr(part, axis).to_numpy() for part in parts] or [np.empty(0)])
        for axis in "xy"
    )
    return x, y
