"""Coffee shops near schools and near one another, as the policy measures it."""

from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.outputs.ban_document import DistanceDocument, ShopDistance
from hotspots.pipeline.deliveries import Current
from hotspots.policy.measures import Bans

if TYPE_CHECKING:
    import geopandas as gpd


def shop_distances(
    current: Current, policy: Bans, shops: "gpd.GeoDataFrame", schools: "gpd.GeoDataFrame"
) -> DistanceDocument:
    """Measure how far each coffee shop lies from a school, and which lie together.

    Parameters
    ----------
    current
        The deliveries that hold; streets where distances are walked.
    policy
        Distances, the method, and what a concentration is.
    shops, schools
        Points with a `code`, in the CRS of the workspace.

    Raises
    ------
    WorkspaceRefused
        When distances are walked and no streets were delivered.
    """
    import numpy as np

    from hotspots.planning.distances import concentrations, to_nearest

    at, goals = (np.column_stack([each.geometry.x, each.geometry.y]) for each in (shops, schools))
    streets = current.streets().geometry if policy.distance_method == "walking" else None
    if streets is not None and not len(streets):
        raise WorkspaceRefused(
            Problem(
                "Distances are walked along streets, and no streets were delivered.",
                "Take them in with: hotspots ingest streets FILE, or set bans.distance_method.",
            )
        )
    found = to_nearest(at, goals, method=policy.distance_method, streets=streets)
    group = concentrations(at, reach_m=policy.concentration_m, least=policy.concentration_least)
    together = range(int(group.max(initial=-1)) + 1)
    told = [
        ShopDistance(
            code=code,
            school=str(schools["code"].iloc[goal]),
            metres=metres if np.isfinite(metres) else None,
            too_near=bool(metres < policy.school_distance_m),
            concentration=None if number < 0 else int(number) + 1,
        )
        for code, goal, metres, number in zip(
            shops["code"], found["goal"], found["metres"], group, strict=True
        )
    ]
    return DistanceDocument(
        method=policy.distance_method,
        least_m=policy.school_distance_m,
        shops=told,
        too_near=sum(each.too_near for each in told),
        concentrations=[shops["code"][group == number].tolist() for number in together],
    )
