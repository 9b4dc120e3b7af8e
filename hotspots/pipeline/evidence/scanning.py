"""The scan of one search: circles with more incidents than their dwellings explain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.pipeline.basis import basis_of
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.pipeline.progress import Progress
from hotspots.policy import Policy

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from hotspots.analysis.grid import Grid

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scanned:
    """The circles of one search, and what they rest on."""

    circles: "gpd.GeoDataFrame"
    basis: "pd.DataFrame"


def is_scanned(policy: Policy, theme: str) -> bool:
    """Return whether the policy asks for the scan of a theme."""
    return "scan" in policy.hotspots.layers and theme in policy.scan.themes


def scan_grid(policy: Policy, ground: Ground) -> "Grid":
    """Return the cells of the scan.

    Raises
    ------
    PolicyRefused
        When they are too many.
    """
    from hotspots.analysis.grid import make_grid

    return make_grid(
        ground.area,
        cell_size_m=policy.scan.cell_size_m,
        max_cells=policy.hotspots.max_cells,
    )


def scan_of(
    current: Current,
    policy: Policy,
    ground: Ground,
    ask: Ask,
    x: "Floats",
    y: "Floats",
    progress: Progress,
) -> Scanned | None:
    """Return the circles of a search; none where the policy or the dwellings do not ask for it.

    Stacked locations are left out, as they are of every test.
    """
    if not is_scanned(policy, ask.theme) or ground.dwellings is None:
        return None
    import numpy as np

    from hotspots.analysis.clusters import off_stacks
    from hotspots.analysis.grid import bin_points
    from hotspots.analysis.scan import scan

    grid, homes = scan_grid(policy, ground), ground.dwellings
    at = bin_points(grid, homes.x, homes.y).cell
    inside = at >= 0
    dwellings = np.bincount(at[inside], homes.n[inside], minlength=grid.inside.size)
    used = off_stacks(x, y)
    cases = bin_points(grid, x[used], y[used])
    found = scan(
        cases.counts,
        dwellings.reshape(grid.shape),
        grid,
        radii_m=policy.scan.radii_m,
        replications=policy.scan.replications,
        seed=policy.rates.seed,
        max_share=policy.scan.max_share,
        alpha=policy.hotspots.alpha,
        progress=lambda done, steps: progress(
            f"scan of {ask.theme}, {ask.months} months", done, steps
        ),
    )
    return Scanned(
        circles=_drawn(found.clusters, policy, current.workspace.crs).assign(
            theme=ask.theme, months=ask.months
        ),
        basis=basis_of(
            "scan",
            ask.theme,
            ask.period,
            ask.held,
            {
                "incidents": len(x),
                "outside": int((cases.cell < 0).sum()),
                "stacked": int((~used).sum()),
                "without_dwellings": found.n_without_population,
            },
        ),
    )


def _drawn(found: "pd.DataFrame", policy: Policy, crs: str) -> "gpd.GeoDataFrame":
    """Return the clusters as circles; a single cell is a square round its middle."""
    import geopandas as gpd

    middle = gpd.GeoSeries.from_xy(found["x"], found["y"], crs=crs)
    cell = middle.buffer(policy.scan.cell_size_m / 2, cap_style="square")
    circles = middle.buffer(found["radius_m"])
    return gpd.GeoDataFrame(found, geometry=cell.where(found["radius_m"] == 0, circles))
