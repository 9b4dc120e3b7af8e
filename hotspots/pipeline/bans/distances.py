"""Coffee shops near schools and near one another, as the policy measures it."""

from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.outputs.bans.document import DistanceDocument, ShopDistance
from hotspots.pipeline.deliveries import Current
from hotspots.policy.measures import Bans

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def shop_distances(
    current: Current, policy: Bans, shops: "gpd.GeoDataFrame", schools: "gpd.GeoDataFrame"
) -> DistanceDocument:
    """Measure how far each coffee shop lies from a school, and which lie together.

    Parameters
    ----------
    current
        The deliveries that hold; streets where distances are walked.
    policy
        Distances, the method, and what a concentration is. Secondary schools are kept at a
        distance, primary schools out of sight.
    shops, schools
        Points with a `code`, in the CRS of the workspace; a school has a `kind`, ``primary`` or
        ``secondary``.

    Raises
    ------
    WorkspaceRefused
        When distances are walked and no streets were delivered.
    """
    import numpy as np

    from hotspots.planning.distances import concentrations

    at = _points(shops)
    is_primary = (schools["kind"] == "primary").to_numpy()
    secondary, primary = schools[~is_primary], schools[is_primary]
    nearest = _nearest(current, policy, at, secondary)
    seen = _seen(current, policy, at, primary)
    group = concentrations(at, reach_m=policy.concentration_m, least=policy.concentration_least)
    together = range(int(group.max(initial=-1)) + 1)
    told = [
        ShopDistance(
            code=code,
            school=school,
            metres=metres if np.isfinite(metres) else None,
            too_near=bool(metres < policy.school_distance_m),
            seen_from=None if seen is None else seen.get(position),
            in_sight=None if seen is None else position in seen,
            concentration=None if number < 0 else int(number) + 1,
        )
        for position, (code, (school, metres), number) in enumerate(
            zip(shops["code"], nearest, group, strict=True)
        )
    ]
    return DistanceDocument(
        method=policy.distance_method,
        least_m=policy.school_distance_m,
        sight_m=policy.sight_m,
        shops=told,
        too_near=sum(each.too_near for each in told),
        in_sight=None if seen is None else len(seen),
        concentrations=[shops["code"][group == number].tolist() for number in together],
    )


def _points(frame: "gpd.GeoDataFrame") -> "Floats":
    import numpy as np

    return np.column_stack([frame.geometry.x, frame.geometry.y])


def _nearest(
    current: Current, policy: Bans, at: "Floats", schools: "gpd.GeoDataFrame"
) -> list[tuple[str | None, float]]:
    """Return of each shop the nearest secondary school, if there is any, and how far it is."""
    from hotspots.planning.distances import to_nearest

    if schools.empty:
        return [(None, float("inf"))] * len(at)
    streets = current.streets().geometry if policy.distance_method == "walking" else None
    if streets is not None and not len(streets):
        raise WorkspaceRefused(
            Problem(
                "Distances are walked along streets, and no streets were delivered.",
                "Take them in with: hotspots ingest streets FILE, or set bans.distance_method.",
            )
        )
    found = to_nearest(at, _points(schools), method=policy.distance_method, streets=streets)
    codes = schools["code"].tolist()
    return [(str(codes[goal]), m) for goal, m in zip(found["goal"], found["metres"], strict=True)]


def _seen(
    current: Current, policy: Bans, at: "Floats", schools: "gpd.GeoDataFrame"
) -> dict[int, str] | None:
    """Return by position of a shop the nearest primary school that sees it.

    None without primary schools or buildings: then it is not known.
    """
    from hotspots.planning.distances import in_sight

    buildings = current.buildings()
    if schools.empty or buildings.empty or not len(at):
        return None
    found = in_sight(at, _points(schools), buildings.geometry, reach_m=policy.sight_m)
    nearest = found.drop_duplicates("place")
    codes = schools["code"].tolist()
    return {
        int(place): str(codes[door])
        for place, door in zip(nearest["place"], nearest["door"], strict=True)
    }
